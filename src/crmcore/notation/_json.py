"""JSON text to plain data, within limits."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, Final

from crmcore.errors import Fault, FaultsError

from ._foreign import Numbers, decoded, refuse_depth
from ._limits import DEFAULT, Limits
from ._shown import shown

_LONGEST: Final = 64


def read_json(
    text: str | bytes, *, source: str = "JSON", exact: bool = False, limits: Limits | None = None
) -> Any:  # noqa: ANN401 - whatever the text says
    """Return the plain data of JSON text that anybody may have written.

    Text that is too long, nested too deep, or has numbers of absurd size, a name twice in one
    object, NaN or an infinity, is refused in a time linear in its length.

    Args:
        text: The text, or its bytes in UTF-8.
        source: How to call the text in a message.
        exact: Whether numbers with a point become decimals, and not floats.
        limits: How long and deep the text may be, and how many digits a number may have;
            those of `Limits` unless stated.

    Raises:
        FaultsError: With every fault; where the text is no JSON, with the line and the column.

    .. versionadded:: 0.1.0
    """
    limits = limits or DEFAULT
    content = decoded(text, source, limits)
    refuse_depth(content, source, limits, is_toml=False)
    numbers = Numbers(limits)
    twice: list[Fault] = []

    def table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            problem = "comes twice in one object; keep one of them"
            counts = Counter(name for name, _ in pairs)
            twice.extend(Fault(_path(name), problem) for name, count in counts.items() if count > 1)
        return found

    read_fraction = numbers.fraction(exact=exact)
    try:
        data = json.loads(
            content,
            object_pairs_hook=table,
            parse_int=numbers.whole,
            parse_float=read_fraction,
            parse_constant=read_fraction,
        )
        faults = [*twice, *numbers.faults]
    except json.JSONDecodeError as error:
        problem = error.msg[0].lower() + error.msg[1:]
        faults = [Fault(f"line {error.lineno}, column {error.colno}", problem)]
    # Out here, because that error carries all of the text along, which may be personal.
    if faults:
        raise FaultsError(source, faults)
    return data


def _path(name: str) -> str:
    return name if 0 < len(name) <= _LONGEST else shown(name)
