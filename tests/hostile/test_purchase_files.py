"""Files of purchases from people who do not wish us well, loaded into stores of either kind."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from crmcore.errors import FaultsError, StorageUnavailableError
from crmcore.interop import LoadReport, PurchaseColumns, load_purchases
from crmcore.kernel import Phrase
from crmcore.memory import MemoryStore
from crmcore.sql import SqlStore
from crmcore.storage import Store

Contents: TypeAlias = Callable[[Store], tuple[object, ...]]
Write: TypeAlias = Callable[[str | bytes], Path]

NEW_YORK = ZoneInfo("America/New_York")
COLUMNS = PurchaseColumns(
    customer="customer",
    at="day",
    amount="paid",
    id="number",
    currency="currency",
    quantity="units",
    refund="back",
    channel="shop",
)
HEADER = "number,customer,day,paid,currency,units,back,shop\n"
GOOD = "p-1,c-1,1998-06-30,29.33,USD,2,,web\n"


def load(store: Store, path: Path, **options: Any) -> LoadReport:  # noqa: ANN401
    """Load a file in New York."""
    return load_purchases(store, path, columns=COLUMNS, zone=NEW_YORK, **options)


def many_rows() -> str:
    """Return a file of more purchases than a load goes without telling of."""
    return HEADER + "".join(f"q-{n},c-{n % 77},1998-06-30,5,USD,1,,\n" for n in range(10_001))


@pytest.fixture
def told(store: Store, write: Write, contents: Contents) -> Callable[[str | bytes], list[str]]:
    """Return a function that loads bytes and returns what was wrong, the store being as it was."""

    def told(data: str | bytes) -> list[str]:
        before, path = contents(store), write(data)

        with pytest.raises(FaultsError) as caught:
            load(store, path)

        assert contents(store) == before
        count = len(caught.value.faults)
        message = str(caught.value).encode().decode()  # it can be printed anywhere
        assert message.startswith(f"{path} has {count} fault")
        assert len(message) < 6_000
        return [str(fault) for fault in caught.value.faults]

    return told


Told: TypeAlias = Callable[[str | bytes], list[str]]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (
            "p-2,c-2,1998-02-30,5,USD,1,,",
            "row 3, column day: at must be a day of the calendar (got '1998-02-30')",
        ),
        (
            "p-2,c-2,30.06.1998,5,USD,1,,",
            (
                "row 3, column day: at must be a day such as 1997-01-31, "
                "or an instant such as 1997-01-31T18:30-05:00 (got '30.06.1998')"
            ),
        ),
        (
            "p-2,c-2,1998-06-30 18:30:00,5,USD,1,,",
            (
                "row 3, column day: at must carry its offset from UTC, "
                "as 1997-01-31T18:30-05:00 does, or be a day alone (got '1998-06-30 18:30:00')"
            ),
        ),
        (
            "p-2,c-2,1998-06-30,-5,USD,1,,",
            (
                "row 3, column paid: amount must be 0 or more "
                "unless the row is marked as a refund (got '-5')"
            ),
        ),
        (
            "p-2,c-2,1998-06-30,5,USD,1,yes,",
            (
                "row 3, column paid: amount must be 0 or less "
                "in a row that is marked as a refund (got '5')"
            ),
        ),
        (
            "p-2,c-2,1998-06-30,5,USX,1,,",
            "row 3, column currency: unknown currency 'USX'; did you mean 'USD'?",
        ),
        (
            "p-2,c-2,1998-06-30,5,dollars,1,,",
            (
                "row 3, column currency: currency must be a code of ISO 4217: "
                "three capital letters such as USD (got 'dollars')"
            ),
        ),
        (
            "p-1,c-2,1998-06-30,5,USD,1,,",
            "row 3, column number: id must be unique; row 2 has it too (got 'p-1')",
        ),
        (
            "p-2,c-2,1998-06-30,5,USD,-1,,",
            "row 3, column units: quantity must be a whole number, 0 or more (got '-1')",
        ),
        (
            "p-2,c-2,1998-06-30,5,USD,1,perhaps,",
            (
                "row 3, column back: refund must be yes, true or 1, "
                "or else no, false, 0 or nothing (got 'perhaps')"
            ),
        ),
        (
            "p-2,,1998-06-30,5,USD,1,,",
            "row 3, column customer: customer must not be empty (got '')",
        ),
        (
            "p-2,c-2,1998-06-30,5,USD",
            "row 3: 5 fields instead of 8; quote what holds a divider",
        ),
    ],
)
def test_a_fault_names_file_and_row_and_what_would_be_right(
    told: Told, row: str, fault: str
) -> None:
    """One faulty row among good ones is told in one line, and keeps the good ones out too."""
    assert told(f"{HEADER}{GOOD}{row}\np-3,c-3,1998-06-30,7,USD,1,,\n") == [fault]


@pytest.mark.parametrize(
    "amount",
    ["1e99999999", "NaN", "-Infinity", "0x1F", "1_000", "1,5", "١٢", "=1+1", "+cmd|' /C calc'!A0"],
)
def test_what_only_looks_like_a_number_is_none(told: Told, amount: str) -> None:
    """Neither Python's spellings nor a spreadsheet's, nor anything that takes for ever to read."""
    (fault,) = told(f'{HEADER}p-1,c-2,1998-06-30,"{amount}",USD,1,,\n')

    assert fault == (
        f"row 2, column paid: amount must be a decimal number such as 1234.50 (got {amount!r})"
    )


@pytest.mark.parametrize("amount", ["9" * 100_000, "0." + "3" * 30, "123456789012345678.5"])
def test_a_number_is_as_long_as_money_gets(told: Told, amount: str) -> None:
    """A number of absurd length is refused, and shown in short."""
    (fault,) = told(f"{HEADER}p-1,c-2,1998-06-30,{amount},USD,1,,\n")

    assert fault.startswith(
        "row 2, column paid: amount must be written with at most 18 characters (got "
    )
    assert len(fault) < 250


@pytest.mark.parametrize(
    "day",
    ["0001-01-01", "1900-01-01", "9999-12-31", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00"],
)
def test_days_that_stand_for_no_day_are_refused(told: Told, day: str) -> None:
    """The zeros and the infinities of other systems would be the first and the last purchase."""
    (fault,) = told(f"{HEADER}p-1,c-2,{day},5,USD,1,,\n")

    assert fault == (
        "row 2, column day: at must lie in the years 1901 to 2999; "
        f"leave out what has no day (got {day!r})"
    )


@pytest.mark.parametrize("at", ["1998-12-31T23:59:60Z", "1998-06-30T25:00Z", "1998-13-01T00:00Z"])
def test_clocks_that_no_calendar_knows_are_refused(told: Told, at: str) -> None:
    """A leap second has happened, but no datetime can say so; it is not moved silently."""
    (fault,) = told(f"{HEADER}p-1,c-2,{at},5,USD,1,,\n")

    assert fault.startswith("row 2, column day: at must be a day such as 1997-01-31, or an ")
    assert fault.endswith(f"(got {at!r})")


def test_missing_columns_are_told_together_and_first(told: Told) -> None:
    """With the nearest column where one is near, else with those that there are."""
    header = "number,customer,date,payed,currency,units,back,shop\n"

    assert told(header + GOOD) == [
        (
            "row 1: there is no column 'day'; the file has "
            "number, customer, date, payed, currency, units, back, shop"
        ),
        "row 1: there is no column 'paid'; did you mean 'payed'?",
    ]


def test_all_faults_of_a_file_come_in_one_message(told: Told) -> None:
    """Several rows, several columns of one row, and the form of a row, in order."""
    found = told(
        HEADER
        + GOOD
        + "p-1,c-2,soon,-5,USX,x,perhaps,\n"
        + "p-2,c-2,1998-06-30T10:00,NaN,USD,1,,\n"
        + "p-3,c-2\n"
        + 'p-4,"c-2"x,1998-06-30,5,USD,1,,\n'
        + "p-5,c-2,never,5,USD,1,,\n"
    )

    assert [fault.partition(": ")[0] for fault in found] == [
        "row 3, column day",
        "row 3, column number",
        "row 3, column currency",
        "row 3, column units",
        "row 3, column back",
        "row 4, column day",
        "row 4, column paid",
        "row 5",
        "row 6",
    ]
    assert found[-1].endswith("the rows behind it were not read")


@pytest.mark.once
def test_a_hundred_thousand_faults_are_counted_and_twenty_are_told(write: Write) -> None:
    """The message stays one that fits on a screen."""
    path = write(HEADER + "".join(f"p-{n},c-2,never,5,USX,1,,\n" for n in range(50_000)))
    store = MemoryStore()

    with pytest.raises(FaultsError) as caught:
        load(store, path)

    assert len(caught.value.faults) == 100_000
    lines = str(caught.value).splitlines()
    assert lines[0] == f"{path} has 100000 faults:"
    assert lines[1].startswith("  row 2, column day: ")
    assert lines[-1] == "  … and 99980 more"
    assert len(lines) == 22


@pytest.mark.parametrize(
    "harm",
    [
        lambda text: text,
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: text.replace(b"\n", b"\r"),
        lambda text: b"\n,,,,,,,\n" + text + b",,,,,,,\n\n\n",
        gzip.compress,
        lambda text: gzip.compress(text[:99]) + gzip.compress(text[99:]),
        lambda text: text.rstrip(b"\n"),
    ],
    ids=["plain", "mark", "crlf", "cr", "empty rows", "gzip", "gzip in parts", "no last line end"],
)
def test_what_programs_do_to_files_does_no_harm(
    store: Store, write: Write, harm: Callable[[bytes], bytes]
) -> None:
    """Marks, line ends, empty rows, packing, and quotes with lines and dividers in them."""
    text = f'{HEADER}{GOOD}"p-2","c,2"" or so",1998-07-01,-5.00,EUR,1,yes,"the ""old"" shop, b"\n'

    report = load(store, write(harm(text.encode())))

    assert (report.purchases, report.refunds, report.new_customers) == (2, 1, 1)
    assert list(map(str, report.totals)) == ["-5.00 EUR", "29.33 USD"]
    with store.unit_of_work(readonly=True) as uow:
        assert uow.customers.get('c,2" or so').id == 'c,2" or so'
        assert uow.purchases.get("p-2").channel == 'the "old" shop, b'


@pytest.mark.once
@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "row 1: the file is empty; its first row must name the columns customer, day, paid"),
        (b"\n\n", "row 1: the file is empty; its first row must name the columns customer, day"),
        (
            (HEADER + GOOD).encode("utf-16"),
            "file: its text is UTF-16; save it as CSV in UTF-8",
        ),
        (
            f"{HEADER}p-1,Müller,1998-06-30,5,USD,1,,\n".encode("latin-1"),
            "row 2, column customer: there are bytes that are no UTF-8; save the file as UTF-8",
        ),
        (
            b"PK\x03\x04" + bytes(range(256)) * 500,
            "file: it is a workbook or an archive; save the sheet as CSV in UTF-8",
        ),
        (
            f"{HEADER}p-1,c\0-2,1998-06-30,5,USD,1,,\n".encode(),
            "row 2, column customer: there is a NUL character; remove it",
        ),
        (
            f'{HEADER}"p-1,c-2,1998-06-30,5,USD,1,,\n{GOOD * 100}'.encode(),
            "row 2: a quote is opened and never closed; the rows behind it were not read",
        ),
        (
            gzip.compress((HEADER + GOOD).encode())[:-12],
            "file: the compressed data is damaged or cut off; fetch the file again",
        ),
        (b"\x1f\x8b", "file: the compressed data is damaged or cut off; fetch the file again"),
        (
            ",".join(f"column{n}" for n in range(50_000)).encode(),
            "row 1: there is no column 'customer'; the file has column0, column1, column2, ",
        ),
        (
            HEADER.replace(",", ";").encode(),
            "row 1: there is no column 'customer'; the fields seem to be divided by ';': say",
        ),
    ],
    ids=[
        "empty",
        "line ends",
        "utf-16",
        "latin-1",
        "workbook",
        "nul",
        "open quote",
        "cut off",
        "only magic",
        "50,000 columns",
        "semicolons",
    ],
)
def test_a_file_of_the_wrong_kind_is_told_what_it_is(told: Told, data: bytes, fault: str) -> None:
    """Whatever is not the expected text is said in words that tell what to do."""
    assert told(data)[-1 if fault.startswith("file") else 0].startswith(fault)


def test_a_header_alone_brings_nothing(store: Store, write: Write, contents: Contents) -> None:
    """It is a file of no purchases, and no fault."""
    before = contents(store)

    report = load(store, write(HEADER))

    assert str(report).endswith("0 purchases of 0 customers (0 new), nothing")
    assert contents(store) == before


def test_a_file_that_is_not_there_is_told_as_any_other_fault(
    store: Store, contents: Contents, tmp_path: Path
) -> None:
    """Whoever catches the library's errors catches this one."""
    before = contents(store)

    with pytest.raises(FaultsError, match="file: cannot be read: no such file or directory"):
        load(store, tmp_path / "sales.csv")

    assert contents(store) == before


