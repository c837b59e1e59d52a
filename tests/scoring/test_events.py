"""Points for what happened: windows, limits, decay, and what becomes of each event."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, cast
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.criteria import EVERYTHING, F
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import Phrase
from crmcore.scoring import (
    EntryKind,
    EventPart,
    EventRule,
    EventRuleSet,
    EventUse,
    HalfLife,
    Linear,
    Override,
    Rule,
    RuleSet,
    Score,
    Step,
)

TODAY = date(2026, 9, 30)


@attrs.frozen
class Event:
    """Something that happened."""

    id: str
    kind: str | None
    on: date | None


def event_rules(*rules: EventRule, **options: Any) -> EventRuleSet:  # noqa: ANN401 - options of the set
    """Return a rule set of these rules."""
    return EventRuleSet("events", rules, at=F.on, id=F.id, **options)


def opened(**options: Any) -> EventRule:  # noqa: ANN401 - options of the rule
    """Return a rule of 2 points for each mail that was opened."""
    return EventRule("opened mail", **{"when": F.kind == "open", "points": 2, **options})


def mails(*days: date | int | None, kind: str | None = "open") -> list[Event]:
    """Return opened mails, by their day or how many days ago they were opened."""
    return [
        Event(f"m-{at}", kind, TODAY - timedelta(days=day) if isinstance(day, int) else day)
        for at, day in enumerate(days)
    ]


def uses(score: Score) -> dict[str, str]:
    """Return what became of each event."""
    return {part.id: part.use.value for entry in score.ledger for part in entry.events}


def numbers(score: Score) -> tuple[Decimal | int, Decimal | int, Decimal | int]:
    """Return value, low and high."""
    return score.value, score.low, score.high


def test_the_worked_example() -> None:
    """At most three mails a week count, each fades, and none goes without being accounted for."""
    rules = event_rules(opened(at_most=3, per_days=7, within_days=90, decay=HalfLife(days=14)))
    days = [date(2026, 9, day) for day in (1, 2, 3, 4, 8, 9, 10, 30)]

    score = rules.score(mails(*days, date(2026, 1, 1)), as_of=TODAY)

    # Thousandths that are left after 29, 28, 27, 22, 21 and 20 days, twice each.
    assert score.value == 2 * sum(map(Decimal, ("0.25", "0.25", "0.29", "0.354", "0.354", "0.41")))
    assert score.is_certain
    assert [str(part) for part in score.ledger[0].events] == [
        "m-8 (2026-01-01): too old",
        "m-0 (2026-09-01): counted, 0.5",
        "m-1 (2026-09-02): counted, 0.5",
        "m-2 (2026-09-03): counted, 0.58",
        "m-3 (2026-09-04): beyond the limit",
        "m-4 (2026-09-08): counted, 0.708",
        "m-5 (2026-09-09): counted, 0.708",
        "m-6 (2026-09-10): counted, 0.82",
        "m-7 (2026-09-30): still to come",
    ]
    assert str(score.ledger[0]) == (
        "opened mail: 3.816 for 6 of 9 events, because kind is open "
        "(1 beyond the limit, 1 too old, 1 still to come)"
    )
    assert (
        score.ledger[0].reason.zh == "kind 等于 open（超出次数上限 1 个，过旧 1 个，尚未发生 1 个）"
    )


@pytest.mark.parametrize(
    ("decay", "points", "ages", "value"),
    [
        (HalfLife(days=14), 25, [14], "12.5"),
        (HalfLife(days=14), 25, [14, 28], "18.75"),
        (Linear(days=60), 10, [30, 60], "5"),
        (Step(months={24: "0.75", 48: "0.25"}), 100, [731, 1462], "100"),
        (HalfLife(days=10, continuous=True), 1000, [15], "353.553390593"),
        (None, 10, [1, 9999], "20"),
    ],
)
def test_every_event_fades_by_its_own_age(
    decay: HalfLife | Linear | Step | None, points: int, ages: list[int], value: str
) -> None:
    """Half-life, linear, stepped and none give what is written on paper, event by event."""
    rules = event_rules(opened(points=points, decay=decay))

    score = rules.score(mails(*ages), as_of=TODAY)

    assert score.value == Decimal(value)


@pytest.mark.parametrize(
    ("age", "use"), [(0, "to_come"), (1, "counted"), (90, "counted"), (91, "too_old")]
)
def test_a_window_is_half_open(age: int, use: str) -> None:
    """Ninety days are the ninety days before the day of judgement, which itself has not passed."""
    score = event_rules(opened(within_days=90)).score(mails(age), as_of=TODAY)

    assert uses(score) == {"m-0": use}


@pytest.mark.parametrize(("gap", "counted"), [(6, 3), (7, 4)])
def test_a_week_of_a_limit_has_seven_days(gap: int, counted: int) -> None:
    """After three mails on one day, the next to count is one a full week later."""
    rules = event_rules(opened(at_most=3, per_days=7))

    score = rules.score(mails(20, 20, 20, 20 - gap), as_of=TODAY)

    assert score.value == 2 * counted


def test_a_limit_without_a_window_holds_for_ever() -> None:
    """A first purchase is one event, however many follow."""
    rules = event_rules(opened(at_most=1))

    assert uses(rules.score(mails(400, 3), as_of=TODAY)) == {
        "m-0": "counted",
        "m-1": "beyond_limit",
    }


def test_a_limit_is_settled_when_the_event_happens() -> None:
    """What grows too old keeps the place that it has taken, so no score rises by waiting."""
    rules = event_rules(opened(at_most=1, per_days=30, within_days=60))
    history = mails(date(2026, 8, 1), date(2026, 8, 20))

    early = rules.score(history, as_of=date(2026, 9, 1))
    late = rules.score(history, as_of=date(2026, 10, 10))

    assert uses(early) == {"m-0": "counted", "m-1": "beyond_limit"}
    assert uses(late) == {"m-0": "too_old", "m-1": "beyond_limit"}
    assert late.value == 0


def test_ties_go_by_id() -> None:
    """Of several events on one day, those with the first ids count."""
    rules = event_rules(opened(at_most=2, per_days=1))
    same_day = [Event(name, "open", date(2026, 9, 1)) for name in ("c", "a", "b")]

    score = rules.score(same_day, as_of=TODAY)

    assert uses(score) == {"a": "counted", "b": "counted", "c": "beyond_limit"}


@pytest.mark.parametrize(("zone", "day"), [("Asia/Shanghai", 2), ("America/New_York", 1)])
def test_instants_have_their_day_in_a_zone(zone: str, day: int) -> None:
    """An evening in Europe is the next day in Shanghai."""
    rules = event_rules(opened(), zone=zone)
    evening = {"id": 7, "kind": "open", "on": datetime(2026, 9, 1, 20, 0, tzinfo=UTC)}

    score = rules.score([evening], as_of=TODAY)

    assert score.ledger[0].events[0].day == date(2026, 9, day)
    assert score.ledger[0].events[0].id == "7"
    assert rules == event_rules(opened(), zone=ZoneInfo(zone))


def test_only_the_events_of_a_rule_are_in_its_entry() -> None:
    """What a rule does not ask for has no place in its ledger, and no events give no entry."""
    rules = event_rules(opened(), EventRule("bounced", when=F.kind == "bounce", points=-5))

    score = rules.score([Event("b", "bounce", date(2026, 9, 1))], as_of=TODAY)

    assert [str(entry) for entry in score.ledger] == [
        "bounced: -5 for 1 of 1 event, because kind is bounce"
    ]
    assert rules.score([], as_of=TODAY).ledger == ()


def test_what_is_unknown_is_at_stake() -> None:
    """A mail of unknown kind, and one of an unknown day, give nothing, and might give something."""
    rules = event_rules(opened(decay=HalfLife(days=14)))
    events = [*mails(14), Event("x", None, date(2026, 9, 16)), Event("y", "open", None)]

    score = rules.score(events, as_of=TODAY)

    assert numbers(score) == (1, 1, 4)
    assert uses(score) == {"m-0": "counted", "x": "unknown", "y": "unknown"}
    given_entry, unknown = score.ledger
    assert (given_entry.kind, unknown.kind) == (EntryKind.GIVEN, EntryKind.UNKNOWN)
    assert unknown.reason == Phrase(
        "kind and on are missing in 2 events", "2 个事件的 kind、on 缺失"
    )
    assert unknown.sum == "0, 3 at stake"
    assert str(unknown.events[1]) == "y (no day): unknown"


def test_what_is_unknown_may_take_the_place_of_others() -> None:
    """Under a limit, one unknown event puts in doubt what the others give."""
    rules = event_rules(opened(at_most=1, per_days=7, decay=Linear(days=10)))
    events = [Event("x", None, TODAY - timedelta(days=6)), *mails(4, 1)]

    score = rules.score(events, as_of=TODAY)

    # The one four days ago counts, 1.2; instead it could be the unknown one, 0.8, or more.
    assert numbers(score) == (Decimal("1.2"), 0, Decimal("1.2") + Decimal("0.8") + Decimal("1.8"))


@pytest.mark.parametrize(
    ("age", "limit", "is_certain"), [(99, {}, True), (99, {"at_most": 1}, False), (0, {}, True)]
)
def test_what_cannot_matter_is_left_out(
    age: int,
    limit: dict[str, Any],
    is_certain: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """An unknown event too old or to come changes nothing, unless it may have taken a place."""
    rules = event_rules(opened(within_days=9, **limit))

    score = rules.score([*mails(5), Event("x", None, TODAY - timedelta(days=age))], as_of=TODAY)

    assert score.is_certain is is_certain
    assert score.value == score.high == 2


def test_caps_are_entries_of_their_own() -> None:
    """Rules, groups and the whole have caps, as those of features have."""
    rules = event_rules(
        opened(cap=5, group="mail"),
        EventRule("answered", when=F.kind == "answer", points=4, group="mail"),
        EventRule("bounced", when=F.kind == "bounce", points=-9, cap=20),
        group_caps={"mail": 7},
        floor=-10,
        version="3",
    )
    events = [
        *mails(1, 2, 3),
        *(attrs.evolve(mail, id=f"a-{mail.id}") for mail in mails(1, kind="answer")),
        *(attrs.evolve(mail, id=f"b-{mail.id}") for mail in mails(1, 2, 3, kind="bounce")),
    ]

    score = rules.score(events, as_of=TODAY)

    assert [entry.points for entry in score.ledger] == [6, 4, -27, -1, 7, -2, 3]
    assert [entry.reason.en for entry in score.ledger[3:]] == [
        "this rule gives at most 5 points",
        "this rule takes at most 20 points",
        "the group gives or takes at most 7 points",
        "a score is at least -10",
    ]
    assert numbers(score) == (-10, -10, -10)
    assert score.version == "3"


def test_scores_add_up() -> None:
    """What a customer is and what happened make one score, with the ledgers of both."""
    features = RuleSet("value", [Rule("buys", when=F.orders > 3, points=30)], version="7")
    rules = event_rules(opened())

    score = features.score({"orders": None}, as_of=TODAY) + rules.score(mails(1, 2), as_of=TODAY)

    assert (score.rule_set, score.version, score.as_of) == ("value + events", "7 + 1", TODAY)
    assert numbers(score) == (4, 4, 34)
    assert [entry.rule for entry in score.ledger] == ["buys", "opened mail"]


def test_scores_of_different_days_do_not_add_up() -> None:
    """A sum has one day, and an override stands beside the sum."""
    rules = event_rules(opened())
    today, later = (rules.score([], as_of=day) for day in (TODAY, date(2026, 10, 1)))
    override = Override(value=1, author="ada", reason="a call", expires=date(2027, 1, 1))

    with pytest.raises(
        InvalidValueError, match="as_of must be that of the other score, 2026-09-30"
    ):
        _ = today + later
    with pytest.raises(InvalidValueError, match="override must stand beside the sum"):
        _ = today + today.overridden(override)
    with pytest.raises(TypeError, match="unsupported operand"):
        _ = today + cast("Score", 5)


RULES = st.builds(
    opened,
    points=st.sampled_from([2, -3]),
    at_most=st.none() | st.integers(1, 3),
    within_days=st.none() | st.integers(1, 20),
    decay=st.sampled_from([None, HalfLife(days=4), Linear(days=20)]),
    cap=st.none() | st.integers(1, 6),
).flatmap(
    lambda rule: (
        st.just(rule)
        if rule.at_most is None
        else st.builds(attrs.evolve, st.just(rule), per_days=st.none() | st.integers(1, 9))
    )
)
KINDS = st.sampled_from(["open", "open", "bounce"])


def histories(
    kinds: st.SearchStrategy[str | None] = KINDS, *, undated: bool = False, most: int = 8
) -> st.SearchStrategy[list[Event]]:
    """Return histories of a few events within a month."""
    days = st.integers(-2, 25).map(lambda age: TODAY - timedelta(days=age))
    dated = st.tuples(kinds, st.none() | days if undated else days)
    return st.lists(dated, max_size=most).map(
        lambda found: [Event(f"e-{at}", kind, on) for at, (kind, on) in enumerate(found)]
    )


def fits(days: Sequence[date], rule: EventRule) -> bool:
    """Say whether no window of so many days has more events than the limit."""
    if rule.at_most is None:
        return True
    if rule.per_days is None:
        return len(days) <= rule.at_most
    length = timedelta(days=rule.per_days)
    return all(sum(first <= day < first + length for day in days) <= rule.at_most for first in days)


def naive(rule: EventRule, events: list[Event]) -> tuple[set[str], Decimal]:
    """Return which events count, and their points: each is tried against every window."""
    within: list[date] = []
    counted: set[str] = set()
    points = Decimal(0)
    opened_mails = (event for event in events if event.kind == "open" and event.on is not None)
    for event in sorted(opened_mails, key=lambda event: (event.on, event.id)):
        assert event.on is not None
        if event.on >= TODAY or not fits([*within, event.on], rule):
            continue
        within.append(event.on)
        if rule.within_days is None or event.on >= TODAY - timedelta(days=rule.within_days):
            counted.add(event.id)
            factor = 1 if rule.decay is None else rule.decay.factor(event.on, as_of=TODAY)
            points += rule.points * factor
    return counted, points if rule.cap is None else max(-rule.cap, min(rule.cap, points))


@given(RULES, histories())
def test_what_counts_is_what_every_window_allows(rule: EventRule, events: list[Event]) -> None:
    """The running window agrees with trying each event against every window there is."""
    score = event_rules(rule).score(events, as_of=TODAY)

    counted, points = naive(rule, events)
    assert {name for name, use in uses(score).items() if use == EventUse.COUNTED} == counted
    assert score.value == points


@given(RULES, histories())
def test_every_event_of_a_rule_is_accounted_for(rule: EventRule, events: list[Event]) -> None:
    """No event is lost or doubled, the points of the events are the entry's, and all adds up."""
    score = event_rules(rule).score(events, as_of=TODAY)

    entries = [entry for entry in score.ledger if entry.kind is EntryKind.GIVEN]
    named = sorted(part.id for entry in entries for part in entry.events)
    assert named == [event.id for event in events if event.kind == "open"]
    for entry in entries:
        assert entry.points == sum(part.points for part in entry.events)
        assert entry.base == rule.points * sum(
            part.use is EventUse.COUNTED for part in entry.events
        )
    assert score.value == sum(entry.points for entry in score.ledger)
    assert score.is_certain


