"""Books: how much care the customers of each tier get, and from whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

import attrs

from crmcore.checks import above, between, is_id
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.lifecycle import Stage
from crmcore.organization import SkillLevel

_WEEK_MINUTES: Final = 7 * 24 * 60


@attrs.frozen
class StageMinutes:
    """How long somebody looks after one customer of a stage.

    Attributes:
        stage: The stage.
        minutes: Minutes of work a week for each customer, from 1 to a whole week.

    .. versionadded:: 0.1.0
    """

    stage: Stage
    minutes: int = attrs.field(validator=between(1, _WEEK_MINUTES))


def _skills(levels: Iterable[SkillLevel]) -> tuple[SkillLevel, ...]:
    return tuple(sorted(levels))


def _by_stage(minutes: Iterable[StageMinutes]) -> tuple[StageMinutes, ...]:
    places = {stage: place for place, stage in enumerate(Stage)}
    return tuple(sorted(minutes, key=lambda each: places[each.stage]))


@attrs.frozen(kw_only=True)
class TierCare:
    """The care that customers of a tier get.

    Attributes:
        tier: The name of the tier.
        importance: How much a good fit of member and customer matters, in points for each
            percentage point of fit; 1 is an ordinary customer.
        skills: The skills that whoever looks after these customers must have, at a level.
        minutes: Minutes of work a week by stage. Customers of a stage that is not named need
            nobody of their own.

    .. versionadded:: 0.1.0
    """

    tier: str = attrs.field(validator=is_id)
    importance: int = attrs.field(default=1, validator=above(0))
    skills: tuple[SkillLevel, ...] = attrs.field(default=(), converter=_skills)
    minutes: tuple[StageMinutes, ...] = attrs.field(default=(), converter=_by_stage)

    @minutes.validator
    def _name_each_stage_once(
        self, attribute: attrs.Attribute[tuple[StageMinutes, ...]], value: tuple[StageMinutes, ...]
    ) -> None:
        stages = [str(each.stage) for each in value]
        if len(set(stages)) < len(stages):
            raise InvalidValueError(attribute.name, stages, "name each stage once")


def _care(care: Iterable[TierCare]) -> tuple[TierCare, ...]:
    return tuple(care)


@attrs.frozen
class BookPolicy:
    """How customers are looked after: the numbers that a distribution of them works with.

    Attributes:
        care: What the customers of each tier get, each tier once.

    .. versionadded:: 0.1.0
    """

    care: tuple[TierCare, ...] = attrs.field(converter=_care)

    @care.validator
    def _name_each_tier_once(
        self, attribute: attrs.Attribute[tuple[TierCare, ...]], value: tuple[TierCare, ...]
    ) -> None:
        for tier, count in sorted(Counter(each.tier for each in value).items()):
            if count > 1:
                raise InvalidValueError(attribute.name, tier, "name each tier once")

    def of(self, tier: str) -> TierCare:
        """Return the care that customers of *tier* get.

        Raises:
            UnknownNameError: If the policy does not name the tier.
        """
        for each in self.care:
            if each.tier == tier:
                return each
        raise UnknownNameError("tier", tier, [each.tier for each in self.care])

    def minutes(self, tier: str, stage: str) -> int:
        """Return the minutes a week that a customer needs; 0 where nobody need look after it.

        Raises:
            UnknownNameError: If the policy does not name the tier, or there is no such stage.
        """
        if stage not in set(Stage):
            raise UnknownNameError("stage", stage, [each.value for each in Stage])
        found = (each.minutes for each in self.of(tier).minutes if each.stage == stage)
        return next(found, 0)
