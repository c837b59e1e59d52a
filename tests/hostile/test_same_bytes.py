"""The same input gives the same bytes, whatever its order, its store and Python's hashes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias, TypeVar

import attrs
import pytest

from crmcore import reports
from crmcore.calendar import zone
from crmcore.codec import from_data, to_json
from crmcore.customers import Ownership, OwnershipId
from crmcore.interop import PurchaseColumns, load_purchases
from crmcore.kernel import CustomerId, MemberId
from crmcore.memory import MemoryStore
from crmcore.organization import Organization
from crmcore.policies import Policy
from crmcore.reviews import Review, apply_plan, holdings_at, review_department
from crmcore.sql import SqlStore
from crmcore.storage import Store, add_organization

T = TypeVar("T")
Order: TypeAlias = Callable[[Sequence[T]], Iterable[T]]

AS_OF = date(1998, 7, 1)
NOON = datetime(1998, 7, 1, 16, tzinfo=UTC)
NEW_YORK = zone("America/New_York")
COLUMNS = PurchaseColumns(customer="who", at="day", amount="paid", refund="back")


def digest(thing: object) -> bytes:
    """Return what has nothing to do with any order that somebody may have had in mind."""
    return sha256(repr(thing).encode()).digest()


# What a file, a database or a hand does to an order: turn it round, sort it by something else,
# begin in the middle, put the odd ones first.
ORDERS: Mapping[str, Order[object]] = {
    "turned round": lambda things: things[::-1],
    "by digest": lambda things: sorted(things, key=digest),
    "from the middle": lambda things: [*things[len(things) // 2 :], *things[: len(things) // 2]],
    "odd ones first": lambda things: [*things[1::2], *things[::2]],
}


def rows() -> list[str]:
    """Return purchases of forty customers, with equal rows, ties and refunds."""
    found: list[str] = []
    for customer in range(40):
        for nth in range(1 + customer % 7):
            day = date(1998, 6, 25) - timedelta(days=nth * (7 + customer % 5 * 11))
            found.append(f"c-{customer:02},{day},{15 + customer % 4 * 30}.00,")
        if customer % 9 == 0:
            found += [found[-1], f"c-{customer:02},1998-06-26,-5.00,yes"]
    return found


def organization(order: Order[object] = lambda things: things) -> Organization:
    """Return a department of two teams, its parts in another order."""
    members: list[object] = [
        {
            "id": f"m-{n}",
            "name": f"Member {n}",
            "team": f"team-{n % 2}",
            "roles": ["clerk"],
            "weekly_hours": 20 + n % 3,
            "skills": {"negotiation": 2 + n % 3, "selling": 3},
        }
        for n in range(6)
    ]
    duties: list[object] = [
        {
            "id": f"duty-{n}",
            "name": f"Duty {n}",
            "role": "clerk",
            "team": f"team-{n % 2}",
            "weekly_hours": 3,
            "skills": {"negotiation": 3},
        }
        for n in range(5)
    ]
    held: list[object] = [
        {
            "id": f"held-{n}",
            "responsibility": f"duty-{n}",
            "duty": "responsible",
            "member": f"m-{n}",
            "since": "1997-01-01T05:00:00Z",
        }
        for n in range(4)
    ]
    teams: list[object] = [
        {
            "id": f"team-{n}",
            "name": f"Team {n}",
            "department": "care",
            "looks_after_customers": True,
        }
        for n in range(2)
    ]
    return from_data(
        Organization,
        {
            "department": {"id": "care", "name": "Customer care"},
            "teams": list(order(teams)),
            "roles": [{"id": "clerk", "name": "Clerk", "has_authority": True}],
            "members": list(order(members)),
            "responsibilities": list(order(duties)),
            "assignments": list(order(held)),
        },
    )


def fill(store: Store, path: Path, order: Order[object] = lambda things: things) -> None:
    """Load everything into a store, in another order."""
    path.write_text("\n".join(["who,day,paid,back", *map(str, order(rows()))]))
    load_purchases(store, path, columns=COLUMNS, zone=NEW_YORK, currency="USD")
    owned = [
        Ownership(
            id=OwnershipId(f"own-{n:02}"),
            customer=CustomerId(f"c-{n:02}"),
            member=MemberId(f"m-{n % 4}"),
            since=datetime(1997, 1, 1, tzinfo=UTC),
        )
        for n in range(0, 40, 3)
    ]
    with store.unit_of_work() as uow:
        add_organization(uow, organization(order))
        for one in order(owned):
            assert isinstance(one, Ownership)
            uow.ownerships.add(one)
        uow.commit()


def review(store: Store) -> Review:
    """Review a filled store."""
    return review_department(store, policy=Policy.default(), as_of=AS_OF)


def written(found: Review, folder: Path) -> Mapping[str, bytes]:
    """Return everything that is written of a review, by name."""
    reports.write_html(found, folder / "review.html")
    reports.write_markdown(found, folder / "review.md", language="zh-CN")
    paths = reports.write_tables(found, folder / "tables")
    return {
        "plan": to_json(found.plan).encode(),
        "summary": found.summary().encode(),
        **{path.name: path.read_bytes() for path in (folder / "review.html", folder / "review.md")},
        **{path.name: path.read_bytes() for path in paths},
    }


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Review, Mapping[str, bytes]]:
    """Return the review of the records in their first order, and what is written of it."""
    folder = tmp_path_factory.mktemp("first")
    store = MemoryStore()
    fill(store, folder / "sales.csv")
    found = review(store)
    return found, written(found, folder)


def test_there_is_something_to_compare(first: tuple[Review, Mapping[str, bytes]]) -> None:
    """Equal rows, refunds, ties, moves of duties and of customers: nothing is trivially equal."""
    found, files = first

    assert len(found.judgements) == 40
    assert found.plan.customers.moves
    assert found.plan.duties.moves
    assert len(files) > 10
    assert all(files.values())


@pytest.mark.once
@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize("kind", ["memory", "sql"])
def test_order_never_matters(
    first: tuple[Review, Mapping[str, bytes]], tmp_path: Path, order: Order[object], kind: str
) -> None:
    """Rows, teams, members, duties, assignments and ownerships in another order; other stores."""
    store: Store = (
        MemoryStore() if kind == "memory" else SqlStore.open(f"sqlite:///{tmp_path / 'crm.db'}")
    )
    with store:
        fill(store, tmp_path / "sales.csv", order)

        found = review(store)

        assert found == first[0]
        assert written(found, tmp_path) == first[1]


def test_what_was_reviewed_before_does_not_matter(
    first: tuple[Review, Mapping[str, bytes]], tmp_path: Path
) -> None:
    """Reviewing again, and another day in between, leaves nothing behind."""
    store = MemoryStore()
    fill(store, tmp_path / "sales.csv")

    review_department(store, policy=Policy.default(), as_of=AS_OF - timedelta(days=40))
    again = [review(store), review(store)]

    assert again == [first[0]] * 2


def test_a_plan_that_was_carried_out_leaves_nothing_to_move(tmp_path: Path) -> None:
    """The next day's plan keeps what this one has changed."""
    store = MemoryStore()
    fill(store, tmp_path / "sales.csv")
    plan = review(store).plan

    apply_plan(store, plan, by="head", at=NOON - timedelta(hours=14))
    held = holdings_at(store, NOON)
    next_plan = review_department(
        store, policy=Policy.default(), as_of=AS_OF + timedelta(days=1)
    ).plan

    assert dict(held.owners).items() >= {
        (move.customer, move.to_member) for move in plan.customers.moves if move.to_member
    }
    assert next_plan.duties.moves == ()


