"""Grants: what somebody may see, and what no grant may give."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import attrs
import pytest

from crmcore.access import AccessPolicy, Grant
from crmcore.criteria import F
from crmcore.customers import Contact, Customer
from crmcore.errors import CrmError, FaultsError, InvalidValueError, UnknownNameError


@attrs.frozen(kw_only=True)
class Account:
    """A customer of somebody's application, with the people there."""

    id: str
    owner: str = "lin"
    people: tuple[Contact, ...] = ()
    main: Contact | None = None


def grant(**fields: Any) -> Grant:  # noqa: ANN401
    """Return a grant with a few fields of one's own."""
    usual: dict[str, Any] = {"id": "clerks", "role": "clerk", "of": Contact}
    return Grant(**(usual | fields))


def test_without_fields_it_gives_all_that_is_not_personal() -> None:
    """Personal fields are given only where they are named."""
    assert grant().covers == {"id", "customer", "version"}
    assert grant().personal == ()


def test_fields_that_have_people_in_them_are_not_given_unless_named() -> None:
    """Records of people within a record are as personal as fields of their own."""
    assert grant(of=Account).covers == {"id", "owner"}
    assert grant(of=Account, fields=["people"]).covers == {"people"}


def test_fields_come_sorted() -> None:
    """The order in which fields are named says nothing."""
    given = grant(fields=["phone", "email", "phone"], purpose="service")

    assert given.fields == ("email", "phone")
    assert given.personal == ("email", "phone")


@pytest.mark.parametrize(
    ("fields", "error", "message"),
    [
        ({"role": None}, InvalidValueError, "role must be stated, or actor, and not both"),
        ({"actor": "lin"}, InvalidValueError, "role must be stated, or actor, and not both"),
        ({"of": Contact(id="p", customer="c", name="Ada")}, InvalidValueError, "of must be the"),  # type: ignore[arg-type]
        ({"of": dict}, InvalidValueError, "of must be the attrs class of the records"),
        ({"fields": "email"}, InvalidValueError, "fields must be a list of texts"),
        ({"fields": ["mail"]}, UnknownNameError, "unknown field 'mail'; did you mean 'email'"),
        ({"fields": ["email"]}, InvalidValueError, "purpose must be stated where personal data"),
        ({"purpose": " "}, InvalidValueError, "purpose must not be empty"),
        ({"when": F.regoin == "north"}, FaultsError, "when.eq: unknown field 'regoin'"),
        ({"when": "region"}, InvalidValueError, "criterion must be a Criterion"),
        ({"until": datetime(1998, 7, 1, tzinfo=UTC)}, InvalidValueError, "until must be a day"),
        ({"id": ""}, InvalidValueError, "id must not be empty"),
    ],
)
def test_what_is_no_grant_is_refused(
    fields: dict[str, Any], error: type[CrmError], message: str
) -> None:
    """A grant that nobody has, or that gives what is not there, is refused when it is built."""
    with pytest.raises(error) as caught:
        grant(**fields)

    assert message in str(caught.value)
    assert "Ada" not in str(caught.value)


def test_a_policy_keeps_its_grants_by_id() -> None:
    """The order in which grants are given says nothing."""
    grants = [grant(id=key) for key in ("b", "c", "a")]

    assert [one.id for one in AccessPolicy(grants).grants] == ["a", "b", "c"]


def test_two_grants_of_one_id_are_refused() -> None:
    """A review must be able to tell grants apart."""
    with pytest.raises(FaultsError, match="clerks: comes twice; give each grant an id of its own"):
        AccessPolicy([grant(), grant(of=Customer)])


def test_only_grants_make_a_policy() -> None:
    """Something else among the grants is refused."""
    with pytest.raises(InvalidValueError, match="grants must list grants"):
        AccessPolicy(["clerks"])  # type: ignore[list-item]


def finding_kinds(*grants: Grant) -> list[tuple[str, str]]:
    """Return what a review on the first of July 1998 finds: each kind with its subject."""
    found = AccessPolicy(grants).review(as_of=date(1998, 7, 1))
    return [(finding.kind, finding.subject) for finding in found]


def test_a_review_lists_what_has_ended() -> None:
    """The day on which a grant ends is the first on which it does not last."""
    assert finding_kinds(
        grant(id="over", until=date(1998, 7, 1)), grant(id="lasts", until=date(1998, 7, 2))
    ) == [("expired_grant", "grant:over")]


def test_a_review_lists_what_reaches_nobody() -> None:
    """A criterion that contradicts itself gives nothing."""
    assert finding_kinds(
        grant(id="none", of=Customer, when=(F.version > 3) & (F.version < 2)),
        grant(id="some", of=Customer, when=F.version > 3),
    ) == [("idle_grant", "grant:none")]


def test_a_review_lists_personal_data_that_is_given_for_ever() -> None:
    """Whoever gives personal data without an end is asked for one."""
    personal = {"fields": ["name"], "purpose": "service"}

    assert finding_kinds(
        grant(id="endless", **personal), grant(id="ends", until=date(1999, 1, 1), **personal)
    ) == [("endless_grant", "grant:endless")]


def test_a_finding_of_a_review_says_who_has_the_grant() -> None:
    """Whoever confirms a grant sees to whom, and what for."""
    policy = AccessPolicy(
        [
            grant(id="a", until=date(1998, 1, 1)),
            grant(id="b", role=None, actor="lin", until=date(1998, 1, 1), purpose="billing"),
        ]
    )

    by_role, by_actor = policy.review(as_of=date(1998, 7, 1))

    assert by_role.evidence == (("holder", "role:clerk"), ("records", "Contact"))
    assert by_actor.evidence == (
        ("holder", "actor:lin"),
        ("records", "Contact"),
        ("purpose", "billing"),
    )
    assert by_actor.title.en == "The grant ended on 1998-01-01"
