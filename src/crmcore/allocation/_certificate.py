"""Certificates: how far from the best possible an assignment can be at most, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil

import attrs

from crmcore.errors import InvalidValueError
from crmcore.kernel import LabelledEnum, Phrase

from ._model import Item, Problem

Assigned = tuple[tuple[str, str | None], ...]
Prices = tuple[tuple[str, int], ...]


class Method(LabelledEnum):
    """What proves a bound.

    .. versionadded:: 0.1.0
    """

    PRICES = "prices", "a price of each holder's minutes", "工时价格"
    BRANCHES = "branches", "a search that has ruled out all the rest", "穷举搜索"
    SOLVER = "solver", "a solver that was handed in", "外部求解器"


@attrs.frozen(kw_only=True)
class Certificate:
    """What an assignment costs, and what every assignment costs at least.

    The prices prove *price_bound*, and `check_certificate` proves that they do. A search
    through branches, or a solver that was handed in, may prove a higher *bound*; to check
    that, the search must be run again.

    Attributes:
        value: What the assignment costs.
        bound: What no assignment can be below.
        prices: What a minute of each holder is worth, each holder once.
        price_bound: The bound that the prices prove by themselves.
        method: What proves the bound.

    .. versionadded:: 0.1.0
    """

    value: int
    bound: int = attrs.field()
    prices: Prices
    price_bound: int = attrs.field()
    method: Method = attrs.field()

    @bound.validator
    def _is_below_value(self, attribute: attrs.Attribute[int], value: int) -> None:
        if value > self.value:
            raise InvalidValueError(attribute.name, value, f"be at most the value, {self.value}")

    @price_bound.validator
    def _is_below_bound(self, attribute: attrs.Attribute[int], value: int) -> None:
        if value > self.bound:
            raise InvalidValueError(attribute.name, value, f"be at most the bound, {self.bound}")

    @method.validator
    def _proves_bound(self, attribute: attrs.Attribute[Method], value: Method) -> None:
        if value is Method.PRICES and self.bound != self.price_bound:
            rule = f"be another where the prices prove {self.price_bound} of {self.bound} only"
            raise InvalidValueError(attribute.name, str(value), rule)

    @property
    def is_optimal(self) -> bool:
        """Whether nothing can be better."""
        return self.value == self.bound

    @property
    def gap(self) -> Fraction:
        """The share of the bound by which the best possible may be better, at most."""
        if self.is_optimal:
            return Fraction(0)
        return Fraction(self.value - self.bound, max(abs(self.bound), 1))

    @property
    def wording(self) -> Phrase:
        """What is proven, in one line; a gap is rounded up, never down."""
        if self.is_optimal:
            return Phrase("the best possible, proven", "已证明为最优方案")
        percent = self.gap * 100
        digits = next((d for d in range(2, 9) if percent * 10**d >= 1), 9)
        shown = Decimal(ceil(percent * 10**digits)).scaleb(-digits)
        return Phrase(
            f"within {shown:f} % of the best possible, proven",
            f"已证明与最优方案的差距不超过{shown:f}%",
        )

    def __str__(self) -> str:
        """Return the English wording."""
        return self.wording.en


def check_certificate(problem: Problem, assignment: Assigned, certificate: Certificate) -> None:
    """Check an assignment and its certificate with whole numbers, and without any solver.

    The value is added up anew. The bound of the prices is what everything costs when each
    item buys the cheapest minutes of somebody who could take it, and each holder sells the load
    that suits it best: no assignment can cost less.

    Raises:
        InvalidValueError: If the assignment or the prices do not name each item or holder
            once, the assignment breaks a rule, or a number is not what it says.

    .. versionadded:: 0.1.0
    """
    price = dict(certificate.prices)
    _names_each_once("prices", certificate.prices, [holder.id for holder in problem.holders])
    value, bound = added_up(problem, assignment), 0
    for item in problem.items:
        ways = problem.choices(item).items()
        bound += min([item.cost_of_nobody, *(cost + work * price[k] for k, (cost, work) in ways)])
    for holder in problem.holders:
        bound += min(cost - price[holder.id] * minutes for minutes, cost in holder.corners)
    if value != certificate.value:
        raise InvalidValueError("value", certificate.value, f"be {value}")
    if bound != certificate.price_bound:
        raise InvalidValueError("price_bound", certificate.price_bound, f"be {bound}")


def added_up(problem: Problem, assignment: Assigned) -> int:
    """Return what an assignment costs.

    Raises:
        InvalidValueError: If it does not name each item once, or breaks a rule.
    """
    held = dict(assignment)
    _names_each_once("assignment", assignment, [item.id for item in problem.items])
    load = dict.fromkeys((holder.id for holder in problem.holders), 0)
    value = 0
    for item in problem.items:
        where = held[item.id]
        option = next((option for option in item.options if option.holder == where), None)
        if option is not None:
            value += option.cost + _change(item, option.holder)
            load[option.holder] += item.minutes if option.minutes is None else option.minutes
        elif where is None:
            value += item.uncovered + _change(item, None)
        else:
            raise InvalidValueError(f"holder of {item.id}", where, "be one of its options")
    value += sum(holder.cost(load[holder.id]) for holder in problem.holders)
    for pair in problem.conflicts:
        where = held[pair.one]
        if where is not None and where == held[pair.other]:
            raise InvalidValueError(f"holder of {pair.one}", where, f"not hold {pair.other} too")
    return value


def _change(item: Item, to: str | None) -> int:
    """Return what it costs that an item changes hands."""
    spared = item.current != to and any(o.holder == item.current for o in item.options)
    return item.change if spared else 0


def _names_each_once(
    field: str, pairs: Sequence[tuple[str, object]], wanted: Sequence[str]
) -> None:
    found, needed = Counter(key for key, _ in pairs), Counter(wanted)
    odd = sorted([*(found - needed), *(needed - found)])
    if odd:
        raise InvalidValueError(field, odd, "name all of the problem, each once")
