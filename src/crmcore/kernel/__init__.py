"""Kernel: the small values that every room speaks in.

Ids are text of a stated kind. A `Money` is an exact amount in one currency. What a person
reads is a `Phrase`, in English and in Chinese, and every enumeration carries one for each
of its members. What has no value is `Undefined`, with its reason, and never a zero:

>>> from decimal import Decimal
>>> from crmcore.kernel import Money, round_half_up
>>> Money("12.50", "USD") + Money("0.25", "USD")
Money(amount=Decimal('12.75'), currency='USD')
>>> round_half_up(Decimal("70.5"))
Decimal('71')
"""

from __future__ import annotations

from ._ids import CustomerId, DepartmentId, MemberId, ResponsibilityId, RoleId, TeamId
from ._labels import LabelledEnum, Phrase
from ._money import Money, minor_digits
from ._numbers import hours, minutes, round_half_up
from ._undefined import Reason, Undefined

__all__ = [
    "CustomerId",
    "DepartmentId",
    "LabelledEnum",
    "MemberId",
    "Money",
    "Phrase",
    "Reason",
    "ResponsibilityId",
    "RoleId",
    "TeamId",
    "Undefined",
    "hours",
    "minor_digits",
    "minutes",
    "round_half_up",
]
