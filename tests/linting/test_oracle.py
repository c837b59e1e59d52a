"""Linting against brute force: in a small world, everybody can be asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, Literal, TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from crmcore.criteria import Criterion, F, Schema, all_of, any_of, named, unless
from crmcore.linting import Lint, LintKind, can_be, implies, lint
from crmcore.verdicts import Use, Verdict

World: TypeAlias = "list[dict[str, Any]]"

SCHEMA = Schema.of(
    visits=int, orders=int | None, tier=Literal["base", "gold"] | None, vip=bool
).bounded(visits=(0, 3), orders=(0, 3))
VALUES: dict[str, tuple[Any, ...]] = {
    "visits": (0, 1, 2, 3),
    "orders": (0, 1, 2, 3, None),
    "tier": ("base", "gold", None),
    "vip": (True, False),
}
EVERYBODY: World = [dict(zip(VALUES, way, strict=True)) for way in product(*VALUES.values())]


def leaves() -> st.SearchStrategy[Criterion]:
    """Tests of single fields, of sums, and of products, of which only trying tells."""
    numbers = st.sampled_from(
        [
            F.visits,
            F.orders,
            F.orders.otherwise(1),
            abs(F.visits - 2),
            F.visits + F.orders,
            F.visits - F.orders,
            2 * F.visits - 3 * F.orders,
            F.visits / 2,
            3 / F.visits,
            F.visits * F.orders,
            F.visits / F.orders,
            F.orders.otherwise(F.visits) + 1,
        ]
    )
    comparisons = st.sampled_from(["__lt__", "__le__", "__gt__", "__ge__"])
    compared = st.builds(
        lambda number, op, level: getattr(number, op)(level),
        numbers,
        comparisons,
        st.integers(-1, 4),
    )
    others = [
        F.orders == 2,
        F.orders != 1,
        F.visits == F.orders,
        F.visits.in_([0, 3]),
        F.orders.is_missing(),
        (F.visits / F.orders).is_missing(),
        F.tier == "gold",
        F.tier != "base",
        F.tier.differs("gold"),
        F.tier.otherwise("gold") == "gold",
        F.vip.is_true(),
    ]
    return compared | st.sampled_from(others)


def criteria() -> st.SearchStrategy[Criterion]:
    """Criteria of some depth over the small world."""

    def around(parts: st.SearchStrategy[Criterion]) -> st.SearchStrategy[Criterion]:
        groups = st.lists(parts, max_size=3)
        return (
            groups.map(lambda found: all_of(*found))
            | groups.map(lambda found: any_of(*found))
            | parts.map(lambda found: ~found)
            | parts.map(unless)
            | parts.map(lambda found: named("dach", found))
        )

    return st.recursive(leaves(), around, max_leaves=5)


def sets() -> st.SearchStrategy[dict[str, Criterion]]:
    """A few criteria with names."""
    return st.lists(criteria(), min_size=1, max_size=4).map(
        lambda found: dict(zip("abcd", found, strict=False))
    )


def verdicts(criterion: Criterion) -> list[Verdict]:
    """Return what a criterion says of everybody."""
    return [criterion.evaluate(customer) for customer in EVERYBODY]


def holders(criterion: Criterion) -> set[int]:
    """Return for whom a criterion holds, by place."""
    return {place for place, found in enumerate(verdicts(criterion)) if found is Verdict.HOLDS}


def found(lints: tuple[Lint, ...], kind: LintKind) -> set[tuple[str, ...]]:
    """Return of whom a kind of finding is told."""
    return {one.names for one in lints if one.kind is kind}


@given(criteria(), st.sampled_from(Verdict))
def test_tells_whether_a_verdict_can_be(criterion: Criterion, verdict: Verdict) -> None:
    """There is a customer exactly if there is one among all, and this is one."""
    answer = can_be(criterion, verdict, schema=SCHEMA)

    assert answer.verdict is Verdict.of(verdict in verdicts(criterion))
    if answer.witness is not None:
        assert criterion.evaluate(dict(answer.witness)) is verdict


@given(criteria(), criteria())
def test_tells_whether_one_implies_the_other(first: Criterion, second: Criterion) -> None:
    """One implies the other exactly if its customers are among the other's."""
    answer = implies(first, second, schema=SCHEMA)

    assert answer.verdict is Verdict.of(holders(first) <= holders(second))
    if answer.witness is not None:
        assert first.holds(dict(answer.witness))
        assert not second.holds(dict(answer.witness))


def alone(members: dict[str, Criterion]) -> Iterator[tuple[LintKind, str]]:
    """Yield what brute force finds of single criteria."""
    for name, criterion in members.items():
        everything = set(verdicts(criterion))
        if Verdict.HOLDS not in everything:
            yield LintKind.CONTRADICTION, name
        elif everything == {Verdict.HOLDS}:
            yield LintKind.TAUTOLOGY, name
        elif Verdict.UNKNOWN in everything:
            yield LintKind.INDEFINITE, name


