"""Writing criteria as plain data."""

from __future__ import annotations

import json
from typing import Any, Final

import attrs

from crmcore.criteria import Criterion
from crmcore.errors import InvalidValueError

VERSION: Final = 1
ENVELOPE: Final = "crm-criteria"
TWICE: Final = "give one meaning to each name; {} has two"


def to_data(criterion: Criterion) -> dict[str, Any]:
    """Return the plain form of a criterion: dictionaries, lists and scalars, as JSON has them.

    Named parts become definitions beside the expression, under ``where``.

    Raises:
        InvalidValueError: If two parts have the same name and say different things.

    .. versionadded:: 0.1.0
    """
    split = Split.of(criterion)
    if split.twice:
        raise InvalidValueError("criterion", criterion, TWICE.format(split.twice[0]))
    where = {"where": dict(sorted(split.where.items()))} if split.where else {}
    return {ENVELOPE: VERSION, **where, "expr": split.expression}


@attrs.define
class Split:
    """A criterion in its plain form, with its named parts put aside.

    Attributes:
        expression: The plain form, in which names stand for named parts.
        where: The plain form of each named part.
        twice: The names that have two meanings.
    """

    expression: Any = None
    where: dict[str, Any] = attrs.field(factory=dict)
    twice: list[str] = attrs.field(factory=list)

    @classmethod
    def of(cls, criterion: Criterion) -> Split:
        """Return the parts of a criterion."""
        split = cls()
        split.expression = split._short(criterion.plain)
        return split

    def _short(self, data: Any) -> Any:  # noqa: ANN401 - a plain form
        ((op, argument),) = data.items()
        if op in {"all", "any"}:
            return {op: [self._short(part) for part in argument]}
        if op in {"not", "unless"}:
            return {op: self._short(argument)}
        if op != "named":
            return data
        name, part = argument
        short = self._short(part)
        if _text(self.where.setdefault(name, short)) != _text(short) and name not in self.twice:
            self.twice.append(name)
        return {op: name}


def _text(data: object) -> str:
    # As text, because Python takes 1, 1.0 and True for equal, which the language does not.
    return json.dumps(data)
