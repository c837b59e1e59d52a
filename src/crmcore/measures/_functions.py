"""The functions that make one value out of several."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import attrs

from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase, Reason, Undefined
from crmcore.statistics import Interval, nps_interval, two_proportions

from ._numbers import EXACT, ZERO, quotient
from ._value import Value

Given: TypeAlias = Mapping[str, Decimal]
Result: TypeAlias = "Value | Undefined | Decimal"
Function: TypeAlias = Callable[[Sequence[Any], Given], Result]

_ONE: Final = Decimal(1)
_HUNDRED: Final = Decimal(100)


@attrs.frozen(kw_only=True)
class Shipped:
    """A function of this room.

    Attributes:
        call: What it does with the values of its parts and with the numbers given.
        parts: How many parts it takes; None where it takes any number of them.
        given: The names of the numbers that it wants; None where each part has one.
        is_pure: Whether it gives a number without a unit, of money too.
        divides: Whether it gives one where the last part is money, and only then.
        is_linear: Whether it is a sum or a difference, which adds up where its parts do.
        takes_undefined: Whether it wants to see parts that are undefined.
        of_one_unit: Whether its parts are put together as they are, so that all of them have to
            be money, or none.
    """

    call: Function
    parts: int | None
    given: tuple[str, ...] | None = ()
    is_pure: bool = False
    divides: bool = False
    is_linear: bool = False
    takes_undefined: bool = False
    of_one_unit: bool = False

    def __call__(self, values: Sequence[Value | Undefined], given: Given) -> Result:
        """Return what the values come to; undefined where one of them is."""
        if not self.takes_undefined:
            for value in values:
                if isinstance(value, Undefined):
                    return value
        return self.call(values, given)


def _made(values: Sequence[Value], number: Decimal, **parts: Any) -> Value:  # noqa: ANN401
    """Return the first value with another number, and with nothing else that it does not say."""
    defaults: dict[str, Any] = {
        "numerator": None,
        "denominator": None,
        "interval": None,
        "missing": sum(value.missing for value in values),
    }
    return attrs.evolve(values[0], number=number, **(defaults | parts))


def _bounds(value: Value, of: Callable[[float], float], label: str = "") -> Interval | None:
    """Return the interval that a monotone function makes of a value's interval."""
    if value.interval is None:
        return None
    low, high = sorted((of(value.interval.low), of(value.interval.high)))
    method = value.interval.method
    return attrs.evolve(value.interval, low=low, high=high, method=f"{method}{label}")


def _total(values: Sequence[Value], _: Given) -> Value:
    number = ZERO
    for value in values:
        number = EXACT.add(number, value.number)
    return _made(values, number, numerator=number, n=sum(value.n for value in values))


def _difference(values: Sequence[Value], _: Given) -> Value:
    return _made(values, EXACT.subtract(values[0].number, values[1].number))


def _growth(values: Sequence[Value | Undefined], _: Given) -> Value | Undefined:
    """Return by which share there is more than before; of nothing before there is no share."""
    now, before = values
    if isinstance(now, Undefined):
        return now
    if isinstance(before, Undefined):
        is_nothing = before.reason is Reason.NO_DATA
        return attrs.evolve(before, reason=Reason.NO_BASE) if is_nothing else before
    if before.number <= 0:
        detail = Phrase(f"before: {before.number:f}", f"上期：{before.number:f}")
        return Undefined(Reason.NO_BASE, detail)
    more = EXACT.subtract(now.number, before.number)
    return _made(
        (now, before), quotient(more, before.number), numerator=more, denominator=before.number
    )


def _product(values: Sequence[Value], _: Given) -> Value:
    number = _ONE
    for value in values:
        number = EXACT.multiply(number, value.number)
    return _made(values, number, n=min(value.n for value in values))


def nothing_below(upper: Decimal, lower: Decimal = ZERO) -> Undefined:
    """Return why there is no share of nothing, or of less, with what was there to divide."""
    if lower < 0:
        said = Phrase(f"{upper:f} by {lower:f}, less than nothing", f"{upper:f}除以负数{lower:f}")
        return Undefined(Reason.NOT_APPLICABLE, said)
    return Undefined(Reason.ZERO_DENOMINATOR, Phrase(f"{upper:f} by 0", f"{upper:f}除以0"))


