"""The catalogue: the KPIs that purchases alone can answer, each with its definition.

The codes are those under which the catalogue lists the whole field; what needs surveys,
requests, costs or the market has its place there and is not computed from purchases.
"""

from __future__ import annotations

from typing import Final

from crmcore.errors import UnknownNameError
from crmcore.kernel import Phrase
from crmcore.measures import Additivity

from ._kpi import Direction, Kpi, KpiGroup, KpiId, Unit

_ACCOUNTING = "customary customer accounting: opening + new - lost = closing"
_FARRIS = "P. W. Farris et al., Marketing Metrics (Pearson, 3rd ed. 2015)"

_OPENING = Phrase("customers active at the start of the period", "期初活跃客户数")
_KEPT = Phrase("of these, customers still active at its end", "其中期末仍活跃的客户数")
_LOST = Phrase("of these, customers no longer active at its end", "其中期末不再活跃的客户数")
_NEW = Phrase("customers whose first order falls in the period", "在本期首次下单的客户数")
_SALES = Phrase("amounts paid less refunds in the period", "本期实收金额减去退款")

RETENTION_RATE: Final = Kpi(
    id=KpiId("retention_rate"),
    code="K15",
    name=Phrase("customer retention rate", "客户保留率"),
    group=KpiGroup.RETENTION,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    over_time=Additivity.NON_ADDITIVE,
    is_proportion=True,
    numerator=_KEPT,
    denominator=_OPENING,
    definition=Phrase(
        "The share of the customers active at the start of the period who are active at its "
        "end. Active at a moment means at least one order within the stated number of days "
        "before it. Nobody who came during the period counts.",
        "期初活跃客户中期末仍活跃者所占比例。某一时点的活跃客户，是指在该时点之前规定天数内至少下过"
        "一次订单的客户。本期新增的客户不计入。",
    ),
    source=_ACCOUNTING,
)

CHURN_RATE: Final = Kpi(
    id=KpiId("churn_rate"),
    code="K16",
    name=Phrase("customer churn rate", "客户流失率"),
    group=KpiGroup.RETENTION,
    unit=Unit.SHARE,
    direction=Direction.LOWER,
    over_time=Additivity.NON_ADDITIVE,
    is_proportion=True,
    numerator=_LOST,
    denominator=_OPENING,
    definition=Phrase(
        "The share of the customers active at the start of the period who are no longer active "
        "at its end: 1 less the retention rate, on the same base. Whoever comes back in a later "
        "period was lost in this one all the same.",
        "期初活跃客户中期末不再活跃者所占比例，即1减去同一基数的客户保留率。客户在以后的周期重新购买，"
        "不改变其在本期已流失的事实。",
    ),
    source=_ACCOUNTING,
)

REPEAT_RATE: Final = Kpi(
    id=KpiId("repeat_rate"),
    code="K17",
    name=Phrase("repeat purchase rate", "复购率"),
    group=KpiGroup.RETENTION,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    over_time=Additivity.NON_ADDITIVE,
    parts_add=True,
    is_proportion=True,
    numerator=Phrase(
        "of these, customers who ordered again within the stated days after their first order",
        "其中在首次下单后规定天数内再次下单的客户数",
    ),
    denominator=_NEW,
    definition=Phrase(
        "The share of the customers whose first order falls in the period who ordered again on "
        "a later day, within the stated number of days after that first day. Everybody gets the "
        "same number of days, so there is no value until the last of them has had all of these.",
        "在本期首次下单的客户中，于首次下单日之后规定天数内的另一日再次下单者所占比例。每位客户的观察"
        "天数相同；在最后一位客户的观察期结束之前不给出数值。",
    ),
    source=_FARRIS,
)

PURCHASE_FREQUENCY: Final = Kpi(
    id=KpiId("purchase_frequency"),
    code="K18",
    name=Phrase("purchase frequency", "购买频率"),
    group=KpiGroup.RETENTION,
    unit=Unit.RATE,
    direction=Direction.HIGHER,
    over_time=Additivity.NON_ADDITIVE,
    numerator=Phrase("orders in the period", "本期订单数"),
    denominator=Phrase("customers with an order in the period", "本期有订单的客户数"),
    definition=Phrase(
        "Orders divided by the customers who placed them, within the period. Refunds are no "
        "orders. A longer period has its own frequency: its customers are counted once.",
        "本期订单数除以本期下单的客户数。退款不计为订单。较长周期需重新计算，每位客户只计一次。",
    ),
    source=_FARRIS,
)

AMOUNT_GROWTH: Final = Kpi(
    id=KpiId("amount_growth"),
    code="K19",
    name=Phrase("purchase amount growth, same customers", "购买金额增长率（同一客户）"),
    group=KpiGroup.RETENTION,
    unit=Unit.CHANGE,
    direction=Direction.HIGHER,
    over_time=Additivity.NON_ADDITIVE,
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
    over_time=Additivity.SEMI_ADDITIVE,
    numerator=Phrase("customers active at the end of the period", "期末活跃客户数"),
    definition=Phrase(
        "How many customers are active at the end of the period: with at least one order within "
        "the stated number of days before it.",
        "期末活跃客户数，即在期末之前规定天数内至少下过一次订单的客户数。",
    ),
    source=_ACCOUNTING,
)

