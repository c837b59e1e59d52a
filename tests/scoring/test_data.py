"""Rule sets as plain data."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from crmcore.criteria import F, Schema, named
from crmcore.errors import FaultsError
from crmcore.notation import Limits
from crmcore.scoring import EventRule, EventRuleSet, HalfLife, Linear, Rule, RuleSet, Step

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
        (rule(when={"gt": [{"field": "dais"}, 1]}), r"rules\[0\].when.gt.*: unknown field 'dais'"),
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
        "scoring.rules[0].when.gt[0].field",
        "scoring.rules[1].when",
    ]


def test_rules_built_in_python_are_checked_too() -> None:
    """A rule set can be held against any schema, and says all that does not fit."""
    FULL.check(SCHEMA)

    with pytest.raises(FaultsError, match="rule set value has 5 faults"):
        FULL.check(Schema.of(days=int, tier=str, spend=Decimal, visits=int), path="scoring")


EVENTS = Schema.of(id=str, kind=str | None, at=datetime, on=date | None)
MAILS = EventRuleSet(
    "mails",
    [
        EventRule(
            "opened",
            when=F.kind == "open",
            points=2,
            at_most=3,
            per_days=7,
            within_days=90,
            decay=HalfLife(days=14),
            group="mail",
            cap=20,
        ),
        EventRule("clicked", when=F.kind == "click", points="2.5", decay=Linear(days=60)),
        EventRule("bounced", when=F.kind == "bounce", points=-5, decay=Step(months={6: 0})),
    ],
    at=F.at,
    id=F.id,
    zone="Europe/Berlin",
    floor=-10,
    cap=40,
    group_caps={"mail": 30},
    version="5",
)


def test_rules_of_events_and_their_plain_form_are_the_same() -> None:
    """They go through JSON and come back equal."""
    data = json.loads(json.dumps(MAILS.to_data()))

    assert EventRuleSet.from_data(data, schema=EVENTS) == MAILS
    assert data["zone"] == "Europe/Berlin"
    assert data["rules"][0] == {
        "name": "opened",
        "when": {"eq": [{"field": "kind"}, "open"]},
        "points": "2",
        "at_most": 3,
        "per_days": 7,
        "within_days": 90,
        "decay": {"half_life_days": 14, "horizon_days": 56},
        "group": "mail",
        "cap": "20",
        "version": "1",
    }


def events(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever a file may say
    """Return a rule set of events with one rule, changed."""
    rule = {"name": "a", "when": {"eq": [{"field": "kind"}, "open"]}, "points": 1}
    return {"name": "s", "at": "on", "id": "id", "rules": [{**rule, **changes}]}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"name": "s", "rules": []}, "rule set: at is missing\n  rule set: id is missing"),
        ({**events(), "at": "when"}, "at: unknown field 'when'"),
        ({**events(), "at": "at"}, "at: at must be a date, not a datetime"),
        ({**events(), "at": "kind", "zone": "UTC"}, "at: kind must be a date or a datetime"),
        ({**events(), "id": "on"}, "id: on must be text or an integer, not a date"),
        ({**events(), "zone": 5}, "rule set: zone must be a time zone or its name"),
        ({**events(), "zone": "Berlin"}, "rule set: unknown time zone 'Berlin'"),
        (events(per_days=7), r"rules\[0\]: per_days must be left out"),
        (events(times="id"), r"rules\[0\].times: unknown key 'times'"),
        (events(at_most="3"), r"rules\[0\]: at_most must be a whole number"),
        (events(decay={"since": "on", "linear_days": 5}), "unknown key 'since'"),
        (events(decay={}), "decay must state one of half_life_days, linear_days"),
        (events(when={"eq": [{"field": "kid"}, "open"]}), "unknown field 'kid'; did .* 'kind'"),
    ],
)
def test_what_is_refused_of_events(data: object, message: str) -> None:
    """Each mistake in rules of events is told with its path too."""
    with pytest.raises(FaultsError, match=message):
        EventRuleSet.from_data(data, schema=EVENTS)


def test_rules_of_events_are_checked_too() -> None:
    """Built in Python, they can be held against any schema; read without one, against none."""
    MAILS.check(EVENTS)

    with pytest.raises(FaultsError, match=r"rule set mails has 5 faults:\n  mails.at: unknown"):
        MAILS.check(Schema.of(id=date), path="mails")
    assert EventRuleSet.from_data(events()).rules[0].points == 1


def test_named_criteria_go_with_their_rules() -> None:
    """A rule takes what it names along, and may name what the reader hands in."""
    dach = named("dach", F.country.in_(["DE", "AT", "CH"]))
    rules = RuleSet("s", [Rule("a", when=dach & (F.spend > 5), points=1)])
    data = {"name": "s", "rules": [{"name": "a", "when": {"named": "dach"}, "points": 1}]}

    assert RuleSet.from_data(json.loads(json.dumps(rules.to_data()))) == rules
    read = RuleSet.from_data(data, named={"dach": F.country.in_(["DE", "AT", "CH"])})
    assert read.rules[0].when == dach


def test_a_file_has_its_limits() -> None:
    """A list of a hundred thousand rules is not begun, and criteria are as small as one says."""
    many = {"name": "s", "rules": [{}] * 100_000}

    with pytest.raises(FaultsError, match="rules: it must have at most 1,000 rules") as caught:
        RuleSet.from_data(many)
    assert len(caught.value.faults) == 1
    with pytest.raises(FaultsError, match="rules: it must have at most 20,000 tables and lists"):
        RuleSet.from_data(
            {"name": "s", "rules": [{"when": {"all": [WHEN] * 250}} for _ in range(100)]}
        )
    with pytest.raises(FaultsError, match="rules: it must have at most 20,000 tables and lists"):
        RuleSet.from_data(rule(when={"in": [{"field": "days"}, range(3), (0,) * 10**6]}))
    with pytest.raises(FaultsError, match=r"rules\[0\].when"):
        RuleSet.from_data(rule(when={"all": [WHEN] * 9}), limits=Limits(nodes=5))


def test_long_lists_are_counted_together() -> None:
    """A list may have a thousand values; a thousand such lists would take seconds to read."""
    long = {"in": [{"field": "days"}, list(range(1000))]}
    rules = [{"name": f"r{place}", "when": long, "points": 1} for place in range(50)]

    assert len(RuleSet.from_data({"name": "s", "rules": rules[:45]}).rules) == 45
    with pytest.raises(FaultsError, match=r"rules: it must have .* and 50,000 keys and values"):
        RuleSet.from_data({"name": "s", "rules": rules})


def test_there_are_as_many_groups_as_rules_at_most() -> None:
    """Caps of groups without end are refused before each is read."""
    caps = {f"g{place}": 1 for place in range(1001)}

    with pytest.raises(FaultsError, match="group_caps: it must have at most 1,000 groups"):
        RuleSet.from_data({"name": "s", "rules": [], "group_caps": caps})


@pytest.mark.parametrize("days", [None, Decimal("1e999999"), {"a": 1}, [7], "7", True])
def test_a_half_life_is_a_number_of_days(days: object) -> None:
    """Four times what is no number of days is not calculated."""
    with pytest.raises(FaultsError, match=r"rules\[0\].decay: days must be a whole number of days"):
        RuleSet.from_data(rule(decay={"half_life_days": days, "since": "d"}))


@pytest.mark.parametrize("name", [1 << 20_000, ["visits"], 7], ids=["bits", "list", "number"])
def test_what_is_no_name_of_a_field_is_refused(name: object) -> None:
    """It is not taken for its text, and told in short."""
    with pytest.raises(FaultsError, match=r"rules\[0\]: field must be a plain name") as caught:
        RuleSet.from_data(rule(times=name, cap=1))

    assert len(str(caught.value)) < 300


def test_strange_keys_are_told_in_short() -> None:
    """A key of a million letters does not fill the message, and a number is no group."""
    with pytest.raises(FaultsError) as caught:
        RuleSet.from_data({"name": "s", "rules": [], "x" * 10**6: 1, 5: 1})
    assert len(str(caught.value)) < 500
    with pytest.raises(
        FaultsError, match=r"group_caps must be a table of names of groups and caps \(got 7\)"
    ):
        RuleSet.from_data({**rule(group="g"), "group_caps": {"g": 1, 7: 1}})
