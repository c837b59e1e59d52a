"""Orders that pages can go by, and the cursors that lead from one page to the next."""

from __future__ import annotations

import base64
import binascii
import types
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

import attrs

from crmcore.codec import from_data, from_json, to_data, to_json
from crmcore.errors import FaultsError, InvalidCursorError, InvalidValueError, UnknownNameError
from crmcore.privacy import personal_fields
from crmcore.repositories import Order

from ._storable import LARGEST, is_storable

_UNIONS: Final = {Union, types.UnionType}
_ORDERED: Final = (str, int, date, datetime, Enum)  # a bool is an int
_FORM: Final = 1
_LONGEST: Final = 4_096
_RULE: Final = "be by text, whole numbers, days, instants, enumerations or booleans"


@attrs.frozen(kw_only=True)
class _Cursor:
    """What a cursor says.

    Attributes:
        form: The version of this form.
        kind: The name of the kind of records.
        order: The order, as text.
        place: The values of the fields of the order, and an id, of the last record.
    """

    form: int
    kind: str
    order: tuple[str, ...]
    place: tuple[str | int | bool | None, ...]


def orders(record: type[Any], order: Sequence[str | Order]) -> tuple[Order, ...]:
    """Return the order that a page of records goes by.

    Raises:
        InvalidValueError: If a field has no order, is personal, or comes twice.
        UnknownNameError: If there is no such field.
    """
    if isinstance(order, str | Order):
        raise InvalidValueError("order", order, "be a list of names, also of a single one")
    found = tuple(map(Order.of, order))
    kinds = _kinds(record)  # type: ignore[arg-type]  # a class can be hashed
    for by in found:
        if by.field not in kinds:
            raise UnknownNameError("field", by.field, kinds)
        if by.field in personal_fields(record):
            raise InvalidValueError("order", by.field, "not be by personal data: cursors travel")
        if kinds[by.field] is None:
            raise InvalidValueError("order", by.field, _RULE)
    names = [by.field for by in found]
    if len(set(names)) < len(names):
        raise InvalidValueError("order", ", ".join(names), "name each field once")
    return found


def cursor_at(kind: str, order: Sequence[Order], place: Sequence[Any]) -> str:
    """Return the cursor that leads on behind *place*."""
    plain: Any = to_data(list(place))
    said = _Cursor(form=_FORM, kind=kind, order=tuple(map(str, order)), place=tuple(plain))
    return base64.urlsafe_b64encode(to_json(said).encode()).decode().rstrip("=")


def place_of(kind: str, record: type[Any], order: Sequence[Order], cursor: str) -> tuple[Any, ...]:
    """Return the place that *cursor* leads on behind.

    Raises:
        InvalidCursorError: If it is none, or one of another kind or order.
    """
    said = _read(cursor)
    if said.kind != kind:
        raise InvalidCursorError(f"is one of {said.kind}, not of {kind}")
    if said.order != tuple(map(str, order)):
        before = ", ".join((*said.order, "id"))
        raise InvalidCursorError(f"belongs to the order {before}")
    known = _kinds(record)  # type: ignore[arg-type]  # a class can be hashed
    kinds = [*(known[by.field] for by in order), str]
    try:
        place = tuple(
            None if value is None else from_data(kind_of, value)
            for kind_of, value in zip(kinds, said.place, strict=True)
        )
    except (ValueError, FaultsError):
        raise InvalidCursorError("was altered") from None
    if place[-1] is None or not all(map(_is_of_a_record, place)):
        raise InvalidCursorError("was altered")
    return place


def _is_of_a_record(value: Any) -> bool:  # noqa: ANN401 - of a kind that has an order
    """Say whether a record can hold *value*, so that a store may be asked what is behind it."""
    if isinstance(value, str):
        return is_storable(value)
    return not isinstance(value, int) or abs(value) <= LARGEST


def _read(cursor: str) -> _Cursor:
    if not isinstance(cursor, str) or len(cursor) > _LONGEST:
        raise InvalidCursorError(f"is no text of at most {_LONGEST} characters")
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        said = from_json(_Cursor, text)
    except (binascii.Error, ValueError, FaultsError):
        raise InvalidCursorError("is none that a page has given") from None
    if said.form != _FORM:
        raise InvalidCursorError("is one of another version of crmcore")
    return said


@lru_cache
def _kinds(record: type[Any]) -> Mapping[str, Any]:
    """Return for each field the type of its values, as cursors hold them, if they have an order."""
    hints = get_type_hints(record)
    return {field.name: _ordered(hints[field.name]) for field in attrs.fields(record)}


def _ordered(annotation: Any) -> Any:  # noqa: ANN401 - whatever a field is of
    choices = get_args(annotation) if get_origin(annotation) in _UNIONS else (annotation,)
    kinds = [choice for choice in choices if choice is not type(None)]
    kind = kinds[0]
    while hasattr(kind, "__supertype__"):
        kind = kind.__supertype__
    if len(kinds) > 1 or not isinstance(kind, type) or not issubclass(kind, _ORDERED):
        return None
    return str if issubclass(kind, Enum) else kind
