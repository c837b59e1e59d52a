"""What linting finds, with the words that people read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import attrs

from crmcore.criteria import Criterion
from crmcore.kernel import LabelledEnum, Phrase

from ._answer import Witness


class LintKind(LabelledEnum):
    """What may be wrong with criteria that belong together.

    .. versionadded:: 0.1.0
    """

    OVERLAP = "overlap", "overlap", "重叠"
    CONTRADICTION = "contradiction", "never holds", "恒不成立"
    TAUTOLOGY = "tautology", "always holds", "恒成立"
    SHADOWED = "shadowed", "shadowed", "被遮蔽"
    EQUIVALENT = "equivalent", "same customers", "客户相同"
    GAP = "gap", "gap", "缺口"
    UNPLACED = "unplaced", "unplaced, as data is missing", "因数据缺失而无归属"
    NEGATION = "negation", "negation of what may be unknown", "对可能未知结果的否定"
    INDEFINITE = "indefinite", "may be unknown", "可能未知"
    IMPLIED = "implied", "implied", "被蕴含"
    IDLE = "idle", "part that changes nothing", "不起作用的部分"
    NOT_DECIDED = "not_decided", "not decided", "未能判定"


_RANK = {kind: rank for rank, kind in enumerate(LintKind)}


@attrs.frozen(kw_only=True)
class Lint:
    """Something that may be wrong with criteria that belong together.

    Attributes:
        kind: What it is.
        names: The criteria that it is about, the one to mend first; none for what all miss.
        message: What it is, in words, with the customer who shows it.
        witness: A customer who shows it, as fields by name with their values, of which None
            is a missing one; None where nobody can, as for what never holds.
        is_error: Whether it makes the criteria unfit for their use; else it is a warning.
        as_of: The day of judgement for which it was found.
        count: How many combinations of values show it, where they were counted.
        total: How many combinations of values there are, where they were counted.
        part: The part of the criterion that it is about: a negation, or what changes nothing.

    .. versionadded:: 0.1.0
    """

    kind: LintKind
    names: tuple[str, ...]
    message: Phrase
    witness: Witness | None
    is_error: bool
    as_of: date
    count: int | None = None
    total: int | None = None
    part: Criterion | None = None

    def __str__(self) -> str:
        """Return the message in English, as an error or a warning."""
        return f"{'error' if self.is_error else 'warning'} · {self.message}"


def in_order(lints: Sequence[Lint]) -> tuple[Lint, ...]:
    """Return the lints, the errors first, then by kind and names."""
    return tuple(
        sorted(
            lints,
            key=lambda lint: (not lint.is_error, _RANK[lint.kind], lint.names, lint.message.en),
        )
    )
