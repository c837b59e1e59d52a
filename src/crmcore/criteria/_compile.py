"""Compiling a criterion to a plain Python function.

Each part becomes two Python expressions: one that is true where the part holds, one that is
true where it fails; where both are false, it is unknown. *Not* swaps the two, *and* and *or*
join them, and no None ever travels through the expressions. Both grow with the number of
nodes only. What is calculated is a temporary, set before the expressions are asked: by Python's
own operator where both sides are plain integers or floats, else by the exact function.

The source is made of fixed text, names of fields that were checked to be identifiers, and
numbered variables to which the constants are bound. No text of a rule is part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeAlias

import attrs

from crmcore.errors import UndefinedValueError
from crmcore.kernel import Undefined

from ._back_end import Arithmetic, Comparison, Foldable, Function, Match
from ._computed import SIGNS
from ._explain import Explain
from ._meaning import ARITHMETIC, FUNCTIONS
from ._operands import AsOf, Scalar
from ._predicate import Predicate
from ._reading import MATCHES, has
from ._source import SYMBOLS
from ._words import OPPOSITES

Judge: TypeAlias = Callable[[object], "bool | None"]

# The classes whose values Python's own operators treat exactly as the language does.
_KINDS: Final = {
    "PLAIN": frozenset((int, float)),
    "TEXT": frozenset((str,)),
    "TEXTS": frozenset((frozenset, set, tuple, list)),
    "DAY": frozenset((date,)),
}
_MATCHES: Final[dict[Match, str]] = {
    "starts": "{0}.startswith({1})",
    "ends": "{0}.endswith({1})",
    "contains": "{1} in {0}",
}
_CALLS: Final[dict[Function, tuple[str, str]]] = {
    "abs": ("abs({0})", "PLAIN"),
    "length": ("len({0})", "TEXT"),
    "days_between": ("({1} - {0}).days", "DAY"),
}

# What comparing and calculating with a value of the wrong kind, or with none, may raise.
_REFUSALS: Final = (
    AttributeError,
    TypeError,
    ValueError,
    ArithmeticError,
    UndefinedValueError,
)


@attrs.frozen
class Pair:
    """The expressions of a part.

    Attributes:
        yes: It holds.
        no: It fails.
        gap: It is unknown, asked where it does not hold.
    """

    yes: str
    no: str
    gap: str = attrs.field(default=attrs.Factory(lambda self: f"not {self.no}", takes_self=True))


@attrs.define
class Compiler:
    """The back end that writes Python for the interpreter.

    Criteria that are folded over one compiler share the variables of their fields, and so can
    be parts of one function.

    Attributes:
        day: The day of judgement.
        bound: The constants, by the variable that stands for each.
        variables: The variable that holds the value of each field.
        shared: The variables of the constants that need only one.
        temporaries: The variable that holds each calculated operand, by how it is calculated.
        steps: The statements that set the temporaries, in their order.
        settled: The operands that must be None where they are missing. All others are only
            asked for what tells by itself that they are, as NaN does, which is in no order.
    """

    day: date | None
    bound: dict[str, Any] = attrs.field(factory=dict)
    variables: dict[str, str] = attrs.field(factory=dict)
    shared: dict[tuple[type, object], str] = attrs.field(factory=dict)
    temporaries: dict[str, str] = attrs.field(factory=dict)
    steps: list[str] = attrs.field(factory=list)
    settled: set[str] = attrs.field(factory=set)

    def bind(self, value: object) -> str:
        """Return the variable that stands for a constant."""
        variable = f"c{len(self.bound)}"
        self.bound[variable] = value
        return variable

    def field(self, name: str) -> str:
        return self.variables.setdefault(name, f"v{len(self.variables)}")

    def literal(self, value: Scalar) -> str:
        return self._constant(value)

    def as_of(self, *, months: int, days: int) -> str:
        return self._constant(AsOf(months=months, days=days).on(self.day))

    def arithmetic(self, op: Arithmetic, left: str, right: str) -> str:
        exact = f"{self._constant(ARITHMETIC[op])}({left}, {right})"
        sides = (left, right)
        if any(isinstance(self.bound.get(side), Decimal) for side in sides):
            return self._temporary(exact, sides)
        guards = self._guards(sides, "PLAIN") + ([right] if op == "div" else [])
        source = f"{left} {SIGNS[op]} {right} if {' and '.join(guards)} else {exact}"
        # The sum of two infinities of different signs is NaN.
        return self._temporary(source, sides, and_then="if {0} != {0}: {0} = None")

    def call(self, function: Function, arguments: Sequence[str]) -> str:
        if function == "coalesce":
            first, second = arguments
            return self._temporary(f"{second} if {first} is None else {first}", arguments)
        plain, kind = _CALLS[function]
        guards = " and ".join(self._guards(arguments, kind))
        exact = f"{self._constant(FUNCTIONS[function])}({', '.join(arguments)})"
        return self._temporary(f"{plain.format(*arguments)} if {guards} else {exact}", arguments)

    def _constant(self, value: Scalar | Callable[..., Any]) -> str:
        """Return the variable of an equal constant of the same type, or else of a new one."""
        key = (type(value), value)
        if key not in self.shared:
            self.shared[key] = self.bind(value)
        return self.shared[key]

    def _guards(self, operands: Sequence[str], kind: str) -> list[str]:
        return [f"{each}.__class__ in {kind}" for each in operands if each not in self.bound]

    def _temporary(self, source: str, operands: Sequence[str], *, and_then: str = "") -> str:
        self.settled |= set(operands)
        if source not in self.temporaries:
            variable = f"t{len(self.temporaries)}"
            self.temporaries[source] = variable
            self.steps += filter(None, (f"{variable} = {source}", and_then.format(variable)))
        return self.temporaries[source]

    def compare(self, op: Comparison, left: str, right: str) -> Pair:
        sides = [each for each in (left, right) if each not in self.bound]
        if op in {"eq", "ne"}:
            if len(sides) == 1:
                pair = self._equal(sides[0], f"{left} == {right}", f"{left} != {right}")
                return pair if op == "eq" else self.negate(pair)
            self.settled |= set(sides)
        known = " and ".join(f"{side} is not None" for side in sides)
        return Pair(
            f"({known} and {left} {SYMBOLS[op]} {right})",
            f"({known} and {left} {SYMBOLS[OPPOSITES[op]]} {right})",
        )

    def is_in(self, field: str, values: tuple[Scalar, ...]) -> Pair:
        constant = self.bind(frozenset(values))
        return self._equal(field, f"{field} in {constant}", f"{field} not in {constant}")

    def _equal(self, operand: str, yes: str, no: str) -> Pair:
        # Nothing that is missing equals a constant; it must only be kept from differing.
        there = self._there(operand)
        absent = f"{operand} is None or not ({there})"
        return Pair(f"({yes})", f"({operand} is not None and {no} and {there})", absent)

    @staticmethod
    def _there(operand: str) -> str:
        # NaN is the one value that differs from itself.
        return f"{operand} == {operand} and {operand}.__class__ is not Undefined"

    def match(self, op: Match, field: str, text: str) -> Pair:
        constant = self._constant(text)
        return self._test(
            field, "TEXT", _MATCHES[op].format(field, constant), MATCHES[op], constant
        )

    def has(self, field: str, text: str) -> Pair:
        constant = self._constant(text)
        return self._test(field, "TEXTS", f"{constant} in {field}", has, constant)

    def _test(
        self, field: str, kind: str, plain: str, test: Callable[[Any, str], bool], text: str
    ) -> Pair:
        # What is missing, and neither None nor of the right class, the exact test refuses.
        exact = f"{self._constant(test)}({field}, {text})"
        call = f"({plain} if {field}.__class__ in {kind} else {exact})"
        there = f"{field} is not None"
        return Pair(f"({there} and {call})", f"({there} and not {call})", f"{field} is None")

    def is_missing(self, field: str) -> Pair:
        there = f"({field} is not None and {self._there(field)})"
        return Pair(f"(not {there})", there, "False")

    def all_of(self, parts: Sequence[Pair]) -> Pair:
        return Pair(
            f"({' and '.join([p.yes for p in parts] or ['True'])})",
            f"({' or '.join([p.no for p in parts] or ['False'])})",
        )

    def any_of(self, parts: Sequence[Pair]) -> Pair:
        return Pair(
            f"({' or '.join([p.yes for p in parts] or ['False'])})",
            f"({' and '.join([p.no for p in parts] or ['True'])})",
        )

    def negate(self, part: Pair) -> Pair:
        return Pair(part.no, part.yes)

    def unless(self, part: Pair) -> Pair:
        return Pair(f"(not {part.yes})", part.yes, "False")

    def named(self, name: str, part: Pair) -> Pair:  # noqa: ARG002 - the name is for people
        return Pair(part.yes, f"(not {part.yes})")

    def apply(
        self, predicate: Predicate, inputs: Sequence[str], arguments: Mapping[str, Scalar]
    ) -> Pair:
        def ask(*values: object) -> bool | None:
            return predicate.answer(values, arguments).truth

        truth = self._temporary(f"{self.bind(ask)}({', '.join(inputs)})", inputs)
        return Pair(f"({truth} is True)", f"({truth} is False)")

    def function(
        self,
        body: Iterable[str],
        *,
        by_key: bool,
        otherwise: Callable[[Any], Any],
        all_settled: bool = True,
    ) -> Callable[[Any], Any]:
        """Return the function of a record that reads the fields and runs *body*.

        Args:
            body: Statements over the variables of fields and constants, the last a return.
                They are written by a program: no text of a rule may be part of them.
            by_key: Whether the records are mappings, or else objects with attributes.
            otherwise: Takes over a record with values that cannot be compared so.
            all_settled: Make every missing value None, or only those that must be.
        """
        lines = ["def function(record):", "    try:"]
        for name, variable in self.variables.items():
            source = f"record.get({name!r})" if by_key else f"record.{name}"
            lines.append(f"        {variable} = {source}")
            if all_settled or variable in self.settled:
                lines.append(f"        if not ({self._there(variable)}): {variable} = None")
        lines += [f"        {line}" for line in (*self.steps, *body)]
        lines += ["    except REFUSALS:", "        return otherwise(record)"]
        namespace: dict[str, Any] = {
            **self.bound,
            "Undefined": Undefined,
            **_KINDS,
            "REFUSALS": _REFUSALS,
            "otherwise": otherwise,
        }
        exec("\n".join(lines), namespace)  # noqa: S102 - generated from checked nodes, no text of a rule
        function: Callable[[Any], Any] = namespace["function"]
        return function


def _function(criterion: Foldable, as_of: date | None, *, by_key: bool) -> Judge:
    compiler = Compiler(as_of)
    pair = criterion.fold(compiler)

    def explain(record: object) -> bool | None:
        # The slow path reads every field again and says which one is at fault.
        return criterion.fold(Explain(record, as_of)).verdict.truth

    body = [f"if {pair.yes}: return True", f"if {pair.no}: return False", "return None"]
    return compiler.function(body, by_key=by_key, otherwise=explain)


def compile_judge(criterion: Foldable, *, as_of: date | None, of: type | None) -> Judge:
    """Return the function that judges records of class *of*, or of any class."""
    if of is not None:
        return _function(criterion, as_of, by_key=issubclass(of, Mapping))
    by_attribute = _function(criterion, as_of, by_key=False)
    by_key = _function(criterion, as_of, by_key=True)

    def judge(record: object) -> bool | None:
        return by_key(record) if isinstance(record, Mapping) else by_attribute(record)

    return judge
