"""Scoring: from rules and a record to a total, to masks, and to a ledger.

Every rule that holds gives its points. A rule that is unknown, or whose count or date is
missing, gives an entry of 0 points that says what is missing and what is at stake.

All rules are judged by one compiled function, which gives the total and, in two masks, the
rules that gave points and those of which nobody knows. The ledger is written from the masks:
nothing is judged twice, and a mask that was stored beside a score tells the same story later.

Complexity:
    ``O(n)`` a record for *n* nodes of all criteria.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache, partial
from typing import Any, Final

import attrs

from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase
from crmcore.privacy import masked, personal_fields

from ._decay import Fade, age_in_days
from ._ledger import GroupCaps, Ledger, Terms, clamped
from ._program import Masks, compile_rules
from ._reading import MOST_TIMES, count, day, is_missing, reader
from ._rule import EXACT, Rule
from ._score import Entry, EntryKind, Score

_ZERO: Final = Decimal(0)
_ONE: Final = Decimal(1)


@attrs.frozen(eq=False)
class RuleScorer:
    """A rule on one day of judgement: it writes entries, and asks no criterion whether it holds.

    Attributes:
        rule: The rule.
        as_of: The day of judgement.
        of: The class of all records, if it is known.
        fade: The decay on that day.
    """

    rule: Rule
    as_of: date
    of: type | None
    fade: Fade | None

    @classmethod
    def on(cls, rule: Rule, as_of: date, of: type | None) -> RuleScorer:
        """Return the scorer of a rule."""
        return cls(rule, as_of, of, None if rule.decay is None else Fade.of(rule.decay, as_of))

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that the rule reads."""
        return tuple(sorted(self.rule.fields))

    @cached_property
    def read(self) -> Callable[[Any], tuple[object, ...]]:
        """The function that reads them."""
        return reader(self.fields, self.of)

    def _kept(self, record: object, values: tuple[object, ...]) -> tuple[object, ...]:
        """Return the values as a ledger keeps them: it is not erased, so nothing personal."""
        hidden = personal_fields(type(record))
        if hidden.keys().isdisjoint(self.fields):
            return values
        read = zip(self.fields, values, strict=True)
        return tuple(
            masked(value) if name in hidden and not is_missing(value) else value
            for name, value in read
        )

    @cached_property
    def reason(self) -> Phrase:
        """What the rule asks for, in words."""
        return self.rule.when.words

    def times(self, values: tuple[object, ...]) -> int | None:
        """Return how often the points count; None where nobody knows."""
        field = self.rule.times
        return 1 if field is None else count(values[self.fields.index(field)], field)

    def happened(self, values: tuple[object, ...]) -> date | None:
        """Return the day from which the points decay; any day where they do not."""
        if self.fade is None:
            return self.as_of
        field = str(self.fade.decay.since)
        return day(values[self.fields.index(field)], field)

    def is_settled(self, record: object) -> bool:
        """Say whether count and date are there."""
        values = self.read(record)
        return self.times(values) is not None and self.happened(values) is not None

    def given(self, record: object) -> Entry:
        """Return the entry of a rule that holds."""
        rule = self.rule
        values = self.read(record)
        times, happened = self.times(values), self.happened(values)
        if times is None or happened is None:
            raise InvalidValueError("fired", rule.name, "be a rule whose count and date are there")
        base = rule.points if times == 1 else EXACT.multiply(rule.points, Decimal(times))
        factor, age = _ONE, None
        if self.fade is not None:
            factor, age = self.fade.share(happened), age_in_days(happened, self.as_of)
        return Entry(
            kind=EntryKind.GIVEN,
            rule=rule.name,
            version=rule.version,
            points=base if age is None else EXACT.multiply(base, factor),
            base=base,
            factor=factor,
            age_days=age,
            reason=self.reason,
            fields=self.fields,
            values=self._kept(record, values),
        )

    def unknown(self, record: object) -> Entry:
        """Return the entry of a rule of which nobody knows."""
        rule = self.rule
        values = self.read(record)
        times, happened = self.times(values), self.happened(values)
        # A count that is missing may be any; what little is left of points adds up to the cap.
        most = EXACT.multiply(
            rule.points.copy_abs(), Decimal(MOST_TIMES if times is None else times)
        )
        left = _ONE if self.fade is None or happened is None else self.fade.share(happened)
        at_stake = clamped(EXACT.multiply(most, left), None, rule.cap)
        return Entry(
            kind=EntryKind.UNKNOWN,
            rule=rule.name,
            version=rule.version,
            points=_ZERO,
            base=rule.points,
            at_stake=at_stake.copy_sign(rule.points),
            reason=absence(self._missing(record, values), self.reason),
            fields=self.fields,
            values=self._kept(record, values),
        )

    def _missing(self, record: object, values: tuple[object, ...]) -> list[str]:
        read = zip(self.fields, values, strict=True)
        missing = [name for name, value in read if is_missing(value)]
        if len(missing) == 1:
            return missing
        # With several gaps, only some may matter: those that the criterion names, and the
        # count and the date.
        rule = self.rule
        own = {rule.times, None if rule.decay is None else rule.decay.since}
        named = {*own, *rule.when.explain(record, as_of=self.as_of).missing}
        return [name for name in missing if name in named]


