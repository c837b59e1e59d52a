"""K01 to K11 from worked examples: satisfaction and recommendation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import attrs
import pytest

from crmcore.calendar import Period
from crmcore.errors import InvalidValueError
from crmcore.kernel import CustomerId, Reason, Undefined
from crmcore.kpis import Kpi, compute, kpi
from crmcore.market import Figure
from crmcore.measures import Derived, Value
from crmcore.surveys import Audience, Invitation, InvitationKind, SurveyAnswer

MAY, JUNE = Period.month(1998, 5), Period.month(1998, 6)
AUGUST_1 = date(1998, 8, 1)
FIVE, TEN, NET = (1, 5), (1, 10), (0, 10)


def result(measured: str | Kpi, **records: Iterable[object]) -> Value | Undefined:
    """Return what a KPI came to in June, as far as was known on 1 August."""
    (series,) = compute(
        records,
        [JUNE],
        as_of=AUGUST_1,
        zone="UTC",
        currency="EUR",
        kpis=[kpi(measured) if isinstance(measured, str) else measured],
    )
    return series.values[0]


def value(measured: str | Kpi, **records: Iterable[object]) -> Value:
    """Return what a KPI comes to in June, where it comes to something."""
    found = result(measured, **records)
    assert isinstance(found, Value), found
    return found


def reason(measured: str | Kpi, **records: Iterable[object]) -> Reason:
    """Return why a KPI has no value in June."""
    found = result(measured, **records)
    assert isinstance(found, Undefined), found
    return found.reason


def parts(found: Value) -> tuple[int, int]:
    """Return numerator and denominator, which are whole numbers in these examples."""
    assert found.numerator is not None
    assert found.denominator is not None
    return int(found.numerator), int(found.denominator)


def answers(
    item: str,
    scores: Sequence[int | None],
    scale: tuple[int, int] = FIVE,
    audience: Audience = Audience.CUSTOMER,
    month: int = 6,
) -> list[SurveyAnswer]:
    """Return the answers to an item on the third of a month; None does not know."""
    return [
        SurveyAnswer(
            id=f"{item}-{month}-{scale}-{audience.value}-{number}",
            survey="service",
            wave="1998",
            item=item,
            audience=audience,
            at=datetime(1998, month, 3, 12, tzinfo=UTC),
            low=scale[0],
            high=scale[1],
            score=score,
        )
        for number, score in enumerate(scores)
    ]


def shares(item: str, satisfied: int, of: int, month: int = 6) -> list[SurveyAnswer]:
    """Return so many answers of 5, and the rest of 3, on the scale from 1 to 5."""
    return answers(item, [5] * satisfied + [3] * (of - satisfied), month=month)


class TestK01:
    """The overall satisfaction score."""

    def test_each_rating_is_put_on_0_to_100(self) -> None:
        """4, 5, 3 and 5 of 1 to 5 are 75, 100, 50 and 100: 325 / 4 = 81.25."""
        found = value("K01", answers=answers("overall", [4, 5, 3, 5, None]))

        assert found.number == Decimal("81.25")
        assert parts(found) == (325, 4)
        assert found.n == 4
        assert found.interval is not None
        assert found.interval.method == "Student t"

    def test_whoever_does_not_know_is_missing(self) -> None:
        """An answer of don't know is neither 0 nor left unsaid."""
        found = value("K01", answers=answers("overall", [4, None, None]))

        assert found.number == 75
        assert (found.n, found.missing) == (1, 2)

    def test_scales_of_5_and_of_10_stand_side_by_side(self) -> None:
        """The best of either scale is 100, the worst 0: (100 + 100 + 0 + 0) / 4 = 50."""
        mixed = answers("overall", [5, 1]) + answers("overall", [10, 1], TEN)

        assert value("K01", answers=mixed).number == 50

    def test_other_items_and_other_people_do_not_count(self) -> None:
        """What members say, and what customers say of something else, is another figure."""
        others = answers("delivery", [1]) + answers("overall", [1], audience=Audience.MEMBER)

        assert value("K01", answers=[*others, *answers("overall", [5])]).number == 100

    @pytest.mark.parametrize("scores", [[], [None, None]])
    def test_nobody_who_rates_gives_no_score(self, scores: list[None]) -> None:
        """No answer, and no answer but don't know, are both no data."""
        assert reason("K01", answers=answers("overall", scores)) is Reason.NO_DATA

    @pytest.mark.parametrize(("code", "mean"), [("K01b", "4.25"), ("K01c", "7.5")])
    def test_the_raw_scale_is_kept_beside_it(self, code: str, mean: str) -> None:
        """(4 + 5 + 3 + 5) / 4 = 4.25 of 5; (7 + 8) / 2 = 7.5 of 10; they do not mix."""
        mixed = answers("overall", [4, 5, 3, 5]) + answers("overall", [7, 8], TEN)

        assert value(code, answers=mixed).number == Decimal(mean)


