"""Collections from data: lists, tables by name, and either of several types."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import attrs

from crmcore.errors import CrmError, Fault

from ._faulty import Faulty, refused, under

Reader: TypeAlias = Callable[[Any], Any]


def read_each(read: Reader, data: object) -> list[Any]:
    """Read a list whose items are all alike."""
    if not isinstance(data, list | tuple):
        raise refused(data, "be a list")
    return _gather((f"[{place}]", read, item) for place, item in enumerate(data))


def read_row(reads: Sequence[Reader], data: object) -> list[Any]:
    """Read a list of as many items as *reads*, each in its own way."""
    if not isinstance(data, list | tuple) or len(data) != len(reads):
        raise refused(data, f"be a list of {len(reads)} items")
    return _gather((f"[{n}]", reads[n], item) for n, item in enumerate(data))


def read_table(read_key: Reader, read_value: Reader, data: object) -> dict[Any, Any]:
    """Read a table whose names and values are all alike."""
    if not isinstance(data, Mapping):
        raise refused(data, "be a table")

    def read(pair: tuple[object, object]) -> tuple[Any, Any]:
        return read_key(pair[0]), read_value(pair[1])

    return dict(_gather((str(pair[0]), read, pair) for pair in data.items()))


def read_by_name(cls: type[Any], read: Reader, data: object) -> list[Any]:
    """Read records of two fields from a list, or from a table of the first to the second.

    ``{negotiation = 4}`` is short for ``[{skill = "negotiation", level = 4}]``.
    """
    if not isinstance(data, Mapping):
        return read_each(read, data)
    first, second = (field.name for field in attrs.fields(cls))
    return _gather((str(key), read, {first: key, second: value}) for key, value in data.items())


@attrs.frozen
class Choice:
    """One of several types that a field takes.

    Attributes:
        kind: The type.
        names: The names of its fields; None where it is no record.
        read: How it is read.
    """

    kind: Any
    names: frozenset[str] | None
    read: Reader


def read_either(choices: Sequence[Choice], data: object) -> Any:  # noqa: ANN401
    """Read data as one of several types.

    A table is read as the record that differs least in the names of its fields. Other data is
    read as the type that it already has; text, which may stand for much, and whatever is left
    is read as the first type that takes it.
    """
    if isinstance(data, Mapping):
        records = [(choice.names, choice.read) for choice in choices if choice.names is not None]
        if records:
            _, read = min(records, key=lambda record: len(record[0] ^ data.keys()))
            return read(data)
    same = [choice for choice in choices if choice.kind is type(data) and choice.kind is not str]
    for choice in (*same, *choices):
        try:
            return choice.read(data)
        except (Faulty, CrmError):
            continue
    raise refused(data, "be of one of the types that the field takes")


def _gather(items: Iterable[tuple[str, Reader, Any]]) -> list[Any]:
    values: list[Any] = []
    faults: list[Fault] = []
    for path, read, item in items:
        try:
            values.append(read(item))
        except (Faulty, CrmError) as error:
            faults += under(path, error)
    if faults:
        raise Faulty(faults)
    return values
