"""Definitions: what they say of themselves, and what they refuse to be."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from crmcore.calendar import Grain
from crmcore.criteria import F
from crmcore.errors import InvalidValueError
from crmcore.measures import (
    Additivity,
    Agreement,
    Balance,
    Both,
    Concentration,
    Conversion,
    Count,
    Cumulative,
    Derived,
    Distinct,
    Duration,
    First,
    InTime,
    Last,
    LikeForLike,
    Max,
    Mean,
    Measure,
    Min,
    Newcomers,
    Previous,
    Quantile,
    Rank,
    Ratio,
    Stock,
    Sum,
)

WHO = Distinct("customer")
AT_START = Cumulative(WHO, "active_days", until="start")
AT_END = Cumulative(WHO, "active_days")
BUY = F.kind == "buy"

ADD, LAST, ANEW = Additivity.ADDITIVE, Additivity.SEMI_ADDITIVE, Additivity.NON_ADDITIVE

# Each measure with what becomes of it over time, whether its groups add up, and its words.
TOLD: list[tuple[Measure, Additivity, bool, str, str]] = [
    (
        Count(BUY, source="orders"),
        ADD,
        True,
        "the number of orders where kind is buy",
        "数量（orders）（条件：kind 等于 buy）",
    ),
    (Sum("x"), ADD, True, "the sum of x", "x之和"),
    (
        Sum("x", until="end"),
        ANEW,
        True,
        "the sum of x with all days up to end in the period",
        "x之和（至end的各日均在本期内）",
    ),
    (Mean("x"), ANEW, False, "the mean x", "x均值"),
    (Quantile("x", "0.9"), ANEW, False, "the 0.9 quantile of x", "x的0.9分位数"),
    (WHO, ANEW, False, "the number of different values of customer", "customer的不同取值数"),
    (Min("x"), ANEW, False, "the least x", "x最小值"),
    (Max("x"), ANEW, False, "the largest x", "x最大值"),
    (First("x"), ANEW, False, "the first x", "x首个值"),
    (Last("x"), LAST, False, "the last x", "x末个值"),
    (
        Stock("since"),
        LAST,
        True,
        "the number that last at the end, from since on",
        "期末存续数（自since起）",
    ),
    (
        Stock("since", "until", "mean"),
        ANEW,
        True,
        "the number that last in the daily mean, from since to until",
        "日均存续数（自since至until）",
    ),
    (
        Balance("x", "customer"),
        ANEW,
        False,
        "the sum of the last x of each customer",
        "各customer的x末个值之和",
    ),
    (
        Newcomers("customer"),
        ADD,
        True,
        "the number of customer values with their very first record",
        "首次出现的customer数",
    ),
    (
        LikeForLike("x", "customer", "kept", "before"),
        ANEW,
        False,
        "the sum of x now, and no more than before, of each customer that were there before",
        "上期在的customer的本期（以上期为上限）x之和",
    ),
    (
        Concentration("x", "customer"),
        ANEW,
        False,
        "the share of x that the largest 0.2 of all customer values hold",
        "x最大的前0.2比例customer所占份额",
    ),
    (
        Agreement("x", "question", within=1),
        ANEW,
        False,
        "the share of pairs of x values of one question that differ by at most 1",
        "同一question的x值对中相差不超过1的比例",
    ),
    (
        Rank(Mean("x"), "index", "peer", "lowest"),
        ANEW,
        False,
        "the rank of the mean x among the latest index of each peer, the lowest being the first",
        "x均值在各peer最新index中的名次（最低为先）",
    ),
    (
        Rank(Last("x"), "index", "peer"),
        LAST,
        False,
        "the rank of the last x among the latest index of each peer, the highest being the first",
        "x末个值在各peer最新index中的名次（最高为先）",
    ),
    (
        Conversion("customer", days=30, first=True, later_day=True),
        ANEW,
        False,
        (
            "the share of first events that an event of the same customer follows within 30 days "
            "on a later day"
        ),
        "首次事件在30天内（次日起）由同一customer的事件跟进的比例",
    ),
    (
        Conversion("customer", BUY, days=1, into="calls"),
        ANEW,
        False,
        (
            "the share of events where kind is buy that an event of calls of the same customer "
            "follows within 1 day"
        ),
        "事件（条件：kind 等于 buy）在1天内由同一customer的事件（calls）跟进的比例",
    ),
    (
        InTime("since", "done", "due"),
        ANEW,
        False,
        "the share of cases with done by due",
        "在due前完成（done）的个案比例",
    ),
    (
        InTime("since", "done", days="wait"),
        ANEW,
        False,
        "the share of cases with done within wait days after since",
        "在since后wait天内完成（done）的个案比例",
    ),
    (
        Duration("since", "until", calendar="service", pauses="pauses"),
        ANEW,
        False,
        (
            "the hours within which 0.5 of all cases go from since to until on the calendar "
            "service without pauses"
        ),
        "0.5的个案由since至until所需小时数，按service日历，扣除pauses",
    ),
    (
        Duration("since", "until", "0.9", "days"),
        ANEW,
        False,
        "the days within which 0.9 of all cases go from since to until",
        "0.9的个案由since至until所需天数",
    ),
    (
        Cumulative(Sum("x"), 30),
        LAST,
        True,
        "the sum of x, in the 30 days before the end of the period",
        "期末前30天内的x之和",
    ),
    (
        Cumulative(WHO, to_date=Grain.YEAR, until="start"),
        ANEW,
        False,
        (
            "the number of different values of customer, from the beginning of the year to the "
            "start of the period"
        ),
        "自年初至期初的customer的不同取值数",
    ),
    (
        Cumulative(WHO),
        LAST,
        False,
        "the number of different values of customer, up to the end of the period",
        "截至期末的customer的不同取值数",
    ),
    (Previous(Sum("x")), ANEW, True, "the sum of x, in the period before", "上一期的x之和"),
    (
        Previous(Sum("x"), Grain.YEAR),
        ADD,
        True,
        "the sum of x, one year before",
        "一年前同期的x之和",
    ),
    (
        Both(WHO, AT_END),
        ANEW,
        False,
        (
            "how many are in both: the number of different values of customer; the number of "
            "different values of customer, in the active_days days before the end of the period"
        ),
        "同属两者的数量：customer的不同取值数；期末前active_days天内的customer的不同取值数",
    ),
    (
        Ratio(Sum("x"), Count()),
        ANEW,
        False,
        "the sum of x, divided by the number",
        "x之和 ÷ 数量",
    ),
    (
        Derived("total", (Count(), Sum("x"))),
        ADD,
        True,
        "the total of (the number; the sum of x)",
        "total（数量；x之和）",
    ),
    (
        Derived("rescale", (Mean("x"),), {"low": 1, "high": "top"}),
        ANEW,
        False,
        "the rescale of (the mean x) with low = 1, high = top",
        "rescale（x均值；low = 1, high = top）",
    ),
    (
        Derived("own", (Last("x"), Stock("since"))),
        LAST,
        False,
        "the own of (the last x; the number that last at the end, from since on)",
        "own（x末个值；期末存续数（自since起））",
    ),
]


@pytest.mark.parametrize(
    ("measure", "additivity", "groups_add_up", "en", "zh"),
    TOLD,
    ids=[str(place) for place, _ in enumerate(TOLD)],
)
def test_a_definition_tells_what_it_measures(
    measure: Measure, additivity: Additivity, groups_add_up: object, en: str, zh: str
) -> None:
    """In words, in both languages, with what may be done with its values, and what it keeps."""
    assert (str(measure), measure.words.zh) == (en, zh)
    assert measure.additivity is additivity
    assert measure.sums_over_groups is groups_add_up
    assert measure.memory.en
    assert measure.memory.zh
    assert measure == type(measure)(**_arguments(measure))
    assert hash(measure) == hash(type(measure)(**_arguments(measure)))


def _arguments(measure: Any) -> dict[str, Any]:  # noqa: ANN401 - any definition
    fields = type(measure).__attrs_attrs__
    return {f.name: getattr(measure, f.name) for f in fields if f.init}


def test_every_definition_is_told() -> None:
    """A new definition needs words of its own."""
    kinds = {type(measure).__name__ for measure, *_ in TOLD}

    names = (
        "Agreement Balance Both Concentration Conversion Count Cumulative Derived Distinct "
        "Duration First InTime Last LikeForLike Max Mean Min Newcomers Previous Quantile Rank "
        "Ratio Stock Sum"
    )
    assert kinds == set(names.split())


def test_sets_of_the_same_last_days_are_a_last_value() -> None:
    """Who is in both at the end of a quarter is who is in both at the end of its last month."""
    assert Both(AT_END, Cumulative(WHO, 30)).additivity is LAST
    assert Ratio(AT_END, Cumulative(WHO, 30)).additivity is LAST


def test_a_definition_names_its_sources_and_parameters() -> None:
    """What has to be handed in can be asked before anything is counted."""
    measure = Derived(
        "weighted_mean",
        (
            Rank(Count(source="orders"), "index", "peer", source="figures"),
            Ratio(Both(AT_START, AT_END), AT_START, proportion=True),
            Conversion("customer", days="wait", source="leads", into="orders"),
            InTime("since", "done", days="limit", source="tasks"),
        ),
        {"a": "weight", "b": "0.5", "c": 0, "d": 0},
    )

    assert measure.sources == {"orders", "figures", None, "leads", "tasks"}
    assert measure.parameters == {"active_days", "wait", "limit", "weight"}
    assert Duration("since", "until").parameters == frozenset()


def test_parts_that_keep_different_things_say_all_of_them() -> None:
    """What a compound keeps is what its parts keep, each said once."""
    mixed = Ratio(Count(), Distinct("customer"))

    assert mixed.memory.en == (
        "a few numbers for each day and group; each entity of each day and group"
    )
    assert Ratio(Count(), Sum("x")).memory == Count().memory


REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: Count(source="two words"), "source must be the name of a kind of records"),
    (lambda: Sum("x", until="a b"), "until must be the name of a field"),
    (lambda: Conversion("c", days=0), "days must be a whole number of days, 1 or more"),
    (lambda: Conversion("c", days=True), "days must be a whole number of days"),
    (lambda: Conversion("c", days=1.5), "days must be a whole number of days"),  # type: ignore[arg-type]
    (lambda: Conversion("c", days="a b"), "days must be a whole number of days"),
    (lambda: Conversion("c", days=1, into=""), "into must be the name of a kind of records"),
    (lambda: InTime("a", "b"), "days must be given where due is not, and only so"),
    (lambda: InTime("a", "b", "c", 3), "days must be given where due is not, and only so"),
    (lambda: InTime("a", "b", "c", on="done"), "on must be since or due"),  # type: ignore[arg-type]
    (lambda: Duration("a", "b", 1), "q must be a fraction above 0 and below 1"),
    (lambda: Duration("a", "b", unit="weeks"), "unit must be hours or days"),  # type: ignore[arg-type]
    (lambda: Duration("a", "b", calendar="a b"), "calendar must be the name of a calendar"),
    (lambda: Concentration("x", "c", 20), "top must be a fraction above 0 and at most 1"),
    (lambda: Agreement("x", "c", -1), "within must be 0 or more"),
    (lambda: Rank(3, "x", "c"), "own must be a measure"),  # type: ignore[arg-type]
    (lambda: Cumulative(Mean("x"), 3), "measure must be a Count, a Sum, a Distinct"),  # type: ignore[arg-type]
    (lambda: Cumulative(Count(), 0), "days must be a whole number of days, 1 or more"),
    (lambda: Cumulative(Count(), 3, Grain.YEAR), "to_date must be left out where days are given"),
    (lambda: Cumulative(Count(), to_date="year"), "to_date must be a grain"),  # type: ignore[arg-type]
    (lambda: Both(Count(), WHO), "one must be a Distinct, or a Cumulative of one"),  # type: ignore[arg-type]
    (lambda: Both(WHO, Cumulative(Count(), 3)), "other must be a Distinct"),
    (lambda: Previous(3), "measure must be a measure"),  # type: ignore[arg-type]
    (lambda: Previous(Count(), "year"), "grain must be a grain"),  # type: ignore[arg-type]
    (lambda: Ratio(Previous(Mean("x")), Count()), "numerator must be one of Count"),
    (lambda: Ratio(Both(WHO, WHO), AT_END, proportion=True), "proportion must count the same"),
    (lambda: Ratio(WHO, Both(WHO, WHO), proportion=True), "proportion must count the same"),
    (lambda: Ratio(Count(), Previous(Count()), proportion=True), "proportion must count the same"),
    (lambda: Derived("a b", (Count(),)), "function must be the name of a function"),
    (lambda: Derived("growth", (Count(),)), "of must be 2, for growth"),
    (lambda: Derived("total", ()), "of must be one or more, for total"),
    (lambda: Derived("total", (3,)), "of must be measures"),  # type: ignore[arg-type]
    (lambda: Derived("total", (Count(),), {"x": 1}), "given must be left out, for total"),
    (lambda: Derived("scaled", (Count(),), {"x": 1}), "given must be factor, for scaled"),
    (lambda: Derived("own", (Count(),), 3), "given must be pairs of a name and a number"),
    (lambda: Derived("own", (Count(),), [("a b", 1)]), "given must be pairs of a name"),
    (lambda: Derived("own", (Count(),), [("a", 1), ("a", 2)]), "given must name each number once"),
    (lambda: Derived("own", (Count(),), {"a": 1.5}), "a must be a decimal"),
    (lambda: Derived("weighted_mean", (Count(),), {"a": 1, "b": 0}), "one number for each"),
    (lambda: Derived("weighted_mean", (Count(),), {"a": "0.9"}), r"weights must sum to 1 \(got"),
    (
        lambda: Derived("weighted_mean", (Count(), Count()), {"a": 2, "b": -1}),
        "weights must be 0 or more",
    ),
]


@pytest.mark.parametrize(
    ("build", "message"), REFUSED, ids=[str(place) for place, _ in enumerate(REFUSED)]
)
def test_a_wrong_definition_is_refused_when_it_is_built(
    build: Callable[[], Any], message: str
) -> None:
    """The message names the argument, and says what would be right."""
    with pytest.raises(InvalidValueError, match=message):
        build()


@pytest.mark.parametrize(
    "around",
    [
        Previous,
        lambda inner: Derived("total", (inner, Count())),
        lambda inner: Rank(inner, "x", "peer"),
    ],
    ids=["previous", "derived", "rank"],
)
def test_definitions_are_not_nested_without_end(around: Callable[[Measure], Measure]) -> None:
    """Sixteen deep is deep enough, and whoever reads a definition is thankful."""
    measure: Measure = Count()
    for _ in range(15):
        measure = around(measure)
    assert measure.depth == 16

    with pytest.raises(InvalidValueError, match="be nested at most 16 deep"):
        around(measure)


def test_shares_of_shifted_and_cumulated_counts_are_shares() -> None:
    """What is counted under a criterion is part of what is counted without, in the same days."""
    for inner, outer in (
        (Previous(Count(BUY)), Previous(Count())),
        (Cumulative(Distinct("c", BUY), 3), Cumulative(Distinct("c"), 3)),
        (Stock("a", where=BUY), Stock("a")),
        (Newcomers("c", BUY), Newcomers("c")),
        (Both(WHO, AT_END), WHO),
    ):
        assert Ratio(inner, outer, proportion=True).proportion


def test_numbers_given_may_be_texts() -> None:
    """As in a file, where a decimal is a text, and the name of a parameter is a name."""
    measure = Derived("own", (Count(),), (("a", "0.50"), ("b", 2), ("c", "name")))

    assert measure.given == (("a", Decimal("0.50")), ("b", Decimal(2)), ("c", "name"))
