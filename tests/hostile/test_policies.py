"""Policy files from people who do not wish us well, and criteria over what nobody expected."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any, TypeAlias

import attrs
import pytest

from crmcore.criteria import Criterion, F
from crmcore.errors import CrmError, FaultsError
from crmcore.features import FEATURES, CustomerFeatures
from crmcore.kernel import CustomerId
from crmcore.notation import from_data as criterion_from_data
from crmcore.policies import Policy
from crmcore.verdicts import Verdict

Write: TypeAlias = Callable[[str | bytes], Path]
Told: TypeAlias = Callable[[str | bytes], list[str]]

TEXT = resources.files("crmcore.policies").joinpath("default.toml").read_text("utf-8")
EVERYBODY = """
[[segments]]
name = "everybody"
criterion = { ge = [{ field = "r" }, 1] }
"""
NOBODY = EVERYBODY.replace('name = "everybody"', 'name = "nobody"').replace(", 1]", ", 6]")
TIERS = """
[[tiers]]
name = "standard"
[[tiers]]
name = "silver"
enter = 100
leave = 60
[[tiers]]
name = "gold"
enter = {enter}
leave = {leave}
"""


def changed(*changes: tuple[str, str]) -> str:
    """Return the default policy with the first of each text changed."""
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


@pytest.fixture
def told(write: Write) -> Told:
    """Return a function that loads a policy from bytes and returns what was wrong with it."""

    def told(data: str | bytes) -> list[str]:
        path = write(data)

        with pytest.raises(FaultsError) as caught:
            Policy.load(path)

        message = str(caught.value).encode().decode()  # it can be printed anywhere
        assert message.startswith(f"{path} has {len(caught.value.faults)} fault")
        assert len(message) < 6_000
        return [str(fault) for fault in caught.value.faults]

    return told


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("tier_feature =", "teir_feature =", "teir_feature: unknown field 'teir_feature'; did you"),
        ("label = {", "lable = {", "segments[0].lable: unknown field 'lable'; did you mean 'label"),
        ("decay = {", "decy = {", "rules.rules[3].decy: unknown key 'decy'; did you mean 'decay'?"),
        (
            "days_since_last > 365",
            "days_since_lst > 365",
            "stages[0].entry.gt: unknown field 'days_since_lst'; did you mean 'days_since_last'?",
        ),
        (
            'entry = "days_since_last > 365"',
            'entry = { gtt = [{ field = "days_since_last" }, 365] }',
            "stages[0].entry: unknown operator 'gtt'; did you mean 'gt'?",
        ),
        (
            'kpi = "retention_rate"',
            'kpi = "retension_rate"',
            "goals[0].kpi: unknown KPI 'retension_rate'; did you mean 'retention_rate'?",
        ),
        (
            '"America/New_York"',
            '"../../etc/passwd"',
            "zone: unknown time zone '../../etc/passwd'; known are Africa/Abidjan, ",
        ),
        ('currency = "USD"', 'currency = "US$"', "currency: unknown currency 'US$'; did you mean"),
        ("window_days = 180", "window_days = 180.5", "window_days: must be a whole number (got"),
        ("window_days = 180", "window_days = true", "window_days: must be a whole number (got T"),
        ("window_days = 180", "window_days = 1e9", "window_days: must be a whole number (got 1E+"),
        (
            "window_days = 180",
            f"window_days = {10**29}",
            "window_days: must be between 1 and 3652",
        ),
        ("window_days = 180", f"window_days = {10**99}", "number 100000000000000000000000000000…"),
        ("window_days = 180", f"window_days = {'9' * 9_999}", "a number: must have at most 30 dig"),
        ("window_days = 180", "window_days = 1998-07-01", "window_days: must be a whole number (g"),
        ("recency = [31, 91", "recency = [91, 31", "rfm.recency: must be at most four numbers, as"),
        ("enter = 50", "enter = nan", "number nan: must be finite"),
        ("enter = 50", "enter = 1e99999999", "number 1e99999999: must have at most 30 digits"),
        ("enter = 50", 'enter = "a lot"', "tiers[1].enter: must be a decimal number (got 'a lot'"),
        ('name = "default"', 'name = "de\\u0000fault"', "name: must hold no control characters, l"),
        (
            'name = "default"',
            f'name = "{"x" * 9_999}"',
            "name: must have at most 200 characters",
        ),
        ("new = 12", "new = -12", "book[0].minutes.new.minutes: must be between 1 and 10080 (got"),
        ("negotiation = 2", "negotiation = 8", "book[0].skills.negotiation.level: must be betwee"),
    ],
)
def test_a_fault_names_its_path_and_what_would_be_right(
    told: Told, old: str, new: str, fault: str
) -> None:
    """A slip of the pen gets the nearest word, a number its bounds; nothing is guessed."""
    assert any(found.startswith(fault) for found in told(changed((old, new))))


@pytest.mark.parametrize(
    ("enter", "leave", "fault"),
    [
        (
            300,
            80,
            (
                "tiers[2].leave: 'gold' is left below 80, which overlaps 'silver': "
                "it must be at least 100, at which 'silver' below it is entered"
            ),
        ),
        (
            100,
            100,
            (
                "tiers[2].enter: 'gold' is entered at 100, which must be above 100, "
                "at which 'silver' below it is entered"
            ),
        ),
        (
            300,
            301,
            "tiers[2].leave: 'gold' is left below 301, which must not be above enter, 300",
        ),
    ],
)
def test_overlapping_tiers_are_refused(told: Told, enter: int, leave: int, fault: str) -> None:
    """With both tiers, both levels and the bound that would be right."""
    before, _, rest = TEXT.partition("[[tiers]]")
    book = rest[rest.index("[rules]") :]

    found = told(before + TIERS.format(enter=enter, leave=leave) + book)

    assert found[0] == fault


def test_a_segment_that_can_never_win_is_refused(told: Told) -> None:
    """Because no cell satisfies it, or because one before it takes all of its cells."""
    head, _, rest = TEXT.partition("[[segments]]")
    first_wins = head.replace("exactly_one_segment = true", "exactly_one_segment = false")
    table = f"[[segments]]{rest}"

    nobody = told(head + NOBODY + table)
    shadowed = told(first_wins + EVERYBODY + table)

    assert nobody == [
        (
            "segments[0]: nobody can never win: no cell satisfies it; "
            "widen its criterion, or leave it out"
        )
    ]
    assert len(shadowed) == table.count("[[segments]]")
    assert shadowed[0].startswith(
        "segments[1]: Champions can never win: segments before it take all of its "
    )


def test_two_segments_for_one_customer_are_refused(told: Told) -> None:
    """Each pair with how many cells they share, and a cell that shows it."""
    head, _, rest = TEXT.partition("[[segments]]")

    found = told(f"{head}{EVERYBODY}[[segments]]{rest}")

    assert found[0] == (
        "segments[1]: everybody and Champions both hold for 8 of 125 cells, such as 4-4-4; "
        "draw a border between the two"
    )


def test_whatever_is_wrong_comes_in_one_message(told: Told) -> None:
    """Types, names, bounds and contradictions of all parts of the file."""
    found = told(
        changed(
            ('version = "1"', "version = 1"),
            ('"America/New_York"', '"America/New_Yrok"'),
            ("window_days = 180", 'window_days = "180"'),
            ('stage = "lost"', 'stage = "lots"'),
            ("leave = 70", "leave = 40"),
            ("half_life_days", "halflife_days"),
            ("at_risk = 20", "at_rsk = 20"),
        )
    )

    assert {fault.partition(": ")[0] for fault in found} == {
        "version",
        "zone",
        "window_days",
        "stages[0].stage",
        "book[0].minutes.at_rsk.stage",
        "tiers[2].leave",
        "rules.rules[3].decay.halflife_days",
    }


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ('name = "a"\nname = "b"\n' + TEXT, "line 2, column 11: cannot overwrite a value"),
        (TEXT + "\n[rfm]\nrecency = []\n", "column 5: cannot declare ('rfm',) twice"),
        (TEXT + "\nx = " + "[" * 100_000, ": is nested deeper than 64"),
        (TEXT + "\nx = " + "{ not = " * 50_000, ": is nested deeper than 64"),
        ("a." * 50_000 + "b = 1\n", "line 1: is nested deeper than 64"),
        (TEXT.encode("utf-16"), "line 1: is not UTF-8 text"),
        (TEXT.replace("default", "défaut").encode("latin-1", "replace"), "is not UTF-8 text"),
        (TEXT + "\0", "invalid statement"),
        (bytes(range(256)), "is not UTF-8 text"),
        ("name = '" + "x" * 17 * 2**20 + "'", "the whole: is larger than 512 KiB; split it"),
        (TEXT[:-40], "end of document"),
    ],
    ids=[
        "key twice",
        "table twice",
        "deep list",
        "deep criterion",
        "deep name",
        "utf-16",
        "latin-1",
        "nul",
        "binary",
        "17 MiB",
        "cut off",
    ],
)
def test_a_file_that_cannot_be_read_says_where(told: Told, data: str | bytes, fault: str) -> None:
    """One line says it; neither the parser's stack nor its patience is tried."""
    (found,) = told(data)

    assert fault in found


