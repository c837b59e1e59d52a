"""The story: which parts a page has, and what each tells, whatever it is rendered to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Final

import attrs

from crmcore.criteria import Verdict
from crmcore.goals import GoalAssessment, SmartCheck
from crmcore.improvement import Finding, Severity
from crmcore.kernel import Phrase, Undefined
from crmcore.lifecycle import Stage
from crmcore.reviews import Judgement, Review

from . import _customer_tables as of_customers
from . import _department_tables as of_department
from . import _plan_tables as of_plan
from ._table import Kind, Table, show
from ._views import flow_picture, map_picture, trends_picture, workload_picture

_FINDINGS: Final = 30
_MOVES: Final = 15
_LEDGERS: Final = 5


@attrs.frozen(kw_only=True)
class Tile:
    """A number at the top of the page."""

    label: str
    number: str
    note: str = ""


@attrs.frozen(kw_only=True)
class Answer:
    """One answer of the SMART questions, as a letter."""

    letter: str
    verdict: str
    because: str


@attrs.frozen(kw_only=True)
class GoalLine:
    """A goal as a page shows it."""

    name: str
    status: str
    label: str
    because: str
    numbers: str
    answers: tuple[Answer, ...]
    doubts: str


@attrs.frozen(kw_only=True)
class Block:
    """One piece of a part; its kind says which of the fields it uses."""

    kind: str
    text: str = ""
    picture: str = ""
    table: Table | None = None
    limit: int | None = None
    findings: tuple[Finding, ...] = ()
    goals: tuple[GoalLine, ...] = ()
    lines: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Part:
    """A part of the page under a heading of its own."""

    key: str
    title: Phrase
    blocks: tuple[Block, ...]


@attrs.frozen(kw_only=True)
class Story:
    """All that a page tells, in one language.

    Attributes:
        title: The headline.
        preface: What is reviewed, by what.
        tiles: The numbers at the top.
        parts: The parts.
        colophon: How to trace a number.
    """

    title: str
    preface: tuple[str, ...]
    tiles: tuple[Tile, ...]
    parts: tuple[Part, ...]
    colophon: tuple[str, ...]


def tell(review: Review, language: str, *, pictures: bool) -> Story:
    """Return the story of a review, with or without its pictures."""
    teller = _Teller(review, language, pictures)
    return Story(
        title=teller.title(),
        preface=tuple(teller.preface()),
        tiles=tuple(teller.tiles()),
        parts=(
            Part(
                key="findings",
                title=Phrase("What asks to be done", "待处理事项"),
                blocks=tuple(teller.findings()),
            ),
            Part(
                key="kpis",
                title=Phrase("How it goes", "经营指标与目标"),
                blocks=tuple(teller.measures()),
            ),
            Part(
                key="customers",
                title=Phrase("Where the customers stand", "客户现状"),
                blocks=tuple(teller.customers()),
            ),
            Part(
                key="duties",
                title=Phrase("Who should do what", "职责分工方案"),
                blocks=tuple(teller.duties()),
            ),
            Part(
                key="book",
                title=Phrase("Who should look after whom", "客户分配方案"),
                blocks=tuple(teller.book()),
            ),
            Part(
                key="people",
                title=Phrase("What that means for people", "对成员的影响"),
                blocks=tuple(teller.people()),
            ),
        ),
        colophon=tuple(teller.colophon()),
    )


@attrs.frozen
class _Teller:
    """Tells the parts one by one."""

    review: Review
    language: str
    pictures: bool

    def say(self, en: str, zh: str) -> str:
        return Phrase(en, zh).in_language(self.language)

    def draw(self, view: Callable[[Review, str], str], caption: str) -> Iterator[Block]:
        if self.pictures:
            drawn = view(self.review, self.language)
            yield Block(kind="picture", picture=drawn, text=caption)

    def heading(self, en: str, zh: str) -> Block:
        return Block(kind="heading", text=self.say(en, zh))

    def note(self, en: str, zh: str) -> Block:
        return Block(kind="note", text=self.say(en, zh))

    def title(self) -> str:
        name, day = self.review.organization.department.name, self.review.as_of
        return self.say(f"{name}: review as of {day}", f"{name}：截至{day}的评估")

    def preface(self) -> Iterator[str]:
        review, policy = self.review, self.review.policy
        members, teams = len(review.organization.members), len(review.organization.teams)
        first, last = review.flows[0].period, review.flows[-1].period
        yield self.say(
            f"{len(review.judgements):,} customers, {members} members in {teams} teams; "
            f"months {first} to {last}.",
            f"{len(review.judgements):,}位客户，{teams}个团队共{members}位成员；"
            f"统计月份{first}至{last}。",
        )
        yield self.say(
            f"Judged by the policy “{policy.name}”, version {policy.version} "
            f"({policy.fingerprint[:12]}); days in {policy.zone}, amounts in {policy.currency}.",
            f"依据策略“{policy.name}”第{policy.version}版（{policy.fingerprint[:12]}）；"
            f"时区{policy.zone}，币种{policy.currency}。",
        )

    def tiles(self) -> Iterator[Tile]:
        review = self.review
        yield from self._kpi_tiles()
        grave = sum(finding.severity is Severity.CRITICAL for finding in review.findings)
        yield Tile(
            label=self.say("findings", "发现的问题"),
            number=f"{len(review.findings)}",
            note=self.say(f"{grave} of them critical", f"其中严重{grave}项"),
        )
        plan = review.plan
        moves = f"{len(plan.duties.moves):,} + {len(plan.customers.moves):,}"
        yield Tile(
            label=self.say("duties + customers change hands", "职责 + 客户调整"),
            number=moves,
            note=self.say(str(plan.customers.certificate), str(plan.customers.certificate)),
        )

    def _kpi_tiles(self) -> Iterator[Tile]:
        for key in ("customer_base", "retention_rate", "orders", "sales"):
            series = self.review.kpi(key)
            value = series.values[-1]
            label = series.kpi.name.in_language(self.language)
            if isinstance(value, Undefined):
                why = value.reason.label.in_language(self.language)
                yield Tile(label=label, number="–", note=why)
                continue
            before = series.values[-2] if len(series.values) > 1 else None
            note = str(value.period)
            if before is not None and not isinstance(before, Undefined):
                earlier = series.show(before.number)
                note = self.say(f"{note}, before {earlier}", f"{note}，上期{earlier}")
            yield Tile(label=label, number=series.show(value.number), note=note)

    def findings(self) -> Iterator[Block]:
        found = self.review.findings
        urgent = tuple(f for f in found if f.severity is not Severity.NOTE)[:_FINDINGS]
        yield Block(kind="findings", findings=urgent)
        table = of_department.findings(self.review)
        text = self.say(
            f"all {len(found)} findings with their evidence", f"全部{len(found)}项问题及证据"
        )
        yield Block(kind="folded", text=text, table=table)

    def measures(self) -> Iterator[Block]:
        caption = self.say(
            "KPIs by month. The band is the 95 % interval where the KPI is a proportion; the "
            "dashed line is the target of a goal; the arrow says which way is better.",
            "月度指标。阴影为比例类指标的95%置信区间；虚线为目标值；箭头表示改进方向。",
        )
        yield from self.draw(trends_picture, caption)
        table = of_department.kpis(self.review)
        yield Block(
            kind="folded",
            text=self.say(
                "every value with numerator, denominator, n and interval",
                "全部数值（分子、分母、样本量与区间）",
            ),
            table=table,
        )
        yield Block(
            kind="ledger",
            text=self.say("what each KPI is", "各指标的定义"),
            lines=tuple(
                f"{series.kpi.code} {series.kpi.name.in_language(self.language)}: "
                f"{series.definition.in_language(self.language)} ({series.kpi.source})"
                for series in self.review.kpis
            ),
        )
        yield self.heading("Goals", "目标")
        checks = {check.goal.id: check for check in self.review.smart}
        lines_of_goals = tuple(self._goal(one, checks[one.goal.id]) for one in self.review.goals)
        yield Block(kind="goals", goals=lines_of_goals)

    def _goal(self, one: GoalAssessment, check: SmartCheck) -> GoalLine:
        shown = one.series.show
        goal, current = one.goal, one.current
        now = "–" if isinstance(current, Undefined) else shown(current.number)
        progress = show(one.progress, Kind.SHARE, self.language)
        pace = show(one.pace, Kind.NUMBER, self.language)
        doubts = [
            answer.because.in_language(self.language)
            for answer in check.answers
            if answer.verdict is not Verdict.HOLDS
        ]
        return GoalLine(
            name=goal.name,
            status=one.status.value,
            label=one.status.label.in_language(self.language),
            because=one.because.in_language(self.language),
            numbers=self.say(
                f"from {shown(goal.baseline)} to {shown(goal.target)} in {goal.period}, "
                f"now {now}: progress {progress}, pace {pace}",
                f"{goal.period}由{shown(goal.baseline)}至{shown(goal.target)}，"
                f"当前{now}：完成度{progress}，进度比{pace}",
            ),
            answers=tuple(
                Answer(
                    letter=answer.question.label.in_language(self.language)[:1].upper(),
                    verdict=answer.verdict.value,
                    because=answer.because.in_language(self.language),
                )
                for answer in check.answers
            ),
            doubts="; ".join(doubts),
        )

    def customers(self) -> Iterator[Block]:
        review = self.review
        yield from self.draw(
            flow_picture,
            self.say(
                "How customers went from stage to stage. Pale bands stayed where they were.",
                "客户在各阶段之间的流动。浅色为停留在原阶段。",
            ),
        )
        yield Block(kind="table", table=_without_ids(of_customers.groups(review, "stages")))
        text = self.say("the moves of each month", "每月流动明细")
        yield Block(kind="folded", text=text, table=of_customers.flows(review))
        yield self.heading("Segments", "客户细分")
        yield from self.draw(
            map_picture,
            self.say(
                "Customers by recency and frequency. The area of a square tells how many they "
                "are, its colours in which segments.",
                "按最近购买与购买频次分布的客户。方块面积表示客户数，颜色表示所属细分。",
            ),
        )
        yield Block(kind="table", table=_without_ids(of_customers.groups(review, "segments")))
        yield self.heading("Tiers", "客户层级")
        yield Block(kind="table", table=_without_ids(of_customers.groups(review, "tiers")))
        yield self.heading("Scores, and what they are made of", "评分及其明细")
        yield self.note(
            "The customers with the highest scores who are at risk: each score is the sum of "
            "its ledger.",
            "评分最高且存在流失风险的客户：评分等于明细之和。",
        )
        for one in _worth_a_call(review.judgements):
            yield self._ledger(one)

    def _ledger(self, one: Judgement) -> Block:
        known = one.features
        owner = of_plan.name_of(self.review, one.owner)
        score = show(one.score.value, Kind.NUMBER, self.language)
        head = self.say(
            f"customer {one.customer}: score {score}, {known.stage} since {one.stages.entered}, "
            f"{known.tier}, owner {owner}",
            f"客户{one.customer}：评分{score}，{one.stages.entered}起为"
            f"{one.stages.stage.label.zh}，层级{known.tier}，负责人{owner}",
        )
        lines = [
            f"{entry.rule}: {entry.sum} · {entry.reason.in_language(self.language)}"
            for entry in one.score.ledger
        ]
        lines += [f"{c.day}: {c.reason.in_language(self.language)}" for c in one.stages.changes]
        return Block(kind="ledger", text=head, lines=tuple(lines))

    def duties(self) -> Iterator[Block]:
        plan = self.review.plan.duties
        yield Block(
            kind="text",
            text=self.say(
                f"{len(plan.moves)} duties change hands, {plan.kept} stay. "
                f"Certificate: {plan.certificate}.",
                f"{len(plan.moves)}项职责调整，{plan.kept}项不变。证明：{plan.certificate}。",
            ),
        )
        yield Block(kind="table", table=of_plan.duties(self.review))
        if self.review.plan.uncovered:
            yield self.heading("What nobody can hold, and why", "无人承担的事项及原因")
            yield Block(kind="table", table=of_plan.uncovered(self.review), limit=_MOVES)

    def book(self) -> Iterator[Block]:
        plan = self.review.plan.customers
        kept = show(_or_none(plan.kept_share), Kind.SHARE, self.language)
        value = show(_or_none(plan.kept_value_share), Kind.SHARE, self.language)
        yield Block(
            kind="text",
            text=self.say(
                f"{len(plan.moves):,} customers change hands, {plan.kept:,} stay: {kept} of those "
                f"who have somebody, with {value} of the spend. Certificate: {plan.certificate}.",
                f"{len(plan.moves):,}位客户调整负责人，{plan.kept:,}位不变，占已有负责人客户的{kept}，"
                f"占消费额的{value}。证明：{plan.certificate}。",
            ),
        )
        yield from self.draw(
            workload_picture,
            self.say(
                "How much of the hours for customers is used, today and by the plan. The grey "
                "band is where it should be, the dashed line the full week.",
                "客户工时的利用率（当前与方案）。灰色区间为合理范围，虚线为满负荷。",
            ),
        )
        yield Block(kind="table", table=of_plan.workload(self.review))
        yield self.heading("Who hands over to whom", "客户交接")
        yield Block(kind="table", table=of_plan.handovers(self.review), limit=_MOVES)
        yield self.heading("The moves that matter most", "最重要的调整")
        moves = of_plan.moves(self.review, plan, "customer_moves")
        yield Block(kind="table", table=_brief(moves), limit=_MOVES)

    def people(self) -> Iterator[Block]:
        text = self.say("job descriptions by the plan", "方案下的职责说明书")
        yield Block(kind="folded", text=text, table=of_department.jobs(self.review))
        yield self.heading("Training needs", "培训需求")
        yield Block(kind="table", table=of_department.training(self.review), limit=_FINDINGS)

    def colophon(self) -> Iterator[str]:
        yield self.say(
            "Every number can be traced: a score in the table “ledger”, a stage in "
            "“stage_changes”, a KPI to numerator and denominator in “kpis”, a move to its points "
            "in “customer_moves” and “duty_moves”.",
            "每个数字均可追溯：评分见表ledger，阶段见stage_changes，指标的分子分母见kpis，"
            "调整的得分见customer_moves与duty_moves。",
        )
        yield self.say(
            f"Plan {self.review.plan.fingerprint}. The same records, policy and day give the "
            "same page, byte by byte.",
            f"方案编号{self.review.plan.fingerprint}。相同的记录、策略与日期得到逐字节相同的页面。",
        )


def _or_none(value: object) -> Fraction | None:
    return value if isinstance(value, Fraction) else None


def _worth_a_call(judgements: Sequence[Judgement]) -> list[Judgement]:
    """Return the customers at risk with the highest scores."""
    going = [one for one in judgements if one.stages.stage is Stage.AT_RISK]
    return sorted(going, key=lambda one: (-one.score.value, one.customer))[:_LEDGERS]


def _brief(moves: Table) -> Table:
    """Return the table of moves without the columns of points."""
    return _only(moves, lambda column: not column.startswith(("points_", "fit_")))


def _without_ids(groups: Table) -> Table:
    """Return a table of groups without the words that only machines read."""
    return _only(groups, lambda column: column != "id")


def _only(table: Table, wanted: Callable[[str], bool]) -> Table:
    """Return a table with some of its columns."""
    kept = [place for place, column in enumerate(table.columns) if wanted(column.name)]
    return attrs.evolve(
        table,
        columns=tuple(table.columns[place] for place in kept),
        rows=lambda: (tuple(row[place] for place in kept) for row in table.rows()),
    )
