"""Facts: their keys, their refusals, and which of them holds on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.activities import Purchase, PurchaseId
from crmcore.calendar import Grain, periods
from crmcore.codec import from_json, to_json
from crmcore.criteria import F
from crmcore.errors import InvalidValueError
from crmcore.facts import KpiFact, KpiScope, ScoreFact, StageFact, TierFact, changes, latest
from crmcore.facts import in_order as ordered
from crmcore.kernel import CustomerId, Money, Phrase, Reason, Undefined
from crmcore.kpis import KpiSeries, compute
from crmcore.lifecycle import Stage
from crmcore.measures import Value
from crmcore.scoring import Override, Rule, RuleSet, Score

FEB, MAR, AS_OF = date(2026, 2, 20), date(2026, 3, 1), date(2026, 5, 3)
SHOP: dict[str, Any] = {
    "policy": "shop",
    "policy_version": "3",
    "fingerprint": "9f2c",
    "recorded_at": datetime(2026, 9, 30, 6, tzinfo=UTC),
}


def gold(**fields: Any) -> TierFact:  # noqa: ANN401 - of any field
    """Return the fact that Northwind was gold as of a day, or something else."""
    usual = {"customer": CustomerId("c-17"), "tier": "gold", "since": FEB, "as_of": MAR, **SHOP}
    return TierFact(**(usual | fields))


def score(visits: int | None = 3) -> Score:
    """Return a score of a customer who came in so many times."""
    rules = RuleSet("care", [Rule("visits", when=F.visits >= 1, points=62)])
    return rules.score({"visits": visits}, as_of=AS_OF)


def series(kpi: str = "sales", as_of: date = date(1998, 3, 10)) -> KpiSeries:
    """Return a KPI of the first quarter, of which March has not ended."""
    bought = [
        Purchase(
            id=PurchaseId(f"p-{number}"),
            customer=CustomerId(customer),
            at=datetime.fromisoformat(f"1998-{day}T12:00:00+00:00"),
            amount=Money("20.00", "EUR"),
        )
        for number, (customer, day) in enumerate(
            [("ada", "01-10"), ("ada", "02-20"), ("bob", "01-15"), ("cy", "02-03")]
        )
    ]
    [found] = compute(
        {"purchases": bought},
        periods(Grain.MONTH, date(1998, 1, 1), date(1998, 4, 1)),
        as_of=as_of,
        zone="UTC",
        currency="EUR",
        kpis=[kpi],
        parameters={"active_days": 30},
    )
    return found


def test_the_same_judgement_has_the_same_key() -> None:
    """Whenever it is written down, a judgement of a day by a policy is one and the same."""
    fact = gold()
    again = gold(recorded_at=datetime(2027, 1, 1, tzinfo=UTC))

    assert fact == again
    assert fact.id == again.id
    assert fact.id.startswith("2026-03-01-")
    assert len(fact.id) <= 64


@pytest.mark.parametrize(
    "field",
    [
        {"as_of": date(2026, 3, 2)},
        {"customer": "c-18"},
        {"fingerprint": "9f2d"},
    ],
    ids=["day", "customer", "policy"],
)
def test_another_judgement_has_another_key(field: dict[str, Any]) -> None:
    """The key is made of whom, of which day and of which policy."""
    assert gold(**field).id != gold().id


def test_another_outcome_has_the_same_key() -> None:
    """One policy judges a customer once a day: two outcomes get into each other's way."""
    silver = gold(tier="silver")

    assert gold().id == silver.id
    assert gold() != silver


def test_facts_of_other_kinds_have_other_keys() -> None:
    """A tier and a stage of one customer and day are two facts."""
    loyal = StageFact(customer=CustomerId("c-17"), stage=Stage.LOYAL, since=FEB, as_of=MAR, **SHOP)

    assert loyal.id != gold().id
    assert loyal.outcome == (Stage.LOYAL, FEB)


def test_a_wrong_key_is_refused() -> None:
    """A key that is handed in must be the one that the other fields make."""
    fact = gold()

    assert gold(id=fact.id) == fact
    assert attrs.evolve(fact, version=1).id == fact.id
    with pytest.raises(InvalidValueError, match="id must be what the other fields make it"):
        gold(id="f-1")


def test_nothing_is_since_a_day_to_come() -> None:
    """A customer is in a tier since the day of judgement at the latest."""
    assert gold(since=date(2026, 3, 1)).since == date(2026, 3, 1)
    with pytest.raises(InvalidValueError, match="since must not be after as_of, 2026-03-01"):
        gold(since=date(2026, 3, 2))


@pytest.mark.parametrize("field", ["as_of", "since"])
def test_days_are_no_instants(field: str) -> None:
    """An instant has a day only in some zone."""
    instant = datetime(2026, 3, 1, tzinfo=UTC)

    with pytest.raises(InvalidValueError, match=f"{field} must be a day, not an instant"):
        gold(**{field: instant})


