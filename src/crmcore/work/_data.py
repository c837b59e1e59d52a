"""Data and analysis: checked fields, reports that were read, decisions that were taken."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import attrs

from crmcore.checks import above, between, decimal, is_a, is_id, utc
from crmcore.kernel import LabelledEnum, MemberId


class Aspect(LabelledEnum):
    """What a field was checked for.

    .. versionadded:: 0.1.0
    """

    ACCURACY = "accuracy", "accuracy", "准确性"
    COMPLETENESS = "completeness", "completeness", "完整性"
    CONSISTENCY = "consistency", "consistency", "一致性"
    TIMELINESS = "timeliness", "timeliness", "及时性"


@attrs.frozen(kw_only=True)
class FieldCheck:
    """One field of one record was checked for one thing.

    Attributes:
        id: The id of the check.
        record: The record.
        field: The field of it.
        at: When it was checked, as an instant.
        aspect: What it was checked for. Accurate is what agrees with the source, not what
            merely obeys a rule.
        passed: Whether it is as it should be.
        weight: How much the field counts, above 0.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    record: str = attrs.field(validator=is_id)
    field: str = attrs.field(validator=is_id)
    at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    aspect: Aspect = attrs.field(validator=is_a(Aspect))
    passed: bool = attrs.field(validator=is_a(bool))
    weight: Decimal = attrs.field(
        default=Decimal(1),
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
        validator=above(0),
    )

    @property
    def place(self) -> tuple[str, str]:
        """What was checked: the record, and the field of it."""
        return self.record, self.field

    @property
    def passed_weight(self) -> Decimal:
        """How much it counts among what is as it should be: its weight, or 0."""
        return self.weight if self.passed else Decimal(0)


@attrs.frozen(kw_only=True)
class Reading:
    """What one reader thinks of a report by one criterion.

    Attributes:
        id: The id of the reading.
        report: The report.
        reader: Who read it.
        criterion: By what it was judged, such as ``clear`` or ``adopted``.
        at: When, as an instant.
        score: From 1, the worst, to 5, the best.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    report: str = attrs.field(validator=is_id)
    reader: MemberId = attrs.field(validator=is_id)
    criterion: str = attrs.field(validator=is_id)
    at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    score: int = attrs.field(validator=between(1, 5))

    @property
    def question(self) -> tuple[str, str]:
        """What two readers may agree about: the report, and the criterion."""
        return self.report, self.criterion


@attrs.frozen(kw_only=True)
class Decision:
    """A decision that was recorded.

    Attributes:
        id: The id of the decision.
        at: When it was taken, as an instant.
        cites_evidence: Whether it names a measurement or an analysis that it rests on.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    cites_evidence: bool = attrs.field(validator=is_a(bool))
