"""Finding: where in a text somebody is named."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

import attrs

from crmcore.codec import to_json
from crmcore.errors import InvalidValueError
from crmcore.privacy import personal_fields


class Finder:
    """Finds some words in text, each where it stands for itself.

    "Li" is found in "Ms Li called" and not in "the list"; in scripts without blanks, such as
    Chinese, a word is found wherever it occurs.
    """

    def __init__(self, words: Iterable[str]) -> None:
        """Look for *words*, in whatever spelling JSON has for them.

        Raises:
            InvalidValueError: If one of them is blank, or no text.
        """
        spelled: set[str] = set()
        for word in words:
            if not isinstance(word, str) or not word.strip():
                raise InvalidValueError("mentions", word, "be names or other text to look for")
            spelled.update(_spellings(word))
        longest_first = sorted(spelled, key=lambda word: (-len(word), word))
        self._exact = [re.compile(re.escape(word)) for word in longest_first]
        self._folded = [re.compile(re.escape(word), re.IGNORECASE) for word in longest_first]

    def finds(self, text: str, *, exact: bool = False) -> bool:
        """Say whether one of the words stands in *text*.

        Args:
            text: The text.
            exact: Whether capitals are told from small letters.
        """
        words = self._exact if exact else self._folded
        return any(True for word in words for _ in _places(word, text))

    def replaced(self, text: str, by: str, *, exact: bool = False) -> str:
        """Return *text* with another one in place of each word.

        Args:
            text: The text.
            by: What to write instead.
            exact: Whether capitals are told from small letters.
        """
        for word in self._exact if exact else self._folded:
            for start, end in reversed([*_places(word, text)]):
                text = text[:start] + by + text[end:]
        return text


def _places(word: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Yield where a word stands for itself: from where to where."""
    for found in word.finditer(text):
        start, end = found.span()
        if not (_runs_on(text, start) or _runs_on(text, end)):
            yield start, end


def _spellings(word: str) -> Collection[str]:
    """Return a word as it is, as JSON, and as JSON in nothing but ASCII."""
    written = to_json(word)[1:-1]
    units = written.encode("utf-16-be").hex()
    pairs = [units[place : place + 4] for place in range(0, len(units), 4)]
    ascii_only = "".join(chr(int(u, 16)) if int(u, 16) < 128 else f"\\u{u}" for u in pairs)  # noqa: PLR2004 - the end of ASCII
    return {word, written, ascii_only}


def _runs_on(text: str, place: int) -> bool:
    """Say whether a word goes on across *place*: letters that have a case, or digits, meet."""
    return 0 < place < len(text) and _is_letter(text[place - 1]) and _is_letter(text[place])


def _is_letter(character: str) -> bool:
    return character.isdigit() or character.lower() != character.upper()


def personal_texts(record: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - of any class
    """Yield the personal texts of a record, and of the records in it, by field of the record."""
    declared = personal_fields(type(record))
    for field in attrs.fields(type(record)):
        value = getattr(record, field.name)
        texts = [value] if field.name in declared else _texts_within(value)
        yield from ((field.name, text) for text in texts if isinstance(text, str))


def _texts_within(value: Any) -> Iterator[str]:  # noqa: ANN401 - whatever a field holds
    if isinstance(value, tuple):
        for item in value:
            yield from _texts_within(item)
    elif attrs.has(type(value)):
        for _, text in personal_texts(value):
            yield text
