"""Cutting the text of a rule into words, numbers, texts and signs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import Enum, unique
from typing import Final

import attrs

from crmcore.errors import Fault, FaultsError

_LINE: Final = 76
_CONTEXT: Final = 48
_WIDE: Final = frozenset("WF")
_SPELLED: Final = {"n": "\n", "r": "\r", "t": "\t"}

# One place, one token: each alternative begins differently, or is the longer one first. None
# of them can match one stretch of text in two ways, so the time is linear in the text.
_TOKEN: Final = re.compile(
    r"""
    (?P<space>    (?: \s++ | \#[^\n]*+ )++ )
  | (?P<datetime> [0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]++ (?: Z | [+-][0-9]{2}:[0-9]{2} )? )
  | (?P<date>     [0-9]{4}-[0-9]{2}-[0-9]{2} (?![\w-]) )
  | (?P<float>    [0-9]++ (?: \.[0-9]++ )? [eE] [+-]? [0-9]++ )
  | (?P<decimal>  [0-9]++ \. [0-9]++ )
  | (?P<integer>  [0-9]++ )
  | (?P<word>     [^\W\d] \w*+ )
  | (?P<quoted>   ` [^`\n]*+ ` )
  | (?P<text>     " (?: [^"\\\n] | \\[^\n] )*+ " )
  | (?P<sign>     == | != | <= | >= | < (?!>) | \* (?!\*) | / (?!/) | [->+(),.=:] )
    """,
    re.VERBOSE,
)
_ESCAPE: Final = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|(.))", re.DOTALL)
# What is written so elsewhere, and how it is written here.
_ELSEWHERE: Final = {
    "&&": "write and",
    "&": "write and",
    "||": "write or",
    "|": "write or",
    "!": "write not",
    "~": "write not",
    "<>": "write !=",
    "**": "write a product: a * a",
    "//": "engines round whole quotients differently; write / and compare",
    "≠": "write !=",
    "≤": "write <=",
    "≥": "write >=",
    "'": 'text stands in straight double quotes: "gold"',
    "“": 'text stands in straight double quotes: "gold"',
    "”": 'text stands in straight double quotes: "gold"',
    "‘": 'text stands in straight double quotes: "gold"',
    "„": 'text stands in straight double quotes: "gold"',
    "「": 'text stands in straight double quotes: "gold"',
    "[": "write round brackets",
    "]": "write round brackets",
    "{": "write round brackets",
    "（": "write round brackets, ( and )",
    "）": "write round brackets, ( and )",
    "，": "write a comma, ,",
    "、": "write a comma, ,",
    "＝": "write ==",
    "＞": "write >",
    "＜": "write <",
    "×": "write *",
    "÷": "write /",
    "−": "write -",
    "–": "write -",
    "%": "engines give remainders different signs; compare the number itself",
    "^": "write a product: a * a",
    '"': "this text does not end on its line; close it with a double quote",
    "`": "this name does not end on its line; close it with a back-tick",
}


@unique
class Kind(Enum):
    """What a token is; the value is how messages call it."""

    WORD = "word"
    NAME = "quoted"
    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLOAT = "float"
    DATE = "date"
    DATETIME = "datetime"
    SIGN = "sign"
    END = "end"


@attrs.frozen
class Token:
    """A piece of a rule's text.

    Attributes:
        kind: What it is.
        text: Its characters.
        start: Where it begins, counted from 0.
    """

    kind: Kind
    text: str
    start: int

    @property
    def symbol(self) -> str:
        """The word or the sign that it is; empty for all other tokens."""
        return self.text if self.kind is Kind.WORD or self.kind is Kind.SIGN else ""

    @property
    def shown(self) -> str:
        """How a message calls it."""
        if self.kind is Kind.END:
            return "the end"
        return repr(self.text) if len(self.text) <= _CONTEXT else f"{self.text[:_CONTEXT]!r}…"


def tokens(text: str, source: str) -> Iterator[Token]:
    """Yield the tokens of a rule, and one for its end.

    Raises:
        FaultsError: If something is no part of the language.
    """
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise FaultsError(source, [fault_at(text, place, _stranger(text, place))])
        kind = found.lastgroup
        if kind != "space":
            yield Token(Kind(kind), found[0], place)
        place = found.end()
    yield Token(Kind.END, "", len(text.rstrip()))


def _stranger(text: str, place: int) -> str:
    for length in (2, 1):
        if (found := text[place : place + length]) in _ELSEWHERE:
            return f"cannot read {found!r}; {_ELSEWHERE[found]}"
    return f"cannot read {text[place]!r}; it is no part of the language"


def unescaped(quoted: str) -> tuple[str, str]:
    """Return the text that stands in quotes, and what is wrong with it, if something is."""
    problems = []

    def spelled(found: re.Match[str]) -> str:
        code, letter = found.groups()
        if code is not None and int(code, 16) <= 0x10FFFF:  # noqa: PLR2004 - the last character
            return chr(int(code, 16))
        if code is None and letter in {'"', "\\", *_SPELLED}:
            return _SPELLED.get(letter, letter)
        problems.append(rf"{found[0]} stands for nothing; write \\ \" \n \r \t or \u{{…}}")
        return ""

    return _ESCAPE.sub(spelled, quoted[1:-1]), "".join(problems[:1])


def escaped(text: str) -> str:
    """Return text in quotes, so that all that cannot be seen is spelled out."""
    spelled = {sign: f"\\{letter}" for letter, sign in _SPELLED.items()}
    spelled.update({'"': '\\"', "\\": "\\\\"})
    letters = (
        spelled.get(letter) or (letter if letter.isprintable() else f"\\u{{{ord(letter):x}}}")
        for letter in text
    )
    return f'"{"".join(letters)}"'


def fault_at(text: str, start: int, problem: str) -> Fault:
    """Return the fault at a place of the text, with the line and a caret below it."""
    begin = text.rfind("\n", 0, start) + 1
    end = text.find("\n", begin)
    line = text[begin : len(text) if end < 0 else end].replace("\t", " ").rstrip()
    column = start - begin
    first = 0 if len(line) <= _LINE else max(0, column - _CONTEXT)
    shown = line[first : first + _LINE]
    before = "…" if first else ""
    after = "…" if first + _LINE < len(line) else ""
    indent = sum(map(_width, before + shown[: column - first]))
    place = f"line {text.count(chr(10), 0, start) + 1}, column {column + 1}"
    return Fault(place, f"{problem}\n    {before}{shown}{after}\n    {' ' * indent}^")


def _width(letter: str) -> int:
    """Return how many columns of a terminal a character takes."""
    return 2 if unicodedata.east_asian_width(letter) in _WIDE else 1
