"""Answers: one score for one item of a survey, on a scale that it carries itself."""

from __future__ import annotations

from datetime import datetime
from decimal import Context, Decimal
from typing import Final

import attrs

from crmcore.checks import is_a, is_id, refusal, utc
from crmcore.kernel import LabelledEnum

_optional_id = attrs.validators.optional(is_id)

# What an index comes to must not depend on the context that a caller has set.
_EXACT: Final = Context(prec=28)

# Five points or more have two boxes of content at the top; a shorter scale has one.
_LONG_SCALE: Final = 5
# Those who would recommend, and who would not, on the scale from 0 to 10.
_RECOMMENDING: Final = (0, 10)
_PROMOTERS: Final = 9
_DETRACTORS: Final = 6


class Audience(LabelledEnum):
    """Whom a survey asks.

    .. versionadded:: 0.1.0
    """

    CUSTOMER = "customer", "customers", "客户"
    MEMBER = "member", "members of the company", "内部成员"
    MARKET = "market", "the market, customers or not", "市场公众"


@attrs.frozen(kw_only=True)
class SurveyAnswer:
    """What one person answered to one item of a survey.

    Attributes:
        id: The id of the answer.
        survey: The survey, such as ``service``.
        wave: The round of the survey, such as ``1998-H1``.
        item: What was asked about, such as ``delivery`` or ``recommendation``.
        audience: Whom the survey asked.
        respondent: The id of whoever answered; None where the survey is anonymous.
        at: When it was answered, as an instant.
        channel: The way it was asked, if recorded.
        low: The worst score of the scale.
        high: The best score of the scale.
        score: The score; None where the person does not know, which is an answer too.
        about: The department, partner or product it is about, if it is about one.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    survey: str = attrs.field(validator=is_id)
    wave: str = attrs.field(validator=is_id)
    item: str = attrs.field(validator=is_id)
    audience: Audience = attrs.field(validator=is_a(Audience))
    respondent: str | None = attrs.field(default=None, validator=_optional_id)
    at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    channel: str | None = attrs.field(default=None, validator=_optional_id)
    low: int = attrs.field()
    high: int = attrs.field()
    score: int | None = attrs.field()
    about: str | None = attrs.field(default=None, validator=_optional_id)

    @low.validator
    def _is_whole(self, attribute: attrs.Attribute[int], value: object) -> None:
        if type(value) is not int:
            raise refusal(attribute, value, "be a whole number")

    @high.validator
    def _is_above_low(self, attribute: attrs.Attribute[int], value: int) -> None:
        self._is_whole(attribute, value)
        if value <= self.low:
            raise refusal(attribute, value, f"be above low, {self.low}")

    @score.validator
    def _is_on_the_scale(self, attribute: attrs.Attribute[int | None], value: int | None) -> None:
        if value is not None and (type(value) is not int or not self.low <= value <= self.high):
            rule = f"be a whole number on the scale from {self.low} to {self.high}"
            raise refusal(attribute, value, rule)

    @property
    def index(self) -> Decimal | None:
        """The score as a number from 0, the worst, to 100, the best; None where there is none.

        It is ``100 * (score - low) / (high - low)``, to 28 digits.
        """
        if self.score is None:
            return None
        hundredfold = 100 * (self.score - self.low)
        return _EXACT.divide(Decimal(hundredfold), Decimal(self.high - self.low))

    @property
    def is_satisfied(self) -> bool | None:
        """Whether the score is in the top two boxes; None where there is none.

        On a scale of fewer than five points only the top box is.
        """
        if self.score is None:
            return None
        boxes = 2 if self.high - self.low + 1 >= _LONG_SCALE else 1
        return self.score > self.high - boxes

    @property
    def is_promoter(self) -> bool | None:
        """Whether it is 9 or 10 from 0 to 10; None where there is no score, or another scale."""
        score = self._recommendation
        return None if score is None else score >= _PROMOTERS

    @property
    def is_detractor(self) -> bool | None:
        """Whether it is 0 to 6 from 0 to 10; None where there is no score, or another scale."""
        score = self._recommendation
        return None if score is None else score <= _DETRACTORS

    @property
    def _recommendation(self) -> int | None:
        return self.score if (self.low, self.high) == _RECOMMENDING else None
