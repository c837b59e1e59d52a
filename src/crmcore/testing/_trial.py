"""Trying a back end: its verdicts beside those of the oracle, and the smallest that differs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

import attrs

from crmcore.criteria import Criterion, Schema
from crmcore.verdicts import Verdict

from ._oracle import truths
from ._shrinking import smaller

Row: TypeAlias = Mapping[str, Any]
Judge: TypeAlias = Callable[
    [Sequence[Criterion], Sequence[Row], date], Sequence[Sequence["bool | None"]]
]


@attrs.frozen(kw_only=True)
class Wrong:
    """A criterion to which a back end gives another verdict.

    Attributes:
        criterion: The criterion.
        rows: The rows it was asked about.
        place: The place of the row with the other verdict.
        expected: What the criterion says of that row.
        said: What the back end makes of it, as the end of a sentence.
    """

    criterion: Criterion
    rows: Sequence[Row]
    place: int
    expected: bool | None
    said: str


@attrs.frozen
class Trial:
    """A back end, asked on one day.

    Attributes:
        judge: The back end.
        as_of: The day of judgement.
        schema: The fields of the rows.
    """

    judge: Judge
    as_of: date
    schema: Schema

    def wrong(self, criteria: Sequence[Criterion], rows: Sequence[Row]) -> Wrong | None:
        """Return the first verdict that differs, if one does."""
        try:
            answers = self.judge(criteria, rows, self.as_of)
        except Exception as error:  # noqa: BLE001 - whatever a back end raises is its answer
            return self._raised(criteria, rows, error)
        if len(answers) != len(criteria):
            said = f"returns {len(answers)} lists of truths for {len(criteria)} criteria"
            return self._at(criteria[0], rows, 0, said)
        for criterion, answer in zip(criteria, answers, strict=True):
            found = self._compared(criterion, rows, list(answer))
            if found is not None:
                return found
        return None

    def _raised(
        self, criteria: Sequence[Criterion], rows: Sequence[Row], error: Exception
    ) -> Wrong:
        if len(criteria) > 1:
            for criterion in criteria:
                found = self.wrong([criterion], rows)
                if found is not None:
                    return found
        said = f"raises {type(error).__name__}: {error}"
        return self._at(criteria[0], rows, 0, said)

    def _compared(
        self, criterion: Criterion, rows: Sequence[Row], answer: list[object]
    ) -> Wrong | None:
        if len(answer) != len(rows):
            said = f"returns {len(answer)} truths for {len(rows)} rows"
            return self._at(criterion, rows, 0, said)
        expected = truths(criterion, rows, self.as_of)
        for place, (wanted, found) in enumerate(zip(expected, answer, strict=True)):
            if found is not wanted:
                return self._at(criterion, rows, place, f"says {_truth(found)}")
        return None

    def _at(self, criterion: Criterion, rows: Sequence[Row], place: int, said: str) -> Wrong:
        (expected,) = truths(criterion, rows[place : place + 1], self.as_of)
        return Wrong(criterion=criterion, rows=rows, place=place, expected=expected, said=said)

    def shrunk(self, wrong: Wrong) -> Wrong:
        """Return a smallest part of the criterion, and if possible one row, that still differ."""
        alone = self.wrong([wrong.criterion], wrong.rows[wrong.place : wrong.place + 1])
        wrong = alone or wrong
        while True:
            steps = (
                self.wrong([step], wrong.rows) for step in smaller(wrong.criterion, self.schema)
            )
            found = next((step for step in steps if step is not None), None)
            if found is None:
                return wrong
            wrong = found

    def told(self, wrong: Wrong) -> str:
        """Return what an assertion says of it."""
        row = wrong.rows[wrong.place]
        read = {name: row.get(name) for name in sorted(wrong.criterion.fields)}
        return "\n".join(
            (
                f"the back end {wrong.said} where the language says {_truth(wrong.expected)}",
                f"  criterion: {wrong.criterion!r}",
                f"  record:    {read!r}"
                + (f" among {len(wrong.rows):,} rows" if len(wrong.rows) > 1 else ""),
                f"  as_of:     {self.as_of}",
                f"  because:   {wrong.criterion.explain(row, as_of=self.as_of).summary.en}",
            )
        )


def _truth(found: object) -> str:
    if found is None or isinstance(found, bool):
        return Verdict.of(found).label.en
    return f"{found!r}, which is none of True, False and None"
