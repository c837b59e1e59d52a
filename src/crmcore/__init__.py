"""crmcore: a domain library for managing customers.

It turns a company's own records of its customers and of its people into decisions
that can be defended: who matters, where each customer stands, whether the goals will
be met, and who should look after what next.

Each concept is a room of its own, and the room is what you import from:

>>> from datetime import date
>>> from crmcore.calendar import Period
>>> Period.month(1998, 6).end
datetime.date(1998, 7, 1)

Importing this package loads no room, reads no clock, file or environment.
"""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"
