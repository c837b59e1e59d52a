"""TOML text to plain data, within limits."""

from __future__ import annotations

import os
import re
import tomllib
from typing import Any

from crmcore.errors import Fault, FaultsError

from ._limits import Numbers, decoded, read_bytes, refuse_depth

_PLACE = re.compile(
    r"(?P<problem>.*) \(at (?P<place>line \d+, column \d+|end of document)\)", re.DOTALL
)


def read_toml(text: str | os.PathLike[str], *, source: str | None = None) -> dict[str, Any]:
    """Return the plain data of a TOML file, with exact decimals for its numbers.

    The file may come from anybody: more than 16 MiB, nesting deeper than 32, NaN, infinities
    and numbers of more than 30 digits are refused.

    Args:
        text: A path object that says where the file is, or, if it is a string, the text itself.
        source: How to call the text in a message; by default the path, or ``TOML``.

    Raises:
        FaultsError: If it cannot be read, with the line and what is wrong there.

    .. versionadded:: 0.1.0
    """
    if isinstance(text, str):
        return _parse(decoded(text, source or "TOML"), source or "TOML")
    called = source or os.fspath(text)
    return _parse(decoded(read_bytes(text), called), called)


def _parse(text: str, source: str) -> dict[str, Any]:
    refuse_depth(text, source, is_toml=True)
    numbers = Numbers()
    try:
        data = tomllib.loads(text, parse_float=numbers.exact)
        numbers.look_through(data)
    except tomllib.TOMLDecodeError as error:
        raise FaultsError(source, [_fault(str(error))]) from None
    except ValueError:  # Python neither reads nor writes 4300 digits and more
        raise FaultsError(source, [Fault("a number", "must have at most 30 digits")]) from None
    if numbers.faults:
        raise FaultsError(source, numbers.faults)
    return data


def _fault(message: str) -> Fault:
    found = _PLACE.fullmatch(message)
    place, problem = (found["place"], found["problem"]) if found else ("the whole", message)
    return Fault(place, problem[0].lower() + problem[1:])
