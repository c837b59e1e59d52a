"""What the tests of reports share: the review of a small shop, and ways to read what it gives."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import attrs
import pytest

from crmcore.activities import Purchase, PurchaseId
from crmcore.codec import from_data
from crmcore.customers import Customer, Ownership, OwnershipId
from crmcore.kernel import CustomerId, MemberId, Money
from crmcore.memory import MemoryStore
from crmcore.organization import Organization
from crmcore.policies import Policy
from crmcore.reports import to_html, write_tables
from crmcore.reviews import Review, review_department
from crmcore.storage import add_organization

CsvRows: TypeAlias = list[dict[str, str]]
ReadTables: TypeAlias = Callable[..., dict[str, CsvRows]]
Shops: TypeAlias = Callable[..., Review]

AS_OF = date(2026, 9, 30)
SINCE = datetime(2025, 1, 1, tzinfo=UTC)
# Who has bought how often, how many days apart, the last time how many days ago, for how much.
HABITS = (
    ("ada", 8, 20, 6, "60.00"),
    ("bob", 6, 30, 10, "25.00"),
    ("cy", 4, 40, 200, "80.00"),
    ("dee", 2, 60, 20, "35.00"),
    ("eve", 1, 1, 12, "180.10"),
    ("fay", 1, 1, 400, "20.00"),
    ("gus", 12, 14, 3, "45.00"),
    ("hal", 5, 25, 190, "120.00"),
    ("ivy", 3, 50, 90, "15.00"),
    ("jo", 2, 200, 30, "300.00"),
)
OWNERS = {"ada": "ben", "bob": "ben", "cy": "dora", "dee": "ben", "gus": "dora", "hal": "ben"}


def organization(**names: str) -> Organization:
    """Return a department of four, of whom one has left; names may be put in by id."""

    def named(identity: str, otherwise: str) -> dict[str, Any]:
        return {"id": identity, "name": names.get(identity, otherwise)}

    def member(identity: str, name: str, team: str, **more: object) -> dict[str, Any]:
        return {**named(identity, name), "team": team, "roles": ["clerk"], **more}

    def held(responsibility: str, duty: str, member: str) -> dict[str, Any]:
        return {
            "id": f"{responsibility}-{duty}",
            "responsibility": responsibility,
            "duty": duty,
            "member": member,
            "since": SINCE.isoformat(),
        }

    talks = {"skill": "negotiation", "level": 4}
    solves = {"skill": "complaint handling", "level": 5}
    return from_data(
        Organization,
        {
            "department": named("care", "Customer care"),
            "teams": [
                {**named("service", "Service"), "department": "care", "looks_after_customers": True}
            ],
            "roles": [
                {**named("manager", "Manager"), "has_authority": True},
                named("clerk", "Clerk"),
            ],
            "members": [
                member(
                    "anna", "Anna Kowalski", "service", weekly_hours=24, roles=["manager"],
                    skills=[solves],
                ),
                member("ben", "Ben Carter", "service", weekly_hours=20),
                member("chen", "Chen Li", "service", weekly_hours=30, skills=[talks]),
                member(
                    "dora", "Dora Maar", "service", weekly_hours=30, skills=[talks],
                    left_on="2026-09-01",
                ),
            ],
            "responsibilities": [
                {
                    **named("complaints", "Solve complaints"),
                    "role": "clerk",
                    "team": "service",
                    "weekly_hours": 6,
                    "skills": [{"skill": "complaint handling", "level": 4}],
                    "expected_outcome": names.get("outcome", "No complaint is open for long."),
                    "indicators": ["retention_rate", "calls_answered"],
                    "importance": 3,
                },
                {
                    **named("renewals", "Win customers back"),
                    "role": "clerk",
                    "team": "service",
                    "weekly_hours": 4,
                    "skills": [{"skill": "negotiation", "level": 5}],
                    "has_backup": False,
                },
            ],
            "assignments": [
                held("complaints", "accountable", "anna"),
                held("complaints", "responsible", "ben"),
                held("renewals", "responsible", "dora"),
            ],
        },
        source="organization",
    )  # fmt: skip


def purchases() -> Iterator[Purchase]:
    """Yield what the customers bought."""
    for customer, times, gap, ago, amount in HABITS:
        for nth in range(times):
            day = AS_OF - timedelta(days=ago + gap * nth)
            yield Purchase(
                id=PurchaseId(f"{customer}-{nth:02}"),
                customer=CustomerId(customer),
                at=datetime(day.year, day.month, day.day, 16, tzinfo=UTC),
                amount=Money(amount, "USD"),
            )


def review_of(department: Organization, *, months: int = 12, prefix: str = "") -> Review:
    """Return the review of a shop with this department; customers' ids get a prefix."""
    store = MemoryStore()
    with store.unit_of_work() as uow:
        add_organization(uow, department)
        names = [*(habit[0] for habit in HABITS), "kim"]
        uow.customers.add_all(Customer(id=CustomerId(prefix + name), name=name) for name in names)
        uow.purchases.add_all(
            attrs.evolve(one, customer=CustomerId(prefix + one.customer)) for one in purchases()
        )
        uow.ownerships.add_all(
            Ownership(
                id=OwnershipId(f"o-{customer}"),
                customer=CustomerId(prefix + customer),
                member=MemberId(member),
                since=SINCE,
            )
            for customer, member in OWNERS.items()
        )
        uow.commit()
    return review_department(store, policy=Policy.default(), as_of=AS_OF, months=months)


