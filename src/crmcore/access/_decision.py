"""Decisions: whether somebody may see a field, by which grant, or why not."""

from __future__ import annotations

import attrs

from crmcore.kernel import LabelledEnum, Phrase


class Obstacle(LabelledEnum):
    """Why a grant of a field does not let somebody see it.

    .. versionadded:: 0.1.0
    """

    ACTOR = "actor", "is given to others", "授予了其他人"
    PURPOSE = "purpose", "is given for another purpose", "仅限其他用途"
    EXPIRED = "expired", "has expired", "已过期"
    RECORD = "record", "does not reach this record", "不适用于该记录"
    UNKNOWN = (
        "unknown",
        "may not reach this record: something is missing",
        "信息缺失，无法判断是否适用",
    )


@attrs.frozen(kw_only=True)
class AccessDecision:
    """Whether somebody may see a field of a record, and why.

    It tells nothing of the record but which grants reach it.

    Attributes:
        kind: The kind of record, such as ``contact``.
        field: The field.
        grants: The ids of the grants that let it be seen, sorted; none where it is denied.
        obstacles: The grants of the field that do not, by id, each with what stands in the way.
        needed: To whom, and what for, a grant would have to be.

    .. versionadded:: 0.1.0
    """

    kind: str
    field: str
    grants: tuple[str, ...]
    obstacles: tuple[tuple[str, Obstacle], ...]
    needed: Phrase

    @property
    def is_permitted(self) -> bool:
        """Whether the field may be seen."""
        return bool(self.grants)

    @property
    def reason(self) -> Phrase:
        """Why, in words: the grants that let it be seen, or what is wrong with each and needed."""
        if self.grants:
            english, chinese = ", ".join(map(repr, self.grants)), "、".join(self.grants)
            return Phrase(f"by {english}", f"依据授权{chinese}")
        if not self.obstacles:
            return Phrase(f"it needs a grant {self.needed.en}", f"需要{self.needed.zh}的授权")
        english = "; ".join(f"grant {key!r} {why.label.en}" for key, why in self.obstacles)
        chinese = "；".join(f"授权{key}{why.label.zh}" for key, why in self.obstacles)
        return Phrase(
            f"{english}; it needs one {self.needed.en}", f"{chinese}；需要{self.needed.zh}的授权"
        )

    def __str__(self) -> str:
        """Return the decision with its reason, in English."""
        verb = "granted" if self.grants else "denied"
        return f"{self.kind}.{self.field} is {verb}: {self.reason.en}"
