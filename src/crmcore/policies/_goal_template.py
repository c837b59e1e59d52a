"""Goal templates: what a company wants of a KPI, before it is known where the KPI stands."""

from __future__ import annotations

from decimal import Decimal

import attrs

from crmcore.calendar import Period
from crmcore.checks import decimal, is_id, is_name
from crmcore.errors import InvalidValueError
from crmcore.goals import Goal, GoalId, Mode
from crmcore.kernel import ResponsibilityId
from crmcore.kpis import Unit, kpi


def _is_kpi(_: object, __: attrs.Attribute[str], value: str) -> None:
    kpi(value)


@attrs.frozen(kw_only=True)
class GoalTemplate:
    """A goal without its baseline and period.

    Attributes:
        id: The id of the goals made of it.
        name: What is to be reached, in words.
        kpi: The id of the KPI, as in the catalogue.
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
    kpi: str = attrs.field(validator=_is_kpi)
    mode: Mode = attrs.field(default=Mode.ABSOLUTE)
    target: Decimal = attrs.field(converter=attrs.Converter(decimal, takes_field=True))  # type: ignore[misc]
    owner: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))
    responsibility: ResponsibilityId | None = attrs.field(
        default=None, validator=attrs.validators.optional(is_id)
    )
    parent: GoalId | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))

    @mode.validator
    def _ranks_where_ranks_are(self, attribute: attrs.Attribute[Mode], value: Mode) -> None:
        asked = kpi(self.kpi)
        if value is Mode.RANK and asked.unit is not Unit.RANK:
            rule = f"not be rank, because the {asked.name.en} is no rank"
            raise InvalidValueError(attribute.name, str(value), rule)

    def goal(self, baseline: Decimal, period: Period) -> Goal:
        """Return the goal for a period, set from where the KPI stands.

        Args:
            baseline: Where the KPI stands, in its unit.
            period: The days within which the target is to be reached.

        Raises:
            InvalidValueError: If the target comes out equal to the baseline.
        """
        definition = kpi(self.kpi)
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
