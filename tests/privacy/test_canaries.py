"""Canaries: recognisable personal data, planted everywhere, and found in no error and no log.

Every verb that can fail is made to fail, with a canary in every personal field that it meets.
Whatever comes of it is looked through: text, parts and notes of the error, of whatever caused
it, and of whatever was being handled meanwhile. The same watch is kept over errors and log
records of all other tests, by the guard in ``tests/conftest.py``.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, Protocol

import attrs
import pytest
import sqlalchemy as sa
from hypothesis import Phase, given, settings

from crmcore.activities import Channel, Direction, Interaction, Matter, MatterKind
from crmcore.audit import Act
from crmcore.checks import Withheld
from crmcore.codec import from_data, from_json, to_data, to_json
from crmcore.criteria import F
from crmcore.customers import Contact, Customer
from crmcore.errors import CrmError, InvalidValueError
from crmcore.memory import MemoryStore
from crmcore.organization import Department, Member, Organization, Team
from crmcore.privacy import erased, personal_fields
from crmcore.scoring import Override
from crmcore.sql import SqlStore
from crmcore.storage import RECORDS, Command, Store
from crmcore.testing import records

NEW_YEAR: Final = datetime(1997, 1, 1, 5, tzinfo=UTC)


class Guard(Protocol):
    """What ``tests/conftest.py`` keeps watch with."""

    canary: str
    leaks: list[str]


def people(canary: str) -> dict[str, Any]:
    """Return a record of every kind that holds personal data, a canary in each such field."""
    ids: dict[str, Any] = {"id": "r-1", "customer": "c-17"}
    return {
        "customers": Customer(id=ids["customer"], name=f"Ada {canary}"),
        "contacts": Contact(
            **ids,
            name=f"Ada {canary}",
            email=f"{canary}@example.org",
            phone=f"+44 {canary}",
            position=f"Countess of {canary}",
        ),
        "interactions": Interaction(
            **ids,
            at=NEW_YEAR,
            channel=Channel.CALL,
            direction=Direction.INBOUND,
            note=f"Spoke with {canary}",
        ),
        "matters": Matter(
            **ids,
            kind=MatterKind.MEETING,
            subject=f"Meet {canary}",
            opened_at=NEW_YEAR,
            promise=f"Flowers for {canary}",
            next_step=f"Call {canary}",
        ),
        "members": Member(id=ids["id"], name=f"Wei {canary}", team="service", weekly_hours=38),  # type: ignore[arg-type]
        "commands": Command(id="k-1", request="digest", answer=f"Done for {canary}"),
    }


KINDS: Final = list(people(""))
NOUNS: Final = [kind for kind in KINDS if kind != "commands"]


def said(error: BaseException) -> str:
    """Return all that an error holds, and all errors that hang on it, as a traceback shows them."""
    found: list[str] = []
    waiting, seen = [error], {id(error)}
    while waiting:
        one = waiting.pop()
        found += [str(one), repr(one), repr(one.args), repr(getattr(one, "__dict__", {}))]
        found += getattr(one, "__notes__", [])
        new = [each for each in (one.__cause__, one.__context__) if each and id(each) not in seen]
        seen.update(map(id, new))
        waiting += new
    return "\n".join([*found, *traceback.format_exception(error)])


def refused(verb: Callable[..., object], *given: Any, **named: Any) -> str:  # noqa: ANN401
    """Return all that is said when a verb is refused."""
    with pytest.raises(CrmError) as caught:
        verb(*given, **named)
    return said(caught.value)


def test_every_kind_with_personal_data_has_its_canaries(canaries: Guard) -> None:
    """A new kind or field is planted too: nothing personal is without a canary here."""
    planted = people(canaries.canary)

    made = {"audit_records", "score_facts"}  # the trail withholds, and scores judge
    assert planted.keys() == {n for n, of in RECORDS.items() if personal_fields(of)} - made
    for record in planted.values():
        for name in personal_fields(type(record)):
            assert canaries.canary in getattr(record, name), name


@pytest.mark.parametrize("kind", KINDS)
def test_records_say_nothing_personal_of_themselves(kind: str, canaries: Guard) -> None:
    """Neither repr nor text of a record, alone or within others, shows a canary."""
    record = people(canaries.canary)[kind]

    for shown in (repr(record), str(record), f"{record}", repr([record]), repr({"r": record})):
        assert canaries.canary not in shown
    assert canaries.canary in to_json(record)
    assert canaries.canary not in to_json(erased(record))


@pytest.mark.parametrize("kind", KINDS)
def test_constructors_say_nothing_personal(kind: str, canaries: Guard) -> None:
    """Whatever is wrong with a value of a personal field, its refusal does not show it."""
    record = people(canaries.canary)[kind]

    for name in personal_fields(type(record)):
        value = getattr(record, name)
        for wrong in (f"{value}\0", f"{value}\ud800", value.encode(), [value], {value: 1}):
            text = refused(attrs.evolve, record, **{name: wrong})
            assert canaries.canary not in text
    if kind != "commands":
        text = refused(attrs.evolve, record, **{name: value * 2_000})
        assert canaries.canary not in text


@pytest.mark.parametrize("field", ["author", "reason"])
def test_an_override_says_nothing_personal(field: str, canaries: Guard) -> None:
    """Whoever overrides a score, and why, is personal too."""
    given: dict[str, Any] = {"value": 3, "author": "Ada", "reason": "A friend"}

    text = refused(
        lambda: Override(**{**given, field: f"{canaries.canary}\0"}, expires=date(1998, 7, 1))
    )

    assert canaries.canary not in text


@pytest.mark.parametrize("kind", KINDS)
def test_the_codec_says_nothing_personal(kind: str, canaries: Guard) -> None:
    """Data of people that cannot be read is refused without it, as data and as JSON."""
    record = people(canaries.canary)[kind]
    cls, data, text = type(record), to_data(record), to_json(record)

    for name in personal_fields(cls):
        for wrong in (f"{data[name]}\0", [data[name]], {data[name]: 1}, float("inf")):
            said_of_it = refused(from_data, cls, {**data, name: wrong})
            assert canaries.canary not in said_of_it
    for broken in (text[:-1], text[:-1] + ',"id":1}', f"[{text}]", json.dumps(text), text + "]"):
        assert canaries.canary not in refused(from_json, cls, broken)
        assert canaries.canary not in refused(from_json, Member, broken)


def test_an_organization_says_nothing_personal(canaries: Guard) -> None:
    """What does not hang together in a department is told by ids."""
    wei = people(canaries.canary)["members"]
    care = Department(id="care", name="Care")  # type: ignore[arg-type]
    teams = [Team(id="service", name="Service", department="care")]  # type: ignore[arg-type]

    for members in ([wei, wei], [attrs.evolve(wei, team="nowhere")]):
        text = refused(Organization, department=care, teams=teams, members=members)
        assert canaries.canary not in text


def test_criteria_say_nothing_personal(canaries: Guard) -> None:
    """A criterion that cannot be asked, and what one explains, shows nothing of the record."""
    ada = people(canaries.canary)["contacts"]

    for criterion in (F.name > 3, F.email + 1 > 2, F.phone.has("44"), abs(F.position) > 1):
        assert canaries.canary not in refused(criterion.evaluate, ada)
        assert canaries.canary not in refused(criterion.compile(of=Contact), ada)
    explanation = (F.name.contains(canaries.canary)).explain(ada)
    assert canaries.canary not in repr(explanation) + str(explanation)


@pytest.fixture(params=["memory", "sqlite", "theirs", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Open each store; one on an engine of somebody else, which would show its parameters."""
    url = f"sqlite:///{tmp_path}/crm.db"
    if request.param == "memory":
        yield MemoryStore()
    elif request.param == "sqlite":
        with SqlStore.open(url) as opened:
            yield opened
    elif request.param == "postgresql":
        with request.getfixturevalue("new_postgresql_store")() as opened:
            yield opened
    else:
        SqlStore.open(url).close()
        with SqlStore(sa.create_engine(url)) as opened:
            yield opened


