"""Costs: what winning, serving and keeping customers costs."""

from __future__ import annotations

from datetime import datetime

import attrs

from crmcore.checks import is_a, is_id, utc
from crmcore.kernel import CustomerId, LabelledEnum, Money

_optional_id = attrs.validators.optional(is_id)


class CostKind(LabelledEnum):
    """What money was spent on.

    .. versionadded:: 0.1.0
    """

    NEW_MARKETING = "new_marketing", "marketing to new customers", "新客户营销"
    EXISTING_MARKETING = "existing_marketing", "marketing to existing customers", "老客户营销"
    SALES = "sales", "sales work", "销售"
    SERVICE = "service", "service", "客户服务"
    GOODS = "goods", "goods sold", "销售成本"
    OTHER = "other", "other costs", "其他"


@attrs.frozen(kw_only=True)
class Cost:
    """Money that was spent.

    Attributes:
        id: The id of the cost.
        kind: What it was spent on.
        at: When it fell due, as an instant.
        amount: How much; below 0 where an earlier cost is put right.
        customer: The customer for whom, if it was for one.
        channel: The channel for which, if it was for one.
        campaign: The campaign for which, if it was for one.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    kind: CostKind = attrs.field(validator=is_a(CostKind))
    at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    amount: Money = attrs.field(validator=is_a(Money))
    customer: CustomerId | None = attrs.field(default=None, validator=_optional_id)
    channel: str | None = attrs.field(default=None, validator=_optional_id)
    campaign: str | None = attrs.field(default=None, validator=_optional_id)
