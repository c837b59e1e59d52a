"""Merkle trees: one digest for many heads, and short proofs that one of them is among them.

Leaves and nodes are digested as RFC 6962, section 2.1, says: a leaf as SHA-256 of 0x00 and its
bytes, a node as SHA-256 of 0x01 and the digests of its two parts, of which the left one is the
largest power of two below the whole. Because of the first byte nobody can pass a node off as a
leaf.

Sources:
    B. Laurie, A. Langley, E. Kasper, "Certificate Transparency", RFC 6962, 2013.
    B. Laurie, E. Messeri, R. Stradling, "Certificate Transparency Version 2.0", RFC 9162, 2021,
    section 2.1.3.2, for the check of a proof.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

import attrs

from crmcore.errors import InvalidValueError, NotFoundError

from ._canonical import message_of
from ._record import AuditHead


def leaf_of(head: AuditHead) -> bytes:
    """Return the digest of a leaf: of the canonical JSON of subject, position and digest."""
    message = message_of(head.subject, head.position, head.digest)
    return hashlib.sha256(b"\x00" + message).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows leaf by leaf and keeps only the tops of its full parts.

    They are as many as its number of leaves has binary ones, so that it stays small. The
    digests beside the way up from one leaf can be kept along.
    """

    def __init__(self) -> None:
        """Begin without leaves."""
        self.count = 0
        self.path: list[str] = []
        self._tops: list[tuple[int, bytes, bool]] = []  # leaves, digest, whether on the way

    def add(self, leaf: bytes, *, on_the_way: bool = False) -> None:
        """Add a leaf; say whether the way up begins at it."""
        self.count += 1
        size = 1
        while self._tops and self._tops[-1][0] == size:
            _, left, is_left_on_it = self._tops.pop()
            leaf, on_the_way = self._joined(left, leaf, is_left_on_it, on_the_way)
            size *= 2
        self._tops.append((size, leaf, on_the_way))

    def root(self) -> str:
        """Return the digest of the whole, which ends the tree."""
        if not self._tops:
            return hashlib.sha256().hexdigest()
        _, top, on_the_way = self._tops.pop()
        while self._tops:
            _, left, is_left_on_it = self._tops.pop()
            top, on_the_way = self._joined(left, top, is_left_on_it, on_the_way)
        return top.hex()

    def _joined(
        self,
        left: bytes,
        right: bytes,
        is_left_on_it: bool,  # noqa: FBT001 - the sides go in pairs
        is_right_on_it: bool,  # noqa: FBT001
    ) -> tuple[bytes, bool]:
        if is_left_on_it or is_right_on_it:
            self.path.append((right if is_left_on_it else left).hex())
        return _node(left, right), is_left_on_it or is_right_on_it


def each_once(heads: Iterable[AuditHead], field: str = "heads") -> Iterator[AuditHead]:
    """Yield the heads as they come.

    Raises:
        InvalidValueError: If they do not come in order of their ids, each once.
    """
    last = ""
    for head in heads:
        if head.id <= last:
            raise InvalidValueError(field, head.id, "come in order of their ids, each once")
        last = head.id
        yield head


@attrs.frozen(kw_only=True)
class Inclusion:
    """The proof that the end of one chain is among those that were sealed.

    It tells nothing of the other chains.

    Attributes:
        index: How many heads come before it, in order of their ids.
        path: The digests beside the way from it up to the root, as hexadecimal digits.

    .. versionadded:: 0.1.0
    """

    index: int
    path: tuple[str, ...]

    @classmethod
    def of(cls, subject: str, heads: Iterable[AuditHead]) -> Inclusion:
        """Return the proof for the chain of *subject*.

        Args:
            subject: Whose chain it is, as in ``customers/c-17``.
            heads: The heads that were sealed, in order of their ids, as stores stream them.

        Raises:
            NotFoundError: If it is not among them.
            InvalidValueError: If they do not come in order of their ids, each once.

        Complexity:
            ``O(n)`` time and ``O(log n)`` memory for *n* heads.
        """
        tree = Tree()
        index = None
        for head in each_once(heads):
            if index is None and head.subject == subject:
                index = tree.count
            tree.add(leaf_of(head), on_the_way=index == tree.count)
        if index is None:
            raise NotFoundError("audit head", AuditHead.id_of(subject))
        tree.root()
        return cls(index=index, path=tuple(tree.path))

    def root(self, head: AuditHead, count: int) -> str | None:
        """Return the root of the *count* heads among which *head* is, if the proof is one."""
        here, last = self.index, count - 1
        top = leaf_of(head)
        for step in self.path:
            beside = _bytes_of(step)
            if beside is None or last == 0:
                return None
            if here % 2 or here == last:
                top = _node(beside, top)
                while not here % 2 and here:
                    here, last = here // 2, last // 2
            else:
                top = _node(top, beside)
            here, last = here // 2, last // 2
        return top.hex() if last == 0 else None


def _bytes_of(step: str) -> bytes | None:
    try:
        return bytes.fromhex(step)
    except ValueError:
        return None
