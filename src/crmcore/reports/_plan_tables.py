"""Tables of the plan: what moves and why, what nobody holds, and how busy everybody is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

import attrs

from crmcore.kernel import MemberId, Phrase
from crmcore.organization import Duty
from crmcore.plans import Move, MoveReason, Plan, Term, Uncovered
from crmcore.reviews import Review

from ._table import NOTHING, Cell, Column, Kind, Read, Row, Table

_ITEM: Final = Column("item", Phrase("what", "对象"))
_FROM: Final = Column("from", Phrase("from", "原负责人"))
_TO: Final = Column("to", Phrase("to", "新负责人"))
_MEMBER: Final = Column("member", Phrase("member", "成员"))
_REASON: Final = Column("reason", Phrase("reason", "原因"))
_HOUR_PRICE: Final = Column(
    "hour_price", Phrase("an hour is worth, points", "每小时价格（分）"), Kind.NUMBER
)

# What stands behind a reason; each column is called as the field of it.
_BEHIND_A_MOVE: Final = (
    Column("hour_before", Phrase("an hour of the giver", "原负责人每小时（分）"), Kind.NUMBER),
    Column("hour_after", Phrase("an hour of the taker", "新负责人每小时（分）"), Kind.NUMBER),
    Column("keep_cost", Phrase("keeping costs at least", "保持至少代价（分）"), Kind.NUMBER),
    Column("flip", Phrase("stays above, times the change", "保持的变动倍数"), Kind.NUMBER),
    Column("flip_hours", Phrase("stays with, more hours", "保持所需增加工时"), Kind.NUMBER),
)


def plan_tables(review: Review) -> tuple[Table, ...]:
    """Return the tables of the plan."""
    return (
        duties(review),
        moves(review, review.plan.duties, "duty_moves"),
        moves(review, review.plan.customers, "customer_moves"),
        handovers(review),
        uncovered(review),
        shortfalls(review),
        workload(review),
        changes(review),
    )


def name_of(review: Review, member: MemberId | None) -> str:
    """Return how people call a member, the id of one who is gone; a dash for nobody."""
    if member is None:
        return NOTHING
    names = (each.name for each in review.organization.members if each.id == member)
    return next(names, member)


def called(review: Review, member: MemberId | None) -> Read:
    """Return the id of a member, and how people call the member."""
    return Read(member, name_of(review, member))


def what(review: Review, thing: Move | Uncovered) -> Read:
    """Return what moves, or what nobody holds, and how people call it."""
    return Read(thing.subject, _named(review, thing.subject))


def _named(review: Review, subject: str) -> Phrase:
    """Return how people call a customer or a duty, by its subject."""
    kind, _, name = subject.partition(":")
    if kind == "customer":
        return Phrase(f"customer {name}", f"客户 {name}")
    responsibility, _, word = name.rpartition(":")
    duty = Duty(word).label
    work = review.organization.responsibility(responsibility).name
    return Phrase(f"{work} ({duty.en})", f"{work}（{duty.zh}）")


def why(review: Review, reason: MoveReason) -> Read:
    """Return why something moves; people read names where machines read ids."""
    other = None if reason.other is None else _named(review, reason.other)
    rival = None if reason.runner_up is None else MemberId(name_of(review, reason.runner_up))
    named = attrs.evolve(reason, runner_up=rival, other_name=other)
    return Read(reason.wording, named.wording)


def duties(review: Review) -> Table:
    """Return who holds each duty before and after the plan: the department's matrix."""
    organization = review.organization
    plan = review.plan.duties

    def rows() -> Iterator[Row]:
        moved = {(m.responsibility, m.duty): m for m in plan.moves}
        open_ = {(u.responsibility, u.duty): u for u in plan.uncovered}
        holders = {(a.responsibility, a.duty): a.member for a in reversed(review.assigned)}
        for responsibility in organization.responsibilities:
            for duty in Duty:
                key = (responsibility.id, duty)
                now, move, gap = holders.get(key), moved.get(key), open_.get(key)
                if now is None and move is None and gap is None:
                    continue
                yield (
                    Read(responsibility.id, responsibility.name),
                    duty.label,
                    called(review, now),
                    called(review, now if move is None else move.to_member),
                    _because(review, move, gap),
                )

    return Table(
        name="duties",
        title=Phrase("who does what", "职责分工"),
        columns=(
            Column("responsibility", Phrase("responsibility", "职责")),
            Column("duty", Phrase("duty", "职责类型")),
            Column("today", Phrase("today", "当前")),
            Column("by_the_plan", Phrase("by the plan", "方案")),
            _REASON,
        ),
        rows=rows,
        heads=1,
    )


