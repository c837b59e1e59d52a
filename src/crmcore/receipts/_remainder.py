"""Remainders: what taking a plan back cannot take back."""

from __future__ import annotations

from datetime import datetime

import attrs

from crmcore.activities import MatterId, MatterKind
from crmcore.checks import above, optional_utc
from crmcore.kernel import CustomerId, LabelledEnum, MemberId, Phrase


class RemainderKind(LabelledEnum):
    """Why something stays as it is when a plan is taken back.

    .. versionadded:: 0.1.0
    """

    CLOSED = "closed", "closed meanwhile", "期间已办结"
    GIVEN_ON = "given_on", "given to somebody else meanwhile", "期间已转交他人"
    CHANGED = "changed", "changed meanwhile", "期间有改动"
    GONE = "gone", "no longer stored", "记录已不存在"
    CONTACT = "contact", "a contact that took place", "已发生的联系"
    NOTICE = "notice", "a message that was sent", "已发出的消息"


@attrs.frozen(kw_only=True)
class Remainder:
    """Something that happened while a plan was in force, and that stays.

    Attributes:
        kind: Why it stays.
        customer: Whom it concerns.
        matter: The id of the matter, where it is about one.
        matter_kind: What sort of matter that is.
        member: Who made contact, or who was given the matter.
        count: How many contacts or messages there were.
        at: When it was closed, or when the last contact or message was; None where that is not
            known.

    .. versionadded:: 0.1.0
    """

    kind: RemainderKind
    customer: CustomerId
    matter: MatterId | None = None
    matter_kind: MatterKind | None = None
    member: MemberId | None = None
    count: int = attrs.field(default=1, validator=above(0))
    at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
    )

    @property
    def wording(self) -> Phrase:
        """What stays, and why, in one line."""
        if self.kind in {RemainderKind.CONTACT, RemainderKind.NOTICE}:
            return self._contacts()
        what = self.matter_kind.label if self.matter_kind is not None else Phrase("matter", "事项")
        who = repr(self.member) if self.member is not None else "nobody"
        whom = self.member if self.member is not None else "无人"
        english, chinese = {
            RemainderKind.CLOSED: (
                f"was closed{self._when()}; it stays closed",
                "已办结，保持办结",
            ),
            RemainderKind.GIVEN_ON: (
                f"was given to {who} meanwhile; it stays there",
                f"期间已转交{whom}，保持不变",
            ),
            RemainderKind.CHANGED: (
                "was changed meanwhile; it goes back as it is now",
                "期间有改动，按现状交回",
            ),
            RemainderKind.GONE: ("is no longer stored", "记录已不存在"),
        }[self.kind]
        return Phrase(
            f"{what.en} {self.matter!r} of customer {self.customer!r} {english}",
            f"客户{self.customer}的{what.zh}{self.matter}{chinese}",
        )

    def _contacts(self) -> Phrase:
        by = f" by {self.member!r}" if self.member is not None else ""
        who = self.member if self.member is not None else "我方"
        whom = f"customer {self.customer!r}"
        if self.kind is RemainderKind.NOTICE:
            things = "1 message was" if self.count == 1 else f"{self.count} messages were"
            english = f"{things} sent to {whom}{by}"
            chinese = f"{who}已向客户{self.customer}发出{self.count}条消息，无法撤回"
        else:
            things = "1 contact" if self.count == 1 else f"{self.count} contacts"
            english = f"{things} with {whom}{by} took place"
            chinese = f"{who}已与客户{self.customer}联系{self.count}次，无法撤销"
        last = ", the last" if self.count > 1 and self.at is not None else ""
        return Phrase(f"{english}{last}{self._when()}; that cannot be undone", chinese)

    def _when(self) -> str:
        return "" if self.at is None else f" at {self.at.isoformat()}"

    def __str__(self) -> str:
        """Return the English wording."""
        return self.wording.en
