"""Three verdicts, and what each use makes of them."""

from __future__ import annotations

import pytest

from crmcore.errors import UndefinedValueError
from crmcore.verdicts import Use, Verdict, decide


@pytest.mark.parametrize(
    ("use", "holds", "fails", "unknown"),
    [
        (Use.QUERY, True, False, False),
        (Use.SEGMENT, True, False, False),
        (Use.RULE, True, False, False),
        (Use.TRANSITION, True, False, False),
        (Use.PERMIT, True, False, False),
        (Use.FORBID, True, False, True),
    ],
)
def test_the_table_of_uses(use: Use, *, holds: bool, fails: bool, unknown: bool) -> None:
    """Unknown takes nobody in, permits nothing, and forbids what it cannot clear."""
    assert decide(Verdict.HOLDS, use) is holds
    assert decide(Verdict.FAILS, use) is fails
    assert decide(Verdict.UNKNOWN, use) is unknown


def test_a_verdict_is_no_truth_value() -> None:
    """A verdict in an *if* raises, because unknown is neither true nor false."""
    with pytest.raises(UndefinedValueError, match="the verdict unknown is no truth value"):
        bool(Verdict.UNKNOWN)


@pytest.mark.parametrize("truth", [True, False, None])
def test_a_verdict_is_made_of_a_truth(truth: bool | None) -> None:  # noqa: FBT001
    """True, false and None become holds, fails and unknown, and back."""
    assert Verdict.of(truth).truth is truth
