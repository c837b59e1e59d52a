"""Reproduce the published tables on the value of customers, and value a book of them.

The purchases are those of a tenth of the customers of CDNOW, 1997-01 to 1998-06, and the donors
are real as well (see ``data/README.md``). Each number is printed as it was published and as it
is computed here, from the purchases to the parameters. Then the models are held to what the
customers did afterwards, and put to use.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TypeAlias
from zoneinfo import ZoneInfo

from crmcore.activities import Purchase, PurchaseId
from crmcore.durations import WEEK, YEAR, annual, weeks, years
from crmcore.histories import Histories, PurchaseHistory, split, summarize
from crmcore.kernel import CustomerId, Money
from crmcore.likelihood import Fit
from crmcore.retention import Migration, ShiftedBetaGeometric
from crmcore.statistics import kaplan_meier
from crmcore.value import (
    BetaGeo,
    BetaGeoBetaBinomial,
    GammaGamma,
    ModifiedBetaGeo,
    ParetoNbd,
    lifetime_values,
    new_customer_value,
)

DATA = Path(__file__).parent / "data"
NEW_YORK = ZoneInfo("America/New_York")
HORIZON, RATE, MARGIN = years(1), annual(0.15), 0.3
CALIBRATED, ENDED = date(1997, 9, 30), date(1998, 6, 30)

Row: TypeAlias = tuple[str, str, float]  # what it is, as published, as computed
Table: TypeAlias = tuple[str, Sequence[Row]]


def purchases() -> Iterator[Purchase]:
    """Yield the purchases of the sample, each at noon."""
    with (DATA / "cdnow_sample.csv").open(encoding="utf-8", newline="") as rows:
        for place, row in enumerate(csv.DictReader(rows)):
            yield Purchase(
                id=PurchaseId(f"P{place}"),
                customer=CustomerId(row["customer_id"]),
                at=datetime.fromisoformat(row["date"]).replace(hour=12, tzinfo=NEW_YORK),
                amount=Money(row["dollar_value"], "USD"),
                quantity=int(row["number_of_cds"]),
            )


def donors() -> Histories:
    """Return the donors of 1995, for whom each year is an opportunity."""
    with (DATA / "donations.csv").open(encoding="utf-8", newline="") as file:
        rows = [{name: int(value) for name, value in row.items()} for row in csv.DictReader(file)]
    return Histories.from_columns(
        frequency=[row["frequency"] for row in rows],
        last_purchase_age=[row["recency"] for row in rows],
        age=[row["periods"] for row in rows],
        weight=[row["weights"] for row in rows],
        unit=YEAR,
    )


def fit_rows(fit: Fit | None, *published: str) -> Iterator[Row]:
    """Yield the parameters of a fit beside the published ones; the last is the log-likelihood."""
    if fit is not None:
        names, computed = (*fit.names, "log-likelihood"), (*fit.parameters, fit.log_likelihood)
        yield from zip(names, published, computed, strict=False)  # it is not always published


def purchase_tables(histories: Histories) -> Iterator[Table]:
    """Yield the tables on how often customers buy."""
    model = BetaGeo.fit(histories)
    yield (
        "BG/NBD, CDNOW in weeks (Fader, Hardie & Lee 2005)",
        [
            *fit_rows(model.fitted, "0.243", "4.414", "0.793", "2.426", "-9582.4"),
            *(
                (f"E[X({t})]", text, model.new_customer_purchases(weeks(t)))
                for t, text in ((1, "0.0532"), (3, "0.1506"), (32, "1.0437"), (78, "1.8576"))
            ),
            (
                "E[Y(39) | x 2, t_x 30.43, T 38.86]",
                "1.226",
                model.predict(customer(2, 30.43, 38.86), horizon=weeks(39)).purchases,
            ),
        ],
    )
    modified = ModifiedBetaGeo.fit(histories).fitted
    yield (
        "MBG/NBD, the same (Batislam, Denizel & Filiztekin 2007)",
        [*fit_rows(modified, "0.525", "6.183", "0.891", "1.614", "-9582.1")],
    )
    pareto = ParetoNbd.fit(histories)
    regular = pareto.predict(customer(26, 30.86, 31), horizon=weeks(52))
    yield (
        "Pareto/NBD, the same (Schmittlein, Morrison & Colombo 1987; Fader, Hardie & Lee 2005)",
        [
            *fit_rows(pareto.fitted, "0.553", "10.578", "0.606", "11.669", "-9595.0"),
            ("E[Y(52) | x 26, t_x 30.86, T 31]", "25.46", regular.purchases),
            ("P(alive), the same customer", "0.9979", regular.alive),
        ],
    )
    donations = BetaGeoBetaBinomial.fit(donors()).fitted
    yield (
        "BG/BB, 11,104 donors (Fader, Hardie & Shang 2010)",
        [*fit_rows(donations, "1.204", "0.750", "0.657", "2.783", "-33225.6")],
    )


def customer(x: int, t_x: float, age: float) -> PurchaseHistory:
    """Return one customer, in weeks."""
    return PurchaseHistory(frequency=x, last_purchase_age=t_x, age=age, unit=WEEK)


def spend_tables(histories: Histories) -> Iterator[Table]:
    """Yield the tables on what customers spend."""
    model = GammaGamma.fit(histories)
    correlation = GammaGamma.independence(histories).correlation
    yield (
        "Gamma-Gamma, the 946 who bought again (Fader & Hardie 2013)",
        [
            *fit_rows(model.fitted, "6.25", "3.74", "15.44", "-4055.92"),
            ("correlation of purchases and spend", "0.11", correlation or 0.0),
        ],
    )


def retention_tables() -> Iterator[Table]:
    """Yield the tables on customers under contract, in states, and in remission."""
    for name, left, published in (
        ("High End", (1000, 869, 743, 653, 593, 551, 517, 491), ("0.668", "3.806", "-1611.2")),
        ("Regular", (1000, 631, 468, 382, 326, 289, 262, 241), ("0.704", "1.182")),
    ):
        model = ShiftedBetaGeometric.fit([left], period=years(1))
        yield f"sBG, {name} (Fader & Hardie 2007)", [*fit_rows(model.fitted, *published)]

    again = (0.3, 0.2, 0.15, 0.05)
    states = ("1", "2", "3", "4", "former")
    rows = [[p, *(0.0,) * n, 1 - p, *(0.0,) * (3 - n)] for n, p in enumerate(again)]
    chain = Migration(states=states, matrix=[*rows, [0, 0, 0, 0, 1]], period=years(1))
    rewards = dict(zip(states, (40 - 4, -4, -4, -4, 0), strict=True))
    within = chain.values(rewards, discount=annual(0.2), horizon=years(4))
    endless = chain.values(rewards, discount=annual(0.2))
    yield (
        "Migration by recency (Pfeifer & Carraway 2000)",
        [
            *(
                (f"V at T = 4, recency {state}", text, within.value(state))
                for state, text in zip(states, ("50.115", "4.220", "0.592", "-1.980"), strict=False)
            ),
            *(
                (f"V without an end, recency {state}", text, endless.value(state))
                for state, text in zip(states, ("52.320", "5.554", "1.251", "-1.820"), strict=False)
            ),
        ],
    )

    relapsed = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    watched = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]  # still in remission then
    curve = kaplan_meier(
        [*((week, True) for week in relapsed), *((week, False) for week in watched)]
    )
    printed = ("0.857", "0.807", "0.753", "0.690", "0.627", "0.538", "0.448")
    yield (
        "Kaplan-Meier, weeks in remission with 6-MP (Freireich and others 1963)",
        [
            *(
                (f"S({week})", text, curve.at(week) or 0.0)
                for week, text in zip((6, 7, 10, 13, 16, 22, 23), printed, strict=True)
            ),
            ("median", "23", curve.quantile(0.5) or 0.0),
        ],
    )


def show(tables: Iterable[Table]) -> None:
    """Print what was published and what was computed, side by side."""
    met: list[str] = []
    others: list[str] = []
    for title, rows in tables:
        print(f"\n{title}\n{'':37}published    computed")
        for what, published, computed in rows:
            digits = len(published.partition(".")[2])
            text = f"{computed:.{digits}f}"
            print(f"  {what:<35}{published:>9}  {text:>10}{'' if text == published else '  *'}")
            (met if text == published else others).append(what)
    print(f"\n{len(met)} of {len(met + others)} published numbers are met to the last digit.")
    for what in others:
        print(f"* {what}: {REMARKS.get(what, 'it differs')}")


REMARKS = {
    "E[X(78)]": "the published sheet ends an endless series after 150 terms",
}


def value_the_book(bought: Sequence[Purchase]) -> None:
    """Hold the models to what came after, and say what the customers are worth."""
    known, holdout = split(
        bought, calibration_end=CALIBRATED, holdout_end=ENDED, unit=WEEK, zone=NEW_YORK
    )
    print("\nHeld to the 39 weeks after")
    for kind in (BetaGeo, ModifiedBetaGeo, ParetoNbd):
        for words in kind.fit(known).check(holdout).words:
            print(f"  {words}")

    histories = summarize(bought, as_of=ENDED, unit=WEEK, zone=NEW_YORK)
    buying, spend = ModifiedBetaGeo.fit(histories), GammaGamma.fit(histories)
    book = lifetime_values(histories, buying, spend, horizon=HORIZON, discount=RATE, margin=MARGIN)
    sure = book.total_interval()
    print(f"\nThe book on {ENDED}\n  {book}")
    print(f"  as far as the parameters are known, {sure.low:,.0f} to {sure.high:,.0f} USD (95 %)")
    print("\nMost valuable")
    for value in book.largest(3):
        print(f"  {value}")
    print("\nSlipping away: of those who are alive with 20 to 50 %, whose loss would be greatest")
    doubtful = [value for value in book if 0.2 <= value.alive <= 0.5]
    for value in sorted(doubtful, key=lambda each: (-each.if_alive, str(each.customer)))[:3]:
        print(f"  {value.words}; {value.if_alive:,.2f} USD if still there")
    new = new_customer_value(
        buying,
        spend,
        horizon=HORIZON,
        discount=RATE,
        margin=MARGIN,
        with_first=True,
        level=0.95,
    )
    print(f"\nA new customer\n  {new}")


def main() -> None:
    """Print the tables, then value the book."""
    bought = list(purchases())
    histories = summarize(
        (purchase for purchase in bought if purchase.at.date() <= CALIBRATED),
        as_of=CALIBRATED,
        unit=WEEK,
        zone=NEW_YORK,
    )
    show(
        table
        for tables in (purchase_tables(histories), spend_tables(histories), retention_tables())
        for table in tables
    )
    value_the_book(bought)


if __name__ == "__main__":
    main()