def _because(review: Review, move: Move | None, gap: Uncovered | None) -> Cell:
    """Return why a duty moves, or why nobody can hold it."""
    if gap is None:
        return None if move is None else why(review, move.reason)
    found = gap.reason
    if gap.stays_with is None:
        return Phrase(f"nobody can hold it: {found.en}", f"无人可承担：{found.zh}")
    name = name_of(review, gap.stays_with)
    lacks = gap.rule or Phrase("what a rule asks for", "规则要求的条件")
    return Phrase(
        f"{name} keeps it without {lacks.en}, as nobody else can hold it: {found.en}",
        f"暂由{name}继续承担（缺少{lacks.zh}），因无他人可承担：{found.zh}",
    )


def moves(review: Review, plan: Plan, name: str) -> Table:
    """Return what changes hands, with the points won and given up."""

    def rows() -> Iterator[Row]:
        ranked = sorted(plan.moves, key=lambda m: (not m.reason.kind.is_forced, -m.reason.net))
        for move in ranked:
            terms = dict(move.reason.terms)
            yield (
                what(review, move),
                called(review, move.from_member),
                called(review, move.to_member),
                move.reason.kind.label,
                move.reason.fit_before,
                move.reason.fit_after,
                *(terms.get(term) for term in Term),
                move.reason.net,
                *(getattr(move.reason, column.name) for column in _BEHIND_A_MOVE),
                why(review, move.reason),
            )

    points: tuple[Column, ...] = tuple(
        Column(f"points_{term.value}", term.label, Kind.NUMBER) for term in Term
    )
    return Table(
        name=name,
        title=Phrase("moves", "调整"),
        columns=(
            _ITEM,
            _FROM,
            _TO,
            Column("kind", Phrase("why", "类型")),
            Column("fit_before", Phrase("fit before, %", "原匹配度 %"), Kind.COUNT),
            Column("fit_after", Phrase("fit after, %", "新匹配度 %"), Kind.COUNT),
            *points,
            Column("points_net", Phrase("net", "净得分"), Kind.NUMBER),
            *_BEHIND_A_MOVE,
            _REASON,
        ),
        rows=rows,
    )


def handovers(review: Review) -> Table:
    """Return how many customers go from whom to whom, and why."""

    def rows() -> Iterator[Row]:
        counts = Counter(
            (move.from_member, move.to_member, move.reason.kind)
            for move in review.plan.customers.moves
        )
        ranked = sorted(counts.items(), key=lambda one: (-one[1], *map(str, one[0])))
        for (giver, taker, kind), count in ranked:
            yield called(review, giver), called(review, taker), kind.label, count

    return Table(
        name="handovers",
        title=Phrase("handovers", "客户交接"),
        columns=(
            _FROM,
            _TO,
            Column("kind", Phrase("why", "类型")),
            Column("customers", Phrase("customers", "客户数"), Kind.COUNT),
        ),
        rows=rows,
    )


def uncovered(review: Review) -> Table:
    """Return what nobody holds after the plan, and why."""

    def rows() -> Iterator[Row]:
        for one in review.plan.uncovered:
            keeper = called(review, one.stays_with)
            yield what(review, one), keeper, one.cost, one.reason, one.remedy

    return Table(
        name="uncovered",
        title=Phrase("what nobody can hold", "无人承担的事项"),
        columns=(
            _ITEM,
            Column("stays_with", Phrase("stays with", "暂由")),
            Column("points", Phrase("costs, points", "代价（分）"), Kind.NUMBER),
            _REASON,
            Column("remedy", Phrase("what would help", "补救办法")),
        ),
        rows=rows,
    )


