"""Learned scores: weights of evidence from dated outcomes, as an ordinary rule set."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.criteria import Criterion, F, as_of
from crmcore.errors import InvalidValueError
from crmcore.prediction import Example, Factor, NaiveBayes
from crmcore.scoring import EntryKind

JUDGED = date(2026, 1, 1)
KNOWN = date(2026, 4, 1)
TODAY = date(2026, 9, 30)

# The fourteen days of J. R. Quinlan, "Induction of Decision Trees", Machine Learning 1(1),
# 1986, table 1: outlook, temperature, humidity, windy, and whether there was play.
WEATHER = """
sunny hot high no - | sunny hot high yes - | overcast hot high no + | rain mild high no +
rain cool normal no + | rain cool normal yes - | overcast cool normal yes + | sunny mild high no -
sunny cool normal no + | rain mild normal no + | sunny mild normal yes + | overcast mild high yes +
overcast hot normal no + | rain mild high yes -
"""
QUESTIONS = ("outlook", "temperature", "humidity", "windy")
ANSWERS = {
    "outlook": ("sunny", "overcast", "rain"),
    "temperature": ("hot", "mild", "cool"),
    "humidity": ("high", "normal"),
    "windy": ("yes", "no"),
}


def _example(record: dict[str, Any], *, happened: bool, known_on: date = KNOWN) -> Example:
    return Example(record=record, as_of=JUDGED, happened=happened, known_on=known_on)


def _days() -> list[Example]:
    rows = [row.split() for line in WEATHER.strip().splitlines() for row in line.split("|")]
    return [
        _example(dict(zip(QUESTIONS, answers, strict=True)), happened=play == "+")
        for *answers, play in rows
    ]


def _fit(examples: list[Example], *factors: Factor, smoothing: str = "0.1") -> NaiveBayes:
    return NaiveBayes.fit(examples, factors, as_of=TODAY, name="play", smoothing=smoothing)


def _factor(question: str) -> Factor:
    *stated, last = ANSWERS[question]
    del last  # whoever gives none of the others gives the last answer
    return Factor(question, {answer: F[question] == answer for answer in stated})


RECORDS = st.fixed_dictionaries(
    {
        "visits": st.none() | st.integers(0, 3),
        "channel": st.none() | st.sampled_from(["web", "fair", "shop"]),
    }
)
EXAMPLES = st.lists(st.tuples(RECORDS, st.booleans()), min_size=2, max_size=30).filter(
    lambda seen: len({happened for _, happened in seen}) > 1
)
VISITED = Factor("visited", F.visits > 0)
CHANNEL = Factor("came by", {"web": F.channel == "web", "fair": F.channel == "fair"})


def test_the_textbook_day_is_predicted_as_in_the_textbook() -> None:
    """T. Mitchell, Machine Learning, 1997, section 6.9.1: no play with probability 0.795."""
    model = _fit(_days(), *map(_factor, QUESTIONS), smoothing="0.000001")
    day = {"outlook": "sunny", "temperature": "cool", "humidity": "high", "windy": "yes"}

    prediction = model.predict(day, as_of=TODAY)

    assert float(1 - prediction.probability) == pytest.approx(0.795, abs=0.0005)


@given(EXAMPLES, RECORDS)
def test_the_probability_is_that_of_the_products(
    seen: list[tuple[dict[str, Any], bool]], record: dict[str, Any]
) -> None:
    """The probability is W / (W + L), each the product of prior and smoothed shares."""
    examples = [_example(known, happened=happened) for known, happened in seen]

    found = _fit(examples, VISITED, CHANNEL).predict(record, as_of=TODAY)

    won = _product([known for known, happened in seen if happened], record)
    lost = _product([known for known, happened in seen if not happened], record)
    assert float(found.probability) == pytest.approx(float(won / (won + lost)), abs=2e-4)


def _product(group: list[dict[str, Any]], record: dict[str, Any]) -> Fraction:
    """Return the plain product, reckoned without the library."""
    product = Fraction(len(group))
    visited = [known["visits"] > 0 for known in group if known["visits"] is not None]
    if record["visits"] is not None:
        alike = visited.count(record["visits"] > 0)
        product *= (alike + Fraction(1, 10)) / (len(visited) + Fraction(2, 10))
    channels = [known["channel"] for known in group if known["channel"] is not None]
    if record["channel"] is not None:
        alike = channels.count(record["channel"])
        product *= (alike + Fraction(1, 10)) / (len(channels) + Fraction(3, 10))
    return product


@given(EXAMPLES, RECORDS)
def test_the_score_is_the_sum_of_its_ledger(
    seen: list[tuple[dict[str, Any], bool]], record: dict[str, Any]
) -> None:
    """What the weights that count amount to, with the prior, is the score."""
    model = _fit([_example(known, happened=happened) for known, happened in seen], VISITED, CHANNEL)

    found = model.predict(record, as_of=TODAY)

    prior = model.rules.rules[0].points
    assert found.score.value == prior + sum(weight.points for weight in found.factors)
    assert found.probability == NaiveBayes.probability(found.score.value)


@given(EXAMPLES, st.randoms(use_true_random=False))
def test_the_order_of_the_examples_does_not_matter(
    seen: list[tuple[dict[str, Any], bool]], random: Random
) -> None:
    """The same examples in another order give the same model."""
    examples = [_example(known, happened=happened) for known, happened in seen]
    shuffled = list(examples)
    random.shuffle(shuffled)

    assert _fit(shuffled, VISITED, CHANNEL) == _fit(examples, VISITED, CHANNEL)


def test_a_pull_is_the_share_of_a_case_among_both() -> None:
    """A factor's pull is p_W / (p_W + p_L), above one half where it speaks for the outcome."""
    examples = [
        *[_example({"visits": 1}, happened=True)] * 3,
        _example({"visits": 0}, happened=True),
        _example({"visits": 1}, happened=False),
        _example({"visits": 0}, happened=False),
    ]

    yes, no = _fit(examples, VISITED).weights

    assert (yes.happened, yes.otherwise, no.happened, no.otherwise) == (3, 1, 1, 1)
    assert float(yes.share_if_happened) == pytest.approx(3.1 / 4.2)
    assert yes.share_otherwise == Decimal("0.5")
    assert float(yes.pull) == pytest.approx(0.59615, abs=1e-5)
    assert yes.points == Decimal("1.691")
    assert no.points < 0 < no.pull < Decimal("0.5")


