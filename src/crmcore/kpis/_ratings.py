"""K01 to K07: what customers say when they are asked how satisfied they are.

Every figure takes the answers to one item, told by its name: ``overall``, ``product_quality``,
``service_quality``, ``delivery``, ``communication``, ``response_speed``, and so on.
"""

from __future__ import annotations

from typing import Final

from crmcore.criteria import Criterion, F
from crmcore.kernel import Phrase
from crmcore.measures import Count, Mean, Ratio
from crmcore.surveys import Audience, InvitationKind

from ._kpi import Direction, Kpi, KpiGroup, KpiId, Unit

_ISO_10004: Final = "ISO 10004:2018, guidelines for monitoring and measuring satisfaction"
_VALID: Final = Phrase("answers to the item that rate it", "对该题目作出评分的有效回答数")
_SATISFIED: Final = Phrase(
    "of these, answers in the two best points of their scale", "其中位于评分量表最高两档的回答数"
)
_SUM_OF_RATINGS: Final = Phrase(
    "the sum of the ratings, each put on 0 to 100", "各评分换算为0至100后的总和"
)


def asked(item: str, *more: str) -> Criterion:
    """Hold for what customers answered to one of the items."""
    return (F.audience == Audience.CUSTOMER) & F.item.in_((item, *more))


def index(item: str) -> Mean:
    """Return the mean of the ratings of an item, each put on 0 to 100."""
    return Mean("index", asked(item), source="answers")


def satisfied(item: str, *more: str, proportion: bool = True) -> Ratio:
    """Return the share of the ratings of the items that are in the best points of their scale."""
    answers = asked(item, *more)
    return Ratio(
        Count(answers & F.is_satisfied.is_true(), source="answers"),
        Count(answers & F.is_satisfied.is_present(), source="answers"),
        proportion=proportion,
    )


def _raw_scale(code: str, high: int) -> Kpi:
    scale = (F.low == 1) & (F.high == high)
    return Kpi(
        id=KpiId(f"satisfaction_rating_of_{high}"),
        code=code,
        name=Phrase(f"overall satisfaction, 1 to {high}", f"总体满意度评分（1至{high}分）"),
        group=KpiGroup.SATISFACTION,
        unit=Unit.RATING,
        direction=Direction.HIGHER,
        measure=Mean("score", asked("overall") & scale, source="answers"),
        numerator=Phrase("the sum of the ratings as they were given", "原始评分之和"),
        denominator=Phrase(
            f"ratings of the item overall on the scale of 1 to {high}",
            f"按1至{high}分量表对“总体满意度”题目作出的评分数",
        ),
        definition=Phrase(
            f"The mean of the ratings of the item overall that were given on the scale of 1 to "
            f"{high}, as they were given. Ratings on any other scale are left to the score from "
            "0 to 100; an answer of don't know is missing, not 0.",
            f"按1至{high}分量表对“总体满意度”题目（overall）所作原始评分的平均值。其他量表的评分不计入"
            "本指标，由0至100的评分指标反映；“不知道”视为缺失，不记为0分。",
        ),
        source=_ISO_10004,
    )


def _attribute(code: str, item: str, en: str, zh: str) -> Kpi:
    return Kpi(
        id=KpiId(f"{item}_score"),
        code=code,
        name=Phrase(f"{en} score", f"{zh}满意度评分"),
        group=KpiGroup.SATISFACTION,
        unit=Unit.INDEX,
        direction=Direction.HIGHER,
        measure=index(item),
        numerator=_SUM_OF_RATINGS,
        denominator=_VALID,
        definition=Phrase(
            f"The mean of the ratings that customers gave to the item {item}, each put on 0 to "
            "100 between the ends of its own scale. Whoever skipped the item or did not know is "
            "missing from this item alone, so that the items of one survey may rest on "
            "different numbers of answers.",
            f"客户对题目“{zh}”（{item}）的评分按各自量表换算为0至100后的平均值。跳过该题或回答“不知道”"
            "的仅在该题中视为缺失，因此同一调查中各分项的有效回答数可以不同。",
        ),
        source=(
            "A. Parasuraman, V. A. Zeithaml, L. L. Berry, SERVQUAL, Journal of Retailing 64(1), "
            "1988, for asking about attributes one by one; the attributes are our own"
        ),
    )


