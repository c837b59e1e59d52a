"""Facts about KPIs: what a figure of a period was known to be, as of a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Self

import attrs

from crmcore.calendar import Period
from crmcore.checks import decimal, is_a, is_count, is_id
from crmcore.errors import InvalidValueError
from crmcore.kernel import LabelledEnum, Phrase, Reason, Undefined
from crmcore.kpis import KpiId, KpiSeries, Unit
from crmcore.measures import Value
from crmcore.statistics import Interval

from ._fact import Fact, is_day, is_made_of

# As many as the exact sums and quotients of the library have.
_DIGITS = 120


class KpiScope(LabelledEnum):
    """Whose figure it is.

    .. versionadded:: 0.1.0
    """

    DEPARTMENT = "department", "the whole department", "全部门"
    MEMBER = "member", "a member", "成员"
    NOBODY = "nobody", "customers without an owner", "无人负责的客户"


def _wide(value: Decimal | int | str | None, field: attrs.Attribute[Any]) -> Decimal | None:
    return None if value is None else decimal(value, field, digits=_DIGITS)


_optional: Any = attrs.validators.optional


@attrs.frozen(kw_only=True)
class KpiFact(Fact):
    """As of a day, a KPI of a period had a value, or none for a reason.

    Attributes:
        id: Its key.
        as_of: The day of judgement.
        policy: The name of the policy.
        policy_version: The version of the policy.
        fingerprint: The fingerprint of the policy.
        recorded_at: The instant at which it was written down.
        version: 0 before it was stored, then 1.
        subject: Which figure it is, as ``sales department:care 2026-09``: the KPI, whose, and
            of which period; made from the other fields where left out.
        kpi: The id of the KPI.
        definition_version: The version of its definition.
        scope: Whether it is the figure of a department, of a member, or of nobody.
        scope_id: The id of the department or of the member; None for nobody's.
        period_start: The first day of the period.
        period_end: The day after its last one.
        unit: What the number counts.
        currency: The ISO 4217 code where it counts money, else None.
        stated_days: The number of days that the definition leaves to the company, if any.
        number: The value itself, unrounded; None where there is none.
        numerator: What stands above the line, or the number itself where there is no line.
        denominator: What stands below the line; None where there is none.
        n: How many records, or customers, it rests on; None where there is no value.
        missing: How many more it would, had they had a value; None where there is no value.
        interval: Within which bounds the true value lies, where that can be told.
        reason: Why there is no value; None where there is one.
        detail: What was missing, in words; None where there is a value.

    .. versionadded:: 0.1.0
    """

    subject: str = ""
    kpi: KpiId = attrs.field(validator=is_id)
    definition_version: str = attrs.field(validator=is_id)
    scope: KpiScope = attrs.field(default=KpiScope.DEPARTMENT, validator=is_a(KpiScope))
    scope_id: str | None = attrs.field(default=None, validator=_optional(is_id))
    period_start: date = attrs.field(validator=is_day)
    period_end: date = attrs.field(validator=is_day)
    unit: Unit = attrs.field(validator=is_a(Unit))
    currency: str | None = attrs.field(default=None, validator=_optional(is_id))
    stated_days: int | None = attrs.field(default=None, validator=_optional(is_count))
    number: Decimal | None = attrs.field(
        default=None,
        converter=attrs.Converter(_wide, takes_field=True),  # type: ignore[misc]
    )
    numerator: Decimal | None = attrs.field(
        default=None,
        converter=attrs.Converter(_wide, takes_field=True),  # type: ignore[misc]
    )
    denominator: Decimal | None = attrs.field(
        default=None,
        converter=attrs.Converter(_wide, takes_field=True),  # type: ignore[misc]
    )
    n: int | None = attrs.field(default=None, validator=_optional(is_count))
    missing: int | None = attrs.field(default=None, validator=_optional(is_count))
    interval: Interval | None = attrs.field(default=None, validator=_optional(is_a(Interval)))
    reason: Reason | None = attrs.field(default=None, validator=_optional(is_a(Reason)))
    detail: Phrase | None = attrs.field(default=None, validator=_optional(is_a(Phrase)))

    def __attrs_post_init__(self) -> None:
        """Make subject and key, and want either a value or a reason."""
        if (self.scope is KpiScope.NOBODY) is not (self.scope_id is None):
            rule = f"be the id of a department or a member, and None for {KpiScope.NOBODY}"
            raise InvalidValueError("scope_id", self.scope_id, rule)
        if (self.number is None) is (self.reason is None):
            raise InvalidValueError("reason", self.reason, "stand where there is no number")
        if (self.number is None) is not (self.n is None):
            raise InvalidValueError("n", self.n, "stand beside a number")
        made = f"{self.kpi} {self.whose} {self.period}"
        if self.subject:
            is_made_of(attrs.fields(KpiFact).subject, self.subject, made)
        object.__setattr__(self, "subject", made)
        super().__attrs_post_init__()

    @classmethod
    def of(cls, series: KpiSeries, period: Period, **fields: Any) -> Self:  # noqa: ANN401 - the other fields
        """Return the fact that a KPI had its value for one of its periods, as of its day.

        Args:
            series: The values of the KPI.
            period: One of its periods.
            **fields: The fields that the series does not tell: scope, scope_id, policy,
                policy_version, fingerprint, recorded_at.

        Raises:
            InvalidValueError: If the period is none of the series, only some customers counted
                in it, or it is of a part of the business that it names itself.
        """
        if series.where is not None:
            rule = "be of all customers, because a scope names no criterion"
            raise InvalidValueError("series", repr(series), rule)
        if series.scope:
            rule = "be told apart by no dimension, because scope and scope_id say whose it is"
            raise InvalidValueError("series", repr(series), rule)
        return cls(
            as_of=series.as_of,
            kpi=series.kpi.id,
            definition_version=series.definition_in(period).version,
            period_start=period.start,
            period_end=period.end,
            unit=series.kpi.unit,
            currency=series.currency,
            stated_days=series.stated_days,
            **_columns(series.at(period)),
            **fields,
        )

    @property
    def whose(self) -> str:
        """Whose figure it is, as ``member:wei``."""
        return str(self.scope) if self.scope_id is None else f"{self.scope}:{self.scope_id}"

    @property
    def period(self) -> Period:
        """The days that it is about."""
        return Period(self.period_start, self.period_end)

    @property
    def value(self) -> Value | Undefined:
        """The value with all that it rests on, or why there is none."""
        if self.number is None or self.n is None:
            return Undefined(self.reason or Reason.NO_DATA, self.detail or Phrase("", ""))
        return Value(
            number=self.number,
            numerator=self.numerator,
            denominator=self.denominator,
            n=self.n,
            missing=self.missing or 0,
            interval=self.interval,
            period=self.period,
            as_of=self.as_of,
            definition=self.kpi,
            version=self.definition_version,
        )

    def _key(self) -> tuple[str, ...]:
        return (self.subject,)

    @property
    def outcome(self) -> object:
        """The number, or the reason why there is none."""
        return self.reason if self.number is None else self.number


def _columns(value: Value | Undefined) -> dict[str, Any]:
    if isinstance(value, Undefined):
        return {"reason": value.reason, "detail": value.detail}
    return {
        "number": value.number,
        "numerator": value.numerator,
        "denominator": value.denominator,
        "n": value.n,
        "missing": value.missing,
        "interval": value.interval,
    }
