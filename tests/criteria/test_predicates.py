"""Plugin predicates: functions that rules ask by their name."""

# ruff: noqa: ANN401 - a predicate is handed an object of no class that it could name

from __future__ import annotations

import asyncio
import copy
import pickle
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

import attrs
import pytest

from crmcore.criteria import F, Predicate, Predicates, Schema, predicate, unless
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import Phrase
from crmcore.verdicts import Verdict

HOLIDAYS = {"CN": date(2026, 10, 1), "DE": date(2026, 10, 3)}


@predicate(
    "acme.is_public_holiday_buyer",
    version="1.0",
    reads={"last_purchase": date | None, "orders": int},
    label=Phrase("buys in the week before a holiday of {country}", "在{country}假日前一周购买"),
)
def is_public_holiday_buyer(customer: Any, country: str, *, least: int = 1) -> bool | None:
    """Say whether the last purchase came shortly before a holiday."""
    if customer.last_purchase is None:
        return False
    days: int = (HOLIDAYS[country] - customer.last_purchase).days
    return 0 <= days < 7 and bool(customer.orders >= least)


@predicate("acme.is_even", version="2.1", reads=["orders"])
def is_even(customer: Any) -> bool | None:
    """Has an even number of orders.

    Zero is even.
    """
    even: bool = customer.orders % 2 == 0
    return even


IN_CHINA = is_public_holiday_buyer(country="CN")
BUYER: dict[str, Any] = {"last_purchase": date(2026, 9, 28), "orders": 4}


def answering(answer: Callable[..., Any], **options: Any) -> Any:
    """Return a predicate with a given answer."""
    return predicate("acme.test", version="1", reads=["orders"], **options)(answer)


def test_it_is_a_criterion_like_any_other() -> None:
    """It is joined with the language's own criteria, and reads what it declares."""
    criterion = IN_CHINA & (F.tier == "gold")

    assert criterion.holds({**BUYER, "tier": "gold"})
    assert not criterion.holds({**BUYER, "tier": "base"})
    assert criterion.fields == {"last_purchase", "orders", "tier"}
    assert (~IN_CHINA).evaluate(BUYER) is Verdict.FAILS
    assert unless(IN_CHINA).evaluate({"orders": 4}) is Verdict.HOLDS


def test_it_is_asked_with_its_arguments() -> None:
    """The arguments are handed over by name, and those that have a default need not be given."""
    assert IN_CHINA.holds(BUYER)
    assert not is_public_holiday_buyer(country="CN", least=5).holds(BUYER)
    assert is_public_holiday_buyer(country="DE").evaluate(BUYER) is Verdict.HOLDS


def test_it_judges_objects_and_mappings_alike() -> None:
    """A record is an object with attributes or a mapping, compiled or explained."""

    @attrs.frozen
    class Customer:
        last_purchase: date
        orders: int

    for record in (BUYER, Customer(**BUYER)):
        assert IN_CHINA.compile(of=type(record))(record) is True
        assert IN_CHINA.explain(record).verdict is Verdict.HOLDS
        assert IN_CHINA.evaluate(record) is Verdict.HOLDS


def test_missing_is_none() -> None:
    """A field that may be missing comes as None, be it None, NaN or a key that is not there."""
    seen: list[object] = []
    noting = answering(lambda customer: seen.append(customer.orders))()

    for record in ({"orders": None}, {"orders": float("nan")}, {}):
        assert noting.evaluate(record) is Verdict.UNKNOWN

    assert seen == [None, None, None]


def test_a_field_declared_without_none_is_never_handed_over_missing() -> None:
    """The answer is unknown then, and the predicate is not asked."""
    explanation = IN_CHINA.explain({"last_purchase": date(2026, 9, 28), "orders": None})

    assert explanation.verdict is Verdict.UNKNOWN
    assert explanation.missing == ("orders",)
    assert explanation.summary.en == (
        "unknown: “buys in the week before a holiday of CN (least: 1)” is unknown "
        "(last_purchase 2026-09-28, orders missing)"
    )