def _share(code: str, item: str, name: Phrase, about: Phrase, note: Phrase) -> Kpi:
    return Kpi(
        id=KpiId(f"{item}_satisfaction"),
        code=code,
        name=name,
        group=KpiGroup.SATISFACTION,
        unit=Unit.SHARE,
        direction=Direction.HIGHER,
        measure=satisfied(item),
        numerator=_SATISFIED,
        denominator=_VALID,
        definition=Phrase(
            f"The share of the ratings of the item {item}, which asks {about.en}, that lie in the "
            "two best points of their scale, or in the best one where it has fewer than five. "
            f"{note.en}",
            f"对题目“{about.zh}”（{item}）的评分中，位于量表最高两档者所占比例；量表不足五档时只计最高"
            f"一档。{note.zh}",
        ),
        source=_ISO_10004,
    )


SATISFACTION_SCORE: Final = Kpi(
    id=KpiId("satisfaction_score"),
    code="K01",
    name=Phrase("overall satisfaction score", "总体满意度评分"),
    group=KpiGroup.SATISFACTION,
    unit=Unit.INDEX,
    direction=Direction.HIGHER,
    measure=index("overall"),
    numerator=_SUM_OF_RATINGS,
    denominator=_VALID,
    definition=Phrase(
        "The mean of the ratings that customers gave to the item overall, each put on 0 to 100: "
        "the worst point of its own scale is 0 and the best is 100, so that 1 to 5 and 1 to 10 "
        "compare. An answer of don't know is no rating: it is missing, not 0. Every rating "
        "weighs the same.",
        "客户对“总体满意度”题目（overall）的评分换算为0至100后的平均值：各自量表的最低档为0，最高档为"
        "100，使1至5分与1至10分的量表可以比较。“不知道”不是评分，视为缺失而不记为0。每个评分权重相同。",
    ),
    source=_ISO_10004,
)

SATISFACTION_RATE: Final = Kpi(
    id=KpiId("satisfaction_rate"),
    code="K02",
    name=Phrase("satisfaction rate (CSAT)", "客户满意度"),
    group=KpiGroup.SATISFACTION,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=satisfied("overall"),
    numerator=_SATISFIED,
    denominator=_VALID,
    definition=Phrase(
        "The share of the ratings that customers gave to the item overall that lie in the two "
        "best points of their scale, or in the best one where it has fewer than five. Answers of "
        "don't know count neither above nor below the line. Who did not answer is not "
        "dissatisfied but unheard: the response rate tells how many.",
        "客户对“总体满意度”题目（overall）的评分中，位于量表最高两档者所占比例；量表不足五档时只计最高一档。"
        "“不知道”既不计入分子也不计入分母。未作答不等于不满意，其数量由应答率反映。",
    ),
    source=_ISO_10004,
)

SURVEY_RESPONSE_RATE: Final = Kpi(
    id=KpiId("survey_response_rate"),
    code="K02b",
    name=Phrase("survey response rate", "调查应答率"),
    group=KpiGroup.SATISFACTION,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Ratio(
        Count(
            (F.kind == InvitationKind.SURVEY) & F.took_part_at.is_present(), source="invitations"
        ),
        Count(F.kind == InvitationKind.SURVEY, source="invitations"),
        proportion=True,
    ),
    numerator=Phrase("of these, invitations that were taken up", "其中已作答的邀请数"),
    denominator=Phrase("invitations to surveys sent in the period", "本期发出的调查邀请数"),
    definition=Phrase(
        "The share of the invitations to surveys sent in the period that were taken up. An "
        "answer counts in the period of its invitation, however late it comes, so that the rate "
        "of a period that has just ended may still rise. Invitations to events and trials are "
        "not surveys.",
        "本期发出的调查邀请中已作答者所占比例。无论何时作答，均计入邀请发出的那一期，因此刚结束的周期的"
        "应答率仍可能上升。活动和试用的邀请不计入。",
    ),
    source=_ISO_10004,
)

