"""Ten measures over 1.7 million made-up records, against loops written by hand and pandas.

Run it with ``python benchmarks/measures.py``, or with a share of the records behind it, as in
``python benchmarks/measures.py 0.01``. It needs pandas. There are 1,000,000 purchases, 500,000
interactions and 200,000 service requests of two years, the same ones each time; each measure is
told for 24 months by 6 teams. Three ways do the same work, with local days and exact sums:

- by hand: for each measure a loop as one writes it for these records, these months and this
  measure only;
- crmcore: a `Tally` of this measure, over the same records, and its table. It keeps days, and
  could be asked for any other periods afterwards;
- pandas: group by month and team, with the columns ready: ordinals of local days, months, whole
  cents. What it takes to make the columns from the records is told apart.

Then all ten in one tally, which reads each source once; what more records cost; and what a new
day costs a tally that holds a year. Rounds are interleaved, so that a busy machine slows all
ways alike; the tables show medians of the CPU time. All three must agree, or there is no table.
"""

from __future__ import annotations

import gc
import random
import statistics
import sys
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Context, Decimal
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

import attrs
import pandas as pd

from crmcore.activities import (
    Channel,
    Direction,
    Interaction,
    InteractionId,
    Purchase,
    PurchaseId,
)
from crmcore.calendar import Grain, Period, midnight, periods
from crmcore.criteria import F
from crmcore.kernel import CustomerId, Money, TeamId
from crmcore.measures import (
    Both,
    Conversion,
    Count,
    Cumulative,
    Distinct,
    Duration,
    InTime,
    Mean,
    Measure,
    Newcomers,
    Ratio,
    Sum,
    Table,
    Tally,
    Value,
)
from crmcore.service import ServiceRequest
from crmcore.statistics import kaplan_meier

PURCHASES, INTERACTIONS, REQUESTS = 1_000_000, 500_000, 200_000
CUSTOMERS = 100_000
ROUNDS = 3
ZONE: Final = ZoneInfo("Europe/Berlin")
FIRST, AS_OF = date(1997, 1, 1), date(1999, 1, 1)
MONTHS: Final = tuple(periods(Grain.MONTH, FIRST, AS_OF))
EDGES: Final = [period.start.toordinal() for period in MONTHS] + [AS_OF.toordinal()]
BEGIN: Final = midnight(FIRST, ZONE)
MINUTES: Final = (AS_OF - FIRST).days * 1440
ACTIVE_DAYS, REPEAT_DAYS = 180, 90
EXACT: Final = Context(prec=60)
TEAMS: Final = [TeamId(name) for name in ("east", "north", "online", "partners", "south", "west")]
TEAM_OF: Final[dict[str, str]] = {
    f"c-{number:06}": TEAMS[number % len(TEAMS)] for number in range(CUSTOMERS)
}

Key: TypeAlias = tuple[str, int]
Answers: TypeAlias = dict[Key, Fraction | None]


@attrs.frozen
class Records:
    """What is measured."""

    purchases: Sequence[Purchase]
    interactions: Sequence[Interaction]
    requests: Sequence[ServiceRequest]

    def share(self, part: float) -> Records:
        """Return the first of all of them."""
        every = (self.purchases, self.interactions, self.requests)
        return Records(*(each[: int(part * len(each))] for each in every))  # type: ignore[arg-type]

    @property
    def by_source(self) -> Mapping[str, Sequence[Any]]:
        """The records under the names of their sources."""
        return {
            "purchases": self.purchases,
            "interactions": self.interactions,
            "requests": self.requests,
        }


