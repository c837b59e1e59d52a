"""Laws that hold for every criterion and every record."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import operator
import pickle
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

import attrs
import hypothesis.strategies as st
from dateutil.relativedelta import relativedelta
from hypothesis import assume, given

from crmcore.criteria import (
    EVERYTHING,
    Criterion,
    Explanation,
    F,
    Schema,
    all_of,
    any_of,
    as_of,
    named,
    unless,
)
from crmcore.kernel import LabelledEnum
from crmcore.notation import from_data, to_data
from crmcore.verdicts import Verdict


class Tier(LabelledEnum):
    """A class of customers."""

    GOLD = "gold", "gold", "金牌"
    SILVER = "silver", "silver", "银牌"
    BASE = "base", "base", "普通"


@attrs.frozen(kw_only=True)
class Features:
    """What is known of a customer."""

    days: int | None = None
    orders: int = 0
    spend: Decimal | None = None
    ratio: float | None = None
    tier: Tier | None = None
    email: str | None = None
    is_vip: bool | None = None
    joined: date | None = None
    seen: datetime | None = None
    tags: frozenset[str] = frozenset()


AS_OF = date(2026, 9, 30)
NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
SCHEMA = Schema.of(Features).bounded(days=(-9, 9), orders=(-9, 9), spend=(-9, 9), ratio=(-9, 9))

_ints = st.integers(-3, 3)
_decimals = st.decimals(-3, 3, places=1)
_floats = st.floats(-3, 3, width=16)
_texts = st.sampled_from(["ada@x.de", "bob@y.com", "a", "@", "Größe", "客户"])
_days = st.dates(date(2026, 8, 1), date(2026, 11, 1))
_instants = st.integers(0, 48).map(lambda hours: NOON + timedelta(hours=hours))
_tiers = st.sampled_from([tier.value for tier in Tier])


def records() -> st.SearchStrategy[Features]:
    """Records with gaps of both kinds, None and NaN."""
    return st.builds(
        Features,
        days=st.none() | _ints,
        orders=_ints,
        spend=st.none() | _decimals,
        ratio=st.none() | _floats | st.just(float("nan")),
        tier=st.none() | st.sampled_from(Tier),
        email=st.none() | _texts,
        is_vip=st.none() | st.booleans(),
        joined=st.none() | _days,
        seen=st.none() | _instants,
        tags=st.frozensets(st.sampled_from(["vip", "press", "tax"])),
    )


def _ordered() -> st.SearchStrategy[Criterion]:
    days = st.builds(lambda d, m: as_of.shift(days=d, months=m), _ints, _ints)
    sides = st.one_of(
        st.tuples(st.sampled_from(["days", "orders"]), _ints | _decimals | st.just(F.spend)),
        st.tuples(st.just("spend"), _ints | _decimals | st.just(F.orders)),
        st.tuples(st.just("ratio"), _ints | _floats | st.just(F.days)),
        st.tuples(st.just("joined"), _days | days),
        st.tuples(st.just("seen"), _instants),
    )
    ops = st.sampled_from(["__lt__", "__le__", "__gt__", "__ge__"])
    return st.builds(lambda side, op: getattr(F[side[0]], op)(side[1]), sides, ops)


_PLUS_MINUS = st.sampled_from([operator.add, operator.sub])
_TIMES = _PLUS_MINUS | st.just(operator.mul)
_ORDERED = st.sampled_from([operator.lt, operator.le, operator.gt, operator.ge])
_COMPARED = _ORDERED | st.sampled_from([operator.eq, operator.ne])


@st.composite
def _whole(draw: st.DrawFn, depth: int = 2) -> Any:  # noqa: ANN401 - an operand
    """Return an operand that is an integer."""
    field = draw(st.sampled_from([F.days, F.orders, F.days.otherwise(1)]))
    shape = draw(st.sampled_from(["field", "text", "dates", "sum", "sum", "abs", "minus"]))
    if depth == 0 or shape == "field":
        return field
    if shape == "text":
        return F.email.length()
    if shape == "dates":
        start = draw(st.sampled_from([F.joined, F.joined.otherwise(AS_OF)]))
        until = draw(st.sampled_from([start.days_until, start.days_since]))
        return until(draw(_days | st.just(as_of) | st.just(F.joined)))
    left = draw(_whole(depth - 1))
    if shape == "abs":
        return abs(left)
    if shape == "minus":
        return -left
    sides = [left, draw(_ints | _whole(depth - 1))]
    return draw(_TIMES)(*draw(st.permutations(sides)))


@st.composite
def _exact(draw: st.DrawFn) -> Any:  # noqa: ANN401 - an operand
    """Return an operand that is a decimal."""
    field = draw(st.sampled_from([F.spend, F.spend.otherwise(Decimal("0.5"))]))
    if draw(st.booleans()):
        return abs(draw(_ints) * field)
    sides = [field, draw(_decimals | _whole() | st.just(F.spend))]
    return draw(_PLUS_MINUS)(*draw(st.permutations(sides)))


@st.composite
def _rough(draw: st.DrawFn) -> Any:  # noqa: ANN401 - an operand
    """Return an operand that is a float."""
    exact = _exact() | _whole()
    left = F.ratio
    if draw(st.booleans()):
        left = draw(exact) / draw(exact | _ints.filter(bool))
    if draw(st.booleans()):
        return draw(_PLUS_MINUS)(left, draw(_floats | _whole() | st.just(F.ratio)))
    return draw(_ints) * left


@st.composite
def calculated(draw: st.DrawFn) -> Criterion:
    """Well-typed tests of what is calculated."""
    kind = draw(st.sampled_from(["whole", "exact", "rough", "in", "missing", "text"]))
    if kind == "whole":
        right = draw(_ints | _decimals | _whole() | _exact())
        found = draw(_COMPARED)(draw(_whole()), right)
    elif kind == "exact":
        found = draw(_COMPARED)(draw(_exact()), draw(_ints | _decimals | _exact()))
    elif kind == "rough":
        found = draw(_ORDERED)(draw(_rough()), draw(_ints | _floats | _whole() | _rough()))
    elif kind == "in":
        found = draw(_whole()).in_(draw(st.lists(_ints, min_size=1, max_size=3)))
    elif kind == "missing":
        found = draw(_whole() | _exact() | _rough()).is_missing()
    else:
        found = F.email.otherwise("ada").starts_with(draw(_texts))
    assume(not SCHEMA.faults(found))
    return cast("Criterion", found)


def _equal() -> st.SearchStrategy[Criterion]:
    sides: st.SearchStrategy[tuple[str, Any]] = st.one_of(
        st.tuples(st.just("days"), _ints | st.just(F.orders)),
        st.tuples(st.just("spend"), _decimals),
        st.tuples(st.just("tier"), _tiers),
        st.tuples(st.just("email"), _texts),
        st.tuples(st.just("is_vip"), st.booleans()),
        st.tuples(st.just("joined"), _days),
    )
    ops = st.sampled_from(["__eq__", "__ne__", "differs"])
    return st.builds(lambda side, op: getattr(F[side[0]], op)(side[1]), sides, ops)


def leaves() -> st.SearchStrategy[Criterion]:
    """Well-typed tests of one field."""
    match = st.sampled_from(["starts_with", "ends_with", "contains"])
    return st.one_of(
        _ordered(),
        _equal(),
        calculated(),
        st.lists(_ints | _decimals, min_size=1, max_size=3).map(F.days.in_),
        st.lists(_tiers, min_size=1, max_size=3).map(F.tier.in_),
        st.builds(lambda op, text: getattr(F.email, op)(text), match, _texts),
        st.sampled_from(["vip", "press"]).map(F.tags.has),
        st.sampled_from(["days", "email", "ratio"]).map(lambda name: F[name].is_missing()),
    )


def criteria(base: st.SearchStrategy[Criterion] | None = None) -> st.SearchStrategy[Criterion]:
    """Well-typed criteria of every shape, no deeper than the limits allow."""

    def deeper(inner: st.SearchStrategy[Criterion]) -> st.SearchStrategy[Criterion]:
        some = st.lists(inner, max_size=3)
        return st.one_of(
            some.map(lambda parts: all_of(*parts)),
            some.map(lambda parts: any_of(*parts)),
            inner.map(lambda part: ~part),
            inner.map(unless),
            inner.map(lambda part: named(f"n{part.fingerprint[:8]}", part)),
        )

    return st.recursive(leaves() if base is None else base, deeper, max_leaves=6)


def truth(criterion: Criterion, record: object) -> bool | None:
    """Return the verdict as true, false or None."""
    return criterion.evaluate(record, as_of=AS_OF).truth


@given(criteria(), records())
def test_the_compiled_function_agrees_with_the_explanation(
    criterion: Criterion, record: Features
) -> None:
    """The fast path and the one that keeps what it saw give the same verdict."""
    explained = criterion.explain(record, as_of=AS_OF).verdict

    assert criterion.compile(as_of=AS_OF, of=Features)(record) is explained.truth
    assert criterion.evaluate(record, as_of=AS_OF) is explained
    assert criterion.holds(record, as_of=AS_OF) is (explained is Verdict.HOLDS)


def _plain_operand(data: Any, record: Any) -> Any:  # noqa: ANN401, PLR0911 - whatever it is
    """Return the value of an operand of the plain form; all numbers but floats as fractions."""
    if not isinstance(data, dict):
        return Fraction(data) if type(data) is int else data
    ((op, argument),) = data.items()
    if op == "field":
        value = getattr(record, argument)
        missing = value is None or value != value  # noqa: PLR0124 - NaN
        exact = type(value) in {int, Decimal} and not missing
        return None if missing else Fraction(value) if exact else value
    if op == "param":
        return AS_OF
    if op == "shift":
        by = argument[1]
        months, days = by.get("months", 0), by.get("days", 0)
        return AS_OF + relativedelta(months=months) + timedelta(days=days)
    if op in {"decimal", "date", "datetime"}:
        read: dict[str, Any] = {
            "decimal": Fraction,
            "date": date.fromisoformat,
            "datetime": datetime.fromisoformat,
        }
        return read[op](argument)
    operands = [
        _plain_operand(each, record)
        for each in (argument if isinstance(argument, list) else [argument])
    ]
    if op == "coalesce":
        return operands[1] if operands[0] is None else operands[0]
    if None in operands:
        return None
    return _plain_result(op, operands)


def _plain_result(op: str, operands: list[Any]) -> Any:  # noqa: ANN401 - a number
    if op == "abs":
        return abs(operands[0])
    if op == "length":
        return Fraction(sum(1 for _ in operands[0]))
    left, right = operands
    if op == "days_between":
        return Fraction(right.toordinal() - left.toordinal())
    if op == "div":
        return None if right == 0 else float(left) / float(right)
    if float in {type(left), type(right)}:
        left, right = float(left), float(right)
    return {"add": operator.add, "sub": operator.sub, "mul": operator.mul}[op](left, right)


def _plain_leaf(op: str, argument: Any, record: Any) -> bool | None:  # noqa: ANN401 - plain data
    if op == "is_null":
        return _plain_operand(argument, record) is None
    left = _plain_operand(argument[0], record)
    if op == "in":
        wanted = [_plain_operand(value, record) for value in argument[1]]
        return None if left is None else any(left == value for value in wanted)
    right = _plain_operand(argument[1], record)
    if left is None or right is None:
        return None
    tests: dict[str, Any] = {
        "starts": lambda: left[: len(right)] == right,
        "ends": lambda: left[max(0, len(left) - len(right)) :] == right,
        "contains": lambda: any(
            left[start : start + len(right)] == right for start in range(len(left))
        ),
        "has": lambda: any(each == right for each in left),
        "eq": lambda: left == right,
        "ne": lambda: left != right,
        "lt": lambda: left < right,
        "le": lambda: not left > right,
        "gt": lambda: left > right,
        "ge": lambda: not left < right,
    }
    return bool(tests[op]())


def brute_force(data: Any, record: Any) -> bool | None:  # noqa: ANN401 - plain data
    """Return the truth of the plain form, with Kleene's tables as a minimum and a maximum."""
    ((op, argument),) = data.items()
    if op in {"all", "any"}:
        worth = {False: 0, None: 1, True: 2}
        truths = [brute_force(part, record) for part in argument]
        if op == "all":
            return min(truths, key=worth.__getitem__, default=True)
        return max(truths, key=worth.__getitem__, default=False)
    if op == "named":
        return brute_force(argument[1], record) is True
    if op == "unless":
        return brute_force(argument, record) is not True
    if op == "not":
        return {True: False, None: None, False: True}[brute_force(argument, record)]
    return _plain_leaf(op, argument, record)


