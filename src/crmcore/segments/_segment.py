"""Segments: named groups of customers, and tables of them that decide who belongs where."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import attrs

from crmcore.checks import is_id
from crmcore.criteria import Criterion, Explanation, Schema
from crmcore.errors import Fault, FaultsError, InvalidValueError
from crmcore.kernel import Phrase
from crmcore.linting import Lint
from crmcore.linting import lint as lint_criteria
from crmcore.verdicts import Verdict


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
    criterion: Criterion = attrs.field()
    label: Phrase = attrs.field(
        default=attrs.Factory(lambda self: Phrase(self.name, self.name), takes_self=True),
        kw_only=True,
    )
    advice: Phrase | None = attrs.field(default=None, kw_only=True)

    def __str__(self) -> str:
        """Return its name, and what it asks for."""
        return f"{self.name}: {self.criterion}"

    @criterion.validator
    def _is_a_criterion(self, attribute: attrs.Attribute[Criterion], value: Criterion) -> None:
        if not isinstance(value, Criterion):
            raise InvalidValueError(attribute.name, value, "be a criterion, such as F.spend > 100")

    def judge(self, record: object, *, as_of: date | None = None) -> Verdict:
        """Say whether a customer belongs to it, does not, or nobody knows.

        Args:
            record: The features of a customer, an RFM cell, or a mapping.
            as_of: The day of judgement; where it is left out, that of the features.
        """
        return self.criterion.evaluate(record, as_of=_day(record, as_of))

    def explain(self, record: object, *, as_of: date | None = None) -> Explanation:
        """Return why a customer belongs to it or not, with the values that decided.

        Args:
            record: The features of a customer, an RFM cell, or a mapping.
            as_of: The day of judgement; where it is left out, that of the features.
        """
        return self.criterion.explain(record, as_of=_day(record, as_of))


def _day(record: object, as_of: date | None) -> date | None:
    return getattr(record, "as_of", None) if as_of is None else as_of


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

    def assign(self, record: object, *, as_of: date | None = None) -> Segment | None:
        """Return the segment that a customer belongs to, or None if no criterion holds.

        Args:
            record: The features of a customer, an RFM cell, or a mapping.
            as_of: The day of judgement; where it is left out, that of the features.

        Raises:
            InvalidValueError: If two segments hold where exactly one should.
        """
        return self.place(record, as_of=as_of).segment

    def place(self, record: object, *, as_of: date | None = None) -> Placement:
        """Return the segment that a customer belongs to, and those of which it is unknown.

        Args:
            record: The features of a customer, an RFM cell, or a mapping.
            as_of: The day of judgement; where it is left out, that of the features.

        Raises:
            InvalidValueError: If two segments hold where exactly one should.
        """
        day = _day(record, as_of)
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
                    who = getattr(record, "customer", record)
                    both = f"{winner.name!r} and {segment.name!r} for {who}"
                    raise InvalidValueError("segments", both, "not hold two for one customer")
                winner = segment
        return Placement(winner, tuple(unknown) if winner is None else ())

    def lint(self, schema: Schema, *, as_of: date | None = None) -> tuple[Lint, ...]:
        """Return what may be wrong with the segments over all fields that they read.

        It tells of gaps, of overlaps where exactly one should hold, and of segments that never
        hold or never win, each with a customer who shows it. `crmcore.segments.lint` counts the
        cells of a table that asks for the three scores only.

        Args:
            schema: The fields that the segments may read.
            as_of: The day of judgement; a sample day where it is left out.

        Raises:
            FaultsError: If a segment cannot run over these fields.
        """
        return lint_criteria(
            {segment.name: segment.criterion for segment in self.segments},
            schema=schema,
            mode="exclusive" if self.exactly_one else "first_match",
            as_of=as_of,
        )
