"""Review a department on real purchases, say what has changed, and propose who should do what.

The purchases are those of CDNOW, 1997-01 to 1998-06; the department and its book of customers
are invented (see ``data/README.md``). Run it with the folder to write to, ``review`` if none
is named, and with ``--store`` for where to keep the records: in a file of SQLite in that folder,
in ``memory``, or at a URL such as ``postgresql+psycopg://crm@localhost/crm``. What is written
is the same, byte by byte.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import attrs

from crmcore import codec, reports
from crmcore.calendar import midnight, zone
from crmcore.customers import Cause, Customer, Ownership, OwnershipId
from crmcore.interop import PurchaseColumns, load_purchases
from crmcore.kernel import Phrase
from crmcore.memory import MemoryStore
from crmcore.policies import Policy
from crmcore.reviews import apply_plan, holdings_at, review_department, undo_plan
from crmcore.sql import SqlStore
from crmcore.storage import Store, add_organization

DATA = Path(__file__).parent / "data"
PURCHASES = DATA / "cdnow_master.csv.gz"
AS_OF = date(1998, 7, 1)
NEW_YORK = zone("America/New_York")
BOOK = codec.read_toml(DATA / "book.toml")


def show(done: int, total: int | None, what: Phrase) -> None:
    """Show progress on one line of the terminal."""
    count = f"{done:,}" if total is None else f"{done:,} of {total:,}"
    print(f"\r{what}: {count:<30}", end="\n" if done == total else "", file=sys.stderr, flush=True)


def opening_book(customers: list[Customer]) -> Iterator[Ownership]:
    """Yield who owns whom today: ranges of ids, as the file says."""
    since = midnight(BOOK["since"], NEW_YORK)
    for held in BOOK["ranges"]:
        for customer in customers:
            if held["first"] <= customer.id <= held["last"]:
                yield Ownership(
                    id=OwnershipId(f"own-{customer.id}"),
                    customer=customer.id,
                    member=held["member"],
                    since=since,
                    cause=Cause.IMPORT,
                )


def wishes(customer: Customer) -> Customer:
    """Return a customer with what it wants of its owner, as the file says."""
    for wish in BOOK["wishes"]:
        if customer.id.endswith(wish["id_ends_with"]):
            wanted = {key: wish[key] for key in wish if key != "id_ends_with"}
            customer = attrs.evolve(customer, **wanted)
    return customer


def load(store: Store, source: Path = PURCHASES) -> None:
    """Load the purchases, the department and the book."""
    columns = PurchaseColumns(
        customer="customer_id", at="date", amount="dollar_value", quantity="number_of_cds"
    )
    load_purchases(store, source, columns=columns, zone=NEW_YORK, currency="USD", progress=show)
    with store.unit_of_work() as uow:
        add_organization(uow, codec.load_organization(DATA / "department.toml"))
        customers = list(uow.customers.stream())
        uow.ownerships.add_all(opening_book(customers))
        for customer in customers:
            if (wishful := wishes(customer)) != customer:
                uow.customers.save(wishful)
        uow.commit()


def do(store: Store, folder: Path) -> bool:
    """Review, write, apply, undo; return whether everybody holds again what they held."""
    review = review_department(
        store, policy=Policy.default(), as_of=AS_OF, months=18, progress=show
    )
    reports.write_html(review, folder / "review.html")
    reports.write_markdown(review, folder / "review.md")
    reports.write_tables(review, folder / "tables")
    (folder / "plan.json").write_text(codec.to_json(review.plan), encoding="utf-8")
    print(f"\n{review.summary()}\n")
    print(f"{review.chart('sales')}\n")  # what is usual, and what has changed since
    print(f"page    {folder / 'review.html'}\ntables  {folder / 'tables'}")
    print(f"plan    {folder / 'plan.json'}")

    now = midnight(AS_OF, NEW_YORK) + timedelta(hours=9)
    before = holdings_at(store, now)
    receipt = apply_plan(store, review.plan, by="head-of-care", at=now)
    print(f"\n{receipt}")
    later = now + timedelta(hours=1)
    undone = undo_plan(store, receipt, by="head-of-care", at=later, reason="trial over")
    print(undone)
    return holdings_at(store, later) == before


def opened(where: str, folder: Path) -> Store:
    """Return an empty store in memory, in a new file of SQLite, or at a URL."""
    if where == "memory":
        return MemoryStore()
    if where != "sqlite":
        return SqlStore.open(where)
    database = folder / "crm.db"
    database.unlink(missing_ok=True)
    return SqlStore.open(f"sqlite:///{database}")


def main() -> None:
    """Load everything, and do the job."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("review"))
    parser.add_argument("--store", default="sqlite", help="sqlite, memory, or a URL")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with opened(asked.store, asked.folder) as store:
        load(store)
        same = do(store, asked.folder)
    print("everybody holds again what they held before" if same else "the states differ")
    if not same:
        sys.exit(1)


if __name__ == "__main__":
    main()
