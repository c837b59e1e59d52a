"""The operators of the language, by the names that its plain form gives them."""

from __future__ import annotations

from typing import Literal as OneOf
from typing import TypeAlias

Arithmetic: TypeAlias = OneOf["add", "sub", "mul", "div"]
Function: TypeAlias = OneOf["abs", "length", "coalesce", "days_between"]
Comparison: TypeAlias = OneOf["eq", "ne", "lt", "le", "gt", "ge"]
Match: TypeAlias = OneOf["starts", "ends", "contains"]
