"""Scorecards: what an evaluation looks at, and how much each part of it counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import attrs

from crmcore.checks import day, decimal, is_a, is_id, is_name, is_text, refusal
from crmcore.errors import InvalidValueError
from crmcore.improvement import Finding, Severity, in_order
from crmcore.kernel import LabelledEnum, Phrase
from crmcore.kpis import Kpi, KpiGroup

from ._curve import FULL, Curve
from ._numbers import shown, total

_ONE: Final = Decimal(1)


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
        level: Level = Level.PERSONAL,
        remedy: Phrase | None = None,
    ) -> Component:
        """Return the component of a KPI, under its English name.

        Raises:
            InvalidValueError: If the curve improves in another direction than the KPI.
        """
        if curve.direction is not kpi.direction:
            rule = f"have the direction of {kpi.id}, {kpi.direction.label}"
            raise InvalidValueError("curve", curve.direction.label.en, rule)
        return cls(
            name=kpi.name.en,
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
        percent = shown(self.weight * 100)
        return Phrase(
            f"{self.measure} ({self.level.label.en}) at {percent} %: {self.curve.words.en}",
            f"{self.measure}（{self.level.label.zh}），权重{percent}%：{self.curve.words.zh}",
        )


def _components(found: Iterable[Component]) -> tuple[Component, ...]:
    components = tuple(found)
    for component in components:
        if not isinstance(component, Component):
            raise InvalidValueError("components", component, "be a list of Component")
    return components


def _mix(found: Any) -> tuple[tuple[Level, Decimal], ...]:  # noqa: ANN401 - a mapping or pairs
    pairs = found.items() if isinstance(found, Mapping) else found
    shares = {Level(level): decimal(share, "mix") for level, share in pairs}
    return tuple((level, shares[level]) for level in Level if level in shares)


@attrs.frozen(kw_only=True)
class Scorecard:
    """Components whose weights sum to one.

    With a *mix*, the weights sum to one within each level, and the mix says how much each level
    counts: 0.6 for the team and 0.4 for the member's own work. Everything is exact.

    A component without a number is left out, the others of its level take its weight in
    proportion, and the evaluation says so. Where numbers are missing for too much of the
    weight there is no score: with *least_known* at 1 a single one is enough for that.

    Attributes:
        name: What people call it.
        components: What is looked at, each under a name of its own.
        mix: How much each level counts, as fractions that sum to one; empty where the weights
            of the components are those of the whole.
        least_known: The least share of the weight for which numbers must be there.
        strength_from: From how many points on a component is a strength.
        improve_below: Below how many points it is a point to improve.
        version: Which version of the scorecard this is.
        since: The first day on which this version counts; always where it is None.
        reason: Why this version differs from the one before, if there was one.

    .. versionadded:: 0.1.0
    """

    name: str = attrs.field(validator=is_name)
    components: tuple[Component, ...] = attrs.field(converter=_components)
    mix: tuple[tuple[Level, Decimal], ...] = attrs.field(default=(), converter=_mix)
    least_known: Decimal = attrs.field(
        default=Decimal("0.5"),
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
    )
    strength_from: Decimal = attrs.field(
        default=FULL,
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
    )
    improve_below: Decimal = attrs.field(
        default=FULL,
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
    )
    version: str = attrs.field(default="1", validator=is_id)
    since: date | None = attrs.field(default=None)
    reason: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_text))

    @components.validator
    def _have_their_own_names(
        self, field: attrs.Attribute[Any], value: tuple[Component, ...]
    ) -> None:
        if not value:
            raise refusal(field, (), "hold at least one component")
        names = [component.name for component in value]
        for name in names:
            if names.count(name) > 1:
                raise refusal(field, name, "have names of their own")

    @mix.validator
    def _sums_to_one(
        self, field: attrs.Attribute[Any], value: tuple[tuple[Level, Decimal], ...]
    ) -> None:
        if not value:
            _want_one("weights of the components", self.components)
            return
        found = {component.level for component in self.components}
        if {level for level, _ in value} != found:
            levels = ", ".join(level for level in Level if level in found)
            raise refusal(field, ", ".join(level for level, _ in value), f"be of {levels}")
        for level, share in value:
            if share <= 0:
                raise refusal(field, str(share), "hold shares above 0")
            _want_one(
                f"weights of {level.label}",
                [each for each in self.components if each.level is level],
            )
        if (found_sum := total(share for _, share in value)) != _ONE:
            raise refusal(field, str(found_sum), "sum to 1")

    @least_known.validator
    def _is_a_share(self, field: attrs.Attribute[Decimal], value: Decimal) -> None:
        if not 0 < value <= 1:
            raise refusal(field, str(value), "be a fraction above 0 and at most 1")

    @improve_below.validator
    def _is_not_above_strength(self, field: attrs.Attribute[Decimal], value: Decimal) -> None:
        if value > self.strength_from:
            raise refusal(field, str(value), f"be at most strength_from, {self.strength_from}")

    @since.validator
    def _is_a_day(self, field: attrs.Attribute[date | None], value: date | None) -> None:
        if value is not None:
            day(value, field)

    def shares(self, known: Iterable[str] | None = None) -> dict[str, Fraction]:
        """Return how much each component counts of the whole, by name.

        Args:
            known: The names of the components that have a number; the others count nothing,
                and what is left is spread within their level. All where it is left out.
        """
        names = {each.name for each in self.components} if known is None else set(known)
        counted = [each for each in self.components if each.name in names]
        mix = dict(self.mix)
        present = {each.level for each in counted}
        whole = sum(Fraction(share) for level, share in mix.items() if level in present)
        shares = dict.fromkeys((each.name for each in self.components), Fraction(0))
        for each in counted:
            like = [other for other in counted if not mix or other.level is each.level]
            part = Fraction(each.weight) / sum(Fraction(other.weight) for other in like)
            shares[each.name] = part * (Fraction(mix[each.level]) / whole if mix else 1)
        return shares

    def gaps(self, *, fewest_aspects: int = 3) -> tuple[Finding, ...]:
        """Return a finding for each thing that a fair scorecard has and this one lacks.

        These are work across departments, satisfaction, and several aspects.

        Args:
            fewest_aspects: How many different things the components must tell about.
        """
        aspects = {component.aspect for component in self.components}
        found = []
        if all(component.level is not Level.COOPERATION for component in self.components):
            found.append(self._gap("cooperation", _NO_COOPERATION))
        if KpiGroup.SATISFACTION not in aspects:
            found.append(self._gap("satisfaction", _NO_SATISFACTION))
        if len(aspects) < fewest_aspects:
            told = sorted(aspects)
            en = ", ".join(aspect.label.en for aspect in told)
            zh = "、".join(aspect.label.zh for aspect in told)
            title = Phrase(
                f"tells about {len(aspects)} of at least {fewest_aspects} aspects: {en}",
                f"只涉及{len(aspects)}个方面（至少应有{fewest_aspects}个）：{zh}",
            )
            found.append(self._gap("aspects", title))
        return in_order(found)

    def _gap(self, kind: str, title: Phrase) -> Finding:
        return Finding(
            kind=f"scorecard_{kind}",
            severity=Severity.WARNING,
            subject=f"scorecard:{self.name}",
            title=Phrase(f"{self.name} {title.en}", f"{self.name}{title.zh}"),
            evidence=(("version", self.version),),
        )

    def changes(self, before: Scorecard) -> tuple[Phrase, ...]:
        """Return in words what this version changes of another one, by name."""
        old = {component.name: component for component in before.components}
        new = {component.name: component for component in self.components}
        found = []
        for name in sorted(old.keys() | new.keys()):
            if name not in new:
                found.append(Phrase(f"{name} is dropped", f"删除{name}"))
            elif name not in old:
                added = new[name].words
                found.append(Phrase(f"{name} is new: {added.en}", f"新增{name}：{added.zh}"))
            elif old[name].words != new[name].words:
                was, now = old[name].words, new[name].words
                found.append(
                    Phrase(
                        f"{name} was {was.en}; is {now.en}", f"{name}：原为{was.zh}；现为{now.zh}"
                    )
                )
        if before.mix != self.mix:
            was, now = _said(before.mix), _said(self.mix)
            found.append(
                Phrase(f"the mix was {was.en}; is {now.en}", f"比例：原为{was.zh}；现为{now.zh}")
            )
        return tuple(found)


_NO_COOPERATION: Final = Phrase(
    "has no component about the work across departments", "没有跨部门协作的考核内容"
)
_NO_SATISFACTION: Final = Phrase("has no component about satisfaction", "没有满意度的考核内容")


def _want_one(name: str, components: Iterable[Component]) -> None:
    found = total(component.weight for component in components)
    if found != _ONE:
        raise InvalidValueError(name, str(found), "sum to 1")


def _said(mix: tuple[tuple[Level, Decimal], ...]) -> Phrase:
    if not mix:
        return Phrase("none", "无")
    parts = [(level.label, shown(share * 100)) for level, share in mix]
    return Phrase(
        ", ".join(f"{label.en} {percent} %" for label, percent in parts),
        "、".join(f"{label.zh}{percent}%" for label, percent in parts),
    )
