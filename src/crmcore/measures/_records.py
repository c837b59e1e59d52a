"""Atoms about records and their fields: counts, sums, means, quantiles, extremes."""

from __future__ import annotations

from decimal import Decimal

import attrs

from crmcore.checks import decimal, is_fraction
from crmcore.criteria import Criterion
from crmcore.kernel import Phrase

from ._additivity import Additivity
from ._measure import A_FEW, ENTITIES, VALUES, Atom, among, is_filter, is_optional_path, is_path


@attrs.frozen
class Count(Atom):
    """How many records there are.

    Attributes:
        where: Which records to take; all where it is None. A record of which the criterion
            is unknown is not taken.
        source: Which kind of records; the only one there is where it is None.

    .. versionadded:: 0.1.0
    """

    where: Criterion | None = attrs.field(default=None, validator=is_filter)

    @property
    def additivity(self) -> Additivity:
        """Counts of periods add up."""
        return Additivity.ADDITIVE

    @property
    def sums_over_groups(self) -> bool:
        """Each record is of one group."""
        return True

    @property
    def words(self) -> Phrase:
        """What it measures."""
        rest = among(self.source, self.where)
        return Phrase(f"the number{rest.en}", f"数量{rest.zh}")

    @property
    def memory(self) -> Phrase:
        """A number."""
        return A_FEW


@attrs.frozen
class Sum(Atom):
    """The sum of a field; 0 where there are no records.

    A field that holds `crmcore.kernel.Money`, or the amount of one, is summed in one currency,
    and a second currency among the records of a sum is refused.

    Attributes:
        field: The field, such as ``quantity`` or ``amount``; integers, decimals or money. A
            record without it is counted as missing.
        where: Which records to take; all where it is None.
        until: The field with the day after the last one that a record speaks of, where it
            speaks of several: then only a record counts of which all days lie in the period,
            so that the figure of a year is not taken for that of its January.
        source: Which kind of records; the only one there is where it is None.

    .. versionadded:: 0.1.0
    """

    field: str = attrs.field(validator=is_path)
    where: Criterion | None = attrs.field(default=None, validator=is_filter)
    until: str | None = attrs.field(default=None, kw_only=True, validator=is_optional_path)

    @property
    def additivity(self) -> Additivity:
        """Sums of periods add up; but what speaks of a quarter speaks of none of its months."""
        return Additivity.ADDITIVE if self.until is None else Additivity.NON_ADDITIVE

    @property
    def sums_over_groups(self) -> bool:
        """Each record is of one group."""
        return True

    @property
    def words(self) -> Phrase:
        """What it measures."""
        rest = among(self.source, self.where)
        en = f" with all days up to {self.until} in the period" if self.until else ""
        zh = f"（至{self.until}的各日均在本期内）" if self.until else ""
        return Phrase(f"the sum of {self.field}{rest.en}{en}", f"{self.field}之和{rest.zh}{zh}")

    @property
    def memory(self) -> Phrase:
        """The sum, and how many there were."""
        return A_FEW


@attrs.frozen
class Mean(Atom):
    """The mean of a field, with Student's t interval.

    Records without a value are left out above and below the line, and counted as missing.

    Attributes:
        field: The field, such as ``minutes``; integers, decimals or money.
        where: Which records to take; all where it is None.
        source: Which kind of records; the only one there is where it is None.

    .. versionadded:: 0.1.0
    """

    field: str = attrs.field(validator=is_path)
    where: Criterion | None = attrs.field(default=None, validator=is_filter)

    @property
    def additivity(self) -> Additivity:
        """A mean of means is not the mean."""
        return Additivity.NON_ADDITIVE

    @property
    def words(self) -> Phrase:
        """What it measures."""
        rest = among(self.source, self.where)
        return Phrase(f"the mean {self.field}{rest.en}", f"{self.field}均值{rest.zh}")

    @property
    def memory(self) -> Phrase:
        """The sum, the sum of squares, and how many there were."""
        return A_FEW


@attrs.frozen
class Quantile(Atom):
    """The value of a field below which a share *q* of the records lies.

    Between two values it goes on in a straight line. The median carries its order-statistic
    interval.

    Attributes:
        field: The field, such as ``minutes``; integers, decimals or money.
        q: The share as a fraction: 0.5 is the median, 0 the least, 1 the largest value.
        where: Which records to take; all where it is None.
        source: Which kind of records; the only one there is where it is None.

    .. versionadded:: 0.1.0
    """

    field: str = attrs.field(validator=is_path)
    q: Decimal = attrs.field(
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
        validator=is_fraction,
    )
    where: Criterion | None = attrs.field(default=None, validator=is_filter)

    @property
    def additivity(self) -> Additivity:
        """A quantile of quantiles is not the quantile."""
        return Additivity.NON_ADDITIVE

    @property
    def words(self) -> Phrase:
        """What it measures."""
        rest = among(self.source, self.where)
        return Phrase(
            f"the {self.q} quantile of {self.field}{rest.en}",
            f"{self.field}的{self.q}分位数{rest.zh}",
        )

    @property
    def memory(self) -> Phrase:
        """The values."""
        return VALUES


