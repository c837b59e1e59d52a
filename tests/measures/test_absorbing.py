"""What an engine of data frames has counted, in the hands of a tally."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest

from crmcore.calendar import Period
from crmcore.measures import Count, Duration, InTime, Measure, Stock, Tally

MAY = Period.month(1998, 5)
LATER = date(1998, 7, 1)


@attrs.frozen
class Case:
    """Something that is begun, due and done."""

    team: str
    begun: datetime | None
    due: datetime | None
    done: datetime | None


def at(day: int) -> datetime:
    """Return noon of a day in May."""
    return datetime(1998, 5, 1, 12, tzinfo=UTC) + timedelta(days=day - 1)


CASES = (
    *[Case("east", at(2), at(6), at(4))] * 3,
    *[Case("east", at(2), at(3), at(4))] * 2,
    *[Case("west", at(5), at(9), None)] * 4,
    *[Case("west", None, None, None)] * 2,
    Case("west", at(7), at(7), at(7)),
)

OF_CASES: dict[str, Measure] = {
    "there": Stock("begun", "done", "mean"),
    "in time": InTime("begun", "done", "due"),
    "lasts": Duration("begun", "done"),
}


@pytest.mark.parametrize("name", OF_CASES)
def test_cases_that_are_alike_count_as_often_as_they_came(name: str) -> None:
    """Handed over once with their number, they come to what they come to one by one."""
    options: dict[str, Any] = {"by": "team", "zone": "UTC"}
    one_by_one, taken_over = (Tally({name: OF_CASES[name]}, **options) for _ in range(2))
    one_by_one.add_all(CASES)

    for need in taken_over._needs():  # noqa: SLF001 - the entry of other rooms
        alike = Counter(
            ((case.team,), tuple(getattr(case, field) for field in need.fields))  # type: ignore[union-attr]
            for case in CASES
        )
        found = ((group, values, times) for (group, values), times in alike.items())
        taken_over._absorb_cases(need, found)  # type: ignore[arg-type]  # noqa: SLF001 - as above

    assert taken_over.table(MAY, as_of=LATER) == one_by_one.table(MAY, as_of=LATER)


def test_a_day_without_anything_to_count_is_still_a_day() -> None:
    """Records that no state takes open their group and the row of their day."""
    tally = Tally({"n": Count()}, day="begun", by="team", zone="UTC")
    need = tally._needs()[0]  # noqa: SLF001 - the entry of other rooms

    tally._absorb_all(need, [(("east",), date(1998, 5, 4).toordinal(), ())])  # noqa: SLF001

    table: Any = tally.table(MAY, as_of=LATER)
    assert table.groups == (("east",),)
    assert table.value("n", group=("east",)).number == 0
