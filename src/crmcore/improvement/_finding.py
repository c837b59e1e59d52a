"""Findings: judged facts that ask for something to be done."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from crmcore.checks import is_name
from crmcore.kernel import LabelledEnum, Phrase
from crmcore.privacy import masked, personal


class Severity(LabelledEnum):
    """How much a finding matters.

    .. versionadded:: 0.1.0
    """

    CRITICAL = "critical", "critical", "严重"
    WARNING = "warning", "warning", "警告"
    NOTE = "note", "note", "提示"


_RANK = {severity: rank for rank, severity in enumerate(Severity)}


@attrs.frozen(kw_only=True)
class Finding:
    """A judged fact: what is wrong or remarkable, with whom, by which evidence.

    Attributes:
        kind: A stable word for the sort of finding, such as ``overload``.
        severity: How much it matters.
        subject: What it is about, as ``kind:id`` (``member:wei``, ``segment:champions``).
        title: The fact in one sentence, with its numbers. It calls people by their names, so it
            is personal, as the suggestion is.
        evidence: Names and values that show it, in a stated order.
        suggestion: What would help, where something is known to.

    .. versionadded:: 0.1.0
    """

    kind: str = attrs.field(validator=is_name)
    severity: Severity
    subject: str = attrs.field(validator=is_name)
    title: Phrase = attrs.field(repr=masked, metadata=personal("text"))
    evidence: tuple[tuple[str, str], ...] = ()
    suggestion: Phrase | None = attrs.field(
        default=None, repr=masked, metadata=personal("text", erase="null")
    )

    def __str__(self) -> str:
        """Return severity, subject and title on one line."""
        return f"{self.severity} · {self.subject} · {self.title}"


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings, the gravest first, then by kind, subject, title and evidence.

    .. versionadded:: 0.1.0
    """
    return tuple(sorted(findings, key=_place))


def _place(finding: Finding) -> tuple[int, str, str, str, tuple[tuple[str, str], ...]]:
    rank = _RANK[finding.severity]
    return rank, finding.kind, finding.subject, finding.title.en, finding.evidence
