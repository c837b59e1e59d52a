"""Registers: every fault of the records at once, and nothing built on them before."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from crmcore.criteria import F
from crmcore.customers import OwnershipRole
from crmcore.errors import FaultsError, InvalidValueError
from crmcore.kernel import CustomerId
from crmcore.pools import Pool, RecycleRule, Register

if TYPE_CHECKING:
    from tests.pools.conftest import Company

DAY = timedelta(days=1)
JUNE_30 = datetime(2026, 6, 30, 12, tzinfo=UTC)


def faults(company: Company) -> list[str]:
    """Return what is wrong with the records."""
    with pytest.raises(FaultsError) as refused:
        company.register()
    return [str(fault) for fault in refused.value.faults]


def test_all_faults_are_told_at_once(company: Company) -> None:
    """Unknown names come with the nearest known ones, each record by itself."""
    company.owns("weii", "nordwind", JUNE_30)
    company.owns("lin", "contoso", JUNE_30, role=OwnershipRole.COLLABORATOR)
    company.contact("lin", "nordwind", JUNE_30)
    company.contact(None, "contoso", JUNE_30)
    company.purchase("contosso", JUNE_30)
    company.matter("contosso", JUNE_30)
    company.facts["fabrikam"] = {}
    company.member_facts["li"] = {}
    company.locks |= {"nordwind": None, "contoso": JUNE_30}

    assert faults(company) == [
        "ownership 'o-1': unknown customer 'nordwind'; did you mean 'northwind'?",
        "ownership 'o-1': unknown member 'weii'; did you mean 'wei'?",
        "interaction 'i-1': unknown customer 'nordwind'; did you mean 'northwind'?",
        "purchase 'p-1': unknown customer 'contosso'; did you mean 'contoso'?",
        "matter 'm-1': unknown customer 'contosso'; did you mean 'contoso'?",
        "facts: unknown customer 'fabrikam'; known are contoso, northwind",
        "member_facts: unknown member 'li'; did you mean 'lin'?",
        (
            "lock of 'contoso': until must be a day, or None for good "
            "(got datetime.datetime(2026, 6, 30, 12, 0, tzinfo=datetime.timezone.utc))"
        ),
        "lock of 'nordwind': unknown customer 'nordwind'; did you mean 'northwind'?",
    ]


def test_doubles_are_told(company: Company) -> None:
    """Each record comes once, whatever its kind."""
    company.owns("wei", "northwind", JUNE_30, JUNE_30 + DAY)
    company.contact("wei", "northwind", JUNE_30)
    company.purchase("northwind", JUNE_30)
    company.matter("northwind", JUNE_30)
    kinds = ["customers", "members", "ownerships", "interactions", "purchases", "matters"]
    for kind in kinds:
        records = getattr(company, kind)
        records += records[:1]

    told = faults(company)

    for kind, name in zip(kinds, ["northwind", "wei", "o-1", "i-1", "p-1", "m-1"], strict=True):
        assert f"{kind[:-1]} {name!r}: comes more than once; hand each record in once" in told


def test_two_owners_at_once_are_told(company: Company) -> None:
    """Every ownership that begins while another one lasts is named, with that one."""
    company.owns("wei", "northwind", JUNE_30)
    company.owns("lin", "northwind", JUNE_30 + DAY, JUNE_30 + 2 * DAY)
    company.owns("wei", "contoso", JUNE_30, JUNE_30 + 9 * DAY)
    company.owns("lin", "contoso", JUNE_30 + DAY, JUNE_30 + 2 * DAY)
    company.owns("wei", "contoso", JUNE_30 + 3 * DAY, JUNE_30 + 10 * DAY)
    company.owns("lin", "contoso", JUNE_30 + 10 * DAY)

    assert faults(company) == [
        (
            "customer 'contoso': ownership 'o-4' of 'lin' begins at 2026-07-01T12:00:00+00:00, "
            "while 'o-3' of 'wei' lasts; end one before the other begins"
        ),
        (
            "customer 'contoso': ownership 'o-5' of 'wei' begins at 2026-07-03T12:00:00+00:00, "
            "while 'o-3' of 'wei' lasts; end one before the other begins"
        ),
        (
            "customer 'northwind': ownership 'o-2' of 'lin' begins at 2026-07-01T12:00:00+00:00, "
            "while 'o-1' of 'wei' lasts; end one before the other begins"
        ),
    ]


def test_suggestions_are_given_to_the_first_slips(company: Company) -> None:
    """Of very many unknown names all are told, and the first twenty get a suggestion."""
    for place in range(25):
        company.contact(f"weii-{place}", "northwind", JUNE_30)

    told = faults(company)

    assert len(told) == 25
    assert sum("did you mean" in fault for fault in told) == 20
    assert told[0] == "interaction 'i-1': unknown member 'weii-0'; did you mean 'wei'?"
    assert "interaction 'i-9': unknown member 'weii-8'" in told


def test_facts_are_a_mapping(company: Company) -> None:
    """A list of facts has lost whose they are."""
    facts = cast("dict[CustomerId, Any]", [{"tier": "gold"}])

    with pytest.raises(InvalidValueError, match="facts must be a mapping from ids"):
        Register(customers=company.customers, members=company.members, facts=facts)


def test_a_register_keeps_what_it_was_given(company: Company) -> None:
    """What a caller does to a mapping afterwards changes nothing."""
    company.facts["northwind"] = {"tier": "gold"}
    company.owns("wei", "northwind", JUNE_30)
    register = company.register()
    company.facts.clear()
    of = Pool(
        name="open", zone="UTC", rules=[RecycleRule(name="gold", days=3, when=F.tier == "gold")]
    )

    outlook = of.explain(register, CustomerId("northwind"), as_of=date(2026, 7, 1))

    assert outlook.due == date(2026, 7, 4)
    assert repr(register) == "<Register of 2 customers, 2 members, 1 ownerships>"


def test_a_register_keeps_the_facts_of_each(company: Company) -> None:
    """What a caller does to the facts of one customer afterwards changes nothing either."""
    known = {"tier": "gold"}
    company.facts["northwind"] = known
    register = company.register()
    known["tier"] = "silver"
    of = Pool(name="open", zone="UTC", scope=F.tier == "gold")

    assert of.offers(register, at=JUNE_30) == ("northwind",)


@pytest.mark.parametrize("known", [None, "gold", 5, [("tier", "gold")]])
def test_facts_have_names(company: Company, known: object) -> None:
    """What is neither a mapping nor a record could be asked for nothing."""
    company.facts["northwind"] = known
    company.member_facts["wei"] = known

    told = faults(company)

    problem = f"must be a mapping from names of facts, or a record (got {known!r})"
    assert told == [f"facts of 'northwind': {problem}", f"member_facts of 'wei': {problem}"]


def test_records_are_of_their_kind(company: Company) -> None:
    """A list of ids, a single record and a record of another kind are no customers."""
    for wrong in (["northwind"], company.customers[0], company.members, None, "northwind"):
        with pytest.raises(InvalidValueError, match="customers must hold Customer records"):
            Register(customers=cast("Any", wrong), members=company.members)


def test_ids_are_text(company: Company) -> None:
    """Numbers among the keys are told, like every other name that nobody has."""
    company.facts |= {cast("Any", 5): {}, "fabrikam": {}}
    company.locks[cast("Any", 7)] = None

    assert faults(company) == [
        "facts: must be the id of a customer (got 5)",
        "facts: unknown customer 'fabrikam'; known are contoso, northwind",
        "lock of 7: must be the id of a customer (got 7)",
    ]


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])  # noqa: S301 - our own bytes
def test_a_register_can_be_copied_and_sent(
    company: Company, copied: Callable[[Register], Register]
) -> None:
    """Another process answers the same from a copy, which nobody can change either."""
    company.facts["northwind"] = {"tier": "gold"}
    company.locks["contoso"] = date(2026, 9, 1)
    company.owns("wei", "contoso", JUNE_30)
    register = company.register()
    of = Pool(
        name="open",
        zone="UTC",
        scope=F.tier.differs("silver"),
        rules=[RecycleRule(name="silent", days=3)],
    )

    other = copied(register)

    assert of.recycle(other, as_of=date(2026, 8, 1)) == of.recycle(register, as_of=date(2026, 8, 1))
    with pytest.raises(TypeError, match="item assignment"):
        cast("Any", other.facts)["northwind"] = {}
