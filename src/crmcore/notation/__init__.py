"""Notation: how a criterion is written down, as plain data for machines and as text for people.

Whoever does not program writes a rule as data, in JSON or in TOML:

>>> from crmcore.criteria import F
>>> from crmcore.notation import from_data, to_data
>>> to_data(F.days_since_last > 90)
{'crm-criteria': 1, 'expr': {'gt': [{'field': 'days_since_last'}, 90]}}
>>> from_data({"gt": [{"field": "days_since_last"}, 90]})
F.days_since_last > 90

What cannot be a criterion is refused with everything that is wrong with it:

>>> from_data({"all": [{"gtt": [{"field": "spend"}, 9]}, {"gt": [{"feld": "spend"}, 9]}]})
Traceback (most recent call last):
    ...
crmcore.errors.FaultsError: criterion has 2 faults:
  all[0]: unknown operator 'gtt'; did you mean 'gt'?
  all[1].gt[0]: unknown kind of operand 'feld'; did you mean 'field'?
"""

from __future__ import annotations

from ._from_data import from_data
from ._from_text import from_text
from ._json import read_json
from ._json_schema import json_schema
from ._limits import Limits
from ._to_data import to_data
from ._to_text import to_text
from ._toml import read_toml

__all__ = [
    "Limits",
    "from_data",
    "from_text",
    "json_schema",
    "read_json",
    "read_toml",
    "to_data",
    "to_text",
]
