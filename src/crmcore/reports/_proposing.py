"""What is proposed: who should do what, look after whom, and what that means for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from . import _department_tables as of_department
from . import _plan_tables as of_plan
from ._blocks import Block, Pictures, Rows, Swatch, Telling, Words
from ._colours import ACCENT, ALERT, FAINT
from ._table import Kind, show
from ._views import workload

_MOVES: Final = 15


def who_does_what(telling: Telling) -> Iterator[Block]:
    """Tell who should hold which duty, and what nobody can hold."""
    plan = telling.review.plan.duties
    moved, kept, proof = len(plan.moves), plan.kept, plan.certificate.wording
    yield Words(
        telling.say(
            f"Duties that change hands: {moved}; that stay: {kept}. Certificate: {proof.en}.",
            f"调整{moved}项职责，{kept}项不变。证明：{proof.zh}。",
        )
    )
    yield Rows(table=of_plan.duties(telling.review))
    yield Rows(
        table=of_plan.moves(telling.review, plan, "duty_moves").only(_is_a_number_of_a_move),
        summary=telling.say("the moves in points", "各项调整的得分"),
    )
    if telling.review.plan.uncovered:
        yield telling.heading("What nobody can hold, and why", "无人承担的事项及原因")
        if plan.shortfalls or telling.review.plan.customers.shortfalls:
            reasons = of_plan.shortfalls(telling.review)
            yield Rows(table=reasons.only(_is_told_of_a_shortfall), limit=_MOVES)
        yield Rows(table=of_plan.uncovered(telling.review), limit=_MOVES)


def who_looks_after_whom(telling: Telling) -> Iterator[Block]:
    """Tell how the customers are spread, before and after."""
    review, plan = telling.review, telling.review.plan.customers
    kept = show(plan.kept_share, Kind.SHARE, telling.language)
    value = show(plan.kept_value_share, Kind.SHARE, telling.language)
    moved, proof = len(plan.moves), plan.certificate.wording
    yield Words(
        telling.say(
            f"Customers who change hands: {moved:,}; who stay: {plan.kept:,}, which is {kept} of "
            f"those who have somebody, with {value} of the spend. Certificate: {proof.en}.",
            f"调整{moved:,}位客户的负责人，{plan.kept:,}位不变，占已有负责人客户的{kept}，"
            f"占消费额的{value}。证明：{proof.zh}。",
        )
    )
    if telling.has_pictures:
        yield _workload(telling)
    yield Rows(table=of_plan.workload(review))
    if plan.moves:
        yield telling.heading("Who hands over to whom", "客户交接")
        yield Rows(table=of_plan.handovers(review), limit=_MOVES)
        yield telling.heading("The moves that matter most", "最重要的调整")
        moves = of_plan.moves(review, plan, "customer_moves")
        yield Rows(table=moves.only(_is_said_of_a_move), limit=_MOVES)


def _workload(telling: Telling) -> Pictures:
    return Pictures(
        pictures=(workload(telling.review, telling.language),),
        caption=telling.say(
            "How much of the hours for customers is used. The grey band is where the weights "
            "want it; the dashed line is all the hours there are.",
            "客户工时的利用率。灰色区间为权重设定的合理范围，虚线为全部可用工时。",
        ),
        shape="wide",
        legend=(
            Swatch(label=telling.say("today", "当前"), colour=FAINT, is_hollow=True),
            Swatch(label=telling.say("by the plan", "方案"), colour=ACCENT),
            Swatch(
                label=telling.say("by the plan, more than there are", "方案，超出可用工时"),
                colour=ALERT,
            ),
        ),
    )


def for_people(telling: Telling) -> Iterator[Block]:
    """Tell what everybody is to do and what there is to learn for it."""
    review = telling.review
    yield Rows(
        table=of_department.jobs(review),
        summary=telling.say("job descriptions by the plan", "方案下的职责说明书"),
    )
    yield telling.heading("Training needs", "培训需求")
    yield Rows(table=of_department.training(review))


def _is_told_of_a_shortfall(column: str) -> bool:
    return column in {"reason", "lacking", "uncovered"}


def _is_said_of_a_move(column: str) -> bool:
    return not column.startswith(("points_", "fit_", "hour_", "keep_", "flip"))


def _is_a_number_of_a_move(column: str) -> bool:
    return column != "reason"