def broken_error(_customer: Any) -> bool:
    """Raise an error that cannot say what it is."""

    class BrokenError(Exception):
        def __str__(self) -> str:
            raise ValueError

    raise BrokenError


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda _: 1, "it answered int, not True, False or None"),
        (lambda _: "yes", "it answered str, not True, False or None"),
        (lambda customer: customer.orders / 0 > 1, "ZeroDivisionError: division by zero"),
        (lambda customer: customer.tier, "AttributeError: acme.test declares orders, and reads ti"),
        (lambda customer: customer._values, "AttributeError: acme.test declares orders, and rea"),  # noqa: SLF001 - that is tried
        (lambda customer: setattr(customer, "orders", 2), "AttributeError: orders can only be r"),
        (lambda customer: delattr(customer, "orders"), "AttributeError: orders can only be read"),
        (broken_error, "BrokenError"),
    ],
)
def test_what_goes_wrong_is_unknown_and_told(answer: Callable[..., Any], said: str) -> None:
    """An exception or another answer never becomes a no; the explanation shows the error."""
    criterion = answering(answer)()
    explanation = criterion.explain({"orders": 4})

    assert explanation.verdict is criterion.evaluate({"orders": 4}) is Verdict.UNKNOWN
    assert explanation.summary.en.startswith(f"unknown: acme.test failed: {said}")
    assert explanation.summary.zh.startswith(f"未知：acme.test 出错：{said}")
    assert explanation.missing == ()
    assert (~criterion).evaluate({"orders": 4}) is Verdict.UNKNOWN


def test_a_long_error_is_cut() -> None:
    """What a predicate says of its failure does not flood an explanation."""

    def shouting(_customer: Any) -> bool:
        raise ValueError("!" * 10_000)

    assert len(answering(shouting)().explain({"orders": 1}).summary.en) < 300


def test_an_exit_is_no_answer() -> None:
    """Who stops the program stops it."""

    def stopping(_customer: Any) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        answering(stopping)().evaluate({"orders": 1})


def test_it_shows_its_inputs() -> None:
    """Whoever stops in the function with a debugger sees what it was handed."""
    shown: list[str] = []
    answering(lambda customer: shown.append(repr(customer)))().evaluate({"orders": 3})

    assert shown == ["<inputs of acme.test: orders=3>"]


def test_it_explains_itself() -> None:
    """The explanation says what was asked and found, and what would turn the verdict."""
    explanation = IN_CHINA.explain(BUYER)

    assert str(explanation) == (
        "holds: “buys in the week before a holiday of CN (least: 1)” is true "
        "(last_purchase 2026-09-28, orders 4)\n"
        "would not hold if “buys in the week before a holiday of CN (least: 1)” were false"
    )
    assert explanation.summary.zh == (
        "成立：“在CN假日前一周购买（least：1）” 为真（last_purchase 2026-09-28，orders 4）"
    )
    assert IN_CHINA.explain({**BUYER, "last_purchase": None}).summary.en == (
        "fails: “buys in the week before a holiday of CN (least: 1)” is false "
        "(last_purchase missing, orders 4)"
    )


def test_it_has_words() -> None:
    """They come from the label, or from the first line of the docstring and the name."""
    assert IN_CHINA.words == Phrase(
        "“buys in the week before a holiday of CN (least: 1)” is true",
        "“在CN假日前一周购买（least：1）” 为真",
    )
    assert is_even().words == Phrase(
        "“Has an even number of orders” is true", "“acme.is_even” 为真"
    )
    assert answering(lambda _: None)().words.en == "“acme.test” is true"


def test_a_place_without_an_argument_stays() -> None:
    """A label is no format: what is no argument is left alone, and values are not looked into."""

    def asks(_customer: Any, *, country: str) -> bool:
        return country == ""

    label = Phrase("{country} {other} {country.x} {0}", "{country}")
    words = answering(asks, label=label)(country="{other}{country}").words

    assert words.en == "“{other}{country} {other} {country.x} {0}” is true"


def test_it_has_a_source() -> None:
    """The expression that builds it asks the registry."""
    assert repr(IN_CHINA & (F.orders > 1)) == (
        "predicates['acme.is_public_holiday_buyer'](country='CN', least=1) & (F.orders > 1)"
    )
    assert repr(is_even) == "<predicate acme.is_even 2.1>"
    predicates = Predicates.of(is_even, is_public_holiday_buyer)
    assert eval(repr(IN_CHINA), {"predicates": predicates}) == IN_CHINA  # noqa: S307 - our own repr


