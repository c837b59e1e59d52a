"""Limits for text that others have written."""

from __future__ import annotations

import os
import re
from decimal import Decimal
from pathlib import Path
from typing import Final

from crmcore.checks import decimal
from crmcore.errors import Fault, FaultsError, InvalidValueError

MOST_BYTES: Final = 16 * 2**20
_MOST_DEPTH: Final = 32
_MOST_DIGITS: Final = 30

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
_DOTTED_NAME = re.compile(rf'(?:\.\s*+["\w-]++\s*+){{{_MOST_DEPTH}}}')


def read_bytes(path: os.PathLike[str]) -> bytes:
    """Return what the file holds, if it is not too much.

    Raises:
        FaultsError: If it cannot be read, or holds too much.
    """
    try:
        with Path(path).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        problem = f"cannot be read: {(error.strerror or str(error)).lower()}"
        raise FaultsError(os.fspath(path), [Fault("the file", problem)]) from error


def decoded(data: str | bytes, source: str) -> str:
    """Return the text without a byte order mark, if it is UTF-8 and not too long.

    Raises:
        FaultsError: If it is not.
    """
    if len(data) > MOST_BYTES:
        problem = f"is larger than {MOST_BYTES // 2**20} MiB; split it"
        raise FaultsError(source, [Fault("the whole", problem)])
    if isinstance(data, str):
        return data.removeprefix("\ufeff")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FaultsError(source, [Fault(f"line {line}", "is not UTF-8 text")]) from None


def refuse_depth(text: str, source: str, *, is_toml: bool) -> None:
    """Refuse brackets in brackets, and names of names, beyond what anybody writes by hand.

    Parsers recurse; so this looks before they do, in one pass over the text.

    Raises:
        FaultsError: If the text is nested too deep.
    """
    bare = (_TOML_TEXT if is_toml else _JSON_TEXT).sub('""', text)
    depth = 0
    for bracket in re.finditer(r"[\[{\]}]", bare):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > _MOST_DEPTH:
            raise _too_deep(bare, bracket.start(), source)
    if is_toml and (dotted := _DOTTED_NAME.search(bare)):
        raise _too_deep(bare, dotted.start(), source)


def _too_deep(text: str, place: int, source: str) -> FaultsError:
    line = text.count("\n", 0, place) + 1
    return FaultsError(source, [Fault(f"line {line}", f"is nested deeper than {_MOST_DEPTH}")])


class Numbers:
    """Reads the numbers of a text, and remembers those that are of absurd size."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def whole(self, text: str) -> int:
        """Read a whole number of at most 30 digits."""
        if len(text.lstrip("-")) <= _MOST_DIGITS:
            return int(text)
        self._refuse(text, f"have at most {_MOST_DIGITS} digits")
        return 0

    def look_through(self, data: object) -> None:
        """Remember the whole numbers in *data* that have more than 30 digits."""
        waiting = [data]
        while waiting:
            value = waiting.pop()
            if isinstance(value, dict):
                waiting.extend(reversed(value.values()))
            elif isinstance(value, list):
                waiting.extend(reversed(value))
            elif isinstance(value, int) and abs(value) >= 10**_MOST_DIGITS:
                self.whole(str(value))

    def exact(self, text: str) -> Decimal:
        """Read an exact, finite number with at most 30 digits and a small exponent."""
        try:
            return decimal(text.replace("_", ""), "number")
        except InvalidValueError as error:
            self._refuse(text, error.rule)
            return Decimal(0)

    def _refuse(self, text: str, rule: str) -> None:
        shown = text if len(text) <= _MOST_DIGITS else f"{text[:_MOST_DIGITS]}…"
        self.faults.append(Fault(f"number {shown}", f"must {rule}"))
