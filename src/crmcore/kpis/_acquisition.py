"""Acquisition: what becomes of leads, what a new customer costs, and what keeping one costs.

How many customers are new (K27, K28) is told by purchases, and stands with the sales.
"""

from __future__ import annotations

from typing import Final

from crmcore.criteria import F
from crmcore.kernel import Phrase
from crmcore.market import CostKind
from crmcore.measures import Count, Derived, InTime, Previous, Ratio, Sum

from ._interaction import RELATIONSHIP_COST
from ._kpi import Direction, Kpi, KpiGroup, KpiId, Unit
from ._moments import happened
from ._retention import FARRIS
from ._sales import NEW_CUSTOMERS, NEWCOMERS

_WINNING_COST = Sum(
    "amount",
    where=F.kind.in_([CostKind.NEW_MARKETING, CostKind.SALES]),
    source="costs",
)

CONVERSION_RATE: Final = Kpi(
    id=KpiId("conversion_rate"),
    code="K29",
    name=Phrase("lead conversion rate", "线索转化率"),
    group=KpiGroup.SALES,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=InTime(
        since="created_at",
        done="converted_at",
        days="conversion_days",
        mature=True,
        source="leads",
    ),
    numerator=Phrase(
        "of these, leads that became customers within the stated days",
        "其中在规定天数内转化为客户的线索数",
    ),
    denominator=Phrase(
        "leads created in the period whose stated days have passed",
        "本期创建且观察期已满的线索数",
    ),
    definition=Phrase(
        "The share of the leads created in the period that became customers within the stated "
        "number of days after their creation. A lead whose days have not all passed is left out, "
        "even where it has converted already; a conversion after its days counts as none. It "
        "belongs to the period of its creation, whenever it converts.",
        "本期创建的线索中，在创建后规定天数内转化为客户者所占比例。观察期未满的线索即使已转化也不计入；"
        "超过规定天数的转化视为未转化。线索归属其创建的周期，与何时转化无关。",
    ),
    source="a cohort conversion: an entity, a base event, a converting event and a window, as in "
    "the conversion metrics of dbt's MetricFlow",
)

CONVERSION_FLOW: Final = Kpi(
    id=KpiId("conversion_flow"),
    code="K29b",
    name=Phrase("conversions to new leads", "转化数与新增线索数之比"),
    group=KpiGroup.SALES,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Derived("quotient", (happened("converted_at", "leads"), Count(source="leads"))),
    numerator=Phrase(
        "leads converted in the period, whenever they were created",
        "本期转化的线索数，不论何时创建",
    ),
    denominator=Phrase("leads created in the period", "本期创建的线索数"),
    definition=Phrase(
        "Leads converted in the period divided by leads created in it. They are not the same "
        "leads: it may be above 1, it rises when fewer leads come, and it carries no interval. It "
        "is told at once, and only beside the conversion rate of the cohort.",
        "本期转化的线索数除以本期创建的线索数。二者不是同一批线索：比值可大于1，新增线索减少时会上升，"
        "且不给出区间。该指标可即时得出，仅作为同期群转化率的补充。",
    ),
    source="the period form of the conversion rate, as sales reports show it",
)

ACQUISITION_COST: Final = Kpi(
    id=KpiId("acquisition_cost"),
    code="K30",
    name=Phrase("customer acquisition cost", "获客成本"),
    group=KpiGroup.SALES,
    unit=Unit.MONEY,
    direction=Direction.LOWER,
    measure=Ratio(_WINNING_COST, NEWCOMERS),
    numerator=Phrase(
        "cost of the period of sales and of marketing to new customers",
        "本期销售成本与面向新客户的营销成本",
    ),
    denominator=NEW_CUSTOMERS.numerator,
    definition=Phrase(
        "The cost of sales work and of marketing to new customers in the period, divided by the "
        "new customers of the same period. Marketing to existing customers, service and the goods "
        "themselves are not among it. Without a new customer there is no value, and the reason "
        "says what was spent all the same.",
        "本期销售成本与面向新客户的营销成本之和，除以同期新客户数。不含面向老客户的营销成本、服务成本和"
        "商品成本。没有新客户时不给出数值，并在原因中注明已支出的成本。",
    ),
    source=FARRIS,
)

ACQUISITION_COST_LAGGED: Final = Kpi(
    id=KpiId("acquisition_cost_lagged"),
    code="K30b",
    name=Phrase(
        "customer acquisition cost, on the cost of the period before", "滞后一期的获客成本"
    ),
    group=KpiGroup.SALES,
    unit=Unit.MONEY,
    direction=Direction.LOWER,
    measure=Derived("quotient", (Previous(_WINNING_COST), NEWCOMERS)),
    numerator=Phrase(
        "cost of the period before of sales and of marketing to new customers",
        "上期销售成本与面向新客户的营销成本",
    ),
    denominator=NEW_CUSTOMERS.numerator,
    definition=Phrase(
        "The acquisition cost with the cost of the period just before over the new customers of "
        "this one: for a business in which it takes about one period to win a customer. In a "
        "longer grain the lag is longer too.",
        "以上一期的获客支出除以本期新客户数，适用于赢得一位客户约需一个周期的业务。统计周期越长，滞后也"
        "越长。",
    ),
    source=FARRIS,
)

ACQUISITION_TO_RETENTION: Final = Kpi(
    id=KpiId("acquisition_to_retention"),
    code="K31",
    name=Phrase("acquisition to retention cost ratio", "获客与保留成本比"),
    group=KpiGroup.SALES,
    unit=Unit.TIMES,
    direction=Direction.TARGET,
    measure=Derived("quotient", (ACQUISITION_COST.measure, RELATIONSHIP_COST.measure)),
    numerator=Phrase("cost of one new customer", "每位新客户的获客成本"),
    denominator=Phrase("relationship cost of one kept customer", "每位保留客户的关系维护成本"),
    definition=Phrase(
        "How many times the relationship cost of one kept customer one new customer costs, both "
        "in the same period. That it be five is a saying and no constant: it is measured here, "
        "and where one of the two costs has no value, neither has it.",
        "同期内每位新客户的获客成本是每位保留客户关系维护成本的多少倍。“五倍”只是一种说法而非常数，此处"
        "按实际数据计算；两项成本中任一项没有数值时，本指标也没有数值。",
    ),
    source="the quotient of K30 and K52, our own",
)

ACQUISITION: Final[tuple[Kpi, ...]] = (
    CONVERSION_RATE,
    CONVERSION_FLOW,
    ACQUISITION_COST,
    ACQUISITION_COST_LAGGED,
    ACQUISITION_TO_RETENTION,
)