@given(histories(most=7), st.integers(1, 3), st.integers(1, 9) | st.none())
def test_a_limit_lets_as_many_count_as_can(
    events: list[Event], at_most: int, per_days: int | None
) -> None:
    """No choice of events that every window allows has more of them than count."""
    rule = opened(at_most=at_most, per_days=per_days)
    happened = [
        event.on
        for event in events
        if event.kind == "open" and event.on is not None and event.on < TODAY
    ]

    score = event_rules(rule).score(events, as_of=TODAY)

    largest = max(
        size
        for size in range(len(happened) + 1)
        if any(fits(chosen, rule) for chosen in itertools.combinations(happened, size))
    )
    assert score.value == 2 * largest


@given(RULES, histories(st.sampled_from(["open", "bounce", None]), undated=True), st.data())
def test_the_order_of_events_changes_nothing(
    rule: EventRule, events: list[Event], data: st.DataObject
) -> None:
    """Shuffled events, as objects or as mappings, give the same score with the same ledger."""
    rules = event_rules(rule)
    shuffled = data.draw(st.permutations(events))

    expected = rules.score(events, as_of=TODAY)

    assert rules.score(shuffled, as_of=TODAY) == expected
    assert rules.score(map(attrs.asdict, shuffled), as_of=TODAY) == expected
    assert rules.scorer(as_of=TODAY, of=Event)(shuffled) == expected


