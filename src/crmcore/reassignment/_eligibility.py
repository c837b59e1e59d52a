"""Eligibility: rules of the company about who may hold what, and the facts they are about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TypeAlias, TypeVar

import attrs

from crmcore.checks import is_name
from crmcore.criteria import EVERYTHING, Criterion
from crmcore.errors import Fault, InvalidValueError, UnknownNameError
from crmcore.kernel import MemberId, Phrase
from crmcore.verdicts import Use, Verdict, decide

Fact: TypeAlias = str | int | bool | Decimal | date | None
Facts: TypeAlias = tuple[tuple[str, Fact], ...]
_T = TypeVar("_T")


def facts(given: Mapping[str, Fact] | Iterable[tuple[str, Fact]]) -> Facts:
    """Return facts as pairs, by name."""
    pairs = given.items() if isinstance(given, Mapping) else given
    return tuple(sorted((pair for pair in pairs), key=lambda pair: pair[0]))


def are_new_facts(own: frozenset[str], attribute: attrs.Attribute[Facts], value: Facts) -> None:
    """Refuse a fact that comes twice, that a record of this kind has anyway, or that is none."""
    seen = set(own)
    for name, fact in value:
        is_name(None, attribute, name)
        if not isinstance(fact, str | int | Decimal | date | None):
            rule = "hold text, whole or decimal numbers, days, yes or no, or None"
            raise InvalidValueError(attribute.name, {name: fact}, rule)
        if name in seen:
            rule = f"name each fact once, and none of {', '.join(sorted(own))}"
            raise InvalidValueError(attribute.name, name, rule)
        seen.add(name)


def _is_criterion(_: object, attribute: attrs.Attribute[Criterion], value: Criterion) -> None:
    if not isinstance(value, Criterion):
        raise InvalidValueError(attribute.name, value, "be a criterion, as F.tier == 'gold'")


@attrs.frozen(kw_only=True)
class Eligibility:
    """A rule of the company: what is so goes only to whoever is so.

    Whoever may hold it must surely be so: where a fact is missing, the answer is no, and the
    plan says which fact. Where it is unknown whether the rule is about an item, it is.

    >>> from crmcore.criteria import F
    >>> from crmcore.reassignment import Eligibility
    >>> rule = Eligibility(where=F.tier == "gold", only=F.seniority >= 3)
    >>> print(rule)
    where tier is gold: only to whom seniority is 3 or more

    Attributes:
        where: What it is about, by the facts of the customer or the responsibility; all of
            them unless given.
        only: Who may hold that, by the facts of the member.
        label: What whoever may hold it has, as a noun, so that it can be said who lacks it;
            the words of *only* unless given.

    .. versionadded:: 0.1.0
    """

    where: Criterion = attrs.field(default=EVERYTHING, validator=_is_criterion)
    only: Criterion = attrs.field(validator=_is_criterion)
    label: Phrase | None = None

    def __str__(self) -> str:
        """Say what goes to whom, in English."""
        return f"where {self.where}: only to whom {self.only}"

    @property
    def wording(self) -> Phrase:
        """What whoever may hold it has, in words."""
        words = self.only.words
        return self.label or Phrase(
            f"what a rule wants: {words.en}", f"规则所要求的条件：{words.zh}"
        )


def in_order(rules: Iterable[Eligibility]) -> tuple[Eligibility, ...]:
    """Return rules in the order of their words, whatever order they come in."""
    return tuple(sorted(rules, key=lambda rule: (str(rule), str(rule.wording))))


@attrs.frozen(kw_only=True, eq=False)
class Statute:
    """A rule with its verdict on each member.

    Attributes:
        rule: The rule.
        held_by: The members of whom it surely holds.
        missing: What is missing, of those of whom that is unknown.
    """

    rule: Eligibility
    held_by: frozenset[MemberId]
    missing: Mapping[MemberId, Phrase]

    @classmethod
    def of(
        cls, rule: Eligibility, known: Mapping[MemberId, Mapping[str, Fact]], as_of: date
    ) -> Statute:
        """Judge each member by a rule."""
        judge = rule.only.compile(as_of=as_of)
        found = {key: Verdict.of(judge(each)) for key, each in known.items()}
        return cls(
            rule=rule,
            held_by=frozenset(k for k, verdict in found.items() if decide(verdict, Use.PERMIT)),
            missing={
                key: _missing(rule.only.explain(known[key], as_of=as_of).missing)
                for key, verdict in found.items()
                if verdict is Verdict.UNKNOWN
            },
        )


def _missing(names: Iterable[str]) -> Phrase:
    listed = list(names)
    verb = "is" if len(listed) == 1 else "are"
    return Phrase(f"{', '.join(listed)} {verb} missing", f"缺少{'、'.join(listed)}")


def verdicts(
    rules: Iterable[Eligibility],
    items: Iterable[_T],
    known_of: Callable[[_T], Mapping[str, Fact]],
    as_of: date,
) -> Iterator[tuple[tuple[int, bool], ...]]:
    """Yield for each item the rules that are about it, and whether that is sure."""
    judges = [rule.where.compile(as_of=as_of) for rule in rules]
    for item in items:
        known = known_of(item) if judges else {}
        found = [(at, judge(known)) for at, judge in enumerate(judges)]
        yield tuple((at, verdict is True) for at, verdict in found if verdict is not False)


def rule_faults(
    rules: Iterable[Eligibility],
    items: Iterable[Mapping[str, Fact]],
    members: Iterable[Mapping[str, Fact]],
) -> list[Fault]:
    """Return a fault for each fact that a rule asks for, and nobody has.

    Args:
        rules: The rules.
        items: What is known of each customer or duty.
        members: What is known of each member.
    """
    asked = list(rules)
    if not asked:
        return []
    known = (
        ("where", {name for each in items for name in each}),
        ("only", {name for each in members for name in each}),
    )
    found = {
        (str(rule), str(UnknownNameError("fact", name, names)))
        for rule in asked
        for part, names in known
        for name in getattr(rule, part).fields - names
    }
    return [Fault(f"rule {rule}", problem) for rule, problem in sorted(found)]
