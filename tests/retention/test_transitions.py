"""From dated states of customers to a chain."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from enum import Enum
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.calendar import Grain, months_after
from crmcore.codec import from_json, to_json
from crmcore.criteria import F
from crmcore.durations import annual, days, months, weeks, years
from crmcore.errors import InvalidValueError, NotIdentifiedError, UnknownNameError
from crmcore.kernel import CustomerId, Undefined
from crmcore.lifecycle import Stage, StageChange, StageHistory, StageRule
from crmcore.retention import Migration, transitions

Record = tuple[str, date, str | None]

ADA = [("ada", date(1997, 1, 15), "new"), ("ada", date(1997, 3, 20), "loyal")]
BOB = [("bob", date(1997, 2, 1), "new"), ("bob", date(1997, 2, 20), "lost")]


def test_a_move_leads_from_one_first_day_to_the_next() -> None:
    """What counts is the state on the first days of months, and staying is a move too.

    Ada: new on 1 February and 1 March, loyal on 1 April and 1 May. Bob: new on 1 February,
    lost on the first days of March, April and May.
    """
    found = transitions([*ADA, *BOB], step="month", until=date(1997, 5, 1), prior=1)

    assert found.states == ("lost", "loyal", "new")
    assert found.counts == ((2, 0, 0), (0, 1, 0), (1, 1, 1))
    assert found.matrix == (
        (3 / 5, 1 / 5, 1 / 5),
        (1 / 4, 2 / 4, 1 / 4),
        (2 / 6, 2 / 6, 2 / 6),
    )
    assert found.period == months(1)
    assert found.prior == 1


def test_who_goes_out_of_sight_is_in_no_move() -> None:
    """The state None ends what is known of a customer, who may come back into sight."""
    records: list[Record] = [
        ("ada", date(1997, 1, 1), "new"),
        ("ada", date(1997, 2, 15), None),
        ("ada", date(1997, 4, 1), "new"),
    ]

    found = transitions(records, step=Grain.MONTH, until=date(1997, 6, 30))

    assert found.counts == ((1 + 2,),)


def test_a_state_that_was_over_before_a_first_day_is_not_seen() -> None:
    """Whoever was new for a week between two first days was never new on one."""
    records = [
        ("ada", date(1997, 1, 1), "prospect"),
        ("ada", date(1997, 1, 10), "new"),
        ("ada", date(1997, 1, 17), "loyal"),
    ]

    found = transitions(records, step="month", until=date(1997, 3, 1), prior=1, states=None)

    assert found.states == ("loyal", "new", "prospect")
    assert found.counts == ((1, 0, 0), (0, 0, 0), (1, 0, 0))


@st.composite
def histories(draw: st.DrawFn) -> list[Record]:
    """Records of some customers, each day at most one."""
    states = st.sampled_from(["new", "loyal", "lost", None])
    start = date(1997, 1, 1)
    found: list[Record] = []
    for customer in draw(st.sets(st.sampled_from(["ada", "bob", "cem"]), min_size=1)):
        taken = draw(st.sets(st.integers(0, 120), min_size=1, max_size=5))
        found += [(customer, start + timedelta(days=day), draw(states)) for day in taken]
    return found


def seen(records: list[Record], grain: Grain, until: date) -> Counter[tuple[str, str]]:
    """Count moves by walking through all first days, as the words say."""
    moves: Counter[tuple[str, str]] = Counter()
    for customer in {record[0] for record in records}:
        own = sorted(record[1:] for record in records if record[0] == customer)
        day = grain.start(own[0][0])
        while grain.after(day) <= until:
            pair = []
            for moment in (day, grain.after(day)):
                known = [state for since, state in own if since <= moment]
                pair.append(known[-1] if known else None)
            if None not in pair:
                moves[str(pair[0]), str(pair[1])] += 1
            day = grain.after(day)
    return moves


@given(histories(), st.sampled_from(list(Grain)), st.randoms(use_true_random=False))
def test_counts_are_those_of_a_walk_through_all_days(
    records: list[Record], grain: Grain, chance: random.Random
) -> None:
    """Moves are counted as a plain walk does, whatever the order of the records.

    Each customer has as many moves as periods in which its state was known at both ends, so
    that what flows out of states is what flows into them.
    """
    until = date(1997, 6, 1)
    names = ("new", "loyal", "lost")
    if all(state is None for _, _, state in records):
        return

    found = transitions(records, step=grain, until=until, states=names, prior=0.5)
    chance.shuffle(records)

    expected = seen(records, grain, until)
    assert found.counts == tuple(tuple(expected[a, b] for b in names) for a in names)
    assert found == transitions(
        [*records, records[0]], step=grain, until=until, states=names, prior=0.5
    )
    assert all(abs(sum(row) - 1) < 1e-12 for row in found.matrix)
    assert from_json(Migration, to_json(found)) == found


RULES = {
    stage: StageRule(
        stage=stage,
        entry=F.frequency >= 1,
        allowed_from=[other for other in Stage if other is not stage],
    )
    for stage in Stage
}


def history(customer: str, *moves: tuple[date, Stage]) -> StageHistory:
    """Return the stages of a customer who began as a prospect in January 1997."""
    changes, before = [], Stage.PROSPECT
    for day, stage in moves:
        changes.append(
            StageChange(customer=CustomerId(customer), day=day, before=before, rule=RULES[stage])
        )
        before = stage
    return StageHistory(
        customer=CustomerId(customer),
        initial=Stage.PROSPECT,
        since=date(1997, 1, 1),
        as_of=date(1998, 1, 1),
        changes=changes,
    )


def test_stage_histories_become_records_in_one_line() -> None:
    """The stages of the life cycle are dated states, and stage_at says the same as they do."""
    known = [
        history("ada", (date(1997, 1, 1), Stage.NEW), (date(1997, 5, 1), Stage.LOYAL)),
        history("bob", (date(1997, 2, 10), Stage.NEW), (date(1997, 9, 1), Stage.LOST)),
    ]

    records = [
        (h.customer, day, h.stage_at(day))
        for h in known
        for day in (h.since, *(c.day for c in h.changes))
    ]
    found = transitions(
        records, step="month", until=date(1998, 1, 1), states=Stage, absorbing=[Stage.LOST], prior=1
    )

    expected: Counter[tuple[Stage, Stage]] = Counter()
    firsts = [months_after(date(1997, 1, 1), n) for n in range(13)]
    for h in known:
        expected.update((h.stage_at(a), h.stage_at(b)) for a, b in pairwise(firsts))
    assert found.counts == tuple(tuple(expected[a, b] for b in Stage) for a in Stage)
    assert found.states == tuple(stage.value for stage in Stage)
    assert found.absorbing == ("lost",)
    assert found.probability(Stage.NEW, Stage.LOST) == (1 + 1) / (4 + 6 + 7)


@pytest.mark.parametrize(
    ("grain", "period"),
    [
        (Grain.DAY, days(1)),
        (Grain.WEEK, weeks(1)),
        (Grain.MONTH, months(1)),
        (Grain.QUARTER, months(3)),
        (Grain.YEAR, years(1)),
    ],
)
def test_a_step_has_a_length(grain: Grain, period: object) -> None:
    """The period of the chain is as long as those of the calendar are on average."""
    records = [("ada", date(1997, 1, 1), "new")]

    assert transitions(records, step=grain, until=date(1999, 1, 1)).period == period


def test_a_state_where_nobody_began_has_no_probabilities() -> None:
    """Without a prior it is refused by name; with one, or as absorbing, it is told."""
    records = [("ada", date(1997, 1, 1), "new"), ("ada", date(1997, 2, 1), "lost")]
    until = date(1997, 2, 28)

    with pytest.raises(NotIdentifiedError, match="nobody was seen in state 'lost' at the begin"):
        transitions(records, step="month", until=until)
    with pytest.raises(NotIdentifiedError, match="nobody was seen in any state"):
        transitions([("ada", date(1997, 1, 1), None)], step="month", until=until)
    with pytest.raises(NotIdentifiedError, match="nobody was seen in any state"):
        transitions([], step="month", until=until, states=["new"])
    smooth = transitions(records, step="month", until=until, prior=0.5)
    assert smooth.probability("lost", "new") == 0.5
    assert isinstance(smooth.interval("lost", "new"), Undefined)
    fixed = transitions(records, step="month", until=until, absorbing=["lost"])
    assert fixed.matrix == ((1, 0), (1, 0))


def test_records_that_cannot_be() -> None:
    """Two states on a day, days that nobody knows, and strange words are refused by name."""
    until = date(1997, 5, 1)
    twice = [*ADA, ("ada", date(1997, 3, 20), "lost")]

    with pytest.raises(InvalidValueError, match="state must be told once for 'ada' on 1997-03-20"):
        transitions(twice, step="month", until=until)
    with pytest.raises(InvalidValueError, match="day must not be after 1997-01-31, as 1 records"):
        transitions(ADA, step="month", until=date(1997, 1, 31))
    with pytest.raises(UnknownNameError, match="unknown grain 'months'; did you mean 'month'"):
        transitions(ADA, step="months", until=until)
    with pytest.raises(UnknownNameError, match="unknown state 'loyal'"):
        transitions(ADA, step="month", until=until, states=["new", "lost"])
    with pytest.raises(UnknownNameError, match="unknown state 'gone'"):
        transitions(ADA, step="month", until=until, absorbing=["gone"])
    with pytest.raises(InvalidValueError, match="nobody leaves, as customers did 1 times"):
        transitions(ADA, step="month", until=until, absorbing=["new"])
    for prior in (-1, True, float("nan"), "1"):
        with pytest.raises(InvalidValueError, match="prior must be a number of 0 or more"):
            transitions(ADA, step="month", until=until, prior=prior)  # type: ignore[arg-type]
    for prior in (1e-9, 1e10):
        with pytest.raises(InvalidValueError, match=r"prior must be .* between 1e-06 and 1e\+09"):
            transitions(ADA, step="month", until=until, prior=prior)


class Mood(str, Enum):  # noqa: UP042 - as many write it; str() says its name, and not its text
    """States of an enumeration that is none of the library's."""

    NEW = "new"
    LOST = "lost"