@pytest.mark.parametrize(
    "harm",
    [
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: text + b"# " + b"x" * 400_000,
    ],
    ids=["mark", "crlf", "400 kB of comment"],
)
def test_what_editors_do_to_files_does_no_harm(
    write: Write, harm: Callable[[bytes], bytes]
) -> None:
    """The policy is the same, and its fingerprint says so."""
    policy = Policy.load(write(harm(TEXT.encode())))

    assert policy.fingerprint == Policy.default().fingerprint


def test_a_criterion_is_nested_as_deep_as_people_read(told: Told) -> None:
    """The path leads down to where it is too much."""
    deep = "{ not = " * 20 + '{ gt = [{ field = "days_since_last" }, 365] }' + " }" * 20

    (found,) = told(changed(('"days_since_last > 365"', deep)))

    assert found.startswith("stages[0].entry" + ".not" * 16)
    assert found.endswith(": a criterion must be nested at most 16 deep")


def test_an_empty_file_is_told_all_that_it_lacks(told: Told) -> None:
    """What has a default need not be there."""
    assert told("") == [
        f"{name}: is missing; state it"
        for name in (
            "name",
            "version",
            "zone",
            "currency",
            "window_days",
            "active_days",
            "stages",
            "rfm",
            "segments",
            "tiers",
            "rules",
            "book",
        )
    ]


