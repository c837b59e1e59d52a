"""Pages of aggregates."""

from __future__ import annotations

import attrs
import pytest

from crmcore.customers import Customer
from crmcore.kernel import CustomerId
from crmcore.repositories import Aggregate, BulkResult, Page


def test_a_page_says_where_to_go_on() -> None:
    """The last page leads nowhere, and a page cannot be changed."""
    last = Page(items=("c-3",), next=None)

    assert (last.items, last.next) == (("c-3",), None)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        last.next = "c-4"  # type: ignore[misc]  # that is what is refused


def test_records_with_id_and_version_are_aggregates() -> None:
    """A customer is one, as the type checker sees as well."""
    customer: Aggregate = Customer(id=CustomerId("c-17"), name="Northwind")

    assert (customer.id, customer.version) == ("c-17", 0)


def test_what_became_of_many_begins_with_nothing() -> None:
    """A result of nothing has written nothing and met no conflict."""
    assert BulkResult() == BulkResult(inserted=0, updated=0, conflicts=())
