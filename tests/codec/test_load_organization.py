"""A department from a file that people write by hand."""

from __future__ import annotations

import inspect
import textwrap
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from crmcore.calendar import Period
from crmcore.codec import from_data, load_organization, to_data
from crmcore.errors import FaultsError
from crmcore.organization import Interest, Organization, SkillLevel


@pytest.fixture
def example() -> str:
    """Return the file that the documentation of the function shows."""
    shown = inspect.getdoc(load_organization) or ""
    return textwrap.dedent(shown.split("::\n", 1)[1].split("Args:", 1)[0])


def load(folder: Path, text: str) -> Organization:
    """Load a department from a file with this text."""
    file = folder / "department.toml"
    file.write_text(text, "utf-8")
    return load_organization(file)


def faults(folder: Path, text: str) -> list[str]:
    """Return what is wrong with a file with this text."""
    with pytest.raises(FaultsError) as caught:
        load(folder, text)
    assert caught.value.source == str(folder / "department.toml")
    return [str(fault) for fault in caught.value.faults]


def test_the_documented_file_is_read(tmp_path: Path, example: str) -> None:
    """Every line of the documented file arrives in the right field."""
    organization = load(tmp_path, example)

    wei = organization.member("wei")
    assert wei.skills == (SkillLevel("mandarin", 5), SkillLevel("negotiation", 4))
    assert wei.interests == (Interest("complaints", -1), Interest("negotiation", 2))
    assert wei.weekly_hours == Decimal("37.5")
    assert wei.leave == (Period(date(1998, 7, 6), date(1998, 7, 18)),)
    assert organization.team("service").department == "care"
    (held,) = organization.assignments
    assert held.id == "complaints/responsible/wei"
    assert held.since == datetime(1997, 1, 1, 5, tzinfo=UTC)
    assert from_data(Organization, to_data(organization)) == organization


def test_the_path_may_be_text(tmp_path: Path, example: str) -> None:
    """A path is a path, as text too."""
    organization = load(tmp_path, example)

    assert load_organization(str(tmp_path / "department.toml")) == organization


def test_an_assignment_may_say_more(tmp_path: Path, example: str) -> None:
    """An id of its own, an instant, and an end are taken as they are."""
    text = example.replace(
        "since = 1997-01-01", "since = 1997-01-01T00:00:00Z\nuntil = 1997-02-01\nid = 'a-1'"
    )

    (held,) = load(tmp_path, text).assignments

    assert held.id == "a-1"
    assert held.since == datetime(1997, 1, 1, tzinfo=UTC)
    assert held.until == datetime(1997, 2, 1, 5, tzinfo=UTC)


def test_days_need_a_zone(tmp_path: Path, example: str) -> None:
    """A day begins somewhere; without a zone it is no instant, and the other faults come too."""
    text = example.replace('zone = "America/New_York"', "").replace("mandarin = 5", "mandarin = 9")

    day, level = faults(tmp_path, text)

    assert day.startswith("assignments[0].since: is a day; write zone = ")
    assert level == "members[0].skills.mandarin.level: must be between 1 and 7 (got 9)"


def test_a_zone_must_be_one(tmp_path: Path, example: str) -> None:
    """A misspelt zone is told once, with the nearest, and not again for each day."""
    text = example.replace("America/New_York", "America/New_Yrok")

    assert faults(tmp_path, text) == [
        "zone: unknown time zone 'America/New_Yrok'; did you mean 'America/New_York'?"
    ]


def test_a_misspelt_table_is_told(tmp_path: Path, example: str) -> None:
    """A table that nobody reads is told with the nearest that is read."""
    assert faults(tmp_path, example.replace("[[members]]", "[[memebers]]"))[0] == (
        "memebers: unknown field 'memebers'; did you mean 'members'?"
    )
    assert "did you mean 'zone'?" in faults(tmp_path, f"zoen = 1\n{example}")[0]


def test_tables_of_the_wrong_shape_are_told(tmp_path: Path) -> None:
    """What is no table, or no list of tables, is refused where it stands."""
    assert faults(tmp_path, "department = 1\nteams = 2\nassignments = [3]") == [
        "department: must be a table of the fields of a Department (got 1)",
        "teams: must be a list (got 2)",
        "assignments[0]: must be a table of the fields of an Assignment (got 3)",
    ]
    assert faults(tmp_path, "department = {id = 'care', name = 'Care'}\nteams = 2") == [
        "teams: must be a list (got 2)"
    ]


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    """A file without a department, or an assignment without its parts, says what to state."""
    assert faults(
        tmp_path, "[[teams]]\nid = 't'\nname = 'T'\n[[assignments]]\nduty = 'backup'"
    ) == [
        "teams[0].department: is missing; state it",
        "assignments[0].id: is missing; state it",
        "assignments[0].responsibility: is missing; state it",
        "assignments[0].member: is missing; state it",
        "assignments[0].since: is missing; state it",
        "department: is missing; state it",
    ]
