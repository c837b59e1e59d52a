"""The plain form of a criterion, and its fingerprint."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeAlias

from ._back_end import Arithmetic, Comparison, Function, Match
from ._operands import Scalar
from ._predicate import Predicate

PlainData: TypeAlias = "bool | int | float | str | list[PlainData] | dict[str, PlainData]"


def plain_scalar(value: Scalar) -> PlainData:
    """Return a constant as JSON has it; what JSON lacks becomes an object that names it."""
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, datetime):
        return {"datetime": value.astimezone(UTC).isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return value


class Plain:
    """The back end that gives each part its plain form."""

    def field(self, name: str) -> PlainData:
        return {"field": name}

    def literal(self, value: Scalar) -> PlainData:
        return plain_scalar(value)

    def as_of(self, *, months: int, days: int) -> PlainData:
        by: dict[str, PlainData] = {}
        if months:
            by["months"] = months
        if days:
            by["days"] = days
        return {"shift": [{"param": "as_of"}, by]} if by else {"param": "as_of"}

    def arithmetic(self, op: Arithmetic, left: PlainData, right: PlainData) -> PlainData:
        return {op: [left, right]}

    def call(self, function: Function, arguments: Sequence[PlainData]) -> PlainData:
        return {function: arguments[0] if len(arguments) == 1 else list(arguments)}

    def compare(self, op: Comparison, left: PlainData, right: PlainData) -> PlainData:
        return {op: [left, right]}

    def is_in(self, field: PlainData, values: tuple[Scalar, ...]) -> PlainData:
        return {"in": [field, [plain_scalar(value) for value in values]]}

    def match(self, op: Match, field: PlainData, text: str) -> PlainData:
        return {op: [field, text]}

    def has(self, field: PlainData, text: str) -> PlainData:
        return {"has": [field, text]}

    def is_missing(self, field: PlainData) -> PlainData:
        return {"is_null": field}

    def all_of(self, parts: Sequence[PlainData]) -> PlainData:
        return {"all": list(parts)}

    def any_of(self, parts: Sequence[PlainData]) -> PlainData:
        return {"any": list(parts)}

    def negate(self, part: PlainData) -> PlainData:
        return {"not": part}

    def unless(self, part: PlainData) -> PlainData:
        return {"unless": part}

    def named(self, name: str, part: PlainData) -> PlainData:
        return {"named": [name, part]}

    def apply(
        self, predicate: Predicate, _inputs: Sequence[PlainData], arguments: Mapping[str, Scalar]
    ) -> PlainData:
        given = {name: plain_scalar(value) for name, value in arguments.items()}
        return {"call": [predicate.name, given, predicate.version]}


def fingerprint_of(data: PlainData | Mapping[str, PlainData]) -> str:
    """Return the SHA-256 of the canonical JSON text: sorted keys, no blanks."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()
