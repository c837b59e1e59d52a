"""The care for customers of each tier, and goals without their numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from crmcore.calendar import Grain
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.goals import GoalId, Mode
from crmcore.lifecycle import Stage
from crmcore.organization import SkillLevel
from crmcore.policies import BookPolicy, GoalTemplate, StageMinutes, TierCare

GOLD = TierCare(
    tier="gold",
    importance=8,
    skills=[SkillLevel("negotiation", 3)],
    minutes=[StageMinutes(Stage.AT_RISK, 20), StageMinutes(Stage.ACTIVE, 12)],
)
BOOK = BookPolicy([GOLD, TierCare(tier="standard")])


def test_minutes_depend_on_tier_and_stage() -> None:
    """A stage that a tier does not name needs nobody."""
    assert BOOK.minutes("gold", "at_risk") == 20
    assert BOOK.minutes("gold", Stage.LOST) == 0
    assert BOOK.minutes("standard", "active") == 0
    assert BOOK.of("gold").skills == (SkillLevel("negotiation", 3),)


def test_minutes_do_not_depend_on_the_order() -> None:
    """The stages of a tier are kept in the order of the life cycle."""
    turned = TierCare(tier="gold", importance=8, skills=GOLD.skills, minutes=GOLD.minutes[::-1])

    assert turned == GOLD


def test_unknown_tiers_and_stages_are_refused() -> None:
    """A tier or a stage that there is not is refused with the nearest one."""
    with pytest.raises(UnknownNameError, match="unknown tier 'gould'; did you mean 'gold'"):
        BOOK.minutes("gould", "active")
    with pytest.raises(UnknownNameError, match="unknown stage 'activ'; did you mean 'active'"):
        BOOK.minutes("gold", "activ")


def test_a_tier_or_a_stage_comes_once() -> None:
    """Care names each tier once, and each stage of it once."""
    with pytest.raises(InvalidValueError, match="care must name each tier once"):
        BookPolicy([GOLD, GOLD])
    with pytest.raises(InvalidValueError, match="minutes must name each stage once"):
        TierCare(tier="gold", minutes=[StageMinutes(Stage.NEW, 1), StageMinutes(Stage.NEW, 2)])


@pytest.mark.parametrize("minutes", [0, -1])
def test_care_takes_time(minutes: int) -> None:
    """A stage that is named has at least a minute."""
    with pytest.raises(InvalidValueError, match="minutes must be between 1 and 10080"):
        StageMinutes(Stage.NEW, minutes)


def test_a_template_makes_a_goal() -> None:
    """A template with a baseline and a period is a goal, with the target read in its mode."""
    template = GoalTemplate(
        id=GoalId("keep"),
        name="Keep more customers",
        kpi="retention_rate",
        mode=Mode.POINTS,
        target=Decimal("0.10"),
        owner="success",
    )

    goal = template.goal(Decimal("0.72"), Grain.QUARTER.period(date(1998, 7, 1)))

    assert goal.target == Decimal("0.82")
    assert (goal.kpi, goal.owner, str(goal.period)) == ("retention_rate", "success", "1998-Q3")


def test_a_template_may_name_the_code_of_a_kpi() -> None:
    """The code of a KPI is as good as its id, and the goal carries the id."""
    template = GoalTemplate(
        id=GoalId("base"), name="More customers", kpi="K25", target=Decimal(5000)
    )

    goal = template.goal(Decimal(4000), Grain.YEAR.period(date(1998, 1, 1)))

    assert (goal.kpi, goal.mode) == ("customer_base", Mode.ABSOLUTE)


def test_a_template_names_a_kpi_of_the_catalogue() -> None:
    """A KPI that there is not is refused with the nearest one."""
    with pytest.raises(UnknownNameError, match="did you mean 'churn_rate'"):
        GoalTemplate(id=GoalId("x"), name="Lose fewer", kpi="churnrate", target=Decimal("0.1"))


def test_a_template_asks_for_a_rank_only_where_there_are_ranks() -> None:
    """The first place among 80 % and 90 % is none."""
    with pytest.raises(InvalidValueError, match="mode must not be rank, because the customer ret"):
        GoalTemplate(
            id=GoalId("x"), name="Best", kpi="retention_rate", mode=Mode.RANK, target=Decimal(1)
        )
