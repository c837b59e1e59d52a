"""Asking about criteria: whether there is a customer of whom they speak in a certain way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import reduce
from math import prod
from typing import Final

import attrs

from crmcore.checks import day
from crmcore.criteria import Criterion, Schema
from crmcore.errors import Fault, FaultsError, InvalidValueError
from crmcore.verdicts import Verdict

from ._diagram import (
    FAILS,
    HOLDS,
    IS_NOT_TRUE,
    IS_TRUE,
    UNKNOWN,
    Budget,
    Node,
    Outcomes,
    OutOfBudgetError,
)
from ._formula import Formula, Site, replaced
from ._reader import Reader
from ._search import Found, Record, search
from ._space import Space

SAMPLE_DAY: Final = date(2025, 1, 1)
BUDGET: Final = 2_000_000

_OUTCOMES: Final = {Verdict.HOLDS: HOLDS, Verdict.FAILS: FAILS, Verdict.UNKNOWN: UNKNOWN}
_MOST_CHOICES: Final = 300
_MOST_COUNTED: Final = 1_000_000


@attrs.frozen(eq=False, kw_only=True)
class Examiner:
    """Criteria in the space of all customers whom they tell apart.

    Attributes:
        criteria: The criteria, by name.
        formulas: The criteria as formulas, by name.
        reads: The fields that each criterion reads.
        space: The space.
        day: The day of judgement.
    """

    criteria: Mapping[str, Criterion]
    formulas: Mapping[str, Formula]
    reads: Mapping[str, frozenset[str]]
    space: Space
    day: date

    @classmethod
    def of(
        cls, criteria: Mapping[str, Criterion], schema: Schema, as_of: date | None, budget: int
    ) -> Examiner:
        """Return the examiner of criteria.

        Raises:
            FaultsError: If a criterion cannot run over these fields.
            InvalidValueError: If *as_of* is an instant, or *budget* below 1.
        """
        faults: list[Fault] = []
        for name, criterion in criteria.items():
            faults += schema.faults(criterion, path=name)
        if faults:
            raise FaultsError("criteria", faults)
        if budget < 1:
            raise InvalidValueError("budget", budget, "be at least 1")
        judged = SAMPLE_DAY if as_of is None else day(as_of)
        # In order of their names, so that the order of the criteria changes no witness.
        formulas = {
            name: criteria[name].fold(Reader(schema, judged)).formula for name in sorted(criteria)
        }
        space = Space.of(formulas.values(), schema, judged, Budget(budget))
        if len(space.choices) > _MOST_CHOICES:
            space.diagrams.budget.left = 0
        reads = {name: criterion.fields for name, criterion in criteria.items()}
        return cls(criteria=criteria, formulas=formulas, reads=reads, space=space, day=judged)

    def node(self, name: str) -> Node:
        """Return the diagram of a criterion."""
        return self.space.node(self.formulas[name])

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that the criteria read, by name."""
        return tuple(sorted(self.space.fields))

    def verdict(self, name: str, record: Record) -> Verdict:
        """Return what a criterion itself says of a customer."""
        return self.criteria[name].evaluate(record, as_of=self.day)

    def ask(self, *wanted: tuple[str, Outcomes]) -> Found:
        """Return a customer to whom criteria give verdicts among those wanted, if there is one.

        Args:
            wanted: The names of criteria, each with the outcomes that it may have.
        """
        self.space.diagrams.budget.begin()
        try:
            demands = [(self.node(name), outcomes) for name, outcomes in wanted]
        except OutOfBudgetError:
            return Found(UNKNOWN)
        fields = frozenset().union(*(self.reads[name] for name, _ in wanted))
        return search(
            self.space,
            demands,
            fields=fields,
            accepts=lambda record: all(
                1 << _OUTCOMES[self.verdict(name, record)] & outcomes for name, outcomes in wanted
            ),
        )

    def ask_left_out(self, name: str, site: Site) -> Found:
        """Return a customer whom a criterion would take if a negation were a complement."""
        self.space.diagrams.budget.begin()
        try:
            meant = self.space.node(replaced(self.formulas[name], site))
            demands = [(self.node(name), IS_NOT_TRUE), (meant, IS_TRUE)]
        except OutOfBudgetError:
            return Found(UNKNOWN)
        return search(
            self.space,
            demands,
            fields=self.reads[name],
            accepts=lambda record: (
                site.written.evaluate(record, as_of=self.day) is Verdict.UNKNOWN
                and self.verdict(name, record) is not Verdict.HOLDS
            ),
        )

    def is_idle(self, name: str, branch: Site) -> bool:
        """Say whether a criterion is the same for everybody without a branch of it.

        What always holds is left alone: people write both ends of an interval, though the one
        may be the end of the field itself. Equal functions are one diagram. Of sums and of
        opaque tests only that is known which follows from their form.

        Raises:
            OutOfBudgetError: If it takes too many steps.
        """
        formula = self.formulas[name]
        if HOLDS in (self.space.node(branch), self.node(name)):
            return False
        is_known = all(self.space.fields[field].is_complete for field in self.reads[name])
        return is_known and self.node(name) == self.space.node(replaced(formula, branch))

    def count(self, names: Iterable[str], outcome: int) -> tuple[int, int] | None:
        """Return how many of all customers one of the criteria gives this, if they are few.

        Customers are told apart by all fields that the criteria read.
        """
        cells = self.space.fields
        if not cells or len(cells) < len(self.space.choices):
            return None
        sizes: dict[int, list[int]] = {}
        for name, found in cells.items():
            counts = [cell.count for cell in found.cells if cell.count is not None]
            if len(counts) < len(found.cells):
                return None
            sizes[self.space.choices[name]] = counts
        total = prod(map(sum, sizes.values()))
        if total > _MOST_COUNTED:
            return None
        join = self.space.diagrams.joined
        try:
            node = reduce(lambda one, two: join(max, one, two), map(self.node, names), FAILS)
            return self.space.diagrams.count(node, outcome, sizes), total
        except OutOfBudgetError:
            return None
