"""Errors: every refusal of the library, each with its parts and with what would be right.

All of them derive from `CrmError` and carry a stable ``code``, a flag ``retryable``, and
their parts as attributes. A message names the argument, what was found and the rule; an
unknown name comes with the nearest known one; many faults of one input come together:

>>> from crmcore.errors import UnknownNameError
>>> str(UnknownNameError("skill", "Mandrin", ["Mandarin", "Negotiation"]))
"unknown skill 'Mandrin'; did you mean 'Mandarin'?"
"""

from __future__ import annotations

from ._access import AccessDeniedError
from ._base import CrmError
from ._input import (
    Fault,
    FaultsError,
    InvalidValueError,
    MissingExtraError,
    MixedCurrenciesError,
    UndefinedValueError,
    UnknownNameError,
    nearest,
)
from ._models import (
    DidNotConvergeError,
    InfiniteMeanError,
    NotIdentifiedError,
    UnitMismatchError,
)
from ._storage import (
    AlreadyExistsError,
    CommitUnknownError,
    ConcurrencyConflictError,
    InvalidCursorError,
    KeyReusedError,
    NotFoundError,
    SchemaOutOfDateError,
    StorageCorruptError,
    StorageUnavailableError,
    UnitOfWorkClosedError,
    UnsupportedError,
)

__all__ = [
    "AccessDeniedError",
    "AlreadyExistsError",
    "CommitUnknownError",
    "ConcurrencyConflictError",
    "CrmError",
    "DidNotConvergeError",
    "Fault",
    "FaultsError",
    "InfiniteMeanError",
    "InvalidCursorError",
    "InvalidValueError",
    "KeyReusedError",
    "MissingExtraError",
    "MixedCurrenciesError",
    "NotFoundError",
    "NotIdentifiedError",
    "SchemaOutOfDateError",
    "StorageCorruptError",
    "StorageUnavailableError",
    "UndefinedValueError",
    "UnitMismatchError",
    "UnitOfWorkClosedError",
    "UnknownNameError",
    "UnsupportedError",
    "nearest",
]

# A traceback names an error by the path that it is imported from.
for _name in __all__:
    globals()[_name].__module__ = __name__
del _name
