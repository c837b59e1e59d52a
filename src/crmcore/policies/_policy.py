"""Policies: everything that a company decides for itself, in one frozen value."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

import attrs

from crmcore.checks import is_id, is_name, is_zone
from crmcore.codec import from_data, to_json
from crmcore.criteria import Predicates
from crmcore.improvement import Finding, in_order
from crmcore.kpis import Kpi
from crmcore.lifecycle import StageModel
from crmcore.lifecycle import lint as lint_stages
from crmcore.notation import Limits, read_toml
from crmcore.scoring import RuleSet
from crmcore.segments import RfmBins, SegmentTable, TierPolicy
from crmcore.segments import lint as lint_segments

from ._book import BookPolicy
from ._file import PolicyFile, Rules, are_days, is_currency
from ._goal_template import GoalTemplate
from ._lints import rule_findings, segment_findings, stage_findings, tier_findings, untold_findings
from ._value import ValuePolicy

_DEFAULT = "default.toml"

# A policy is some pages; whatever is much larger is refused before it is read.
FILES: Final = Limits(bytes=2**19, digits=30)


@attrs.frozen(kw_only=True)
class Policy:
    """What a company decides for itself.

    Attributes:
        name: How the policy is called.
        version: Which edition of the policy it is.
        zone: The time zone whose days count.
        currency: The ISO 4217 code of all amounts.
        window_days: How long the recent window of the features is, in days.
        active_days: For how many days after an order a customer counts as active in KPIs.
        stages: How customers move between the stages of their life cycle.
        rfm: Where the scores of recency, frequency and monetary value begin.
        segments: Who belongs together.
        tiers: The service classes, and how customers move between them.
        rules: What gives points.
        kpis: The company's own definitions of KPIs, beside those of the library; one with the
            id and the first day of a definition of the library stands in its place.
        goals: What the KPIs are to come to.
        value: What is meant by the value of a customer; None where no value is to be told.
        book: How much care the customers of each tier get.

    .. versionadded:: 0.1.0
    """

    name: str = attrs.field(validator=is_name)
    version: str = attrs.field(validator=is_id)
    zone: str = attrs.field(validator=is_zone)
    currency: str = attrs.field(validator=is_currency)
    window_days: int = attrs.field(validator=are_days)
    active_days: int = attrs.field(validator=are_days)
    stages: StageModel
    rfm: RfmBins
    segments: SegmentTable
    tiers: TierPolicy
    rules: RuleSet
    kpis: tuple[Kpi, ...] = ()
    goals: tuple[GoalTemplate, ...] = ()
    value: ValuePolicy | None = None
    book: BookPolicy

    def __repr__(self) -> str:
        """Return which policy it is."""
        return f"<Policy {self.name!r}, version {self.version!r}, in {self.currency}, {self.zone}>"

    @classmethod
    def default(cls) -> Policy:
        """Return the policy that comes with the library, made for a shop for consumers."""
        return _default()

    @classmethod
    def load(
        cls, path: str | Path, *, predicates: Predicates | None = None, limits: Limits = FILES
    ) -> Policy:
        """Return the policy in a TOML file.

        Args:
            path: Where the file is.
            predicates: The plugin predicates that its rules may ask; none unless stated.
            limits: How large the file may be, 512 KiB unless stated, and how deep.

        Raises:
            FaultsError: With everything that is wrong with it, each with its path.
        """
        data = read_toml(Path(path), exact=True, limits=limits)
        return _made(data, str(path), predicates or Predicates())

    @classmethod
    def from_toml(
        cls,
        text: str,
        *,
        source: str = "policy",
        predicates: Predicates | None = None,
        limits: Limits = FILES,
    ) -> Policy:
        """Return the policy in a TOML text.

        Args:
            text: The text.
            source: How to call it in a message.
            predicates: The plugin predicates that its rules may ask; none unless stated.
            limits: How large the text may be, 512 KiB unless stated, and how deep.

        Raises:
            FaultsError: With everything that is wrong with it, each with its path.
        """
        data = read_toml(text, source=source, exact=True, limits=limits)
        return _made(data, source, predicates or Predicates())

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of all that it says; what is written alike is equal, comments apart."""
        return hashlib.sha256(to_json(self).encode()).hexdigest()

    def findings(self) -> tuple[Finding, ...]:
        """Return what linting says of its stages, segments, tiers and rules, the gravest first."""
        return in_order(
            [
                *lint_stages(self.stages),
                *stage_findings(self.stages),
                *lint_segments(self.segments),
                *segment_findings(self.segments),
                *self.rfm.findings(),
                *tier_findings(self.tiers),
                *rule_findings(self.rules),
                *(untold_findings(self.segments, self.rules) if self.value is None else ()),
            ]
        )


def _made(data: Mapping[str, Any], source: str, predicates: Predicates) -> Policy:
    if "rules" in data:
        data = {**data, "rules": Rules(data["rules"], predicates)}
    file = from_data(PolicyFile, data, source=source, predicates=predicates)
    return Policy(
        name=file.name,
        version=file.version,
        zone=file.zone,
        currency=file.currency,
        window_days=file.window_days,
        active_days=file.active_days,
        stages=StageModel(rules=file.stages, initial=file.initial_stage, version=file.version),
        rfm=file.rfm,
        segments=SegmentTable(segments=file.segments, exactly_one=file.exactly_one_segment),
        tiers=TierPolicy(
            feature=file.tier_feature, tiers=file.tiers, minimum_days=file.tier_minimum_days
        ),
        rules=file.rules.read(),
        kpis=file.kpis,
        goals=file.goals,
        value=file.value,
        book=BookPolicy(file.book),
    )


@lru_cache(maxsize=1)
def _default() -> Policy:
    text = resources.files("crmcore.policies").joinpath(_DEFAULT).read_text("utf-8")
    return Policy.from_toml(text, source=_DEFAULT)
