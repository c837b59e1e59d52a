"""Answers: what commands were answered that names a subject."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

import attrs

from crmcore.codec import from_json, to_json
from crmcore.errors import FaultsError
from crmcore.privacy import Personal, PersonalKind
from crmcore.receipts import PlanReceipt
from crmcore.storage import Command, UnitOfWork

from ._finder import Finder
from ._subject import Subject, SubjectKind

_ON_A_LINE: Final = 5_000
_PLACEHOLDER: Final = Personal(PersonalKind.TEXT).placeholder


def answers_about(
    uow: UnitOfWork, subject: Subject, ids: Collection[str]
) -> Iterator[tuple[Command, PlanReceipt | None]]:
    """Yield the commands whose answer names a subject, with the receipt where it is one.

    Args:
        uow: Where to read.
        subject: Whom it is about.
        ids: Its id, and those of whatever belongs to it.
    """
    named = Finder(ids)
    for command in uow.commands.stream():
        if command.answer is not None and named.finds(command.answer, exact=True):
            receipt = receipt_in(command)
            if receipt is None or _is_about(receipt, subject):
                yield command, receipt


def receipt_in(command: Command) -> PlanReceipt | None:
    """Return the receipt that a command was answered; None where it was something else."""
    lines = (command.answer or "").split("\n")  # a long one is kept in parts
    try:
        return PlanReceipt.joined(from_json(PlanReceipt, line) for line in lines)
    except FaultsError:
        return None


def narrowed(receipt: PlanReceipt, subject: Subject) -> PlanReceipt:
    """Return what a receipt says of a subject: what it says of others is theirs."""
    if subject.kind is SubjectKind.MEMBER:
        who = subject.id
        return attrs.evolve(
            receipt,
            changes=tuple(c for c in receipt.changes if who in {c.from_member, c.to_member}),
            matters=tuple(c for c in receipt.matters if who in {c.from_member, c.to_member}),
            departures=tuple(one for one in receipt.departures if one.member == who),
            remains=tuple(one for one in receipt.remains if one.member == who),
        )
    whom = subject.id
    return attrs.evolve(
        receipt,
        changes=tuple(one for one in receipt.changes if one.customer == whom),
        matters=tuple(one for one in receipt.matters if one.customer == whom),
        departures=(),
        remains=tuple(one for one in receipt.remains if one.customer == whom),
    )


def _is_about(receipt: PlanReceipt, subject: Subject) -> bool:
    left = narrowed(receipt, subject)
    is_theirs = subject.kind is SubjectKind.MEMBER and receipt.by == subject.id
    return is_theirs or bool(left.changes or left.matters or left.departures or left.remains)


def without(command: Command, words: Finder) -> Command:
    """Return a command whose answer names nobody by these words any more.

    Of a receipt, the reason is the only free text. The answers of others have a form that is
    not known here, so the words are replaced wherever they stand, as they are spelled.
    """
    receipt = receipt_in(command)
    if receipt is None:
        answer = words.replaced(command.answer or "", _PLACEHOLDER, exact=True)
    elif receipt.reason is None:
        return command
    else:
        reason = words.replaced(receipt.reason, _PLACEHOLDER)
        parts = attrs.evolve(receipt, reason=reason).split(_ON_A_LINE)
        answer = "\n".join(map(to_json, parts))
    return attrs.evolve(command, answer=answer)
