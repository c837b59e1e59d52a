"""The tree of goals: who serves what, with which weight, and what the parts come to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, localcontext

import attrs

from crmcore.checks import decimal
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.goals import Goal, GoalId
from crmcore.improvement import Finding
from crmcore.kernel import Reason, Undefined
from crmcore.kpis import CATALOGUE, Kpi
from crmcore.organization import Organization

from ._findings import Whole, findings_about
from ._places import Level, Places
from ._totals import EXACT, QUOTIENT, total_of


@attrs.frozen(kw_only=True)
class CascadeNode:
    """A goal with its parts.

    Attributes:
        goal: The goal.
        kpi: Its KPI.
        level: The level of its owner; None where the owner is nobody known.
        weight: By which share it counts among the parts of the same goal, as a fraction; 1
            where it serves none.
        parts: The goals that serve it, by id.
        total: What those of them come to that are about the same KPI; Undefined with the
            reason where there are none, or they cannot be added up.

    .. versionadded:: 0.1.0
    """

    goal: Goal
    kpi: Kpi
    level: Level | None
    weight: Decimal
    parts: tuple[CascadeNode, ...] = ()
    total: Decimal | Undefined

    def walk(self) -> Iterator[tuple[int, CascadeNode]]:
        """Yield this node and all below it with their depths, each before its parts."""
        waiting = [(0, self)]
        while waiting:
            depth, node = waiting.pop()
            yield depth, node
            waiting.extend((depth + 1, part) for part in reversed(node.parts))

    def progress(self, known: Mapping[GoalId, Decimal | Undefined]) -> Decimal | Undefined:
        """Return how far its parts have come, as their weighted mean, or itself if it has none.

        A part whose progress is not known drops out, and its weight with it; `without` names
        them.

        Args:
            known: The progress of goals, as `crmcore.goals.assess` tells it.
        """
        found: dict[GoalId, Decimal | Undefined] = {}
        for _, node in reversed(list(self.walk())):
            if not node.parts:
                found[node.goal.id] = known.get(node.goal.id, Undefined(Reason.NO_DATA))
                continue
            pairs = [(part.weight, found[part.goal.id]) for part in node.parts]
            there = [(weight, far) for weight, far in pairs if isinstance(far, Decimal)]
            found[node.goal.id] = _mean(there) if there else Undefined(Reason.NO_DATA)
        return found[self.goal.id]

    def without(self, known: Mapping[GoalId, Decimal | Undefined]) -> tuple[GoalId, ...]:
        """Return the goals without parts at or below this one whose progress is not known."""
        leaves = [node.goal.id for _, node in self.walk() if not node.parts]
        return tuple(key for key in leaves if not isinstance(known.get(key), Decimal))

    def __str__(self) -> str:
        """Return the goal and all below it on a line each, indented."""
        return "\n".join(_line(node, depth) for depth, node in self.walk())


def _line(node: CascadeNode, depth: int) -> str:
    show = node.kpi.unit.show
    line = f"{'  ' * depth}{node.goal.name}: {show(node.goal.target)}"
    if depth:
        line += f", weight {node.weight:.4g}"
    if isinstance(node.total, Decimal):
        line += f"; its parts come to {show(node.total)}"
    return line


def _mean(pairs: Sequence[tuple[Decimal, Decimal]]) -> Decimal:
    with localcontext(EXACT):
        above = sum((weight * far for weight, far in pairs), Decimal(0))
        below = sum((weight for weight, _ in pairs), Decimal(0))
    return QUOTIENT.divide(above, below)


@attrs.frozen(kw_only=True)
class Cascade:
    """The goals of a company as trees.

    Attributes:
        roots: The goals that serve no other, by id, with all below them.
        findings: What does not hold together, the gravest first.

    .. versionadded:: 0.1.0
    """

    roots: tuple[CascadeNode, ...]
    findings: tuple[Finding, ...]

    def nodes(self) -> Iterator[CascadeNode]:
        """Yield every goal with its parts, each before its parts."""
        for root in self.roots:
            yield from (node for _, node in root.walk())

    def node(self, goal: str) -> CascadeNode:
        """Return a goal with its parts.

        Raises:
            UnknownNameError: If there is none with this id.
        """
        found = {str(node.goal.id): node for node in self.nodes()}
        if goal not in found:
            raise UnknownNameError("goal", goal, found)
        return found[goal]

    def shares_of(self, who: str) -> tuple[tuple[Goal, Decimal], ...]:
        """Return the goals that somebody contributes to, by id, each with the share.

        Whoever answers for a goal that nobody shares contributes all of it.
        """
        found: list[tuple[Goal, Decimal]] = []
        for node in self.nodes():
            goal = node.goal
            shares = goal.contributors or ((goal.owner, Decimal(1)),)
            found.extend((goal, share) for name, share in shares if name == who)
        return tuple(sorted(found, key=lambda pair: pair[0].id))

    def __str__(self) -> str:
        """Return every goal on a line, indented below what it serves."""
        return "\n".join(map(str, self.roots))


def cascade(
    goals: Iterable[Goal],
    *,
    company: str,
    organizations: Iterable[Organization] = (),
    kpis: Iterable[Kpi] = CATALOGUE,
    tolerance: Decimal | int | str = 0,
) -> Cascade:
    """Return the tree that goals make by the parents that they name, and what is wrong with it.

    Found are, with their evidence:

    - ``goal_without_parent``: a goal that serves none, though its owner is not the company;
    - ``goal_serves_lower_level``: a goal that serves one of somebody below its own owner;
    - ``goal_outside_parent``: a goal whose period is not within that of the goal it serves;
    - ``goal_parts_fall_short``, ``goal_parts_exceed``: the parts that are about the KPI of the
      whole come to less, or to more, than the whole; which of them is the worse one depends
      on which way the KPI improves;
    - ``goal_parts_not_comparable``: they cannot be added up, and why;
    - ``goal_counted_twice``: two goals below one goal are about the same KPI, at the same
      time, of the same people or the same part of the business.

    The goals of one parent state a weight each, which sum to 1, or none does and all count
    the same. The order of the goals does not matter.

    Args:
        goals: The goals. Of a goal that was revised, the one in force.
        company: Who owns the goals at the top, by id.
        organizations: The departments with their teams and members.
        kpis: The KPIs that exist.
        tolerance: How far parts may be from the whole without a finding, as a fraction of the
            whole.

    Raises:
        InvalidValueError: If two goals have one id, goals serve each other in a circle, the
            weights of the parts of a goal do not sum to 1, or *tolerance* is below 0.
        UnknownNameError: If a goal names a parent that is not there, or a KPI that does not
            exist.

    Complexity:
        Near to linear in the goals, as far as few of those without parts are about one KPI at
        one time for one owner or one scope: these are compared in pairs.

    .. versionadded:: 0.1.0
    """
    allowed = decimal(tolerance, "tolerance")
    if allowed < 0:
        raise InvalidValueError("tolerance", tolerance, "be 0 or more")
    by_id = _by_id(goals)
    parts = _parts(by_id)
    definitions = _definitions(by_id.values(), kpis)
    places = Places.of(company, organizations)
    nodes: dict[GoalId, CascadeNode] = {}
    for goal in reversed(_downwards(by_id, parts)):
        below = [nodes[key].goal for key in parts[goal.id]]
        weights = _weights(goal, below)
        kpi = definitions[goal.id]
        alike = [each for each in below if definitions[each.id] is kpi]
        nodes[goal.id] = CascadeNode(
            goal=goal,
            kpi=kpi,
            level=places.level(goal.owner),
            weight=Decimal(1),
            parts=tuple(
                attrs.evolve(nodes[key], weight=weight)
                for key, weight in zip(parts[goal.id], weights, strict=True)
            ),
            total=total_of(goal, kpi, alike) if alike else Undefined(Reason.NO_DATA),
        )
    wholes = {
        key: Whole(goal=node.goal, kpi=node.kpi, parts=tuple(parts[key]), total=node.total)
        for key, node in nodes.items()
    }
    return Cascade(
        roots=tuple(nodes[key] for key, goal in sorted(by_id.items()) if goal.parent is None),
        findings=findings_about(wholes, places, allowed),
    )


def _by_id(goals: Iterable[Goal]) -> dict[GoalId, Goal]:
    found: dict[GoalId, Goal] = {}
    for goal in goals:
        if goal.id in found:
            raise InvalidValueError("goals", goal.id, "name each goal once")
        found[goal.id] = goal
    return found


def _parts(by_id: Mapping[GoalId, Goal]) -> dict[GoalId, list[GoalId]]:
    """Return the ids of the parts of each goal, in order."""
    parts: dict[GoalId, list[GoalId]] = {key: [] for key in by_id}
    for key, goal in sorted(by_id.items()):
        if goal.parent is None:
            continue
        if goal.parent not in parts:
            raise UnknownNameError(f"parent of goal {key!r}:", goal.parent, by_id)
        parts[goal.parent].append(key)
    return parts


def _definitions(goals: Iterable[Goal], kpis: Iterable[Kpi]) -> dict[GoalId, Kpi]:
    known = {name: each for each in kpis for name in (each.id, each.code)}
    found = {}
    for goal in goals:
        if goal.kpi not in known:
            raise UnknownNameError("KPI", goal.kpi, known)
        found[goal.id] = known[goal.kpi]
    return found


def _downwards(
    by_id: Mapping[GoalId, Goal], parts: Mapping[GoalId, Sequence[GoalId]]
) -> list[Goal]:
    """Return the goals, each before its parts; refuse those that serve each other."""
    ordered = [key for key, goal in sorted(by_id.items()) if goal.parent is None]
    for key in ordered:
        ordered.extend(parts[key])
    if len(ordered) < len(by_id):
        rule = "not serve each other in a circle"
        raise InvalidValueError("goals", _circle(by_id, set(ordered)), rule)
    return [by_id[key] for key in ordered]


def _circle(by_id: Mapping[GoalId, Goal], reached: set[GoalId]) -> str:
    """Return the circle that a goal which no root leads to ends in, in words."""
    key: GoalId | None = min(set(by_id) - reached)
    way: list[GoalId] = []
    while key is not None and key not in way:
        way.append(key)
        key = by_id[key].parent
    return " → ".join(str(each) for each in [*way[way.index(key) :], key]) if key else ""


def _weights(goal: Goal, parts: Sequence[Goal]) -> list[Decimal]:
    """Return the weights of the parts of a goal, and refuse those that do not sum to 1."""
    stated = [part.weight for part in parts if part.weight is not None]
    if not stated:
        return [QUOTIENT.divide(Decimal(1), Decimal(len(parts))) for _ in parts]
    rule = f"be stated for all parts of goal {goal.id!r} and sum to 1, or for none"
    with localcontext(EXACT):
        total = sum(stated, Decimal(0))
    if len(stated) < len(parts):
        found = f"{len(stated)} of {len(parts)}"
        raise InvalidValueError("weight", found, rule)
    if total != 1:
        raise InvalidValueError("weight", str(total), rule)
    return stated
