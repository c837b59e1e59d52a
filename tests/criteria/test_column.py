"""The types of operands, and the proof that no number leaves what engines hold."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import assume, given

from crmcore.criteria import Column, F, Schema
from crmcore.errors import InvalidValueError, UnknownNameError

LARGEST = 2**63 - 1
WHOLE = 2**53 - 1

FIELDS = Schema.of(
    a=int,
    b=int | None,
    price=Decimal,
    ratio=float,
    name=str,
    tier=str | None,
    joined=date,
    left=date | None,
    seen=datetime,
    vip=bool,
    tags=frozenset[str],
)
A, PRICE, RATIO, NAME, JOINED = (FIELDS[name] for name in ("a", "price", "ratio", "name", "joined"))
_PLAIN: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
}


def _ranges(limit: int) -> st.SearchStrategy[tuple[int, int]]:
    edges = st.sampled_from([-limit, -limit + 1, -1, 0, 1, limit - 1, limit])
    ends = edges | st.integers(-limit, limit)
    return st.tuples(ends, ends).map(lambda pair: (min(pair), max(pair)))


@given(_ranges(4), _ranges(4), st.sampled_from(sorted(_PLAIN)))
def test_the_interval_is_what_brute_force_finds(
    left: tuple[int, int],
    right: tuple[int, int],
    op: Any,  # noqa: ANN401 - one of the three
) -> None:
    """The least and greatest of all pairs are the bounds, no wider and no narrower."""
    schema = Schema.of(a=int, b=int).bounded(a=left, b=right)
    pairs = itertools.product(range(left[0], left[1] + 1), range(right[0], right[1] + 1))
    found = [_PLAIN[op](a, b) for a, b in pairs]

    column = schema["a"].arithmetic(op, schema["b"])

    assert column.interval == (min(found), max(found))


@given(_ranges(WHOLE), _ranges(WHOLE), _ranges(WHOLE), st.sampled_from(sorted(_PLAIN)))
def test_a_product_passes_exactly_if_its_corners_fit_in_64_bits(
    one: tuple[int, int],
    two: tuple[int, int],
    three: tuple[int, int],
    op: Any,  # noqa: ANN401 - one of the three
) -> None:
    """What can overflow is refused, and what cannot is not."""
    schema = Schema.of(a=int, b=int, c=int).bounded(a=one, b=two, c=three)
    products = [a * b for a, b in itertools.product(one, two)]
    results = [_PLAIN[op](p, c) for p, c in itertools.product(products, three)]
    fits = all(abs(result) <= LARGEST for result in [*products, *results])
    operand = {"add": F.a * F.b + F.c, "sub": F.a * F.b - F.c, "mul": F.a * F.b * F.c}[op]

    assert (schema.faults(operand > 0) == ()) is fits


def test_the_last_bit_decides() -> None:
    """The largest integer of 64 bits passes, and the next one does not."""
    schema = Schema.of(a=int, b=int).bounded(a=(0, WHOLE), b=(0, 1024))

    assert WHOLE * 1024 + 1023 == LARGEST
    assert schema.faults(F.a * F.b + 1023 > 0) == ()
    assert schema.faults(F.a * F.b + 1024 > 0)
    assert schema.faults(-(F.a * F.b) - 1023 > 0) == ()
    assert schema.faults(-(F.a * F.b) - 1024 > 0)


def test_the_last_digit_decides() -> None:
    """A decimal of 18 digits passes, and the next one, of 19, does not."""
    schema = Schema.of(price=Decimal).bounded(price=(0, 10**13))
    largest = Decimal("9999999999999999.99")

    assert schema.faults(F.price * 999 > 0) == ()
    assert schema.faults(F.price * 1000 > 0)
    assert schema.faults(F.price < largest) == ()
    assert schema.faults(F.price < Decimal(10**16))


@given(_ranges(3), _ranges(3))
def test_the_interval_of_a_quotient_holds_all_quotients(
    left: tuple[int, int], right: tuple[int, int]
) -> None:
    """Every quotient lies within, and the bounds are reached; zero makes it nullable."""
    schema = Schema.of(a=int, b=int).bounded(a=left, b=right)
    divisors = [b for b in range(right[0], right[1] + 1) if b]
    found = [a / b for a in range(left[0], left[1] + 1) for b in divisors]

    column = schema["a"].arithmetic("div", schema["b"])

    assert column.interval == (min(found, default=0.0), max(found, default=0.0))
    assert column.nullable is (right[0] <= 0 <= right[1])
    assert column.kind.name == "FLOAT"


@given(st.decimals(-5, 5, places=2), st.decimals(-5, 5, places=2), st.decimals("0.01", 5, places=2))
def test_the_interval_of_a_quotient_of_decimals_holds_it(
    one: Decimal, two: Decimal, divisor: Decimal
) -> None:
    """The smallest denominator of a decimal is one unit of its last digit."""
    schema = Schema.of(a=Decimal, b=Decimal).bounded(
        a=(min(one, two), max(one, two)), b=(-divisor, divisor)
    )

    low, high = schema["a"].arithmetic("div", schema["b"]).interval

    for a, b in itertools.product((one, two), (divisor, -divisor, Decimal("0.01"))):
        assert low <= float(a) / float(b) <= high


@given(_ranges(5))
def test_the_size_of_an_interval(ends: tuple[int, int]) -> None:
    """The bounds of the absolute value are those of brute force."""
    column = Schema.of(a=int).bounded(a=ends)["a"].call("abs")
    found = [abs(a) for a in range(ends[0], ends[1] + 1)]

    assert column.interval == (min(found), max(found))


_EXPRESSIONS: dict[str, tuple[Any, Callable[..., Any]]] = {
    "a + b": (F.a + F.b, lambda a, b: a + b),
    "a * b - a": (F.a * F.b - F.a, lambda a, b: a * b - a),
    "abs(a - b) * 3": (abs(F.a - F.b) * 3, lambda a, b: abs(a - b) * 3),
    "(a - b) * (a + b)": ((F.a - F.b) * (F.a + F.b), lambda a, b: (a - b) * (a + b)),
    "a / b + a": (F.a / F.b + F.a, lambda a, b: a / b + a if b else None),
}


@given(_ranges(10**6), _ranges(10**6), st.data(), st.sampled_from(sorted(_EXPRESSIONS)))
def test_no_record_leaves_the_bounds(
    left: tuple[int, int], right: tuple[int, int], data: st.DataObject, name: str
) -> None:
    """Whatever a record within the bounds holds, the value of an operand is within its own."""
    operand, by_hand = _EXPRESSIONS[name]
    schema = Schema.of(a=int, b=int).bounded(a=left, b=right)
    record = {"a": data.draw(st.integers(*left)), "b": data.draw(st.integers(*right))}
    value = by_hand(**record)
    assume(value is not None)
    bound = abs(value) + 1

    assert schema.faults(operand < bound) == ()
    assert (operand < bound).holds(record)
    assert (operand > -bound).holds(record)


@pytest.mark.parametrize(
    ("value", "kind", "interval", "scale", "words"),
    [
        (5, "INT", (5, 5), None, ()),
        (True, "BOOL", (None, None), None, ()),
        (Decimal("1.50"), "DECIMAL", (Decimal("1.5"), Decimal("1.5")), 1, ()),
        (Decimal(300), "DECIMAL", (300, 300), 0, ()),
        (1.5, "FLOAT", (1.5, 1.5), None, ()),
        ("gold", "TEXT", (None, None), None, ("gold",)),
        (date(2026, 1, 1), "DATE", (None, None), None, ()),
        (datetime(2026, 1, 1, tzinfo=UTC), "DATETIME", (None, None), None, ()),
    ],
)
def test_the_type_of_a_constant(
    value: object, kind: str, interval: object, scale: object, words: object
) -> None:
    """A constant has the narrowest type there is."""
    column = Column.of(value)

    assert (column.kind.name, column.interval, column.scale) == (kind, interval, scale)
    assert column.words == words
    assert not column.nullable


def test_the_widest_bounds() -> None:
    """Integers and decimals have 53 bits, with the point left out; floats stay far from the end."""
    assert A.interval == (-WHOLE, WHOLE)
    assert PRICE.interval == (Decimal("-90071992547409.91"), Decimal("90071992547409.91"))
    assert PRICE.scale == 2
    assert RATIO.interval == (-1e280, 1e280)
    assert NAME.interval == (None, None)


@pytest.mark.parametrize(
    ("make", "kind", "interval", "scale", "nullable"),
    [
        (lambda: A.arithmetic("add", FIELDS["b"]), "INT", (-2 * WHOLE, 2 * WHOLE), None, True),
        (lambda: A.arithmetic("add", A), "INT", (-2 * WHOLE, 2 * WHOLE), None, False),
        (lambda: PRICE.arithmetic("add", Column.of(1)), "DECIMAL", None, 2, False),
        (lambda: PRICE.arithmetic("sub", Column.of(Decimal("0.125"))), "DECIMAL", None, 3, False),
        (lambda: PRICE.arithmetic("mul", Column.of(3)), "DECIMAL", None, 2, False),
        (lambda: Column.of(-3).arithmetic("mul", PRICE), "DECIMAL", None, 2, False),
        (lambda: RATIO.arithmetic("mul", Column.of(2)), "FLOAT", (-2e280, 2e280), None, False),
        (lambda: RATIO.arithmetic("add", A), "FLOAT", (-1e280, 1e280), None, False),
        (lambda: A.arithmetic("div", Column.of(4)), "FLOAT", (-WHOLE / 4, WHOLE / 4), None, False),
        (lambda: A.arithmetic("div", A), "FLOAT", (-float(WHOLE), float(WHOLE)), None, True),
        (lambda: NAME.call("length"), "INT", (0, 2**31 - 1), None, False),
        (lambda: FIELDS["tier"].call("length"), "INT", (0, 2**31 - 1), None, True),
        (lambda: JOINED.call("days_between", [JOINED]), "INT", (-3652058, 3652058), None, False),
        (
            lambda: JOINED.call("days_between", [FIELDS["left"]]),
            "INT",
            (-3652058, 3652058),
            None,
            True,
        ),
        (lambda: FIELDS["b"].call("coalesce", [Column.of(0)]), "INT", (-WHOLE, WHOLE), None, False),
        (lambda: PRICE.call("coalesce", [Column.of(Decimal("0.5"))]), "DECIMAL", None, 2, False),
        (lambda: PRICE.call("abs"), "DECIMAL", (0, Decimal("90071992547409.91")), 2, False),
        (lambda: RATIO.call("abs"), "FLOAT", (0, 1e280), None, False),
    ],
    ids=itertools.count(),
)
def test_the_type_of_an_operation(
    make: Callable[[], Column],
    kind: str,
    interval: tuple[Any, Any] | None,
    scale: int | None,
    nullable: bool,  # noqa: FBT001
) -> None:
    """Kind, bounds, digits and whether it may be missing follow from those of the parts."""
    column = make()

    assert (column.kind.name, column.scale, column.nullable) == (kind, scale, nullable)
    assert interval is None or column.interval == interval


def test_the_words_of_a_choice() -> None:
    """Where both sides have their words, the choice has those of both; else any text is allowed."""
    tier = Column.of("gold").call("coalesce", [Column.of("none")])

    assert tier.words == ("gold", "none")
    assert tier.call("coalesce", [NAME]).words == ()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: A.arithmetic("add", NAME), "be made of numbers, not of an integer and text"),
        (lambda: JOINED.arithmetic("sub", JOINED), "be made of numbers, not of a date"),
        (lambda: PRICE.arithmetic("add", RATIO), r"not mix decimals with floats; write Decimal"),
        (lambda: PRICE.arithmetic("mul", RATIO), "have a constant whole number on one side"),
        (lambda: PRICE.arithmetic("mul", PRICE), "have a constant whole number on one side"),
        (lambda: PRICE.arithmetic("mul", A), "have a constant whole number on one side"),
        (lambda: RATIO.arithmetic("mul", RATIO), "have a constant whole number on one side"),
        (lambda: NAME.arithmetic("mul", Column.of(2)), "be made of numbers"),
        (lambda: A.arithmetic("mul", A), r"stay within 64 bits, and may reach 8.1e\+31; state"),
        (lambda: A.arithmetic("mul", A.arithmetic("add", A)), "stay within 64 bits"),
        (lambda: A.arithmetic("add", A).arithmetic("add", RATIO), "numbers that floats hold"),
        (lambda: A.arithmetic("add", A).arithmetic("div", A), "numbers that floats hold"),
        (lambda: PRICE.arithmetic("add", PRICE).arithmetic("div", A), "numbers that floats hold"),
        (lambda: RATIO.arithmetic("div", A), "be made of integers and decimals, not of a float"),
        (lambda: A.arithmetic("div", RATIO), "be made of integers and decimals, not of a float"),
        (lambda: A.arithmetic("div", NAME), "be made of integers and decimals, not of text"),
        (lambda: PRICE.arithmetic("mul", Column.of(1000)), "have at most 18 digits, 2 of them"),
        (
            lambda: PRICE.arithmetic("add", Column.of(Decimal("0.00001"))),
            r"have at most 18 digits, 5 of them after the point, and may reach 9.0e\+13",
        ),
        (lambda: RATIO.arithmetic("add", Column.of(1.7e308)), "stay within 1e300"),
        (lambda: NAME.call("abs"), "be asked of a number, not of text"),
        (lambda: FIELDS["vip"].call("abs"), "be asked of a number, not of yes or no"),
        (lambda: A.call("length"), "be asked of text, not of an integer"),
        (lambda: A.call("coalesce", [NAME]), "be made of one kind of value"),
        (lambda: A.call("coalesce", [Column.of(0.5)]), "not of an integer and a float"),
        (lambda: FIELDS["tags"].call("coalesce", [FIELDS["tags"]]), "be made of one kind of value"),
        (lambda: JOINED.call("days_between", [FIELDS["seen"]]), "not from or to a datetime"),
        (lambda: A.call("days_between", [JOINED]), "not from or to an integer"),
    ],
    ids=itertools.count(),
)
def test_what_is_refused(make: Callable[[], Column], message: str) -> None:
    """What engines would not agree about is refused, with what would be right."""
    with pytest.raises(InvalidValueError, match=message):
        make()


def test_floats_have_room_for_every_calculation_that_passes() -> None:
    """What is proved to stay within 1e300 is finite, however the sums are rounded."""
    schema = Schema.of(r=float)
    criterion = F.r * (2**53 - 1) + F.r * (2**53 - 1) > 0

    schema.check(criterion)

    assert math.isfinite(1e280 * (2**53 - 1) * 2)
    assert schema.faults(F.r * (2**53 - 1) * (2**53 - 1) > 0)


@pytest.mark.parametrize("places", [0, 2, 4, 6])
def test_a_float_holds_every_decimal_that_may_be_divided(places: int) -> None:
    """The quotient of two decimals is that of their floats, each the nearest to its decimal."""
    largest = Decimal(WHOLE).scaleb(-places)
    smallest = Decimal(1).scaleb(-places)

    for value in (largest, largest - smallest, smallest, 3 * smallest):
        assert float(value) == int(value.scaleb(places)) / 10**places
        assert float(Fraction(value)) == float(value)


def test_bounds_are_stated() -> None:
    """They narrow a field, give it digits, and leave all else as it is."""
    schema = FIELDS.bounded(b=(0, 10_000), price=(0, Decimal("99.9999")), ratio=(None, 1))

    assert schema["b"] == Column(
        FIELDS["b"].kind, nullable=True, scale=None, low=0, high=10_000, words=()
    )
    assert (schema["price"].scale, schema["price"].interval) == (4, (0, Decimal("99.9999")))
    assert schema["ratio"].interval == (-1e280, 1.0)
    assert schema["a"] == FIELDS["a"]
    assert schema.names == FIELDS.names
    assert FIELDS["b"].interval == (-WHOLE, WHOLE)


def test_bounds_make_a_criterion_pass() -> None:
    """What could overflow no longer can."""
    narrow = FIELDS.bounded(a=(0, 10_000), b=(0, 10_000))

    assert FIELDS.faults(F.a * F.b > 5)
    assert narrow.faults(F.a * F.b > 5) == ()


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        ({"name": (0, 1)}, "name must be a number, because it has bounds"),
        ({"vip": (0, 1)}, "vip must be a number"),
        ({"a": (0.5, 1)}, "a must have bounds that fit an integer"),
        ({"a": (False, True)}, "a must have bounds that fit an integer"),
        ({"a": (0, Decimal(1))}, "a must have bounds that fit an integer"),
        ({"price": (0, 1.5)}, "price must have bounds that fit a decimal"),
        ({"ratio": (0, Decimal(1))}, "ratio must have bounds that fit a float"),
        ({"a": (5, 1)}, r"a must have bounds in order, .* \(got \(5, 1\)\)"),
        ({"a": (0, 2**53)}, r"a must have bounds in order, from -9007199254740991 to 9007"),
        ({"ratio": (0, float("inf"))}, "ratio must have bounds in order, from -1e"),
        ({"ratio": (float("nan"), None)}, "ratio must have bounds in order"),
        ({"price": (Decimal("NaN"), None)}, "price must have bounds that fit a decimal"),
        ({"price": (None, Decimal("1e-19"))}, "price must have bounds that fit a decimal"),
    ],
    ids=itertools.count(),
)
def test_bounds_that_are_none_are_refused(bounds: dict[str, Any], message: str) -> None:
    """Bounds are numbers of the field's kind, in order, and no wider than the kind allows."""
    with pytest.raises(InvalidValueError, match=message):
        FIELDS.bounded(**bounds)


def test_bounds_of_no_field_are_refused() -> None:
    """A name that is not there is told with the nearest."""
    with pytest.raises(UnknownNameError, match="unknown field 'prise'; did you mean 'price'"):
        FIELDS.bounded(prise=(0, 1))
