"""Parameters: what the definitions leave to the company, with what is taken unless stated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final, TypeAlias

import attrs

from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import Phrase

Stated: TypeAlias = int | Decimal


@attrs.frozen(kw_only=True)
class Parameter:
    """A number that definitions leave to the company.

    Attributes:
        name: What it is, in words.
        default: What is taken where the company states nothing; a whole number where it
            counts something, such as days.
        low: The least that may be stated.
        high: The most that may be stated.

    .. versionadded:: 0.1.0
    """

    name: Phrase
    default: Stated
    low: Stated
    high: Stated

    def accept(self, name: str, value: Stated) -> Stated:
        """Return *value*, which was stated for the parameter *name*.

        Raises:
            InvalidValueError: If it is not of the kind of the default, or out of bounds.
        """
        counts = isinstance(self.default, int)
        is_number = isinstance(value, int if counts else int | Decimal)
        is_number = is_number and not isinstance(value, bool) and Decimal(value).is_finite()
        if not is_number or not self.low <= value <= self.high:
            kind = "a whole number" if counts else "a decimal"
            raise InvalidValueError(name, value, f"be {kind} from {self.low} to {self.high}")
        return value if counts else Decimal(value)


_YEARS: Final = 3660


def _days(en: str, zh: str, default: int) -> Parameter:
    return Parameter(name=Phrase(en, zh), default=default, low=1, high=_YEARS)


def _rate(en: str, zh: str, default: str, high: str = "1") -> Parameter:
    return Parameter(
        name=Phrase(en, zh), default=Decimal(default), low=Decimal(0), high=Decimal(high)
    )


PARAMETERS: Final[Mapping[str, Parameter]] = MappingProxyType(
    {
        "active_days": _days(
            "for how many days an order keeps a customer active",
            "一次订单使客户保持活跃的天数",
            180,
        ),
        "repeat_days": _days(
            "within how many days after the first order another one is a return",
            "首次下单后视为复购的天数",
            90,
        ),
        "conversion_days": _days(
            "within how many days a lead has to become a customer",
            "线索转化为客户的期限天数",
            90,
        ),
        "campaign_days": _days(
            "within how many days a campaign has to be answered",
            "营销活动响应的期限天数",
            30,
        ),
        "solution_days": _days(
            "within how many days a request has to be solved",
            "服务请求应解决的期限天数",
            7,
        ),
        "reopen_days": _days(
            "within how many days after its solution a case may be opened again",
            "解决后可重新打开的天数",
            14,
        ),
        "discount_rate": _rate(
            "by how much money of the next period is worth less", "每期折现率", "0.01", "10"
        ),
        "margin_rate": _rate(
            "which share of what customers pay is left as margin", "毛利率", "0.3"
        ),
        "smallest_group": Parameter(
            name=Phrase(
                "of how few people a confidential figure is shown", "显示保密指标所需的最少人数"
            ),
            default=5,
            low=3,
            high=1000,
        ),
    }
)
"""The parameters of the catalogue by name, each with what is taken where nothing is stated."""


def settled(stated: Mapping[str, Stated], asked: Iterable[str]) -> dict[str, Stated]:
    """Return the value of every parameter that is asked for, and of those of the catalogue.

    Raises:
        InvalidValueError: If a value is out of bounds, or one is asked for that has no default.
        UnknownNameError: If a parameter is stated that nothing asks for.
    """
    if not isinstance(stated, Mapping):
        raise InvalidValueError("parameters", stated, "be given by name, as a mapping")
    own = {*asked} - PARAMETERS.keys()
    values = {name: each.default for name, each in PARAMETERS.items()}
    for name, value in stated.items():
        if name in PARAMETERS:
            values[name] = PARAMETERS[name].accept(name, value)
        elif name in own:
            values[name] = value
        else:
            raise UnknownNameError("parameter", name, sorted({*PARAMETERS, *own}))
    for name in sorted(own - values.keys()):
        raise InvalidValueError("parameters", sorted(stated), f"state {name}, which has no default")
    return values
