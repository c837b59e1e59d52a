"""Moves, each with its reason in words and numbers."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import attrs

from crmcore.kernel import (
    CustomerId,
    LabelledEnum,
    MemberId,
    Phrase,
    ResponsibilityId,
    round_half_up,
)
from crmcore.organization import Duty

from ._carried import Carried

_NOTHING = "0"


class Term(LabelledEnum):
    """A part of what an assignment costs, or of what a move wins.

    .. versionadded:: 0.1.0
    """

    COVER = "cover", "being covered", "有人负责"
    FIT = "fit", "fit", "匹配度"
    INTEREST = "interest", "interest", "意愿"
    CHANGE = "change", "change", "变动代价"
    HOURS = "hours", "hours", "工时"


class MoveKind(LabelledEnum):
    """Why something moves.

    .. versionadded:: 0.1.0
    """

    FIRST = "first", "first assignment", "首次分配"
    LEFT = (
        "left",
        "the holder has left, is leaving or has no hours",
        "原负责人已离开、即将离开或无可用工时",
    )
    NOT_ELIGIBLE = "not_eligible", "the holder may not hold it", "原负责人不符合条件"
    CONFLICT = "conflict", "conflicts with what the holder also has", "与原负责人的其他职责冲突"
    TOGETHER = "together", "goes with what it belongs to", "与同组客户一并调整"
    OVER_LIMIT = "over_limit", "the holder is beyond the limit of hours", "原负责人工时超限"
    RELIEF = "relief", "relief", "减轻负荷"
    BETTER_FIT = "better_fit", "better fit", "更匹配"
    PINNED = "pinned", "pinned to somebody else", "已指定给他人"
    MAKES_ROOM = "makes_room", "makes room for others", "为其他安排腾出空间"
    CLAIMED = "claimed", "claimed from the pool", "从公海领取"
    RECYCLED = "recycled", "came back to the pool", "回收至公海"

    @property
    def is_forced(self) -> bool:
        """Whether it could not have stayed as it was."""
        return self in _FORCED


_FORCED = {
    MoveKind.LEFT,
    MoveKind.NOT_ELIGIBLE,
    MoveKind.CONFLICT,
    MoveKind.TOGETHER,
    MoveKind.OVER_LIMIT,
    MoveKind.PINNED,
    MoveKind.RECYCLED,
}


@attrs.frozen(kw_only=True)
class MoveReason:
    """Why something moves: what is won and what is given up, in points.

    All is counted with the rest of the plan as it is: the sum is what the plan would lose if
    this alone were taken back. The hours are what whoever gives would have to bear with it,
    less what whoever takes bears with it, on their load curves.

    Attributes:
        kind: The sort of reason.
        rule: What forces the move: what the present holder lacks, or how far the holder is
            beyond the limit of hours; for a claim or a recycling, the rule that allows or
            asks for it.
        other: What it conflicts with, or makes room for, by its subject (see `Move`).
        other_name: How people call that, where its id is not what they call it by.
        fit_before: How well the present holder fits, in percent; None where there is none
            who may hold it.
        fit_after: How well the new holder fits, in percent; None where nobody takes over.
        terms: What is won (above 0) and given up (below 0), in points; zeros are left out.
        runner_up: Who would have been next best, if anybody else may hold it and has the
            hours; never a present holder who has to give way.
        margin: By how many points the runner-up is behind; below 0 only where the plan is not
            proven the best possible.
        hour_before: What an hour of the present holder is worth by the plan, in points; None
            where there is none in the plan.
        hour_after: What an hour of the new holder is worth by the plan, in points.
        keep_cost: What every plan in which it stays costs more than this one, at the least
            and proven, in points; None where nothing above 0 is proven.
        flip: Above how many times the price of the change it would stay, with the rest of the
            plan as it is; None where it has to move, or the price is not what decides.
        flip_hours: With how many hours of capacity more its present holder would keep it,
            with the rest of the plan as it is, in quarters of an hour; None where hours are
            not what decides.

    .. versionadded:: 0.1.0
    """

    kind: MoveKind
    rule: Phrase | None = None
    other: str | None = None
    other_name: Phrase | None = None
    fit_before: int | None = None
    fit_after: int | None = None
    terms: tuple[tuple[Term, Decimal], ...] = ()
    runner_up: MemberId | None = None
    margin: Decimal | None = None
    hour_before: Decimal | None = None
    hour_after: Decimal | None = None
    keep_cost: Decimal | None = None
    flip: Fraction | None = None
    flip_hours: Decimal | None = None

    @property
    def net(self) -> Decimal:
        """The sum of the terms, in points."""
        return sum((points for _, points in self.terms), Decimal(0))

    @property
    def wording(self) -> Phrase:
        """The reason in one line."""
        english, chinese = [self.kind.label.en], [self.kind.label.zh]
        if self.rule is not None and self.kind is MoveKind.NOT_ELIGIBLE:
            english.append(f"lacks {self.rule.en}")
            chinese.append(f"缺少{self.rule.zh}")
        elif self.rule is not None:
            english[0] += f": {self.rule.en}"
            chinese[0] += f"：{self.rule.zh}"
        if self.other is not None:
            called = self.other_name or Phrase(self.other, self.other)
            english[0] += f": {called.en}"
            chinese[0] += f"：{called.zh}"
        if self.fit_after is not None:
            before = "" if self.fit_before is None else f"{self.fit_before} → "
            english.append(f"fit {before}{self.fit_after} %")
            chinese.append(f"匹配度{before}{self.fit_after}%")
        if self.terms:
            english.append(self._sum("en"))
            chinese.append(self._sum("zh-CN"))
        if self.runner_up is not None and self.margin is not None:
            english.append(self._next_best(self.runner_up, self.margin).en)
            chinese.append(self._next_best(self.runner_up, self.margin).zh)
        return Phrase("; ".join(english), "；".join(chinese))

    @property
    def details(self) -> tuple[Phrase, ...]:
        """What stands behind the reason, a line each: prices of hours, and when it would stay."""
        lines = []
        if self.hour_before is not None and self.hour_after is not None:
            here, there = _plain(self.hour_before), _plain(self.hour_after)
            lines.append(
                Phrase(
                    f"an hour of the present holder is worth {here} points, of the new one {there}",
                    f"原负责人每小时价值{here}分，新负责人{there}分",
                )
            )
        if self.keep_cost is not None:
            least = _plain(self.keep_cost)
            lines.append(
                Phrase(
                    f"every plan in which it stays costs at least {least} points more",
                    f"保持不变的任何方案至少多付出{least}分",
                )
            )
        if self.flip is not None:
            exact = Decimal(self.flip.numerator) / self.flip.denominator
            times = f"{round_half_up(exact, 2).normalize() + 0:f}"
            lines.append(
                Phrase(
                    f"it would stay if a change cost more than {times} times as much",
                    f"若变动代价超过现在的{times}倍，则保持不变",
                )
            )
        if self.flip_hours is not None:
            hours = f"{self.flip_hours:f}"
            lines.append(
                Phrase(
                    f"it would stay if the present holder had {hours} h more",
                    f"若原负责人多出{hours}小时，则保持不变",
                )
            )
        return tuple(lines)

    @staticmethod
    def _next_best(who: MemberId, margin: Decimal) -> Phrase:
        behind = _signed(-margin)
        if behind == _NOTHING:
            return Phrase(f"{who} is as good", f"{who}同样合适")
        if margin < 0:
            return Phrase(f"{who} would be better, {behind}", f"{who}更合适，{behind}")
        return Phrase(f"next best {who}, {behind}", f"次优人选{who}，{behind}")

    def _sum(self, language: str) -> str:
        parts = [
            f"{term.label.in_language(language)} {_signed(points)}" for term, points in self.terms
        ]
        unit = " points" if language == "en" else "分"
        return f"{', '.join(parts)} = {_signed(self.net)}{unit}"

    def __str__(self) -> str:
        """Return the English wording."""
        return self.wording.en


def _plain(points: Decimal) -> str:
    return _signed(points).removeprefix("+")


def _signed(points: Decimal) -> str:
    shown = round_half_up(points, 1)
    return f"{shown:+f}".removesuffix(".0") if shown else _NOTHING


@attrs.frozen(kw_only=True)
class Move:
    """One item goes from one holder to another.

    Attributes:
        customer: The customer, in a plan for customers.
        responsibility: The responsibility, in a plan for responsibilities.
        duty: The duty of the responsibility.
        from_member: Who holds it today; None where nobody does.
        to_member: Who takes it; None where nobody does.
        expected_version: The version of today's record that the plan was made with; None
            where there is no record yet or its version is not known.
        reason: Why it moves.
        carries: The open matters of the customer that go along; None where nobody has looked,
            as in a plan that was made without a store.

    .. versionadded:: 0.1.0
    """

    customer: CustomerId | None = None
    responsibility: ResponsibilityId | None = None
    duty: Duty | None = None
    from_member: MemberId | None
    to_member: MemberId | None
    expected_version: int | None = None
    reason: MoveReason
    carries: Carried | None = None

    @property
    def subject(self) -> str:
        """What moves, as ``customer:c-17`` or ``responsibility:renewals:backup``."""
        return subject(self.customer, self.responsibility, self.duty)

    def __str__(self) -> str:
        """Say what moves from whom to whom, and why."""
        here, there = self.from_member or "nobody", self.to_member or "nobody"
        return f"{self.subject}: {here} → {there} ({self.reason})"


def subject(
    customer: CustomerId | None, responsibility: ResponsibilityId | None, duty: Duty | None
) -> str:
    """Return the name of what is held: ``customer:c-17`` or ``responsibility:renewals:backup``.

    .. versionadded:: 0.1.0
    """
    if customer is not None:
        return f"customer:{customer}"
    return f"responsibility:{responsibility}:{duty}"
