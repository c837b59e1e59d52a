"""Invitations: who was asked to take part, and who did."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crmcore.errors import InvalidValueError
from crmcore.surveys import Invitation, InvitationKind

NOON = datetime(1998, 6, 3, 12, tzinfo=UTC)


def invitation(**fields: Any) -> Invitation:  # noqa: ANN401 - any field of an invitation
    """Return an invitation to the open house."""
    usual: dict[str, Any] = {
        "id": "i-1",
        "kind": InvitationKind.EVENT,
        "name": "open house",
        "customer": "c-17",
        "at": NOON,
    }
    return Invitation(**usual | fields)


def test_who_took_part_has_come() -> None:
    """Whoever was asked and has not come has not taken part, or not yet."""
    assert not invitation().took_part
    assert invitation(took_part_at=NOON).took_part
    assert [kind.label.zh for kind in InvitationKind] == ["问卷调查", "客户活动", "产品试用"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"id": ""}, r"^id must not be empty"),
        ({"kind": "party"}, r"^kind must be one of InvitationKind.SURVEY, "),
        ({"name": " "}, r"^name must not be empty"),
        ({"customer": ""}, r"^customer must not be empty"),
        ({"at": None}, r"^at must be a datetime"),
        (
            {"took_part_at": NOON - timedelta(seconds=1)},
            r"^took_part_at must not be before at, 1998-06-03T12:00:00\+00:00 ",
        ),
    ],
)
def test_an_invitation_refuses_what_it_cannot_be(fields: dict[str, Any], message: str) -> None:
    """Each field says what would be right."""
    with pytest.raises(InvalidValueError, match=message):
        invitation(**fields)