def test_equal_is_what_asks_the_same() -> None:
    """Criteria are equal by predicate and arguments, and defaults count as given."""
    assert is_public_holiday_buyer(country="CN", least=1) == IN_CHINA
    assert hash(is_public_holiday_buyer(least=1, country="CN")) == hash(IN_CHINA)
    assert is_public_holiday_buyer(country="DE") != IN_CHINA
    assert answering(lambda _: True)() != answering(lambda _: True)()


def test_the_fingerprint_has_the_version() -> None:
    """Another version is another rule, whatever its answers."""

    def question(_customer: Any) -> bool:
        return True

    first = predicate("acme.test", version="1", reads=["orders"])(question)
    second = predicate("acme.test", version="2", reads=["orders"])(question)

    assert first().fingerprint == first().fingerprint
    assert first().fingerprint != second().fingerprint


def test_it_travels_by_name() -> None:
    """A pickle names the place where the predicate is defined, and holds no code."""
    again = pickle.loads(pickle.dumps(IN_CHINA))  # noqa: S301 - our own pickle

    assert again == IN_CHINA
    assert copy.deepcopy(is_even) is is_even
    with pytest.raises((AttributeError, pickle.PicklingError, AttributeError)):
        pickle.loads(pickle.dumps(answering(lambda _: None)))  # noqa: S301 - our own pickle


SCHEMA = Schema.of(last_purchase=date | None, orders=int)


def test_it_is_checked_against_a_schema() -> None:
    """Its fields must be there, and of the types that it declares."""
    assert SCHEMA.faults(IN_CHINA & (F.orders > 1)) == ()
    assert SCHEMA.fit(IN_CHINA) == IN_CHINA
    assert [str(fault) for fault in Schema.of(last_purchase=date, order=int).faults(IN_CHINA)] == [
        "call: unknown field 'orders'; did you mean 'order'?"
    ]
    wrong = Schema.of(last_purchase=str | None, orders=float).faults(~IN_CHINA, path="when")
    reads = "when.not.call: acme.is_public_holiday_buyer reads"
    assert [str(fault) for fault in wrong] == [
        f"{reads} last_purchase (text), and declares it as a date",
        f"{reads} orders (a float), and declares it as an integer",
    ]


def test_a_name_alone_takes_any_type() -> None:
    """Where only names are declared, only names are checked; so with values of another kind."""
    odd = predicate("acme.odd", version="1", reads={"shape": complex})(lambda _: True)()

    assert Schema.of(orders=str).faults(is_even()) == ()
    assert Schema.of(shape=complex).faults(odd) == ()
    assert Schema.of(shape=int).faults(odd) == ()


class Tier(StrEnum):
    """A class of customers."""

    GOLD = "gold"
    BASE = "base"


def typed(
    customer: Any,
    *,
    rate: float = 1,
    price: Decimal = 2,  # type: ignore[assignment]  # whole numbers are numbers
    tier: Tier = Tier.GOLD,
    side: Literal["left", "right"] = "left",
    since: date = date(2026, 1, 1),
    loud: bool = False,
) -> bool:
    """Ask about arguments of many types."""
    return bool(customer and rate and price and tier and side and since and loud)


def test_arguments_are_of_their_types() -> None:
    """Numbers become what the parameter is, as plain data knows only one kind of them."""
    asking = answering(typed)

    assert repr(asking(rate=2, price=0.1)) == (
        "predicates['acme.test'](rate=2.0, price=Decimal('0.1'), tier='gold', side='left', "
        "since=datetime.date(2026, 1, 1), loud=False)"
    )
    assert asking(rate=Decimal("0.5")) == asking(rate=0.5)
    assert asking(tier="base") == asking(tier=Tier.BASE)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rat": 1}, "unknown argument of acme.test 'rat'; did you mean 'rate'?"),
        ({"tier": "gol"}, "unknown value of tier 'gol'; did you mean 'gold'?"),
        ({"side": "middle"}, "unknown value of side 'middle'"),
        ({"rate": "1"}, "rate must be a float, not text"),
        ({"rate": True}, "rate must be a float, not yes or no"),
        ({"price": float("nan")}, "value must be a finite number"),
        ({"loud": 1}, "loud must be yes or no, not an integer"),
        ({"rate": 10**400}, "value must be between"),
        ({"price": 10**5000}, "value must be between"),
        ({"since": "2026-01-01"}, "since must be a date, not text"),
        ({"since": None}, "since must be given, because acme.test asks for it"),
        ({"side": ["left"]}, "value must be a number, text"),
    ],
)
def test_wrong_arguments_are_refused(arguments: dict[str, Any], message: str) -> None:
    """An argument is one that the predicate takes, of its type; the message says what is right."""
    with pytest.raises((InvalidValueError, UnknownNameError), match=f"^{message[:40]}"):
        answering(typed)(**arguments)


