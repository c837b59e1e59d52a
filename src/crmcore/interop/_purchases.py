"""Purchases: the rows of a file turned into records, or into faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

from crmcore.activities import Purchase
from crmcore.calendar import day_in
from crmcore.errors import Fault, FaultsError, InvalidValueError
from crmcore.kernel import Money, minor_digits

from ._cells import PurchaseCells
from ._columns import PurchaseColumns
from ._table import Source, TextTable

_SHOWN_OF_CUSTOMER = 24
_NO_DELIMITERS = '"\0\r\n .+-'  # they stand in fields, or around them


def read_purchases(
    source: Source,
    *,
    columns: PurchaseColumns,
    zone: ZoneInfo | str,
    currency: str | None = None,
    delimiter: str = ",",
) -> Iterator[Purchase]:
    """Yield the purchases of a CSV file, in the order of its rows.

    The file is UTF-8 with a header, and may be compressed with gzip. Rows with faults are
    left out and the faults gathered; they are raised when the file has been read to its end.
    So keep nothing for good before the iterator has ended, or use `load_purchases`.

    A file without a column of ids gets ids from what its rows say: customer, day, a digest of
    the contents, and a number that tells equal rows apart. The same rows in another order get
    the same ids.

    Args:
        source: The path of the file.
        columns: Which column means what.
        zone: The zone in which a day begins, or its name, for where the file gives a day
            alone.
        currency: The currency of amounts for which no column names one.
        delimiter: What stands between two fields.

    Raises:
        FaultsError: If anything is wrong with the file: all of it together, each fault with its
            row and column. The header is row 1.
        InvalidValueError: If neither *currency* nor a column tells the currency, or *delimiter*
            is not one character that can stand between two fields.
        UnknownNameError: If *currency* is no active code of ISO 4217.

    Complexity:
        Time is linear in the rows. One short entry is kept for each row, to know ids and
        equal rows again.

    .. versionadded:: 0.1.0
    """
    if currency is not None:
        minor_digits(currency)
    elif columns.currency is None:
        raise InvalidValueError("currency", currency, "be given where no column tells it")
    if len(delimiter) != 1 or delimiter.isalnum() or delimiter in _NO_DELIMITERS:
        rule = "be one character, such as a comma, a semicolon, a tab or a bar"
        raise InvalidValueError("delimiter", delimiter, rule)
    return _read(TextTable(source, delimiter), columns.by_field, PurchaseCells(zone, currency))


def _read(table: TextTable, names: dict[str, str], cells: PurchaseCells) -> Iterator[Purchase]:
    rows: dict[str, int] = {}
    equals: Counter[str] = Counter()
    for number, fields in table.rows(names.values()):
        values, problems = cells.read({field: fields[name] for field, name in names.items()})
        if "id" in values:
            first = rows.setdefault(values["id"], number)
            if first != number:
                rule = f"be unique; row {first} has it too"
                problems["id"] = str(InvalidValueError("id", values["id"], rule))
        if problems:
            table.faults.extend(
                Fault(f"row {number}, column {name}", problems[field])
                for field, name in names.items()
                if field in problems
            )
        else:
            yield _purchase(values, cells, equals)
    if table.faults:
        raise FaultsError(str(table.source), table.faults)


def _purchase(values: dict[str, Any], cells: PurchaseCells, equals: Counter[str]) -> Purchase:
    money = Money(values.pop("amount"), values.pop("currency", cells.currency))
    if "id" not in values:
        stem = _stem(values, money, cells.zone)
        equals[stem] += 1
        values["id"] = f"{stem}-{equals[stem]}"
    return Purchase(amount=money, **values)


def _stem(values: dict[str, Any], money: Money, zone: ZoneInfo) -> str:
    """Return what the ids of equal purchases have in common."""
    contents = (
        values["customer"],
        values["at"].isoformat(),
        f"{money.amount.normalize():f}",
        money.currency,
        str(values.get("quantity", 1)),
        str(values.get("refund", False)),
        values.get("channel") or "",
    )
    digest = blake2b("\x1f".join(contents).encode(), digest_size=8).hexdigest()
    day = day_in(values["at"], zone)
    return f"{values['customer'][:_SHOWN_OF_CUSTOMER]}-{day:%Y%m%d}-{digest}"
