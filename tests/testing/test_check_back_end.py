"""The check of back ends is itself checked: each of these back ends has one fault."""

# ruff: noqa: ANN401, D101, D102 - operands are of any kind, and the fault is what its class says

from __future__ import annotations

import math
import operator
import re
import unicodedata
from calendar import leapdays
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from crmcore.criteria import Criterion, F, Predicate, Schema
from crmcore.errors import InvalidValueError
from crmcore.testing import (
    EDGES,
    Tally,
    check_back_end,
    criteria,
    random_criteria,
    random_rows,
)

Row = Mapping[str, Any]
Truth = bool | None
Judge = Callable[[Sequence[Criterion], Sequence[Row], date], Sequence[Sequence[Truth]]]

COMPARE = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
ARITHMETIC = {"add": operator.add, "sub": operator.sub, "mul": operator.mul}


@lru_cache
def moved(day: date, months: int, days: int) -> date:
    """Return a day moved by months first, and by days then."""
    return day + relativedelta(months=months) + timedelta(days=days)


class Sound:
    """A back end without a fault, which judges one row."""

    def __init__(self, row: Row, day: date) -> None:
        """Judge *row* on a day."""
        self.row = row
        self.day = day

    def field(self, name: str) -> Any:
        value = self.row[name]
        return None if isinstance(value, float) and math.isnan(value) else value

    def literal(self, value: Any) -> Any:
        return value

    def as_of(self, *, months: int, days: int) -> Any:
        return moved(self.day, months, days)

    def arithmetic(self, op: str, left: Any, right: Any) -> Any:
        if left is None or right is None:
            return None
        return self.quotient(left, right) if op == "div" else ARITHMETIC[op](left, right)

    def quotient(self, left: Any, right: Any) -> float | None:
        return float(left) / float(right) if right else None

    def call(self, function: str, arguments: Sequence[Any]) -> Any:
        if function == "coalesce":
            return next((value for value in arguments if value is not None), None)
        if None in arguments:
            return None
        if function == "days_between":
            first, second = arguments
            return self.days(first, second)
        return self.length(*arguments) if function == "length" else abs(*arguments)

    def days(self, first: date, second: date) -> int:
        return (second - first).days

    def length(self, text: str) -> int:
        return len(text)

    def compare(self, op: str, left: Any, right: Any) -> Truth:
        return None if left is None or right is None else bool(COMPARE[op](left, right))

    def is_in(self, operand: Any, values: tuple[Any, ...]) -> Truth:
        return None if operand is None else operand in values

    def match(self, op: str, operand: str | None, text: str) -> Truth:
        if operand is None:
            return None
        if op == "contains":
            return text in operand
        return operand.startswith(text) if op == "starts" else operand.endswith(text)

    def has(self, field: frozenset[str] | None, text: str) -> Truth:
        return None if field is None else text in field

    def is_missing(self, operand: Any) -> Truth:
        return operand is None

    def all_of(self, parts: Sequence[Truth]) -> Truth:
        return False if False in parts else None if None in parts else True

    def any_of(self, parts: Sequence[Truth]) -> Truth:
        return True if True in parts else None if None in parts else False

    def negate(self, part: Truth) -> Truth:
        return None if part is None else not part

    def unless(self, part: Truth) -> Truth:
        return part is not True

    def named(self, name: str, part: Truth) -> Truth:
        del name
        return part is True

    def apply(
        self, predicate: Predicate, inputs: Sequence[Any], arguments: Mapping[str, Any]
    ) -> Truth:
        return predicate.answer(inputs, arguments).truth


# What is missing.


class TakesUnknownForNo(Sound):
    def compare(self, op: str, left: Any, right: Any) -> Truth:
        return super().compare(op, left, right) or False


class TakesMissingForNotEqual(Sound):
    def compare(self, op: str, left: Any, right: Any) -> Truth:
        return left is not right if op == "ne" else super().compare(op, left, right)


class FindsMissingOutsideOfLists(Sound):
    def is_in(self, operand: Any, values: tuple[Any, ...]) -> Truth:
        return operand in values


class FindsNothingInMissingSets(Sound):
    def has(self, field: frozenset[str] | None, text: str) -> Truth:
        return field is not None and text in field


class FindsNoTextInMissing(Sound):
    def match(self, op: str, operand: str | None, text: str) -> Truth:
        return super().match(op, operand, text) or False


