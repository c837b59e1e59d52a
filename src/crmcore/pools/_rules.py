"""Rules of a pool: how much a member may claim, and after how long customers come back."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any, Final, Literal, TypeAlias, get_args

import attrs

from crmcore.activities import Channel, Direction, Interaction, Matter, MatterKind
from crmcore.checks import between, is_id
from crmcore.criteria import EVERYTHING, Criterion
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import LabelledEnum, Phrase

from ._kinds import each_is_a, is_yes_or_no, word, words

MOST_DAYS: Final = 3650
_MOST_CUSTOMERS: Final = 1_000_000

What: TypeAlias = Literal["contact", "purchase", "matter"]
_WHATS: Final = get_args(What)


class Whose(LabelledEnum):
    """Whose contacts with a customer count.

    .. versionadded:: 0.1.0
    """

    OWNER = "owner", "by the owner", "负责人"
    HOLDERS = "holders", "by the owner or a collaborator", "负责人或协作人"
    ANYBODY = "anybody", "by anybody", "任何成员"


def is_timeless(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Want a criterion that does not ask for the day of judgement."""
    if not isinstance(value, Criterion):
        rule = "be a Criterion; crmcore.notation.from_text makes one of text"
        raise InvalidValueError(attribute.name, value, rule)
    if value.needs_as_of:
        rule = "not ask for the day of judgement; count from a day with since="
        raise InvalidValueError(attribute.name, str(value), rule)


def _whole(low: int, high: int) -> Any:  # noqa: ANN401 - a validator of attrs
    return attrs.validators.optional(between(low, high))


@attrs.frozen(kw_only=True)
class ClaimLimits:
    """How much a member may have and claim; None is no limit.

    Attributes:
        held: Customers of the pool that a member owns at once.
        owned: Customers that a member owns at once, of this pool or not.
        per_day: Claims of customers of the pool on one day of the pool's zone.
        per_week: Claims of customers of the pool from a Monday to a Sunday.
        counting: Which customers take up a place among those held and owned; one of whom this
            is unknown does.

    .. versionadded:: 0.1.0
    """

    held: int | None = attrs.field(default=None, validator=_whole(1, _MOST_CUSTOMERS))
    owned: int | None = attrs.field(default=None, validator=_whole(1, _MOST_CUSTOMERS))
    per_day: int | None = attrs.field(default=None, validator=_whole(1, _MOST_CUSTOMERS))
    per_week: int | None = attrs.field(default=None, validator=_whole(1, _MOST_CUSTOMERS))
    counting: Criterion = attrs.field(default=EVERYTHING, validator=is_timeless)


def matter_kinds(kinds: Iterable[MatterKind]) -> tuple[MatterKind, ...]:
    """Return the kinds of matters, each once, in their order."""
    return words("kind of matter", MatterKind, kinds, "kinds of matters")


def _channels(channels: Iterable[Channel]) -> tuple[Channel, ...]:
    return words("channel", Channel, channels, "channels")


def _whose(by: Whose) -> Whose:
    return word("choice of by", Whose, by)


def _direction(direction: Direction | None) -> Direction | None:
    return None if direction is None else word("direction", Direction, direction)


