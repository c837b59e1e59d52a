"""The care for customers of each tier, and goals without their numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import attrs
import pytest

from crmcore.calendar import Grain
from crmcore.cascades import cascade
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.goals import GoalId, Mode, Smart, check_smart
from crmcore.kpis import CATALOGUE, Catalogue
from crmcore.lifecycle import Stage
from crmcore.organization import SkillLevel
from crmcore.policies import MANAGEMENT_GOALS, BookPolicy, GoalTemplate, StageMinutes, TierCare
from crmcore.verdicts import Verdict

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
    template = GoalTemplate(
        id=GoalId("x"), name="Lose fewer", kpi="churnrate", target=Decimal("0.1")
    )

    with pytest.raises(UnknownNameError, match="did you mean 'churn_rate'"):
        template.goal(Decimal("0.2"), Grain.YEAR.period(date(1998, 1, 1)))
    with pytest.raises(UnknownNameError, match="did you mean 'churn_rate'"):
        template.check(Catalogue(CATALOGUE))


def test_a_template_asks_for_a_rank_only_where_there_are_ranks() -> None:
    """The first place among 80 % and 90 % is none."""
    template = GoalTemplate(
        id=GoalId("x"), name="Best", kpi="retention_rate", mode=Mode.RANK, target=Decimal(1)
    )

    with pytest.raises(InvalidValueError, match="mode must not be rank, because the customer ret"):
        template.check(Catalogue(CATALOGUE))


# The goals of managing customers.

STANDS = {
    "market_share": "0.12",
    "satisfaction_rate": "0.72",
    "retention_rate": "0.72",
    "contribution": "250000",
    "first_pass_yield": "0.90",
}


def test_the_five_goals_of_managing_customers_can_be_set() -> None:
    """From where a company stands: 72 % of satisfied customers are to be 79.2 %, and so on."""
    year = Grain.YEAR.period(date(1998, 1, 1))

    goals = [each.goal(Decimal(STANDS[each.kpi]), year) for each in MANAGEMENT_GOALS]

    assert {goal.id: str(goal.target) for goal in goals} == {
        "strategy": "0.13",
        "satisfaction": "0.792",
        "retention": "0.77",
        "contribution": "275000",
        "process": "0.95",
    }


def test_the_goals_of_managing_customers_serve_the_strategy() -> None:
    """They make one tree, in which nothing is wrong, and each moves its KPI to the better."""
    year = Grain.YEAR.period(date(1998, 1, 1))
    goals = [
        attrs.evolve(each.goal(Decimal(STANDS[each.kpi]), year), owner="care")
        for each in MANAGEMENT_GOALS
    ]

    tree = cascade(goals, company="care")

    assert tree.findings == ()
    assert [part.goal.id for part in tree.node("strategy").parts] == [
        "contribution",
        "process",
        "retention",
        "satisfaction",
    ]
    for goal in goals:
        assert goal.is_upward
        assert check_smart(goal, goals=goals).answer(Smart.SPECIFIC).verdict is Verdict.HOLDS


def test_the_strategy_may_be_a_rank() -> None:
    """To be the best of the industry is a target of another mode."""
    strategy = attrs.evolve(
        MANAGEMENT_GOALS[0], kpi="industry_rank", mode=Mode.RANK, target=Decimal(1)
    )

    goal = strategy.goal(Decimal(4), Grain.YEAR.period(date(1998, 1, 1)))

    assert (goal.mode, goal.is_upward) == (Mode.RANK, False)