class TakesNanForTheLargest(Sound):
    def field(self, name: str) -> Any:
        value = self.row[name]
        return math.inf if isinstance(value, float) and math.isnan(value) else value


class TakesNanForPresent(Sound):
    def field(self, name: str) -> Any:
        return self.row[name]

    def compare(self, op: str, left: Any, right: Any) -> Truth:
        is_nan = any(isinstance(value, float) and math.isnan(value) for value in (left, right))
        return None if is_nan else super().compare(op, left, right)


class TakesEmptyTextForMissing(Sound):
    def field(self, name: str) -> Any:
        value = super().field(name)
        return None if value == "" else value


class TakesEmptySetsForMissing(Sound):
    def field(self, name: str) -> Any:
        value = super().field(name)
        return None if value == frozenset() else value


class TakesZeroForMissing(Sound):
    def field(self, name: str) -> Any:
        return super().field(name) or None


# How verdicts combine.


class DeniesWhatIsUnknown(Sound):
    def negate(self, part: Truth) -> Truth:
        return not part


class LeavesUnknownInUnless(Sound):
    def unless(self, part: Truth) -> Truth:
        return self.negate(part)


class LetsUnknownWinOverFails(Sound):
    def all_of(self, parts: Sequence[Truth]) -> Truth:
        return None if None in parts else all(parts)


class LetsUnknownWinOverHolds(Sound):
    def any_of(self, parts: Sequence[Truth]) -> Truth:
        return None if None in parts else any(parts)


class DropsUnknownParts(Sound):
    def all_of(self, parts: Sequence[Truth]) -> Truth:
        return False not in parts


class FailsWithoutParts(Sound):
    def all_of(self, parts: Sequence[Truth]) -> Truth:
        return super().all_of(parts) if parts else False


class HoldsWithoutParts(Sound):
    def any_of(self, parts: Sequence[Truth]) -> Truth:
        return super().any_of(parts) if parts else True


# Order and numbers.


class CountsTheBoundIn(Sound):
    def compare(self, op: str, left: Any, right: Any) -> Truth:
        return super().compare({"lt": "le"}.get(op, op), left, right)


class HasNarrowIntegers(Sound):
    def field(self, name: str) -> Any:
        value = super().field(name)
        is_integer = isinstance(value, int) and not isinstance(value, bool)
        return (value + 2**31) % 2**32 - 2**31 if is_integer else value


class HasShortFloats(Sound):
    def field(self, name: str) -> Any:
        value = super().field(name)
        return float(f"{value:.6g}") if isinstance(value, float) else value


class FlushesTheSmallest(Sound):
    def field(self, name: str) -> Any:
        value = super().field(name)
        return 0.0 if isinstance(value, float) and abs(value) < 1e-307 else value


class ComparesDecimalsAsFloats(Sound):
    def compare(self, op: str, left: Any, right: Any) -> Truth:
        both = [float(v) if isinstance(v, Decimal) else v for v in (left, right)]
        return super().compare(op, *both)


class ListsDecimalsAsFloats(Sound):
    def is_in(self, operand: Any, values: tuple[Any, ...]) -> Truth:
        if not isinstance(operand, Decimal):
            return super().is_in(operand, values)
        return float(operand) * 3 in [float(value) * 3 for value in values] and operand > 0


