"""K67 to K71: time, cost, quality, conformance and flexibility of processes.

A case belongs to the period in which it began. What is normal differs from process to process,
so that the figures are best read for one process at a time.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from crmcore.criteria import F
from crmcore.kernel import Phrase
from crmcore.measures import Count, Distinct, Duration, InTime, Mean, Ratio

from ._kpi import Direction, Kpi, KpiGroup, KpiId, Unit

_OWN: Final = "our own; there is no common definition"
_KAPLAN_MEIER: Final = (
    "E. L. Kaplan and P. Meier, Journal of the American Statistical Association 53 (1958) "
    "457-481, for times of which some have not ended"
)
_THROUGHPUT: Final = f"throughput time as in the R packages bupaR; {_KAPLAN_MEIER}"
_ALIGNMENT: Final = (
    "W. van der Aalst, A. Adriansyah and B. van Dongen, Replaying history on process models for "
    "conformance checking and performance analysis, WIREs Data Mining and Knowledge Discovery "
    "2(2), 2012"
)

_CASES: Final = "process_cases"
_ENDED: Final = F.ended_at.is_present()
_MEASURED: Final = _ENDED & F.fitness.is_present()
_BEGUN_AND_ENDED: Final = Phrase(
    "cases begun in the period that have ended", "本期开始并已结束的流程实例数"
)


def _throughput_time(
    code: str, key: str, q: Decimal, *, name: Phrase, share: Phrase, none: Phrase
) -> Kpi:
    return Kpi(
        id=KpiId(key),
        code=code,
        name=name,
        group=KpiGroup.TEAM,
        unit=Unit.HOURS,
        direction=Direction.LOWER,
        measure=Duration("started_at", "ended_at", q=q, source=_CASES),
        numerator=Phrase(
            f"hours within which {share.en} of the cases ended",
            f"{share.zh}流程实例结束所用的小时数",
        ),
        definition=Phrase(
            "The hours from the start of the first step of a case to the end of its last one, "
            f"within which {share.en} of the cases begun in the period ended. A case that runs on "
            "is not left out: it has taken at least until the day of judgement, and counts so. "
            f"{none.en} Every hour counts, because the customer waits at night too.",
            f"本期开始的流程实例中，自首个步骤开始至最后一个步骤结束，{share.zh}实例结束所用的小时数。仍在进行的"
            f"实例不剔除，按至少持续至判定日计算。{none.zh}客户在夜间同样在等待，因此每个小时均计时。",
        ),
        source=_THROUGHPUT,
    )


THROUGHPUT_TIME: Final = _throughput_time(
    "K67",
    "throughput_time",
    Decimal("0.5"),
    name=Phrase("process throughput time, median", "流程时间（中位数）"),
    share=Phrase("half", "半数"),
    none=Phrase("Where more than half run on there is no value.", "半数以上仍在进行时不给出数值。"),
)

THROUGHPUT_TIME_P90: Final = _throughput_time(
    "K67b",
    "throughput_time_p90",
    Decimal("0.9"),
    name=Phrase("process throughput time, 9 of 10", "流程时间（第90百分位）"),
    share=Phrase("nine of ten", "九成"),
    none=Phrase(
        "Where more than one of ten runs on there may be no value.",
        "一成以上仍在进行时可能没有数值。",
    ),
)

PROCESS_COST: Final = Kpi(
    id=KpiId("process_cost"),
    code="K68",
    name=Phrase("process cost per case", "流程成本（每个实例）"),
    group=KpiGroup.TEAM,
    unit=Unit.MONEY,
    direction=Direction.LOWER,
    measure=Mean("cost", where=_ENDED, source=_CASES),
    numerator=Phrase("what these cases cost", "这些流程实例的成本之和"),
    denominator=Phrase(
        "cases begun in the period that have ended and of which the cost is known",
        "本期开始、已结束且成本已知的流程实例数",
    ),
    definition=Phrase(
        "The mean cost of a case begun in the period: the hours of work on it at their rate, and "
        "what it cost besides. Where the time worked, the rate or the other cost is unknown, the "
        "cost is unknown too: such a case is missing, and not free of charge. A case that runs "
        "on does not count, because its cost does too. All are in one currency.",
        "本期开始的流程实例的平均成本：处理工时乘以费率，加上直接成本。处理时间、费率或直接成本有一项未知，则"
        "成本未知，该实例视为缺失，而不是零成本。仍在进行的实例成本仍在增加，不计入。全部成本须为同一币种。",
    ),
    source=(
        "hours at their rate: R. S. Kaplan and S. R. Anderson, Time-Driven Activity-Based "
        "Costing, Harvard Business Review 82(11), 2004; the edge cases are decided here"
    ),
)

FIRST_PASS_YIELD: Final = Kpi(
    id=KpiId("first_pass_yield"),
    code="K69",
    name=Phrase("first-pass yield of the process", "流程质量（一次通过率）"),
    group=KpiGroup.TEAM,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Ratio(
        Count(_ENDED & F.is_reworked.is_false(), source=_CASES),
        Count(_ENDED, source=_CASES),
        proportion=True,
    ),
    numerator=Phrase("of these, cases without rework", "其中没有返工的流程实例数"),
    denominator=_BEGUN_AND_ENDED,
    definition=Phrase(
        "The share of the cases begun in the period and ended in which no step had to be done "
        "again because it was done wrong. A step that the standard repeats is no rework. A case "
        "that runs on does not count, because it may still come back.",
        "本期开始并已结束的流程实例中，没有任何步骤因做错而重做者所占比例。标准流程本身要求的重复不算返工。"
        "仍在进行的实例以后仍可能返工，不计入。",
    ),
    source="first-pass yield, customary in lean management",
)

PROCESS_FITNESS: Final = Kpi(
    id=KpiId("process_fitness"),
    code="K70",
    name=Phrase("process conformance", "流程合规性"),
    group=KpiGroup.TEAM,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Mean("fitness", where=_ENDED, source=_CASES),
    numerator=Phrase("the sum of the fitness of these cases", "这些流程实例的拟合度之和"),
    denominator=Phrase(
        "cases begun in the period that have ended and were compared with the standard",
        "本期开始、已结束并与标准流程比对过的实例数",
    ),
    definition=Phrase(
        "The mean fitness of the cases begun in the period and ended: 1 less the steps that were "
        "left out or put in, divided by the steps of the case and of the standard together. "
        "Deviations are those of the best alignment with the standard, and not of a replay of "
        "tokens, which makes too much fit. Each case weighs the same, long or short; one that "
        "was not compared is missing.",
        "本期开始并已结束的流程实例的平均拟合度：1减去遗漏或多出的步骤数与实例步骤数和标准步骤数之和的比值。"
        "偏差取与标准流程的最优对齐，不用令牌重放，后者会高估拟合。每个实例权重相同，不论长短；未比对的视为"
        "缺失。",
    ),
    source=_ALIGNMENT,
)

EXACT_CASES: Final = Kpi(
    id=KpiId("exact_cases"),
    code="K70b",
    name=Phrase("cases as the standard has them", "完全合规的流程实例占比"),
    group=KpiGroup.TEAM,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Ratio(
        Count(_MEASURED & F.is_exact.is_true(), source=_CASES),
        Count(_MEASURED, source=_CASES),
        proportion=True,
    ),
    numerator=Phrase("of these, cases without any deviation", "其中没有任何偏差的流程实例数"),
    denominator=PROCESS_FITNESS.denominator,
    definition=Phrase(
        "The share of the cases begun in the period, ended and compared with the standard that "
        "keep to it in every step. A case that was not compared counts neither as exact nor as "
        "deviating.",
        "本期开始、已结束并与标准流程比对过的实例中，每一步均符合标准者所占比例。未比对的既不算合规，也不算"
        "偏离。",
    ),
    source=_ALIGNMENT,
)

CHANGE_LEAD_TIME: Final = Kpi(
    id=KpiId("change_lead_time"),
    code="K71",
    name=Phrase("change lead time, median", "变更实施周期（中位数）"),
    group=KpiGroup.TEAM,
    unit=Unit.DAYS,
    direction=Direction.LOWER,
    measure=Duration("approved_at", "effective_at", unit="days", source="change_requests"),
    numerator=Phrase(
        "days within which half of the changes took effect", "半数变更全面生效所用的天数"
    ),
    definition=Phrase(
        "The days from the approval of a change until it is in effect in all units that it "
        "concerns, within which half of the changes approved in the period were. One that is not "
        "in effect everywhere has taken at least until the day of judgement, and counts so; "
        "where more than half are not there is no value. Days of 24 hours, weekends included.",
        "本期批准的变更中，自批准至在所有相关单位全面生效，半数变更所用的天数。尚未全面生效的按至少持续至判定"
        "日计算；半数以上尚未生效时不给出数值。一天按24小时计，含周末。",
    ),
    source=f"our own; {_KAPLAN_MEIER}",
)

CHANGES_IN_TARGET: Final = Kpi(
    id=KpiId("changes_in_target"),
    code="K71b",
    name=Phrase("changes in effect in time", "变更按时生效率"),
    group=KpiGroup.TEAM,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=InTime("approved_at", "effective_at", due="due_at", on="due", source="change_requests"),
    numerator=Phrase("of these, changes in effect by then", "其中在到期之前全面生效的变更数"),
    denominator=Phrase(
        "changes due to take effect in the period, in effect or not",
        "本期应生效的变更数（含未生效的）",
    ),
    definition=Phrase(
        "The share of the changes that were to take effect in the period and did so by that time "
        "in all units that they concern. What is due and not in effect everywhere is late, and "
        "belongs below the line; a change without an agreed date is missing.",
        "应于本期生效的变更中，按时在所有相关单位全面生效者所占比例。逾期未全面生效的属于逾期，计入分母；没有"
        "约定日期的视为缺失。",
    ),
    source=_OWN,
)

PROCESS_VARIANTS: Final = Kpi(
    id=KpiId("process_variants"),
    code="K71c",
    name=Phrase("process variants", "流程变体数"),
    group=KpiGroup.TEAM,
    unit=Unit.COUNT,
    direction=Direction.TARGET,
    measure=Distinct("variant", source=_CASES),
    numerator=Phrase(
        "different ways that cases begun in the period took", "本期开始的流程实例所走的不同路径数"
    ),
    definition=Phrase(
        "How many different ways through the process the cases begun in the period took, by the "
        "names of the variants; a case of which the way was not recorded is missing. Few may be "
        "rigid and many may be arbitrary, so that it has a target and no direction. It is read "
        "process by process, unless variants of two processes never bear the same name; the "
        "variants of two months together are not the sum of both.",
        "本期开始的流程实例所走的不同路径数，按变体名称区分；未记录路径的视为缺失。过少可能僵化，过多可能"
        "随意，因此以达标为准，不论升降。除非不同流程的变体名称互不相同，否则应按流程分列；两个月合计的变体数"
        "不等于两月之和。",
    ),
    source=_OWN,
)

PROCESS: Final[tuple[Kpi, ...]] = (
    THROUGHPUT_TIME,
    THROUGHPUT_TIME_P90,
    PROCESS_COST,
    FIRST_PASS_YIELD,
    PROCESS_FITNESS,
    EXACT_CASES,
    CHANGE_LEAD_TIME,
    CHANGES_IN_TARGET,
    PROCESS_VARIANTS,
)
"""The figures of processes, by code."""
