"""Kinds: what fields and arguments hold, refused where it is something else.

What is given in the wrong place would otherwise be taken for nothing: a text such as "no" for
yes, or a rule among the wishes that nobody reads.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from crmcore.errors import InvalidValueError


def is_flag(_: object, attribute: attrs.Attribute[bool], value: object) -> None:
    """Want yes or no, and nothing that only looks like it."""
    if not isinstance(value, bool):
        raise InvalidValueError(attribute.name, value, "be True or False")


def each_is(kinds: type | tuple[type, ...], name: str, what: str, values: Iterable[Any]) -> None:
    """Want that all of several values are of some kinds.

    Raises:
        InvalidValueError: With the first that is not.
    """
    wrong = next((one for one in values if not isinstance(one, kinds)), None)
    if wrong is not None:
        raise InvalidValueError(name, wrong, f"hold only {what}")
