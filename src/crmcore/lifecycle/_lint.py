"""The linter of stage models: stages nobody reaches, rules that never move anybody."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from crmcore.improvement import Finding, Severity, in_order
from crmcore.kernel import Phrase

from ._model import StageModel
from ._stage import Stage, StageRule, in_course


def lint(model: StageModel) -> tuple[Finding, ...]:
    """Return what is wrong with a stage model, the gravest first.

    The linter looks at who may move where, and takes criteria for the same only where they
    are equal. The kinds of findings are

    - ``unreachable_stage``: no chain of allowed moves leads there from the initial stage;
    - ``dead_rule``: it can move nobody, because its stages are unreachable or because rules
      before it ask for the same;
    - ``stage_without_exit``: who is in it stays for ever;
    - ``two_rules_for_one_move``: two rules lead from the same stage to the same stage.

    .. versionadded:: 0.1.0
    """
    reached = _reached(model)
    return in_order(
        [
            *_unreachable(reached),
            *_dead(model, reached),
            *_without_exit(model, reached),
            *_twice(model),
        ]
    )


def _reached(model: StageModel) -> frozenset[Stage]:
    reached = {model.initial}
    waiting = [model.initial]
    while waiting:
        here = waiting.pop()
        for rule in model.rules:
            if here in rule.allowed_from and rule.stage not in reached:
                reached.add(rule.stage)
                waiting.append(rule.stage)
    return frozenset(reached)


def _unreachable(reached: frozenset[Stage]) -> Iterator[Finding]:
    for stage in Stage:
        if stage not in reached:
            yield Finding(
                kind="unreachable_stage",
                severity=Severity.WARNING,
                subject=f"stage:{stage}",
                title=Phrase(
                    f"no allowed move leads to the stage {stage.label.en}",
                    f"没有任何允许的转换可以到达阶段“{stage.label.zh}”",
                ),
                suggestion=Phrase(
                    "add a rule that leads there from a stage that is reached",
                    "增加一条从可到达阶段转入该阶段的规则",
                ),
            )


def _dead(model: StageModel, reached: frozenset[Stage]) -> Iterator[Finding]:
    for place, rule in enumerate(model.rules):
        reachable = reached.intersection(rule.allowed_from)
        earlier = [
            other
            for other in model.rules[:place]
            if other.entry == rule.entry and reachable.intersection(other.allowed_from)
        ]
        if not reachable.difference(*(other.allowed_from for other in earlier)):
            yield Finding(
                kind="dead_rule",
                severity=Severity.WARNING,
                subject=f"rule:{rule.name}",
                title=Phrase(
                    f"the rule {rule.name} can move nobody", f"规则 {rule.name} 不会移动任何客户"
                ),
                evidence=(
                    ("allowed_from", _words(rule.allowed_from)),
                    ("same_entry_before", ", ".join(other.name for other in earlier) or "none"),
                ),
                suggestion=Phrase(
                    "let it lead on from a stage that is reached, or leave it out",
                    "让它从可到达的阶段转出，或删除该规则",
                ),
            )


def _without_exit(model: StageModel, reached: frozenset[Stage]) -> Iterator[Finding]:
    left = {stage for rule in model.rules for stage in rule.allowed_from}
    for stage in in_course(reached - left):
        yield Finding(
            kind="stage_without_exit",
            severity=Severity.WARNING,
            subject=f"stage:{stage}",
            title=Phrase(
                f"no rule leads out of the stage {stage.label.en}",
                f"没有规则可以离开阶段“{stage.label.zh}”",
            ),
            suggestion=Phrase("add a rule that leads on from it", "增加一条从该阶段转出的规则"),
        )


def _twice(model: StageModel) -> Iterator[Finding]:
    for first, second in combinations(model.rules, 2):
        shared = _shared(first, second)
        if shared:
            yield Finding(
                kind="two_rules_for_one_move",
                severity=Severity.NOTE,
                subject=f"rule:{second.name}",
                title=Phrase(
                    f"the rules {first.name} and {second.name} both lead from "
                    f"{_words(shared)} to {first.stage}",
                    f"规则 {first.name} 与 {second.name} 都从 {_words(shared)} 转到 {first.stage}",
                ),
                evidence=(("with", first.name),),
                suggestion=Phrase("join them with *or*", "用“或”合并两条规则"),
            )


def _shared(first: StageRule, second: StageRule) -> tuple[Stage, ...]:
    if first.stage is not second.stage:
        return ()
    return in_course(stage for stage in first.allowed_from if stage in second.allowed_from)


def _words(stages: tuple[Stage, ...]) -> str:
    return ", ".join(stages)
