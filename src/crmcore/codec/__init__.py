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
"""

from __future__ import annotations

from ._from_data import from_data
from ._json import from_json
from ._organization import load_organization
from ._to_data import to_data, to_json
from ._toml import read_toml

__all__ = ["from_data", "from_json", "load_organization", "read_toml", "to_data", "to_json"]