def shortfalls(review: Review) -> Table:
    """Return why not everything can be covered: few reasons, each irreducible."""

    def rows() -> Iterator[Row]:
        for plan in (review.plan.duties, review.plan.customers):
            for one in plan.shortfalls:
                shown = attrs.evolve(
                    one,
                    holders=tuple(MemberId(name_of(review, key)) for key in one.holders),
                    names=tuple(_named(review, key) for key in one.items),
                )
                yield (
                    Read(one.wording, shown.wording),
                    len(one.items),
                    len(one.holders),
                    one.need,
                    one.have,
                    one.lacking,
                    len(one.uncovered),
                )

    return Table(
        name="shortfalls",
        title=Phrase("why not everything can be covered", "无法全部承担的原因"),
        columns=(
            _REASON,
            Column("items", Phrase("items", "事项数"), Kind.COUNT),
            Column("members", Phrase("members who can", "可承担成员数"), Kind.COUNT),
            Column("need", Phrase("hours they take", "所需工时"), Kind.NUMBER),
            Column("have", Phrase("hours there are at most", "最多可用工时"), Kind.NUMBER),
            Column("lacking", Phrase("hours lacking in all", "合计缺少工时"), Kind.NUMBER),
            Column("uncovered", Phrase("uncovered for it", "因此无人承担"), Kind.COUNT),
        ),
        rows=rows,
    )


def changes(review: Review) -> Table:
    """Return what the plan means for each member: what is kept, gained and lost."""

    def rows() -> Iterator[Row]:
        for what_, plan in (
            (Phrase("duties", "职责"), review.plan.duties),
            (Phrase("customers", "客户"), review.plan.customers),
        ):
            for one in plan.changes:
                yield (
                    called(review, one.member),
                    what_,
                    len(one.keeps),
                    len(one.gains),
                    len(one.loses),
                    one.hours_before,
                    one.hours_after,
                    one.capacity,
                    one.hour_price,
                )

    return Table(
        name="changes",
        title=Phrase("what changes for whom", "成员变动"),
        columns=(
            _MEMBER,
            Column("what", Phrase("what", "对象")),
            Column("keeps", Phrase("keeps", "保留"), Kind.COUNT),
            Column("gains", Phrase("gains", "新增"), Kind.COUNT),
            Column("loses", Phrase("loses", "移交"), Kind.COUNT),
            Column("hours_before", Phrase("hours today", "当前工时"), Kind.NUMBER),
            Column("hours_after", Phrase("hours by the plan", "方案工时"), Kind.NUMBER),
            Column("capacity", Phrase("hours there are", "可用工时"), Kind.NUMBER),
            _HOUR_PRICE,
        ),
        rows=rows,
    )


def workload(review: Review) -> Table:
    """Return how busy everybody is with customers before and after, and what an hour is worth."""
    plan = review.plan.customers
    before = {load.member: load for load in plan.before.loads}
    prices = dict(plan.prices)

    def rows() -> Iterator[Row]:
        for load in plan.after.loads:
            earlier = before.get(load.member)
            start: tuple[Cell, ...] = (
                (None, None, None)
                if earlier is None
                else (earlier.items, earlier.hours, earlier.utilisation)
            )
            yield (
                called(review, load.member),
                load.capacity,
                *start,
                load.items,
                load.hours,
                load.utilisation,
                prices.get(load.member),
            )

    return Table(
        name="workload",
        title=Phrase("workload with customers", "客户工作量"),
        columns=(
            _MEMBER,
            Column("capacity", Phrase("hours there are", "可用工时"), Kind.NUMBER),
            Column("customers_before", Phrase("customers today", "当前客户数"), Kind.COUNT),
            Column("hours_before", Phrase("hours today", "当前工时"), Kind.NUMBER),
            Column("used_before", Phrase("used today", "当前利用率"), Kind.SHARE),
            Column("customers_after", Phrase("customers by the plan", "方案客户数"), Kind.COUNT),
            Column("hours_after", Phrase("hours by the plan", "方案工时"), Kind.NUMBER),
            Column("used_after", Phrase("used by the plan", "方案利用率"), Kind.SHARE),
            _HOUR_PRICE,
        ),
        rows=rows,
    )