def ways(event: Event) -> list[Event]:
    """Return the ways in which the gaps of an event may be filled."""
    kinds = [event.kind] if event.kind else ["open", "bounce"]
    days = [event.on] if event.on else [TODAY - timedelta(days=age) for age in (-1, 1, 4, 15)]
    return [attrs.evolve(event, kind=kind, on=on) for kind in kinds for on in days]


@given(RULES, histories(st.sampled_from(["open", "bounce", None]), undated=True, most=4))
def test_whatever_becomes_known_stays_within_the_bounds(
    rule: EventRule, events: list[Event]
) -> None:
    """Every way in which kinds and days may be filled in gives a score from low to high."""
    rules = event_rules(rule)

    score = rules.score(events, as_of=TODAY)

    assert score.low <= score.value <= score.high
    for known in itertools.product(*map(ways, events)):
        assert score.low <= rules.score(known, as_of=TODAY).value <= score.high


def test_uses_are_said_in_two_languages() -> None:
    """What became of an event has a word in English and in Chinese."""
    part = EventPart(id="m-1", day=TODAY, use=EventUse.BEYOND_LIMIT)

    assert part.use.label == Phrase("beyond the limit", "超出次数上限")
    assert str(part) == "m-1 (2026-09-30): beyond the limit"


def test_a_rule_of_every_event() -> None:
    """A rule may be about all that happened."""
    score = event_rules(EventRule("active", when=EVERYTHING, points=1)).score(mails(1), as_of=TODAY)

    assert str(score) == "events: 1\n  active: 1 for 1 of 1 event, because this always holds"


