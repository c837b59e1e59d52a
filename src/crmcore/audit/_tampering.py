"""Tampering: what is wrong with a trail, and where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import attrs

from crmcore.kernel import LabelledEnum, Phrase

SEALS: Final = "seals"


class TamperingKind(LabelledEnum):
    """What is wrong.

    .. versionadded:: 0.1.0
    """

    ALTERED = "altered", "record altered", "记录被改动"
    UNKNOWN_KEY = "unknown_key", "key unknown", "密钥未知"
    MISSING = "missing", "record missing", "记录缺失"
    OUT_OF_ORDER = "out_of_order", "record out of order", "记录次序颠倒"
    REPLACED = "replaced", "record of another history", "记录被替换"
    ERASED_BY_HAND = "erased_by_hand", "values taken out by hand", "个人数据被擅自抹除"
    TAIL_CUT = "tail_cut", "end of the chain cut off", "链尾被截断"
    BEYOND_HEAD = "beyond_head", "record beyond the head", "记录超出链尾"
    HEAD_ALTERED = "head_altered", "head altered", "链头被改动"
    HEAD_MISSING = "head_missing", "head missing", "链头缺失"
    CHAIN_REMOVED = "chain_removed", "whole chain removed", "整条链被删除"
    NOT_AS_STORED = "not_as_stored", "record not as stored", "与现存数据不符"
    SEAL_ALTERED = "seal_altered", "seal altered", "封印被改动"
    SEAL_MISSING = "seal_missing", "seal missing", "封印缺失"
    NOT_AS_SEALED = "not_as_sealed", "not as it was sealed", "与封印不符"
    LIST_ALTERED = "list_altered", "list of sealed chains altered", "封印清单被改动"


@attrs.frozen(kw_only=True)
class Tampering:
    """Something that is wrong with a trail.

    Attributes:
        kind: What is wrong.
        subject: Whose chain it is, as in ``customers/c-17``; ``seals`` where it is about the
            seals.
        position: Where in the chain: the first position that is wrong; that of a seal where it
            is about one.
        count: How many links from there on are wrong, or how many chains.
        field: The field that is not as it is stored; None where it is about all of it.

    .. versionadded:: 0.1.0
    """

    kind: TamperingKind
    subject: str
    position: int
    count: int = 1
    field: str | None = None

    @property
    def wording(self) -> Phrase:
        """What is wrong, in one sentence."""
        return _WORDINGS[self.kind](self)

    def __str__(self) -> str:
        """Return the English wording."""
        return self.wording.en


def _links(found: Tampering) -> Phrase:
    """Name the links that are wrong."""
    first, last = found.position, found.position + found.count - 1
    if found.count == 1:
        return Phrase(f"record {first}", f"第{first}条记录")
    return Phrase(f"records {first} to {last}", f"第{first}至{last}条记录")


def _of_links(english: str, chinese: str) -> Callable[[Tampering], Phrase]:
    """Return what makes the sentence on some links; in English, one is and several are."""

    def wording(found: Tampering) -> Phrase:
        links = _links(found)
        said = english if found.count == 1 else english.replace("is ", "are ", 1)
        return Phrase(
            f"{links.en} of {found.subject!r} {said}", f"“{found.subject}”的{links.zh}{chinese}"
        )

    return wording


def _of_chain(english: str, chinese: str) -> Callable[[Tampering], Phrase]:
    """Return what makes the sentence on a whole chain, a head or a seal."""

    def wording(found: Tampering) -> Phrase:
        links = _links(found)
        words = {"subject": found.subject, "position": found.position, "count": found.count}
        return Phrase(
            english.format(links=links.en, **words), chinese.format(links=links.zh, **words)
        )

    return wording


def _not_as_stored(found: Tampering) -> Phrase:
    subject, field = found.subject, found.field
    if not found.position:
        return Phrase(
            f"{subject!r} is stored, and no record of the trail tells of it",
            f"“{subject}”现已存在，但审计记录中从未提及",
        )
    what = "" if field is None else f": field {field!r} differs"
    which = "" if field is None else f"：字段“{field}”不一致"
    return Phrase(
        f"{subject!r} is not stored as record {found.position} tells{what}",
        f"“{subject}”的现存数据与第{found.position}条记录不符{which}",
    )


def _removed(found: Tampering) -> Phrase:
    if found.subject == SEALS:
        verb = "is" if found.count == 1 else "are"
        return Phrase(
            f"{found.count} of the chains under seal {found.position} {verb} gone",
            f"第{found.position}号封印下的链有{found.count}条已不存在",
        )
    return Phrase(
        f"the chain of {found.subject!r} is gone, up to record {found.count} at least",
        f"“{found.subject}”的整条链已被删除，至少到第{found.count}条记录",
    )


_WORDINGS: Final[Mapping[TamperingKind, Callable[[Tampering], Phrase]]] = {
    TamperingKind.ALTERED: _of_links(
        "was altered: it does not match its digest", "被改动：与其摘要不符"
    ),
    TamperingKind.UNKNOWN_KEY: _of_links(
        "is signed with an unknown key and proves nothing", "以未知密钥签名，无法核实"
    ),
    TamperingKind.MISSING: _of_links("is missing", "缺失"),
    TamperingKind.OUT_OF_ORDER: _of_links("comes too late, or twice", "次序颠倒或重复出现"),
    TamperingKind.REPLACED: _of_links(
        "does not follow from the one before it: it is from another history",
        "与前一条不相接，出自另一份历史",
    ),
    TamperingKind.ERASED_BY_HAND: _of_links(
        "has lost personal values, and no later record tells of it",
        "的个人数据已不在，但其后没有抹除记录",
    ),
    TamperingKind.TAIL_CUT: _of_links("is missing at the end of the chain", "在链尾缺失"),
    TamperingKind.BEYOND_HEAD: _of_links("is beyond the head of the chain", "超出链头所记的末尾"),
    TamperingKind.HEAD_ALTERED: _of_chain(
        "the head of {subject!r} does not match record {position}",
        "“{subject}”的链头与第{position}条记录不符",
    ),
    TamperingKind.HEAD_MISSING: _of_chain(
        "the head of {subject!r} is missing, which has record {position}",
        "“{subject}”的链头缺失，而第{position}条记录仍在",
    ),
    TamperingKind.CHAIN_REMOVED: _removed,
    TamperingKind.NOT_AS_STORED: _not_as_stored,
    TamperingKind.SEAL_ALTERED: _of_chain(
        "seal {position} was altered, or is signed with an unknown key",
        "第{position}号封印被改动，或以未知密钥签名",
    ),
    TamperingKind.SEAL_MISSING: _of_chain(
        "seal {position} does not follow from the one before it",
        "第{position}号封印与前一号不相接",
    ),
    TamperingKind.NOT_AS_SEALED: _of_links(
        "is not the one that was sealed: the history up to it was rewritten",
        "与封印时不同，此前的历史被改写",
    ),
    TamperingKind.LIST_ALTERED: _of_chain(
        "the list of {count} sealed chains is that of no seal",
        "所给的{count}条链的清单不属于任何封印",
    ),
}
