"""Views of customer value: what its pictures show."""

from __future__ import annotations

from decimal import Decimal

from crmcore.kernel import Phrase, round_half_up
from crmcore.reviews import CustomerValue, Review

from ._blocks import Picture
from ._tenths_picture import draw_tenths
from ._tracking_picture import draw_tracking
from ._value_tables import by_value, worth


def tracking(value: CustomerValue, language: str) -> Picture:
    """Draw how often customers had bought again by each week, and how often by the model."""
    name = Phrase("Repeat purchases, added up", "累计重复购买次数").in_language(language)
    points = value.tracking
    note = ""
    if points:
        _, actual, by_model = points[-1]
        expected = round_half_up(Decimal(by_model), 0)
        note = Phrase(
            f"{actual:,}, by the model {expected:,}",
            f"{actual:,}，模型预计{expected:,}",
        ).in_language(language)
    return Picture(
        svg=draw_tracking(
            days=[day.isoformat() for day, _, __ in points],
            actual=[number for _, number, __ in points],
            expected=[number for _, __, number in points],
            description=f"{name}: {note}",
        ),
        name=name,
        note=note,
    )


def tenths(review: Review, language: str) -> Picture:
    """Draw which share of the value each tenth of the customers brings."""
    groups = by_value(review)
    values = [worth(group) for group in groups]
    spent = (sum((one.features.spend for one in group), Decimal(0)) for group in groups)
    spends = [max(spend, Decimal(0)) for spend in spent]
    first = _share(values[0], sum(values)) if values else 0.0
    name = Phrase("Value by tenths of the customers", "各十分位客户的价值").in_language(language)
    shown = f"{round_half_up(Decimal(100 * first), 0)} %"
    note = Phrase(f"the first tenth brings {shown}", f"首个十分位占{shown}").in_language(language)
    return Picture(
        svg=draw_tenths(
            values=[_share(each, sum(values)) for each in values],
            spends=[_share(each, sum(spends)) for each in spends],
            description=f"{name}: {note}",
        ),
        name=name,
        note=note,
    )


def _share(part: Decimal, whole: Decimal | int) -> float:
    return float(part / whole) if whole else 0.0
