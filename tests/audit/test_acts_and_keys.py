"""Acts and keys: what they take, and what they keep to themselves."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from crmcore.audit import Act, AuditKey
from crmcore.errors import InvalidValueError

AT = datetime(2026, 9, 1, 9, tzinfo=UTC)


def test_an_act_hides_its_reason() -> None:
    """A reason is free text that may name people, so the repr does not show it."""
    act = Act(by="wei", at=AT, reason="Anna Schmidt moved to Basel")

    assert "Anna" not in repr(act)
    assert "wei" in repr(act)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"by": ""}, "by must not be empty"),
        ({"by": "x" * 65}, "by must have at most 64 characters"),
        ({"at": datetime(2026, 9, 1, 9)}, "at must carry a time zone"),  # noqa: DTZ001
        ({"reason": "a bell\a"}, "reason must hold no control characters"),
        ({"plan": "two\nlines"}, "plan must hold no control characters"),
    ],
)
def test_an_act_is_refused(fields: dict[str, Any], problem: str) -> None:
    """An act takes what every store can keep, and an instant with a zone."""
    with pytest.raises(InvalidValueError, match=problem):
        Act(**{"by": "wei", "at": AT, **fields})


def test_a_refused_reason_is_not_told() -> None:
    """The error about a reason does not carry it."""
    with pytest.raises(InvalidValueError) as refused:
        Act(by="wei", at=AT, reason="Anna\a")

    assert "Anna" not in str(refused.value)
    assert "Anna" not in repr(refused.value.args)


def test_a_key_hides_its_secret() -> None:
    """The repr shows the name of a key, and nothing of the secret."""
    key = AuditKey(b"a secret of 32 bytes for testing", name="2026")

    assert repr(key) == "AuditKey(name='2026')"


@pytest.mark.parametrize(
    ("secret", "problem"),
    [
        (b"31 bytes, which are one too few", "secret must have at least 32 bytes .got '31 bytes'."),
        ("a text of 32 letters for testing", "secret must be bytes .got 'str'."),
    ],
)
def test_a_poor_secret_is_refused(secret: Any, problem: str) -> None:  # noqa: ANN401
    """A secret is as long as its digest, and the error does not tell it."""
    with pytest.raises(InvalidValueError, match=problem) as refused:
        AuditKey(secret)

    assert "few" not in str(refused.value)
    assert "letters" not in repr(refused.value.args)


def test_a_key_needs_a_name_that_can_be_kept() -> None:
    """Records carry the name, so it is an id."""
    with pytest.raises(InvalidValueError, match="name must have no blanks at its ends"):
        AuditKey(b"a secret of 32 bytes for testing", name=" 1")
