"""KPIs: what is measured, in words that leave no room for two readings, and as a measure."""

from __future__ import annotations

from datetime import date
from decimal import Context, Decimal, InvalidOperation
from fractions import Fraction
from typing import Final, NewType

import attrs

from crmcore.checks import at_least, day, is_a, is_id, is_name
from crmcore.errors import InvalidValueError
from crmcore.kernel import LabelledEnum, Phrase, round_half_up
from crmcore.measures import Additivity, Conversion, Derived, InTime, Mean, Measure, Ratio

KpiId = NewType("KpiId", str)


class Direction(LabelledEnum):
    """Which way a KPI improves.

    .. versionadded:: 0.1.0
    """

    HIGHER = "higher_better", "higher is better", "越高越好"
    LOWER = "lower_better", "lower is better", "越低越好"
    TARGET = "target_is_best", "the target is best", "达标最佳"


class KpiGroup(LabelledEnum):
    """What a KPI tells about.

    .. versionadded:: 0.1.0
    """

    SATISFACTION = "satisfaction", "satisfaction and feedback", "满意度与反馈"
    RETENTION = "retention", "retention, loyalty and value", "客户保留、忠诚与价值"
    SALES = "sales", "acquisition, sales and market", "获客、销售与市场"
    SERVICE = "service", "service", "客户服务"
    INTERACTION = "interaction", "interaction, success and cost", "互动、成功与成本"
    DATA = "data", "data and analysis", "数据与分析"
    TEAM = "team", "team, process and people", "团队、流程与人员"


class Unit(LabelledEnum):
    """What the number of a KPI counts.

    .. versionadded:: 0.1.0
    """

    SHARE = "share", "a share, read as a percentage", "比率"
    CHANGE = "change", "a change, read as a percentage of the base", "变化率"
    POINTS = "points", "a difference of two shares, read in percentage points", "百分点"
    PER_THOUSAND = "per_thousand", "so many for each, read per thousand", "千分率"
    CUSTOMERS = "customers", "customers", "客户数"
    ORDERS = "orders", "orders", "订单数"
    COUNT = "count", "a number of things", "数量"
    RATE = "rate", "so many times for each customer", "人均次数"
    MONEY = "money", "money, in the stated currency", "金额"
    TIMES = "times", "so many times as much", "倍数"
    INDEX = "index", "an index from 0 to 100", "指数（0至100）"
    INDEX_POINTS = "index_points", "a difference of two indices", "指数差"
    NPS = "nps", "a net promoter score from -100 to 100", "净推荐值（-100至100）"
    RATING = "rating", "a mark on its scale", "评分"
    RANK = "rank", "a place in an order, 1 being the best", "名次"
    HOURS = "hours", "hours", "小时"
    DAYS = "days", "days", "天"
    PER_HOUR = "per_hour", "so many in an hour", "每小时数量"

    @property
    def is_relative(self) -> bool:
        """Whether people read the number as a percentage."""
        return self in (Unit.SHARE, Unit.CHANGE)

    @property
    def bounds(self) -> tuple[int | None, int | None]:
        """What a number of it cannot be below and above; None where nothing bounds it.

        Money, and whatever is a difference or a growth, knows no bounds. A share has those of
        what it is a share of, so that they are told by `crmcore.kpis.KpiSeries.bounds`.
        """
        return _BOUNDS.get(self, (None, None))

    def show(self, number: Decimal | float, digits: int | None = None) -> str:
        """Return *number* as people read it, rounded half up: ``72.5 %``, ``8,431``, ``1.34``.

        Args:
            number: The number, which itself is never rounded; this is for the eye.
            digits: How many digits to show behind the point, if others than are customary.

        Raises:
            InvalidValueError: If it is no finite number, or has more digits than anybody reads.
        """
        way = _SHOWN[self]
        try:
            exact = Fraction(number) * way.factor
            shown = _rounded(exact, way.digits if digits is None else digits)
        except (InvalidOperation, OverflowError, TypeError, ValueError):
            rule = "be a finite number, of no more digits than people read"
            raise InvalidValueError("number", number, rule) from None
        return f"{shown:{'+' if way.is_signed else ''},}{way.suffix}"


@attrs.frozen
class _Way:
    """How the numbers of a unit are shown.

    Attributes:
        digits: How many digits are customary behind the point.
        suffix: What follows the number.
        factor: By what it is multiplied for the eye.
        is_signed: Whether a gain has a plus.
    """

    digits: int
    suffix: str = ""
    factor: int = 1
    is_signed: bool = False