def _quotient(values: Sequence[Value], _: Given) -> Value | Undefined:
    upper, lower = (value.number for value in values)
    if lower == 0:
        return nothing_below(upper)
    return _made(values, quotient(upper, lower), numerator=upper, denominator=lower, n=values[1].n)


def _complement(values: Sequence[Value], _: Given) -> Value:
    (value,) = values
    upper = None
    if value.numerator is not None and value.denominator is not None:
        upper = EXACT.subtract(value.denominator, value.numerator)
    return _made(
        values,
        EXACT.subtract(_ONE, value.number),
        numerator=upper,
        denominator=value.denominator,
        interval=_bounds(value, lambda bound: 1 - bound),
    )


def _scaled(values: Sequence[Value], given: Given) -> Value:
    (value,), factor = values, given["factor"]
    times = float(factor)
    return _made(
        values,
        EXACT.multiply(value.number, factor),
        numerator=value.numerator,
        denominator=value.denominator,
        interval=_bounds(value, lambda bound: bound * times),
    )


def _rescale(values: Sequence[Value], given: Given) -> Value:
    """Return where a value lies between two ends: 0 at the low one, 100 at the high one."""
    (value,), low, high = values, given["low"], given["high"]
    if not low < high:
        raise InvalidValueError("high", high, f"be above low, {low}")
    width = EXACT.subtract(high, low)
    above = EXACT.subtract(min(max(value.number, low), high), low)
    start, end, span = float(low), float(high), float(width)
    return _made(
        values,
        quotient(EXACT.multiply(_HUNDRED, above), width),
        interval=_bounds(value, lambda bound: 100 * (min(max(bound, start), end) - start) / span),
    )


def _nps(values: Sequence[Value], _: Given) -> Value | Undefined:
    promoters, detractors, n = (value.number for value in values)
    if n == 0:
        return Undefined(Reason.NO_DATA)
    lead = EXACT.subtract(promoters, detractors)
    return _made(
        values,
        quotient(EXACT.multiply(_HUNDRED, lead), n),
        numerator=lead,
        denominator=n,
        n=values[2].n,
        missing=values[2].missing,
        interval=nps_interval(int(promoters), int(detractors), int(n)),
    )


_NO_CONTROL: Final = Undefined(
    Reason.NOT_APPLICABLE,
    Phrase(
        "without a control group nobody knows what would have been anyway",
        "没有对照组，无从得知不采取行动时的结果",
    ),
)


def _uplift(values: Sequence[Value | Undefined], _: Given) -> Value | Undefined:
    """Return by how much one share is above another, of a separate group."""
    treated, control = values
    if isinstance(treated, Undefined):
        return treated
    if isinstance(control, Undefined):
        is_empty = control.reason is Reason.ZERO_DENOMINATOR
        return _NO_CONTROL if is_empty else control
    return _difference_of_shares("uplift", treated, control)


def _gain(values: Sequence[Value], _: Given) -> Value:
    """Return by how much one share is above another, of a separate sample."""
    return _difference_of_shares("gain", *values)


def _difference_of_shares(function: str, *values: Value) -> Value:
    counts: list[int] = []
    for value in values:
        for part in (value.numerator, value.denominator):
            if part is None or part != int(part):
                raise InvalidValueError(function, str(value), "be of two shares of counts")
            counts.append(int(part))
    return _made(
        values,
        EXACT.subtract(values[0].number, values[1].number),
        n=sum(value.n for value in values),
        interval=two_proportions(*counts),
    )


def _incremental_return(values: Sequence[Value], _: Given) -> Value | Undefined:
    """Return what a treatment brings beyond its cost, for each unit of this cost.

    What as many as were treated bring without a treatment is told by the control group.
    """
    gain, treated, gain_of_control, control, cost = (value.number for value in values)
    if control == 0:
        return _NO_CONTROL
    if cost <= 0:
        return nothing_below(gain, cost)
    anyway = quotient(EXACT.multiply(gain_of_control, treated), control)
    more = EXACT.subtract(EXACT.subtract(gain, anyway), cost)
    n = values[1].n + values[3].n
    return _made(values, quotient(more, cost), numerator=more, denominator=cost, n=n)


