"""The digests are what the published methods give, reckoned here by other means."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

import pytest

from crmcore.audit import AuditHead, AuditKey, Inclusion, seal

Ledgers: TypeAlias = Callable[..., Any]

SECRET = b"a secret of 32 bytes for testing"
AT = datetime(2026, 9, 1, 9, tzinfo=UTC)


def hmac_sha256(secret: bytes, message: bytes) -> str:
    """Reckon HMAC with SHA-256 as RFC 2104, section 2, writes it down."""
    if len(secret) > 64:
        secret = hashlib.sha256(secret).digest()
    padded = secret.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded) + message).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in padded) + inner).hexdigest()


def merkle(leaves: Sequence[bytes]) -> bytes:
    """Reckon the digest of a tree as RFC 6962, section 2.1, defines it."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\1" + merkle(leaves[:half]) + merkle(leaves[half:])).digest()


def audit_path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Reckon the path of a leaf as RFC 6962, section 2.1.1, defines it."""
    if len(leaves) == 1:
        return []
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    if index < half:
        return [*audit_path(index, leaves[:half]), merkle(leaves[half:])]
    return [*audit_path(index - half, leaves[half:]), merkle(leaves[:half])]


def canonical(parts: Any) -> bytes:  # noqa: ANN401 - plain data
    """Write canonical JSON."""
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("secret", "message", "digest"),
    [
        (
            b"\x0b" * 20,
            b"Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ),
        (
            b"Jefe",
            b"what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (
            b"\xaa" * 20,
            b"\xdd" * 50,
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
        ),
        (
            b"\xaa" * 131,
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
    ],
)
def test_the_oracle_gives_the_published_digests(secret: bytes, message: bytes, digest: str) -> None:
    """The oracle for HMAC gives test cases 1, 2, 3 and 6 of RFC 4231, section 4."""
    assert hmac_sha256(secret, message) == digest


def test_a_key_signs_as_published() -> None:
    """A key whose secret is long enough gives test case 6 of RFC 4231, section 4.7."""
    message = b"Test Using Larger Than Block-Size Key - Hash Key First"

    digest = AuditKey(b"\xaa" * 131).sign(message)

    assert digest == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"


def test_the_digest_of_a_link_can_be_reckoned_from_the_page(shops: Ledgers) -> None:
    """The digest is the HMAC of the canonical JSON of the list that the reference shows."""
    for link in shops().records:
        parts = [
            "crmcore.audit/1",
            "default",
            link.subject,
            link.position,
            link.kind.value,
            "wei",
            "2026-09-01T09:00:00Z",
            link.reason_commitment,
            "6f1d",
            [[change.field, change.before, change.after] for change in link.changes],
            [[held.field, held.commitment] for held in link.personal_changes],
            link.previous,
            "1",
        ]

        assert link.digest == hmac_sha256(SECRET, canonical(parts))


def test_a_commitment_can_be_reckoned_from_the_page(shops: Ledgers) -> None:
    """A commitment is the SHA-256 digest of the canonical JSON of salt, field and values."""
    for link in shops().of("customers/c-17"):
        promises = [
            (held.commitment, held.salt, held.field, held.before, held.after)
            for held in link.personal_changes
        ]
        promises.append((link.reason_commitment, link.reason_salt, "reason", None, link.reason))
        for commitment, *parts in promises:
            assert commitment == hashlib.sha256(canonical(parts)).hexdigest()


LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("count", range(9))
def test_the_oracle_gives_the_published_roots(count: int) -> None:
    """The oracle for trees gives the roots that Google's certificate-transparency tests with.

    They are the roots of the first 0 to 8 of the leaves in ``merkle/merkle_tree_test.cc`` of
    that project, the reference implementation of RFC 6962.
    """
    assert merkle(LEAVES[:count]).hex() == ROOTS[count]


def heads_of(count: int) -> list[AuditHead]:
    """Return made-up heads in order of their ids."""
    subjects = sorted((f"customers/c-{n}" for n in range(count)), key=AuditHead.id_of)
    return [
        AuditHead(
            id=AuditHead.id_of(subject), subject=subject, position=place + 1, digest=f"{place:064x}"
        )
        for place, subject in enumerate(subjects)
    ]


def leaves_of(heads: Sequence[AuditHead]) -> list[bytes]:
    """Return the bytes of the leaves, as the reference shows them."""
    return [canonical([head.subject, head.position, head.digest]) for head in heads]


@pytest.mark.parametrize("count", [*range(18), 31, 32, 33, 100])
def test_the_root_of_a_seal_can_be_reckoned_from_the_page(count: int) -> None:
    """A seal's root is that of the tree over the heads, as RFC 6962 defines it."""
    heads = heads_of(count)

    made = seal(heads, key=AuditKey(SECRET), at=AT)

    assert made.count == count
    assert made.root == merkle(leaves_of(heads)).hex()


def test_the_digest_of_a_seal_can_be_reckoned_from_the_page() -> None:
    """A seal is signed like a link, over its own list."""
    first = seal(heads_of(3), key=AuditKey(SECRET), at=AT)

    second = seal(heads_of(5), key=AuditKey(SECRET), at=AT, previous=first, tenant="north")

    parts = [
        "crmcore.seal/1", "north", 2, "2026-09-01T09:00:00Z", 5, second.root, first.digest, "1",
    ]  # fmt: skip
    assert second.digest == hmac_sha256(SECRET, canonical(parts))


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 16, 17])
def test_proofs_are_the_published_paths(count: int) -> None:
    """The proof for each chain is its path as RFC 6962 defines it, and proves that chain."""
    heads = heads_of(count)
    made = seal(heads, key=AuditKey(SECRET), at=AT)

    for index, head in enumerate(heads):
        proof = Inclusion.of(head.subject, heads)

        path = [step.hex() for step in audit_path(index, leaves_of(heads))]
        assert proof == Inclusion(index=index, path=tuple(path))
        assert made.includes(head, proof)
