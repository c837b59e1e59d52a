"""Features by customer: one million made-up purchases, against a peer and against a hand.

Run it with ``python benchmarks/features.py``. It needs lifetimes, which brings pandas. Three
ways answer for every customer how many occasions there were, how long ago the first and the
last one was, and what was spent:

- crmcore: `collect` over the purchases, then `Trail.at` for every customer, which gives all
  features; the trails can be asked for any other day at the price of the second step;
- lifetimes: ``summary_data_from_transaction_data`` over a data frame, once with the frame ready
  and once with the frame made from the purchases, local days included;
- by hand: a dictionary of dictionaries over the same purchases, with those four answers and no
  more: what the objects alone cost in Python.

Rounds are interleaved, so that a busy machine slows all of them alike; the table shows medians
of the CPU time. The three must agree, or there is no table.
"""

from __future__ import annotations

import gc
import random
import statistics
import time
import warnings
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

with warnings.catch_warnings():  # they use what newer versions of their own ground call outdated
    warnings.simplefilter("ignore")
    import pandas as pd
    from lifetimes.utils import summary_data_from_transaction_data

from crmcore.activities import Purchase, PurchaseId
from crmcore.features import CustomerFeatures, collect
from crmcore.kernel import CustomerId, Money

PURCHASES = 1_000_000
CUSTOMERS = 112_000
DAYS = 545
ROUNDS = 3
ZONE = "America/New_York"
BEGIN = datetime(1997, 1, 1, 5, tzinfo=UTC)
AS_OF = date(1998, 7, 1)

Summary: TypeAlias = dict[str, tuple[int, int | None, int | None, Decimal]]


def make_purchases(count: int) -> list[Purchase]:
    """Make purchases up, the same ones each time: a few customers buy much, many buy little."""
    chance = random.Random(20260930)
    customers = [CustomerId(f"c-{number:06}") for number in range(CUSTOMERS)]
    prices = [Money(Decimal(cents) / 100, "USD") for cents in range(100, 10_000)]
    return [
        Purchase(
            id=PurchaseId(f"p-{number:07}"),
            customer=customers[int(CUSTOMERS * chance.random() ** 1.5)],
            at=BEGIN + timedelta(minutes=chance.randrange(DAYS * 1440)),
            amount=chance.choice(prices),
        )
        for number in range(count)
    ]


def read_crmcore(answer: Sequence[CustomerFeatures]) -> Summary:
    """Say in the words of all ways what crmcore found."""
    return {
        found.customer: (found.frequency, found.age_days, found.days_since_last, found.spend)
        for found in answer
    }


def by_hand(purchases: Sequence[Purchase]) -> Summary:
    """Fill a dictionary of dictionaries."""
    zone, today = ZoneInfo(ZONE), AS_OF.toordinal()
    spend: dict[str, dict[int, Decimal]] = {}
    for purchase in purchases:
        day = purchase.at.astimezone(zone).toordinal()
        days = spend.get(purchase.customer)
        if days is None:
            spend[purchase.customer] = {day: purchase.amount.amount}
        elif day in days:
            days[day] += purchase.amount.amount
        else:
            days[day] = purchase.amount.amount
    return {
        customer: (len(days), today - min(days), today - max(days), sum(days.values(), Decimal(0)))
        for customer, days in spend.items()
    }


def make_frame(purchases: Sequence[Purchase]) -> Any:  # noqa: ANN401 - a data frame
    """Make the data frame that lifetimes wants."""
    zone = ZoneInfo(ZONE)
    return pd.DataFrame(
        {
            "customer": [p.customer for p in purchases],
            "day": [p.at.astimezone(zone).replace(tzinfo=None) for p in purchases],
            "amount": [float(p.amount.amount) for p in purchases],
        }
    )


def with_lifetimes(frame: Any) -> Any:  # noqa: ANN401
    """Summarise a data frame."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return summary_data_from_transaction_data(
            frame,
            "customer",
            "day",
            "amount",
            observation_period_end=AS_OF - timedelta(days=1),
            include_first_transaction=True,
        )


def read_lifetimes(answer: Any) -> Summary:  # noqa: ANN401
    """Say the same of lifetimes; its periods end with the last day, ours after it."""
    return {
        row.Index: (
            int(row.frequency),
            int(row.T) + 1,
            int(row.T - row.recency) + 1,
            Decimal(str(round(row.frequency * row.monetary_value, 2))),
        )
        for row in answer.itertuples()
    }


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    """Return the CPU seconds that a run takes, and its answer."""
    gc.collect()
    start = time.process_time()
    answer = run()
    return time.process_time() - start, answer


def measure_crmcore(purchases: Sequence[Purchase]) -> tuple[float, float, list[CustomerFeatures]]:
    """Return the seconds that collecting and asking take, and the features."""
    collecting, trails = timed(lambda: collect(purchases, zone=ZONE, currency="USD"))
    asking, features = timed(lambda: [trail.at(AS_OF) for trail in trails.values()])
    return collecting, asking, features


def measure(purchases: Sequence[Purchase], frame: Any) -> tuple[dict[str, float], int]:  # noqa: ANN401
    """Return the seconds of one round, and how many customers there are."""
    collecting, asking, features = measure_crmcore(purchases)
    ours = read_crmcore(features)
    del features
    ready, answer = timed(lambda: with_lifetimes(frame))
    theirs = read_lifetimes(answer)
    making, _ = timed(lambda: make_frame(purchases))
    alone, hand = timed(lambda: by_hand(purchases))
    if not ours == theirs == hand:
        raise SystemExit("the ways do not agree; there is nothing to compare")
    return {
        "crmcore, trails": collecting,
        "crmcore, trails and features": collecting + asking,
        "lifetimes, frame ready": ready,
        "lifetimes, from purchases": making + ready,
        "by hand": alone,
    }, len(hand)


def main() -> None:
    """Measure and print."""
    purchases = make_purchases(PURCHASES)
    frame = make_frame(purchases)
    gc.freeze()  # the input is the same for all; nobody pays for walking through it
    rounds = []
    for number in range(ROUNDS):
        seconds, customers = measure(purchases, frame)
        rounds.append(seconds)
        print(f"round {number + 1} of {ROUNDS} done; all ways agree", flush=True)
    medians = {name: statistics.median(r[name] for r in rounds) for name in rounds[0]}

    print(f"\n{PURCHASES:,} purchases of {customers:,} customers, CPU time\n")
    print(f"{'':<30} {'s':>6} {'µs each':>8} {'× hand':>7}")
    for name, median in medians.items():
        each, ratio = median / PURCHASES * 1e6, median / medians["by hand"]
        print(f"{name:<30} {median:6.2f} {each:8.2f} {ratio:7.2f}")

    print("\nHow crmcore grows\n")
    for part in (4, 2, 1):
        some = purchases[::part]
        collecting, asking, features = measure_crmcore(some)
        each, of_each = collecting / len(some) * 1e6, asking / len(features) * 1e6
        print(f"{len(some):>9,} purchases: {each:.2f} µs each to collect", end="; ")
        print(f"{len(features):>7,} customers: {of_each:.2f} µs each to ask")


if __name__ == "__main__":
    main()
