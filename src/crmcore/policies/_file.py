"""The layout of a policy file, and everything that is checked before a policy is made of it.

Each table of the file is a field here. The codec runs the checks of all fields whose data it
could read, whatever is wrong with the others, so that the author hears of every fault at once.
The checks raise their faults with paths that go on where the field's own path ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, TypeAlias

import attrs

from crmcore.checks import between, is_id, is_name, is_zone
from crmcore.criteria import Criterion, Predicates, Schema
from crmcore.errors import Fault, FaultsError, InvalidValueError, UnknownNameError
from crmcore.features import FEATURES
from crmcore.improvement import Finding, Severity
from crmcore.kernel import minor_digits
from crmcore.kpis import CATALOGUE, SOURCES, Catalogue, Kpi
from crmcore.lifecycle import Stage, StageModel, StageRule
from crmcore.lifecycle import lint as lint_stages
from crmcore.scoring import RuleSet
from crmcore.segments import RfmBins, Segment, SegmentTable, Tier, TierPolicy
from crmcore.segments import lint as lint_segments

from ._book import TierCare
from ._goal_template import GoalTemplate
from ._lints import PREDICTED
from ._value import ValuePolicy

Field: TypeAlias = "attrs.Attribute[Any]"

# What each judgement may read: a verdict that is given later would be missing for ever.
_FOR_STAGES: Final = ("stage", "tier", "r", "f", "m", "segment", *PREDICTED)
_FOR_SEGMENTS: Final = ("segment",)
# What a part of the policy must not have: it could never work, or two parts would contradict
# each other. A note of the same kind is no fault.
_REFUSED: Final = {"dead_rule", "overlapping_segments", "unreachable_segment"}
# A hundred years, and more parts than anybody tells apart: the linters look at all pairs.
_MOST_DAYS: Final = 36_525
_MOST_PARTS: Final = 200

are_days: Final = between(1, _MOST_DAYS)


def _without(names: Iterable[str]) -> Schema:
    hidden = set(names)
    return Schema(tuple(column for column in FEATURES.columns if column[0] not in hidden))


def _refuse(faults: Iterable[Fault]) -> None:
    found = tuple(faults)
    if found:
        raise FaultsError("policy", found)


def _refuse_crowd(parts: Sequence[object]) -> None:
    if len(parts) > _MOST_PARTS:
        problem = f"there are {len(parts)}; keep at most {_MOST_PARTS}"
        raise FaultsError("policy", [Fault("", problem)])


def _of_criteria(
    criteria: Iterable[Criterion], name: str, not_yet: tuple[str, ...]
) -> Iterator[Fault]:
    """Yield what is wrong with criteria over what is known when they are asked."""
    schema = _without(not_yet)
    for place, criterion in enumerate(criteria):
        yield from schema.faults(criterion, path=f"[{place}].{name}")


def _of_making(make: Callable[[], object], prefix: str) -> Iterator[Fault]:
    """Yield what is wrong with what *make* makes, with paths that go on after *prefix*."""
    try:
        make()
    except FaultsError as error:
        for fault in error.faults:
            yield attrs.evolve(fault, path=fault.path.removeprefix(prefix).removeprefix("."))


def _of_linting(findings: Iterable[Finding], names: Sequence[str]) -> Iterator[Fault]:
    """Yield the findings that are faults of a part, by the place of the part."""
    refused = [
        (names.index(finding.subject.partition(":")[2]), finding)
        for finding in findings
        if finding.kind in _REFUSED and finding.severity is not Severity.NOTE
    ]
    for place, finding in sorted(refused, key=lambda pair: pair[0]):
        yield Fault(f"[{place}]", f"{finding.title.en}; {finding.suggestion}")


def _fit_stages(rules: Iterable[StageRule]) -> tuple[StageRule, ...]:
    return tuple(attrs.evolve(rule, entry=FEATURES.fit(rule.entry)) for rule in rules)


def _fit_segments(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    return tuple(
        attrs.evolve(segment, criterion=FEATURES.fit(segment.criterion)) for segment in segments
    )


def _are_stages(file: PolicyFile, _: Field, rules: tuple[StageRule, ...]) -> None:
    _refuse_crowd(rules)
    _refuse(_of_making(lambda: StageModel(rules=rules), "rules"))
    model = StageModel(rules=rules, initial=file.initial_stage)
    _refuse(
        [
            *_of_criteria((rule.entry for rule in rules), "entry", _FOR_STAGES),
            *_of_linting(lint_stages(model), [rule.name for rule in rules]),
        ]
    )


def _are_segments(file: PolicyFile, _: Field, segments: tuple[Segment, ...]) -> None:
    _refuse_crowd(segments)
    _refuse(_of_making(lambda: SegmentTable(segments=segments), "segments"))
    table = SegmentTable(segments=segments, exactly_one=file.exactly_one_segment)
    criteria = (segment.criterion for segment in segments)
    wrong = tuple(_of_criteria(criteria, "criterion", _FOR_SEGMENTS))
    # Cells can be put through the table only when its criteria can run.
    _refuse(wrong or _of_linting(lint_segments(table), [segment.name for segment in segments]))


def _are_tiers(_: object, __: Field, tiers: tuple[Tier, ...]) -> None:
    _refuse(_of_making(lambda: TierPolicy(tiers=tiers), "tiers"))


def _is_tier_feature(_: object, __: Field, value: str) -> None:
    TierPolicy(feature=value, tiers=(Tier(name="any"),))


@attrs.frozen
class Rules:
    """A rule set as it is written down.

    Attributes:
        data: What `RuleSet.from_data` takes.
        predicates: The plugin predicates that it may ask.
    """

    data: object
    predicates: Predicates

    def read(self) -> RuleSet:
        """Return the rule set."""
        return RuleSet.from_data(
            self.data, schema=FEATURES, predicates=self.predicates, path="rules"
        )


def _are_rules(_: object, __: Field, rules: Rules) -> None:
    _refuse(_of_making(rules.read, "rules"))


def _are_kpis(_: object, __: Field, kpis: tuple[Kpi, ...]) -> None:
    _refuse_crowd(kpis)
    faults = [
        Fault(f"[{place}].measure", str(UnknownNameError("source", str(source), SOURCES)))
        for place, each in enumerate(kpis)
        for source in sorted(map(str, each.measure.sources - SOURCES.keys()))
    ]
    _refuse(faults or _of_making(lambda: known_kpis(kpis), ""))


def _are_goals(file: PolicyFile, _: Field, goals: tuple[GoalTemplate, ...]) -> None:
    try:
        known = known_kpis(file.kpis)
    except InvalidValueError:  # which is told of the definitions themselves
        return
    faults: list[Fault] = []
    for place, each in enumerate(goals):
        try:
            each.check(known)
        except UnknownNameError as error:
            faults.append(Fault(f"[{place}].kpi", str(error)))
        except InvalidValueError as error:
            faults.append(Fault(f"[{place}].mode", str(error)))
    _refuse(faults)


def known_kpis(own: Iterable[Kpi]) -> Catalogue:
    """Return all definitions that a policy with some of its own may name."""
    return Catalogue(CATALOGUE).with_own(own)


def _is_book(file: PolicyFile, _: Field, care: tuple[TierCare, ...]) -> None:
    tiers = [tier.name for tier in file.tiers]
    named: set[str] = set()
    faults: list[Fault] = []
    for place, each in enumerate(care):
        if each.tier in named:
            problem = f"{each.tier!r} has a table before this one; join the two"
            faults.append(Fault(f"[{place}].tier", problem))
        elif each.tier not in tiers:
            problem = str(UnknownNameError("tier", each.tier, tiers))
            faults.append(Fault(f"[{place}].tier", problem))
        named.add(each.tier)
    faults += [
        Fault("", f"says nothing of tier {tier!r}; add a table for it")
        for tier in tiers
        if tier not in named
    ]
    _refuse(faults)


def is_currency(_: object, __: Field, value: str) -> None:
    minor_digits(value)


@attrs.frozen(kw_only=True)
class PolicyFile:
    """A policy as it is written down; the fields are those of the file.

    Attributes:
        tier_minimum_days: Days of the minimum stay in a tier.
        rules: The rule set, with the predicates that it may ask.
        kpis: Definitions of KPIs beside those of the library, or in place of them.
        value: What is meant by the value of a customer; a file without it tells no value.
        book: The care for the customers of each tier, each tier once.
    """

    name: str = attrs.field(validator=is_name)
    version: str = attrs.field(validator=is_id)
    zone: str = attrs.field(validator=is_zone)
    currency: str = attrs.field(validator=is_currency)
    window_days: int = attrs.field(validator=are_days)
    active_days: int = attrs.field(validator=are_days)
    initial_stage: Stage = Stage.PROSPECT
    exactly_one_segment: bool = False
    tier_feature: str = attrs.field(default="recent_spend", validator=_is_tier_feature)
    tier_minimum_days: int = attrs.field(default=0, validator=between(0, _MOST_DAYS))
    stages: tuple[StageRule, ...] = attrs.field(converter=_fit_stages, validator=_are_stages)
    rfm: RfmBins
    segments: tuple[Segment, ...] = attrs.field(converter=_fit_segments, validator=_are_segments)
    tiers: tuple[Tier, ...] = attrs.field(validator=_are_tiers)
    rules: Any = attrs.field(validator=_are_rules)
    kpis: tuple[Kpi, ...] = attrs.field(default=(), validator=_are_kpis)
    goals: tuple[GoalTemplate, ...] = attrs.field(default=(), validator=_are_goals)
    value: ValuePolicy | None = None
    book: tuple[TierCare, ...] = attrs.field(validator=_is_book)