SCRIPT = """
import sys
from hashlib import sha256
from pathlib import Path
sys.path.insert(0, str(Path(sys.argv[1]).parent))
import test_same_bytes as same
from crmcore.memory import MemoryStore

folder, store = Path(sys.argv[2]), MemoryStore()
same.fill(store, folder / "sales.csv", same.ORDERS["by digest"])
for name, data in sorted(same.written(same.review(store), folder).items()):
    print(name, sha256(data).hexdigest())
"""


@pytest.mark.once
def test_the_seed_of_pythons_hashes_does_not_matter(
    first: tuple[Review, Mapping[str, bytes]], tmp_path: Path
) -> None:
    """Another process, whose sets and dictionaries hash otherwise, writes the same bytes."""
    environment = {**os.environ, "PYTHONHASHSEED": "271828", "TZ": "Asia/Shanghai", "LC_ALL": "C"}

    told = subprocess.run(  # noqa: S603 - this very Python
        [sys.executable, "-c", SCRIPT, __file__, str(tmp_path)],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )

    digests = dict(line.split() for line in told.stdout.splitlines())
    assert digests == {name: sha256(data).hexdigest() for name, data in first[1].items()}


def test_a_review_can_be_compared_and_changed_without_harm(
    first: tuple[Review, Mapping[str, bytes]],
) -> None:
    """A review is a value: another one differs where it was changed, and the first stays."""
    found = first[0]

    other = attrs.evolve(found, as_of=AS_OF + timedelta(days=1))

    assert other != found
    assert found.as_of == AS_OF
