"""The strategies make records that are valid, varied, and as asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from crmcore import testing
from crmcore.activities import Purchase
from crmcore.errors import UnknownNameError
from crmcore.kernel import CustomerId, Money
from crmcore.organization import Organization
from crmcore.storage import RECORDS

SEEDED = Random(1997)  # noqa: S311 - chance that is the same each time
QUICK = settings(
    max_examples=500,
    phases=[Phase.generate],  # the first that is found will do
    suppress_health_check=list(HealthCheck),
    database=None,
)


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_each_kind_of_record_has_its_strategy(name: str) -> None:
    """The strategy of a repository's records makes records of its class."""
    record = find(testing.records(RECORDS[name]), lambda _: True, settings=QUICK, random=SEEDED)

    assert type(record) is RECORDS[name]
    assert record.version == 0


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_each_field_varies(name: str) -> None:
    """No field but the version is the same in all records, so that none is tested by accident."""
    fields = {field.name for field in attrs.fields(RECORDS[name])} - {"version", "segregated_from"}
    some = st.lists(testing.records(RECORDS[name]), min_size=8, max_size=8)

    def all_vary(drawn: list[Any]) -> bool:
        return all(
            any(getattr(record, field) != getattr(drawn[0], field) for record in drawn)
            for field in fields
        )

    assert find(some, all_vary, settings=QUICK, random=SEEDED)


@pytest.mark.parametrize("name", sorted(RECORDS))
@settings(max_examples=5)
@given(data=st.data())
def test_a_field_may_be_something_particular(name: str, data: st.DataObject) -> None:
    """A field that the caller gives a strategy for is drawn from it."""
    field = "policy" if name.endswith("_facts") else "id"  # a fact makes its id by itself

    record = data.draw(testing.records(RECORDS[name], **{field: st.just("x-1")}))

    assert getattr(record, field) == "x-1"


@given(testing.records(Purchase, customer=st.just(CustomerId("c-17"))))
def test_refunds_are_marked(bought: Purchase) -> None:
    """A purchase is a refund, and marked, exactly where its amount is below 0 or it says so."""
    assert bought.customer == "c-17"
    assert bought.refund or bought.amount.amount >= 0


@given(testing.amounts(), testing.amounts(refund=True))
def test_amounts_have_their_sign(paid: Money, returned: Money) -> None:
    """What is paid is 0 or more, and what goes back 0 or less."""
    assert paid.amount >= 0
    assert returned.amount <= 0


def test_what_no_store_keeps_is_no_record() -> None:
    """Whoever asks for another class is told which there are."""
    with pytest.raises(UnknownNameError, match="unknown class of records 'Decimal'"):
        testing.records(Decimal)


@settings(max_examples=10)
@given(testing.organizations())
def test_organizations_hang_together(organization: Organization) -> None:
    """In a department every name leads somewhere; building it has checked that."""
    assert organization.members
    assert all(team.department == organization.department.id for team in organization.teams)


EDGES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "a microsecond": ("purchases", lambda bought: bought.at.microsecond == 999_999),
    "before 1970": ("purchases", lambda bought: bought.at < datetime(1970, 1, 1, tzinfo=UTC)),
    "parts of a cent": ("purchases", lambda b: b.amount.amount.as_tuple().exponent == -5),
    "more than 64 bits": ("purchases", lambda bought: bought.amount.amount > 10**17),
    "beyond the basic plane": ("customers", lambda customer: "😀" in customer.id),
    "words of SQL": ("customers", lambda customer: "DROP TABLE" in customer.name),
    "two lines": ("interactions", lambda contact: "\n" in (contact.note or "")),
}


@pytest.mark.parametrize("name", EDGES)
def test_the_edges_are_drawn(name: str) -> None:
    """The values that have cost others a bug come up by themselves."""
    kind, is_edge = EDGES[name]

    assert is_edge(find(testing.records(RECORDS[kind]), is_edge, settings=QUICK, random=SEEDED))
