"""Rules that ask plugin predicates: scored, written down, read again, and shown in the ledger."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import attrs
import pytest

from crmcore.criteria import F, Predicates, Schema, predicate
from crmcore.errors import FaultsError
from crmcore.kernel import Phrase
from crmcore.scoring import EntryKind, EventRule, EventRuleSet, HalfLife, Rule, RuleSet

AS_OF = date(2026, 9, 30)


@predicate(
    "acme.is_regular",
    version="1.0",
    reads={"visits": int | None},
    label=Phrase("comes at least {least} times", "至少来访{least}次"),
)
def is_regular(customer: Any, least: int = 3) -> bool | None:  # noqa: ANN401 - of no class
    """Say whether somebody comes often."""
    if customer.visits == 13:
        raise ValueError("bad luck")
    return None if customer.visits is None else bool(customer.visits >= least)


PREDICATES = Predicates.of(is_regular)
SCHEMA = Schema.of(visits=int | None, tier=str, complaints=int, last_visit=date)
RULES = RuleSet(
    "engagement",
    [
        Rule(
            "regular",
            when=is_regular(least=2) & (F.tier == "gold"),
            points=10,
            decay=HalfLife(days=30, since="last_visit"),
        ),
        Rule("complained", when=F.complaints > 0, points=-5),
    ],
)
CUSTOMER = {"visits": 3, "tier": "gold", "complaints": 0, "last_visit": AS_OF}


def test_a_rule_that_asks_a_predicate_gives_its_points() -> None:
    """The ledger says in words what was asked."""
    score = RULES.score(CUSTOMER, as_of=AS_OF)

    assert score.value == 10
    assert score.ledger[0].reason == Phrase(
        "“comes at least 2 times” is true and tier is gold", "“至少来访2次” 为真，且 tier 等于 gold"
    )


@pytest.mark.parametrize(
    ("visits", "said"), [(None, "visits is missing"), (13, "nobody can tell whether “comes at")]
)
def test_a_predicate_that_does_not_know_puts_points_at_stake(visits: int | None, said: str) -> None:
    """A failing predicate is no no: the score says how low and high it could be."""
    score = RULES.score({**CUSTOMER, "visits": visits, "complaints": 1}, as_of=AS_OF)
    (entry, _) = score.ledger

    assert [score.value, score.low, score.high] == [-5, -5, 5]
    assert entry.kind is EntryKind.UNKNOWN
    assert entry.at_stake == 10
    assert entry.reason.en.startswith(said)


def test_the_compiled_scorer_says_the_same() -> None:
    """Totals and masks of many records agree with the ledger of each."""
    scorer = RULES.scorer(as_of=AS_OF, of=dict)

    for visits in (None, 1, 2, 13, 40):
        record = {**CUSTOMER, "visits": visits}
        score = RULES.score(record, as_of=AS_OF)
        masks = scorer.masks(record)
        assert scorer.total(record) == score.value
        unknown = [entry for entry in score.ledger if entry.kind is EntryKind.UNKNOWN]
        assert masks.unknown & 1 == len(unknown)


def test_rules_that_ask_predicates_are_data() -> None:
    """They go through JSON, and come back where the predicates are known."""
    data = json.loads(json.dumps(RULES.to_data()))

    again = RuleSet.from_data(data, schema=SCHEMA, predicates=PREDICATES)

    assert data["rules"][0]["when"]["all"][0] == {"call": ["acme.is_regular", {"least": 2}, "1.0"]}
    assert again == RULES
    assert again.fingerprint == RULES.fingerprint


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (["acme.is_regula", {}], "unknown predicate 'acme.is_regula'; did you mean 'acme.is_reg"),
        (["acme.is_regular", {"lest": 2}], "argument of acme.is_regular 'lest'; did you mean 'lea"),
        (["acme.is_regular", {"least": "2"}], "least must be an integer, not text"),
        (["acme.is_regular", {}, "0.9"], "version of acme.is_regular must be the one that is"),
    ],
)
def test_what_a_rule_asks_wrongly_is_told_with_its_path(call: list[Any], problem: str) -> None:
    """Whoever writes rules is told which rule is wrong, and what would be right."""
    data = {"name": "wrong", "rules": [{"name": "r", "when": {"call": call}, "points": 1}]}

    with pytest.raises(FaultsError) as caught:
        RuleSet.from_data(data, schema=SCHEMA, predicates=PREDICATES)

    (fault,) = caught.value.faults
    assert fault.path.startswith("rules[0].when.call")
    assert problem in fault.problem


def test_without_predicates_none_is_known() -> None:
    """A rule file runs no code that its reader did not hand over."""
    with pytest.raises(FaultsError, match=r"when\.all\[0\]\.call\S*: unknown predicate"):
        RuleSet.from_data(RULES.to_data())


def test_another_version_is_another_rule_set() -> None:
    """The fingerprint that is stored with a score changes with the predicate's version."""
    newer = attrs.evolve(is_regular, version="1.1")
    rules = RuleSet("engagement", [Rule("regular", when=newer(), points=10)])
    older = RuleSet("engagement", [Rule("regular", when=is_regular(), points=10)])

    assert rules.fingerprint != older.fingerprint


def test_rules_of_events_ask_predicates_too() -> None:
    """An event is a record like any other."""
    rules = EventRuleSet(
        "visits", [EventRule("long", when=is_regular(least=5), points=2)], at="on", id="id"
    )
    again = EventRuleSet.from_data(rules.to_data(), predicates=PREDICATES)
    event = {"id": "e-1", "on": date(2026, 9, 1), "visits": 6}

    assert again == rules
    assert again.score([event], as_of=AS_OF).value == 2
