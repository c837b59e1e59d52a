"""From purchases in any order to a triangle of cohorts, in one pass."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

import attrs

from crmcore.activities import Purchase
from crmcore.calendar import Grain, Period
from crmcore.calendar import zone as zone_of
from crmcore.checks import day as is_day
from crmcore.checks import refusal
from crmcore.errors import UnknownNameError
from crmcore.kernel import Money, Undefined, minor_digits

from ._cohort_trails import EXACT, NOTHING, Trails, slot
from ._cohort_triangle import IMMATURE, CohortCell, CohortKind, CohortRow, CohortTriangle
from ._periods import whole

_Windows: TypeAlias = tuple[tuple[int, int], ...]

_LONGEST: Final = 36_525  # days of a window: a century


def cohorts(
    purchases: Iterable[Purchase],
    *,
    grain: Grain | str,
    as_of: date,
    zone: ZoneInfo | str,
    kind: CohortKind | str = CohortKind.BOUNDED,
    windows: Iterable[tuple[int, int]] = (),
    ages: int | None = None,
    currency: str | None = None,
) -> CohortTriangle:
    """Tell customers apart by when they first bought, and count who is back at each age.

    An age is how many periods have passed since that of the first purchase, which is age 0.
    Bounded: who bought in that very period. Unbounded: who bought then or later, so that the
    share never rises with age; for young cohorts it can still grow. Bracket: who bought in a
    window of days since the own first purchase, whichever days of the calendar these are.

    A cell has a value once everybody in the cohort has been seen through the whole age, and is
    undefined before: nobody knows yet, and 0 would be a lie. Refunds are no purchases; they
    lower the revenue of the day on which the money went back.

    Args:
        purchases: Purchases and refunds in any order; a stream is enough.
        grain: The periods by which cohorts are told apart.
        as_of: The day at whose beginning it is known; what is not before it is left out.
        zone: The time zone whose days count, or its name.
        kind: What it takes to count as back.
        windows: For ``bracket``: the first and the last day of each window since the first
            purchase, which is on day 0; one after the other.
        ages: How many ages to show at most; not for ``bracket``.
        currency: The ISO 4217 code of all amounts, where the revenue is wanted too. It is that
            of the period or window itself, also for ``unbounded``.

    Raises:
        MixedCurrenciesError: If an amount is not in *currency*.
        InvalidValueError: If windows overlap, or there are none for ``bracket``.
        UnknownNameError: If there is no such grain, kind, zone or currency.

    Complexity:
        ``O(n + c a)`` time for *n* purchases of *c* customers at *a* ages. Memory grows with
        customers and the time that is looked back, a bit for each period, or each day for
        ``bracket``; with revenue, with the periods or days on which each customer paid.

    .. versionadded:: 0.1.0
    """
    plan = _plan(grain, kind, windows, ages, is_day(as_of))
    where = zone_of(zone)
    if currency is not None:
        minor_digits(currency)
    trails = Trails.of(purchases, grain=plan.slots, as_of=as_of, zone=where, currency=currency)
    return CohortTriangle(
        kind=plan.kind,
        grain=plan.grain,
        windows=plan.windows,
        as_of=as_of,
        zone=where.key,
        currency=currency,
        rows=tuple(_rows(plan, trails, currency)),
        later=trails.later,
        unplaced=None if currency is None else Money(trails.unplaced(), currency),
    )


@attrs.frozen
class _Plan:
    """What was asked for.

    Attributes:
        slots: What time is counted in: periods of the grain, or days.
    """

    kind: CohortKind
    grain: Grain
    slots: Grain
    windows: _Windows
    ages: int | None
    as_of: date

    def ages_of(self, slots: int) -> Iterable[int]:
        """Return the ages at which a customer with purchases in these slots was back."""
        first = slots.bit_length() - 1
        if self.kind is CohortKind.BOUNDED:
            return [first - place for place in _bits(slots)]
        if self.kind is CohortKind.UNBOUNDED:
            return range(first - _lowest(slots) + 1)
        return {age for place in _bits(slots) for age in self.age_of(first - place)}

    def age_of(self, since: int) -> list[int]:
        """Return the age that a slot belongs to, so many slots after the first; or none."""
        if self.kind is not CohortKind.BRACKET:
            return [since]
        return [age for age, (low, high) in enumerate(self.windows) if low <= since <= high]

    def columns(self, oldest: Period) -> int:
        """Return how many ages there are to show."""
        if self.windows:
            return len(self.windows)
        seen = slot(self.grain, self.as_of.toordinal()) - slot(self.grain, oldest.start.toordinal())
        return max(1, seen if self.ages is None else min(seen, self.ages))

    def is_mature(self, cohort: Period, age: int) -> bool:
        """Say whether everybody in a cohort has been seen through an age."""
        if self.windows:
            return cohort.end.toordinal() + self.windows[age][1] <= self.as_of.toordinal()
        now = slot(self.grain, self.as_of.toordinal())
        return slot(self.grain, cohort.start.toordinal()) + age < now


def _plan(
    grain: Grain | str,
    kind: CohortKind | str,
    windows: Iterable[tuple[int, int]],
    ages: int | None,
    as_of: date,
) -> _Plan:
    if grain not in set(Grain):
        raise UnknownNameError("grain", str(grain), [each.value for each in Grain])
    if kind not in set(CohortKind):
        raise UnknownNameError("kind", str(kind), [each.value for each in CohortKind])
    grain, kind = Grain(grain), CohortKind(kind)
    found = _windows(windows)
    if (kind is CohortKind.BRACKET) is not bool(found):
        raise refusal("windows", list(found), "be stated for bracket, and for no other kind")
    if any(low > high for low, high in found) or any(a[1] >= b[0] for a, b in pairwise(found)):
        rule = "follow one another, each from its first day to its last"
        raise refusal("windows", list(found), rule)
    if ages is not None and (whole(ages) < 1 or found):
        raise refusal("ages", ages, "be a whole number of 1 or more, and left out for bracket")
    return _Plan(kind, grain, Grain.DAY if found else grain, found, ages, as_of)


def _windows(windows: Iterable[tuple[int, int]]) -> _Windows:
    found = list(windows) if isinstance(windows, Iterable) else [windows]
    if not all(
        isinstance(window, Sequence) and len(window) == len(("low", "high")) for window in found
    ):
        raise refusal("windows", found, "be pairs: the first and the last day of each window")
    pairs = tuple((whole(low, _LONGEST), whole(high, _LONGEST)) for low, high in found)
    if any(edge < 0 for pair in pairs for edge in pair):
        raise refusal("windows", found, f"have days from 0 to {_LONGEST}")
    return pairs


@attrs.define
class _Cohort:
    """What is counted of one cohort."""

    size: int = 0
    back: Counter[int] = attrs.field(factory=Counter)
    paid: defaultdict[int, Decimal] = attrs.field(factory=lambda: defaultdict(lambda: NOTHING))


def _rows(plan: _Plan, trails: Trails, currency: str | None) -> Iterator[CohortRow]:
    born = _births(plan)
    found: defaultdict[Period, _Cohort] = defaultdict(_Cohort)
    for slots in trails.bought.values():
        cohort = found[born(slots.bit_length() - 1)]
        cohort.size += 1
        cohort.back.update(plan.ages_of(slots))
    for customer, place, amount in trails.money():
        first = trails.bought[customer].bit_length() - 1
        for age in plan.age_of(first - place):
            paid = found[born(first)].paid
            paid[age] = EXACT.add(paid[age], amount)
    periods = sorted(found)
    ages = range(plan.columns(periods[0]) if periods else 0)
    for period in periods:
        cells = (
            _cell(found[period], age, currency) if plan.is_mature(period, age) else IMMATURE
            for age in ages
        )
        yield CohortRow(cohort=period, size=found[period].size, cells=tuple(cells))


def _cell(cohort: _Cohort, age: int, currency: str | None) -> CohortCell | Undefined:
    return CohortCell(
        returned=cohort.back[age],
        size=cohort.size,
        revenue=None if currency is None else Money(cohort.paid[age], currency),
    )


def _births(plan: _Plan) -> Callable[[int], Period]:
    """Return a function from how many slots before the present one to the period of a cohort."""
    known: dict[int, Period] = {}
    now = plan.slots.start(plan.as_of)

    def born(place: int) -> Period:
        if place not in known:
            known[place] = plan.grain.period(plan.slots.after(now, -place))
        return known[place]

    return born


def _bits(slots: int) -> Iterator[int]:
    """Yield the places of the bits that are set, the lowest first."""
    while slots:
        place = _lowest(slots)
        yield place
        slots ^= 1 << place


def _lowest(slots: int) -> int:
    return (slots & -slots).bit_length() - 1