def make(part: float) -> Records:
    """Make records up, the same ones each time: a few customers buy much, many buy little."""
    chance = random.Random(20261122)
    customers = [CustomerId(each) for each in TEAM_OF]
    prices = [Money(Decimal(cents) / 100, "EUR") for cents in range(100, 10_000)]
    channels, directions = list(Channel), list(Direction)

    def who() -> CustomerId:
        return customers[int(CUSTOMERS * chance.random() ** 1.5)]

    def when() -> datetime:
        return BEGIN + timedelta(minutes=chance.randrange(MINUTES))

    def later(at: datetime, hours: int) -> datetime:
        return at + timedelta(minutes=chance.randrange(60 * hours))

    def request(number: int) -> ServiceRequest:
        at = when()
        return ServiceRequest(
            id=f"r-{number:07}",
            customer=who(),
            opened_at=at,
            solved_at=later(at, 200) if chance.random() < 0.9 else None,
            solution_due_at=later(at, 200),
        )

    return Records(
        [
            Purchase(
                id=PurchaseId(f"p-{number:07}"),
                customer=who(),
                at=when(),
                amount=chance.choice(prices),
            )
            for number in range(int(part * PURCHASES))
        ],
        [
            Interaction(
                id=InteractionId(f"i-{number:07}"),
                customer=who(),
                at=when(),
                channel=chance.choice(channels),
                direction=chance.choice(directions),
                minutes=chance.randrange(60),
            )
            for number in range(int(part * INTERACTIONS))
        ],
        [request(number) for number in range(int(part * REQUESTS))],
    )


# By crmcore

_ACTIVE = Distinct("customer", source="purchases")
_AT_START = Cumulative(_ACTIVE, ACTIVE_DAYS, until="start")
_AT_END = Cumulative(_ACTIVE, ACTIVE_DAYS)

MEASURES: Final[dict[str, Measure]] = {
    "sales": Sum("amount", source="purchases"),
    "large orders": Count(F.quantity >= 1, source="purchases"),
    "mean order": Mean("amount", source="purchases"),
    "buyers": _ACTIVE,
    "new customers": Newcomers("customer", source="purchases"),
    "retention": Ratio(Both(_AT_START, _AT_END), _AT_START, proportion=True),
    "repeat rate": Conversion(
        "customer", days=REPEAT_DAYS, first=True, later_day=True, source="purchases"
    ),
    "share of calls": Ratio(
        Count(F.channel == "call", source="interactions"),
        Count(source="interactions"),
        proportion=True,
    ),
    "solved in time": InTime("opened_at", "solved_at", "solution_due_at", source="requests"),
    "hours to solve": Duration("opened_at", "solved_at", source="requests"),
}
DAY: Final = {"purchases": "at", "interactions": "at", "requests": "opened_at"}


def team_of(record: Any) -> str:  # noqa: ANN401 - of three kinds
    """Return the team that looks after the customer."""
    return TEAM_OF[record.customer]


def tally_of(measures: Mapping[str, Measure]) -> Tally:
    """Return a tally that has counted nothing yet."""
    return Tally(measures, day=DAY, by={"team": team_of}, zone=ZONE)


def counted(measures: Mapping[str, Measure], records: Records) -> Table:
    """Return the table of some measures, counted in one pass."""
    tally = tally_of(measures)
    for source in tally.sources:
        tally.add_all(records.by_source[str(source)], source)
    return tally.table(MONTHS, as_of=AS_OF)


def told(table: Table, name: str) -> Answers:
    """Return the numbers of a table."""
    month = {period: place for place, period in enumerate(MONTHS)}
    return {
        (str(group[0]), month[period]): Fraction(result.number)
        if isinstance(result, Value)
        else None
        for period, group, measure, result in table.rows
        if measure == name
    }


# By hand


def local(at: datetime) -> date:
    """Return the day of an instant."""
    return at.astimezone(ZONE).date()


def month_of(day: date) -> int:
    """Return the place of a month."""
    return 12 * (day.year - FIRST.year) + day.month - 1


def full(found: Mapping[Key, Any], nothing: object = 0) -> dict[Key, Any]:
    """Return an answer for every month and team."""
    return {(team, n): found.get((team, n), nothing) for team in TEAMS for n in range(len(MONTHS))}


def over(upper: Any, lower: Any) -> Any:  # noqa: ANN401 - exact numbers of any kind
    """Return a quotient, or None where there is none."""
    return Fraction(upper) / Fraction(lower) if lower else None


def sales_by_hand(records: Records) -> dict[Key, Any]:
    """Sum amounts."""
    sums: dict[Key, Decimal] = defaultdict(Decimal)
    for each in records.purchases:
        key = TEAM_OF[each.customer], month_of(local(each.at))
        sums[key] = EXACT.add(sums[key], each.amount.amount)
    return full(sums)


def orders_by_hand(records: Records) -> dict[Key, Any]:
    """Count orders."""
    counts: dict[Key, int] = defaultdict(int)
    for each in records.purchases:
        if each.quantity >= 1:
            counts[TEAM_OF[each.customer], month_of(local(each.at))] += 1
    return full(counts)


