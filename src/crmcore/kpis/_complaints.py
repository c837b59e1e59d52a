"""K12 to K14: complaints, and what else customers say without being asked."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from crmcore.criteria import F
from crmcore.kernel import Phrase
from crmcore.measures import Count, Duration, InTime, Newcomers, Ratio

from ._kpi import Direction, Kpi, KpiGroup, KpiId, Unit
from ._retention import ORDERED

_ISO_10002: Final = "ISO 10002:2018, guidelines for complaints handling in organizations"
_ISO_10004: Final = "ISO 10004:2018, guidelines for monitoring and measuring satisfaction"


def _handling_time(code: str, key: str, quantile: str, which: Phrase, share: Phrase) -> Kpi:
    return Kpi(
        id=KpiId(key),
        code=code,
        name=Phrase(f"complaint handling time, {which.en}", f"投诉处理时长（{which.zh}）"),
        group=KpiGroup.SATISFACTION,
        unit=Unit.HOURS,
        direction=Direction.LOWER,
        measure=Duration(
            "received_at",
            "closed_at",
            q=Decimal(quantile),
            unit="hours",
            calendar="service",
            pauses="pauses",
            source="complaints",
        ),
        numerator=Phrase(
            f"service hours within which {share.en} of the complaints were closed",
            f"{share.zh}投诉关闭所用的服务时间",
        ),
        definition=Phrase(
            f"The service hours within which {share.en} of the complaints received in the period "
            "were closed, pauses not counted. A complaint that is still open is not left out: it "
            "has taken at least the hours so far (Kaplan-Meier). Where too few are closed to tell, "
            "there is no value.",
            f"本期受理的投诉中{share.zh}在多少个服务小时内关闭，暂停时间不计。尚未关闭的投诉不剔除，"
            "按至今已历时长作为下限计入（Kaplan-Meier法）。已关闭者太少而无法判断时，不给出数值。",
        ),
        source=f"{_ISO_10002}; E. L. Kaplan, P. Meier, JASA 53(282), 1958",
    )


COMPLAINT_RATE: Final = Kpi(
    id=KpiId("complaint_rate"),
    code="K12",
    name=Phrase("complaint rate", "客户投诉率"),
    group=KpiGroup.SATISFACTION,
    unit=Unit.PER_THOUSAND,
    direction=Direction.LOWER,
    measure=Ratio(Newcomers("matter", source="complaints"), Count(ORDERED, source="purchases")),
    numerator=Phrase(
        "matters about which somebody complained in the period for the first time",
        "在本期首次被投诉的事项数",
    ),
    denominator=Phrase("orders in the period", "本期订单数"),
    definition=Phrase(
        "The matters about which somebody complained in the period for the first time, divided "
        "by the orders of the period, read per 1000 orders. Repeats of one matter count once, "
        "when it first came up. Complaints of the period may be about earlier orders, and one "
        "order may lead to several, so that this is a rate and no proportion.",
        "本期首次被投诉的事项数除以本期订单数，以每千单计。同一事项的重复投诉只在首次出现时计一次。本期的"
        "投诉可能针对以前的订单，一张订单也可能引起多项投诉，因此本指标是发生率而不是比例。",
    ),
    source=f"{_ISO_10002}, for what a complaint is; orders as the exposure are our own choice",
)

COMPLAINTS_IN_TIME: Final = Kpi(
    id=KpiId("complaints_in_time"),
    code="K13",
    name=Phrase("complaints closed in time", "投诉及时处理率"),
    group=KpiGroup.SATISFACTION,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=InTime("received_at", "closed_at", due="due_at", on="due", source="complaints"),
    numerator=Phrase("of these, complaints closed by their due time", "其中在到期之前关闭的投诉数"),
    denominator=Phrase(
        "complaints due in the period, closed or open", "本期到期的投诉数（含未关闭的）"
    ),
    definition=Phrase(
        "The share of the complaints due in the period that were closed by the time at which "
        "they were due. One that is open after that time is late and belongs below the line; "
        "one that is not due yet does not count before it is; one without a due time is missing.",
        "本期到期的投诉中，在到期时间之前关闭者所占比例。逾期仍未关闭的属于逾期，计入分母；尚未到期的暂不"
        "计入；没有到期时间的视为缺失。",
    ),
    source=_ISO_10002,
)

FEEDBACK_VOLUME: Final = Kpi(
    id=KpiId("feedback_volume"),
    code="K14",
    name=Phrase("feedback received", "客户反馈数量"),
    group=KpiGroup.SATISFACTION,
    unit=Unit.COUNT,
    direction=Direction.TARGET,
    measure=Count(source="feedback"),
    numerator=Phrase("pieces of feedback received in the period", "本期收到的反馈数"),
    definition=Phrase(
        "How many pieces of feedback were received in the period. More is not worse, and not "
        "better either: it may tell of trouble or of trust, so it has a target and no direction.",
        "本期收到的客户反馈数。数量多不代表更差，也不代表更好，可能反映问题，也可能反映信任，因此以达标为"
        "准，不论升降。",
    ),
    source=_ISO_10004,
)

FEEDBACK_ANSWER_RATE: Final = Kpi(
    id=KpiId("feedback_answer_rate"),
    code="K14b",
    name=Phrase("feedback answer rate", "客户反馈答复率"),
    group=KpiGroup.SATISFACTION,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Ratio(
        Count(F.answered_at.is_present(), source="feedback"),
        Count(source="feedback"),
        proportion=True,
    ),
    numerator=Phrase("of these, pieces that were answered", "其中已答复的反馈数"),
    denominator=Phrase("pieces of feedback received in the period", "本期收到的反馈数"),
    definition=Phrase(
        "The share of the feedback received in the period that has been answered. An answer "
        "counts in the period of the feedback, however late it comes; anonymous feedback that "
        "nobody can answer counts as unanswered.",
        "本期收到的反馈中已答复者所占比例。无论何时答复，均计入反馈收到的那一期；无法答复的匿名反馈计为"
        "未答复。",
    ),
    source=_ISO_10004,
)

CLOSED_LOOP_RATE: Final = Kpi(
    id=KpiId("closed_loop_rate"),
    code="K14c",
    name=Phrase("closed-loop rate of feedback", "客户反馈闭环率"),
    group=KpiGroup.SATISFACTION,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Ratio(
        Count(F.is_actionable.is_true() & F.verified_at.is_present(), source="feedback"),
        Count(F.is_actionable.is_true(), source="feedback"),
        proportion=True,
    ),
    numerator=Phrase(
        "of these, pieces whose action was found to work", "其中改进措施已验证有效的反馈数"
    ),
    denominator=Phrase(
        "pieces received in the period that call for action", "本期收到的需采取措施的反馈数"
    ),
    definition=Phrase(
        "The share of the feedback received in the period that calls for action and whose action "
        "was taken and verified. An action that was taken and not verified does not close the "
        "loop; feedback that calls for none, such as praise, does not count at all.",
        "本期收到的需采取措施的反馈中，措施已实施并经验证者所占比例。已实施而未验证的不算闭环；无需采取"
        "措施的反馈（如表扬）不计入。",
    ),
    source=_ISO_10004,
)

COMPLAINTS: Final[tuple[Kpi, ...]] = (
    COMPLAINT_RATE,
    COMPLAINTS_IN_TIME,
    _handling_time(
        "K13b",
        "complaint_handling_time",
        "0.5",
        Phrase("median", "中位数"),
        Phrase("half", "半数"),
    ),
    _handling_time(
        "K13c",
        "complaint_handling_time_p90",
        "0.9",
        Phrase("9 of 10", "第90百分位"),
        Phrase("nine tenths", "九成"),
    ),
    FEEDBACK_VOLUME,
    FEEDBACK_ANSWER_RATE,
    CLOSED_LOOP_RATE,
)
"""The figures of this module, by code."""
