"""Examples of criteria as queries: what surely holds, whichever way it is asked."""

# ruff: noqa: S101 - assert is how a check speaks

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

import pytest

from crmcore.criteria import EVERYTHING, Criterion, F, all_of, any_of, named, unless
from crmcore.customers import CustomerKind
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.repositories import Repository
from crmcore.storage import Store

from ._promises import Promises
from ._samples import NEW_YEAR, SPRING, SUMMER, customer, ids, interaction, keep, look, purchase

ASKING: Final = Promises()

_MICROSECOND: Final = timedelta(microseconds=1)
_LEAP: Final = date(1996, 2, 29)

_CUSTOMERS: Final = (
    customer("a", name="Ärger & Söhne", region="north", needs=("mandarin", "谈判")),
    customer("b", name="anton", region="North", known_since=_LEAP, language="zh"),
    customer("c", name="100 %", region="south", kind=CustomerKind.ORGANIZATION),
    customer("d", name="100 percent", known_since=date(1996, 3, 1), needs=("negotiation",)),
    customer("e", name="O'Brien_x", region="north_", language="en", known_since=date.max),
    customer("f", name="😀 Zürich", region="\uff5e", known_since=date(1996, 2, 28)),
)

# Each criterion beside the ids of those that it surely holds for.
_ABOUT_CUSTOMERS: Final[Mapping[str, tuple[Criterion, str]]] = {
    "equal": (F.region == "north", "a"),
    "not equal": (F.region != "north", "bcef"),
    "not": (~(F.region == "north"), "bcef"),
    "unless": (unless(F.region == "north"), "bcdef"),
    "differs": (F.region.differs("north"), "bcdef"),
    "missing": (F.region.is_missing(), "d"),
    "present": (F.language.is_present(), "be"),
    "one of": (F.region.in_(["north", "south", "west"]), "ac"),
    "by code point": (F.region < "a", "b"),
    "up to the last plane": (F.region > "north_", "cf"),
    "a word of an enumeration": (F.kind == "organization", "c"),
    "starts": (F.name.starts_with("100 %"), "c"),
    "ends": (F.name.ends_with("_x"), "e"),
    "contains": (F.name.contains("n"), "abde"),
    "contains what is far out": (F.name.contains("😀 Z"), "f"),
    "has": (F.needs.has("谈判"), "a"),
    "length": (F.name.length() == 8, "f"),  # noqa: PLR2004 - the letters, and the blank
    "a day": (F.known_since == _LEAP, "b"),
    "between": (F.known_since.between(date(1996, 2, 28), date(1996, 3, 1)), "bf"),
    "otherwise": (F.language.otherwise("en") == "en", "acdef"),
    "and": ((F.region == "south") & (F.language == "zh"), ""),
    "or, one side unknown": ((F.language == "zh") | (F.kind == "organization"), "bc"),
    "not of unknown": (~(F.language == "zh"), "e"),
    "all of": (all_of(F.kind == "person", F.known_since < SUMMER.date()), "bdf"),
    "any of": (any_of(F.region == "south", F.needs.has("negotiation")), "cd"),
    "named": (named("northern", F.region.in_(["north", "North"])), "ab"),
    "everything": (EVERYTHING, "abcdef"),
}

_PURCHASES: Final = (
    purchase("a", at=NEW_YEAR, quantity=0),
    purchase("b", at=NEW_YEAR + _MICROSECOND, quantity=9, channel="web"),
    purchase("c", at=SPRING, quantity=10, refund=True, amount=purchase("x").amount * -1),
    purchase("d", at=SUMMER, quantity=2**53 - 1, channel="shop"),
)
_ABOUT_PURCHASES: Final[Mapping[str, tuple[Criterion, str]]] = {
    "after, by a microsecond": (F.at > NEW_YEAR, "bcd"),
    "at, exactly": (F.at == NEW_YEAR, "a"),
    "up to": (F.at <= NEW_YEAR + _MICROSECOND, "ab"),
    "in a zone of its own": (F.at >= SPRING.astimezone(), "cd"),
    "by number, not by text": (F.quantity > 9, "cd"),  # noqa: PLR2004 - of two, one has more digits
    "up to the largest that floats count": (F.quantity == 2**53 - 1, "d"),
    "yes": (F.refund.is_true(), "c"),
    "no": (F.refund.is_false() & F.channel.is_present(), "bd"),
    "calculated": (F.quantity * 2 - 1 == 17, "b"),  # noqa: PLR2004 - twice nine less one
}


