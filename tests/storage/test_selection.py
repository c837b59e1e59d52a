"""The plain meaning of a selection: which rows are wanted, and in which order."""

from __future__ import annotations

from datetime import date
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from crmcore.customers import Customer, CustomerKind
from crmcore.kernel import CustomerId
from crmcore.repositories import Order
from crmcore.storage import Selection
from crmcore.testing import records

FIELDS = ("region", "known_since", "kind", "archived_at", "language", "id")

orders = st.lists(
    st.builds(Order, st.sampled_from(FIELDS), descending=st.booleans()),
    max_size=3,
    unique_by=lambda by: by.field,
).map(tuple)
customers = st.lists(records(Customer), max_size=5, unique_by=lambda found: found.id)


@given(customers, orders, st.randoms(use_true_random=False))
def test_the_order_of_rows_makes_no_difference(
    rows: list[Customer], order: tuple[Order, ...], chance: Random
) -> None:
    """Rows have one order, because no two have the same id."""
    shuffled = chance.sample(rows, len(rows))
    selection = Selection(order=order)

    assert selection.sorted(shuffled) == selection.sorted(rows)
    assert sorted(row.id for row in selection.sorted(rows)) == sorted(row.id for row in rows)


@given(customers, orders, st.integers(0, 7))
def test_what_is_behind_a_place_is_the_rest(
    rows: list[Customer], order: tuple[Order, ...], position: int
) -> None:
    """A selection after the place of a row takes all that comes after it, and nothing else."""
    ordered = Selection(order=order).sorted(rows)
    for number, row in enumerate(ordered):
        place = Selection(order=order).place(row)
        behind = Selection(order=order, after=place)

        assert [found for found in ordered if behind.takes(found)] == ordered[number + 1 :]
    assert Selection(order=order).sorted(ordered[:position]) == ordered[:position]


@given(customers, st.sampled_from(FIELDS[:-1]))
def test_descending_turns_values_and_leaves_ids(rows: list[Customer], field: str) -> None:
    """The other way round, values descend with None last, and ids ascend among equal values."""
    up = Selection(order=(Order(field),)).sorted(rows)
    down = Selection(order=(Order(field, descending=True),)).sorted(rows)

    values = [getattr(row, field) for row in up]
    assert [getattr(row, field) for row in down] == values[::-1]
    missing = [value is None for value in values]
    assert missing == sorted(missing, reverse=True)
    for value in values:
        ids = [row.id for row in down if getattr(row, field) == value]
        assert ids == sorted(ids)


def test_a_place_holds_words() -> None:
    """A member of an enumeration stands in a place as its word, by which it is sorted too."""
    row = Customer(
        id=CustomerId("c-17"),
        name="Northwind",
        kind=CustomerKind.ORGANIZATION,
        known_since=date(1997, 1, 1),
    )
    selection = Selection(order=(Order("kind"), Order("known_since")))

    assert selection.place(row) == ("organization", date(1997, 1, 1), "c-17")
    assert type(selection.place(row)[0]) is str


def test_archived_rows_are_wanted_unless_they_are_not() -> None:
    """Only a selection without archives looks whether a row is archived."""
    assert Selection().takes(object())
