"""K15 to K19, K25 and K26: which customers stay, how often they come back, and who is there."""

from __future__ import annotations

from typing import Final, Literal

from crmcore.criteria import F
from crmcore.kernel import Phrase
from crmcore.measures import (
    Both,
    Conversion,
    Count,
    Cumulative,
    Derived,
    Distinct,
    LikeForLike,
    Ratio,
)

from ._kpi import Direction, Kpi, KpiGroup, KpiId, Unit

ACCOUNTING: Final = "customary customer accounting: opening + new - lost = closing"
FARRIS: Final = "P. W. Farris et al., Marketing Metrics (Pearson, 3rd ed. 2015)"

ORDERED: Final = F.refund.is_false()
"""Holds for purchases that are orders, which refunds are not."""

_BUYERS: Final = Distinct("customer", ORDERED, source="purchases")
AT_START: Final = Cumulative(_BUYERS, days="active_days", until="start")
"""The customers who are active when the period begins."""

AT_END: Final = Cumulative(_BUYERS, days="active_days", until="end")
"""The customers who are active when it ends."""

STAYED: Final = Both(AT_START, AT_END)
"""The customers who are active at both moments."""

OPENING: Final = Phrase("customers active at the start of the period", "期初活跃客户数")
_KEPT: Final = Phrase("of these, customers still active at its end", "其中期末仍活跃的客户数")
_LOST: Final = Phrase("of these, customers no longer active at its end", "其中期末不再活跃的客户数")


def _paid(part: Literal["now", "before"]) -> LikeForLike:
    """Return what the customers with orders in both periods paid, less refunds."""
    return LikeForLike("amount.amount", "customer", part, present=ORDERED, source="purchases")


RETENTION_RATE: Final = Kpi(
    id=KpiId("retention_rate"),
    code="K15",
    name=Phrase("customer retention rate", "客户保留率"),
    group=KpiGroup.RETENTION,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Ratio(STAYED, AT_START, proportion=True),
    numerator=_KEPT,
    denominator=OPENING,
    definition=Phrase(
        "The share of the customers active at the start of the period who are active at its "
        "end. Active at a moment means at least one order within the stated number of days "
        "before it. Nobody who came during the period counts.",
        "期初活跃客户中期末仍活跃者所占比例。某一时点的活跃客户，是指在该时点之前规定天数内至少下过"
        "一次订单的客户。本期新增的客户不计入。",
    ),
    source=ACCOUNTING,
)

CHURN_RATE: Final = Kpi(
    id=KpiId("churn_rate"),
    code="K16",
    name=Phrase("customer churn rate", "客户流失率"),
    group=KpiGroup.RETENTION,
    unit=Unit.SHARE,
    direction=Direction.LOWER,
    measure=Derived("complement", (RETENTION_RATE.measure,)),
    numerator=_LOST,
    denominator=OPENING,
    definition=Phrase(
        "The share of the customers active at the start of the period who are no longer active "
        "at its end: 1 less the retention rate, on the same base. Whoever comes back in a later "
        "period was lost in this one all the same.",
        "期初活跃客户中期末不再活跃者所占比例，即1减去同一基数的客户保留率。客户在以后的周期重新购买，"
        "不改变其在本期已流失的事实。",
    ),
    source=ACCOUNTING,
)

REPEAT_RATE: Final = Kpi(
    id=KpiId("repeat_rate"),
    code="K17",
    name=Phrase("repeat purchase rate", "复购率"),
    group=KpiGroup.RETENTION,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Conversion(
        "customer",
        ORDERED,
        ORDERED,
        days="repeat_days",
        first=True,
        later_day=True,
        whole=True,
        source="purchases",
    ),
    numerator=Phrase(
        "of these, customers who ordered again within the stated days after their first order",
        "其中在首次下单后规定天数内再次下单的客户数",
    ),
    denominator=Phrase("customers whose first order falls in the period", "在本期首次下单的客户数"),
    definition=Phrase(
        "The share of the customers whose first order falls in the period who ordered again on "
        "a later day, within the stated number of days after that first day. Everybody gets the "
        "same number of days, so there is no value until the last of them has had all of these.",
        "在本期首次下单的客户中，于首次下单日之后规定天数内的另一日再次下单者所占比例。每位客户的观察"
        "天数相同；在最后一位客户的观察期结束之前不给出数值。",
    ),
    source=FARRIS,
)

