"""Segments and the tables that put every customer into one of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from crmcore.criteria import F, as_of
from crmcore.errors import FaultsError, InvalidValueError
from crmcore.features import CustomerFeatures
from crmcore.kernel import CustomerId, Phrase
from crmcore.segments import RfmCell, Segment, SegmentTable
from crmcore.verdicts import Verdict

ADA = CustomerFeatures(
    customer=CustomerId("ada"),
    as_of=date(2026, 9, 30),
    last_purchase=date(2026, 5, 22),
    days_since_last=131,
    tier="gold",
)
SLIPPING = Segment("slipping", (F.days_since_last > 90) & F.tier.in_(["gold", "silver"]))
RECENT = Segment("recent", F.r >= 4)
OFTEN = Segment("often", F.f >= 4)


def test_a_segment_says_why() -> None:
    """A segment tells what decided, and what would have turned the verdict."""
    told = str(SLIPPING.explain(ADA))

    assert "holds: days_since_last is 131, more than 90; tier is gold" in told
    assert "would not hold if days_since_last were 90 or less" in told


def test_a_segment_is_read_by_its_name_unless_it_has_a_label() -> None:
    """People read the label where there is one, else the name."""
    labelled = Segment("gone", F.r == 1, label=Phrase("Gone", "已离开"))

    assert SLIPPING.label == Phrase("slipping", "slipping")
    assert labelled.label.zh == "已离开"


def test_a_segment_may_depend_on_the_day() -> None:
    """A criterion over the day of judgement takes the day of the features."""
    spring = Segment("bought in spring", F.last_purchase >= as_of.shift(months=-5))

    assert spring.judge(ADA) is Verdict.HOLDS
    assert spring.judge(attrs.evolve(ADA, as_of=date(2026, 12, 1))) is Verdict.FAILS


def test_a_mapping_is_judged_as_of_a_stated_day() -> None:
    """Where the record has no day of its own, the day is handed in."""
    spring = Segment("bought in spring", F.last_purchase >= as_of.shift(months=-5))
    table = SegmentTable(segments=[spring])
    bought = {"last_purchase": date(2026, 5, 22)}
    day = date(2026, 9, 30)

    assert spring.judge(bought, as_of=day) is Verdict.HOLDS
    assert spring.explain(bought, as_of=day).verdict is Verdict.HOLDS
    assert table.assign(bought, as_of=day) is spring
    assert table.assign(bought, as_of=date(2026, 12, 1)) is None


def test_a_segment_reads_as_what_it_asks_for() -> None:
    """The text of a segment is its name and its criterion in words."""
    assert str(RECENT) == "recent: r is 4 or more"


@pytest.mark.parametrize("mistake", [True, "r >= 4", lambda record: record.r >= 4])
def test_a_segment_wants_a_criterion(mistake: Any) -> None:  # noqa: ANN401
    """A function, a text or a truth value cannot be explained, and is refused."""
    with pytest.raises(InvalidValueError, match="criterion must be a criterion, such as F"):
        Segment("recent", mistake)


def test_exactly_one_names_a_mapping_too() -> None:
    """The message shows the record where nobody knows the customer's name."""
    table = SegmentTable(segments=[RECENT, OFTEN], exactly_one=True)

    with pytest.raises(InvalidValueError, match=r"'recent' and 'often' for \{'r': 5, 'f': 5\}"):
        table.assign({"r": 5, "f": 5})


def test_the_first_segment_wins() -> None:
    """Where two segments hold, the first in order has the customer."""
    table = SegmentTable(segments=[RECENT, OFTEN])

    assert table.assign(RfmCell(5, 5, 1)) is RECENT
    assert table.assign(RfmCell(1, 5, 1)) is OFTEN
    assert table.assign(RfmCell(1, 1, 1)) is None


def test_the_unknown_are_listed_apart() -> None:
    """A customer is in no segment that is unknown, and the table says which these are."""
    table = SegmentTable(segments=[RECENT, SLIPPING, OFTEN])

    placement = table.place(ADA)

    assert placement.segment is SLIPPING
    assert placement.unknown == (RECENT,)


def test_nobody_holds_for_a_prospect() -> None:
    """Without scores nothing holds, and every segment is unknown."""
    table = SegmentTable(segments=[RECENT, OFTEN])

    placement = table.place(CustomerFeatures(customer=CustomerId("bob"), as_of=ADA.as_of))

    assert placement.segment is None
    assert placement.unknown == (RECENT, OFTEN)


def test_exactly_one_refuses_two() -> None:
    """Where exactly one segment should hold, two are refused with their names and the cell."""
    table = SegmentTable(segments=[RECENT, OFTEN], exactly_one=True)

    assert table.assign(RfmCell(5, 1, 1)) is RECENT
    with pytest.raises(
        InvalidValueError, match=r"segments must not hold two .*'recent' and 'often' for 5-5-1"
    ):
        table.assign(RfmCell(5, 5, 1))


def test_exactly_one_names_the_customer() -> None:
    """The refusal names a customer by the id."""
    table = SegmentTable(segments=[SLIPPING, Segment("gold", F.tier == "gold")], exactly_one=True)

    with pytest.raises(InvalidValueError, match="'slipping' and 'gold' for ada"):
        table.assign(ADA)


@pytest.mark.parametrize("turned", [False, True])
def test_exactly_one_does_not_depend_on_the_order(*, turned: bool) -> None:
    """Where one segment surely holds, an unknown one is not in its way, whatever the order."""
    segments = [RECENT, SLIPPING]
    table = SegmentTable(segments=segments[::-1] if turned else segments, exactly_one=True)

    placement = table.place(ADA)

    assert placement.segment is SLIPPING
    assert placement.unknown == ()


def test_names_differ() -> None:
    """Two segments of one name are refused, with the place of the second."""
    with pytest.raises(FaultsError, match=r"segments\[1\]\.name: .*'recent'"):
        SegmentTable(segments=[RECENT, RECENT])
