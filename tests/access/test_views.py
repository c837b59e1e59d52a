"""Views: what somebody sees of a record, and what is denied."""

from __future__ import annotations

import copy
import pickle
from datetime import date
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.access import AccessPolicy, Grant, Obstacle, View
from crmcore.criteria import F
from crmcore.customers import Contact, ContactId, Customer, CustomerKind
from crmcore.errors import AccessDeniedError, InvalidValueError, UnknownNameError
from crmcore.kernel import CustomerId
from crmcore.memory import MemoryStore
from crmcore.privacy import personal_fields

DAY = date(1998, 7, 1)
ADA = Contact(
    id=ContactId("p-1"),
    customer=CustomerId("c-17"),
    name="Ada Canary",
    email="canary@example.org",
)
NORTH = Customer(id=CustomerId("c-17"), name="Canary & Co", region="north")
SOUTH = attrs.evolve(NORTH, region="south")
NOWHERE = attrs.evolve(NORTH, region=None)

POLICY = AccessPolicy(
    [
        Grant(id="contacts", role="clerk", of=Contact),
        Grant(id="calls", role="clerk", of=Contact, fields=["name", "phone"], purpose="service"),
        Grant(
            id="mailing",
            actor="wei",
            of=Contact,
            fields=["email"],
            purpose="marketing",
            until=DAY,
        ),
        Grant(id="north", role="clerk", of=Customer, when=F.region == "north"),
        Grant(id="kinds", role="clerk", of=Customer, fields=["id", "kind"]),
    ]
)


def seen(record: object, **request: Any) -> View:  # noqa: ANN401
    """Return what the clerk Lin sees of a record for the service, on the first of July 1998."""
    usual: dict[str, Any] = {"actor": "lin", "roles": ["clerk"], "purpose": "service", "as_of": DAY}
    return POLICY.view(record, **(usual | request))


def test_what_is_granted_is_there() -> None:
    """Permitted fields are attributes and items, in the order of the record."""
    view = seen(ADA)

    assert list(view) == ["id", "customer", "name", "phone", "version"]
    assert dict(view) == {
        "id": "p-1",
        "customer": "c-17",
        "name": "Ada Canary",
        "phone": None,
        "version": 0,
    }
    assert view.name == view["name"] == "Ada Canary"
    assert len(view) == 5
    assert "name" in view


def test_what_is_denied_is_neither_missing_nor_absent() -> None:
    """Asking for it raises, with the grant that would be needed and without the value."""
    view = seen(ADA)

    assert view.denied_fields == ("email", "position")
    assert "email" not in view
    for ask in (getattr, View.__getitem__, View.get):
        with pytest.raises(AccessDeniedError) as caught:
            ask(view, "email")
        assert str(caught.value) == (
            "contact.email is denied: grant 'mailing' is given to others; "
            "it needs one to 'lin' or role 'clerk' for 'service'"
        )
        assert "canary" not in repr((caught.value, vars(caught.value)))


def test_the_repr_of_a_view_shows_nothing_personal() -> None:
    """Views may be logged as records may."""
    assert repr(seen(ADA)) == (
        "<view of a contact: id='p-1', customer='c-17', name=<personal>, phone=None, version=0, "
        "email=<denied>, position=<denied>>"
    )


@pytest.mark.parametrize(
    ("request_", "denied"),
    [
        ({"roles": []}, {"id", "customer", "name", "email", "phone", "position", "version"}),
        ({"purpose": None}, {"name", "email", "phone", "position"}),
        ({"purpose": "marketing"}, {"name", "email", "phone", "position"}),
        ({"purpose": "marketing", "actor": "wei"}, {"name", "email", "phone", "position"}),
        (
            {"purpose": "marketing", "actor": "wei", "as_of": date(1998, 6, 30)},
            {"name", "phone", "position"},
        ),
    ],
    ids=["no role", "no purpose", "other purpose", "on its last day", "the day before"],
)
def test_nothing_is_seen_without_a_grant(request_: dict[str, Any], denied: set[str]) -> None:
    """Role or person, purpose and day must all be right."""
    assert set(seen(ADA, **request_).denied_fields) == denied


@pytest.mark.parametrize(
    ("customer", "shown"),
    [(NORTH, {"id", "kind", "region"}), (SOUTH, {"id", "kind"}), (NOWHERE, {"id", "kind"})],
    ids=["holds", "fails", "unknown"],
)
def test_a_criterion_must_hold(customer: Customer, shown: set[str]) -> None:
    """Access is permitted only where the criterion holds; unknown is no yes."""
    assert set(seen(customer)) & {"id", "kind", "region"} == shown


def test_records_that_no_grant_speaks_of_are_denied() -> None:
    """The default is to deny."""
    view = AccessPolicy([]).view(ADA, actor="lin", as_of=DAY)

    assert len(view) == 0
    with pytest.raises(
        AccessDeniedError, match=r"^contact.id is denied: it needs a grant to 'lin'"
    ):
        _ = view.id


def test_a_criterion_asked_of_a_view_is_refused_where_it_asks_for_more() -> None:
    """A view cannot be searched for what it hides."""
    view = seen(SOUTH)

    assert (F.kind == CustomerKind.PERSON).holds(view)
    with pytest.raises(AccessDeniedError, match=r"^customer.region is denied"):
        (F.region == "north").holds(view)


