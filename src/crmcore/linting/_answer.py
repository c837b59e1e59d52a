"""Answers to single questions about criteria, each with a witness."""

from __future__ import annotations

from datetime import date
from typing import Final, TypeAlias

import attrs

from crmcore.criteria import Criterion, Schema
from crmcore.verdicts import Verdict

from ._diagram import FAILS, HOLDS, IS_FALSE, IS_NOT_TRUE, IS_TRUE, IS_UNKNOWN, UNKNOWN
from ._examiner import BUDGET, Examiner
from ._line import Value
from ._search import Record

Witness: TypeAlias = "tuple[tuple[str, Value], ...]"

_VERDICTS: Final = {HOLDS: Verdict.HOLDS, FAILS: Verdict.FAILS, UNKNOWN: Verdict.UNKNOWN}
_WANTED: Final = {
    Verdict.HOLDS: IS_TRUE,
    Verdict.FAILS: IS_FALSE,
    Verdict.UNKNOWN: IS_UNKNOWN,
}
_OPPOSITES: Final = {HOLDS: Verdict.FAILS, FAILS: Verdict.HOLDS, UNKNOWN: Verdict.UNKNOWN}


def as_witness(record: Record | None) -> Witness | None:
    """Return a customer as it is told of: the fields by name, with their values."""
    return None if record is None else tuple(sorted(record.items(), key=lambda item: item[0]))


@attrs.frozen(kw_only=True)
class Answer:
    """Whether something can be, or always is, with a customer who shows it.

    Attributes:
        verdict: Whether it is so; unknown where the search did not decide.
        witness: The customer who shows the answer, as fields by name with their values, of
            which None is a missing one; None where nobody is needed to show it.
        as_of: The day of judgement for which it was asked.

    .. versionadded:: 0.1.0
    """

    verdict: Verdict
    witness: Witness | None
    as_of: date


def can_be(
    criterion: Criterion,
    verdict: Verdict = Verdict.HOLDS,
    *,
    schema: Schema,
    as_of: date | None = None,
    budget: int = BUDGET,
) -> Answer:
    """Say whether there is a customer of whom a criterion says so.

    Where there is, the witness is one. A criterion that cannot hold is a contradiction, one
    that can neither fail nor be unknown always holds.

    Args:
        criterion: The criterion.
        verdict: What it should say.
        schema: The fields of the customers.
        as_of: The day of judgement; a sample day, 2025-01-01, where it is left out.
        budget: How many steps the search may take, about a microsecond each.

    Raises:
        FaultsError: If the criterion cannot run over these fields.

    .. versionadded:: 0.1.0
    """
    examiner = Examiner.of({"criterion": criterion}, schema, as_of, budget)
    found = examiner.ask(("criterion", _WANTED[verdict]))
    return Answer(
        verdict=_VERDICTS[found.outcome], witness=as_witness(found.record), as_of=examiner.day
    )


def implies(
    first: Criterion,
    second: Criterion,
    *,
    schema: Schema,
    as_of: date | None = None,
    budget: int = BUDGET,
) -> Answer:
    """Say whether one criterion holds wherever another one does.

    Where it does not, the witness is a customer for whom the first holds and the second fails
    or is unknown. Two criteria that imply each other take the same customers.

    Args:
        first: The criterion that may be enough.
        second: The criterion that may follow.
        schema: The fields of the customers.
        as_of: The day of judgement; a sample day, 2025-01-01, where it is left out.
        budget: How many steps the search may take, about a microsecond each.

    Raises:
        FaultsError: If a criterion cannot run over these fields.

    .. versionadded:: 0.1.0
    """
    examiner = Examiner.of({"first": first, "second": second}, schema, as_of, budget)
    found = examiner.ask(("first", IS_TRUE), ("second", IS_NOT_TRUE))
    return Answer(
        verdict=_OPPOSITES[found.outcome], witness=as_witness(found.record), as_of=examiner.day
    )