def test_a_file_comes_in_once(store: Store, write: Write, contents: Contents) -> None:
    """Loading it again says which purchase is there already, and changes nothing."""
    path = write(HEADER + GOOD + "p-2,c-2,1998-06-30,5,USD,1,,\n")
    load(store, path)
    before = contents(store)

    with pytest.raises(FaultsError, match="purchase p-1: it is stored already; nothing was loaded"):
        load(store, path)

    assert contents(store) == before


@pytest.mark.once
def test_what_a_listener_raises_passes_through(
    store: Store, write: Write, contents: Contents
) -> None:
    """A progress bar that breaks breaks the load, as a whole, with its own error."""
    before = contents(store)
    path = write(many_rows())

    def break_down(done: int, total: int | None, what: Phrase) -> None:
        raise ZeroDivisionError(done, total, what.en)

    with pytest.raises(ZeroDivisionError) as caught:
        load(store, path, progress=break_down)

    assert caught.value.args == (10_000, None, "purchases read")
    assert contents(store) == before


KILLED = """
import os, signal, sys
from zoneinfo import ZoneInfo
from crmcore.interop import PurchaseColumns, load_purchases
from crmcore.sql import SqlStore

columns = PurchaseColumns(customer="customer", at="day", amount="paid")
with SqlStore.open(sys.argv[1]) as store:
    load_purchases(
        store, sys.argv[2], columns=columns, zone=ZoneInfo("UTC"), currency="USD",
        progress=lambda *_: os.kill(os.getpid(), signal.SIGKILL),
    )
"""


