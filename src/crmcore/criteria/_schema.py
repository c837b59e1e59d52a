"""Schemas: the fields that criteria may read, with the type of each."""

from __future__ import annotations

import types
import typing
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Final, TypeAlias, Union, get_args, get_origin, get_type_hints
from typing import Literal as OneOf

import attrs

from crmcore.errors import Fault, FaultsError, InvalidValueError, UnknownNameError
from crmcore.kernel import Undefined

from ._check import Check
from ._column import Column, Number, bounded
from ._criterion import Criterion
from ._fit import Fit
from ._operands import Kind, field_name

_KINDS: Final[dict[object, Kind]] = {
    bool: Kind.BOOL,
    int: Kind.INT,
    Decimal: Kind.DECIMAL,
    float: Kind.FLOAT,
    str: Kind.TEXT,
    datetime: Kind.DATETIME,
    date: Kind.DATE,
}
_SETS: Final = {frozenset, set, tuple, list, Collection, Sequence, AbstractSet}
_NO_VALUE: Final = {type(None), Undefined}
_OTHER: Final = Column(Kind.OTHER)

Source: TypeAlias = "type | Mapping[str, Any]"


@attrs.frozen
class Schema:
    """The fields that a criterion may read, each with its type and its allowed words.

    It is derived from the class of the records, so that nothing is declared twice, and it
    refuses a criterion before it runs.

    Attributes:
        columns: The fields with their types, sorted by name.

    .. versionadded:: 0.1.0
    """

    columns: tuple[tuple[str, Column], ...]
    _by_name: dict[str, Column] = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Index the fields by name."""
        object.__setattr__(self, "_by_name", dict(self.columns))

    @classmethod
    def of(cls, *sources: Source, **fields: Any) -> Schema:  # noqa: ANN401 - any annotation
        """Return the schema of records.

        Args:
            sources: attrs classes, whose fields and annotated properties it takes, or
                mappings from names to types.
            fields: More fields, by name; a type is what would annotate the field:
                ``tier=str | None``, ``stage=Stage``, ``tags=frozenset[str]``.

        Raises:
            InvalidValueError: If a source is no attrs class, or an annotation of it does not
                resolve at run time.
        """
        found: dict[str, Column] = {}
        for source in (*sources, fields):
            hints = source if isinstance(source, Mapping) else _annotations(source)
            for name, annotation in hints.items():
                found[field_name(name)] = column_of(annotation)
        return cls(tuple(sorted(found.items())))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the fields, sorted."""
        return tuple(self._by_name)

    def __contains__(self, name: object) -> bool:
        """Say whether there is a field of this name."""
        return name in self._by_name

    def __getitem__(self, name: str) -> Column:
        """Return the type of a field.

        Raises:
            UnknownNameError: If there is no such field; the message suggests the nearest.
        """
        try:
            return self._by_name[name]
        except KeyError:
            raise UnknownNameError("field", name, self._by_name) from None

    def bounded(self, **bounds: tuple[Number | None, Number | None]) -> Schema:
        """Return the schema with bounds for some of its numbers.

        They are a promise about the records, and what the check leans on when it proves that no
        number leaves the range in which all engines are exact.

        Args:
            bounds: The least and the greatest value of each field, or None for the widest:
                ``visits=(0, 10_000)``. A decimal with more digits after the point than the field
                has, as in ``rate=(0, Decimal("1.0000"))``, gives the field as many.

        Raises:
            UnknownNameError: If there is no such field.
            InvalidValueError: If the field is no number, or the bounds are of another kind, too
                wide for it, or not in order.
        """
        columns = dict(self.columns)
        for name, (low, high) in bounds.items():
            columns[name] = bounded(self[name], low, high, name=name)
        return Schema(tuple(columns.items()))

    def fit(self, criterion: Criterion) -> Criterion:
        """Return the criterion with each number in the kind of the field that it meets.

        JSON knows no decimals, and TOML may be read without floats: ``12.5`` beside a decimal
        becomes ``Decimal("12.5")``, and beside a float the other way round. What is in order
        stays as it is; so does what cannot fit, and is a fault.
        """
        return criterion.fold(Fit(self._by_name))

    def faults(self, criterion: Criterion, *, path: str = "") -> tuple[Fault, ...]:
        """Return everything that is wrong with a criterion over these fields.

        Args:
            criterion: The criterion.
            path: Where the criterion stands, to begin the path of each fault.

        Raises:
            InvalidValueError: If it is no criterion.
        """
        if not isinstance(criterion, Criterion):
            rule = "be a Criterion; crmcore.notation.from_text makes one of text"
            raise InvalidValueError("criterion", criterion, rule)
        try:
            criterion.size.check()
        except InvalidValueError as error:
            return (Fault(path or "criterion", str(error)),)
        found = criterion.fold(Check(self._by_name))
        return tuple(
            Fault(".".join(filter(None, (path, fault.path))), fault.problem) for fault in found
        )

    def check(self, criterion: Criterion, *, path: str = "") -> None:
        """Refuse a criterion that cannot run over these fields.

        Raises:
            FaultsError: With everything that is wrong with it, each with its path.
        """
        faults = self.faults(criterion, path=path)
        if faults:
            raise FaultsError("criterion", faults)


def _annotations(source: type) -> dict[str, Any]:
    if not attrs.has(source):
        raise InvalidValueError("schema", source, "be made of attrs classes or mappings")
    try:
        hints = get_type_hints(source)
        found = {field.name: hints[field.name] for field in attrs.fields(source)}
        for name in dir(source):
            member = getattr(source, name)
            if isinstance(member, property) and not name.startswith("_"):
                found[name] = get_type_hints(member.fget).get("return", object)
    except NameError as error:
        rule = f"have annotations that resolve at run time; {error.name} does not"
        raise InvalidValueError("schema", source.__name__, rule) from None
    return {name: hint for name, hint in found.items() if not name.startswith("_")}


def column_of(annotation: Any) -> Column:  # noqa: ANN401, PLR0911 - one answer for each form of type
    if isinstance(annotation, typing.NewType):
        return column_of(annotation.__supertype__)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return column_of(arguments[0])
    if origin in {Union, types.UnionType}:
        return _union(arguments)
    if origin is OneOf:
        return _words(arguments)
    if origin in _SETS:
        texts = bool(arguments) and column_of(arguments[0]).kind is Kind.TEXT
        return Column(Kind.TEXTS) if texts else _OTHER
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        # A member that is no text equals none, whatever its value is.
        return _words(
            [member.value if isinstance(member, str) else member for member in annotation]
        )
    return Column(_KINDS[annotation]) if annotation in _KINDS else _OTHER


def _union(arguments: tuple[Any, ...]) -> Column:
    columns = {column_of(argument) for argument in arguments if argument not in _NO_VALUE}
    nullable = any(argument in _NO_VALUE for argument in arguments)
    if len(columns) == 1:
        return attrs.evolve(columns.pop(), nullable=nullable)
    return Column(Kind.OTHER, nullable=nullable)


def _words(values: Sequence[object]) -> Column:
    if all(isinstance(value, str) for value in values):
        return Column(Kind.TEXT, words=tuple(sorted(map(str, values))))
    return _OTHER
