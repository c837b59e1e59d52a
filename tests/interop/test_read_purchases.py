"""Files of purchases, read into records or into faults."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmcore.activities import Purchase, PurchaseId
from crmcore.errors import FaultsError, InvalidValueError, UnknownNameError
from crmcore.interop import PurchaseColumns, read_purchases
from crmcore.kernel import CustomerId, Money

NEW_YORK = ZoneInfo("America/New_York")
PLAIN = PurchaseColumns(customer="who", at="when", amount="paid")
FULL = PurchaseColumns(
    customer="who",
    at="when",
    amount="paid",
    id="no",
    currency="money",
    quantity="units",
    refund="back",
    channel="shop",
)
FULL_HEADER = "no,who,when,paid,money,units,back,shop\n"

Write = Callable[[str], Path]
same_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a file and returns its path."""

    def write(text: str) -> Path:
        path = tmp_path / "sales.csv"
        path.write_text(text, "utf-8", newline="")
        return path

    return write


def read(path: Path, columns: PurchaseColumns = PLAIN, **options: Any) -> list[Purchase]:  # noqa: ANN401
    """Read a file of purchases in dollars in New York."""
    filled: dict[str, Any] = {"zone": NEW_YORK, "currency": "USD"} | options
    return list(read_purchases(path, columns=columns, **filled))


def faults(path: Path, columns: PurchaseColumns = PLAIN, **options: Any) -> list[str]:  # noqa: ANN401
    """Return the faults of a file, each as one line."""
    with pytest.raises(FaultsError) as caught:
        read(path, columns, **options)
    assert caught.value.source == str(path)
    return [str(fault) for fault in caught.value.faults]


def test_a_row_becomes_a_purchase(write: Write) -> None:
    """Every column that is named has its say."""
    path = write(FULL_HEADER + "p-1,c-17,1997-01-31T18:30-05:00,29.33,EUR,2,no,web\n")

    assert read(path, FULL) == [
        Purchase(
            id=PurchaseId("p-1"),
            customer=CustomerId("c-17"),
            at=datetime(1997, 1, 31, 23, 30, tzinfo=UTC),
            amount=Money("29.33", "EUR"),
            quantity=2,
            channel="web",
        )
    ]


def test_empty_cells_mean_what_is_meant_without_the_column(write: Write) -> None:
    """No currency means the stated one, no mark no refund, and no channel none."""
    (purchase,) = read(write(FULL_HEADER + "p-1,c-17,1997-01-31,5,,1,,\n"), FULL)

    assert (purchase.amount.currency, purchase.refund, purchase.channel) == ("USD", False, None)


@pytest.mark.parametrize(
    ("cell", "at"),
    [
        ("1997-01-31", datetime(1997, 1, 31, 5, tzinfo=UTC)),
        ("1997-07-31", datetime(1997, 7, 31, 4, tzinfo=UTC)),
        ("1997-01-31T18:30:15Z", datetime(1997, 1, 31, 18, 30, 15, tzinfo=UTC)),
        ("1997-01-31 18:30+08:00", datetime(1997, 1, 31, 10, 30, tzinfo=UTC)),
    ],
)
def test_a_day_begins_in_the_zone_and_an_instant_in_its_own(
    write: Write, cell: str, at: datetime
) -> None:
    """A day alone is its midnight, by summer time in summer."""
    (purchase,) = read(write(f"who,when,paid\nc-17,{cell},5\n"))

    assert purchase.at == at


def test_a_zone_is_given_by_name_or_itself(write: Write) -> None:
    """The name of the zone will do."""
    path = write("who,when,paid\nada,1998-02-01,12.00\n")

    assert read(path, zone="America/New_York") == read(path, zone=NEW_YORK)


@pytest.mark.parametrize("mark", ["yes", "TRUE", "1"])
def test_money_that_went_back_carries_a_mark(write: Write, mark: str) -> None:
    """A marked amount of 0 or less is a refund."""
    (purchase,) = read(write(FULL_HEADER + f"p-1,c-17,1997-01-31,-5,,1,{mark},\n"), FULL)

    assert purchase.refund
    assert purchase.amount == Money(-5, "USD")


def test_blanks_around_cells_and_empty_rows_are_passed_over(write: Write) -> None:
    """What spreadsheets leave behind does no harm: not above the header either."""
    path = write(
        "\ufeff\r\n,,\r\nwho , when, paid\r\n\r\n c-17 ,\u00a01997-01-31 , 5.00 \r\n , ,\r\n\r\n"
    )

    (purchase,) = read(path)

    assert (purchase.customer, purchase.amount) == ("c-17", Money("5.00", "USD"))


