r"""Interop: what other systems export, read into records.

A file of purchases is read as a stream and checked as a whole. Whatever is wrong with it is
told at once, with row and column, what was found and what would be right; a file with faults
leaves the store as it was.

>>> from pathlib import Path
>>> from crmcore.interop import PurchaseColumns, read_purchases
>>> _ = Path("sales.csv").write_text("buyer,day,total\nc-17,1997-01-31,29.33\n")
>>> columns = PurchaseColumns(customer="buyer", at="day", amount="total")
>>> new_york = "America/New_York"
>>> for purchase in read_purchases("sales.csv", columns=columns, zone=new_york, currency="USD"):
...     print(purchase.customer, purchase.at, purchase.amount)
c-17 1997-01-31 05:00:00+00:00 29.33 USD
>>> columns = PurchaseColumns(customer="buyer", at="day", amount="totals")
>>> list(read_purchases("sales.csv", columns=columns, zone=new_york, currency="USD"))
Traceback (most recent call last):
    ...
crmcore.errors.FaultsError: sales.csv has 1 fault:
  row 1: there is no column 'totals'; did you mean 'total'?
"""

from __future__ import annotations

from ._columns import PurchaseColumns
from ._load import LoadReport, Progress, load_purchases
from ._purchases import read_purchases

__all__ = ["LoadReport", "Progress", "PurchaseColumns", "load_purchases", "read_purchases"]
