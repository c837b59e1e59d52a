"""Scores: a number that is the sum of its ledger, and who overrode it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import reduce

import attrs

from crmcore.checks import day, decimal, is_name, is_text
from crmcore.errors import InvalidValueError
from crmcore.kernel import LabelledEnum, Phrase
from crmcore.privacy import masked, personal

from ._evidence import to_evidence
from ._rule import EXACT, is_a

_TWO_DIGITS = Decimal("0.01")


def _to_value(value: Decimal | int | str) -> Decimal:
    return decimal(value, "value")


class EntryKind(LabelledEnum):
    """What an entry of a ledger stands for.

    .. versionadded:: 0.1.0
    """

    GIVEN = "given", "given", "计分"
    UNKNOWN = "unknown", "unknown", "未知"
    CAPPED = "capped", "capped", "封顶"


class EventUse(LabelledEnum):
    """What became of an event that a rule is about.

    .. versionadded:: 0.1.0
    """

    COUNTED = "counted", "counted", "计入"
    BEYOND_LIMIT = "beyond_limit", "beyond the limit", "超出次数上限"
    TOO_OLD = "too_old", "too old", "过旧"
    TO_COME = "to_come", "still to come", "尚未发生"
    UNKNOWN = "unknown", "unknown", "未知"


@attrs.frozen(kw_only=True)
class EventPart:
    """One event in an entry of a ledger.

    Attributes:
        id: The id of the event.
        day: The day of the event, if it is known.
        use: Whether it counted, or why it did not.
        points: What it adds to the entry; 0 unless it counted.
        factor: The share of its points that is left, 0 to 1.

    .. versionadded:: 0.1.0
    """

    id: str
    day: date | None
    use: EventUse
    points: Decimal = Decimal(0)
    factor: Decimal = Decimal(1)

    def __str__(self) -> str:
        """Return id, day, use and points on one line."""
        day = "no day" if self.day is None else self.day.isoformat()
        points = f", {shown(self.points)}" if self.use is EventUse.COUNTED else ""
        return f"{self.id} ({day}): {self.use.label.en}{points}"


def total(points: Iterable[Decimal]) -> Decimal:
    """Return the exact sum."""
    return reduce(EXACT.add, points, Decimal(0))


def shown(points: Decimal) -> str:
    """Return points without trailing zeros."""
    text = f"{points or Decimal(0):f}"  # without the sign of -0
    return text.rstrip("0").rstrip(".") if "." in text else text


def said(number: int, thing: str) -> str:
    """Return a number of things in words, as ``1 day`` and ``2 days``."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


@attrs.frozen(kw_only=True)
class Entry:
    """One contribution to a score.

    Attributes:
        kind: Points of a rule, a rule of which nobody knows whether it holds, or a cap.
        rule: The name of the rule, or of what is capped.
        version: The version of the rule, or of the rule set whose cap it is.
        points: What it adds to the score.
        base: The points before decay.
        factor: The share of them that is left, 0 to 1; 1 where each event has its own.
        age_days: How many days old that is which decays, if something does.
        at_stake: For what is unknown: the points that it would give if it held.
        reason: Why, in words.
        fields: The names of the fields that the rule reads, sorted.
        values: The value of each of them. A word stands for a member of an enumeration, None
            for NaN, UTC for any zone, and text for whatever cannot be written down exactly.
        events: For a rule of events: what became of each, in the order of their days.

    .. versionadded:: 0.1.0
    """

    kind: EntryKind
    rule: str
    version: str
    points: Decimal
    base: Decimal
    reason: Phrase
    factor: Decimal = Decimal(1)
    age_days: int | None = None
    at_stake: Decimal = Decimal(0)
    fields: tuple[str, ...] = ()
    values: tuple[object, ...] = attrs.field(default=(), converter=to_evidence)
    events: tuple[EventPart, ...] = ()

    @property
    def evidence(self) -> tuple[tuple[str, object], ...]:
        """The fields that the rule reads, by name, with their values."""
        return tuple(zip(self.fields, self.values, strict=True))

    @property
    def sum(self) -> str:
        """How the points come about, as ``25 × 0.50 (14 days old) = 12.5``."""
        if self.kind is EntryKind.UNKNOWN:
            return f"0, {shown(self.at_stake)} at stake"
        if self.events:
            counted = sum(part.use is EventUse.COUNTED for part in self.events)
            return f"{shown(self.points)} for {counted} of {said(len(self.events), 'event')}"
        if self.age_days is None:
            return shown(self.points)
        factor = max(shown(self.factor), f"{self.factor:.2f}", key=len)
        age = f"{said(self.age_days, 'day')} old"
        return f"{shown(self.base)} × {factor} ({age}) = {shown(self.points)}"

    def __str__(self) -> str:
        """Return rule, points and reason on one line."""
        return f"{self.rule}: {self.sum}, because {self.reason}"