def mean_by_hand(records: Records) -> dict[Key, Any]:
    """Take the mean, and the squares for its interval."""
    sums: dict[Key, list[Any]] = {}
    for each in records.purchases:
        key = TEAM_OF[each.customer], month_of(local(each.at))
        cell = sums.get(key)
        if cell is None:
            cell = sums[key] = [0, Decimal(0), Decimal(0)]
        amount = each.amount.amount
        cell[0] += 1
        cell[1] = EXACT.add(cell[1], amount)
        cell[2] = EXACT.fma(amount, amount, cell[2])
    return full({key: over(total, n) for key, (n, total, _) in sums.items()}, None)


def buyers_by_hand(records: Records) -> dict[Key, Any]:
    """Collect customers."""
    sets: dict[Key, set[str]] = defaultdict(set)
    for each in records.purchases:
        sets[TEAM_OF[each.customer], month_of(local(each.at))].add(each.customer)
    return full({key: len(found) for key, found in sets.items()})


def new_by_hand(records: Records) -> dict[Key, Any]:
    """Keep the first purchase of each customer."""
    first: dict[str, tuple[datetime, str]] = {}
    for each in records.purchases:
        known = first.get(each.customer)
        found = each.at, TEAM_OF[each.customer]
        if known is None or found < known:
            first[each.customer] = found
    counts: dict[Key, int] = defaultdict(int)
    for at, team in first.values():
        counts[team, month_of(local(at))] += 1
    return full(counts)


def retention_by_hand(records: Records) -> dict[Key, Any]:
    """Keep for each customer a pattern of bits, one for each edge at which they are active."""
    patterns: dict[tuple[str, str], int] = defaultdict(int)
    for each in records.purchases:
        day = local(each.at).toordinal()
        since, until = bisect_right(EDGES, day), bisect_right(EDGES, day + ACTIVE_DAYS)
        patterns[TEAM_OF[each.customer], each.customer] |= (1 << until) - (1 << since)
    opening: dict[Key, int] = defaultdict(int)
    kept: dict[Key, int] = defaultdict(int)
    for (team, _), pattern in patterns.items():
        for n in range(len(MONTHS)):
            if pattern >> n & 1:
                opening[team, n] += 1
                kept[team, n] += pattern >> (n + 1) & 1
    return full({key: over(kept[key], n) for key, n in opening.items()}, None)


def repeat_by_hand(records: Records) -> dict[Key, Any]:
    """Keep all days of each customer, and look at the first ones that can be judged."""
    days: dict[str, list[int]] = defaultdict(list)
    for each in records.purchases:
        days[each.customer].append(local(each.at).toordinal())
    cells: dict[Key, list[int]] = defaultdict(lambda: [0, 0])
    for customer, found in days.items():
        found.sort()
        first = found[0]
        if first + REPEAT_DAYS < AS_OF.toordinal():
            place = bisect_right(found, first)
            cell = cells[TEAM_OF[customer], bisect_right(EDGES, first) - 1]
            cell[0] += 1
            cell[1] += place < len(found) and found[place] <= first + REPEAT_DAYS
    return full({key: over(upper, lower) for key, (lower, upper) in cells.items()}, None)


def calls_by_hand(records: Records) -> dict[Key, Any]:
    """Count calls and contacts."""
    cells: dict[Key, list[int]] = defaultdict(lambda: [0, 0])
    for each in records.interactions:
        cell = cells[TEAM_OF[each.customer], month_of(local(each.at))]
        cell[0] += 1
        cell[1] += each.channel == "call"
    return full({key: over(upper, lower) for key, (lower, upper) in cells.items()}, None)


def in_time_by_hand(records: Records) -> dict[Key, Any]:
    """Count what was solved in time, and what was late or is overdue."""
    cells: dict[Key, list[int]] = defaultdict(lambda: [0, 0])
    edge = midnight(AS_OF, ZONE)
    for each in records.requests:
        due = each.solution_due_at
        if due is None:
            continue
        done = each.solved_at if each.solved_at is not None and each.solved_at < edge else None
        is_good = done is not None and done <= due
        if is_good or due < edge:
            cell = cells[TEAM_OF[each.customer], month_of(local(each.opened_at))]
            cell[0] += 1
            cell[1] += is_good
    return full({key: over(upper, lower) for key, (lower, upper) in cells.items()}, None)