class RoundsConstantsToTheScale(Sound):
    def literal(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


# Text.


class FoldsCaseInMatches(Sound):
    def match(self, op: str, operand: str | None, text: str) -> Truth:
        return super().match(op, operand and operand.lower(), text.lower())


class HasWildcards(Sound):
    def match(self, op: str, operand: str | None, text: str) -> Truth:
        if operand is None:
            return None
        pattern = re.escape(text).replace("%", ".*").replace("_", ".")
        pattern = {"starts": f"{pattern}.*", "ends": f".*{pattern}"}.get(op, f".*{pattern}.*")
        return re.fullmatch(pattern, operand, re.DOTALL) is not None


class FoldsCase(Sound):
    def compare(self, op: str, left: Any, right: Any) -> Truth:
        both = [v.casefold() if isinstance(v, str) else v for v in (left, right)]
        return super().compare(op, *both)


class ComposesLetters(Sound):
    def field(self, name: str) -> Any:
        value = super().field(name)
        return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


class PadsText(Sound):
    def compare(self, op: str, left: Any, right: Any) -> Truth:
        both = [v.rstrip() if isinstance(v, str) else v for v in (left, right)]
        return super().compare(op, *both)


class SkipsWhatHasNoWidth(Sound):
    def is_in(self, operand: Any, values: tuple[Any, ...]) -> Truth:
        shown = operand.replace("\u200b", "") if isinstance(operand, str) else operand
        return super().is_in(shown, values)


class CannotQuote(Sound):
    def literal(self, value: Any) -> Any:
        if isinstance(value, str) and "'" in value:
            raise ValueError(value)
        return value


class LooksIntoElements(Sound):
    def has(self, field: frozenset[str] | None, text: str) -> Truth:
        return None if field is None else any(text in element for element in field)


class SplitsElements(Sound):
    def has(self, field: frozenset[str] | None, text: str) -> Truth:
        return None if field is None else text in ",".join(field).split(",")


# Dates and instants.


class IsADayOff(Sound):
    def as_of(self, *, months: int, days: int) -> Any:
        return super().as_of(months=months, days=days) + timedelta(days=bool(days))


class HasMonthsOfThirtyDays(Sound):
    def as_of(self, *, months: int, days: int) -> Any:
        return super().as_of(months=0, days=days + 30 * months)


class ShiftsDaysFirst(Sound):
    def as_of(self, *, months: int, days: int) -> Any:
        return moved(self.day + timedelta(days=days), months, 0)


class CutsInstantsToMilliseconds(Sound):
    def compare(self, op: str, left: Any, right: Any) -> Truth:
        return super().compare(op, self.cut(left), self.cut(right))

    @staticmethod
    def cut(value: Any) -> Any:
        if not isinstance(value, datetime):
            return value
        return value.replace(microsecond=value.microsecond // 1000 * 1000)


class KeepsInstantsAsFloats(Sound):
    def compare(self, op: str, left: Any, right: Any) -> Truth:
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        both = [
            (v - epoch).total_seconds() * 1e9 // 1e4 if isinstance(v, datetime) else v
            for v in (left, right)
        ]
        return super().compare(op, *both)


class HasJulianDates(Sound):
    def field(self, name: str) -> Any:
        value = super().field(name)
        is_day = isinstance(value, date) and not isinstance(value, datetime)
        return value + timedelta(days=10) if is_day and value < date(1582, 10, 15) else value


class HasTwoDigitYears(Sound):
    def field(self, name: str) -> Any:
        value = super().field(name)
        is_day = isinstance(value, date) and not isinstance(value, datetime)
        return value.replace(year=2000 + value.year) if is_day and value.year < 100 else value


# What is calculated.


class DividesIntegersToIntegers(Sound):
    def quotient(self, left: Any, right: Any) -> float | None:
        if isinstance(left, int) and isinstance(right, int) and right:
            return left // right
        return super().quotient(left, right)


class DividesByZero(Sound):
    def quotient(self, left: Any, right: Any) -> float | None:
        return super().quotient(left, right) if right else math.copysign(math.inf, left)


class TakesNothingForAZerothPart(Sound):
    def quotient(self, left: Any, right: Any) -> float | None:
        return super().quotient(left, right) or 0.0


class RoundsQuotients(Sound):
    def quotient(self, left: Any, right: Any) -> float | None:
        found = super().quotient(left, right)
        return None if found is None else round(found, 4)


class HasShortQuotients(Sound):
    def quotient(self, left: Any, right: Any) -> float | None:
        found = super().quotient(left, right)
        return None if found is None else float(f"{found:.6g}")


class AddsNothingForMissing(Sound):
    def arithmetic(self, op: str, left: Any, right: Any) -> Any:
        if op in {"add", "sub"} and left is not None and right is None:
            return left
        return super().arithmetic(op, left, right)


class CalculatesIn32Bits(Sound):
    def arithmetic(self, op: str, left: Any, right: Any) -> Any:
        found = super().arithmetic(op, left, right)
        return (found + 2**31) % 2**32 - 2**31 if isinstance(found, int) else found


class CalculatesDecimalsAsFloats(Sound):
    def arithmetic(self, op: str, left: Any, right: Any) -> Any:
        if isinstance(left, Decimal) and isinstance(right, Decimal):
            found = super().arithmetic(op, float(left), float(right))
            return None if found is None else Decimal(found)
        return super().arithmetic(op, left, right)


class ScalesConstantsTwice(Sound):
    def arithmetic(self, op: str, left: Any, right: Any) -> Any:
        if op == "mul" and isinstance(left, Decimal) and isinstance(right, int):
            return super().arithmetic(op, left, right * 100)
        return super().arithmetic(op, left, right)


class KeepsTheOldScale(Sound):
    def arithmetic(self, op: str, left: Any, right: Any) -> Any:
        found = super().arithmetic(op, left, right)
        return found.quantize(Decimal("0.01")) if isinstance(found, Decimal) else found


class TurnsDifferencesRound(Sound):
    def arithmetic(self, op: str, left: Any, right: Any) -> Any:
        if op == "sub" and isinstance(left, float):
            left, right = right, left
        return super().arithmetic(op, left, right)


class KeepsTheSign(Sound):
    def call(self, function: str, arguments: Sequence[Any]) -> Any:
        return arguments[0] if function == "abs" else super().call(function, arguments)


class CountsBytes(Sound):
    def length(self, text: str) -> int:
        return len(text.encode())


class CountsUtf16(Sound):
    def length(self, text: str) -> int:
        return len(text.encode("utf-16-le")) // 2


class DoesNotCountTrailingSpaces(Sound):
    def length(self, text: str) -> int:
        return len(text.rstrip())


class CountsTheFirstDayToo(Sound):
    def days(self, first: date, second: date) -> int:
        return (second - first).days + 1


class CountsDaysBackwards(Sound):
    def days(self, first: date, second: date) -> int:
        return (first - second).days


class NeverCountsBelowZero(Sound):
    def days(self, first: date, second: date) -> int:
        return max(0, (second - first).days)


class CountsYearsOf365Days(Sound):
    def days(self, first: date, second: date) -> int:
        return (second - first).days - leapdays(first.year, second.year)


class TakesTheFirstThatIsTrue(Sound):
    def call(self, function: str, arguments: Sequence[Any]) -> Any:
        if function == "coalesce":
            return arguments[0] or arguments[1]
        return super().call(function, arguments)


class FindsNothingBehindMissing(Sound):
    def call(self, function: str, arguments: Sequence[Any]) -> Any:
        return None if None in arguments else super().call(function, arguments)


class LeavesNamesOpen(Sound):
    def named(self, name: str, part: Truth) -> Truth:
        del name
        return part


FAULTS = [
    fault
    for fault in list(globals().values())
    if isinstance(fault, type) and issubclass(fault, Sound) and fault is not Sound
]


def judging(back_end: type[Sound]) -> Judge:
    """Return the judge of a back end."""

    def judge(
        asked: Sequence[Criterion], rows: Sequence[Row], as_of: date
    ) -> Sequence[Sequence[Truth]]:
        return [[criterion.fold(back_end(row, as_of)) for row in rows] for criterion in asked]

    return judge


def test_a_sound_back_end_passes() -> None:
    """Whoever means the same by everything is not accused, and is told what was compared."""
    tally = check_back_end(judging(Sound), verdicts=10_000, seed=3)

    assert (tally.criteria, tally.rows, tally.verdicts) == (200, 50, 10_000)
    assert tally.holds + tally.fails + tally.unknown == tally.verdicts
    assert min(tally.holds, tally.fails, tally.unknown) > 500


@pytest.mark.once
@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_found(fault: type[Sound]) -> None:
    """No fault survives the verdicts that a check compares unless it is told otherwise."""
    with pytest.raises(AssertionError, match="where the language says"):
        check_back_end(judging(fault))


def said(judge: Judge, **options: Any) -> str:
    """Return what a check says of a faulty back end."""
    with pytest.raises(AssertionError) as caught:
        check_back_end(judge, **options)
    return str(caught.value)


ORDERS = Schema.of(orders=int | None)


def test_the_smallest_part_and_the_record_are_told() -> None:
    """What stands in an assertion is one leaf, the field that it reads, and why."""
    text = said(judging(TakesUnknownForNo), schema=ORDERS, seed=1)

    first, criterion, record, as_of, because, seed = text.splitlines()
    assert first == "the back end says fails where the language says unknown"
    assert re.fullmatch(r"  criterion: F\.orders \S+ \S+|.*in_\(\[\S+\]\)", criterion)
    assert record == "  record:    {'orders': None}"
    assert re.fullmatch(r"  as_of:     \d{4}-\d\d-\d\d", as_of)
    assert because.startswith("  because:   unknown: orders is missing")
    assert re.fullmatch(r"seed 1, after [\d,]+ verdicts that agree", seed)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (DeniesWhatIsUnknown, r"~\([^&|~]*\)|~[^&|~]*"),
        (LeavesUnknownInUnless, r"unless\([^&|~]*\)"),
        (LeavesNamesOpen, r"named\('\w+', [^&|~]*\)"),
        (DividesIntegersToIntegers, r"[^&|~]*/[^&|~]*"),
        (CountsBytes, r"[^&|~]*\.length\(\)[^&|~]*"),
        (FindsNothingBehindMissing, r"[^&|~]*\.otherwise\([^&|~]*"),
        (FailsWithoutParts, "EVERYTHING"),
        (HoldsWithoutParts, r"any_of\(\)"),
        (CannotQuote, r"[^&|~]*'[^&|~]*"),
        (HasMonthsOfThirtyDays, r"[^&|~]*as_of[^&|~]*"),
    ],
)
def test_what_is_told_has_nothing_beside_the_fault(fault: type[Sound], expected: str) -> None:
    """Groups, denials and terms that the fault does not need are taken away."""
    criterion = said(judging(fault)).splitlines()[1]

    assert re.fullmatch(f"  criterion: ({expected})", criterion)


