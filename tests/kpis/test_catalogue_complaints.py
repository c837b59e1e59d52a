"""K12 to K14 from worked examples: complaints and feedback."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs

from crmcore.activities import Purchase, PurchaseId
from crmcore.calendar import Period, WorkCalendar
from crmcore.kernel import CustomerId, Money, Reason, Undefined
from crmcore.kpis import compute, kpi
from crmcore.measures import Value
from crmcore.service import Complaint, Feedback, Pause

JUNE = Period.month(1998, 6)
ROUND_THE_CLOCK = WorkCalendar.always()


def result(code: str, **records: Iterable[object]) -> Value | Undefined:
    """Return what a KPI came to in June, as far as was known on 1 August."""
    (series,) = compute(
        records,
        [JUNE],
        as_of=date(1998, 8, 1),
        zone="UTC",
        currency="EUR",
        kpis=[kpi(code)],
        calendars={"service": ROUND_THE_CLOCK},
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


def complaint(number: int, received: datetime, **more: Any) -> Complaint:  # noqa: ANN401
    """Return a complaint, about a matter of its own unless stated."""
    return Complaint(
        id=f"k-{number}",
        customer=CustomerId("ada"),
        received_at=received,
        **({"matter": f"m-{number}"} | more),
    )


def at(month: int, day: int, hour: int = 9) -> datetime:
    """Return an instant of 1998 in Greenwich."""
    return datetime(1998, month, day, hour, tzinfo=UTC)


class TestK12:
    """The complaint rate."""

    ORDERS = tuple(
        Purchase(
            id=PurchaseId(f"p-{number}"),
            customer=CustomerId("ada"),
            at=at(6, 1),
            amount=Money(10, "EUR"),
        )
        for number in range(40)
    )
    REFUND = attrs.evolve(ORDERS[0], id=PurchaseId("r"), amount=Money(-10, "EUR"), refund=True)

    def test_a_matter_counts_once_when_it_first_comes_up(self) -> None:
        """Matter 1 is of May; 2 comes up twice in June, 3 once: 2 of 40 orders are 50 in 1000."""
        complaints = [
            complaint(1, at(5, 30)),
            complaint(2, at(6, 1), matter="m-1"),
            complaint(3, at(6, 2), matter="m-2"),
            complaint(4, at(6, 9), matter="m-2"),
            complaint(5, at(6, 5), matter="m-3"),
        ]

        found = value("K12", complaints=complaints, purchases=[*self.ORDERS, self.REFUND])

        assert parts(found) == (2, 40)
        assert kpi("K12").unit.show(found.number) == "50.0 ‰"
        assert found.interval is None

    def test_no_complaint_is_none_and_no_order_is_no_rate(self) -> None:
        """In a month without complaints the rate is 0; a month without orders has none."""
        before, now = [complaint(1, at(5, 1))], [complaint(1, at(6, 1))]

        assert value("K12", complaints=before, purchases=self.ORDERS).number == 0
        assert reason("K12", complaints=now, purchases=[self.REFUND]) is Reason.ZERO_DENOMINATOR

    def test_without_any_records_of_complaints_nothing_is_said(self) -> None:
        """Who keeps no complaints is not without complaints."""
        assert reason("K12", complaints=[], purchases=self.ORDERS) is Reason.NO_DATA


class TestK13:
    """Complaints closed in time, and how long they took."""

    def test_what_is_open_past_its_time_belongs_below_the_line(self) -> None:
        """2 in time, 1 late, 1 open past its time: 2 of 4; due in July is July's."""
        complaints = [
            complaint(1, at(6, 1), due_at=at(6, 5), closed_at=at(6, 5)),
            complaint(2, at(5, 28), due_at=at(6, 2), closed_at=at(6, 1)),
            complaint(3, at(6, 1), due_at=at(6, 5), closed_at=at(6, 5, 10)),
            complaint(4, at(6, 1), due_at=at(6, 5)),
            complaint(5, at(6, 29), due_at=at(7, 3)),
            complaint(6, at(6, 29), due_at=at(7, 3), closed_at=at(6, 30)),
        ]

        found = value("K13", complaints=complaints)

        assert parts(found) == (2, 4)
        assert found.interval is not None
        assert reason("K13", complaints=complaints[4:]) is Reason.ZERO_DENOMINATOR

    def test_what_was_never_due_is_missing(self) -> None:
        """A complaint without a due time can be neither early nor late."""
        complaints = [
            complaint(1, at(6, 1), due_at=at(6, 5), closed_at=at(6, 5)),
            complaint(2, at(6, 1), closed_at=at(6, 2)),
        ]

        found = value("K13", complaints=complaints)

        assert parts(found) == (1, 1)
        assert found.missing == 1

    def test_open_complaints_lengthen_the_time(self) -> None:
        """Closed after 1, 2, 3 and 10 hours, one still open: half are closed within 3 hours.

        Kaplan-Meier: 4/5 are open after 1 hour, 3/5 after 2, 2/5 after 3. Without the open one
        the median would be 2.5.
        """
        closed = [
            complaint(hours, at(6, 1), closed_at=at(6, 1) + timedelta(hours=hours))
            for hours in (1, 2, 3, 10)
        ]

        found = value("K13b", complaints=[*closed, complaint(99, at(6, 1))])

        assert found.number == 3
        assert found.n == 5

    def test_where_most_are_open_nobody_knows_the_median(self) -> None:
        """One closed of three does not tell within which time half are."""
        complaints = [
            complaint(1, at(6, 1), closed_at=at(6, 1, 10)),
            complaint(2, at(6, 1)),
            complaint(3, at(6, 1)),
        ]

        assert reason("K13b", complaints=complaints) is Reason.TOO_FEW
        assert isinstance(result("K13b", complaints=[]), Undefined)

    def test_nine_in_ten_are_closed_within(self) -> None:
        """Closed after 1 to 11 hours, one each: 2/11 are open after 9, 1/11 after 10."""
        closed = [
            complaint(hours, at(6, 1), closed_at=at(6, 1) + timedelta(hours=hours))
            for hours in range(1, 12)
        ]

        assert value("K13c", complaints=closed).number == 10

    def test_waiting_for_the_customer_is_not_counted(self) -> None:
        """From 9 to 15, with a pause from 10 to 14, are 2 hours."""
        paused = complaint(
            1, at(6, 1), closed_at=at(6, 1, 15), pauses=(Pause(at(6, 1, 10), at(6, 1, 14)),)
        )

        assert value("K13b", complaints=[paused]).number == 2