def _is_day(_: object, attribute: attrs.Attribute[date], value: date) -> None:
    day(value, attribute.name)


@attrs.frozen(kw_only=True)
class Override:
    """A second number that somebody puts beside a score, and answers for.

    Attributes:
        value: The points that count instead.
        author: Who says so.
        reason: Why.
        expires: The first day on which it no longer counts.

    .. versionadded:: 0.1.0
    """

    value: Decimal = attrs.field(converter=_to_value)
    author: str = attrs.field(validator=is_name, repr=masked, metadata=personal("name"))
    reason: str = attrs.field(validator=is_text, repr=masked, metadata=personal("text"))
    expires: date = attrs.field(validator=_is_day)

    def counts(self, as_of: date) -> bool:
        """Say whether it still counts on a day."""
        return as_of < self.expires


@attrs.frozen(kw_only=True)
class Score:
    """A number that is the sum of its ledger.

    Attributes:
        rule_set: The name of the rule set that gave it.
        version: The version of the rule set.
        as_of: The day of judgement.
        ledger: Its entries: the rules in the order of the set, then the caps.
        value: The sum of the points of all entries.
        low: The least that it would be if everything unknown were known.
        high: The most that it would be if everything unknown were known.
        override: The second number that somebody put beside it, if one did.

    .. versionadded:: 0.1.0
    """

    rule_set: str
    version: str
    as_of: date
    ledger: tuple[Entry, ...]
    value: Decimal = attrs.field(init=False)
    low: Decimal
    high: Decimal
    override: Override | None = attrs.field(
        default=None, validator=attrs.validators.optional(is_a(Override))
    )

    @value.default
    def _sum(self) -> Decimal:
        return total(entry.points for entry in self.ledger)

    def __attrs_post_init__(self) -> None:
        """Want the value to lie between its bounds."""
        if not self.low <= self.value <= self.high:
            rule = f"lie between low, {self.low}, and high, {self.high}"
            raise InvalidValueError("value", self.value, rule)

    @property
    def is_certain(self) -> bool:
        """Whether nothing unknown could change it."""
        return self.low == self.high

    @property
    def effective(self) -> Decimal:
        """The number that counts, which is the override while it does, else the value."""
        if self.override is not None and self.override.counts(self.as_of):
            return self.override.value
        return self.value

    def overridden(self, override: Override) -> Score:
        """Return the score with a second number beside it; the ledger stays as it is."""
        return attrs.evolve(self, override=override)

    def __add__(self, other: Score) -> Score:
        """Return the score of both: what a customer is and did, and what happened.

        Both are of the same day. The caps of each have bound its own part of the sum.

        Raises:
            InvalidValueError: If the days differ, or a part has an override, which belongs
                beside the sum.
        """
        if not isinstance(other, Score):
            return NotImplemented
        if other.as_of != self.as_of:
            rule = f"be that of the other score, {self.as_of.isoformat()}"
            raise InvalidValueError("as_of", other.as_of.isoformat(), rule)
        for score in (self, other):
            if score.override is not None:
                rule = "stand beside the sum, not beside a part of it"
                raise InvalidValueError("override", score.override, rule)
        return Score(
            rule_set=f"{self.rule_set} + {other.rule_set}",
            version=f"{self.version} + {other.version}",
            as_of=self.as_of,
            ledger=self.ledger + other.ledger,
            low=EXACT.add(self.low, other.low),
            high=EXACT.add(self.high, other.high),
        )

    def __str__(self) -> str:
        """Return the value, its bounds where they differ, and the ledger, an entry a line."""
        bounds = "" if self.is_certain else f" ({shown(self.low)} to {shown(self.high)})"
        head = f"{self.rule_set}: {shown(self.value)}{bounds}"
        if self.override is not None:
            head += f"; {self.override.author} says {shown(self.override.value)}"
        return "\n".join([head, *(f"  {entry}" for entry in self.ledger)])
