"""What callers hand in and the library refuses."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import lru_cache
from itertools import takewhile
from typing import ClassVar

import attrs

from ._base import CrmError

_SHOWN_FAULTS = 20
_SHOWN_CHARACTERS = 100
_MOST_PARTS = 1000
_LONGEST_NAME = 256
_RIVALS = 8
_REMEMBERED = 1024


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the one of *known* that looks most like *name*, or None where none is near.

    Of those that look alike, it is the one that begins most like *name*. The answer does not
    depend on the order of *known*.

    .. versionadded:: 0.1.0
    """
    if len(name) > _LONGEST_NAME:
        return None
    return _nearest(name, tuple(sorted(known)))


# The same slip often comes in thousands of rows.
@lru_cache(maxsize=_REMEMBERED)
def _nearest(name: str, known: tuple[str, ...]) -> str | None:
    folded = {candidate.casefold(): candidate for candidate in reversed(known)}
    wanted = name.casefold()

    def distance(rival: str) -> tuple[float, int, str]:
        likeness = difflib.SequenceMatcher(None, rival, wanted).ratio()
        alike = takewhile(lambda pair: pair[0] == pair[1], zip(rival, wanted, strict=False))
        return -likeness, -len(list(alike)), rival

    rivals = difflib.get_close_matches(wanted, sorted(folded), n=_RIVALS, cutoff=0.6)
    return folded[min(rivals, key=distance)] if rivals else None


def _has_many_parts(value: object) -> bool:
    """Say whether *value* is larger than its first line, without looking at more of it."""
    parts = 0
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict | list | tuple | set | frozenset):
            parts += 1 + len(part)
            if parts > _MOST_PARTS:
                return True
            waiting += part.values() if isinstance(part, dict) else part
    return False


def _shown(value: object) -> str:
    """Return *value* on one line of bounded length that every terminal can print."""
    if isinstance(value, str | bytes) and len(value) > _SHOWN_CHARACTERS:
        value = value[: _SHOWN_CHARACTERS + 1]
    if _has_many_parts(value):
        return f"{type(value).__name__} of very many parts"
    try:
        text = repr(value)
    except ValueError:  # Python writes no whole number of more than 4300 digits
        return f"{type(value).__name__} of very many digits"
    except RecursionError:
        return f"{type(value).__name__} of very many parts"
    if len(text) <= _SHOWN_CHARACTERS:
        return text
    return f"{text[:_SHOWN_CHARACTERS]}…"


class InvalidValueError(CrmError):
    """A value breaks the rule of the field or argument that it was meant for.

    Attributes:
        field: The name of the field or argument.
        value: What was found; of personal data only its kind and its length.
        rule: What would be right, as the end of a sentence with *must*.

    .. versionadded:: 0.1.0
    """

    code: ClassVar[str] = "invalid_value"

    def __init__(self, field: str, value: object, rule: str) -> None:
        super().__init__(field, value, rule)
        self.field = field
        self.value = value
        self.rule = rule

    def __str__(self) -> str:
        """Say which field must do what, and what it got."""
        return f"{self.field} must {self.rule} (got {_shown(self.value)})"


class UnknownNameError(CrmError):
    """A name is not among the known ones.

    Attributes:
        kind: What the name stands for: skill, role, field, …
        name: The name that was found.
        known: The known names, sorted.
        suggestion: The known name that looks most like it, if one does.

    .. versionadded:: 0.1.0
    """

    code: ClassVar[str] = "unknown_name"

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind = kind
        self.name = name
        self.known: tuple[str, ...] = tuple(sorted(known))
        self.suggestion: str | None = nearest(name, self.known)
        super().__init__(kind, name, self.known)

    def __str__(self) -> str:
        """Name the unknown, and suggest the nearest or list what is known."""
        text = f"unknown {self.kind} {_shown(self.name)}"
        if self.suggestion is not None:
            return f"{text}; did you mean {self.suggestion!r}?"
        if not self.known:
            return f"{text}; none is known"
        shown = ", ".join(self.known[:_SHOWN_FAULTS])
        more = "" if len(self.known) <= _SHOWN_FAULTS else ", …"
        return f"{text}; known are {shown}{more}"


@attrs.frozen
class Fault:
    """One thing that is wrong with an input, and where.

    Attributes:
        path: Where it stands: a row and column, or the path of a field.
        problem: What was found and what would be right.

    .. versionadded:: 0.1.0
    """

    path: str
    problem: str

    def __str__(self) -> str:
        """Say where, then what."""
        return f"{self.path}: {self.problem}"


class FaultsError(CrmError):
    """An input has faults; all that were found are told at once.

    Attributes:
        source: What was read: a file's name, or the kind of input.
        faults: The faults in the order of the input.

    .. versionadded:: 0.1.0
    """

    code: ClassVar[str] = "faults"

    def __init__(self, source: str, faults: Iterable[Fault]) -> None:
        self.source = source
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__(source, self.faults)

    def __str__(self) -> str:
        """List the faults, the first twenty of them in full."""
        count = len(self.faults)
        lines = [f"{self.source} has {count} fault{'' if count == 1 else 's'}:"]
        lines += [f"  {fault}" for fault in self.faults[:_SHOWN_FAULTS]]
        if count > _SHOWN_FAULTS:
            lines.append(f"  … and {count - _SHOWN_FAULTS} more")
        return "\n".join(lines)


class MixedCurrenciesError(CrmError):
    """Amounts of two currencies were put together without a rate.

    Attributes:
        left: The currency of the first amount.
        right: The currency of the second.

    .. versionadded:: 0.1.0
    """

    code: ClassVar[str] = "mixed_currencies"

    def __init__(self, left: str, right: str) -> None:
        super().__init__(left, right)
        self.left = left
        self.right = right

    def __str__(self) -> str:
        """Name both currencies."""
        return f"cannot put {self.left} and {self.right} together; convert one of them first"


class UndefinedValueError(CrmError):
    """Something undefined was used as if it were a number.

    Attributes:
        reason: Why it is undefined.

    .. versionadded:: 0.1.0
    """

    code: ClassVar[str] = "undefined_value"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        """Say why there is no number."""
        return f"there is no number to use: {self.reason}; ask for isinstance(…, Undefined) first"


class MissingExtraError(CrmError):
    """A feature needs an optional package that is not installed.

    Attributes:
        feature: What was asked for.
        extra: The extra of crmcore that brings what is missing.

    .. versionadded:: 0.1.0
    """

    code: ClassVar[str] = "missing_extra"

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(feature, extra)
        self.feature = feature
        self.extra = extra

    def __str__(self) -> str:
        """Name the extra and the command that installs it."""
        return f"{self.feature} needs an extra: pip install 'crmcore[{self.extra}]'"