def test_an_error_is_an_answer() -> None:
    """Where a back end raises, its error is told with the criterion that brings it up."""
    text = said(judging(CannotQuote))

    assert re.match(r"the back end raises ValueError: .*'.* where the language says", text)


def test_an_error_of_all_criteria_together_is_told() -> None:
    """Where each criterion alone is judged, the error of the batch is told with the first."""

    def judge(asked: Sequence[Criterion], rows: Sequence[Row], day: date) -> list[Any]:
        if len(asked) > 1:
            raise RuntimeError("too many columns")
        return list(judging(Sound)(asked, rows, day))

    text = said(judge, verdicts=200)

    assert text.startswith("the back end raises RuntimeError: too many columns")


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        (lambda truths: truths[:-1], "returns 49 truths for 50 rows"),
        (lambda truths: [int(truth or 0) for truth in truths], "says 0, which is none of True"),
        (lambda truths: [math.nan for _ in truths], "says nan, which is none of True"),
    ],
)
def test_answers_of_another_form_are_told(broken: Callable[[Any], Any], expected: str) -> None:
    """A verdict is True, False or None, one for each row, and nothing that is equal to these."""

    def judge(asked: Sequence[Criterion], rows: Sequence[Row], day: date) -> list[Any]:
        return [broken(truths) for truths in judging(Sound)(asked, rows, day)]

    def first(asked: Sequence[Criterion], rows: Sequence[Row], day: date) -> list[Any]:
        return judge(asked, rows, day) if len(rows) > 1 else list(judging(Sound)(asked, rows, day))

    assert expected in said(first)


