"""The agreement of several values of one thing, and other small figures of the algebra."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import combinations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.calendar import Period
from crmcore.criteria import F
from crmcore.errors import InvalidValueError
from crmcore.kernel import Reason, Undefined
from crmcore.measures import (
    Additivity,
    Agreement,
    Count,
    Cumulative,
    Derived,
    Mean,
    Measure,
    Previous,
    Ratio,
    Sum,
    Tally,
    Value,
    evaluate,
)
from crmcore.statistics import two_proportions

MAY, JUNE = Period.month(1998, 5), Period.month(1998, 6)
JULY_1 = date(1998, 7, 1)


@attrs.frozen
class Mark:
    """A mark that somebody gave to a report."""

    day: date
    report: str | None
    score: int | Decimal | None


def marks(report: str | None, *scores: int | Decimal | None, month: int = 6) -> list[Mark]:
    """Return marks of one report on the third of a month."""
    return [Mark(date(1998, month, 3), report, score) for score in scores]


def result(measure: Measure, records: Sequence[Mark]) -> Value | Undefined:
    """Return what a measure comes to in June."""
    table = evaluate({"m": measure}, records, periods=JUNE, day="day", as_of=JULY_1)
    return table.value("m")


def value(measure: Measure, records: Sequence[Mark]) -> Value:
    """Return what a measure comes to in June, where it comes to something."""
    found = result(measure, records)
    assert isinstance(found, Value)
    return found


NEAR = Agreement("score", "report", within=1)


class TestAgreement:
    """Pairs of values of one entity."""

    def test_pairs_of_all_entities_are_counted_together(self) -> None:
        """1-2, 2-3 of three near pairs are near; of 4-5 one is: 3 of 4."""
        found = value(NEAR, marks("a", 1, 2, 3) + marks("b", 4, 5))

        assert found.number == Decimal("0.75")
        assert (found.n, found.missing) == (2, 0)

    def test_decimals_lie_as_near_as_they_are(self) -> None:
        """2.5 and 4 differ by 1.5, 2.5 and 3.5 by exactly 1."""
        assert value(NEAR, marks("a", Decimal("2.5"), 4)).number == 0
        assert value(NEAR, marks("a", Decimal("2.5"), Decimal("3.5"))).number == 1

    def test_unless_stated_only_equal_values_agree(self) -> None:
        """4, 4 and 5 make one equal pair of three."""
        found = value(Agreement("score", "report"), marks("a", 4, 4, 5))

        assert (found.numerator, found.denominator) == (Decimal(1), Decimal(3))

    def test_what_makes_no_pair_is_missing(self) -> None:
        """One report with a single mark, one mark without a score, one without a report."""
        records = marks("a", 4, 4, None) + marks("b", 1) + marks(None, 3)

        found = value(NEAR, records)

        assert (found.n, found.missing) == (1, 3)

    def test_without_a_pair_there_is_no_agreement(self) -> None:
        """One mark each is too few; none at all is no data; before the records there is none."""
        for records, reason in (
            (marks("a", 1) + marks("b", 1), Reason.TOO_FEW),
            (marks("a", 1, 1, month=5), Reason.NO_DATA),
            ([], Reason.NO_DATA),
        ):
            found = result(NEAR, records)

            assert isinstance(found, Undefined)
            assert found.reason is reason

    @given(
        st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 5))), st.integers(0, 4), st.data()
    )
    def test_it_is_what_counting_all_pairs_gives(
        self, given_marks: list[tuple[str, int]], within: int, data: st.DataObject
    ) -> None:
        """In any order, and counted in two parts that are merged."""
        records = [Mark(date(1998, 6, 3), report, score) for report, score in given_marks]
        pairs = [
            abs(one - other)
            for report in "abc"
            for one, other in combinations([s for r, s in given_marks if r == report], 2)
        ]
        mixed = data.draw(st.permutations(records))
        cut = data.draw(st.integers(0, len(mixed)))
        measures = {"m": Agreement("score", "report", within)}
        first, second = Tally(measures, day="day"), Tally(measures, day="day")
        first.add_all(mixed[:cut])
        second.add_all(mixed[cut:])

        first.merge(second)

        found = first.table(JUNE, as_of=JULY_1).value("m")
        if isinstance(found, Undefined):
            assert not pairs
        else:
            assert found.denominator == len(pairs)
            assert found.numerator == sum(gap <= within for gap in pairs)

    def test_it_says_what_it_is(self) -> None:
        """Its words name the field, the entity and the width; it is computed anew."""
        assert str(NEAR) == (
            "the share of pairs of score values of one report that differ by at most 1"
        )
        assert "相差不超过1" in NEAR.words.zh
        assert NEAR.memory.en == "each value of each entity"
        assert NEAR.additivity is Additivity.NON_ADDITIVE

    def test_a_width_below_0_is_refused(self) -> None:
        """No two values differ by less than nothing."""
        with pytest.raises(InvalidValueError, match="within must be 0 or more"):
            Agreement("score", "report", -1)


class TestWithoutMore:
    """What measures do where nothing further is stated."""

    ALL = tuple(marks("a", 3, 5) + marks("b", 1, month=5))

    def test_from_the_first_record_on(self) -> None:
        """A sum up to the end of June counts May too: 9; up to its start, May alone: 1."""
        assert value(Cumulative(Sum("score")), self.ALL).number == 9
        assert value(Cumulative(Sum("score"), until="start"), self.ALL).number == 1
        assert str(Cumulative(Count())).endswith(", up to the end of the period")

    def test_two_reaches_are_one_too_many(self) -> None:
        """Days and a beginning contradict each other."""
        with pytest.raises(InvalidValueError, match="to_date must be left out where days are"):
            Cumulative(Count(), 30, JUNE.grain)

    def test_parts_weigh_the_same_unless_stated(self) -> None:
        """A mean of 4 and a count of 2 make 3; a part without a value is missing."""
        mean, count = Mean("score"), Count()

        found = value(Derived("weighted_mean", (mean, count)), self.ALL)
        partly = value(Derived("weighted_mean", (mean, NEAR, count)), marks("a", 4))

        assert (found.number, found.missing) == (Decimal(3), 0)
        assert (partly.number, partly.missing) == (Decimal("2.5"), 1)
        assert isinstance(result(Derived("weighted_mean", (NEAR,)), []), Undefined)

    @pytest.mark.parametrize(("score", "index"), [(0, 0), (1, 0), (2, 25), (5, 100), (9, 100)])
    def test_an_index_ends_at_0_and_100(self, score: int, index: int) -> None:
        """From 1 to 5: 2 lies at a quarter, and what lies beyond an end counts as the end."""
        rescaled = Derived("rescale", (Mean("score"),), (("low", "1"), ("high", "5")))

        found = value(rescaled, marks("a", score, score))

        assert found.number == index
        assert found.interval is not None
        assert 0 <= found.interval.low <= found.interval.high <= 100

    def test_a_gain_is_of_two_shares(self) -> None:
        """From 1 of 3 marks above 3 to 1 of 2 are 50 / 3 points; a sum is no share."""
        high = Ratio(Count(F.score > 3), Count(), proportion=True)
        records = marks("a", 5, 1, 2, month=5) + marks("a", 5, 1)

        found = value(Derived("gain", (high, Previous(high))), records)

        assert found.number == pytest.approx(Decimal(1) / 6)
        assert found.n == 5
        assert found.interval == two_proportions(1, 2, 1, 3)
        with pytest.raises(InvalidValueError, match="gain must be of two shares of counts"):
            result(Derived("gain", (Sum("score"), high)), marks("a", 5, 2, 3))
