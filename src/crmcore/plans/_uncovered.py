"""What stays uncovered: why, what would help, and which demands too few people can meet."""

from __future__ import annotations

from decimal import Decimal

import attrs

from crmcore.kernel import CustomerId, MemberId, Phrase, ResponsibilityId, round_half_up
from crmcore.organization import Duty, SkillLevel

from ._move import subject

_SHOWN = 4


@attrs.frozen(kw_only=True)
class Remedy:
    """What would have to change for one member, so that the member could hold something.

    All of it together would do, with the rest of the plan as it is, and none of it can be
    left out.

    Attributes:
        member: Who could hold it then.
        hours: Hours of capacity more, in quarters of an hour; 0 where hours are not wanting.
        skills: The levels of skills to reach.
        rules: What else the member would have to have, such as a language or authority.
        lifts: What the member holds that a rule keeps apart from it, by subject; the rule
            would have to be lifted, or that be given away.
        lifted: How people call that, in the same order.
        worth: What the plan would win by it, in points.

    .. versionadded:: 0.1.0
    """

    member: MemberId
    hours: Decimal = Decimal(0)
    skills: tuple[SkillLevel, ...] = ()
    rules: tuple[Phrase, ...] = ()
    lifts: tuple[str, ...] = ()
    lifted: tuple[Phrase, ...] = ()
    worth: Decimal = Decimal(0)

    @property
    def changes(self) -> int:
        """How many things would have to change."""
        return bool(self.hours) + len(self.skills) + len(self.rules) + len(self.lifts)

    @property
    def wording(self) -> Phrase:
        """The remedy in one line."""
        who, english, chinese = self.member, [], []
        if self.hours:
            english.append(f"{self.hours:f} h more for {who}")
            chinese.append(f"为{who}增加{self.hours:f}小时")
        for level in self.skills:
            english.append(f"training {who} in {level.skill} up to level {level.level}")
            chinese.append(f"将{who}的{level.skill}培训至{level.level}级")
        for rule in self.rules:
            english.append(f"{rule.en} for {who}")
            chinese.append(f"使{who}具备{rule.zh}")
        for name in self.lifted:
            english.append(f"letting {who} hold {name.en} beside it")
            chinese.append(f"允许{who}同时承担{name.zh}")
        return Phrase(f"{' and '.join(english)} would do", f"{'并'.join(chinese)}即可")

    def __str__(self) -> str:
        """Return the English wording."""
        return self.wording.en


@attrs.frozen(kw_only=True)
class Uncovered:
    """Something that nobody holds in a plan, or that is kept against a rule, and why.

    Attributes:
        customer: The customer, in a plan for customers.
        responsibility: The responsibility, in a plan for responsibilities.
        duty: The duty of the responsibility.
        cost: What it costs that nobody holds it, in points; three quarters of that where
            somebody keeps it against a rule.
        funnel: How many members have what the rules want, rule after rule; rules that lose
            nobody are left out.
        reason: The funnel in words, with what is wanting in the end.
        remedy: The smallest change that would let somebody hold it, where one is known.
        remedies: What it would take to bring a member to hold it, with one change, or with
            two where nothing would do with one; three at most. The fewest levels of a skill
            come first, then the fewest hours, then what is worth most.
        dearer: By how many points whoever has the hours and may hold it would cost more than
            covering it is worth, for each hour that it takes; None where nobody could.
        stays_with: Who holds it today against a rule, and keeps it until somebody is found;
            its hours count as that member's in the plan.
        rule: What the one it stays with lacks.

    .. versionadded:: 0.1.0
    """

    customer: CustomerId | None = None
    responsibility: ResponsibilityId | None = None
    duty: Duty | None = None
    cost: Decimal
    funnel: tuple[tuple[Phrase, int], ...]
    reason: Phrase
    remedy: Phrase | None = None
    remedies: tuple[Remedy, ...] = ()
    dearer: Decimal | None = None
    stays_with: MemberId | None = None
    rule: Phrase | None = None

    @property
    def subject(self) -> str:
        """What is uncovered, as ``customer:c-17`` or ``responsibility:renewals:backup``."""
        return subject(self.customer, self.responsibility, self.duty)

    def __str__(self) -> str:
        """Say what is uncovered, with whom it stays against a rule, why, and what would help."""
        kept = f" stays with {self.stays_with}" if self.stays_with is not None else ""
        help_ = f"; {self.remedy}" if self.remedy is not None else ""
        return f"{self.subject}{kept}: {self.reason}{help_}"


