"""Campaigns and channels: what they cost, who answers them, and what they truly add."""

from __future__ import annotations

from typing import Final

from crmcore.criteria import F
from crmcore.kernel import Phrase
from crmcore.market import CostKind
from crmcore.measures import Count, Derived, InTime, Ratio, Sum

from ._kpi import Direction, Kpi, KpiGroup, KpiId, Unit
from ._retention import FARRIS
from ._sales import AMOUNTS, SALES_AMOUNT

_CONTACTS = "campaign_contacts"

_TREATED = F.is_control.is_false()
_CONTROL = F.is_control.is_true()
_KNOWN = F.margin.is_present()
_RESPONDED = F.responded_at.is_present()
_CAMPAIGN_COST = Sum("amount", where=F.campaign.is_present(), source="costs")
_COST_OF_CAMPAIGNS = Phrase("cost recorded for a campaign in the period", "本期记入营销活动的成本")

CHANNEL_COST_RATIO: Final = Kpi(
    id=KpiId("channel_cost_ratio"),
    code="K38",
    name=Phrase("channel performance: cost of selling", "销售渠道绩效：销售成本率"),
    group=KpiGroup.SALES,
    unit=Unit.SHARE,
    direction=Direction.LOWER,
    measure=Ratio(
        Sum(
            "amount",
            where=F.kind.in_([CostKind.NEW_MARKETING, CostKind.EXISTING_MARKETING, CostKind.SALES]),
            source="costs",
        ),
        AMOUNTS,
    ),
    numerator=Phrase("cost of marketing and sales in the period", "本期营销与销售成本"),
    denominator=SALES_AMOUNT.numerator,
    definition=Phrase(
        "What marketing and sales cost in the period for each unit of money sold in it; by "
        "channel, with the sales amount (K32), the orders (K37) and the conversion rate (K29) "
        "beside it by channel too. A purchase, a lead and a cost belong to the one channel that "
        "is recorded with them, and those without one to none, so that the parts are the total; "
        "nothing is divided among several channels.",
        "本期每单位销售额所对应的营销与销售成本。按渠道查看，并同时按渠道查看销售额（K32）、订单数量"
        "（K37）和转化率（K29）。每笔购买、线索和成本归属其记录的唯一渠道，未记录渠道者单列，故各部分"
        "之和等于总额；不在多个渠道之间分摊。",
    ),
    source=f"{FARRIS}; one recorded channel for each record is our own rule",
)

RESPONSE_RATE: Final = Kpi(
    id=KpiId("campaign_response_rate"),
    code="K39",
    name=Phrase("campaign response rate", "营销活动响应率"),
    group=KpiGroup.SALES,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=InTime(
        since="at",
        done="responded_at",
        days="campaign_days",
        mature=True,
        where=_TREATED,
        source=_CONTACTS,
    ),
    numerator=Phrase(
        "of these, contacts answered within the stated days",
        "其中在规定天数内得到响应的联系次数",
    ),
    denominator=Phrase(
        "contacts made in the period whose stated days have passed, without the control group",
        "本期发出且观察期已满的联系次数，不含对照组",
    ),
    definition=Phrase(
        "The share of the contacts that campaigns made in the period which were answered within "
        "the stated number of days. The control group was not contacted and does not count; "
        "neither does a contact whose days have not all passed.",
        "本期营销活动发出的联系中，在规定天数内得到响应者所占比例。对照组未被联系，不计入；观察期未满的"
        "联系也不计入。",
    ),
    source=FARRIS,
)

COST_PER_LEAD: Final = Kpi(
    id=KpiId("cost_per_lead"),
    code="K39b",
    name=Phrase("campaign cost per lead", "营销活动单条线索成本"),
    group=KpiGroup.SALES,
    unit=Unit.MONEY,
    direction=Direction.LOWER,
    measure=Ratio(_CAMPAIGN_COST, Count(where=F.campaign.is_present(), source="leads")),
    numerator=_COST_OF_CAMPAIGNS,
    denominator=Phrase(
        "leads created in the period that name a campaign", "本期创建且注明营销活动的线索数"
    ),
    definition=Phrase(
        "The cost recorded for campaigns in the period divided by the leads created in it that "
        "name a campaign. Without such a lead there is no value, and the reason says what was "
        "spent.",
        "本期记入营销活动的成本除以本期创建且注明营销活动的线索数。没有此类线索时不给出数值，并在原因中"
        "注明已支出的成本。",
    ),
    source=FARRIS,
)

