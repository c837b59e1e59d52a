"""Backtesting: two policies judge the same customers on the same days of the past."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, DefaultContext, localcontext
from typing import TypeAlias

import attrs

from crmcore.checks import day as checked_day
from crmcore.errors import InvalidValueError
from crmcore.features import CustomerFeatures, Trail
from crmcore.kernel import CustomerId, Phrase, Reason, Undefined
from crmcore.policies import Policy
from crmcore.prediction import Lift, lift
from crmcore.storage import DEFAULT_TENANT, Store

from ._impact import JUDGED, Backtest, BacktestDay, Difference, What
from ._judging import checkpoints
from ._predicting import Forecasts
from ._records import Progress, read_trails, silent
from ._walk import Standing, Walk

Outcome: TypeAlias = Callable[[Trail, date, date], bool]
_Both: TypeAlias = tuple[Standing, Standing]
_Scored: TypeAlias = "list[tuple[Decimal, bool]]"

_STEP = 1000
_MOST_DAYS = 3650


def bought(trail: Trail, start: date, end: date) -> bool:
    """Say whether the customer bought something from *start* up to, and without, *end*."""
    return trail.occasions_between(start, end) > 0


@attrs.define
class _Found:
    """What was found of one day so far."""

    customers: int = 0
    changed: Counter[What] = attrs.field(factory=Counter)
    minutes: list[int] = attrs.field(factory=lambda: [0, 0])
    scored: tuple[_Scored, _Scored] = attrs.field(factory=lambda: ([], []))
    differences: list[Difference] = attrs.field(factory=list)

    def add(self, customer: CustomerId, day: date, both: _Both, *, happened: bool | None) -> None:
        """Add what both policies say of a customer."""
        old, new = both
        difference = Difference(
            customer=customer,
            day=day,
            score=(old.score, new.score),
            stage=(old.stage, new.stage),
            segment=(old.segment, new.segment),
            tier=(old.tier, new.tier),
        )
        self.customers += 1
        if difference.changed:
            self.changed.update(difference.changed)
            self.differences.append(difference)
        for place, standing in enumerate(both):
            self.minutes[place] += standing.minutes
            if happened is not None:
                self.scored[place].append((standing.score, happened))


def backtest(
    store: Store,
    *,
    old: Policy,
    new: Policy,
    days: Iterable[date],
    as_of: date,
    horizon_days: int = 90,
    outcome: Outcome = bought,
    progress: Progress = silent,
    tenant: str = DEFAULT_TENANT,
) -> Backtest:
    """Judge the customers of past days by two policies, and compare both with what came of it.

    On each day only what had happened before it counts, as in `review_department`. Where a
    policy asks for what models predict, they are fitted anew for each day. A changed rule set
    is tried in a policy of its own: ``attrs.evolve(policy, rules=changed)``.

    Args:
        store: Where the records are kept; nothing is changed in it.
        old: The policy as it is.
        new: The policy as it may become, in the same zone and currency.
        days: The days to judge on, in any order.
        as_of: The day before which everything counts; no day of judgement is later.
        horizon_days: Within how many days, from the day of judgement on, the outcome has to
            come about.
        outcome: Says of a trail whether the outcome came about between two days, the second
            not included; by default whether the customer bought something.
        progress: Hears how much of a step is done, of how much if known, and which it is.
        tenant: Whose records are looked at.

    Raises:
        InvalidValueError: If there is no day, one is later than *as_of*, the horizon is
            shorter than a day, or the policies differ in zone or currency.
        MixedCurrenciesError: If a purchase is in another currency than the policies'.

    Complexity:
        Linear in purchases, and in customers times months and days of judgement.

    .. versionadded:: 0.1.0
    """
    asked = _checked(days, as_of, horizon_days)
    for name in ("zone", "currency"):
        if getattr(old, name) != getattr(new, name):
            rule = f"be that of the old policy, {getattr(old, name)}"
            raise InvalidValueError(f"new.{name}", getattr(new, name), rule)
    with localcontext(DefaultContext):
        trails = read_trails(store, policy=old, as_of=as_of, progress=progress, tenant=tenant)
        found = {each: _Found() for each in asked}
        months = checkpoints(_first_day(trails) or asked[0], asked[-1])
        told = [Forecasts.of(policy, trails, asked, progress) for policy in (old, new)]
        step = Phrase("judging customers", "评估客户")
        for count, trail in enumerate(trails.values(), start=1):
            both = (Walk.begin(old), Walk.begin(new))
            for features in _walked(trail, both, months, asked):
                day, customer = features[0].as_of, trail.customer
                end = day + timedelta(days=horizon_days)
                happened = outcome(trail, day, end) if end <= as_of else None
                standings = (
                    both[0].standing(features[0], told[0].at(day, customer)),
                    both[1].standing(features[1], told[1].at(day, customer)),
                )
                found[day].add(customer, day, standings, happened=happened)
            if count % _STEP == 0 or count == len(trails):
                progress(count, len(trails), step)
    return Backtest(
        old=old,
        new=new,
        as_of=as_of,
        horizon_days=horizon_days,
        days=tuple(_day(each, found[each]) for each in asked),
        differences=tuple(one for each in asked for one in found[each].differences),
        lifts=(_pooled(found, 0), _pooled(found, 1)),
        cost=(_cost(old), _cost(new)),
    )


def _checked(days: Iterable[date], as_of: date, horizon_days: int) -> tuple[date, ...]:
    checked_day(as_of)
    asked = tuple(sorted({checked_day(each, "days") for each in days}))
    if not 0 < len(asked) <= _MOST_DAYS:
        raise InvalidValueError("days", len(asked), f"name 1 to {_MOST_DAYS:,} days")
    if asked[-1] > as_of:
        raise InvalidValueError("days", str(asked[-1]), f"not be later than as_of, {as_of}")
    if not isinstance(horizon_days, int) or horizon_days < 1:
        raise InvalidValueError("horizon_days", horizon_days, "be a whole number, at least 1")
    return asked


def _first_day(trails: Mapping[CustomerId, Trail]) -> date | None:
    return min((t.first_day for t in trails.values() if t.first_day is not None), default=None)


def _walked(
    trail: Trail, both: tuple[Walk, Walk], months: Sequence[date], asked: Sequence[date]
) -> Iterator[tuple[CustomerFeatures, CustomerFeatures]]:
    """Walk along a trail under both policies, and stop at each day that is asked for.

    Before the customer was known there is nothing to judge.
    """
    windows = [walk.policy.window_days for walk in both]
    judged, passed = set(asked), set(months)
    for day in sorted(judged | passed):
        old = trail.at(day, window_days=windows[0])
        new = old if windows[1] == windows[0] else trail.at(day, window_days=windows[1])
        if day in judged and (old.age_days is not None or old.known_days is not None):
            yield old, new
        if day in passed:
            both[0].step(old)
            both[1].step(new)


def _day(day: date, found: _Found) -> BacktestDay:
    return BacktestDay(
        day=day,
        customers=found.customers,
        changed=tuple((what, found.changed[what]) for what in JUDGED),
        minutes=(found.minutes[0], found.minutes[1]),
        lifts=(_lift(found.scored[0]), _lift(found.scored[1])),
    )


def _pooled(found: Mapping[date, _Found], place: int) -> Lift | Undefined:
    return _lift([pair for each in found.values() for pair in each.scored[place]])


def _lift(scored: _Scored) -> Lift | Undefined:
    return lift(scored) if scored else Undefined(Reason.IMMATURE)


def _cost(policy: Policy) -> int:
    """Return how many steps of criteria judging a customer takes, at most."""
    criteria = (
        *(rule.entry for rule in policy.stages.rules),
        *(segment.criterion for segment in policy.segments.segments),
        *(rule.when for rule in policy.rules.rules),
    )
    return sum(criterion.size.cost for criterion in criteria)