def test_quoted_cells_hold_dividers_and_lines(write: Write) -> None:
    """Columns that nobody named may hold anything, and rows count as a spreadsheet counts."""
    path = write('who,when,paid,note\nc-1,1997-01-31,5,"a, b\nc"\nc-2,never,5,\n')

    assert faults(path)[0].startswith("row 3, column when: ")


def test_packed_files_are_unpacked(tmp_path: Path) -> None:
    """Whatever a file is called, gzip is known by its first bytes."""
    path = tmp_path / "sales.dat"
    path.write_bytes(gzip.compress(b"who,when,paid\nc-17,1997-01-31,5\n"))

    assert len(read(path)) == 1


def test_another_divider_can_be_named(write: Write) -> None:
    """Semicolons are usual where the comma divides decimals."""
    assert len(read(write("who;when;paid\nc-17;1997-01-31;5.00\n"), delimiter=";")) == 1


def test_a_file_without_rows_holds_no_purchases(write: Write) -> None:
    """A header alone is a file that can be read."""
    assert read(write("who,when,paid\n")) == []


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["c-1", "c-2"]),
        st.sampled_from(["1997-01-31", "1997-02-01"]),
        st.sampled_from(["5", "5.00", "7.50", "0"]),
    ),
    max_size=12,
)


@given(rows=ROWS, data=st.data())
@same_folder
def test_order_of_rows_does_not_matter(
    tmp_path: Path, rows: list[tuple[str, ...]], data: st.DataObject
) -> None:
    """The same rows in another order make the same purchases with the same ids."""
    read_in: list[set[Purchase]] = []
    for order in (rows, data.draw(st.permutations(rows))):
        path = tmp_path / "sales.csv"
        path.write_text("\n".join(["who,when,paid", *map(",".join, order)]))
        read_in.append(set(read(path)))

    assert read_in[0] == read_in[1]
    assert len(read_in[0]) == len(rows)


def test_equal_rows_are_different_purchases(write: Write) -> None:
    """A number tells them apart; what they share is customer, day and digest."""
    one, two, other = read(
        write("who,when,paid\nc-17,1997-01-31,5\nc-17,1997-01-31,5.0\nc-17,1997-01-31,6\n")
    )

    assert (one.id[:-1], one.id[-2:], two.id[-2:]) == (two.id[:-1], "-1", "-2")
    assert one.id.startswith("c-17-19970131-")
    assert other.id[:-2] != one.id[:-2]


@pytest.mark.parametrize("text", ["x" * 64, "客" * 64])
def test_made_ids_are_no_longer_than_ids_may_be(write: Write, text: str) -> None:
    """A customer's id of 64 characters leaves room for the rest."""
    (purchase,) = read(write(f"who,when,paid\n{text},1997-01-31,5\n"))

    assert len(purchase.id) <= 64


