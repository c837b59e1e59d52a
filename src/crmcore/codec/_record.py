"""Records from data: every field read, every fault told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, TypeAlias, get_type_hints

import attrs

from crmcore.checks import PERSONAL
from crmcore.errors import CrmError, Fault, UnknownNameError

from ._faulty import Faulty, of_field, refused, under, withheld

Reader: TypeAlias = Callable[[Any], Any]

_NAME = re.compile(r"[.\[]")  # what the name of a field ends at


@attrs.frozen
class Field:
    """A field of a record, and how its data is read."""

    attribute: attrs.Attribute[Any]
    read: Reader

    @property
    def is_personal(self) -> bool:
        """Whether it holds personal data, which no fault may tell."""
        return PERSONAL in self.attribute.metadata

    @property
    def is_required(self) -> bool:
        """Whether a record cannot do without it."""
        return self.attribute.default is attrs.NOTHING


def fields_of(cls: type[Any]) -> dict[str, tuple[attrs.Attribute[Any], Any]]:
    """Return the fields that a caller states, with their types, by their names in data."""
    hints = get_type_hints(cls)
    return {
        str(attribute.alias): (attribute, hints[attribute.name])
        for attribute in attrs.fields(cls)
        if attribute.init
    }


def read_record(cls: type[Any], fields: Mapping[str, Field], data: object) -> Any:  # noqa: ANN401
    """Return the record that *data* describes.

    Raises:
        Faulty: With the faults of all fields, and of the record as a whole.
    """
    if not isinstance(data, Mapping):
        raise refused(data, f"be a table of the fields of {_called(cls)}")
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, value in data.items():
        if name not in fields:
            problem = str(UnknownNameError("field", str(name), fields))
            faults.append(Fault(str(name), problem))
            continue
        try:
            values[name] = fields[name].read(value)
        except (Faulty, CrmError) as error:
            faults += _discreet(under(name, error), fields)
    for name, field in fields.items():
        if field.is_required and name not in data:
            faults.append(Fault(name, "is missing; state it"))
    if not faults:
        try:
            return cls(**values)
        except CrmError as error:
            faults = [*_refusals(cls, fields, values)] or under("", error)
            raise Faulty(_discreet(faults, fields)) from None
    raise Faulty([*faults, *_discreet(_refusals(cls, fields, values), fields)])


def _discreet(faults: Iterable[Fault], fields: Mapping[str, Field]) -> list[Fault]:
    """Return the faults without the values of personal fields."""
    told: list[Fault] = []
    for fault in faults:
        name = _NAME.split(fault.path, maxsplit=1)[0]
        is_personal = name in fields and fields[name].is_personal
        told.append(withheld(fault, name) if is_personal else fault)
    return told


def _called(cls: type[Any]) -> str:
    name = cls.__name__
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"


def _refusals(
    cls: type[Any], fields: Mapping[str, Field], values: Mapping[str, Any]
) -> Iterator[Fault]:
    """Yield what each field's own converter and validators refuse.

    Building the record stops at the first refusal. So a draft of it, which nobody else sees,
    is filled field by field; a check that looks at a field that has no value is left out.
    """
    draft = object.__new__(cls)
    for name, field in fields.items():
        if name in values or not field.is_required:
            try:
                with suppress(AttributeError):  # a default made from a field without a value
                    _fill(draft, field.attribute, values.get(name, attrs.NOTHING))
            except CrmError as error:
                yield from of_field(name, error, fields)
    for name, field in fields.items():
        check = field.attribute.validator
        if check is not None and hasattr(draft, field.attribute.name):
            try:
                with suppress(AttributeError):
                    check(draft, field.attribute, getattr(draft, field.attribute.name))
            except CrmError as error:
                yield from of_field(name, error, fields)


def _fill(draft: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if value is attrs.NOTHING:
        default: Any = attribute.default
        value = default
        if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
            value = default.factory(draft) if default.takes_self else default.factory()
    convert: Any = attribute.converter
    takes_field = isinstance(convert, attrs.Converter)
    if takes_field:
        value = convert(value, draft, attribute)
    elif convert is not None:
        value = convert(value)
    object.__setattr__(draft, attribute.name, value)