@given(criteria(), records())
def test_brute_force_gives_the_same_verdict(criterion: Criterion, record: Features) -> None:
    """What the plain form says, done by hand with exact fractions, is what the language says."""
    assert truth(criterion, record) is brute_force(criterion.plain, record)


@given(calculated(), records())
def test_what_is_calculated_is_the_same_by_hand(criterion: Criterion, record: Features) -> None:
    """The compiled function, the explanation and brute force agree on every calculation."""
    expected = brute_force(criterion.plain, record)

    assert criterion.explain(record, as_of=AS_OF).verdict.truth is expected
    assert criterion.compile(as_of=AS_OF, of=Features)(record) is expected


@given(criteria(), records())
def test_a_mapping_is_judged_like_the_object(criterion: Criterion, record: Features) -> None:
    """Attributes and keys mean the same, and a key that is left out is a missing value."""
    mapping = {name: value for name, value in attrs.asdict(record).items() if value is not None}

    assert truth(criterion, mapping) is truth(criterion, record)
    assert criterion.compile(as_of=AS_OF, of=dict)(mapping) is truth(criterion, record)


@given(criteria(), criteria(), records())
def test_de_morgan(left: Criterion, right: Criterion, record: Features) -> None:
    """Not both is one not, and not either is both not; also for unknown."""
    assert truth(~(left & right), record) is truth(~left | ~right, record)
    assert truth(~(left | right), record) is truth(~left & ~right, record)
    assert truth(~~left, record) is truth(left, record)


