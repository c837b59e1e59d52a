"""K20 to K24: what customers are worth, how loyal they are, and how much of their money stays."""

from __future__ import annotations

from typing import Final, Literal

from crmcore.criteria import F
from crmcore.kernel import Phrase
from crmcore.market import CostKind
from crmcore.measures import (
    Concentration,
    Cumulative,
    Derived,
    Distinct,
    LikeForLike,
    Measure,
    Ratio,
    Sum,
)

from ._kpi import Direction, Kpi, KpiGroup, KpiId, Unit
from ._retention import (
    AMOUNT_GROWTH,
    CUSTOMER_BASE,
    ORDERED,
    PURCHASE_FREQUENCY,
    REPEAT_RATE,
    RETENTION_RATE,
)
from ._satisfaction import NET_PROMOTER_SCORE

_GUPTA_LEHMANN: Final = (
    "S. Gupta, D. R. Lehmann, Customers as Assets, Journal of Interactive Marketing 17(1), 2003"
)
_SUBSCRIPTIONS: Final = "customary accounting of subscriptions"
_MARGIN_SAID: Final = Phrase(
    "sales amounts less refunds and less the costs of goods", "销售额减去退款和商品成本"
)
_BEFORE: Final = Phrase(
    "what customers paid in the period before, less refunds", "客户在上期支付的金额减去退款"
)

_SALES: Final = Sum("amount.amount", source="purchases")
_GOODS: Final = Sum("amount.amount", F.kind == CostKind.GOODS, source="costs")
_BUYERS: Final = Distinct("customer", ORDERED, source="purchases")
_MARGIN: Final = Derived("difference", (_SALES, _GOODS))
_MARGIN_PER_CUSTOMER: Final = Derived("quotient", (_MARGIN, CUSTOMER_BASE.measure))


def _paid(part: Literal["now", "before", "kept"]) -> LikeForLike:
    """Return what those with orders in the period before came to, then or now."""
    return LikeForLike(
        "amount.amount",
        "customer",
        part=part,
        among="before",
        present=ORDERED,
        source="purchases",
    )


def _lifetime_value(code: str, timing: str, name: Phrase, numerator: Phrase, said: Phrase) -> Kpi:
    return Kpi(
        id=KpiId(f"lifetime_value_{timing}"),
        code=code,
        name=name,
        group=KpiGroup.RETENTION,
        unit=Unit.MONEY,
        direction=Direction.HIGHER,
        measure=Derived(
            f"lifetime_value_{timing}",
            (_MARGIN_PER_CUSTOMER, RETENTION_RATE.measure),
            given=(("discount", "discount_rate"),),
        ),
        numerator=numerator,
        denominator=Phrase(
            "1 plus the discount rate less the retention rate", "1加折现率减客户保留率"
        ),
        definition=Phrase(
            f"{said.en} The margin is the sales amount less the costs of goods, divided by the "
            "customers active at the end of the period; margin, retention rate and the stated "
            "discount rate are those of one period and are taken to last. The cost of winning a "
            "customer is not taken off. Where everybody stays and nothing is discounted there is "
            "no value.",
            f"{said.zh}毛利为销售额减去商品成本，除以期末活跃客户数；毛利、客户保留率和规定的折现率均以一个周期"
            "计，并假定保持不变。不扣除获客成本。若客户全部保留且不折现，则不给出数值。",
        ),
        source=_GUPTA_LEHMANN,
    )


HISTORIC_VALUE: Final = Kpi(
    id=KpiId("historic_value"),
    code="K20c",
    name=Phrase("historic customer value", "客户历史价值"),
    group=KpiGroup.RETENTION,
    unit=Unit.MONEY,
    direction=Direction.HIGHER,
    measure=Derived(
        "quotient",
        (Derived("difference", (Cumulative(_SALES), Cumulative(_GOODS))), Cumulative(_BUYERS)),
    ),
    numerator=Phrase("the margin from the first record on", "自有记录以来的累计毛利"),
    denominator=Phrase("customers who have ever ordered", "曾经下单的客户数"),
    definition=Phrase(
        "What a customer has brought so far, on average: sales amounts less refunds and costs of "
        "goods, from the first record to the end of the period, divided by all customers who "
        "have ordered by then, whether they are still active or not. It forecasts nothing.",
        "客户平均已带来的价值：自有记录以来至期末的销售额减去退款和商品成本，除以截至期末曾经下单的全部客户数"
        "（无论是否仍活跃）。本指标不作预测。",
    ),
    source=f"the sum of past margins, as opposed to the forecast of {_GUPTA_LEHMANN}",
)