def test_lost_criteria_are_told() -> None:
    """There is a list of truths for each criterion."""
    text = said(lambda asked, rows, day: judging(Sound)(asked[1:], rows, day), verdicts=500)

    assert "returns 0 lists of truths for 1 criteria" in text


def test_what_shows_only_among_rows_keeps_them() -> None:
    """A fault that needs the other rows is told with their number."""

    def judge(asked: Sequence[Criterion], rows: Sequence[Row], day: date) -> list[Any]:
        fault = TakesUnknownForNo if len(rows) > 1 else Sound
        return list(judging(fault)(asked, rows, day))

    assert "{'orders': None} among 50 rows" in said(judge, schema=ORDERS)


def test_nothing_cannot_be_compared() -> None:
    """A check that compares nothing proves nothing."""
    with pytest.raises(InvalidValueError, match="verdicts must be at least 1"):
        check_back_end(judging(Sound), verdicts=0)
    with pytest.raises(InvalidValueError, match="rows must be at least 1"):
        check_back_end(judging(Sound), rows=0)


def test_a_tally_reads_as_a_line() -> None:
    """The counts are told with the number of criteria and rows behind them."""
    tally = Tally(criteria=20, rows=50, holds=600, fails=300, unknown=100)

    assert str(tally) == (
        "1,000 verdicts agree (20 criteria on 50 rows): 600 hold, 300 fail, 100 are unknown"
    )


