"""K62 and K63: how members share what they know, and how they learn."""

from __future__ import annotations

from typing import Final

from crmcore.criteria import F
from crmcore.kernel import Phrase
from crmcore.measures import Both, Count, Distinct, InTime, Ratio

from ._kpi import Direction, Kpi, KpiGroup, KpiId, Unit

_OWN: Final = "our own; there is no common definition"
_KCS: Final = (
    "the link rate of Knowledge-Centered Service, KCS v6, Consortium for Service Innovation"
)
_KIRKPATRICK: Final = "level 2, learning, of the four levels of D. L. Kirkpatrick"

_SOLVED: Final = F.solved_at.is_present()
_REQUIRED: Final = F.is_required.is_true()
_ATTENDED: Final = _REQUIRED & F.is_attended.is_true()
_WORKED: Final = Distinct("member", source="work_logs")

_LEAVERS: Final = Phrase(
    "Who left before a training was due is left out above and below the line, whether the course "
    "was taken or not.",
    "在培训到期之前离开者，不论是否参加，分子分母均不计入。",
)
_ASSIGNED: Final = Phrase(
    "trainings assigned in the period to members who have not left before they are due",
    "本期指派、且成员在到期之前未离开的培训数",
)

KNOWLEDGE_PARTICIPATION: Final = Kpi(
    id=KpiId("knowledge_participation"),
    code="K62",
    name=Phrase("participation in knowledge sharing", "知识共享参与率"),
    group=KpiGroup.TEAM,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Ratio(
        Both(Distinct("member", source="knowledge_uses"), _WORKED), _WORKED, proportion=True
    ),
    numerator=Phrase(
        "of these, members who created, improved or reused an article in it",
        "其中本期新建、改进或复用过知识文章的成员数",
    ),
    denominator=Phrase(
        "members with work logged in the period, each once", "本期有工时记录的成员数，每人只计一次"
    ),
    definition=Phrase(
        "The share of the members who worked in the period that created, improved or reused an "
        "article of the knowledge base in it, however often. Who worked is told by the hours "
        "logged, so that nobody counts who was away for all of it or had left. Articles are not "
        "counted: a target for their number is met with articles that nobody needs.",
        "本期工作过的成员中，新建、改进或复用过知识库文章者所占比例，不论次数。是否工作以工时记录为准，因此"
        "整期缺勤或已离开者不计入。不计文章数量：以数量为目标，只会带来无人需要的文章。",
    ),
    source=_OWN,
)

KNOWLEDGE_LINK_RATE: Final = Kpi(
    id=KpiId("knowledge_link_rate"),
    code="K62b",
    name=Phrase("requests solved with an article", "知识文章关联率"),
    group=KpiGroup.TEAM,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Ratio(
        Count(_SOLVED & F.article.is_present(), source="requests"),
        Count(_SOLVED, source="requests"),
        proportion=True,
    ),
    numerator=Phrase(
        "of these, requests with an article that was used or written", "其中关联了知识文章的请求数"
    ),
    denominator=Phrase(
        "requests received in the period that have been solved", "本期收到并已解决的请求数"
    ),
    definition=Phrase(
        "The share of the requests received in the period and solved to which an article of the "
        "knowledge base is linked, be it one that was used or one that was written on the "
        "occasion. Open requests do not count, because an article may still be linked to them.",
        "本期收到并已解决的服务请求中，关联了知识库文章（引用的或借此新写的）者所占比例。未解决的请求以后仍"
        "可能关联文章，故不计入。",
    ),
    source=_KCS,
)

TRAINING_ATTENDANCE: Final = Kpi(
    id=KpiId("training_attendance"),
    code="K63",
    name=Phrase("training attendance", "培训参与率"),
    group=KpiGroup.TEAM,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Ratio(
        Count(_ATTENDED, source="trainings"),
        Count(_REQUIRED, source="trainings"),
        proportion=True,
    ),
    numerator=Phrase("of these, trainings that the member attended", "其中成员已参加的培训数"),
    denominator=_ASSIGNED,
    definition=Phrase(
        "The share of the trainings assigned in the period that were attended, early or late. "
        f"{_LEAVERS.en} What is not due yet counts as not attended until it is, so that the "
        "share of a period that has just ended may still rise.",
        f"本期指派的培训中，成员已参加者所占比例，不论早晚。{_LEAVERS.zh}未到期且尚未参加的计为未参加，因此"
        "刚结束的周期的数值仍可能上升。",
    ),
    source=_OWN,
)

TRAINING_PASS_RATE: Final = Kpi(
    id=KpiId("training_pass_rate"),
    code="K63b",
    name=Phrase("training pass rate", "培训通过率"),
    group=KpiGroup.TEAM,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Ratio(
        Count(_ATTENDED & F.is_passed.is_true(), source="trainings"),
        Count(_ATTENDED, source="trainings"),
        proportion=True,
    ),
    numerator=Phrase("of these, trainings that the member passed", "其中成员已通过的培训数"),
    denominator=Phrase(
        "trainings assigned in the period and attended by members who have not left before they "
        "are due",
        "本期指派、成员已参加且在到期之前未离开的培训数",
    ),
    definition=Phrase(
        "The share of the trainings assigned in the period and attended that were passed. Who "
        "did not attend neither passed nor failed. "
        f"{_LEAVERS.en} Without anybody who attended there is no value.",
        f"本期指派且成员已参加的培训中，通过者所占比例。未参加者既不算通过也不算未通过。{_LEAVERS.zh}无人参加"
        "时不给出数值。",
    ),
    source=_KIRKPATRICK,
)

TRAINING_IN_TIME: Final = Kpi(
    id=KpiId("training_in_time"),
    code="K63c",
    name=Phrase("training passed in time", "培训按时完成率"),
    group=KpiGroup.TEAM,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=InTime(
        "assigned_at",
        "passed_at",
        due="due_at",
        where=_REQUIRED,
        on="due",
        source="trainings",
    ),
    numerator=Phrase("of these, trainings passed by then", "其中在到期之前通过的培训数"),
    denominator=Phrase(
        "trainings due in the period of members who have not left before",
        "本期到期、且成员在到期之前未离开的培训数",
    ),
    definition=Phrase(
        "The share of the trainings due in the period that were passed by the time at which they "
        "were due. What is due and not passed is late, attended or not, and belongs below the "
        f"line. {_LEAVERS.en}",
        "本期到期的培训中，在到期时间之前通过者所占比例。到期未通过的，不论是否参加，均属逾期，计入分母。"
        f"{_LEAVERS.zh}",
    ),
    source=_KIRKPATRICK,
)

LEARNING: Final[tuple[Kpi, ...]] = (
    KNOWLEDGE_PARTICIPATION,
    KNOWLEDGE_LINK_RATE,
    TRAINING_ATTENDANCE,
    TRAINING_PASS_RATE,
    TRAINING_IN_TIME,
)
"""The figures of this module, by code."""
