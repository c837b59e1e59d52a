"""Personal data: which fields hold it, what sort it is, and what erasing makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final, TypeVar

import attrs

from crmcore.checks import PERSONAL, Withheld, is_text
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import LabelledEnum

TOMBSTONE: Final = "[erased]"


class PersonalKind(LabelledEnum):
    """What sort of personal data a field holds.

    .. versionadded:: 0.1.0
    """

    NAME = "name", "name", "姓名"
    EMAIL = "email", "e-mail address", "电子邮箱"
    PHONE = "phone", "phone number", "电话号码"
    ADDRESS = "address", "address", "地址"
    POSITION = "position", "position", "职务"
    TEXT = "text", "free text", "自由文本"


class Erasure(LabelledEnum):
    """What erasing makes of the value of a field.

    .. versionadded:: 0.1.0
    """

    TOMBSTONE = "tombstone", "replaced by a placeholder", "替换为占位文本"
    NULL = "null", "removed", "清空"


@attrs.frozen
class Personal:
    """What a field says of the personal data that it holds.

    Attributes:
        kind: What sort of data it is.
        erase: What erasing makes of the value.
        placeholder: The text that takes the place of the value, where one does.

    .. versionadded:: 0.1.0
    """

    kind: PersonalKind
    erase: Erasure = Erasure.TOMBSTONE
    placeholder: str = attrs.field(default=TOMBSTONE, validator=is_text)


def personal(
    kind: PersonalKind | str,
    *,
    erase: Erasure | str = Erasure.TOMBSTONE,
    placeholder: str = TOMBSTONE,
) -> Mapping[str, Personal]:
    """Return the metadata of a field that holds personal data.

    Hand it to ``attrs.field`` together with `masked`: ``attrs.field(metadata=personal("email"),
    repr=masked)``. The validators of `crmcore.checks` keep the value of such a field out of
    their errors; stores refuse to sort by it.

    Args:
        kind: What sort of data it is, or its word.
        erase: What erasing makes of the value, or its word.
        placeholder: The text that takes the place of an erased value. It must satisfy the
            validators of the field.

    Raises:
        UnknownNameError: If there is no such kind or erasure.

    .. versionadded:: 0.1.0
    """
    declared = Personal(
        _word(PersonalKind, kind, "kind of personal data"),
        _word(Erasure, erase, "erasure"),
        placeholder,
    )
    return MappingProxyType({PERSONAL: declared})


_W = TypeVar("_W", bound=LabelledEnum)


def _word(words: type[_W], word: str, kind: str) -> _W:
    try:
        return words(word)
    except ValueError:
        raise UnknownNameError(kind, str(word), [known.value for known in words]) from None


def personal_fields(record_type: type[Any]) -> Mapping[str, Personal]:
    """Return the fields of a class that hold personal data, by name, in their order.

    Only attrs classes declare fields; any other class has none.

    Raises:
        InvalidValueError: If it is no class.

    .. versionadded:: 0.1.0
    """
    if not isinstance(record_type, type):
        raise InvalidValueError("record_type", Withheld.of(record_type), "be a class")
    known: Any = record_type
    return _declared(known)


@cache
def _declared(record_type: type[Any]) -> Mapping[str, Personal]:
    if not attrs.has(record_type):
        return MappingProxyType({})
    declared = {field.name: field.metadata.get(PERSONAL) for field in attrs.fields(record_type)}
    return MappingProxyType({name: found for name, found in declared.items() if found is not None})


def masked(value: object) -> str:
    """Return what the repr of a record shows instead of personal data; None stays ``None``.

    .. versionadded:: 0.1.0
    """
    return "None" if value is None else "<personal>"
