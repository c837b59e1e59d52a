"""K01 to K14: satisfaction, recommendation, complaints and feedback.

Here are the figures that put others together or side by side: indexes of several items, the net
promoter score, the improvement and the rank. What customers answer to single items, and what
they complain about, have modules of their own.
"""

from __future__ import annotations

from typing import Final

from crmcore.criteria import F
from crmcore.kernel import Phrase
from crmcore.measures import Count, Derived, Previous, Rank

from ._complaints import COMPLAINTS
from ._kpi import Direction, Kpi, KpiGroup, KpiId, Unit
from ._ratings import RATINGS, asked, index, satisfied

_ACSI: Final = (
    "C. Fornell et al., The American Customer Satisfaction Index, Journal of Marketing 60(4), 1996"
)
_SUM_OF_SCORES: Final = Phrase("the sum of the item scores", "各题目得分之和")
_ITEMS: Final = Phrase("the items with a score", "有得分的题目数")

PRODUCT_QUALITY: Final = Kpi(
    id=KpiId("product_quality"),
    code="K04",
    name=Phrase("product quality perception", "产品质量感知"),
    group=KpiGroup.SATISFACTION,
    unit=Unit.INDEX,
    direction=Direction.HIGHER,
    measure=Derived(
        "weighted_mean", (index("performance"), index("reliability"), index("ease_of_use"))
    ),
    numerator=_SUM_OF_SCORES,
    denominator=_ITEMS,
    definition=Phrase(
        "The mean of the scores of the items performance, reliability and ease_of_use, each from "
        "0 to 100 and all of equal weight. An item that nobody rated drops out, the others share "
        "its weight, and the value says that a part is missing.",
        "“性能”（performance）、“可靠性”（reliability）、“易用性”（ease_of_use）三个题目得分（0至100）的平均"
        "值，权重相等。无人评分的题目不计入，其权重由其余题目分担，并在结果中注明缺失的部分。",
    ),
    source=f"ISO 10004:2018; perceived quality in {_ACSI}; the three items are our own",
)

NET_PROMOTER_SCORE: Final = Kpi(
    id=KpiId("net_promoter_score"),
    code="K08",
    name=Phrase("willingness to recommend (NPS)", "客户推荐意愿（净推荐值）"),
    group=KpiGroup.SATISFACTION,
    unit=Unit.NPS,
    direction=Direction.HIGHER,
    measure=Derived(
        "nps",
        (
            Count(asked("recommendation") & F.is_promoter.is_true(), source="answers"),
            Count(asked("recommendation") & F.is_detractor.is_true(), source="answers"),
            Count(asked("recommendation") & F.is_promoter.is_present(), source="answers"),
        ),
    ),
    numerator=Phrase(
        "promoters (9 or 10) less detractors (0 to 6)", "推荐者（9、10分）减贬损者（0至6分）"
    ),
    denominator=Phrase(
        "ratings of the item recommendation from 0 to 10", "按0至10分对推荐意愿的评分数"
    ),
    definition=Phrase(
        "100 times the promoters (9 or 10) less the detractors (0 to 6), divided by all ratings "
        "of the item recommendation on the scale of 0 to 10. A rating on any other scale is "
        "none: 5 of 5 is no promoter. The interval is the adjusted Wald one, cut off at -100 and "
        "100.",
        "对“推荐意愿”题目（recommendation）按0至10分评分的客户中，推荐者（9、10分）减贬损者（0至6分）之差除以"
        "全部评分数再乘以100。其他量表的评分不计入：5分制的5分不是推荐者。区间按修正Wald法计算，限于-100至"
        "100之间。",
    ),
    source=(
        "F. F. Reichheld, The One Number You Need to Grow, Harvard Business Review 81(12), 2003; "
        "interval: B. Rocks, The American Statistician 70(4), 2016"
    ),
)

SATISFACTION_GAIN: Final = Kpi(
    id=KpiId("satisfaction_gain"),
    code="K09",
    name=Phrase("satisfaction improvement, in points", "满意度提升（百分点）"),
    group=KpiGroup.SATISFACTION,
    unit=Unit.POINTS,
    direction=Direction.HIGHER,
    measure=Derived("gain", (satisfied("overall"), Previous(satisfied("overall")))),
    numerator=Phrase(
        "the satisfaction rate less that of the period before", "本期满意度减上期满意度"
    ),
    definition=Phrase(
        "The satisfaction rate of the period less that of the one just before, in percentage "
        "points: from 72 % to 82 % is 10 points. Where one of the two has no value there is no "
        "difference. The interval takes the answers of the two periods as separate samples; where "
        "the same customers answered twice, the change is surer than it says.",
        "本期满意度减去上一期满意度，以百分点计：从72%升至82%为提高10个百分点。两期中任一期没有数值时，"
        "不给出差值。区间将两期回答视为相互独立的样本；若同一批客户两次作答，变化比区间所示更为确定。",
    ),
    source="our own; an increase by 10 per cent can mean points or a tenth, so there are two",
)

