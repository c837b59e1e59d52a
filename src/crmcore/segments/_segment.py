"""Segments: named groups of customers, and tables of them that decide who belongs where."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import attrs

from crmcore.checks import is_id
from crmcore.criteria import Criterion, Explanation, Verdict
from crmcore.errors import Fault, FaultsError, InvalidValueError
from crmcore.features import CustomerFeatures
from crmcore.kernel import Phrase

from ._rfm import RfmCell


@attrs.frozen
class Segment:
    """A named group of customers: those for whom a criterion holds.

    Of whom it is unknown whether the criterion holds is not in the segment, and is listed
    apart by `SegmentTable.place`.

    Attributes:
        name: The name that is written down with a customer.
        criterion: Who belongs to it.
        label: How people read the name; the name itself, unless stated.
        advice: What to do with these customers, if something is known to help.

    .. versionadded:: 0.1.0
    """

    name: str = attrs.field(validator=is_id)
    criterion: Criterion
    label: Phrase = attrs.field(
        default=attrs.Factory(lambda self: Phrase(self.name, self.name), takes_self=True),
        kw_only=True,
    )
    advice: Phrase | None = attrs.field(default=None, kw_only=True)

    def judge(self, record: CustomerFeatures | RfmCell) -> Verdict:
        """Say whether a customer belongs to it, does not, or nobody knows."""
        return self.criterion.evaluate(record, as_of=_day(record))

    def explain(self, record: CustomerFeatures | RfmCell) -> Explanation:
        """Return why a customer belongs to it or not, with the values that decided."""
        return self.criterion.explain(record, as_of=_day(record))


def _day(record: CustomerFeatures | RfmCell) -> date | None:
    return record.as_of if isinstance(record, CustomerFeatures) else None


@attrs.frozen
class Placement:
    """Where a table puts a customer.

    Attributes:
        segment: The segment that the customer belongs to; None where no criterion holds.
        unknown: The segments that might have won, had what is missing been known.

    .. versionadded:: 0.1.0
    """

    segment: Segment | None
    unknown: tuple[Segment, ...] = ()


def _segments(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    return tuple(segments)


@attrs.frozen(kw_only=True)
class SegmentTable:
    """Segments in order, of which a customer belongs to one.

    Attributes:
        segments: The segments, the first to be asked first; their names differ.
        exactly_one: Whether two segments that hold for one customer are a fault. If not,
            the first of them wins.

    .. versionadded:: 0.1.0
    """

    segments: tuple[Segment, ...] = attrs.field(converter=_segments)
    exactly_one: bool = False

    @segments.validator
    def _differ_in_name(
        self, _: attrs.Attribute[tuple[Segment, ...]], value: tuple[Segment, ...]
    ) -> None:
        seen: set[str] = set()
        faults: list[Fault] = []
        for place, segment in enumerate(value):
            if segment.name in seen:
                problem = f"a segment before it is called {segment.name!r}; give each its own name"
                faults.append(Fault(f"segments[{place}].name", problem))
            seen.add(segment.name)
        if faults:
            raise FaultsError("segment table", faults)

    def assign(self, record: CustomerFeatures | RfmCell) -> Segment | None:
        """Return the segment that a customer belongs to, or None if no criterion holds.

        Raises:
            InvalidValueError: If two segments hold where exactly one should.
        """
        return self.place(record).segment

    def place(self, record: CustomerFeatures | RfmCell) -> Placement:
        """Return the segment that a customer belongs to, and those of which it is unknown.

        Raises:
            InvalidValueError: If two segments hold where exactly one should.
        """
        day = _day(record)
        winner: Segment | None = None
        unknown: list[Segment] = []
        for segment in self.segments:
            verdict = segment.criterion.evaluate(record, as_of=day)
            if verdict is Verdict.UNKNOWN:
                unknown.append(segment)
            elif verdict is Verdict.HOLDS:
                if not self.exactly_one:
                    return Placement(segment, tuple(unknown))
                if winner is not None:
                    who = record if isinstance(record, RfmCell) else record.customer
                    both = f"{winner.name!r} and {segment.name!r} for {who}"
                    raise InvalidValueError("segments", both, "not hold two for one customer")
                winner = segment
        return Placement(winner, tuple(unknown) if winner is None else ())
