"""Handover notes: what whoever takes a customer over should know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import attrs

from crmcore.activities import Interaction, Matter
from crmcore.calendar import zone as find_zone
from crmcore.customers import Contact, Customer
from crmcore.kernel import MemberId, Phrase, round_half_up
from crmcore.lifecycle import Stage

from ._judging import Judgement

_NO_DATE = datetime.max.replace(tzinfo=UTC)


def _by_due(matters: Iterable[Matter]) -> tuple[Matter, ...]:
    return tuple(sorted(matters, key=lambda one: (one.due_at or _NO_DATE, one.id)))


def _latest_first(interactions: Iterable[Interaction]) -> tuple[Interaction, ...]:
    return tuple(sorted(interactions, key=lambda one: (one.at, one.id), reverse=True))


@attrs.frozen(kw_only=True)
class HandoverNote:
    """What is known of one customer who changes hands, in values and in words.

    Attributes:
        customer: Who the customer is.
        from_member: Who hands the customer over.
        since: Since when that member has looked after the customer.
        successor: Who takes the customer over; None where nobody can.
        judgement: Where the customer stands: stage, tier, segment, value and points.
        tier: How people read the customer's tier.
        currency: The ISO 4217 code of all amounts.
        zone: The time zone whose days count.
        contacts: Whom to talk to there.
        collaborators: Who works beside the owner, and knows the customer.
        interactions: The last contacts, the latest first.
        matters: What is open, in whosever charge; what is due first comes first.

    .. versionadded:: 0.1.0
    """

    customer: Customer
    from_member: MemberId
    since: datetime
    successor: MemberId | None
    judgement: Judgement
    tier: Phrase
    currency: str
    zone: str
    contacts: tuple[Contact, ...] = ()
    collaborators: tuple[MemberId, ...] = ()
    interactions: tuple[Interaction, ...] = attrs.field(default=(), converter=_latest_first)
    matters: tuple[Matter, ...] = attrs.field(default=(), converter=_by_due)

    @property
    def promises(self) -> tuple[Matter, ...]:
        """The open matters in which something was promised."""
        return tuple(matter for matter in self.matters if matter.promise is not None)

    @property
    def next_matter(self) -> Matter | None:
        """The open matter that is due first; None where nothing is open."""
        return next(iter(self.matters), None)

    @property
    def lines(self) -> tuple[Phrase, ...]:
        """The note in words, line by line."""
        return tuple(self._lines())

    def _lines(self) -> Iterator[Phrase]:
        yield self._heading()
        yield self._standing()
        for contact in self.contacts:
            parts = (contact.name, contact.position, contact.email, contact.phone)
            known = [part for part in parts if part is not None]
            yield Phrase(f"talk to {', '.join(known)}", f"联系人：{'，'.join(known)}")
        if self.collaborators:
            english, chinese = ", ".join(self.collaborators), "、".join(self.collaborators)
            yield Phrase(f"known to {english} as well", f"协作人：{chinese}")
        for interaction in self.interactions:
            yield self._contact(interaction)
        if not self.interactions:
            yield Phrase("no contact is recorded", "无联系记录")
        for matter in self.matters:
            yield self._matter(matter)
        if not self.matters:
            yield Phrase("nothing is open", "无未结事项")
        yield self._next()

    def _heading(self) -> Phrase:
        kind = self.customer.kind.label
        who = self.customer.id
        english = f"{self.customer.name} ({who}, {kind.en}): {self.from_member} → "
        chinese = f"{self.customer.name}（{who}，{kind.zh}）：{self.from_member} → "
        nobody = Phrase("nobody", "无人")
        successor = Phrase(self.successor, self.successor) if self.successor else nobody
        since = self._day(self.since)
        return Phrase(
            f"{english}{successor.en}, with {self.from_member} since {since}",
            f"{chinese}{successor.zh}，{self.from_member}自{since}起负责",
        )

    def _standing(self) -> Phrase:
        known, currency = self.judgement.features, self.currency
        stage = Stage(str(known.stage)).label
        english, chinese = [stage.en, self.tier.en], [stage.zh, self.tier.zh]
        segment = self.judgement.placement.segment
        if segment is not None:
            english.append(segment.label.en)
            chinese.append(segment.label.zh)
        days = "1 purchase day" if known.frequency == 1 else f"{known.frequency} purchase days"
        english.append(f"{days}, {known.spend} {currency} in all")
        chinese.append(f"{known.frequency}个购买日，累计{known.spend} {currency}")
        if known.recent_frequency:
            english.append(f"{known.recent_spend} {currency} of it lately")
            chinese.append(f"近期{known.recent_spend} {currency}")
        if known.last_purchase is not None:
            english.append(f"last on {known.last_purchase}")
            chinese.append(f"最近一次{known.last_purchase}")
        if (worth := self._worth()) is not None:
            english.append(worth.en)
            chinese.append(worth.zh)
        points = str(round_half_up(self.judgement.score.value, 1)).removesuffix(".0")
        english.append(f"{points} points")
        chinese.append(f"{points}分")
        return Phrase("; ".join(english), "；".join(chinese))

    def _worth(self) -> Phrase | None:
        """Return what is to be expected of the customer; None where no model tells."""
        known, value = self.judgement.features, self.judgement.value
        if value is None or known.alive is None:
            return None
        alive, horizon = f"{round_half_up(100 * known.alive, 0)} %", value.horizon.words
        amount = f"{known.lifetime_value} {self.currency}"
        return Phrase(
            f"alive {alive}, worth {amount} in {horizon.en}",
            f"存活概率{alive}，{horizon.zh}内价值{amount}",
        )

    def _contact(self, done: Interaction) -> Phrase:
        channel, direction = done.channel.label, done.direction.label
        english = f"{self._day(done.at)}: {channel.en} {direction.en}"
        chinese = f"{self._day(done.at)}：{channel.zh}，{direction.zh}"
        if done.member is not None:
            english += f", {done.member}"
            chinese += f"，{done.member}"
        if done.note is not None:
            note = " ".join(done.note.split())
            english += f": {note}"
            chinese += f"：{note}"
        return Phrase(english, chinese)

    def _matter(self, matter: Matter) -> Phrase:
        english = [f"open {matter.kind.label.en}: {matter.subject}"]
        chinese = [f"未结{matter.kind.label.zh}：{matter.subject}"]
        if matter.due_at is not None:
            english.append(f"due {self._day(matter.due_at)}")
            chinese.append(f"截止{self._day(matter.due_at)}")
        if matter.amount is not None:
            english.append(f"worth {matter.amount}")
            chinese.append(f"金额{matter.amount}")
        if matter.promise is not None:
            promise = " ".join(matter.promise.split())
            english.append(f"promised: {promise}")
            chinese.append(f"已承诺：{promise}")
        if matter.member != self.from_member:
            english.append(f"with {matter.member or 'nobody'}")
            chinese.append(f"负责：{matter.member or '无人'}")
        return Phrase("; ".join(english), "；".join(chinese))

    def _next(self) -> Phrase:
        """Return what to do first.

        That is the recorded step of what is due first, or else to settle it; where nothing is
        open, what helps customers of this segment, or else to say hello.
        """
        for matter in self.matters:
            if matter.next_step is not None:
                step = " ".join(matter.next_step.split())
                return Phrase(f"next: {step}", f"下一步：{step}")
        if self.matters:
            first = self.matters[0].subject
            return Phrase(f"next: settle {first}", f"下一步：处理{first}")
        segment = self.judgement.placement.segment
        if segment is not None and segment.advice is not None:
            return Phrase(f"next: {segment.advice.en}", f"下一步：{segment.advice.zh}")
        return Phrase("next: introduce yourself", "下一步：主动联系客户，自我介绍")

    def _day(self, at: datetime) -> str:
        return at.astimezone(find_zone(self.zone)).date().isoformat()

    def in_language(self, language: str) -> str:
        """Return the note in words, one line for each thing.

        Args:
            language: ``en`` or ``zh-CN``.

        Raises:
            UnknownNameError: If the language is another one.
        """
        return "\n".join(line.in_language(language) for line in self.lines)

    def __str__(self) -> str:
        """Return the note in English."""
        return self.in_language("en")

    def __repr__(self) -> str:
        """Return whom it is about."""
        return (
            f"<HandoverNote of {self.customer.id!r}: {self.from_member} → "
            f"{self.successor or 'nobody'}, {len(self.matters)} open>"
        )
