"""Examples of values at the edge of what a record may hold, where stores part ways."""

# ruff: noqa: S101 - assert is how a check speaks

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import attrs

from crmcore.facts import KpiFact
from crmcore.kernel import Money
from crmcore.statistics import Interval
from crmcore.storage import Store

from ._promises import Promises
from ._samples import NEW_YEAR, customer, interaction, purchase
from ._whole import WHOLE, everything_of, put

EXTREMES: Final = Promises()

_FIRST: Final = datetime(1, 1, 2, tzinfo=UTC)
_LAST: Final = datetime(9999, 12, 30, 23, 59, 59, 999_999, tzinfo=UTC)
_LARGEST: Final = 2**63 - 1
_ASTRAL: Final = "".join(map(chr, range(0x1F600, 0x1F640)))


def _come_back(store: Store, name: str, records: Iterable[Any]) -> None:
    """Want records of one kind to be there again, equal."""
    expected = {record.id: attrs.evolve(record, version=1) for record in records}
    with store.unit_of_work() as uow:
        put(uow, name, expected.values())
        uow.commit()
    with store.unit_of_work(readonly=True) as uow:
        assert everything_of(uow, name) == expected


@EXTREMES
def instants_are_kept_to_the_microsecond(store: Store) -> None:
    """From the year 1 to the year 9999, no instant moves, not by a microsecond."""
    instants = (
        _FIRST,
        datetime(1899, 12, 31, 23, 59, 59, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC),
        datetime(2262, 4, 11, 23, 47, 16, 854_776, tzinfo=UTC),
        _LAST,
    )

    _come_back(store, "purchases", [purchase(f"p-{n}", at=at) for n, at in enumerate(instants)])


@EXTREMES
def days_are_kept_from_the_first_to_the_last(store: Store) -> None:
    """A day is a day, in the year 1, on a 29 February, and in the year 9999."""
    days = (date.min, date(1582, 10, 10), date(1900, 3, 1), date(2000, 2, 29), date.max)

    _come_back(store, "customers", [customer(f"c-{n}", known_since=d) for n, d in enumerate(days)])


@EXTREMES
def money_is_kept_to_the_last_digit(store: Store) -> None:
    """Amounts finer than any coin and larger than any integer column come back exactly."""
    amounts = (
        Money("0.1", "USD"),
        Money("0.00", "USD"),
        Money("0", "JPY"),
        Money("-0", "JPY"),
        Money("0.5", "JPY"),
        Money("0.0005", "KWD"),
        Money("92233720368547758.08", "EUR"),
        Money("999999999999999999999999999.999", "BHD"),
        Money("0.000000000000000000000000000001", "VND"),
        Money("9007199254740993", "XAF"),
    )

    _come_back(
        store, "purchases", [purchase(f"p-{n}", amount=money) for n, money in enumerate(amounts)]
    )


@EXTREMES
def counts_are_kept_up_to_the_largest(store: Store) -> None:
    """Whole numbers are no floats: the largest one is as exact as the smallest."""
    counts = (0, 1, 2**31, 2**53 + 1, _LARGEST)

    _come_back(
        store, "purchases", [purchase(f"p-{n}", quantity=count) for n, count in enumerate(counts)]
    )


@EXTREMES
def ids_may_be_as_long_as_ids_may_be(store: Store) -> None:
    """An id of 64 characters is one, also where each needs four bytes."""
    longest = (_ASTRAL, "x" * 64, "\U0010ffff" * 64, "é" * 64, "e\u0301" * 32)

    _come_back(store, "customers", [customer(key) for key in longest])


@EXTREMES
def text_is_kept_as_it_was_written(store: Store) -> None:
    """Quotes, wildcards, lines, letters of any script and what looks like code stay as they are."""
    texts = (
        "'; DROP TABLE crm_customers; --",
        'back\\slash and "quotes"',
        "100 % _ of it",
        ":name ?1 $1 %s {0} ${it}",
        "first line\nsecond line\n\n\tthird\n",
        " blanks at both ends ",
        "null",
        "1e5",
        "\ufeffmark \u200b\u200f\u202eand back",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 \ufffd \U0010ffff",
        "ß ẞ İ ı ŉ Σ ς ﬀ Ǆ",
        "字" * 10_000,
    )

    _come_back(
        store, "interactions", [interaction(f"i-{n}", note=text) for n, text in enumerate(texts)]
    )


@EXTREMES
def what_is_empty_is_not_what_is_missing(store: Store) -> None:
    """Nothing in a list stays a list, zero stays zero, and None stays None."""
    whole, bare = WHOLE["members"]
    none = attrs.evolve(bare, roles=(), skills=(), interests=(), leave=(), languages=())

    _come_back(store, "members", [attrs.evolve(whole, left_on=None), none])
    _come_back(store, "interactions", [interaction("a", minutes=0), interaction("b")])


@EXTREMES
def figures_are_kept_as_they_were_measured(store: Store) -> None:
    """Decimals of many digits are exact, and floats come back to the last bit."""
    whole = WHOLE["kpi_facts"][0]
    numbers = ("0." + "3" * 120, "1" + "0" * 119, "-0.05", "1e-100", "12.50")
    bounds = (
        (-0.0, 5e-324),
        (0.1 + 0.2, 0.30000000000000009),
        (-1.7976931348623157e308, 1.7976931348623157e308),
        (1.0, 2.0),
    )
    facts = [
        _measured(whole, f"k-{n}", number=Decimal(number)) for n, number in enumerate(numbers)
    ] + [
        _measured(whole, f"i-{n}", interval=Interval(low=low, high=high, method="Wilson"))
        for n, (low, high) in enumerate(bounds)
    ]

    _come_back(store, "kpi_facts", facts)


def _measured(fact: KpiFact, kpi: str, **fields: Any) -> KpiFact:  # noqa: ANN401 - any field
    fresh: dict[str, Any] = {"id": "", "subject": "", "kpi": kpi}
    return attrs.evolve(fact, **fresh | fields)


@EXTREMES
def instants_of_any_zone_are_one_instant(store: Store) -> None:
    """An instant that was told in another zone is the same one, before and after."""
    told = NEW_YEAR.astimezone(datetime.fromisoformat("1997-01-01T00:00:00+05:45").tzinfo)

    _come_back(store, "purchases", [purchase("p-1", at=told)])
    with store.unit_of_work(readonly=True) as uow:
        assert uow.purchases.get("p-1").at.utcoffset() == NEW_YEAR.utcoffset()
