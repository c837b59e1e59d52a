"""What becomes of money that went back."""

from __future__ import annotations

from typing import Literal, TypeAlias

from crmcore.errors import UnknownNameError
from crmcore.kernel import LabelledEnum


class Refunds(LabelledEnum):
    """What becomes of money that went back.

    A refund never makes an occasion, and never unmakes one.

    .. versionadded:: 0.1.0
    """

    NET = "net", "taken off what was spent", "从消费额中扣除"
    DROP = "drop", "left out", "不计入"
    ERROR = "error", "refused", "拒绝"


RefundsWord: TypeAlias = Refunds | Literal["net", "drop", "error"]


def chosen(word: RefundsWord) -> Refunds:
    """Return what becomes of refunds.

    Raises:
        UnknownNameError: If nothing has this word.
    """
    if isinstance(word, str) and word in {*Refunds}:
        return Refunds(word)
    raise UnknownNameError("treatment of refunds", str(word), [each.value for each in Refunds])
