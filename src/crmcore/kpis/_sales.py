"""K27, K28, K32 to K34 and K37: new customers, sales and orders, as purchases tell them."""

from __future__ import annotations

from typing import Final

from crmcore.criteria import F
from crmcore.kernel import Phrase
from crmcore.measures import Count, Derived, Newcomers, Previous, Ratio, Sum

from ._kpi import Direction, Kpi, KpiGroup, KpiId, Unit
from ._retention import ACCOUNTING, AT_START, FARRIS, OPENING, ORDERED

NEWCOMERS: Final = Newcomers("customer", ORDERED, source="purchases")
"""The customers whose first order falls in the period."""

AMOUNTS: Final = Sum("amount.amount", source="purchases")
"""What customers paid, less refunds."""

_NEW: Final = Phrase("customers whose first order falls in the period", "在本期首次下单的客户数")
_SALES: Final = Phrase("amounts paid less refunds in the period", "本期实收金额减去退款")

NEW_CUSTOMERS: Final = Kpi(
    id=KpiId("new_customers"),
    code="K27",
    name=Phrase("new customers", "新客户数量"),
    group=KpiGroup.SALES,
    unit=Unit.CUSTOMERS,
    direction=Direction.HIGHER,
    measure=NEWCOMERS,
    numerator=_NEW,
    definition=Phrase(
        "How many customers placed their first order in the period, as far back as the records "
        "go. Whoever comes back after a pause is not new.",
        "在本期首次下单的客户数（以现有记录为限）。中断后重新购买的客户不是新客户。",
    ),
    source=ACCOUNTING,
)

ACQUISITION_RATE: Final = Kpi(
    id=KpiId("acquisition_rate"),
    code="K28",
    name=Phrase("acquisition rate", "新客户获取率"),
    group=KpiGroup.SALES,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Ratio(NEWCOMERS, AT_START),
    numerator=_NEW,
    denominator=OPENING,
    definition=Phrase(
        "New customers of the period divided by the customers active at its start. It may be "
        "above 1 while a business is young.",
        "本期新客户数除以期初活跃客户数。业务初创时可大于1。",
    ),
    source=ACCOUNTING,
)

SALES_AMOUNT: Final = Kpi(
    id=KpiId("sales"),
    code="K32",
    name=Phrase("sales amount", "销售额"),
    group=KpiGroup.SALES,
    unit=Unit.MONEY,
    direction=Direction.HIGHER,
    measure=AMOUNTS,
    numerator=_SALES,
    definition=Phrase(
        "What customers paid in the period less what went back to them, in one currency. A "
        "refund counts on the day on which it was made.",
        "客户在本期支付的金额减去退款，以同一币种计算。退款计入实际退款当日。",
    ),
    source="amounts as recorded with the purchases; taxes and returns as the records have them",
)

SALES_ATTAINMENT: Final = Kpi(
    id=KpiId("sales_attainment"),
    code="K33",
    name=Phrase("sales target attainment", "销售目标达成率"),
    group=KpiGroup.SALES,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Ratio(AMOUNTS, Sum("amount", F.name == "sales_target", until="end", source="figures")),
    numerator=_SALES,
    denominator=Phrase("sales target of the same days", "同期销售目标"),
    definition=Phrase(
        "The sales amount divided by what was aimed at, which the dated figures called "
        "sales_target say whose days all lie in the period: those of months make a quarter, but "
        "a year's target says nothing of a month. It may be above 1. Without a target, or with "
        "one of zero, there is no value. Targets must not overlap, and must be in the currency of "
        "the sales.",
        "本期销售额除以销售目标。销售目标取名为sales_target、且起止日期全部落在本期内的数据：各月目标可"
        "合成季度目标，但年度目标不能用于单月。可大于1。没有目标或目标为零时不给出数值。各项目标不得重叠，"
        "币种须与销售额一致。",
    ),
    source="our own targets, each with its date; " + FARRIS,
)

SALES_GROWTH: Final = Kpi(
    id=KpiId("sales_growth"),
    code="K34",
    name=Phrase("sales growth", "销售增长率"),
    group=KpiGroup.SALES,
    unit=Unit.CHANGE,
    direction=Direction.HIGHER,
    measure=Derived("growth", (AMOUNTS, Previous(AMOUNTS))),
    numerator=Phrase("sales amount more than in the period before", "比上期增加的销售额"),
    denominator=Phrase("sales amount of the period before", "上期销售额"),
    definition=Phrase(
        "The sales amount divided by that of the period just before, less 1. Whole calendar "
        "periods are compared as they are, whatever number of days they have.",
        "本期销售额除以上一期销售额再减1。按完整的日历周期比较，不按天数折算。",
    ),
    source=FARRIS,
)

ORDERS: Final = Kpi(
    id=KpiId("orders"),
    code="K37",
    name=Phrase("orders", "订单数量"),
    group=KpiGroup.SALES,
    unit=Unit.ORDERS,
    direction=Direction.HIGHER,
    measure=Count(ORDERED, source="purchases"),
    numerator=Phrase("orders in the period", "本期订单数"),
    definition=Phrase(
        "How many purchases were recorded in the period. Refunds are no orders; a purchase of "
        "0.00 is one.",
        "本期记录的购买次数。退款不计为订单，金额为0.00的购买计为订单。",
    ),
    source=FARRIS,
)

SALES: Final[tuple[Kpi, ...]] = (
    NEW_CUSTOMERS,
    ACQUISITION_RATE,
    SALES_AMOUNT,
    SALES_ATTAINMENT,
    SALES_GROWTH,
    ORDERS,
)
