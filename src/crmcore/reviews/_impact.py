"""The impact of a change: whom two policies judge differently, and which of them knew better."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final, Literal, TypeAlias

import attrs

from crmcore.kernel import CustomerId, Phrase, Undefined, round_half_up
from crmcore.policies import Policy
from crmcore.prediction import Lift

from ._summary import counted

What: TypeAlias = Literal["score", "stage", "segment", "tier"]
Lifts: TypeAlias = "tuple[Lift | Undefined, Lift | Undefined]"

JUDGED: Final[dict[What, Phrase]] = {
    "score": Phrase("score", "评分"),
    "stage": Phrase("stage", "阶段"),
    "segment": Phrase("segment", "细分"),
    "tier": Phrase("tier", "层级"),
}
_SHOWN: Final = 5


@attrs.frozen(kw_only=True)
class Difference:
    """A customer of whom two policies say different things on one day.

    Attributes:
        customer: Who it is.
        day: The day.
        score: The points under the old and under the new policy.
        stage: The stage under each.
        segment: The segment under each; None where the customer is in none.
        tier: The tier under each.

    .. versionadded:: 0.1.0
    """

    customer: CustomerId
    day: date
    score: tuple[Decimal, Decimal]
    stage: tuple[str, str]
    segment: tuple[str | None, str | None]
    tier: tuple[str, str]

    @property
    def changed(self) -> tuple[What, ...]:
        """What differs, of score, stage, segment and tier."""
        return tuple(what for what in JUDGED if len(set(getattr(self, what))) > 1)

    def __str__(self) -> str:
        """Return what differs, each from the old to the new."""
        shown = [f"{what} {' → '.join(map(str, getattr(self, what)))}" for what in self.changed]
        return f"{self.customer} on {self.day}: {', '.join(shown)}"


@attrs.frozen(kw_only=True)
class BacktestDay:
    """What two policies say of all customers of one day.

    Attributes:
        day: The day.
        customers: How many customers there were by then.
        changed: For how many of them score, stage, segment and tier differ, each by name.
        minutes: The minutes of care a week that all of them ask for under the old and under
            the new policy.
        lifts: How well the old and the new score tell who had the outcome; undefined while
            the time to judge has not passed.

    .. versionadded:: 0.1.0
    """

    day: date
    customers: int
    changed: tuple[tuple[What, int], ...]
    minutes: tuple[int, int]
    lifts: Lifts


@attrs.frozen(kw_only=True)
class Backtest:
    """Two policies over the same history: what the change does, and whether it is for the better.

    Attributes:
        old: The policy as it is.
        new: The policy as it may become.
        as_of: The day before which everything counted.
        horizon_days: Within how many days the outcome had to come about.
        days: The days of judgement, in order.
        differences: Everybody of whom the policies differ, by day and customer.
        lifts: How well the old and the new score tell who had the outcome, over all days for
            which the time to judge has passed.
        cost: What judging one customer costs under each, in steps of criteria at most, as
            `crmcore.criteria.Criterion.size` counts them.

    .. versionadded:: 0.1.0
    """

    old: Policy
    new: Policy
    as_of: date
    horizon_days: int
    days: tuple[BacktestDay, ...]
    differences: tuple[Difference, ...]
    lifts: Lifts
    cost: tuple[int, int]

    def moves(
        self, what: Literal["stage", "segment", "tier"]
    ) -> tuple[tuple[str | None, str | None, int], ...]:
        """Return how often the old verdict became which new one, the most frequent first.

        Args:
            what: The verdict.
        """
        pairs: Counter[tuple[str | None, str | None]] = Counter(
            getattr(each, what) for each in self.differences if what in each.changed
        )
        ranked = sorted(pairs.items(), key=lambda item: (-item[1], str(item[0])))
        return tuple((old, new, count) for (old, new), count in ranked)

    def summary(self, *, language: str = "en") -> str:
        """Return what the change does, on one screen.

        Args:
            language: ``en`` or ``zh-CN``.

        Raises:
            UnknownNameError: If the language is another one.
        """
        return "\n".join(line.in_language(language) for line in self._lines())

    def __str__(self) -> str:
        """Return the summary in English."""
        return self.summary()

    def __repr__(self) -> str:
        """Return which policies it is about, and how much it found."""
        return (
            f"<Backtest of {self.new.name!r}, version {self.new.version!r}, over "
            f"{len(self.days)} days: {len(self.differences)} differences>"
        )

    def _lines(self) -> Iterator[Phrase]:
        old, new = (f"{policy.name} {policy.version}" for policy in (self.old, self.new))
        judged = sum(day.customers for day in self.days)
        yield Phrase(
            f"{old} against {new}, over {counted(len(self.days), 'day')}: "
            f"{counted(judged, 'judgement')}, {len(self.differences):,} of them differ",
            f"{old} 对比 {new}，共{len(self.days)}天：{judged:,}次评估，"
            f"其中{len(self.differences):,}次不同",
        )
        for what, label in JUDGED.items():
            count = sum(dict(day.changed)[what] for day in self.days)
            yield Phrase(f"  {label.en} differs {count:,} times", f"  {label.zh}不同：{count:,}次")
            if what != "score":
                yield from self._chief_moves(what)
        yield from self._price()
        yield from (self._outcome(place) for place in (0, 1))

    def _chief_moves(self, what: Literal["stage", "segment", "tier"]) -> Iterator[Phrase]:
        for old, new, count in self.moves(what)[:_SHOWN]:
            line = f"    {old or '–'} → {new or '–'}: {count:,}"
            yield Phrase(line, line.replace(": ", "："))

    def _price(self) -> Iterator[Phrase]:
        day = self.days[-1]
        before, after = day.minutes
        yield Phrase(
            f"  care on {day.day}: {before:,} minutes a week, then {after:,}",
            f"  {day.day} 的客户服务：每周{before:,}分钟，变为{after:,}分钟",
        )
        before, after = self.cost
        yield Phrase(
            f"  steps of criteria for a customer: {before:,}, then {after:,}",
            f"  每位客户的条件评估步数：{before:,}，变为{after:,}",
        )

    def _outcome(self, place: int) -> Phrase:
        which = (Phrase("old", "旧"), Phrase("new", "新"))[place]
        found = self.lifts[place]
        if isinstance(found, Undefined):
            return _no_number(which, found)
        area = found.area
        if isinstance(area, Undefined):
            return _no_number(which, area)
        best = found.groups[0]
        shares = [round_half_up(Decimal(share) * 100, 1) for share in (best.rate, area)]
        return Phrase(
            f"  {which.en} score: {shares[0]} % of the best-scored {best.count:,} had the "
            f"outcome; area {shares[1]} %",
            f"  {which.zh}评分：得分最高的{best.count:,}位中{shares[0]}%出现该结果；"
            f"曲线下面积{shares[1]}%",
        )


def _no_number(which: Phrase, found: Undefined) -> Phrase:
    """Say why there is no number, in the words that say most."""
    why = found.detail if found.detail.en else found.reason.label
    return Phrase(f"  {which.en} score: – ({why.en})", f"  {which.zh}评分：–（{why.zh}）")