def _without_unless(base: st.SearchStrategy[Criterion]) -> st.SearchStrategy[Criterion]:
    return st.recursive(
        base,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3).map(lambda parts: all_of(*parts)),
            st.lists(inner, max_size=3).map(lambda parts: any_of(*parts)),
            inner.map(lambda part: ~part),
        ),
        max_leaves=6,
    )


_FLAGS = ("a", "b", "c", "d", "e", "f")
_flags = st.fixed_dictionaries({name: st.none() | st.booleans() for name in _FLAGS})
_flag_leaves = st.sampled_from([F[name].is_true() for name in _FLAGS])


@given(_without_unless(_flag_leaves), _flags, st.sampled_from(_FLAGS), st.booleans())
def test_a_definite_verdict_survives_what_becomes_known(
    criterion: Criterion,
    record: dict[str, bool | None],
    name: str,
    found: bool,  # noqa: FBT001
) -> None:
    """Kleene's logic is monotone: what becomes known never turns what was settled."""
    before = truth(criterion, record)
    after = truth(criterion, {**record, name: found if record[name] is None else record[name]})

    assert before is None or after is before


@given(criteria(), records())
def test_unless_is_the_total_complement(criterion: Criterion, record: Features) -> None:
    """It holds where the criterion does not, and is never unknown."""
    assert truth(unless(criterion), record) is (truth(criterion, record) is not True)


