"""Keys: what makes a digest that nobody else can make."""

from __future__ import annotations

import hmac
from typing import Any, Final

import attrs

from crmcore.checks import is_id
from crmcore.errors import InvalidValueError

_LEAST_BYTES: Final = 32


def _is_secret(_: object, attribute: attrs.Attribute[bytes], value: Any) -> None:  # noqa: ANN401
    # What was found stays out of the message: it is a secret, if a poor one.
    if not isinstance(value, bytes):
        raise InvalidValueError(attribute.name, type(value).__name__, "be bytes")
    if len(value) < _LEAST_BYTES:
        found = f"{len(value)} bytes"
        raise InvalidValueError(attribute.name, found, f"have at least {_LEAST_BYTES} bytes")


@attrs.frozen
class AuditKey:
    """The secret by which audit records and seals are signed.

    It signs with HMAC-SHA256 (RFC 2104). What was signed carries the name of the key, so that
    a key can be followed by another one: sign with the new, and verify with both.

    Attributes:
        secret: At least 32 random bytes, which the repr does not show. Keep it where whoever
            can write to the store cannot read it.
        name: What records and seals call it.

    .. versionadded:: 0.1.0
    """

    secret: bytes = attrs.field(validator=_is_secret, repr=False)
    name: str = attrs.field(default="1", validator=is_id)

    def sign(self, message: bytes) -> str:
        """Return the keyed digest of *message*: 64 hexadecimal digits."""
        return hmac.digest(self.secret, message, "sha256").hex()
