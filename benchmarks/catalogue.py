"""The whole catalogue of KPIs over two million and a half made-up records, in one pass.

Run it with ``python benchmarks/catalogue.py``, or with a share of the records behind it, as in
``python benchmarks/catalogue.py 0.01``. It needs pandas. `_company.py` makes the records up:
1,000,000 purchases, 500,000 interactions, 200,000 service requests of two years, and records of
22 other kinds that go with them. All figures are told for 24 months by 6 teams.

- Every KPI of the catalogue in one tally: what the pass over the records takes and what the
  values take, and by how much the memory of the process rises, for a quarter of the records,
  for half of them, and for all.
- Ten KPIs, each by itself, in three ways: by hand, with a loop as one writes it for these records
  and this figure only; by crmcore, which keeps days and groups, and gives intervals, counts and
  reasons besides; and by pandas, with the columns ready. What it takes to make them is told apart.
- One day more: what it costs to add a day's records of all kinds to a tally that holds the year
  without it and to tell its last month, beside counting the year again.

Seconds are those of the processor, without the collection of garbage; of the ten they are medians
of interleaved rounds. Each number of the ten is the same in all ways to the last of 28 digits,
and a tally to which a day was added says of all KPIs the same as one that has counted the whole
year: where not, the script ends and says where.
"""

from __future__ import annotations

import gc
import resource
import statistics
import sys
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Context, Decimal
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import Any, Final, TypeAlias

import pandas as pd
from _company import CURRENCY, TEAM_OF, Company, Records, reading
from measures import (
    AS_OF,
    EDGES,
    EXACT,
    MONTHS,
    REPEAT_DAYS,
    ROUNDS,
    TEAMS,
    ZONE,
    Key,
    full,
    local,
    month_of,
    over,
    timed,
)

from crmcore.activities import Channel
from crmcore.calendar import Grain, midnight
from crmcore.kernel import Undefined
from crmcore.kpis import CATALOGUE, PARAMETERS, SOURCES, Kpi, KpiSeries, KpiTally, kpi
from crmcore.statistics import kaplan_meier

Answers: TypeAlias = dict[Key, Any]
Frames: TypeAlias = dict[str, Any]

ACTIVE_DAYS: Final = int(PARAMETERS["active_days"].default)
ROUNDED: Final = Context(prec=28)
EDGE: Final = midnight(AS_OF, ZONE)
TODAY: Final = AS_OF.toordinal()
HOUR: Final = 3_600_000_000
MONTH_OF: Final = {period: n for n, period in enumerate(MONTHS)}


# By crmcore


def tally_of(kpis: Iterable[Kpi]) -> KpiTally:
    """Return a tally that has counted nothing yet."""
    asked = tuple(kpis)
    sources = sorted({str(source) for each in asked for source in each.measure.sources})
    by = {"team": {source: reading(source) for source in sources}}
    return KpiTally(asked, zone=ZONE, currency=CURRENCY, by=by)


def count(tally: KpiTally, kpis: Iterable[Kpi], records: Records) -> None:
    """Add the records that some KPIs count."""
    sources = {str(source) for each in kpis for source in each.measure.sources}
    for source in sorted(sources):
        tally.add_all(records[source], source)


def by_crmcore(one: Kpi, records: Records) -> tuple[KpiSeries, ...]:
    """Count and tell one KPI."""
    tally = tally_of([one])
    count(tally, [one], records)
    return tally.series(MONTHS, as_of=AS_OF)


def told(series: Iterable[KpiSeries], one: Kpi) -> Answers:
    """Return the numbers of a KPI; None where it is undefined."""
    return full(
        {
            (str(dict(each.scope)["team"]), MONTH_OF[period]): None
            if isinstance(value, Undefined)
            else value.number
            for each in series
            if each.kpi == one
            for period, value in zip(each.periods, each.values, strict=True)
        }
    )


# By hand


def key_of(record: Any) -> Key:  # noqa: ANN401 - of two kinds
    """Return team and month."""
    return TEAM_OF[record.customer], month_of(local(record.at))