PURCHASE_FREQUENCY: Final = Kpi(
    id=KpiId("purchase_frequency"),
    code="K18",
    name=Phrase("purchase frequency", "购买频率"),
    group=KpiGroup.RETENTION,
    unit=Unit.RATE,
    direction=Direction.HIGHER,
    measure=Ratio(
        Count(ORDERED, source="purchases"), Distinct("customer", ORDERED, source="purchases")
    ),
    numerator=Phrase("orders in the period", "本期订单数"),
    denominator=Phrase("customers with an order in the period", "本期有订单的客户数"),
    definition=Phrase(
        "Orders divided by the customers who placed them, within the period. Refunds are no "
        "orders. A longer period has its own frequency: its customers are counted once.",
        "本期订单数除以本期下单的客户数。退款不计为订单。较长周期需重新计算，每位客户只计一次。",
    ),
    source=FARRIS,
)

AMOUNT_GROWTH: Final = Kpi(
    id=KpiId("amount_growth"),
    code="K19",
    name=Phrase("purchase amount growth, same customers", "购买金额增长率（同一客户）"),
    group=KpiGroup.RETENTION,
    unit=Unit.CHANGE,
    direction=Direction.HIGHER,
    measure=Derived("growth", (_paid("now"), _paid("before"))),
    numerator=Phrase("what these customers paid more than before", "同一批客户比上期多付的金额"),
    denominator=Phrase(
        "what the customers with orders in both periods paid in the one before",
        "前后两期均有订单的客户在上期支付的金额",
    ),
    definition=Phrase(
        "Among the customers with orders in the period and in the one just before: what they "
        "paid less refunds, divided by the same for the period before, less 1. Who is new or "
        "has stopped does not count here.",
        "在本期与上一期均有订单的客户中，本期实付金额（扣除退款）除以上期实付金额再减1。新客户和已停止"
        "购买的客户不计入。",
    ),
    source="like-for-like comparison, as of the same shops in retailing",
)

CUSTOMER_BASE: Final = Kpi(
    id=KpiId("customer_base"),
    code="K25",
    name=Phrase("customer base", "客户总量"),
    group=KpiGroup.RETENTION,
    unit=Unit.CUSTOMERS,
    direction=Direction.HIGHER,
    measure=AT_END,
    numerator=Phrase("customers active at the end of the period", "期末活跃客户数"),
    definition=Phrase(
        "How many customers are active at the end of the period: with at least one order within "
        "the stated number of days before it.",
        "期末活跃客户数，即在期末之前规定天数内至少下过一次订单的客户数。",
    ),
    source=ACCOUNTING,
)

CUSTOMERS_KEPT: Final = Kpi(
    id=KpiId("customers_kept"),
    code="K26",
    name=Phrase("existing customers kept", "老客户保有数"),
    group=KpiGroup.RETENTION,
    unit=Unit.CUSTOMERS,
    direction=Direction.HIGHER,
    measure=STAYED,
    numerator=Phrase(
        "customers active both at the start and at the end of the period",
        "期初和期末均活跃的客户数",
    ),
    definition=Phrase(
        "How many of the customers active at the start of the period are active at its end: the "
        "upper part of the retention rate. A longer period has another start and is counted "
        "anew.",
        "期初活跃客户中期末仍活跃的客户数，即客户保留率的分子。较长周期的期初不同，需重新统计。",
    ),
    source=ACCOUNTING,
)

RETENTION: Final[tuple[Kpi, ...]] = (
    RETENTION_RATE,
    CHURN_RATE,
    REPEAT_RATE,
    PURCHASE_FREQUENCY,
    AMOUNT_GROWTH,
    CUSTOMER_BASE,
    CUSTOMERS_KEPT,
)
