"""Laws of writing down: whatever is written is read back, and is written in one way."""

from __future__ import annotations

import json
from decimal import Decimal

import hypothesis.strategies as st
import pytest
from hypothesis import given

from crmcore.criteria import Criterion, F
from crmcore.errors import FaultsError, InvalidValueError
from crmcore.notation import from_data, from_text, read_json, to_data, to_text
from crmcore.testing import EDGES, random_criteria


def writable(seed: int, *, count: int) -> list[Criterion]:
    """Return random criteria of every shape, in which no name has two meanings."""
    found = []
    for criterion in random_criteria(seed, count=count):
        try:
            to_data(criterion)
        except InvalidValueError:
            with pytest.raises(InvalidValueError, match="give one meaning to each name"):
                to_text(criterion)
        else:
            found.append(criterion)
    return found


CRITERIA = [criterion for seed in (1, 2, 3) for criterion in writable(seed, count=100)]


@pytest.mark.parametrize("sign", [1, -1])
def test_the_longest_decimals_come_back(sign: int) -> None:
    """A decimal has up to 18 digits on either side of the point."""
    for number in (Decimal(10**18 - 1), Decimal(10**17), Decimal(10**18 - 1).scaleb(-18)):
        criterion = F.spend > sign * number

        assert from_text(to_text(criterion)) == criterion
        assert from_data(to_data(criterion)) == criterion


def test_there_are_names_and_calculations_among_them() -> None:
    """The laws below are of use only where the criteria have all parts of the language."""
    data = [json.dumps(to_data(criterion)) for criterion in CRITERIA]

    for key in ("where", "add", "div", "coalesce", "days_between", "shift", "unless", "in", "has"):
        assert any(f'"{key}"' in text for text in data), key


def test_data_comes_back() -> None:
    """A criterion goes through JSON and comes back equal, with and without a schema."""
    for criterion in CRITERIA:
        data = read_json(json.dumps(to_data(criterion)))

        assert from_data(data) == criterion
        assert from_data(data, schema=EDGES) == criterion
        assert to_data(from_data(data)) == data


def test_text_comes_back() -> None:
    """A criterion goes through text and comes back equal, with and without a schema."""
    for criterion in CRITERIA:
        text = to_text(criterion)

        assert from_text(text) == criterion
        assert from_text(text, schema=EDGES) == criterion
        assert to_text(from_text(text)) == text


def _without(text: str, place: int) -> str:
    """Return the text without the pair of brackets that begins at a place."""
    depth = 0
    for end in range(place, len(text)):
        depth += {"(": 1, ")": -1}.get(text[end], 0)
        if not depth:
            return f"{text[:place]} {text[place + 1 : end]} {text[end + 1 :]}"
    raise AssertionError(text)


def test_no_pair_of_brackets_is_too_much() -> None:
    """Without any one of them, the text would say something else, or nothing."""
    tried = 0
    for criterion in CRITERIA:
        text = to_text(criterion)
        if '"' in text:  # brackets within texts are none
            continue
        for place in (place for place, letter in enumerate(text) if letter == "("):
            tried += 1
            try:
                bare = from_text(_without(text, place))
            except FaultsError:
                continue
            assert bare != criterion, text

    assert tried > 100


_WORDS = st.sampled_from(
    [
        *("a", "b", "1", "1.5", "1e3", '"x"', "2026-09-30", "as_of", "true", "`is`", "名"),
        *("and", "or", "not", "unless", "in", "is", "missing", "present", "differs", "from"),
        *("starts", "ends", "with", "contains", "has", "days", "months", "where", "everything"),
        *("==", "!=", "<", "<=", "(", ")", ",", "+", "-", "*", "/", ":", ".", "="),
        *("abs(", "coalesce(", "days_between(", "named(", "acme.is_x("),
    ]
)


@given(st.lists(_WORDS, max_size=12).map(" ".join) | st.text(max_size=30))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Any text is read or refused, and what is read is printed so that it is read again."""
    try:
        criterion = from_text(text)
    except FaultsError as error:
        assert all(fault.path.startswith("line ") for fault in error.faults)  # noqa: PT017 - either
        return

    assert from_text(to_text(criterion)) == criterion


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.decimals()
        | st.floats()
        | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        *"ab",
                        "all",
                        "not",
                        "gt",
                        "add",
                        "field",
                        "in",
                        "named",
                        "shift",
                        "decimal",
                        "date",
                        "datetime",
                        "param",
                        "has",
                        "expr",
                        "crm-criteria",
                    ]
                ),
                inner,
                max_size=2,
            )
        ),
        max_leaves=8,
    )
)
def test_no_data_breaks_the_reader(data: object) -> None:
    """Any data is read or refused; nothing else is raised."""
    try:
        from_data(data)
    except FaultsError as error:
        assert error.faults  # noqa: PT017 - either outcome is right
