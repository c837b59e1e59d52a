"""The linter of segment tables: it looks at all 125 cells, so that nobody falls through.

What a table of segments over recency, frequency and monetary scores does can be known
completely, because there are only 125 cells. The linter puts every cell through the table
and tells what is left over, what is claimed twice, and what can never win.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Final, TypeAlias

from crmcore.improvement import Finding, Severity, in_order
from crmcore.kernel import Phrase

from ._rfm import RfmCell
from ._segment import Segment, SegmentTable

Cover: TypeAlias = Mapping[str, frozenset[RfmCell]]

_SCORES: Final = frozenset({"r", "f", "m"})
_CELLS: Final = tuple(RfmCell.every())


def lint(table: SegmentTable) -> tuple[Finding, ...]:
    """Return what is wrong with a table over the cells of RFM, the gravest first.

    Each finding carries its number of cells and a witness: the first such cell. The kinds are

    - ``uncovered_cells``: no segment holds for them;
    - ``overlapping_segments``: two segments hold for the same cells; a fault where exactly
      one should, else a note that the order decides;
    - ``unreachable_segment``: it can win no cell, because none satisfies it or because, where
      the first wins, segments before it take them all;
    - ``unchecked_segment``: it asks for more than the three scores, so that cells alone do
      not tell whom it takes. Cells that only such a segment may cover count as uncovered.

    .. versionadded:: 0.1.0
    """
    checked = [segment for segment in table.segments if segment.criterion.fields <= _SCORES]
    held = {
        segment.name: frozenset(cell for cell in _CELLS if segment.criterion.holds(cell))
        for segment in checked
    }
    findings = [_unchecked(s) for s in table.segments if s.name not in held]
    covered: frozenset[RfmCell] = frozenset().union(*held.values())
    findings += _uncovered([cell for cell in _CELLS if cell not in covered])
    findings += _overlaps(checked, held, fault=table.exactly_one)
    findings += _unreachable(checked, held, exactly_one=table.exactly_one)
    return in_order(findings)


def _share(cells: Sequence[RfmCell]) -> Phrase:
    count = len(cells)
    return Phrase(f"{count} of {len(_CELLS)} cells", f"{len(_CELLS)}个单元格中的{count}个")


def _evidence(cells: Sequence[RfmCell]) -> tuple[tuple[str, str], ...]:
    return (("cells", str(len(cells))), ("witness", str(cells[0])))


def _uncovered(cells: Sequence[RfmCell]) -> Iterable[Finding]:
    if cells:
        share = _share(cells)
        yield Finding(
            kind="uncovered_cells",
            severity=Severity.WARNING,
            subject="segment_table",
            title=Phrase(
                f"no segment covers {share.en}, such as {cells[0]}",
                f"{share.zh}没有任何细分覆盖，例如 {cells[0]}",
            ),
            evidence=_evidence(cells),
            suggestion=Phrase(
                "widen a segment, or add one for the rest", "放宽某个细分，或为其余客户增加一个细分"
            ),
        )


def _overlaps(segments: Sequence[Segment], held: Cover, *, fault: bool) -> Iterable[Finding]:
    for first, second in combinations(segments, 2):
        cells = sorted(held[first.name] & held[second.name])
        if cells:
            share = _share(cells)
            yield Finding(
                kind="overlapping_segments",
                severity=Severity.WARNING if fault else Severity.NOTE,
                subject=f"segment:{second.name}",
                title=Phrase(
                    f"{first.label.en} and {second.label.en} both hold for {share.en}, "
                    f"such as {cells[0]}",
                    f"{first.label.zh}与{second.label.zh}同时适用于{share.zh}，例如 {cells[0]}",
                ),
                evidence=(("with", first.name), *_evidence(cells)),
                suggestion=Phrase("draw a border between the two", "在两个细分之间划清界线")
                if fault
                else None,
            )


def _unreachable(
    segments: Sequence[Segment], held: Cover, *, exactly_one: bool
) -> Iterable[Finding]:
    taken_by: dict[RfmCell, Segment] = {}
    for segment in segments:
        cells = [cell for cell in _CELLS if cell in held[segment.name]]
        if not cells:
            yield _never_holds(segment)
        elif not exactly_one and all(cell in taken_by for cell in cells):
            yield _never_first(segment, cells, taken_by[cells[0]])
        for cell in cells:
            taken_by.setdefault(cell, segment)


def _never_holds(segment: Segment) -> Finding:
    return Finding(
        kind="unreachable_segment",
        severity=Severity.WARNING,
        subject=f"segment:{segment.name}",
        title=Phrase(
            f"{segment.label.en} can never win: no cell satisfies it",
            f"{segment.label.zh}永远不会命中：没有单元格满足其条件",
        ),
        evidence=(("cells", "0"),),
        suggestion=Phrase("widen its criterion, or leave it out", "放宽其条件，或删除该细分"),
    )


def _never_first(segment: Segment, cells: Sequence[RfmCell], winner: Segment) -> Finding:
    share = _share(cells)
    return Finding(
        kind="unreachable_segment",
        severity=Severity.WARNING,
        subject=f"segment:{segment.name}",
        title=Phrase(
            f"{segment.label.en} can never win: segments before it take all of its "
            f"{share.en}; {cells[0]} goes to {winner.label.en}",
            f"{segment.label.zh}永远不会命中：它的{share.zh}均被前面的细分占用；"
            f"{cells[0]} 归入{winner.label.zh}",
        ),
        evidence=(*_evidence(cells), ("winner", winner.name)),
        suggestion=Phrase("ask for it earlier in the order", "将其在顺序中前移"),
    )


def _unchecked(segment: Segment) -> Finding:
    others = ", ".join(sorted(segment.criterion.fields - _SCORES))
    return Finding(
        kind="unchecked_segment",
        severity=Severity.NOTE,
        subject=f"segment:{segment.name}",
        title=Phrase(
            f"{segment.label.en} asks for more than the three scores: {others}",
            f"{segment.label.zh}使用了三项得分以外的字段：{others}",
        ),
        evidence=(("fields", others),),
    )
