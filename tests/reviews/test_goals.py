"""Goals in a review: those that are given, and those that the policy asks for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs
import pytest

from crmcore.calendar import Period
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.goals import Goal, GoalId, Mode
from crmcore.kernel import Money
from crmcore.memory import MemoryStore
from crmcore.policies import GoalTemplate, Policy
from crmcore.reviews import Review, review_department

if TYPE_CHECKING:
    from tests.reviews.conftest import Shop

AS_OF = date(2026, 9, 30)
YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))


def template(kpi: str, target: str, mode: Mode = Mode.RELATIVE, key: str = "grow") -> GoalTemplate:
    """Return a goal that a policy asks for."""
    return GoalTemplate(id=GoalId(key), name="Grow", kpi=kpi, mode=mode, target=Decimal(target))


def asking(policy: Policy, *templates: GoalTemplate) -> Policy:
    """Return the policy with other goals."""
    return attrs.evolve(policy, goals=templates)


def goal(key: str = "grow", kpi: str = "orders") -> Goal:
    """Return a goal of the department's own."""
    return Goal(
        id=GoalId(key),
        name="More orders",
        kpi=kpi,
        baseline=Decimal(10),
        target=Decimal(100),
        period=YEAR,
    )


def with_goals(shop: Shop, policy: Policy, *goals: Goal) -> Review:
    """Return the review with goals of the department's own."""
    return review_department(shop.into(MemoryStore()), policy=policy, as_of=AS_OF, goals=goals)


def test_what_adds_up_is_set_from_the_whole_year_before(shop: Shop, policy: Policy) -> None:
    """A tenth more orders is a tenth more than all orders of the last year."""
    found = shop.review(policy=asking(policy, template("orders", "0.10")))

    (standing,) = found.goals
    last_year = sum(each.at.year == 2025 for each in shop.purchases)
    assert standing.goal.baseline == last_year
    assert standing.goal.target == last_year * Decimal("1.1")
    assert standing.goal.period == YEAR


def test_what_stands_is_set_from_the_last_month_before_the_year(shop: Shop, policy: Policy) -> None:
    """Two more customers in the base are two more than there were in December."""
    found = shop.review(policy=asking(policy, template("customer_base", "2", Mode.POINTS)))

    (standing,) = found.goals
    december = found.kpi("customer_base").at(Period.month(2025, 12))
    assert standing.goal.baseline == getattr(december, "number", None)
    assert standing.goal.review_days == (date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1))


def test_a_goal_belongs_to_who_is_measured_by_its_kpi(shop: Shop, policy: Policy) -> None:
    """The team and the responsibility that name the KPI answer for it."""
    found = shop.review(policy=asking(policy, template("sales", "0.1")))
    kept = shop.review(policy=asking(policy, template("retention_rate", "0.7", Mode.MULTIPLE)))

    assert [standing.goal.owner for standing in found.goals] == ["sales"]
    assert [standing.goal.responsibility for standing in kept.goals] == ["complaints"]


def test_who_is_measured_by_a_kpi_may_name_it_by_its_code(shop: Shop, policy: Policy) -> None:
    """A department whose files say K32 is measured by its sales all the same."""
    teams = tuple(
        attrs.evolve(team, indicators=["K32"] if team.id == "service" else [])
        for team in shop.organization.teams
    )
    asked = asking(policy, template("sales", "0.1"))

    found = attrs.evolve(shop, organization=attrs.evolve(shop.organization, teams=teams)).review(
        policy=asked
    )

    assert [standing.goal.owner for standing in found.goals] == ["service"]
    assert found.kpi("K32") is found.kpi("sales")


def test_a_policy_may_name_a_kpi_by_its_code(shop: Shop, policy: Policy) -> None:
    """K37 are the orders."""
    found = shop.review(policy=asking(policy, template("K37", "0.10")))

    assert [standing.goal.kpi for standing in found.goals] == ["orders"]


def test_without_a_year_before_there_is_no_goal(shop: Shop, policy: Policy) -> None:
    """Where nothing was recorded before the year, a finding says why there is no goal."""
    young = tuple(each for each in shop.purchases if each.at.year == 2026)
    asked = asking(policy, template("retention_rate", "0.02", Mode.POINTS))

    found = attrs.evolve(shop, purchases=young).review(policy=asked)

    assert found.goals == ()
    (missing,) = (one for one in found.findings if one.kind == "goal_without_baseline")
    assert missing.subject == "goal:grow"
    assert missing.title.en == "Grow: no goal can be set, because there is nothing to grow from"
    assert missing.title.zh == "Grow：无法设定目标，因为没有可比基数"


