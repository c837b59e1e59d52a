"""The space of all customers, as far as given criteria can tell them apart.

Every field is a choice among its cells. Sums of fields, elements of sets and opaque tests are
choices of their own, asked after the fields that they read. A path through the choices is a
kind of customer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import reduce
from typing import Final, TypeAlias

import attrs

from crmcore.criteria import Schema

from ._cells import Cells, cells_of
from ._diagram import FAILS, HOLDS, UNKNOWN, Budget, Diagrams, Node, negated, unless
from ._formula import (
    Atom,
    Constant,
    ElementAtom,
    FieldAtom,
    Formula,
    Joined,
    LineAtom,
    OpaqueAtom,
    Site,
    Sum,
    Turned,
    walk,
)
from ._leaf import COMPARISONS
from ._line import Line, Stretch
from ._solve import common

# What is rounded may end up beside its exact bounds, so it has none.
_ROUNDED: Final = Line(Fraction(-(10**300)), Fraction(10**300), None)

Key: TypeAlias = "str | Sum | ElementAtom | OpaqueAtom"


@attrs.frozen
class Stretches:
    """The stretches of a sum of fields.

    Attributes:
        stretches: The stretches, in order.
        line: All values of the sum.
        is_exact: Whether the sum is calculated without rounding.
    """

    stretches: tuple[Stretch, ...]
    line: Line
    is_exact: bool


@attrs.frozen(eq=False, kw_only=True)
class Space:
    """All kinds of customers.

    Attributes:
        schema: The fields.
        day: The day of judgement.
        diagrams: The store of functions of the choices.
        fields: The cells of each field.
        sums: The stretches of each sum.
        choices: The place of each choice, in order.
    """

    schema: Schema
    day: date
    diagrams: Diagrams
    fields: Mapping[str, Cells]
    sums: Mapping[Sum, Stretches]
    choices: Mapping[Key, int]
    _nodes: dict[Formula, Node] = attrs.field(factory=dict, init=False)

    @classmethod
    def of(cls, formulas: Iterable[Formula], schema: Schema, day: date, budget: Budget) -> Space:
        """Return the space in which formulas tell customers apart."""
        found = (part for formula in formulas for part in walk(formula))
        atoms = [atom for atom in dict.fromkeys(found) if isinstance(atom, Atom)]
        fields = _fields(atoms, schema, day)
        return cls(
            schema=schema,
            day=day,
            diagrams=Diagrams(budget),
            fields=fields,
            sums=_sums([atom for atom in atoms if isinstance(atom, LineAtom)], fields),
            choices=_choices(atoms),
        )

    def node(self, formula: Formula) -> Node:
        """Return the diagram of a formula over the atoms of the space."""
        found = self._nodes.get(formula)
        if found is None:
            found = self._nodes[formula] = self._made(formula)
        return found

    def _made(self, formula: Formula) -> Node:
        if isinstance(formula, Constant):
            return formula.outcome
        if isinstance(formula, Site):
            return self.node(formula.part)
        if isinstance(formula, Turned):
            part = self.node(formula.part)
            return self.diagrams.joined(negated if formula.how == "not" else unless, part, part)
        if isinstance(formula, Joined):
            join, empty = (min, HOLDS) if formula.how == "all" else (max, FAILS)
            parts = map(self.node, formula.parts)
            return reduce(lambda one, other: self.diagrams.joined(join, one, other), parts, empty)
        return self._atom(formula)

    def _atom(self, atom: Atom) -> Node:
        if isinstance(atom, FieldAtom):
            branches = self.fields[atom.field].outcomes[atom]
            return self.diagrams.node(self.choices[atom.field], branches)
        if isinstance(atom, LineAtom):
            return self._guarded(
                atom, self.diagrams.node(self.choices[atom.sum], self._sides(atom))
            )
        if isinstance(atom, ElementAtom):
            return self._guarded(atom, self.diagrams.node(self.choices[atom], (FAILS, HOLDS)))
        if atom.is_strict:
            return self._guarded(atom, self.diagrams.node(self.choices[atom], (HOLDS, FAILS)))
        return self.diagrams.node(self.choices[atom], (HOLDS, FAILS, UNKNOWN))

    def _sides(self, atom: LineAtom) -> tuple[int, ...]:
        found = self.sums[atom.sum]
        compare = COMPARISONS[atom.op]
        samples = (found.line.samples(stretch, Fraction(0))[0] for stretch in found.stretches)
        return tuple(HOLDS if compare(sample, atom.level) else FAILS for sample in samples)

    def _guarded(self, atom: LineAtom | ElementAtom | OpaqueAtom, node: Node) -> Node:
        """Return a diagram that is unknown where a field of the atom is missing."""
        for name in sorted(atom.fields, key=lambda name: -self.choices[name]):
            cells = self.fields[name].cells
            branches = [UNKNOWN if cell.is_missing else node for cell in cells]
            node = self.diagrams.node(self.choices[name], branches)
        return node


def _choices(atoms: Sequence[Atom]) -> dict[Key, int]:
    """Return the order of the choices: fields before all else, those of most tests first."""
    counts = Counter(name for atom in atoms for name in atom.fields)
    keys: dict[Key, None] = {name: None for name, _ in counts.most_common()}
    for atom in atoms:
        if isinstance(atom, LineAtom):
            keys[atom.sum] = None
        elif not isinstance(atom, FieldAtom):
            keys[atom] = None
    return {key: place for place, key in enumerate(keys)}


def _fields(atoms: Sequence[Atom], schema: Schema, day: date) -> dict[str, Cells]:
    names = dict.fromkeys(name for atom in atoms for name in atom.fields)
    summed = {name for atom in atoms if isinstance(atom, LineAtom) for name, _ in atom.sum}
    tests: dict[str, list[FieldAtom]] = {name: [] for name in names}
    for atom in atoms:
        if isinstance(atom, FieldAtom):
            tests[atom.field].append(atom)
    opaque = [atom for atom in atoms if isinstance(atom, OpaqueAtom)]
    return {
        name: cells_of(
            schema[name],
            tests[name],
            day=day,
            is_summed=name in summed,
            words=_neighbours(name, opaque, tests),
        )
        for name in names
    }


def _neighbours(
    name: str, opaque: Sequence[OpaqueAtom], tests: Mapping[str, Sequence[FieldAtom]]
) -> frozenset[str]:
    """Return the words of the fields that opaque tests compare with a field."""
    others = {other for atom in opaque if name in atom.fields for other in atom.fields}
    return frozenset().union(*(test.words for other in others for test in tests[other]))


def _sums(atoms: Sequence[LineAtom], fields: Mapping[str, Cells]) -> dict[Sum, Stretches]:
    found: dict[Sum, Stretches] = {}
    for terms in dict.fromkeys(atom.sum for atom in atoms):
        about = [atom for atom in atoms if atom.sum == terms]
        is_exact = all(atom.is_exact for atom in about)
        line = _line(terms, fields) if is_exact else _ROUNDED
        stretches = tuple(line.cut(atom.level for atom in about))
        found[terms] = Stretches(stretches, line, is_exact)
    return found


def _line(terms: Sum, fields: Mapping[str, Cells]) -> Line:
    low = high = Fraction(0)
    steps: list[Fraction | None] = []
    for name, factor in terms:
        line = fields[name].line
        ends = (line.low * factor, line.high * factor)
        low, high = low + min(ends), high + max(ends)
        steps.append(None if line.step is None else abs(line.step * factor))
    if None in steps:
        return Line(low, high, None)
    step = reduce(common, filter(None, steps), Fraction(0))
    return Line(low, high, step or Fraction(1))
