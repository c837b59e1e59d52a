"""TOML text to plain data, within limits."""

from __future__ import annotations

import os
import re
import tomllib
from typing import Any

from crmcore.errors import Fault, FaultsError

from ._foreign import Numbers, decoded, read_bytes, refuse_depth
from ._limits import DEFAULT, Limits

_PLACE = re.compile(
    r"(?P<problem>.*) \(at (?P<place>line \d+, column \d+|end of document)\)", re.DOTALL
)

_ENDINGS = (".toml", ".json")
_NO_FILE = Fault(
    "the whole", "must be the text itself; to read a file, hand in a path object, as Path(…) makes"
)


def read_toml(
    text: str | os.PathLike[str],
    *,
    source: str | None = None,
    exact: bool = False,
    limits: Limits | None = None,
) -> dict[str, Any]:
    """Return the plain data of TOML text, or of a TOML file, that anybody may have written.

    Text that is too long, nested too deep, or has numbers of absurd size, NaN or an infinity,
    is refused in a time linear in its length.

    Args:
        text: A path object that says where the file is, or, if it is a string, the text itself.
        source: How to call the text in a message; by default the path, or ``TOML``.
        exact: Whether numbers with a point become decimals, and not floats.
        limits: How long and deep the text may be, and how many digits a number may have;
            those of `Limits` unless stated.

    Raises:
        FaultsError: If it cannot be read, with the line and what is wrong there.

    .. versionadded:: 0.1.0
    """
    limits = limits or DEFAULT
    if isinstance(text, str):
        called, data = source or "TOML", text
    else:
        called = source or os.fspath(text)
        data = decoded(read_bytes(text, limits), called, limits)
    content = decoded(data, called, limits)
    refuse_depth(content, called, limits, is_toml=True)
    numbers = Numbers(limits)
    try:
        found = tomllib.loads(content, parse_float=numbers.fraction(exact=exact))
        numbers.look_through(found)
        faults = numbers.faults
    except tomllib.TOMLDecodeError as error:
        is_name = isinstance(text, str) and text.endswith(_ENDINGS)
        faults = [_NO_FILE if is_name else _fault(str(error))]
    except ValueError:  # Python neither reads nor writes 4300 digits and more
        faults = [Fault("a number", f"must {numbers.rule}")]
    # Out here, because what the parser raises may carry the text along, which may be personal.
    if faults:
        raise FaultsError(called, faults)
    return found


def _fault(message: str) -> Fault:
    found = _PLACE.fullmatch(message)
    place, problem = (found["place"], found["problem"]) if found else ("the whole", message)
    return Fault(place, problem[0].lower() + problem[1:])