@given(sets())
def test_finds_what_is_wrong_with_single_criteria(members: dict[str, Criterion]) -> None:
    """It finds exactly the contradictions, the tautologies, and what may be unknown."""
    lints = lint(members, schema=SCHEMA, mode="independent", use=Use.PERMIT)

    told = {
        (one.kind, name)
        for one in lints
        for name in one.names
        if one.kind in {LintKind.CONTRADICTION, LintKind.TAUTOLOGY, LintKind.INDEFINITE}
    }
    assert told == set(alone(members))


@given(sets())
def test_finds_gaps_and_overlaps(members: dict[str, Criterion]) -> None:
    """It finds exactly whether somebody is in none, surely or perhaps, and who is in two."""
    lints = lint(members, schema=SCHEMA, mode="exclusive")

    rows = list(zip(*(verdicts(criterion) for criterion in members.values()), strict=True))
    taken = {name: holders(criterion) for name, criterion in members.items()}
    pairs = {(one, two) for one in taken for two in taken if one < two and taken[one] & taken[two]}
    assert found(lints, LintKind.OVERLAP) == pairs
    assert bool(found(lints, LintKind.GAP)) is any(set(row) == {Verdict.FAILS} for row in rows)
    assert bool(found(lints, LintKind.UNPLACED)) is any(
        Verdict.UNKNOWN in row and Verdict.HOLDS not in row for row in rows
    )


@given(sets())
def test_finds_who_is_shadowed(members: dict[str, Criterion]) -> None:
    """Where the first takes all, it finds exactly those whose customers others have taken."""
    lints = lint(members, schema=SCHEMA)

    before: set[int] = set()
    shadowed = set()
    for name, criterion in members.items():
        own = holders(criterion)
        if own and own <= before:
            shadowed.add(name)
        before |= own
    assert {one.names[0] for one in lints if one.kind is LintKind.SHADOWED} == shadowed


@given(sets())
def test_finds_what_says_the_same(members: dict[str, Criterion]) -> None:
    """Where all apply, it finds exactly who implies whom, and who both."""
    lints = lint(members, schema=SCHEMA, mode="independent")

    taken = {name: holders(one) for name, one in members.items() if holders(one)}
    same = {(a, b) for a in taken for b in taken if a < b and taken[a] == taken[b]}
    within = {(a, b) for a in taken for b in taken if taken[a] < taken[b]}
    assert found(lints, LintKind.EQUIVALENT) == same
    assert found(lints, LintKind.IMPLIED) == within


@given(sets(), st.sampled_from(["first_match", "exclusive", "independent"]), st.data())
def test_leaves_nothing_open_in_a_small_world(
    members: dict[str, Criterion],
    mode: Literal["first_match", "exclusive", "independent"],
    data: st.DataObject,
) -> None:
    """Nothing is undecided, and the order of the criteria changes nothing but who is first."""
    lints = lint(members, schema=SCHEMA, mode=mode)

    assert not found(lints, LintKind.NOT_DECIDED)
    if mode != "first_match":
        turned = dict(data.draw(st.permutations(list(members.items()))))
        again = lint(turned, schema=SCHEMA, mode=mode)
        assert [(one.kind, one.witness) for one in again] == [
            (one.kind, one.witness) for one in lints
        ]


@given(st.lists(criteria(), min_size=2, max_size=4), st.sampled_from([all_of, any_of]))
def test_parts_that_change_nothing_change_nothing(
    parts: list[Criterion], join: Callable[..., Criterion]
) -> None:
    """Whatever part is said to change nothing can be left out, and nobody's verdict changes."""
    lints = lint({"a": join(*parts), "rest": any_of()}, schema=SCHEMA, mode="independent")

    for told in lints:
        if told.kind is LintKind.IDLE and told.part in parts:
            rest = list(parts)
            rest.remove(told.part)
            # Where another part has it inside, that place may be meant.
            if not any(repr(told.part) in repr(other) for other in rest):
                assert verdicts(join(*rest)) == verdicts(join(*parts))


def is_shown(told: Lint, members: dict[str, Criterion]) -> bool:
    """Say whether a finding's own customer shows it."""
    says = {
        name: criterion.evaluate(dict(told.witness or ())) for name, criterion in members.items()
    }
    own = [says[name] for name in told.names]
    holds = [verdict is Verdict.HOLDS for verdict in own]
    shows = {
        LintKind.GAP: set(says.values()) == {Verdict.FAILS},
        LintKind.UNPLACED: Verdict.HOLDS not in says.values() and set(own) == {Verdict.UNKNOWN},
        LintKind.NEGATION: holds == [False],
        LintKind.INDEFINITE: own == [Verdict.UNKNOWN],
        LintKind.IMPLIED: holds == [False, True],
        LintKind.SHADOWED: holds[:2] == [True, True],
    }
    return shows.get(told.kind, all(holds))


@given(sets(), st.sampled_from(["first_match", "exclusive", "independent"]))
def test_every_customer_shows_what_is_told_of_them(
    members: dict[str, Criterion], mode: Literal["first_match", "exclusive", "independent"]
) -> None:
    """Whoever is named as an example is one; only what never holds has no example."""
    for told in lint(members, schema=SCHEMA, mode=mode, use=Use.FORBID):
        if told.kind is LintKind.CONTRADICTION:
            assert told.witness is None
        else:
            assert told.witness is not None
            assert is_shown(told, members)
