"""Text: ids, names and longer text that every store can keep."""

from __future__ import annotations

import unicodedata
from typing import Any

import attrs

from ._refusal import Withheld, refusal

_LONGEST_ID = 64
_LONGEST_NAME = 200
_LONGEST_TEXT = 10_000

# Control characters, the separators of lines and paragraphs, and lone surrogates, which no
# file or database can keep.
_FORBIDDEN = frozenset({"Cc", "Zl", "Zp", "Cs"})
_RULE = "hold no control characters, line separators or lone surrogates"


def _check(attribute: attrs.Attribute[Any], value: object, longest: int, *, lines: bool) -> None:
    if not isinstance(value, str):
        raise refusal(attribute, value, "be text")
    if not value.strip():
        raise refusal(attribute, value, "not be empty")
    if len(value) > longest:
        rule = f"have at most {longest} characters"
        raise refusal(attribute, Withheld.of(value), rule)  # the length says it all
    if value.isascii() and value.isprintable():
        return
    for character in value:
        if unicodedata.category(character) in _FORBIDDEN and not (lines and character in "\n\t"):
            raise refusal(attribute, value, _RULE)


def is_id(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:  # noqa: ANN401
    """Want an id: 1 to 64 characters, no blanks at its ends, no control characters.

    .. versionadded:: 0.1.0
    """
    _check(attribute, value, _LONGEST_ID, lines=False)
    if value != value.strip():
        raise refusal(attribute, value, "have no blanks at its ends")


def is_name(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:  # noqa: ANN401
    """Want a name: 1 to 200 characters on one line.

    .. versionadded:: 0.1.0
    """
    _check(attribute, value, _LONGEST_NAME, lines=False)


def is_text(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:  # noqa: ANN401
    """Want text of 1 to 10,000 characters, in lines if it likes.

    .. versionadded:: 0.1.0
    """
    _check(attribute, value, _LONGEST_TEXT, lines=True)
