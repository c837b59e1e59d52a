"""The features of a customer on a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

import attrs

from crmcore.criteria import Schema
from crmcore.kernel import CustomerId


@attrs.frozen(kw_only=True)
class CustomerFeatures:
    """What is known of a customer when the day *as_of* begins.

    Only what happened on days before *as_of* counts. An *occasion* is a day, in the zone of
    the trail, on which the customer bought something, however often. The *recent window* is
    the stretch of days just before *as_of*; the *earlier window* is as long and ends where
    the recent one begins. None means that there is nothing to tell; a 0 is a real zero.

    The last nine are verdicts, None until somebody has judged and put them in with
    ``attrs.evolve``. Three of them are predictions of models of purchases, rounded so that a
    limit means the same wherever it is asked; None too where no model could be fitted, and of
    who has never bought.

    Attributes:
        customer: The customer.
        as_of: The day at whose beginning all this holds.
        first_purchase: The day of the first occasion.
        last_purchase: The day of the latest occasion.
        days_since_last: Days from the latest occasion to *as_of*, 1 or more.
        age_days: Days from the first occasion to *as_of*, 1 or more.
        known_days: Days from the day the company first knew of the customer to *as_of*;
            None where that day is not recorded or still to come.
        frequency: Occasions so far.
        recent_frequency: Occasions in the recent window.
        spend: What was paid so far, less what went back, in the currency of the trail.
        mean_spend: *spend* by occasion, in the currency of the trail.
        recent_spend: What was paid in the recent window, less what went back in it.
        earlier_spend: What was paid in the earlier window, less what went back in it.
        trend: *recent_spend* over *earlier_spend*, less 1, as a fraction: 0.25 is a quarter
            more. None where nothing, net, was paid in the earlier window.
        contacts: Interactions so far, in either direction.
        recent_contacts: Interactions in the recent window.
        days_since_contact: Days from the latest interaction to *as_of*, 1 or more.
        stage: The stage of the life cycle, as its word.
        r: The recency score, 5 is best.
        f: The frequency score, 5 is best.
        m: The monetary score, 5 is best.
        segment: The name of the segment.
        tier: The name of the tier.
        alive: How probable it is that the customer will ever buy again, a fraction.
        expected_purchases: On how many occasions the customer will buy within the horizon that
            the policy states, on average.
        lifetime_value: What the purchases within the horizon are expected to bring, discounted
            to *as_of*, in the currency of the trail.

    .. versionadded:: 0.1.0
    """

    customer: CustomerId
    as_of: date
    first_purchase: date | None = None
    last_purchase: date | None = None
    days_since_last: int | None = None
    age_days: int | None = None
    known_days: int | None = None
    frequency: int = 0
    recent_frequency: int = 0
    spend: Decimal = Decimal(0)
    mean_spend: Decimal | None = None
    recent_spend: Decimal = Decimal(0)
    earlier_spend: Decimal = Decimal(0)
    trend: Decimal | None = None
    contacts: int = 0
    recent_contacts: int = 0
    days_since_contact: int | None = None
    stage: str | None = None
    r: int | None = None
    f: int | None = None
    m: int | None = None
    segment: str | None = None
    tier: str | None = None
    alive: Decimal | None = None
    expected_purchases: Decimal | None = None
    lifetime_value: Decimal | None = None


# From one day of the calendar to another there are at most so many days, and so no more occasions.
_DAYS: Final = (date.max - date.min).days
_CONTACTS: Final = 1_000_000_000
# Predictions have six digits after the point.
_PURCHASES: Final = Decimal(_DAYS).quantize(Decimal("0.000001"))

FEATURES: Final = Schema.of(CustomerFeatures).bounded(
    days_since_last=(1, _DAYS),
    age_days=(1, _DAYS),
    known_days=(0, _DAYS),
    frequency=(0, _DAYS),
    recent_frequency=(0, _DAYS),
    contacts=(0, _CONTACTS),
    recent_contacts=(0, _CONTACTS),
    days_since_contact=(1, _DAYS),
    r=(1, 5),
    f=(1, 5),
    m=(1, 5),
    alive=(0, Decimal("1.000000")),
    expected_purchases=(0, _PURCHASES),
    lifetime_value=(0, None),
)
"""The fields that criteria over customers may read: those of `CustomerFeatures`, with bounds.

A criterion may calculate with them: no sum or product of two counts leaves what engines hold.
"""
