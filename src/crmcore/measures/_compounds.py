"""Measures that are made of measures."""

from __future__ import annotations

from typing import Any, Final, Literal, TypeAlias, cast

import attrs

from crmcore.calendar import Grain
from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase

from ._additivity import Additivity
from ._entities import Balance, LikeForLike, Newcomers, Stock
from ._measure import (
    ENTITIES,
    Measure,
    days_in_words,
    is_days,
    is_made_of,
    is_not_too_deep,
    is_one_of,
    memory_of,
)
from ._records import Count, Distinct, Sum


@attrs.frozen
class Cumulative(Measure):
    """A count, a sum or who was there over the days up to the end or the start of the period.

    Attributes:
        measure: A `Count`, a `Sum`, a `Distinct` or a `Balance`.
        days: Over how many days; a number, or the name of a parameter.
        to_date: Or from the beginning of the year, quarter, month or week in which the last of
            the days lies. Where neither is given, from the first record on.
        until: Up to the end or the start of the period; that day not included.

    .. versionadded:: 0.1.0
    """

    measure: Count | Sum | Distinct | Balance = attrs.field(
        validator=is_made_of(
            (Count, Sum, Distinct, Balance), "a Count, a Sum, a Distinct or a Balance"
        )
    )
    days: int | str | None = attrs.field(default=None)
    to_date: Grain | None = attrs.field(default=None)
    until: Literal["end", "start"] = attrs.field(default="end", validator=is_one_of("end", "start"))

    @to_date.validator
    def _has_one_reach(self, attribute: attrs.Attribute[Any], value: object) -> None:
        if self.days is not None:
            is_days(self, attrs.fields(Cumulative).days, self.days)
        if self.days is not None and value is not None:
            raise InvalidValueError(attribute.name, value, "be left out where days are given")
        if value is not None and not isinstance(value, Grain):
            raise InvalidValueError(attribute.name, value, "be a grain, such as Grain.YEAR")

    @property
    def additivity(self) -> Additivity:
        """Its value at the end of a quarter is that of the last month."""
        return Additivity.SEMI_ADDITIVE if self.until == "end" else Additivity.NON_ADDITIVE

    @property
    def sums_over_groups(self) -> bool:
        """As what is cumulated does."""
        return self.measure.sums_over_groups

    @property
    def is_set(self) -> bool:
        """Where it cumulates one."""
        return self.measure.is_set

    @property
    def parts(self) -> tuple[Measure, ...]:
        """What is cumulated."""
        return (self.measure,)

    def _own_parameters(self) -> tuple[str, ...]:
        return (self.days,) if isinstance(self.days, str) else ()

    @property
    def depth(self) -> int:
        """An atom within."""
        return 2

    @property
    def words(self) -> Phrase:
        """What it measures."""
        of = self.measure.words
        edge = Phrase(f"the {self.until} of the period", "期末" if self.until == "end" else "期初")
        if self.to_date is not None:
            grain = self.to_date.label
            return Phrase(
                f"{of.en}, from the beginning of the {grain.en} to {edge.en}",
                f"自{grain.zh}初至{edge.zh}的{of.zh}",
            )
        if self.days is None:
            return Phrase(f"{of.en}, up to {edge.en}", f"截至{edge.zh}的{of.zh}")
        days = days_in_words(self.days)
        return Phrase(
            f"{of.en}, in the {days.en} before {edge.en}", f"{edge.zh}前{days.zh}内的{of.zh}"
        )

    @property
    def memory(self) -> Phrase:
        """What it cumulates."""
        return self.measure.memory


