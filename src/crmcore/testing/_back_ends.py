"""Holding a back end to the meaning of the language: the same verdicts on the same records."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any, Final

import attrs

from crmcore.criteria import Criterion, Schema
from crmcore.errors import InvalidValueError

from ._edges import DAYS_OF_JUDGEMENT, EDGES, draw_row
from ._oracle import truths
from ._random_criteria import Generator
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


def random_criteria(seed: int, *, count: int, schema: Schema = EDGES) -> tuple[Criterion, ...]:
    """Return random criteria that a schema accepts, the same ones for the same seed.

    Args:
        seed: Any integer; all chance comes from it.
        count: How many.
        schema: The fields that they read.

    .. versionadded:: 0.1.0
    """
    generator = Generator(Random(seed), schema)  # noqa: S311 - chance that can be repeated
    return tuple(generator.criterion() for _ in range(count))


def random_rows(seed: int, *, count: int, schema: Schema = EDGES) -> tuple[dict[str, Any], ...]:
    """Return random records with a key for each field, the same ones for the same seed.

    Most values are from the edge, where engines part ways; a field that may be missing is so in
    one row of five, and a float is then None or NaN.

    Args:
        seed: Any integer; all chance comes from it.
        count: How many.
        schema: The fields that they have.

    .. versionadded:: 0.1.0
    """
    random = Random(seed)  # noqa: S311 - chance that can be repeated
    return tuple(draw_row(random, schema) for _ in range(count))


def check_back_end(
    judge: Judge, *, verdicts: int = 50_000, seed: int = 0, rows: int = 100, schema: Schema = EDGES
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
        Half a second and one call of *judge* for each 50 criteria make up 50,000 verdicts.

    .. versionadded:: 0.1.0
    """
    for name, value in (("verdicts", verdicts), ("rows", rows)):
        if value < 1:
            raise InvalidValueError(name, value, "be at least 1")
    count = -(-verdicts // rows)
    records = random_rows(seed, count=rows, schema=schema)
    criteria = random_criteria(seed, count=count, schema=schema)
    random = Random(seed)  # noqa: S311 - chance that can be repeated
    found: Counter[bool | None] = Counter()
    for start in range(0, count, _BATCH):
        batch = criteria[start : start + _BATCH]
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
