"""What every definition is, and what it refuses to be."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, Final, TypeVar

import attrs

from crmcore.criteria import Criterion
from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase

from ._additivity import Additivity

DEEPEST: Final = 16

# What a state may take, said once for all definitions that need the same.
A_FEW: Final = Phrase("a few numbers for each day and group", "每日每组只需少量数字")
VALUES: Final = Phrase(
    "each different value of each day and group, with how often it came",
    "每日每组各不同取值及其次数",
)
ENTITIES: Final = Phrase("each entity of each day and group", "每日每组的每个实体")
EVENTS: Final = Phrase("each event of each entity", "每个实体的每次事件")
CASES: Final = Phrase("each case", "每个个案")


class Measure(ABC):
    """The definition of a number about records in a period: a frozen, hashable value.

    The algebra is closed: its definitions are those of this room.

    .. versionadded:: 0.1.0
    """

    __slots__ = ()

    @property
    @abstractmethod
    def additivity(self) -> Additivity:
        """What the values of short periods make of a long one."""

    @property
    @abstractmethod
    def words(self) -> Phrase:
        """What it measures, in one clause."""

    @property
    @abstractmethod
    def memory(self) -> Phrase:
        """What its state has to keep."""

    @property
    def parts(self) -> tuple[Measure, ...]:
        """The measures that it is made of; none where it is an atom."""
        return ()

    @property
    def sums_over_groups(self) -> bool:
        """Whether the values of all groups add up to that of the whole."""
        return False

    @property
    def is_set(self) -> bool:
        """Whether it counts different values, so that each of them can be told."""
        return False

    @property
    def sources(self) -> frozenset[str | None]:
        """The kinds of records that it reads; None stands for the only one there is."""
        return frozenset[str | None]().union(*(part.sources for part in self.parts))

    @property
    def parameters(self) -> frozenset[str]:
        """The names of the numbers that it leaves to whoever evaluates it."""
        return frozenset(self._own_parameters()).union(*(part.parameters for part in self.parts))

    @property
    def depth(self) -> int:
        """How deep it is nested; an atom is 1 deep."""
        return 1

    def _own_parameters(self) -> tuple[str, ...]:
        return ()

    def __str__(self) -> str:
        """Return what it measures, in English."""
        return self.words.en


def is_source(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Want the name of a kind of records, or None."""
    if value is not None and not is_name_of_a_thing(value):
        rule = "be the name of a kind of records, such as purchases"
        raise InvalidValueError(attribute.name, value, rule)


def is_name_of_a_thing(value: object) -> bool:
    """Say whether *value* is a plain identifier."""
    return isinstance(value, str) and value.isidentifier()


@attrs.frozen
class Atom(Measure):
    """A measure that reads records itself."""

    source: str | None = attrs.field(default=None, kw_only=True, validator=is_source)

    @property
    def sources(self) -> frozenset[str | None]:
        """The kind of records that it reads."""
        return frozenset({self.source})


def is_path(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Want the name of a field, or names joined by dots that lead from field to field."""
    if not is_name_of_a_field(value):
        raise InvalidValueError(
            attribute.name, value, "be the name of a field, such as quantity or amount.amount"
        )


def is_name_of_a_field(value: object) -> bool:
    """Say whether *value* is a plain name, or names joined by dots."""
    return isinstance(value, str) and all(
        step.isidentifier() and not step.startswith("_") for step in value.split(".")
    )


def is_optional_path(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Want the name of a field, or None."""
    if value is not None:
        is_path(_, attribute, value)


def is_filter(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:  # noqa: ANN401
    """Want no criterion, or one that says the same of a record on every day."""
    if value is None:
        return
    if not isinstance(value, Criterion):
        raise InvalidValueError(attribute.name, value, "be a criterion, such as F.quantity > 1")
    if value.needs_as_of:
        rule = "not depend on the day of judgement, or what was counted yesterday would not stand"
        raise InvalidValueError(attribute.name, value, rule)
    value.size.check()


def is_days(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Want a whole number of days of 1 or more, or the name of a parameter that will be one."""
    if is_name_of_a_thing(value):
        return
    if type(value) is not int or value < 1:
        rule = "be a whole number of days, 1 or more, or the name of a parameter, such as days"
        raise InvalidValueError(attribute.name, value, rule)


def is_optional_days(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Want days as `is_days` does, or None."""
    if value is not None:
        is_days(_, attribute, value)


def is_one_of(*choices: str) -> Any:  # noqa: ANN401 - a validator of attrs
    """Return a validator that wants one of some words."""

    def check(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if value not in choices:
            raise InvalidValueError(attribute.name, value, f"be {' or '.join(choices)}")

    return check


M = TypeVar("M", bound=Measure)


def is_made_of(kinds: tuple[type[Measure], ...], named: str) -> Any:  # noqa: ANN401 - a validator
    """Return a validator that wants a measure of certain kinds, not nested too deep."""

    def check(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if not isinstance(value, kinds):
            raise InvalidValueError(attribute.name, value, f"be {named}")
        is_not_too_deep(attribute.name, value)

    return check


def is_not_too_deep(name: str, value: Measure) -> None:
    """Want a definition that leaves room for one more around it."""
    if value.depth >= DEEPEST:
        raise InvalidValueError(name, "one of great depth", f"be nested at most {DEEPEST} deep")


def among(source: str | None, where: Criterion | None) -> Phrase:
    """Return which records are taken, in words that follow what is told of them."""
    en = f" of {source}" if source else ""
    zh = f"（{source}）" if source else ""
    if where is not None:
        en += f" where {where.words.en}"
        zh += f"（条件：{where.words.zh}）"
    return Phrase(en, zh)


def days_in_words(days: int | str) -> Phrase:
    """Return a number of days, or the name that stands for it."""
    one = days == 1
    return Phrase(f"{days} day{'' if one else 's'}", f"{days}天")


def memory_of(parts: Iterable[Measure]) -> Phrase:
    """Return what all parts keep together."""
    kept = tuple(dict.fromkeys(part.memory for part in parts))
    return Phrase("; ".join(each.en for each in kept), "；".join(each.zh for each in kept))