def absence(missing: list[str], words: Phrase) -> Phrase:
    """Say which fields are missing; or, where none is, what has no answer all the same."""
    if not missing:
        return Phrase(f"nobody can tell whether {words.en}", f"无法判断是否 {words.zh}")
    verb = "is" if len(missing) == 1 else "are"
    return Phrase(f"{' and '.join(missing)} {verb} missing", f"{'、'.join(missing)} 缺失")


@attrs.frozen(kw_only=True, eq=False)
class Scorer:
    """A rule set on one day of judgement, compiled: call it with a record for the whole score.

    `RuleSet.scorer` gives one. For whoever scores many records and wants the ledgers of a few,
    it has two plain functions of a record: ``scorer.total(record)`` gives its points, and no
    more, and ``scorer.masks(record)`` its `Masks`.

    Attributes:
        name: The name of the rule set.
        version: The version of the rule set.
        rules: Its rules.
        floor: The least that a score can be.
        cap: The most that a score can be.
        group_caps: By group, the most points that its rules give or take together.
        as_of: The day of judgement, from which ages count.
        of: The class of all records, if it is known.

    .. versionadded:: 0.1.0
    """

    name: str
    version: str
    rules: tuple[Rule, ...]
    floor: Decimal | None
    cap: Decimal | None
    group_caps: GroupCaps
    as_of: date
    of: type | None = None

    @cached_property
    def _terms(self) -> Terms:
        return Terms(
            name=self.name,
            version=self.version,
            floor=self.floor,
            cap=self.cap,
            group_caps=self.group_caps,
        )

    @cached_property
    def _scorers(self) -> tuple[RuleScorer, ...]:
        return tuple(RuleScorer.on(rule, self.as_of, self.of) for rule in self.rules)

    def __call__(self, record: object) -> Score:
        """Return the score of a record, with its ledger."""
        masks: Masks = self.masks(record)
        return self.ledger(record, fired=masks.fired, unknown=masks.unknown)

    @cached_property
    def total(self) -> Callable[[Any], Decimal]:
        """The function that returns the points of a record, and no more."""
        return self._compiled(with_masks=False)

    @cached_property
    def masks(self) -> Callable[[Any], Masks]:
        """The function that returns the points of a record, and which rules gave them."""
        return self._compiled(with_masks=True)

    def ledger(self, record: object, *, fired: int, unknown: int) -> Score:
        """Return the score of a record whose masks are known, without judging it again.

        Only where several fields are missing is the criterion of an unknown rule asked which of
        them matter.

        Args:
            record: The record that the masks are of; its counts, dates and values are read.
            fired: The rules that gave their points, as `Masks` has them.
            unknown: The rules of which nobody knows, as `Masks` has them.

        Raises:
            InvalidValueError: If the masks cannot be those of the record.
        """
        _check_masks(fired, unknown, len(self.rules))
        ledger = Ledger(self._terms, self.as_of)
        for place, scorer in enumerate(self._scorers):
            if fired >> place & 1:
                ledger.add(scorer.rule, [scorer.given(record)])
            elif unknown >> place & 1:
                ledger.add(scorer.rule, [scorer.unknown(record)])
        return ledger.score()

    def _compiled(self, *, with_masks: bool) -> Callable[[Any], Any]:
        make = partial(
            compile_rules,
            self.rules,
            [scorer.fade for scorer in self._scorers],
            self._terms,
            as_of=self.as_of,
            with_masks=with_masks,
        )

        def slow(record: object) -> Masks | Decimal:
            masks = self._judged(record)
            return masks if with_masks else masks.total

        @lru_cache(maxsize=2)
        def careful(*, by_key: bool) -> Callable[[Any], Any]:
            return make(by_key=by_key, all_settled=True, otherwise=slow)

        @lru_cache(maxsize=2)
        def quick(*, by_key: bool) -> Callable[[Any], Any]:
            # The careful function is compiled when the first strange value is met.
            def otherwise(record: object) -> Masks | Decimal:
                answer: Masks | Decimal = careful(by_key=by_key)(record)
                return answer

            return make(by_key=by_key, all_settled=False, otherwise=otherwise)

        if self.of is not None:
            return quick(by_key=issubclass(self.of, Mapping))
        return lambda record: quick(by_key=isinstance(record, Mapping))(record)

    def _judged(self, record: object) -> Masks:
        """Judge rule by rule, which says what is wrong with a record that cannot be scored."""
        fired = unknown = 0
        for place, scorer in enumerate(self._scorers):
            truth = scorer.rule.when.evaluate(record, as_of=self.as_of).truth
            if truth is False:
                continue
            if scorer.is_settled(record) and truth:
                fired |= 1 << place
            else:
                unknown |= 1 << place
        score = self.ledger(record, fired=fired, unknown=unknown)
        return Masks(score.value, fired, unknown)


def _check_masks(fired: int, unknown: int, rules: int) -> None:
    for name, mask in (("fired", fired), ("unknown", unknown)):
        if type(mask) is not int or not 0 <= mask < 1 << rules:
            raise InvalidValueError(name, mask, f"be a mask of the {rules} rules of the set")
    if fired & unknown:
        rule = "share no rule with fired, because what gave points is not unknown"
        raise InvalidValueError("unknown", unknown, rule)
