"""Cells: the text of one field turned into the value that a record wants."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import attrs

from crmcore.activities import Purchase
from crmcore.calendar import midnight
from crmcore.calendar import zone as find_zone
from crmcore.checks import is_id, utc
from crmcore.errors import CrmError, InvalidValueError
from crmcore.kernel import minor_digits

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_LONGEST_NUMBER = 18  # characters: so many digits add up exactly, however many rows there are
_WHOLE = re.compile(r"\d{1,18}", re.ASCII)
_CURRENCY = re.compile(r"[a-z]{3}", re.ASCII | re.IGNORECASE)
# Systems write 0001-01-01, 1900-01-01 or 9999-12-31 where nobody knows the day.
_YEARS = range(1901, 3000)
_MARKS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False}


@attrs.define
class PurchaseCells:
    """Reads the cells of a row of purchases.

    Attributes:
        zone: The zone in which a day begins.
        currency: The currency where no cell names one.
    """

    zone: ZoneInfo = attrs.field(converter=find_zone)
    currency: str | None
    _midnights: dict[str, datetime] = attrs.field(factory=dict, init=False)

    def read(self, cells: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
        """Return the values of the cells, and what is wrong with those that have none."""
        values: dict[str, Any] = {}
        problems: dict[str, str] = {}
        for field, text in cells.items():
            try:
                values[field] = _READERS[field](self, text)
            except CrmError as error:
                problems[field] = str(error)
        amount, refund = values.get("amount"), values.get("refund", False)
        if amount is not None and "refund" not in problems:
            if amount < 0 and not refund:
                rule = "be 0 or more unless the row is marked as a refund"
                problems["amount"] = str(InvalidValueError("amount", str(amount), rule))
            elif amount > 0 and refund:
                rule = "be 0 or less in a row that is marked as a refund"
                problems["amount"] = str(InvalidValueError("amount", str(amount), rule))
        return values, problems

    def at(self, text: str) -> datetime:
        """Return the instant of a day or of a time with its offset."""
        if text in self._midnights:
            return self._midnights[text]
        if _DAY.fullmatch(text) is None:
            return _instant(text)
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise InvalidValueError("at", text, "be a day of the calendar") from None
        self._midnights[text] = midnight(_in_our_time(day, text), self.zone)
        return self._midnights[text]

    def currency_of(self, text: str) -> str:
        """Return the currency; nothing means the one that was stated."""
        if not text and self.currency is not None:
            return self.currency
        if _CURRENCY.fullmatch(text) is None:
            rule = "be a code of ISO 4217: three capital letters such as USD"
            raise InvalidValueError("currency", text, rule)
        minor_digits(text)
        return text

    def amount(self, text: str) -> Decimal:
        """Return the exact amount."""
        if _NUMBER.fullmatch(text) is None:
            raise InvalidValueError("amount", text, "be a decimal number such as 1234.50")
        if len(text) > _LONGEST_NUMBER:
            rule = f"be written with at most {_LONGEST_NUMBER} characters"
            raise InvalidValueError("amount", text, rule)
        return Decimal(text)

    def quantity(self, text: str) -> int:
        """Return the number of units."""
        if _WHOLE.fullmatch(text) is None:
            raise InvalidValueError("quantity", text, "be a whole number, 0 or more")
        return int(text)

    def refund(self, text: str) -> bool:
        """Return whether it is marked as a refund."""
        try:
            return _MARKS[text.casefold()]
        except KeyError:
            rule = "be yes, true or 1, or else no, false, 0 or nothing"
            raise InvalidValueError("refund", text, rule) from None

    def customer(self, text: str) -> str:
        """Return the customer's id."""
        return _checked("customer", text)

    def id(self, text: str) -> str:
        """Return the purchase's id."""
        return _checked("id", text)

    def channel(self, text: str) -> str | None:
        """Return the channel; None for nothing."""
        return _checked("channel", text) if text else None


_D = TypeVar("_D", date, datetime)


def _in_our_time(at: _D, text: str) -> _D:
    """Return it unless it stands for a day that nobody knows."""
    if at.year not in _YEARS:
        rule = f"lie in the years {_YEARS[0]} to {_YEARS[-1]}; leave out what has no day"
        raise InvalidValueError("at", text, rule)
    return at


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        rule = "be a day such as 1997-01-31, or an instant such as 1997-01-31T18:30-05:00"
        raise InvalidValueError("at", text, rule) from None
    if at.utcoffset() is None:
        rule = "carry its offset from UTC, as 1997-01-31T18:30-05:00 does, or be a day alone"
        raise InvalidValueError("at", text, rule)
    return utc(_in_our_time(at, text))


def _checked(field: str, text: str) -> str:
    """Hold text to the rule that the record has for these fields."""
    is_id(None, attrs.fields_dict(Purchase)[field], text)
    return text


_READERS: Mapping[str, Callable[[PurchaseCells, str], Any]] = {
    "customer": PurchaseCells.customer,
    "at": PurchaseCells.at,
    "amount": PurchaseCells.amount,
    "id": PurchaseCells.id,
    "currency": PurchaseCells.currency_of,
    "quantity": PurchaseCells.quantity,
    "refund": PurchaseCells.refund,
    "channel": PurchaseCells.channel,
}
