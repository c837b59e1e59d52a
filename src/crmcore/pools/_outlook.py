"""Outlooks: what will become of a customer, by which rule, when, and what its clock says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final

import attrs

from crmcore.customers import Cause
from crmcore.kernel import CustomerId, LabelledEnum, MemberId, Phrase
from crmcore.plans import Move, MoveKind, MoveReason

from ._rules import RecycleRule

_PRINT: Final = 16
_STARTS: Final = {
    "taken_over": Phrase("taken over", "接手"),
    "interaction": Phrase("contact", "联系"),
    "purchase": Phrase("purchase", "购买"),
    "matter": Phrase("matter", "事项"),
    "fact": Phrase("fact", "字段"),
}


class Fate(LabelledEnum):
    """What becomes of a customer on a day.

    .. versionadded:: 0.1.0
    """

    RECYCLED = "recycled", "goes back to the pool", "回收至公海"
    WARNED = "warned", "will soon go back to the pool", "即将回收"
    KEPT = "kept", "stays with the owner", "保留"
    OUTSIDE = "outside", "not the pool's to recycle", "不在回收范围"


def _event(event: str) -> Phrase:
    kind, _, name = event.partition(":")
    words = _STARTS[kind]
    return Phrase(f"{words.en} {name}".rstrip(), f"{words.zh}{name}")


@attrs.frozen(kw_only=True)
class Clock:
    """How far the clock of one rule has come for one customer.

    Attributes:
        rule: The rule.
        since: The day on which the clock started last; None where it stands still.
        started_by: What started it: ``taken_over``, ``fact:contract_ends``, or the activity,
            such as ``interaction:i-7``, ``purchase:p-3`` or ``matter:m-1``.
        due: The first day as which begins the clock has run out; None where it never does.
        days_off: Days of leave behind the start that did not count.
        settled_by: The activity that settled the rule, such as ``purchase:p-3``.
        missing: The facts that are missing, so that the clock stands still.
        doubt: Why it is unknown whether the rule applies, so that the clock stands still.

    .. versionadded:: 0.1.0
    """

    rule: RecycleRule
    since: date | None = None
    started_by: str | None = None
    due: date | None = None
    days_off: int = 0
    settled_by: str | None = None
    missing: tuple[str, ...] = ()
    doubt: Phrase | None = None

    @property
    def wording(self) -> Phrase:
        """What the clock says, with what would start it anew."""
        name, words = self.rule.name, self.rule.wording
        if self.missing:
            shown = ", ".join(self.missing)
            return Phrase(
                f"{name} stands still, as {shown} is missing", f"{name}暂停计时：缺少{shown}"
            )
        if self.doubt is not None:
            return Phrase(
                f"{name} stands still, as it is {self.doubt.en}", f"{name}暂停计时：{self.doubt.zh}"
            )
        if self.settled_by is not None:
            by = _event(self.settled_by)
            return Phrase(f"{name} is settled by {by.en}", f"{name}已满足：{by.zh}")
        start = _event(str(self.started_by))
        off = Phrase("", "")
        if self.days_off:
            days = "day" if self.days_off == 1 else "days"
            off = Phrase(
                f", {self.days_off} {days} of leave left out", f"，不计休假{self.days_off}天"
            )
        runs = Phrase("never runs out", "永不到期")
        if self.due is not None:
            runs = Phrase(f"runs out on {self.due}", f"{self.due}到期")
        return Phrase(
            f"{name} ({words.en}) {runs.en}: since {self.since} ({start.en}){off.en}",
            f"{name}（{words.zh}）{runs.zh}：自{self.since}（{start.zh}）起计{off.zh}",
        )

    @property
    def resets(self) -> Phrase:
        """What would start the clock anew or settle it."""
        anew = [activity.wording for activity in (*self.rule.resets, *self.rule.settled_by)]
        if not anew:
            return Phrase("nothing resets it but another owner", "仅更换负责人可重新计时")
        return Phrase(
            f"reset by {' or '.join(words.en for words in anew)}",
            f"{'或'.join(words.zh for words in anew)}可重新计时",
        )

    def __str__(self) -> str:
        """Return the wording in English."""
        return self.wording.en


@attrs.frozen(kw_only=True)
class Outlook:
    """What becomes of a customer as a day begins, and what will.

    Attributes:
        pool: The name of the pool.
        customer: The customer.
        member: The owner; None where nobody owns the customer.
        as_of: The day, as it begins in the zone of the pool.
        fate: What becomes of the customer on that day.
        taken_over: The day on which the owner took the customer over.
        clocks: The clocks of the rules that apply, the one that runs out first as the first.
        due: The first day from *as_of* on as which begins the customer goes back, if nothing
            happens before; None where it never does.
        warned_from: The day from which on the owner is warned.
        hindrance: What keeps the customer from going back, or keeps it longer.
        version: The version of the ownership; None where there is none.
        is_overtaken: Whether the records know what came later on that day, or who is to have
            the customer later, so that there is nothing left to take back.

    .. versionadded:: 0.1.0
    """

    pool: str
    customer: CustomerId
    member: MemberId | None = None
    as_of: date
    fate: Fate
    taken_over: date | None = None
    clocks: tuple[Clock, ...] = ()
    due: date | None = None
    warned_from: date | None = None
    hindrance: Phrase | None = None
    version: int | None = None
    is_overtaken: bool = False

    @property
    def deciding(self) -> Clock | None:
        """The clock that runs out first; None where none ever does."""
        return self.clocks[0] if self.clocks and self.clocks[0].due is not None else None

    @property
    def last_day(self) -> date | None:
        """The last day on which an activity still counts; None where none is needed."""
        return None if self.due is None else self.due - timedelta(days=1)

    @property
    def reason(self) -> Phrase:
        """Why it is so, in one line."""
        clock = self.deciding
        if self.fate is Fate.RECYCLED and clock is not None:
            words, start = clock.rule.wording, _event(str(clock.started_by))
            return Phrase(
                f"rule {clock.rule.name}, {words.en}, since {clock.since} ({start.en})",
                f"规则{clock.rule.name}，{words.zh}，自{clock.since}（{start.zh}）起",
            )
        if self.due is not None:
            longer = Phrase("", "") if self.hindrance is None else self.hindrance
            joint = "; " if longer.en else ""
            return Phrase(
                f"goes back as {self.due} begins{joint}{longer.en}",
                f"{self.due}零时回收{'；' if joint else ''}{longer.zh}",
            )
        if self.hindrance is not None:
            return self.hindrance
        return Phrase("no clock is running", "没有正在计时的规则")

    @property
    def wording(self) -> Phrase:
        """All of it: what becomes of the customer, when, by which rule, and what resets it."""
        parts = [self.fate.label, self.reason]
        for clock in self.clocks:
            parts.append(clock.wording)
            if clock.due is not None:
                parts.append(clock.resets)
        return Phrase(
            f"{self.customer}: {'; '.join(part.en for part in parts)}",
            f"{self.customer}：{'；'.join(part.zh for part in parts)}",
        )

    @property
    def move(self) -> Move | None:
        """The move back to the pool, where it is due and still to be made."""
        if self.fate is not Fate.RECYCLED or self.is_overtaken:
            return None
        return Move(
            customer=self.customer,
            from_member=self.member,
            to_member=None,
            expected_version=self.version,
            reason=MoveReason(kind=MoveKind.RECYCLED, rule=self.reason),
        )

    def __str__(self) -> str:
        """Return the wording in English."""
        return self.wording.en


@attrs.frozen(kw_only=True, repr=False)
class Recycling:
    """What becomes of all owned customers of a pool as a day begins.

    Attributes:
        pool: The name of the pool.
        as_of: The day.
        at: The instant at which it begins in the zone of the pool.
        outlooks: One for each owned customer of the pool, by customer: recycled, warned or
            kept.

    .. versionadded:: 0.1.0
    """

    pool: str
    as_of: date
    at: datetime
    outlooks: tuple[Outlook, ...]

    def _of(self, fate: Fate) -> Iterator[Outlook]:
        return (outlook for outlook in self.outlooks if outlook.fate is fate)

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        """The moves back to the pool, by customer, for `crmcore.reviews.apply_plan`.

        Whom the records show gone already, or promised to somebody, is not among them; so the
        rest goes through, and a second run on the same day finds nothing left to do.
        """
        moves = (outlook.move for outlook in self._of(Fate.RECYCLED))
        return tuple(move for move in moves if move is not None)

    @property
    def warnings(self) -> tuple[Outlook, ...]:
        """Those who will go back within the days of warning, the first due first."""
        return tuple(sorted(self._of(Fate.WARNED), key=lambda o: (o.due, o.customer)))

    @property
    def kept(self) -> tuple[Outlook, ...]:
        """Those who stay, by customer."""
        return tuple(self._of(Fate.KEPT))

    @property
    def cause(self) -> Cause:
        """How customers change hands by it."""
        return Cause.RECYCLE

    @property
    def fingerprint(self) -> str:
        """What tells this recycling from another: the same moves of a day have the same."""
        lines = [f"{self.pool} {self.as_of}"]
        lines += [f"{m.subject} {m.from_member} {m.expected_version}" for m in self.moves]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:_PRINT]

    def __repr__(self) -> str:
        """Return how many customers go back, are warned of, and stay."""
        counts = ", ".join(
            f"{sum(1 for _ in self._of(fate))} {fate}"
            for fate in (Fate.RECYCLED, Fate.WARNED, Fate.KEPT)
        )
        return f"<Recycling of {self.pool} as of {self.as_of}: {counts}>"