SATISFACTION_GROWTH: Final = Kpi(
    id=KpiId("satisfaction_growth"),
    code="K09b",
    name=Phrase("satisfaction improvement, relative", "满意度提升（相对）"),
    group=KpiGroup.SATISFACTION,
    unit=Unit.CHANGE,
    direction=Direction.HIGHER,
    measure=Derived("growth", (satisfied("overall"), Previous(satisfied("overall")))),
    numerator=Phrase(
        "the satisfaction rate less that of the period before", "本期满意度减上期满意度"
    ),
    denominator=Phrase("the satisfaction rate of the period before", "上期满意度"),
    definition=Phrase(
        "The satisfaction rate of the period divided by that of the one just before, less 1: "
        "from 72 % to 79.2 % is a tenth more. From a rate of 0 there is no growth.",
        "本期满意度除以上一期满意度再减1：从72%升至79.2%为提高十分之一。上期为0时没有增长率。",
    ),
    source="our own; an increase by 10 per cent can mean points or a tenth, so there are two",
)

INDUSTRY_RANK: Final = Kpi(
    id=KpiId("industry_rank"),
    code="K10",
    name=Phrase("rank by satisfaction in the industry", "行业满意度排名"),
    group=KpiGroup.SATISFACTION,
    unit=Unit.RANK,
    direction=Direction.LOWER,
    measure=Rank(
        index("overall"), "number", "subject", where=F.name == "peer_index", source="figures"
    ),
    numerator=Phrase("1 and the peers with a higher index", "指数高于本公司的同行数加1"),
    definition=Phrase(
        "1 plus the number of peers whose satisfaction index is higher than our own overall "
        "satisfaction score: of each peer the latest figure named peer_index that the period "
        "has seen, which carries its source and its date. Equal indexes share a rank; without "
        "any peer there is none.",
        "满意度指数高于本公司总体满意度评分的同行数加1。每家同行取截至期末最近一次注明来源和日期的指数"
        "（peer_index）。指数相同者名次并列；没有同行数据时不给出排名。",
    ),
    source="our own; peer indexes such as those that the ACSI publishes",
)

SATISFACTION_INDEX: Final = Kpi(
    id=KpiId("satisfaction_index"),
    code="K11",
    name=Phrase("customer satisfaction index (CSI)", "客户满意度指数"),
    group=KpiGroup.SATISFACTION,
    unit=Unit.INDEX,
    direction=Direction.HIGHER,
    measure=Derived("weighted_mean", (index("overall"), index("expectations"), index("ideal"))),
    numerator=_SUM_OF_SCORES,
    denominator=_ITEMS,
    definition=Phrase(
        "The mean of the scores of the items overall, expectations (how far they were met) and "
        "ideal (how near to it), each from 0 to 100 and all of equal weight; on scales of 1 to "
        "10 it is the sum of the three means less 3, divided by 27, times 100. Other weights, of "
        "0 or more and 1 in all, make another version of the definition.",
        "“总体满意度”（overall）、“期望满足程度”（expectations）、“与理想的接近程度”（ideal）三个题目得分"
        "（0至100）的平均值，权重相等；在1至10分量表上等于三个平均分之和减3，除以27，再乘以100。采用其他"
        "权重（均不小于0，合计为1）时，应作为另一版本的定义。",
    ),
    source=f"{_ACSI}; its own weights differ by company and are not published",
)

SATISFACTION: Final[tuple[Kpi, ...]] = (
    *(each for each in RATINGS if each.code < "K04"),
    PRODUCT_QUALITY,
    *(each for each in RATINGS if each.code > "K04"),
    NET_PROMOTER_SCORE,
    SATISFACTION_GAIN,
    SATISFACTION_GROWTH,
    INDUSTRY_RANK,
    SATISFACTION_INDEX,
    *COMPLAINTS,
)
"""The figures of satisfaction and feedback, by code."""