@given(criteria(), records())
def test_everything_is_neutral(criterion: Criterion, record: Features) -> None:
    """Joining with everything changes nothing, and everything takes every record."""
    assert truth(criterion & EVERYTHING, record) is truth(criterion, record)
    assert truth(EVERYTHING, record) is True


@given(criteria())
def test_a_criterion_and_its_plain_form_are_the_same(criterion: Criterion) -> None:
    """It goes through JSON and comes back equal, with the same hash and fingerprint."""
    back = from_data(json.loads(json.dumps(to_data(criterion))), schema=SCHEMA)

    assert back == criterion
    assert hash(back) == hash(criterion)
    assert back.fingerprint == criterion.fingerprint


@given(criteria())
def test_the_repr_builds_the_criterion(criterion: Criterion) -> None:
    """What is shown can be pasted back into Python."""
    names = {
        "F": F,
        "Decimal": Decimal,
        "EVERYTHING": EVERYTHING,
        "all_of": all_of,
        "any_of": any_of,
        "as_of": as_of,
        "datetime": dt,
        "named": named,
        "unless": unless,
    }

    assert eval(repr(criterion), names) == criterion  # noqa: S307 - our own repr


@given(criteria())
def test_a_criterion_can_be_pickled_and_said(criterion: Criterion) -> None:
    """It travels between processes, and has words in both languages."""
    assert pickle.loads(pickle.dumps(criterion)) == criterion  # noqa: S301 - our own pickle
    assert criterion.words.en == str(criterion)
    assert criterion.words.zh


