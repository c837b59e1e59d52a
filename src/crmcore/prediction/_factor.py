"""Factors: what a customer is asked for before an outcome is predicted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import attrs

from crmcore.checks import is_name
from crmcore.criteria import Criterion, all_of
from crmcore.errors import InvalidValueError

Cases: TypeAlias = "tuple[tuple[str, Criterion], ...]"

_YES, _NO, _OTHER = "yes", "no", "other"


def _to_cases(found: Criterion | Mapping[str, Criterion] | Cases) -> Cases:
    if isinstance(found, Criterion):
        return ((_YES, found), (_NO, ~found))
    if isinstance(found, tuple):
        return found
    if not isinstance(found, Mapping):
        raise InvalidValueError("cases", found, "be a criterion, or criteria by label")
    stated = list(found.items())
    for label, criterion in stated:
        if not isinstance(criterion, Criterion):
            raise InvalidValueError(f"cases[{label!r}]", criterion, "be a criterion")
    cases: list[tuple[str, Criterion]] = []
    earlier: list[Criterion] = []
    for label, criterion in stated:
        cases.append((label, all_of(criterion, *earlier)))
        earlier.append(~criterion)
    return (*cases, (_OTHER, all_of(*earlier)))


@attrs.frozen
class Factor:
    """A question whose answer may tell something of an outcome.

    The cases exclude each other: of those that are stated, the first that holds counts, and
    one case more takes who is in none. Where it is unknown which case is right, the factor
    says nothing.

    Attributes:
        name: What people call it; it is unique in its model.
        cases: One criterion, whose cases are ``yes`` and ``no``; or criteria by label, to
            which ``other`` is added. Kept as pairs of label and criterion.

    .. versionadded:: 0.1.0
    """

    name: str = attrs.field(validator=is_name)
    cases: Cases = attrs.field(converter=_to_cases)

    @cases.validator
    def _are_labelled(self, attribute: attrs.Attribute[Cases], value: Cases) -> None:
        labels = [label for label, _ in value]
        if len(labels) <= 1:
            raise InvalidValueError(attribute.name, labels, "state at least one case")
        for place, label in enumerate(labels):
            is_name(self, attribute, label)
            if label in labels[:place]:
                rule = f"have labels of their own; {_OTHER!r} is added to those that are stated"
                raise InvalidValueError(attribute.name, label, rule)
