"""Types of columns that SQLite and PostgreSQL keep without loss."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation
from typing import Any, Final, cast

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator, TypeEngine

from crmcore.checks import optional_utc
from crmcore.codec import from_json, to_json
from crmcore.errors import InvalidValueError

MOST_DIGITS: Final = 18  # which always fit into 64 bits

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_EXACT: Final = Context(prec=MOST_DIGITS, traps=[Inexact, InvalidOperation])


def _is_sqlite(dialect: sa.Dialect) -> bool:
    return dialect.name == "sqlite"


def microseconds(value: datetime) -> int:
    """Return the instant as whole microseconds since 1970, in UTC."""
    return (value - _EPOCH) // _MICROSECOND


def instant(count: int) -> datetime:
    """Return the instant that many microseconds after the first of 1970, in UTC."""
    return _EPOCH + timedelta(microseconds=count)


class Scaled(TypeDecorator[Decimal]):
    """Decimals as they meet others in an expression, with a fixed number of digits.

    SQLite has no decimals; there they are whole numbers of the last digit: 29.33 is 2933.
    """

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = sa.Numeric
    cache_ok: bool | None = True

    def __init__(self, scale: int) -> None:
        """Make the type of decimals with *scale* digits behind the point."""
        super().__init__()
        self.scale = scale

    def load_dialect_impl(self, dialect: sa.Dialect) -> TypeEngine[Any]:
        """Return what they stand as in a database."""
        return dialect.type_descriptor(sa.BigInteger() if _is_sqlite(dialect) else sa.Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: sa.Dialect) -> Any:  # noqa: ANN401 - as the database keeps it
        """Return what stands for *value*."""
        if value is None or not _is_sqlite(dialect):
            return value
        return int(_EXACT.scaleb(value, self.scale))

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Decimal | None:  # noqa: ANN401
        """Return the value for what stands in the database."""
        if value is not None and _is_sqlite(dialect):
            value = _EXACT.scaleb(Decimal(value), -self.scale)
        return cast("Decimal | None", value)


class FixedDecimal(Scaled):
    """Decimals with a fixed number of digits behind the point, never kept as floats.

    They stand as ``NUMERIC(18, scale)`` in PostgreSQL, and in SQLite, which has no decimals, as
    whole numbers of the last digit: 29.33 as 2933. NaN is missing, and stands as NULL. What
    has more digits is refused, not rounded.

    .. versionadded:: 0.1.0
    """

    cache_ok: bool | None = True

    def __init__(self, scale: int = 2) -> None:
        """Make the type of decimals with *scale* digits behind the point.

        Args:
            scale: From 0 to 18; there are at most 18 digits on both sides of the point.

        Raises:
            InvalidValueError: If *scale* lies outside.
        """
        if not 0 <= scale <= MOST_DIGITS:
            raise InvalidValueError("scale", scale, f"be from 0 to {MOST_DIGITS}")
        super().__init__(scale)

    def load_dialect_impl(self, dialect: sa.Dialect) -> TypeEngine[Any]:
        """Return what they stand as in a database."""
        if _is_sqlite(dialect):
            return dialect.type_descriptor(sa.BigInteger())
        return dialect.type_descriptor(sa.Numeric(MOST_DIGITS, self.scale))

    def process_bind_param(self, value: Decimal | None, dialect: sa.Dialect) -> Any:  # noqa: ANN401
        """Return what stands for *value*."""
        if value is None or value != value:  # noqa: PLR0124 - NaN differs from itself
            return None
        try:
            last_digit = Decimal(1).scaleb(-self.scale)
            exact = _EXACT.quantize(Decimal(value), last_digit)
        except DecimalException:
            rule = f"have at most {self.scale} digits behind the point, and {MOST_DIGITS} in all"
            raise InvalidValueError("decimal", value, rule) from None
        return super().process_bind_param(exact, dialect)


class Instant(TypeDecorator[datetime]):
    """Aware datetimes, to the microsecond.

    They stand as ``TIMESTAMP WITH TIME ZONE`` in PostgreSQL, and in SQLite, which has none, as
    whole microseconds since 1970-01-01T00:00:00Z. They come back in UTC; naive ones are refused.

    .. versionadded:: 0.1.0
    """

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = sa.DateTime
    cache_ok: bool | None = True

    def __init__(self) -> None:
        """Make the type."""
        super().__init__(timezone=True)

    def load_dialect_impl(self, dialect: sa.Dialect) -> TypeEngine[Any]:
        """Return what it stands as in a database."""
        is_sqlite = _is_sqlite(dialect)
        return dialect.type_descriptor(sa.BigInteger() if is_sqlite else sa.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> Any:  # noqa: ANN401
        """Return what stands for *value*."""
        value = optional_utc(value, "instant")
        return microseconds(value) if value and _is_sqlite(dialect) else value

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:  # noqa: ANN401
        """Return the value for what stands in the database."""
        if value is not None and _is_sqlite(dialect):
            return instant(value)
        return optional_utc(value, "instant")


class Count(Instant):
    """Instants as a store keeps them: whole microseconds since 1970, in every database."""

    cache_ok: bool | None = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> TypeEngine[Any]:
        """Return what it stands as in a database."""
        return dialect.type_descriptor(sa.BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> Any:  # noqa: ANN401
        """Return what stands for *value*."""
        del dialect
        return None if value is None else microseconds(value)


class TextSet(TypeDecorator[frozenset[str]]):
    """Sets of texts.

    They stand as ``TEXT[]`` in PostgreSQL, and in SQLite, which has no lists, as a list in JSON;
    both are sorted.

    .. versionadded:: 0.1.0
    """

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = sa.Text
    cache_ok: bool | None = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> TypeEngine[Any]:
        """Return what it stands as in a database."""
        is_sqlite = _is_sqlite(dialect)
        return dialect.type_descriptor(sa.Text() if is_sqlite else sa.ARRAY(sa.Text))

    def process_bind_param(self, value: Collection[str] | None, dialect: sa.Dialect) -> Any:  # noqa: ANN401
        """Return what stands for *value*."""
        if isinstance(value, str):
            raise InvalidValueError("set", value, "be a set of texts, not one text")
        if value is None:
            return None
        listed = sorted(set(value))
        return to_json(listed) if _is_sqlite(dialect) else listed

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> frozenset[str] | None:  # noqa: ANN401
        """Return the value for what stands in the database."""
        if value is None:
            return None
        return frozenset(from_json(list[str], value) if _is_sqlite(dialect) else value)
