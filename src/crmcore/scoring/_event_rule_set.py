"""Rule sets of events: rules that together make one score of what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

import attrs

from crmcore.checks import day, is_name, zone
from crmcore.criteria import Criterion, Predicates, Schema
from crmcore.errors import Fault, FaultsError, InvalidValueError
from crmcore.notation import Limits

from ._data import (
    EVENT_RULES,
    Means,
    fingerprint_of,
    of_type,
    read_rules,
    set_data,
    set_faults,
    under,
)
from ._decay import field_of
from ._event_rule import EventRule
from ._event_scorer import EventScorer
from ._ledger import GroupCaps, Terms, refuse_terms, to_floor, to_group_caps
from ._rule import are_points, to_cap, tuple_of
from ._score import Score

_MOST_KEPT: Final = 64


def _to_tuple(rules: Iterable[EventRule]) -> tuple[EventRule, ...]:
    return tuple_of(EventRule, rules)


def _to_zone(value: str | ZoneInfo | None) -> ZoneInfo | None:
    if value is not None and not isinstance(value, str | ZoneInfo):
        raise InvalidValueError("zone", value, "be a time zone or its name")
    return None if value is None else zone(value)


@attrs.frozen(cache_hash=True)
class EventRuleSet:
    """Rules that together make one score of what happened to or with a customer.

    Where a `RuleSet` reads one record of what is known of a customer, this reads the records
    of all that happened. The scores of the two add up: ``rules.score(…) + events.score(…)``.

    Attributes:
        name: What people call it.
        rules: The rules, each of its own name.
        at: The field of an event with its date or its instant; ``F.name`` or its name.
        id: The field of an event with its id, text or an integer.
        zone: The time zone in which instants have their day, an IANA name or a
            ``zoneinfo.ZoneInfo``; left out where events have dates.
        floor: The least that a score can be.
        cap: The most that a score can be.
        group_caps: By group, the most points that its rules give or take together.
        version: The version of the whole, kept with every score.

    .. versionadded:: 0.1.0
    """

    name: str = attrs.field(validator=is_name)
    rules: tuple[EventRule, ...] = attrs.field(converter=_to_tuple)
    at: str = attrs.field(kw_only=True, converter=field_of)
    id: str = attrs.field(kw_only=True, converter=field_of)
    zone: ZoneInfo | None = attrs.field(default=None, kw_only=True, converter=_to_zone)
    floor: Decimal | None = attrs.field(
        default=None, kw_only=True, converter=to_floor, validator=are_points
    )
    cap: Decimal | None = attrs.field(
        default=None, kw_only=True, converter=to_cap, validator=are_points
    )
    group_caps: GroupCaps = attrs.field(default=(), kw_only=True, converter=to_group_caps)
    version: str = attrs.field(default="1", kw_only=True, validator=is_name)

    def __attrs_post_init__(self) -> None:
        """Want distinct names, caps of groups that there are, and a floor below the cap."""
        refuse_terms(self._terms, self.rules)

    @property
    def _terms(self) -> Terms:
        return Terms(
            name=self.name,
            version=self.version,
            floor=self.floor,
            cap=self.cap,
            group_caps=self.group_caps,
        )

    def score(self, events: Iterable[object], *, as_of: date) -> Score:
        """Return the score of a customer's events, with a ledger that names each of them.

        Whether an event is within its rule's limit depends on the events before it. So hand in
        the same history each time, and not only what is young.

        Args:
            events: The events of one customer, in any order: objects with attributes, or
                mappings.
            as_of: The day of judgement. What happened on days before it counts.

        Raises:
            InvalidValueError: If an event is handed in twice, has no id, or a date that is none.
        """
        return _scorer(self, as_of)(events)

    def scorer(self, *, as_of: date, of: type | None = None) -> Callable[[Iterable[object]], Score]:
        """Return what scores the events of one customer after the other.

        Args:
            as_of: The day of judgement. What happened on days before it counts.
            of: The class of all events to come, which saves asking each what it is.

        Raises:
            InvalidValueError: If *as_of* is an instant, or no date.
        """
        return EventScorer.on(
            self.rules,
            self._terms,
            at=self.at,
            id=self.id,
            zone=self.zone,
            as_of=day(as_of),
            of=of,
        )

    @property
    def fields(self) -> frozenset[str]:
        """The names of all fields of an event that its rules read."""
        return frozenset((self.at, self.id)).union(*(rule.fields for rule in self.rules))

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of its plain form with the rules by name; any change changes it."""
        return fingerprint_of(self.to_data())

    def faults(self, schema: Schema, *, path: str = "") -> tuple[Fault, ...]:
        """Return everything that is wrong with its rules over events of *schema*."""
        instants = ("a date", "a datetime") if self.zone is not None else ("a date",)
        return (
            *of_type(schema, under(path, "at"), self.at, instants),
            *of_type(schema, under(path, "id"), self.id, ("text", "an integer")),
            *set_faults(self.rules, EVENT_RULES, schema, path),
        )

    def check(self, schema: Schema, *, path: str = "") -> None:
        """Refuse rules that cannot run over events with the fields of *schema*.

        Raises:
            FaultsError: With everything that is wrong with them, each with its path.
        """
        faults = self.faults(schema, path=path)
        if faults:
            raise FaultsError(f"rule set {self.name}", faults)

    @classmethod
    def from_data(
        cls,
        data: object,
        *,
        schema: Schema | None = None,
        named: Mapping[str, Criterion] | None = None,
        predicates: Predicates | None = None,
        limits: Limits | None = None,
        path: str = "",
    ) -> Self:
        """Return the rule set that plain data describes.

        Args:
            data: What `to_data` gives, with criteria as `crmcore.notation.to_data` has them,
                or only their expressions; at most 1,000 rules.
            schema: The fields of an event; without it, types are not checked.
            named: Criteria that the rules may refer to by name.
            predicates: The plugin predicates that they may ask; none unless stated.
            limits: How much each criterion may ask for.
            path: Where the data stands in a larger input, to begin the path of each fault.

        Raises:
            FaultsError: With everything that is wrong with it, each with its path.
        """
        read = read_rules(
            cls,
            EVENT_RULES,
            data,
            means=Means(
                schema=schema,
                named=named or {},
                predicates=predicates or Predicates(),
                limits=limits or Limits(),
            ),
            path=path,
        )
        if schema is not None:
            read.check(schema, path=path)
        return read

    def to_data(self) -> dict[str, Any]:
        """Return the plain form: dictionaries, lists, text and integers."""
        return set_data(self, EVENT_RULES)


@lru_cache(maxsize=_MOST_KEPT)
def _scorer(rule_set: EventRuleSet, as_of: date) -> Callable[[Iterable[object]], Score]:
    return rule_set.scorer(as_of=as_of)
