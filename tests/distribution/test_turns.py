"""Turns: who is next, and how fair that is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore.distribution import Arrival, Desk, Outcome, Rota, Share
from crmcore.kernel import MemberId, TeamId
from crmcore.organization import Member

MONDAY = datetime(2026, 9, 28, 9, tzinfo=UTC)


def people(*names: str) -> list[Member]:
    """Members who differ in their names alone."""
    return [
        Member(id=MemberId(name), name=name.title(), team=TeamId("care"), weekly_hours=Decimal(38))
        for name in names
    ]


def arrivals(count: int, since: datetime = MONDAY) -> list[Arrival]:
    """Arrivals a second apart."""
    return [Arrival(id=f"c-{n:05}", at=since + timedelta(seconds=n)) for n in range(count)]


def taken_by(rota: Rota, count: int) -> list[str | None]:
    """Return who takes each of so many arrivals."""
    return [decision.member for decision in rota.distribute(arrivals(count)).decisions]


weights = st.lists(
    st.one_of(st.integers(1, 9).map(Decimal), st.decimals("0.1", 30, places=1)),
    min_size=1,
    max_size=6,
)


def rota_of(each: Sequence[Decimal]) -> Rota:
    """Members m0, m1, … with these weights."""
    team = people(*(f"m{n}" for n in range(len(each))))
    return Rota(shares=[Share(member=m, weight=w) for m, w in zip(team, each, strict=True)])


def test_weights_of_one_two_three_make_a_pattern_that_repeats() -> None:
    """Weights A1 B2 C3, ties by the order of the list: A B C C B C, and again."""
    rota = Rota.of(people("a", "b", "c"), weights={"a": 1, "b": 2, "c": 3})

    assert "".join(map(str, taken_by(rota, 18))) == "abccbc" * 3


def test_seven_customers_handed_over_to_three_are_three_two_and_two() -> None:
    """A handover of 7 customers over A, B and C gives 3, 2 and 2."""
    rota = Rota.of(people("a", "b", "c"))

    done = rota.hand_out([f"c-{n}" for n in range(7)], at=MONDAY)

    assert done.given == (("a", 3), ("b", 2), ("c", 2))
    assert done.rota.held_by("b") == ("c-1", "c-4")


def test_ties_go_by_the_stated_order() -> None:
    """The order of the members is the order of ties, whatever their names."""
    assert taken_by(Rota.of(people("wei", "ann", "lin")), 4) == ["wei", "ann", "lin", "wei"]


def test_turns_are_remembered_from_one_batch_to_the_next() -> None:
    """What was given on one day counts on the next: nobody begins from nothing."""
    rota = Rota.of(people("a", "b", "c"))
    first = rota.hand_out(["c-1", "c-2"], at=MONDAY)

    second = first.rota.hand_out(["c-3", "c-4"], at=MONDAY + timedelta(days=1))

    assert [decision.member for decision in second.decisions] == ["c", "a"]


def test_a_batch_depends_on_instants_and_ids_alone() -> None:
    """Arrivals of one instant go by their ids, whatever order they come in."""
    rota = Rota.of(people("a", "b"))
    batch = [Arrival(id=key, at=MONDAY) for key in ("c-2", "c-1", "c-3")]

    assert rota.distribute(batch) == rota.distribute(reversed(batch))
    assert [one.arrival.id for one in rota.distribute(batch).decisions] == ["c-1", "c-2", "c-3"]


@given(weights, st.integers(0, 60), st.data())
def test_the_order_of_a_batch_does_not_matter(
    each: list[Decimal], count: int, data: st.DataObject
) -> None:
    """The same arrivals in another order are given to the same members."""
    batch = arrivals(count)

    assert rota_of(each).distribute(data.draw(st.permutations(batch))) == rota_of(each).distribute(
        batch
    )


@settings(max_examples=30)
@given(weights, st.integers(0, 40))
def test_one_by_one_is_the_same_as_all_at_once(each: list[Decimal], count: int) -> None:
    """A rota that is handed on, a desk and a batch decide alike, and remember alike."""
    batch = rota_of(each).distribute(arrivals(count))
    rota, desk = rota_of(each), Desk(rota_of(each))

    for arrival, decision in zip(arrivals(count), batch.decisions, strict=True):
        single, rota = rota.assign(arrival)
        assert single == desk.assign(arrival) == decision

    assert rota == desk.rota == batch.rota


@given(weights, st.integers(0, 200))
def test_everything_is_given_to_exactly_one(each: list[Decimal], count: int) -> None:
    """Nothing is lost: counts add up to what arrived, and are what the memory says."""
    done = rota_of(each).distribute(arrivals(count))

    assert sum(number for _, number in done.given) == count
    assert [share.given for share in done.rota.shares] == [number for _, number in done.given]
    assert sum(len(done.rota.held_by(share.id)) for share in done.rota.shares) == count


@given(weights, st.integers(0, 100))
def test_nobody_is_further_from_the_fair_share_than_proven(each: list[Decimal], count: int) -> None:
    """Ahead by at most 1 - w/W, behind by at most (m - 1) w/W, after every arrival."""
    whole = sum(map(Fraction, each))
    counts = Counter[str | None]()

    for number, member in enumerate(taken_by(rota_of(each), count), start=1):
        counts[member] += 1
        for place, weight in enumerate(map(Fraction, each)):
            ahead = counts[f"m{place}"] - number * weight / whole
            assert -(len(each) - 1) * weight / whole <= ahead <= 1 - weight / whole


@given(st.integers(1, 8), st.integers(0, 200))
def test_with_equal_weights_nobody_is_an_item_off(size: int, count: int) -> None:
    """With equal weights all are within one item of the fair share."""
    done = rota_of([Decimal(3)] * size).distribute(arrivals(count))

    assert all(abs(number - Fraction(count, size)) < 1 for _, number in done.given)


@pytest.mark.parametrize("rounds", [0, 1, 4])
def test_the_bounds_are_reached(rounds: int) -> None:
    """No smaller bound holds: whoever is first gets there, and so does whoever is last."""
    each = [Decimal(2), Decimal(5), Decimal(6)]
    level = 13 * rounds
    first, _, _ = (n for _, n in rota_of(each).distribute(arrivals(level + 1)).given)
    _, _, last = (n for _, n in rota_of(each).distribute(arrivals(level + 2)).given)

    assert first - Fraction((level + 1) * 2, 13) == 1 - Fraction(2, 13)
    assert Fraction((level + 2) * 6, 13) - last == Fraction(2 * 6, 13)


@given(weights, st.integers(0, 120))
def test_levels_stay_within_one_item(each: list[Decimal], count: int) -> None:
    """The levels of two who can take the same differ by at most one item of the lighter."""
    shares = rota_of(each).distribute(arrivals(count)).rota.shares

    for one in shares:
        for other in shares:
            lighter = min(Fraction(one.weight), Fraction(other.weight))
            assert abs(one.level - other.level) <= 1 / lighter


def test_it_is_the_method_of_adams() -> None:
    """Of Balinski and Young's five states it seats 9, 7, 5, 3 and 2, as only Adams does."""
    populations = [Decimal(n) for n in (9061, 7179, 5259, 3319, 1182)]

    done = rota_of(populations).distribute(arrivals(26))

    assert [number for _, number in done.given] == [9, 7, 5, 3, 2]