@given(criteria())
def test_a_well_typed_criterion_passes_the_check(criterion: Criterion) -> None:
    """The check refuses nothing that runs."""
    SCHEMA.check(criterion)


def _reached(explanation: Explanation, record: dict[str, bool | None]) -> set[str]:
    kept = {name for leaf in explanation.witness for name, _ in leaf.observed}
    return set(record) - kept


@given(criteria(_flag_leaves), _flags)
def test_the_witness_settles_the_verdict(
    criterion: Criterion, record: dict[str, bool | None]
) -> None:
    """Whatever the fields outside the witness said, the verdict would be the same."""
    explanation = criterion.explain(record)
    free = sorted(criterion.fields & _reached(explanation, record))

    for values in itertools.product((True, False, None), repeat=len(free)):
        changed = {**record, **dict(zip(free, values, strict=True))}
        assert criterion.evaluate(changed) is explanation.verdict


@given(criteria(_flag_leaves), _flags)
def test_a_flip_does_what_it_says(criterion: Criterion, record: dict[str, bool | None]) -> None:
    """Changing the one field that a flip names turns the verdict as the flip says."""
    explanation = criterion.explain(record)

    for flip in explanation.flips:
        would, claim = flip.en.split(" if ")
        name, value = claim.split(" were ")
        changed = {**record, name: value in {"yes", "other than no"}}
        assert criterion.holds(changed) is (would == "would hold")
        assert criterion.holds(record) is not criterion.holds(changed)


@given(criteria(_flag_leaves), _flags)
def test_every_flip_of_a_field_read_once_is_told(
    criterion: Criterion, record: dict[str, bool | None]
) -> None:
    """A field that one leaf reads, and whose change turns the verdict, is among the flips."""
    explanation = criterion.explain(record)
    names = [name for leaf in explanation.leaves for name, _ in leaf.observed]
    told = {flip.en.split(" if ")[1].split(" were ")[0] for flip in explanation.flips}

    for name in {name for name in names if names.count(name) == 1}:
        verdicts = {criterion.holds({**record, name: value}) for value in (True, False)}
        turned = verdicts - {criterion.holds(record)}
        assert not turned or name in told