@attrs.frozen
class Distinct(Atom):
    """How many different values a field has.

    Over a longer period they are counted anew: who came in two months is one customer of the
    quarter.

    Attributes:
        field: The field, such as ``customer``. A record without it is counted as missing.
        where: Which records to take; all where it is None.
        source: Which kind of records; the only one there is where it is None.

    .. versionadded:: 0.1.0
    """

    field: str = attrs.field(validator=is_path)
    where: Criterion | None = attrs.field(default=None, validator=is_filter)

    @property
    def additivity(self) -> Additivity:
        """Who is there twice is one."""
        return Additivity.NON_ADDITIVE

    @property
    def is_set(self) -> bool:
        """It is the plainest one."""
        return True

    @property
    def words(self) -> Phrase:
        """What it measures."""
        rest = among(self.source, self.where)
        return Phrase(
            f"the number of different values of {self.field}{rest.en}",
            f"{self.field}的不同取值数{rest.zh}",
        )

    @property
    def memory(self) -> Phrase:
        """The values."""
        return ENTITIES


@attrs.frozen
class Min(Atom):
    """The least value of a field.

    Attributes:
        field: The field; integers, decimals or money.
        where: Which records to take; all where it is None.
        source: Which kind of records; the only one there is where it is None.

    .. versionadded:: 0.1.0
    """

    field: str = attrs.field(validator=is_path)
    where: Criterion | None = attrs.field(default=None, validator=is_filter)

    @property
    def additivity(self) -> Additivity:
        """The least of all is neither the sum nor the last."""
        return Additivity.NON_ADDITIVE

    @property
    def words(self) -> Phrase:
        """What it measures."""
        rest = among(self.source, self.where)
        return Phrase(f"the least {self.field}{rest.en}", f"{self.field}最小值{rest.zh}")

    @property
    def memory(self) -> Phrase:
        """The least value."""
        return A_FEW


@attrs.frozen
class Max(Atom):
    """The largest value of a field.

    Attributes:
        field: The field; integers, decimals or money.
        where: Which records to take; all where it is None.
        source: Which kind of records; the only one there is where it is None.

    .. versionadded:: 0.1.0
    """

    field: str = attrs.field(validator=is_path)
    where: Criterion | None = attrs.field(default=None, validator=is_filter)

    @property
    def additivity(self) -> Additivity:
        """The largest of all is neither the sum nor the last."""
        return Additivity.NON_ADDITIVE

    @property
    def words(self) -> Phrase:
        """What it measures."""
        rest = among(self.source, self.where)
        return Phrase(f"the largest {self.field}{rest.en}", f"{self.field}最大值{rest.zh}")

    @property
    def memory(self) -> Phrase:
        """The largest value."""
        return A_FEW


@attrs.frozen
class First(Atom):
    """The earliest value of a field in the period.

    Attributes:
        field: The field; integers, decimals or money. A record without it is counted as
            missing.
        where: Which records to take; all where it is None.
        at: The field that tells which record is the earliest.
        tie: The field that decides between two records of one moment; the smaller wins, and
            then the smaller value.
        source: Which kind of records; the only one there is where it is None.

    .. versionadded:: 0.1.0
    """

    field: str = attrs.field(validator=is_path)
    where: Criterion | None = attrs.field(default=None, validator=is_filter)
    at: str = attrs.field(default="at", kw_only=True, validator=is_path)
    tie: str = attrs.field(default="id", kw_only=True, validator=is_path)

    @property
    def additivity(self) -> Additivity:
        """The first of a quarter is not that of its last month."""
        return Additivity.NON_ADDITIVE

    @property
    def words(self) -> Phrase:
        """What it measures."""
        rest = among(self.source, self.where)
        return Phrase(f"the first {self.field}{rest.en}", f"{self.field}首个值{rest.zh}")

    @property
    def memory(self) -> Phrase:
        """The earliest value."""
        return A_FEW


@attrs.frozen
class Last(Atom):
    """The latest value of a field in the period, such as a balance or a rating.

    Attributes:
        field: The field; integers, decimals or money. A record without it is counted as
            missing.
        where: Which records to take; all where it is None.
        at: The field that tells which record is the latest.
        tie: The field that decides between two records of one moment; the larger wins, and
            then the larger value.
        source: Which kind of records; the only one there is where it is None.

    .. versionadded:: 0.1.0
    """

    field: str = attrs.field(validator=is_path)
    where: Criterion | None = attrs.field(default=None, validator=is_filter)
    at: str = attrs.field(default="at", kw_only=True, validator=is_path)
    tie: str = attrs.field(default="id", kw_only=True, validator=is_path)

    @property
    def additivity(self) -> Additivity:
        """The last of a quarter is that of its last month, where that has one."""
        return Additivity.SEMI_ADDITIVE

    @property
    def words(self) -> Phrase:
        """What it measures."""
        rest = among(self.source, self.where)
        return Phrase(f"the last {self.field}{rest.en}", f"{self.field}末个值{rest.zh}")

    @property
    def memory(self) -> Phrase:
        """The latest value."""
        return A_FEW
