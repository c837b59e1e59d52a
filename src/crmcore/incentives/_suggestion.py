"""Suggestions and nominations: ideas of members, and who speaks for whom."""

from __future__ import annotations

from datetime import date

import attrs

from crmcore.checks import day, is_a, is_id, is_name, is_text, refusal
from crmcore.errors import InvalidValueError
from crmcore.kernel import LabelledEnum, MemberId
from crmcore.privacy import masked, personal

from ._rule import IncentiveKind


class SuggestionOutcome(LabelledEnum):
    """What became of a suggestion.

    .. versionadded:: 0.1.0
    """

    OPEN = "open", "not decided yet", "待评审"
    ADOPTED = "adopted", "adopted", "已采纳"
    DECLINED = "declined", "declined", "未采纳"


@attrs.frozen(kw_only=True)
class Suggestion:
    """An idea of a member, what was decided on it, and what came of it.

    Attributes:
        id: The id of the suggestion.
        kind: Which award it may earn: that for innovations, or that for improvements.
        member: The member who made it.
        title: What is suggested, on one line.
        made_on: The day on which it was made.
        outcome: What became of it.
        decided_on: The day of the decision; None while there is none.
        effect: What it brought, as far as it was verified.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    kind: IncentiveKind = attrs.field(validator=is_a(IncentiveKind))
    member: MemberId = attrs.field(validator=is_id)
    title: str = attrs.field(validator=is_name, repr=masked, metadata=personal("text"))
    made_on: date = attrs.field()
    outcome: SuggestionOutcome = attrs.field(
        default=SuggestionOutcome.OPEN, validator=is_a(SuggestionOutcome)
    )
    decided_on: date | None = attrs.field(default=None)
    effect: str | None = attrs.field(
        default=None,
        validator=attrs.validators.optional(is_text),
        repr=masked,
        metadata=personal("text", erase="null"),
    )

    @kind.validator
    def _is_for_suggestions(
        self, field: attrs.Attribute[IncentiveKind], value: IncentiveKind
    ) -> None:
        if not value.is_for_suggestions:
            rule = "be IncentiveKind.INNOVATION_AWARD or IncentiveKind.IMPROVEMENT_AWARD"
            raise refusal(field, value, rule)

    @made_on.validator
    def _is_a_day(self, field: attrs.Attribute[date], value: date) -> None:
        day(value, field)

    @decided_on.validator
    def _comes_with_a_decision(
        self, field: attrs.Attribute[date | None], value: date | None
    ) -> None:
        if (value is None) is not (self.outcome is SuggestionOutcome.OPEN):
            raise refusal(field, value, "be stated where something was decided, and only there")
        if value is not None and day(value, field) < self.made_on:
            rule = f"not be before made_on, {self.made_on.isoformat()}"
            raise InvalidValueError(field.name, value.isoformat(), rule)


@attrs.frozen(kw_only=True)
class Nomination:
    """Somebody whom somebody else proposes for an incentive.

    Attributes:
        rule: The name of the incentive's rule.
        subject: Who is proposed, as ``kind:id``.
        on: The day of the proposal, within the period that it is about.
        by: Who proposes.
        reason: Why.

    .. versionadded:: 0.1.0
    """

    rule: str = attrs.field(validator=is_name)
    subject: str = attrs.field(validator=is_name)
    on: date = attrs.field()
    by: str = attrs.field(validator=is_name, repr=masked, metadata=personal("name"))
    reason: str = attrs.field(validator=is_text, repr=masked, metadata=personal("text"))

    @on.validator
    def _is_a_day(self, field: attrs.Attribute[date], value: date) -> None:
        day(value, field)
