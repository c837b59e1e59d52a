"""The stage model: rules in order of priority, taken one step at a time.

At each checkpoint the model looks at the stage a customer stands in and at the customer's
features as of that day. Of the rules that lead on from this stage, the first that *holds*
moves the customer; a rule of which it is unknown whether it holds moves nobody. There is at
most one move at a checkpoint, so that every stage a customer was in is in the history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cached_property, lru_cache
from typing import Final, TypeAlias

import attrs

from crmcore.checks import is_id
from crmcore.errors import Fault, FaultsError
from crmcore.features import CustomerFeatures

from ._course import in_order
from ._history import StageHistory
from ._stage import Stage, StageChange, StageRule

Judge: TypeAlias = Callable[[object], "bool | None"]
Moves: TypeAlias = Mapping[Stage, tuple[tuple[Judge, StageRule], ...]]

_MOST_DAYS_KEPT: Final = 64


def _rules(rules: Iterable[StageRule]) -> tuple[StageRule, ...]:
    return tuple(rules)


@attrs.frozen(kw_only=True)
class StageModel:
    """The rules by which customers move between stages.

    Attributes:
        rules: The rules, the first to be asked first; their names differ.
        initial: The stage of a customer of whom nothing has been judged yet.
        version: Which edition of the rules this is.

    .. versionadded:: 0.1.0
    """

    rules: tuple[StageRule, ...] = attrs.field(converter=_rules)
    initial: Stage = Stage.PROSPECT
    version: str = attrs.field(default="1", validator=is_id)

    @rules.validator
    def _differ_in_name(
        self, _: attrs.Attribute[tuple[StageRule, ...]], value: tuple[StageRule, ...]
    ) -> None:
        seen: set[str] = set()
        faults: list[Fault] = []
        for place, rule in enumerate(value):
            if rule.name in seen:
                problem = f"a rule before it is called {rule.name!r}; give each its own name"
                faults.append(Fault(f"rules[{place}].name", problem))
            seen.add(rule.name)
        if faults:
            raise FaultsError("stage model", faults)

    def step(self, current: Stage, features: CustomerFeatures) -> StageChange | None:
        """Return the move that a customer in the stage *current* makes, if one is due.

        Args:
            current: Where the customer stands.
            features: What is known of the customer, as of the day of the move.
        """
        for holds, rule in self._moves(features.as_of)[current]:
            if holds(features):
                return StageChange(
                    customer=features.customer, day=features.as_of, before=current, rule=rule
                )
        return None

    def replay(self, features: Iterable[CustomerFeatures]) -> StageHistory:
        """Return the stages of one customer over the checkpoints at which *features* were taken.

        Args:
            features: The customer's features at each checkpoint, in any order.

        Raises:
            InvalidValueError: If there are none, two of one day, or those of two customers.
        """
        taken = in_order(features)
        stage = self.initial
        changes: list[StageChange] = []
        for checkpoint in taken:
            change = self.step(stage, checkpoint)
            if change is not None:
                changes.append(change)
                stage = change.after
        return StageHistory(
            customer=taken[0].customer,
            initial=self.initial,
            since=taken[0].as_of,
            as_of=taken[-1].as_of,
            changes=changes,
        )

    def _moves(self, as_of: date) -> Moves:
        lasting = self._lasting
        return _compiled(self.rules, as_of) if lasting is None else lasting

    @cached_property
    def _lasting(self) -> Moves | None:
        """The compiled rules, where no rule asks for the day of judgement itself."""
        if any(rule.entry.needs_as_of for rule in self.rules):
            return None
        return _compiled(self.rules, None)


@lru_cache(maxsize=_MOST_DAYS_KEPT)
def _compiled(rules: tuple[StageRule, ...], as_of: date | None) -> Moves:
    judges = [rule.entry.compile(as_of=as_of, of=CustomerFeatures) for rule in rules]
    return {
        stage: tuple(
            (judge, rule)
            for judge, rule in zip(judges, rules, strict=True)
            if stage in rule.allowed_from
        )
        for stage in Stage
    }