RETURN_ON_CAMPAIGNS: Final = Kpi(
    id=KpiId("return_on_campaigns"),
    code="K39c",
    name=Phrase("return on campaigns", "营销活动投资回报率"),
    group=KpiGroup.SALES,
    unit=Unit.CHANGE,
    direction=Direction.HIGHER,
    measure=Derived(
        "incremental_return",
        (
            Sum("margin", where=_TREATED, source=_CONTACTS),
            Count(where=_TREATED & _KNOWN, source=_CONTACTS),
            Sum("margin", where=_CONTROL, source=_CONTACTS),
            Count(where=_CONTROL & _KNOWN, source=_CONTACTS),
            _CAMPAIGN_COST,
        ),
    ),
    numerator=Phrase(
        "margin of the contacted beyond that of as many of the control group, less the cost",
        "被联系者比同等人数对照组多带来的毛利，减去成本",
    ),
    denominator=_COST_OF_CAMPAIGNS,
    definition=Phrase(
        "The margin of those contacted in the period, less that of as many members of the control "
        "group, less the cost of the campaigns, divided by this cost. Who bought nothing has a "
        "margin of zero; of whom the margin is not known, the campaign tells nothing. Without a "
        "control group there is no value, because nobody knows what would have been sold anyway. "
        "It is told campaign by campaign: several together agree "
        "only where each has the same share of control.",
        "本期被联系者的毛利，减去同等人数对照组的毛利，再减去营销活动成本，除以该成本。未购买者毛利为零；"
        "毛利不明者不计入。没有对照组时不给出数值，因为无从得知不开展活动时的销售情况。本指标按单个活动查看；仅当各活动的"
        "对照组比例相同时才可合并。",
    ),
    source=FARRIS,
)

UPLIFT: Final = Kpi(
    id=KpiId("campaign_uplift"),
    code="K39d",
    name=Phrase("campaign uplift", "营销活动增量响应"),
    group=KpiGroup.SALES,
    unit=Unit.POINTS,
    direction=Direction.HIGHER,
    measure=Derived(
        "uplift",
        (
            Ratio(
                Count(where=_RESPONDED & _TREATED, source=_CONTACTS),
                Count(where=_TREATED, source=_CONTACTS),
                proportion=True,
            ),
            Ratio(
                Count(where=_RESPONDED & _CONTROL, source=_CONTACTS),
                Count(where=_CONTROL, source=_CONTACTS),
                proportion=True,
            ),
        ),
    ),
    numerator=Phrase(
        "share of the contacted who did what was wanted", "被联系者中做出期望行为的比例"
    ),
    denominator=Phrase(
        "less the share of the control group who did so", "减去对照组中做出同样行为的比例"
    ),
    definition=Phrase(
        "The share of those contacted in the period who did what the campaign wanted, less the "
        "share of its control group who did so unasked, in points. An interval that holds zero "
        "means that no effect has been shown. Without a control group there is no value. It is "
        "told campaign by campaign: several together agree only where each has the same share of "
        "control.",
        "本期被联系者中做出活动所期望行为的比例，减去对照组中未经联系而做出同样行为的比例，以百分点表示。"
        "区间包含零表示效果未得到证实。没有对照组时不给出数值。本指标按单个活动查看；仅当各活动的对照组"
        "比例相同时才可合并。",
    ),
    source="R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10, for the interval",
)

COST_PER_RESPONSE: Final = Kpi(
    id=KpiId("cost_per_response"),
    code="K39e",
    name=Phrase("campaign cost per response", "营销活动单次响应成本"),
    group=KpiGroup.SALES,
    unit=Unit.MONEY,
    direction=Direction.LOWER,
    measure=Ratio(
        _CAMPAIGN_COST,
        Count(where=_RESPONDED & _TREATED, source=_CONTACTS),
    ),
    numerator=_COST_OF_CAMPAIGNS,
    denominator=Phrase(
        "contacts made in the period that were answered", "本期发出且得到响应的联系次数"
    ),
    definition=Phrase(
        "The cost recorded for campaigns in the period divided by the contacts made in it that "
        "have been answered so far, however late. What the control group did unasked is no "
        "response.",
        "本期记入营销活动的成本除以本期发出且截至目前已得到响应的联系次数，不论响应早晚。对照组的自发行为"
        "不计为响应。",
    ),
    source=FARRIS,
)

CAMPAIGNS: Final[tuple[Kpi, ...]] = (
    CHANNEL_COST_RATIO,
    RESPONSE_RATE,
    COST_PER_LEAD,
    RETURN_ON_CAMPAIGNS,
    UPLIFT,
    COST_PER_RESPONSE,
)
