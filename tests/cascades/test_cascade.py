"""How goals hang together: the tree, its weights, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.cascades import Cascade, CascadeNode, Level, cascade
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.goals import Goal, GoalId
from crmcore.kernel import Reason, Undefined
from crmcore.organization import Organization

MakeGoal = Callable[..., Goal]
Departments = tuple[Organization, ...]


@pytest.fixture
def handed_down(goal: MakeGoal) -> list[Goal]:
    """Return 1,000 orders, handed down to departments, teams and members without a gap."""
    return [
        goal("all", 1000),
        goal("sales", 900, "sales", parent="all"),
        goal("service", 100, "service", parent="all"),
        goal("north", 500, "north", parent="sales", weight="0.75"),
        goal("south", 400, "south", parent="sales", weight="0.25"),
        goal("wei", 300, "wei", parent="north"),
        goal("eva", 200, "eva", parent="north"),
    ]


def numbers(node: CascadeNode) -> list[str]:
    """Return a node's parts with their weights."""
    return [f"{part.goal.id} {part.weight}" for part in node.parts]


# The tree.


def test_goals_that_come_to_the_whole_have_no_findings(
    handed_down: list[Goal], departments: Departments
) -> None:
    """Company, department, team, member: each level comes to the one above."""
    tree = cascade(handed_down, company="acme", organizations=departments)

    assert tree.findings == ()
    assert [node.goal.id for node in tree.nodes()] == [
        "all",
        "sales",
        "north",
        "eva",
        "wei",
        "south",
        "service",
    ]
    assert {node.goal.id: node.level for node in tree.nodes()} == {
        "all": Level.COMPANY,
        "sales": Level.DEPARTMENT,
        "service": Level.DEPARTMENT,
        "north": Level.TEAM,
        "south": Level.TEAM,
        "wei": Level.MEMBER,
        "eva": Level.MEMBER,
    }


def test_the_tree_prints_as_one(handed_down: list[Goal]) -> None:
    """Each goal on a line below what it serves, with weight and total."""
    assert str(cascade(handed_down, company="acme")).split("\n") == [
        "Goal all: 1,000; its parts come to 1,000",
        "  Goal sales: 900, weight 0.5; its parts come to 900",
        "    Goal north: 500, weight 0.75; its parts come to 500",
        "      Goal eva: 200, weight 0.5",
        "      Goal wei: 300, weight 0.5",
        "    Goal south: 400, weight 0.25",
        "  Goal service: 100, weight 0.5",
    ]


def test_parts_without_weights_count_the_same(handed_down: list[Goal]) -> None:
    """Two parts count a half each; stated weights stay as they are; the top counts 1."""
    tree = cascade(handed_down, company="acme")

    assert numbers(tree.node("all")) == ["sales 0.5", "service 0.5"]
    assert numbers(tree.node("sales")) == ["north 0.75", "south 0.25"]
    assert tree.node("all").weight == 1


@given(st.permutations(range(7)))
def test_the_order_of_goals_does_not_matter(
    goal: MakeGoal, departments: Departments, order: list[int]
) -> None:
    """The same goals make the same tree with the same findings."""
    goals = [
        goal("all", 1000),
        goal("sales", 800, "sales", parent="all"),
        goal("north", 500, "north", parent="sales"),
        goal("twice", 500, "north", parent="sales"),
        goal("wei", 300, "wei", parent="twice"),
        goal("eva", 200, "eva", parent="north"),
        goal("lost", 100, "tom"),
    ]

    shuffled = cascade([goals[place] for place in order], company="acme", organizations=departments)

    assert shuffled == cascade(goals, company="acme", organizations=departments)
    assert len(shuffled.findings) > 0


def test_without_goals_there_is_an_empty_tree() -> None:
    """Nothing is wrong with no goals."""
    assert cascade([], company="acme") == Cascade(roots=(), findings=())


