"""Undefined: no number, and why."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import UndefinedValueError
from crmcore.kernel import Phrase, Reason, Undefined

NO_BUYERS = Undefined(Reason.ZERO_DENOMINATOR, Phrase("no buyers in 1997-01", "1997-01无买家"))


@pytest.mark.parametrize(
    "use",
    [
        bool,
        lambda value: value < 1,
        lambda value: value <= 1,
        lambda value: value > 1,
        lambda value: value >= 1,
        lambda value: value < NO_BUYERS,
        lambda value: "much" if value else "little",
        lambda value: max(value, 0),
    ],
    ids=["truth", "<", "<=", ">", ">=", "< itself", "if", "max"],
)
def test_it_is_no_number(use: Callable[[Any], object]) -> None:
    """It is neither true nor false, nor more or less than anything, and says why."""
    with pytest.raises(UndefinedValueError, match="the denominator is zero: no buyers in 1997-01"):
        use(NO_BUYERS)


@given(st.sampled_from(Reason), st.sampled_from(Reason))
def test_it_equals_another_for_the_same_reason(one: Reason, other: Reason) -> None:
    """Equality asks for the reason; the detail is for the reader."""
    assert (Undefined(one) == Undefined(other)) == (one is other)
    assert Undefined(one) == Undefined(one, Phrase("some detail", "细节"))
    assert hash(Undefined(one)) == hash(Undefined(one, Phrase("some detail", "细节")))


def test_it_is_not_zero() -> None:
    """What is undefined equals no number."""
    zero: object = 0

    assert Undefined(Reason.NO_DATA) != zero


def test_it_reads_as_its_reason() -> None:
    """The text is the reason, with the detail where there is one."""
    assert str(Undefined(Reason.NO_DATA)) == "there is no data"
    assert str(NO_BUYERS) == "the denominator is zero: no buyers in 1997-01"


@given(st.sampled_from(Reason))
def test_reasons_are_their_words(reason: Reason) -> None:
    """A reason equals its word, is found by it, and stays itself on every journey."""
    assert Reason(str(reason)) is reason
    assert f"{reason}" == reason.value == reason
    assert copy.deepcopy(reason) is reason
    assert pickle.loads(pickle.dumps(reason)) is reason  # noqa: S301 our own
