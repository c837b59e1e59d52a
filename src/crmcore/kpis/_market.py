"""The market: our share of it, how well it knows us, and how far we are from the others.

What happens outside comes in as dated figures, each with its source, and as the answers of
people who need not be customers.
"""

from __future__ import annotations

from typing import Final, Literal

from crmcore.criteria import F
from crmcore.kernel import Phrase
from crmcore.measures import (
    Balance,
    Count,
    Cumulative,
    Derived,
    Distinct,
    Previous,
    Ratio,
    Sum,
)
from crmcore.surveys import Audience

from ._kpi import Direction, Kpi, KpiGroup, KpiId, Unit
from ._ratings import SATISFACTION_SCORE
from ._retention import FARRIS
from ._sales import AMOUNTS, SALES_AMOUNT

_AAKER = "D. A. Aaker, Managing Brand Equity (Free Press, 1991)"

_ASKED_AIDED = (F.item == "aided_awareness") & (F.audience == Audience.MARKET)
_ASKED_UNAIDED = (F.item == "unaided_awareness") & (F.audience == Audience.MARKET)

# Above the worst point of its own scale, be it 0 or 1.
_ABOVE_NONE = F.index > 0


def _peers(over: Literal["highest", "median"]) -> Cumulative:
    """Return what the latest index of each competitor, by the end of the period, comes to."""
    latest = Balance("number", "subject", where=F.name == "peer_index", over=over, source="figures")
    return Cumulative(latest)


MARKET_SHARE: Final = Kpi(
    id=KpiId("market_share"),
    code="K35",
    name=Phrase("market share", "市场份额"),
    group=KpiGroup.SALES,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Ratio(
        AMOUNTS,
        Sum("amount", where=F.name == "market_sales", until="end", source="figures"),
    ),
    numerator=SALES_AMOUNT.numerator,
    denominator=Phrase("sales amount of the whole market in the same days", "同期整个市场的销售额"),
    definition=Phrase(
        "The own sales amount divided by that of the whole market, ourselves among it, by value "
        "and not by volume. The market is what the dated figures called market_sales say whose "
        "days all lie in the period: those of months make a quarter, but a year's figure says "
        "nothing of a month. Without a figure there is no value. Figures must not overlap, and "
        "must be of the same scope and currency as the sales.",
        "本公司销售额除以整个市场（含本公司）的销售额，按金额而非数量计算。市场销售额取名为market_sales、"
        "且起止日期全部落在本期内的外部数据：各月数据可合成季度，但年度数据不能用于单月。没有外部数据时"
        "不给出数值。各项数据不得重叠，其范围和币种须与销售额一致。",
    ),
    source=FARRIS,
)

MARKET_SHARE_CHANGE: Final = Kpi(
    id=KpiId("market_share_change"),
    code="K36",
    name=Phrase("change of market share", "市场占有率变化"),
    group=KpiGroup.SALES,
    unit=Unit.POINTS,
    direction=Direction.HIGHER,
    measure=Derived("difference", (MARKET_SHARE.measure, Previous(MARKET_SHARE.measure))),
    numerator=Phrase("market share in the period", "本期市场份额"),
    denominator=Phrase("less the market share in the period before", "减去上期市场份额"),
    definition=Phrase(
        "The market share of the period less that of the period just before, in points: from "
        "20 % to 22 % is 2 points, not 10 %. Where either of the two has no value, neither has "
        "the change.",
        "本期市场份额减去上一期市场份额，以百分点表示：由20%升至22%为2个百分点，而非10%。二者中任一项"
        "没有数值时，变化也没有数值。",
    ),
    source=FARRIS,
)

AIDED_AWARENESS: Final = Kpi(
    id=KpiId("aided_awareness"),
    code="K40",
    name=Phrase("brand awareness, aided", "品牌知名度（提示后）"),
    group=KpiGroup.SALES,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Ratio(
        Count(where=_ASKED_AIDED & _ABOVE_NONE, source="answers"),
        Count(where=_ASKED_AIDED, source="answers"),
        proportion=True,
    ),
    numerator=Phrase("of these, people who recognise the brand", "其中认出本品牌的人数"),
    denominator=Phrase(
        "people of the market who were shown the brand", "市场受访者中被提示本品牌的人数"
    ),
    definition=Phrase(
        "The share of the people of the market who, shown the brand, recognise it, which is any "
        "answer above the lowest point of its scale. Who does not know was asked and does not "
        "recognise it. Only the market is asked: customers know the brand, and answers of theirs "
        "do not count.",
        "市场受访者中，经提示后认出本品牌（回答高于量表最低档）者所占比例。回答“不知道”者视为已被询问且未认出。"
        "仅调查市场人群：客户本已知道本品牌，其回答不计入。",
    ),
    source=_AAKER,
)

