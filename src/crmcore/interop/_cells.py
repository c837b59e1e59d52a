"""Cells: the text of one field turned into the value that a record wants."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import attrs

from crmcore.activities import Purchase
from crmcore.calendar import midnight
from crmcore.checks import decimal, is_id
from crmcore.errors import CrmError, InvalidValueError
from crmcore.kernel import minor_digits

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_WHOLE = re.compile(r"\d{1,18}", re.ASCII)
_MARKS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False}


@attrs.define
class PurchaseCells:
    """Reads the cells of a row of purchases.

    Attributes:
        zone: The zone in which a day begins.
        currency: The currency where no cell names one.
    """

    zone: ZoneInfo
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
        if _DAY.fullmatch(text) is None:
            return _instant(text)
        if text not in self._midnights:
            try:
                self._midnights[text] = midnight(date.fromisoformat(text), self.zone)
            except (ValueError, OverflowError):
                raise InvalidValueError("at", text, "be a day of the calendar") from None
        return self._midnights[text]

    def currency_of(self, text: str) -> str:
        """Return the currency; nothing means the one that was stated."""
        if not text and self.currency is not None:
            return self.currency
        minor_digits(text)
        return text

    def amount(self, text: str) -> Decimal:
        """Return the exact amount."""
        if _NUMBER.fullmatch(text) is None:
            raise InvalidValueError("amount", text, "be a decimal number such as 1234.50")
        return decimal(text, "amount")

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


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        naive = at.utcoffset() is None
        if not naive:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        rule = "be a day such as 1997-01-31, or an instant such as 1997-01-31T18:30-05:00"
        raise InvalidValueError("at", text, rule) from None
    rule = "carry its offset from UTC, as 1997-01-31T18:30-05:00 does, or be a day alone"
    raise InvalidValueError("at", text, rule)


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
