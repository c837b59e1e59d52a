"""Processes: their cases, what these cost, and how closely they keep to the standard."""

from __future__ import annotations

from datetime import datetime
from decimal import Context, Decimal
from typing import Final

import attrs

from crmcore.checks import above, is_a, is_count, is_id, not_before, optional_utc, refusal, utc
from crmcore.kernel import Money, round_half_up

_optional = attrs.validators.optional

# What a case comes to must not depend on the context that a caller has set.
_EXACT: Final = Context(prec=28)
_PRODUCT: Final = Context(prec=100)
_MINUTES: Final = Decimal(60)
_COST_DIGITS: Final = 10


@attrs.frozen(kw_only=True)
class ProcessCase:
    """One run through a process, such as one order or one complaint.

    Attributes:
        id: The id of the case.
        process: The process.
        variant: The way it took through the process, if recorded.
        started_at: When its first step began, as an instant.
        ended_at: When its last step ended; None while it runs.
        processing_minutes: How long somebody worked on it, in minutes; None where nobody knows.
        rate: What an hour of that work costs; None where nobody knows.
        direct_cost: What it cost besides; None where nobody knows.
        is_reworked: Whether a step had to be done again because it was done wrong.
        deviations: How many steps were left out or put in, measured by the best alignment of
            the case with the standard; None where it was not measured.
        steps: How many steps the case has; None where they were not counted.
        standard_steps: How many steps the standard has, above 0; None where there is none.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    process: str = attrs.field(validator=is_id)
    variant: str | None = attrs.field(default=None, validator=_optional(is_id))
    started_at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    ended_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
        validator=not_before("started_at"),
    )
    processing_minutes: int | None = attrs.field(default=None, validator=_optional(is_count))
    rate: Money | None = attrs.field(default=None, validator=_optional(is_a(Money)))
    direct_cost: Money | None = attrs.field(default=None, validator=_optional(is_a(Money)))
    is_reworked: bool = attrs.field(default=False, validator=is_a(bool))
    deviations: int | None = attrs.field(default=None, validator=_optional(is_count))
    steps: int | None = attrs.field(default=None, validator=_optional(is_count))
    standard_steps: int | None = attrs.field(
        default=None, validator=_optional([is_count, above(0)])
    )

    @rate.validator
    @direct_cost.validator
    def _costs_something(
        self, attribute: attrs.Attribute[Money | None], value: Money | None
    ) -> None:
        if value is not None and value.amount < 0:
            raise refusal(attribute, str(value), "be 0 or more")

    @direct_cost.validator
    def _is_in_the_same_currency(
        self, attribute: attrs.Attribute[Money | None], value: Money | None
    ) -> None:
        if value is not None and self.rate is not None and value.currency != self.rate.currency:
            rule = f"be in the currency of rate, {self.rate.currency}"
            raise refusal(attribute, str(value), rule)

    @deviations.validator
    def _are_in_the_steps(self, attribute: attrs.Attribute[int | None], value: int | None) -> None:
        most = self._all_steps
        if value is not None and most is not None and value > most:
            rule = f"be at most steps and standard_steps together, {most}"
            raise refusal(attribute, value, rule)

    @property
    def _all_steps(self) -> int | None:
        if self.steps is None or self.standard_steps is None:
            return None
        return self.steps + self.standard_steps

    @property
    def cost(self) -> Money | None:
        """The work at its rate and what it cost besides; None where a part is unknown.

        It is ``processing_minutes / 60 * rate + direct_cost``. The first part is rounded half up
        to ten digits behind the point, because a sixtieth need not end.
        """
        if self.processing_minutes is None or self.rate is None or self.direct_cost is None:
            return None
        sixtieths = _PRODUCT.multiply(self.rate.amount, self.processing_minutes)
        work = _PRODUCT.divide(sixtieths, _MINUTES)
        rounded = round_half_up(work, _COST_DIGITS)
        # Where nothing is lost, the amount is told as short as it is.
        amount = work if work == rounded else rounded
        return Money(amount, self.rate.currency) + self.direct_cost

    @property
    def fitness(self) -> Decimal | None:
        """How closely it keeps to the standard, from 0 to 1; None where that was not measured.

        It is ``1 - deviations / (steps + standard_steps)``, to 28 digits.
        """
        most = self._all_steps
        if self.deviations is None or most is None:
            return None
        return _EXACT.divide(Decimal(most - self.deviations), Decimal(most))

    @property
    def is_exact(self) -> bool | None:
        """Whether it is as the standard has it; None where that was not measured."""
        return None if self.deviations is None else self.deviations == 0
