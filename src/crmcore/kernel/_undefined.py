"""Undefined: no number, and why."""

from __future__ import annotations

from typing import NoReturn

import attrs

from crmcore.errors import UndefinedValueError

from ._labels import LabelledEnum, Phrase


class Reason(LabelledEnum):
    """Why something has no value.

    .. versionadded:: 0.1.0
    """

    NO_DATA = "no_data", "there is no data", "没有数据"
    ZERO_DENOMINATOR = "zero_denominator", "the denominator is zero", "分母为零"
    NO_BASE = "no_base", "there is nothing to grow from", "没有可比基数"
    TOO_FEW = "too_few", "there are too few observations", "观测值太少"
    IMMATURE = "immature", "the time to judge has not passed yet", "观察期尚未结束"
    INCOMPLETE_PERIOD = "incomplete_period", "the period has not ended yet", "周期尚未结束"
    SUPPRESSED = "suppressed", "the group is too small to show", "群体过小，不予显示"
    NOT_APPLICABLE = "not_applicable", "it does not apply here", "不适用"


@attrs.frozen
class Undefined:
    """What stands where a number would be, when there is none.

    It is neither true nor false, and larger or smaller than nothing: both questions raise
    `crmcore.errors.UndefinedValueError`. Two of them are equal when their reasons are.

    Attributes:
        reason: Why there is no number.
        detail: What was missing, in words for the reader.

    .. versionadded:: 0.1.0
    """

    reason: Reason
    detail: Phrase = attrs.field(default=Phrase("", ""), eq=False)

    def _refuse(self, *_: object) -> NoReturn:
        raise UndefinedValueError(str(self))

    def __bool__(self) -> bool:
        """Refuse to be a truth value."""
        raise UndefinedValueError(str(self))

    def __lt__(self, other: object) -> bool:
        """Refuse to be compared."""
        self._refuse(other)

    def __le__(self, other: object) -> bool:
        """Refuse to be compared."""
        self._refuse(other)

    def __gt__(self, other: object) -> bool:
        """Refuse to be compared."""
        self._refuse(other)

    def __ge__(self, other: object) -> bool:
        """Refuse to be compared."""
        self._refuse(other)

    def __str__(self) -> str:
        """Return the reason in English, with the detail where there is one."""
        return f"{self.reason.label.en}{f': {self.detail.en}' if self.detail.en else ''}"
