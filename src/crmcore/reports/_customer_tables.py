"""Tables of customers: where each stands, the ledger behind each score, and the groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, TypeAlias

from crmcore.kernel import Phrase
from crmcore.lifecycle import Stage
from crmcore.reviews import Review
from crmcore.segments import GroupSummary

from ._table import Column, Kind, Read, Row, Table

Amounts: TypeAlias = dict[tuple[int, int], defaultdict[str, Decimal]]

IN_NONE: Final = ""  # the name of the segment of those who are in none
_CUSTOMER: Final = Column("customer", Phrase("customer", "客户"))
NONE: Final = Phrase("none", "无")
_NAME: Final = Column("name", Phrase("name", "名称"))
_COUNT: Final = Column("customers", Phrase("customers", "客户数"), Kind.COUNT)
_BEFORE: Final = Column("before", Phrase("from", "原"))
_AFTER: Final = Column("after", Phrase("to", "新"))
_REASON: Final = Column("reason", Phrase("reason", "原因"))
_DAY: Final = Column("day", Phrase("day", "日期"))

_OF_EACH: Final = (
    _CUSTOMER,
    Column("stage", Phrase("stage", "阶段")),
    Column("stage_entered", Phrase("in it since", "进入日期")),
    Column("segment", Phrase("segment", "细分")),
    Column("r", Phrase("R", "R")),
    Column("f", Phrase("F", "F")),
    Column("m", Phrase("M", "M")),
    Column("tier", Phrase("tier", "层级")),
    Column("score", Phrase("score", "评分"), Kind.NUMBER),
    Column("score_low", Phrase("at least", "最低"), Kind.NUMBER),
    Column("score_high", Phrase("at most", "最高"), Kind.NUMBER),
    Column("days_since_last", Phrase("days since last", "距今天数"), Kind.COUNT),
    Column("frequency", Phrase("purchases", "购买次数"), Kind.COUNT),
    Column("spend", Phrase("spend", "消费额"), Kind.MONEY),
    Column("recent_spend", Phrase("recent spend", "近期消费额"), Kind.MONEY),
    Column("alive", Phrase("alive", "存活概率"), Kind.SHARE),
    Column("expected_purchases", Phrase("expected purchases", "预期购买次数"), Kind.NUMBER),
    Column("lifetime_value", Phrase("value", "价值"), Kind.MONEY),
    Column("owner", Phrase("owner", "负责人")),
    Column("planned_owner", Phrase("owner by the plan", "方案负责人")),
)


def customer_tables(review: Review) -> tuple[Table, ...]:
    """Return the tables of customers."""
    return (
        groups(review, "stages"),
        groups(review, "segments"),
        groups(review, "tiers"),
        flows(review),
        cells(review),
        customers(review),
        ledger(review),
        stage_changes(review),
        tier_changes(review),
    )


def labels(review: Review, kind: str) -> dict[str, Phrase]:
    """Return how people call the stages, segments or tiers, in their order."""
    if kind == "stages":
        return {stage.value: stage.label for stage in Stage}
    if kind == "segments":
        return {each.name: each.label for each in review.policy.segments.segments}
    return {each.name: each.label for each in review.policy.tiers.tiers}


def called(stage: Stage) -> Read:
    """Return the word for a stage, and how people call it."""
    return Read(stage.value, stage.label)


def groups(review: Review, kind: str) -> Table:
    """Return what each stage, segment or tier amounts to."""
    named = labels(review, kind)
    summaries: dict[str, tuple[GroupSummary, ...]] = {
        "stages": review.stages,
        "segments": review.segments,
        "tiers": review.tiers,
    }
    titles = {
        "stages": Phrase("stages", "生命周期阶段"),
        "segments": Phrase("segments", "客户细分"),
        "tiers": Phrase("tiers", "客户层级"),
    }

    def rows() -> Iterator[Row]:
        for row in summaries[kind]:
            label = named.get(row.name or IN_NONE, NONE)
            shares = (row.share, row.spend, row.spend_share)
            yield (row.name, label, row.count, *shares, row.mean_recency)

    return Table(
        name=kind,
        title=titles[kind],
        columns=(
            Column("id", Phrase("id", "编号")),
            _NAME,
            _COUNT,
            Column("share", Phrase("share", "占比"), Kind.SHARE),
            Column("spend", Phrase("spend", "消费额"), Kind.MONEY),
            Column("spend_share", Phrase("share of the spend", "消费占比"), Kind.SHARE),
            Column(
                "mean_days_since_last",
                Phrase("mean days since the last purchase", "距上次购买平均天数"),
                Kind.COUNT,
            ),
        ),
        rows=rows,
    )


def flows(review: Review) -> Table:
    """Return the moves between stages, month by month."""

    def rows() -> Iterator[Row]:
        for month in review.flows:
            for flow in month.flows:
                yield str(month.period), called(flow.before), called(flow.after), flow.count

    return Table(
        name="flows",
        title=Phrase("moves between stages", "阶段流动"),
        columns=(Column("period", Phrase("month", "月份")), _BEFORE, _AFTER, _COUNT),
        rows=rows,
        heads=1,
    )


def amounts_by_cell(review: Review) -> tuple[Amounts, Amounts]:
    """Return customers and spend by recency and frequency score, then by segment."""
    customers_: Amounts = {}
    spend: Amounts = {}
    for one in review.judgements:
        known = one.features
        if known.r is None or known.f is None:
            continue
        cell, segment = (known.r, known.f), known.segment or IN_NONE
        for amounts, amount in ((customers_, Decimal(1)), (spend, known.spend)):
            amounts.setdefault(cell, defaultdict(Decimal))[segment] += amount
    return customers_, spend


def cells(review: Review) -> Table:
    """Return how many customers each cell of the map has of each segment, and what they paid."""
    named = labels(review, "segments")

    def rows() -> Iterator[Row]:
        counts, spend = amounts_by_cell(review)
        for r, f in sorted(counts):
            for name in (*named, IN_NONE):
                if name in counts[r, f]:
                    segment = Read(name, named.get(name, NONE))
                    yield r, f, segment, counts[r, f][name], spend[r, f][name]

    return Table(
        name="cells",
        title=Phrase("cells of recency by frequency", "最近购买与购买频次分布"),
        columns=(
            Column("r", Phrase("recency score", "最近购买得分"), Kind.COUNT),
            Column("f", Phrase("frequency score", "购买频次得分"), Kind.COUNT),
            Column("segment", Phrase("segment", "细分")),
            _COUNT,
            Column("spend", Phrase("spend", "消费额"), Kind.MONEY),
        ),
        rows=rows,
        heads=2,
    )


def customers(review: Review) -> Table:
    """Return where each customer stands, and who looks after it before and after the plan."""
    new_owner = {move.customer: move.to_member for move in review.plan.customers.moves}

    def rows() -> Iterator[Row]:
        for one in review.judgements:
            known = one.features
            yield (
                one.customer,
                known.stage,
                one.stages.entered,
                known.segment,
                known.r,
                known.f,
                known.m,
                known.tier,
                one.score.value,
                one.score.low,
                one.score.high,
                known.days_since_last,
                known.frequency,
                known.spend,
                known.recent_spend,
                known.alive,
                known.expected_purchases,
                known.lifetime_value,
                one.owner,
                new_owner.get(one.customer, one.owner),
            )

    return Table(
        name="customers",
        title=Phrase("customers", "客户"),
        columns=_OF_EACH,
        rows=rows,
    )


def ledger(review: Review) -> Table:
    """Return every entry of every score: the points of a customer add up to the score."""

    def rows() -> Iterator[Row]:
        for one in review.judgements:
            for entry in one.score.ledger:
                yield (
                    one.customer,
                    entry.rule,
                    entry.version,
                    entry.kind.value,
                    entry.base,
                    entry.factor,
                    entry.age_days,
                    entry.points,
                    entry.reason,
                )

    return Table(
        name="ledger",
        title=Phrase("ledger of the scores", "评分明细"),
        columns=(
            _CUSTOMER,
            Column("rule", Phrase("rule", "规则")),
            Column("version", Phrase("version", "版本")),
            Column("kind", Phrase("kind", "类型")),
            Column("base", Phrase("points before decay", "衰减前分值"), Kind.NUMBER),
            Column("factor", Phrase("share left", "剩余比例"), Kind.SHARE),
            Column("age_days", Phrase("days old", "天数"), Kind.COUNT),
            Column("points", Phrase("points", "分值"), Kind.NUMBER),
            _REASON,
        ),
        rows=rows,
    )


def stage_changes(review: Review) -> Table:
    """Return every move of every customer between stages."""

    def rows() -> Iterator[Row]:
        reasons: dict[int, Phrase] = {}  # a rule is put into words once, not for each customer
        for one in review.judgements:
            for change in one.stages.changes:
                step = (change.before.value, change.after.value)
                rule = id(change.rule)
                if rule not in reasons:
                    reasons[rule] = change.reason
                yield one.customer, change.day, *step, reasons[rule]

    return Table(
        name="stage_changes",
        title=Phrase("history of the stages", "阶段变动历史"),
        columns=(_CUSTOMER, _DAY, _BEFORE, _AFTER, _REASON),
        rows=rows,
    )


def tier_changes(review: Review) -> Table:
    """Return every move of every customer between tiers."""

    def rows() -> Iterator[Row]:
        for one in review.judgements:
            for change in one.tiers.changes:
                yield one.customer, change.day, change.before, change.after, change.reason

    return Table(
        name="tier_changes",
        title=Phrase("history of the tiers", "层级变动历史"),
        columns=(_CUSTOMER, _DAY, _BEFORE, _AFTER, _REASON),
        rows=rows,
    )