def test_words_of_any_enumeration_are_states() -> None:
    """What counts is the text of a word, and not how it would be printed."""
    records = [(who, day, Mood(state)) for who, day, state in BOB]
    options: dict[str, Any] = {"step": "month", "until": date(1997, 5, 1), "states": Mood}

    found = transitions(records, absorbing=[Mood.LOST], prior=1, **options)

    assert found == transitions(
        BOB, absorbing=["lost"], prior=1, **options | {"states": ["new", "lost"]}
    )
    assert found.states == ("new", "lost")
    assert found.probability(Mood.NEW, Mood.LOST) == found.probability("new", "lost")
    worth = found.values({Mood.NEW: 5, Mood.LOST: 0}, discount=annual(0.1))
    assert worth.value(Mood.NEW) == worth.value("new") > 5
    assert found.project({Mood.NEW: 3}, periods=0) == (3, 0)


def test_one_word_is_no_list_of_states() -> None:
    """A single text would fall apart into its letters, each of which may be a state."""
    records = [("ada", date(1997, 1, 1), "a"), ("bob", date(1997, 1, 1), "b")]
    until = date(1997, 5, 1)

    with pytest.raises(InvalidValueError, match="states must be a list of states, also of a sing"):
        transitions(records, step="month", until=until, states="ab")
    with pytest.raises(InvalidValueError, match="absorbing must be a list of states"):
        transitions(records, step="month", until=until, absorbing="ab")
    found = transitions(records, step="month", until=until, states={"b", "a"})
    assert found.states == ("a", "b")  # a set has no order


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (("ada", date(1997, 1, 1)), "records must hold triples: who, from which day on"),
        ("ada", "records must hold triples"),
        (5, "records must hold triples"),
        ((7, date(1997, 1, 1), "new"), "customer must be text"),
        (("ada", date(1997, 1, 1), 1), "state must be text, or None for out of sight"),
        (("ada", "1997-01-01", "new"), "day must be a date"),
    ],
)
def test_what_is_no_record_is_refused(record: Any, message: str) -> None:  # noqa: ANN401 - no record
    """A number is no state: 1 and "1" would be taken for the same."""
    with pytest.raises(InvalidValueError, match=message):
        transitions([*ADA, record], step="month", until=date(1997, 5, 1))
