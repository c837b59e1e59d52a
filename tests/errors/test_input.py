"""What callers hand in and the library refuses."""

from __future__ import annotations

from traceback import format_exception_only

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import (
    CrmError,
    DidNotConvergeError,
    Fault,
    FaultsError,
    InfiniteMeanError,
    InvalidValueError,
    MissingExtraError,
    MixedCurrenciesError,
    NotIdentifiedError,
    UndefinedValueError,
    UnitMismatchError,
    UnknownNameError,
    nearest,
)

SKILLS = ["Mandarin", "Negotiation", "Complaint handling"]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (InvalidValueError("hours", -2, "be at least 0"), "hours must be at least 0 (got -2)"),
        (
            MixedCurrenciesError("USD", "CNY"),
            "cannot put USD and CNY together; convert one of them first",
        ),
        (
            UndefinedValueError("the denominator is zero"),
            (
                "there is no number to use: the denominator is zero; "
                "ask for isinstance(…, Undefined) first"
            ),
        ),
        (
            MissingExtraError("the HTML report", "reports"),
            "the HTML report needs an extra: pip install 'crmcore[reports]'",
        ),
        (
            NotIdentifiedError("BG/NBD", "nobody bought again"),
            "BG/NBD cannot be fitted: nobody bought again",
        ),
        (
            DidNotConvergeError("BG/NBD", 200, 0.0312, ["r=0.2", "alpha=4.4"]),
            (
                "BG/NBD did not converge in 200 steps: at r=0.2, alpha=4.4 the slope is still "
                "0.031; the data may not tell the parameters apart"
            ),
        ),
        (
            InfiniteMeanError("Gamma-Gamma", "q is 0.8, and a mean needs more than 1"),
            "Gamma-Gamma has no finite mean: q is 0.8, and a mean needs more than 1",
        ),
        (
            UnitMismatchError("weeks", "opportunities"),
            "cannot put times in weeks and in opportunities together; use one unit",
        ),
    ],
)
def test_messages_say_what_would_be_right(error: CrmError, message: str) -> None:
    """A message names what was found and what to do about it."""
    assert str(error) == message


def test_an_unknown_name_comes_with_the_nearest() -> None:
    """A slip of the pen is answered with the word that was probably meant."""
    error = UnknownNameError("skill", "mandrin", SKILLS)

    assert error.suggestion == "Mandarin"
    assert str(error) == "unknown skill 'mandrin'; did you mean 'Mandarin'?"


def test_a_name_like_no_other_comes_with_all_that_are_known() -> None:
    """Where nothing is near, the known names are listed in order."""
    error = UnknownNameError("skill", "xyz", SKILLS)

    assert error.suggestion is None
    assert str(error) == (
        "unknown skill 'xyz'; known are Complaint handling, Mandarin, Negotiation"
    )


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [("USX", ["UZS", "USD", "AUD"], "USD"), ("rate", ["rates", "crate", "rated"], "rated")],
)
def test_of_names_as_near_the_one_that_begins_alike_is_meant(
    name: str, known: list[str], meant: str
) -> None:
    """People slip at the end of a word more often than at its beginning; the rest is by code."""
    assert nearest(name, known) == meant


@pytest.mark.parametrize(
    "error",
    [
        InvalidValueError("name", "x" * 100_000, "be short"),
        InvalidValueError("levels", tuple(range(100_000)), "be few"),
        InvalidValueError("level", 10**5_000, "be at most 7"),
        InvalidValueError("levels", [10**5_000], "be at most 7"),
        UnknownNameError("currency", "USD" * 100_000, ["EUR", "USD"]),
    ],
)
def test_a_message_is_bounded_whatever_was_found(error: CrmError) -> None:
    """A cell of a megabyte, or a number that Python refuses to write, stays one short line."""
    message = str(error)

    assert len(message) < 200
    assert message.isprintable()


def test_what_no_terminal_can_print_is_escaped() -> None:
    """Bytes that are no UTF-8 reach people as escapes, not as another error."""
    error = UnknownNameError("column", "caf\udce9", ["cafe"])

    assert str(error).encode() == rb"unknown column 'caf\udce9'; did you mean 'cafe'?"


def test_a_long_list_of_names_is_cut() -> None:
    """A message stays readable when hundreds of names are known."""
    error = UnknownNameError("field", "?", [f"column_{number:03}" for number in range(300)])

    assert str(error).endswith("column_018, column_019, …")


