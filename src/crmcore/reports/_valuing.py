"""What the customers are worth: the total, who is slipping away, and the models behind it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from crmcore.kernel import Undefined, round_half_up
from crmcore.reviews import CustomerValue, Judgement

from . import _value_tables as of_value
from ._blocks import Block, Lines, Pictures, Rows, Swatch, Telling, Words
from ._colours import ACCENT, FAINT, INK
from ._plan_tables import name_of
from ._value_views import tenths, tracking

_SLIPPING: Final = 20
_LEDGERS: Final = 5


def what_they_are_worth(telling: Telling) -> Iterator[Block]:
    """Tell what the customers are worth, who is slipping away, and how that is known."""
    value = telling.review.value
    if isinstance(value, Undefined):
        why = value.detail
        yield Words(telling.say(f"It cannot be told: {why.en}.", f"无法估算：{why.zh}。"))
        return
    yield Words(_total(telling, value))
    if telling.has_pictures:
        yield _pictures(telling, value)
    yield Rows(
        table=of_value.tenths(telling.review),
        summary=telling.say("the tenths in numbers", "各十分位数值明细"),
    )
    yield from _slipping(telling, value)
    yield from _models(telling, value)


def _total(telling: Telling, value: CustomerValue) -> str:
    """Say what all of them are expected to bring, and what that means."""
    horizon, rate, what = value.horizon.words, value.discount.words, value.meant
    total, code = _amount(value.total), value.currency
    low, high = _amount(value.interval.low), _amount(value.interval.high)
    one = value.customers == 1
    people = "1 customer who has" if one else f"{value.customers:,} customers who have"
    times, alive = _amount(value.expected_purchases), _amount(value.alive)
    said = telling.say(
        f"Of the {people} bought, about {alive} {_are(alive)} still there. "
        f"Within {horizon.en} they are expected to buy on {times} occasions, and that to bring "
        f"{total} {code} of {what.en}, discounted by {rate.en} (as far as the models' parameters "
        f"are known, {low} to {high}). ",
        f"在{value.customers:,}位购买过的客户中，预计约{alive}位仍为客户。预计{horizon.zh}内购买"
        f"{times}次，按{rate.zh}折现后带来{what.zh}{total} {code}"
        f"（仅计参数不确定性，区间为{low}至{high}）。",
    )
    if value.is_sales:
        return said + telling.say(
            "That is sales and no profit: the policy states a margin of 1.",
            "该数值为销售额而非利润：规则集中的利润率为1。",
        )
    margin = _percent(value.margin)
    return said + telling.say(
        f"That is what stays with the company: {margin} of what is paid.",
        f"该数值为公司所得，即付款额的{margin}。",
    )


def _pictures(telling: Telling, value: CustomerValue) -> Pictures:
    until = value.histories.as_of
    return Pictures(
        pictures=(
            tracking(value, telling.language),
            tenths(telling.review, telling.language),
        ),
        caption=telling.say(
            "On the left, all purchases after the first of each customer, week by week until "
            f"{until}, and how many the model of purchases makes of them: where the lines part, "
            "the customers behave otherwise than it assumes. On the right, which share of the "
            "value each tenth of the customers brings, the most valuable tenth first, and which "
            "share of the spend so far it has brought.",
            f"左图为截至{until}各周累计的重复购买次数及购买模型的预计值：两线分离之处，客户行为"
            "与模型假设不符。右图为按价值排序的各十分位客户的价值占比与累计消费额占比，"
            "最有价值者在左。",
        ),
        shape="pair",
        legend=(
            Swatch(
                label=telling.say("repeat purchases; share of the value", "重复购买次数；价值占比"),
                colour=ACCENT,
            ),
            Swatch(
                label=telling.say("by the model (dashed)", "模型预计（虚线）"),
                colour=INK,
                is_hollow=True,
            ),
            Swatch(
                label=telling.say("share of the spend so far", "累计消费额占比"),
                colour=FAINT,
            ),
        ),
    )


def _slipping(telling: Telling, value: CustomerValue) -> Iterator[Block]:
    """Tell who is slipping away, and how the value of the first of them comes about."""
    review, rule = telling.review, telling.review.policy.value
    slipping = review.slipping
    yield telling.heading("Who is slipping away", "正在流失的客户")
    if value.dropout is not None and not value.tells_who_leaves:
        why = value.dropout.words
        yield Words(telling.say(f"It cannot be told: {why.en}.", f"无法判断：{why.zh}。"))
        return
    if rule is None or not slipping:
        yield Words(telling.say("Nobody, by the policy.", "按规则集，目前没有正在流失的客户。"))
        return
    most, days = _percent(rule.slipping_below), f"{rule.gone_after_days:,}"
    stake = _amount(sum((one.value_if_alive or Decimal(0) for one in slipping), Decimal(0)))
    there = _amount(sum((one.features.alive or Decimal(0) for one in slipping), Decimal(0)))
    worth, code = f"{rule.worth:,}", value.currency
    yield Words(
        telling.say(
            f"Customers who are alive with a probability below {most}, who bought last at most "
            f"{days} days ago, and who would be worth {worth} {code} or more had they not left: "
            f"{len(slipping):,}, together {stake} {code}. By the model about {there} of them "
            f"{_are(there)} still there. Those who would be worth most stand first.",
            f"存活概率低于{most}、距上次购买不超过{days}天、且若未流失价值不低于{worth} {code}的"
            f"客户：共{len(slipping):,}位，合计{stake} {code}。模型估计其中约{there}位仍为"
            "客户。按该价值从高到低排列。",
        )
    )
    yield Rows(table=of_value.slipping(review), limit=_SLIPPING)
    yield Lines(
        summary=telling.say("how the first of them come by their value", "前几位客户价值的由来"),
        lines=tuple(_ledger(telling, one) for one in slipping[:_LEDGERS]),
        source="values",
    )


def _ledger(telling: Telling, one: Judgement) -> str:
    owner = name_of(telling.review, one.owner)
    words = "" if one.value is None else telling.read(one.value.words)
    return telling.say(f"{words}; owner {owner}", f"{words}；负责人{owner}")


def _models(telling: Telling, value: CustomerValue) -> Iterator[Block]:
    """Tell which models say so, and what speaks against them."""
    yield telling.heading("What that rests on", "估算依据")
    people = len(value.histories)
    names = (value.purchases.NAME, value.spend.NAME)
    yield Words(
        telling.say(
            f"Two models, fitted to what {people:,} customers had bought until "
            f"{value.histories.as_of}: {names[0]} tells how often customers buy and when they "
            f"leave, {names[1]} what they spend.",
            f"两个模型由截至{value.histories.as_of}的{people:,}位客户的购买记录拟合："
            f"{names[0]}说明购买频率与流失，{names[1]}说明每次花费。",
        )
    )
    apart = value.independence.words
    yield Words(telling.say(f"Both are multiplied: {apart.en}.", f"两者相乘：{apart.zh}。"))
    for caution in value.cautions:
        yield Words(telling.say(f"To know: {caution.en}.", f"请注意：{caution.zh}。"))
    yield Rows(
        table=of_value.models(telling.review),
        summary=telling.say("the parameters", "模型参数"),
    )
    yield Rows(
        table=of_value.tracking(telling.review),
        summary=telling.say("repeat purchases by week", "重复购买的周累计"),
    )


def _percent(share: Decimal) -> str:
    """Return a share that a policy states, with as many digits as it does."""
    return f"{(100 * share).normalize():f} %"


def _are(count: str) -> str:
    """Return the English verb of a count."""
    return "is" if count == "1" else "are"


def _amount(amount: Decimal | float) -> str:
    return f"{round_half_up(Decimal(amount), 0):,}"
