"""Seals: one digest over the ends of all chains, to be kept elsewhere."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import datetime
from typing import Final

import attrs

from crmcore.checks import is_count, utc
from crmcore.errors import InvalidValueError

from ._canonical import instant_text, message_of
from ._key import AuditKey
from ._merkle import Inclusion, Tree, each_once, leaf_of
from ._record import AuditHead

_FORMAT: Final = "crmcore.seal/1"


@attrs.frozen(kw_only=True)
class Seal:
    """How all chains ended at one moment, in one digest.

    A chain alone cannot tell that its last links, or all of them, were removed together with
    its head. A seal that is kept where whoever can write to the store cannot can tell, by the
    heads that it was made over: keep these beside it, or what it says is only how many chains
    there were.

    Attributes:
        position: Which seal it is: 1, 2, 3, …
        at: When it was made, as an instant.
        count: How many chains there were.
        root: The root of the Merkle tree over their heads in order of their ids, as
            hexadecimal digits.
        previous: The digest of the seal before it; None for the first.
        digest: The keyed digest of all this.
        key: The name of the key that the digest was made with.

    .. versionadded:: 0.1.0
    """

    position: int = attrs.field(validator=is_count)
    at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    count: int = attrs.field(validator=is_count)
    root: str
    previous: str | None
    digest: str
    key: str

    def includes(self, head: AuditHead, proof: Inclusion) -> bool:
        """Say whether a chain ended with *head* when the seal was made.

        It says nothing of who made the seal; `verify` does.
        """
        if not 0 <= proof.index < self.count:
            return False
        return proof.root(head, self.count) == self.root


def seal(
    heads: Iterable[AuditHead],
    *,
    key: AuditKey,
    at: datetime,
    previous: Seal | None = None,
    tenant: str = "default",
) -> Seal:
    """Return the seal over the ends of all chains.

    Args:
        heads: The heads of all chains, in order of their ids, as stores stream them.
        key: The key to sign with.
        at: The instant to write on it.
        previous: The seal that was made last; None where there is none yet.
        tenant: Whose chains they are; the digest covers it.

    Raises:
        InvalidValueError: If the heads do not come in order of their ids, each once, or *at*
            lies before the previous seal or is no instant.

    Complexity:
        ``O(n)`` time and ``O(log n)`` memory for *n* heads.

    .. versionadded:: 0.1.0
    """
    moment = utc(at)
    if previous is not None and moment < previous.at:
        rule = f"not lie before the previous seal, {previous.at.isoformat()}"
        raise InvalidValueError("at", moment.isoformat(), rule)
    tree = Tree()
    for head in each_once(heads):
        tree.add(leaf_of(head))
    unsigned = Seal(
        position=1 if previous is None else previous.position + 1,
        at=moment,
        count=tree.count,
        root=tree.root(),
        previous=None if previous is None else previous.digest,
        digest="",
        key=key.name,
    )
    return attrs.evolve(unsigned, digest=seal_digest(unsigned, key=key, tenant=tenant))


def seal_digest(made: Seal, *, key: AuditKey, tenant: str) -> str:
    """Return the keyed digest that belongs to a seal."""
    message = message_of(
        _FORMAT,
        tenant,
        made.position,
        instant_text(made.at),
        made.count,
        made.root,
        made.previous,
        made.key,
    )
    return key.sign(message)


def is_signed(found: str, expected: str) -> bool:
    """Say whether two digests are equal, in a time that does not tell how much of them is."""
    return hmac.compare_digest(found.encode("utf-8", "surrogatepass"), expected.encode())
