"""Types that have records of people in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import attrs
import pytest

from crmcore.customers import Contact, Customer
from crmcore.kernel import Money
from crmcore.organization import Organization
from crmcore.privacy import holds_personal


@attrs.frozen
class Node:
    """A record that has its like below it."""

    below: tuple[Node, ...] = ()
    price: Money | None = None


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Contact, True),
        (Contact | None, True),
        (tuple[Contact, ...], True),
        (Mapping[str, list[Customer]], True),
        (Organization, True),
        (Callable[[Money], Contact], True),
        (Callable[[Money], str], False),
        (Node, False),
        (Money, False),
        (Literal["name"], False),
        (str, False),
        (Any, False),
    ],
    ids=str,
)
def test_people_are_found_however_deep(kind: Any, expected: bool) -> None:  # noqa: ANN401, FBT001
    """A type holds personal data if any record that it is made of declares some."""
    assert holds_personal(kind) is expected
