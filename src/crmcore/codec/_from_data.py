"""Objects from plain data."""

from __future__ import annotations

import types
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from enum import Enum
from functools import cache, partial
from typing import (
    Any,
    Final,
    Literal,
    NoReturn,
    TypeAlias,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import attrs
from cattrs import Converter

from crmcore import notation
from crmcore.criteria import Criterion, Predicates
from crmcore.errors import CrmError, Fault, FaultsError
from crmcore.kernel import Money, Undefined
from crmcore.measures import Measure
from crmcore.privacy import holds_personal

from ._collections import Choice, Reader, read_by_name, read_each, read_either, read_row, read_table
from ._discreet import read_discreetly
from ._faulty import Faulty, as_error, under, unknown_type
from ._measures import read_measure
from ._record import Field, fields_of, read_record
from ._scalars import SCALARS, read_literal, read_word
from ._typed import read_typed
from ._undefined import UndefinedData

T = TypeVar("T")
_Maker: TypeAlias = Callable[[Any, Predicates], Reader]

_UNIONS: Final = {Union, types.UnionType}


def from_data(
    cls: type[T],
    data: object,
    *,
    source: str = "data",
    predicates: Predicates | None = None,
) -> T:
    """Return the object of type *cls* that plain data describes.

    Data is read strictly: a number is no text, 5.0 is no whole number, an instant carries its
    zone, and a field that *cls* does not have is refused with the nearest one that it has.
    Exact numbers come as text, whole numbers or decimals, never as floats.

    A field of type ``object`` holds a value of any kind, which the data tells: text, yes or no
    and whole numbers as they are, others as ``{"decimal": "1.50"}`` or ``{"date": …}``.

    A list of records of a text and a whole number, such as skills with levels, may also be
    written as a table: ``{"negotiation": 4}``.

    Args:
        cls: An attrs class, an enumeration, a scalar, or a collection of these.
        data: Mappings, lists, text, numbers, booleans, None, dates and datetimes.
        source: How to call the data in a message.
        predicates: The plugin predicates that criteria in it may ask; none unless stated.

    Raises:
        FaultsError: With every fault, each under a path such as ``members[3].skills[0].level``. Of
            what stands in a personal field, or in the place of somebody's record, it tells the
            kind and the length.
        InvalidValueError: If data cannot be read as *cls* at all.

    .. versionadded:: 0.1.0
    """
    target: Any = cls
    read = reader(target, predicates or Predicates())
    try:
        value: T = read(data)
    except (Faulty, CrmError) as error:
        refusal = as_error(source, under("", error))
    else:
        return value
    raise refusal  # out here it carries no errors along that know more than it tells


@cache
def reader(cls: Any, known: Predicates) -> Reader:  # noqa: ANN401 - whatever a field is annotated with
    """Return the function that reads data as *cls*, with the predicates that are known."""
    hook = _converter(known).get_structure_hook(cls)
    if holds_personal(cls):
        return partial(read_discreetly, lambda data: hook(data, cls))
    return lambda data: hook(data, cls)


@cache
def _converter(known: Predicates) -> Converter:
    """Return the converter that finds the reader for a type.

    cattrs knows optional types, new types, aliases and the like; how each kind of data is read
    is said here, because every fault is to be told, with its path.
    """
    converter = Converter(structure_fallback_factory=_refuse_type)
    for scalar, read in SCALARS.items():
        converter.register_structure_hook(scalar, partial(_read_scalar, read))
    for applies, make in _MAKERS:  # the last that applies is taken
        converter.register_structure_hook_factory(applies, partial(_hook, make, known))
    return converter


def _refuse_type(cls: Any) -> NoReturn:  # noqa: ANN401
    raise unknown_type(cls)


def _hook(make: _Maker, known: Predicates, cls: Any) -> Callable[[Any, Any], Any]:  # noqa: ANN401
    read = make(cls, known)
    return lambda data, _: read(data)


def _read_scalar(read: Reader, data: object, cls: type[Any]) -> object:
    # An enumeration of words is a kind of text too, and cattrs takes it here for one.
    return read_word(cls, data) if issubclass(cls, Enum) else read(data)


def _list(cls: Any, known: Predicates) -> Reader:  # noqa: ANN401
    items = get_args(cls)
    make = list if get_origin(cls) is list else tuple
    if get_origin(cls) is tuple and items[-1] is not Ellipsis:
        reads = [reader(item, known) for item in items]
        return lambda data: tuple(read_row(reads, data))
    item, read = items[0], reader(items[0], known)
    if attrs.has(item) and _counts_something(item):
        return lambda data: make(read_by_name(item, read, data))
    return lambda data: make(read_each(read, data))


def _counts_something(cls: type[Any]) -> bool:
    """Say whether a record is a word and a whole number, which a table tells more shortly."""
    name, *rest = get_type_hints(cls).values()
    return rest == [int] and isinstance(name, type) and issubclass(name, str)


def _set(cls: Any, known: Predicates) -> Reader:  # noqa: ANN401
    read = reader(get_args(cls)[0], known)
    make = set if get_origin(cls) is set else frozenset
    return lambda data: make(read_each(read, data))


def _table(cls: Any, known: Predicates) -> Reader:  # noqa: ANN401
    read_key, read_value = (reader(each, known) for each in get_args(cls))
    return lambda data: read_table(read_key, read_value, data)


def _either(cls: Any, known: Predicates) -> Reader:  # noqa: ANN401
    choices = [Choice(kind, _names(kind), reader(kind, known)) for kind in get_args(cls)]
    return lambda data: read_either(choices, data)


def _names(cls: Any) -> frozenset[str] | None:  # noqa: ANN401
    if cls is Undefined:
        cls = UndefinedData
    return frozenset(fields_of(cls)) if attrs.has(cls) else None


def _literal(cls: Any, _: Predicates) -> Reader:  # noqa: ANN401
    return partial(read_literal, get_args(cls))


def _record(cls: type[Any], known: Predicates) -> Reader:
    # The fields are looked at with the first data, because a record may hold its like.
    target: Any = cls
    return lambda data: read_record(cls, _fields(target, known), data)


def _undefined(_: type[Undefined], known: Predicates) -> Reader:
    target: Any = UndefinedData
    return lambda data: read_record(UndefinedData, _fields(target, known), data).value


@cache
def _fields(cls: type[Any], known: Predicates) -> dict[str, Field]:
    return {
        name: Field(attribute, reader(annotation, known))
        for name, (attribute, annotation) in fields_of(cls).items()
    }


def _has_origin(origins: Collection[Any]) -> Callable[[Any], bool]:
    return lambda cls: get_origin(cls) in origins


def _is_choice(cls: Any) -> bool:  # noqa: ANN401
    given = [choice for choice in get_args(cls) if choice is not type(None)]
    return get_origin(cls) in _UNIONS and len(given) > 1


def _is_subclass(base: type[Any]) -> Callable[[Any], bool]:
    return lambda cls: isinstance(cls, type) and issubclass(cls, base)


def _typed(_: type[object], known: Predicates) -> Reader:
    return partial(read_typed, reader(Money, known), reader(Undefined, known))


def _is_measure(cls: Any) -> bool:  # noqa: ANN401
    kinds = get_args(cls) if get_origin(cls) in _UNIONS else (cls,)
    return all(isinstance(kind, type) and issubclass(kind, Measure) for kind in kinds)


def _measure(_: Any, known: Predicates) -> Reader:  # noqa: ANN401
    def read_fields(cls: type[Any]) -> Reader:
        target: Any = cls
        return lambda data: read_record(cls, _fields(target, known), data)

    return partial(read_measure, read_fields)


def _criterion(predicates: Predicates | None, data: Any) -> Criterion:  # noqa: ANN401 - whatever stands there
    try:
        return notation.from_data(data, predicates=predicates)
    except FaultsError as error:
        # What is wrong with the whole of it is wrong right here, and needs no path.
        found = [
            Fault("", fault.problem) if fault.path == "criterion" else fault
            for fault in error.faults
        ]
        raise Faulty(found) from None


_MAKERS: Final[tuple[tuple[Callable[[Any], bool], _Maker], ...]] = (
    (_has_origin({Literal}), _literal),
    (_has_origin({tuple, list, Sequence, Collection, Iterable}), _list),
    (_has_origin({set, frozenset, AbstractSet}), _set),
    (_has_origin({dict, Mapping}), _table),
    (_is_choice, _either),
    (_is_subclass(Enum), lambda cls, _: partial(read_word, cls)),
    (attrs.has, _record),
    (_is_measure, _measure),
    (_is_subclass(Undefined), _undefined),
    (_is_subclass(Criterion), lambda _, known: partial(_criterion, known)),
    (lambda cls: cls is object, _typed),
)
