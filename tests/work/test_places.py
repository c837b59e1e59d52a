"""What a check of a field and the reading of a report are about."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from crmcore.kernel import MemberId
from crmcore.work import Aspect, FieldCheck, Reading

MONDAY = datetime(1998, 6, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(("passed", "counts"), [(True, Decimal(3)), (False, Decimal(0))])
def test_a_check_counts_with_its_weight_where_it_passed(passed: bool, counts: Decimal) -> None:  # noqa: FBT001 - a table of cases
    """What failed adds nothing to what is as it should be."""
    check = FieldCheck(
        id="c-1",
        record="ada",
        field="email",
        at=MONDAY,
        aspect=Aspect.COMPLETENESS,
        passed=passed,
        weight=Decimal(3),
    )

    assert check.place == ("ada", "email")
    assert check.passed_weight == counts


def test_a_reading_answers_one_question() -> None:
    """Two readers can agree about one report by one criterion, and not across."""
    reading = Reading(
        id="r-1",
        report="june",
        reader=MemberId("li"),
        criterion="clear",
        at=MONDAY,
        score=4,
    )

    assert reading.question == ("june", "clear")