def hours_by_hand(records: Records) -> dict[Key, Any]:
    """Collect how long each request took, or has taken."""
    times: dict[Key, list[tuple[float, bool]]] = defaultdict(list)
    edge = midnight(AS_OF, ZONE)
    for each in records.requests:
        is_done = each.solved_at is not None and each.solved_at < edge
        until = each.solved_at if is_done and each.solved_at is not None else edge
        took = (until - each.opened_at) // timedelta(microseconds=1)
        times[TEAM_OF[each.customer], month_of(local(each.opened_at))].append((took, is_done))
    return full(
        {key: _hours(kaplan_meier(found).quantile(0.5)) for key, found in times.items()}, None
    )


def _hours(microseconds: float | None) -> Fraction | None:
    return None if microseconds is None else Fraction(microseconds) / 3_600_000_000


BY_HAND: Final[dict[str, Callable[[Records], dict[Key, Any]]]] = {
    "sales": sales_by_hand,
    "large orders": orders_by_hand,
    "mean order": mean_by_hand,
    "buyers": buyers_by_hand,
    "new customers": new_by_hand,
    "retention": retention_by_hand,
    "repeat rate": repeat_by_hand,
    "share of calls": calls_by_hand,
    "solved in time": in_time_by_hand,
    "hours to solve": hours_by_hand,
}


# By pandas

Frames: TypeAlias = dict[str, Any]


def _base(records: Sequence[Any], at: str) -> dict[str, Any]:
    instants = pd.DatetimeIndex([getattr(each, at) for each in records])
    days = instants.tz_convert(str(ZONE))
    return {
        "customer": pd.Categorical([each.customer for each in records]),
        "team": pd.Categorical([TEAM_OF[each.customer] for each in records], categories=TEAMS),
        "at": instants,
        "month": 12 * (days.year - FIRST.year) + days.month - 1,
        "day": days.tz_localize(None).normalize().to_numpy().astype("datetime64[D]").astype(int)
        + date(1970, 1, 1).toordinal(),
    }


def frames_of(records: Records) -> Frames:
    """Make the columns from the records."""
    purchases = pd.DataFrame(_base(records.purchases, "at"))
    purchases["cents"] = [int(each.amount.amount * 100) for each in records.purchases]
    purchases["quantity"] = [each.quantity for each in records.purchases]
    interactions = pd.DataFrame(_base(records.interactions, "at"))
    interactions["is_call"] = [each.channel == "call" for each in records.interactions]
    requests = pd.DataFrame(_base(records.requests, "opened_at"))
    for name in ("solved_at", "solution_due_at"):
        instants = [getattr(each, name) for each in records.requests]
        requests[name] = pd.to_datetime(pd.Series(instants), utc=True)
    return {"purchases": purchases, "interactions": interactions, "requests": requests}


def _by(frame: Any) -> Any:  # noqa: ANN401 - pandas carries no types
    return frame.groupby(["team", "month"], observed=True)


def _keys(series: Any) -> dict[Key, Any]:  # noqa: ANN401 - as above
    return {(str(team), int(month)): value for (team, month), value in series.items()}


def _ratio_of(upper: Any, lower: Any) -> dict[Key, Any]:  # noqa: ANN401 - as above
    found = _keys(upper)
    return full(
        {key: over(int(found.get(key, 0)), int(n)) for key, n in _keys(lower).items()}, None
    )


def sales_by_pandas(frames: Frames) -> dict[Key, Any]:
    """Sum cents."""
    sums = _keys(_by(frames["purchases"])["cents"].sum())
    return full({key: Fraction(int(cents), 100) for key, cents in sums.items()})


def orders_by_pandas(frames: Frames) -> dict[Key, Any]:
    """Count rows."""
    frame = frames["purchases"]
    return full(_keys(_by(frame[frame["quantity"] >= 1]).size()))


def mean_by_pandas(frames: Frames) -> dict[Key, Any]:
    """Take sums, squares and counts."""
    frame = frames["purchases"].assign(squares=lambda f: f["cents"] ** 2)
    found = _by(frame).agg(total=("cents", "sum"), n=("cents", "size"), squares=("squares", "sum"))
    pairs = zip(_keys(found["total"]).items(), _keys(found["n"]).values(), strict=True)
    return full({key: over(Fraction(int(total), 100), int(n)) for (key, total), n in pairs}, None)


