"""What the default policy makes of customers."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import attrs
import pytest

from crmcore.activities import Purchase, PurchaseId
from crmcore.calendar import months_after
from crmcore.features import CustomerFeatures, collect
from crmcore.kernel import CustomerId, Money
from crmcore.lifecycle import Stage, StageHistory
from crmcore.policies import Policy
from crmcore.segments import RfmCell, TierHistory

CDNOW = Path(__file__).parents[2] / "examples" / "data" / "cdnow_master.csv.gz"
FIRST = date(1997, 2, 1)
MONTHS = [months_after(FIRST, month) for month in range(18)]
POLICY = Policy.default()


def bought(customer: str, day: date, amount: str = "35.00", ordinal: int = 0) -> Purchase:
    """Return a purchase at noon in New York."""
    return Purchase(
        id=PurchaseId(f"{customer}-{day}-{ordinal}"),
        customer=CustomerId(customer),
        at=datetime(day.year, day.month, day.day, 17, tzinfo=UTC),
        amount=Money(amount, "USD"),
    )


def course(*days: date, amount: str = "35.00") -> list[CustomerFeatures]:
    """Return Ada's features when each month begins, for the days on which she bought."""
    trails = collect(
        [bought("ada", day, amount) for day in days], zone=POLICY.zone, currency=POLICY.currency
    )
    return [trails[CustomerId("ada")].at(month, window_days=POLICY.window_days) for month in MONTHS]


def test_a_whole_life() -> None:
    """A customer who comes, stays, leaves and returns goes through all stages, by the month."""
    history = POLICY.stages.replay(
        course(
            date(1997, 2, 3),
            date(1997, 3, 3),
            date(1997, 3, 10),
            date(1997, 3, 17),
            date(1997, 3, 24),
            date(1998, 5, 4),
            date(1998, 6, 4),
        )
    )

    assert [(change.day, change.after) for change in history.changes] == [
        (date(1997, 3, 1), Stage.NEW),
        (date(1997, 4, 1), Stage.LOYAL),
        (date(1997, 8, 1), Stage.AT_RISK),
        (date(1998, 4, 1), Stage.LOST),
        (date(1998, 6, 1), Stage.REACTIVATED),
        (date(1998, 7, 1), Stage.ACTIVE),
    ]


def test_a_habit_that_fades() -> None:
    """A loyal customer with one occasion left in the window is active, and no more."""
    history = POLICY.stages.replay(
        course(*(date(1997, 2, day) for day in (3, 4, 5, 6, 7)), date(1997, 6, 2))
    )

    assert [change.after for change in history.changes[:3]] == [
        Stage.NEW,
        Stage.LOYAL,
        Stage.ACTIVE,
    ]
    assert history.changes[2].rule.name == "cooled_down"


@pytest.mark.parametrize(
    ("days", "stage"), [(120, Stage.NEW), (121, Stage.AT_RISK), (366, Stage.LOST)]
)
def test_limits_of_silence(days: int, stage: Stage) -> None:
    """120 days of silence are no risk yet, and more than a year is a loss."""
    features = CustomerFeatures(
        customer=CustomerId("ada"), as_of=FIRST, days_since_last=days, frequency=1
    )

    change = POLICY.stages.step(Stage.NEW, features)

    assert (change.after if change else Stage.NEW) is stage


@pytest.mark.parametrize("cell", list(RfmCell.every()), ids=str)
def test_every_cell_has_one_segment(cell: RfmCell) -> None:
    """Each of the 125 cells belongs to exactly one segment of the default table."""
    holding = [s.name for s in POLICY.segments.segments if s.criterion.holds(cell)]

    assert len(holding) == 1


@attrs.frozen(kw_only=True)
class Judged:
    """One customer's verdicts on 1 July 1998."""

    features: CustomerFeatures
    stages: StageHistory
    tiers: TierHistory


def purchases() -> Iterator[Purchase]:
    """Yield the purchases of every tenth customer of CDNOW."""
    with gzip.open(CDNOW, "rt", encoding="utf-8", newline="") as file:
        for ordinal, row in enumerate(csv.DictReader(file)):
            if row["customer_id"].endswith("5"):
                day = date.fromisoformat(row["date"])
                yield bought(row["customer_id"], day, row["dollar_value"], ordinal)


@cache
def everybody() -> tuple[Judged, ...]:
    """Return every tenth customer of CDNOW, judged as a review judges them."""
    found = []
    trails = collect(purchases(), zone=POLICY.zone, currency=POLICY.currency)
    for trail in trails.values():
        months = [trail.at(month, window_days=POLICY.window_days) for month in MONTHS]
        cell = POLICY.rfm.cell(months[-1])
        assert cell is not None
        segment = POLICY.segments.assign(cell)
        assert segment is not None
        found.append(
            Judged(
                features=attrs.evolve(
                    months[-1], r=cell.r, f=cell.f, m=cell.m, segment=segment.name
                ),
                stages=POLICY.stages.replay(months),
                tiers=POLICY.tiers.replay(months),
            )
        )
    return tuple(found)


def test_all_stages_have_members_on_real_purchases() -> None:
    """On CDNOW, every stage has customers at some time; in the end most are lost."""
    met = {each.stages.stage_at(month) for each in everybody() for month in MONTHS}
    last = Counter(each.stages.stage for each in everybody())

    assert met == set(Stage)
    assert 0.60 < last[Stage.LOST] / len(everybody()) < 0.70
    assert 0.05 < last[Stage.LOYAL] / len(everybody()) < 0.10


def test_all_segments_have_members_on_real_purchases() -> None:
    """On CDNOW, every segment has customers, and the champions pay for a third of everything."""
    count = Counter(each.features.segment for each in everybody())
    champions = sum(e.features.spend for e in everybody() if e.features.segment == "champions")

    assert set(count) == {segment.name for segment in POLICY.segments.segments}
    assert 0.3 < champions / sum(each.features.spend for each in everybody()) < 0.4


def test_tiers_are_a_pyramid_on_real_purchases() -> None:
    """On CDNOW, each tier has fewer customers than the one below it, and few ever flap."""
    count = Counter(each.tiers.tier for each in everybody())
    sizes = [count[tier.name] for tier in POLICY.tiers.tiers]

    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] > 0
    assert sum(len(e.tiers.changes) > 4 for e in everybody()) / len(everybody()) < 0.05


def test_every_rule_gives_points_on_real_purchases() -> None:
    """On CDNOW, every rule but the one for contacts gives points to somebody, and to few all."""
    scores = [POLICY.rules.score(each.features, as_of=MONTHS[-1]) for each in everybody()]
    giving = {entry.rule for score in scores for entry in score.ledger}

    silent = {rule.name for rule in POLICY.rules.rules} - giving
    assert silent == {"was in touch"}
    assert all(0 <= score.value <= 100 for score in scores)
    assert sum(score.value >= 80 for score in scores) / len(scores) < 0.1