UNAIDED_AWARENESS: Final = Kpi(
    id=KpiId("unaided_awareness"),
    code="K40b",
    name=Phrase("brand awareness, unaided", "品牌知名度（未提示）"),
    group=KpiGroup.SALES,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Ratio(
        Count(where=_ASKED_UNAIDED & _ABOVE_NONE, source="answers"),
        Count(where=_ASKED_UNAIDED, source="answers"),
        proportion=True,
    ),
    numerator=Phrase(
        "of these, people who name the brand unprompted", "其中未经提示说出本品牌的人数"
    ),
    denominator=Phrase(
        "people of the market who were asked which brands they know",
        "市场受访者中被问及知道哪些品牌的人数",
    ),
    definition=Phrase(
        "The share of the people of the market who, asked which brands of the kind they know, "
        "name this one without help, which is any answer above the lowest point of its scale: "
        "first or later makes no difference here. Who names none was asked and does not name it. "
        "Answers of customers do not count.",
        "市场受访者中，被问及知道哪些同类品牌时未经提示说出本品牌（回答高于量表最低档）者所占比例，不分先后。"
        "一个也说不出者视为已被询问且未说出。客户的回答不计入。",
    ),
    source=_AAKER,
)

NEW_MARKET_SHARE: Final = Kpi(
    id=KpiId("new_market_share"),
    code="K41",
    name=Phrase("sales from new markets", "新市场销售占比"),
    group=KpiGroup.SALES,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Ratio(
        Sum("amount", where=F.is_new.is_true(), source="market_sales"),
        Sum("amount", source="market_sales"),
    ),
    numerator=Phrase(
        "of this, sales in markets entered less than 24 months before the sale",
        "其中在进入未满24个月的市场实现的销售额",
    ),
    denominator=Phrase("sales amount of all markets in the period", "本期全部市场的销售额"),
    definition=Phrase(
        "The share of the sales amount that was made in markets, segments or regions in which the "
        "company had sold for less than 24 months on the day of the sale. A market that turns 24 "
        "months old within the period is new before that day and not after it. Without sales "
        "there is no value.",
        "在进入未满24个月（以销售当日计）的市场、细分或地区实现的销售额占全部销售额的比例。在本期内满"
        "24个月的市场，满期日之前为新市场，之后不再是。没有销售额时不给出数值。",
    ),
    source="our own, for the ability to expand; there is no common definition",
)

NEW_MARKETS: Final = Kpi(
    id=KpiId("new_markets"),
    code="K41b",
    name=Phrase("new markets served", "新市场数量"),
    group=KpiGroup.SALES,
    unit=Unit.COUNT,
    direction=Direction.HIGHER,
    measure=Distinct("market", where=F.is_new.is_true(), source="market_sales"),
    numerator=Phrase(
        "markets entered less than 24 months before, with sales in the period",
        "进入未满24个月且本期有销售的市场数",
    ),
    definition=Phrase(
        "How many markets, segments or regions had sales in the period while the company had sold "
        "there for less than 24 months. A market without a sale does not count, and one with many "
        "counts once; in a longer period too.",
        "本期有销售且进入未满24个月的市场、细分或地区的数量。没有销售的市场不计入；多次销售的市场只计一次，"
        "较长周期亦然。",
    ),
    source="our own, for the ability to expand; there is no common definition",
)

GAP_TO_BEST: Final = Kpi(
    id=KpiId("gap_to_best"),
    code="K42",
    name=Phrase("gap to the best competitor", "与最佳竞争对手的差距"),
    group=KpiGroup.SALES,
    unit=Unit.INDEX_POINTS,
    direction=Direction.HIGHER,
    measure=Derived(
        "difference",
        (
            SATISFACTION_SCORE.measure,
            _peers("highest"),
        ),
    ),
    numerator=Phrase("own satisfaction index", "本公司满意度指数"),
    denominator=Phrase("less the index of the best competitor", "减去最佳竞争对手的指数"),
    definition=Phrase(
        "The own mean index of overall satisfaction, from 0 to 100, less that of the competitor "
        "who is best: above 0 we lead, below 0 we follow. Of each competitor the latest figure "
        "called peer_index counts whose days begin before the period ends, however old it is; "
        "without any figure, or any answer, there is no value.",
        "本公司总体满意度平均指数（0至100）减去最佳竞争对手的指数：大于0为领先，小于0为落后。每个竞争"
        "对手取起始日在期末之前、最近一次名为peer_index的数据，不论其早晚；没有任何外部数据或没有任何回答时不给出"
        "数值。",
    ),
    source="our own, on dated figures of others",
)

GAP_TO_MEDIAN: Final = Kpi(
    id=KpiId("gap_to_median"),
    code="K42b",
    name=Phrase("gap to the median competitor", "与竞争对手中位数的差距"),
    group=KpiGroup.SALES,
    unit=Unit.INDEX_POINTS,
    direction=Direction.HIGHER,
    measure=Derived(
        "difference",
        (
            SATISFACTION_SCORE.measure,
            _peers("median"),
        ),
    ),
    numerator=Phrase("own satisfaction index", "本公司满意度指数"),
    denominator=Phrase("less the median index of the competitors", "减去竞争对手指数的中位数"),
    definition=Phrase(
        "The own mean index of overall satisfaction, from 0 to 100, less the median of the "
        "competitors' latest figures called peer_index whose days begin before the period ends.",
        "本公司总体满意度平均指数（0至100）减去各竞争对手起始日在期末之前、最近一次名为peer_index的数据的中位数。",
    ),
    source="our own, on dated figures of others",
)

MARKET: Final[tuple[Kpi, ...]] = (
    MARKET_SHARE,
    MARKET_SHARE_CHANGE,
    AIDED_AWARENESS,
    UNAIDED_AWARENESS,
    NEW_MARKET_SHARE,
    NEW_MARKETS,
    GAP_TO_BEST,
    GAP_TO_MEDIAN,
)