FEATURES_OF_NOBODY = CustomerFeatures(customer=CustomerId("c-1"), as_of=date(1998, 7, 1))


@pytest.mark.parametrize(
    ("criterion", "verdict"),
    [
        (F.days_since_last > 90, Verdict.UNKNOWN),
        (~(F.days_since_last > 90), Verdict.UNKNOWN),
        ((F.days_since_last > 90) | (F.frequency == 0), Verdict.HOLDS),
        ((F.days_since_last > 90) & (F.frequency > 0), Verdict.FAILS),
        (F.days_since_last.is_missing(), Verdict.HOLDS),
        (F.tier.in_(["gold"]), Verdict.UNKNOWN),
        (F.tier.differs("gold"), Verdict.HOLDS),
        (F.frequency < 2**53 - 1, Verdict.HOLDS),
        (F.spend <= Decimal("9" * 18), Verdict.HOLDS),
    ],
)
def test_what_is_missing_is_unknown_and_never_an_error(
    criterion: Criterion, verdict: Verdict
) -> None:
    """Somebody of whom nothing is known gets a verdict, and an explanation, from every rule."""
    assert criterion.evaluate(FEATURES_OF_NOBODY) is verdict
    assert str(criterion.explain(FEATURES_OF_NOBODY))


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), Decimal("NaN"), 10**400, 2**200, None, b"x", [], {}, 1 + 2j],
    ids=repr,
)
def test_no_criterion_is_built_on_what_cannot_be_compared(value: Any) -> None:  # noqa: ANN401
    """It is refused when it is built, in the library's own words, and not when it is asked."""
    with pytest.raises(CrmError):
        _ = F.days_since_last > value


@pytest.mark.parametrize(
    "data",
    [
        {"gt": [{"field": "frequency"}, "3"]},
        {"gt": [{"field": "frequency"}, True]},
        {"gt": [{"field": "frequency"}]},
        {"gt": [{"field": "frequency"}, 3, 4]},
        {"gt": {"field": "frequency"}},
        {"in": [{"field": "tier"}, []]},
        {"in": [{"field": "tier"}, ["gold", None]]},
        {"in": [{"field": "tier"}, ["gold", 3]]},
        {"between": [{"field": "frequency"}, 9, 1]},
        {"starts": [{"field": "frequency"}, "3"]},
        {"gt": [{"field": "frequency"}, 3], "lt": [{"field": "frequency"}, 9]},
        {"__import__": "os"},
        {},
        [],
        "frequency > 3; import os",
        "__import__('os').system('true')",
        None,
        7,
    ],
    ids=str,
)
def test_no_criterion_is_read_from_what_makes_no_sense(data: Any) -> None:  # noqa: ANN401
    """Mixed types, missing and surplus operands, and text that wants to be run."""
    with pytest.raises(CrmError):
        FEATURES.check(criterion_from_data(data))


def test_a_value_of_another_type_fails_or_is_unknown_but_never_passes() -> None:
    """Data that slipped past the records does not fulfil a rule by accident."""
    nan: Any = float("nan")
    odd = attrs.evolve(FEATURES_OF_NOBODY, days_since_last=nan, spend=Decimal("NaN"))

    assert (F.days_since_last > 90).evaluate(odd) is Verdict.UNKNOWN
    assert (F.spend >= 0).evaluate(odd) is Verdict.UNKNOWN
