"""Fairness: whether one group gets less than the others, beyond what chance explains.

The mean of each group is compared with the mean of all others together, with Welch's interval
for the difference of two means, which does not take the groups to vary alike. The more groups
are compared, the sooner one differs by chance: with *k* comparisons each interval has the
confidence 1 − (1 − level) / *k*, so that all of them hold together at *level* or more.

A difference is a question and no verdict: there may be a fair reason for it.

Sources:
    B. L. Welch, "The Generalization of 'Student's' Problem when Several Different Population
    Variances are Involved", Biometrika 34(1-2), 1947: the degrees of freedom.
    O. J. Dunn, "Multiple Comparisons Among Means", Journal of the American Statistical
    Association 56(293), 1961: the share of the error for each comparison.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import sqrt
from typing import Final

import attrs

from crmcore.checks import decimal
from crmcore.errors import InvalidValueError
from crmcore.improvement import Finding, Severity, in_order
from crmcore.kernel import Phrase, Reason, Undefined
from crmcore.privacy import ALL, groups_to_hide
from crmcore.statistics import Interval, student_t_quantile

from ._numbers import shown, to_decimal

_HIDDEN: Final = Undefined(Reason.SUPPRESSED)
_FEWEST: Final = 2


@attrs.frozen(kw_only=True)
class FairnessGroup:
    """What one group gets, and how that differs from the others.

    Attributes:
        group: The group.
        n: How many subjects are in it.
        mean: What each of them gets on average.
        deviation: How far they lie apart, as the standard deviation with n − 1 in the
            denominator; undefined for a single one.
        difference: Its mean less the mean of all others.
        interval: Within which bounds that difference lies beyond chance; None where a side
            is too small to tell.

    .. versionadded:: 0.1.0
    """

    group: str
    n: int | Undefined
    mean: Decimal | Undefined
    deviation: float | Undefined
    difference: Decimal | Undefined
    interval: Interval | None = None

    @property
    def is_hidden(self) -> bool:
        """Whether it has so few members that nothing of it may be shown."""
        return isinstance(self.n, Undefined)


@attrs.frozen(kw_only=True)
class FairnessAudit:
    """What each group gets, whether that is points or money.

    Attributes:
        what: What is compared, in words.
        groups: The groups by name. Small ones, and those that would give them away, are hidden.
        mean: What everybody gets on average.
        n: How many subjects there are.

    .. versionadded:: 0.1.0
    """

    what: Phrase
    groups: tuple[FairnessGroup, ...]
    mean: Decimal | Undefined
    n: int | Undefined

    @property
    def findings(self) -> tuple[Finding, ...]:
        """A finding for each group that gets less or more than the others beyond chance."""
        return in_order(
            _gap(self.what, group, group.difference, group.interval)
            for group in self.groups
            if group.interval is not None
            and not isinstance(group.difference, Undefined)
            and 0 not in group.interval
        )


def audit_fairness(
    amounts: Mapping[str, Decimal],
    groups: Mapping[str, str],
    *,
    what: Phrase | None = None,
    minimum: int = 5,
    level: float = 0.95,
) -> FairnessAudit:
    """Compare what groups get, with groups of fewer than *minimum* hidden.

    Args:
        amounts: The points or the payout of each subject, such as `Awards.paid` returns.
        groups: The group of each subject, such as team, site, sex or length of service.
        what: What is compared, in words; the payout unless stated.
        minimum: The fewest subjects of a group that is shown.
        level: The confidence with which all intervals hold together, as a fraction.

    Raises:
        InvalidValueError: If there are no amounts, a subject has no group, or the level is no
            fraction.

    .. versionadded:: 0.1.0
    """
    for name, given in (("amounts", amounts), ("groups", groups)):
        if not isinstance(given, Mapping):
            raise InvalidValueError(name, given, "be given by subject, as a mapping")
    if not isinstance(level, float) or not 0 < level < 1:
        raise InvalidValueError("level", level, "be a fraction above 0 and below 1 (0.95, not 95)")
    if not amounts:
        raise InvalidValueError("amounts", {}, "hold at least one")
    members: dict[str, list[Fraction]] = {}
    for subject, amount in amounts.items():
        if not isinstance(groups.get(subject, ""), str):
            raise InvalidValueError(
                "groups", groups[subject], "name groups by text, unknown ones too"
            )
        if subject not in groups:
            raise InvalidValueError("groups", subject, "name the group of every subject")
        members.setdefault(groups[subject], []).append(Fraction(decimal(amount, "amounts")))
    hidden = groups_to_hide({(name,): len(got) for name, got in members.items()}, minimum=minimum)
    everybody = [amount for got in members.values() for amount in got]
    shown_groups = [name for name in members if (name,) not in hidden]
    each_level = 1 - (1 - level) / max(len(shown_groups), 1)
    whole = (ALL,) not in hidden
    return FairnessAudit(
        what=what or Phrase("payout", "发放金额"),
        groups=tuple(
            _group(name, members[name], members, each_level)
            if name in shown_groups
            else FairnessGroup(
                group=name, n=_HIDDEN, mean=_HIDDEN, deviation=_HIDDEN, difference=_HIDDEN
            )
            for name in sorted(members)
        ),
        mean=to_decimal(_mean(everybody)) if whole else _HIDDEN,
        n=len(everybody) if whole else _HIDDEN,
    )


def _mean(amounts: list[Fraction]) -> Fraction:
    return sum(amounts, Fraction(0)) / len(amounts)


def _variance(amounts: list[Fraction]) -> Fraction:
    """Return the variance with n - 1 in the denominator."""
    mean = _mean(amounts)
    return sum(((amount - mean) ** 2 for amount in amounts), Fraction(0)) / (len(amounts) - 1)


def _group(
    name: str, got: list[Fraction], members: Mapping[str, list[Fraction]], level: float
) -> FairnessGroup:
    others = [amount for other, more in members.items() if other != name for amount in more]
    few = Undefined(Reason.TOO_FEW)
    return FairnessGroup(
        group=name,
        n=len(got),
        mean=to_decimal(_mean(got)),
        deviation=sqrt(_variance(got)) if len(got) >= _FEWEST else few,
        difference=to_decimal(_mean(got) - _mean(others)) if others else few,
        interval=_welch(got, others, level),
    )


def _welch(ours: list[Fraction], others: list[Fraction], level: float) -> Interval | None:
    """Return Welch's interval for the difference of two means, None where it cannot be told."""
    if min(len(ours), len(others)) < _FEWEST:
        return None
    parts = [_variance(side) / len(side) for side in (ours, others)]
    middle, error = float(_mean(ours) - _mean(others)), float(sum(parts, Fraction(0)))
    half = 0.0
    if error:
        below = sum(
            float(part) ** 2 / (len(side) - 1)
            for part, side in zip(parts, (ours, others), strict=True)
        )
        half = student_t_quantile((1 + level) / 2, error**2 / below) * sqrt(error)
    return Interval(low=middle - half, high=middle + half, level=level, method="Welch")


def _gap(what: Phrase, group: FairnessGroup, difference: Decimal, interval: Interval) -> Finding:
    less = difference < 0
    size = shown(difference.copy_abs())
    return Finding(
        kind="fairness_gap",
        severity=Severity.WARNING,
        subject=f"group:{group.group}",
        title=Phrase(
            f"{group.group} gets {size} {'less' if less else 'more'} than the others "
            f"on average ({what.en})",
            f"{group.group}平均比其他组{'少' if less else '多'}{size}（{what.zh}）",
        ),
        evidence=(
            ("n", str(group.n)),
            ("mean", str(group.mean)),
            ("difference", str(interval)),
        ),
        suggestion=Phrase(
            "look for the reason; if it is not a fair one, change the rule or what it rests on",
            "查明原因；如无合理解释，应调整规则或其所依据的数据",
        ),
    )
