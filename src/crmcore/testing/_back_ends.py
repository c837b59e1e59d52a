"""Holding a back end to the meaning of the language: the same verdicts on the same records."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from random import Random
from typing import Final

import attrs

from crmcore.criteria import Schema
from crmcore.errors import InvalidValueError

from ._edges import DAYS_OF_JUDGEMENT, EDGES, random_rows
from ._oracle import truths
from ._random_criteria import drawn
from ._trial import Judge, Trial

_BATCH: Final = 50


@attrs.frozen(kw_only=True)
class Tally:
    """How much a back end was asked, all of which it answered as the language means it.

    Attributes:
        criteria: The number of criteria.
        rows: The number of records that each was asked about.
        holds: The number of verdicts that hold.
        fails: The number that fail.
        unknown: The number that are unknown.

    .. versionadded:: 0.1.0
    """

    criteria: int
    rows: int
    holds: int
    fails: int
    unknown: int

    @property
    def verdicts(self) -> int:
        """The number of verdicts, all of which agree."""
        return self.criteria * self.rows

    def __str__(self) -> str:
        """Return the counts on one line."""
        return (
            f"{self.verdicts:,} verdicts agree ({self.criteria:,} criteria on {self.rows:,} rows): "
            f"{self.holds:,} hold, {self.fails:,} fail, {self.unknown:,} are unknown"
        )


def check_back_end(
    judge: Judge, *, verdicts: int = 50_000, seed: int = 0, rows: int = 50, schema: Schema = EDGES
) -> Tally:
    """Check that a back end gives random criteria the verdicts that the language means.

    The rows stay the same object through a check, so that a back end may load them once; a
    failure is then narrowed down on one row.

    Args:
        judge: Takes criteria, rows and the day of judgement; returns for each criterion the
            list of its truths over the rows: True, False, or None for unknown.
        verdicts: How many verdicts to compare, at least.
        seed: All chance comes from it.
        rows: How many records each criterion is asked about.
        schema: The fields of the records.

    Returns:
        The counts.

    Raises:
        AssertionError: At the first verdict that differs, with the smallest part of the
            criterion that still shows it, and with the record.

    Complexity:
        By default 1,000 criteria on 50 rows, in 20 calls of *judge*.

    .. versionadded:: 0.1.0
    """
    for name, value in (("verdicts", verdicts), ("rows", rows)):
        if value < 1:
            raise InvalidValueError(name, value, "be at least 1")
    count = -(-verdicts // rows)
    records = random_rows(seed, count=rows, schema=schema)
    criteria = drawn(seed, schema=schema)
    random = Random(seed)  # noqa: S311 - chance that can be repeated
    found: Counter[bool | None] = Counter()
    for start in range(0, count, _BATCH):
        batch = tuple(islice(criteria, min(_BATCH, count - start)))
        trial = Trial(judge, random.choice(DAYS_OF_JUDGEMENT), schema)
        wrong = trial.wrong(batch, records)
        if wrong is not None:
            compared = f"seed {seed}, after {found.total():,} verdicts that agree"
            raise AssertionError(f"{trial.told(trial.shrunk(wrong))}\n{compared}")
        for criterion in batch:
            found.update(truths(criterion, records, trial.as_of))
    return Tally(
        criteria=count, rows=rows, holds=found[True], fails=found[False], unknown=found[None]
    )