def test_made_ids_tell_long_customers_apart(write: Write) -> None:
    """Ids that differ only at their ends make different purchases."""
    one, two = (f"{'x' * 63}{end}" for end in "ab")

    first, second = read(write(f"who,when,paid\n{one},1997-01-31,5\n{two},1997-01-31,5\n"))

    assert first.id != second.id


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("p-1,c-17,1997-02-30,5,,1,,", "column when: at must be a day of the calendar"),
        ("p-1,c-17,0000-01-01,5,,1,,", "column when: at must be a day of the calendar"),
        ("p-1,c-17,0001-01-01,5,,1,,", "column when: at must lie in the years 1901 to 2999"),
        ("p-1,c-17,1900-01-01,5,,1,,", "column when: at must lie in the years 1901 to 2999"),
        ("p-1,c-17,9999-12-31,5,,1,,", "column when: at must lie in the years 1901 to 2999"),
        ("p-1,c-17,9999-12-31T23:59Z,5,,1,,", "column when: at must lie in the years 1901 to"),
        ("p-1,c-17,1997-06-30T23:59:60Z,5,,1,,", "column when: at must be a day such as"),
        ("p-1,c-17,31.01.1997,5,,1,,", "column when: at must be a day such as 1997-01-31"),
        ("p-1,c-17,1997-01-31T25:00Z,5,,1,,", "column when: at must be a day such as"),
        ("p-1,c-17,0001-01-01T00:00+10:00,5,,1,,", "column when: at must lie in the years 1901"),
        ("p-1,c-17,1997-01-31T18:30,5,,1,,", "column when: at must carry its offset from UTC"),
        ("p-1,c-17,,5,,1,,", "column when: at must be a day such as"),
        ('p-1,c-17,1997-01-31,"1,250.00",,1,,', "column paid: amount must be a decimal number"),
        ("p-1,c-17,1997-01-31,1_0,,1,,", "column paid: amount must be a decimal number"),
        ("p-1,c-17,1997-01-31,NaN,,1,,", "column paid: amount must be a decimal number"),
        (f"p-1,c-17,1997-01-31,{'9' * 19},,1,,", "column paid: amount must be written with at"),
        (f"p-1,c-17,1997-01-31,0.{'1' * 17},,1,,", "column paid: amount must be written with at"),
        ("p-1,c-17,1997-01-31,1e99999999,,1,,", "column paid: amount must be a decimal number"),
        ("p-1,c-17,1997-01-31,=SUM(A1:A9),,1,,", "column paid: amount must be a decimal number"),
        ("p-1,c-17,1997-01-31,-5,,1,,", "column paid: amount must be 0 or more unless the row"),
        ("p-1,c-17,1997-01-31,5,,1,yes,", "column paid: amount must be 0 or less in a row"),
        (
            "p-1,c-17,1997-01-31,5,usd,1,,",
            "column money: unknown currency 'usd'; did you mean 'USD",
        ),
        ("p-1,c-17,1997-01-31,5,$,1,,", "column money: currency must be a code of ISO 4217: three"),
        ("p-1,c-17,1997-01-31,5,,1.5,,", "column units: quantity must be a whole number"),
        ("p-1,c-17,1997-01-31,5,,-1,,", "column units: quantity must be a whole number"),
        ("p-1,c-17,1997-01-31,5,,1,maybe,", "column back: refund must be yes, true or 1"),
        ("p-1,,1997-01-31,5,,1,,", "column who: customer must not be empty"),
        (",c-17,1997-01-31,5,,1,,", "column no: id must not be empty"),
        (f"p-1,c-17,1997-01-31,5,,1,,{'x' * 65}", "column shop: channel must have at most 64"),
    ],
)
def test_a_fault_says_where_what_and_what_would_be_right(
    write: Write, row: str, fault: str
) -> None:
    """Each has its row and its column."""
    (found,) = faults(write(FULL_HEADER + row + "\n"), FULL)

    assert found.startswith(f"row 2, {fault}")


def test_all_faults_of_a_file_are_told_together(write: Write) -> None:
    """Several in one row, too; a wrong mark does not make the amount a fault as well."""
    path = write(
        FULL_HEADER
        + "p-1,c-17,soon,-5,,1,,\n"
        + "p-2,c-17,1997-01-31,-5,,1,maybe,\n"
        + "p-3,c-17,1997-01-31,5,,1,,\n"
        + "p-4,c-17,1997-01-31,5\n"
        + ",,,,,,,web\n"
    )

    found = [fault.split(":")[0] for fault in faults(path, FULL)]

    assert found == [
        "row 2, column when",
        "row 2, column paid",
        "row 3, column back",
        "row 5",
        "row 6, column who",
        "row 6, column when",
        "row 6, column paid",
        "row 6, column no",
        "row 6, column units",
    ]


def test_good_rows_come_before_the_faults_are_told(write: Write) -> None:
    """The file is read to its end; what is right in it is not held back."""
    stream = read_purchases(
        write("who,when,paid\nc-1,never,5\nc-2,1997-01-31,5\n"),
        columns=PLAIN,
        zone=NEW_YORK,
        currency="USD",
    )

    assert next(stream).customer == "c-2"
    with pytest.raises(FaultsError, match="row 2, column when"):
        next(stream)


