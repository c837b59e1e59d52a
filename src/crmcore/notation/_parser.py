"""Parsing the text of a rule into its plain form, each part with its place in the text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import attrs

from crmcore.errors import FaultsError, UnknownNameError

from ._forms import ABSENT
from ._grammar import (
    CALCULATIONS,
    COMPARISONS,
    COMPLEMENTS,
    CONSTANTS,
    ELSEWHERE,
    FOLLOWING,
    FUNCTIONS,
    GROUPS,
    JOINS,
    RESERVED,
    STATES,
    TEXT_TESTS,
    UNITS,
    Power,
)
from ._limits import Limits
from ._part import Part, Sort, made
from ._tokens import Kind, Token, fault_at, tokens, unescaped

_LONGEST_NUMBER: Final = 64
_COMPARED: Final = "a > 1 and a < 5"
_ELSEWHERE: Final = {**ABSENT, **ELSEWHERE}


def _either(texts: Sequence[str]) -> str:
    *others, last = texts
    return f"{', '.join(others)} or {last}" if others else last


class Parser:
    """A parser that climbs by the power with which words and signs bind.

    Each token is looked at once, brackets within brackets are limited, and reading stops as
    soon as there is more than a criterion may have.

    Attributes:
        text: The text of the rule.
        source: How to call it in a message.
        limits: How much it may ask for.
    """

    def __init__(self, text: str, source: str, limits: Limits) -> None:
        self.text = text
        self.source = source
        self.limits = limits
        self._tokens = tokens(text, source)
        self._token = next(self._tokens)
        self._nesting = 0
        self._parts = 0

    def document(self) -> tuple[Part, dict[str, Part]]:
        """Return the expression and the definitions by name.

        Raises:
            FaultsError: If the text is no rule.
        """
        expression = self._criterion(Power.ANY)
        where: dict[str, Part] = {}
        while self._taken("where"):
            token = self._token
            name = self._text("the name of the definition in double quotes")
            if name in where:
                raise self._refusal(f"{name!r} is defined twice; keep one definition", token)
            self._expect(":")
            where[name] = self._criterion(Power.ANY)
        if self._token.kind is not Kind.END:
            raise self._unreadable(expression)
        return expression, where

    # What is read next.

    def _next(self) -> Token:
        token, self._token = self._token, next(self._tokens)
        return token

    def _is(self, text: str) -> bool:
        return self._token.kind in {Kind.WORD, Kind.SIGN} and self._token.text == text

    def _taken(self, text: str) -> bool:
        found = self._is(text)
        if found:
            self._next()
        return found

    def _expect(self, *texts: str) -> str:
        for text in texts:
            if self._taken(text):
                return text
        raise self._unexpected(_either(texts))

    def _text(self, what: str) -> str:
        if self._token.kind is not Kind.TEXT:
            raise self._unexpected(what)
        token = self._next()
        text, problem = unescaped(token.text)
        if problem:
            raise self._refusal(problem, token)
        return text

    def _refusal(self, problem: str, at: Token | Part) -> FaultsError:
        return FaultsError(self.source, [fault_at(self.text, at.start, problem)])

    def _unexpected(self, expected: str) -> FaultsError:
        return self._refusal(f"expected {expected}, found {self._token.shown}", self._token)

    def _count(self, start: Token | Part) -> None:
        self._parts += 1
        # A sum of fields has twice as many fields as it has parts, and then one more.
        if self._parts > 2 * self.limits.nodes + 1:
            raise self._refusal(f"a criterion must have at most {self.limits.nodes} parts", start)

    # Expressions.

    def _criterion(self, power: Power) -> Part:
        part = self._expression(power)
        if part.sort is not Sort.CRITERION:
            raise self._unreadable(part)
        return part

    def _operand(self, power: Power) -> Part:
        part = self._expression(power)
        return self._no_criterion(part)

    def _no_criterion(self, part: Part) -> Part:
        if part.sort is Sort.CRITERION:
            raise self._refusal("expected a value, found a criterion, which has none", part)
        return part

    def _expression(self, power: Power) -> Part:
        if self._nesting >= self.limits.nesting:
            raise self._refusal(f"is nested deeper than {self.limits.nesting}", self._token)
        self._nesting += 1
        part = self._first()
        while (longer := self._longer(part, power)) is not None:
            part = longer
        self._nesting -= 1
        return part

    def _longer(self, left: Part, power: Power) -> Part | None:
        """Return the part that a word or a sign makes of what stands left of it, if one does."""
        text = self._token.text if self._token.kind in {Kind.WORD, Kind.SIGN} else ""
        if text in JOINS and power <= JOINS[text][1]:
            return self._joined(left, text)
        if text in CALCULATIONS and power <= CALCULATIONS[text][1]:
            return self._calculated(left, text)
        if power <= Power.TEST and left.sort is not Sort.CRITERION:
            return self._test(left, text)
        return None

    def _joined(self, left: Part, word: str) -> Part:
        key, power = JOINS[word]
        parts = [left]
        if left.sort is not Sort.CRITERION:
            raise self._no_criterion_yet(left)
        while self._taken(word):
            parts.append(self._criterion(Power(power + 1)))
        self._count(left)
        inside = tuple((f".{key}[{place}]", part) for place, part in enumerate(parts))
        return Part(Sort.CRITERION, {key: [part.data for part in parts]}, left.start, inside)

    def _calculated(self, left: Part, sign: str) -> Part:
        key, power = CALCULATIONS[sign]
        self._no_criterion(left)
        token = self._next()
        if left.sort is Sort.DAY and power is Power.SUM:
            return self._moved(left, -1 if sign == "-" else 1)
        right = self._operand(Power(power + 1))
        self._count(token)
        return made(Sort.TERM, key, left.start, left, right)

    def _moved(self, day: Part, direction: int) -> Part:
        if self._token.kind is not Kind.INTEGER:
            raise self._unexpected("a number of days or months, as in as_of - 90 days")
        self._count(self._token)
        count = direction * self._number(self._next())
        if self._token.text not in UNITS:
            raise self._unexpected("days or months")
        unit = UNITS[self._next().text]
        _, by = day.data.get("shift", (None, {}))
        by = {**by, unit: by.get(unit, 0) + count}
        return Part(Sort.DAY, {"shift": [{"param": "as_of"}, by]}, day.start)

    # Tests.

    def _test(self, left: Part, text: str) -> Part | None:
        if text in COMPARISONS:
            return self._comparison(left)
        if text in {*TEXT_TESTS, "is", "in", "not", "differs"}:
            return self._tested_term(self._term(left, text), text)
        return None

    def _tested_term(self, left: Part, text: str) -> Part:
        if text in TEXT_TESTS:
            self._next()
            if TEXT_TESTS[text]:
                self._expect(TEXT_TESTS[text])
            wanted = self._text('text in double quotes, such as "gold"')
            return self._tested(text, left, beside=(wanted,))
        if text == "is":
            self._next()
            key, constant = STATES[self._expect(*STATES)]
            return self._tested(key, left, beside=() if constant is None else (constant,))
        if text in {"in", "not"}:
            is_not = self._taken("not")
            self._expect("in")
            found = self._tested("in", left, beside=(self._listed(),))
            return made(Sort.CRITERION, "not", left.start, found) if is_not else found
        self._expect("differs")
        self._expect("from")
        return self._tested("differs", left, self._operand(Power.SUM))

    def _term(self, part: Part, where: str) -> Part:
        if part.sort is not Sort.TERM or (where == "has" and "field" not in part.data):
            what = "a field" if where == "has" else "a field, or a calculation with one,"
            raise self._refusal(f"expected {what} beside {where}", part)
        return part

    def _tested(self, key: str, *parts: Part, beside: tuple[Any, ...] = ()) -> Part:
        self._count(parts[0])
        return made(Sort.CRITERION, key, parts[0].start, *parts, beside=beside)

    def _comparison(self, left: Part) -> Part:
        key = COMPARISONS[self._next().text]
        found = self._tested(key, left, self._operand(Power.SUM))
        if self._token.text in COMPARISONS and self._token.kind is Kind.SIGN:
            raise self._refusal(f"comparisons do not chain; write {_COMPARED}", self._token)
        return found

    def _listed(self) -> list[Any]:
        self._expect("(")
        values: list[Any] = []
        while not values or self._taken(","):
            if len(values) == self.limits.values:
                rule = f"a membership must list at most {self.limits.values} values"
                raise self._refusal(rule, self._token)
            values.append(self._listed_constant().data)
        self._expect(")")
        return values

    def _listed_constant(self) -> Part:
        part = self._first()
        if part.sort is not Sort.CONSTANT:
            raise self._refusal("expected a constant; fields are compared with ==", part)
        return part

    # What expressions begin with.

    def _first(self) -> Part:
        token = self._token
        if token.kind in {Kind.WORD, Kind.NAME}:
            return self._word(self._next())
        if self._taken("("):
            inside = self._expression(Power.ANY)
            self._expect(")")
            return attrs.evolve(inside, start=token.start)
        if self._taken("-"):
            return self._negative(token)
        if token.kind in {Kind.SIGN, Kind.END}:
            raise self._unexpected("a field or a value")
        return self._constant(self._next())

    def _word(self, token: Token) -> Part:
        word = token.text
        if token.kind is Kind.NAME:
            return self._field(token, word[1:-1])
        if word in COMPLEMENTS:
            self._count(token)
            return made(Sort.CRITERION, word, token.start, self._criterion(Power.NOT))
        if word in CONSTANTS:
            return Part(Sort.CONSTANT, CONSTANTS[word], token.start)
        if word in GROUPS:
            return Part(Sort.CRITERION, {GROUPS[word]: []}, token.start)
        if word == "as_of":
            return Part(Sort.DAY, {"param": "as_of"}, token.start)
        return self._name(token)

    def _name(self, token: Token) -> Part:
        if token.text in RESERVED:
            raise self._refusal(f"expected a field or a value, found {token.text!r}", token)
        if self._is("(") or self._is("."):
            return self._called(token)
        return self._field(token, token.text)

    def _field(self, token: Token, name: str) -> Part:
        self._count(token)
        return Part(Sort.TERM, {"field": name}, token.start)

    def _negative(self, sign: Token) -> Part:
        part = self._operand(Power.SIGN)
        if part.sort is Sort.TERM:
            self._count(sign)
            zero = Part(Sort.CONSTANT, 0, sign.start)
            return made(Sort.TERM, "sub", sign.start, zero, part)
        if isinstance(part.data, dict) and "decimal" in part.data:
            negative = Decimal(part.data["decimal"]).copy_negate()
            return Part(Sort.CONSTANT, {"decimal": f"{negative:f}"}, sign.start)
        if type(part.data) not in {int, float}:
            raise self._refusal("expected a number after -", part)
        return Part(Sort.CONSTANT, -part.data, sign.start)

    def _constant(self, token: Token) -> Part:
        return Part(Sort.CONSTANT, self._value(token), token.start)

    def _value(self, token: Token) -> Any:  # noqa: ANN401 - of any kind
        if token.kind is Kind.TEXT:
            text, problem = unescaped(token.text)
            if problem:
                raise self._refusal(problem, token)
            return text
        if token.kind in {Kind.DATE, Kind.DATETIME}:
            return {token.kind.value: token.text}
        return self._number(token)

    def _number(self, token: Token) -> Any:  # noqa: ANN401 - of any kind
        if len(token.text) > _LONGEST_NUMBER:
            raise self._refusal(f"a number must have at most {self.limits.digits} digits", token)
        if token.kind is Kind.DECIMAL:
            return {"decimal": token.text}
        return self._float(token) if token.kind is Kind.FLOAT else int(token.text)

    def _float(self, token: Token) -> float:
        number = float(token.text)
        if not math.isfinite(number):
            raise self._refusal("a number must be no larger than a float can be", token)
        return number

    # Calls.

    def _called(self, token: Token) -> Part:
        name = token.text
        self._count(token)
        if self._is("."):
            return self._asked(token)
        if name == "named":
            self._expect("(")
            named = self._text('a name in double quotes, such as named("dach")')
            self._expect(")")
            return Part(Sort.CRITERION, {"named": named}, token.start)
        if name not in FUNCTIONS:
            if name in ABSENT:
                raise self._refusal(f"unknown function {name!r}; {ABSENT[name]}", token)
            raise self._refusal(
                str(UnknownNameError("function", name, [*FUNCTIONS, "named"])), token
            )
        self._expect("(")
        operands = [self._operand(Power.SUM)]
        if name != "days_between":
            self._term(operands[0], name)
        while len(operands) < FUNCTIONS[name]:
            self._expect(",")
            operands.append(self._operand(Power.SUM))
        self._expect(")")
        return made(Sort.TERM, name, token.start, *operands)

    def _asked(self, token: Token) -> Part:
        name = token.text
        while self._taken("."):
            name += f".{self._plain('the rest of the name of a predicate')}"
        self._expect("(")
        given: dict[str, Any] = {}
        inside: list[tuple[str, Part]] = []
        while not self._is(")") and (not given or self._expect(",")):
            start = self._token
            key = self._plain("an argument, such as country, or )")
            if key in given:
                raise self._refusal(f"{key!r} is given twice; keep one", start)
            self._expect("=")
            part = self._listed_constant()
            given[key] = part.data
            inside.append((f".call[1].{key}", part))
        self._expect(")")
        return Part(Sort.CRITERION, {"call": [name, given]}, token.start, tuple(inside))

    def _plain(self, what: str) -> str:
        if self._token.kind is not Kind.WORD:
            raise self._unexpected(what)
        return self._next().text

    # What went wrong.

    def _unreadable(self, part: Part) -> FaultsError:
        """Return the refusal of what stands after a part, or of the part itself."""
        token = self._token
        if token.kind in {Kind.WORD, Kind.SIGN} and token.text in _ELSEWHERE:
            problem = f"cannot read {token.text!r}; {_ELSEWHERE[token.text]}"
        elif token.kind is Kind.WORD and token.text not in FOLLOWING:
            problem = str(UnknownNameError("word", token.text, FOLLOWING))
        elif part.sort is not Sort.CRITERION:
            return self._no_criterion_yet(part)
        else:
            problem = f"expected and, or, or the end, found {token.shown}"
        return self._refusal(problem, token)

    def _no_criterion_yet(self, part: Part) -> FaultsError:
        told = f"{part.sort.value} is no criterion yet; compare it, as in spend > 100"
        return self._refusal(f"{told}, or ask is_vip is true", part)
