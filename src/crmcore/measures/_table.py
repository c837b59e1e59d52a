"""Tables of results: a row for each period, group and measure."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import attrs

from crmcore.calendar import Period
from crmcore.errors import InvalidValueError, MixedCurrenciesError, UnknownNameError
from crmcore.kernel import Undefined

from ._measure import Measure
from ._numbers import ZERO, quotient, total
from ._value import Value

Group: TypeAlias = tuple[Hashable, ...]
Row: TypeAlias = "tuple[Period, Group, str, Value | Undefined]"
Place: TypeAlias = tuple[Period, Group, str]


def in_order(group: Group) -> tuple[tuple[bool, str, str], ...]:
    """Return by what groups are sorted: as text, whatever they are, the missing ones last."""
    return tuple((value is None, str(value), type(value).__name__) for value in group)


@attrs.frozen(kw_only=True)
class Table:
    """The results of some measures by period and group.

    Every group that occurs has a row for every period and measure: where nothing happened, a
    count is a real zero.

    Attributes:
        by: The names of the dimensions.
        rows: Period, group, name of the measure and result, in this order; a group is the
            values of the dimensions, and missing ones come last.
        definitions: What was measured, by name; may be left out of a table made by hand.
        periods: The periods, in order.
        groups: The groups, in order.
        measures: The names of the measures, in order.

    .. versionadded:: 0.1.0
    """

    by: tuple[str, ...] = ()
    rows: tuple[Row, ...]
    definitions: Mapping[str, Measure] = attrs.field(factory=dict, eq=False, repr=False)
    _currencies: Mapping[Place, str] = attrs.field(factory=dict, eq=False, repr=False)
    periods: tuple[Period, ...] = attrs.field(init=False, eq=False, repr=False)
    groups: tuple[Group, ...] = attrs.field(init=False, eq=False, repr=False)
    measures: tuple[str, ...] = attrs.field(init=False, eq=False, repr=False)
    _at: dict[Place, Value | Undefined] = attrs.field(init=False, eq=False, repr=False)

    @periods.default
    def _list_periods(self) -> tuple[Period, ...]:
        return tuple(dict.fromkeys(row[0] for row in self.rows))

    @groups.default
    def _list_groups(self) -> tuple[Group, ...]:
        return tuple(dict.fromkeys(row[1] for row in self.rows))

    @measures.default
    def _list_measures(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row[2] for row in self.rows))

    @_at.default
    def _index(self) -> dict[Place, Value | Undefined]:
        return {(period, group, name): result for period, group, name, result in self.rows}

    @property
    def currencies(self) -> frozenset[str]:
        """The currencies of all amounts in it."""
        return frozenset(self._currencies.values())

    def __repr__(self) -> str:
        """Return what it is about, and how much it holds."""
        by = f" by {', '.join(self.by)}" if self.by else ""
        return f"<Table of {', '.join(self.measures) or 'nothing'}{by}: {len(self.rows)} rows>"

    def value(
        self, measure: str, *, period: Period | None = None, group: Group = ()
    ) -> Value | Undefined:
        """Return one result.

        Args:
            measure: The name of the measure.
            period: The period; may be left out where there is only one.
            group: The values of the dimensions, in their order.

        Raises:
            UnknownNameError: If there is no such measure or group.
            InvalidValueError: If there is no such period, or several to choose from.
        """
        if period is None:
            if len(self.periods) != 1:
                rule = f"be named, because there are {len(self.periods)}"
                raise InvalidValueError("period", None, rule)
            (period,) = self.periods
        try:
            return self._at[period, group, measure]
        except (KeyError, TypeError):
            raise self._unknown(measure, period, group) from None

    def series(self, measure: str, *, group: Group = ()) -> tuple[Value | Undefined, ...]:
        """Return the results of one measure and group, by period.

        Raises:
            UnknownNameError: If there is no such measure or group.
        """
        return tuple(self.value(measure, period=period, group=group) for period in self.periods)

    def total(self, measure: str, *, over: str) -> Table:
        """Return the sums of a measure over one dimension, by period and the other dimensions.

        A sum has the number of records of its parts, and no interval. It is undefined where
        one of its parts is.

        Args:
            measure: The name of a measure whose groups add up.
            over: The name of the dimension that goes.

        Raises:
            UnknownNameError: If there is no such measure or dimension.
            InvalidValueError: If the groups of the measure do not add up; ask the tally for a
                table by fewer dimensions instead, which counts anew.
            MixedCurrenciesError: If the sums are of different currencies.
        """
        if measure not in self.measures:
            raise UnknownNameError("measure", measure, self.measures)
        if over not in self.by:
            raise UnknownNameError("dimension", over, self.by)
        definition = self.definitions.get(measure)
        if definition is None or not definition.sums_over_groups:
            raise InvalidValueError("measure", measure, _why_not(definition, over))
        gone = self.by.index(over)
        parts: dict[tuple[Period, Group], list[Group]] = {}
        for period in self.periods:
            for group in self.groups:
                rest = group[:gone] + group[gone + 1 :]
                parts.setdefault((period, rest), []).append(group)
        return Table(
            by=self.by[:gone] + self.by[gone + 1 :],
            rows=tuple(
                (period, rest, measure, self._sum(measure, period, groups))
                for (period, rest), groups in parts.items()
            ),
            definitions={measure: definition},
            currencies={
                (period, rest, measure): currency
                for (period, rest), groups in parts.items()
                for currency in self._currencies_of(measure, period, groups)
            },
        )

    def _currencies_of(
        self, measure: str, period: Period, groups: Sequence[Group]
    ) -> Iterator[str]:
        """Yield the one currency of some groups, if they are money."""
        places = ((period, group, measure) for group in groups)
        found = sorted({self._currencies[place] for place in places if place in self._currencies})
        if len(found) > 1:
            raise MixedCurrenciesError(*found[:2])
        yield from found

    def _sum(self, measure: str, period: Period, groups: Sequence[Group]) -> Value | Undefined:
        values = [self._at[period, group, measure] for group in groups]
        there = [value for value in values if isinstance(value, Value)]
        if len(there) < len(values):
            return next(value for value in values if isinstance(value, Undefined))
        first = there[0]
        upper = total(value.number for value in there)
        number, lower = upper, None
        if first.denominator is not None:  # a daily mean: all are by the same days
            upper = total(value.numerator or ZERO for value in there)
            number, lower = quotient(upper, first.denominator), first.denominator
        parts: dict[str, Any] = {
            "number": number,
            "numerator": upper,
            "denominator": lower,
            "interval": None,
            "n": sum(value.n for value in there),
            "missing": sum(value.missing for value in there),
        }
        return attrs.evolve(first, **parts)

    def _unknown(self, measure: str, period: Period, group: Group) -> Exception:
        if measure not in self.measures:
            return UnknownNameError("measure", measure, self.measures)
        if group not in self.groups:
            return UnknownNameError("group", str(group), map(str, self.groups))
        known = ", ".join(map(str, self.periods))
        return InvalidValueError("period", str(period), f"be one of {known}")


def _why_not(definition: Measure | None, over: str) -> str:
    if definition is None:
        return "come with its definition, which tells whether its groups add up"
    return (
        f"add up over {over}, which {definition} does not; ask the tally for a table by the "
        "other dimensions, which counts it anew"
    )
