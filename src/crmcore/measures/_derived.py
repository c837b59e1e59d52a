"""Named functions of measures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import attrs

from crmcore.checks import decimal
from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase

from ._additivity import Additivity
from ._functions import FUNCTIONS, check_weights
from ._measure import Measure, is_name_of_a_thing, is_not_too_deep, memory_of


def _pairs(given: object) -> tuple[tuple[str, Decimal | str], ...]:
    pairs = given.items() if isinstance(given, Mapping) else given
    found = []
    for pair in pairs if isinstance(pairs, Iterable) else (pairs,):
        if not (isinstance(pair, tuple) and len(pair) == 2 and is_name_of_a_thing(pair[0])):  # noqa: PLR2004 - a pair
            rule = "be pairs of a name and a number, or of a name and the name of a parameter"
            raise InvalidValueError("given", given, rule)
        name, value = pair
        is_parameter = is_name_of_a_thing(value)
        found.append((name, value if is_parameter else decimal(value, name)))
    return tuple(found)


def _in_a_row(measures: Iterable[Measure]) -> tuple[Measure, ...]:
    return tuple(measures) if isinstance(measures, Iterable) else (measures,)


@attrs.frozen
class Derived(Measure):
    """A named function of measures.

    There is no language of expressions: what a function does is told by its name in
    `FUNCTIONS`, or by whoever hands it in at evaluation.

    Attributes:
        function: The name of the function.
        of: The measures that it takes, in its order.
        given: The further numbers that it takes, as pairs of name and number; the name of a
            parameter stands for one that is given at evaluation.

    .. versionadded:: 0.1.0
    """

    function: str = attrs.field()
    of: tuple[Measure, ...] = attrs.field(converter=_in_a_row)
    given: tuple[tuple[str, Decimal | str], ...] = attrs.field(default=(), converter=_pairs)
    depth: int = attrs.field(init=False, eq=False, repr=False)

    @function.validator
    def _is_name(self, attribute: attrs.Attribute[Any], value: object) -> None:
        if not is_name_of_a_thing(value):
            raise InvalidValueError(attribute.name, value, "be the name of a function, as growth")

    @of.validator
    def _are_measures(self, attribute: attrs.Attribute[Any], value: tuple[Measure, ...]) -> None:
        for part in value:
            if not isinstance(part, Measure):
                raise InvalidValueError(attribute.name, part, "be measures")
            is_not_too_deep(attribute.name, part)
        shipped = FUNCTIONS.get(self.function)
        wanted = None if shipped is None else shipped.parts
        if not value or (wanted is not None and len(value) != wanted):
            rule = f"be {'one or more' if wanted is None else wanted}, for {self.function}"
            raise InvalidValueError(attribute.name, len(value), rule)

    @given.validator
    def _suits(
        self, attribute: attrs.Attribute[Any], value: tuple[tuple[str, Decimal | str], ...]
    ) -> None:
        names = tuple(name for name, _ in value)
        if len(set(names)) < len(names):
            raise InvalidValueError(attribute.name, names, "name each number once")
        shipped = FUNCTIONS.get(self.function)
        if shipped is None:
            return
        if shipped.given is None:
            if names and len(names) != len(self.of):
                rule = f"be left out, or be one number for each of the {len(self.of)} parts"
                raise InvalidValueError(attribute.name, names, rule)
            weights = tuple(number for _, number in value)
            if weights and all(isinstance(number, Decimal) for number in weights):
                check_weights(weights)  # type: ignore[arg-type]
        elif set(names) != set(shipped.given):
            rule = f"be {' and '.join(shipped.given) or 'left out'}, for {self.function}"
            raise InvalidValueError(attribute.name, names, rule)

    @depth.default
    def _one_deeper(self) -> int:
        return 1 + max((getattr(part, "depth", 0) for part in self.of), default=0)

    @property
    def additivity(self) -> Additivity:
        """Of last values it is the last one; a sum of what adds up adds up."""
        kinds = {part.additivity for part in self.of}
        if kinds == {Additivity.SEMI_ADDITIVE}:
            return Additivity.SEMI_ADDITIVE
        if kinds == {Additivity.ADDITIVE} and self._is_linear:
            return Additivity.ADDITIVE
        return Additivity.NON_ADDITIVE

    @property
    def _is_linear(self) -> bool:
        shipped = FUNCTIONS.get(self.function)
        return shipped is not None and shipped.is_linear

    @property
    def sums_over_groups(self) -> bool:
        """A sum of what adds up does."""
        return self._is_linear and all(part.sums_over_groups for part in self.of)

    @property
    def parts(self) -> tuple[Measure, ...]:
        """The measures that it takes."""
        return self.of

    def _own_parameters(self) -> tuple[str, ...]:
        return tuple(value for _, value in self.given if isinstance(value, str))

    @property
    def words(self) -> Phrase:
        """What it measures."""
        en = "; ".join(part.words.en for part in self.of)
        zh = "；".join(part.words.zh for part in self.of)
        given = ", ".join(f"{name} = {value}" for name, value in self.given)
        name = self.function.replace("_", " ")
        return Phrase(
            f"the {name} of ({en}){f' with {given}' if given else ''}",
            f"{self.function}（{zh}{f'；{given}' if given else ''}）",
        )

    @property
    def memory(self) -> Phrase:
        """What its parts keep."""
        return memory_of(self.of)