def test_what_is_unknown_says_nothing() -> None:
    """A factor without an answer adds no points, and stays in the ledger as unknown."""
    examples = [
        _example({"visits": 1}, happened=True),
        _example({"visits": None}, happened=True),
        _example({"visits": 0}, happened=False),
    ]
    model = _fit(examples, VISITED)

    found = model.predict({"visits": None}, as_of=TODAY)

    assert sum(weight.happened + weight.otherwise for weight in model.weights) == 2
    assert found.factors == ()
    assert found.score.value == model.rules.rules[0].points == Decimal("3.010")
    assert [entry.kind for entry in found.score.ledger[1:]] == [EntryKind.UNKNOWN] * 2
    assert found.score.low < found.score.value < found.score.high


def test_a_case_that_tells_nothing_is_not_named() -> None:
    """A case as frequent with the outcome as without it pulls nowhere and is left out."""
    examples = [
        _example({"visits": visits}, happened=happened)
        for visits in (0, 1)
        for happened in (True, False)
    ]

    found = _fit(examples, VISITED).predict({"visits": 1}, as_of=TODAY)

    assert str(found) == "50.0 % probable"


def test_a_prediction_says_what_pulls_which_way() -> None:
    """The strongest factor comes first, each with its way and its pull."""
    examples = [
        *[_example({"visits": 1, "channel": "web"}, happened=True)] * 6,
        *[_example({"visits": 0, "channel": "web"}, happened=False)] * 3,
        *[_example({"visits": 1, "channel": "fair"}, happened=False)] * 3,
    ]

    found = _fit(examples, VISITED, CHANNEL).predict({"visits": 1, "channel": "fair"}, as_of=TODAY)

    assert str(found).splitlines()[1:] == [
        "  came by: fair pulls down (0.03)",
        "  visited: yes pulls up (0.66)",
    ]


def test_only_what_was_known_by_then_is_learned_from() -> None:
    """An outcome that became known on the day of the fit or later is counted and left out."""
    examples = [
        _example({"visits": 1}, happened=True),
        _example({"visits": 0}, happened=False),
        _example({"visits": 0}, happened=True, known_on=TODAY),
        _example({"visits": 0}, happened=True, known_on=date(2027, 1, 1)),
    ]

    model = _fit(examples, VISITED)

    assert (model.happened, model.otherwise, model.not_yet_known) == (1, 1, 2)


def test_examples_are_judged_as_of_their_own_days() -> None:
    """A criterion on the day of judgement takes the day of each example."""
    factor = Factor("recent", F.last_visit >= as_of.shift(days=-30))
    examples = [
        Example(
            record={"last_visit": date(2025, month, 1)},
            as_of=date(2025, 6, 15),
            happened=month == 6,
            known_on=KNOWN,
        )
        for month in (1, 6)
    ]

    yes, no = _fit(examples, factor).weights

    assert (yes.happened, yes.otherwise, no.happened, no.otherwise) == (1, 0, 0, 1)


