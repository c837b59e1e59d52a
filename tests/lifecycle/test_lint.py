"""The linter of stage models."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from crmcore.criteria import F
from crmcore.lifecycle import Stage, StageModel, StageRule, lint


def rule(name: str, stage: Stage, *allowed: Stage, least: int = 1) -> StageRule:
    """Return a rule for whoever has bought so often."""
    return StageRule(name=name, stage=stage, allowed_from=allowed, entry=F.frequency >= least)


ROUND = [
    rule(f"to-{after}", after, before)
    for before, after in zip(Stage, [*list(Stage)[1:], Stage.PROSPECT], strict=True)
]


def told(rules: Sequence[StageRule]) -> list[str]:
    """Return what the linter says, as kind and subject."""
    return [f"{finding.kind} {finding.subject}" for finding in lint(StageModel(rules=rules))]


def test_a_round_of_stages_has_no_faults() -> None:
    """Where every stage is reached and left by one rule, there is nothing to find."""
    assert told(ROUND) == []


def test_a_stage_that_nothing_leads_to() -> None:
    """A stage to which no rule leads is found, and so is the rule that leads on from it."""
    without = [each for each in ROUND if each.stage is not Stage.AT_RISK]

    assert told(without)[:2] == ["dead_rule rule:to-lost", "dead_rule rule:to-prospect"]
    assert "unreachable_stage stage:at_risk" in told(without)


def test_a_rule_behind_an_equal_one_is_dead() -> None:
    """A rule that asks for the same as one before it, from the same stages, moves nobody."""
    model = StageModel(rules=[*ROUND, rule("late", Stage.LOST, Stage.PROSPECT)])

    (finding,) = lint(model)

    assert finding.title.en == "the rule late can move nobody"
    assert finding.evidence == (("allowed_from", "prospect"), ("same_entry_before", "to-new"))


def test_a_rule_behind_another_one_is_alive() -> None:
    """A rule that asks for something else may move whom the one before it leaves."""
    assert told([*ROUND, rule("late", Stage.LOST, Stage.PROSPECT, least=2)]) == []


def test_a_stage_without_an_exit() -> None:
    """A stage from which no rule leads on keeps everybody for ever."""
    assert told(ROUND[:-1]) == ["stage_without_exit stage:reactivated"]


def test_two_rules_for_one_move() -> None:
    """Two rules between the same stages are better joined."""
    (finding,) = lint(StageModel(rules=[*ROUND, rule("also", Stage.NEW, Stage.PROSPECT, least=2)]))

    assert str(finding) == (
        "note · rule:also · the rules to-new and also both lead from prospect to new"
    )


stages = st.sampled_from(Stage)
models = st.lists(
    st.tuples(stages, stages).filter(lambda move: move[0] is not move[1]), max_size=8
).map(
    lambda moves: StageModel(
        rules=[
            rule(f"r{place}", after, before, least=place)
            for place, (before, after) in enumerate(moves)
        ]
    )
)


@given(models)
def test_a_stage_is_unreachable_if_no_walk_leads_there(model: StageModel) -> None:
    """The stages that the linter calls unreachable are those that no walk of moves meets."""
    met = {model.initial}
    for _ in Stage:
        met |= {r.stage for r in model.rules if met.intersection(r.allowed_from)}

    unreachable = {f.subject for f in lint(model) if f.kind == "unreachable_stage"}

    assert unreachable == {f"stage:{stage}" for stage in Stage if stage not in met}


@given(st.data(), models)
def test_reach_does_not_depend_on_the_order(data: st.DataObject, model: StageModel) -> None:
    """Rules in another order reach the same stages and leave the same ones."""
    turned = StageModel(rules=data.draw(st.permutations(model.rules)))
    kinds = {"unreachable_stage", "stage_without_exit"}

    assert [f for f in lint(turned) if f.kind in kinds] == [
        f for f in lint(model) if f.kind in kinds
    ]