CONTRIBUTION: Final = Kpi(
    id=KpiId("contribution"),
    code="K21",
    name=Phrase("customer contribution", "客户贡献度"),
    group=KpiGroup.RETENTION,
    unit=Unit.MONEY,
    direction=Direction.HIGHER,
    measure=_MARGIN,
    numerator=_MARGIN_SAID,
    definition=Phrase(
        "The margin that customers brought in the period: sales amounts less refunds and less "
        "the costs of goods. By customer it is the contribution of each, and the contributions "
        "add up to that of all as far as costs name their customer. It may be below 0. "
        "Where no costs are recorded at all there is no margin.",
        "客户在本期带来的毛利：销售额减去退款和商品成本。按客户分组即为每位客户的贡献，在成本注明客户的范围内"
        "各客户之和等于总额。可小于0。完全没有成本记录时不给出数值。",
    ),
    source="our own; gross margin as in customary accounting",
)

CONCENTRATION: Final = Kpi(
    id=KpiId("sales_concentration"),
    code="K21b",
    name=Phrase("share of the top fifth of customers", "前20%客户贡献占比"),
    group=KpiGroup.RETENTION,
    unit=Unit.SHARE,
    direction=Direction.TARGET,
    measure=Concentration("amount.amount", "customer", source="purchases"),
    numerator=Phrase("what the fifth that paid most paid", "付款最多的五分之一客户支付的金额"),
    denominator=Phrase("what all customers paid, less refunds", "全部客户支付的金额减去退款"),
    definition=Phrase(
        "What the fifth of the customers of the period that paid most paid, less refunds, "
        "divided by what all of them paid; the number of the fifth is rounded up. A high share "
        "is a strength and a risk at once, so it has a target and no direction. Where the total "
        "is 0 or less there is no share; where some got more back than they paid, it may exceed 1.",
        "本期付款最多的五分之一客户（人数向上取整）支付的金额（扣除退款）除以全部客户支付的金额。占比高既是"
        "优势也是风险，因此以达标为准，不论升降。总额小于或等于0时不给出数值；部分客户的退款多于付款时，占比可大于1。",
    ),
    source="our own, after the rule that V. Pareto's name stands for: few bring most",
)


def _rescaled(kpi: Kpi, low: str, high: str) -> Measure:
    return Derived("rescale", (kpi.measure,), given=(("low", low), ("high", high)))


LOYALTY_INDEX: Final = Kpi(
    id=KpiId("loyalty_index"),
    code="K22",
    name=Phrase("loyalty index", "客户忠诚度"),
    group=KpiGroup.RETENTION,
    unit=Unit.INDEX,
    direction=Direction.HIGHER,
    measure=Derived(
        "weighted_mean",
        (
            _rescaled(REPEAT_RATE, "0", "1"),
            _rescaled(PURCHASE_FREQUENCY, "1", "3"),
            _rescaled(AMOUNT_GROWTH, "-0.5", "0.5"),
            _rescaled(NET_PROMOTER_SCORE, "-100", "100"),
        ),
    ),
    numerator=Phrase("the sum of the parts, each on 0 to 100", "各组成部分换算为0至100后的总和"),
    denominator=Phrase("the parts with a value", "有数值的组成部分数"),
    definition=Phrase(
        "The mean of four figures, each put on 0 to 100 and cut off there: repeat purchase rate "
        "from 0 % to 100 %, purchase frequency from 1 to 3 orders, purchase amount growth of the "
        "same customers from -50 % to +50 %, and net promoter score from -100 to 100. A part "
        "without a value drops out, and the index says that one is missing. It says little "
        "without its parts: read them beside it.",
        "四项指标换算为0至100（超出部分截断）后的平均值：复购率（0%至100%）、购买频率（1至3单）、同一客户购买"
        "金额增长率（-50%至+50%）、净推荐值（-100至100）。没有数值的组成部分不计入，并在结果中注明缺失的部分。"
        "离开各组成部分单独解读意义有限，应一并列出。",
    ),
    source="our own",
)

