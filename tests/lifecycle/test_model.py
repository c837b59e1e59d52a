"""Stage models: one step at a time, and whole histories."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Sequence
from datetime import date

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.calendar import months_after
from crmcore.criteria import F, as_of
from crmcore.errors import FaultsError, InvalidValueError, UnknownNameError
from crmcore.features import CustomerFeatures
from crmcore.kernel import CustomerId, Phrase
from crmcore.lifecycle import Stage, StageChange, StageHistory, StageModel, StageRule

JANUARY = date(1998, 1, 1)
LOST = StageRule(
    stage=Stage.LOST,
    entry=F.days_since_last > 365,
    allowed_from=[Stage.NEW, Stage.ACTIVE],
)
ACTIVE = StageRule(
    stage=Stage.ACTIVE,
    entry=(F.frequency >= 2) & (F.days_since_last <= 365),
    allowed_from=[Stage.NEW, Stage.REACTIVATED],
)
NEW = StageRule(stage=Stage.NEW, entry=F.frequency >= 1, allowed_from=[Stage.PROSPECT])
BACK = StageRule(stage=Stage.REACTIVATED, entry=F.days_since_last <= 365, allowed_from=[Stage.LOST])
MODEL = StageModel(rules=[LOST, ACTIVE, BACK, NEW])


def seen(
    month: int = 0, *, days: int | None = None, occasions: int = 0, name: str = "ada"
) -> CustomerFeatures:
    """Return what is known of a customer when a month begins."""
    return CustomerFeatures(
        customer=CustomerId(name),
        as_of=months_after(JANUARY, month),
        days_since_last=days,
        frequency=occasions,
    )


def test_stages_have_both_labels() -> None:
    """Every stage is told in English and in Chinese."""
    assert [stage.label.zh for stage in Stage] == [
        "潜在客户",
        "新客户",
        "活跃客户",
        "忠诚客户",
        "流失风险",
        "流失客户",
        "挽回客户",
    ]


def test_the_first_rule_that_holds_moves() -> None:
    """Of the rules that lead on from a stage, the first that holds decides."""
    change = MODEL.step(Stage.NEW, seen(days=400, occasions=3))

    assert change is not None
    assert change.after is Stage.LOST
    assert change.rule is LOST


def test_only_allowed_moves_are_made() -> None:
    """A rule moves nobody from a stage that it does not lead on from."""
    assert MODEL.step(Stage.LOST, seen(days=400, occasions=3)) is None
    assert MODEL.step(Stage.LOYAL, seen(days=400, occasions=3)) is None


def test_the_unknown_moves_nobody() -> None:
    """A rule of which it is unknown whether it holds moves nobody."""
    assert MODEL.step(Stage.LOST, seen(days=None)) is None


def test_a_change_tells_its_rule_and_explains_itself() -> None:
    """A change names the rule, what it asks for, and on demand the values that decided."""
    features = seen(days=400, occasions=3)
    change = MODEL.step(Stage.NEW, features)
    assert change is not None

    assert str(change) == "1998-01-01 · ada · new → lost · rule lost"
    assert change.reason == Phrase(
        f"rule lost: {LOST.entry.words.en}", f"规则 lost：{LOST.entry.words.zh}"
    )
    assert "days_since_last is 400, more than 365" in str(change.explain(features))


@pytest.mark.parametrize(
    "features", [seen(1, days=400, occasions=3), seen(days=400, occasions=3, name="bob")]
)
def test_a_change_is_explained_by_its_own_features(features: CustomerFeatures) -> None:
    """The features of another day or customer explain nothing."""
    change = MODEL.step(Stage.NEW, seen(days=400, occasions=3))
    assert change is not None

    with pytest.raises(InvalidValueError, match="features must be those of 'ada' as of 1998-01-01"):
        change.explain(features)


def test_rules_may_ask_for_the_day() -> None:
    """A rule over the day of judgement is asked with the day of each checkpoint."""
    gone = StageRule(
        stage=Stage.LOST,
        entry=F.last_purchase < as_of.shift(months=-12),
        allowed_from=[Stage.PROSPECT],
    )
    bought = attrs.evolve(seen(), last_purchase=date(1997, 3, 15))

    history = StageModel(rules=[NEW, gone]).replay(
        attrs.evolve(bought, as_of=months_after(JANUARY, month)) for month in range(5)
    )

    assert [change.day for change in history.changes] == [date(1998, 4, 1)]


def test_a_replay_takes_one_step_at_each_checkpoint() -> None:
    """A customer who qualifies for two moves makes one at a time, and both are in the history."""
    history = MODEL.replay(
        [
            seen(0),
            seen(1, days=3, occasions=2),
            seen(2, days=31, occasions=2),
            seen(3, days=400, occasions=2),
            seen(4, days=2, occasions=3),
        ]
    )

    assert [change.after for change in history.changes] == [
        Stage.NEW,
        Stage.ACTIVE,
        Stage.LOST,
        Stage.REACTIVATED,
    ]
    assert history.stage is Stage.REACTIVATED
    assert (history.entered, history.days_in_stage) == (date(1998, 5, 1), 0)


Spec = tuple[Stage, frozenset[Stage], str, int]

specs = st.tuples(
    st.sampled_from(Stage),
    st.frozensets(st.sampled_from(Stage), min_size=1),
    st.sampled_from(["days_since_last", "frequency"]),
    st.integers(0, 4),
).filter(lambda spec: bool(spec[1] - {spec[0]}))
courses = st.lists(
    st.tuples(st.none() | st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=12
).map(
    lambda known: [
        seen(month, days=days, occasions=occasions) for month, (days, occasions) in enumerate(known)
    ]
)


def model_of(rules: Sequence[Spec]) -> StageModel:
    """Return the model that specifications describe."""
    return StageModel(
        rules=[
            StageRule(
                name=f"rule-{place}",
                stage=stage,
                entry=F[field] >= least,
                allowed_from=allowed - {stage},
            )
            for place, (stage, allowed, field, least) in enumerate(rules)
        ]
    )


def interpret(rules: Sequence[Spec], course: Sequence[CustomerFeatures]) -> list[Stage]:
    """Read the rules word by word: the stage after each checkpoint."""
    stage, found = Stage.PROSPECT, []
    for features in course:
        for target, allowed, field, least in rules:
            value = getattr(features, field)
            if stage != target and stage in allowed and value is not None and value >= least:
                stage = target
                break
        found.append(stage)
    return found


@given(st.lists(specs, max_size=8), courses)
def test_replay_follows_the_rules_word_by_word(
    rules: list[Spec], course: list[CustomerFeatures]
) -> None:
    """The compiled model gives the stages that a naive reading of the rules gives."""
    history = model_of(rules).replay(course)

    assert [history.stage_at(each.as_of) for each in course] == interpret(rules, course)


@given(st.data(), st.lists(specs, max_size=4), courses)
def test_replay_does_not_depend_on_the_order(
    data: st.DataObject, rules: list[Spec], course: list[CustomerFeatures]
) -> None:
    """Checkpoints in another order give the same history."""
    model = model_of(rules)

    assert model.replay(data.draw(st.permutations(course))) == model.replay(course)


def test_a_used_model_is_a_value_like_any_other() -> None:
    """A model that has been used is equal to its copies, and can be copied and pickled."""
    MODEL.step(Stage.NEW, seen(days=400))

    assert pickle.loads(pickle.dumps(MODEL)) == copy.deepcopy(MODEL) == MODEL  # noqa: S301 - its own bytes
    assert hash(copy.copy(MODEL)) == hash(MODEL)


@pytest.mark.parametrize(
    ("features", "message"),
    [
        ([], "features must hold at least one checkpoint"),
        ([seen(0), seen(0)], "features must hold each day once"),
        ([seen(0), seen(1, name="bob")], "features must be those of one customer"),
    ],
)
def test_replay_wants_one_course(features: list[CustomerFeatures], message: str) -> None:
    """A replay takes one customer's features, of one day each."""
    with pytest.raises(InvalidValueError, match=message):
        MODEL.replay(features)