def buyers_by_pandas(frames: Frames) -> dict[Key, Any]:
    """Count different customers."""
    return full(_keys(_by(frames["purchases"])["customer"].nunique()))


def new_by_pandas(frames: Frames) -> dict[Key, Any]:
    """Take the first row of each customer."""
    frame = frames["purchases"].sort_values("at", kind="stable")
    return full(_keys(_by(frame.drop_duplicates("customer")).size()))


def retention_by_pandas(frames: Frames) -> dict[Key, Any]:
    """Take the customers of the days before each edge, and join them with the next ones."""
    frame = frames["purchases"][["team", "customer", "day"]]
    active = []
    for edge in EDGES:
        days = frame["day"]
        rows = frame[(days < edge) & (days >= edge - ACTIVE_DAYS)]
        active.append(rows[["team", "customer"]].drop_duplicates())
    found: dict[Key, Any] = {}
    for n, (before, after) in enumerate(pairwise(active)):
        opening = before.groupby("team", observed=True).size()
        kept = before.merge(after).groupby("team", observed=True).size()
        for team, lower in opening.items():
            found[str(team), n] = over(int(kept.get(team, 0)), int(lower))
    return full(found, None)


def repeat_by_pandas(frames: Frames) -> dict[Key, Any]:
    """Join each customer's first day with the next other one."""
    frame = frames["purchases"]
    first = frame.groupby("customer", observed=True)["day"].min()
    others = frame[["customer", "day"]].join(first.rename("first"), on="customer")
    others = others[others["day"] > others["first"]]
    second = others.groupby("customer", observed=True)["day"].min()
    rows = frame.sort_values("at", kind="stable").drop_duplicates("customer").set_index("customer")
    rows = rows[rows["day"] + REPEAT_DAYS < AS_OF.toordinal()]
    is_back = second.reindex(rows.index) <= rows["day"] + REPEAT_DAYS
    rows = rows.assign(is_back=is_back.fillna(value=False).astype(int)).reset_index()
    return _ratio_of(_by(rows)["is_back"].sum(), _by(rows).size())


def calls_by_pandas(frames: Frames) -> dict[Key, Any]:
    """Count calls and rows."""
    by = _by(frames["interactions"])["is_call"]
    return _ratio_of(by.sum(), by.size())


def in_time_by_pandas(frames: Frames) -> dict[Key, Any]:
    """Compare the columns of instants."""
    frame, edge = frames["requests"], pd.Timestamp(midnight(AS_OF, ZONE))
    done = frame["solved_at"].where(frame["solved_at"] < edge)
    is_good = done <= frame["solution_due_at"]
    rows = frame.assign(is_good=is_good)[is_good | (frame["solution_due_at"] < edge)]
    return _ratio_of(_by(rows)["is_good"].sum(), _by(rows).size())


def hours_by_pandas(frames: Frames) -> dict[Key, Any]:
    """Subtract instants, and estimate group by group."""
    frame, edge = frames["requests"], pd.Timestamp(midnight(AS_OF, ZONE))
    is_done = frame["solved_at"] < edge
    until = frame["solved_at"].where(is_done, edge)
    took = (until - frame["at"]) // pd.Timedelta(microseconds=1)
    found = {}
    for (team, month), rows in _by(frame.assign(took=took, is_done=is_done)):
        cases = zip(rows["took"].tolist(), rows["is_done"].tolist(), strict=True)
        found[str(team), int(month)] = _hours(kaplan_meier(cases).quantile(0.5))
    return full(found, None)


BY_PANDAS: Final[dict[str, Callable[[Frames], dict[Key, Any]]]] = {
    "sales": sales_by_pandas,
    "large orders": orders_by_pandas,
    "mean order": mean_by_pandas,
    "buyers": buyers_by_pandas,
    "new customers": new_by_pandas,
    "retention": retention_by_pandas,
    "repeat rate": repeat_by_pandas,
    "share of calls": calls_by_pandas,
    "solved in time": in_time_by_pandas,
    "hours to solve": hours_by_pandas,
}


# The clock


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the collector of garbage from adding its time to whoever happens to run."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds of CPU time that a run takes, and what it gives."""
    with quiet():
        start = time.process_time()
        found = run()
        return time.process_time() - start, found