_SHOWN: Final = {
    Unit.SHARE: _Way(1, " %", 100),
    Unit.CHANGE: _Way(1, " %", 100, is_signed=True),
    Unit.POINTS: _Way(1, " pp", 100, is_signed=True),
    Unit.PER_THOUSAND: _Way(1, " ‰", 1000),
    Unit.CUSTOMERS: _Way(0),
    Unit.ORDERS: _Way(0),
    Unit.COUNT: _Way(0),
    Unit.RATE: _Way(2),
    Unit.MONEY: _Way(2),
    Unit.TIMES: _Way(2, " ×"),
    Unit.INDEX: _Way(1),
    Unit.INDEX_POINTS: _Way(1, is_signed=True),
    Unit.NPS: _Way(0, is_signed=True),
    Unit.RATING: _Way(2),
    Unit.RANK: _Way(0),
    Unit.HOURS: _Way(2, " h"),
    Unit.DAYS: _Way(1, " d"),
    Unit.PER_HOUR: _Way(2, " /h"),
}

_BOUNDS: Final[dict[Unit, tuple[int, int | None]]] = {
    Unit.PER_THOUSAND: (0, None),
    Unit.CUSTOMERS: (0, None),
    Unit.ORDERS: (0, None),
    Unit.COUNT: (0, None),
    Unit.RATE: (0, None),
    Unit.INDEX: (0, 100),
    Unit.NPS: (-100, 100),
    Unit.RANK: (1, None),
    Unit.HOURS: (0, None),
    Unit.DAYS: (0, None),
    Unit.PER_HOUR: (0, None),
}


# What people read must not depend on the context that a caller has set.
_EXACT: Final = Context(prec=100)


def _rounded(exact: Fraction, digits: int) -> Decimal:
    top, bottom = Decimal(exact.numerator), Decimal(exact.denominator)
    return round_half_up(_EXACT.divide(top, bottom), digits)


def _is_a_day(_: object, __: attrs.Attribute[date | None], value: date | None) -> None:
    if value is not None:
        day(value, "since")


@attrs.frozen(kw_only=True)
class Kpi:
    """A key performance indicator: one figure with one meaning.

    Attributes:
        id: The word for it in data, such as ``retention_rate``.
        code: Its number in the catalogue, such as ``K15``; the further figures of one metric
            have a letter behind it, as ``K15b``.
        name: How people call it.
        group: What it tells about.
        unit: What its number counts.
        direction: Which way it improves.
        measure: How it is computed.
        numerator: What the upper part is, in words; the figure itself where there is no lower.
        denominator: What the lower part is, in words; None where the figure is no ratio.
        definition: What is computed, in a full sentence that decides the edge cases.
        source: Where the definition is anchored.
        version: Which wording and reckoning of the definition this is.
        since: The day from which on this version is in force; from the beginning where it is
            None. A period has the definition that is in force on its first day.
        smallest: On how few records a number may rest, 1 or more; with fewer there is none.
        confidential: Whether it tells about people who were promised that nobody can be told
            apart, so that figures of small groups are withheld.

    .. versionadded:: 0.1.0
    """

    id: KpiId = attrs.field(validator=is_id)
    code: str = attrs.field(validator=is_id)
    name: Phrase
    group: KpiGroup = attrs.field(validator=is_a(KpiGroup))
    unit: Unit = attrs.field(validator=is_a(Unit))
    direction: Direction = attrs.field(validator=is_a(Direction))
    measure: Measure = attrs.field(validator=is_a(Measure))
    numerator: Phrase
    denominator: Phrase | None = attrs.field(default=None)
    definition: Phrase
    source: str = attrs.field(validator=is_name)
    version: str = attrs.field(default="1", validator=is_id)
    since: date | None = attrs.field(default=None, validator=_is_a_day)
    smallest: int = attrs.field(default=1, validator=at_least(1))
    confidential: bool = attrs.field(default=False, validator=is_a(bool))

    @denominator.validator
    def _stands_under_a_ratio(
        self, attribute: attrs.Attribute[Phrase | None], value: Phrase | None
    ) -> None:
        if value is None and (self.is_proportion or self.parts_add):
            raise InvalidValueError(attribute.name, value, "say what the ratio is a ratio of")

    @property
    def over_time(self) -> Additivity:
        """How the values of short periods make the value of a long one."""
        return self.measure.additivity

    @property
    def parts_add(self) -> bool:
        """Whether the ratio of a long period is the ratio of the sums of its periods' parts."""
        measure = self.measure
        if isinstance(measure, Ratio):
            parts = (measure.numerator, measure.denominator)
            return all(part.additivity is Additivity.ADDITIVE for part in parts)
        return isinstance(measure, Conversion | InTime | Mean)

    @property
    def is_proportion(self) -> bool:
        """Whether the numerator counts some of those that the denominator counts."""
        measure = self.measure
        while isinstance(measure, Derived) and measure.function == "complement":
            (measure,) = measure.of
        if isinstance(measure, Ratio):
            return measure.proportion
        return isinstance(measure, Conversion | InTime)

    @property
    def stated(self) -> tuple[str, ...]:
        """The names of what the definition leaves to the company, such as ``active_days``."""
        return tuple(sorted(self.measure.parameters))

    def __str__(self) -> str:
        """Return code and English name, as ``K15 customer retention rate``."""
        return f"{self.code} {self.name}"
