"""Text: ids, names and longer text that every store can keep."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.checks import is_id, is_name, is_text
from crmcore.errors import InvalidValueError

KEPT = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])


@attrs.frozen
class Note:
    """A record with a field for each of the checks."""

    id: str = attrs.field(default="n-1", validator=is_id)
    name: str = attrs.field(default="Call back", validator=is_name)
    text: str = attrs.field(default="Call back on Monday.", validator=is_text)


@given(st.text(KEPT, min_size=1, max_size=64).filter(lambda text: text == text.strip()))
def test_any_script_will_do(text: str) -> None:
    """An id may be in any script; what can be kept is taken as it is."""
    note = Note(id=text, name=text, text=text)

    assert (note.id, note.name, note.text) == (text, text, text)


def test_text_may_have_lines() -> None:
    """A longer text has lines and tabs."""
    assert Note(text="Monday:\n\tcall back").text == "Monday:\n\tcall back"


@pytest.mark.parametrize("field", ["id", "name", "text"])
@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (17, "be text"),
        ("", "not be empty"),
        (" \t", "not be empty"),
        ("a\x00b", "hold no control characters"),
        ("a\x85b", "hold no control characters"),
        ("a\u2028b", "hold no control characters, line separators"),
        ("a\ud800b", "hold no control characters, line separators or lone surrogates"),
    ],
)
def test_what_no_store_can_keep_is_refused(field: str, value: Any, rule: str) -> None:  # noqa: ANN401
    """Empty text, control characters and halves of characters are refused by name."""
    with pytest.raises(InvalidValueError, match=f"^{field} must {rule}"):
        attrs.evolve(Note(), **{field: value})


@pytest.mark.parametrize(("field", "longest"), [("id", 64), ("name", 200), ("text", 10_000)])
def test_length_has_a_limit(field: str, longest: int) -> None:
    """The longest text is taken, one character more is refused and not repeated in full."""
    attrs.evolve(Note(), **{field: "x" * longest})

    with pytest.raises(InvalidValueError, match=f"^{field} must have at most {longest} ") as caught:
        attrs.evolve(Note(), **{field: "x" * (longest + 1)})
    assert len(str(caught.value)) < 100


@pytest.mark.parametrize("field", ["id", "name"])
def test_ids_and_names_stay_on_one_line(field: str) -> None:
    """A line break in an id or a name is refused."""
    with pytest.raises(InvalidValueError, match=f"^{field} must hold no control characters"):
        attrs.evolve(Note(), **{field: "two\nlines"})


@pytest.mark.parametrize("value", [" c-17", "c-17 ", "c-17\u3000"])
def test_ids_have_no_blanks_at_their_ends(value: str) -> None:
    """Two ids that look alike are the same id."""
    with pytest.raises(InvalidValueError, match=r"^id must have no blanks at its ends"):
        Note(id=value)
