"""A department from a TOML file that people write by hand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

import attrs

from crmcore.errors import Fault, FaultsError, UnknownNameError
from crmcore.organization import Organization

from ._from_data import from_data
from ._toml import read_toml

_NO_ZONE: Final = 'is a day; write zone = "Europe/Berlin" or the like at the top, or an instant'


def load_organization(path: str | os.PathLike[str]) -> Organization:
    """Return the department that a TOML file describes.

    The fields are those of the classes in ``crmcore.organization``; what has a default there may
    be left out. Besides:

    - ``zone`` at the top names the time zone in which days begin. It is only needed where an
      assignment states days instead of instants.
    - A team belongs to the file's department; it need not say so.
    - ``skills`` and ``interests`` are short tables of names and levels or strengths.
    - The ``id`` of an assignment is ``responsibility/duty/member`` unless the file gives
      another one.

    ::

        zone = "America/New_York"

        [department]
        id = "care"
        name = "Customer care"
        purpose = "Keep the customers we have."

        [[teams]]
        id = "service"
        name = "Customer service"
        lead = "wei"
        indicators = ["retention_rate"]
        looks_after_customers = true

        [[roles]]
        id = "clerk"
        name = "Service clerk"
        skills = { negotiation = 3 }
        has_authority = true

        [[members]]
        id = "wei"
        name = "Wei"
        team = "service"
        roles = ["clerk"]
        weekly_hours = 37.5
        skills = { negotiation = 4, mandarin = 5 }
        interests = { negotiation = 2, complaints = -1 }
        leave = [{ start = 1998-07-06, end = 1998-07-18 }]
        languages = ["en", "zh"]
        regions = ["north"]

        [[responsibilities]]
        id = "complaints"
        name = "Answer complaints"
        role = "clerk"
        team = "service"
        content = "Answer each complaint within a day."
        expected_outcome = "Customers stay."
        weekly_hours = 12
        skills = { negotiation = 3 }
        indicators = ["retention_rate"]
        importance = 3
        has_backup = true
        segregated_from = []

        [[assignments]]
        responsibility = "complaints"
        duty = "responsible"
        member = "wei"
        since = 1997-01-01

    Args:
        path: Where the file is.

    Raises:
        FaultsError: With everything that is wrong with the file.

    .. versionadded:: 0.1.0
    """
    source = os.fspath(path)
    data = read_toml(Path(path))
    faults: list[Fault] = []
    _refuse_unknown(data, faults)
    zone = _zone(data.pop("zone", None), faults)
    _complete_teams(data)
    _complete_assignments(data, zone, faults)
    try:
        organization = from_data(Organization, data, source=source)
    except FaultsError as error:
        faults += error.faults
    if faults:
        raise FaultsError(source, faults)
    return organization


def _refuse_unknown(data: dict[str, Any], faults: list[Fault]) -> None:
    known = ["zone", *(field.name for field in attrs.fields(Organization))]
    for name in [name for name in data if name not in known]:
        del data[name]
        faults.append(Fault(name, str(UnknownNameError("field", name, known))))


def _zone(name: object, faults: list[Fault]) -> ZoneInfo | None:
    if name is None:
        return None
    try:
        return ZoneInfo(str(name))
    except (KeyError, ValueError, OSError):
        problem = str(UnknownNameError("time zone", str(name), available_timezones()))
        faults.append(Fault("zone", problem))
        return ZoneInfo("UTC")  # so that each day is not a fault as well


def _tables(data: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    found = data.get(name)
    if isinstance(found, list):
        yield from (table for table in found if isinstance(table, dict))


def _complete_teams(data: dict[str, Any]) -> None:
    department = data.get("department")
    if isinstance(department, dict) and "id" in department:
        for team in _tables(data, "teams"):
            team.setdefault("department", department["id"])


def _complete_assignments(data: dict[str, Any], zone: ZoneInfo | None, faults: list[Fault]) -> None:
    for place, held in enumerate(_tables(data, "assignments")):
        parts = [held.get(name) for name in ("responsibility", "duty", "member")]
        if all(isinstance(part, str) for part in parts):
            held.setdefault("id", "/".join(map(str, parts)))
        for end in ("since", "until"):
            day = held.get(end)
            if isinstance(day, date) and not isinstance(day, datetime):
                held[end] = datetime.combine(day, time(), zone or UTC)
                if zone is None:
                    faults.append(Fault(f"assignments[{place}].{end}", _NO_ZONE))
