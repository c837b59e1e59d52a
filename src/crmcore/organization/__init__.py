"""Organization: departments, teams, members, roles, and who holds which responsibility.

A `Member` has skills with levels, interests and hours. A `Responsibility` wants skills and
hours and promises an outcome. An `Assignment` says who is accountable or responsible for it,
or backs it up, from when until when. An `Organization` holds them all together and refuses
names that lead nowhere:

>>> from crmcore.organization import Department, Member, Organization, Team
>>> organization = Organization(
...     department=Department(id="care", name="Customer care"),
...     teams=[Team(id="service", name="Customer service", department="care")],
...     members=[Member(id="wei", name="Wei", team="services", weekly_hours=38)],
... )
Traceback (most recent call last):
    ...
crmcore.errors.FaultsError: organization has 1 fault:
  members.wei.team: unknown team 'services'; did you mean 'service'?
"""

from __future__ import annotations

from ._assignment import Assignment, Duty
from ._audit import audit
from ._job import JobDescription, JobDuty, describe_job
from ._member import Interest, Member
from ._organization import Organization
from ._repository import AssignmentRepository
from ._responsibility import Responsibility, Role
from ._skill import SkillLevel
from ._unit import Department, Team

__all__ = [
    "Assignment",
    "AssignmentRepository",
    "Department",
    "Duty",
    "Interest",
    "JobDescription",
    "JobDuty",
    "Member",
    "Organization",
    "Responsibility",
    "Role",
    "SkillLevel",
    "Team",
    "audit",
    "describe_job",
]
