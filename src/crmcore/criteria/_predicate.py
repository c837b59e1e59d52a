"""Predicate predicates as back ends see them: what one reads, what it takes, and how it answers."""

from __future__ import annotations

import importlib
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NoReturn

import attrs

from crmcore.kernel import Phrase

from ._column import Column
from ._operands import Scalar

_LONGEST_ERROR: Final = 200


class _View:
    """The declared inputs of a predicate, as attributes that can only be read."""

    __slots__ = ("_inputs", "_predicate")

    _inputs: Mapping[str, Any]
    _predicate: str

    def __init__(self, predicate: str, inputs: Mapping[str, Any]) -> None:
        """Show *inputs* to a predicate."""
        object.__setattr__(self, "_predicate", predicate)
        object.__setattr__(self, "_inputs", inputs)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - of any kind
        """Return an input."""
        if name.startswith("_") or name not in self._inputs:
            declared = ", ".join(self._inputs)
            raise AttributeError(f"{self._predicate} declares {declared}, and reads {name}")
        return self._inputs[name]

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Refuse to be changed."""
        raise AttributeError(f"{name} can only be read")

    def __delattr__(self, name: str) -> NoReturn:
        """Refuse to be changed."""
        raise AttributeError(f"{name} can only be read")

    def __repr__(self) -> str:
        """Return the inputs with their values."""
        shown = ", ".join(f"{name}={value!r}" for name, value in self._inputs.items())
        return f"<inputs of {self._predicate}: {shown}>"


@attrs.frozen
class Answer:
    """What a predicate says of a record.

    Attributes:
        truth: True, false, or None for unknown.
        error: What went wrong, if the predicate failed; else empty.
    """

    truth: bool | None
    error: str = ""


@attrs.frozen(kw_only=True)
class _Parameter:
    """What a predicate takes beside the record, each time that it is used in a criterion.

    Attributes:
        name: Its name.
        column: Its type.
        default: The constant that it is unless it is given; None if it must be given.
    """

    name: str
    column: Column
    default: Scalar | None = None


@attrs.frozen(kw_only=True, repr=False)
class Predicate:
    """A question that the language cannot ask, and that an application or a plugin answers.

    It is made with `predicate`, from a function. Called with its arguments, what comes out of
    there gives a criterion, which can be joined with all others.

    It is asked in Python. Back ends that do not run Python use its other forms, or ask it about
    the distinct values of its fields, or refuse it; none of them answers differently.

    Attributes:
        name: The name by which rules use it, beginning with that of its maker:
            ``acme.is_public_holiday_buyer``.
        version: What changes when its answers do; part of the fingerprint of every criterion
            that uses it.
        reads: The fields that it reads, each with its declared type, or None where only the name
            is declared.
        takes: The arguments that it takes, each with its name, its type and its default.
        function: What answers: it is handed the fields as attributes of one object, and the
            arguments by name, and returns True, False, or None for unknown.
        label: What it asks, in words; ``{country}`` stands for the argument of that name.
        sql: What returns the same as an expression of SQLAlchemy, if it has such a form; called
            like the function.
        frames: What returns the same as an expression of narwhals, if it has such a form; called
            like the function.

    .. versionadded:: 0.1.0
    """

    name: str
    version: str
    reads: tuple[tuple[str, Column | None], ...]
    takes: tuple[_Parameter, ...]
    function: Callable[..., Any]
    label: Phrase
    sql: Callable[..., Any] | None = None
    frames: Callable[..., Any] | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that it reads, in the order in which it declares them."""
        return tuple(name for name, _ in self.reads)

    def answer(self, values: Sequence[object], arguments: Mapping[str, Scalar]) -> Answer:
        """Return what it says where its fields have these values; it never raises.

        Where a field that was declared without ``| None`` is missing, the answer is unknown and
        the predicate is not asked. An exception, or anything but True, False and None, becomes
        unknown too, with the error.

        Args:
            values: The values of its fields, in the order of `fields`; None where missing.
            arguments: The arguments, by name.
        """
        for (_, column), value in zip(self.reads, values, strict=True):
            if value is None and column is not None and not column.nullable:
                return Answer(None)
        try:
            truth = self.function(self.view(values), **arguments)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong in there is unknown here
            return Answer(None, _told(error))
        if truth is None or truth is True or truth is False:
            return Answer(truth)
        return Answer(None, f"it answered {type(truth).__name__}, not True, False or None")

    def view(self, operands: Sequence[object]) -> _View:
        """Return its fields as attributes of one object, for the function and the other forms.

        Args:
            operands: The values, columns or expressions, in the order of `fields`.
        """
        return _View(self.name, dict(zip(self.fields, operands, strict=True)))

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, str]]:
        """Travel as the place where it is defined."""
        return _found, (self.function.__module__, self.function.__qualname__)

    def __repr__(self) -> str:
        """Return its name and version."""
        return f"<predicate {self.name} {self.version}>"


def _found(module: str, path: str) -> object:
    return operator.attrgetter(path)(importlib.import_module(module))


def _told(error: Exception) -> str:
    try:
        text = f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001 - an error that cannot say what it is
        text = type(error).__name__
    return text if len(text) <= _LONGEST_ERROR else f"{text[:_LONGEST_ERROR]}…"