ONE = mails(1)
NOON = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: opened(at_most=0), "at_most must be a whole number, 1 to 1,000,000"),
        (lambda: opened(at_most=True), "at_most must be a whole number"),
        (lambda: opened(at_most=1, per_days="7"), "per_days must be a whole number, 1 to 36,525"),
        (lambda: opened(within_days=0), "within_days must be a whole number"),
        (lambda: opened(per_days=7), "per_days must be left out, because nothing says how many"),
        (lambda: opened(decay=Linear(days=9, since=F.on)), "decay must leave since out"),
        (lambda: opened(points=10**10), "points must be at most 1,000,000,000"),
        (lambda: opened(when=5), "when must be a Criterion"),
        (lambda: Rule("a", when=F.x > 0, points=1, decay=Linear(days=9)), "decay must state since"),
        (lambda: event_rules(opened(), opened()), "rules must have names of their own"),
        (lambda: event_rules(zone=cast("str", 5)), "zone must be a time zone or its name"),
        (lambda: event_rules(floor=5, cap=5), "floor must be below the cap, 5"),
        (
            lambda: event_rules(opened()).score(ONE * 2, as_of=TODAY),
            "events must be handed in once",
        ),
        (
            lambda: event_rules(opened()).score([{"kind": "open"}], as_of=TODAY),
            "id must be the id of the event, text or an integer",
        ),
        (
            lambda: event_rules(opened()).score([{"id": True}], as_of=TODAY),
            "id must be the id of the event",
        ),
        (
            lambda: event_rules(opened()).score([{"id": 1, "on": "today"}], as_of=TODAY),
            "on must be a date",
        ),
        (
            lambda: event_rules(opened()).score([{"id": 1, "on": NOON}], as_of=TODAY),
            "on must be a date, or the rule set must name the zone",
        ),
        (
            lambda: event_rules(opened(), zone="UTC").score(
                [{"id": 1, "on": NOON.replace(tzinfo=None)}], as_of=TODAY
            ),
            "at must carry a time zone",
        ),
        (
            lambda: event_rules(opened()).score([], as_of=NOON),
            "as_of must be a day, not an instant",
        ),
    ],
    ids=count(),
)
def test_what_is_refused(make: Callable[[], object], message: str) -> None:
    """A rule that cannot be meant, and an event that has no place, are refused with the reason."""
    with pytest.raises(InvalidValueError, match=message):
        make()


def test_a_zone_that_is_none_is_refused() -> None:
    """An unknown zone, and an unknown group, are slips, and the nearest name is suggested."""
    with pytest.raises(UnknownNameError, match="unknown time zone 'Europe/Berln'; did you mean"):
        event_rules(zone="Europe/Berln")
    with pytest.raises(UnknownNameError, match="unknown group 'mails'; did you mean 'mail'"):
        event_rules(opened(group="mail"), group_caps={"mails": 5})


def test_rule_sets_of_events_are_plain_values() -> None:
    """They know what they read, are equal and hashable, and a changed limit is another set."""
    one, other = event_rules(opened(at_most=3)), event_rules(opened(at_most=3))
    changed = event_rules(opened(at_most=4))

    assert one == other
    assert hash(one) == hash(other)
    assert one.fields == {"id", "on", "kind"}
    assert one.fingerprint == other.fingerprint != changed.fingerprint
