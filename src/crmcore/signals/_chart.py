"""Charts: values in the order of time, with the limits of the process that brings them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, localcontext

import attrs

from crmcore.calendar import Period
from crmcore.checks import is_name
from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase, Reason, Undefined
from crmcore.kpis import Direction

from ._judgement import Assurance, Band, Variation, variation
from ._kinds import ChartKind, Number, Observed, Reckoning, draw, in_order, plain, processes
from ._limits import FEWEST, ROUNDED, Limits
from ._rules import ChartPoint, Show, Signal, signals_of


@attrs.frozen(kw_only=True)
class ControlChart:
    """The values of a process, their natural limits, and what they tell.

    Attributes:
        subject: What the chart is about, as ``kind:id``.
        name: How people call it.
        kind: How its limits are reckoned.
        direction: Which way the values improve.
        target: The lowest and the highest value that meet the target, None for an open end;
            None where there is no target.
        points: The periods in the order of time.
        changes: The days on which the process was changed, so that limits begin anew, and
            why.
        words: The limits of the last period, or why there are none.
        signals: What the values tell, the earliest first.

    .. versionadded:: 0.1.0
    """

    subject: str = attrs.field(validator=is_name)
    name: Phrase
    kind: ChartKind
    direction: Direction
    target: tuple[Decimal | None, Decimal | None] | None
    points: tuple[ChartPoint, ...] = attrs.field(repr=False)
    changes: tuple[tuple[date, Phrase], ...]
    words: Phrase
    signals: tuple[Signal, ...]

    @classmethod
    def of(
        cls,
        values: Mapping[Period, Observed],
        *,
        subject: str,
        name: Phrase,
        kind: ChartKind = ChartKind.XMR,
        direction: Direction = Direction.TARGET,
        baseline: int | Period = FEWEST,
        changes: Mapping[date, Phrase] | None = None,
        lower: Number | None = None,
        upper: Number | None = None,
        target: Number | tuple[Number, Number] | None = None,
        show: Show | None = None,
    ) -> ControlChart:
        """Draw the chart of any values.

        The limits rest on the baseline and on nothing else: no later value ever moves them.
        Only a stated change of the process begins a new baseline; until that one is full, its
        values have no limits.

        Args:
            values: The value of each period, or the pair of a count and the number that it is
                of or per; None or `crmcore.kernel.Undefined` where it is missing.
            subject: What the chart is about, as ``kind:id``.
            name: How people call it.
            kind: How the limits are reckoned; pairs go with `ChartKind.P` and `ChartKind.U`.
            direction: Which way the values improve.
            baseline: How many values the limits rest on, the first ones of each process, 12
                or more; or the days whose values they rest on.
            changes: The days on which the process was changed, each with the reason. The
                period in which it falls still counts as the old one. Each process after the
                first has its first 12 values as a baseline, or *baseline* many.
            lower: What no value can be below. Shares are never below 0, nor are counts.
            upper: What no value can be above. Shares are never above 1.
            target: The value that is wanted, or the lowest and the highest that are.
            show: How to write a value; to four digits where it is None.

        Raises:
            InvalidValueError: If there are no values, periods overlap, the baseline is
                shorter than 12, or a value does not fit the kind of chart or its bounds.
        """
        if not isinstance(baseline, Period) and (type(baseline) is not int or baseline < FEWEST):
            rule = f"be at least {FEWEST} values, or a period"
            raise InvalidValueError("baseline", baseline, rule)
        row = in_order(values)
        reckoning = Reckoning.of(kind, lower, upper)
        because = tuple(sorted((changes or {}).items()))
        band = None if target is None else Band.of(target, direction)
        points: list[ChartPoint] = []
        signals: list[Signal] = []
        with localcontext(ROUNDED):  # whatever context the caller has set
            observations = [reckoning.observation(period, values[period]) for period in row]
            first = baseline
            for process in processes(observations, [day for day, _ in because]):
                drawn = draw(process, reckoning, first)
                points += drawn
                signals += signals_of(drawn, show or plain)
                first = baseline if isinstance(baseline, int) else FEWEST
        return cls(
            subject=subject,
            name=name,
            kind=kind,
            direction=direction,
            target=None if band is None else (band.low, band.high),
            points=tuple(points),
            changes=because,
            words=_words(points[-1].limits, show or plain),
            signals=tuple(signals),
        )

    @property
    def limits(self) -> Limits | Undefined:
        """The limits of the last period, or why there are none."""
        return self.points[-1].limits

    @property
    def latest(self) -> ChartPoint | None:
        """The last period that has a value; None where none has."""
        valued = (point for point in reversed(self.points) if isinstance(point.value, Decimal))
        return next(valued, None)

    @property
    def latest_signals(self) -> tuple[Signal, ...]:
        """What the last value tells, alone or with others."""
        latest = self.latest
        if latest is None:
            return ()
        return tuple(signal for signal in self.signals if latest.period == signal.periods[-1])

    @property
    def variation(self) -> Variation | Undefined:
        """What the last value tells of the process, for better or worse."""
        latest = self.latest
        if latest is None:
            return Undefined(Reason.NO_DATA, self.name)
        value, limits = latest.value, latest.limits
        if isinstance(value, Undefined) or isinstance(limits, Undefined):
            return Undefined(Reason.TOO_FEW, self.name)
        return variation(self.latest_signals, value, limits, self.direction, self._band)

    @property
    def assurance(self) -> Assurance | Undefined:
        """Whether the process, left as it is, meets the target."""
        band, limits = self._band, self.limits
        if band is None:
            return Undefined(Reason.NOT_APPLICABLE, Phrase("there is no target", "没有目标值"))
        return limits if isinstance(limits, Undefined) else band.assurance(limits)

    @property
    def _band(self) -> Band | None:
        return None if self.target is None else Band(*self.target)

    def __str__(self) -> str:
        """Return the name, the limits and the signals, a line for each."""
        head = f"{self.name}: {self.words}"
        return "\n".join([head, *(f"  {signal}" for signal in self.signals)])


def _words(limits: Limits | Undefined, show: Show) -> Phrase:
    if isinstance(limits, Undefined):
        return Phrase(str(limits), f"{limits.reason.label.zh}：{limits.detail.zh}")
    low, centre, high = (show(each) for each in (limits.low, limits.centre, limits.high))
    return Phrase(f"{centre}, naturally {low} to {high}", f"{centre}，自然波动范围{low}至{high}")
