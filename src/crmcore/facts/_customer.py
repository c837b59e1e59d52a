"""Facts about customers: the stage, the tier and the score."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Self

import attrs

from crmcore.checks import decimal, is_a, is_id, is_name
from crmcore.errors import InvalidValueError
from crmcore.kernel import CustomerId
from crmcore.lifecycle import Stage
from crmcore.scoring import Score

from ._fact import Fact, is_day


@attrs.frozen(kw_only=True)
class _CustomerFact(Fact):
    """A fact about a customer."""

    customer: CustomerId = attrs.field(validator=is_id)

    def _key(self) -> tuple[str, ...]:
        return (self.customer,)


def _is_since(fact: Fact, attribute: attrs.Attribute[date], value: date) -> None:
    is_day(fact, attribute, value)
    if value > fact.as_of:
        raise InvalidValueError(attribute.name, str(value), f"not be after as_of, {fact.as_of}")


@attrs.frozen(kw_only=True)
class StageFact(_CustomerFact):
    """As of a day, a customer stood in a stage of the life cycle.

    Attributes:
        id: Its key.
        as_of: The day of judgement.
        policy: The name of the policy.
        policy_version: The version of the policy.
        fingerprint: The fingerprint of the policy.
        recorded_at: The instant at which it was written down.
        version: 0 before it was stored, then 1.
        customer: Who was judged.
        stage: Where the customer stood.
        since: The day as of which the customer was first seen there.

    .. versionadded:: 0.1.0
    """

    stage: Stage = attrs.field(validator=is_a(Stage))
    since: date = attrs.field(validator=_is_since)

    @property
    def outcome(self) -> tuple[Stage, date]:
        """The stage, and since when."""
        return self.stage, self.since


@attrs.frozen(kw_only=True)
class TierFact(_CustomerFact):
    """As of a day, a customer was in a tier.

    Attributes:
        id: Its key.
        as_of: The day of judgement.
        policy: The name of the policy.
        policy_version: The version of the policy.
        fingerprint: The fingerprint of the policy.
        recorded_at: The instant at which it was written down.
        version: 0 before it was stored, then 1.
        customer: Who was judged.
        tier: The name of the tier.
        since: The day as of which the customer was first seen in it.

    .. versionadded:: 0.1.0
    """

    tier: str = attrs.field(validator=is_id)
    since: date = attrs.field(validator=_is_since)

    @property
    def outcome(self) -> tuple[str, date]:
        """The tier, and since when."""
        return self.tier, self.since


@attrs.frozen(kw_only=True)
class ScoreFact(_CustomerFact):
    """As of a day, a customer had a score, with the whole ledger that it is the sum of.

    Attributes:
        id: Its key.
        as_of: The day of judgement.
        policy: The name of the policy.
        policy_version: The version of the policy.
        fingerprint: The fingerprint of the policy.
        recorded_at: The instant at which it was written down.
        version: 0 before it was stored, then 1.
        customer: Who was judged.
        rule_set: The name of the rule set that gave it.
        rule_set_version: The version of the rule set.
        points: The points that counted: those of the rules, or of an override.
        value: The points of the rules.
        low: The least that they would be if everything unknown were known.
        high: The most that they would be.
        score: The score itself, with its ledger.

    .. versionadded:: 0.1.0
    """

    rule_set: str = attrs.field(validator=is_name)
    rule_set_version: str = attrs.field(validator=is_name)
    points: Decimal = attrs.field(converter=attrs.Converter(decimal, takes_field=True))  # type: ignore[misc]
    value: Decimal = attrs.field(converter=attrs.Converter(decimal, takes_field=True))  # type: ignore[misc]
    low: Decimal = attrs.field(converter=attrs.Converter(decimal, takes_field=True))  # type: ignore[misc]
    high: Decimal = attrs.field(converter=attrs.Converter(decimal, takes_field=True))  # type: ignore[misc]
    score: Score = attrs.field()

    @score.validator
    def _says_the_same(self, attribute: attrs.Attribute[Score], value: Score) -> None:
        if not isinstance(value, Score):
            raise InvalidValueError(attribute.name, type(value).__name__, "be a Score")
        said = {**_columns(value), "as_of": value.as_of}
        for name, figure in said.items():
            if getattr(self, name) != figure:
                raise InvalidValueError(name, getattr(self, name), f"be the score's, {figure}")

    @classmethod
    def of(cls, score: Score, **fields: Any) -> Self:  # noqa: ANN401 - the other fields
        """Return the fact that somebody had a score, as of its day.

        Args:
            score: The score.
            **fields: The fields that the score does not tell: customer, policy,
                policy_version, fingerprint, recorded_at.
        """
        return cls(as_of=score.as_of, score=score, **_columns(score), **fields)

    def _key(self) -> tuple[str, ...]:
        return self.customer, self.rule_set

    @property
    def outcome(self) -> Decimal:
        """The points that counted."""
        return self.points


def _columns(score: Score) -> dict[str, Any]:
    return {
        "rule_set": score.rule_set,
        "rule_set_version": score.version,
        "points": score.effective,
        "value": score.value,
        "low": score.low,
        "high": score.high,
    }
