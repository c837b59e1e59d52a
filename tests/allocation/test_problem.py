"""Problems: what they refuse, and that they do not care for order."""

from __future__ import annotations

import pytest

from crmcore.allocation import Band, Conflict, Holder, Item, Option, Problem
from crmcore.errors import FaultsError, InvalidValueError

WEI = Holder("wei", [Band(60, -2), Band(30, 0), Band(10, 5)])


def item(key: str, *options: Option, minutes: int = 10) -> Item:
    """Return an item that costs 100 uncovered."""
    return Item(id=key, minutes=minutes, uncovered=100, options=options)


@pytest.mark.parametrize(
    ("minutes", "cost"), [(0, 120), (30, 60), (60, 0), (90, 0), (95, 25), (100, 50)]
)
def test_the_best_load_costs_nothing(minutes: int, cost: int) -> None:
    """A load curve is 0 at its lowest and follows its bands on both sides."""
    assert WEI.cost(minutes) == cost


@pytest.mark.parametrize("minutes", [-1, 101])
def test_a_curve_ends_at_its_limit(minutes: int) -> None:
    """A load below 0 or above the last band has no cost."""
    with pytest.raises(InvalidValueError, match="minutes must be between 0 and 100 for wei"):
        WEI.cost(minutes)


def test_a_holder_without_bands_holds_what_takes_no_time() -> None:
    """The only load of a holder without bands is none, and it costs nothing."""
    gone = Holder("gone", [])

    assert (gone.limit, gone.corners, gone.cost(0)) == (0, ((0, 0),), 0)


def test_a_curve_never_gets_cheaper() -> None:
    """Slopes that fall would hide better loads behind worse ones."""
    with pytest.raises(InvalidValueError, match="bands must have slopes that never fall"):
        Holder("wei", [Band(10, 5), Band(10, 4)])


@pytest.mark.parametrize("minutes", [-1, 10_000_001])
def test_absurd_work_is_refused(minutes: int) -> None:
    """Work is not negative, and nobody works for twenty years in one period."""
    with pytest.raises(InvalidValueError, match="minutes must be between 0 and 10000000"):
        item("north", minutes=minutes)


def test_weights_that_overflow_are_refused() -> None:
    """A cost beyond a million million is a mistake."""
    with pytest.raises(InvalidValueError, match="fit must be between"):
        Option("wei", fit=10**13)


def test_an_item_does_not_fight_itself() -> None:
    """A conflict names two items."""
    with pytest.raises(InvalidValueError, match="other must be another item than one"):
        Conflict("north", "north")


def test_all_faults_come_together() -> None:
    """A problem with several faults names each of them."""
    with pytest.raises(FaultsError) as caught:
        Problem(
            items=[
                item("north", Option("wie"), Option("wei"), Option("wei")),
                item("south"),
                item("south"),
            ],
            holders=[WEI, WEI],
            conflicts=[Conflict("nort", "south")],
        )

    assert [str(fault) for fault in caught.value.faults] == [
        "item south: it comes twice; name it once",
        "holder wei: it comes twice; name it once",
        "item north: unknown holder 'wie'; did you mean 'wei'?",
        "item north: two options name the holder 'wei'; keep one",
        "conflicts: unknown item 'nort'; did you mean 'north'?",
    ]


def test_order_does_not_matter() -> None:
    """The same parts in another order, and conflicts named from either side, are equal."""
    north, south = item("north", Option("wei")), item("south")
    lin = Holder("lin", [Band(5, 0)])

    assert Problem(
        items=[north, south], holders=[WEI, lin], conflicts=[Conflict("north", "south")]
    ) == Problem(
        items=[south, north],
        holders=[lin, WEI],
        conflicts=[Conflict("south", "north"), Conflict("north", "south")],
    )