@pytest.mark.parametrize("kind", NOUNS)
def test_stores_say_nothing_personal(
    kind: str, store: Store, canaries: Guard, caplog: pytest.LogCaptureFixture
) -> None:
    """Every verb of a repository that can be refused is refused without a canary, and none logs."""
    caplog.set_level(logging.DEBUG)
    record = people(canaries.canary)[kind]
    act = Act(by="lin", at=NEW_YEAR, reason=f"As {canaries.canary} wished")
    with store.unit_of_work(act=act) as uow:
        stored = getattr(uow, kind).add(record)
        uow.commit()
    field = next(iter(personal_fields(type(record))))

    with store.unit_of_work(act=act) as uow:
        repository = getattr(uow, kind)
        changed = repository.save(stored)
        stranger = attrs.evolve(stored, id="nobody")
        verbs: list[Callable[[], object]] = [
            lambda: repository.add(record),
            lambda: repository.add_all([stranger, stored]),
            lambda: repository.save(stored),
            lambda: repository.save(attrs.evolve(stored, id="unknown")),
            lambda: repository.remove(stored.id, version=7),
            lambda: repository.get("unknown"),
            lambda: repository.add(to_data(record)),
            lambda: repository.page(order=[field]),
            lambda: repository.page(after=canaries.canary),
            lambda: [*repository.stream(F[field] > 3)],
            lambda: [*repository.stream({"name": canaries.canary})],
            lambda: repository.count(F[field] + 1 > 3),
        ]
        for verb in verbs:
            assert canaries.canary not in refused(verb)
        done = repository.bulk_upsert([stored, attrs.evolve(record, version=0)])
        assert canaries.canary not in repr(done)
        assert changed.version == stored.version + 1
    assert canaries.canary not in refused(lambda: repository.get(stored.id))
    assert canaries.canary not in caplog.text