COMMUNICATION_SATISFACTION: Final = Kpi(
    id=KpiId("communication_satisfaction"),
    code="K06",
    name=Phrase("satisfaction with communication, three items", "沟通满意度"),
    group=KpiGroup.SATISFACTION,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=satisfied(
        "communication_reachable",
        "communication_clear",
        "communication_friendly",
        proportion=False,
    ),
    numerator=_SATISFIED,
    denominator=Phrase("answers to the three items that rate them", "对三个题目的有效评分数"),
    definition=Phrase(
        "The share of all ratings of the items communication_reachable, communication_clear and "
        "communication_friendly together that lie in the two best points of their scale, or in "
        "the best one where it has fewer than five. It has no interval, because the answers of "
        "one customer to three items are not independent; each item has its own.",
        "对“渠道畅通”（communication_reachable）、“内容清晰”（communication_clear）、“互动友好”"
        "（communication_friendly）三个题目的全部评分中，位于量表最高两档者所占比例；量表不足五档时只计最高"
        "一档。同一客户对三个题目的回答并非相互独立，故不给出区间；各题目另有各自的区间。",
    ),
    source=_ISO_10004,
)

_AFTER_CLOSURE: Final = Phrase(
    "It is asked of those who complained, after their complaint was closed and not before; they "
    "are few, so read the interval.",
    "仅在投诉关闭之后向投诉人询问，不得提前；样本通常较少，应连同区间一起解读。",
)
_ONE_ITEM: Final = Phrase(
    "It is one of the three items of satisfaction with communication.",
    "属沟通满意度的三个题目之一。",
)

RATINGS: Final[tuple[Kpi, ...]] = (
    SATISFACTION_SCORE,
    _raw_scale("K01b", 5),
    _raw_scale("K01c", 10),
    SATISFACTION_RATE,
    SURVEY_RESPONSE_RATE,
    _attribute("K03", "product_quality", "product quality", "产品质量"),
    _attribute("K03b", "service_quality", "service quality", "服务质量"),
    _attribute("K03c", "delivery", "delivery", "交付"),
    _attribute("K03d", "communication", "communication", "沟通"),
    _share(
        "K05",
        "response_speed",
        Phrase("satisfaction with service speed", "响应速度满意度"),
        Phrase("how fast the service answers", "服务响应速度"),
        Phrase(
            "It is what customers feel; how long they really waited is measured with the "
            "requests, and the two are not to be mixed.",
            "反映客户的主观感受；实际等待时间根据服务请求另行计量，二者不可混用。",
        ),
    ),
    COMMUNICATION_SATISFACTION,
    _share(
        "K06b",
        "communication_reachable",
        Phrase("satisfaction with reachability", "沟通渠道畅通满意度"),
        Phrase("whether somebody can be reached", "沟通渠道是否畅通"),
        _ONE_ITEM,
    ),
    _share(
        "K06c",
        "communication_clear",
        Phrase("satisfaction with clarity", "沟通内容清晰满意度"),
        Phrase("whether what is said is clear", "沟通内容是否清晰"),
        _ONE_ITEM,
    ),
    _share(
        "K06d",
        "communication_friendly",
        Phrase("satisfaction with friendliness", "沟通态度友好满意度"),
        Phrase("whether people are friendly", "沟通态度是否友好"),
        _ONE_ITEM,
    ),
    _share(
        "K07",
        "complaint_handling",
        Phrase("satisfaction with complaint handling", "投诉处理满意度"),
        Phrase("how the complaint was handled on the whole", "对投诉处理的总体评价"),
        _AFTER_CLOSURE,
    ),
    _share(
        "K07b",
        "complaint_speed",
        Phrase("satisfaction with the speed of complaint handling", "投诉处理速度满意度"),
        Phrase("how fast the complaint was handled", "投诉处理的速度"),
        _AFTER_CLOSURE,
    ),
    _share(
        "K07c",
        "complaint_result",
        Phrase("satisfaction with the result of complaint handling", "投诉处理结果满意度"),
        Phrase("what came of the complaint", "投诉处理的结果"),
        _AFTER_CLOSURE,
    ),
    _share(
        "K07d",
        "complaint_manner",
        Phrase("satisfaction with the manner of complaint handling", "投诉处理态度满意度"),
        Phrase("how the one who complained was treated", "处理投诉的态度"),
        _AFTER_CLOSURE,
    ),
)
"""The figures of this module, by code."""