@attrs.frozen(kw_only=True)
class Shortfall:
    """A true and irreducible reason why not everything can be covered.

    The items cannot all be held by those who may hold them; with any one of the items left
    out, this reason would be none.

    Attributes:
        items: What cannot all be held, by subject.
        names: How people call these items, in the same order.
        holders: Everybody who may hold any of them and could take its hours.
        wants: What all the items want of whoever holds them, in words.
        need: The hours that the items take together.
        have: The hours that the holders can take at most, up to their limits.
        apart: Pairs of the items that need different holders, where that is a part of the
            reason.
        lacking: The hours that are wanting for all that only these holders may hold, the
            items and others; 0 where hours are not what is wanting.
        uncovered: What stays uncovered in the plan for this reason, by subject.
        is_irreducible: Whether each of the items is known to be necessary. That is not so only
            where thousands of items depend on each other: the reason is true then, but the
            search for what can be left out of it has an end.

    .. versionadded:: 0.1.0
    """

    items: tuple[str, ...]
    names: tuple[Phrase, ...]
    holders: tuple[MemberId, ...]
    wants: tuple[Phrase, ...] = ()
    need: Decimal
    have: Decimal
    apart: tuple[tuple[str, str], ...] = ()
    lacking: Decimal = Decimal(0)
    uncovered: tuple[str, ...]
    is_irreducible: bool = True

    @property
    def short(self) -> Decimal:
        """The hours by which the need is above what there is; 0 where hours would do."""
        return max(self.need - self.have, Decimal(0))

    @property
    def wording(self) -> Phrase:
        """The reason in one line."""
        what, why = self._what, self._why
        english, chinese = f"{what.en}: {why.en}", f"{what.zh}：{why.zh}"
        if self.lacking > self.short and self.holders:
            lacking = _hours(self.lacking)
            english += f"; {lacking} h short for all that only they may hold"
            chinese += f"；仅其可承担的事项合计缺{lacking}小时"
        if len(self.uncovered) > 1:
            count = len(self.uncovered)
            english += f"; {count:,} stay uncovered for this"
            chinese += f"；因此{count:,}项无人承担"
        return Phrase(english, chinese)

    @property
    def _what(self) -> Phrase:
        """Which items, and what they want in common."""
        names, wants = _listed(self.names), _all_of(self.wants)
        if not self.wants:
            return names
        verb = "wants" if len(self.names) == 1 else "want"
        return Phrase(f"{names.en} {verb} {wants.en}", f"{names.zh}需要{wants.zh}")

    @property
    def _why(self) -> Phrase:
        """Why those who may hold them are not enough."""
        need, have, short = (_hours(each) for each in (self.need, self.have, self.short))
        who = _listed(tuple(Phrase(key, key) for key in self.holders), counted="方")
        if not self.holders:
            return Phrase("nobody has that", "无人具备")
        if self.short:
            return Phrase(
                f"only {who.en} can, together {short} h short of {need} h",
                f"仅{who.zh}可以承担，合计需{need}小时，缺{short}小时",
            )
        if self.apart:
            return Phrase(
                f"only {who.en} can, and some of them need different holders",
                f"仅{who.zh}可以承担，且其中部分须由不同成员承担",
            )
        return Phrase(
            f"only {who.en} can, and {need} h in whole pieces do not fit into {have} h",
            f"仅{who.zh}可以承担，{need}小时无法整项分配到{have}小时之内",
        )

    def __str__(self) -> str:
        """Return the English wording."""
        return self.wording.en


def _hours(exact: Decimal) -> str:
    return f"{round_half_up(exact, 2).normalize() + 0:f}"


def _listed(names: tuple[Phrase, ...], *, counted: str = "项") -> Phrase:
    """Name a few, and count the rest."""
    shown, more = names[:_SHOWN], len(names) - _SHOWN
    chinese = "、".join(name.zh for name in shown)
    if more > 0:
        english = ", ".join(name.en for name in shown)
        return Phrase(f"{english} and {more:,} more", f"{chinese}等{len(names):,}{counted}")
    *first, last = [name.en for name in shown] or [""]
    return Phrase(f"{', '.join(first)} and {last}" if first else last, chinese)


def _all_of(wants: tuple[Phrase, ...]) -> Phrase:
    return Phrase(" and ".join(want.en for want in wants), "、".join(want.zh for want in wants))
