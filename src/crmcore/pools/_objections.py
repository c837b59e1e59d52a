"""What stands in the way of a claim: every rule that it breaks, with the numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Final

import attrs

from crmcore.calendar import Grain
from crmcore.criteria import Explanation
from crmcore.customers import Cause, Ownership
from crmcore.kernel import CustomerId, MemberId, Phrase
from crmcore.organization import Member, SkillLevel
from crmcore.verdicts import Use, Verdict, decide

from ._claim import ClaimRule, Objection
from ._days import after_full_days, first_day_there
from ._register import Register
from ._terms import Terms

_REST_OF_A_WEEK: Final = 6
_RANK: Final = {rule: place for place, rule in enumerate(ClaimRule)}


@attrs.define(kw_only=True)
class Tally:
    """What a member has and has claimed at an instant.

    Attributes:
        held: The customers of the pool that take up a place.
        owned: All customers that do.
        today: The claims of the day.
        week: The claims of the week.
    """

    held: int = 0
    owned: int = 0
    today: int = 0
    week: int = 0

    @classmethod
    def of(cls, terms: Terms, register: Register, member: MemberId, at: datetime) -> Tally:
        """Count what a member has."""
        tally = cls()
        today = terms.day_of(at)
        for held in register.owned_by(member):
            if held.since > at:
                continue
            if held.lasts_at(at):
                tally.take(terms, register, held.customer)
            if held.cause is Cause.CLAIM and terms.covers(register, held.customer):
                tally.claim(today, terms.day_of(held.since))
        return tally

    def take(self, terms: Terms, register: Register, customer: CustomerId) -> None:
        """Count a customer that the member has."""
        if terms.counts(register, customer):
            self.owned += 1
            self.held += terms.covers(register, customer)

    def claim(self, today: date, day: date) -> None:
        """Count a claim of a day, as seen from today."""
        self.today += day == today
        self.week += Grain.WEEK.start(day) == Grain.WEEK.start(today)


def in_order(objections: Iterable[Objection]) -> tuple[Objection, ...]:
    """Return the objections in the order of their rules."""
    return tuple(sorted(objections, key=lambda one: (_RANK[one.rule], one.message.en)))


def to_customer(
    terms: Terms, register: Register, customer: CustomerId, at: datetime, *, is_claim: bool
) -> Iterator[Objection]:
    """Say what speaks against a customer, whoever asks."""
    archived = register.customer(customer).archived_at
    if archived is not None and archived <= at:
        yield Objection(
            rule=ClaimRule.ARCHIVED,
            message=Phrase(
                f"{customer} is out of use since {terms.day_of(archived)}",
                f"{customer}自{terms.day_of(archived)}起已停用",
            ),
        )
    if not terms.covers(register, customer):
        words = _condition(terms.standing(register, customer))
        yield Objection(
            rule=ClaimRule.NOT_IN_POOL,
            message=Phrase(
                f"{customer} is not one of the customers of {terms.name}, as the condition "
                f"{words.en}",
                f"{customer}不属于公海{terms.name}：{words.zh}",
            ),
        )
    yield from _taken(terms, register, customer, at)
    if is_claim:
        yield from _waiting(terms, register, customer, at)


def _condition(told: Explanation) -> Phrase:
    """Return what is so of a condition, and why."""
    words = told.summary
    return Phrase(f"is {words.en}", words.zh) if told.verdict is Verdict.UNKNOWN else words


def _taken(
    terms: Terms, register: Register, customer: CustomerId, at: datetime
) -> Iterator[Objection]:
    for held in register.intervals(customer):
        day = terms.day_of(held.since)
        if held.lasts_at(at):
            yield Objection(
                rule=ClaimRule.OWNED,
                message=Phrase(
                    f"{held.member} owns {customer} since {day}",
                    f"{customer}自{day}起由{held.member}负责",
                ),
            )
        elif held.since > at:
            yield Objection(
                rule=ClaimRule.RESERVED,
                message=Phrase(
                    f"{held.member} is to own {customer} from {day} on",
                    f"{customer}将自{day}起由{held.member}负责",
                ),
            )


def _waiting(
    terms: Terms, register: Register, customer: CustomerId, at: datetime
) -> Iterator[Objection]:
    last = last_ended(register.intervals(customer), at)
    pooled = register.customer(customer).known_since if last is None else terms.day_of(last[0])
    if pooled is None or not terms.waiting_days:
        return
    first = after_full_days(pooled, terms.waiting_days) or date.max
    if terms.day_of(at) < first:
        passed = max((terms.day_of(at) - pooled).days - 1, 0)
        yield Objection(
            rule=ClaimRule.WAITING,
            message=Phrase(
                f"{customer} came to the pool on {pooled} and waits for {terms.waiting_days} "
                f"full days: from {first}",
                f"{customer}于{pooled}进入公海，须满{terms.waiting_days}天后方可领取：{first}起",
            ),
            found=passed,
            limit=terms.waiting_days,
            possible_from=first,
        )


def to_member(
    terms: Terms, register: Register, member: MemberId, at: datetime
) -> Iterator[Objection]:
    """Say what speaks against a member, whoever is asked for."""
    today = terms.day_of(at)
    who = register.member(member)
    if who.left_on is not None and who.left_on <= today:
        yield Objection(
            rule=ClaimRule.LEFT,
            message=Phrase(f"{member} has left on {who.left_on}", f"{member}已于{who.left_on}离职"),
        )
    back = first_day_there(today, register.leave(member))
    if back > today:
        yield Objection(
            rule=ClaimRule.AWAY,
            message=Phrase(f"{member} is away and back on {back}", f"{member}休假中，{back}返岗"),
            possible_from=back,
        )
    admitted = terms.admits(register, member)
    if not decide(admitted.verdict, Use.PERMIT):
        words = _condition(admitted)
        yield Objection(
            rule=ClaimRule.NOT_ELIGIBLE,
            message=Phrase(
                f"{member} may not claim from {terms.name}, as the condition {words.en}",
                f"{member}不符合公海{terms.name}的领取条件：{words.zh}",
            ),
        )
    for wanted in terms.skills:
        if who.level_of(wanted.skill) < wanted.level:
            yield _short(Phrase(f"the pool {terms.name}", f"公海{terms.name}"), who, wanted)


def _short(asker: Phrase, member: Member, wanted: SkillLevel) -> Objection:
    skill, has = wanted.skill, member.level_of(wanted.skill)
    shown = Phrase(f"has level {has}", f"现为{has}级") if has else Phrase("lacks it", "不具备")
    return Objection(
        rule=ClaimRule.SKILL,
        message=Phrase(
            f"{asker.en} wants {skill} at level {wanted.level}; {member.id} {shown.en}",
            f"{asker.zh}要求技能{skill}达到{wanted.level}级，{member.id}{shown.zh}",
        ),
        found=has,
        limit=wanted.level,
    )


def to_both(
    terms: Terms, register: Register, customer: CustomerId, member: MemberId, at: datetime
) -> Iterator[Objection]:
    """Say what speaks against just this member for just this customer."""
    if terms.serves:
        yield from _unserved(register, customer, register.member(member))
    if terms.previous_owner_days:
        yield from _too_soon(terms, register, customer, member, at)


def _unserved(register: Register, name: CustomerId, member: Member) -> Iterator[Objection]:
    customer = register.customer(name)
    if customer.language is not None and customer.language not in member.languages:
        yield Objection(
            rule=ClaimRule.LANGUAGE,
            message=Phrase(
                f"{name} wants {customer.language}; {member.id} speaks "
                f"{', '.join(member.languages) or 'no language that is recorded'}",
                f"{name}需要{customer.language}，{member.id}的语言："
                f"{'、'.join(member.languages) or '无记录'}",
            ),
        )
    if customer.region is not None and member.regions and customer.region not in member.regions:
        yield Objection(
            rule=ClaimRule.REGION,
            message=Phrase(
                f"{name} is in {customer.region}; {member.id} serves {', '.join(member.regions)}",
                f"{name}位于{customer.region}，{member.id}负责{'、'.join(member.regions)}",
            ),
        )
    for skill in customer.needs:
        if not member.level_of(skill):
            yield _short(Phrase(name, name), member, SkillLevel(skill, 1))


def last_ended(intervals: list[Ownership], at: datetime) -> tuple[datetime, Ownership] | None:
    """Return the interval that ended last by an instant, and when; None where none had."""
    ended = [
        (held.until, held) for held in intervals if held.until is not None and held.until <= at
    ]
    return max(ended, key=lambda pair: pair[0], default=None)


def _too_soon(
    terms: Terms, register: Register, customer: CustomerId, member: MemberId, at: datetime
) -> Iterator[Objection]:
    intervals = register.intervals(customer)
    if terms.every_former_owner:
        intervals = [held for held in intervals if held.member == member]
    last = last_ended(intervals, at)
    if last is None or last[1].member != member:
        return
    ended = terms.day_of(last[0])
    first = after_full_days(ended, terms.previous_owner_days) or date.max
    if terms.day_of(at) < first:
        days = terms.previous_owner_days
        yield Objection(
            rule=ClaimRule.PREVIOUS_OWNER,
            message=Phrase(
                f"{member} owned {customer} until {ended} and may have it again after "
                f"{days} full days: from {first}",
                f"{member}于{ended}前为{customer}的负责人，须满{days}天后方可再次领取：{first}起",
            ),
            found=max((terms.day_of(at) - ended).days - 1, 0),
            limit=days,
            possible_from=first,
        )


def to_number(
    terms: Terms, tally: Tally, member: MemberId, at: datetime, *, counts: bool, is_claim: bool
) -> Iterator[Objection]:
    """Say which limits a member is at.

    Args:
        terms: The terms of the pool.
        tally: What the member has.
        member: Who asks.
        at: When.
        counts: Whether the customer takes up a place.
        is_claim: Whether it is a claim.
    """
    limits, today = terms.limits, terms.day_of(at)
    tomorrow = after_full_days(today, 0) or date.max
    monday = after_full_days(Grain.WEEK.start(today), _REST_OF_A_WEEK) or date.max
    if counts:
        yield from _at_limit(
            ClaimRule.HELD_LIMIT,
            tally.held,
            limits.held,
            Phrase(
                f"{member} owns {tally.held} customers of {terms.name}",
                f"{member}已持有公海{terms.name}的客户{tally.held}个",
            ),
        )
        yield from _at_limit(
            ClaimRule.OWNED_LIMIT,
            tally.owned,
            limits.owned,
            Phrase(
                f"{member} owns {tally.owned} customers in all", f"{member}共有客户{tally.owned}个"
            ),
        )
    if is_claim:
        yield from _at_limit(
            ClaimRule.DAY_LIMIT,
            tally.today,
            limits.per_day,
            Phrase(
                f"{member} has claimed {tally.today} on {today}",
                f"{member}在{today}已领取{tally.today}个",
            ),
            tomorrow,
        )
        yield from _at_limit(
            ClaimRule.WEEK_LIMIT,
            tally.week,
            limits.per_week,
            Phrase(
                f"{member} has claimed {tally.week} in the week of {today}",
                f"{member}在{today}所在周已领取{tally.week}个",
            ),
            monday,
        )


def _at_limit(
    rule: ClaimRule, found: int, limit: int | None, words: Phrase, first: date | None = None
) -> Iterator[Objection]:
    if limit is not None and found >= limit:
        then = Phrase("", "") if first is None else Phrase(f": from {first}", f"：{first}起")
        yield Objection(
            rule=rule,
            message=Phrase(
                f"{words.en}, and at most {limit} are allowed{then.en}",
                f"{words.zh}，上限为{limit}个{then.zh}",
            ),
            found=found,
            limit=limit,
            possible_from=first,
        )