def test_an_id_that_comes_twice_is_told_with_its_first_row(write: Write) -> None:
    """Also where something else is wrong with one of the rows."""
    path = write(FULL_HEADER + "p-1,c-1,never,5,,1,,\np-2,c-1,1997-01-31,5,,1,,\n" * 2)

    assert [fault for fault in faults(path, FULL) if "column no" in fault] == [
        "row 4, column no: id must be unique; row 2 has it too (got 'p-1')",
        "row 5, column no: id must be unique; row 3 has it too (got 'p-2')",
    ]


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("who,when,payd", ["row 1: there is no column 'paid'; did you mean 'payd'?"]),
        (
            "buyer,when,paid",
            ["row 1: there is no column 'who'; the file has buyer, when, paid"],
        ),
        ("who,when,paid,paid", ["row 1: 2 columns are called 'paid'; keep one"]),
        (
            "who;when;paid",
            [
                f"row 1: there is no column '{name}'; "
                "the fields seem to be divided by ';': say delimiter"
                for name in ("who", "when", "paid")
            ],
        ),
        (
            "paid",
            [
                "row 1: there is no column 'who'; the file has paid",
                "row 1: there is no column 'when'; the file has paid",
            ],
        ),
        ("", ["row 1: the file is empty; its first row must name the columns who, when, paid"]),
    ],
)
def test_missing_columns_are_told_before_any_row(
    write: Write, header: str, found: list[str]
) -> None:
    """The nearest column, the likely divider, or what is there, is told."""
    assert faults(write(header and f"{header}\n1,2\n")) == found


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("c-17,1997-01-31\n", "row 2: 2 fields instead of 3; quote what holds a divider"),
        ("c-17,1997-01-31,5,00\n", "row 2: 4 fields instead of 3; quote what holds a divider"),
        ("c-17,1997-01-31,5\0\n", "row 2, column paid: there is a NUL character; remove it"),
        (
            'c-17,"1997-01-31"x,5\nc-18,never,5\n',
            "row 2: text follows a closing quote; write quotes within a field twice; the rows ",
        ),
        (
            '"c-17,1997-01-31,5\nc-18,never,5\n',
            "row 2: a quote is opened and never closed; the rows behind it were not read",
        ),
        (
            f"{'x' * 200_000},1997-01-31,5\nc-18,never,5\n",
            "row 2: a field never ends; perhaps a quote is opened and never closed; the rows ",
        ),
    ],
)
def test_rows_of_a_wrong_form_are_told(write: Write, text: str, fault: str) -> None:
    """Too few fields, too many, characters that no text holds, quotes that do not close."""
    (found,) = faults(write(f"who,when,paid\n{text}"))

    assert found.startswith(fault)


def test_control_characters_in_other_columns_are_no_fault(write: Write) -> None:
    """A note may hold lines and tabs."""
    assert len(read(write('who,when,paid,note\nc-17,1997-01-31,5,"a\tb\nc"\n'))) == 1


def test_bytes_that_are_no_utf_8_are_told(tmp_path: Path) -> None:
    """With the row and the column in which they stand."""
    path = tmp_path / "sales.csv"
    path.write_bytes(b"who,when,paid\nM\xfcller,1997-01-31,5\n")

    assert faults(path) == [
        "row 2, column who: there are bytes that are no UTF-8; save the file as UTF-8"
    ]


@pytest.mark.parametrize(
    "harm",
    [lambda b: b[:-9], lambda b: b[:12] + b"\xff\xff" + b[14:], lambda b: b[:-8] + b"12345678"],
    ids=["cut off", "changed", "wrong sum"],
)
def test_damaged_packing_is_told(tmp_path: Path, harm: Callable[[bytes], bytes]) -> None:
    """A file that was cut off or changed on its way is not taken for a shorter one."""
    path = tmp_path / "sales.csv.gz"
    path.write_bytes(harm(gzip.compress(b"who,when,paid\n" + b"c-17,1997-01-31,5\n" * 99)))

    assert faults(path)[-1] == (
        "file: the compressed data is damaged or cut off; fetch the file again"
    )


def test_a_currency_must_be_told_by_somebody(write: Write) -> None:
    """Without a column for it and without an argument there is no amount."""
    with pytest.raises(InvalidValueError, match=r"^currency must be given where no column"):
        read(write("who,when,paid\n"), currency=None)


def test_a_row_without_currency_is_a_fault_where_none_was_stated(write: Write) -> None:
    """The column is there, and this row leaves it empty."""
    path = write(FULL_HEADER + "p-1,c-17,1997-01-31,5,,1,,\np-2,c-17,1997-01-31,5,CNY,1,,\n")

    (found,) = faults(path, FULL, currency=None)

    assert found == (
        "row 2, column money: currency must be a code of ISO 4217: "
        "three capital letters such as USD (got '')"
    )


def test_a_currency_that_there_is_not_is_refused_at_once(write: Write) -> None:
    """Before the file is opened."""
    with pytest.raises(UnknownNameError, match="unknown currency 'usd'"):
        read(write(""), currency="usd")


