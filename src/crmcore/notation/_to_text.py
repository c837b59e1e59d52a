"""Writing criteria as text that people read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import attrs

from crmcore.criteria import Criterion
from crmcore.errors import InvalidValueError

from ._grammar import CALCULATIONS, COMPARISONS, CONSTANTS, RESERVED, TEXT_TESTS, Power
from ._to_data import TWICE
from ._tokens import escaped

_SIGNS: Final = {key: sign for sign, key in COMPARISONS.items()}
_CALCULATIONS: Final = {key: (sign, power) for sign, (key, power) in CALCULATIONS.items()}


def to_text(criterion: Criterion) -> str:
    """Return a criterion as text that people read, and that `from_text` reads back.

    Brackets stand only where they are needed. Named parts are defined below the expression,
    each on a line of its own.

    Raises:
        InvalidValueError: If two parts have the same name and say different things.

    .. versionadded:: 0.1.0
    """
    writer = _Writer()
    lines = [criterion.fold(writer).text]
    if writer.twice:
        raise InvalidValueError("criterion", criterion, TWICE.format(writer.twice[0]))
    lines += [f"where {escaped(name)}: {text}" for name, text in sorted(writer.where.items())]
    return "\n".join(lines)


@attrs.frozen
class _Piece:
    """A piece of text.

    Attributes:
        text: The text.
        power: How tightly its loosest word or sign binds.
        denied: The text that says the opposite with a word of its own.
        excepted: The text of ``unless``, where that has a word of its own.
    """

    text: str
    power: Power = Power.WHOLE
    denied: str = attrs.field(default="", kw_only=True)
    excepted: str = attrs.field(default="", kw_only=True)

    def within(self, power: Power) -> str:
        """Return the text, in brackets where it binds less tightly than what is around it."""
        return self.text if self.power >= power else f"({self.text})"


@attrs.define
class _Writer:
    """The back end that writes each part as text.

    Attributes:
        where: The text of each named part.
        twice: The names that have two meanings.
    """

    where: dict[str, str] = attrs.field(factory=dict)
    twice: list[str] = attrs.field(factory=list)

    def field(self, name: str) -> _Piece:
        return _Piece(f"`{name}`" if name in RESERVED else name)

    def literal(self, value: Any) -> _Piece:  # noqa: ANN401 - a constant of any kind
        return _Piece(_constant(value))

    def as_of(self, *, months: int, days: int) -> _Piece:
        moved = "as_of"
        for count, unit in ((months, "month"), (days, "day")):
            if count:
                plural = "" if abs(count) == 1 else "s"
                moved += f" {'+' if count > 0 else '-'} {abs(count)} {unit}{plural}"
        return _Piece(moved, Power.SUM if months or days else Power.WHOLE)

    def arithmetic(self, op: str, left: _Piece, right: _Piece) -> _Piece:
        sign, power = _CALCULATIONS[op]
        after = right.within(Power(power + 1))
        return _Piece(f"{left.within(power)} {sign} {after}", power)

    def call(self, function: str, arguments: Sequence[_Piece]) -> _Piece:
        return _Piece(f"{function}({', '.join(argument.text for argument in arguments)})")

    def compare(self, op: str, left: _Piece, right: _Piece) -> _Piece:
        before, after = left.within(Power.SUM), right.within(Power.SUM)
        if op != "eq":
            return _Piece(f"{before} {_SIGNS[op]} {after}", Power.TEST)
        is_state = after in CONSTANTS
        text = f"{before} is {after}" if is_state else f"{before} == {after}"
        return _Piece(text, Power.TEST, excepted=f"{before} differs from {after}")

    def is_in(self, operand: _Piece, values: tuple[Any, ...]) -> _Piece:
        before, listed = operand.within(Power.SUM), ", ".join(map(_constant, values))
        denied = f"{before} not in ({listed})"
        return _Piece(f"{before} in ({listed})", Power.TEST, denied=denied)

    def match(self, op: str, operand: _Piece, text: str) -> _Piece:
        words = " ".join(filter(None, (op, TEXT_TESTS[op])))
        return _Piece(f"{operand.within(Power.SUM)} {words} {escaped(text)}", Power.TEST)

    def has(self, field: _Piece, text: str) -> _Piece:
        return _Piece(f"{field.text} has {escaped(text)}", Power.TEST)

    def is_missing(self, operand: _Piece) -> _Piece:
        before = operand.within(Power.SUM)
        return _Piece(f"{before} is missing", Power.TEST, denied=f"{before} is present")

    def all_of(self, parts: Sequence[_Piece]) -> _Piece:
        return self._joined(parts, "and", Power.AND) if parts else _Piece("everything")

    def any_of(self, parts: Sequence[_Piece]) -> _Piece:
        return self._joined(parts, "or", Power.OR) if parts else _Piece("nothing")

    @staticmethod
    def _joined(parts: Sequence[_Piece], word: str, power: Power) -> _Piece:
        inside = [part.within(Power(power + 1)) for part in parts]
        return _Piece(f" {word} ".join(inside), power)

    def negate(self, part: _Piece) -> _Piece:
        if part.denied:
            return _Piece(part.denied, Power.TEST)
        return _Piece(f"not {part.within(Power.NOT)}", Power.NOT)

    def unless(self, part: _Piece) -> _Piece:
        if part.excepted:
            return _Piece(part.excepted, Power.TEST)
        return _Piece(f"unless {part.within(Power.NOT)}", Power.NOT)

    def named(self, name: str, part: _Piece) -> _Piece:
        if self.where.setdefault(name, part.text) != part.text:
            self.twice.append(name)
        return _Piece(f"named({escaped(name)})")

    def apply(
        self,
        predicate: Any,  # noqa: ANN401 - any predicate, whose name is all that is written
        _inputs: Sequence[_Piece],
        arguments: Mapping[str, Any],
    ) -> _Piece:
        given = ", ".join(f"{name}={_constant(value)}" for name, value in arguments.items())
        return _Piece(f"{predicate.name}({given})")


def _constant(value: Any) -> str:  # noqa: ANN401 - a constant of any kind
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return escaped(value)
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text if "." in text else f"{text}.0"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    text = repr(value)
    return f"{text}e0" if isinstance(value, float) and "e" not in text else text
