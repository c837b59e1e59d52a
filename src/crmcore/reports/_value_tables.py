"""Tables of customer value: who is slipping away, what each is worth, and the models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final

from crmcore.kernel import Phrase, Undefined
from crmcore.reviews import CustomerValue, Judgement, Review

from ._plan_tables import name_of
from ._table import Column, Kind, Read, Row, Table

_TENTHS: Final = 10
_CUSTOMER: Final = Column("customer", Phrase("customer", "客户"))
_ALIVE: Final = Column("alive", Phrase("alive", "存活概率"), Kind.SHARE)
_VALUE: Final = Column("value", Phrase("value", "价值"), Kind.MONEY)
_MODEL: Final = Column("model", Phrase("model", "模型"))


def value_tables(review: Review) -> tuple[Table, ...]:
    """Return the tables of customer value; they are empty where no value is told."""
    return (slipping(review), values(review), tenths(review), tracking(review), models(review))


def slipping(review: Review) -> Table:
    """Return who is slipping away, those who would be worth most first."""

    def rows() -> Iterator[Row]:
        for one in review.slipping:
            known = one.features
            yield (
                one.customer,
                None if one.owner is None else Read(one.owner, name_of(review, one.owner)),
                known.alive,
                known.days_since_last,
                known.frequency,
                known.spend,
                one.value_if_alive,
                known.lifetime_value,
            )

    return Table(
        name="slipping",
        title=Phrase("who is slipping away", "正在流失的客户"),
        columns=(
            _CUSTOMER,
            Column("owner", Phrase("owner", "负责人")),
            _ALIVE,
            Column("days_since_last", Phrase("days since last", "距今天数"), Kind.COUNT),
            Column("frequency", Phrase("purchases", "购买次数"), Kind.COUNT),
            Column("spend", Phrase("spend so far", "累计消费额"), Kind.MONEY),
            Column("value_if_alive", Phrase("worth if still there", "若未流失的价值"), Kind.MONEY),
            Column("value", Phrase("worth as it is", "当前预期价值"), Kind.MONEY),
        ),
        rows=rows,
    )


def values(review: Review) -> Table:
    """Return what each customer is worth, and the five numbers of which that is the product."""

    def rows() -> Iterator[Row]:
        for one in review.judgements:
            found = one.value
            if found is not None:
                yield (
                    one.customer,
                    found.alive,
                    found.purchases,
                    found.spend,
                    found.discount,
                    found.margin,
                    one.features.lifetime_value,
                    one.value_if_alive,
                )

    return Table(
        name="values",
        title=Phrase("what each customer is worth", "客户价值明细"),
        columns=(
            _CUSTOMER,
            _ALIVE,
            Column("purchases", Phrase("purchases if alive", "存活时购买次数"), Kind.NUMBER),
            Column("spend", Phrase("spend on each", "每次消费额"), Kind.MONEY),
            Column("discount", Phrase("discount", "折现系数"), Kind.NUMBER),
            Column("margin", Phrase("margin", "利润率"), Kind.SHARE),
            _VALUE,
            Column("value_if_alive", Phrase("worth if still there", "若未流失的价值"), Kind.MONEY),
        ),
        rows=rows,
    )


def by_value(review: Review) -> list[list[Judgement]]:
    """Return those who have a value in ten groups as equal as can be, the most valuable first."""
    valued = [one for one in review.judgements if one.features.lifetime_value is not None]
    ranked = sorted(valued, key=lambda one: (-(one.features.lifetime_value or 0), one.customer))
    cuts = [len(ranked) * place // _TENTHS for place in range(_TENTHS + 1)]
    groups = [ranked[low:high] for low, high in pairwise(cuts)]
    return [group for group in groups if group]


def worth(group: Sequence[Judgement]) -> Decimal:
    """Return what the customers of a group are worth."""
    return sum((one.features.lifetime_value or Decimal(0) for one in group), Decimal(0))


def tenths(review: Review) -> Table:
    """Return what each tenth of the customers is worth, the most valuable first."""

    def rows() -> Iterator[Row]:
        groups = by_value(review)
        total = sum(map(worth, groups), Decimal(0))
        for place, group in enumerate(groups, start=1):
            value = worth(group)
            spend = sum((one.features.spend for one in group), Decimal(0))
            alive = sum((one.features.alive or Decimal(0) for one in group), Decimal(0))
            yield (
                place,
                len(group),
                alive / len(group),
                spend,
                value,
                value / total if total else None,
            )

    return Table(
        name="tenths",
        title=Phrase("tenths of the customers by value", "按价值十等分"),
        columns=(
            Column("tenth", Phrase("tenth", "十分位"), Kind.COUNT),
            Column("customers", Phrase("customers", "客户数"), Kind.COUNT),
            Column("alive", Phrase("alive, on average", "平均存活概率"), Kind.SHARE),
            Column("spend", Phrase("spend so far", "累计消费额"), Kind.MONEY),
            _VALUE,
            Column("share", Phrase("share of the value", "价值占比"), Kind.SHARE),
        ),
        rows=rows,
    )


def tracking(review: Review) -> Table:
    """Return how often customers had bought again by each week, and how often by the model."""

    def rows() -> Iterator[Row]:
        if not isinstance(review.value, Undefined):
            found = review.value.tracking
            yield from zip(
                found.ends, found.cumulative_actual, found.cumulative_expected, strict=True
            )

    return Table(
        name="tracking",
        title=Phrase("repeat purchases by week", "重复购买的周累计"),
        columns=(
            Column("day", Phrase("until", "截至")),
            Column("actual", Phrase("repeat purchases", "实际重复购买次数"), Kind.COUNT),
            Column("expected", Phrase("by the model", "模型预计"), Kind.NUMBER),
        ),
        rows=rows,
    )


def models(review: Review) -> Table:
    """Return the parameters of the models, and how sure they are."""

    def rows() -> Iterator[Row]:
        if not isinstance(review.value, Undefined):
            yield from _parameters(review.value)

    return Table(
        name="value_models",
        title=Phrase("the models of value", "客户价值模型"),
        columns=(
            _MODEL,
            Column("parameter", Phrase("parameter", "参数")),
            Column("estimate", Phrase("estimate", "估计值"), Kind.NUMBER),
            Column("standard_error", Phrase("standard error", "标准误"), Kind.NUMBER),
            Column("low", Phrase("at least", "下限"), Kind.NUMBER),
            Column("high", Phrase("at most", "上限"), Kind.NUMBER),
            Column("customers", Phrase("customers", "客户数"), Kind.COUNT),
        ),
        rows=rows,
        heads=1,
    )


def _parameters(value: CustomerValue) -> Iterator[Row]:
    fits = (value.purchases.fitted, value.spend.fitted)
    for fit in filter(None, fits):
        numbers = zip(fit.names, fit.parameters, fit.standard_errors, fit.intervals(), strict=True)
        for name, estimate, error, interval in numbers:
            ends = (_read(interval.low), _read(interval.high))
            yield fit.model, name, _read(estimate), _read(error), *ends, fit.n


def _read(number: float) -> Read:
    """Return a number of which people read four digits that count."""
    return Read(number, f"{number:,.4g}")
