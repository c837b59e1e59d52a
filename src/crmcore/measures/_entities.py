"""Atoms about entities: who is there, who is new, who holds how much."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

import attrs

from crmcore.checks import decimal
from crmcore.criteria import Criterion
from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase

from ._additivity import Additivity
from ._measure import (
    A_FEW,
    ENTITIES,
    EVENTS,
    Atom,
    Measure,
    among,
    is_filter,
    is_made_of,
    is_not_too_deep,
    is_one_of,
    is_optional_path,
    is_path,
)


@attrs.frozen
class Stock(Atom):
    """How many entities are in a state at the start or the end of the period, or in the mean.

    Each record is one entity, and says from which day on, and until which day, it is in the
    state: it is in it from the day *since* up to, and without, the day *until*. The start of
    a period is the moment when its first day begins, and its end the moment when its last
    day is over, so that the closing stock of a month is the opening stock of the next. The
    mean is that of the closing stocks of all days of the period.

    Attributes:
        since: The field with the day or instant at which the state began. An entity without
            it is counted as missing.
        until: The field with the day or instant at which it ended; None in it means that it
            lasts. Without such a field, what began lasts for ever.
        moment: Start, end or mean.
        where: Which entities to take; all where it is None.
        source: Which kind of records; the only one there is where it is None.

    .. versionadded:: 0.1.0
    """

    since: str = attrs.field(validator=is_path)
    until: str | None = attrs.field(default=None, validator=is_optional_path)
    moment: Literal["start", "end", "mean"] = attrs.field(
        default="end", validator=is_one_of("start", "end", "mean")
    )
    where: Criterion | None = attrs.field(default=None, validator=is_filter)

    @property
    def additivity(self) -> Additivity:
        """Who is there in two months is not two."""
        return Additivity.SEMI_ADDITIVE if self.moment == "end" else Additivity.NON_ADDITIVE

    @property
    def sums_over_groups(self) -> bool:
        """Each entity is of one group."""
        return True

    @property
    def words(self) -> Phrase:
        """What it measures."""
        rest = among(self.source, self.where)
        when = {
            "start": Phrase("at the start", "期初"),
            "end": Phrase("at the end", "期末"),
            "mean": Phrase("in the daily mean", "日均"),
        }[self.moment]
        until = f" to {self.until}" if self.until else " on"
        to = f"至{self.until}" if self.until else "起"
        return Phrase(
            f"the number{rest.en} that last {when.en}, from {self.since}{until}",
            f"{when.zh}存续数（自{self.since}{to}）{rest.zh}",
        )

    @property
    def memory(self) -> Phrase:
        """How many came and went."""
        return A_FEW


@attrs.frozen
class Balance(Atom):
    """What the last, first or mean values of all entities in the period come to together.

    That is their sum, or the highest, the lowest or the median of them. Which of two values of
    an entity is the later one is told by the day or instant that the records are counted by; of
    one moment, the larger value is the later.

    Attributes:
        field: The field; integers, decimals or money. A record without it is counted as
            missing.
        entity: The field that tells whose value it is.
        take: Last, first or mean, of each entity.
        over: Sum, highest, lowest or median, of all entities.
        where: Which records to take; all where it is None.
        source: Which kind of records; the only one there is where it is None.

    .. versionadded:: 0.1.0
    """

    field: str = attrs.field(validator=is_path)
    entity: str = attrs.field(validator=is_path)
    take: Literal["last", "first", "mean"] = attrs.field(
        default="last", validator=is_one_of("last", "first", "mean")
    )
    where: Criterion | None = attrs.field(default=None, validator=is_filter)
    over: Literal["sum", "highest", "lowest", "median"] = attrs.field(
        default="sum", kw_only=True, validator=is_one_of("sum", "highest", "lowest", "median")
    )

    @property
    def additivity(self) -> Additivity:
        """Never summed over time; whom only January knows counts in the quarter."""
        return Additivity.NON_ADDITIVE

    @property
    def words(self) -> Phrase:
        """What it measures."""
        rest = among(self.source, self.where)
        taken = {"last": "末个值", "first": "首个值", "mean": "均值"}[self.take]
        made = {"sum": "之和", "highest": "最高者", "lowest": "最低者", "median": "中位数"}[
            self.over
        ]
        return Phrase(
            f"the {self.over} of the {self.take} {self.field} of each {self.entity}{rest.en}",
            f"各{self.entity}的{self.field}{taken}{made}{rest.zh}",
        )

    @property
    def memory(self) -> Phrase:
        """A value of each entity."""
        return ENTITIES


@attrs.frozen
class Newcomers(Atom):
    """How many entities have their very first record in the period.

    It is the first of all time and of all groups; the group of that record gets the entity.

    Attributes:
        entity: The field that tells who it is, such as ``customer``.
        where: Which records to look at; all where it is None.
        source: Which kind of records; the only one there is where it is None.

    .. versionadded:: 0.1.0
    """

    entity: str = attrs.field(validator=is_path)
    where: Criterion | None = attrs.field(default=None, validator=is_filter)

    @property
    def additivity(self) -> Additivity:
        """Everybody is new once."""
        return Additivity.ADDITIVE

    @property
    def sums_over_groups(self) -> bool:
        """Everybody is new in one group."""
        return True

    @property
    def words(self) -> Phrase:
        """What it measures."""
        rest = among(self.source, self.where)
        return Phrase(
            f"the number of {self.entity} values with their very first record{rest.en}",
            f"首次出现的{self.entity}数{rest.zh}",
        )

    @property
    def memory(self) -> Phrase:
        """When each entity came first."""
        return Phrase("the first moment of each entity", "每个实体的首次时刻")


def _is_optional_set(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if value is None:
        return
    if not isinstance(value, Measure) or not value.is_set:
        rule = "be a Distinct, a Cumulative of one, or a Both"
        raise InvalidValueError(attribute.name, value, rule)
    is_not_too_deep(attribute.name, value)


@attrs.frozen
class LikeForLike(Atom):
    """What the same entities come to in this period and in the one before.

    Attributes:
        field: The field that is summed for each entity; integers, decimals or money.
        entity: The field that tells whose it is, such as ``customer``.
        part: What they come to *now*, what they came to *before*, or what was *kept*: for each
            entity the smaller of the two.
        among: Entities with a record in *both* periods, or all with one in the period
            *before*; not asked where *whose* says who they are.
        whose: A `Distinct`, a `Cumulative` of one or a `Both`, whose values are the entities,
            where these are told otherwise.
        where: Which records to sum; all where it is None.
        present: Which of these records say that the entity was there; all where it is None. A
            refund may count in the sum, and make nobody a buyer.
        source: Which kind of records; the only one there is where it is None.

    .. versionadded:: 0.1.0
    """

    field: str = attrs.field(validator=is_path)
    entity: str = attrs.field(validator=is_path)
    part: Literal["now", "before", "kept"] = attrs.field(
        default="now", validator=is_one_of("now", "before", "kept")
    )
    among: Literal["both", "before"] = attrs.field(
        default="both", validator=is_one_of("both", "before")
    )
    where: Criterion | None = attrs.field(default=None, validator=is_filter)
    present: Criterion | None = attrs.field(default=None, kw_only=True, validator=is_filter)
    whose: Measure | None = attrs.field(default=None, kw_only=True, validator=_is_optional_set)
    depth: int = attrs.field(init=False, eq=False, repr=False)

    @depth.default
    def _deeper_than_a_set(self) -> int:
        return 1 + getattr(self.whose, "depth", 0)

    @property
    def additivity(self) -> Additivity:
        """A longer period has another one before it."""
        return Additivity.NON_ADDITIVE

    @property
    def parts(self) -> tuple[Measure, ...]:
        """The set of the entities, where one was given."""
        return () if self.whose is None else (self.whose,)

    @property
    def sources(self) -> frozenset[str | None]:
        """That of its records, and those of the set."""
        return frozenset({self.source}).union(*(part.sources for part in self.parts))

    @property
    def words(self) -> Phrase:
        """What it measures."""
        rest = among(self.source, self.where)
        told = {
            "now": Phrase("now", "本期"),
            "before": Phrase("in the period before", "上期"),
            "kept": Phrase("now, and no more than before", "本期（以上期为上限）"),
        }[self.part]
        who = {
            "both": Phrase("were there in both periods", "两期均在"),
            "before": Phrase("were there before", "上期在"),
        }[self.among]
        if self.whose is not None:
            whose = self.whose.words
            who = Phrase(f"is told by {whose.en}", f"由“{whose.zh}”确定")
        return Phrase(
            f"the sum of {self.field}{rest.en} {told.en}, of each {self.entity} that {who.en}",
            f"{who.zh}的{self.entity}的{told.zh}{self.field}之和{rest.zh}",
        )

    @property
    def memory(self) -> Phrase:
        """A sum for each entity."""
        return ENTITIES


def _share(value: Decimal | int | str, attribute: attrs.Attribute[Any]) -> Decimal:
    share = decimal(value, attribute)
    if not 0 < share <= 1:
        raise InvalidValueError(attribute.name, value, "be a fraction above 0 and at most 1")
    return share


@attrs.frozen
class Concentration(Atom):
    """Which share of the total the largest entities hold.

    Attributes:
        field: The field that is summed for each entity; integers, decimals or money.
        entity: The field that tells whose it is, such as ``customer``.
        top: Which share of the entities are the largest ones, as a fraction; how many these
            are is rounded up, so that there is one at least.
        where: Which records to take; all where it is None.
        source: Which kind of records; the only one there is where it is None.

    .. versionadded:: 0.1.0
    """

    field: str = attrs.field(validator=is_path)
    entity: str = attrs.field(validator=is_path)
    top: Decimal = attrs.field(
        default=Decimal("0.2"),
        converter=attrs.Converter(_share, takes_field=True),  # type: ignore[misc]
    )
    where: Criterion | None = attrs.field(default=None, validator=is_filter)

    @property
    def additivity(self) -> Additivity:
        """Others may be the largest over a longer time."""
        return Additivity.NON_ADDITIVE

    @property
    def words(self) -> Phrase:
        """What it measures."""
        rest = among(self.source, self.where)
        return Phrase(
            f"the share of {self.field}{rest.en} that the largest {self.top} of all "
            f"{self.entity} values hold",
            f"{self.field}最大的前{self.top}比例{self.entity}所占份额{rest.zh}",
        )

    @property
    def memory(self) -> Phrase:
        """A sum for each entity."""
        return ENTITIES


@attrs.frozen
class Rank(Atom):
    """Which place an own value takes among the latest values of peers; those that tie share it.

    Attributes:
        own: The measure whose value is compared.
        field: The field that holds the values of peers; integers or decimals. They stand for
            all groups, and the latest one by the end of the period counts.
        entity: The field that tells whose value it is.
        best: Whether the *highest* or the *lowest* value is the best.
        where: Which records to take; all where it is None.
        source: Which kind of records; the only one there is where it is None.

    .. versionadded:: 0.1.0
    """

    own: Measure = attrs.field(validator=is_made_of((Measure,), "a measure"))
    field: str = attrs.field(validator=is_path)
    entity: str = attrs.field(validator=is_path)
    best: Literal["highest", "lowest"] = attrs.field(
        default="highest", validator=is_one_of("highest", "lowest")
    )
    where: Criterion | None = attrs.field(default=None, validator=is_filter)
    depth: int = attrs.field(init=False, eq=False, repr=False)

    @depth.default
    def _one_deeper(self) -> int:
        return 1 + getattr(self.own, "depth", 0)  # defaults come before validators

    @property
    def additivity(self) -> Additivity:
        """By the end of the period, where its own value is."""
        if self.own.additivity is Additivity.SEMI_ADDITIVE:
            return Additivity.SEMI_ADDITIVE
        return Additivity.NON_ADDITIVE

    @property
    def parts(self) -> tuple[Measure, ...]:
        """The measure whose value is compared."""
        return (self.own,)

    @property
    def sources(self) -> frozenset[str | None]:
        """That of the peers, and those of the own value."""
        return self.own.sources | {self.source}

    @property
    def words(self) -> Phrase:
        """What it measures."""
        rest = among(self.source, self.where)
        best = "最高" if self.best == "highest" else "最低"
        return Phrase(
            f"the rank of {self.own.words.en} among the latest {self.field} of each "
            f"{self.entity}{rest.en}, the {self.best} being the first",
            f"{self.own.words.zh}在各{self.entity}最新{self.field}中的名次（{best}为先）{rest.zh}",
        )

    @property
    def memory(self) -> Phrase:
        """The values of peers."""
        return EVENTS
