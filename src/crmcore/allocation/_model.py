"""The model: items, the options that each has, and holders with their load curves.

Everything is a whole number, so that a value or a bound is exact and two machines agree:
work is in minutes of one planning period, and costs are in whatever small unit the caller
takes (the rooms above take thousandths of a point). Prices are whole numbers too, so the unit
should be a thousand times smaller than the smallest difference that matters.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate, pairwise

import attrs

from crmcore.checks import between, is_id, is_name
from crmcore.errors import Fault, FaultsError, InvalidValueError, UnknownNameError

_MOST_MINUTES = 10_000_000
_MOST_COST = 10**12


@attrs.frozen
class Band:
    """A stretch of a holder's load in which each minute costs the same.

    Attributes:
        minutes: How many minutes of load it takes up, above 0.
        slope: What each of these minutes costs; below 0 where work is welcome.

    .. versionadded:: 0.1.0
    """

    minutes: int = attrs.field(validator=between(1, _MOST_MINUTES))
    slope: int = attrs.field(validator=between(-_MOST_COST, _MOST_COST))


def _bands(bands: Iterable[Band]) -> tuple[Band, ...]:
    return tuple(bands)


@attrs.frozen
class Holder:
    """Somebody who can hold items, as far as the last band goes and no further.

    The curve is in normal form: the best load costs 0, and every other one more. A holder
    without bands can hold only what takes no time.

    Attributes:
        id: Who it is.
        bands: The load curve, each slope at least that of the band before.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    bands: tuple[Band, ...] = attrs.field(converter=_bands)

    @bands.validator
    def _is_convex(
        self, attribute: attrs.Attribute[tuple[Band, ...]], value: tuple[Band, ...]
    ) -> None:
        slopes = [band.slope for band in value]
        if slopes != sorted(slopes):
            raise InvalidValueError(attribute.name, slopes, "have slopes that never fall")

    @property
    def limit(self) -> int:
        """The minutes that the holder can take at most."""
        return sum(band.minutes for band in self.bands)

    @property
    def corners(self) -> tuple[tuple[int, int], ...]:
        """The corners of the curve as pairs of minutes and cost, from no load to the limit."""
        idle = -sum(band.minutes * min(band.slope, 0) for band in self.bands)
        minutes = accumulate((band.minutes for band in self.bands), initial=0)
        costs = accumulate((band.minutes * band.slope for band in self.bands), initial=idle)
        return tuple(zip(minutes, costs, strict=True))

    def cost(self, minutes: int) -> int:
        """Return what a load of so many minutes costs.

        Raises:
            InvalidValueError: If it is below 0 or beyond the limit.
        """
        corners = self.corners
        for (start, base), band in zip(corners, self.bands, strict=False):
            if start <= minutes <= start + band.minutes:
                return base + (minutes - start) * band.slope
        if minutes == 0:
            return 0
        raise InvalidValueError("minutes", minutes, f"be between 0 and {self.limit} for {self.id}")


@attrs.frozen
class Option:
    """One holder who may hold an item, and what that costs beside the load.

    Attributes:
        holder: The id of the holder.
        fit: What is lost because the holder is not perfect for the item.
        interest: What is lost, or below 0 won, by the holder's wishes.
        minutes: The work that the item is for this holder; None where it is the item's own.

    .. versionadded:: 0.1.0
    """

    holder: str = attrs.field(validator=is_id)
    fit: int = attrs.field(default=0, validator=between(-_MOST_COST, _MOST_COST))
    interest: int = attrs.field(default=0, validator=between(-_MOST_COST, _MOST_COST))
    minutes: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(between(0, _MOST_MINUTES))
    )

    @property
    def cost(self) -> int:
        """The sum of its terms."""
        return self.fit + self.interest