@attrs.frozen(kw_only=True)
class Activity:
    """What counts as looking after a customer: contacts, purchases, or matters that came up.

    Attributes:
        what: ``contact``; ``purchase``, which money that went back is not; or ``matter``,
            which counts when it comes up.
        by: Whose contacts count. Purchases and matters count whoever was in charge.
        channels: The ways that a contact may have taken; none means all.
        direction: Who turned to whom in a contact; None means both.
        kinds: The kinds of matters; none means all.

    .. versionadded:: 0.1.0
    """

    what: What = attrs.field(default="contact")
    by: Whose = attrs.field(default=Whose.OWNER, converter=_whose)
    channels: tuple[Channel, ...] = attrs.field(default=(), converter=_channels)
    direction: Direction | None = attrs.field(default=None, converter=_direction)
    kinds: tuple[MatterKind, ...] = attrs.field(default=(), converter=matter_kinds)

    def __attrs_post_init__(self) -> None:
        """Refuse a kind that is not known, and what narrows another kind.

        Raises:
            UnknownNameError: If there is no such kind of activity.
            InvalidValueError: If a field is given that says nothing about this kind.
        """
        if self.what not in _WHATS:
            raise UnknownNameError("kind of activity", str(self.what), _WHATS)
        narrows = self.channels or self.direction is not None or self.by is not Whose.OWNER
        if narrows and self.what != "contact":
            rule = "be contact where by, channels or direction narrow it"
            raise InvalidValueError("what", self.what, rule)
        if self.kinds and self.what != "matter":
            raise InvalidValueError("what", self.what, "be matter where kinds narrow it")

    def takes_contact(self, contact: Interaction) -> bool:
        """Say whether a contact is of this kind, whoever took part in it."""
        return (not self.channels or contact.channel in self.channels) and (
            self.direction in {None, contact.direction}
        )

    def takes_matter(self, matter: Matter) -> bool:
        """Say whether a matter is of this kind."""
        return not self.kinds or matter.kind in self.kinds

    @property
    def wording(self) -> Phrase:
        """What it is, in words."""
        if self.what == "purchase":
            return Phrase("purchase", "购买")
        if self.what == "matter":
            return _either(self.kinds, Phrase("matter", "事项"), Phrase("new {}", "新{}"))
        ways = _either(self.channels, Phrase("contact", "联系"), Phrase("{}", "{}"))
        if self.direction is not None:
            label = self.direction.label
            ways = Phrase(f"{ways.en} {label.en}", f"{label.zh}的{ways.zh}")
        return Phrase(f"{ways.en} {self.by.label.en}", f"{self.by.label.zh}的{ways.zh}")


def _either(chosen: tuple[LabelledEnum, ...], whole: Phrase, form: Phrase) -> Phrase:
    english = " or ".join(one.label.en for one in chosen) or whole.en
    chinese = "或".join(one.label.zh for one in chosen) or whole.zh
    return Phrase(form.en.format(english), form.zh.format(chinese))


def _resets(activities: Iterable[Activity]) -> tuple[Activity, ...]:
    return _activities(activities, "resets")


def _settled_by(activities: Iterable[Activity]) -> tuple[Activity, ...]:
    return _activities(activities, "settled_by")


def _activities(activities: Iterable[Activity], field: str) -> tuple[Activity, ...]:
    rule = "list activities, as Activity(what='contact')"
    return tuple(sorted(set(each_is_a(Activity, activities, field, rule)), key=repr))


@attrs.frozen(kw_only=True)
class RecycleRule:
    """After how many full days of what a customer comes back to the pool.

    The clock of a rule starts on the day on which the owner took the customer over, in
    whatever way that was, or on the day that *since* names, if that is later. It starts anew
    with each activity that *resets* it, and stops for good with one that *settles* it, for as
    long as this owner has the customer. The day on which it starts does not count: with 30
    days, it runs out when the 31st day after it begins.

    Attributes:
        name: How the rule is called.
        days: How many full days have to pass, from 1 to 3650.
        when: To which customers the rule applies; to one of whom that is unknown it does not.
        resets: The activities that start the clock anew.
        settled_by: The activities after which the rule no longer asks.
        since: The name of a fact that holds a day, such as the end of a contract, from which
            the clock starts at the earliest. Where the fact is missing the clock stands still.
        leave_pauses: Whether days on which the owner is on leave do not count.

    .. versionadded:: 0.1.0
    """

    name: str = attrs.field(validator=is_id)
    days: int = attrs.field(validator=between(1, MOST_DAYS))
    when: Criterion = attrs.field(default=EVERYTHING, validator=is_timeless)
    resets: tuple[Activity, ...] = attrs.field(default=(), converter=_resets)
    settled_by: tuple[Activity, ...] = attrs.field(default=(), converter=_settled_by)
    since: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))
    leave_pauses: bool = attrs.field(default=True, validator=is_yes_or_no)

    @property
    def fields(self) -> frozenset[str]:
        """The names of the facts that it reads."""
        return self.when.fields | ({self.since} if self.since is not None else set())

    @cached_property
    def wording(self) -> Phrase:
        """What has to come true for a customer to come back."""
        lacking = [activity.wording for activity in (*self.resets, *self.settled_by)]
        english = " and ".join(f"no {words.en}" for words in lacking) or "held"
        chinese = "且".join(f"无{words.zh}" for words in lacking) or "持有"
        after = (
            Phrase("", "")
            if self.since is None
            else Phrase(f" after {self.since}", f"自{self.since}起")
        )
        return Phrase(
            f"{english} for {self.days} full {'day' if self.days == 1 else 'days'}{after.en}",
            f"{after.zh}{chinese}满{self.days}天",
        )
