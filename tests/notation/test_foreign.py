"""JSON and TOML that others have written, by mistake or on purpose."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.criteria import F, Schema
from crmcore.errors import FaultsError
from crmcore.notation import Limits, from_data, from_text, read_json, read_toml

DEEP = 10_000


def json_faults(text: str | bytes, limits: Limits | None = None) -> list[str]:
    """Return what is wrong with JSON text."""
    with pytest.raises(FaultsError) as caught:
        read_json(text, source="rule.json", limits=limits or Limits())
    assert caught.value.source == "rule.json"
    return [str(fault) for fault in caught.value.faults]


def toml_faults(text: str, limits: Limits | None = None) -> list[str]:
    """Return what is wrong with TOML text."""
    with pytest.raises(FaultsError) as caught:
        read_toml(text, source="rule.toml", limits=limits or Limits())
    assert caught.value.source == "rule.toml"
    return [str(fault) for fault in caught.value.faults]


def test_one_rule_in_three_notations() -> None:
    """JSON, TOML and Python say the same, and numbers take the kind of the field."""
    json = '{"all": [{"gt": [{"field": "spend"}, 1.5]}, {"lt": [{"field": "ratio"}, 0.5]}]}'
    toml = 'all = [{gt = [{field = "spend"}, 1.5]}, {lt = [{field = "ratio"}, 0.5]}]'
    schema = Schema.of(spend=Decimal, ratio=float)
    criterion = (F.spend > Decimal("1.5")) & (F.ratio < 0.5)

    for exact in (False, True):
        assert from_data(read_json(json, exact=exact), schema=schema) == criterion
        assert from_data(read_toml(toml, exact=exact), schema=schema) == criterion
        assert from_data(read_json(json, exact=exact)) == (F.spend > 1.5) & (F.ratio < 0.5)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "line 1, column 1: expecting value"),
        ('{"a": 1,\n "b" 2}', "line 2, column 6: expecting ':' delimiter"),
        ('{"a": NaN}', "number NaN: must be finite, and no larger than a float can be"),
        ('{"a": -Infinity}', "number -Infinity: must be finite, and no larger than a float can be"),
        ('{"a": 1e999}', "number 1e999: must be finite, and no larger than a float can be"),
        ('{"a": ' + "9" * 5_000 + "}", f"number {'9' * 30}…: must have at most 18 digits"),
        ('{"a": 1, "a": 2}', "a: comes twice in one object; keep one of them"),
        ("[" * DEEP, "line 1: is nested deeper than 64"),
        ('{"a":' * DEEP, "line 1: is nested deeper than 64"),
        (b'{"a": \n"\xff"}', "line 2: is not UTF-8 text"),
        ('"' + "x" * 2**17 + '"', "the whole: is larger than 128 KiB; split it"),
        (b'"' + b"x" * 2**17 + b'"', "the whole: is larger than 128 KiB; split it"),
        ('"' + "客" * 2**16 + '"', "the whole: is larger than 128 KiB; split it"),
    ],
)
def test_json_that_is_refused(text: str | bytes, fault: str) -> None:
    """Each mistake is one clear line, and none of them breaks the parser."""
    assert json_faults(text) == [fault]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a = ", "end of document: invalid value"),
        (
            "rules.toml",
            (
                "the whole: must be the text itself; "
                "to read a file, hand in a path object, as Path(…) makes"
            ),
        ),
        ("[a]\nb = 1\n[a]\n", "line 3, column 3: cannot declare ('a',) twice"),
        ("a = nan", "number nan: must be finite, and no larger than a float can be"),
        ("a = 1e999", "number 1e999: must be finite, and no larger than a float can be"),
        ("a = " + "9" * 5_000, "a number: must have at most 18 digits"),
        (
            "a = [{b = -1" + "0" * 18 + "}]",
            "number -1000000000000000000: must have at most 18 digits",
        ),
        ("a = " + "[" * DEEP, "line 1: is nested deeper than 64"),
        ("\n" + "a." * DEEP + "b = 1", "line 2: is nested deeper than 64"),
        ("#" * 2**17 + "#", "the whole: is larger than 128 KiB; split it"),
    ],
)
def test_toml_that_is_refused(text: str, fault: str) -> None:
    """Each mistake is one clear line with its place."""
    assert toml_faults(text) == [fault]


def test_limits_are_arguments() -> None:
    """Whoever reads says how long, how deep, and how exact the text may be."""
    assert json_faults("[[1]]", Limits(nesting=1)) == ["line 1: is nested deeper than 1"]
    assert json_faults("[123]", Limits(digits=2)) == ["number 123: must have at most 2 digits"]
    assert json_faults("[1]", Limits(bytes=2)) == ["the whole: is larger than 2 bytes; split it"]
    assert toml_faults("a.b.c = 1", Limits(nesting=1)) == ["line 1: is nested deeper than 1"]
    assert toml_faults("a = 1" + " " * 2**20, Limits(bytes=2**20)) == [
        "the whole: is larger than 1 MiB; split it"
    ]
    assert read_json("[[12]]", limits=Limits(nesting=2, digits=2, bytes=6)) == [[12]]


def test_exact_numbers() -> None:
    """Exact numbers are decimals, and have as many digits as they may have."""
    assert read_json("[1.50]", exact=True) == [Decimal("1.50")]
    assert read_json("[1.50]") == [1.5]
    assert read_toml("a = 1_000.5\nb = 2", exact=True) == {"a": Decimal("1000.5"), "b": 2}
    for text, problem in (
        ("NaN", "number NaN: must be finite"),
        ("1e99999999", "number 1e99999999: must have at most 18 digits"),
        ("1." + "1" * 18, "number 1.111111111111111111: must have at most 18 digits"),
    ):
        with pytest.raises(FaultsError) as caught:
            read_json(text, exact=True)
        assert [str(fault) for fault in caught.value.faults] == [problem]


def test_faults_are_told_together_but_not_without_end() -> None:
    """Names that come twice and numbers of absurd size are found in one reading."""
    assert json_faults('{"a": NaN, "b": 1e999, "b": 2}') == [
        "b: comes twice in one object; keep one of them",
        "number NaN: must be finite, and no larger than a float can be",
        "number 1e999: must be finite, and no larger than a float can be",
    ]
    assert len(json_faults("[" + "NaN, " * 2_000 + "NaN]")) == 1000


def test_brackets_in_text_are_no_nesting() -> None:
    """What stands between quotes is text, whatever it looks like."""
    many = "[{" * 50

    assert read_json(f'"{many}\\"{many}"') == f'{many}"{many}'
    assert read_toml(f'# {many}\na = \'{many}\'\nb = """{many}\n"""')["a"] == many


def test_a_file_is_read_by_its_path(tmp_path: Path) -> None:
    """A path object is a file; its faults are called by its name."""
    file = tmp_path / "rule.toml"
    file.write_bytes(b"\xef\xbb\xbfgt = [{field = 'a'}, 1]")

    assert from_data(read_toml(file)) == (F.a > 1)

    file.write_bytes(b"a = '\xff'")
    with pytest.raises(FaultsError, match=r"rule\.toml has 1 fault:\n  line 1: is not UTF-8 text"):
        read_toml(file)
    with pytest.raises(FaultsError, match="rule has 1 fault:\n  the whole: is larger than 5 bytes"):
        read_toml(file, source="rule", limits=Limits(bytes=5))
    with pytest.raises(FaultsError, match="the file: cannot be read: no such file") as caught:
        read_toml(tmp_path / "missing.toml")
    assert isinstance(caught.value.__cause__, FileNotFoundError)


@given(st.text(alphabet="{}[]\"\\:,.#\n'a1e-=", max_size=60))
def test_no_text_breaks_the_readers(text: str) -> None:
    """Any text at all is either read or refused with faults; nothing else is raised."""
    for read in (read_json, read_toml):
        try:
            read(text)
        except FaultsError as error:
            assert error.faults  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize(
    "text", [None, 5, ["spend > 5"], {"gt": [{"field": "spend"}, 5]}], ids=repr
)
@pytest.mark.parametrize("read", [from_text, read_json])
def test_what_is_no_text_is_refused_as_such(read: Any, text: object) -> None:  # noqa: ANN401
    """Data where text is read is told by its type, not by what it lacks."""
    with pytest.raises(FaultsError, match="must be text, or its bytes, and not"):
        read(text)