CUSTOMERS_KEPT: Final = Kpi(
    id=KpiId("customers_kept"),
    code="K26",
    name=Phrase("existing customers kept", "老客户保有数"),
    group=KpiGroup.RETENTION,
    unit=Unit.CUSTOMERS,
    direction=Direction.HIGHER,
    over_time=Additivity.NON_ADDITIVE,
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
    source=_ACCOUNTING,
)

NEW_CUSTOMERS: Final = Kpi(
    id=KpiId("new_customers"),
    code="K27",
    name=Phrase("new customers", "新客户数量"),
    group=KpiGroup.SALES,
    unit=Unit.CUSTOMERS,
    direction=Direction.HIGHER,
    over_time=Additivity.ADDITIVE,
    numerator=_NEW,
    definition=Phrase(
        "How many customers placed their first order in the period, as far back as the records "
        "go. Whoever comes back after a pause is not new.",
        "在本期首次下单的客户数（以现有记录为限）。中断后重新购买的客户不是新客户。",
    ),
    source=_ACCOUNTING,
)

ACQUISITION_RATE: Final = Kpi(
    id=KpiId("acquisition_rate"),
    code="K28",
    name=Phrase("acquisition rate", "新客户获取率"),
    group=KpiGroup.SALES,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    over_time=Additivity.NON_ADDITIVE,
    numerator=_NEW,
    denominator=_OPENING,
    definition=Phrase(
        "New customers of the period divided by the customers active at its start. It may be "
        "above 1 while a business is young.",
        "本期新客户数除以期初活跃客户数。业务初创时可大于1。",
    ),
    source=_ACCOUNTING,
)

SALES: Final = Kpi(
    id=KpiId("sales"),
    code="K32",
    name=Phrase("sales amount", "销售额"),
    group=KpiGroup.SALES,
    unit=Unit.MONEY,
    direction=Direction.HIGHER,
    over_time=Additivity.ADDITIVE,
    numerator=_SALES,
    definition=Phrase(
        "What customers paid in the period less what went back to them, in one currency. A "
        "refund counts on the day on which it was made.",
        "客户在本期支付的金额减去退款，以同一币种计算。退款计入实际退款当日。",
    ),
    source="amounts as recorded with the purchases; taxes and returns as the records have them",
)

SALES_GROWTH: Final = Kpi(
    id=KpiId("sales_growth"),
    code="K34",
    name=Phrase("sales growth", "销售增长率"),
    group=KpiGroup.SALES,
    unit=Unit.CHANGE,
    direction=Direction.HIGHER,
    over_time=Additivity.NON_ADDITIVE,
    numerator=Phrase("sales amount more than in the period before", "比上期增加的销售额"),
    denominator=Phrase("sales amount of the period before", "上期销售额"),
    definition=Phrase(
        "The sales amount divided by that of the period just before, less 1. Whole calendar "
        "periods are compared as they are, whatever number of days they have.",
        "本期销售额除以上一期销售额再减1。按完整的日历周期比较，不按天数折算。",
    ),
    source=_FARRIS,
)

ORDERS: Final = Kpi(
    id=KpiId("orders"),
    code="K37",
    name=Phrase("orders", "订单数量"),
    group=KpiGroup.SALES,
    unit=Unit.ORDERS,
    direction=Direction.HIGHER,
    over_time=Additivity.ADDITIVE,
    numerator=Phrase("orders in the period", "本期订单数"),
    definition=Phrase(
        "How many purchases were recorded in the period. Refunds are no orders; a purchase of "
        "0.00 is one.",
        "本期记录的购买次数。退款不计为订单，金额为0.00的购买计为订单。",
    ),
    source=_FARRIS,
)

CATALOGUE: Final[tuple[Kpi, ...]] = (
    RETENTION_RATE,
    CHURN_RATE,
    REPEAT_RATE,
    PURCHASE_FREQUENCY,
    AMOUNT_GROWTH,
    CUSTOMER_BASE,
    CUSTOMERS_KEPT,
    NEW_CUSTOMERS,
    ACQUISITION_RATE,
    SALES,
    SALES_GROWTH,
    ORDERS,
)

_BY_NAME: Final = {name: each for each in CATALOGUE for name in (each.id, each.code)}


def kpi(name: str) -> Kpi:
    """Return the KPI of the catalogue with this id, or with this code.

    Raises:
        UnknownNameError: If there is none; the message suggests the nearest.

    .. versionadded:: 0.1.0
    """
    try:
        return _BY_NAME[name]
    except KeyError:
        raise UnknownNameError("KPI", name, _BY_NAME) from None
