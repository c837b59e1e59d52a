"""K43 to K49: how fast and how thoroughly customers are served.

Their times stand with the waiting; here is what becomes of their requests, and at what effort.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from crmcore.criteria import F
from crmcore.kernel import Phrase
from crmcore.measures import Count, Derived, InTime, Ratio, Sum

from ._kpi import Direction, Kpi, KpiGroup, KpiId, Unit
from ._moments import happened
from ._waiting import WAITING

_CUSTOMARY = "customary in service management; the edge cases are decided here"
_METRICNET = "gross and net first contact resolution as MetricNet tells them apart"

_REQUESTS = "requests"
_COUNTED = F.contacts.is_present()
_FIRST_LEVEL = _COUNTED & F.resolvable_at_first.is_true()
_AT_FIRST = F.is_solved_at_first.is_true()
_SETTLED = happened("settled_at", _REQUESTS)
_WORKED = F.settled_at.is_present() & F.minutes.is_present()
_AN_HOUR = (("factor", Decimal(60)),)

_RECEIVED = Phrase("requests received in the period", "本期收到的服务请求数")

RESOLUTION_RATE: Final = Kpi(
    id=KpiId("resolution_rate"),
    code="K46",
    name=Phrase("resolution rate", "服务解决率"),
    group=KpiGroup.SERVICE,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=InTime(
        since="opened_at",
        done="settled_at",
        days="solution_days",
        mature=True,
        source=_REQUESTS,
    ),
    numerator=Phrase(
        "of these, requests solved within the stated days", "其中在规定天数内解决的请求数"
    ),
    denominator=Phrase(
        "requests received in the period whose stated days have passed",
        "本期收到且观察期已满的请求数",
    ),
    definition=Phrase(
        "The share of the requests received in the period that were solved within the stated "
        "number of days. A request whose days have not all passed is left out, even where it has "
        "been solved already. One that was reopened is solved when it is finally closed, and one "
        "that was withdrawn is not solved.",
        "本期收到的请求中，在规定天数内得到解决者所占比例。观察期未满的请求即使已解决也不计入。被重新打开"
        "的请求以最终关闭为解决；已撤回的请求视为未解决。",
    ),
    source=_CUSTOMARY,
)

RESOLUTION_FLOW: Final = Kpi(
    id=KpiId("resolution_flow"),
    code="K46b",
    name=Phrase("solved to received requests", "解决数与收到数之比"),
    group=KpiGroup.SERVICE,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Derived("quotient", (_SETTLED, Count(source=_REQUESTS))),
    numerator=Phrase(
        "requests solved in the period, whenever they were received",
        "本期解决的请求数，不论何时收到",
    ),
    denominator=_RECEIVED,
    definition=Phrase(
        "Requests solved in the period divided by requests received in it. They are not the same "
        "requests: above 1 the pile of open ones shrinks, below 1 it grows. It is no share, and "
        "carries no interval.",
        "本期解决的请求数除以本期收到的请求数。二者不是同一批请求：大于1表示积压减少，小于1表示积压增加。"
        "它不是比例，故不给出区间。",
    ),
    source=_CUSTOMARY,
)

FIRST_CONTACT_RESOLUTION: Final = Kpi(
    id=KpiId("first_contact_resolution"),
    code="K47",
    name=Phrase("first contact resolution, gross", "首次解决率（总）"),
    group=KpiGroup.SERVICE,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Ratio(
        Count(where=_COUNTED & _AT_FIRST, source=_REQUESTS),
        Count(where=_COUNTED, source=_REQUESTS),
        proportion=True,
    ),
    numerator=Phrase(
        "of these, requests solved in one contact and not reopened",
        "其中一次联系即解决且未被重新打开的请求数",
    ),
    denominator=Phrase(
        "requests received in the period whose contacts were counted",
        "本期收到且记录了联系次数的请求数",
    ),
    definition=Phrase(
        "The share of the requests received in the period that were solved in the first contact, "
        "whether a first contact could solve them or not. A request that has been reopened by the "
        "day of judgement, however late, was not solved in the first contact. Requests whose "
        "contacts nobody counted are left out above and below the line.",
        "本期收到的请求中，首次联系即解决者所占比例，不论其能否在首次联系中解决。截至判定日已被重新打开的"
        "请求，不论早晚，均不视为首次解决。未记录联系次数的请求，分子分母均不计入。",
    ),
    source=_METRICNET,
)

FIRST_CONTACT_RESOLUTION_NET: Final = Kpi(
    id=KpiId("first_contact_resolution_net"),
    code="K47b",
    name=Phrase("first contact resolution, net", "首次解决率（净）"),
    group=KpiGroup.SERVICE,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Ratio(
        Count(where=_FIRST_LEVEL & _AT_FIRST, source=_REQUESTS),
        Count(where=_FIRST_LEVEL, source=_REQUESTS),
        proportion=True,
    ),
    numerator=Phrase(
        "of these, requests solved in one contact and not reopened",
        "其中一次联系即解决且未被重新打开的请求数",
    ),
    denominator=Phrase(
        "requests received in the period that a first contact can solve, contacts counted",
        "本期收到的、首次联系即可解决且记录了联系次数的请求数",
    ),
    definition=Phrase(
        "The share of the requests received in the period that were solved in the first contact, "
        "among those that a first contact can solve: who must be sent to another level from the "
        "start is left out above and below the line.",
        "在首次联系即可解决的请求中，首次联系即解决者所占比例。一开始就必须转交其他层级的请求，分子分母均"
        "不计入。",
    ),
    source=_METRICNET,
)

SOLVED_PER_HOUR: Final = Kpi(
    id=KpiId("solved_per_hour"),
    code="K48",
    name=Phrase("requests solved per productive hour", "每工时解决请求数"),
    group=KpiGroup.SERVICE,
    unit=Unit.PER_HOUR,
    direction=Direction.HIGHER,
    measure=Derived(
        "quotient",
        (Derived("scaled", (_SETTLED,), _AN_HOUR), Sum("minutes", source="work_logs")),
    ),
    numerator=Phrase("60 for each request solved in the period", "本期解决的请求数乘以60"),
    denominator=Phrase("productive minutes logged in the period", "本期记录的有效工作分钟数"),
    definition=Phrase(
        "Requests solved in the period divided by the productive hours logged in it. Every "
        "request counts as one, easy or hard, so that only like may be compared with like: "
        "category by category. Without logged hours there is no value.",
        "本期解决的请求数除以本期记录的有效工时。每个请求不论难易均计为一件，因此只能按类别进行同类比较。"
        "没有工时记录时不给出数值。",
    ),
    source=_CUSTOMARY,
)

HANDLING_TIME: Final = Kpi(
    id=KpiId("handling_time"),
    code="K48b",
    name=Phrase("handling time per request", "单个请求处理工时"),
    group=KpiGroup.SERVICE,
    unit=Unit.HOURS,
    direction=Direction.LOWER,
    measure=Derived(
        "quotient",
        (
            Sum("minutes", where=_WORKED, source=_REQUESTS),
            Derived("scaled", (Count(where=_WORKED, source=_REQUESTS),), _AN_HOUR),
        ),
    ),
    numerator=Phrase("minutes of work on these requests", "处理这些请求的分钟数"),
    denominator=Phrase(
        "60 for each solved request received in the period whose work was logged",
        "本期收到、已解决且有工时记录的请求数乘以60",
    ),
    definition=Phrase(
        "The mean hours of work on a request received in the period and solved since. A request "
        "of which the work was not logged does not count; work on one that is still open is not "
        "finished, and does not count either.",
        "本期收到且已解决的请求的平均处理工时（小时）。没有工时记录的请求不计入；尚未解决的请求处理未完，也不计入。",
    ),
    source=_CUSTOMARY,
)

REOPEN_RATE: Final = Kpi(
    id=KpiId("reopen_rate"),
    code="K49",
    name=Phrase("reopen rate", "重新打开率"),
    group=KpiGroup.SERVICE,
    unit=Unit.SHARE,
    direction=Direction.LOWER,
    measure=InTime(
        since="solved_at",
        done="reopened_at",
        days="reopen_days",
        mature=True,
        source=_REQUESTS,
    ),
    numerator=Phrase(
        "of these, requests reopened within the stated days", "其中在规定天数内被重新打开的请求数"
    ),
    denominator=Phrase(
        "requests solved in the period whose stated days have passed",
        "本期解决且观察期已满的请求数",
    ),
    definition=Phrase(
        "The share of the requests solved in the period that were reopened within the stated "
        "number of days after their solution. A solution whose days have not all passed is left "
        "out, because it may still come back; one that comes back later counts as thorough.",
        "本期解决的请求中，在解决后规定天数内被重新打开者所占比例。观察期未满的请求仍可能被重新打开，故不"
        "计入；超过规定天数才重新打开的，视为已彻底解决。",
    ),
    source=_CUSTOMARY,
)

SERVICE: Final[tuple[Kpi, ...]] = (
    *WAITING,
    RESOLUTION_RATE,
    RESOLUTION_FLOW,
    FIRST_CONTACT_RESOLUTION,
    FIRST_CONTACT_RESOLUTION_NET,
    SOLVED_PER_HOUR,
    HANDLING_TIME,
    REOPEN_RATE,
)