@pytest.mark.parametrize(
    ("kpi", "mode", "target"),
    [("sales", Mode.RELATIVE, "0.5"), ("retention_rate", Mode.ABSOLUTE, "1")],
)
def test_a_target_where_the_kpi_stands_is_no_goal(
    shop: Shop, policy: Policy, kpi: str, mode: Mode, target: str
) -> None:
    """Half more than nothing, or all that there can be, leads nowhere; a finding says so."""
    free = tuple(attrs.evolve(each, amount=Money(0, "USD")) for each in shop.purchases)
    asked = asking(policy, template(kpi, target, mode))

    found = attrs.evolve(shop, purchases=free).review(policy=asked)

    assert found.goals == ()
    (missing,) = (one for one in found.findings if one.kind == "goal_without_baseline")
    assert missing.title.en.endswith("because the KPI stands at the target already")


def test_a_given_goal_stands_in_place_of_the_policys(shop: Shop, policy: Policy) -> None:
    """Where both have one id, the department's own counts; goals come by id."""
    asked = asking(policy, template("orders", "0.1"), template("sales", "0.1", key="a-sales"))

    found = with_goals(shop, asked, goal())

    assert [(each.goal.id, each.goal.name) for each in found.goals] == [
        ("a-sales", "Grow"),
        ("grow", "More orders"),
    ]
    assert [check.goal.id for check in found.smart] == ["a-sales", "grow"]


def test_a_goal_for_an_unknown_kpi_is_refused(shop: Shop, policy: Policy) -> None:
    """A misspelt KPI is told, with the nearest; a code is told the id to write."""
    with pytest.raises(UnknownNameError, match="did you mean 'orders'"):
        with_goals(shop, policy, goal(kpi="order"))
    with pytest.raises(InvalidValueError, match="goals must name the KPI by its id, 'orders'"):
        with_goals(shop, policy, goal(kpi="K37"))


def test_a_policy_may_ask_for_whatever_purchases_tell(shop: Shop, policy: Policy) -> None:
    """A KPI that the review does not show otherwise is computed for the goal."""
    asked = asking(policy, template("net_revenue_retention", "0.02", Mode.POINTS))

    found = shop.review(policy=asked)

    assert [standing.goal.kpi for standing in found.goals] == ["net_revenue_retention"]
    assert found.kpi("K23").kpi.id == "net_revenue_retention"


def test_a_goal_without_its_records_is_a_finding(shop: Shop, policy: Policy) -> None:
    """Nobody can see satisfaction in purchases: the policy's goal has to wait for answers."""
    found = shop.review(policy=asking(policy, template("satisfaction_rate", "0.9", Mode.ABSOLUTE)))

    (missing,) = (one for one in found.findings if one.kind == "goal_without_baseline")
    assert missing.title.en == (
        "Grow: no goal can be set, because no survey answers were handed in"
    )
    assert missing.title.zh == "Grow：无法设定目标，因为未提供调查回答"
    with pytest.raises(InvalidValueError, match="KPIs whose records are there; hand in answers"):
        with_goals(shop, policy, goal(kpi="satisfaction_rate"))


def test_two_goals_with_one_id_are_refused(shop: Shop, policy: Policy) -> None:
    """Which of them counts must not hang on their order."""
    with pytest.raises(InvalidValueError, match="goals must name each goal once"):
        with_goals(shop, policy, goal(), goal(kpi="sales"))


def test_the_parts_of_a_goal_are_to_come_to_the_whole(shop: Shop, policy: Policy) -> None:
    """Among goals that serve one another a finding says that the parts fall short."""
    whole = attrs.evolve(goal("all"), owner="care", target=Decimal(100))
    part = attrs.evolve(goal("part"), owner="service", parent=GoalId("all"), target=Decimal(60))
    other = attrs.evolve(goal("other"), parent=GoalId("elsewhere"))

    found = with_goals(shop, asking(policy), whole, part, other)

    (short,) = (each for each in found.findings if each.kind == "goal_parts_fall_short")
    assert short.subject == "goal:all"
    assert "goal_without_parent" not in {each.kind for each in found.findings}


def test_a_part_may_serve_a_goal_of_somebody_else_too(shop: Shop, policy: Policy) -> None:
    """What the greatest goal of the department serves elsewhere is not asked here."""
    whole = attrs.evolve(goal("all"), parent=GoalId("company"), owner="care", target=Decimal(60))
    part = attrs.evolve(goal("part"), owner="service", parent=GoalId("all"), target=Decimal(60))

    found = with_goals(shop, asking(policy), whole, part)

    assert not any(each.kind.startswith("goal_parts") for each in found.findings)
    assert [each.goal.id for each in found.goals] == ["all", "part"]


def test_goals_in_a_circle_are_refused(shop: Shop, policy: Policy) -> None:
    """Two goals cannot serve each other."""
    one = attrs.evolve(goal("one"), parent=GoalId("two"))
    two = attrs.evolve(goal("two"), parent=GoalId("one"))

    with pytest.raises(InvalidValueError, match="not serve each other in a circle"):
        with_goals(shop, asking(policy), one, two)
