"""K55 to K58 from worked examples: how good the data is, and what is made of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from crmcore.calendar import Period
from crmcore.kernel import MemberId, Reason, Undefined
from crmcore.kpis import compute, kpi
from crmcore.measures import Value
from crmcore.work import Aspect, Decision, FieldCheck, Reading

JUNE = Period.month(1998, 6)


def result(code: str, **records: Iterable[object]) -> Value | Undefined:
    """Return what a KPI comes to in June."""
    (series,) = compute(
        records,
        [JUNE],
        as_of=date(1998, 7, 1),
        zone="UTC",
        currency="EUR",
        kpis=[kpi(code)],
    )
    return series.values[0]


def value(code: str, **records: Iterable[object]) -> Value:
    """Return what a KPI comes to in June, where it comes to something."""
    found = result(code, **records)
    assert isinstance(found, Value), found
    return found


def reason(code: str, **records: Iterable[object]) -> Reason:
    """Return why a KPI has no value in June."""
    found = result(code, **records)
    assert isinstance(found, Undefined), found
    return found.reason


def parts(found: Value) -> tuple[int, int]:
    """Return numerator and denominator, which are whole numbers in these examples."""
    assert found.numerator is not None
    assert found.denominator is not None
    return int(found.numerator), int(found.denominator)


def on(day: int) -> datetime:
    """Return noon of a day of June."""
    return datetime(1998, 6, day, 12, tzinfo=UTC)


def check(
    aspect: Aspect,
    place: str,
    *,
    passed: bool,
    day: int = 3,
    weight: int = 1,
) -> FieldCheck:
    """Return a check of a place such as ``ada email``."""
    record, field = place.split()
    return FieldCheck(
        id=f"{aspect.value} {place} {day}",
        record=record,
        field=field,
        at=on(day),
        aspect=aspect,
        passed=passed,
        weight=Decimal(weight),
    )


class TestK55:
    """Data accuracy."""

    def test_values_that_agree_with_their_source(self) -> None:
        """3 of 4 are true; a sample of 4 leaves room from 0.3006 to 0.9544 (Wilson)."""
        checks = [
            check(Aspect.ACCURACY, f"{name} email", passed=name != "dan")
            for name in ("ada", "bob", "cy", "dan")
        ]

        found = value("K55", field_checks=checks)

        assert parts(found) == (3, 4)
        assert found.interval is not None
        assert found.interval.low == pytest.approx(0.3006, abs=5e-5)
        assert found.interval.high == pytest.approx(0.9544, abs=5e-5)

    def test_keeping_the_rules_is_not_being_true(self) -> None:
        """What was only found complete, consistent and young was not verified."""
        checks = [
            check(aspect, "ada email", passed=True)
            for aspect in (Aspect.COMPLETENESS, Aspect.CONSISTENCY, Aspect.TIMELINESS)
        ]

        assert reason("K55", field_checks=checks) is Reason.ZERO_DENOMINATOR


STATES = [
    ("K56", Aspect.COMPLETENESS),
    ("K56b", Aspect.CONSISTENCY),
    ("K56c", Aspect.TIMELINESS),
]


@pytest.mark.parametrize(("code", "aspect"), STATES)
class TestK56:
    """Completeness, consistency and timeliness."""

    def test_a_field_counts_by_its_weight(self, code: str, aspect: Aspect) -> None:
        """Weights of 3 and 1 pass, one of 2 does not: 4 of 6."""
        checks = [
            check(aspect, "ada email", passed=True, weight=3),
            check(aspect, "ada phone", passed=False, weight=2),
            check(aspect, "bob email", passed=True, weight=1),
        ]

        found = value(code, field_checks=checks)

        assert parts(found) == (4, 6)
        assert found.interval is None

    def test_the_last_check_of_the_period_counts(self, code: str, aspect: Aspect) -> None:
        """What failed on the 3rd and was mended by the 20th is 1 of 1, not 1 of 2."""
        checks = [
            check(aspect, "ada email", passed=True, day=20),
            check(aspect, "ada email", passed=False, day=3),
        ]

        found = value(code, field_checks=checks)

        assert parts(found) == (1, 1)

    def test_without_a_check_there_is_no_state(self, code: str, aspect: Aspect) -> None:
        """Other aspects say nothing about this one."""
        others = [check(other, "ada email", passed=True) for other in Aspect if other is not aspect]

        assert isinstance(result(code, field_checks=others), Undefined)
        assert isinstance(result(code, field_checks=[]), Undefined)


def readings(*marks: tuple[str, str, str, int]) -> list[Reading]:
    """Return the marks that readers gave to reports by a criterion."""
    return [
        Reading(
            id=f"r-{number}",
            report=report,
            reader=MemberId(reader),
            criterion=criterion,
            at=on(9),
            score=score,
        )
        for number, (report, reader, criterion, score) in enumerate(marks)
    ]


class TestK57:
    """Report quality, and the agreement of readers."""

    TWO_READERS = readings(
        ("may", "li", "clear", 5),
        ("may", "wu", "clear", 4),
        ("may", "li", "timely", 2),
        ("may", "wu", "timely", 5),
    )

    def test_the_mean_of_all_marks(self) -> None:
        """(5 + 4 + 2 + 5) / 4 = 4."""
        found = value("K57", readings=self.TWO_READERS)

        assert found.number == 4
        assert found.n == 4
        assert reason("K57", readings=[]) is Reason.NO_DATA

    def test_readers_agree_where_they_are_one_mark_apart(self) -> None:
        """5 and 4 agree, 2 and 5 do not: 1 of 2 pairs."""
        found = value("K57b", readings=self.TWO_READERS)

        assert parts(found) == (1, 2)
        assert found.missing == 0

    def test_three_readers_make_three_pairs(self) -> None:
        """1, 2 and 3: 1-2 and 2-3 agree, 1-3 does not."""
        three = readings(
            ("may", "li", "clear", 1), ("may", "wu", "clear", 2), ("may", "qi", "clear", 3)
        )

        found = value("K57b", readings=three)

        assert parts(found) == (2, 3)

    def test_one_reader_is_flagged(self) -> None:
        """A question that only one has answered is missing; if all are such, nothing is said."""
        single = readings(("june", "li", "clear", 5))

        found = value("K57b", readings=[*self.TWO_READERS, *single])

        assert parts(found) == (1, 2)
        assert found.missing == 1
        assert reason("K57b", readings=single) is Reason.TOO_FEW


class TestK58:
    """Data-driven decisions."""

    def test_decisions_that_cite_evidence(self) -> None:
        """2 of 5 name a measurement or an analysis."""
        decisions = [
            Decision(id=f"d-{number}", at=on(4), cites_evidence=number < 2) for number in range(5)
        ]

        found = value("K58", decisions=decisions)

        assert found.number == Decimal("0.4")
        assert found.n == 5
        assert reason("K58", decisions=[]) is Reason.NO_DATA