@given(weights, st.integers(0, 100))
def test_counts_are_the_smallest_quotients(each: list[Decimal], count: int) -> None:
    """What each has been given is Adams's apportionment: the least of all k/w from k = 0 on."""
    quotients = sorted(
        (items / Fraction(weight), place)
        for place, weight in enumerate(each)
        for items in range(count)
    )
    expected = Counter(place for _, place in quotients[:count])

    done = rota_of(each).distribute(arrivals(count))

    assert [number for _, number in done.given] == [expected[n] for n in range(len(each))]


@given(st.lists(st.integers(1, 9), min_size=1, max_size=5), st.integers(1, 4))
def test_whole_weights_come_out_even_each_round(each: list[int], rounds: int) -> None:
    """After as many arrivals as the weights add up to, everybody has the exact share."""
    done = rota_of([Decimal(n) for n in each]).distribute(arrivals(sum(each) * rounds))

    assert [number for _, number in done.given] == [n * rounds for n in each]


def test_an_arrival_that_comes_again_gets_the_same_answer() -> None:
    """An id that somebody holds is answered as before, even late, and counts once."""
    rota = Rota.of(people("a", "b"))
    first, rota = rota.assign(Arrival(id="c-1", at=MONDAY))
    _, rota = rota.assign(Arrival(id="c-2", at=MONDAY + timedelta(hours=1)))

    again, after = rota.assign(Arrival(id="c-1", at=MONDAY))

    assert (first.member, first.outcome) == ("a", Outcome.BY_TURN)
    assert (again.member, again.outcome) == ("a", Outcome.REPEATED)
    assert after == rota
    assert str(again) == "c-1: a, given before, and held still"