def test_of_several_cases_that_hold_the_first_counts() -> None:
    """Cases exclude each other in their stated order, and the last takes everybody else."""
    factor = Factor("visits", {"many": F.visits > 5, "some": F.visits > 0})

    held = [
        [label for label, criterion in factor.cases if criterion.holds({"visits": visits})]
        for visits in (9, 3, 0, None)
    ]

    assert held == [["many"], ["some"], ["other"], []]


def test_a_factor_under_another_name_keeps_its_cases() -> None:
    """The cases of a factor are a value, from which another factor can be made."""
    renamed = attrs.evolve(CHANNEL, name="channel")

    assert renamed.cases == CHANNEL.cases


def test_a_model_is_a_rule_set() -> None:
    """The rules of a model go into a file, and score the same when they come back."""
    model = _fit(_days(), *map(_factor, QUESTIONS))
    record = {"outlook": "rain", "temperature": "hot", "humidity": "high", "windy": "no"}

    read = type(model.rules).from_data(model.rules.to_data())

    expected = model.predict(record, as_of=TODAY).score
    assert read.score(record, as_of=TODAY) == expected


@pytest.mark.parametrize(
    ("decibans", "probability"),
    [
        ("0", "0.500000"),
        ("10", "0.909091"),
        ("-10", "0.090909"),
        ("9000", "1.000000"),
        ("1e9", "1.000000"),
        ("-1e9", "0.000000"),
    ],
)
def test_ten_decibans_are_odds_of_ten_to_one(decibans: str, probability: str) -> None:
    """I. J. Good, 1985: a deciban is a tenth of a factor of ten in the odds."""
    assert NaiveBayes.probability(Decimal(decibans)) == Decimal(probability)


@pytest.mark.parametrize("outcome", [True, False])
def test_one_outcome_alone_teaches_nothing(outcome: bool) -> None:  # noqa: FBT001 - a parameter
    """A model needs examples of both outcomes."""
    with pytest.raises(InvalidValueError, match="examples must hold both outcomes, known before"):
        _fit([_example({"visits": 1}, happened=outcome)], VISITED)


@pytest.mark.parametrize(
    ("factors", "smoothing", "message"),
    [
        ((), "0.1", "factors must name at least one factor"),
        ((VISITED, VISITED), "0.1", r"factors must have names of their own \(got 'visited'\)"),
        ((VISITED,), "0", "smoothing must be above 0"),
    ],
)
def test_a_fit_without_sense_is_refused(
    factors: tuple[Factor, ...], smoothing: str, message: str
) -> None:
    """A model has distinct factors, and what was never seen is improbable, not impossible."""
    with pytest.raises(InvalidValueError, match=message):
        _fit(_days(), *factors, smoothing=smoothing)


@pytest.mark.parametrize(
    ("cases", "message"),
    [
        ({}, "cases must state at least one case"),
        ({"web": "channel"}, r"cases\['web'\] must be a criterion"),
        ({"other": F.visits > 0}, "'other' is added to those that are stated"),
        ({"": F.visits > 0}, "cases must"),
    ],
)
def test_cases_without_sense_are_refused(cases: dict[str, Criterion], message: str) -> None:
    """A case has a label of its own and a criterion."""
    with pytest.raises(InvalidValueError, match=message):
        Factor("channel", cases)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"happened": 1}, "happened must be True or False"),
        ({"as_of": "2026-01-01"}, "as_of must be a date"),
        ({"known_on": JUDGED}, r"known_on must be after as_of, 2026-01-01 \(got '2026-01-01'\)"),
    ],
)
def test_an_example_without_sense_is_refused(change: dict[str, Any], message: str) -> None:
    """An example is judged on a day, and its outcome is known later."""
    sound = {"record": {}, "as_of": JUDGED, "happened": True, "known_on": KNOWN}

    with pytest.raises(InvalidValueError, match=message):
        Example(**{**sound, **change})


@pytest.mark.parametrize("decibans", [0.5, Decimal("NaN"), "much"])
def test_a_weight_is_an_exact_number(decibans: Any) -> None:  # noqa: ANN401
    """What is no number amounts to no probability."""
    with pytest.raises(InvalidValueError, match="decibans must be"):
        NaiveBayes.probability(decibans)


@pytest.mark.parametrize("found", [None, [("high", F.spend > 9)], "spend > 9"])
def test_cases_are_criteria_by_label(found: Any) -> None:  # noqa: ANN401
    """A list of pairs says nothing of who is in two of them, and is no question."""
    with pytest.raises(InvalidValueError, match="cases must be a criterion, or criteria by label"):
        Factor("spend", found)