@pytest.mark.parametrize("allowed", [[], [Stage.NEW, Stage.LOST]])
def test_a_rule_leads_on(allowed: list[Stage]) -> None:
    """A rule leads on from at least one stage, and not from its own."""
    with pytest.raises(InvalidValueError, match="allowed_from must name at least one stage"):
        StageRule(stage=Stage.LOST, entry=F.frequency > 0, allowed_from=allowed)


def test_an_unknown_stage_is_refused() -> None:
    """A word that is no stage is refused with the nearest one."""
    with pytest.raises(UnknownNameError, match="unknown stage 'loyl'; did you mean 'loyal'"):
        StageRule(stage=Stage.LOST, entry=F.frequency > 0, allowed_from=["loyl"])  # type: ignore[list-item]


def test_rules_differ_in_name() -> None:
    """Two rules of one name are refused, with the place of the second."""
    with pytest.raises(FaultsError, match=r"rules\[1\]\.name: .*'lost'"):
        StageModel(rules=[LOST, LOST])


def history_of(*changes: StageChange, until: date = date(1998, 6, 1)) -> StageHistory:
    """Return a history that begins in January."""
    return StageHistory(
        customer=CustomerId("ada"),
        initial=Stage.PROSPECT,
        since=JANUARY,
        as_of=until,
        changes=changes,
    )


