"""Goal templates: what a company wants of a KPI, before it is known where the KPI stands."""

from __future__ import annotations

from decimal import Decimal

import attrs

from crmcore.calendar import Period
from crmcore.checks import decimal, is_id, is_name
from crmcore.errors import InvalidValueError
from crmcore.goals import Goal, GoalId, Mode
from crmcore.kernel import ResponsibilityId
from crmcore.kpis import CATALOGUE, Catalogue, Kpi, Unit


@attrs.frozen(kw_only=True)
class GoalTemplate:
    """A goal without its baseline and period.

    Attributes:
        id: The id of the goals made of it.
        name: What is to be reached, in words.
        kpi: The id or the code of the KPI, in the catalogue or among the policy's own.
        mode: How *target* is meant: as a number, a relative change, points, a multiple, or a
            rank.
        target: The number, in the unit that the mode asks for; changes are fractions.
        owner: The member, team or department that answers for it, if one does.
        responsibility: The responsibility that it makes concrete, if it does.
        parent: The greater goal that it serves, if it does.

    .. versionadded:: 0.1.0
    """

    id: GoalId = attrs.field(validator=is_id)
    name: str = attrs.field(validator=is_name)
    kpi: str = attrs.field(validator=is_id)
    mode: Mode = attrs.field(default=Mode.ABSOLUTE)
    target: Decimal = attrs.field(converter=attrs.Converter(decimal, takes_field=True))  # type: ignore[misc]
    owner: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))
    responsibility: ResponsibilityId | None = attrs.field(
        default=None, validator=attrs.validators.optional(is_id)
    )
    parent: GoalId | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))

    def check(self, known: Catalogue) -> None:
        """Refuse a KPI that nobody defines, and ranks where there are none.

        Args:
            known: The definitions that there are.

        Raises:
            UnknownNameError: If there is no such KPI.
            InvalidValueError: If it is to be a rank, and is none.
        """
        asked = known.kpi(self.kpi)
        if self.mode is Mode.RANK and asked.unit is not Unit.RANK:
            rule = f"not be rank, because the {asked.name.en} is no rank"
            raise InvalidValueError("mode", str(self.mode), rule)

    def goal(self, baseline: Decimal, period: Period, *, of: Kpi | None = None) -> Goal:
        """Return the goal for a period, set from where the KPI stands.

        Args:
            baseline: Where the KPI stands, in its unit.
            period: The days within which the target is to be reached.
            of: The definition of the KPI, where it is not that of the catalogue.

        Raises:
            InvalidValueError: If the target comes out equal to the baseline, or is to be a rank
                where there are none.
            UnknownNameError: If there is no such KPI.
        """
        known = Catalogue(CATALOGUE if of is None else (of,))
        self.check(known)
        definition = known.kpi(self.kpi)
        return Goal(
            id=self.id,
            name=self.name,
            kpi=definition.id,
            kpi_version=definition.version,
            baseline=baseline,
            target=self.mode.target(baseline, self.target),
            mode=self.mode,
            period=period,
            owner=self.owner,
            responsibility=self.responsibility,
            parent=self.parent,
        )
