"""Money: an exact amount in one currency."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import attrs

from crmcore.checks import decimal
from crmcore.errors import MixedCurrenciesError, UnknownNameError

from ._numbers import EXACT

# ISO 4217:2015, the active currencies that countries use, with the digits of the minor unit
# where they are not two.
_TWO_DIGITS: Final = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD "
    "CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP "
    "GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD "
    "LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB "
    "PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC "
    "SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW ZWG"
)
_OTHER_DIGITS: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
}
_DIGITS: Final[dict[str, int]] = {
    **dict.fromkeys(_TWO_DIGITS.split(), 2),
    **{code: digits for digits, codes in _OTHER_DIGITS.items() for code in codes.split()},
}


def minor_digits(currency: str) -> int:
    """Return how many digits the minor unit of *currency* has: 2 for USD, 0 for JPY.

    Raises:
        UnknownNameError: If it is no active currency code of ISO 4217.

    .. versionadded:: 0.1.0
    """
    try:
        return _DIGITS[currency]
    except (KeyError, TypeError):
        raise UnknownNameError("currency", str(currency), _DIGITS) from None


def _is_currency(_: object, __: object, value: str) -> None:
    minor_digits(value)


# A plain function, so that every type checker sees what an amount may be given as.
def _exact(amount: Decimal | int | str) -> Decimal:
    return decimal(amount, "amount")


@attrs.frozen(order=False)
class Money:
    """An amount in one currency.

    Amounts of one currency add up, compare and multiply with exact numbers; two currencies
    raise with both codes, and floats are refused.

    Attributes:
        amount: The exact amount in the currency's major unit.
        currency: The ISO 4217 code.

    .. versionadded:: 0.1.0
    """

    amount: Decimal = attrs.field(converter=_exact)
    currency: str = attrs.field(validator=_is_currency)

    def _same(self, other: Money) -> Decimal:
        if self.currency != other.currency:
            raise MixedCurrenciesError(self.currency, other.currency)
        return other.amount

    def __add__(self, other: Money) -> Money:
        """Add an amount of the same currency."""
        return Money(EXACT.add(self.amount, self._same(other)), self.currency)

    def __sub__(self, other: Money) -> Money:
        """Take away an amount of the same currency."""
        return Money(EXACT.subtract(self.amount, self._same(other)), self.currency)

    def __neg__(self) -> Money:
        """Turn the sign."""
        return Money(self.amount.copy_negate(), self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        """Multiply with an exact number."""
        return Money(EXACT.multiply(self.amount, decimal(factor, "factor")), self.currency)

    def __lt__(self, other: Money) -> bool:
        """Compare with an amount of the same currency."""
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        """Compare with an amount of the same currency."""
        return self.amount <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        """Compare with an amount of the same currency."""
        return self.amount > self._same(other)

    def __ge__(self, other: Money) -> bool:
        """Compare with an amount of the same currency."""
        return self.amount >= self._same(other)

    def __str__(self) -> str:
        """Return the amount with its code, as ``12.50 USD``."""
        return f"{self.amount} {self.currency}"
