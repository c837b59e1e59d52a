"""Internal surveys: what members say, without telling who said it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import sqrt
from typing import Final
from zoneinfo import ZoneInfo

import attrs

from crmcore.calendar import Period, day_in
from crmcore.checks import day
from crmcore.checks import zone as to_zone
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import Reason, Undefined
from crmcore.measures import Value
from crmcore.privacy import ALL, groups_to_hide
from crmcore.statistics import mean_interval, wilson
from crmcore.surveys import Audience, SurveyAnswer

from ._numbers import to_decimal

_FIELDS: Final = ("about", "channel", "wave")
_HIDDEN: Final = Undefined(Reason.SUPPRESSED)


@attrs.frozen(kw_only=True)
class SurveyResult:
    """What one group said to one item, or all of them together.

    Attributes:
        survey: The survey.
        item: What was asked about.
        group: The group; None where an answer belongs to none, and for all groups together.
        is_total: Whether it tells of all groups together.
        people: How many people gave a score; hidden as the rest is.
        satisfied: The share of scores in the top two boxes, with Wilson's interval.
        index: The mean score from 0, the worst, to 100, the best, with Student's interval.

    .. versionadded:: 0.1.0
    """

    survey: str
    item: str
    group: str | None
    is_total: bool = False
    people: int | Undefined
    satisfied: Value | Undefined
    index: Value | Undefined

    @property
    def is_hidden(self) -> bool:
        """Whether so few people answered that nothing of it may be shown."""
        return isinstance(self.people, Undefined)


def survey_results(
    answers: Iterable[SurveyAnswer],
    *,
    by: Mapping[str, str] | str,
    period: Period,
    as_of: date,
    zone: str | ZoneInfo,
    minimum: int = 5,
) -> tuple[SurveyResult, ...]:
    """Return what members said to each item of a survey, by group and in all.

    Groups of fewer people than *minimum* are hidden for the item, and so are those that would
    give them away. Every group of every item has its line; a hidden one says no more than that.
    What members said is protected within one call. Two calls with other groups, or other
    periods, may tell together what neither tells alone.

    Args:
        answers: The answers. Those of others than members are left out.
        by: The group of each respondent, by id, or the field of the answer that names it:
            ``about``, ``channel`` or ``wave``. Whoever has none is in a group without a name.
        period: The days whose answers count.
        as_of: The day at whose beginning this is known.
        zone: The time zone of the days.
        minimum: The fewest people whose answers are shown.

    Returns:
        The results by survey, item and group; those of all groups last for each item.

    Raises:
        InvalidValueError: If *by* is neither a field nor a mapping to text.
        UnknownNameError: If *by* names another field.

    .. versionadded:: 0.1.0
    """
    day(as_of)
    if isinstance(by, str) and by not in _FIELDS:
        raise UnknownNameError("field", by, _FIELDS)
    if not isinstance(by, str | Mapping):
        raise InvalidValueError("by", by, "be the name of a field, or the group of each person")
    if not isinstance(period, Period):
        raise InvalidValueError("period", period, "be a period, such as Period.month(1998, 1)")
    where = to_zone(zone)
    found: dict[tuple[str, str], dict[str | None, list[SurveyAnswer]]] = {}
    for answer in answers:
        on = day_in(answer.at, where)
        if answer.audience is Audience.MEMBER and on in period and on < as_of:
            group = getattr(answer, by) if isinstance(by, str) else by.get(answer.respondent or "")
            if not isinstance(group, str | None):
                raise InvalidValueError("by", group, "name groups by text, or by None")
            found.setdefault((answer.survey, answer.item), {}).setdefault(group, []).append(answer)
    results: list[SurveyResult] = []
    for (survey, item), groups in sorted(found.items()):
        hidden = groups_to_hide(
            {(group,): _people(given) for group, given in groups.items()}, minimum=minimum
        )
        everybody = [answer for given in groups.values() for answer in given]
        rows = [
            *((group, group, groups[group]) for group in sorted(groups, key=_named)),
            (ALL, None, everybody),
        ]
        for key, group, given in rows:
            result = SurveyResult(
                survey=survey,
                item=item,
                group=group,
                is_total=key is ALL,
                people=_people(given),
                satisfied=_satisfied(given, period, as_of),
                index=_index(given, period, as_of),
            )
            if (key,) in hidden:
                result = attrs.evolve(result, people=_HIDDEN, satisfied=_HIDDEN, index=_HIDDEN)
            results.append(result)
    return tuple(results)


def _named(group: str | None) -> tuple[bool, str]:
    return group is None, group or ""


def _people(answers: Iterable[SurveyAnswer]) -> int:
    """Count the people who gave a score; an answer without a name is a person of its own."""
    return len({(each.respondent, each.respondent or each.id) for each in answers if _has(each)})


def _has(answer: SurveyAnswer) -> bool:
    return answer.score is not None


def _satisfied(answers: list[SurveyAnswer], period: Period, as_of: date) -> Value | Undefined:
    scored = [answer for answer in answers if _has(answer)]
    if not scored:
        return Undefined(Reason.NO_DATA)
    satisfied, n = sum(bool(answer.is_satisfied) for answer in scored), len(scored)
    return Value(
        number=to_decimal(Fraction(satisfied, n)),
        numerator=Decimal(satisfied),
        denominator=Decimal(n),
        n=n,
        missing=len(answers) - n,
        interval=wilson(satisfied, n),
        period=period,
        as_of=as_of,
        definition=f"satisfied with {answers[0].item}",
    )


def _index(answers: list[SurveyAnswer], period: Period, as_of: date) -> Value | Undefined:
    scores = [
        Fraction(100 * (answer.score - answer.low), answer.high - answer.low)
        for answer in answers
        if answer.score is not None
    ]
    if not scores:
        return Undefined(Reason.NO_DATA)
    n, whole = len(scores), sum(scores, Fraction(0))
    mean = whole / n
    spread = sum((score - mean) ** 2 for score in scores)
    return Value(
        number=to_decimal(mean),
        numerator=to_decimal(whole),
        denominator=Decimal(n),
        n=n,
        missing=len(answers) - n,
        interval=mean_interval(float(mean), sqrt(spread / max(n - 1, 1)), n),
        period=period,
        as_of=as_of,
        definition=f"index of {answers[0].item}",
    )
