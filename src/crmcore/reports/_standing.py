"""Where the customers stand: stages, segments, tiers, and scores with their ledgers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from crmcore.lifecycle import Stage
from crmcore.reviews import Judgement
from crmcore.scoring import Entry, EntryKind

from . import _customer_tables as of_customers
from ._blocks import Block, Lines, Pictures, Rows, Swatch, Telling, Words
from ._colours import NONE, STAGES, ramp
from ._plan_tables import name_of
from ._table import Kind, Table, show
from ._views import flow, maps

_LEDGERS: Final = 5


def where_customers_stand(telling: Telling) -> Iterator[Block]:
    """Tell of stages, segments, tiers and scores."""
    review = telling.review
    if telling.has_pictures:
        yield _flow(telling)
    yield Rows(table=_without_ids(of_customers.groups(review, "stages")))
    yield Rows(
        table=of_customers.flows(review),
        summary=telling.say("the moves of each month", "每月流动明细"),
    )
    yield telling.heading("Segments", "客户细分")
    if telling.has_pictures:
        yield _maps(telling)
    yield Rows(table=_without_ids(of_customers.groups(review, "segments")))
    yield Rows(
        table=of_customers.cells(review),
        summary=telling.say("the cells in numbers", "各单元格数值明细"),
    )
    yield telling.heading("Tiers", "客户层级")
    yield Rows(table=_without_ids(of_customers.groups(review, "tiers")))
    yield from _ledgers(telling)


def _flow(telling: Telling) -> Pictures:
    return Pictures(
        pictures=(flow(telling.review, telling.language),),
        caption=telling.say(
            "How customers went from stage to stage. A band has the colour of the stage that "
            "was left; those in pale bands stayed where they were.",
            "客户在各阶段之间的流动。色带取离开阶段的颜色，浅色为停留在原阶段。",
        ),
        shape="wide",
        legend=tuple(
            Swatch(label=telling.read(stage.label), colour=STAGES[stage.value]) for stage in Stage
        ),
    )


def _maps(telling: Telling) -> Pictures:
    named = of_customers.labels(telling.review, "segments")
    absent = sum(
        one.features.r is None or one.features.f is None for one in telling.review.judgements
    )
    caption = telling.say(
        "Recency by frequency: on the left the customers, on the right what they paid so far. "
        "The area of a block tells its share of the whole, in both maps by the same scale; its "
        "colours tell the segments. ",
        "最近购买与购买频次：左图为客户数，右图为累计消费额。方块面积表示占比，两图比例尺相同；"
        "颜色表示所属细分。",
    )
    if absent:
        caption += telling.say(
            f"Not on the maps: {absent:,} without a score, as they have bought nothing yet.",
            f"图中不含尚无购买记录、因而没有得分的{absent:,}位客户。",
        )
    colours = ramp(tuple(named))
    legend = [Swatch(label=telling.read(named[name]), colour=colours[name]) for name in named]
    if any(one.features.segment is None for one in telling.review.judgements):
        legend.append(Swatch(label=telling.read(of_customers.NONE), colour=NONE))
    return Pictures(
        pictures=tuple(maps(telling.review, telling.language)),
        caption=caption.strip(),
        shape="pair",
        legend=tuple(legend),
    )


def _ledgers(telling: Telling) -> Iterator[Block]:
    worth_a_call = _worth_a_call(telling.review.judgements)
    if not worth_a_call:
        return
    yield telling.heading("Scores, and what they are made of", "评分及其明细")
    yield Words(
        telling.say(
            "The customers at risk with the highest scores; each score is the sum of its ledger.",
            "评分最高且存在流失风险的客户；评分等于明细之和。",
        )
    )
    for one in worth_a_call:
        yield _ledger(telling, one)


def _worth_a_call(judgements: Sequence[Judgement]) -> list[Judgement]:
    """Return the customers at risk with the highest scores."""
    going = [one for one in judgements if one.stages.stage is Stage.AT_RISK]
    return sorted(going, key=lambda one: (-one.score.value, one.customer))[:_LEDGERS]


def _ledger(telling: Telling, one: Judgement) -> Lines:
    owner = name_of(telling.review, one.owner)
    score = show(one.score.value, Kind.NUMBER, telling.language)
    stage, since = one.stages.stage.label, one.stages.entered
    tier = of_customers.labels(telling.review, "tiers")[one.tiers.tier]
    lines = [
        f"{entry.rule}: {_points(telling, entry)} · {telling.read(entry.reason)}"
        for entry in one.score.ledger
    ]
    lines += [
        f"{change.day}: {telling.read(change.before.label)} → {telling.read(change.after.label)} · "
        f"{telling.read(change.reason)}"
        for change in one.stages.changes
    ]
    return Lines(
        summary=telling.say(
            f"customer {one.customer}: score {score}, {stage.en} since {since}, "
            f"tier {tier.en}, owner {owner}",
            f"客户{one.customer}：评分{score}，{since}起为{stage.zh}，层级{tier.zh}，负责人{owner}",
        ),
        lines=tuple(lines),
        source="ledger",
    )


def _points(telling: Telling, entry: Entry) -> str:
    """Return how the points of an entry come about."""
    if entry.kind is EntryKind.UNKNOWN:
        at_stake = _exact(entry.at_stake)
        return telling.say(f"0, {at_stake} at stake", f"0，待定{at_stake}分")
    if entry.age_days is None:
        return _exact(entry.points)
    days = entry.age_days
    age = telling.say(f"{days} day{'' if days == 1 else 's'} old", f"距今{days}天")
    return f"{_exact(entry.base)} × {_exact(entry.factor)} ({age}) = {_exact(entry.points)}"


def _exact(points: Decimal) -> str:
    text = f"{points:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _without_ids(groups: Table) -> Table:
    """Return a table of groups without the words that only machines read."""
    return groups.only(lambda column: column != "id")
