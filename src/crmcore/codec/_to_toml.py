"""Objects to TOML, as people would write it by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from crmcore import notation
from crmcore.errors import CrmError, InvalidValueError

from ._to_data import to_data

_CRITERION: Final = "crm-criteria"
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")


def to_toml(value: object) -> str:
    """Return *value* as TOML, which `read_toml` reads again: a record, or a table of names.

    A list of tables at the top becomes a row of ``[[name]]``; deeper tables are written inline,
    and criteria as the text of `crmcore.notation.to_text`, where they have one. TOML has no null,
    so a field that is None is left out.

    Definitions of KPIs that `load_kpis` is to read go into a list of that name:
    ``to_toml({"kpis": [kpi("sales")]})``.

    Raises:
        InvalidValueError: If it is no table, or something in it has no form in TOML: a list
            with None in it, or what `to_data` refuses.

    .. versionadded:: 0.1.0
    """
    data = to_data(value)
    if not isinstance(data, Mapping):
        raise InvalidValueError("value", type(value).__name__, "be a record or a table")
    blocks = [
        f"[[{_key(name)}]]\n{''.join(_lines(each))}"
        for name, held in data.items()
        if _is_row(held)
        for each in held
    ]
    plain = {name: held for name, held in data.items() if not _is_row(held)}
    if plain:
        blocks.insert(0, "".join(_lines(plain)))
    return "\n".join(blocks)


def _is_row(data: object) -> bool:
    return isinstance(data, list) and bool(data) and all(isinstance(e, Mapping) for e in data)


def _lines(table: Mapping[str, Any]) -> Iterator[str]:
    for name, held in table.items():
        if held is not None:
            yield f"{_key(name)} = {_written(name, held)}\n"


def _written(name: str, data: Any) -> str:  # noqa: ANN401 - plain data
    if isinstance(data, Mapping):
        rule = _rule(data)
        if rule is not None:
            return _text(rule)
        pairs = (f"{_key(k)} = {_written(k, held)}" for k, held in data.items() if held is not None)
        return f"{{ {', '.join(pairs)} }}" if data else "{}"
    if isinstance(data, list):
        if None in data:
            raise InvalidValueError(name, data, "hold no None, for which TOML has no word")
        return f"[{', '.join(_written(name, each) for each in data)}]"
    return _text(data)


def _rule(data: Mapping[str, Any]) -> str | None:
    """Return a criterion as the text that is read as the same one; None where there is none."""
    if _CRITERION not in data:
        return None
    try:
        criterion = notation.from_data(data)
        rule = notation.to_text(criterion)
        return rule if notation.from_text(rule) == criterion else None
    except CrmError:  # it asks a plugin predicate, say
        return None


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _text(data: str | float) -> str:
    # TOML's basic strings, numbers and booleans are those of JSON, but for one control character.
    return json.dumps(data, ensure_ascii=False).replace("\x7f", "\\u007F")
