"""K59 to K66 and K72 to K74: tasks, quality, projects and output of teams.

How teams work together, and how they learn, stands in modules of its own.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from crmcore.criteria import Criterion, F
from crmcore.kernel import Phrase
from crmcore.measures import Balance, Count, Derived, Distinct, InTime, Ratio, Sum
from crmcore.work import TaskKind

from ._cooperation import COOPERATION
from ._kpi import Direction, Kpi, KpiGroup, KpiId, Unit
from ._learning import LEARNING

_OWN: Final = "our own; there is no common definition"
_PROJECTS: Final = "customary in project management; the edge cases are decided here"
_YIELD: Final = "first-pass yield, customary in quality management"

_FIRST: Final = F.is_first.is_true()
_OF_MILESTONES: Final = _FIRST & (F.step == "milestone")
_ATTAINMENT: Final = F.name == "project_attainment"
_AN_HOUR: Final = (("factor", Decimal(60)),)

_FIRST_CHECKS: Final = Phrase(
    "steps checked in the period for the first time", "本期首次检验的工序数"
)
_ACCEPTED: Final = Phrase("of these, steps accepted at that check", "其中首次检验即合格的工序数")


def _accepted(first: Criterion) -> Ratio:
    """Return the share of certain first checks at which the work was accepted."""
    return Ratio(
        Count(first & F.accepted.is_true(), source="inspections"),
        Count(first, source="inspections"),
        proportion=True,
    )


TASKS_IN_TIME: Final = Kpi(
    id=KpiId("tasks_in_time"),
    code="K60",
    name=Phrase("task on-time rate", "任务按时交付率"),
    group=KpiGroup.TEAM,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=InTime("opened_at", "done_at", due="due_at", on="due", source="tasks"),
    numerator=Phrase("of these, tasks done by then", "其中在到期之前完成的任务数"),
    denominator=Phrase("tasks due in the period, done or open", "本期到期的任务数（含未完成的）"),
    definition=Phrase(
        "The share of the tasks due in the period, milestones and actions among them, that were "
        "done by the time at which they were due, as it was last agreed. What is due and open is "
        "late, and belongs below the line. A task counts when it is due, even if it was done "
        "long before. Who moves a date is in time by this figure; how many dates were kept as "
        "first agreed is told beside it.",
        "本期到期的任务（含里程碑与会议行动项）中，在最后约定的到期时间之前完成者所占比例。逾期未完成的属于"
        "逾期，计入分母。任务按到期时间计入，即使早已完成。改期后完成的在本指标中视为按时；按最初约定日期完成"
        "的比例另行给出。",
    ),
    source=_PROJECTS,
)

TASKS_BY_FIRST_DATE: Final = Kpi(
    id=KpiId("tasks_by_first_date"),
    code="K60b",
    name=Phrase("task on-time rate, by the first date", "任务按时交付率（按最初日期）"),
    group=KpiGroup.TEAM,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=InTime("opened_at", "done_at", due="original_due_at", on="due", source="tasks"),
    numerator=Phrase("of these, tasks done by then", "其中在该日期之前完成的任务数"),
    denominator=Phrase(
        "tasks that were at first due in the period, done or open",
        "最初约定于本期到期的任务数（含未完成的）",
    ),
    definition=Phrase(
        "The share of the tasks at first due in the period that were done by that time, wherever "
        "their date was moved to later on. A task whose date was never moved is due when it "
        "always was. What is not done by then is late, even where it is not due yet by the last "
        "date.",
        "最初约定于本期到期的任务中，在该时间之前完成者所占比例，不论后来改期至何时。从未改期的任务以原到期"
        "时间为准。届时未完成的即为逾期，即使按最后约定的日期尚未到期。",
    ),
    source=_PROJECTS,
)

QUALITY_PASS_RATE: Final = Kpi(
    id=KpiId("quality_pass_rate"),
    code="K61",
    name=Phrase("quality pass rate", "质量达标率"),
    group=KpiGroup.TEAM,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=_accepted(_FIRST),
    numerator=_ACCEPTED,
    denominator=_FIRST_CHECKS,
    definition=Phrase(
        "The share of the first checks of the period at which the work was accepted. Each step "
        "of each piece of work has one first check; what was put right and accepted at the "
        "second is no success, and counts no second time.",
        "本期首次检验中合格者所占比例。每件工作的每道工序只有一次首次检验；返工后第二次检验合格的不算达标，"
        "也不再计入。",
    ),
    source=_YIELD,
)

ROLLED_YIELD: Final = Kpi(
    id=KpiId("rolled_yield"),
    code="K61b",
    name=Phrase("rolled throughput yield", "滚动直通率"),
    group=KpiGroup.TEAM,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Derived(
        "complement",
        (
            Ratio(
                Distinct("subject", _FIRST & F.accepted.is_false(), source="inspections"),
                Distinct("subject", _FIRST, source="inspections"),
                proportion=True,
            ),
        ),
    ),
    numerator=Phrase(
        "of these, pieces accepted at the first check of every step",
        "其中各道工序均首次检验合格的工作件数",
    ),
    denominator=Phrase(
        "pieces of work with a first check of a step in the period",
        "本期有工序首次检验的工作件数",
    ),
    definition=Phrase(
        "The share of the pieces of work checked in the period that were accepted at the first "
        "check of each of their steps. One refusal is enough to fail. It is counted piece by "
        "piece; the product of the pass rates of the steps says the same only where the steps "
        "fail independently and each piece goes through all of them. Of a piece whose checks lie "
        "in two periods, each period judges its own.",
        "本期受检的工作件中，各道工序首次检验均合格者所占比例，有一次不合格即不算直通。本指标逐件统计；各"
        "工序达标率的乘积仅在各工序的不合格相互独立、且每件均经过全部工序时与之相同。检验跨两期的工作件，"
        "各期只看本期的检验。",
    ),
    source="the rolled throughput yield of Six Sigma, counted and not multiplied",
)

MILESTONES_IN_TIME: Final = Kpi(
    id=KpiId("milestones_in_time"),
    code="K65",
    name=Phrase("project milestones on time", "跨部门项目进度达成率"),
    group=KpiGroup.TEAM,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=InTime(
        "opened_at",
        "done_at",
        due="due_at",
        where=F.kind == TaskKind.MILESTONE,
        on="due",
        source="tasks",
    ),
    numerator=Phrase("of these, milestones reached by then", "其中在到期之前达到的里程碑数"),
    denominator=Phrase(
        "milestones due in the period, reached or not", "本期到期的项目里程碑数（含未达到的）"
    ),
    definition=Phrase(
        "The share of the milestones of projects due in the period that were reached by the time "
        "at which they were due, as it was last agreed. What is due and not reached is late, and "
        "belongs below the line. Schedule, quality and goal of projects are three figures; they "
        "are not put into one.",
        "本期到期的项目里程碑中，在最后约定的到期时间之前达到者所占比例。逾期未达到的属于逾期，计入分母。"
        "项目的进度、质量、目标为三项指标，不合并为一个分数。",
    ),
    source=_PROJECTS,
)

MILESTONE_QUALITY: Final = Kpi(
    id=KpiId("milestone_quality"),
    code="K65b",
    name=Phrase("project results accepted at once", "跨部门项目质量达标率"),
    group=KpiGroup.TEAM,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=_accepted(_OF_MILESTONES),
    numerator=Phrase("of these, results accepted at that check", "其中首次检验即合格的项目成果数"),
    denominator=Phrase(
        "results of projects checked in the period for the first time, at the step milestone",
        "本期在“里程碑”（milestone）工序首次检验的项目成果数",
    ),
    definition=Phrase(
        "The share of the first checks of the step called milestone in the period at which the "
        "result of a project was accepted. A result that was put right and accepted at the "
        "second check is no success, and counts no second time.",
        "本期“里程碑”（milestone）工序的首次检验中，项目成果合格者所占比例。返工后第二次检验合格的不算达标，"
        "也不再计入。",
    ),
    source=_YIELD,
)

PROJECT_ATTAINMENT: Final = Kpi(
    id=KpiId("project_attainment"),
    code="K65c",
    name=Phrase("project goal attainment", "跨部门项目目标达成度"),
    group=KpiGroup.TEAM,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Ratio(
        Balance("number", "subject", where=_ATTAINMENT, source="figures"),
        Distinct("subject", _ATTAINMENT, source="figures"),
    ),
    numerator=Phrase(
        "the sum of the shares of their goals that projects have reached",
        "各项目目标达成度之和",
    ),
    denominator=Phrase(
        "projects with a figure of the period for it", "本期有目标达成度数据的项目数"
    ),
    definition=Phrase(
        "The mean share of its goal that a project has reached, by the dated figures called "
        "project_attainment: 1 is the goal. Of several figures of a project that begin in the "
        "period the last one counts, and every project weighs the same. Who does more than the "
        "goal has more than 1, and who falls behind the start less than 0. A project without a "
        "figure does not count as 0.",
        "项目目标达成度的平均值，取自名为project_attainment、注明日期的数据，1为达到目标。同一项目在本期有"
        "多项起始于本期的数据时取最后一项，各项目权重相同。超额完成的大于1，不及起点的小于0。没有数据的项目"
        "不按0计入。",
    ),
    source=_OWN,
)

OUTPUT_PER_HOUR: Final = Kpi(
    id=KpiId("output_per_hour"),
    code="K73",
    name=Phrase("work efficiency", "工作效率"),
    group=KpiGroup.TEAM,
    unit=Unit.PER_HOUR,
    direction=Direction.HIGHER,
    measure=Derived(
        "quotient",
        (
            Derived("scaled", (Sum("units", source="work_logs"),), _AN_HOUR),
            Sum("minutes", source="work_logs"),
        ),
    ),
    numerator=Phrase("60 for each unit of output of this work", "这些工作的产出单位数乘以60"),
    denominator=Phrase("productive minutes logged in the period", "本期记录的有效工作分钟数"),
    definition=Phrase(
        "The units of output of the work logged in the period divided by the productive hours "
        "that it took. Work without output adds its time. A unit counts as it was entered, easy "
        "or hard, so that only like may be compared with like: category by category, or with "
        "units that stand for a standard time. Without logged time there is no value.",
        "本期记录的工作产出单位数除以所用的有效工时。没有产出的工作只增加工时。产出单位按录入值计，不论难易，"
        "因此只能按类别进行同类比较，或以折算为标准工时的单位录入。没有工时记录时不给出数值。",
    ),
    source="labour productivity, output by hours worked",
)

TEAM: Final[tuple[Kpi, ...]] = (
    *COOPERATION,
    *LEARNING,
    TASKS_IN_TIME,
    TASKS_BY_FIRST_DATE,
    QUALITY_PASS_RATE,
    ROLLED_YIELD,
    MILESTONES_IN_TIME,
    MILESTONE_QUALITY,
    PROJECT_ATTAINMENT,
    OUTPUT_PER_HOUR,
)
"""The figures about teams, with those of the modules about cooperation and learning."""
