"""Seals: what they take, what they prove, and what they remember."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.audit import AuditHead, AuditKey, Inclusion, Seal, seal
from crmcore.codec import from_json, to_json
from crmcore.errors import InvalidValueError, NotFoundError

Ledgers: TypeAlias = Callable[..., Any]

KEY = AuditKey(b"a secret of 32 bytes for testing")
AT = datetime(2026, 9, 1, 9, tzinfo=UTC)


def heads_of(count: int) -> list[AuditHead]:
    """Return made-up heads in order of their ids."""
    subjects = sorted((f"customers/c-{n}" for n in range(count)), key=AuditHead.id_of)
    return [
        AuditHead(id=AuditHead.id_of(subject), subject=subject, position=1, digest="d" * 64)
        for subject in subjects
    ]


def test_a_seal_is_plain_data(shops: Ledgers) -> None:
    """A seal that was kept as JSON is the same seal."""
    made = seal(shops().heads, key=KEY, at=AT)

    assert from_json(Seal, to_json(made)) == made


def test_seals_follow_each_other() -> None:
    """A seal knows which it is, and which came before."""
    first = seal(heads_of(2), key=KEY, at=AT)

    second = seal(heads_of(3), key=KEY, at=AT, previous=first)

    assert (first.position, first.previous) == (1, None)
    assert (second.position, second.previous) == (2, first.digest)


@pytest.mark.parametrize("change", [{"subject": "x/1"}, {"position": 7}, {"digest": "e" * 64}])
def test_a_root_depends_on_all_that_a_head_says(change: dict[str, Any]) -> None:
    """Another end of one chain gives another root."""
    heads = heads_of(9)
    other = attrs.evolve(heads[4], **change)

    made = seal([*heads[:4], other, *heads[5:]], key=KEY, at=AT)

    assert made.root != seal(heads, key=KEY, at=AT).root


def test_a_root_does_not_depend_on_how_often_a_head_was_saved() -> None:
    """The version of a head is the store's own affair."""
    heads = heads_of(3)

    made = seal([attrs.evolve(head, version=9) for head in heads], key=KEY, at=AT)

    assert made.root == seal(heads, key=KEY, at=AT).root


@given(st.integers(1, 40), st.data())
def test_a_proof_proves_nothing_else(count: int, data: st.DataObject) -> None:
    """A proof holds for its chain as it was, and for no other end, chain, place or path."""
    heads = heads_of(count)
    made = seal(heads, key=KEY, at=AT)
    index = data.draw(st.integers(0, count - 1))
    head, proof = heads[index], Inclusion.of(heads[index].subject, heads)

    assert made.includes(head, proof)
    assert not made.includes(attrs.evolve(head, position=2), proof)
    other = data.draw(st.integers(-1, count + 1).filter(lambda place: place != index))
    assert not made.includes(head, attrs.evolve(proof, index=other))
    assert not made.includes(head, attrs.evolve(proof, path=(*proof.path, "00" * 32)))
    if proof.path:
        assert not made.includes(head, attrs.evolve(proof, path=proof.path[:-1]))
        assert not made.includes(head, attrs.evolve(proof, path=("no digits", *proof.path[1:])))


def test_a_proof_of_what_was_not_sealed_is_refused() -> None:
    """There is no proof for a chain that is not there."""
    with pytest.raises(NotFoundError, match="there is no audit head"):
        Inclusion.of("customers/nobody", heads_of(4))


def test_heads_come_in_order() -> None:
    """Heads out of order are refused, because the root would depend on it."""
    heads = heads_of(3)

    with pytest.raises(InvalidValueError, match="heads must come in order of their ids, each once"):
        seal(reversed(heads), key=KEY, at=AT)
    with pytest.raises(InvalidValueError, match="heads must come in order of their ids, each once"):
        Inclusion.of(heads[0].subject, [heads[0], heads[0]])


def test_time_does_not_run_backwards() -> None:
    """A seal is not older than the one before it, and has a zone."""
    first = seal([], key=KEY, at=AT)

    with pytest.raises(InvalidValueError, match="at must not lie before the previous seal"):
        seal([], key=KEY, at=AT - timedelta(seconds=1), previous=first)
    with pytest.raises(InvalidValueError, match="at must carry a time zone"):
        seal([], key=KEY, at=AT.replace(tzinfo=None))


def test_a_seal_keeps_no_head() -> None:
    """Heads that stream past are let go, so that memory does not grow with them."""
    alive: list[int] = []

    def stream() -> Iterator[AuditHead]:
        seen: list[weakref.ref[AuditHead]] = []
        for position in range(50):
            head = AuditHead(
                id=f"{position:048x}", subject=f"s/{position}", position=1, digest="d" * 64
            )
            seen.append(weakref.ref(head))
            yield head
            alive.append(sum(one() is not None for one in seen))

    made = seal(stream(), key=KEY, at=AT)

    assert made.count == 50
    assert max(alive) <= 2
