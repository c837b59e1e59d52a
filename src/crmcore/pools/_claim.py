"""Claims: who asks for which customer, and what stands in the way."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

import attrs

from crmcore.customers import Cause, Ownership, OwnershipId
from crmcore.kernel import CustomerId, LabelledEnum, MemberId, Phrase
from crmcore.plans import Move, MoveKind, MoveReason

_PRINT = 16
_ID = 32


class ClaimRule(LabelledEnum):
    """What may stand in the way of a member who would have a customer.

    .. versionadded:: 0.1.0
    """

    NOT_IN_POOL = "not_in_pool", "not one of the pool's customers", "不属于该公海"
    ARCHIVED = "archived", "out of use", "已停用"
    OWNED = "owned", "owned by somebody", "已有负责人"
    RESERVED = "reserved", "promised to somebody", "已预定给他人"
    WAITING = "waiting", "waiting time", "保护期未满"
    PREVIOUS_OWNER = "previous_owner", "interval for former owners", "前负责人间隔未满"
    LEFT = "left", "has left", "成员已离职"
    AWAY = "away", "is away", "成员休假中"
    NOT_ELIGIBLE = "not_eligible", "may not claim from the pool", "无领取资格"
    SKILL = "skill", "skill", "技能不足"
    LANGUAGE = "language", "language", "语言不符"
    REGION = "region", "region", "地区不符"
    HELD_LIMIT = "held_limit", "limit of customers of the pool", "公海客户持有上限"
    OWNED_LIMIT = "owned_limit", "limit of customers in all", "客户总数上限"
    DAY_LIMIT = "day_limit", "limit of claims a day", "每日领取上限"
    WEEK_LIMIT = "week_limit", "limit of claims a week", "每周领取上限"


@attrs.frozen(kw_only=True)
class Objection:
    """One rule that a claim breaks.

    Attributes:
        rule: Which rule it is.
        message: What is so, and what would be right, with the numbers.
        found: What was found, where the rule counts something.
        limit: How much the rule allows, where it counts something.
        possible_from: The first day on which the rule would no longer be broken, in the zone
            of the pool; None where that does not depend on time alone.

    .. versionadded:: 0.1.0
    """

    rule: ClaimRule
    message: Phrase
    found: int | None = None
    limit: int | None = None
    possible_from: date | None = None

    def __str__(self) -> str:
        """Return the message in English."""
        return self.message.en


@attrs.frozen(kw_only=True)
class Claim:
    """A claim that every rule allows; nothing is written yet.

    It carries what it was judged on: nobody owns the customer, and the last ownership, if
    there was one, is *after*. Whoever stores it second, of two who claimed at the same
    moment, is refused by the store.

    Attributes:
        pool: The name of the pool.
        customer: Who is claimed.
        member: Who is to look after the customer.
        at: When, as an instant.
        as_of: The day of that instant in the zone of the pool.
        cause: How the customer comes to the member.
        after: The id of the customer's last ownership; None where there was none.

    .. versionadded:: 0.1.0
    """

    pool: str
    customer: CustomerId
    member: MemberId
    at: datetime
    as_of: date
    cause: Cause = Cause.CLAIM
    after: OwnershipId | None = None

    @property
    def moves(self) -> tuple[Move, ...]:
        """The one move that it is, for `crmcore.reviews.apply_plan`."""
        reason = MoveReason(kind=MoveKind.CLAIMED, rule=Phrase(self.pool, self.pool))
        return (
            Move(
                customer=self.customer,
                from_member=None,
                to_member=self.member,
                reason=reason,
            ),
        )

    @property
    def ownership(self) -> Ownership:
        """The ownership to add to a store.

        Its id is made of the customer and of what was before, so that two claims of one
        customer have the same id, and a store takes only the first.
        """
        return Ownership(
            id=OwnershipId(_print(self.customer, str(self.after))[:_ID]),
            customer=self.customer,
            member=self.member,
            since=self.at,
            cause=self.cause,
        )

    @property
    def fingerprint(self) -> str:
        """What tells this claim from another."""
        return _print(self.pool, self.customer, self.member, self.at.isoformat())[:_PRINT]

    def __str__(self) -> str:
        """Say who gets whom."""
        return f"{self.member} may have {self.customer} from the pool {self.pool}"


@attrs.frozen(kw_only=True)
class Refusal:
    """A claim that a rule forbids, with all rules that it breaks.

    Attributes:
        pool: The name of the pool.
        customer: Who was claimed.
        member: Who claimed.
        at: When, as an instant.
        objections: What stands in the way, one or more, in the order of `ClaimRule`.
        possible_from: The first day, in the zone of the pool, on which nothing of it would
            stand in the way any more; None where that does not depend on time alone.

    .. versionadded:: 0.1.0
    """

    pool: str
    customer: CustomerId
    member: MemberId
    at: datetime
    objections: tuple[Objection, ...]
    possible_from: date | None = None

    @property
    def rules(self) -> tuple[ClaimRule, ...]:
        """The rules that it breaks."""
        return tuple(objection.rule for objection in self.objections)

    @property
    def wording(self) -> Phrase:
        """All that stands in the way, and from when it would be possible."""
        english = "; ".join(objection.message.en for objection in self.objections)
        chinese = "；".join(objection.message.zh for objection in self.objections)
        if self.possible_from is not None:
            english += f"; possible from {self.possible_from}"
            chinese += f"；{self.possible_from}起可领取"
        return Phrase(english, chinese)

    def __str__(self) -> str:
        """Say who may not have whom, and why."""
        return f"{self.member} may not have {self.customer}: {self.wording}"


def _print(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