class TestK02:
    """The satisfaction rate and the response rate."""

    @pytest.mark.parametrize(
        ("satisfied", "of", "low", "high"), [(81, 263, 0.2553, 0.3662), (0, 20, 0.0, 0.1611)]
    )
    def test_the_interval_is_wilsons(
        self, satisfied: int, of: int, low: float, high: float
    ) -> None:
        """R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3."""
        found = value("K02", answers=shares("overall", satisfied, of))

        assert parts(found) == (satisfied, of)
        assert found.interval is not None
        assert found.interval.low == pytest.approx(low, abs=5e-5)
        assert found.interval.high == pytest.approx(high, abs=5e-5)

    @pytest.mark.parametrize(
        ("scale", "scores", "satisfied"),
        [
            ((1, 5), [3, 4, 5], 2),
            ((1, 10), [8, 9, 10], 2),
            ((1, 4), [2, 3, 4], 1),
            ((0, 1), [0, 1, 1], 2),
        ],
    )
    def test_the_two_best_points_count_and_one_of_a_short_scale(
        self, scale: tuple[int, int], scores: list[int], satisfied: int
    ) -> None:
        """4 and 5 of 1 to 5, 9 and 10 of 1 to 10, but only 4 of 1 to 4."""
        assert value("K02", answers=answers("overall", scores, scale)).numerator == satisfied

    def test_whoever_does_not_know_is_not_dissatisfied(self) -> None:
        """Of 5, 5, 2 and don't know, 2 of 3 are satisfied."""
        found = value("K02", answers=answers("overall", [5, 5, 2, None]))

        assert parts(found) == (2, 3)

    def test_without_a_rating_there_is_no_rate(self) -> None:
        """Nobody asked is not nobody satisfied."""
        assert reason("K02", answers=answers("overall", [None])) is Reason.ZERO_DENOMINATOR

    def test_the_response_rate_takes_surveys_only(self) -> None:
        """2 of 5 who were asked have answered; who came to the party is another figure."""
        invited = [
            Invitation(
                id=f"i-{number}",
                kind=kind,
                name="1998",
                customer=CustomerId(f"c-{number}"),
                at=datetime(1998, 6, 3, tzinfo=UTC),
                took_part_at=datetime(1998, 7, 20, tzinfo=UTC) if came else None,
            )
            for number, (kind, came) in enumerate(
                [(InvitationKind.SURVEY, came) for came in (True, True, False, False, False)]
                + [(InvitationKind.EVENT, True)]
            )
        ]

        found = value("K02b", invitations=invited)

        assert found.number == Decimal("0.4")
        assert found.n == 5
        assert reason("K02b", invitations=invited[-1:]) is Reason.ZERO_DENOMINATOR