def test_nothing_known_is_said() -> None:
    """An empty list of known names is not shown as an empty list."""
    assert str(UnknownNameError("role", "Greeter", [])) == "unknown role 'Greeter'; none is known"


@given(st.data(), st.lists(st.text("abAB", max_size=4), max_size=8), st.text("abAB", max_size=4))
def test_the_nearest_does_not_depend_on_order(
    data: st.DataObject, known: list[str], name: str
) -> None:
    """The same names in another order give the same suggestion, and one of them."""
    shuffled = data.draw(st.permutations(known))

    found = nearest(name, known)

    assert nearest(name, shuffled) == found
    assert found is None or found in known


def test_a_name_is_nearest_to_itself() -> None:
    """A name that is known, but for its case, is the one that is suggested."""
    assert nearest("NEGOTIATION", SKILLS) == "Negotiation"


def test_faults_are_told_together() -> None:
    """Each fault of a file is told with its place, in the order of the file."""
    error = FaultsError(
        "purchases.csv",
        [Fault("row 2, date", "'1998-02-30' is no day"), Fault("row 7, amount", "is missing")],
    )

    assert str(error).splitlines() == [
        "purchases.csv has 2 faults:",
        "  row 2, date: '1998-02-30' is no day",
        "  row 7, amount: is missing",
    ]


def test_one_fault_is_one_fault() -> None:
    """The count agrees with its noun."""
    error = FaultsError("policy.toml", [Fault("tiers[0].name", "must not be empty")])

    assert str(error).startswith("policy.toml has 1 fault:")


def test_many_faults_are_counted_beyond_the_twentieth() -> None:
    """A file that is wrong throughout fills no screen, and yet nothing is hidden."""
    error = FaultsError("purchases.csv", (Fault(f"row {row}", "no date") for row in range(2, 27)))

    assert len(error.faults) == 25
    assert len(str(error).splitlines()) == 22
    assert str(error).endswith("  … and 5 more")


def test_a_traceback_names_what_can_be_imported() -> None:
    """Whoever reads an error's name can import it by that name."""
    error = UnknownNameError("skill", "Mandrin", ["Mandarin"])

    (line,) = format_exception_only(error)

    assert line.startswith("crmcore.errors.UnknownNameError: unknown skill 'Mandrin'")


def circle() -> list[object]:
    """Return a list that is in itself, twice."""
    found: list[object] = []
    found += [found, found]
    return found


def tower(height: int) -> list[object]:
    """Return a list in a list, and so on; each twice in the next, though it is built once."""
    found: list[object] = []
    for _ in range(height):
        found = [found, found]
    return found


def well(depth: int) -> list[object]:
    """Return a list in a list, and so on."""
    found: list[object] = []
    for _ in range(depth):
        found = [found]
    return found


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (circle(), "list of very many parts"),
        (tower(60), "list of very many parts"),
        (well(100_000), "list of very many parts"),
        (well(450), f"{'[' * 100}…"),
        (dict.fromkeys(range(2000)), "dict of very many parts"),
        ({"a": {"b": {1, 2}}}, "{'a': {'b': {1, 2}}}"),
        ("x" * 10**6, f"'{'x' * 99}…"),
        (1 << 20_000, "int of very many digits"),
    ],
    ids=["circle", "tower", "abyss", "well", "table", "small", "text", "bits"],
)
def test_a_message_is_short_whatever_was_found(value: object, shown: str) -> None:
    """Only what a line holds is looked at, be it deep, wide, or in itself."""
    assert str(InvalidValueError("it", value, "be small")) == f"it must be small (got {shown})"


class Deep:
    """Something whose text never ends."""

    def __repr__(self) -> str:
        """Return the text of what is inside."""
        return f"<{self!r}>"


def test_what_cannot_say_what_it_is_is_told_by_its_class() -> None:
    """Python gives up on a text in a text without end."""
    error = InvalidValueError("it", Deep(), "be shallow")

    assert str(error) == "it must be shallow (got Deep of very many parts)"


def test_nothing_looks_like_a_name_of_a_million_letters() -> None:
    """To look for the nearest would take long, and nobody has mistyped it."""
    assert nearest("spend" * 10**5, ["spend"]) is None