def test_whoever_is_nobody_has_no_level(goal: MakeGoal, departments: Departments) -> None:
    """An owner of no organisation, and a goal without any."""
    goals = [goal("all", 1), goal("x", 1, "stranger", parent="all"), goal("y", 1, None, "all")]

    tree = cascade(goals, company="acme", organizations=departments)

    assert [tree.node(key).level for key in ("x", "y")] == [None, None]


def test_a_company_may_be_one_department(goal: MakeGoal, departments: Departments) -> None:
    """Where the department owns the goals at the top, it is the company."""
    tree = cascade([goal("all", 1, "sales")], company="sales", organizations=departments)

    assert tree.node("all").level is Level.COMPANY
    assert tree.findings == ()


def test_an_unknown_goal_is_suggested(handed_down: list[Goal]) -> None:
    """A node is asked for by the id of its goal."""
    with pytest.raises(UnknownNameError, match="unknown goal 'nort'; did you mean 'north'"):
        cascade(handed_down, company="acme").node("nort")


def test_a_long_line_of_goals_is_walked_too(goal: MakeGoal) -> None:
    """Three thousand goals, each serving the one before, do not exhaust the stack."""
    line = [goal("0", 1), *(goal(str(n), 1, "acme", parent=str(n - 1)) for n in range(1, 3000))]

    tree = cascade(line, company="acme")

    assert sum(1 for _ in tree.nodes()) == 3000
    assert tree.roots[0].progress({GoalId("2999"): Decimal("0.5")}) == Decimal("0.5")


# Progress.


def test_progress_is_the_weighted_mean_of_the_parts(handed_down: list[Goal]) -> None:
    """North (0.6 + 0.2) / 2 = 0.4; sales 0.75 x 0.4 + 0.25 x 0.8 = 0.5; all (0.5 + 1) / 2."""
    known: dict[GoalId, Decimal | Undefined] = {
        GoalId("wei"): Decimal("0.6"),
        GoalId("eva"): Decimal("0.2"),
        GoalId("south"): Decimal("0.8"),
        GoalId("service"): Decimal(1),
    }
    tree = cascade(handed_down, company="acme")

    assert tree.node("north").progress(known) == Decimal("0.4")
    assert tree.node("sales").progress(known) == Decimal("0.5")
    assert tree.node("all").progress(known) == Decimal("0.75")
    assert tree.node("all").without(known) == ()


def test_a_part_without_progress_drops_out_and_is_named(handed_down: list[Goal]) -> None:
    """Without the south, sales is what the north is; what is missing is not zero."""
    known: dict[GoalId, Decimal | Undefined] = {
        GoalId("wei"): Decimal("0.6"),
        GoalId("eva"): Decimal("0.2"),
        GoalId("south"): Undefined(Reason.NO_DATA),
    }
    tree = cascade(handed_down, company="acme")

    assert tree.node("sales").progress(known) == Decimal("0.4")
    assert tree.node("all").progress(known) == Decimal("0.4")
    assert tree.node("all").without(known) == ("south", "service")
    assert tree.node("all").progress({}) == Undefined(Reason.NO_DATA)


SHARES = st.lists(st.integers(1, 50), min_size=1, max_size=5)


@given(SHARES, st.data())
def test_progress_lies_between_that_of_the_parts(
    goal: MakeGoal, parts: list[int], data: st.DataObject
) -> None:
    """A mean is no better than the best part and no worse than the worst."""
    far = [Decimal(data.draw(st.integers(-50, 200))) / 100 for _ in parts]
    goals = [goal("all", 10), *(goal(f"p{n}", 1, f"p{n}", "all") for n in range(len(parts)))]
    known: dict[GoalId, Decimal | Undefined] = {GoalId(f"p{n}"): each for n, each in enumerate(far)}

    found = cascade(goals, company="acme").node("all").progress(known)

    assert isinstance(found, Decimal)
    assert min(far) - Decimal("1e-20") <= found <= max(far) + Decimal("1e-20")


