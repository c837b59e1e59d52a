"""Scorecards: what an evaluation looks at, and how much each part of it counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, Self

import attrs

from crmcore.checks import day, decimal, is_id, is_name, is_text, refusal
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.improvement import Finding, Severity, in_order
from crmcore.kernel import Phrase
from crmcore.kpis import KpiGroup, Scorecard, kpi

from ._component import Component, Level
from ._curve import FULL, Curve
from ._numbers import percent_of, to_decimal, total

_ONE: Final = Decimal(1)
_PARTS: Final = 10_000


def _components(found: Iterable[Component]) -> tuple[Component, ...]:
    components: tuple[Any, ...] = tuple(found) if isinstance(found, Iterable) else (found,)
    for component in components:
        if not isinstance(component, Component):
            raise InvalidValueError("components", component, "be a list of Component")
    return components


def _mix(
    found: Mapping[Level, Decimal | int | str] | Iterable[tuple[Level, Decimal | int | str]],
) -> tuple[tuple[Level, Decimal], ...]:
    known = {level.value: level for level in Level}
    if not isinstance(found, Iterable):
        raise InvalidValueError("mix", found, "be levels with their shares")
    shares = {
        known.get(level, level): decimal(share, "mix") for level, share in dict(found).items()
    }
    return tuple(sorted(shares.items(), key=lambda each: [*Level, each[0]].index(each[0])))


@attrs.frozen(kw_only=True)
class WeightedScorecard:
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

    @classmethod
    def of_team(
        cls,
        team: Scorecard,
        curves: Mapping[str, Curve],
        *,
        level: Level = Level.TEAM,
        version: str = "1",
        since: date | None = None,
        reason: str | None = None,
    ) -> Self:
        """Return the scorecard of a team, such as one of ``kpis.SCORECARDS``, with equal weights.

        One is not always a whole number of decimals: where it is not, the first components
        count a ten-thousandth more than the last, so that the weights sum to one.

        Args:
            team: The KPIs of the team.
            curves: How many points the number of each of them is worth, by its id.
            level: Whose work they tell about.
            version: Which version of the scorecard this is.
            since: The first day on which this version counts; always where it is None.
            reason: Why this version differs from the one before, if there was one.

        Raises:
            InvalidValueError: If a KPI has no curve, or one in another direction.
            UnknownNameError: If a curve is of no KPI of the team.
        """
        for name in curves:
            if name not in team.kpis:
                raise UnknownNameError("KPI of the team", name, team.kpis)
        count = len(team.kpis)
        components = []
        for place, name in enumerate(team.kpis):
            if name not in curves:
                raise InvalidValueError("curves", name, "have one for each KPI of the team")
            weight = to_decimal(Fraction(_PARTS // count + (place < _PARTS % count), _PARTS))
            components.append(
                Component.of_kpi(kpi(name), weight=weight, curve=curves[name], level=level)
            )
        return cls(
            name=team.team.en, components=components, version=version, since=since, reason=reason
        )

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

    def changes(self, before: WeightedScorecard) -> tuple[Phrase, ...]:
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
        for what, one, other in (
            (_LEAST_KNOWN, before.least_known, self.least_known),
            (_STRENGTH_FROM, before.strength_from, self.strength_from),
            (_IMPROVE_BELOW, before.improve_below, self.improve_below),
        ):
            if one != other:
                found.append(
                    Phrase(f"{what.en} was {one}; is {other}", f"{what.zh}：原为{one}；现为{other}")
                )
        return tuple(found)


_LEAST_KNOWN: Final = Phrase("the share that must be known", "必须已知的权重比例")
_STRENGTH_FROM: Final = Phrase("the bar for a strength", "优势分数线")
_IMPROVE_BELOW: Final = Phrase("the bar for a point to improve", "待改进分数线")
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
    parts = [(level.label, percent_of(share)) for level, share in mix]
    return Phrase(
        ", ".join(f"{label.en} {percent} %" for label, percent in parts),
        "、".join(f"{label.zh}{percent}%" for label, percent in parts),
    )
