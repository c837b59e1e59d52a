"""TOML that is written is read again, and looks as if somebody had written it by hand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.codec import from_data, read_toml, to_toml
from crmcore.criteria import F
from crmcore.errors import InvalidValueError
from crmcore.kernel import DepartmentId, Money
from crmcore.measures import Count, Measure
from crmcore.organization import Department


def test_tables_are_written_as_people_write_them() -> None:
    """Plain fields first, a row of tables below, deeper tables inline, and no None."""
    data = {
        "zone": "UTC",
        "teams": [
            {"id": "care", "size": 3, "lead": None, "goals": {"sales": [1, 2], "a b": True}},
            {"id": "sales", "goals": {}},
        ],
        "empty": [],
    }

    text = to_toml(data)

    assert text == (
        'zone = "UTC"\n'
        "empty = []\n"
        "\n"
        "[[teams]]\n"
        'id = "care"\n'
        "size = 3\n"
        'goals = { sales = [1, 2], "a b" = true }\n'
        "\n"
        "[[teams]]\n"
        'id = "sales"\n'
        "goals = {}\n"
    )


def test_a_record_comes_back() -> None:
    """The fields of a record are those of the file."""
    care = Department(id=DepartmentId("care"), name='Care "and" more', purpose="Keep\nthem.")

    assert from_data(Department, read_toml(to_toml(care))) == care
    assert to_toml(Money("9.90", "EUR")) == 'amount = "9.90"\ncurrency = "EUR"\n'


def test_a_criterion_is_written_as_its_text() -> None:
    """A rule reads as people write it, and stays data where it has no text."""
    measure = Count(F.refund.is_false() & (F.quantity >= 5), source="purchases")
    plugin = {"where": {"crm-criteria": 1, "expr": {"plugin": {"name": "is_vip", "fields": []}}}}

    assert to_toml(measure) == (
        'count = { source = "purchases", where = "refund is false and quantity >= 5" }\n'
    )
    assert from_data(Measure, read_toml(to_toml(measure))) == measure  # type: ignore[type-abstract]
    assert read_toml(to_toml(plugin)) == plugin


WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
PLAIN: Any = st.recursive(
    st.one_of(WORDS, st.integers(-(10**9), 10**9), st.booleans()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=8,
)


@given(st.dictionaries(WORDS, PLAIN, max_size=4))
def test_any_plain_data_comes_back(data: dict[str, Any]) -> None:
    """Whatever signs names and texts are made of."""
    assert read_toml(to_toml(data)) == data


@pytest.mark.parametrize(
    ("value", "match"),
    [
        ([1, 2], "value must be a record or a table"),
        ({"days": [1, None]}, "days must hold no None, for which TOML has no word"),
        ({"share": float("nan")}, "value must be finite"),
    ],
)
def test_what_toml_cannot_say_is_refused(value: object, match: str) -> None:
    """Nothing is left out in silence from the middle of a list."""
    with pytest.raises(InvalidValueError, match=match):
        to_toml(value)
