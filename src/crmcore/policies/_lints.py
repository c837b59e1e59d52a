"""What linting finds in the criteria of a policy, as findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from crmcore.criteria import Criterion
from crmcore.features import FEATURES
from crmcore.improvement import Finding, Severity
from crmcore.kernel import Phrase
from crmcore.lifecycle import StageModel
from crmcore.linting import Lint, LintKind, lint
from crmcore.scoring import RuleSet
from crmcore.segments import SegmentTable, TierPolicy
from crmcore.verdicts import Use

_SCORES: Final = frozenset({"r", "f", "m"})
PREDICTED: Final = ("alive", "expected_purchases", "lifetime_value")


def segment_findings(table: SegmentTable) -> Iterator[Finding]:
    """Yield what is wrong with segments that ask for more than the three scores.

    Those that ask for nothing else are checked cell by cell. Who has never bought has no scores
    and is in no segment, so that missing data is no finding.
    """
    criteria = [segment.criterion for segment in table.segments]
    if any(criterion.fields - _SCORES for criterion in criteria) and all(map(_runs, criteria)):
        yield from _findings(table.lint(FEATURES), "segment", leave_out={LintKind.UNPLACED})


def tier_findings(policy: TierPolicy) -> Iterator[Finding]:
    """Yield the tiers that nobody can enter."""
    if all(_runs(policy.entry(tier.name)) for tier in policy.tiers):
        yield from _findings(policy.lint(FEATURES), "tier", leave_out=())


def rule_findings(rules: RuleSet) -> Iterator[Finding]:
    """Yield what is wrong with scoring rules.

    That who meets one rule meets another one is how points add up, and is no finding.
    """
    if all(_runs(rule.when) for rule in rules.rules):
        yield from _findings(rules.lint(FEATURES), "rule", leave_out={LintKind.IMPLIED})


def stage_findings(model: StageModel) -> Iterator[Finding]:
    """Yield what is wrong with single criteria of the stages; which of them win is not asked."""
    entries = {rule.name: rule.entry for rule in model.rules if _runs(rule.entry)}
    found = lint(entries, schema=FEATURES, mode="independent", use=Use.TRANSITION)
    likes = {LintKind.IMPLIED, LintKind.EQUIVALENT, LintKind.TAUTOLOGY}
    yield from _findings(found, "stage_rule", leave_out=likes)


def untold_findings(table: SegmentTable, rules: RuleSet) -> Iterator[Finding]:
    """Yield the segments and rules that ask what nobody tells where a policy tells no value."""
    asking = (
        *(("segment", "细分", each.name, each.criterion) for each in table.segments),
        *(("rule", "规则", each.name, each.when) for each in rules.rules),
    )
    for noun, chinese, name, criterion in asking:
        asked = sorted(criterion.fields.intersection(PREDICTED))
        if asked:
            listed = ", ".join(asked)
            yield Finding(
                kind="untold",
                severity=Severity.WARNING,
                subject=f"{noun}:{name}",
                title=Phrase(
                    f"the {noun} {name!r} asks for {listed}, and the policy tells no value",
                    f"{chinese}“{name}”使用{listed}，但规则集未启用客户价值",
                ),
                suggestion=Phrase(
                    f"add a table [value] to the policy, or leave {listed} out",
                    f"在规则集中添加[value]，或不使用{listed}",
                ),
            )


def _runs(criterion: Criterion) -> bool:
    """Say whether a criterion reads features only; others are for their owner to check."""
    return not FEATURES.faults(criterion)


def _findings(
    lints: Iterable[Lint], noun: str, *, leave_out: Iterable[LintKind]
) -> Iterator[Finding]:
    for one in lints:
        if one.kind in leave_out:
            continue
        is_open = one.kind is LintKind.NOT_DECIDED
        severity = Severity.NOTE if is_open else Severity.WARNING
        yield Finding(
            kind=str(one.kind),
            severity=Severity.CRITICAL if one.is_error else severity,
            subject=f"{noun}:{one.names[0]}" if one.names else f"{noun}s",
            title=one.message,
            evidence=tuple((name, str(value)) for name, value in one.witness or ()),
        )