NET_REVENUE_RETENTION: Final = Kpi(
    id=KpiId("net_revenue_retention"),
    code="K23",
    name=Phrase("net revenue retention", "净收入留存率"),
    group=KpiGroup.RETENTION,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Ratio(_paid("now"), _paid("before")),
    numerator=Phrase("what the same customers paid in the period", "同一批客户在本期支付的金额"),
    denominator=_BEFORE,
    definition=Phrase(
        "Among the customers with orders in the period just before: what they paid in this "
        "period less refunds, divided by what they paid then. Those who stopped count with 0, "
        "those who are new do not count, so that it is above 100 % where growth outweighs loss.",
        "在上一期有订单的客户中，本期支付金额（扣除退款）除以上期支付金额。已停止购买者以0计入，新客户不计入；"
        "增购超过流失时可大于100%。",
    ),
    source=_SUBSCRIPTIONS,
)

GROSS_REVENUE_RETENTION: Final = Kpi(
    id=KpiId("gross_revenue_retention"),
    code="K24",
    name=Phrase("gross revenue retention", "毛收入留存率"),
    group=KpiGroup.RETENTION,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Ratio(_paid("kept"), _paid("before")),
    numerator=Phrase(
        "what they paid in the period, of each at most what it paid before",
        "同一批客户在本期支付的金额，每位客户以上期金额为上限",
    ),
    denominator=_BEFORE,
    definition=Phrase(
        "As net revenue retention, but of each customer no more counts than what it paid in the "
        "period before, so that one who buys more cannot hide one who left. It is never above "
        "100 %.",
        "同净收入留存率，但每位客户的本期金额以其上期金额为上限，使增购不能掩盖流失。本指标不超过100%。",
    ),
    source=_SUBSCRIPTIONS,
)

VALUE: Final[tuple[Kpi, ...]] = (
    _lifetime_value(
        "K20",
        "after",
        Phrase("customer lifetime value, paid afterwards", "客户生命周期价值（期末收款）"),
        Phrase("margin times retention rate", "毛利乘以客户保留率"),
        Phrase(
            "The discounted margin expected from a customer, where the first margin comes after "
            "one period and only from those who stay: margin times retention rate, divided by 1 "
            "plus the discount rate less the retention rate.",
            "预期从一位客户获得的毛利的折现值，首笔毛利在一个周期之后、且仅来自留存客户：毛利乘以客户保留率，"
            "除以“1加折现率减客户保留率”。",
        ),
    ),
    _lifetime_value(
        "K20b",
        "at_once",
        Phrase("customer lifetime value, paid at once", "客户生命周期价值（期初收款）"),
        Phrase("margin times 1 plus the discount rate", "毛利乘以“1加折现率”"),
        Phrase(
            "The discounted margin expected from a customer, where the first margin comes at "
            "once: margin times 1 plus the discount rate, divided by 1 plus the discount rate "
            "less the retention rate. It exceeds the value of margins that come afterwards by "
            "just one margin.",
            "预期从一位客户获得的毛利的折现值，首笔毛利立即取得：毛利乘以“1加折现率”，除以“1加折现率减客户"
            "保留率”。比期末收款的价值恰好多一笔毛利。",
        ),
    ),
    HISTORIC_VALUE,
    CONTRIBUTION,
    CONCENTRATION,
    LOYALTY_INDEX,
    NET_REVENUE_RETENTION,
    GROSS_REVENUE_RETENTION,
)
"""The figures of this module, by code."""
