"""Incentive rules: for what there is a reward, of which kind, and how much."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

import attrs

from crmcore.checks import day, is_a, is_count, is_id, is_name, is_text, optional_decimal, refusal
from crmcore.criteria import EVERYTHING, Criterion
from crmcore.kernel import LabelledEnum, Money, Phrase

from ._curve import PayoutCurve
from ._numbers import percent_of


class IncentiveKind(LabelledEnum):
    """What sort of incentive it is.

    .. versionadded:: 0.1.0
    """

    BONUS = "bonus", "bonus", "奖金"
    PAY = "pay", "pay adjustment", "薪酬调整"
    PROMOTION = "promotion", "promotion", "晋升"
    HONOUR = "honour", "honour", "荣誉"
    INNOVATION_AWARD = "innovation_award", "innovation award", "创新奖"
    IMPROVEMENT_AWARD = "improvement_award", "improvement award", "改进奖"

    @property
    def is_paid_by_points(self) -> bool:
        """Whether its sum follows the points of an evaluation."""
        return self in _BY_POINTS

    @property
    def is_for_suggestions(self) -> bool:
        """Whether suggestions earn it, and not evaluations."""
        return self in _FOR_SUGGESTIONS


_BY_POINTS: Final = (IncentiveKind.BONUS, IncentiveKind.PAY)
_FOR_SUGGESTIONS: Final = (IncentiveKind.INNOVATION_AWARD, IncentiveKind.IMPROVEMENT_AWARD)


@attrs.frozen(kw_only=True)
class IncentiveRule:
    """For what there is a reward, of which kind, and how much.

    A bonus and an adjustment of pay promise a sum, an *amount* or a *share_of_base*, and pay
    the part of it that the curve gives. A promotion and an honour are no money. Innovation
    and improvement awards pay an amount for each suggestion that was adopted.

    Attributes:
        name: What people call it. Versions of one rule share their name.
        kind: What sort of incentive it is.
        eligible: What must hold of an evaluation: ``score``, the points of each component by
            its name, and whatever facts are handed in; or of a suggestion: its fields.
        curve: The share of the promised sum by points.
        amount: The promised sum, or what a suggestion is paid.
        share_of_base: The promised sum as a fraction of the subject's base, such as its pay.
        needs_nomination: Whether only those get it whom somebody has nominated.
        is_public: Whether it is made public, so that others can follow the example.
        days: Within how many days after the last day of the period, or after the decision, it
            must be granted.
        version: Which version of the rule this is.
        since: The first day on which this version counts; always where it is None.
        reason: Why this version differs from the one before, if there was one.

    .. versionadded:: 0.1.0
    """

    name: str = attrs.field(validator=is_name)
    kind: IncentiveKind = attrs.field(validator=is_a(IncentiveKind))
    eligible: Criterion = attrs.field(default=EVERYTHING, validator=is_a(Criterion))
    curve: PayoutCurve | None = attrs.field(
        default=None, validator=attrs.validators.optional(is_a(PayoutCurve))
    )
    amount: Money | None = attrs.field(
        default=None, validator=attrs.validators.optional(is_a(Money))
    )
    share_of_base: Decimal | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_decimal, takes_field=True),  # type: ignore[misc]
    )
    needs_nomination: bool = attrs.field(default=False, validator=is_a(bool))
    is_public: bool = attrs.field(default=False, validator=is_a(bool))
    days: int = attrs.field(default=30, validator=is_count)
    version: str = attrs.field(default="1", validator=is_id)
    since: date | None = attrs.field(default=None)
    reason: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_text))

    @curve.validator
    def _belongs_to_points(self, field: attrs.Attribute[Any], value: PayoutCurve | None) -> None:
        if (value is None) is self.kind.is_paid_by_points:
            rule = "be stated for a bonus or an adjustment of pay, and only there"
            raise refusal(field, value, rule)

    @amount.validator
    def _is_above_nothing(self, field: attrs.Attribute[Any], value: Money | None) -> None:
        if value is not None and value.amount <= 0:
            raise refusal(field, str(value), "be above 0")
        if value is None and self.kind.is_for_suggestions:
            raise refusal(field, None, "be stated for innovation and improvement awards")

    @share_of_base.validator
    def _is_the_only_sum(self, field: attrs.Attribute[Any], value: Decimal | None) -> None:
        if value is not None and not 0 < value <= 1:
            raise refusal(field, str(value), "be a fraction above 0 and at most 1 (0.03, not 3)")
        if self.kind.is_paid_by_points and (value is None) is (self.amount is None):
            raise refusal(field, value, "be stated where no amount is, and only there")
        stated = self.amount if value is None else value
        if self.kind in (IncentiveKind.PROMOTION, IncentiveKind.HONOUR) and stated is not None:
            raise refusal(field, str(stated), "be left out, as an amount, where no money is paid")
        if self.kind.is_for_suggestions and value is not None:
            raise refusal(field, str(value), "be left out for innovation and improvement awards")

    @since.validator
    def _is_a_day(self, field: attrs.Attribute[date | None], value: date | None) -> None:
        if value is not None:
            day(value, field)

    @property
    def words(self) -> Phrase:
        """Kind, criterion and sum in one clause."""
        en, zh = self.kind.label.en, self.kind.label.zh
        if self.amount is not None:
            en, zh = f"{en} of {self.amount}", f"{zh}{self.amount}"
        if self.share_of_base is not None:
            percent = percent_of(self.share_of_base)
            en, zh = f"{en} of {percent} % of the base", f"{zh}为基数的{percent}%"
        if self.curve is not None:
            curve = self.curve.words
            en, zh = f"{en}, {curve.en}", f"{zh}，{curve.zh}"
        if self.eligible != EVERYTHING:
            asked = self.eligible.words
            en, zh = f"{en}, where {asked.en}", f"{zh}，条件：{asked.zh}"
        if self.needs_nomination:
            en, zh = f"{en}, on nomination", f"{zh}，须经提名"
        if self.is_public:
            en, zh = f"{en}, made public", f"{zh}，予以公布"
        return Phrase(f"{en}; within {self.days} days", f"{zh}；{self.days}天内兑现")

    def changes(self, before: IncentiveRule) -> tuple[Phrase, ...]:
        """Return in words what this version changes of another one, and why; empty if nothing."""
        was, now = before.words, self.words
        if was == now:
            return ()
        why = "no reason is stated" if self.reason is None else self.reason
        because = "未说明原因" if self.reason is None else self.reason
        return (
            Phrase(f"{self.name} was {was.en}", f"{self.name}原为：{was.zh}"),
            Phrase(f"{self.name} is {now.en}", f"{self.name}现为：{now.zh}"),
            Phrase(f"because: {why}", f"原因：{because}"),
        )