def _check(
    repository: Repository[Any], cases: Mapping[str, tuple[Criterion, str]], orders: tuple[str, str]
) -> None:
    """Ask each criterion as a stream, as a page, as a page in an order, and as a count."""
    for name, (where, expected) in cases.items():
        assert "".join(ids(repository.stream(where))) == expected, name
        assert "".join(ids(repository.page(where).items)) == expected, name
        ordered = ids(repository.page(where, order=orders).items)
        assert "".join(sorted(ordered)) == expected, name
        assert repository.count(where) == len(expected), name


@ASKING
def a_query_returns_what_surely_holds(store: Store) -> None:
    """Where something is missing the answer is unknown, and a query leaves it out."""
    keep(store, customers=_CUSTOMERS)

    with store.unit_of_work(readonly=True) as uow:
        _check(uow.customers, _ABOUT_CUSTOMERS, ("region", "-known_since"))


@ASKING
def numbers_and_instants_are_compared_exactly(store: Store) -> None:
    """A microsecond makes a difference, and numbers have an order that their digits have not."""
    keep(store, purchases=_PURCHASES)

    with store.unit_of_work(readonly=True) as uow:
        _check(uow.purchases, _ABOUT_PURCHASES, ("-at", "quantity"))


@ASKING
def a_query_sees_own_writes(store: Store) -> None:
    """What a unit of work has written answers its queries before anybody commits."""
    keep(store, customers=_CUSTOMERS)

    with store.unit_of_work() as uow:
        uow.customers.save(customer("c", region="north", version=1))
        uow.customers.remove("a", version=1)
        uow.customers.add(customer("g", region="north"))
        assert ids(uow.customers.stream(F.region == "north")) == ["c", "g"]
        assert uow.customers.count(F.region == "north") == len("cg")


@ASKING
def a_query_is_no_pattern(store: Store) -> None:
    """What means something to a database, or to a regular expression, is plain text in a query."""
    notes = ("100 %", "100 percent", "a_b", "axb", "\\", "'", "[a-z]*", "(", ".")
    keep(store, interactions=[interaction(f"i-{n}", note=note) for n, note in enumerate(notes)])

    with store.unit_of_work(readonly=True) as uow:
        for n, note in enumerate(notes):
            assert ids(uow.interactions.stream(F.note == note)) == [f"i-{n}"]
            assert ids(uow.interactions.stream(F.note.contains(note))) == [f"i-{n}"]
            assert ids(uow.interactions.stream(F.note.in_([note, "none"]))) == [f"i-{n}"]


@ASKING
def a_query_for_a_field_that_is_none_is_refused(store: Store) -> None:
    """A misspelt field is told, even where there is nothing to look at."""
    where = F.regoin == "north"

    with store.unit_of_work(readonly=True) as uow:
        with pytest.raises(UnknownNameError, match="did you mean 'region'"):
            uow.customers.stream(where)
        with pytest.raises(UnknownNameError):
            uow.customers.page(where)
        with pytest.raises(UnknownNameError):
            uow.customers.count(where)


@ASKING
def a_query_may_be_as_large_as_people_write(store: Store) -> None:
    """A hundred values, and parts within parts, are one question; beyond all bounds is none."""
    keep(store, customers=_CUSTOMERS)
    many = F.region.in_(["north", *(f"region {n}" for n in range(100))])
    deep: Criterion = F.region == "north"
    for n in range(7):
        deep = (deep & (F.kind == "person")) | (F.region == f"region {n}")

    assert look(store, lambda uow: ids(uow.customers.stream(many))) == ["a"]
    assert look(store, lambda uow: ids(uow.customers.stream(deep))) == ["a"]
    with pytest.raises(InvalidValueError, match="nested"):
        look(store, lambda uow: uow.customers.count(~~~~deep & deep))
