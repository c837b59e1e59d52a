"""A company's own definitions of KPIs in its policy."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from crmcore.codec import from_json, to_json
from crmcore.criteria import F
from crmcore.errors import FaultsError
from crmcore.kpis import Kpi
from crmcore.measures import Count, Ratio
from crmcore.policies import Policy

TEXT = resources.files("crmcore.policies").joinpath("default.toml").read_text("utf-8")
LARGE = """
[[kpis]]
id = "large_orders"
code = "Q1"
name = { en = "share of large orders", zh = "多件订单占比" }
group = "sales"
unit = "share"
direction = "higher_better"
numerator = { en = "orders of two things or more", zh = "两件及以上的订单数" }
denominator = { en = "orders", zh = "订单数" }
definition = { en = "Orders of two things or more by all orders.", zh = "多件订单数除以订单总数。" }
source = "our own"

[kpis.measure.ratio]
proportion = true
numerator = { count = { source = "purchases", where = "quantity >= 2" } }
denominator = { count = { source = "purchases" } }
"""
GOAL = """
[[goals]]
id = "large"
name = "Sell more at once"
kpi = "large_orders"
mode = "absolute"
target = 0.5
"""


def told(text: str) -> list[str]:
    """Return what is wrong with the text of a policy, as path and problem."""
    with pytest.raises(FaultsError) as refused:
        Policy.from_toml(text, source="policy.toml")
    return [str(fault) for fault in refused.value.faults]


def test_a_policy_may_define_kpis() -> None:
    """The definition in the file is the object that one would write, and goals may name it."""
    policy = Policy.from_toml(TEXT + LARGE + GOAL)

    (own,) = policy.kpis
    assert isinstance(own, Kpi)
    assert own.measure == Ratio(
        Count(F.quantity >= 2, source="purchases"),
        Count(source="purchases"),
        proportion=True,
    )
    assert policy.goals[-1].kpi == "large_orders"
    assert Policy.default().kpis == ()


def test_a_definition_is_part_of_what_a_policy_says() -> None:
    """Another definition is another fingerprint, and the policy survives its way through JSON."""
    policy = Policy.from_toml(TEXT + LARGE)

    assert policy.fingerprint != Policy.default().fingerprint
    assert from_json(Policy, to_json(policy)) == policy


def test_a_policy_with_kpis_is_read_from_a_file(tmp_path: Path) -> None:
    """A file says the same as its text."""
    path = tmp_path / "policy.toml"
    path.write_text(TEXT + LARGE, encoding="utf-8")

    assert Policy.load(path) == Policy.from_toml(TEXT + LARGE)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('source = "purchases"', 'source = "purchase"', "did you mean 'purchases'"),
        ('unit = "share"', 'unit = "shares"', "did you mean 'share'"),
        ('code = "Q1"', 'code = "K15"', "be of one KPI only"),
    ],
)
def test_what_is_wrong_with_a_definition_is_told_with_its_path(
    old: str, new: str, problem: str
) -> None:
    """A strange source, unit, code or reference is refused, and where it stands is said."""
    assert old in LARGE

    (fault,) = told(TEXT + LARGE.replace(old, new))

    assert fault.startswith("kpis")
    assert problem in fault


def test_goals_name_what_is_defined() -> None:
    """A goal for a KPI that neither the library nor the file defines is a fault at its place."""
    first = told(TEXT + GOAL)
    rank = told(TEXT + LARGE + GOAL.replace('"absolute"', '"rank"').replace("0.5", "1"))

    assert [fault.partition(";")[0] for fault in first] == [
        "goals[2].kpi: unknown KPI 'large_orders'"
    ]
    assert [fault.partition(",")[0] for fault in rank] == ["goals[2].mode: mode must not be rank"]


def test_a_policy_that_says_nothing_else_is_told_what_is_missing() -> None:
    """Definitions alone make no policy."""
    faults = told(LARGE)

    assert "rules: is missing; state it" in faults
    assert not any(fault.startswith("kpis") for fault in faults)
