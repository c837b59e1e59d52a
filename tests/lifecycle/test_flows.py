"""How many customers flow between stages."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.calendar import Grain, Period, months_after
from crmcore.criteria import F
from crmcore.errors import InvalidValueError
from crmcore.features import CustomerFeatures
from crmcore.kernel import CustomerId
from crmcore.lifecycle import Stage, StageFlow, StageHistory, StageModel, StageRule, flows

JANUARY = date(1998, 1, 1)
# Whoever has bought n times heads for the n-th stage, from wherever they are.
ANYWHERE = StageModel(
    rules=[
        StageRule(
            stage=stage,
            entry=F.frequency == place,
            allowed_from=[other for other in Stage if other is not stage],
        )
        for place, stage in enumerate(Stage)
    ]
)


def history(*places: int, name: str = "ada") -> StageHistory:
    """Return the history of somebody in the given stages when each month begins."""
    return ANYWHERE.replay(
        CustomerFeatures(
            customer=CustomerId(name), as_of=months_after(JANUARY, month), frequency=place
        )
        for month, place in enumerate(places)
    )


def test_flows_are_counted_by_their_two_ends() -> None:
    """What happened in a month shows as of the first day of the next."""
    found = flows([history(0, 1, 2), history(0, 1, 1), history(0, 0, 0)], Period.month(1998, 1))

    assert found.flows == (StageFlow(Stage.PROSPECT, Stage.NEW, 2),)
    assert (found.opened(Stage.PROSPECT), found.closed(Stage.PROSPECT)) == (3, 1)
    assert (found.entered(Stage.NEW), found.left(Stage.PROSPECT)) == (2, 2)
    assert found.closing[:2] == ((Stage.PROSPECT, 1), (Stage.NEW, 2))


def test_every_move_of_a_long_period_counts() -> None:
    """Somebody who comes and goes within a period has moved twice."""
    found = flows([history(0, 1, 0, 0)], Grain.QUARTER.period(JANUARY))

    assert found.flows == (
        StageFlow(Stage.PROSPECT, Stage.NEW, 1),
        StageFlow(Stage.NEW, Stage.PROSPECT, 1),
    )


histories = st.lists(
    st.lists(st.integers(0, 6), min_size=7, max_size=7).map(lambda places: history(*places)),
    max_size=12,
)
spans = st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda ends: ends[0] < ends[1])


@given(histories, spans)
def test_nobody_is_lost_on_the_way(everybody: list[StageHistory], span: tuple[int, int]) -> None:
    """For every stage, opening plus entered less left is closing."""
    period = Period(months_after(JANUARY, span[0]), months_after(JANUARY, span[1]))
    found = flows(everybody, period)

    for stage in Stage:
        change = found.entered(stage) - found.left(stage)
        assert found.opened(stage) + change == found.closed(stage)
    assert sum(count for _, count in found.closing) == len(everybody)


@given(histories)
def test_months_add_up_to_the_quarter(everybody: list[StageHistory]) -> None:
    """The moves of three months are the moves of their quarter."""
    months = [flows(everybody, Period.month(1998, month)) for month in (1, 2, 3)]
    quarter = flows(everybody, Grain.QUARTER.period(JANUARY))

    for stage in Stage:
        assert sum(month.entered(stage) for month in months) == quarter.entered(stage)
    assert months[0].opening == quarter.opening
    assert months[2].closing == quarter.closing


@given(st.data(), histories)
def test_flows_do_not_depend_on_the_order(
    data: st.DataObject, everybody: list[StageHistory]
) -> None:
    """The same histories in another order give the same flows."""
    period = Grain.QUARTER.period(JANUARY)

    assert flows(data.draw(st.permutations(everybody)), period) == flows(everybody, period)


def test_a_period_that_is_not_over_is_refused() -> None:
    """A history that ends within the period cannot tell where the customer stands after it."""
    with pytest.raises(InvalidValueError, match="day must not be after 1998-02-01"):
        flows([history(0, 1)], Grain.QUARTER.period(JANUARY))
