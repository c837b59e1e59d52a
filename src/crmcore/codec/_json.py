"""JSON text to objects, within limits."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from crmcore.errors import Fault, FaultsError

from ._from_data import from_data
from ._limits import Numbers, decoded, refuse_depth

T = TypeVar("T")


def from_json(cls: type[T], text: str | bytes, *, source: str = "JSON") -> T:
    """Return the object of type *cls* that JSON text describes, read as `from_data` says.

    The text may come from anybody: more than 16 MiB, nesting deeper than 32, a name that comes
    twice in one object, NaN, and numbers of more than 30 digits are refused.

    Args:
        cls: What to read.
        text: The text, or its bytes in UTF-8.
        source: How to call the text in a message.

    Raises:
        FaultsError: With every fault.

    .. versionadded:: 0.1.0
    """
    return from_data(cls, _parse(decoded(text, source), source), source=source)


def _parse(text: str, source: str) -> Any:  # noqa: ANN401
    refuse_depth(text, source, is_toml=False)
    numbers = Numbers()
    twice: list[Fault] = []

    def table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            problem = "comes twice in one object; keep one of them"
            twice.extend(Fault(name, problem) for name in found if names.count(name) > 1)
        return found

    try:
        data = json.loads(
            text,
            object_pairs_hook=table,
            parse_int=numbers.whole,
            parse_float=numbers.exact,
            parse_constant=numbers.exact,
        )
    except json.JSONDecodeError as error:
        problem = error.msg[0].lower() + error.msg[1:]
        fault = Fault(f"line {error.lineno}, column {error.colno}", problem)
        raise FaultsError(source, [fault]) from None
    if faults := [*twice, *numbers.faults]:
        raise FaultsError(source, faults)
    return data
