"""Payloads: JSON that is kept for years, and read by versions of the library that came later.

A payload says in which *form* it was written. What is written today has the present form; an
older one is brought there step by step when it is read, each step being a pure function from
the data of one form to the data of the next. What is stored is never touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, Final, Generic, TypeAlias, TypeVar

import attrs

from crmcore.errors import Fault, FaultsError, SchemaOutOfDateError
from crmcore.notation import read_json
from crmcore.scoring import Score

from ._from_data import from_data
from ._limits import FILES
from ._to_data import to_data, to_json

T = TypeVar("T")

Upcaster: TypeAlias = Callable[[Any], Any]
"""A step from the plain data of one form to that of the next; it leaves its argument alone."""

_KEYS: Final = {"form", "record"}


def _steps(upcasters: Iterable[Upcaster]) -> tuple[Upcaster, ...]:
    return tuple(upcasters)


@attrs.frozen
class PayloadForm(Generic[T]):
    """How the payloads of one type are written and read.

    Attributes:
        kind: The type.
        upcasters: The steps from form 1 to form 2, from form 2 to form 3, and so on; the
            present form is the one that the last of them leads to.

    .. versionadded:: 0.1.0
    """

    kind: type[T]
    upcasters: tuple[Upcaster, ...] = attrs.field(default=(), converter=_steps)

    @property
    def present(self) -> int:
        """The number of the present form."""
        return len(self.upcasters) + 1

    def write(self, value: T) -> str:
        """Return the payload of *value*: canonical JSON that says its form.

        Raises:
            InvalidValueError: If something in it has no plain form.
        """
        return to_json({"form": self.present, "record": to_data(value)})

    def read(self, text: str) -> T:
        """Return what a payload of this form or an earlier one stands for.

        JSON that tells no form was written before payloads did, and is of form 1.

        Raises:
            SchemaOutOfDateError: If a later version of the library has written it.
            FaultsError: With every fault, if it is no such payload.
        """
        data = read_json(text, source="payload", exact=True, limits=FILES)
        form = 1
        if isinstance(data, Mapping) and data.keys() == _KEYS:
            form, data = _number(data["form"]), data["record"]
        if form > self.present:
            raise SchemaOutOfDateError(form, self.present)
        try:
            for upcast in self.upcasters[form - 1 :]:
                data = upcast(data)
        except (LookupError, TypeError, AttributeError):
            problem = f"is not what a {self.kind.__name__} of form {form} looks like"
            refusal = FaultsError("payload", [Fault("record", problem)])
        else:
            return from_data(self.kind, data, source="payload")
        raise refusal  # out here it carries no error along that may hold what was read


def _number(form: object) -> int:
    if type(form) is not int or form < 1:
        fault = Fault("form", "must be a whole number of 1 or more")
        raise FaultsError("payload", [fault])
    return form


def payload_form(kind: type[T]) -> PayloadForm[T] | None:
    """Return how payloads of a type are written; None where its JSON tells no form.

    .. versionadded:: 0.1.0
    """
    return _FORMS.get(kind)


def _with_kinds(score: Any) -> Any:  # noqa: ANN401 - plain data
    """Give the evidence of a score, which was written without kinds, the kinds that show."""
    ledger = [
        {**entry, "values": [_kind(value) for value in entry["values"]]}
        for entry in score["ledger"]
    ]
    return {**score, "ledger": ledger}


def _kind(value: Any) -> Any:  # noqa: ANN401 - plain data
    if isinstance(value, list):
        return {"set": value}
    if isinstance(value, Decimal):
        return {"float": str(float(value))}
    if isinstance(value, Mapping) and "undefined" not in value:
        is_money = value.keys() == {"amount", "currency"}
        return {"money": value} if is_money else to_json(value)
    return value


_FORMS: Final[dict[type[Any], PayloadForm[Any]]] = {
    Score: PayloadForm(Score, [_with_kinds]),
}
