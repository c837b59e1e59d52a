"""Formulas: criteria as linting sees them, joined of atoms that each ask one thing.

An atom is a leaf of a criterion, sorted by how much can be known of it:

- `FieldAtom` reads one field, and its verdict changes at known cuts only;
- `LineAtom` compares a whole-numbered sum of several fields with a constant;
- `ElementAtom` asks whether a set has an element;
- `OpaqueAtom` is anything else, of which only single records tell.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, TypeAlias

import attrs

from crmcore.criteria import Criterion

from ._diagram import Node

Texts: TypeAlias = "frozenset[str]"
Cuts: TypeAlias = "frozenset[Fraction]"
Sum: TypeAlias = "tuple[tuple[str, int], ...]"


@attrs.frozen(kw_only=True, cache_hash=True)
class FieldAtom:
    """A test of one field.

    Attributes:
        field: The field.
        criterion: The test, to be asked of single values.
        cuts: The numbers at which its verdict may change; for texts, the lengths.
        named: Those of the numbers with which it compares the field itself.
        words: The texts that it names.
        starts: The starts of texts that it names.
        ends: The ends of texts that it names.
        parts: The parts of texts that it names.
    """

    field: str
    criterion: Criterion
    cuts: Cuts = frozenset()
    named: Cuts = frozenset()
    words: Texts = frozenset()
    starts: Texts = frozenset()
    ends: Texts = frozenset()
    parts: Texts = frozenset()

    @property
    def fields(self) -> tuple[str, ...]:
        """The field that it reads."""
        return (self.field,)


@attrs.frozen(kw_only=True, cache_hash=True)
class LineAtom:
    """A comparison of a sum of fields with a number.

    Attributes:
        fields: The fields that it reads, by name; some may cancel out.
        sum: The fields with their whole factors, by name; the first factor is above 0.
        op: The comparison.
        level: The number.
        is_exact: Whether the sum is calculated without rounding.
    """

    fields: tuple[str, ...]
    sum: Sum
    op: str
    level: Fraction
    is_exact: bool


@attrs.frozen(cache_hash=True)
class ElementAtom:
    """Whether the set of a field has an element."""

    field: str
    text: str

    @property
    def fields(self) -> tuple[str, ...]:
        """The field that it reads."""
        return (self.field,)


@attrs.frozen(kw_only=True, cache_hash=True)
class OpaqueAtom:
    """A test of which only single records tell.

    Attributes:
        fields: The fields that it reads, by name.
        key: What tells it from others.
        is_strict: Whether it is unknown where one of its fields is missing, and only there.
    """

    fields: tuple[str, ...]
    key: object
    is_strict: bool


Atom: TypeAlias = FieldAtom | LineAtom | ElementAtom | OpaqueAtom


@attrs.frozen(cache_hash=True)
class Constant:
    """The same outcome for every record."""

    outcome: Node


@attrs.frozen(cache_hash=True)
class Joined:
    """Parts of which all, or one, should hold."""

    how: Literal["all", "any"]
    parts: tuple[Formula, ...]


@attrs.frozen(cache_hash=True)
class Turned:
    """The Kleene negation, or the total complement, of a part."""

    how: Literal["not", "unless"]
    part: Formula


@attrs.frozen(cache_hash=True, kw_only=True)
class Site:
    """A place in a criterion where something else might stand.

    Attributes:
        how: ``negation`` where a complement may have been meant, ``branch`` for one of the
            criteria that are joined, in whose place there might be nothing.
        number: The place, from the leaves to the root.
        part: What stands there.
        instead: What might.
        written: What stands there as a criterion, for its words.
        meant: What might as a criterion, for its words.
    """

    how: Literal["negation", "branch"]
    number: int
    part: Formula
    instead: Formula
    written: Criterion
    meant: Criterion


Formula: TypeAlias = Atom | Constant | Joined | Turned | Site


def parts_of(formula: Formula) -> tuple[Formula, ...]:
    """Return what a formula is directly made of."""
    if isinstance(formula, Joined):
        return formula.parts
    if isinstance(formula, Site):
        return (formula.part, formula.instead)
    return (formula.part,) if isinstance(formula, Turned) else ()


def walk(formula: Formula) -> tuple[Formula, ...]:
    """Return a formula and all that it is made of, each once, in the order of reading."""
    found: dict[Formula, None] = {}
    waiting = [formula]
    while waiting:
        part = waiting.pop()
        if part not in found:
            found[part] = None
            waiting.extend(reversed(parts_of(part)))
    return tuple(found)


def sites(formula: Formula, how: str) -> tuple[Site, ...]:
    """Return the sites of a formula, the outer ones first."""
    return tuple(part for part in walk(formula) if isinstance(part, Site) and part.how == how)


def replaced(formula: Formula, site: Site) -> Formula:
    """Return a formula with what might stand at a site in the place of what does."""
    if formula is site:
        return site.instead
    if isinstance(formula, Site):
        return replaced(formula.part, site)
    if isinstance(formula, Joined):
        return Joined(formula.how, tuple(replaced(part, site) for part in formula.parts))
    if isinstance(formula, Turned):
        return Turned(formula.how, replaced(formula.part, site))
    return formula
