"""Access: what somebody may not see."""

from __future__ import annotations

from crmcore.errors import AccessDeniedError, CrmError


def test_a_denial_names_the_field_and_what_is_needed() -> None:
    """The text says which field of which record, and why, and it is not worth a second try."""
    error: CrmError = AccessDeniedError("contact", "email", "it needs a grant to 'lin'")

    assert str(error) == "contact.email is denied: it needs a grant to 'lin'"
    assert (error.code, error.retryable) == ("access_denied", False)
