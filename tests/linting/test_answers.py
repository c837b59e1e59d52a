"""Single questions about criteria."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import permutations, product
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.criteria import Criterion, F, Schema, all_of, any_of, as_of, predicate, unless
from crmcore.errors import FaultsError
from crmcore.linting import Answer, can_be, implies
from crmcore.testing import EDGES, random_criteria, random_rows
from crmcore.verdicts import Verdict

SCHEMA = Schema.of(
    visits=int,
    orders=int | None,
    spend=Decimal,
    limit=Decimal,
    ratio=float,
    share=float,
    weight=float,
    name=str,
    city=str | None,
    street=str,
    word=Literal["new", "lost"],
    since=date,
    until=date | None,
    seen=datetime,
    vip=bool,
    tags=frozenset[str],
    photo=bytes | None,
).bounded(visits=(-1_000_000, 1_000_000), orders=(-1_000_000, 1_000_000))
DAY = date(2026, 3, 31)


def asked(criterion: Criterion) -> Answer:
    """Ask whether a criterion can hold, and judge whoever is named."""
    answer = can_be(criterion, schema=SCHEMA, as_of=DAY)
    if answer.witness is not None:
        assert criterion.holds(dict(answer.witness), as_of=DAY)
    return answer


@pytest.mark.parametrize(
    "criterion",
    [
        (F.visits > 4) & (F.visits < 6),
        (F.visits > F.orders) & (F.orders > 5) & (F.visits < 8),
        F.visits + F.orders == 1_500_000,
        (2 * F.visits + 3 * F.orders == 7) & (F.visits > 0) & (F.orders > 0),
        F.visits * F.visits > 1000,
        (F.visits / F.orders > 2) & (F.visits < 1000),
        F.visits / 10 > 0.5,
        (5 / F.visits > 1) & (F.visits > 3),
        F.orders.otherwise(3) == 3,
        (F.orders.otherwise(F.visits) > 5) & F.orders.is_missing(),
        ((F.visits / F.orders).otherwise(3.0) > 2.5) & F.orders.is_missing(),
        (abs(F.visits - 3) < 2) & (F.visits > 3),
        abs(F.visits - F.orders) > 10,
        (F.spend > Decimal("0.01")) & (F.spend < Decimal("0.03")),
        (F.spend > Decimal("0.011")) & (F.spend < Decimal("0.013")),
        F.spend - F.limit > Decimal("0.01"),
        (F.ratio > 0.25) & (F.ratio < 0.5),
        (F.ratio > 1e279) & (F.ratio < F.share),
        (F.ratio < F.share) & (F.share < 0.25) & (F.ratio > -0.5),
        F.ratio + 0.5 > 1.25,
        abs(F.ratio + 0.5) > 1.25,
        F.ratio >= 1e280,
        (F.orders.otherwise(3) + 2 == 5) & F.orders.is_missing(),
        (abs(F.orders.otherwise(-3)) == 3) & F.orders.is_missing(),
        (F.orders.otherwise(-3) < abs(F.visits)) & F.orders.is_missing(),
        (F.visits / F.orders.otherwise(0)).is_missing() & F.orders.is_missing(),
        abs(F.visits / F.orders.otherwise(0)).is_missing() & F.orders.is_missing(),
        (F.orders.otherwise(2**52) * 8 > F.visits) & F.orders.is_missing(),
        (F.orders.otherwise(2**52) * 8 + F.visits > 5) & F.orders.is_missing(),
        (F.orders.otherwise(255) / Decimal("90071992547409.88") < F.ratio) & F.orders.is_missing(),
        F.spend / 2 > 1.5,
        (F.visits * 3 / 7 > 1.5) & (F.visits < 5),
        (F.name.starts_with("Wei") & F.name.ends_with("Li")) & ~F.name.contains("L "),
        (F.name == "Wei") & (F.name.length() == 3),
        (F.name.length() > 300) & (F.name.length() < 302),
        F.name.length() == 0,
        (F.name == F.city) & (F.city == "Bonn"),
        (F.name == F.city) & (F.city != "Bonn") & (F.city == F.street),
        F.name != F.city,
        F.city.otherwise("Bonn").in_(["Bonn", "Köln"]) & F.city.is_missing(),
        F.city.otherwise("Bonn").starts_with("B") & F.city.is_missing(),
        F.city.otherwise("Bonn").ends_with("n"),
        F.city.otherwise("Bonn").contains("on"),
        F.city.otherwise("Bonn").length() == 4,
        F.word != "new",
        (F.since < as_of) & (F.since > as_of.shift(days=-2)),
        F.since.days_until(F.until) > 30,
        F.since.days_until(as_of) == 7,
        F.since.days_since(as_of) == 7,
        F.until.otherwise(as_of).days_until(as_of) == 0,
        F.until.otherwise(as_of.shift(months=1)) > as_of,
        (F.seen > datetime(2026, 1, 1, tzinfo=UTC)) & (F.seen < datetime(2026, 1, 2, tzinfo=UTC)),
        F.seen < datetime(1969, 1, 1, tzinfo=UTC),
        F.vip.is_true() & F.tags.has("a") & ~F.tags.has("b"),
        F.photo.is_present(),
        F.photo.is_missing(),
        (F.visits + F.orders).is_missing(),
        (F.visits / F.orders).is_missing() & F.orders.is_present(),
    ],
    ids=str,
)
def test_finds_a_customer(criterion: Criterion) -> None:
    """Whatever can hold, holds for the customer who is named."""
    answer = asked(criterion)

    assert answer.verdict is Verdict.HOLDS
    assert answer.witness is not None
    assert answer.as_of == DAY


@pytest.mark.parametrize(
    "criterion",
    [
        (F.visits > 4) & (F.visits < 5),
        (F.visits > F.orders) & (F.orders > 5) & (F.visits < 7),
        (F.visits > F.orders) & (F.orders > F.visits),
        F.visits + F.orders > 2_000_000,
        F.visits * 2 == 3,
        (2 * F.visits - 2 * F.orders == 1) & (F.visits == 2 * F.orders),
        F.visits * 0 == 1,
        0 * F.visits > 0,
        abs(F.visits * 0) > 1,
        F.visits - F.visits > 0,
        (F.visits / 10 > 0.3) & (F.visits <= 3),
        (5 / F.visits > 1) & (F.visits > 4),
        (abs(F.visits - 3) < 2) & (F.visits > 4),
        (F.orders.otherwise(3) > 5) & F.orders.is_missing(),
        (F.spend > Decimal("0.01")) & (F.spend < Decimal("0.02")),
        (F.ratio > 0.3) & (F.ratio < 0.30000000000000004),
        (F.ratio < F.share) & (F.share < F.ratio),
        (F.visits / F.orders.otherwise(0) > 1) & F.orders.is_missing(),
        (F.orders.otherwise(3) + 2 > 5) & F.orders.is_missing(),
        (F.orders.otherwise(0) * F.visits > 0) & F.orders.is_missing(),
        F.name.starts_with("Wei") & ~F.name.contains("e"),
        (F.name == "Wei") & ~F.name.ends_with("ei"),
        (F.name == "Wei") & (F.name.length() > 3),
        F.name.length() < 0,
        (F.name.length() > 3) & (F.name.length() < 4),
        (F.name == F.city) & (F.city == "Bonn") & (F.name != "Bonn"),
        (F.word != "new") & (F.word != "lost"),
        (F.since < as_of) & (F.since > as_of.shift(days=-1)),
        (F.since.days_until(F.until) > 30) & (F.until <= F.since),
        F.until.otherwise(as_of).is_missing(),
        F.vip.is_true() & F.vip.is_false(),
        F.tags.has("a") & ~F.tags.has("a"),
        (F.visits / F.orders).is_missing() & (F.orders == 5),
        any_of(),
    ],
    ids=str,
)
def test_knows_that_there_is_nobody(criterion: Criterion) -> None:
    """What can never hold is known to."""
    answer = asked(criterion)

    assert answer.verdict is Verdict.FAILS
    assert answer.witness is None


@pytest.mark.parametrize(
    "criterion",
    [
        (F.visits * F.visits < 0) & (F.visits > 50),
        (F.ratio + 0.5 > 5.0) & (F.ratio < 3.0),
        all_of(
            F.ratio >= 0.3,
            F.ratio < F.share,
            F.share < F.weight,
            F.weight <= 0.30000000000000004,
        ),
        (F.name.length() > 10_000) & (F.name.length() < 9_000),
        (F.name.length() < 2) & F.name.starts_with("Wei"),
        (F.visits * F.orders < F.visits) & (F.visits > 50) & (F.orders > F.visits),
    ],
    ids=str,
)
def test_says_what_it_cannot_know(criterion: Criterion) -> None:
    """Where cells leave a doubt and no customer is found, the answer is that it is not known."""
    assert asked(criterion).verdict is Verdict.UNKNOWN


def test_many_parts_of_a_text_leave_a_doubt() -> None:
    """Only pairs of parts are tried where all combinations were too many."""
    letters = "abcdefghijklmnop"
    parts = [F.name.contains(letter) for letter in letters]

    pair = asked(all_of(*parts[:2], *(~part for part in parts[2:])))
    everything = asked(all_of(*parts))

    assert pair.verdict is Verdict.HOLDS
    assert everything.verdict is Verdict.UNKNOWN


@pytest.mark.once
def test_many_starts_and_ends_are_tried_within_limits() -> None:
    """A hundred starts and ends are not combined without end, and starts still exclude others."""
    starts = [F.name.starts_with(f"a{place}") for place in range(100)]
    ends = [F.name.ends_with(f"{place}z") for place in range(100)]

    one = asked(any_of(*starts) & ~any_of(*ends))
    two = asked(all_of(*starts, *ends))

    assert one.verdict is Verdict.HOLDS
    assert two.verdict is Verdict.UNKNOWN


def test_many_fallbacks_are_left_to_trying() -> None:
    """Where every field of a long sum may fall back, the ways are not multiplied without end."""
    names = [f"x{place}" for place in range(8)]
    schema = Schema.of(dict.fromkeys(names, int | None)).bounded(**dict.fromkeys(names, (0, 1000)))
    first, *others = (F(name).otherwise(1) for name in names)
    total = first
    for other in others:
        total = total + other

    answer = can_be((total > 7) & F.x0.is_missing() & (total - F.x1 > 5), schema=schema)
    missing = can_be(total.is_missing(), schema=schema)

    assert answer.verdict is Verdict.HOLDS
    assert missing.verdict is Verdict.UNKNOWN


def test_a_text_with_every_letter_still_has_another_one() -> None:
    """Where tests name all letters of the alphabet, another one stands for the rest."""
    letters = "abcdefghijklmnopqrstuvwxyz"

    answer = asked(all_of(*(F.city != letter for letter in letters)))

    assert answer.verdict is Verdict.HOLDS


@predicate("acme.is_lucky", version="1", reads={"visits": int})
def is_lucky(customer: Any, *, number: int = 7) -> bool:  # noqa: ANN401 - what predicates get
    """Say whether the visits are a multiple of a number."""
    return bool(customer.visits % number == 0)


def test_predicates_are_asked_about_single_customers() -> None:
    """Of a plugin predicate nothing is known but its answers, unless all can be asked for."""
    assert asked(is_lucky() & (F.visits > 3) & (F.visits < 9)).verdict is Verdict.HOLDS
    assert asked(is_lucky(number=8) & (F.visits > 3) & (F.visits < 8)).verdict is Verdict.FAILS
    assert asked(is_lucky(number=999_983) & (F.visits > 3)).verdict is Verdict.UNKNOWN


def test_a_negated_sum_is_the_same_line() -> None:
    """The difference of two fields is one thing, whichever is taken from the other."""
    first = F.visits - F.orders > 3

    assert implies(first, F.orders - F.visits < -2, schema=SCHEMA).verdict is Verdict.HOLDS
    assert implies(first, 2 * F.orders < 2 * F.visits, schema=SCHEMA).verdict is Verdict.HOLDS
    back = implies(F.orders < F.visits, first, schema=SCHEMA)
    assert back.verdict is Verdict.FAILS
    assert back.witness is not None
    assert not first.holds(dict(back.witness))


def test_many_sums_together_are_given_up() -> None:
    """A system of sums that grows too large is left open, not guessed."""
    names = [f"x{place}" for place in range(6)]
    schema = Schema.of(dict.fromkeys(names, int)).bounded(**dict.fromkeys(names, (0, 1000)))
    sums = [F(a) + 2 * F(b) - 3 * F(c) > 1 for a, b, c in permutations(names, 3) if a < b]

    answer = can_be(all_of(*sums[:20]), schema=schema)

    assert answer.verdict is Verdict.UNKNOWN


def test_asks_for_each_verdict() -> None:
    """Any verdict can be asked for."""
    criterion = F.orders > 5

    answers = {found: can_be(criterion, found, schema=SCHEMA) for found in Verdict}

    assert [answer.witness for answer in answers.values()] == [
        (("orders", 6),),
        (("orders", 0),),
        (("orders", None),),
    ]


def test_what_is_not_missing_is_never_unknown() -> None:
    """Without missing values there are two verdicts, and with *unless* too."""
    assert can_be(F.visits > 5, Verdict.UNKNOWN, schema=SCHEMA).verdict is Verdict.FAILS
    assert can_be(unless(F.orders > 5), Verdict.UNKNOWN, schema=SCHEMA).verdict is Verdict.FAILS


def test_refuses_what_cannot_run() -> None:
    """Both sides of an implication must fit the schema."""
    with pytest.raises(FaultsError, match=r"second\.gt.*unknown field 'visit'"):
        implies(F.visits > 3, F.visit > 3, schema=SCHEMA)


TEXTS = ["".join(way) for length in range(5) for way in product("abc", repeat=length)]


def asked_of_texts() -> st.SearchStrategy[Criterion]:
    """Tests of one text, with words of two letters."""
    some = st.text("ab", min_size=1, max_size=2)
    leaf = (
        some.map(F.name.starts_with)
        | some.map(F.name.ends_with)
        | some.map(F.name.contains)
        | some.map(lambda text: F.name == text)
    )
    signed = leaf | leaf.map(lambda found: ~found)
    return st.lists(signed, min_size=1, max_size=4).map(lambda found: all_of(*found))


@given(asked_of_texts())
def test_texts_against_all_short_ones(criterion: Criterion) -> None:
    """What holds for a short text is found, and what is said to be impossible holds for none."""
    answer = asked(criterion)

    if any(criterion.holds({"name": text}) for text in TEXTS):
        assert answer.verdict is Verdict.HOLDS
    assert answer.verdict is not Verdict.UNKNOWN


def test_random_criteria_on_records_from_the_edge() -> None:
    """What is said to be impossible happens on no record of those that try engines."""
    words = {*EDGES["tier"].words, None}
    rows = [row for row in random_rows(7, count=150) if row["tier"] in words]

    for criterion in random_criteria(7, count=60):
        seen = {criterion.evaluate(row, as_of=DAY) for row in rows}
        for verdict in Verdict:
            answer = can_be(criterion, verdict, schema=EDGES, as_of=DAY)
            assert answer.verdict is not Verdict.FAILS or verdict not in seen
            if answer.witness is not None:
                assert criterion.evaluate(dict(answer.witness), as_of=DAY) is verdict