def _is_set(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    inner = value.measure if isinstance(value, Cumulative) else value
    if not isinstance(inner, Distinct):
        rule = "be a Distinct, or a Cumulative of one"
        raise InvalidValueError(attribute.name, value, rule)


@attrs.frozen
class Both(Measure):
    """How many different values are in both of two sets.

    Attributes:
        one: A `Distinct`, or a `Cumulative` of one.
        other: Another.

    .. versionadded:: 0.1.0
    """

    one: Distinct | Cumulative = attrs.field(validator=_is_set)
    other: Distinct | Cumulative = attrs.field(validator=_is_set)

    @property
    def additivity(self) -> Additivity:
        """Who is there twice is one; two sets of the same last days are as these are."""
        if self.one.additivity is self.other.additivity is Additivity.SEMI_ADDITIVE:
            return Additivity.SEMI_ADDITIVE
        return Additivity.NON_ADDITIVE

    @property
    def is_set(self) -> bool:
        """What two sets share is one."""
        return True

    @property
    def parts(self) -> tuple[Measure, ...]:
        """The two sets."""
        return (self.one, self.other)

    @property
    def depth(self) -> int:
        """That of a set, and one more."""
        return 1 + max(self.one.depth, self.other.depth)

    @property
    def words(self) -> Phrase:
        """What it measures."""
        one, other = self.one.words, self.other.words
        return Phrase(
            f"how many are in both: {one.en}; {other.en}", f"同属两者的数量：{one.zh}；{other.zh}"
        )

    @property
    def memory(self) -> Phrase:
        """The values."""
        return ENTITIES


@attrs.frozen
class Previous(Measure):
    """What a measure was in the period before, or in the same period of a year before.

    Attributes:
        measure: What is measured.
        grain: Where it is None, the period just before. Else the same period one such grain
            before: of February 2024, a year before, February 2023.

    .. versionadded:: 0.1.0
    """

    measure: Measure = attrs.field(validator=is_made_of((Measure,), "a measure"))
    grain: Grain | None = attrs.field(default=None)
    depth: int = attrs.field(init=False, eq=False, repr=False)

    @grain.validator
    def _is_grain(self, attribute: attrs.Attribute[Any], value: object) -> None:
        if value is not None and not isinstance(value, Grain):
            raise InvalidValueError(attribute.name, value, "be a grain, such as Grain.YEAR")

    @depth.default
    def _one_deeper(self) -> int:
        return 1 + getattr(self.measure, "depth", 0)  # defaults come before validators

    @property
    def additivity(self) -> Additivity:
        """What is shifted by a year adds up as it did; a longer period has another one before."""
        return Additivity.NON_ADDITIVE if self.grain is None else self.measure.additivity

    @property
    def sums_over_groups(self) -> bool:
        """As what it looks back at does."""
        return self.measure.sums_over_groups

    @property
    def parts(self) -> tuple[Measure, ...]:
        """What is measured."""
        return (self.measure,)

    @property
    def words(self) -> Phrase:
        """What it measures."""
        of = self.measure.words
        if self.grain is None:
            return Phrase(f"{of.en}, in the period before", f"上一期的{of.zh}")
        grain = self.grain.label
        return Phrase(f"{of.en}, one {grain.en} before", f"一{grain.zh}前同期的{of.zh}")

    @property
    def memory(self) -> Phrase:
        """What the measure keeps."""
        return self.measure.memory


Counted: TypeAlias = Count | Sum | Distinct | Stock | Balance | Newcomers | LikeForLike | Both
Term: TypeAlias = "Counted | Cumulative | Previous"
_PLAIN_TERMS: Final = (
    Count,
    Sum,
    Distinct,
    Stock,
    Balance,
    Newcomers,
    LikeForLike,
    Both,
    Cumulative,
)


def _is_term(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    inner = value
    while isinstance(inner, Previous):
        inner = inner.measure
    if not isinstance(inner, _PLAIN_TERMS):
        names = ", ".join(kind.__name__ for kind in _PLAIN_TERMS)
        raise InvalidValueError(
            attribute.name, value, f"be one of {names}, or a Previous of one; else use a Derived"
        )
    is_not_too_deep(attribute.name, value)  # type: ignore[arg-type]


def _of_whom(measure: Measure) -> Measure:
    """Return what a measure counts, whatever the criterion."""
    if isinstance(measure, Cumulative | Previous):
        inner: Any = _of_whom(measure.measure)
        return attrs.evolve(measure, measure=inner)
    atom: Any = measure
    return cast("Measure", attrs.evolve(atom, where=None))


def _is_share(upper: Measure, lower: Measure) -> bool:
    """Say whether one measure may count some of the very things that the other counts."""
    if isinstance(upper, Both):
        return lower in (upper.one, upper.other)
    counts = upper
    while isinstance(counts, Cumulative | Previous):
        counts = counts.measure
    if not isinstance(counts, Count | Distinct | Stock | Newcomers) or isinstance(lower, Both):
        return False
    return _of_whom(upper) == _of_whom(lower)


@attrs.frozen
class Ratio(Measure):
    """One measure by another; undefined where the lower one is 0, or less.

    Attributes:
        numerator: What stands above the line: a `Count`, a `Sum`, a `Distinct`, a `Stock`, a
            `Balance`, a `Newcomers`, a `LikeForLike`, a `Both`, a `Cumulative`, or a `Previous`
            of one of them.
        denominator: What stands below it.
        proportion: Whether the numerator counts some of the very things that the denominator
            counts. Then the ratio is a share, and carries Wilson's interval.

    .. versionadded:: 0.1.0
    """

    numerator: Term = attrs.field(validator=_is_term)
    denominator: Term = attrs.field(validator=_is_term)
    proportion: bool = attrs.field(default=False, kw_only=True)
    depth: int = attrs.field(init=False, eq=False, repr=False)

    @proportion.validator
    def _counts_the_same(self, attribute: attrs.Attribute[bool], value: object) -> None:
        if value and not _is_share(self.numerator, self.denominator):
            rule = "count the same things above and below the line, but for the criterion"
            raise InvalidValueError(attribute.name, value, rule)

    @depth.default
    def _one_deeper(self) -> int:
        return 1 + max(getattr(part, "depth", 0) for part in (self.numerator, self.denominator))

    @property
    def additivity(self) -> Additivity:
        """Never the sum of ratios; of two last values, the last one."""
        if {part.additivity for part in self.parts} == {Additivity.SEMI_ADDITIVE}:
            return Additivity.SEMI_ADDITIVE
        return Additivity.NON_ADDITIVE

    @property
    def parts(self) -> tuple[Measure, ...]:
        """What stands above and below the line."""
        return (self.numerator, self.denominator)

    @property
    def words(self) -> Phrase:
        """What it measures."""
        upper, lower = self.numerator.words, self.denominator.words
        return Phrase(f"{upper.en}, divided by {lower.en}", f"{upper.zh} ÷ {lower.zh}")

    @property
    def memory(self) -> Phrase:
        """What both parts keep."""
        return memory_of(self.parts)
