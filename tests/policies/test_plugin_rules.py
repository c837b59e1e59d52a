"""Policies whose stages and rules ask plugin predicates."""

from __future__ import annotations

from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from crmcore.codec import from_data, from_json, to_data, to_json
from crmcore.criteria import F, Predicates, predicate
from crmcore.errors import FaultsError
from crmcore.policies import Policy
from crmcore.segments import Segment

TEXT = resources.files("crmcore.policies").joinpath("default.toml").read_text("utf-8")


@predicate("acme.is_quiet", version="1.0", reads={"days_since_last": int | None})
def is_quiet(customer: Any, days: int = 365) -> bool | None:  # noqa: ANN401 - of no class
    """Has not bought for long."""
    silence = customer.days_since_last
    return None if silence is None else bool(silence > days)


PREDICATES = Predicates.of(is_quiet)
ASKING = TEXT.replace('"days_since_last > 365"', '"acme.is_quiet(days=365)"', 1).replace(
    '"frequency >= 3"', '{ not = { call = ["acme.is_quiet", {}] } }', 1
)


def test_stages_and_rules_ask_predicates(tmp_path: Path) -> None:
    """A policy is read with the predicates that it may ask, from text as from a file."""
    path = tmp_path / "policy.toml"
    path.write_text(ASKING, "utf-8")

    policy = Policy.load(path, predicates=PREDICATES)

    assert policy == Policy.from_toml(ASKING, predicates=PREDICATES)
    assert policy.stages.rules[0].entry == is_quiet(days=365)
    rule = policy.rules.rules[0]
    assert rule.when == ~is_quiet()
    score = policy.rules.score({"days_since_last": 20}, as_of=date(2026, 9, 30))
    assert "buys again and again" in str(score)
    assert policy.fingerprint != Policy.default().fingerprint


def test_without_them_each_place_is_told() -> None:
    """A policy file runs no code that its reader did not hand over."""
    with pytest.raises(FaultsError) as refused:
        Policy.from_toml(ASKING)

    in_text, in_data = map(str, refused.value.faults)
    unknown = "unknown predicate 'acme.is_quiet'; none is known"
    assert in_text.startswith(f"stages[0].entry: line 1, column 1: {unknown}")
    assert in_data == f"rules.rules[0].when.not.call: {unknown}"


def test_whatever_has_criteria_is_read_with_predicates() -> None:
    """The codec hands the predicates to every criterion in the data."""
    segment = Segment("quiet", is_quiet(days=90) & (F.frequency > 1))

    assert from_data(Segment, to_data(segment), predicates=PREDICATES) == segment
    assert from_json(Segment, to_json(segment), predicates=PREDICATES) == segment
    with pytest.raises(FaultsError, match=r"unknown predicate 'acme.is_quiet'"):
        from_json(Segment, to_json(segment))
