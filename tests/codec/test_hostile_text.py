"""Text that others have written, by mistake or on purpose."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.codec import from_json, read_toml, to_json
from crmcore.errors import FaultsError
from crmcore.kernel import Money

DEEP = 100_000


def json_faults(text: str | bytes) -> list[str]:
    """Return what is wrong with JSON text."""
    with pytest.raises(FaultsError) as caught:
        from_json(dict[str, Any], text, source="plan.json")
    assert caught.value.source == "plan.json"
    return [str(fault) for fault in caught.value.faults]


def toml_faults(text: str) -> list[str]:
    """Return what is wrong with TOML text."""
    with pytest.raises(FaultsError) as caught:
        read_toml(text, source="policy.toml")
    assert caught.value.source == "policy.toml"
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "line 1, column 1: expecting value"),
        ('{"a": 1,\n "b" 2}', "line 2, column 6: expecting ':' delimiter"),
        ('{"a": NaN}', "number NaN: must be finite"),
        ('{"a": -Infinity}', "number -Infinity: must be finite"),
        ('{"a": 1e99999999}', "number 1e99999999: must have at most 30 digits"),
        ('{"a": 1.' + "1" * 40 + "}", f"number 1.{'1' * 28}…: must have at most 30 digits"),
        ('{"a": ' + "9" * 5_000 + "}", f"number {'9' * 30}…: must have at most 30 digits"),
        ('{"a": 1, "a": 2}', "a: comes twice in one object; keep one of them"),
        ("[" * DEEP, "line 1: is nested deeper than 64"),
        ('{"a":' * DEEP, "line 1: is nested deeper than 64"),
        ('{"a": "' + '\\"' * DEEP, "line 1, column 7: unterminated string starting at"),
        (b'{"a": \n"\xff"}', "line 2: is not UTF-8 text"),
    ],
)
def test_json_that_cannot_be_read_says_where(text: str | bytes, expected: str) -> None:
    """Each mistake is one clear line, and none of them takes long or breaks the parser."""
    assert json_faults(text) == [expected]


def test_faults_of_json_are_told_together() -> None:
    """Names that come twice and numbers of absurd size are found in one reading."""
    assert json_faults('{"a": NaN, "b": 1e999, "b": 2}') == [
        "b: comes twice in one object; keep one of them",
        "number NaN: must be finite",
        "number 1e999: must have at most 30 digits",
    ]


def test_brackets_in_text_are_no_nesting() -> None:
    """What stands between quotes is text, whatever it looks like."""
    text = '{"a": "' + '[\\"{' * 50 + '"}'

    assert from_json(dict[str, str], text) == {"a": '["{' * 50}
    assert from_json(dict[str, str], text.encode()) == {"a": '["{' * 50}


def test_numbers_of_json_are_exact() -> None:
    """A number with a point is read as it is written, and never through a float."""
    assert from_json(Money, '{"amount": 29.330, "currency": "USD"}') == Money("29.330", "USD")
    assert from_json(dict[str, int], '{"a": -12}') == {"a": -12}


@pytest.mark.parametrize(
    "number", [5.929013446518277e-16, -2.2250738585072014e-308, 5e-324, 1.7976931348623157e308]
)
def test_floats_come_back_however_small_or_large(number: float) -> None:
    """Zeros before the first digit are no digits: what a fit leaves of a slope can be read."""
    assert from_json(dict[str, float], to_json({"a": number})) == {"a": number}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = ", "end of document: invalid value"),
        ("a = ?", "line 1, column 5: invalid value"),
        ("[a]\nb = 1\n[a]\n", "line 3, column 3: cannot declare ('a',) twice"),
        ('a = "x', "end of document: unterminated string"),
        ("a = nan", "number nan: must be finite"),
        ("a = 1e999", "number 1e999: must have at most 30 digits"),
        ("a = " + "9" * 5_000, "a number: must have at most 30 digits"),
        ("a = 0x" + "f" * 5_000, "a number: must have at most 30 digits"),
        ("a = [{b = -1" + "0" * 30 + "}]", f"number -1{'0' * 28}…: must have at most 30 digits"),
        ("a = 0x" + "f" * 30, f"number {16**30 - 1}"[:37] + "…: must have at most 30 digits"),
        ("a = " + "[" * DEEP, "line 1: is nested deeper than 64"),
        ("\n" + "a." * DEEP + "b = 1", "line 2: is nested deeper than 64"),
        ('"x" = 1\n' + '"a".' * 70 + "b = 1", "line 2: is nested deeper than 64"),
        ("a = '''" + "x" * DEEP, "end of document: "),
    ],
)
def test_toml_that_cannot_be_read_says_where(text: str, expected: str) -> None:
    """Each mistake is one clear line with its place."""
    (fault,) = toml_faults(text)

    assert fault.startswith(expected)


def test_whole_numbers_of_thirty_digits_are_read() -> None:
    """The limit itself is within it, in TOML as in JSON."""
    most = 10**30 - 1

    assert read_toml(f"a = {most}\nb = [[-{most}]]") == {"a": most, "b": [[-most]]}
    assert from_json(dict[str, int], f'{{"a": {most}, "b": -{most - 1}}}')["a"] == most


def test_a_byte_order_mark_is_passed_over() -> None:
    """Editors on Windows put one in front of the text; it says nothing."""
    assert read_toml("\ufeffa = 1") == {"a": 1}
    assert from_json(dict[str, int], '\ufeff{"a": 1}') == {"a": 1}
    assert from_json(dict[str, int], b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_brackets_in_texts_and_comments_of_toml_are_no_nesting() -> None:
    """All four ways to quote, and comments, are seen through."""
    many = "[{" * 50
    text = f"""
    # {many}
    a = "{many}\\"[["
    b = '{many}'
    c = \"\"\"{many}
    {many}\"\"\"
    d = '''{many}'''
    """

    data = read_toml(text)

    assert data["a"] == f'{many}"[['
    assert data["d"] == many


def test_toml_numbers_are_exact() -> None:
    """A number with a point is a decimal, with underscores or without."""
    assert read_toml("a = 37.50\nb = 1_000.5\nc = 3") == {
        "a": Decimal("37.50"),
        "b": Decimal("1000.5"),
        "c": 3,
    }


def test_a_file_is_read_by_its_path(tmp_path: Path) -> None:
    """A path object is a file; its faults are called by its name."""
    file = tmp_path / "policy.toml"
    file.write_text("zone = 'Europe/Berlin'", "utf-8")

    assert read_toml(file) == {"zone": "Europe/Berlin"}

    file.write_bytes(b"a = 1\nb = '\xff'")
    with pytest.raises(FaultsError, match=r"policy\.toml has 1 fault:\n  line 2: is not UTF-8"):
        read_toml(file)


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    """A missing file and a folder are told by their names, and the system's error is the cause."""
    with pytest.raises(FaultsError, match="the file: cannot be read: no such file") as caught:
        read_toml(tmp_path / "policy.toml")
    with pytest.raises(FaultsError, match="the file: cannot be read: is a directory"):
        read_toml(tmp_path, source="folder")

    assert isinstance(caught.value.__cause__, FileNotFoundError)


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    """More than 16 MiB is no file that anybody wrote by hand; it is not even parsed."""
    file = tmp_path / "policy.toml"
    file.write_bytes(b"#" * (16 * 2**20 + 1))

    with pytest.raises(FaultsError, match="is larger than 16 MiB; split it"):
        read_toml(file)
    with pytest.raises(FaultsError, match="is larger than 16 MiB; split it"):
        from_json(str, '"' + "x" * (16 * 2**20) + '"')


@given(st.text(alphabet="{}[]\"\\:,.#\n'a1e-=", max_size=60))
def test_no_text_breaks_the_readers(text: str) -> None:
    """Any text at all is either read or refused with faults; nothing else is raised."""
    readers: list[Callable[[], object]] = [
        lambda: from_json(object, text),
        lambda: read_toml(text),
    ]
    for read in readers:
        try:
            read()
        except FaultsError as error:
            assert error.faults  # noqa: PT017 - either outcome is right