@pytest.mark.once
def test_a_load_that_is_killed_leaves_the_database_as_it_was(
    tmp_path: Path, write: Write, contents: Contents
) -> None:
    """Ten thousand rows were written when the process died; none of them is there."""
    url = f"sqlite:///{tmp_path / 'crm.db'}"
    with SqlStore.open(url) as store:
        load(store, write(HEADER + GOOD))
        before = contents(store)
    path = write(many_rows())

    died = subprocess.run([sys.executable, "-c", KILLED, url, str(path)], check=False)  # noqa: S603

    assert died.returncode == -9
    with SqlStore.open(url) as store:
        assert contents(store) == before
        assert load(store, path).purchases == 10_001


def test_a_disk_that_fills_up_leaves_the_database_as_it_was(
    tmp_path: Path, write: Write, contents: Contents
) -> None:
    """What does not fit is told as unavailable, with the driver's error as its cause."""
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'crm.db'}")

    @sa.event.listens_for(engine, "connect")
    def keep_small(connection: Any, _: object) -> None:  # noqa: ANN401
        connection.execute("PRAGMA max_page_count = 120")

    with SqlStore(engine) as store:
        store.migrate()
        load(store, write(HEADER + GOOD))
        before = contents(store)

        with pytest.raises(StorageUnavailableError, match="nothing of it was kept") as caught:
            load(store, write(many_rows()))

        assert "full" in str(caught.value.__cause__)
        assert contents(store) == before
        load(store, write(HEADER + GOOD.replace("p-1", "p-2")))
