"""SQL gives the verdicts that the language means, on both databases."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from crmcore.criteria import Schema
from crmcore.testing import EDGES, check_back_end

VERDICTS = int(os.environ.get("CRMCORE_VERDICTS", "50000"))
SEED = int(os.environ.get("CRMCORE_SEED", "0"))


def test_random_criteria_mean_the_same_in_sql(database: Callable[[Schema], Any]) -> None:
    """Whatever a criterion asks, and whatever is missing, SQL says the same as the language."""
    tally = check_back_end(database(EDGES), verdicts=VERDICTS, seed=SEED)

    assert tally.verdicts >= VERDICTS
