"""Verdicts: holds, fails, unknown; and what each use makes of them."""

from __future__ import annotations

from typing import NoReturn

from crmcore.errors import UndefinedValueError
from crmcore.kernel import LabelledEnum


class Verdict(LabelledEnum):
    """What a criterion says of a record, in Kleene's three-valued logic.

    A verdict is no truth value, because *unknown* is neither: ``if verdict:`` raises. Ask
    ``verdict is Verdict.HOLDS``, or let `decide` answer for a stated use.

    .. versionadded:: 0.1.0
    """

    HOLDS = "holds", "holds", "成立"
    FAILS = "fails", "fails", "不成立"
    UNKNOWN = "unknown", "unknown", "未知"

    @classmethod
    def of(cls, truth: bool | None) -> Verdict:  # noqa: FBT001 - the truth is the value itself
        """Return the verdict for true, false, and None for unknown."""
        if truth is None:
            return cls.UNKNOWN
        return cls.HOLDS if truth else cls.FAILS

    @property
    def truth(self) -> bool | None:
        """True, false, or None for unknown."""
        return None if self is Verdict.UNKNOWN else self is Verdict.HOLDS

    def __bool__(self) -> NoReturn:
        """Refuse to be a truth value."""
        raise UndefinedValueError(f"the verdict {self} is no truth value")


class Use(LabelledEnum):
    """What a verdict is used for.

    .. versionadded:: 0.1.0
    """

    QUERY = "query", "query", "查询"
    SEGMENT = "segment", "segment", "细分"
    RULE = "rule", "scoring rule", "评分规则"
    TRANSITION = "transition", "stage transition", "阶段转换"
    PERMIT = "permit", "permission", "准许"
    FORBID = "forbid", "prohibition", "禁止"


def decide(verdict: Verdict, use: Use) -> bool:
    """Return what a use makes of a verdict; the only place where *unknown* becomes yes or no.

    A query returns, a segment takes, a rule gives its points, a transition happens and a
    permission is given where the criterion *holds*. A prohibition stands unless the criterion
    surely *fails*: what is unknown is neither permitted nor let through.

    .. versionadded:: 0.1.0
    """
    if use is Use.FORBID:
        return verdict is not Verdict.FAILS
    return verdict is Verdict.HOLDS
