"""Checks: the converters and validators that the fields of records share.

A record refuses what it cannot be when it is built, and every record refuses it in the
same words, because the words stand here:

>>> import attrs
>>> from crmcore.checks import at_least
>>> @attrs.frozen
... class Visit:
...     minutes: int = attrs.field(validator=at_least(1))
>>> Visit(0)
Traceback (most recent call last):
    ...
crmcore.errors.InvalidValueError: minutes must be at least 1 (got 0)
"""

from __future__ import annotations

from ._numbers import (
    above,
    at_least,
    between,
    decimal,
    is_count,
    is_fraction,
    not_negative,
    optional_decimal,
)
from ._refusal import PERSONAL, Withheld, refusal
from ._text import is_id, is_name, is_text
from ._time import day, is_after_since, is_zone, not_before, optional_utc, utc, zone
from ._words import is_a, only_with, words

__all__ = [
    "PERSONAL",
    "Withheld",
    "above",
    "at_least",
    "between",
    "day",
    "decimal",
    "is_a",
    "is_after_since",
    "is_count",
    "is_fraction",
    "is_id",
    "is_name",
    "is_text",
    "is_zone",
    "not_before",
    "not_negative",
    "only_with",
    "optional_decimal",
    "optional_utc",
    "refusal",
    "utc",
    "words",
    "zone",
]
