"""Key drivers: which attributes of a service the overall judgement hangs on.

Sources:
    J. A. Martilla and J. C. James, "Importance-Performance Analysis", Journal of Marketing
    41(1), 1977: the four quadrants.
    S. B. Green, "How Many Subjects Does It Take to Do a Regression Analysis?", Multivariate
    Behavioral Research 26(3), 1991: 50 answers and 8 more for each attribute.
    R. H. Lindeman, P. F. Merenda and R. Z. Gold, Introduction to Bivariate and Multivariate
    Analysis, 1980: the derived importance.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import attrs

from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import LabelledEnum, Phrase, Reason, Undefined
from crmcore.statistics import Interval, correlation_interval
from crmcore.surveys import SurveyAnswer

from ._answers import Rating, by_respondent, finite
from ._shares import correlations, explained, fair_shares, first_copy

_FEWEST: Final = 50
_FEWEST_EACH: Final = 8
_MOST_ATTRIBUTES: Final = 12
_NOTHING: Final = 1e-12


class Quadrant(LabelledEnum):
    """What to do about an attribute, by how much it matters and how well it is judged.

    .. versionadded:: 0.1.0
    """

    CONCENTRATE = "concentrate", "concentrate here", "重点改进"
    KEEP_UP = "keep_up", "keep up the good work", "继续保持"
    LOW_PRIORITY = "low_priority", "low priority", "低优先级"
    OVERKILL = "overkill", "possible overkill", "可能投入过度"


# By whether it matters, and whether it is judged to be good.
_QUADRANTS: Final = {
    (True, False): Quadrant.CONCENTRATE,
    (True, True): Quadrant.KEEP_UP,
    (False, False): Quadrant.LOW_PRIORITY,
    (False, True): Quadrant.OVERKILL,
}


@attrs.frozen(kw_only=True)
class Driver:
    """What an attribute has to do with the overall judgement.

    Attributes:
        attribute: Which one.
        performance: The mean of its ratings, on their scale.
        n: How many rated it.
        correlation: How closely its ratings go together with the overall ones, from −1 to 1.
        interval: Within which bounds that correlation lies.
        weight: Which share of the variance of the overall ratings is its fair part; the
            weights of all attributes sum to R².
        importance: The weight as a share of that of all attributes: its derived importance.
        stated: How important people say it is, on the scale of that question; None where
            they were not asked.
        quadrant: What to do about it.

    .. versionadded:: 0.1.0
    """

    attribute: str
    performance: float
    n: int
    correlation: float
    interval: Interval | None
    weight: float
    importance: float
    stated: float | None
    quadrant: Quadrant

    def __str__(self) -> str:
        """Return attribute, importance, performance and advice on one line."""
        return (
            f"{self.attribute}: importance {100 * self.importance:.0f} %, "
            f"performance {self.performance:.1f}, {self.quadrant.label.en}"
        )


@attrs.frozen(kw_only=True)
class KeyDrivers:
    """Which attributes the overall judgement hangs on.

    Attributes:
        overall: The name of the overall judgement.
        drivers: The attributes, the most important first.
        r_squared: Which share of the variance of the overall ratings they explain together.
        n: How many answers rate all of them and give the overall judgement.
        usual_performance: The mean of the attributes' performances, where good begins.

    .. versionadded:: 0.1.0
    """

    overall: str
    drivers: tuple[Driver, ...]
    r_squared: float
    n: int
    usual_performance: float

    def __str__(self) -> str:
        """Return how much is explained, and a line for each attribute."""
        head = f"{self.overall}: {100 * self.r_squared:.0f} % explained, n = {self.n}"
        return "\n".join([head, *(f"  {driver}" for driver in self.drivers)])


def key_drivers(
    answers: Iterable[SurveyAnswer | Mapping[str, Rating | None]],
    *,
    overall: str = "overall",
    attributes: Collection[str] | None = None,
    stated: Mapping[str, Rating] | None = None,
    fewest: int | None = None,
) -> KeyDrivers | Undefined:
    """Find which attributes the overall judgement hangs on, and how well each is judged.

    The derived importance of an attribute is what it adds to R² of a linear regression of the
    overall ratings, averaged over all orders of taking the attributes in. Attributes that go
    together share what they explain in common, so that the weights stay steady where the
    coefficients of a regression would not. An importance of at least the mean is high, and a
    performance of at least the mean is good. What goes together need not be the cause.

    Args:
        answers: The answers to a survey; or for each respondent the ratings by attribute, and
            the overall one, all on one scale, and None, or nothing, where there is no opinion.
            Only who rates everything has a part in the importance; the performance is of all
            ratings, of survey answers as an index from 0 to 100.
        overall: The name, or the item, of the overall judgement.
        attributes: The attributes; all that are rated where it is None. A second overall
            judgement, such as a recommendation, is no attribute, and to be left out.
        stated: How important people say that each attribute is: the mean of their answers.
        fewest: How many full answers are needed; 50 and 8 more for each attribute where it is
            None.

    Returns:
        The drivers; or why they cannot be told, where nobody gave the overall judgement, there
        are too few full answers, all judge something alike, or an attribute says nothing that
        others do not say.

    Raises:
        InvalidValueError: If there are not 2 to 12 attributes, or a rating is not finite.
        UnknownNameError: If *attributes* or *stated* names what nobody has rated.

    Complexity:
        O(n · p² + p · 2ᵖ) of n answers and p attributes.

    .. versionadded:: 0.1.0
    """
    rows = by_respondent(answers)
    rated = {name for row in rows for name in row}
    for name in (*(attributes or ()), *(stated or ())):
        if name not in rated:
            raise UnknownNameError("attribute", name, rated)
    names = sorted(set(rated if attributes is None else attributes) - {overall})
    if not 2 <= len(names) <= _MOST_ATTRIBUTES:  # noqa: PLR2004 - one has nothing to share
        rule = f"rate between 2 and {_MOST_ATTRIBUTES} attributes"
        raise InvalidValueError("answers", tuple(names), rule)
    if overall not in rated:
        en, zh = f"nobody has rated {overall!r}", f"没有人对“{overall}”评分"
        return Undefined(Reason.NO_DATA, Phrase(en, zh))
    asked = {*names, overall}
    full = [row for row in rows if row.keys() >= asked]
    needed = _FEWEST + _FEWEST_EACH * len(names) if fewest is None else max(fewest, len(names) + 2)
    if len(full) < needed:
        return _too_few(len(full), needed)
    found = _weights(full, names, overall)
    if isinstance(found, Undefined):
        return found
    return _key_drivers(rows, names, overall, found, stated or {})


@attrs.frozen
class _Weights:
    """The fair share and the correlation of each attribute, and of how many answers."""

    weights: Sequence[float]
    correlations: Sequence[float]
    n: int


def _weights(
    full: Sequence[Mapping[str, float]], names: Sequence[str], overall: str
) -> _Weights | Undefined:
    columns = [[row[name] for row in full] for name in (*names, overall)]
    for name, column in zip((*names, overall), columns, strict=True):
        if min(column) == max(column):
            return Undefined(
                Reason.NOT_APPLICABLE,
                Phrase(f"all ratings of {name} are the same", f"“{name}”的评分全部相同"),
            )
    matrix = correlations(columns)
    copy = first_copy([row[:-1] for row in matrix[:-1]])
    if copy is not None:
        name = names[copy]
        return Undefined(
            Reason.NOT_APPLICABLE,
            Phrase(
                f"the ratings of {name} follow from those of {', '.join(names[:copy])}",
                f"“{name}”的评分可由{'、'.join(names[:copy])}的评分推出",
            ),
        )
    weights = fair_shares(explained(matrix), len(names))
    if math.fsum(weights) < _NOTHING:
        return Undefined(
            Reason.NOT_APPLICABLE,
            Phrase(
                f"the attributes explain nothing of {overall}", f"各项属性完全不能解释“{overall}”"
            ),
        )
    return _Weights(weights, [row[-1] for row in matrix[:-1]], len(full))


def _too_few(found: int, needed: int) -> Undefined:
    return Undefined(
        Reason.TOO_FEW,
        Phrase(
            f"{found} answers rate everything, {needed} are needed",
            f"完整作答{found}份，至少需要{needed}份",
        ),
    )


def _key_drivers(
    rows: Sequence[Mapping[str, float]],
    names: Sequence[str],
    overall: str,
    found: _Weights,
    stated: Mapping[str, Rating],
) -> KeyDrivers:
    ratings = {name: [row[name] for row in rows if name in row] for name in names}
    performances = {name: math.fsum(given) / len(given) for name, given in ratings.items()}
    usual = math.fsum(performances.values()) / len(names)
    r_squared = math.fsum(found.weights)
    drivers = [
        Driver(
            attribute=name,
            performance=performances[name],
            n=len(ratings[name]),
            correlation=correlation,
            interval=correlation_interval(correlation, found.n),
            weight=weight,
            importance=weight / r_squared,
            stated=finite(stated[name], "stated") if name in stated else None,
            quadrant=_QUADRANTS[
                _is_at_least(weight, r_squared / len(names)),
                _is_at_least(performances[name], usual),
            ],
        )
        for name, weight, correlation in zip(names, found.weights, found.correlations, strict=True)
    ]
    return KeyDrivers(
        overall=overall,
        drivers=tuple(sorted(drivers, key=lambda driver: (-driver.weight, driver.attribute))),
        r_squared=r_squared,
        n=found.n,
        usual_performance=usual,
    )


def _is_at_least(number: float, bound: float) -> bool:
    return number >= bound or math.isclose(number, bound)
