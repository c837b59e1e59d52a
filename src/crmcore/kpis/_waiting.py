"""K43 to K45: how long customers wait for an answer, and for a solution.

Times run on the calendar called ``service``, where nobody waits while nobody works. A request
that is still open is no missing one: it has lasted at least until now.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from crmcore.criteria import F
from crmcore.kernel import Phrase
from crmcore.measures import Duration, InTime

from ._kpi import Direction, Kpi, KpiGroup, KpiId, Unit

_KAPLAN_MEIER = (
    "E. L. Kaplan and P. Meier, Journal of the American Statistical Association 53 (1958) "
    "457-481, for times of which some have not ended"
)

_REQUESTS = "requests"
_MEDIAN = Decimal("0.5")
_P90 = Decimal("0.9")

# Whoever withdrew a request before it was answered waits for no answer any more.
_NOT_GIVEN_UP = F.has_human_response.is_true() | F.is_withdrawn.is_false()

_HOURS = Phrase(
    "Service hours are those of the calendar called service, or all hours where there is none.",
    "服务时间取自名为service的日历；没有该日历时全天计时。",
)
_UNANSWERED = Phrase(
    "A request that nobody has answered yet has waited at least until the day of judgement, and "
    "counts so; one that was withdrawn before it was answered is left out. An automatic answer "
    "is none.",
    "尚无人答复的请求按至少等待至判定日计算；答复前已撤回的请求不计入。自动答复不计为答复。",
)
_RESOLUTION_CLOCK = Phrase(
    "The clock stands still while the request is paused and outside service hours. A request "
    "that was reopened goes on until it is finally closed; one that is still open has lasted at "
    "least until the day of judgement, and counts so; one that was withdrawn is left out.",
    "请求暂停期间及非服务时间不计时。被重新打开的请求计至最终关闭为止；仍未解决的请求按至少持续至"
    "判定日计算；已撤回的请求不计入。",
)


def _response_time(q: Decimal) -> Duration:
    return Duration(
        since="opened_at",
        until="human_response_at",
        q=q,
        unit="hours",
        calendar="service",
        where=_NOT_GIVEN_UP,
        source=_REQUESTS,
    )


def _resolution_time(q: Decimal) -> Duration:
    return Duration(
        since="opened_at",
        until="settled_at",
        q=q,
        unit="hours",
        calendar="service",
        pauses="pauses",
        where=F.is_withdrawn.is_false(),
        source=_REQUESTS,
    )


RESPONSE_TIME: Final = Kpi(
    id=KpiId("response_time"),
    code="K43",
    name=Phrase("first response time, median", "首次响应时间（中位数）"),
    group=KpiGroup.SERVICE,
    unit=Unit.HOURS,
    direction=Direction.LOWER,
    measure=_response_time(_MEDIAN),
    numerator=Phrase(
        "service hours within which half of the requests were answered",
        "半数请求得到答复所用的服务时间",
    ),
    definition=Phrase(
        "The service hours from the opening of a request to the first answer of a person, within "
        "which half of the requests opened in the period were answered. "
        + _UNANSWERED.en
        + " Where too few are answered to tell, there is no value. "
        + _HOURS.en,
        "本期提出的请求中，自提出至首次人工答复的服务时间的中位数。"
        + _UNANSWERED.zh
        + "已答复者过少而无法判定时不给出数值。"
        + _HOURS.zh,
    ),
    source=_KAPLAN_MEIER,
)

RESPONSE_TIME_P90: Final = Kpi(
    id=KpiId("response_time_p90"),
    code="K43b",
    name=Phrase("first response time, 9 of 10", "首次响应时间（第90百分位）"),
    group=KpiGroup.SERVICE,
    unit=Unit.HOURS,
    direction=Direction.LOWER,
    measure=_response_time(_P90),
    numerator=Phrase(
        "service hours within which nine of ten requests were answered",
        "九成请求得到答复所用的服务时间",
    ),
    definition=Phrase(
        "The service hours from the opening of a request to the first answer of a person, within "
        "which nine of ten requests opened in the period were answered. "
        + _UNANSWERED.en
        + " Where too few are answered to tell, there is no value. "
        + _HOURS.en,
        "本期提出的请求中，自提出至首次人工答复的服务时间的第90百分位数。"
        + _UNANSWERED.zh
        + "已答复者过少而无法判定时不给出数值。"
        + _HOURS.zh,
    ),
    source=_KAPLAN_MEIER,
)

RESPONSE_IN_TARGET: Final = Kpi(
    id=KpiId("response_in_target"),
    code="K44",
    name=Phrase("response in target", "响应及时率"),
    group=KpiGroup.SERVICE,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=InTime(
        since="opened_at", done="human_response_at", due="response_due_at", source=_REQUESTS
    ),
    numerator=Phrase("of these, requests answered when they were due", "其中按时答复的请求数"),
    denominator=Phrase(
        "requests opened in the period that were answered, or are unanswered past their due time",
        "本期提出的、已答复或逾期未答复的请求数",
    ),
    definition=Phrase(
        "The share of the requests opened in the period that a person answered by the time at "
        "which the answer was due. What is unanswered and overdue counts as late, what is "
        "unanswered and not yet due does not count, and neither does what never had a due time. "
        "Who gave up waiting was not answered. An automatic answer is none.",
        "本期提出的请求中，在应答复时间之前得到人工答复者所占比例。逾期未答复计为不及时；未到期且未答复"
        "者不计入；未设定答复时限者不计入。客户中途放弃等待的视为未答复。自动答复不计为答复。",
    ),
    source="the service level of contact centres; the edge cases are decided here",
)

RESOLUTION_TIME: Final = Kpi(
    id=KpiId("resolution_time"),
    code="K45",
    name=Phrase("resolution time, median", "解决时间（中位数）"),
    group=KpiGroup.SERVICE,
    unit=Unit.HOURS,
    direction=Direction.LOWER,
    measure=_resolution_time(_MEDIAN),
    numerator=Phrase(
        "service hours within which half of the requests were solved",
        "半数请求得到解决所用的服务时间",
    ),
    definition=Phrase(
        "The service hours from the opening of a request to its accepted solution, within which "
        "half of the requests opened in the period were solved. "
        + _RESOLUTION_CLOCK.en
        + " "
        + _HOURS.en,
        "本期提出的请求中，自提出至解决方案被接受的服务时间的中位数。"
        + _RESOLUTION_CLOCK.zh
        + _HOURS.zh,
    ),
    source=_KAPLAN_MEIER,
)

RESOLUTION_TIME_P90: Final = Kpi(
    id=KpiId("resolution_time_p90"),
    code="K45b",
    name=Phrase("resolution time, 9 of 10", "解决时间（第90百分位）"),
    group=KpiGroup.SERVICE,
    unit=Unit.HOURS,
    direction=Direction.LOWER,
    measure=_resolution_time(_P90),
    numerator=Phrase(
        "service hours within which nine of ten requests were solved",
        "九成请求得到解决所用的服务时间",
    ),
    definition=Phrase(
        "The service hours from the opening of a request to its accepted solution, within which "
        "nine of ten requests opened in the period were solved. "
        + _RESOLUTION_CLOCK.en
        + " "
        + _HOURS.en,
        "本期提出的请求中，自提出至解决方案被接受的服务时间的第90百分位数。"
        + _RESOLUTION_CLOCK.zh
        + _HOURS.zh,
    ),
    source=_KAPLAN_MEIER,
)

WAITING: Final[tuple[Kpi, ...]] = (
    RESPONSE_TIME,
    RESPONSE_TIME_P90,
    RESPONSE_IN_TARGET,
    RESOLUTION_TIME,
    RESOLUTION_TIME_P90,
)
