"""Goals: how far a KPI is to move within a period, who answers for it, and what it serves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Context, Decimal
from typing import Final, NewType, Required, TypedDict, Unpack

import attrs

from crmcore.calendar import Period
from crmcore.checks import at_least, decimal, is_id, is_name
from crmcore.errors import InvalidValueError
from crmcore.kernel import LabelledEnum, ResponsibilityId

GoalId = NewType("GoalId", str)

# Numbers of 30 digits on either side of the point multiply exactly in this context.
_EXACT: Final = Context(prec=130)
_QUOTIENT: Final = Context(prec=28)


def _plain(number: Decimal) -> Decimal:
    """Return the number in as few digits as it takes, but 8400 and not 8.4E+3."""
    short = _QUOTIENT.normalize(number)
    return short if int(short.as_tuple().exponent) <= 0 else _EXACT.quantize(short, Decimal(1))


class Mode(LabelledEnum):
    """In which words a target was asked for.

    .. versionadded:: 0.1.0
    """

    ABSOLUTE = "absolute", "a stated number", "绝对值"
    RELATIVE = "relative", "a change by a share of the baseline", "相对变化"
    POINTS = "points", "a change by so many units of the KPI", "增减值（百分点）"
    MULTIPLE = "multiple", "a multiple of the baseline", "倍数"

    def target(self, baseline: Decimal | int | str, amount: Decimal | int | str) -> Decimal:
        """Return the target that *amount* asks for, read in this mode.

        From 72 %, "+10 %" is 79.2 % when it is relative and 82 % when it is points:

        >>> Mode.RELATIVE.target("0.72", "0.10"), Mode.POINTS.target("0.72", "0.10")
        (Decimal('0.792'), Decimal('0.82'))

        A target of more than 28 digits, as one from a measured baseline may be, is rounded.

        Args:
            baseline: Where the KPI stands, in its unit.
            amount: The number itself; the change as a fraction of the baseline; the change in
                units of the KPI; or the factor.
        """
        start, asked = decimal(baseline, "baseline"), decimal(amount, "amount")
        if self is Mode.ABSOLUTE:
            return asked
        if self is Mode.POINTS:
            return _plain(_EXACT.add(start, asked))
        factor = asked if self is Mode.MULTIPLE else _EXACT.add(Decimal(1), asked)
        return _plain(_EXACT.multiply(start, factor))


class GoalFields(TypedDict, total=False):
    """The fields of a `crmcore.goals.Goal` besides its numbers and its mode.

    .. versionadded:: 0.1.0
    """

    id: Required[GoalId]
    name: Required[str]
    kpi: Required[str]
    kpi_version: str
    period: Required[Period]
    owner: str | None
    responsibility: ResponsibilityId | None
    parent: GoalId | None
    review_days: Iterable[date]
    version: int


def _days(days: Iterable[date]) -> tuple[date, ...]:
    return tuple(sorted(set(days)))


@attrs.frozen(kw_only=True)
class Goal:
    """A KPI's way from *baseline* to *target*, to be gone within *period*.

    Attributes:
        id: The company's own id of it.
        name: What is to be reached, in words.
        kpi: The id of the KPI.
        kpi_version: The version of the KPI's definition that the numbers were set with.
        baseline: Where the KPI stood when the goal was set, in the KPI's unit.
        target: Where it is to stand at the end of the period, in the KPI's unit; for a KPI
            that adds up over time, what the whole period is to bring.
        mode: In which words the target was asked for.
        period: The days within which it is to be reached.
        owner: The id of the member, team or department that answers for it, if anybody does.
        responsibility: The responsibility that it makes concrete, if it does.
        parent: The greater goal that it serves, if it does.
        review_days: The days on which it is looked at, each once, in order.
        version: How often it was saved; 0 before the first time.

    .. versionadded:: 0.1.0
    """

    id: GoalId = attrs.field(validator=is_id)
    name: str = attrs.field(validator=is_name)
    kpi: str = attrs.field(validator=is_id)
    kpi_version: str = attrs.field(default="1", validator=is_id)
    baseline: Decimal = attrs.field(converter=attrs.Converter(decimal, takes_field=True))  # type: ignore[misc]
    target: Decimal = attrs.field(converter=attrs.Converter(decimal, takes_field=True))  # type: ignore[misc]
    mode: Mode = Mode.ABSOLUTE
    period: Period
    owner: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))
    responsibility: ResponsibilityId | None = attrs.field(
        default=None, validator=attrs.validators.optional(is_id)
    )
    parent: GoalId | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))
    review_days: tuple[date, ...] = attrs.field(default=(), converter=_days)
    version: int = attrs.field(default=0, validator=at_least(0))

    @target.validator
    def _leads_somewhere(self, attribute: attrs.Attribute[Decimal], value: Decimal) -> None:
        if value == self.baseline:
            rule = f"differ from the baseline, {self.baseline}"
            raise InvalidValueError(attribute.name, str(value), rule)

    @parent.validator
    def _is_another(self, attribute: attrs.Attribute[GoalId | None], value: GoalId | None) -> None:
        if value == self.id:
            raise InvalidValueError(attribute.name, value, "be another goal than this one")

    @classmethod
    def relative(
        cls,
        change: Decimal | int | str,
        *,
        baseline: Decimal | int | str,
        **fields: Unpack[GoalFields],
    ) -> Goal:
        """Return a goal to change by a fraction of the baseline: 0.10 is a tenth more."""
        return cls._asked(Mode.RELATIVE, change, baseline, fields)

    @classmethod
    def points(
        cls,
        change: Decimal | int | str,
        *,
        baseline: Decimal | int | str,
        **fields: Unpack[GoalFields],
    ) -> Goal:
        """Return a goal to change by *change* units of the KPI: from 72 %, 0.10 leads to 82 %."""
        return cls._asked(Mode.POINTS, change, baseline, fields)

    @classmethod
    def multiple(
        cls,
        factor: Decimal | int | str,
        *,
        baseline: Decimal | int | str,
        **fields: Unpack[GoalFields],
    ) -> Goal:
        """Return a goal to reach *factor* times the baseline."""
        return cls._asked(Mode.MULTIPLE, factor, baseline, fields)

    @classmethod
    def _asked(
        cls,
        mode: Mode,
        amount: Decimal | int | str,
        baseline: Decimal | int | str,
        fields: GoalFields,
    ) -> Goal:
        target = mode.target(baseline, amount)
        return cls(baseline=baseline, target=target, mode=mode, **fields)

    @property
    def is_upward(self) -> bool:
        """Whether the target lies above the baseline."""
        return self.target > self.baseline

    def progress(self, current: Decimal) -> Decimal:
        """Return the share of the way from baseline to target that *current* has covered.

        It is 0 at the baseline and 1 at the target, in both directions, and it is not cut
        off: below 0 the KPI moved the wrong way, above 1 further than was asked.
        """
        way = _EXACT.subtract(self.target, self.baseline)
        return _QUOTIENT.divide(_EXACT.subtract(current, self.baseline), way)

    def is_met(self, current: Decimal) -> bool:
        """Say whether *current* has come as far as the target, or further."""
        return current >= self.target if self.is_upward else current <= self.target