def test_an_argument_without_a_default_is_given() -> None:
    """What has no default must be said."""
    with pytest.raises(InvalidValueError, match="country must be given, because acme"):
        is_public_holiday_buyer()


@pytest.mark.parametrize(
    "name",
    ["is_even", "Acme.is_even", "acme.is even", "acme.", ".even", "", "acme." + "e" * 128, 5],
)
def test_a_name_begins_with_its_maker(name: Any) -> None:
    """A name has a part that tells whose it is, so that two plugins do not meet."""
    with pytest.raises(InvalidValueError, match="name must be in small letters, its maker"):
        predicate(name, version="1", reads=["orders"])(lambda _: True)


@pytest.mark.parametrize("version", ["", " 1", "1\n", "1" * 129, 1])
def test_a_version_is_a_short_text(version: Any) -> None:
    """A version is part of a fingerprint."""
    with pytest.raises(InvalidValueError, match="version must be a short text"):
        predicate("acme.test", version=version, reads=["orders"])(lambda _: True)


@pytest.mark.parametrize(
    ("reads", "message"),
    [
        ([], "reads must name at least one field"),
        ("orders", "reads must be a list of names or a mapping to types"),
        (["_orders"], "field must be a plain name"),
        ({"orders.x": int}, "field must be a plain name"),
    ],
)
def test_it_reads_fields(reads: Any, message: str) -> None:
    """What it reads can be read from a record."""
    with pytest.raises(InvalidValueError, match=message):
        predicate("acme.test", version="1", reads=reads)(lambda _: True)


async def waiting(_customer: Any) -> bool:
    """Wait for the answer."""
    await asyncio.sleep(0)
    return True


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda: True, "function must take the fields, as attributes of one object"),
        (waiting, "function must be a plain one, not async"),
        (lambda _, *rest: bool(rest), "parameter must be one that is given by its name"),
        (lambda _, **rest: bool(rest), "parameter must be one that is given"),
        (lambda _, country: bool(country), "parameter must be annotated as text, a number"),
    ],
)
def test_a_function_that_cannot_be_asked_is_refused(
    function: Callable[..., Any], message: str
) -> None:
    """It takes the fields first and then arguments with types, by name."""
    with pytest.raises(InvalidValueError, match=message):
        answering(function)


def test_parameters_have_types_of_constants() -> None:
    """What a rule file cannot say is no type of a parameter."""

    def nullable(_customer: Any, country: str | None) -> bool:
        return country is None

    def many(_customer: Any, countries: frozenset[str]) -> bool:
        return not countries

    def hidden(_customer: Any, country: Nowhere) -> bool:  # type: ignore[name-defined]  # noqa: F821 - that is tried
        return bool(country)

    def default(_customer: Any, country: str = 5) -> bool:  # type: ignore[assignment]  # as above
        return bool(country)

    for function in (nullable, many):
        with pytest.raises(InvalidValueError, match="and never as None"):
            answering(function)
    with pytest.raises(InvalidValueError, match="resolves at run time; Nowhere does not"):
        answering(hidden)
    with pytest.raises(InvalidValueError, match="country must be text, not an integer"):
        answering(default)


def test_back_ends_that_run_no_python_have_its_other_forms() -> None:
    """Each is called with the columns as attributes of one object, and the arguments by name."""

    def at_least(_customer: Any, *, least: int) -> bool:
        return least > 0

    asking: Predicate = answering(
        at_least,
        sql=lambda row, least: f"{row.orders} >= {least}",
        frames=lambda row, least: (row.orders, least),
    )

    assert asking.sql is not None
    assert asking.frames is not None
    assert asking.sql(asking.view(["t.orders"]), least=3) == "t.orders >= 3"
    assert asking.frames(asking.view(["col"]), least=3) == ("col", 3)
    assert asking.fields == ("orders",)