def move(before: Stage, rule: StageRule, day: date, name: str = "ada") -> StageChange:
    """Return a change that a rule brought about."""
    return StageChange(customer=CustomerId(name), day=day, before=before, rule=rule)


FIRST = move(Stage.PROSPECT, NEW, date(1998, 2, 1))
SECOND = move(Stage.NEW, ACTIVE, date(1998, 3, 1))


def test_a_history_knows_the_stage_of_each_day() -> None:
    """The history tells the stage as of any day up to the last checkpoint."""
    history = history_of(FIRST, SECOND)

    assert history.stage_at(date(1997, 1, 1)) is Stage.PROSPECT
    assert history.stage_at(date(1998, 1, 31)) is Stage.PROSPECT
    assert history.stage_at(date(1998, 2, 1)) is Stage.NEW
    assert history.stage_at(date(1998, 6, 1)) is Stage.ACTIVE
    assert history.days_in_stage == 92


def test_a_history_without_changes() -> None:
    """Who never moved is in the initial stage since the first checkpoint."""
    history = history_of()

    assert (history.stage, history.entered) == (Stage.PROSPECT, JANUARY)


def test_a_history_ends() -> None:
    """Nothing is told of the days after the last checkpoint."""
    with pytest.raises(InvalidValueError, match="day must not be after 1998-06-01"):
        history_of().stage_at(date(1998, 6, 2))


def test_a_history_does_not_end_before_it_begins() -> None:
    """The last checkpoint is not before the first."""
    with pytest.raises(InvalidValueError, match="as_of must not be before 1998-01-01"):
        history_of(until=date(1997, 12, 31))


@pytest.mark.parametrize(
    "changes",
    [
        [SECOND],
        [FIRST, move(Stage.NEW, ACTIVE, FIRST.day)],
        [move(Stage.PROSPECT, NEW, date(1998, 6, 2))],
        [move(Stage.PROSPECT, NEW, date(1997, 12, 31))],
        [move(Stage.PROSPECT, NEW, date(1998, 2, 1), name="bob")],
    ],
)
def test_the_changes_of_a_history_are_a_course(changes: list[StageChange]) -> None:
    """Changes lead on from each other, one a day, within the history, of its customer."""
    with pytest.raises(InvalidValueError, match="changes must lead on from each other"):
        history_of(*changes)