@given(st.lists(st.lists(st.integers(-50, 200), max_size=4), min_size=1, max_size=4))
def test_progress_of_the_whole_is_what_each_leaf_brings(
    goal: MakeGoal, teams: list[list[int]]
) -> None:
    """A leaf counts by the product of the weights on its way, and these sum to 1."""
    goals, known = [goal("all", 1)], {}
    for team, members in enumerate(teams):
        goals.append(goal(f"t{team}", 1, f"t{team}", "all"))
        known[GoalId(f"t{team}")] = Decimal(0)
        for member, far in enumerate(members):
            goals.append(goal(f"{team}.{member}", 1, f"m{team}.{member}", f"t{team}"))
            known[GoalId(f"{team}.{member}")] = Decimal(far) / 100
    tree = cascade(goals, company="acme")

    found = tree.node("all").progress(known)

    leaves = [
        (float(part.weight) / max(len(part.parts), 1), known[leaf.goal.id])
        for part in tree.node("all").parts
        for leaf in part.parts or (part,)
    ]
    assert isinstance(found, Decimal)
    assert sum(weight for weight, _ in leaves) == pytest.approx(1)
    assert float(found) == pytest.approx(sum(weight * float(far) for weight, far in leaves))


# Shared goals.


def test_who_shares_a_goal_has_a_share_of_it(goal: MakeGoal) -> None:
    """Sales contributes 0.6 to the shared goal, and all of its own."""
    shared = goal(
        "shared",
        100,
        "service",
        parent="all",
        contributors=[("sales", "0.6"), ("service", "0.4")],
    )
    tree = cascade([goal("all", 100), shared, goal("own", 5, "sales", "all")], company="acme")

    def shares(who: str) -> list[tuple[str, str]]:
        return [(found.id, str(part)) for found, part in tree.shares_of(who)]

    assert shares("sales") == [("own", "1"), ("shared", "0.6")]
    assert shares("service") == [("shared", "0.4")]
    assert shares("nobody") == []


# What makes no tree.


def test_a_parent_that_is_not_there_is_refused(goal: MakeGoal) -> None:
    """The nearest goal is suggested."""
    goals = [goal("sales", 1), goal("north", 1, "north", parent="sale")]

    with pytest.raises(UnknownNameError, match=r"parent of goal 'north': 'sale'; did you mean 's"):
        cascade(goals, company="acme")


def test_goals_that_serve_each_other_are_refused(goal: MakeGoal) -> None:
    """The circle is named, not the goals that lead into it."""
    goals = [
        goal("all", 1),
        goal("a", 1, parent="c"),
        goal("b", 1, parent="a"),
        goal("c", 1, parent="b"),
        goal("0", 1, parent="a"),
    ]

    with pytest.raises(InvalidValueError, match=r"in a circle \(got 'a → c → b → a'\)"):
        cascade(goals, company="acme")


def test_each_goal_comes_once(goal: MakeGoal) -> None:
    """Of a goal that was revised, the wording in force is handed in, and no other."""
    with pytest.raises(InvalidValueError, match="goals must name each goal once"):
        cascade([goal("all", 1), goal("all", 2)], company="acme")


def test_an_unknown_kpi_is_refused(goal: MakeGoal) -> None:
    """Nobody knows whether it adds up."""
    with pytest.raises(UnknownNameError, match="unknown KPI 'order'; did you mean 'orders'"):
        cascade([goal("all", 1, kpi="order")], company="acme")


@pytest.mark.parametrize(
    ("weights", "found"),
    [(["0.5", "0.4"], "0.9"), (["0.5", None], "1 of 2"), (["0.6", "0.6"], "1.2")],
)
def test_weights_sum_to_one_or_are_refused(
    goal: MakeGoal, weights: list[str | None], found: str
) -> None:
    """All parts of a goal state a weight, and these come to 1; or none does."""
    parts = [
        goal(f"part-{n}", 1, f"p{n}", "all", weight=weight) for n, weight in enumerate(weights)
    ]

    rule = rf"weight must be stated for all parts of goal 'all' and sum to 1.*{found}"
    with pytest.raises(InvalidValueError, match=rule):
        cascade([goal("all", 2), *parts], company="acme")
