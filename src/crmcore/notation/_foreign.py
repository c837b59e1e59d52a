"""Text that others have written: taken in within limits, before a parser sees it."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Final

import attrs

from crmcore.checks import decimal
from crmcore.errors import Fault, FaultsError, InvalidValueError

from ._limits import Limits

_FARTHEST: Final = 345  # places from the point; a float has its last digit within 324 of it
_SHOWN: Final = 30
_MOST_FAULTS: Final = 1000
_MEBIBYTE: Final = 2**20

# Text that is not closed counts up to its end; so each character is looked at once.
_JSON_TEXT = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_TOML_TEXT = re.compile(
    r"""
    \"{3} (?: [^\\] | \\. )*? (?: \"{3} | \Z )  # text in lines
    | '{3} .*? (?: '{3} | \Z )                   # the same, as it stands
    | " (?: [^"\\\n] | \\[^\n] )*+ "?             # text
    | ' [^'\n]*+ '?                              # the same, as it stands
    | \# [^\n]*+                                 # a comment
    """,
    re.DOTALL | re.VERBOSE,
)
_NAME_OF_NAME = re.compile(r'(?:\.\s*+["\w-]++\s*+)++')


def read_bytes(path: os.PathLike[str], limits: Limits) -> bytes:
    """Return what the file holds, or its beginning if that is too much already.

    Raises:
        FaultsError: If it cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            return file.read(limits.bytes + 1)
    except OSError as error:
        problem = f"cannot be read: {(error.strerror or str(error)).lower()}"
        raise FaultsError(os.fspath(path), [Fault("the file", problem)]) from error


def decoded(data: str | bytes, source: str, limits: Limits) -> str:
    """Return the text without a byte order mark, if it is UTF-8 and not too long.

    Raises:
        FaultsError: If it is not.
    """
    if not isinstance(data, str | bytes):
        problem = f"must be text, or its bytes, and not {type(data).__name__}"
        raise FaultsError(source, [Fault("the whole", problem)])
    if len(data) > limits.bytes or (
        isinstance(data, str) and len(data.encode(errors="surrogatepass")) > limits.bytes
    ):
        problem = f"is larger than {_said(limits.bytes)}; split it"
        raise FaultsError(source, [Fault("the whole", problem)])
    if isinstance(data, str):
        return data.removeprefix("\ufeff")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    # Out here, because that error carries all of the data along, which may be personal.
    raise FaultsError(source, [Fault(f"line {line}", "is not UTF-8 text")])


def _said(size: int) -> str:
    for unit, name in ((_MEBIBYTE, "MiB"), (2**10, "KiB")):
        if not size % unit:
            return f"{size // unit} {name}"
    return f"{size} bytes"


def refuse_depth(text: str, source: str, limits: Limits, *, is_toml: bool) -> None:
    """Refuse brackets in brackets, and names of names, beyond what anybody writes by hand.

    Parsers recurse; so this looks before they do, in one pass over the text.

    Raises:
        FaultsError: If the text is nested too deep.
    """
    bare = (_TOML_TEXT if is_toml else _JSON_TEXT).sub('""', text)
    depth = 0
    for bracket in re.finditer(r"[\[{\]}]", bare):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > limits.nesting:
            raise _too_deep(bare, bracket.start(), source, limits)
    if is_toml:
        for dotted in _NAME_OF_NAME.finditer(bare):
            if dotted[0].count(".") >= limits.nesting:
                raise _too_deep(bare, dotted.start(), source, limits)


def _too_deep(text: str, place: int, source: str, limits: Limits) -> FaultsError:
    line = text.count("\n", 0, place) + 1
    return FaultsError(source, [Fault(f"line {line}", f"is nested deeper than {limits.nesting}")])


@attrs.define
class Numbers:
    """Reads the numbers of a text, and remembers those that are of absurd size.

    Attributes:
        limits: How many digits a number may have.
        faults: The numbers that have more, and what is no number.
    """

    limits: Limits
    faults: list[Fault] = attrs.field(factory=list)

    @property
    def rule(self) -> str:
        """What a number must do."""
        return f"have at most {self.limits.digits} digits"

    def fraction(self, *, exact: bool) -> Callable[[str], Decimal | float]:
        """Return what reads a number with a point, as a decimal or as a float."""
        return self._exact if exact else self._float

    def whole(self, text: str) -> int:
        """Read a whole number."""
        if len(text.lstrip("-")) <= self.limits.digits:
            return int(text)
        self._refuse(text, self.rule)
        return 0

    def look_through(self, data: object) -> None:
        """Remember the whole numbers in *data* that have too many digits."""
        waiting = [data]
        while waiting:
            value = waiting.pop()
            if isinstance(value, dict):
                waiting.extend(reversed(value.values()))
            elif isinstance(value, list):
                waiting.extend(reversed(value))
            elif isinstance(value, int) and abs(value) >= 10**self.limits.digits:
                self.whole(str(value))

    def _exact(self, text: str) -> Decimal:
        try:
            number = decimal(text.replace("_", ""), "number", digits=_FARTHEST)
        except InvalidValueError as error:
            many = "digits" in error.rule
            self._refuse(text, self.rule if many else error.rule)
            return Decimal(0)
        if len(number.as_tuple().digits) > self.limits.digits:
            self._refuse(text, self.rule)
        return number

    def _float(self, text: str) -> float:
        number = float(text)
        if not math.isfinite(number):
            self._refuse(text, "be finite, and no larger than a float can be")
        return number

    def _refuse(self, text: str, rule: str) -> None:
        shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(Fault(f"number {shown}", f"must {rule}"))
