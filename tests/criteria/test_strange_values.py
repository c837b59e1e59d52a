"""Values that no record should have: compiled and explained, the answer is the same refusal."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any

import attrs
import pytest

from crmcore.criteria import Criterion, F, Schema, as_of
from crmcore.errors import FaultsError, InvalidValueError
from crmcore.verdicts import Verdict

DAY = date(2026, 9, 30)


class Unclear:
    """A value of which nobody can say whether it differs from itself, as ``pandas.NA``."""

    def __ne__(self, other: object) -> Any:  # noqa: ANN401 - no truth value
        """Return what has no truth."""
        return self

    __eq__ = __ne__
    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        """Refuse to be true or false."""
        raise TypeError("boolean value is ambiguous")


class Several(Unclear):
    """A value that is many, as an array."""

    def __bool__(self) -> bool:
        """Refuse to be true or false."""
        raise ValueError("the truth value of several is ambiguous")


@pytest.mark.parametrize("value", [Unclear(), Several(), Decimal("sNaN")])
@pytest.mark.parametrize(
    "criterion",
    [F.spend > 5, F.spend == 5, F.spend.in_([5]), F.spend.is_missing(), F.spend + 1 > 5],
)
def test_a_value_that_may_be_missing_is_refused(criterion: Criterion, value: object) -> None:
    """Nobody can tell whether it is there, and the message says what would be right."""
    asked: list[Callable[[object], object]] = [criterion.evaluate, criterion.explain]

    for ask in asked:
        with pytest.raises(InvalidValueError, match="spend must be a single value, and None where"):
            ask({"spend": value})


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1 << 16609, "a number of 16610 bits"),
        (-(10**400), "a number of 1329 bits"),
        (Decimal("1E+999999"), "1.000000E+999999"),
        (Decimal("-1E-999999"), "-1.000000E-999999"),
        (Decimal("Infinity"), "Infinity"),
        (math.inf, "inf"),
    ],
    ids=["bits", "less", "digits", "small", "infinity", "inf"],
)
def test_a_number_without_end_is_told_by_its_size(value: Any, said: str) -> None:  # noqa: ANN401
    """An explanation is short, however many digits a number has."""
    criterion = F.spend > 5

    explanation = criterion.explain({"spend": value})

    assert explanation.verdict is criterion.evaluate({"spend": value})
    assert explanation.summary.en.startswith(f"{explanation.verdict}: spend is {said}, ")
    assert len(explanation.flips) == 1


def test_infinities_are_as_far_as_can_be() -> None:
    """What is infinitely far turns last, wherever it stands."""
    far, near = F.spend > 5, F.visits > 5
    record = {"spend": math.inf, "visits": 7}

    for criterion in (far & near, near & far):
        assert [flip.en for flip in criterion.explain(record).flips] == [
            "would not hold if visits were 5 or less",
            "would not hold if spend were 5 or less",
        ]


@pytest.mark.parametrize(
    ("today", "days"), [(date.min, -1), (date(1, 2, 3), -36525), (date.max, 1)]
)
def test_the_calendar_ends(today: date, days: int) -> None:
    """A day before the year 1 or after 9999 is refused by the shift that leads there."""
    criterion = F.since > as_of + timedelta(days=days)
    asked: list[Callable[..., object]] = [criterion.evaluate, criterion.explain]

    for ask in asked:
        with pytest.raises(InvalidValueError, match=f"days must lead from {today}.* 9999"):
            ask({"since": DAY}, as_of=today)


@pytest.mark.parametrize("today", ["2026-09-30", 20260930])
def test_an_explanation_wants_a_day_of_judgement_too(today: Any) -> None:  # noqa: ANN401
    """What is no date is refused, as it is where nothing is explained."""
    with pytest.raises(InvalidValueError, match="as_of must be the date of judgement"):
        (F.since > as_of).explain({"since": DAY}, as_of=today)


class Broken:
    """A record with a property that fails, and one that has never been set."""

    __slots__ = ("visits",)

    @property
    def spend(self) -> int:
        """Read what is not there."""
        return self.purchases.total  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("spend", "spend must be an attribute that can be read, and says: .*purchases"),
        ("visits", "visits must be an attribute that can be read, and says: .*visits"),
    ],
)
def test_an_attribute_that_fails_is_not_unknown(name: str, message: str) -> None:
    """The record has the field; the message says why it has no value."""
    criterion = F[name] > 5
    asked: list[Callable[[object], object]] = [criterion.evaluate, criterion.explain]

    for ask in asked:
        with pytest.raises(InvalidValueError, match=message):
            ask(Broken())


class Tier(StrEnum):
    """Members that equal their words."""

    GOLD = "gold"


class Mixed(str, Enum):  # noqa: UP042 - another class than a StrEnum
    """The same, written as it was before Python 3.11."""

    GOLD = "gold"


class Opaque(Enum):
    """Members that equal nothing else, whatever their values are."""

    GOLD = "gold"


@attrs.frozen
class Customer:
    """Records with members of each."""

    tier: Tier
    mixed: Mixed
    opaque: Opaque


@pytest.mark.parametrize(
    "gold", ["gold", Tier.GOLD, Mixed.GOLD], ids=["text", "StrEnum", "Enum of text"]
)
def test_members_that_are_text_are_their_words(gold: str) -> None:
    """They equal their words, in a record and in a criterion, and are told by them."""
    for criterion in (F.tier == gold, F.tier.in_([gold]), F.tier.starts_with(gold)):
        for member in (Tier.GOLD, Mixed.GOLD, "gold"):
            explanation = criterion.explain({"tier": member})

            assert criterion.evaluate({"tier": member}) is explanation.verdict is Verdict.HOLDS
            assert explanation.summary.en.startswith("holds: tier is gold")


def test_members_that_are_no_text_are_refused() -> None:
    """They would equal their words in a database, and nothing in Python."""
    schema = Schema.of(Customer)

    assert schema["tier"].words == schema["mixed"].words == ("gold",)
    with pytest.raises(InvalidValueError, match="or a member of a StrEnum, which equals its word"):
        _ = F.opaque == Opaque.GOLD
    with pytest.raises(FaultsError, match=r"opaque \(a value of another kind\) cannot be compared"):
        schema.check(F.opaque == "gold")


@pytest.mark.parametrize("number", ["1E+18", "123456789012345678E+1", "1E-19", "0E+19"])
def test_the_digits_before_the_point_count_too(number: str) -> None:
    """A constant has at most 18 digits when it is written out."""
    with pytest.raises(InvalidValueError, match="have at most 18 digits"):
        _ = F.spend > Decimal(number)


def test_a_criterion_without_end_is_refused_in_words() -> None:
    """Whatever is asked of it, the message says how deep a criterion may be."""
    criterion = F.spend > 5
    for _ in range(20_000):
        criterion = ~criterion
    asked: list[Callable[[], object]] = [
        lambda: criterion.evaluate({"spend": 7}),
        lambda: criterion.holds({"spend": 7}),
        lambda: criterion.explain({"spend": 7}),
        criterion.compile,
        lambda: criterion.words,
        lambda: criterion.plain,
        lambda: criterion.fields,
        lambda: criterion.needs_as_of,
        lambda: repr(criterion),
    ]

    for ask in asked:
        with pytest.raises(InvalidValueError, match="be nested at most 16 deep"):
            ask()


def test_an_explanation_is_as_large_as_a_verdict_may_be() -> None:
    """What is too large to be judged is too large to be explained."""
    criterion = F.spend > 5
    for _ in range(20):
        criterion = ~criterion
    asked: list[Callable[[object], object]] = [criterion.evaluate, criterion.explain]

    for ask in asked:
        with pytest.raises(InvalidValueError, match="be nested at most 16 deep"):
            ask({"spend": 7})
