"""Answers, put together by who gave them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from numbers import Real
from typing import Final, TypeAlias

from crmcore.errors import InvalidValueError
from crmcore.surveys import SurveyAnswer

Rating: TypeAlias = Decimal | float

_ANSWERS: Final = "be answers to a survey, or mappings from items to ratings"


def by_respondent(
    answers: Iterable[SurveyAnswer | Mapping[str, Rating | None]],
) -> list[dict[str, float]]:
    """Return the ratings by item that belong together, as numbers.

    Answers to a survey belong together where one respondent gave them in one wave about one
    thing; of two to the same item the later one counts. An anonymous answer stands alone.

    Raises:
        InvalidValueError: If they are neither answers nor ratings by item, or a rating is none.
    """
    if not isinstance(answers, Iterable):
        raise InvalidValueError("answers", answers, _ANSWERS)
    rows: list[dict[str, float]] = []
    latest: dict[tuple[str, str, str, str | None], dict[str, SurveyAnswer]] = {}
    for answer in answers:
        if isinstance(answer, Mapping):
            rows.append({item: finite(x, "answers") for item, x in answer.items() if x is not None})
        elif not isinstance(answer, SurveyAnswer):
            raise InvalidValueError("answers", answer, _ANSWERS)
        elif answer.respondent is None:
            rows.append(_indices([answer]))
        else:
            who = answer.survey, answer.wave, answer.respondent, answer.about
            given = latest.setdefault(who, {})
            before = given.get(answer.item)
            if before is None or (before.at, before.id) < (answer.at, answer.id):
                given[answer.item] = answer
    return rows + [_indices(given.values()) for given in latest.values()]


def _indices(answers: Iterable[SurveyAnswer]) -> dict[str, float]:
    found = ((answer.item, answer.index) for answer in answers)
    return {item: float(index) for item, index in found if index is not None}


def finite(rating: Rating, name: str) -> float:
    """Return a rating as a number, and refuse one that is none."""
    if not isinstance(rating, Real | Decimal):
        raise InvalidValueError(name, rating, "hold ratings that are numbers")
    number = float(rating)
    if not math.isfinite(number):
        raise InvalidValueError(name, rating, "hold finite ratings")
    return number