class TestItems:
    """K03 to K07: single items, and some of them together."""

    @pytest.mark.parametrize(
        ("code", "item"),
        [
            ("K03", "product_quality"),
            ("K03b", "service_quality"),
            ("K03c", "delivery"),
            ("K03d", "communication"),
        ],
    )
    def test_each_attribute_has_its_own_number_of_answers(self, code: str, item: str) -> None:
        """5, 4 and don't know on one item: (100 + 75) / 2 = 87.5, whatever others rest on."""
        other = "delivery" if item != "delivery" else "communication"
        found = value(code, answers=answers(item, [5, 4, None]) + answers(other, [1] * 7))

        assert found.number == Decimal("87.5")
        assert (found.n, found.missing) == (2, 1)

    @pytest.mark.parametrize(
        ("code", "item"),
        [
            ("K05", "response_speed"),
            ("K06b", "communication_reachable"),
            ("K06c", "communication_clear"),
            ("K06d", "communication_friendly"),
            ("K07", "complaint_handling"),
            ("K07b", "complaint_speed"),
            ("K07c", "complaint_result"),
            ("K07d", "complaint_manner"),
        ],
    )
    def test_a_satisfied_share_is_of_its_item_alone(self, code: str, item: str) -> None:
        """3 of 4 are satisfied with it; 3 of 4 lie between 0.3006 and 0.9544 (Wilson)."""
        found = value(code, answers=shares(item, 3, 4) + shares("overall", 0, 9))

        assert parts(found) == (3, 4)
        assert found.number == Decimal("0.75")
        assert found.interval is not None
        assert found.interval.low == pytest.approx(0.3006, abs=5e-5)
        assert found.interval.high == pytest.approx(0.9544, abs=5e-5)
        assert reason(code, answers=shares("overall", 1, 1)) is Reason.ZERO_DENOMINATOR

    def test_communication_pools_three_items_without_an_interval(self) -> None:
        """2 of 2, 1 of 2 and 2 of 2 are 5 of 6; one customer's answers are not independent."""
        three = (
            shares("communication_reachable", 2, 2)
            + shares("communication_clear", 1, 2)
            + shares("communication_friendly", 2, 2)
        )

        found = value("K06", answers=three)

        assert parts(found) == (5, 6)
        assert found.interval is None

    def test_product_quality_weighs_its_items_alike(self) -> None:
        """Scores of 75, 50 and 100: 225 / 3 = 75, though the items have 1, 2 and 1 ratings."""
        three = (
            answers("performance", [4])
            + answers("reliability", [3, 3])
            + answers("ease_of_use", [5])
        )

        assert value("K04", answers=three).number == 75

    def test_a_missing_item_leaves_its_weight_to_the_others(self) -> None:
        """Without ease of use (75 + 50) / 2 = 62.5, and one part is said to be missing."""
        two = answers("performance", [4]) + answers("reliability", [3, 3])

        found = value("K04", answers=two)

        assert found.number == Decimal("62.5")
        assert found.missing == 1
        assert reason("K04", answers=[]) is Reason.NO_DATA


class TestK08:
    """The net promoter score."""

    def test_promoters_less_detractors(self) -> None:
        """162 promoters and 54 detractors of 324: 100 * 108 / 324 = 33.33.

        Adjusted Wald: p = 162.75 / 327, d = 54.75 / 327, p - d = 108 / 327 = 0.33028;
        standard error = sqrt((217.5 / 327 - 0.33028 ** 2) / 327) = 0.041237;
        33.028 -/+ 100 * 1.95996 * 0.041237 = 24.945 to 41.110.
        """
        scores = [9, 10] * 81 + [7, 8] * 54 + [0, 3, 6] * 18

        found = value("K08", answers=answers("recommendation", scores, NET))

        assert found.number == pytest.approx(Decimal(100) / 3)
        assert parts(found) == (108, 324)
        assert found.n == 324
        assert found.interval is not None
        assert found.interval.low == pytest.approx(24.945, abs=2e-3)
        assert found.interval.high == pytest.approx(41.110, abs=2e-3)

    def test_five_of_five_is_no_promoter(self) -> None:
        """Scales of 1 to 5 and of 1 to 10 are other questions and do not count."""
        other = answers("recommendation", [5], FIVE) + answers("recommendation", [10], TEN)

        found = value("K08", answers=[*other, *answers("recommendation", [3, None], NET)])

        assert found.number == -100
        assert found.n == 1
        assert reason("K08", answers=other) is Reason.NO_DATA

    def test_the_interval_ends_at_100(self) -> None:
        """Ten promoters of ten are 100, and no more than 100."""
        found = value("K08", answers=answers("recommendation", [10] * 10, NET))

        assert found.number == 100
        assert found.interval is not None
        assert found.interval.high == 100
        assert found.interval.low < 100


class TestK09:
    """The improvement, in points and relative."""

    def test_ten_points(self) -> None:
        """36 of 50 are 72 %, 41 of 50 are 82 %: 10 points more."""
        both = shares("overall", 36, 50, month=5) + shares("overall", 41, 50)

        found = value("K09", answers=both)

        assert found.number == Decimal("0.10")
        assert kpi("K09").unit.show(found.number) == "+10.0 pp"

    def test_its_interval_is_newcombes(self) -> None:
        """56 of 70 after 48 of 80: 20 points more, between 5.24 and 33.39.

        R. G. Newcombe, Statistics in Medicine 17 (1998), 873-890, table II, method 10.
        """
        both = shares("overall", 48, 80, month=5) + shares("overall", 56, 70)

        found = value("K09", answers=both)

        assert found.number == Decimal("0.2")
        assert found.interval is not None
        assert found.interval.low == pytest.approx(0.0524, abs=5e-5)
        assert found.interval.high == pytest.approx(0.3339, abs=5e-5)

    def test_ten_per_cent(self) -> None:
        """90 of 125 are 72 %, 99 of 125 are 79.2 %: a tenth more."""
        both = shares("overall", 90, 125, month=5) + shares("overall", 99, 125)

        found = value("K09b", answers=both)

        assert found.number == pytest.approx(Decimal("0.10"))
        assert kpi("K09b").unit.show(found.number) == "+10.0 %"

    def test_from_nobody_satisfied_there_is_no_growth(self) -> None:
        """From 0 of 4 to 2 of 4 are 50 points, but no share of 0."""
        both = shares("overall", 0, 4, month=5) + shares("overall", 2, 4)

        assert value("K09", answers=both).number == Decimal("0.5")
        assert reason("K09b", answers=both) is Reason.NO_BASE

    @pytest.mark.parametrize("code", ["K09", "K09b"])
    @pytest.mark.parametrize("month", [5, 6])
    def test_both_periods_need_ratings(self, code: str, month: int) -> None:
        """Against a period without ratings nothing improves."""
        asked = shares("overall", 1, 2, month=month)

        assert isinstance(result(code, answers=asked), Undefined)