@attrs.frozen(kw_only=True)
class Item:
    """Something that at most one holder holds.

    Items that are alike may share one tuple of options, which saves memory and time.

    Attributes:
        id: What it is, on one line.
        minutes: The work that it is in the planning period.
        uncovered: What it costs when nobody holds it.
        options: Who may hold it; nobody else may.
        current: Who holds it today, if anybody.
        change: What it costs that another holder than today's holds it, or nobody; nothing
            where today's is none of the options.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_name)
    minutes: int = attrs.field(validator=between(0, _MOST_MINUTES))
    uncovered: int = attrs.field(validator=between(-_MOST_COST, _MOST_COST))
    options: tuple[Option, ...] = ()
    current: str | None = None
    change: int = attrs.field(default=0, validator=between(0, _MOST_COST))

    @property
    def costs(self) -> dict[str, int]:
        """What it costs that each of the options holds the item, the load not counted."""
        spared = self._spared
        return {
            option.holder: option.cost + (0 if option.holder == self.current else spared)
            for option in self.options
        }

    @property
    def cost_of_nobody(self) -> int:
        """What it costs that nobody holds the item: its lack, and the change if there is one."""
        return self.uncovered + self._spared

    @property
    def _spared(self) -> int:
        """What it costs that the item changes hands, to another holder or to nobody."""
        could_stay = any(option.holder == self.current for option in self.options)
        return self.change if could_stay else 0


@attrs.frozen
class Conflict:
    """Two items that the same holder must not hold.

    Attributes:
        one: The id of an item.
        other: The id of another item.

    .. versionadded:: 0.1.0
    """

    one: str = attrs.field(validator=is_name)
    other: str = attrs.field(validator=is_name)

    @other.validator
    def _is_another(self, attribute: attrs.Attribute[str], value: str) -> None:
        if value == self.one:
            raise InvalidValueError(attribute.name, value, "be another item than one")


def _items(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(sorted(items, key=lambda item: item.id))


def _holders(holders: Iterable[Holder]) -> tuple[Holder, ...]:
    return tuple(sorted(holders, key=lambda holder: holder.id))


def _conflicts(conflicts: Iterable[Conflict]) -> tuple[Conflict, ...]:
    pairs = {(min(c.one, c.other), max(c.one, c.other)) for c in conflicts}
    return tuple(Conflict(one, other) for one, other in sorted(pairs))


@attrs.frozen(kw_only=True)
class Problem:
    """Items, holders, and the pairs of items that must not meet.

    It is kept in order of ids, whatever order it comes in.

    Attributes:
        items: What is to be held.
        holders: Who can hold it.
        conflicts: Pairs of items that must have different holders.

    .. versionadded:: 0.1.0
    """

    items: tuple[Item, ...] = attrs.field(converter=_items)
    holders: tuple[Holder, ...] = attrs.field(converter=_holders)
    conflicts: tuple[Conflict, ...] = attrs.field(default=(), converter=_conflicts)

    @cached_property
    def _limits(self) -> dict[str, int]:
        return {holder.id: holder.limit for holder in self.holders}

    def choices(self, item: Item) -> dict[str, tuple[int, int]]:
        """Return what an item costs with each option, the load not counted, and its minutes.

        An option is left out where the item alone is more than the holder can take.

        .. versionadded:: 0.1.0
        """
        limits, own, costs = self._limits, item.minutes, item.costs
        work = {o.holder: own if o.minutes is None else o.minutes for o in item.options}
        return {who: (costs[who], work[who]) for who in costs if work[who] <= limits[who]}

    def __attrs_post_init__(self) -> None:
        """Refuse what does not hang together.

        Raises:
            FaultsError: With every fault that was found.
        """
        holders = {holder.id for holder in self.holders}
        items = {item.id for item in self.items}
        faults = [
            Fault(f"{kind} {key}", "it comes twice; name it once")
            for kind, ids in (
                ("item", [item.id for item in self.items]),
                ("holder", [holder.id for holder in self.holders]),
            )
            for key, after in pairwise(ids)
            if key == after
        ]
        checked: set[int] = set()  # options may be shared by thousands of items
        for item in self.items:
            if id(item.options) not in checked:
                checked.add(id(item.options))
                faults += _option_faults(item, holders)
        for pair in self.conflicts:
            faults += [
                Fault("conflicts", str(UnknownNameError("item", key, items)))
                for key in (pair.one, pair.other)
                if key not in items
            ]
        if faults:
            raise FaultsError("problem", faults)


def _option_faults(item: Item, holders: set[str]) -> list[Fault]:
    named = [option.holder for option in item.options]
    path = f"item {item.id}"
    unknown = sorted(set(named) - holders)
    twice = sorted({name for name in named if named.count(name) > 1})
    return [
        *(Fault(path, str(UnknownNameError("holder", name, holders))) for name in unknown),
        *(Fault(path, f"two options name the holder {name!r}; keep one") for name in twice),
    ]
