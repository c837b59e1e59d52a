"""Privacy: which data is personal, and how it is kept out of sight and erased.

A field is declared once, where its record is written. The repr of the record then hides it,
no error carries its value, no store sorts by it, and `erased` knows what to leave behind:

>>> import attrs
>>> from crmcore.checks import is_name
>>> from crmcore.privacy import erased, masked, personal
>>> @attrs.frozen
... class Guest:
...     id: str
...     email: str | None = attrs.field(validator=is_name, metadata=personal("email"), repr=masked)
>>> ada = Guest("g-1", "ada@example.org")
>>> ada
Guest(id='g-1', email=<personal>)
>>> erased(ada).email
'[erased]'
>>> Guest("g-2", "ada@example.org" * 20)
Traceback (most recent call last):
    ...
crmcore.errors.InvalidValueError: email must have at most 200 characters (got 300 characters)

What few people said is about each of them: `groups_to_hide` names the groups that are too
small to be shown, and those that would give them away.
"""

from __future__ import annotations

from ._erased import erased
from ._nested import holds_personal
from ._personal import Erasure, Personal, PersonalKind, masked, personal, personal_fields
from ._small_groups import ALL, groups_to_hide

__all__ = [
    "ALL",
    "Erasure",
    "Personal",
    "PersonalKind",
    "erased",
    "groups_to_hide",
    "holds_personal",
    "masked",
    "personal",
    "personal_fields",
]