def sales_by_hand(records: Records) -> Answers:
    """Sum amounts."""
    sums: dict[Key, Decimal] = defaultdict(Decimal)
    for each in records["purchases"]:
        key = key_of(each)
        sums[key] = EXACT.add(sums[key], each.amount.amount)
    return full(sums)


def orders_by_hand(records: Records) -> Answers:
    """Count what is no refund."""
    counts: dict[Key, int] = defaultdict(int)
    for each in records["purchases"]:
        if not each.refund:
            counts[key_of(each)] += 1
    return full(counts)


def _active(records: Records) -> Mapping[str, int]:
    """Return for each customer a pattern of bits, one for each edge at which they are active."""
    patterns: dict[str, int] = defaultdict(int)
    for each in records["purchases"]:
        if not each.refund:
            day = local(each.at).toordinal()
            since, until = bisect_right(EDGES, day), bisect_right(EDGES, day + ACTIVE_DAYS)
            patterns[each.customer] |= (1 << until) - (1 << since)
    return patterns


def base_by_hand(records: Records) -> Answers:
    """Count who is active when a month ends."""
    counts: dict[Key, int] = defaultdict(int)
    for customer, pattern in _active(records).items():
        team = TEAM_OF[customer]
        for n in range(len(MONTHS)):
            counts[team, n] += pattern >> (n + 1) & 1
    return full(counts)


def retention_by_hand(records: Records) -> Answers:
    """Count who is active when a month begins, and when it ends."""
    opening: dict[Key, int] = defaultdict(int)
    kept: dict[Key, int] = defaultdict(int)
    for customer, pattern in _active(records).items():
        team = TEAM_OF[customer]
        for n in range(len(MONTHS)):
            if pattern >> n & 1:
                opening[team, n] += 1
                kept[team, n] += pattern >> (n + 1) & 1
    return full({key: over(kept[key], n) for key, n in opening.items()}, None)


def new_by_hand(records: Records) -> Answers:
    """Keep the first order of each customer."""
    first: dict[str, datetime] = {}
    for each in records["purchases"]:
        if not each.refund:
            known = first.get(each.customer)
            if known is None or each.at < known:
                first[each.customer] = each.at
    counts: dict[Key, int] = defaultdict(int)
    for customer, at in first.items():
        counts[TEAM_OF[customer], month_of(local(at))] += 1
    return full(counts)


def repeat_by_hand(records: Records) -> Answers:
    """Keep all days of each customer, and look at the first ones; all must be old enough."""
    days: dict[str, list[int]] = defaultdict(list)
    for each in records["purchases"]:
        if not each.refund:
            days[each.customer].append(local(each.at).toordinal())
    cells: dict[Key, list[int]] = defaultdict(lambda: [0, 0, 0])
    for customer, found in days.items():
        found.sort()
        first = found[0]
        place = bisect_right(found, first)
        cell = cells[TEAM_OF[customer], bisect_right(EDGES, first) - 1]
        cell[0] += 1
        cell[1] += place < len(found) and found[place] <= first + REPEAT_DAYS
        cell[2] += first + REPEAT_DAYS >= TODAY
    return full(
        {key: None if young else over(upper, n) for key, (n, upper, young) in cells.items()}, None
    )


