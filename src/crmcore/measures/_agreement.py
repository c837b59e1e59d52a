"""Agreement: how near the values lie that several people gave to the same thing."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations
from typing import Any, Final, TypeAlias

import attrs

from crmcore.checks import decimal
from crmcore.criteria import Criterion
from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase, Reason, Undefined

from ._additivity import Additivity
from ._answers import Need, Rule, begun, read_of
from ._asking import Found, Question
from ._measure import Atom, Measure, among, is_filter, is_path
from ._numbers import EXACT, quotient
from ._settings import Settings
from ._slots import HowMany
from ._slots_of_entities import OfEntities

_Marks: TypeAlias = "tuple[Decimal | int, ...]"


def _width(value: Decimal | int | str, attribute: attrs.Attribute[Any]) -> Decimal:
    width = decimal(value, attribute)
    if width < 0:
        raise InvalidValueError(attribute.name, value, "be 0 or more")
    return width


@attrs.frozen
class Agreement(Atom):
    """Which share of the pairs of values of one entity lie near each other.

    The pairs of all entities are counted together: an entity with two values makes one pair,
    one with three makes three. An entity with a single value makes none, and is missing.

    Attributes:
        field: The field; integers, decimals or money.
        entity: The field that tells what the value was given to.
        within: By how much two values may differ and still agree; 0 or more.
        where: Which records to take; all where it is None.
        source: Which kind of records; the only one there is where it is None.

    Sources:
        J. L. Fleiss, "Measuring nominal scale agreement among many raters", Psychological
        Bulletin 76(5), 1971: pairs of raters. There the pairs of each subject are averaged
        first, which is the same where all subjects have as many raters.

    .. versionadded:: 0.1.0
    """

    field: str = attrs.field(validator=is_path)
    entity: str = attrs.field(validator=is_path)
    within: Decimal = attrs.field(
        default=Decimal(0),
        converter=attrs.Converter(_width, takes_field=True),  # type: ignore[misc]
    )
    where: Criterion | None = attrs.field(default=None, validator=is_filter)

    @property
    def additivity(self) -> Additivity:
        """Values of two months may be of one entity."""
        return Additivity.NON_ADDITIVE

    @property
    def words(self) -> Phrase:
        """What it measures."""
        rest = among(self.source, self.where)
        return Phrase(
            f"the share of pairs of {self.field} values of one {self.entity}{rest.en} that differ "
            f"by at most {self.within}",
            f"同一{self.entity}的{self.field}值对中相差不超过{self.within}的比例{rest.zh}",
        )

    @property
    def memory(self) -> Phrase:
        """Every value."""
        return Phrase("each value of each entity", "每个实体的每个取值")


@attrs.frozen
class Marks(OfEntities):
    """The values of a field for each entity."""

    def keep(self, x: str, e: str) -> Sequence[str]:
        return (f"kept[{e}] = ({x},) if old is None else (*old, {x})",)

    def join(self, one: _Marks, other: _Marks) -> _Marks:
        return one + other


def _marks_of(atom: Agreement) -> Marks:
    return Marks(atom.source, atom.where, atom.field, atom.entity)


def _needs(atom: Agreement, _: Settings) -> tuple[Need, ...]:
    return read_of(atom), _marks_of(atom)


def _answer(atom: Agreement, ask: Question) -> Found:
    if (nothing := begun(atom, ask)) is not None:
        return Found(nothing)
    how_many: HowMany = ask.fold(read_of(atom))
    marks: dict[object, _Marks]
    marks, without = ask.fold(_marks_of(atom))
    pairs = [
        EXACT.subtract(Decimal(one), Decimal(other)).copy_abs()
        for values in marks.values()
        for one, other in combinations(values, 2)
    ]
    single = sum(len(values) == 1 for values in marks.values())
    if not pairs:
        detail = Phrase("nothing has two values", "没有任何对象有两个取值")
        return Found(Undefined(Reason.TOO_FEW if marks else Reason.NO_DATA, detail))
    upper, lower = Decimal(sum(gap <= atom.within for gap in pairs)), Decimal(len(pairs))
    value = ask.value(
        quotient(upper, lower),
        numerator=upper,
        denominator=lower,
        n=len(marks) - single,
        missing=single + how_many.missing + without,
    )
    return Found(value)


RULES: Final[dict[type[Measure], Rule]] = {Agreement: Rule(_needs, _answer)}
