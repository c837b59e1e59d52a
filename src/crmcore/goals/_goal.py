"""Goals: how far a KPI is to move within a period, who answers for it, and what it serves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, localcontext
from typing import Final, NewType, Required, TypedDict, Unpack

import attrs

from crmcore.calendar import Period
from crmcore.checks import at_least, day, decimal, is_a, is_id, is_name, optional_decimal
from crmcore.errors import InvalidValueError
from crmcore.kernel import LabelledEnum, ResponsibilityId

from ._exact import EXACT, plain, share
from ._trajectory import Trajectory

GoalId = NewType("GoalId", str)

# What is measured may be a quotient, which has more digits than people write.
_MOST_DIGITS: Final = 130


class Mode(LabelledEnum):
    """In which words a target was asked for.

    .. versionadded:: 0.1.0
    """

    ABSOLUTE = "absolute", "a stated number", "绝对值"
    RELATIVE = "relative", "a change by a share of the baseline", "相对变化"
    POINTS = "points", "a change by so many units of the KPI", "增减值（百分点）"
    MULTIPLE = "multiple", "a multiple of the baseline", "倍数"
    RANK = "rank", "a rank among peers", "同业排名"

    def target(self, baseline: Decimal | int | str, amount: Decimal | int | str) -> Decimal:
        """Return the target that *amount* asks for, read in this mode.

        From 72 %, "+10 %" is 79.2 % when it is relative and 82 % when it is points:

        >>> Mode.RELATIVE.target("0.72", "0.10"), Mode.POINTS.target("0.72", "0.10")
        (Decimal('0.792'), Decimal('0.82'))

        A target of more than 28 digits, as one from a measured baseline may be, is rounded.

        Args:
            baseline: Where the KPI stands, in its unit.
            amount: The number itself; the change as a fraction of the baseline; the change in
                units of the KPI; the factor; or the rank.

        Raises:
            InvalidValueError: If a share or a multiple is asked of a baseline below 0, of which
                a tenth more would be less.
        """
        start, asked = decimal(baseline, "baseline"), decimal(amount, "amount")
        if self in {Mode.ABSOLUTE, Mode.RANK}:
            return asked
        if self is Mode.POINTS:
            return plain(EXACT.add(start, asked))
        if start < 0:
            rule = "be 0 or more, for a change by a share of it; say the target itself, or points"
            raise InvalidValueError("baseline", str(start), rule)
        factor = asked if self is Mode.MULTIPLE else EXACT.add(Decimal(1), asked)
        return plain(EXACT.multiply(start, factor))


class GoalFields(TypedDict, total=False):
    """The fields of a `crmcore.goals.Goal` besides its numbers and its mode.

    .. versionadded:: 0.1.0
    """

    id: Required[GoalId]
    name: Required[str]
    kpi: Required[str]
    kpi_version: str
    period: Required[Period]
    scope: Iterable[tuple[str, str]]
    base: Decimal | int | str | None
    owner: str | None
    contributors: Iterable[tuple[str, Decimal | int | str]]
    responsibility: ResponsibilityId | None
    parent: GoalId | None
    weight: Decimal | int | str | None
    trajectory: Trajectory
    review_days: Iterable[date]
    revision: int
    version: int


def _days(days: Iterable[date]) -> tuple[date, ...]:
    return tuple(sorted({day(on, "review_days") for on in days}))


def _pairs(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted({(dimension, value) for dimension, value in pairs}))


def _shares(shares: Iterable[tuple[str, Decimal | int | str]]) -> tuple[tuple[str, Decimal], ...]:
    return tuple(sorted((who, decimal(part, "contributors")) for who, part in shares))


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
        scope: Of which part of the business the KPI is measured, as dimensions and values:
            ``(("region", "north"),)``. Of all of it where there are none.
        base: For a ratio, how large its denominator is planned to be, such as the number of
            customers that a rate is a rate of; so goals for ratios can be added up.
        owner: The id of the member, team or department that answers for it, if anybody does.
        contributors: Who reaches it together, and by which share each: ids and fractions that
            sum to 1. None where its owner reaches it alone.
        responsibility: The responsibility that it makes concrete, if it does.
        parent: The greater goal that it serves, if it does.
        weight: By which share it counts among the goals that serve the same parent, as a
            fraction; as much as each of the others where none is stated.
        trajectory: How much of the way is planned to be covered by when.
        review_days: The days on which it is looked at, each once, in order.
        revision: How often it was revised since it was first agreed on.
        version: How often it was saved; 0 before the first time.

    .. versionadded:: 0.1.0
    """

    id: GoalId = attrs.field(validator=is_id)
    name: str = attrs.field(validator=is_name)
    kpi: str = attrs.field(validator=is_id)
    kpi_version: str = attrs.field(default="1", validator=is_id)
    baseline: Decimal = attrs.field(converter=attrs.Converter(decimal, takes_field=True))  # type: ignore[misc]
    target: Decimal = attrs.field(converter=attrs.Converter(decimal, takes_field=True))  # type: ignore[misc]
    mode: Mode = attrs.field(default=Mode.ABSOLUTE, validator=is_a(Mode))
    period: Period = attrs.field(validator=is_a(Period))
    scope: tuple[tuple[str, str], ...] = attrs.field(default=(), converter=_pairs)
    base: Decimal | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_decimal, takes_field=True),  # type: ignore[misc]
    )
    owner: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))
    contributors: tuple[tuple[str, Decimal], ...] = attrs.field(default=(), converter=_shares)
    responsibility: ResponsibilityId | None = attrs.field(
        default=None, validator=attrs.validators.optional(is_id)
    )
    parent: GoalId | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))
    weight: Decimal | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_decimal, takes_field=True),  # type: ignore[misc]
    )
    trajectory: Trajectory = attrs.field(factory=Trajectory, validator=is_a(Trajectory))
    review_days: tuple[date, ...] = attrs.field(default=(), converter=_days)
    revision: int = attrs.field(default=0, validator=at_least(0))
    version: int = attrs.field(default=0, validator=at_least(0))

    @target.validator
    def _leads_somewhere(self, attribute: attrs.Attribute[Decimal], value: Decimal) -> None:
        if value == self.baseline:
            rule = f"differ from the baseline, {self.baseline}"
            raise InvalidValueError(attribute.name, str(value), rule)

    @mode.validator
    def _counts_from_the_first(self, _: attrs.Attribute[Mode], value: Mode) -> None:
        if value is not Mode.RANK:
            return
        for name in ("baseline", "target"):
            rank: Decimal = getattr(self, name)
            if rank < 1 or rank != rank.to_integral_value():
                raise InvalidValueError(name, str(rank), "be a rank: 1, 2, 3 and so on")

    @base.validator
    def _is_something(self, attribute: attrs.Attribute[Decimal | None], value: object) -> None:
        if isinstance(value, Decimal) and value <= 0:
            raise InvalidValueError(attribute.name, str(value), "be above 0")

    @contributors.validator
    def _share_it_all(
        self,
        attribute: attrs.Attribute[tuple[tuple[str, Decimal], ...]],
        value: tuple[tuple[str, Decimal], ...],
    ) -> None:
        if not value:
            return
        for who, part in value:
            is_id(self, attribute, who)
            if part <= 0:
                rule = f"have shares above 0, {who!r} too"
                raise InvalidValueError(attribute.name, str(part), rule)
        names = [who for who, _ in value]
        if len(set(names)) < len(names):
            raise InvalidValueError(attribute.name, ", ".join(names), "name each of them once")
        with localcontext(EXACT):
            total = sum((part for _, part in value), Decimal(0))
        if total != 1:
            raise InvalidValueError(attribute.name, str(total), "have shares that sum to 1")

    @weight.validator
    def _is_a_share(self, attribute: attrs.Attribute[Decimal | None], value: object) -> None:
        if isinstance(value, Decimal) and not 0 < value <= 1:
            rule = "be a fraction above 0 and up to 1"
            raise InvalidValueError(attribute.name, str(value), rule)

    @trajectory.validator
    def _lies_within(self, attribute: attrs.Attribute[Trajectory], value: Trajectory) -> None:
        outside = [on for on, _ in value.points if not self.period.start < on < self.period.end]
        if outside:
            rule = f"have its points within {self.period}, behind its first day"
            raise InvalidValueError(attribute.name, str(outside[0]), rule)

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
    def rank(
        cls,
        rank: int,
        *,
        baseline: int,
        **fields: Unpack[GoalFields],
    ) -> Goal:
        """Return a goal to come to a rank among peers; the first of them has rank 1."""
        return cls._asked(Mode.RANK, rank, baseline, fields)

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

        Raises:
            InvalidValueError: If *current* is no finite, exact number.
        """
        current = decimal(current, "current", digits=_MOST_DIGITS)
        way = EXACT.subtract(self.target, self.baseline)
        return share(EXACT.subtract(current, self.baseline), way)

    def planned(self, on: date) -> Decimal:
        """Return the share of the way that is to be covered when a day begins, as a fraction."""
        return self.trajectory.planned(on, self.period)

    def is_met(self, current: Decimal) -> bool:
        """Say whether *current* has come as far as the target, or further.

        Raises:
            InvalidValueError: If *current* is no finite, exact number.
        """
        current = decimal(current, "current", digits=_MOST_DIGITS)
        return current >= self.target if self.is_upward else current <= self.target
