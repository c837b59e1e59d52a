"""Codec: plain data, JSON and TOML to objects and back; the records know nothing of it.

Data is read strictly, and whoever wrote it hears of every fault at once, with its path:

>>> from crmcore.codec import from_json, to_json
>>> from crmcore.kernel import Money
>>> to_json(Money("29.33", "USD"))
'{"amount":"29.33","currency":"USD"}'
>>> from_json(Money, '{"amount": "a lot", "curency": "USD"}')
Traceback (most recent call last):
    ...
crmcore.errors.FaultsError: JSON has 3 faults:
  amount: must be a decimal number (got 'a lot')
  curency: unknown field 'curency'; did you mean 'currency'?
  currency: is missing; state it

What is kept for years says in which form it was written, and is read by what comes later:

>>> from crmcore.codec import PayloadForm
>>> form = PayloadForm(Money, [lambda data: {"amount": data["value"], "currency": "USD"}])
>>> form.read('{"value": "29.33"}')
Money(amount=Decimal('29.33'), currency='USD')
>>> form.write(Money("29.33", "USD"))
'{"form":2,"record":{"amount":"29.33","currency":"USD"}}'
"""

from __future__ import annotations

from ._from_data import from_data
from ._json import from_json
from ._kpis import load_kpis
from ._organization import load_organization
from ._payload import PayloadForm, Upcaster, payload_form
from ._to_data import to_data, to_json
from ._to_toml import to_toml
from ._toml import read_toml

__all__ = [
    "PayloadForm",
    "Upcaster",
    "from_data",
    "from_json",
    "load_kpis",
    "load_organization",
    "payload_form",
    "read_toml",
    "to_data",
    "to_json",
    "to_toml",
]
