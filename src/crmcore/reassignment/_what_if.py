"""What if: the worth of a change, from prices alone and by planning again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

import attrs

from crmcore.allocation import Holder, Problem, Solver, Watch
from crmcore.kernel import MemberId, Phrase
from crmcore.plans import Plan

from ._case import Case
from ._continuity import Continuity
from ._scenario import Scenario
from ._weights import POINT, points


@attrs.frozen(kw_only=True)
class Worth:
    """What a change is worth.

    Worth is in points: what the best plan costs without the change, less what it costs with
    it. It is below 0 where the change does harm. That somebody loses by a pin what could have
    stayed counts as any other change of hands.

    Attributes:
        change: What is changed, in words.
        estimate: What the prices of the plan say, without planning again; None where they
            say little: where somebody leaves, a wish changes, or something comes before the
            points, as the lowest peak or continuity.
        points: What the plan found with the change costs less than the one found without;
            None where it was not planned again.
        low: The worth is proven not to be below this; None where nothing is proven.
        high: The worth is proven not to be above this; None where nothing is proven.
        plan: The plan with the change; None where it was not made.
        moved: What somebody else holds than without the change, by subject.
        covered: What is covered with the change and was not without it, by subject.
        uncovered: What was covered without the change and is not with it, by subject.

    .. versionadded:: 0.1.0
    """

    change: Phrase
    estimate: Decimal | None = None
    points: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    plan: Plan | None = None
    moved: tuple[str, ...] = ()
    covered: tuple[str, ...] = ()
    uncovered: tuple[str, ...] = ()

    @property
    def is_exact(self) -> bool:
        """Whether the worth is proven to the point."""
        return self.low is not None and self.low == self.high

    @property
    def wording(self) -> Phrase:
        """The worth in one line; an estimate says that it is one."""
        what = self.change
        if self.points is None and self.estimate is None:
            return Phrase(f"{what.en}: unknown without planning again", f"{what.zh}：需重新规划")
        if self.points is None:
            about = _shown(self.estimate)
            return Phrase(f"{what.en}: about {about} points", f"{what.zh}：约{about}分")
        worth = _shown(self.points)
        english, chinese = f"{what.en}: {worth} points", f"{what.zh}：{worth}分"
        if self.low is not None and not self.is_exact:
            low, high = _shown(self.low), _shown(self.high)
            english += f", for certain between {low} and {high}"
            chinese += f"，可证明介于{low}与{high}之间"
        return Phrase(english, chinese)

    def __str__(self) -> str:
        """Return the English wording."""
        return self.wording.en


def _shown(worth: Decimal | None) -> str:
    return "–" if worth is None else f"{worth.normalize() + 0:+f}" if worth else "0"


def what_if(
    scenario: Scenario,
    *changed: Scenario,
    estimate_only: bool = False,
    plan: Plan | None = None,
    watch: Watch | None = None,
    solver: Solver | None = None,
    progress: Callable[[int, int | None, Phrase], None] | None = None,
) -> tuple[Worth, ...]:
    """Say what changes are worth.

    >>> from datetime import date
    >>> from crmcore.organization import Member
    >>> from crmcore.reassignment import Capacity, CustomerNeed, Scenario, what_if
    >>> wei = Member(id="wei", name="Wei", team="service", weekly_hours=38)
    >>> scenario = Scenario.of_customers(
    ...     [CustomerNeed(customer="north", hours=6), CustomerNeed(customer="south", hours=6)],
    ...     [Capacity(member=wei, hours=10)],
    ...     as_of=date(2026, 9, 30),
    ... )
    >>> for worth in what_if(scenario, scenario.with_hours("wei", more=2)):
    ...     print(worth, worth.covered)
    2 h more for wei: +609.6 points ('customer:south',)

    The estimate keeps the prices of the plan and lets everything buy and sell at them again.
    That is quick, and where the change is small it is close; a newcomer sells at the price
    that says most for staying as it is. Together with the plan it proves *high*: no plan with
    the change can win more. Planning again then says what really is won.

    Args:
        scenario: How it is.
        *changed: How it would be, such as ``scenario.with_hours("wei", more=1)``.
        estimate_only: Whether not to plan again.
        plan: The plan of *scenario*, if it was made already.
        watch: Takes the time of each plan, and may end its search early.
        solver: Has the last word within what can be checked, like `crmcore.solver.Highs`.
        progress: Hears how many of the changes are done.

    Returns:
        The worth of each change, in the order given.

    Raises:
        FaultsError: With everything that is wrong with one of the scenarios.

    .. versionadded:: 0.1.0
    """
    base = plan or scenario.plan(watch=watch, solver=solver)
    case = scenario.case()
    today = {key: slot.holder for key, slot in case.slots.items()}
    found = []
    for done, other in enumerate(changed):
        if progress is not None:
            progress(done, len(changed), other.wording)
        is_comparable = _points_come_first(scenario) and _points_come_first(other)
        changed_case = other.case()
        wishes = _cost_of_wishes(changed_case) - _cost_of_wishes(case)
        worth = Worth(change=other.wording)
        if is_comparable:
            worth = _estimated(base, changed_case, wishes, other.wording)
            if not _is_addition(case, changed_case):
                worth = attrs.evolve(worth, estimate=None)
        if not estimate_only:
            then = other.plan(after=base, watch=watch, solver=solver)
            worth = _planned(worth, base, then, wishes, today)
        found.append(worth)
    return tuple(found)


def _points_come_first(scenario: Scenario) -> bool:
    is_free = scenario.continuity in (None, Continuity())
    return is_free and not scenario.weights.lowest_peak


def _is_addition(case: Case, other: Case) -> bool:
    """Say whether hours and members only come, which is what prices tell of."""
    same_wishes = case.pins == other.pins and case.locks == other.locks
    return same_wishes and case.members.keys() <= other.members.keys()


def _cost_of_wishes(case: Case) -> int:
    """Return what it costs that pins take slots from holders who could have kept them.

    A plan does not count that, since no plan can avoid it.
    """
    return sum(
        case.slots[key].importance * case.slots[key].change * POINT
        for key, member in case.pins.items()
        if case.slots[key].holder not in (None, member) and case.may_stay(case.slots[key])
    )


def _estimated(base: Plan, case: Case, wishes: int, change: Phrase) -> Worth:
    """Return a worth with what prices say of it."""
    certificate = base.certificate
    bound = _bound_at(case.problem(), dict(certificate.prices)) + wishes
    return Worth(
        change=change,
        estimate=points(certificate.price_bound - bound),
        high=points(certificate.value - bound),
    )


def _planned(
    worth: Worth, base: Plan, plan: Plan, wishes: int, today: Mapping[str, MemberId | None]
) -> Worth:
    """Return a worth with what planning again has found."""
    before, value = base.certificate, plan.certificate.value + wishes
    bound = plan.certificate.bound + wishes
    here, there = base.simulate(today), plan.simulate(today)
    open_before = {each.subject for each in base.uncovered}
    open_after = {each.subject for each in plan.uncovered}
    return attrs.evolve(
        worth,
        points=points(before.value - value),
        low=None if worth.high is None else points(before.bound - value),
        high=None if worth.high is None else min(points(before.value - bound), worth.high),
        plan=plan,
        moved=tuple(key for key in sorted(here) if here[key] != there[key]),
        covered=tuple(sorted(open_before - open_after)),
        uncovered=tuple(sorted(open_after - open_before)),
    )


def _bound_at(problem: Problem, prices: Mapping[str, int]) -> int:
    """Return what every assignment costs at least, by prices of some of the holders.

    Those who have no price yet get the one that proves most, one after another.
    """
    known = {holder.id: prices[holder.id] for holder in problem.holders if holder.id in prices}
    for holder in problem.holders:
        if holder.id not in known:
            known[holder.id] = _best_price(problem, holder, known)
    total = sum(_least_load_cost(holder, known[holder.id]) for holder in problem.holders)
    for item in problem.items:
        ways = problem.choices(item).items()
        total += min([item.cost_of_nobody, *(cost + work * known[k] for k, (cost, work) in ways)])
    return total


def _least_load_cost(holder: Holder, price: int) -> int:
    return min(cost - price * minutes for minutes, cost in holder.corners)


def _best_price(problem: Problem, newcomer: Holder, known: Mapping[str, int]) -> int:
    """Return the price of a newcomer at which the bound is highest.

    The bound is concave in it, so that the price is found by halving.
    """
    offers = []
    for item in problem.items:
        ways = problem.choices(item)
        if newcomer.id in ways:
            others = (cost + work * known[k] for k, (cost, work) in ways.items() if k in known)
            offers.append((min([item.cost_of_nobody, *others]), *ways[newcomer.id]))

    def bound(price: int) -> int:
        bought = sum(min(least, cost + minutes * price) for least, cost, minutes in offers)
        return bought + _least_load_cost(newcomer, price)

    slopes = [abs(band.slope) for band in newcomer.bands]
    gains = [abs(least - cost) // minutes + 1 for least, cost, minutes in offers if minutes]
    most = max([*slopes, *gains], default=0) + 1
    low, high = -most, most
    while low < high:
        middle = (low + high) // 2
        if bound(middle) >= bound(middle + 1):
            high = middle
        else:
            low = middle + 1
    return low