class TestK14:
    """Feedback: how much, how much of it answered, how much of it put to use."""

    FEEDBACK = tuple(
        Feedback(
            id=f"f-{number}",
            received_at=at(6, 3),
            answered_at=at(7, 9) if answered else None,
            is_actionable=actionable,
            verified_at=at(7, 20) if verified else None,
        )
        for number, (answered, actionable, verified) in enumerate(
            [
                (True, True, True),
                (True, True, False),
                (True, False, False),
                (False, True, False),
                (False, False, False),
            ]
        )
    )

    def test_volume_is_a_count_that_may_be_0(self) -> None:
        """Five pieces; none in a month after; nothing to say where nobody keeps any."""
        may = [attrs.evolve(self.FEEDBACK[3], received_at=at(5, 3))]

        assert value("K14", feedback=self.FEEDBACK).number == 5
        assert value("K14", feedback=may).number == 0
        assert reason("K14", feedback=[]) is Reason.NO_DATA

    def test_answered_of_received(self) -> None:
        """3 of 5 were answered, in whichever month."""
        found = value("K14b", feedback=self.FEEDBACK)

        assert parts(found) == (3, 5)
        assert isinstance(result("K14b", feedback=[]), Undefined)

    def test_verified_of_what_calls_for_action(self) -> None:
        """1 of 3 that call for action is done and verified; praise does not count."""
        found = value("K14c", feedback=self.FEEDBACK)

        assert parts(found) == (1, 3)
        assert reason("K14c", feedback=self.FEEDBACK[4:]) is Reason.ZERO_DENOMINATOR
