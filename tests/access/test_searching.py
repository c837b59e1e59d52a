"""Searching: nobody selects or sorts by what they may not see."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.access import AccessPolicy, Grant
from crmcore.criteria import EVERYTHING, Criterion, F
from crmcore.customers import Contact, Customer
from crmcore.errors import AccessDeniedError, UnknownNameError
from crmcore.kernel import CustomerId
from crmcore.repositories import Order

DAY = date(1998, 7, 1)
POLICY = AccessPolicy(
    [
        Grant(id="ids", role="clerk", of=Customer, fields=["id", "kind", "version"]),
        Grant(id="north", role="clerk", of=Customer, fields=["region"], when=F.region == "north"),
        Grant(id="zh", role="clerk", of=Customer, fields=["region"], when=F.language == "zh"),
        Grant(id="mine", role="clerk", of=Contact, when=F.customer == "c-17"),
    ]
)


def checked(criterion: Criterion, of: type[Any] = Customer, **request: Any) -> Criterion:  # noqa: ANN401
    """Return the criterion with which a clerk may look for customers."""
    usual: dict[str, Any] = {"actor": "lin", "roles": ["clerk"], "as_of": DAY}
    return POLICY.check(criterion, of, **(usual | request))


def test_what_is_granted_of_all_records_may_be_asked() -> None:
    """The criterion stays as it is."""
    criterion = F.kind == "person"

    assert checked(criterion, order=["-version", Order("kind")]) == criterion


@pytest.mark.parametrize(
    ("criterion", "order", "field"),
    [
        (F.name == "Canary", (), "name"),
        (EVERYTHING, ("name",), "name"),
        (EVERYTHING, ("-known_since",), "known_since"),
        ((F.kind == "person") & ~F.name.starts_with("Can"), (), "name"),
    ],
    ids=["select", "sort", "sort down", "negation"],
)
def test_what_is_not_granted_may_not_be_asked(
    criterion: Criterion, order: tuple[str, ...], field: str
) -> None:
    """Selecting and sorting by a field tells of it, so both are denied; the text tells nothing."""
    with pytest.raises(AccessDeniedError, match=f"^customer.{field} is denied") as caught:
        checked(criterion, order=order)

    assert "Can" not in str(caught.value)


def test_records_are_not_found_by_whoever_may_not_see_their_ids() -> None:
    """A record that is found tells its id at least."""
    policy = AccessPolicy([Grant(id="kinds", actor="lin", of=Customer, fields=["kind"])])

    with pytest.raises(AccessDeniedError, match=r"^customer.id is denied"):
        policy.check(EVERYTHING, Customer, actor="lin", as_of=DAY)


def test_records_without_ids_are_found_by_what_they_have() -> None:
    """Not every record of an application has an id."""

    @attrs.frozen
    class Cell:
        region: str
        customers: int

    policy = AccessPolicy([Grant(id="cells", actor="lin", of=Cell)])

    assert policy.check(EVERYTHING, Cell, actor="lin", as_of=DAY) == EVERYTHING


def test_a_slip_of_the_pen_is_told() -> None:
    """A field that the records do not have is no denied one."""
    with pytest.raises(UnknownNameError, match="did you mean 'region'"):
        checked(F.regoin == "north")


def test_no_grant_for_another_purpose_helps() -> None:
    """Purpose, role and day count in a search as in a view."""
    policy = AccessPolicy(
        [Grant(id="names", actor="lin", of=Customer, fields=["id", "name"], purpose="service")]
    )
    criterion = F.name == "Ada"

    assert policy.check(criterion, Customer, actor="lin", purpose="service", as_of=DAY) == criterion
    with pytest.raises(AccessDeniedError, match="'names' is given for another purpose"):
        policy.check(criterion, Customer, actor="lin", purpose="marketing", as_of=DAY)


def test_a_search_reaches_as_far_as_the_grant() -> None:
    """Where only some records show a field, only these are searched."""
    assert checked(EVERYTHING, Contact) == EVERYTHING & (F.customer == "c-17")


CUSTOMERS = st.builds(
    Customer,
    id=st.sampled_from([CustomerId("c-17"), CustomerId("c-18")]),
    name=st.just("Ada"),
    region=st.sampled_from(["north", "south", None]),
    language=st.sampled_from(["zh", "en", None]),
    version=st.integers(0, 3),
)


@given(
    customer=CUSTOMERS,
    criterion=st.sampled_from(
        [F.region == "south", ~(F.region == "north"), F.region.is_missing(), F.version > 1]
    ),
)
def test_a_search_finds_what_holds_of_records_that_show_all_that_is_asked(
    customer: Customer, criterion: Criterion
) -> None:
    """Whoever searches learns no more than whoever looks at each record."""
    found = checked(criterion).holds(customer)

    view = POLICY.view(customer, actor="lin", roles=["clerk"], as_of=DAY)
    assert found is (criterion.holds(customer) and {*criterion.fields, "id"} <= set(view))
