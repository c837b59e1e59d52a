"""The RACI matrix: who is responsible, accountable, consulted and informed, and who backs up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from crmcore.errors import Fault, FaultsError, UnknownNameError
from crmcore.kernel import MemberId, ResponsibilityId
from crmcore.organization import Assignment, Duty, Organization

from ._move import subject

_LETTERS = {Duty.ACCOUNTABLE: "A", Duty.RESPONSIBLE: "R", Duty.BACKUP: "B"}
_ORDER = "ARBCI"
_NOBODY: Mapping[ResponsibilityId, Iterable[MemberId]] = {}


@attrs.frozen(kw_only=True)
class RaciMatrix:
    """Responsibilities by row, members by column, and what each member is to each of them.

    The letters are A (accountable), R (responsible), B (backup), C (consulted) and I
    (informed), in this order.

    Attributes:
        responsibilities: The rows, by id.
        members: The columns, by id.
        cells: The letters of each pair that has any, by row and column.
        gaps: The duties that nobody holds, by subject.
        overlaps: The duties that two or more hold, by subject.

    .. versionadded:: 0.1.0
    """

    responsibilities: tuple[ResponsibilityId, ...]
    members: tuple[MemberId, ...]
    cells: tuple[tuple[ResponsibilityId, MemberId, str], ...]
    gaps: tuple[str, ...] = ()
    overlaps: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        organization: Organization,
        assignments: Iterable[Assignment],
        *,
        consulted: Mapping[ResponsibilityId, Iterable[MemberId]] = _NOBODY,
        informed: Mapping[ResponsibilityId, Iterable[MemberId]] = _NOBODY,
    ) -> RaciMatrix:
        """Write down who is what to which responsibility.

        Args:
            organization: The department.
            assignments: Those of a moment, as `Organization.assigned_at` gives them, or those
                that a plan leads to, as `Plan.assignments` does.
            consulted: Who is asked before something is decided, by responsibility.
            informed: Who is told afterwards, by responsibility.

        Raises:
            FaultsError: If a member or a responsibility is named that is not there.
        """
        held: dict[tuple[ResponsibilityId, MemberId], set[str]] = {}
        holders: dict[tuple[ResponsibilityId, Duty], set[MemberId]] = {}
        for each in assignments:
            held.setdefault((each.responsibility, each.member), set()).add(_LETTERS[each.duty])
            holders.setdefault((each.responsibility, each.duty), set()).add(each.member)
        for letter, given in (("C", consulted), ("I", informed)):
            for responsibility, members in given.items():
                for member in members:
                    held.setdefault((responsibility, member), set()).add(letter)
        _refuse_strangers(organization, held)
        duties = [
            (each.id, duty)
            for each in sorted(organization.responsibilities, key=lambda r: r.id)
            for duty in Duty
            if duty is not Duty.BACKUP or each.has_backup
        ]
        counts = {pair: len(holders.get(pair, ())) for pair in duties}
        return cls(
            responsibilities=tuple(sorted(each.id for each in organization.responsibilities)),
            members=tuple(sorted(member.id for member in organization.members)),
            cells=tuple(
                (row, column, "".join(sorted(letters, key=_ORDER.index)))
                for (row, column), letters in sorted(held.items())
            ),
            gaps=tuple(subject(None, *pair) for pair in duties if not counts[pair]),
            overlaps=tuple(subject(None, *pair) for pair in duties if counts[pair] > 1),
        )

    def letters(self, responsibility: str, member: str) -> str:
        """Return what a member is to a responsibility, as ``AR``; empty where nothing.

        Raises:
            UnknownNameError: If there is no such row or column.
        """
        if responsibility not in self.responsibilities:
            raise UnknownNameError("responsibility", responsibility, self.responsibilities)
        if member not in self.members:
            raise UnknownNameError("member", member, self.members)
        found = (mark for row, who, mark in self.cells if (row, who) == (responsibility, member))
        return next(found, "")

    def __str__(self) -> str:
        """Return the matrix as lines of text, a dot where a member is nothing to a row."""
        marks = {(row, column): letters for row, column, letters in self.cells}
        first = max((len(row) for row in self.responsibilities), default=0)
        width = {column: max(len(column), len(_ORDER)) for column in self.members}
        lines = [" ".join([" " * first, *(f"{key:<{width[key]}}" for key in self.members)])]
        for row in self.responsibilities:
            cells = (f"{marks.get((row, key), '.'):<{width[key]}}" for key in self.members)
            lines.append(" ".join([f"{row:<{first}}", *cells]))
        return "\n".join(line.rstrip() for line in lines)


def _refuse_strangers(
    organization: Organization, held: Iterable[tuple[ResponsibilityId, MemberId]]
) -> None:
    rows = {each.id for each in organization.responsibilities}
    columns = {member.id for member in organization.members}
    faults = []
    for row, column in sorted(held):
        if row not in rows:
            faults.append(Fault(row, str(UnknownNameError("responsibility", row, rows))))
        if column not in columns:
            faults.append(Fault(row, str(UnknownNameError("member", column, columns))))
    if faults:
        raise FaultsError("RACI matrix", faults)