@pytest.fixture(scope="session")
def review() -> Review:
    """Return the review of a shop with four members and eleven customers."""
    return review_of(organization())


@pytest.fixture(scope="session")
def empty_review() -> Review:
    """Return the review of a month of a department of one, without customers and goals."""
    store = MemoryStore()
    with store.unit_of_work() as uow:
        bare = {
            "department": {"id": "care", "name": "Customer care"},
            "teams": [
                {
                    "id": "sales",
                    "name": "Sales",
                    "department": "care",
                    "looks_after_customers": True,
                }
            ],
            "members": [{"id": "wei", "name": "Wei", "team": "sales", "weekly_hours": 38}],
        }
        add_organization(uow, from_data(Organization, bare, source="organization"))
        uow.commit()
    policy = attrs.evolve(Policy.default(), goals=())
    return review_department(store, policy=policy, as_of=AS_OF, months=1)


@pytest.fixture(scope="session")
def pages(review: Review) -> dict[str, str]:
    """Return the page of the shop's review, by language."""
    return {language: to_html(review, language=language) for language in ("en", "zh-CN")}


@pytest.fixture(scope="session")
def shops() -> Shops:
    """Return the maker of reviews of the shop."""

    def make(**options: Any) -> Review:  # noqa: ANN401 what a review takes
        return review_of(organization(), **options)

    return make


@pytest.fixture(scope="session")
def hostile_name() -> str:
    """Return a name that is up to no good in HTML, Markdown, formulas and templates."""
    return "<script>alert(1)</script> \"'&|*_`[x](javascript:1) $\\frac$ ${{ 7 * 7 }}"


@pytest.fixture(scope="session")
def hostile_review(hostile_name: str) -> Review:
    """Return the review of a shop whose names are up to no good."""
    names = dict.fromkeys(["anna", "ben", "chen", "care", "service", "complaints"], hostile_name)
    outcome = 'line one\nline two says "quoted, <b>bold</b>"'
    department = organization(**names, outcome=outcome)
    return review_of(department, prefix="=cmd()|")


def tables_of(review: Review, folder: Path, language: str = "en") -> dict[str, CsvRows]:
    """Write the tables of a review, and read them again."""
    found = {}
    for path in write_tables(review, folder, language=language):
        with path.open(encoding="utf-8", newline="") as stream:
            found[path.stem] = list(csv.DictReader(stream))
    return found


@pytest.fixture
def read_tables() -> ReadTables:
    """Return what writes the tables of a review, and reads them again."""
    return tables_of


@pytest.fixture
def tables(review: Review, tmp_path: Path) -> dict[str, CsvRows]:
    """Return the tables of the shop's review, by name."""
    return tables_of(review, tmp_path)
