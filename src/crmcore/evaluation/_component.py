"""Components: the parts of a scorecard, each with a number, a curve and a weight."""

from __future__ import annotations

from decimal import Decimal

import attrs

from crmcore.checks import decimal, is_a, is_id, is_name, refusal
from crmcore.errors import InvalidValueError
from crmcore.kernel import LabelledEnum, Phrase
from crmcore.kpis import Kpi, KpiGroup

from ._curve import Curve
from ._numbers import percent_of


class ComponentKind(LabelledEnum):
    """What the number of a component comes from.

    .. versionadded:: 0.1.0
    """

    KPI = "kpi", "KPI", "关键绩效指标"
    GOAL = "goal", "progress of a goal", "目标完成度"
    SURVEY = "survey", "item of a survey", "问卷题目"
    COOPERATION = "cooperation", "work with other departments", "跨部门协作"


class Level(LabelledEnum):
    """Whose work the number of a component tells about.

    .. versionadded:: 0.1.0
    """

    TEAM = "team", "the team's result", "团队绩效"
    PERSONAL = "personal", "the member's own result", "个人绩效"
    COOPERATION = "cooperation", "the cooperation across departments", "跨部门协作绩效"


@attrs.frozen(kw_only=True)
class Component:
    """One part of a scorecard.

    Attributes:
        name: What people call it; each has a name of its own in a scorecard.
        kind: What its number comes from.
        measure: The id of the KPI, the goal or the item of a survey.
        aspect: What it tells about.
        level: Whose work it tells about.
        weight: How much it counts, as a fraction: of the whole, or of its level where the
            scorecard states a mix of levels.
        curve: How many points its number is worth.
        remedy: What would help where it is weak, if something is known to.

    .. versionadded:: 0.1.0
    """

    name: str = attrs.field(validator=is_name)
    kind: ComponentKind = attrs.field(default=ComponentKind.KPI, validator=is_a(ComponentKind))
    measure: str = attrs.field(validator=is_id)
    aspect: KpiGroup = attrs.field(validator=is_a(KpiGroup))
    level: Level = attrs.field(default=Level.PERSONAL, validator=is_a(Level))
    weight: Decimal = attrs.field(converter=attrs.Converter(decimal, takes_field=True))  # type: ignore[misc]
    curve: Curve = attrs.field(validator=is_a(Curve))
    remedy: Phrase | None = attrs.field(
        default=None, validator=attrs.validators.optional(is_a(Phrase))
    )

    @weight.validator
    def _is_a_share(self, field: attrs.Attribute[Decimal], value: Decimal) -> None:
        if not 0 < value <= 1:
            raise refusal(field, str(value), "be a fraction above 0 and at most 1 (0.4, not 40)")

    @classmethod
    def of_kpi(
        cls,
        kpi: Kpi,
        *,
        weight: Decimal | int | str,
        curve: Curve,
        name: str | None = None,
        level: Level = Level.PERSONAL,
        remedy: Phrase | None = None,
    ) -> Component:
        """Return the component of a KPI.

        Args:
            kpi: The KPI.
            weight: How much it counts, as a fraction.
            curve: How many points its number is worth.
            name: What people call the component; the English name of the KPI unless stated.
            level: Whose work it tells about.
            remedy: What would help where it is weak, if something is known to.

        Raises:
            InvalidValueError: If the curve improves in another direction than the KPI.
        """
        if curve.direction is not kpi.direction:
            rule = f"have the direction of {kpi.id}, {kpi.direction.label}"
            raise InvalidValueError("curve", curve.direction.label.en, rule)
        return cls(
            name=name or kpi.name.en,
            measure=kpi.id,
            aspect=kpi.group,
            level=level,
            weight=weight,
            curve=curve,
            remedy=remedy,
        )

    @property
    def words(self) -> Phrase:
        """Measure, weight and curve in one clause."""
        percent = percent_of(self.weight)
        return Phrase(
            f"{self.measure} ({self.level.label.en}) at {percent} %: {self.curve.words.en}",
            f"{self.measure}（{self.level.label.zh}），权重{percent}%：{self.curve.words.zh}",
        )
