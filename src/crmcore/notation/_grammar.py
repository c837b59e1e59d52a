"""The words and signs of the text form, and how tightly they bind."""

from __future__ import annotations

from enum import IntEnum, unique
from typing import Final


@unique
class Power(IntEnum):
    """How tightly a word or a sign binds what stands beside it."""

    ANY = 0
    OR = 1
    AND = 2
    NOT = 3
    TEST = 4
    SUM = 5
    PRODUCT = 6
    SIGN = 7
    WHOLE = 8


COMPARISONS: Final = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
CALCULATIONS: Final = {
    "+": ("add", Power.SUM),
    "-": ("sub", Power.SUM),
    "*": ("mul", Power.PRODUCT),
    "/": ("div", Power.PRODUCT),
}
JOINS: Final = {"or": ("any", Power.OR), "and": ("all", Power.AND)}
COMPLEMENTS: Final = ("not", "unless")
# How many operands a function takes.
FUNCTIONS: Final = {"abs": 1, "length": 1, "coalesce": 2, "days_between": 2}
# The tests that take a text, each with the word that follows its first one, if one does.
TEXT_TESTS: Final = {
    "starts": "with",
    "ends": "with",
    "contains": "",
    "has": "",
}
# What may be asked with *is*: the key and the constant, if there is one.
STATES: Final = {
    "missing": ("is_null", None),
    "present": ("is_present", None),
    "true": ("eq", True),
    "false": ("eq", False),
}
# What else people write after *is*, and what to write.
IS_OTHERWISE: Final = {
    "not": "write is present, is false, or not before the test",
    **dict.fromkeys(("null", "NULL", "none", "None", "empty", "nan"), "write is missing"),
    **dict.fromkeys(("True", "yes"), "write is true"),
    **dict.fromkeys(("False", "no"), "write is false"),
}
UNITS: Final = {"day": "days", "days": "days", "month": "months", "months": "months"}
CONSTANTS: Final = {"true": True, "false": False}
GROUPS: Final = {"everything": "all", "nothing": "any"}

# What can follow a value, and so is suggested there.
FOLLOWING: Final = (*JOINS, *TEXT_TESTS, "in", "not", "is", "differs", "where")
# What a field can be called only in back-ticks; the keywords of Python it cannot be called at all.
RESERVED: Final = frozenset(
    {*JOINS, *COMPLEMENTS, *CONSTANTS, *GROUPS, "in", "is", "as_of", "where"}
)
# What is no part of the language after a value, and what to write.
ELSEWHERE: Final = {
    "=": "write == to compare",
    "between": "its ends are read differently; write a >= 1 and a < 5",
    "equals": "write ==",
    "xor": "write (a or b) and not (a and b)",
    "if": "write and, or or unless",
}
