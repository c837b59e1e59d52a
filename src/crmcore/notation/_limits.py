"""How much a text, and a criterion in it, may ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import attrs

from crmcore.errors import InvalidValueError

Validator = Callable[[Any, "attrs.Attribute[int]", int], None]


def _at_most(most: int, reason: str) -> Validator:
    def check(_: object, field: attrs.Attribute[int], value: int) -> None:
        if type(value) is not int or not 1 <= value <= most:
            rule = f"be a whole number from 1 to {most}: {reason}"
            raise InvalidValueError(field.name, value, rule)

    return check


@attrs.frozen(kw_only=True)
class Limits:
    """How much a rule that others have written may ask for; what asks for more is refused.

    What is not stated is as large as the language allows, or, for *bytes* and *digits*, as a
    rule needs. A limit can be set lower than that, and none higher than every engine, and
    every reader, can take.

    Attributes:
        bytes: The length of a text, in bytes of UTF-8; 128 KiB unless stated, at most 16 MiB.
        nesting: How many brackets may stand within each other in a text; at most 64.
        digits: How many digits a number may have; 18 unless stated, at most 30.
        nodes: How many parts a criterion may have, a named one counted at each use; at most
            256.
        depth: How deep the parts may be nested; at most 16.
        values: How many constants one membership may list; at most 1000.
        text: How many characters a constant text may have; at most 256.

    .. versionadded:: 0.1.0
    """

    bytes: int = attrs.field(
        default=2**17,
        validator=_at_most(2**24, "a larger text takes more memory than a rule is worth"),
    )
    nesting: int = attrs.field(
        default=64, validator=_at_most(64, "parsers recurse, and Python stops them at some depth")
    )
    digits: int = attrs.field(
        default=18, validator=_at_most(30, "longer numbers are exact in no engine")
    )
    nodes: int = attrs.field(
        default=256, validator=_at_most(256, "beyond, query planners take minutes")
    )
    depth: int = attrs.field(
        default=16, validator=_at_most(16, "databases refuse conditions that are nested deeper")
    )
    values: int = attrs.field(
        default=1000, validator=_at_most(1000, "databases refuse longer lists")
    )
    text: int = attrs.field(
        default=256, validator=_at_most(256, "no field of a record is compared with more")
    )


DEFAULT: Final = Limits()
