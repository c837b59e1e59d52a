"""Linting criteria that belong together: segments, tiers, rules or permissions.

Each question is one of sets. Somebody is in a gap if all criteria fail; two criteria overlap if
both hold for somebody; a criterion is shadowed if nobody for whom it holds is left by those
before it. The space of all customers is cut into cells on which no criterion changes, so that
finitely many cells answer for everybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations
from typing import Final, Literal, TypeAlias, get_args

import attrs

from crmcore.criteria import Criterion, Schema
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import Phrase
from crmcore.verdicts import Use, Verdict

from . import _wording as wording
from ._answer import Witness, as_witness
from ._diagram import (
    FAILS,
    HOLDS,
    IS_FALSE,
    IS_NOT_TRUE,
    IS_TRUE,
    IS_UNKNOWN,
    UNKNOWN,
    OutOfBudgetError,
)
from ._examiner import BUDGET, Examiner
from ._finding import Lint, LintKind, in_order
from ._formula import Formula, sites, walk
from ._search import Found

Mode: TypeAlias = Literal["first_match", "exclusive", "independent"]

_MODES: Final = get_args(Mode)
_ACCESS: Final = frozenset({Use.PERMIT, Use.FORBID})


def lint(
    criteria: Mapping[str, Criterion],
    *,
    schema: Schema,
    mode: Mode = "first_match",
    use: Use = Use.SEGMENT,
    as_of: date | None = None,
    budget: int = BUDGET,
) -> tuple[Lint, ...]:
    """Return what may be wrong with criteria that belong together, the errors first.

    Of every criterion it tells whether it never holds (`LintKind.CONTRADICTION`) or always
    does (`LintKind.TAUTOLOGY`), and whether a negation in it leaves out those of whom a value
    is missing (`LintKind.NEGATION`), and which of its parts change nothing (`LintKind.IDLE`);
    of a permission or prohibition also whether it may be
    unknown (`LintKind.INDEFINITE`). What it tells of the criteria together depends on the mode.

    Every finding but a contradiction comes with a customer who shows it, and who was judged by
    the criteria themselves. What could not be settled is told as `LintKind.NOT_DECIDED`, never
    guessed.

    Args:
        criteria: The criteria, by name, in the order in which they are asked.
        schema: The fields of the customers.
        mode: What becomes of a customer for whom several criteria hold. ``first_match``: the
            first one takes the customer; found are shadowed criteria and gaps. ``exclusive``:
            it is a fault; found are overlaps and gaps. ``independent``: all of them apply;
            found are criteria that hold for the same customers, or for some of another's.
        use: What the criteria are used for. A negation of what may be missing is an error in
            permissions and prohibitions, and elsewhere a warning.
        as_of: The day of judgement; a sample day, 2025-01-01, where it is left out.
        budget: How many steps the search may take in all, about a microsecond each.

    Raises:
        FaultsError: If a criterion cannot run over these fields.
        InvalidValueError: If the criteria have no names.
        UnknownNameError: If there is no such mode.

    Complexity:
        A field costs a cell for each constant that it is compared with, and one for each
        interval between them. The diagrams of the criteria grow, at worst, with the product
        of the cells of all fields, and in practice with the cells of a few; fifty criteria
        over ten fields take a fraction of a second. The budget bounds the worst.

    .. versionadded:: 0.1.0
    """
    if not isinstance(criteria, Mapping):
        rule = 'be a mapping from names to criteria: {"loyal": F.visits >= 5}'
        raise InvalidValueError("criteria", criteria, rule)
    if mode not in _MODES:
        raise UnknownNameError("mode", mode, _MODES)
    if not criteria:
        return ()
    linter = _Linter(
        examiner=Examiner.of(criteria, schema, as_of, budget), names=tuple(criteria), use=use
    )
    found = [*linter.alone(may_end_with_all=mode == "first_match")]
    if mode == "independent":
        found += linter.likes()
    else:
        found += linter.overlaps() if mode == "exclusive" else linter.shadows()
        found += linter.gaps()
    # Last, because it is the least urgent, and may take many steps.
    found += linter.idle()
    return in_order([*found, *linter.undecided()])


@attrs.define(kw_only=True)
class _Linter:
    """The state of one linting.

    Attributes:
        examiner: Answers the questions.
        names: The criteria, in their order.
        use: What they are used for.
    """

    examiner: Examiner
    names: Sequence[str]
    use: Use
    _shown: dict[str, Witness | None] = attrs.field(factory=dict, init=False)
    _open: dict[LintKind, dict[str, None]] = attrs.field(factory=dict, init=False)

    def _lint(
        self,
        kind: LintKind,
        names: Sequence[str],
        message: Phrase,
        witness: Witness | None,
        counted: tuple[int | None, int | None] = (None, None),
        *,
        is_error: bool = False,
        part: Criterion | None = None,
    ) -> Lint:
        return Lint(
            kind=kind,
            names=tuple(names),
            message=message,
            witness=witness,
            is_error=is_error,
            as_of=self.examiner.day,
            count=counted[0],
            total=counted[1],
            part=part,
        )

    def _is(self, found: Found, kind: LintKind, *names: str, outcome: int = HOLDS) -> bool:
        """Say whether a search had an outcome; an open one is kept for the end."""
        if found.outcome == UNKNOWN:
            self._open.setdefault(kind, {}).update(dict.fromkeys(names))
        return found.outcome == outcome

    def undecided(self) -> Iterator[Lint]:
        """Yield what could not be settled, once for each kind."""
        for kind, names in self._open.items():
            some = sorted(names)
            yield self._lint(LintKind.NOT_DECIDED, some, wording.not_decided(kind, some), None)

    def alone(self, *, may_end_with_all: bool) -> Iterator[Lint]:
        """Yield what is wrong with single criteria."""
        for name in self.names:
            found = self.examiner.ask((name, IS_TRUE))
            if self._is(found, LintKind.CONTRADICTION, name, outcome=FAILS):
                yield self._lint(LintKind.CONTRADICTION, [name], wording.contradiction(name), None)
                continue
            self._shown[name] = as_witness(found.record)
            unknown = self.examiner.ask((name, IS_UNKNOWN))
            if not (may_end_with_all and name == self.names[-1]):
                yield from self._tautology(name, unknown)
            if self.use in _ACCESS and self._is(unknown, LintKind.INDEFINITE, name):
                witness = as_witness(unknown.record)
                message = wording.indefinite(name, witness)
                yield self._lint(LintKind.INDEFINITE, [name], message, witness)
            yield from self._negations(name)

    def _tautology(self, name: str, unknown: Found) -> Iterator[Lint]:
        kind = LintKind.TAUTOLOGY
        if unknown.outcome == HOLDS:
            return
        fails = self.examiner.ask((name, IS_FALSE))
        if fails.outcome == HOLDS:
            return
        if self._is(unknown, kind, name, outcome=FAILS) and self._is(
            fails, kind, name, outcome=FAILS
        ):
            witness = self._shown[name]
            yield self._lint(kind, [name], wording.tautology(name, witness), witness)

    def _negations(self, name: str) -> Iterator[Lint]:
        for site in sites(self.examiner.formulas[name], "negation"):
            found = self.examiner.ask_left_out(name, site)
            if self._is(found, LintKind.NEGATION, name):
                is_access, witness = self.use in _ACCESS, as_witness(found.record)
                message = wording.negation(name, site, witness, is_access=is_access)
                yield self._lint(
                    LintKind.NEGATION,
                    [name],
                    message,
                    witness,
                    is_error=is_access,
                    part=site.written,
                )

    def shadows(self) -> Iterator[Lint]:
        """Yield the criteria of which those before them leave nobody."""
        before: list[str] = []
        for name in self._shown:
            others = [(other, IS_NOT_TRUE) for other in before]
            found = self.examiner.ask((name, IS_TRUE), *others)
            if self._is(found, LintKind.SHADOWED, name, outcome=FAILS):
                winners = self._winners(name, before)
                taken = self.examiner.ask((name, IS_TRUE), (winners[0], IS_TRUE))
                witness = as_witness(taken.record)
                message = wording.shadowed(name, winners, witness)
                yield self._lint(LintKind.SHADOWED, [name, *winners], message, witness)
            before.append(name)

    def _winners(self, name: str, before: Sequence[str]) -> Sequence[str]:
        """Return the first criterion that takes all of another's customers, or all with a share."""
        for other in before:
            if self.examiner.ask((name, IS_TRUE), (other, IS_NOT_TRUE)).outcome == FAILS:
                return [other]
        return [
            other
            for other in before
            if self.examiner.ask((name, IS_TRUE), (other, IS_TRUE)).outcome != FAILS
        ]

    def overlaps(self) -> Iterator[Lint]:
        """Yield the pairs of criteria that hold for the same customer."""
        for one, other in combinations(sorted(self._shown), 2):
            found = self.examiner.ask((one, IS_TRUE), (other, IS_TRUE))
            if self._is(found, LintKind.OVERLAP, one, other):
                witness = as_witness(found.record)
                message = wording.overlap(one, other, witness)
                yield self._lint(LintKind.OVERLAP, [one, other], message, witness, is_error=True)

    def likes(self) -> Iterator[Lint]:
        """Yield the pairs of criteria of which one holds wherever the other does."""
        for one, other in combinations(sorted(self._shown), 2):
            there = self.examiner.ask((one, IS_TRUE), (other, IS_NOT_TRUE))
            back = self.examiner.ask((other, IS_TRUE), (one, IS_NOT_TRUE))
            follows = self._is(there, LintKind.IMPLIED, one, other, outcome=FAILS)
            precedes = self._is(back, LintKind.IMPLIED, one, other, outcome=FAILS)
            if follows and precedes:
                shared = self.examiner.ask((one, IS_TRUE), (other, IS_TRUE))
                witness = as_witness(shared.record)
                message = wording.equivalent(one, other, witness)
                yield self._lint(LintKind.EQUIVALENT, [one, other], message, witness)
            elif follows or precedes:
                narrow, wide = (one, other) if follows else (other, one)
                witness = as_witness((back if follows else there).record)
                message = wording.implied(narrow, wide, witness)
                yield self._lint(LintKind.IMPLIED, [narrow, wide], message, witness)

    def gaps(self) -> Iterator[Lint]:
        """Yield that some customers are in no criterion, surely or because data is missing."""
        examiner, names = self.examiner, self.names
        yield from self._unplaced()
        found = examiner.ask(*((name, IS_FALSE) for name in names))
        if self._is(found, LintKind.GAP, *names):
            witness = as_witness(found.record)
            counted = examiner.count(names, FAILS)
            message = wording.gap(examiner.fields, counted, witness)
            yield self._lint(LintKind.GAP, [], message, witness, counted or (None, None))

    def _unplaced(self) -> Iterator[Lint]:
        """Yield that somebody is in no criterion, but may be in one."""
        examiner = self.examiner
        for name in self.names:
            others = [(other, IS_NOT_TRUE) for other in self.names if other != name]
            found = examiner.ask((name, IS_UNKNOWN), *others)
            if self._is(found, LintKind.UNPLACED, name) and found.record is not None:
                verdicts = {other: examiner.verdict(other, found.record) for other in self.names}
                some = [other for other in self.names if verdicts[other] is Verdict.UNKNOWN]
                witness = as_witness(found.record)
                yield self._lint(LintKind.UNPLACED, some, wording.unplaced(some, witness), witness)
                return

    def idle(self) -> Iterator[Lint]:
        """Yield the parts without which a criterion would be the same."""
        self.examiner.space.diagrams.budget.begin()
        for name, witness in self._shown.items():
            inside: set[Formula] = set()
            try:
                for branch in sites(self.examiner.formulas[name], "branch"):
                    if branch not in inside and self.examiner.is_idle(name, branch):
                        inside.update(walk(branch))
                        message = wording.idle(name, branch)
                        yield self._lint(
                            LintKind.IDLE, [name], message, witness, part=branch.written
                        )
            except OutOfBudgetError:
                self._is(Found(UNKNOWN), LintKind.IDLE, name)