@given(st.integers())
def test_a_seed_says_all(seed: int) -> None:
    """The same seed gives the same criteria and rows, and more of them begin with the same."""
    rows = random_rows(seed, count=3)

    assert random_criteria(seed, count=4)[:2] == random_criteria(seed, count=2)
    assert repr(random_rows(seed, count=5)[:3]) == repr(rows)
    assert all(list(row) == list(EDGES.names) for row in rows)


def test_another_seed_says_something_else() -> None:
    """Criteria and rows of different seeds are not the same."""
    assert random_criteria(1, count=5) != random_criteria(2, count=5)
    assert repr(random_rows(1, count=5)) != repr(random_rows(2, count=5))


@given(st.integers())
def test_random_criteria_are_accepted(seed: int) -> None:
    """A schema finds no fault with what was drawn over it."""
    assert not [fault for one in random_criteria(seed, count=5) for fault in EDGES.faults(one)]


@given(criteria())
def test_the_strategy_draws_what_is_accepted(criterion: Criterion) -> None:
    """Hypothesis draws from the same generator."""
    EDGES.check(criterion)


@given(criteria(ORDERS))
def test_the_strategy_keeps_to_the_schema(criterion: Criterion) -> None:
    """Nothing but the fields that there are is read."""
    assert criterion.fields <= {"orders"}


def test_every_part_of_the_language_is_drawn() -> None:
    """A few hundred criteria meet every operator, function and shape that there is."""
    operators: set[str] = set()

    class Noting(Sound):
        def arithmetic(self, op: str, left: Any, right: Any) -> Any:
            operators.add(op)
            return super().arithmetic(op, left, right)

        def call(self, function: str, arguments: Sequence[Any]) -> Any:
            operators.add(function)
            return super().call(function, arguments)

        def compare(self, op: str, left: Any, right: Any) -> Truth:
            operators.add(op)
            return super().compare(op, left, right)

        def match(self, op: str, operand: str | None, text: str) -> Truth:
            operators.add(op)
            return super().match(op, operand, text)

        def as_of(self, *, months: int, days: int) -> Any:
            operators.add("as_of")
            return super().as_of(months=months, days=days)

    check_back_end(judging(Noting), verdicts=1_000, rows=2)

    assert operators == {
        *("add", "sub", "mul", "div", "abs", "length", "coalesce", "days_between"),
        *("eq", "ne", "lt", "le", "gt", "ge", "starts", "ends", "contains", "as_of"),
    }


SMALL = Schema.of(
    visits=int | None, rate=Decimal, ratio=float | None, other=complex, open=bool
).bounded(visits=(3, 5), rate=(Decimal("0.5000"), Decimal("0.5001")), ratio=(0.25, 0.75))


def test_rows_keep_to_their_schema() -> None:
    """A value lies within its bounds, has its scale, and is missing only where it may be."""
    rows = random_rows(5, count=200, schema=SMALL)

    assert {row["visits"] for row in rows} >= {None, 3, 5}
    assert {row["visits"] for row in rows} <= {None, 3, 4, 5}
    assert {str(row["rate"]) for row in rows} == {"0.5000", "0.5001"}
    assert all(
        math.isnan(r) or 0.25 <= r <= 0.75 for row in rows if (r := row["ratio"]) is not None
    )
    assert {row["open"] for row in rows} == {True, False}
    check_back_end(judging(Sound), verdicts=2_000, schema=SMALL)


def test_a_field_that_cannot_be_compared_is_asked_whether_it_is_there() -> None:
    """Of values of another kind there is nothing else to ask."""
    schema = Schema.of(other=complex | None)
    asked = {repr(one) for one in random_criteria(0, count=300, schema=schema)}

    assert {"F.other.is_missing()", "~F.other.is_missing()"} <= asked


def test_a_term_needs_fields_to_be_made_of() -> None:
    """Over a single field of floats, what cannot be calculated is left alone."""
    schema = Schema.of(ratio=float)
    drawn = random_criteria(0, count=500, schema=schema)

    assert all(one.fields <= {"ratio"} for one in drawn)
    assert F.ratio.is_missing() in drawn
