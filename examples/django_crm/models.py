"""Django models that are derived from the records.

Each has a column for every field that has an order, so that the database can sort and select by
it, and the whole record as JSON, from which it is read. ``manage.py makemigrations`` sees them as
it sees all models.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any, Final, TypeAlias, get_args, get_type_hints

import attrs
from django.db import models

from crmcore.codec import from_data, to_data
from crmcore.storage import RECORDS

Column: TypeAlias = Any  # Django carries no types

_COLUMNS: Final[Mapping[type, Column]] = {  # the first that fits
    bool: models.BooleanField,
    int: models.BigIntegerField,
    str: models.TextField,
    Enum: models.TextField,
    datetime: models.DateTimeField,
    date: models.DateField,
}
_SEARCHED: Final = ("customer", "member", "subject")


@attrs.frozen(kw_only=True)
class Kind:
    """How records of one kind are kept.

    Attributes:
        record: Their class.
        model: The Django model.
        columns: The column for each field that has one.
    """

    record: type[Any]
    model: Any
    columns: Mapping[str, str]

    def row(self, record: Any) -> dict[str, Any]:  # noqa: ANN401 - a record of this kind
        """Return what stands in the columns for a record."""
        values = {name: getattr(record, field) for field, name in self.columns.items()}
        plain = {name: v.value if isinstance(v, Enum) else v for name, v in values.items()}
        return plain | {"document": json.dumps(to_data(record), ensure_ascii=False)}

    def read(self, document: str) -> Any:  # noqa: ANN401 - as above
        """Return the record that a row was written for."""
        return from_data(self.record, json.loads(document))


def column_name(field: str) -> str:
    """Return the name of the column for a field; Django keeps ``id`` for keys of its own."""
    return "record_id" if field == "id" else field


def _column(hint: Any) -> Column | None:  # noqa: ANN401 - an annotation
    kinds = [kind for kind in get_args(hint) or [hint] if kind is not type(None)]
    kind = getattr(kinds[0], "__supertype__", kinds[0])  # what an id is in truth
    if len(kinds) > 1 or not isinstance(kind, type):
        return None
    return next((made(null=True) for of, made in _COLUMNS.items() if issubclass(kind, of)), None)


def _kind(table: str, record: type[Any]) -> Kind:
    hints = get_type_hints(record)
    made = {field.name: _column(hints[field.name]) for field in attrs.fields(record)}
    names = {field: column_name(field) for field, column in made.items() if column is not None}

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["tenant", "record_id"], name=f"{table}_key"),
        )
        indexes = tuple(
            models.Index(fields=["tenant", name, "record_id"], name=f"{table}_{name}")
            for name in names.values()
            if name in _SEARCHED
        )

    body = {name: made[field] for field, name in names.items()} | {
        "__module__": __name__,
        "Meta": Meta,
        "row": models.BigAutoField(primary_key=True),
        "tenant": models.TextField(),
        "document": models.TextField(),
    }
    model = type(record.__name__, (models.Model,), body)
    return Kind(record=record, model=model, columns=names)


KINDS: Final = {table: _kind(table, record) for table, record in RECORDS.items()}
"""Every kind of record that a store keeps, by the name of its table."""


class Event(models.Model):  # type: ignore[misc]  # as above
    """An event that was kept; SQLite numbers them in the order in which they were committed."""

    number = models.BigAutoField(primary_key=True)
    tenant = models.TextField(db_index=True)
    document = models.TextField()

    def __str__(self) -> str:
        """Return its number."""
        return f"event {self.number}"
