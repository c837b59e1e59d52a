"""The catalogue: every KPI that the library ships, each with its definition.

The codes are those of the metrics: the first figure of a metric bears the bare code, its
further ones a letter behind it. K43a, business growth, is another word for ``sales_growth``
together with ``new_customers``, and no figure of its own.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from ._acquisition import ACQUISITION
from ._campaigns import CAMPAIGNS
from ._data import DATA
from ._definitions import Catalogue, in_order
from ._interaction import INTERACTION
from ._kpi import Kpi
from ._market import MARKET
from ._process import PROCESS
from ._retention import RETENTION
from ._sales import SALES
from ._satisfaction import SATISFACTION
from ._service import SERVICE
from ._team import TEAM
from ._value import VALUE

CATALOGUE: Final[tuple[Kpi, ...]] = in_order(
    (
        *SATISFACTION,
        *RETENTION,
        *VALUE,
        *SALES,
        *ACQUISITION,
        *CAMPAIGNS,
        *MARKET,
        *SERVICE,
        *INTERACTION,
        *DATA,
        *TEAM,
        *PROCESS,
    )
)

_SHIPPED: Final = Catalogue(CATALOGUE)


def kpi(name: str, on: date | None = None) -> Kpi:
    """Return the KPI of the catalogue with this id, or with this code.

    Args:
        name: The id or the code.
        on: The day on which the definition is to be in force; the latest one where it is None.

    Raises:
        UnknownNameError: If there is none; the message suggests the nearest.

    .. versionadded:: 0.1.0
    """
    return _SHIPPED.kpi(name, on)