def check(name: str, ways: Mapping[str, dict[Key, Any]]) -> None:
    """Want all ways to give the same numbers."""
    (first, numbers), *others = ways.items()
    for way, found in others:
        for key, number in numbers.items():
            other = found[key]
            is_same = number is other is None or (
                number is not None
                and other is not None
                and abs(float(number) - float(other)) <= 1e-9 * max(1, abs(float(number)))
            )
            if not is_same:
                sys.exit(f"{name}, {key}: {first} gives {number}, {way} gives {other}")


def one_by_one(records: Records) -> None:
    """Print what each measure takes in each way."""
    making, frames = timed(lambda: frames_of(records))
    print("Seconds of CPU time for each measure by itself, 24 months by 6 teams\n")
    print(f"{'':16}{'by hand':>10}{'crmcore':>10}{'ratio':>8}{'pandas':>10}")
    sums = defaultdict[str, float](float)
    for name, measure in MEASURES.items():
        seconds = defaultdict[str, list[float]](list)
        for _ in range(ROUNDS):
            runs: dict[str, Callable[[], Any]] = {
                "hand": partial(BY_HAND[name], records),
                "crmcore": partial(counted, {name: measure}, records),
                "pandas": partial(BY_PANDAS[name], frames),
            }
            found = {}
            for way, run in runs.items():
                took, answer = timed(run)
                seconds[way].append(took)
                found[way] = told(answer, name) if way == "crmcore" else answer
            check(name, found)
        hand, ours, theirs = (statistics.median(seconds[way]) for way in runs)
        for way, took in (("hand", hand), ("crmcore", ours), ("pandas", theirs)):
            sums[way] += took
        print(f"{name:16}{hand:10.2f}{ours:10.2f}{ours / hand:8.2f}{theirs:10.2f}")
    hand, ours, theirs = (sums[way] for way in ("hand", "crmcore", "pandas"))
    print(f"{'all, apart':16}{hand:10.2f}{ours:10.2f}{ours / hand:8.2f}{theirs:10.2f}")
    together, table = timed(lambda: counted(MEASURES, records))
    for name in MEASURES:
        check(name, {"hand": BY_HAND[name](records), "together": told(table, name)})
    print(f"{'all in one':16}{'':10}{together:10.2f}{together / hand:8.2f}")
    print(f"\npandas needs {making:.2f} s more to make its columns from the records\n")


def growth(records: Records) -> None:
    """Print what more records cost."""
    print("Seconds for all ten in one tally, and microseconds for each record\n")
    for part in (0.25, 0.5, 1.0):
        some = records.share(part)
        count = sum(map(len, some.by_source.values()))
        took = statistics.median(timed(partial(counted, MEASURES, some))[0] for _ in range(ROUNDS))
        print(f"{count:12,} records{took:10.2f}{1e6 * took / count:10.2f}")
    print()


def a_day_more(records: Records) -> None:
    """Print what a new day costs a tally that holds a year."""
    last = date(1998, 12, 31)
    year = Period(date(1998, 1, 1), date(1999, 1, 1))
    begin = midnight(year.start, ZONE)
    edge = midnight(last, ZONE)
    kept: dict[str, list[Any]] = {}
    new: dict[str, list[Any]] = {}
    for source, found in records.by_source.items():
        kept[source] = [each for each in found if begin <= getattr(each, DAY[source]) < edge]
        new[source] = [each for each in found if getattr(each, DAY[source]) >= edge]

    def add(tally: Tally, some: Mapping[str, Sequence[Any]]) -> None:
        for source, found in some.items():
            tally.add_all(found, source)

    tally = tally_of(MEASURES)
    whole, _ = timed(lambda: add(tally, kept))
    day, _ = timed(lambda: add(tally, new))
    print("Seconds to add records to all ten\n")
    for what, took, some in (("a year", whole, kept), ("one day more", day, new)):
        print(f"{what:16}{sum(map(len, some.values())):10,} records{took:12.4f}")
    print(f"{'':16}{'':18}{whole / day:10.0f} times less\n")


def main() -> None:
    """Make the records and print the tables."""
    part = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    records = make(part)
    gc.freeze()
    one_by_one(records)
    growth(records)
    a_day_more(records)


if __name__ == "__main__":
    main()
