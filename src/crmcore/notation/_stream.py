"""The tokens of a rule, one after the other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final, Protocol

from crmcore.errors import FaultsError

from ._limits import Limits
from ._tokens import Kind, Token, fault_at, tokens, unescaped

_LONGEST_NUMBER: Final = 64


class Placed(Protocol):
    """What has a place in the text: a token, or a part of the rule."""

    @property
    def start(self) -> int:
        """Where it begins, counted from 0."""


def _either(texts: Sequence[str]) -> str:
    *others, last = texts
    return f"{', '.join(others)} or {last}" if others else last


class Tokens:
    """The tokens of a rule, of which the current one is looked at before it is taken.

    Attributes:
        current: The token that comes next.
    """

    def __init__(self, text: str, source: str, limits: Limits) -> None:
        self._text = text
        self._source = source
        self._limits = limits
        self._coming = tokens(text, source)
        self.current = next(self._coming)

    def next(self) -> Token:
        """Take the current token, which is not the end."""
        token, self.current = self.current, next(self._coming)
        return token

    def is_at(self, text: str) -> bool:
        """Say whether a word or a sign comes next."""
        return self.current.symbol == text

    def take(self, text: str) -> bool:
        """Take a word or a sign if it comes next, and say whether it did."""
        found = self.is_at(text)
        if found:
            self.next()
        return found

    def expect(self, *texts: str) -> str:
        """Take one of several words or signs.

        Raises:
            FaultsError: If something else comes next.
        """
        for text in texts:
            if self.take(text):
                return text
        raise self.unexpected(_either(texts))

    def word(self, what: str) -> str:
        """Take a word, whichever it is.

        Raises:
            FaultsError: If something else comes next.
        """
        if self.current.kind is not Kind.WORD:
            raise self.unexpected(what)
        return self.next().text

    def text(self, what: str) -> str:
        """Take a text in quotes, and return what stands in them.

        Raises:
            FaultsError: If something else comes next.
        """
        if self.current.kind is not Kind.TEXT:
            raise self.unexpected(what)
        return self._unescaped(self.next())

    def value(self, token: Token) -> Any:  # noqa: ANN401 - a constant of any kind
        """Return the plain form of a constant."""
        if token.kind is Kind.TEXT:
            return self._unescaped(token)
        if token.kind in {Kind.DATE, Kind.DATETIME}:
            return {token.kind.value: token.text}
        return self.number(token)

    def number(self, token: Token) -> Any:  # noqa: ANN401 - a number of any kind
        """Return the plain form of a number.

        Raises:
            FaultsError: If it is larger than any that a rule may have.
        """
        if len(token.text) > _LONGEST_NUMBER:
            raise self.refusal(f"a number must have at most {self._limits.digits} digits", token)
        if token.kind is Kind.DECIMAL:
            # The zero says that it is a decimal, and is no digit of it.
            return {"decimal": token.text.removesuffix(".0")}
        if token.kind is Kind.INTEGER:
            return int(token.text)
        number = float(token.text)
        if not math.isfinite(number):
            raise self.refusal("a number must be no larger than a float can be", token)
        return number

    def refusal(self, problem: str, at: Placed) -> FaultsError:
        """Return the refusal of what stands at a place."""
        return FaultsError(self._source, [fault_at(self._text, at.start, problem)])

    def unexpected(self, expected: str) -> FaultsError:
        """Return the refusal of what comes next."""
        return self.refusal(f"expected {expected}, found {self.current.shown}", self.current)

    def _unescaped(self, token: Token) -> str:
        text, problem = unescaped(token.text)
        if problem:
            raise self.refusal(problem, token)
        return text
