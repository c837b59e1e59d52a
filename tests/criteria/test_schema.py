"""Refusing a criterion before it runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import IntEnum
from typing import Annotated, Literal, NewType, cast

import attrs
import pytest

from crmcore.criteria import Criterion, F, Schema, all_of, as_of, named, unless
from crmcore.errors import Fault, FaultsError, InvalidValueError, UnknownNameError
from crmcore.kernel import LabelledEnum, Money, Undefined

Segment = NewType("Segment", str)


class Tier(LabelledEnum):
    """A class of customers."""

    GOLD = "gold", "gold", "金牌"
    SILVER = "silver", "silver", "银牌"


class Size(IntEnum):
    """Sizes by number."""

    SMALL = 1


@attrs.frozen(kw_only=True)
class Customer:
    """What is known of a customer."""

    days: int | None
    spend: Decimal
    ratio: float | Undefined
    tier: Tier | None
    email: str
    is_vip: bool
    joined: date
    seen: datetime
    tags: frozenset[str]
    revenue: Money
    _secret: int = 0

    @property
    def age(self) -> int:
        """The age in years."""
        return 5

    @property
    def odd(self):  # type: ignore[no-untyped-def]  # noqa: ANN201
        """Something without a type."""

    @property
    def _hidden(self) -> int:
        return self._secret


SCHEMA = Schema.of(Customer)


def test_the_schema_is_the_class() -> None:
    """Fields and annotated properties are the columns, without the private ones."""
    assert SCHEMA.names == (
        *("age", "days", "email", "is_vip", "joined", "odd"),
        *("ratio", "revenue", "seen", "spend", "tags", "tier"),
    )
    assert "age" in SCHEMA
    assert "_secret" not in SCHEMA
    assert SCHEMA["tier"].words == ("gold", "silver")
    assert SCHEMA["tier"].nullable
    assert not SCHEMA["spend"].nullable


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [
        (int, "an integer"),
        (int | None, "an integer"),
        (Decimal | Undefined, "a decimal"),
        (float, "a float"),
        (bool, "yes or no"),
        (Segment, "text"),
        (Annotated[str, "an address"], "text"),
        (Literal["a", "b"], "text"),
        (Literal[1, 2], "a value of another kind"),
        (date, "a date"),
        (datetime, "a datetime"),
        (set[str], "a set of text"),
        (tuple[Segment, ...], "a set of text"),
        (Sequence[Tier], "a set of text"),
        (list[int], "a value of another kind"),
        (tuple, "a value of another kind"),
        (int | str, "a value of another kind"),
        (Money, "a value of another kind"),
        (Size, "a value of another kind"),
    ],
)
def test_types_are_read_from_annotations(annotation: object, kind: str) -> None:
    """Whatever may annotate a field has a kind, and what cannot be compared says so."""
    assert Schema.of(x=annotation)["x"].kind.value == kind


def test_sources_add_up() -> None:
    """Classes, mappings and keywords make one schema; the last one to name a field wins."""
    schema = Schema.of(Customer, {"days": str}, stage=str)

    assert schema["days"].kind.value == "text"
    assert "stage" in schema


@pytest.mark.parametrize(
    ("criterion", "path", "message"),
    [
        (F.dais > 5, "gt", "unknown field 'dais'; did you mean 'days'?"),
        (F.dais.is_missing(), "is_null", "unknown field 'dais'"),
        (F.dais.has("a"), "has", "unknown field 'dais'"),
        (F.dais.in_(["a"]), "in", "unknown field 'dais'"),
        (F.days > F.spent, "gt", "unknown field 'spent'; did you mean 'spend'?"),
        (F.days > "five", "gt", r"days \(an integer\) cannot be compared with 'five' \(text\)"),
        (
            F.email > "a",
            "gt",
            r"email \(text\) has no order; compare it for equality",
        ),
        (F.is_vip < True, "lt", r"is_vip \(yes or no\) has no order"),
        (F.is_vip == 1, "eq", r"is_vip \(yes or no\) cannot be compared with 1 \(an integer\)"),
        (F.ratio == 1, "eq", "not compared for equality"),
        (F.ratio != 1.5, "ne", "not compared for equality"),
        (F.days.in_([1, 2.5]), "in", "not compared for equality"),
        (F.joined < datetime(2026, 1, 1, tzinfo=UTC), "lt", "an instant has a day only in some"),
        (F.seen < as_of, "lt", r"seen \(a datetime\) cannot be compared with as_of \(a date\)"),
        (F.tags == "vip", "eq", "tags .* cannot be compared; ask what it has, or whether"),
        (F.tags.contains("vip"), "contains", r"tags \(a set of text\); ask it with has"),
        (F.joined < "2026-01-01", "lt", "; state a day as a date, not as text"),
        (F.seen < "2026-01-01", "lt", "; state an instant as a datetime, not as text"),
        (F.days > F.tags, "gt", "tags .* cannot be compared"),
        (F.revenue > 5, "gt", "revenue .* cannot be compared; .* give it a type"),
        (F.days.starts_with("5"), "starts", r"starts asks text, not days \(an integer\)"),
        (F.email.has("a"), "has", "has asks a set of text, not email"),
        (F.tier == "glod", "eq", "unknown value of tier 'glod'; did you mean 'gold'?"),
        (F.tier.in_(["gold", "red"]), "in", "unknown value of tier 'red'"),
        (~(F.tier == "red"), "not.eq", "unknown value of tier"),
        (unless(F.tier == "red"), "unless.eq", "unknown value of tier"),
        ((F.days > 1) | (F.tier == "red"), r"any\[1\].eq", "unknown value of tier"),
    ],
)
def test_what_is_refused(criterion: Criterion, path: str, message: str) -> None:
    """What would not run, or not mean the same everywhere, is refused with its path."""
    with pytest.raises(FaultsError, match=f"{path}: .*{message}"):
        SCHEMA.check(criterion)


@pytest.mark.parametrize(
    "criterion",
    [
        F.days > Decimal("1.5"),
        F.ratio < 1.5,
        F.ratio >= F.days,
        F.days.in_([1, Decimal(2)]),
        F.tier == Tier.GOLD,
        F.tier == F.email,
        F.joined < as_of.shift(months=-3),
        F.seen < datetime(2026, 1, 1, tzinfo=UTC),
        F.is_vip.is_true(),
        F.revenue.is_present(),
        F.tags.has("vip"),
    ],
)
def test_what_is_fine(criterion: Criterion) -> None:
    """Numbers of all kinds have one order, and dates go with the day of judgement."""
    SCHEMA.check(criterion)


def test_all_faults_come_together() -> None:
    """Two mistakes are two faults, in the order of the criterion and under one path."""
    criterion = all_of(F.dais > 1, F.days > 1, F.tier == "glod")

    assert SCHEMA.faults(criterion, path="segments[2].where") == (
        Fault("segments[2].where.all[0].gt", "unknown field 'dais'; did you mean 'days'?"),
        Fault("segments[2].where.all[2].eq", "unknown value of tier 'glod'; did you mean 'gold'?"),
    )


def test_limits_come_first() -> None:
    """A criterion beyond the limits is refused before its types are looked at."""
    wide = all_of(*[F.days > place for place in range(300)])

    assert SCHEMA.faults(wide) == (
        Fault("criterion", "criterion must have at most 256 parts (got 301)"),
    )


def test_an_unknown_column_is_named() -> None:
    """Asking the schema for a field that is not there suggests the nearest."""
    with pytest.raises(UnknownNameError, match="unknown field 'tear'; did you mean 'tier'"):
        SCHEMA["tear"]


def test_a_schema_is_made_of_records() -> None:
    """A class without declared fields is refused."""
    with pytest.raises(InvalidValueError, match="schema must be made of attrs classes"):
        Schema.of(int)


def test_annotations_must_resolve() -> None:
    """An annotation that only the type checker sees is refused by name."""

    @attrs.frozen
    class Broken:
        """A record whose field has a type from nowhere."""

        x: Nowhere  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(InvalidValueError, match="run time; Nowhere does not"):
        Schema.of(Broken)


BOUNDED = SCHEMA.bounded(age=(0, 150), spend=(0, 10_000))


@pytest.mark.parametrize(
    ("criterion", "fault"),
    [
        (
            F.dais + 1 > 5,
            "gt[0].add: unknown field 'dais'; did you mean 'days'?",
        ),
        (F.days > F.dais + 1, "gt[1].add: unknown field 'dais'; did you mean 'days'?"),
        ((F.dais + 1).in_([5]), "in[0].add: unknown field 'dais'; did you mean 'days'?"),
        ((F.dais + 1).is_missing(), "is_null.add: unknown field 'dais'; did you mean 'days'?"),
        (
            abs(F.days - F.dais) > 5,
            "gt[0].abs.sub: unknown field 'dais'; did you mean 'days'?",
        ),
        (
            F.days + (F.dais + 1) > 5,
            "gt[0].add[1].add: unknown field 'dais'; did you mean 'days'?",
        ),
        (
            F.dais.otherwise("x").starts_with("y"),
            "starts[0].coalesce: unknown field 'dais'; did you mean 'days'?",
        ),
        (
            named("old", F.dais > 5),
            "named.old.gt: unknown field 'dais'; did you mean 'days'?",
        ),
        (
            F.days * F.days > 5,
            (
                "gt[0].mul: days * days must stay within 64 bits, and may reach 8.1e+31; "
                "state what its fields may be, as in Schema.bounded(visits=(0, 10_000))"
            ),
        ),
        (
            F.email + 1 > 5,
            "gt[0].add: email + 1 must be made of numbers, not of an integer and text",
        ),
        (
            F.spend + 1.5 > 5,
            (
                "gt[0].add: spend + 1.5 must not mix decimals with floats; "
                'write Decimal("0.5") beside decimals, 0.5 beside floats'
            ),
        ),
        (
            F.spend > 1.5,
            (
                "gt: comparing spend (a decimal) with 1.5 (a float) must not mix decimals with "
                'floats; write Decimal("0.5") beside decimals, 0.5 beside floats'
            ),
        ),
        (
            F.spend / F.days == 1.5,
            (
                "eq: spend / days (a float) and 1.5 (a float) are not compared for equality, which "
                "differs from engine to engine for floats; ask for an interval"
            ),
        ),
        (
            F.email.otherwise("x") > "a",
            "gt: email.otherwise('x') (text) has no order; compare it for equality or membership",
        ),
        (
            F.tier.otherwise("none") == "glod",
            "eq: unknown value of tier.otherwise('none') 'glod'; did you mean 'gold'?",
        ),
        (
            (F.days + 1).starts_with("5"),
            "starts: starts asks text, not days + 1 (an integer)",
        ),
        (
            F.seen.days_until(as_of) > 5,
            (
                "gt[0].days_between: seen.days_until(as_of) must count between dates, "
                "not from or to a datetime"
            ),
        ),
        (
            F.days + F.days > F.ratio,
            (
                "gt: comparing days + days (an integer) with ratio (a float) must be made of "
                "numbers that floats hold, up to 2^53 units; one may reach 1.8e+16; state what "
                "its fields may be, as in Schema.bounded(visits=(0, 10_000))"
            ),
        ),
    ],
)
def test_a_calculation_is_checked(criterion: Criterion, fault: str) -> None:
    """A fault names the operation by its path in the plain form, and says what would be right."""
    assert [str(found) for found in SCHEMA.faults(criterion)] == [fault]


def test_each_operand_has_its_own_faults() -> None:
    """Two mistakes in one calculation are two faults."""
    faults = SCHEMA.faults((F.dais + F.tiers) * F.email > 1)

    assert [fault.path for fault in faults] == ["gt[0].mul[0].add", "gt[0].mul[0].add"]


@pytest.mark.parametrize(
    "criterion",
    [
        F.age * F.age * F.age > F.days,
        F.spend + F.spend > F.age,
        F.spend * 12 - 5 > Decimal("1.5"),
        F.spend / F.age > 1.5,
        F.spend / F.age > F.ratio * 2,
        F.ratio - F.age > 1,
        abs(F.days.otherwise(0) - F.age) > 1,
        F.tier.otherwise("none") == "none",
        F.tier.otherwise("none").in_(["gold", "none"]),
        F.email.length() * F.age > 1,
        F.joined.days_until(as_of) * F.age > 1,
        F.revenue.is_missing(),
        named("old", F.age > 90),
        (F.age / F.age).is_missing(),
    ],
)
def test_a_calculation_within_bounds_is_fine(criterion: Criterion) -> None:
    """What provably stays in the range that all engines share passes."""
    BOUNDED.check(criterion)


def test_text_is_no_criterion_yet() -> None:
    """Whoever hands in the text of a rule is told what reads it."""
    with pytest.raises(InvalidValueError, match=r"be a Criterion; crmcore.notation.from_text"):
        SCHEMA.check(cast("Criterion", "age > 5"))
