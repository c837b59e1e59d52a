"""The linter of segment tables."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.criteria import F
from crmcore.improvement import Finding, Severity
from crmcore.segments import RfmCell, Segment, SegmentTable, lint

CELLS = list(RfmCell.every())
Box = tuple[int, int, int, int]


def box(name: str, r_low: int, r_high: int, f_low: int, f_high: int) -> Segment:
    """Return a segment over intervals of the scores, both ends included; M is as F."""
    within = (
        (F.r >= r_low)
        & (F.r <= r_high)
        & (F.f >= f_low)
        & (F.f <= f_high)
        & (F.m >= f_low)
        & (F.m <= f_high)
    )
    return Segment(name, within)


# The table of ten segments that many tools and tutorials copy; the first match wins.
WIDELY_USED = SegmentTable(
    segments=[
        box("Champions", 4, 5, 4, 5),
        box("Loyal", 2, 5, 3, 5),
        box("Potential Loyalist", 3, 5, 1, 3),
        box("New", 4, 5, 1, 1),
        box("Promising", 3, 4, 1, 1),
        box("Need Attention", 2, 3, 2, 3),
        box("About To Sleep", 2, 3, 1, 2),
        box("At Risk", 1, 2, 2, 5),
        box("Can't Lose Them", 1, 1, 4, 5),
        box("Lost", 1, 2, 1, 2),
    ]
)


def of_kind(findings: Iterable[Finding], kind: str) -> list[Finding]:
    """Return the findings of one kind."""
    return [finding for finding in findings if finding.kind == kind]


def test_the_widely_used_table_leaves_36_cells_uncovered() -> None:
    """The published table leaves 36 of the 125 cells without a segment."""
    (uncovered,) = of_kind(lint(WIDELY_USED), "uncovered_cells")

    assert uncovered.title.en == "no segment covers 36 of 125 cells, such as 1-1-3"
    assert uncovered.title.zh == "125个单元格中的36个没有任何细分覆盖，例如 1-1-3"
    assert uncovered.evidence == (("cells", "36"), ("witness", "1-1-3"))


def test_the_widely_used_table_has_three_segments_that_never_win() -> None:
    """In the published table New, Promising and Can't Lose Them are unreachable."""
    unreachable = of_kind(lint(WIDELY_USED), "unreachable_segment")

    assert [finding.subject for finding in unreachable] == [
        "segment:Can't Lose Them",
        "segment:New",
        "segment:Promising",
    ]
    assert unreachable[1].title.en == (
        "New can never win: segments before it take all of its 2 of 125 cells; "
        "4-1-1 goes to Potential Loyalist"
    )
    assert unreachable[1].evidence[-1] == ("winner", "Potential Loyalist")


boxes = st.tuples(*[st.integers(1, 5)] * 4).map(
    lambda ends: (min(ends[:2]), max(ends[:2]), min(ends[2:]), max(ends[2:]))
)


def inside(cell: RfmCell, ends: Box) -> bool:
    """Say whether a cell lies in a box, without any criterion."""
    r_low, r_high, f_low, f_high = ends
    return r_low <= cell.r <= r_high and f_low <= cell.f <= f_high and f_low <= cell.m <= f_high


@given(st.lists(boxes, max_size=5), st.booleans())
def test_the_linter_sees_what_trying_all_cells_sees(ends: list[Box], exactly_one: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
    """What is uncovered, claimed twice and never wins is what all cells show by themselves."""
    table = SegmentTable(
        segments=[box(f"s{place}", *each) for place, each in enumerate(ends)],
        exactly_one=exactly_one,
    )
    holders = {c: [n for n, each in enumerate(ends) if inside(c, each)] for c in CELLS}

    found = lint(table)

    empty = [cell for cell in CELLS if not holders[cell]]
    assert [f.evidence[0][1] for f in of_kind(found, "uncovered_cells")] == (
        [str(len(empty))] if empty else []
    )
    assert {(f.evidence[0][1], f.subject) for f in of_kind(found, "overlapping_segments")} == {
        (f"s{a}", f"segment:s{b}")
        for a, b in combinations(range(len(ends)), 2)
        if any({a, b} <= set(holders[cell]) for cell in CELLS)
    }
    winners = {held[0] for held in holders.values() if held}
    losers = {n for n in range(len(ends)) if n not in winners}
    assert {f.subject for f in of_kind(found, "unreachable_segment")} == (
        set() if exactly_one else {f"segment:s{n}" for n in losers}
    )


@pytest.mark.parametrize(
    ("exactly_one", "severity"), [(False, Severity.NOTE), (True, Severity.WARNING)]
)
def test_an_overlap_is_a_fault_where_one_should_hold(
    *, exactly_one: bool, severity: Severity
) -> None:
    """Cells claimed twice are a note where the order decides, and a warning where none should."""
    table = SegmentTable(
        segments=[Segment("all", F.r >= 1), Segment("best", F.r == 5)], exactly_one=exactly_one
    )

    (overlap,) = of_kind(lint(table), "overlapping_segments")

    assert overlap.severity is severity
    assert overlap.title.en == "all and best both hold for 25 of 125 cells, such as 5-1-1"
    assert (overlap.suggestion is not None) is exactly_one


def test_a_segment_without_cells_can_never_win() -> None:
    """A segment that asks for a score that nobody has is unreachable."""
    table = SegmentTable(segments=[Segment("all", F.r >= 1), Segment("better", F.r > 5)])

    (finding,) = lint(table)

    assert finding.title.en == "better can never win: no cell satisfies it"


def test_what_cells_do_not_tell_is_not_judged() -> None:
    """A segment that asks for more than scores is named, and takes no part in the rest."""
    table = SegmentTable(
        segments=[Segment("gold", F.tier == "gold"), Segment("all", F.m >= 1)], exactly_one=True
    )

    (finding,) = lint(table)

    assert str(finding) == ("note · segment:gold · gold asks for more than the three scores: tier")


@given(st.permutations(WIDELY_USED.segments))
def test_coverage_does_not_depend_on_the_order(segments: list[Segment]) -> None:
    """Whatever the order of the segments, the same 36 cells stay uncovered."""
    (uncovered,) = of_kind(lint(SegmentTable(segments=segments)), "uncovered_cells")

    assert uncovered.evidence == (("cells", "36"), ("witness", "1-1-3"))
