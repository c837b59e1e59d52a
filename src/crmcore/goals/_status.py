"""Status: one word for how a goal stands, that does not flicker."""

from __future__ import annotations

from typing import Any

import attrs

from crmcore.checks import is_fraction
from crmcore.errors import InvalidValueError
from crmcore.kernel import LabelledEnum


class Status(LabelledEnum):
    """How a goal stands.

    .. versionadded:: 0.1.0
    """

    ON_TRACK = "on_track", "on track", "进展正常"
    AT_RISK = "at_risk", "at risk", "存在风险"
    OFF_TRACK = "off_track", "off track", "偏离目标"
    ACHIEVED = "achieved", "achieved", "已达成"
    MISSED = "missed", "missed", "未达成"
    UNKNOWN = "unknown", "unknown", "未知"


def _is_not_below(name: str) -> Any:  # noqa: ANN401 - a validator
    def check(instance: object, attribute: attrs.Attribute[float], value: float) -> None:
        floor = getattr(instance, name)
        if value < floor:
            raise InvalidValueError(attribute.name, value, f"be at least {name}, {floor}")

    return check


@attrs.frozen(kw_only=True)
class Levels:
    """At which chances of reaching the target an alarm is raised, and when it is given up.

    An alarm that was raised stands until the chance is clearly better again, so that a goal
    near a level does not change its status with every month.

    Attributes:
        at_risk_below: A chance below this puts a goal at risk; a fraction.
        at_risk_until: It stays so until the chance is at least this; a fraction.
        off_track_below: A chance below this puts a goal off track; a fraction.
        off_track_until: It stays so until the chance is at least this; a fraction.

    .. versionadded:: 0.1.0
    """

    off_track_below: float = attrs.field(default=0.2, validator=is_fraction)
    off_track_until: float = attrs.field(
        default=0.3, validator=[is_fraction, _is_not_below("off_track_below")]
    )
    at_risk_below: float = attrs.field(
        default=0.5, validator=[is_fraction, _is_not_below("off_track_below")]
    )
    at_risk_until: float = attrs.field(
        default=0.6,
        validator=[is_fraction, _is_not_below("at_risk_below"), _is_not_below("off_track_until")],
    )

    def status(self, chance: float, previous: Status | None = None) -> Status:
        """Return the status at a chance of reaching the target.

        Args:
            chance: How probable it is that the target is reached, as a fraction.
            previous: The status before, whose alarm may still stand.

        Raises:
            InvalidValueError: If *chance* is no fraction.
        """
        if not 0 <= chance <= 1:
            raise InvalidValueError("chance", chance, "be a fraction between 0 and 1")
        was_off = previous is Status.OFF_TRACK
        was_at_risk = previous in (Status.AT_RISK, Status.OFF_TRACK)
        if chance < (self.off_track_until if was_off else self.off_track_below):
            return Status.OFF_TRACK
        if chance < (self.at_risk_until if was_at_risk else self.at_risk_below):
            return Status.AT_RISK
        return Status.ON_TRACK