def check_weights(weights: Sequence[Decimal]) -> None:
    """Want weights of 0 or more that sum to 1."""
    for weight in weights:
        if weight < 0:
            raise InvalidValueError("weights", weight, "be 0 or more")
    total = ZERO
    for weight in weights:
        total = EXACT.add(total, weight)
    if total != 1:
        raise InvalidValueError("weights", total, "sum to 1")


def _weighted_mean(values: Sequence[Value | Undefined], given: Given) -> Value | Undefined:
    """Return the weighted mean of the parts that there are; all weigh the same unless given."""
    weights = tuple(given.values()) or (_ONE,) * len(values)
    if given:
        check_weights(weights)
    upper = lower = ZERO
    there = []
    for value, weight in zip(values, weights, strict=True):
        if not isinstance(value, Undefined):
            there.append(value)
            upper = EXACT.fma(weight, value.number, upper)
            lower = EXACT.add(lower, weight)
    if not there:
        return values[0]
    if lower == 0:
        return Undefined(Reason.ZERO_DENOMINATOR)
    return _made(
        there,
        quotient(upper, lower),
        numerator=upper,
        denominator=lower,
        n=sum(value.n for value in there),
        missing=len(values) - len(there),
    )


def _lifetime_value(values: Sequence[Value], given: Given, *, at_once: bool) -> Value | Undefined:
    """Return what a customer brings over all periods, each discounted.

    Sources:
        S. Gupta and D. R. Lehmann, "Customers as Assets", Journal of Interactive Marketing
        17(1), 2003.
    """
    margin, retention = (value.number for value in values)
    growth = EXACT.add(_ONE, given["discount"])
    lost = EXACT.subtract(growth, retention)
    if lost <= 0:
        detail = Phrase("the sum has no end", "级数不收敛")
        return Undefined(Reason.ZERO_DENOMINATOR, detail)
    factor = growth if at_once else retention
    return _made(values, quotient(EXACT.multiply(margin, factor), lost), n=values[1].n)


def _lifetime_value_after(values: Sequence[Value], given: Given) -> Value | Undefined:
    return _lifetime_value(values, given, at_once=False)


def _lifetime_value_at_once(values: Sequence[Value], given: Given) -> Value | Undefined:
    return _lifetime_value(values, given, at_once=True)


FUNCTIONS: Final[Mapping[str, Shipped]] = MappingProxyType(
    {
        "complement": Shipped(call=_complement, parts=1),
        "difference": Shipped(call=_difference, parts=2, is_linear=True, of_one_unit=True),
        "gain": Shipped(call=_gain, parts=2, is_pure=True),
        "growth": Shipped(
            call=_growth, parts=2, is_pure=True, takes_undefined=True, of_one_unit=True
        ),
        "incremental_return": Shipped(call=_incremental_return, parts=5, is_pure=True),
        "lifetime_value_after": Shipped(call=_lifetime_value_after, parts=2, given=("discount",)),
        "lifetime_value_at_once": Shipped(
            call=_lifetime_value_at_once, parts=2, given=("discount",)
        ),
        "nps": Shipped(call=_nps, parts=3, is_pure=True),
        "product": Shipped(call=_product, parts=None),
        "quotient": Shipped(call=_quotient, parts=2, divides=True),
        "rescale": Shipped(call=_rescale, parts=1, is_pure=True, given=("low", "high")),
        "scaled": Shipped(call=_scaled, parts=1, given=("factor",)),
        "total": Shipped(call=_total, parts=None, is_linear=True, of_one_unit=True),
        "uplift": Shipped(call=_uplift, parts=2, is_pure=True, takes_undefined=True),
        "weighted_mean": Shipped(
            call=_weighted_mean, parts=None, given=None, takes_undefined=True, of_one_unit=True
        ),
    }
)
"""The functions that a `Derived` may name; the reference of the room tells what each does."""
