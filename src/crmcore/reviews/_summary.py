"""The summary: the parts of a review on one screen, in English or in Chinese."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from crmcore.development import TrainingNeed
from crmcore.goals import GoalAssessment, Status
from crmcore.improvement import Finding, Severity
from crmcore.kernel import Phrase, Undefined, round_half_up
from crmcore.kpis import KpiSeries
from crmcore.lifecycle import Stage
from crmcore.measures import Value
from crmcore.organization import Organization
from crmcore.plans import Balance, Carried
from crmcore.policies import Policy
from crmcore.segments import GroupSummary
from crmcore.signals import ControlChart, Variation

from ._charts import subject_of, without_mirrors
from ._customer_value import CustomerValue
from ._judging import Judgement
from ._plan import DepartmentPlan

_SHOWN: Final = 5
_KPIS: Final = ("customer_base", "retention_rate", "new_customers", "orders", "sales")
_NAME: Final = 34
_GRAVEST: Final = (
    Status.MISSED,
    Status.OFF_TRACK,
    Status.AT_RISK,
    Status.UNKNOWN,
    Status.ON_TRACK,
    Status.ACHIEVED,
)


def heading(organization: Organization, policy: Policy, *, as_of: date, customers: int) -> Phrase:
    """Say what was reviewed, on which day and by which policy."""
    name, members = organization.department.name, len(organization.members)
    return Phrase(
        f"{name} as of {as_of}: {counted(customers, 'customer')}, "
        f"{counted(members, 'member')}, policy {policy.name!r}",
        f"{name}，截至{as_of}：{customers:,}位客户，{members:,}位成员，规则集“{policy.name}”",
    )


def how_it_goes(
    series: Sequence[KpiSeries],
    charts: Sequence[ControlChart],
    goals: Sequence[GoalAssessment],
) -> Iterator[Phrase]:
    """Yield the chief KPIs with what has changed, and how goals stand, the gravest first."""
    yield Phrase("How it goes", "经营指标")
    by_subject = {each.subject: each for each in charts}
    for one in _chief(series, by_subject, goals):
        yield _kpi(one, by_subject[subject_of(one)])
    ranked = sorted(goals, key=lambda each: _GRAVEST.index(each.status))
    for each in ranked[:_SHOWN]:
        status = each.status.label
        yield Phrase(
            f"  {each.goal.name}: {status.en}. {each.because.en}",
            f"  {each.goal.name}：{status.zh}。{each.because.zh}",
        )
    if more := len(ranked[_SHOWN:]):
        yield Phrase(f"  … and {counted(more, 'more goal')}", f"  ……另有{more}个目标")


def _chief(
    series: Sequence[KpiSeries],
    charts: Mapping[str, ControlChart],
    goals: Iterable[GoalAssessment],
) -> Iterator[KpiSeries]:
    """Yield the chief KPIs, then some that goals are about or that have become worse."""
    by_id: dict[str, KpiSeries] = {one.kpi.id: one for one in series}
    followed = {each.goal.kpi for each in goals}
    yield from (by_id[key] for key in _KPIS)
    further = [one for one in without_mirrors(series) if one.kpi.id not in _KPIS]
    aim = [one for one in further if one.kpi.id in followed]
    worse = [
        one
        for one in further
        if one.kpi.id not in followed and charts[subject_of(one)].variation is Variation.CONCERN
    ]
    yield from [*aim, *worse][:_SHOWN]


def _kpi(series: KpiSeries, chart: ControlChart) -> Phrase:
    latest = series.values[-1]
    if isinstance(latest, Undefined):
        why = latest.reason.label
        return _row(series.kpi.name, Phrase(f"– ({why.en})", f"–（{why.zh}）"))
    said = _interval(series, latest)
    compared, told = _comparison(series, chart), _judged(chart)
    return _row(
        series.kpi.name,
        Phrase(
            f"{said.en} ({latest.period}{compared.en}){told.en}",
            f"{said.zh}（{latest.period}{compared.zh}）{told.zh}",
        ),
    )


def _comparison(series: KpiSeries, chart: ControlChart) -> Phrase:
    """Return what the period before brought, and what is usual where that has changed."""
    en = zh = ""
    before = series.values[-2] if len(series.values) > 1 else None
    if before is not None and not isinstance(before, Undefined):
        was = series.show(before.number)
        en, zh = f", before {was}", f"，上期{was}"
    limits = chart.points[-1].limits
    if _has_changed(chart) and not isinstance(limits, Undefined):
        usual = series.show(limits.centre)
        en, zh = f"{en}, usually {usual}", f"{zh}，通常{usual}"
    return Phrase(en, zh)


def _judged(chart: ControlChart) -> Phrase:
    changed = chart.variation
    if isinstance(changed, Undefined):
        return Phrase("", "")
    return Phrase(f": {changed.label.en}", f"：{changed.label.zh}")


def _has_changed(chart: ControlChart) -> bool:
    changed = chart.variation
    return not isinstance(changed, Undefined) and changed is not Variation.COMMON_CAUSE


def _interval(series: KpiSeries, value: Value) -> Phrase:
    """Return a value, and its interval if it has one."""
    shown, interval = series.show(value.number), value.interval
    if interval is None:
        return Phrase(shown, shown)
    low, high = series.show(interval.low), series.show(interval.high)
    return Phrase(f"{shown} [{low} to {high}]", f"{shown}［{low}至{high}］")


def where_they_stand(
    policy: Policy,
    *,
    stages: Iterable[GroupSummary],
    tiers: Iterable[GroupSummary],
    segments: Iterable[GroupSummary],
) -> Iterator[Phrase]:
    """Yield how many customers there are of each stage and tier, and the chief segments."""
    yield Phrase("Where the customers stand", "客户现状")
    yield _counts((row for row in stages if row.count), {each.value: each.label for each in Stage})
    yield _counts(tiers, {each.name: each.label for each in policy.tiers.tiers})
    named = {each.name: each.label for each in policy.segments.segments}
    ranked = sorted(
        (row for row in segments if row.name in named and row.count),
        key=lambda row: (-row.spend, str(row.name)),
    )
    for row in ranked[:_SHOWN]:
        if not isinstance(row.spend_share, Undefined):
            share = round_half_up(row.spend_share * 100, 1)
            yield _row(
                named[str(row.name)],
                Phrase(
                    f"{counted(row.count, 'customer')}, {share} % of the spend",
                    f"{row.count:,}位客户，消费占比{share}%",
                ),
            )


def _counts(rows: Iterable[GroupSummary], labels: dict[str, Phrase]) -> Phrase:
    shown = [(labels[str(row.name)], f"{row.count:,}") for row in rows]
    return Phrase(
        "  " + " · ".join(f"{label.en} {count}" for label, count in shown),
        "  " + " · ".join(f"{label.zh} {count}" for label, count in shown),
    )


def what_they_are_worth(
    policy: Policy, value: CustomerValue | Undefined, slipping: Sequence[Judgement]
) -> Iterator[Phrase]:
    """Yield what customers are expected to bring, and how many are slipping away, if it is told."""
    if policy.value is None:
        return
    if isinstance(value, Undefined):
        why = value.detail
        yield _row(Phrase("worth", "客户价值"), Phrase(f"– ({why.en})", f"–（{why.zh}）"))
        return
    horizon, code = value.horizon.words, value.currency
    yield _row(Phrase(f"worth in {horizon.en}", f"{horizon.zh}内的价值"), value.words)
    if slipping:
        total = sum((one.value_if_alive or Decimal(0) for one in slipping), Decimal(0))
        stake = f"{round_half_up(total, 0):,}"
        yield _row(
            Phrase("slipping away", "正在流失"),
            Phrase(
                f"{counted(len(slipping), 'customer')}, worth {stake} {code} had they not left",
                f"{len(slipping):,}位客户，若能留住价值{stake} {code}",
            ),
        )


def what_asks_to_be_done(findings: Iterable[Finding]) -> Iterator[Phrase]:
    """Yield how many findings there are of each severity, and the gravest."""
    found = tuple(findings)
    counts = Counter(finding.severity for finding in found)
    kinds = [(counts[severity], severity.label) for severity in Severity if counts[severity]]
    yield Phrase(
        f"What asks to be done: {', '.join(f'{n} {label.en}' for n, label in kinds) or '–'}",
        f"待处理事项：{'，'.join(f'{label.zh} {n}' for n, label in kinds) or '–'}",
    )
    for finding in found[:_SHOWN]:
        yield Phrase(f"  {finding.title.en}", f"  {finding.title.zh}")


def what_is_proposed(plan: DepartmentPlan, training: tuple[TrainingNeed, ...]) -> Iterator[Phrase]:
    """Yield what the plan changes, how good it is, and what there is to learn for it."""
    yield Phrase("What the plan proposes", "调整方案")
    duties, customers = plan.duties, plan.customers
    moved, kept, none = len(duties.moves), duties.kept, len(duties.uncovered)
    yield Phrase(
        f"  {_change(moved, 'duty', 'duties')}, {_stay(kept)}, {none} nobody can hold: "
        f"{duties.certificate.wording.en}",
        f"  {moved}项职责调整，{kept}项不变，{none}项无人可承担：{duties.certificate.wording.zh}",
    )
    moved, kept, none = len(customers.moves), customers.kept, len(customers.uncovered)
    yield Phrase(
        f"  {_change(moved, 'customer', 'customers')}, {_stay(kept)}, "
        f"{none:,} {'has' if none == 1 else 'have'} nobody: {customers.certificate.wording.en}",
        f"  {moved:,}位客户调整负责人，{kept:,}位不变，{none:,}位无人负责："
        f"{customers.certificate.wording.zh}",
    )
    before, after = _range(customers.before), _range(customers.after)
    yield Phrase(
        f"  hours for customers: from {before} to {after} of what each member has for them",
        f"  客户工时占各成员可用工时的比例：由{before}变为{after}",
    )
    carried = Carried(
        matter for move in plan.moves if move.carries is not None for matter in move.carries.matters
    )
    if carried.matters:
        yield Phrase(
            f"  what goes along: {carried.wording.en}", f"  随客户移交：{carried.wording.zh}"
        )
    if training:
        title = training[0].title
        yield Phrase(f"  {title.en}", f"  {title.zh}")


def _change(count: int, one: str, many: str) -> str:
    return f"{count:,} {f'{one} changes' if count == 1 else f'{many} change'} hands"


def _stay(count: int) -> str:
    return f"{count:,} {'stays' if count == 1 else 'stay'}"


def counted(count: int, noun: str) -> str:
    """Return a count with its English noun, in the plural where it is not one."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _range(balance: Balance) -> str:
    lowest, highest = balance.lowest, balance.highest
    if isinstance(lowest, Undefined) or isinstance(highest, Undefined):
        return "–"
    return f"{_percent(lowest)} – {_percent(highest)}"


def _percent(share: Fraction) -> str:
    return f"{round_half_up(Decimal(share.numerator) * 100 / Decimal(share.denominator), 0)} %"


def _row(name: Phrase, said: Phrase) -> Phrase:
    return Phrase(f"  {name.en:<{_NAME}} {said.en}", f"  {name.zh}：{said.zh}")