@st.composite
def judged(draw: st.DrawFn) -> list[TierFact]:
    """Draw judgements of one customer on some days, by one policy or two."""
    keys = draw(st.lists(st.tuples(st.integers(0, 6), st.sampled_from("ab")), unique=True))
    return [
        TierFact(
            customer=CustomerId("c-17"),
            tier=draw(st.sampled_from(["gold", "silver"])),
            since=date(2026, 1, 1),
            as_of=date(2026, 3, 1) + timedelta(days=days),
            policy="shop",
            policy_version="3",
            fingerprint=policy,
            recorded_at=datetime(2026, 9, 30, draw(st.integers(0, 3)), tzinfo=UTC),
        )
        for days, policy in keys
    ]


@given(judged(), st.integers(-1, 7))
def test_the_latest_judgement_by_a_day_holds(facts: list[TierFact], days: int) -> None:
    """What holds on a day is the last of what was judged by then, as a walk finds it."""
    day = date(2026, 3, 1) + timedelta(days=days)

    expected = None
    for fact in sorted(facts, key=lambda one: one.id):
        if fact.as_of <= day:
            is_later = expected is None or (fact.as_of, fact.recorded_at, fact.id) > (
                expected.as_of,
                expected.recorded_at,
                expected.id,
            )
            expected = fact if is_later else expected

    assert latest(facts, day) is expected


@pytest.mark.parametrize("stranger", ["2026-03-01", datetime(2026, 3, 1, tzinfo=UTC), None])
def test_what_is_no_day_is_refused(stranger: Any) -> None:  # noqa: ANN401 - what is no day
    """Also where nothing was judged, so that a slip does not pass for *nothing was known*."""
    with pytest.raises(InvalidValueError, match="day must be a da"):
        latest([], stranger)


@given(judged(), st.data())
def test_the_order_of_facts_does_not_matter(facts: list[TierFact], data: st.DataObject) -> None:
    """Facts in another order are the same history."""
    shuffled: Sequence[TierFact] = data.draw(st.permutations(facts))

    assert ordered(shuffled) == ordered(facts)
    assert changes(shuffled) == changes(facts)
    assert latest(shuffled, date(2026, 3, 4)) == latest(facts, date(2026, 3, 4))


@given(judged())
def test_between_two_changes_nothing_else_was_said(facts: list[TierFact]) -> None:
    """The changes tell the whole course: each fact says what the last change before it says."""
    told = changes(facts)

    held = None
    for fact in ordered(facts):
        held = fact if fact in told else held
        assert held is not None
        assert held.outcome == fact.outcome
    assert all(one.outcome != other.outcome for one, other in pairwise(told))


def test_it_is_told_when_a_customer_became_gold() -> None:
    """Who left a tier and came back became gold twice."""
    since = date(2026, 1, 1)
    facts = [
        gold(tier="silver", as_of=date(2026, 3, 1), since=since),
        gold(as_of=date(2026, 4, 1), since=date(2026, 4, 1)),
        gold(as_of=date(2026, 5, 1), since=date(2026, 4, 1)),
        gold(as_of=date(2026, 9, 1), since=date(2026, 8, 1)),
    ]

    became_gold = [fact.since for fact in changes(facts) if fact.tier == "gold"]

    assert became_gold == [date(2026, 4, 1), date(2026, 8, 1)]


def test_a_score_is_kept_with_its_ledger() -> None:
    """The columns are the figures of the score, and the score is whole."""
    doubtful = score(None).overridden(
        Override(value=50, author="mia", reason="a promise", expires=date(2026, 12, 1))
    )
    fact = ScoreFact.of(doubtful, customer=CustomerId("c-17"), **SHOP)

    assert [*map(int, (fact.points, fact.value, fact.low, fact.high))] == [50, 0, 0, 62]
    assert (fact.rule_set, fact.rule_set_version) == ("care", doubtful.version)
    assert fact.score.ledger == doubtful.ledger
    assert fact.outcome == 50


@pytest.mark.parametrize(
    ("field", "value"),
    [("points", 61), ("rule_set", "other"), ("as_of", date(2026, 5, 4)), ("high", "62.5")],
)
def test_columns_that_belie_the_score_are_refused(field: str, value: object) -> None:
    """What other programs read in the columns is what the score says."""
    fact = ScoreFact.of(score(), customer=CustomerId("c-17"), **SHOP)
    fields = {
        one.name: getattr(fact, one.name) for one in attrs.fields(ScoreFact) if one.name != "id"
    }

    with pytest.raises(InvalidValueError, match=f"{field} must be the score's"):
        ScoreFact(**(fields | {field: value}))
    with pytest.raises(InvalidValueError, match="score must be a Score"):
        ScoreFact(**(fields | {"score": 62}))


