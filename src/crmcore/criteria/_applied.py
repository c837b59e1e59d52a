"""Criteria that ask a plugin predicate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import attrs

from ._back_end import BackEnd
from ._criterion import Criterion
from ._operands import Literal, Scalar
from ._predicate import Predicate

_OperandT = TypeVar("_OperandT")
_MeaningT = TypeVar("_MeaningT")


@attrs.frozen(repr=False, cache_hash=True)
class Applied(Criterion):
    """A plugin predicate with its arguments."""

    predicate: Predicate
    arguments: tuple[tuple[str, Literal], ...]

    @classmethod
    def of(cls, predicate: Predicate, arguments: Mapping[str, Scalar]) -> Applied:
        """Return the predicate with these arguments, which are of its types."""
        given = ((name, Literal.of(value)) for name, value in arguments.items())
        return cls(predicate, tuple(given))

    def fold(self, back_end: BackEnd[_OperandT, _MeaningT]) -> _MeaningT:
        """Return the meaning of the predicate."""
        inputs = [back_end.field(name) for name in self.predicate.fields]
        arguments = {name: literal.value for name, literal in self.arguments}
        return back_end.apply(self.predicate, inputs, arguments)