def revenue_by_hand(records: Records) -> Answers:
    """Sum by customer and month, and compare the months of those who had ordered."""
    sums: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    ordered: set[tuple[str, int]] = set()
    for each in records["purchases"]:
        key = each.customer, month_of(local(each.at))
        sums[key] = EXACT.add(sums[key], each.amount.amount)
        if not each.refund:
            ordered.add(key)
    cells: dict[Key, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for customer, month in ordered:
        cell = cells[TEAM_OF[customer], month + 1]
        cell[0] = EXACT.add(cell[0], sums.get((customer, month + 1), Decimal(0)))
        cell[1] = EXACT.add(cell[1], sums[customer, month])
    return full({key: over(now, before) for key, (now, before) in cells.items()}, None)


def calls_by_hand(records: Records) -> Answers:
    """Count calls, and who is active."""
    counts: dict[Key, int] = defaultdict(int)
    for each in records["interactions"]:
        if each.channel is Channel.CALL:
            counts[key_of(each)] += 1
    return {key: over(counts[key], n) for key, n in base_by_hand(records).items()}


def in_time_by_hand(records: Records) -> Answers:
    """Count what was answered in time, and what was late or is overdue."""
    cells: dict[Key, list[int]] = defaultdict(lambda: [0, 0])
    for each in records["requests"]:
        due, done = each.response_due_at, each.responded_at
        if each.answered_automatically or (done is not None and done >= EDGE):
            done = None
        is_good = done is not None and done <= due
        if is_good or due < EDGE:
            cell = cells[TEAM_OF[each.customer], month_of(local(each.opened_at))]
            cell[0] += 1
            cell[1] += is_good
    return full({key: over(upper, n) for key, (n, upper) in cells.items()}, None)


def hours_by_hand(records: Records) -> Answers:
    """Collect how long each request waited, or has waited."""
    times: dict[Key, list[tuple[float, bool]]] = defaultdict(list)
    for each in records["requests"]:
        done = None if each.answered_automatically else each.responded_at
        if done is None and each.closed_at is not None and each.solved_at is None:
            continue  # withdrawn
        is_done = done is not None and done < EDGE
        took = ((done if is_done else EDGE) - each.opened_at) // timedelta(microseconds=1)
        times[TEAM_OF[each.customer], month_of(local(each.opened_at))].append((took, is_done))
    return full({key: _median(found) for key, found in times.items()}, None)


def _median(found: Iterable[tuple[float, bool]]) -> Fraction | None:
    microseconds = kaplan_meier(found).quantile(0.5)
    return None if microseconds is None else Fraction(microseconds) / HOUR


# By pandas


def _base(records: Iterable[Any], at: str) -> dict[str, Any]:
    found = list(records)
    instants = pd.DatetimeIndex([getattr(each, at) for each in found])
    days = instants.tz_convert(str(ZONE))
    began = days.tz_localize(None).normalize().to_numpy().astype("datetime64[D]").astype(int)
    return {
        "customer": pd.Categorical([each.customer for each in found]),
        "team": pd.Categorical([TEAM_OF[each.customer] for each in found], categories=TEAMS),
        "at": instants,
        "month": 12 * (days.year - MONTHS[0].start.year) + days.month - 1,
        "day": began + date(1970, 1, 1).toordinal(),
    }


def frames_of(records: Records) -> Frames:
    """Make the columns from the records."""
    purchases = pd.DataFrame(_base(records["purchases"], "at"))
    purchases["cents"] = [int(each.amount.amount * 100) for each in records["purchases"]]
    purchases["is_order"] = [not each.refund for each in records["purchases"]]
    interactions = pd.DataFrame(_base(records["interactions"], "at"))
    interactions["is_call"] = [each.channel is Channel.CALL for each in records["interactions"]]
    requests = pd.DataFrame(_base(records["requests"], "opened_at"))
    for name in ("human_response_at", "response_due_at"):
        instants = [getattr(each, name) for each in records["requests"]]
        requests[name] = pd.to_datetime(pd.Series(instants), utc=True)
    requests["is_withdrawn"] = [each.is_withdrawn for each in records["requests"]]
    return {"purchases": purchases, "interactions": interactions, "requests": requests}


def _by(frame: Any) -> Any:  # noqa: ANN401 - pandas carries no types
    return frame.groupby(["team", "month"], observed=True)


def _keys(series: Any) -> Answers:  # noqa: ANN401 - as above
    return {(str(team), int(month)): value for (team, month), value in series.items()}


def _ratio_of(upper: Any, lower: Any) -> Answers:  # noqa: ANN401 - as above
    found = _keys(upper)
    return full({k: over(int(found.get(k, 0)), int(n)) for k, n in _keys(lower).items()}, None)


def _orders(frames: Frames) -> Any:  # noqa: ANN401 - as above
    frame = frames["purchases"]
    return frame[frame["is_order"]]


def sales_by_pandas(frames: Frames) -> Answers:
    """Sum cents."""
    sums = _keys(_by(frames["purchases"])["cents"].sum())
    return full({key: Fraction(int(cents), 100) for key, cents in sums.items()})


def orders_by_pandas(frames: Frames) -> Answers:
    """Count rows."""
    return full(_keys(_by(_orders(frames)).size()))


def _active_rows(frames: Frames) -> list[Any]:
    """Return who is active at each edge."""
    frame, found = _orders(frames)[["team", "customer", "day"]], []
    for edge in EDGES:
        rows = frame[(frame["day"] < edge) & (frame["day"] >= edge - ACTIVE_DAYS)]
        found.append(rows[["team", "customer"]].drop_duplicates())
    return found


def base_by_pandas(frames: Frames) -> Answers:
    """Count them."""
    found = {}
    for n, rows in enumerate(_active_rows(frames)[1:]):
        for team, size in rows.groupby("team", observed=True).size().items():
            found[str(team), n] = int(size)
    return full(found)


def retention_by_pandas(frames: Frames) -> Answers:
    """Join those of one edge with those of the next."""
    found: Answers = {}
    for n, (before, after) in enumerate(pairwise(_active_rows(frames))):
        opening = before.groupby("team", observed=True).size()
        kept = before.merge(after).groupby("team", observed=True).size()
        for team, lower in opening.items():
            found[str(team), n] = over(int(kept.get(team, 0)), int(lower))
    return full(found, None)


def new_by_pandas(frames: Frames) -> Answers:
    """Take the first row of each customer."""
    frame = _orders(frames).sort_values("at", kind="stable")
    return full(_keys(_by(frame.drop_duplicates("customer")).size()))


def repeat_by_pandas(frames: Frames) -> Answers:
    """Join each customer's first day with the next other one."""
    frame = _orders(frames)
    first = frame.groupby("customer", observed=True)["day"].min()
    others = frame[["customer", "day"]].join(first.rename("first"), on="customer")
    others = others[others["day"] > others["first"]]
    second = others.groupby("customer", observed=True)["day"].min()
    rows = frame.sort_values("at", kind="stable").drop_duplicates("customer").set_index("customer")
    is_back = second.reindex(rows.index) <= rows["day"] + REPEAT_DAYS
    is_young = rows["day"] + REPEAT_DAYS >= TODAY
    rows = rows.assign(is_back=is_back.astype(int), is_young=is_young).reset_index()
    young = _keys(_by(rows)["is_young"].any())
    shares = _ratio_of(_by(rows)["is_back"].sum(), _by(rows).size())
    return {key: None if young.get(key) else share for key, share in shares.items()}


def revenue_by_pandas(frames: Frames) -> Answers:
    """Sum by customer and month, and join each month with the next."""
    by = frames["purchases"].groupby(["team", "customer", "month"], observed=True)
    sums = by.agg(cents=("cents", "sum"), has_ordered=("is_order", "any")).reset_index()
    before = sums[sums["has_ordered"]].assign(month=lambda frame: frame["month"] + 1)
    both = before.merge(sums, "left", on=["team", "customer", "month"], suffixes=("", "_now"))
    both = both[both["month"] < len(MONTHS)]
    found = _by(both.fillna({"cents_now": 0}))
    return _ratio_of(found["cents_now"].sum(), found["cents"].sum())


def calls_by_pandas(frames: Frames) -> Answers:
    """Count calls, and who is active."""
    counts = _keys(_by(frames["interactions"])["is_call"].sum())
    base = base_by_pandas(frames)
    return {key: over(int(counts.get(key, 0)), n) for key, n in base.items()}


def in_time_by_pandas(frames: Frames) -> Answers:
    """Compare the columns of instants."""
    frame, edge = frames["requests"], pd.Timestamp(EDGE)
    done = frame["human_response_at"].where(frame["human_response_at"] < edge)
    is_good = done <= frame["response_due_at"]
    rows = frame.assign(is_good=is_good)[is_good | (frame["response_due_at"] < edge)]
    return _ratio_of(_by(rows)["is_good"].sum(), _by(rows).size())


def hours_by_pandas(frames: Frames) -> Answers:
    """Subtract instants, and estimate group by group."""
    frame, edge = frames["requests"], pd.Timestamp(EDGE)
    frame = frame[~frame["is_withdrawn"] | frame["human_response_at"].notna()]
    is_done = frame["human_response_at"] < edge
    until = frame["human_response_at"].where(is_done, edge)
    took = (until - frame["at"]) // pd.Timedelta(microseconds=1)
    found = {}
    for (team, month), rows in _by(frame.assign(took=took, is_done=is_done)):
        cases = zip(rows["took"].tolist(), rows["is_done"].tolist(), strict=True)
        found[str(team), int(month)] = _median(cases)
    return full(found, None)


TEN: Final[dict[str, tuple[Callable[[Records], Answers], Callable[[Frames], Answers]]]] = {
    "sales": (sales_by_hand, sales_by_pandas),
    "orders": (orders_by_hand, orders_by_pandas),
    "customer_base": (base_by_hand, base_by_pandas),
    "retention_rate": (retention_by_hand, retention_by_pandas),
    "new_customers": (new_by_hand, new_by_pandas),
    "repeat_rate": (repeat_by_hand, repeat_by_pandas),
    "net_revenue_retention": (revenue_by_hand, revenue_by_pandas),
    "call_frequency": (calls_by_hand, calls_by_pandas),
    "response_in_target": (in_time_by_hand, in_time_by_pandas),
    "response_time": (hours_by_hand, hours_by_pandas),
}


# The tables


def check(name: str, ours: Answers, theirs: Mapping[str, Answers]) -> None:
    """Want all ways to give the same numbers, to the last of our 28 digits."""
    for way, found in theirs.items():
        for key, number in ours.items():
            other = found[key]
            if other is not None:
                exact = Fraction(other)
                other = ROUNDED.divide(Decimal(exact.numerator), Decimal(exact.denominator))
            if number != other:
                sys.exit(f"{name}, {key}: crmcore gives {number}, {way} gives {other}")


def peak() -> float:
    """Return the most memory that the process has held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def share_of(records: Records, part: float) -> Records:
    """Return the first of each kind."""
    return {source: found[: int(part * len(found))] for source, found in records.items()}


def whole_catalogue(records: Records) -> None:
    """Print what every KPI together takes, for more and more records."""
    print(f"{len(CATALOGUE)} KPIs for {len(MONTHS)} months by {len(TEAMS)} teams in one pass\n")
    heads = ("records", "pass [s]", "a record [µs]", "values [s]", "memory [MB]")
    print("".join(f"{head:>15}" for head in heads))
    before = peak()
    for part in (0.25, 0.5, 1.0):
        some = share_of(records, part)
        size = sum(map(len, some.values()))
        tally = tally_of(CATALOGUE)
        counting, _ = timed(partial(count, tally, CATALOGUE, some))
        telling, series = timed(partial(tally.series, MONTHS, as_of=AS_OF))
        more = peak() - before
        for name, (by_hand, _) in TEN.items():
            check(name, told(series, kpi(name)), {"by hand": by_hand(some)})
        print(
            f"{size:15,}{counting:15.2f}{1e6 * counting / size:15.2f}{telling:15.2f}{more:15,.0f}"
        )
    print()


def ten_apart(records: Records) -> None:
    """Print what each of ten KPIs takes by itself in each way."""
    making, frames = timed(lambda: frames_of(records))
    print("Seconds for each of ten KPIs by itself\n")
    print(f"{'':24}{'by hand':>10}{'crmcore':>10}{'ratio':>8}{'pandas':>10}")
    sums = defaultdict[str, float](float)
    for name, (by_hand, by_pandas) in TEN.items():
        one, seconds = kpi(name), defaultdict[str, list[float]](list)
        ways: dict[str, Callable[[], Any]] = {
            "by hand": partial(by_hand, records),
            "crmcore": partial(by_crmcore, one, records),
            "pandas": partial(by_pandas, frames),
        }
        for _ in range(ROUNDS):
            found = {}
            for way, run in ways.items():
                took, found[way] = timed(run)
                seconds[way].append(took)
            check(name, told(found.pop("crmcore"), one), found)
        _line(name, {way: statistics.median(seconds[way]) for way in ways}, sums)
    _line("all, apart", dict(sums))
    ten = [kpi(name) for name in TEN]
    tally = tally_of(ten)
    counting, _ = timed(partial(count, tally, ten, records))
    telling, _ = timed(partial(tally.series, MONTHS, as_of=AS_OF))
    together = counting + telling
    print(f"{'all in one tally':24}{'':10}{together:10.2f}{together / sums['by hand']:8.2f}")
    print(f"\npandas needs {making:.2f} s more to make its columns from the records\n")


def _line(
    name: str, took: Mapping[str, float], sums: defaultdict[str, float] | None = None
) -> None:
    """Print a row, and add it up."""
    hand, ours, theirs = took.values()
    print(f"{name:24}{hand:10.2f}{ours:10.2f}{ours / hand:8.2f}{theirs:10.2f}")
    if sums is not None:
        for way, seconds in took.items():
            sums[way] += seconds


def day_of(record: object, source: str) -> date:
    """Return the day of a record."""
    at: date | datetime = getattr(record, SOURCES[source].day or "")
    return local(at) if isinstance(at, datetime) else at


def between(records: Records, start: date, end: date) -> Records:
    """Return the records of some days."""
    return {
        source: [each for each in found if start <= day_of(each, source) < end]
        for source, found in records.items()
    }


def a_day_more(records: Records) -> None:
    """Print what one more day costs a tally that holds a year without it."""
    begin, last = date(AS_OF.year - 1, 1, 1), AS_OF - timedelta(days=1)
    month = [Grain.MONTH.period(last)]
    before, new = between(records, begin, last), between(records, last, AS_OF)
    kept, anew = tally_of(CATALOGUE), tally_of(CATALOGUE)
    count(kept, CATALOGUE, before)
    adding, _ = timed(partial(count, kept, CATALOGUE, new))
    telling, ours = timed(partial(kept.series, month, as_of=AS_OF))
    year = {source: [*before[source], *new[source]] for source in records}
    counting, _ = timed(partial(count, anew, CATALOGUE, year))
    telling_anew, theirs = timed(partial(anew.series, month, as_of=AS_OF))
    if ours != theirs:
        sys.exit("a tally to which a day was added differs from one that has counted all of it")
    rows = {
        "the day alone": (new, adding, telling),
        "the whole year": (year, counting, telling_anew),
    }
    print("Seconds to count all KPIs of a year, and to tell those of its last month\n")
    print(f"{'':18}{'records':>12}{'counting':>12}{'telling':>12}{'together':>12}")
    for what, (some, pass_over, values) in rows.items():
        size = sum(map(len, some.values()))
        print(f"{what:18}{size:12,}{pass_over:12.4f}{values:12.2f}{pass_over + values:12.2f}")
    print(f"{'':18}{'':12}{counting / adding:12.0f} times less\n")


def main() -> None:
    """Make the records and print the tables."""
    part = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    before = peak()
    making, records = timed(Company(part).make)
    size = sum(map(len, records.values()))
    print(f"{size:,} records of {len(records)} kinds, made in {making:.0f} s", end="")
    print(f"; they hold {peak() - before:,.0f} MB\n")
    gc.freeze()
    whole_catalogue(records)
    ten_apart(records)
    a_day_more(records)


if __name__ == "__main__":
    main()
