"""K67 to K71 from worked examples, and what they decide at the edges."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import sqrt

import attrs
import pytest

from crmcore.errors import MixedCurrenciesError
from crmcore.kernel import Money, Reason
from crmcore.work import ChangeRequest, ProcessCase
from tests.kpis.june import parts, reason, value

BEGIN = datetime(1998, 6, 3, 8, tzinfo=UTC)


def case(number: int, hours: int | None = 1, **more: object) -> ProcessCase:
    """Return a case of the third of June that took so many hours, or runs on."""
    return ProcessCase(
        id=f"c-{number}",
        process="complaint",
        started_at=BEGIN,
        ended_at=None if hours is None else BEGIN + timedelta(hours=hours),
        **more,  # type: ignore[arg-type]
    )


def cases(*hours: int | None) -> list[ProcessCase]:
    """Return cases that took so many hours, or run on."""
    return [case(number, each) for number, each in enumerate(hours)]


@pytest.mark.parametrize("code", ["K67", "K67b", "K68", "K69", "K70", "K70b", "K71c"])
def test_without_any_case_there_is_no_figure(code: str) -> None:
    """No records are no data, and not 0."""
    assert reason(code, process_cases=[]) is Reason.NO_DATA


# K67: throughput time.


def test_the_median_case_takes_3_hours() -> None:
    """Of 1, 2, 3, 5 and 70 hours the third is 3; one of 70 hours does not move it."""
    assert value("K67", process_cases=cases(1, 2, 3, 5, 70)).number == 3


def test_cases_that_run_on_hold_the_median_up() -> None:
    """1, 2 and 5 hours, two run on: S falls to 4/5, 3/5, 2/5: 5 hours, and not 2."""
    found = value("K67", process_cases=cases(1, 2, 5, None, None))

    assert found.number == 5
    assert found.n == 5


def test_where_most_cases_run_on_there_is_no_median() -> None:
    """1 of 3 has ended."""
    assert reason("K67", process_cases=cases(1, None, None)) is Reason.TOO_FEW


def test_9_of_10_cases_take_at_most_10_hours() -> None:
    """Of 1 to 11 hours, S falls to 2/11 at 9 and to 1/11, below 1/10, at 10 hours.

    Of 1 to 10 it is 1/10 from 9 to 10 hours: the middle of the two is taken. Where two of ten
    run on it never falls below 2/10.
    """
    assert value("K67b", process_cases=cases(*range(1, 12))).number == 10
    assert value("K67b", process_cases=cases(*range(1, 11))).number == Decimal("9.5")
    assert reason("K67b", process_cases=cases(*range(1, 9), None, None)) is Reason.TOO_FEW


def test_one_case_is_its_own_median() -> None:
    """A single case of 7 hours, of which every hour of the night counts."""
    assert value("K67", process_cases=cases(7)).number == 7
    assert value("K67", process_cases=cases(24)).number == 24


# K68: cost.


def costly(number: int, minutes: int | None, direct: str, hours: int | None = 1) -> ProcessCase:
    """Return a case at 40 euros an hour."""
    return case(
        number,
        hours,
        processing_minutes=minutes,
        rate=Money("40", "EUR"),
        direct_cost=Money(direct, "EUR"),
    )


def test_a_case_costs_41_25_in_the_mean() -> None:
    """90 minutes at 40 and 2.50 are 62.50, 30 minutes are 20: 82.50 / 2 = 41.25.

    The minutes of a third are unknown: it is missing, and not free. A fourth runs on.
    """
    process_cases = [
        costly(1, 90, "2.50"),
        costly(2, 30, "0"),
        costly(3, None, "5"),
        costly(4, 600, "9", None),
    ]

    found = value("K68", process_cases=process_cases)

    assert parts(found) == (Decimal("82.5"), 2)
    assert found.number == Decimal("41.25")
    assert (found.n, found.missing) == (2, 1)


def test_the_mean_cost_has_an_interval_of_student() -> None:
    """10, 20 and 30 euros: 20 ± 4.303 * 10 / sqrt(3), with t of 2 degrees."""
    found = value("K68", process_cases=[costly(n, 15 * n, "0") for n in (1, 2, 3)])

    assert found.number == 20
    assert found.interval is not None
    assert found.interval.high == pytest.approx(20 + 4.302653 * 10 / sqrt(3))


def test_one_case_has_a_cost_and_no_interval() -> None:
    """From one case nobody can tell how far costs spread."""
    found = value("K68", process_cases=[costly(1, 90, "2.50")])

    assert found.number == Decimal("62.5")
    assert found.interval is None


def test_where_no_cost_is_known_there_is_none() -> None:
    """The rate of the only case is unknown."""
    assert reason("K68", process_cases=cases(1)) is Reason.NO_DATA


def test_costs_in_another_currency_are_refused() -> None:
    """40 dollars are not 40 euros."""
    dollars = case(1, processing_minutes=60, rate=Money("40", "USD"), direct_cost=Money("0", "USD"))

    with pytest.raises(MixedCurrenciesError, match="USD"):
        value("K68", process_cases=[dollars])


# K69: rework.


def test_3_of_4_cases_pass_at_once() -> None:
    """4 ended, 1 of them with rework; one that runs on may still come back: 3 / 4."""
    process_cases = [*cases(1, 2, 3), case(4, is_reworked=True), case(5, None)]

    found = value("K69", process_cases=process_cases)

    assert parts(found) == (3, 4)
    assert found.number == Decimal("0.75")
    assert found.interval is not None


@pytest.mark.parametrize("code", ["K69", "K70b"])
def test_where_all_cases_run_on_there_is_no_share(code: str) -> None:
    """One case, not ended: 0 below the line."""
    running = [case(1, None, deviations=0)]

    assert reason(code, process_cases=running) is Reason.ZERO_DENOMINATOR


# K70: conformance.


def compared(number: int, deviations: int, steps: int, hours: int | None = 1) -> ProcessCase:
    """Return a case compared with a standard of 5 steps."""
    return case(number, hours, deviations=deviations, steps=steps, standard_steps=5)


COMPARED = [
    compared(1, 0, 5),
    compared(2, 0, 5),
    compared(3, 1, 4),
    compared(4, 2, 5),
    compared(5, 5, 0, None),
    case(6),
]


def test_cases_fit_the_standard_to_92_percent_in_the_mean() -> None:
    """1, 1, 1 - 1/9 and 1 - 2/10: their mean is (1 + 1 + 8/9 + 8/10) / 4 = 0.9222.

    One that runs on does not count, and one that was not compared is missing.
    """
    found = value("K70", process_cases=COMPARED)

    assert float(found.number) == pytest.approx((1 + 1 + 8 / 9 + 8 / 10) / 4)
    assert (found.n, found.missing) == (4, 1)
    assert found.interval is not None


def test_2_of_4_compared_cases_are_exact() -> None:
    """2 without a deviation of 4 that ended and were compared: 2 / 4; without the first, 1 / 3.

    One that is exact so far and runs on does not count.
    """
    running = compared(7, 0, 3, None)

    assert parts(value("K70b", process_cases=[*COMPARED, running])) == (2, 4)
    assert parts(value("K70b", process_cases=[*COMPARED[1:], running])) == (1, 3)


def test_conformance_and_exact_cases_are_of_the_same_cases() -> None:
    """No deviation among steps that nobody counted: neither figure knows of such a case."""
    uncounted = attrs.evolve(COMPARED[0], id="k-9", steps=None)

    assert value("K70", process_cases=[*COMPARED, uncounted]).n == 4
    assert parts(value("K70b", process_cases=[*COMPARED, uncounted])) == (2, 4)


def test_where_nothing_was_compared_nothing_is_known() -> None:
    """Ended, but never compared: neither exact nor deviating."""
    assert reason("K70", process_cases=cases(1, 2)) is Reason.NO_DATA
    assert reason("K70b", process_cases=cases(1, 2)) is Reason.ZERO_DENOMINATOR


# K71: changes and variants.


def change(
    number: int, days: int | None, *, due: int | None = None, approved: datetime = BEGIN
) -> ChangeRequest:
    """Return a change that took effect after so many days, and was due after so many."""
    return ChangeRequest(
        id=f"q-{number}",
        approved_at=approved,
        due_at=None if due is None else approved + timedelta(days=due),
        effective_at=None if days is None else approved + timedelta(days=days),
    )


def test_half_of_the_changes_take_effect_within_10_days() -> None:
    """In effect after 5, 10 and 20 days: the second of three is 10 days of 24 hours."""
    changes = [change(days, days) for days in (5, 10, 20)]

    assert value("K71", change_requests=changes).number == 10


def test_changes_that_are_not_in_effect_hold_the_median_up() -> None:
    """5, 10 and 20 days, two open since 28 days: S falls to 4/5, 3/5, 2/5: 20 days, not 10."""
    changes = [*(change(days, days) for days in (5, 10, 20)), change(1, None), change(2, None)]

    assert value("K71", change_requests=changes).number == 20


def test_where_most_changes_are_not_in_effect_there_is_no_median() -> None:
    """1 of 3 is; without any record there is no data."""
    changes = [change(1, 5), change(2, None), change(3, None)]

    assert reason("K71", change_requests=changes) is Reason.TOO_FEW
    assert reason("K71", change_requests=[]) is Reason.NO_DATA


def test_2_of_4_changes_are_in_effect_in_time() -> None:
    """Due after 10 days: 2 by then, 1 later, 1 not: 2 / 4; one without a date is missing."""
    changes = [
        change(1, 5, due=10),
        change(2, 10, due=10),
        change(3, 11, due=10),
        change(4, None, due=10),
        change(5, 5),
    ]

    found = value("K71b", change_requests=changes)

    assert parts(found) == (2, 4)
    assert found.missing == 1


def test_a_change_counts_in_the_month_in_which_it_is_due() -> None:
    """Two of May are due in June, one in time and one not: 1 / 2. One of June is due in July."""
    may = BEGIN - timedelta(days=20)
    changes = [
        change(1, 20, due=30, approved=may),
        change(2, None, due=30, approved=may),
        change(3, 5, due=40),
    ]

    assert parts(value("K71b", change_requests=changes)) == (1, 2)


def test_without_changes_that_were_due_there_is_no_share() -> None:
    """The only one has no date; without any record there is no data."""
    assert reason("K71b", change_requests=[change(1, 5)]) is Reason.ZERO_DENOMINATOR
    assert reason("K71b", change_requests=[]) is Reason.NO_DATA


def test_cases_take_2_ways() -> None:
    """Three cases by way A, one by B, one of which nobody knows: 2 ways, 1 missing."""
    process_cases = [*(case(n, variant="A") for n in (1, 2, 3)), case(4, variant="B"), case(5)]

    found = value("K71c", process_cases=process_cases)

    assert found.number == 2
    assert found.missing == 1
