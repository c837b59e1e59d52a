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
    found = value.tracking
    actual, expected = found.cumulative_actual, found.cumulative_expected
    bought, by_model = (f"{round_half_up(Decimal(each[-1]), 0):,}" for each in (actual, expected))
    note = Phrase(f"{bought}, by the model {by_model}", f"{bought}，模型预计{by_model}")
    said = note.in_language(language)
    return Picture(
        svg=draw_tracking(
            days=[end.isoformat() for end in found.ends],
            actual=actual,
            expected=expected,
            description=f"{name}: {said}",
        ),
        name=name,
        note=said,
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
