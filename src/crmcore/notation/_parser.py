"""Parsing the text of a rule into its plain form, each part with its place in the text."""

from __future__ import annotations

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
    IS_OTHERWISE,
    JOINS,
    RESERVED,
    STATES,
    TEXT_TESTS,
    UNITS,
    Power,
)
from ._limits import Limits
from ._part import Part, Sort, made
from ._stream import Tokens
from ._tokens import Kind, Token

_COMPARED: Final = "a > 1 and a < 5"
_ELSEWHERE: Final = {**ABSENT, **ELSEWHERE}


class Parser:
    """A parser that climbs by the power with which words and signs bind.

    Each token is looked at once, brackets within brackets are limited, and reading stops as
    soon as there is more than a criterion may have.

    Attributes:
        limits: How much the text may ask for.
    """

    def __init__(self, text: str, source: str, limits: Limits) -> None:
        self.limits = limits
        self._tokens = Tokens(text, source, limits)
        self._nesting = 0
        self._parts = 0

    def document(self) -> tuple[Part, dict[str, Part]]:
        """Return the expression and the definitions by name.

        Raises:
            FaultsError: If the text is no rule.
        """
        expression = self._criterion(Power.ANY)
        where: dict[str, Part] = {}
        while self._tokens.take("where"):
            token = self._tokens.current
            name = self._tokens.text("the name of the definition in double quotes")
            if name in where:
                raise self._tokens.refusal(f"{name!r} is defined twice; keep one definition", token)
            self._tokens.expect(":")
            where[name] = self._criterion(Power.ANY)
        if self._tokens.current.kind is not Kind.END:
            raise self._unreadable(expression)
        return expression, where

    # How much there is.

    def _count(self, start: Token | Part) -> None:
        self._parts += 1
        # A sum of fields has twice as many fields as it has parts, and then one more.
        if self._parts > 2 * self.limits.nodes + 1:
            rule = f"have at most {self.limits.nodes} parts in all"
            raise self._tokens.refusal(f"a criterion must {rule}", start)

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
            raise self._tokens.refusal("expected a value, found a criterion, which has none", part)
        return part

    def _expression(self, power: Power) -> Part:
        if self._nesting >= self.limits.nesting:
            problem = f"is nested deeper than {self.limits.nesting}"
            raise self._tokens.refusal(problem, self._tokens.current)
        self._nesting += 1
        part = self._first()
        while (longer := self._longer(part, power)) is not None:
            part = longer
        self._nesting -= 1
        return part

    def _longer(self, left: Part, power: Power) -> Part | None:
        """Return the part that a word or a sign makes of what stands left of it, if one does."""
        text = self._tokens.current.symbol
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
        while self._tokens.take(word):
            parts.append(self._criterion(Power(power + 1)))
        self._count(left)
        inside = tuple((f".{key}[{place}]", part) for place, part in enumerate(parts))
        return Part(Sort.CRITERION, {key: [part.data for part in parts]}, left.start, inside)

    def _calculated(self, left: Part, sign: str) -> Part:
        key, power = CALCULATIONS[sign]
        self._no_criterion(left)
        token = self._tokens.next()
        if left.sort is Sort.DAY and power is Power.SUM:
            return self._moved(left, -1 if sign == "-" else 1)
        right = self._operand(Power(power + 1))
        self._count(token)
        return made(Sort.TERM, key, left.start, left, right)

    def _moved(self, day: Part, direction: int) -> Part:
        if self._tokens.current.kind is not Kind.INTEGER:
            raise self._tokens.unexpected("a number of days or months, as in as_of - 90 days")
        self._count(self._tokens.current)
        count = direction * self._tokens.number(self._tokens.next())
        if self._tokens.current.text not in UNITS:
            raise self._tokens.unexpected("days or months")
        unit = UNITS[self._tokens.next().text]
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
            self._tokens.next()
            if TEXT_TESTS[text]:
                self._tokens.expect(TEXT_TESTS[text])
            wanted = self._tokens.text('text in double quotes, such as "gold"')
            return self._tested(text, left, beside=(wanted,))
        if text == "is":
            self._tokens.next()
            token = self._tokens.current
            if token.symbol in IS_OTHERWISE:
                raise self._tokens.refusal(
                    f"cannot read {token.text!r}; {IS_OTHERWISE[token.text]}", token
                )
            key, constant = STATES[self._tokens.expect(*STATES)]
            return self._tested(key, left, beside=() if constant is None else (constant,))
        if text in {"in", "not"}:
            is_not = self._tokens.take("not")
            self._tokens.expect("in")
            found = self._tested("in", left, beside=(self._listed(),))
            return made(Sort.CRITERION, "not", left.start, found) if is_not else found
        self._tokens.expect("differs")
        self._tokens.expect("from")
        return self._tested("differs", left, self._operand(Power.SUM))

    def _term(self, part: Part, where: str) -> Part:
        if part.sort is not Sort.TERM or (where == "has" and "field" not in part.data):
            what = "a field" if where == "has" else "a field, or a calculation with one,"
            raise self._tokens.refusal(f"expected {what} beside {where}", part)
        return part

    def _tested(self, key: str, *parts: Part, beside: tuple[Any, ...] = ()) -> Part:
        self._count(parts[0])
        return made(Sort.CRITERION, key, parts[0].start, *parts, beside=beside)

    def _comparison(self, left: Part) -> Part:
        key = COMPARISONS[self._tokens.next().text]
        found = self._tested(key, left, self._operand(Power.SUM))
        token = self._tokens.current
        if token.symbol in COMPARISONS:
            raise self._tokens.refusal(f"comparisons do not chain; write {_COMPARED}", token)
        return found

    def _listed(self) -> list[Any]:
        self._tokens.expect("(")
        values: list[Any] = []
        while not values or self._tokens.take(","):
            if len(values) == self.limits.values:
                rule = f"a membership must list at most {self.limits.values} values"
                raise self._tokens.refusal(rule, self._tokens.current)
            values.append(self._listed_constant().data)
        self._tokens.expect(")")
        return values

    def _listed_constant(self) -> Part:
        part = self._first()
        if part.sort is not Sort.CONSTANT:
            raise self._tokens.refusal("expected a constant; fields are compared with ==", part)
        return part

    # What expressions begin with.

    def _first(self) -> Part:
        token = self._tokens.current
        if token.kind in {Kind.WORD, Kind.NAME}:
            return self._word(self._tokens.next())
        if self._tokens.take("("):
            inside = self._expression(Power.ANY)
            self._tokens.expect(")")
            return attrs.evolve(inside, start=token.start)
        if self._tokens.take("-"):
            return self._negative(token)
        if token.kind in {Kind.SIGN, Kind.END}:
            raise self._tokens.unexpected("a field or a value")
        token = self._tokens.next()
        return Part(Sort.CONSTANT, self._tokens.value(token), token.start)

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
            raise self._tokens.refusal(f"expected a field or a value, found {token.text!r}", token)
        if self._tokens.is_at("(") or self._tokens.is_at("."):
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
            raise self._tokens.refusal("expected a number after -", part)
        return Part(Sort.CONSTANT, -part.data, sign.start)

    # Calls.

    def _called(self, token: Token) -> Part:
        name = token.text
        self._count(token)
        if self._tokens.is_at("."):
            return self._asked(token)
        if name == "named":
            return self._named(token)
        if name not in FUNCTIONS:
            if name in ABSENT:
                raise self._tokens.refusal(f"unknown function {name!r}; {ABSENT[name]}", token)
            raise self._tokens.refusal(
                str(UnknownNameError("function", name, [*FUNCTIONS, "named"])), token
            )
        self._tokens.expect("(")
        operands = [self._operand(Power.SUM)]
        if name != "days_between":
            self._term(operands[0], name)
        while len(operands) < FUNCTIONS[name]:
            self._tokens.expect(",")
            operands.append(self._operand(Power.SUM))
        self._tokens.expect(")")
        return made(Sort.TERM, name, token.start, *operands)

    def _named(self, token: Token) -> Part:
        self._tokens.expect("(")
        name = self._tokens.text('a name in double quotes, such as named("dach")')
        self._tokens.expect(")")
        return Part(Sort.CRITERION, {"named": name}, token.start)

    def _asked(self, token: Token) -> Part:
        name = token.text
        while self._tokens.take("."):
            name += f".{self._tokens.word('the rest of the name of a predicate')}"
        self._tokens.expect("(")
        given: dict[str, Any] = {}
        inside: list[tuple[str, Part]] = []
        while not self._tokens.is_at(")") and (not given or self._tokens.expect(",")):
            start = self._tokens.current
            key = self._tokens.word("an argument, such as country, or )")
            if key in given:
                raise self._tokens.refusal(f"{key!r} is given twice; keep one", start)
            self._tokens.expect("=")
            part = self._listed_constant()
            given[key] = part.data
            inside.append((f".call[1].{key}", part))
        self._tokens.expect(")")
        return Part(Sort.CRITERION, {"call": [name, given]}, token.start, tuple(inside))

    # What went wrong.

    def _unreadable(self, part: Part) -> FaultsError:
        """Return the refusal of what stands after a part, or of the part itself."""
        token = self._tokens.current
        if token.symbol in _ELSEWHERE:
            problem = f"cannot read {token.text!r}; {_ELSEWHERE[token.text]}"
        elif token.kind is Kind.WORD and token.text not in FOLLOWING:
            problem = str(UnknownNameError("word", token.text, FOLLOWING))
        elif part.sort is not Sort.CRITERION:
            return self._no_criterion_yet(part)
        else:
            problem = f"expected and, or, or the end, found {token.shown}"
        return self._tokens.refusal(problem, token)

    def _no_criterion_yet(self, part: Part) -> FaultsError:
        told = f"{part.sort.value} is no criterion yet; compare it, as in spend > 100"
        return self._tokens.refusal(f"{told}, or ask is_vip is true", part)