class TestK10:
    """The rank in the industry."""

    OWN = tuple(answers("overall", [4]))

    @staticmethod
    def peer(subject: str, number: int, *, year: int = 1998, name: str = "peer_index") -> Figure:
        """Return the index of a competitor in the first half of a year."""
        return Figure(
            id=f"{subject} {year}",
            name=name,
            subject=subject,
            start=date(year, 1, 1),
            end=date(year, 7, 1),
            number=Decimal(number),
            source="Consumer Report",
            published_on=date(year, 6, 2),
        )

    def test_one_more_than_there_are_better_peers(self) -> None:
        """With 75 of its own, 81 and 78 before it and 60 after it, it is third."""
        figures = [self.peer("ash", 81), self.peer("birch", 78), self.peer("cedar", 60)]

        assert value("K10", answers=self.OWN, figures=figures).number == 3

    def test_ties_share_the_rank(self) -> None:
        """A peer with 75 too does not push it down."""
        figures = [self.peer("ash", 81), self.peer("birch", 75)]

        assert value("K10", answers=self.OWN, figures=figures).number == 2

    def test_the_latest_index_of_a_peer_counts(self) -> None:
        """Birch had 78 and has 70 since: only ash is better."""
        figures = [
            self.peer("ash", 81),
            self.peer("birch", 78, year=1997),
            self.peer("birch", 70),
        ]

        assert value("K10", answers=self.OWN, figures=figures).number == 2

    def test_without_a_peer_or_an_index_of_its_own_there_is_no_rank(self) -> None:
        """Nobody is first of one; a figure of another name is no peer."""
        share = [self.peer("ash", 81, name="market_sales")]

        assert reason("K10", answers=self.OWN, figures=share) is Reason.NO_DATA
        assert reason("K10", answers=[], figures=[self.peer("ash", 81)]) is Reason.NO_DATA


class TestK11:
    """The customer satisfaction index."""

    ANSWERS = (
        *answers("overall", [8], TEN),
        *answers("expectations", [7], TEN),
        *answers("ideal", [7, 8], TEN),
    )

    def test_equal_weights(self) -> None:
        """Means of 8, 7 and 7.5 from 1 to 10: (22.5 - 3) / 27 * 100 = 72.22."""
        found = value("K11", answers=self.ANSWERS)

        assert found.number == pytest.approx(Decimal("19.5") / 27 * 100)

    def test_weights_of_ones_own(self) -> None:
        """(7 * .3885 + 6 * .3190 + 6.5 * .2925) / 9 * 100 = 72.6083.

        The weights are those that the State of Ohio is said to use (Verint, ACSI Score & Its
        Calculation, 2013).
        """
        weighted = self.weighted("0.3885", "0.3190", "0.2925")

        assert value(weighted, answers=self.ANSWERS).number == pytest.approx(
            Decimal("72.6083"), abs=Decimal("0.0001")
        )

    @pytest.mark.parametrize("weights", [("0.5", "0.3", "0.3"), ("1.2", "0.1", "-0.3")])
    def test_weights_are_shares_of_one(self, weights: tuple[str, str, str]) -> None:
        """What sums to 1.1, or has a negative part, is refused."""
        with pytest.raises(InvalidValueError):
            value(self.weighted(*weights), answers=self.ANSWERS)

    @staticmethod
    def weighted(*weights: str) -> Kpi:
        """Return the index with other weights."""
        index = kpi("K11")
        assert isinstance(index.measure, Derived)
        named = tuple(zip(("overall", "expectations", "ideal"), map(Decimal, weights), strict=True))
        return attrs.evolve(index, version="2", measure=attrs.evolve(index.measure, given=named))
