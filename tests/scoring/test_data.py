"""Rule sets as plain data."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from crmcore.criteria import F, Schema
from crmcore.errors import FaultsError
from crmcore.scoring import HalfLife, Linear, Rule, RuleSet, Step

SCHEMA = Schema.of(
    days=int | None, tier=str | None, visits=int | None, last=date | None, spend=Decimal
)
WHEN: dict[str, Any] = {"gt": [{"field": "days"}, 90]}
FULL = RuleSet(
    "value",
    [
        Rule("a", when=F.days > 90, points=-10, group="g", version="3"),
        Rule("b", when=F.tier == "gold", points="2.5", decay=HalfLife(days=14, since=F.last)),
        Rule("c", when=F.spend >= 5, points=1, decay=Linear(days=60, since=F.last)),
        Rule("d", when=F.spend >= 5, points=1, times=F.visits, cap=7),
        Rule("e", when=F.days < 5, points=1, decay=Step(since=F.last, days={9: "0.5"})),
        Rule("f", when=F.days < 5, points=1, decay=Step(since=F.last, months={9: "0.5"})),
        Rule(
            "g",
            when=F.days < 5,
            points=1,
            decay=HalfLife(days=14, since=F.last, horizon=90, continuous=True),
        ),
    ],
    floor=0,
    cap=100,
    group_caps={"g": 30},
    version="2026-09",
)


def test_a_rule_set_and_its_plain_form_are_the_same() -> None:
    """It goes through JSON and comes back equal, whatever it is made of."""
    data = json.loads(json.dumps(FULL.to_data()))

    assert RuleSet.from_data(data, schema=SCHEMA) == FULL


def test_the_plain_form_as_people_write_it() -> None:
    """What TOML gives is read: numbers, decimals, lists and tables."""
    data = {
        "name": "engagement",
        "cap": 100,
        "rules": [
            {
                "name": "bought lately",
                "when": {"crm-criteria": 1, "expr": WHEN},
                "points": Decimal("12.5"),
                "decay": {"half_life_days": 60, "since": "last"},
                "group": "behaviour",
                "cap": 20,
            }
        ],
    }

    assert RuleSet.from_data(data) == RuleSet(
        "engagement",
        [
            Rule(
                "bought lately",
                when=F.days > 90,
                points=Decimal("12.5"),
                decay=HalfLife(days=60, since=F.last),
                group="behaviour",
                cap=20,
            )
        ],
        cap=100,
    )


def rule(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever a file may say
    """Return a rule set with one rule, changed."""
    return {"name": "s", "rules": [{"name": "a", "when": WHEN, "points": 1, **changes}]}


def decay(**keys: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever a file may say
    """Return a rule set with one rule that decays so."""
    return rule(decay=keys)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (5, "rule set: it must be a table"),
        ({"name": "s"}, "rule set: rules is missing"),
        ({"name": "s", "rules": 5}, "rules: it must be a list of rules"),
        ({"name": "s", "rules": [5]}, r"rules\[0\]: it must be a table"),
        ({"name": "", "rules": []}, "rule set: name must not be empty"),
        ({"name": "s", "rules": [], "capp": 5}, "unknown key 'capp'; did you mean 'cap'?"),
        ({"name": "s", "rules": [], "cap": "many"}, "rule set: cap must be a decimal number"),
        ({"name": "s", "rules": [], "group_caps": {"g": 5}}, "unknown group 'g'"),
        (
            {"name": "s", "rules": [], "group_caps": 5},
            "group_caps: it must be a table of groups and caps",
        ),
        ({**rule(group="g"), "group_caps": {"g": None}}, "rule set: group_caps must be a decimal"),
        (rule(point=1), r"rules\[0\].point: unknown key 'point'; did you mean 'points'?"),
        (rule(points="many"), r"rules\[0\]: points must be a decimal number"),
        (rule(points=0.5), r"rules\[0\]: points must be .* not a float"),
        (rule(name=5), r"rules\[0\]: name must be text"),
        (rule(when={"gtt": []}), r"rules\[0\].when: unknown operator 'gtt'"),
        (rule(when={"gt": [{"field": "dais"}, 1]}), r"rules\[0\].when.gt: unknown field 'dais'"),
        (rule(times="visit", cap=5), r"rules\[0\].times: unknown field 'visit'; did .* 'visits'"),
        (rule(times="spend", cap=5), r"rules\[0\].times: spend must be an integer, not a decimal"),
        (rule(times="visits"), r"rules\[0\]: cap must be stated"),
        (rule(decay=5), r"rules\[0\].decay: it must be a table"),
        (decay(half_life_days=5), r"rules\[0\].decay: since is missing"),
        (decay(since="last"), "decay must state one of half_life_days, linear_days"),
        (decay(since="last", half_life_days=5, linear_days=5), "decay must state one of"),
        (decay(since="last", half_life_day=5), "unknown key 'half_life_day'; did you mean"),
        (decay(since="last", linear_days=5, horizon_days=9), "unknown key beside linear_days"),
        (decay(since="last", half_life_days="5"), "days must be a whole number of days"),
        (decay(since="last", after_days=5), "step must be pairs of a whole age"),
        (decay(since="last", after_days=[[1]]), "step must be pairs of a whole age"),
        (decay(since="lost", linear_days=5), r"decay.since: unknown field 'lost'; did .* 'last'"),
        (decay(since="tier", linear_days=5), r"decay.since: tier must be a date, not text"),
    ],
)
def test_what_is_refused(data: object, message: str) -> None:
    """Each mistake is told with its path, what was found and what would be right."""
    with pytest.raises(FaultsError, match=message):
        RuleSet.from_data(data, schema=SCHEMA)


def test_all_faults_come_together() -> None:
    """Reading goes on after a fault, and every path begins where the data stands."""
    bad = {"name": "a", "when": {"gt": [{"field": "dais"}, 1]}, "pints": 1}
    data = {"nam": "s", "rules": [bad, {"name": "b", "when": {}, "points": 1}]}

    with pytest.raises(FaultsError) as caught:
        RuleSet.from_data(data, schema=SCHEMA, path="scoring")

    assert [fault.path for fault in caught.value.faults] == [
        "scoring.nam",
        "scoring",
        "scoring.rules[0].pints",
        "scoring.rules[0]",
        "scoring.rules[0].when.gt",
        "scoring.rules[1].when",
    ]


def test_rules_built_in_python_are_checked_too() -> None:
    """A rule set can be held against any schema, and says all that does not fit."""
    FULL.check(SCHEMA)

    with pytest.raises(FaultsError, match="rule set value has 5 faults"):
        FULL.check(Schema.of(days=int, tier=str, spend=Decimal, visits=int), path="scoring")
