"""Criteria mean on every frame what they mean of a record."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import attrs
import pytest

from crmcore.criteria import Criterion
from crmcore.frames import judge
from crmcore.testing import EDGES, check_back_end

VERDICTS = int(os.environ.get("CRMCORE_VERDICTS", "50000"))
SEED = int(os.environ.get("CRMCORE_SEED", "0"))


@attrs.define
class Judge:
    """The back end under test; it loads the rows of a check once."""

    engine: Any
    rows: Sequence[Mapping[str, Any]] = ()
    frame: Any = None

    def __call__(
        self, criteria: Sequence[Criterion], rows: Sequence[Mapping[str, Any]], as_of: date
    ) -> list[list[bool | None]]:
        """Return the verdicts of each criterion."""
        if self.rows is not rows:
            self.rows, self.frame = rows, self.engine.frame(rows, EDGES)
        named = {f"verdict_{place}": criterion for place, criterion in enumerate(criteria)}
        judged = judge(self.frame, named, as_of=as_of, schema=EDGES)
        columns = self.engine.columns(judged)
        return [columns[name] for name in named]


def test_random_criteria_get_the_verdicts_of_the_language(engine: Any) -> None:
    """Verdicts on records from the edge are those that single records get."""
    tally = check_back_end(Judge(engine), verdicts=VERDICTS, seed=SEED)

    assert tally.verdicts >= VERDICTS


@pytest.mark.spark
def test_spark_need_not_keep_to_ansi(spark: Any, spark_engine: Any) -> None:
    """Where Spark makes null of what it cannot calculate, the verdicts are the same."""
    spark.conf.set("spark.sql.ansi.enabled", "false")

    try:
        tally = check_back_end(Judge(spark_engine), verdicts=VERDICTS, seed=SEED + 1)
    finally:
        spark.conf.unset("spark.sql.ansi.enabled")

    assert tally.verdicts >= VERDICTS
