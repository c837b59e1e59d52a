"""What the driver raises, as the library says it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from crmcore.errors import StorageUnavailableError


@contextmanager
def guarded(operation: str) -> Iterator[None]:
    """Turn what the driver raises into a refusal of *operation*, with the driver's error as cause.

    Raises:
        StorageUnavailableError: If the driver raises.
    """
    try:
        yield
    except DBAPIError as error:
        raise StorageUnavailableError(operation) from error.orig
    except SQLAlchemyError as error:
        raise StorageUnavailableError(operation) from error
