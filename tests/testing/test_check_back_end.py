"""The check of back ends is itself checked: each of these back ends has one fault."""

# ruff: noqa: D101, D102 - the fault is what its class says

from __future__ import annotations

import math
import operator
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from crmcore.criteria import Criterion, F, Schema, all_of, unless
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


class Sound:
    """A back end without a fault, which judges one row."""

    def __init__(self, row: Row, day: date) -> None:
        """Judge *row* on a day."""
        self.row = row
        self.day = day

    def field(self, name: str) -> Any:  # noqa: ANN401 - of any kind
        value = self.row[name]
        return None if isinstance(value, float) and math.isnan(value) else value

    def literal(self, value: Any) -> Any:  # noqa: ANN401 - of any kind
        return value

    def as_of(self, *, months: int, days: int) -> Any:  # noqa: ANN401 - of any kind
        return self.day + relativedelta(months=months) + timedelta(days=days)

    def arithmetic(self, op: str, left: Any, right: Any) -> Any:  # noqa: ANN401 - of any kind
        if left is None or right is None:
            return None
        return self.quotient(left, right) if op == "div" else ARITHMETIC[op](left, right)

    def quotient(self, left: Any, right: Any) -> float | None:  # noqa: ANN401 - any number
        return float(left) / float(right) if right else None

    def call(self, function: str, arguments: Sequence[Any]) -> Any:  # noqa: ANN401 - of any kind
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

    def compare(self, op: str, left: Any, right: Any) -> Truth:  # noqa: ANN401 - of any kind
        return None if left is None or right is None else bool(COMPARE[op](left, right))

    def is_in(self, operand: Any, values: tuple[Any, ...]) -> Truth:  # noqa: ANN401 - of any kind
        return None if operand is None else operand in values

    def match(self, op: str, operand: str | None, text: str) -> Truth:
        if operand is None:
            return None
        if op == "contains":
            return text in operand
        return operand.startswith(text) if op == "starts" else operand.endswith(text)

    def has(self, field: frozenset[str] | None, text: str) -> Truth:
        return None if field is None else text in field

    def is_missing(self, operand: Any) -> Truth:  # noqa: ANN401 - of any kind
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
    def compare(self, op: str, left: Any, right: Any) -> Truth:
        both = [unicodedata.normalize("NFC", v) if isinstance(v, str) else v for v in (left, right)]
        return super().compare(op, *both)


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
        return self.day + timedelta(days=days) + relativedelta(months=months)


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

    assert (tally.criteria, tally.rows, tally.verdicts) == (100, 100, 10_000)
    assert tally.holds + tally.fails + tally.unknown == tally.verdicts
    assert min(tally.holds, tally.fails, tally.unknown) > 500


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_found(fault: type[Sound]) -> None:
    """No fault survives the verdicts that a check compares unless it is told otherwise."""
    with pytest.raises(AssertionError, match="where the language says"):
        check_back_end(judging(fault))
