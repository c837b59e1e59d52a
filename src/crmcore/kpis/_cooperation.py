"""K59, K64, K66, K72 and K74: how departments and members work together.

What members say of it are the answers to one item of a survey among members, told by its name:
``cooperation`` with the department that the answer is about, ``allocation`` of duties, and
``team_spirit``. The figures of small groups are withheld.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from crmcore.criteria import Criterion, F
from crmcore.kernel import Phrase
from crmcore.measures import Count, Derived, Duration, InTime, Mean, Ratio, Sum
from crmcore.surveys import Audience
from crmcore.work import TaskKind

from ._kpi import Direction, Kpi, KpiGroup, KpiId, Unit

_THREE_WORDS: Final = "our own: timely, accurate and effective, with a figure for each"
_OWN: Final = "our own; there is no common definition"
_TOP_BOXES: Final = "the top boxes of satisfaction surveys, asked of members; items are our own"

_DELIVERIES: Final = "deliveries"
_RECEIVED: Final = F.received_at.is_present()
_AN_HOUR: Final = (("factor", Decimal(60)),)

_SATISFIED: Final = Phrase(
    "of these, answers in the two best points of their scale", "其中位于评分量表最高两档的回答数"
)
_VALID: Final = Phrase("answers of members that rate it", "成员作出评分的有效回答数")
_WITHHELD: Final = Phrase(
    "Where fewer people answered than the stated smallest group, the figure is withheld, and so "
    "is any other from which it could be worked out.",
    "回答人数少于规定的最小群体时不予显示，可据以推算出该数值的其他数值也不予显示。",
)

DELIVERIES_IN_TIME: Final = Kpi(
    id=KpiId("deliveries_in_time"),
    code="K59",
    name=Phrase("deliveries between departments received in time", "部门间信息传递及时率"),
    group=KpiGroup.TEAM,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=InTime("sent_at", "received_at", due="due_at", on="due", source=_DELIVERIES),
    numerator=Phrase("of these, deliveries received by then", "其中在到期之前确认收到的传递数"),
    denominator=Phrase(
        "deliveries due in the period, received or not", "本期到期的信息传递数（含未收到的）"
    ),
    definition=Phrase(
        "The share of the deliveries due in the period that the recipient said to have by the "
        "time at which they were due. What is due and not received is late, and belongs below "
        "the line; what was received early counts when it is due, so that nothing changes after "
        "the period.",
        "本期到期的信息传递中，接收方在到期时间之前确认收到者所占比例。逾期未确认的属于逾期，计入分母；"
        "提前收到的也按到期时间计入，因此周期结束后数值不再变化。",
    ),
    source=_THREE_WORDS,
)

RECEIPT_TIME: Final = Kpi(
    id=KpiId("receipt_time"),
    code="K59b",
    name=Phrase("time to receipt between departments, median", "部门间信息接收时间（中位数）"),
    group=KpiGroup.TEAM,
    unit=Unit.HOURS,
    direction=Direction.LOWER,
    measure=Duration("sent_at", "received_at", source=_DELIVERIES),
    numerator=Phrase(
        "hours within which half of the deliveries were received", "半数信息传递被接收所用的小时数"
    ),
    definition=Phrase(
        "The hours within which half of the deliveries sent in the period were received. What "
        "nobody has received has taken at least until the day of judgement, and counts so; where "
        "more than half has not been received there is no value. Every hour counts, of nights "
        "and holidays too, because sender and recipient may keep different hours.",
        "本期发出的信息传递中，半数被接收所用的小时数。尚未接收的按至少持续至判定日计算；半数以上尚未接收"
        "时不给出数值。发送方与接收方的工作时间可能不同，因此夜间与节假日也计时。",
    ),
    source=(
        "E. L. Kaplan and P. Meier, Journal of the American Statistical Association 53 (1958) "
        "457-481, for times of which some have not ended"
    ),
)

DELIVERY_ACCURACY: Final = Kpi(
    id=KpiId("delivery_accuracy"),
    code="K59c",
    name=Phrase("deliveries between departments right at once", "部门间信息传递准确率"),
    group=KpiGroup.TEAM,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Ratio(
        Count(_RECEIVED & F.corrected.is_false(), source=_DELIVERIES),
        Count(_RECEIVED, source=_DELIVERIES),
        proportion=True,
    ),
    numerator=Phrase("of these, deliveries that nobody had to put right", "其中无需更正的传递数"),
    denominator=Phrase(
        "deliveries sent in the period that were received", "本期发出并已被接收的信息传递数"
    ),
    definition=Phrase(
        "The share of the deliveries sent in the period and received that did not have to be put "
        "right. Whether one that nobody has received is right nobody knows, so that it does not "
        "count. One correction and five make a delivery wrong alike.",
        "本期发出并已被接收的信息传递中，无需更正者所占比例。尚未被接收的无从判断是否准确，不计入。更正一次"
        "与更正多次同样计为不准确。",
    ),
    source=_THREE_WORDS,
)

DELIVERIES_HANDLED: Final = Kpi(
    id=KpiId("deliveries_handled"),
    code="K59d",
    name=Phrase("deliveries between departments handled", "部门间信息处理率"),
    group=KpiGroup.TEAM,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Ratio(
        Count(F.is_handled.is_true(), source=_DELIVERIES),
        Count(source=_DELIVERIES),
        proportion=True,
    ),
    numerator=Phrase(
        "of these, deliveries received and dealt with", "其中已确认收到并处理完毕的传递数"
    ),
    denominator=Phrase("deliveries sent in the period", "本期发出的信息传递数"),
    definition=Phrase(
        "The share of the deliveries sent in the period that were received and dealt with. What "
        "was received and left lying counts as not handled. It counts in the period in which it "
        "was sent, however late it is handled, so that the share of a period that has just ended "
        "may still rise.",
        "本期发出的信息传递中，已确认收到并处理完毕者所占比例。收到而未处理的计为未处理。不论何时处理完毕，"
        "均计入发出当期，因此刚结束的周期的数值仍可能上升。",
    ),
    source=_THREE_WORDS,
)


def _asked(item: str) -> Criterion:
    """Hold for what members answered to an item."""
    return (F.audience == Audience.MEMBER) & (F.item == item)


def _satisfied(item: str) -> Ratio:
    """Return the share of the ratings of an item that are in the best points of their scale."""
    return Ratio(
        Count(_asked(item) & F.is_satisfied.is_true(), source="answers"),
        Count(_asked(item) & F.is_satisfied.is_present(), source="answers"),
        proportion=True,
    )


COOPERATION_SATISFACTION: Final = Kpi(
    id=KpiId("cooperation_satisfaction"),
    code="K64",
    name=Phrase("satisfaction with cooperation", "团队协作满意度"),
    group=KpiGroup.TEAM,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=_satisfied("cooperation"),
    numerator=_SATISFIED,
    denominator=_VALID,
    definition=Phrase(
        "The share of the ratings that members gave in the period to the item cooperation that "
        "lie in the two best points of their scale, or in the best one where it has fewer than "
        "five. Each answer is about one partner department, so that departments can be told "
        "apart; who works with three of them answers three times, so that the interval is right "
        "for one department, and too narrow for all of them together. Don't know is no rating. "
        f"{_WITHHELD.en}",
        "成员在本期对题目“团队协作”（cooperation）的评分中，位于量表最高两档者所占比例；量表不足五档时只计"
        "最高一档。每个回答针对一个合作部门，因此可按部门分列；与三个部门合作者回答三次，故"
        "区间适用于单个部门，各部门合计时偏窄。“不知道”不是评分。"
        f"{_WITHHELD.zh}",
    ),
    source=_TOP_BOXES,
    confidential=True,
)

MEETING_RESULTS: Final = Kpi(
    id=KpiId("meeting_results"),
    code="K66",
    name=Phrase("results per meeting hour", "会议效率（每小时成果数）"),
    group=KpiGroup.TEAM,
    unit=Unit.PER_HOUR,
    direction=Direction.HIGHER,
    measure=Derived(
        "quotient",
        (
            Derived("scaled", (Sum("results", source="meetings"),), _AN_HOUR),
            Sum("minutes", source="meetings"),
        ),
    ),
    numerator=Phrase(
        "60 for each decision taken and each action agreed in these meetings",
        "会议作出的决定与商定的行动项之和乘以60",
    ),
    denominator=Phrase("minutes of the meetings of the period", "本期会议分钟数"),
    definition=Phrase(
        "The decisions taken and actions agreed in the meetings of the period, divided by the "
        "hours that they lasted. An hour is an hour however many people sit in it. All meetings "
        "count together, so that a long one weighs more than a short one; one without any result "
        "adds its time. It says nothing of whether the decisions were good.",
        "本期会议作出的决定与商定的行动项之和除以会议小时数。不论多少人参加，一小时会议即为一小时。全部会议"
        "合并计算，因此长会的权重大于短会；没有成果的会议只增加时间。本指标不反映决定的优劣。",
    ),
    source=_OWN,
)

ACTIONS_IN_TIME: Final = Kpi(
    id=KpiId("actions_in_time"),
    code="K66b",
    name=Phrase("actions of meetings done in time", "会议行动项按时完成率"),
    group=KpiGroup.TEAM,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=InTime(
        "opened_at",
        "done_at",
        due="due_at",
        where=F.kind == TaskKind.ACTION,
        on="due",
        source="tasks",
    ),
    numerator=Phrase("of these, actions done by then", "其中在到期之前完成的行动项数"),
    denominator=Phrase(
        "actions agreed in meetings and due in the period, done or open",
        "本期到期的会议行动项数（含未完成的）",
    ),
    definition=Phrase(
        "The share of the actions agreed in meetings and due in the period that were done by the "
        "time at which they were due, as it was last agreed. What is due and open is late, and "
        "belongs below the line.",
        "会议商定、本期到期的行动项中，在最后约定的到期时间之前完成者所占比例。逾期未完成的属于逾期，计入"
        "分母。",
    ),
    source=_OWN,
)

ALLOCATION_SATISFACTION: Final = Kpi(
    id=KpiId("allocation_satisfaction"),
    code="K72",
    name=Phrase("employees' view of the allocation of duties", "员工对职责分配的反馈"),
    group=KpiGroup.TEAM,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=_satisfied("allocation"),
    numerator=_SATISFIED,
    denominator=_VALID,
    definition=Phrase(
        "The share of the ratings that members gave in the period to the item allocation, which "
        "asks whether duties are allocated reasonably, that lie in the two best points of their "
        "scale, or in the best one where it has fewer than five. Don't know is no rating, and "
        f"who did not answer is not dissatisfied. {_WITHHELD.en}",
        "成员在本期对题目“职责分配是否合理”（allocation）的评分中，位于量表最高两档者所占比例；量表不足五档"
        f"时只计最高一档。“不知道”不是评分，未回答者不视为不满意。{_WITHHELD.zh}",
    ),
    source=_TOP_BOXES,
    confidential=True,
)

COOPERATION_INDEX: Final = Kpi(
    id=KpiId("cooperation_index"),
    code="K74",
    name=Phrase("cooperation spirit", "团队合作精神"),
    group=KpiGroup.TEAM,
    unit=Unit.INDEX,
    direction=Direction.HIGHER,
    measure=Mean("index", _asked("team_spirit"), source="answers"),
    numerator=Phrase("the sum of the ratings, each put on 0 to 100", "各评分换算为0至100后的总和"),
    denominator=_VALID,
    definition=Phrase(
        "The mean of the ratings that members gave in the period to the item team_spirit, each "
        "put on 0 to 100 between the ends of its own scale. Every rating weighs the same, and "
        f"don't know is none. {_WITHHELD.en}",
        "成员在本期对题目“团队合作精神”（team_spirit）的评分按各自量表换算为0至100后的平均值。每个评分权重"
        f"相同，“不知道”不是评分。{_WITHHELD.zh}",
    ),
    source=_OWN,
    confidential=True,
)

COOPERATION: Final[tuple[Kpi, ...]] = (
    DELIVERIES_IN_TIME,
    RECEIPT_TIME,
    DELIVERY_ACCURACY,
    DELIVERIES_HANDLED,
    COOPERATION_SATISFACTION,
    MEETING_RESULTS,
    ACTIONS_IN_TIME,
    ALLOCATION_SATISFACTION,
    COOPERATION_INDEX,
)
"""The figures of this module, by code."""