def test_a_file_that_cannot_be_read_is_told_by_its_name(tmp_path: Path) -> None:
    """As everywhere in the library; what the system said is the cause."""
    with pytest.raises(
        FaultsError, match=r"nowhere\.csv has 1 fault:\n  file: cannot be read: no such file"
    ) as caught:
        read(tmp_path / "nowhere.csv")

    assert isinstance(caught.value.__cause__, FileNotFoundError)
    assert faults(tmp_path) == ["file: cannot be read: is a directory"]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ("who,when,paid\n".encode("utf-16"), "its text is UTF-16; save it as CSV in UTF-8"),
        (b"\xfe\xff\0w\0h\0o", "its text is UTF-16; save it as CSV in UTF-8"),
        (b"PK\x03\x04\x14\0\x06\0", "it is a workbook or an archive; save the sheet as CSV in"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "it is a workbook; save the sheet as CSV in UTF-8"),
        (gzip.compress(gzip.compress(b"who")), "it is compressed twice; unpack it once"),
    ],
    ids=["UTF-16", "UTF-16 from the other end", "workbook", "old workbook", "twice"],
)
def test_a_file_of_another_kind_is_known_by_its_first_bytes(
    tmp_path: Path, data: bytes, problem: str
) -> None:
    """Whatever it is called, the message says how to save it."""
    path = tmp_path / "sales.csv"
    path.write_bytes(data)

    (found,) = faults(path)

    assert found.startswith(f"file: {problem}")


def test_a_header_that_is_no_text_is_told_in_text(tmp_path: Path) -> None:
    """The message can be printed, whatever the bytes were."""
    path = tmp_path / "sales.csv"
    path.write_bytes("größe,who,when,paid\n".encode("latin-1"))

    assert faults(path) == ["row 1: there are bytes that are no UTF-8; save the file as UTF-8"]

    path.write_bytes(b"who\0,when,paid\n")

    assert faults(path) == ["row 1: there is a NUL character; remove it"]


def test_of_very_many_columns_the_first_are_told(write: Write) -> None:
    """So that a message stays one that people read; odd names are escaped, long ones cut."""
    columns = ['"a\nb"', "x" * 100_000, *(f"column{n}" for n in range(1_000))]

    (found, *_) = faults(write(",".join(columns)))

    assert found.startswith("row 1: there is no column 'who'; the file has 'a\\nb', xxx")
    assert found.endswith(
        "…, column0, column1, " + ", ".join(f"column{n}" for n in range(2, 18)) + " and 982 more"
    )


def test_separators_of_units_are_no_blanks(write: Write) -> None:
    """They are not taken off silently, which would make one customer of two."""
    (found,) = faults(write("who,when,paid\nc-17\x1f,1997-01-31,5\n"))

    assert found.startswith("row 2, column who: customer must hold no control characters")


@pytest.mark.parametrize("delimiter", ["", ", ", "x", '"', "\n", " ", "."])
def test_what_cannot_divide_fields_is_refused(write: Write, delimiter: str) -> None:
    """Before the file is opened."""
    with pytest.raises(InvalidValueError, match=r"^delimiter must be one character, such as a "):
        read_purchases(write(""), columns=PLAIN, zone=NEW_YORK, currency="USD", delimiter=delimiter)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"amount": "when"}, r"^at must be a column that means nothing else \(got 'when'\)"),
        ({"id": ""}, r"^id must not be empty"),
    ],
)
def test_a_column_means_one_thing(fields: dict[str, str], message: str) -> None:
    """One column cannot be the day and the amount."""
    with pytest.raises(InvalidValueError, match=message):
        PurchaseColumns(**{"customer": "who", "at": "when", "amount": "paid"} | fields)


@pytest.mark.once
def test_the_published_totals_of_cdnow_come_out() -> None:
    """69,659 purchases of 23,570 customers; 255 rows repeat an earlier one, and none is lost."""
    data = Path(__file__).parent.parent.parent / "examples" / "data" / "cdnow_master.csv.gz"
    columns = PurchaseColumns(
        customer="customer_id", at="date", amount="dollar_value", quantity="number_of_cds"
    )

    purchases = read(data, columns)

    assert len(purchases) == len({p.id for p in purchases}) == 69_659
    assert len({p.customer for p in purchases}) == 23_570
    assert sum(not p.id.endswith("-1") for p in purchases) == 255
    assert sum(p.amount.amount for p in purchases) == Decimal("2500315.63")
    assert sum(p.quantity for p in purchases) == 167_881
