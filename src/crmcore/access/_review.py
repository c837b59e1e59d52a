"""The access review: which grants are stale."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from crmcore.criteria import EVERYTHING, Schema
from crmcore.improvement import Finding, Severity, in_order
from crmcore.kernel import Phrase
from crmcore.linting import can_be
from crmcore.verdicts import Verdict

from ._grant import Grant


def review(grants: Iterable[Grant], *, as_of: date) -> tuple[Finding, ...]:
    """Return the grants that are to be looked at, as findings."""
    return in_order([finding for grant in grants for finding in _findings(grant, as_of)])


def _findings(grant: Grant, as_of: date) -> Iterator[Finding]:
    if grant.until is not None and grant.until <= as_of:
        yield _found(
            grant,
            "expired_grant",
            Severity.WARNING,
            Phrase(f"The grant ended on {grant.until}", f"该授权已于{grant.until}失效"),
            Phrase(
                "Remove it, or confirm it until another day", "请删除，或确认并设定新的截止日期"
            ),
        )
    elif _is_idle(grant, as_of):
        yield _found(
            grant,
            "idle_grant",
            Severity.WARNING,
            Phrase("The grant does not reach any record", "该授权不适用于任何记录"),
            Phrase("Remove it, or mend its criterion", "请删除，或修正其条件"),
        )
    elif grant.personal and grant.until is None:
        names = ", ".join(grant.personal)
        yield _found(
            grant,
            "endless_grant",
            Severity.NOTE,
            Phrase(f"The grant gives {names} for ever", f"该授权永久开放{names}"),
            Phrase("Say until when it is needed", "请设定截止日期"),
        )


def _is_idle(grant: Grant, as_of: date) -> bool:
    if grant.when == EVERYTHING:
        return False
    answer = can_be(grant.when, schema=Schema.of(grant.of), as_of=as_of)
    return answer.verdict is Verdict.FAILS


def _found(
    grant: Grant, kind: str, severity: Severity, title: Phrase, suggestion: Phrase
) -> Finding:
    holder = f"role:{grant.role}" if grant.actor is None else f"actor:{grant.actor}"
    evidence = [("holder", holder), ("records", grant.of.__name__)]
    if grant.purpose is not None:
        evidence.append(("purpose", grant.purpose))
    return Finding(
        kind=kind,
        severity=severity,
        subject=f"grant:{grant.id}",
        title=title,
        evidence=tuple(evidence),
        suggestion=suggestion,
    )