def test_a_field_that_is_not_there_is_not_denied_but_unknown() -> None:
    """A slip of the pen is told from a lack of grants."""
    view = seen(ADA)

    with pytest.raises(AttributeError, match="a view has no field 'mail'"):
        _ = view.mail
    with pytest.raises(KeyError, match="mail"):
        view["mail"]


def test_a_view_is_a_value() -> None:
    """It can be copied, sent and compared, and not changed."""
    view = seen(ADA)

    for other in (copy.copy(view), copy.deepcopy(view), pickle.loads(pickle.dumps(view))):  # noqa: S301
        assert other == view
        assert other.denied_fields == view.denied_fields
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        view.name = "Bo"  # type: ignore[attr-defined]


def test_a_view_cannot_be_stored() -> None:
    """What is hidden from somebody cannot be overwritten by them."""
    store = MemoryStore()
    with store.unit_of_work() as uow:
        uow.contacts.add(ADA)
        uow.commit()
    view: Any = seen(ADA)

    with store.unit_of_work() as uow:
        for write in (uow.contacts.add, uow.contacts.save):
            with pytest.raises(
                InvalidValueError, match=r"aggregate must be a Contact \(got a View"
            ):
                write(view)
        uow.commit()

    with store.unit_of_work(readonly=True) as uow:
        assert list(uow.contacts.stream()) == [attrs.evolve(ADA, version=1)]


@pytest.mark.parametrize("thing", ["Canary", {"name": "Canary"}, seen(ADA)], ids=type)
def test_only_records_are_viewed(thing: object) -> None:
    """Something else is refused, and not shown; a view of a view neither."""
    with pytest.raises(
        InvalidValueError, match="record must be a record of an attrs class"
    ) as caught:
        seen(thing)

    assert "Canary" not in str(caught.value)


@given(
    fields=st.sets(st.sampled_from([field.name for field in attrs.fields(Contact)])),
    asked=st.sampled_from(["service", "marketing", None]),
)
def test_a_view_shows_what_is_granted_and_denies_the_rest(
    fields: set[str], asked: str | None
) -> None:
    """Every field is either shown with its value or denied, and never both."""
    policy = AccessPolicy(
        [Grant(id="some", actor="lin", of=Contact, fields=fields, purpose="service")]
    )

    view = policy.view(ADA, actor="lin", purpose=asked, as_of=DAY)

    everything = {field.name for field in attrs.fields(Contact)}
    assert dict(view) == (
        {name: getattr(ADA, name) for name in fields} if asked == "service" else {}
    )
    assert set(view) | set(view.denied_fields) == everything
    assert not set(view) & set(view.denied_fields)


@pytest.mark.parametrize("cls", [Contact, Customer])
def test_a_grant_without_fields_never_shows_personal_data(cls: type[Any]) -> None:
    """Whatever is declared personal tomorrow is hidden tomorrow."""
    policy = AccessPolicy([Grant(id="open", actor="lin", of=cls)])

    view = policy.view(ADA if cls is Contact else NORTH, actor="lin", as_of=DAY)

    assert personal_fields(cls).keys() == set(view.denied_fields)


def explained(record: object, field: str, **request: Any) -> Any:  # noqa: ANN401
    """Return the decision on a field for the clerk Lin."""
    usual: dict[str, Any] = {"actor": "lin", "roles": ["clerk"], "purpose": "service", "as_of": DAY}
    return POLICY.explain(record, field, **(usual | request))


def test_a_decision_names_the_grants_that_permit() -> None:
    """All grants that let a field be seen are named."""
    decision = explained(NORTH, "kind")

    assert decision.is_permitted
    assert decision.grants == ("kinds", "north")
    assert str(decision) == "customer.kind is granted: by 'kinds', 'north'"
    assert decision.reason.zh == "依据授权kinds、north"


@pytest.mark.parametrize(
    ("record", "field", "request_", "obstacle", "words"),
    [
        (ADA, "email", {}, Obstacle.ACTOR, "is given to others"),
        (ADA, "email", {"actor": "wei"}, Obstacle.PURPOSE, "is given for another purpose"),
        (ADA, "email", {"actor": "wei", "purpose": "marketing"}, Obstacle.EXPIRED, "has expired"),
        (SOUTH, "region", {}, Obstacle.RECORD, "does not reach this record"),
        (NOWHERE, "region", {}, Obstacle.UNKNOWN, "may not reach this record"),
    ],
)
def test_a_decision_says_what_stands_in_the_way(
    record: object, field: str, request_: dict[str, Any], obstacle: Obstacle, words: str
) -> None:
    """Each grant of the field is named, with why it does not permit."""
    decision = explained(record, field, **request_)

    assert not decision.is_permitted
    assert [why for _, why in decision.obstacles] == [obstacle]
    assert words in str(decision)
    assert "anary" not in str(decision)


def test_a_decision_says_what_is_needed_where_no_grant_speaks_of_the_field() -> None:
    """Whoever has several roles needs a grant to one of them."""
    decision = explained(ADA, "position", roles=["clerk", "lead"])

    assert str(decision) == (
        "contact.position is denied: "
        "it needs a grant to 'lin' or roles 'clerk', 'lead' for 'service'"
    )
    assert decision.reason.zh == "需要授予lin或角色clerk、lead、用途为service的授权"


def test_a_decision_on_an_unknown_field_is_refused() -> None:
    """A slip of the pen is told."""
    with pytest.raises(UnknownNameError, match="did you mean 'email'"):
        explained(ADA, "mail")