def test_two_rule_sets_give_two_facts() -> None:
    """Scores of one customer and day by two rule sets do not get into each other's way."""
    care = ScoreFact.of(score(), customer=CustomerId("c-17"), **SHOP)
    other = attrs.evolve(score(), rule_set="engagement")

    assert ScoreFact.of(other, customer=CustomerId("c-17"), **SHOP).id != care.id


@pytest.mark.parametrize("kpi", ["sales", "retention_rate", "new_customers", "sales_growth"])
def test_a_value_comes_out_of_its_columns_as_it_went_in(kpi: str) -> None:
    """Number, parts, interval and definition are all there, and so is the reason for none."""
    row = series(kpi)

    for period, value in zip(row.periods, row.values, strict=True):
        fact = KpiFact.of(row, period, scope_id="care", **SHOP)

        assert fact.value == value
        assert str(fact.value) == str(value)
        assert fact.subject == f"{kpi} department:care {period}"
        assert fact.period == period


def test_a_figure_tells_its_currency_and_what_it_counts() -> None:
    """Other programs need no catalogue to read the figure."""
    row = series("sales")
    fact = KpiFact.of(row, row.periods[0], scope=KpiScope.MEMBER, scope_id="wei", **SHOP)
    base = KpiFact.of(series("customer_base"), row.periods[2], scope=KpiScope.NOBODY, **SHOP)

    assert (fact.unit, fact.currency, fact.number, fact.n) == ("money", "EUR", Decimal("40.00"), 2)
    assert fact.whose == "member:wei"
    assert fact.outcome == Decimal("40.00")
    assert (base.whose, base.stated_days, base.currency) == ("nobody", 30, None)
    assert base.outcome is Reason.INCOMPLETE_PERIOD


def test_a_figure_of_some_customers_only_is_refused() -> None:
    """No scope names a criterion."""
    row = attrs.evolve(series(), where=F.frequency > 1)

    with pytest.raises(InvalidValueError, match="series must be of all customers"):
        KpiFact.of(row, row.periods[0], scope_id="care", **SHOP)


@pytest.mark.parametrize(
    ("field", "rule"),
    [
        ({"scope_id": None}, "scope_id must be the id of a department or a member"),
        ({"scope": KpiScope.NOBODY}, "scope_id must be the id of a department or a member"),
        ({"reason": Reason.NO_DATA}, "reason must stand where there is no number"),
        ({"number": None}, "reason must stand where there is no number"),
        ({"n": None}, "n must stand beside a number"),
        ({"number": 0.5}, "number must be a decimal"),
        ({"subject": "sales"}, "subject must be what the other fields make it"),
        ({"period_end": date(1998, 1, 1)}, "end must be after the start"),
    ],
)
def test_columns_that_make_no_figure_are_refused(field: dict[str, Any], rule: str) -> None:
    """A figure has a number or a reason, and is somebody's."""
    row = series()
    fact = KpiFact.of(row, row.periods[0], scope_id="care", **SHOP)
    made = {"id", "subject"}
    fields = {
        one.name: getattr(fact, one.name) for one in attrs.fields(KpiFact) if one.name not in made
    }

    with pytest.raises(InvalidValueError, match=rule):
        KpiFact(**(fields | field))


def test_a_reason_without_words_is_one_all_the_same() -> None:
    """What was missing may be left untold."""
    row = series()
    bare = attrs.evolve(KpiFact.of(row, row.periods[2], scope_id="care", **SHOP), detail=None)

    assert bare.value == Undefined(Reason.INCOMPLETE_PERIOD)
    assert bare.value != Undefined(Reason.NO_DATA)
    assert isinstance(bare.value, Undefined)
    assert bare.value.detail == Phrase("", "")


@pytest.mark.parametrize("exponent", [-60, 60])
def test_a_figure_of_many_digits_is_exact(exponent: int) -> None:
    """The quotient of a small part has more digits behind the point than an amount may have."""
    row = series("sales")
    value = row.values[0]
    assert isinstance(value, Value)
    tiny = attrs.evolve(value, number=Decimal(f"1.234567890123456789e{exponent}"))
    fact = KpiFact.of(
        attrs.evolve(row, values=(tiny, *row.values[1:])), row.periods[0], scope_id="care", **SHOP
    )

    assert fact.value == tiny
    assert from_json(KpiFact, to_json(fact)) == fact


def test_every_fact_is_read_as_it_was_written() -> None:
    """A fact survives JSON, with the instant at which it was written down."""
    row = series()
    facts = [
        gold(),
        StageFact(customer=CustomerId("c-17"), stage=Stage.LOYAL, since=AS_OF, as_of=AS_OF, **SHOP),
        ScoreFact.of(score(), customer=CustomerId("c-17"), **SHOP),
        *(KpiFact.of(row, period, scope_id="care", **SHOP) for period in row.periods),
    ]

    for fact in facts:
        read = from_json(type(fact), to_json(fact))

        assert read == fact
        assert read.recorded_at == fact.recorded_at
        assert to_json(read) == to_json(fact)
