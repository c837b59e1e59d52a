"""Tables of results: a row for each period, group and measure."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TypeAlias

import attrs

from crmcore.calendar import Period
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import Undefined

from ._value import Value

Group: TypeAlias = tuple[Hashable, ...]
Row: TypeAlias = "tuple[Period, Group, str, Value | Undefined]"


@attrs.frozen(kw_only=True)
class Table:
    """The results of some measures by period and group.

    Every group that occurs has a row for every period and measure: where nothing happened, a
    count is a real zero.

    Attributes:
        by: The names of the dimensions.
        rows: Period, group, name of the measure and result, in this order; a group is the
            values of the dimensions, and missing ones come last.
        periods: The periods, in order.
        groups: The groups, in order.
        measures: The names of the measures, in order.

    .. versionadded:: 0.1.0
    """

    by: tuple[str, ...] = ()
    rows: tuple[Row, ...]
    periods: tuple[Period, ...] = attrs.field(init=False, eq=False, repr=False)
    groups: tuple[Group, ...] = attrs.field(init=False, eq=False, repr=False)
    measures: tuple[str, ...] = attrs.field(init=False, eq=False, repr=False)
    _at: dict[tuple[Period, Group, str], Value | Undefined] = attrs.field(
        init=False, eq=False, repr=False
    )

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
    def _index(self) -> dict[tuple[Period, Group, str], Value | Undefined]:
        return {(period, group, name): result for period, group, name, result in self.rows}

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
        except KeyError:
            raise self._unknown(measure, period, group) from None

    def series(self, measure: str, *, group: Group = ()) -> tuple[Value | Undefined, ...]:
        """Return the results of one measure and group, by period.

        Raises:
            UnknownNameError: If there is no such measure or group.
        """
        return tuple(self.value(measure, period=period, group=group) for period in self.periods)

    def _unknown(self, measure: str, period: Period, group: Group) -> Exception:
        if measure not in self.measures:
            return UnknownNameError("measure", measure, self.measures)
        if group not in self.groups:
            return UnknownNameError("group", str(group), map(str, self.groups))
        known = ", ".join(map(str, self.periods))
        return InvalidValueError("period", str(period), f"be one of {known}")