@pytest.mark.parametrize("kind", KINDS)
def test_rows_that_others_have_written_say_nothing_personal(
    kind: str, tmp_path: Path, canaries: Guard
) -> None:
    """A row that holds no record is told by its id and its rule."""
    record = people(canaries.canary)[kind]
    file = tmp_path / "crm.db"
    with SqlStore.open(f"sqlite:///{file}") as store:
        with store.unit_of_work() as uow:
            if kind == "commands":
                uow.once("k-1", request="digest")
                uow.answer("k-1", "")
            else:
                getattr(uow, kind).add(record)
            uow.commit()

        for name in personal_fields(type(record)):
            with sqlite3.connect(file) as raw:
                wrong = f"{getattr(record, name)}\0"
                raw.execute(f"UPDATE crm_{kind} SET {name} = ?", [wrong])  # noqa: S608 - our names
            raw.close()
            with store.unit_of_work() as uow:
                read = (
                    (lambda u=uow: u.once("k-1", request="digest"))
                    if kind == "commands"
                    else (lambda u=uow: [*getattr(u, kind).stream()])
                )
                assert canaries.canary not in refused(read)


@pytest.mark.parametrize("shows_parameters", [False, True], ids=["ours", "theirs"])
@pytest.mark.parametrize("kind", NOUNS)
def test_databases_that_fail_say_nothing_personal(
    kind: str,
    shows_parameters: bool,  # noqa: FBT001
    tmp_path: Path,
    canaries: Guard,
) -> None:
    """A statement that the database refuses is told without its values, whoever made the engine."""
    record = people(canaries.canary)[kind]
    url = f"sqlite:///{tmp_path}/crm.db"
    SqlStore.open(url).close()
    opened = SqlStore(sa.create_engine(url)) if shows_parameters else SqlStore.open(url)
    with sqlite3.connect(tmp_path / "crm.db") as raw:
        raw.execute(f"DROP TABLE crm_{kind}")
    raw.close()

    with opened as store, store.unit_of_work() as uow:
        text = refused(lambda: getattr(uow, kind).add(record))

    assert "no such table" in text
    assert canaries.canary not in text


def test_an_engine_that_tells_all_it_does_tells_nothing_personal(
    tmp_path: Path, canaries: Guard, caplog: pytest.LogCaptureFixture
) -> None:
    """The statements of a store can be followed in a log, and its values cannot."""
    caplog.set_level(logging.DEBUG, logger="sqlalchemy.engine")
    ada = people(canaries.canary)["contacts"]

    with SqlStore.open(f"sqlite:///{tmp_path}/crm.db") as store, store.unit_of_work() as uow:
        uow.contacts.add(ada)
        uow.commit()

    assert "INSERT INTO crm_contacts" in caplog.text
    assert canaries.canary not in caplog.text


def test_the_guard_sees_what_escapes(canaries: Guard) -> None:
    """An error or a log record that holds a canary is seen, whoever makes it, in whatever part."""
    InvalidValueError("email", f"{canaries.canary}@example.org", "be shorter")
    InvalidValueError("emails", [f"{canaries.canary}@example.org"], "be fewer")
    InvalidValueError("number", 10**5_000, "be smaller")
    logging.getLogger("crmcore").warning("could not write to %s", canaries.canary)
    logging.getLogger("crmcore").error("could not write", exc_info=LookupError(canaries.canary))

    assert len(canaries.leaks) == 4
    canaries.leaks.clear()


def test_the_guard_fails_the_test_that_leaks(
    canaries: Guard, request: pytest.FixtureRequest
) -> None:
    """What has escaped in a test fails it when it ends, and no other test after it."""
    plugins = request.config.pluginmanager.get_plugins()
    (watch,) = (each for each in plugins if hasattr(each, "CanaryGuard"))
    InvalidValueError("email", canaries.canary, "be shorter")

    with pytest.raises(pytest.fail.Exception, match="personal data has escaped"):
        watch.pytest_runtest_teardown(request.node)

    assert not canaries.leaks


def test_the_guard_sees_a_seeded_leak(canaries: Guard, monkeypatch: pytest.MonkeyPatch) -> None:
    """If errors did not withhold what is personal, all of these tests would find it."""
    ada = people(canaries.canary)["contacts"]
    monkeypatch.setattr(Withheld, "of", staticmethod(lambda value: value))

    text = refused(lambda: attrs.evolve(ada, email=f"{canaries.canary}\0"))

    assert canaries.canary in text
    assert len(canaries.leaks) == 1
    canaries.leaks.clear()


@pytest.mark.parametrize("kind", KINDS)
def test_the_strategies_plant_canaries(kind: str, canaries: Guard) -> None:
    """Whatever draws records in other tests draws canaries too, which the guard looks for."""
    cls = RECORDS[kind]

    planted: list[Any] = []

    @settings(max_examples=40, phases=[Phase.generate], database=None)
    @given(records(cls))
    def draw(record: Any) -> None:  # noqa: ANN401
        if canaries.canary in to_json(record):
            planted.append(record)

    draw()

    assert planted
    assert canaries.canary not in to_json([erased(record) for record in planted])