def test_a_batch_answers_again_for_what_is_held() -> None:
    """In a batch as well, an id that somebody holds may come again, however late."""
    done = Rota.of(people("a", "b")).distribute(arrivals(3))

    again = done.rota.distribute(arrivals(4))

    assert [one.member for one in again.decisions] == ["a", "b", "a", "b"]
    assert again.given == (("a", 0), ("b", 1))


def test_an_arrival_that_comes_twice_in_a_batch_counts_once() -> None:
    """Equal ids in one batch are one arrival."""
    done = Rota.of(people("a", "b")).distribute([*arrivals(2), *arrivals(2)])

    assert done.given == (("a", 1), ("b", 1))
    assert [one.outcome for one in done.decisions].count(Outcome.REPEATED) == 2


def test_decisions_are_a_sequence() -> None:
    """Decisions are counted, looked at by place or stretch, and equal where they say the same."""
    done = Rota.of(people("a", "b")).distribute(arrivals(5))
    same = Rota.of(people("a", "b")).distribute(arrivals(5))
    other = Rota.of(people("b", "a")).distribute(arrivals(5))

    assert len(done.decisions) == 5
    assert done.decisions[-1] == tuple(done.decisions)[4]
    assert done.decisions[1:3] == tuple(done.decisions)[1:3]
    assert done.decisions == same.decisions
    assert hash(done) == hash(same)
    assert done.decisions != other.decisions
    assert done.decisions != list(same.decisions)
    assert repr(done.decisions) == "<5 decisions>"


def test_what_is_released_still_counts_for_the_turn() -> None:
    """A release frees room and the id, but the turn was had."""
    done = Rota.of(people("a", "b")).distribute(arrivals(1))

    rota = done.rota.release("c-00000")

    assert rota.held == ()
    assert [share.counted for share in rota.shares] == [1, 0]


def test_what_is_taken_back_was_never_given() -> None:
    """Whoever gave an arrival back is next again."""
    done = Rota.of(people("a", "b")).distribute(arrivals(1))

    rota = done.rota.take_back("c-00000")

    assert rota.shares == Rota.of(people("a", "b")).shares
    assert taken_by(rota, 2) == ["a", "b"]


def test_a_desk_releases_and_takes_back() -> None:
    """A desk changes what a rota changes, and its rota stays as it was."""
    rota = Rota.of(people("a", "b"))
    desk = Desk(rota)
    batch = arrivals(4)
    for arrival in batch:
        desk.assign(arrival)

    desk.release("c-00000")
    desk.take_back("c-00002")

    assert desk.rota.held_by("a") == ()
    assert [share.counted for share in desk.rota.shares] == [1, 2]
    assert desk.assign(Arrival(id="c-9", at=batch[-1].at)).member == "a"
    assert rota == Rota.of(people("a", "b"))
    assert repr(desk) == "<Desk of 2 members>"


def test_a_rota_with_much_in_it_is_shown_on_one_line() -> None:
    """The ids of what is held are counted, not listed."""
    done = Rota.of(people("a", "b")).distribute(arrivals(1000))

    assert "held=<1000 ids>" in repr(done.rota)


def test_nothing_to_give_out_changes_nothing() -> None:
    """An empty batch leaves the rota as it is."""
    rota = Rota.of(people("a"))

    assert rota.distribute([]).rota == rota
    assert rota.distribute([]).given == (("a", 0),)
