"""Stages: where a customer stands, and the rules that move a customer on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import attrs

from crmcore.checks import is_id
from crmcore.criteria import Criterion, Explanation
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.features import CustomerFeatures
from crmcore.kernel import CustomerId, LabelledEnum, Phrase


class Stage(LabelledEnum):
    """Where a customer stands in the course of the relationship.

    .. versionadded:: 0.1.0
    """

    PROSPECT = "prospect", "prospect", "潜在客户"
    NEW = "new", "new", "新客户"
    ACTIVE = "active", "active", "活跃客户"
    LOYAL = "loyal", "loyal", "忠诚客户"
    AT_RISK = "at_risk", "at risk", "流失风险"
    LOST = "lost", "lost", "流失客户"
    REACTIVATED = "reactivated", "reactivated", "挽回客户"


def in_course(stages: Iterable[Stage]) -> tuple[Stage, ...]:
    """Return the distinct stages in the order in which `Stage` names them.

    Raises:
        UnknownNameError: If one of them is no stage.
    """
    wanted = set(stages)
    for stranger in sorted(wanted.difference(Stage)):
        raise UnknownNameError("stage", stranger, [stage.value for stage in Stage])
    return tuple(stage for stage in Stage if stage in wanted)


@attrs.frozen(kw_only=True)
class StageRule:
    """Who moves to a stage, and from which stages.

    Attributes:
        stage: The stage that the rule leads to.
        entry: Who enters it; a customer of whom it is unknown stays.
        allowed_from: The stages that it leads on from, at least one and not its own.
        name: How the rule is called; its stage, unless stated.

    .. versionadded:: 0.1.0
    """

    stage: Stage
    entry: Criterion
    allowed_from: tuple[Stage, ...] = attrs.field(converter=in_course)
    name: str = attrs.field(
        default=attrs.Factory(lambda self: self.stage.value, takes_self=True), validator=is_id
    )

    @allowed_from.validator
    def _leads_on(
        self, attribute: attrs.Attribute[tuple[Stage, ...]], value: tuple[Stage, ...]
    ) -> None:
        if not value or self.stage in value:
            shown = [str(stage) for stage in value]
            rule = f"name at least one stage, and not {self.stage} itself"
            raise InvalidValueError(attribute.name, shown, rule)


@attrs.frozen(kw_only=True)
class StageChange:
    """A customer moved from one stage to another.

    Attributes:
        customer: Who moved.
        day: The day as of which the rule held: its facts lie before that day.
        before: The stage that the customer left.
        rule: The rule that moved the customer, first in order among those that could.

    .. versionadded:: 0.1.0
    """

    customer: CustomerId
    day: date
    before: Stage
    rule: StageRule

    @property
    def after(self) -> Stage:
        """The stage that the customer entered."""
        return self.rule.stage

    @property
    def reason(self) -> Phrase:
        """Which rule moved the customer, and what it asks for."""
        words = self.rule.entry.words
        return Phrase(f"rule {self.rule.name}: {words.en}", f"规则 {self.rule.name}：{words.zh}")

    def explain(self, features: CustomerFeatures) -> Explanation:
        """Return why the rule held for the features that the change was decided on.

        Raises:
            InvalidValueError: If the features are another customer's, or of another day.
        """
        if (features.customer, features.as_of) != (self.customer, self.day):
            rule = f"be those of {self.customer!r} as of {self.day}"
            raise InvalidValueError("features", f"{features.customer!r} {features.as_of}", rule)
        return self.rule.entry.explain(features, as_of=features.as_of)

    def __str__(self) -> str:
        """Say who moved when, from where to where, and by which rule."""
        move = f"{self.before} → {self.after}"
        return f"{self.day} · {self.customer} · {move} · rule {self.rule.name}"
