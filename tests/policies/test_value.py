"""What a policy says of the value of customers."""

from __future__ import annotations

from decimal import Decimal
from importlib import resources

import attrs
import pytest

from crmcore.codec import from_json, to_json
from crmcore.durations import days, weeks, years
from crmcore.errors import FaultsError, InvalidValueError
from crmcore.policies import Policy, ValuePolicy

TEXT = resources.files("crmcore.policies").joinpath("default.toml").read_text("utf-8")
START, END = TEXT.index("[value]"), TEXT.index("# ---", TEXT.index("[value]"))


def test_the_default_policy_looks_a_year_ahead() -> None:
    """Value is what customers pay within a year; who slips away has left not long ago."""
    found = Policy.default().value

    assert found is not None
    assert found == ValuePolicy(
        horizon=weeks(52),
        yearly_discount=Decimal("0.1"),
        margin=Decimal(1),
        repeat_customers=30,
        slipping_below=Decimal("0.5"),
        gone_after_days=365,
        worth=Decimal(70),
    )
    assert found.is_sales
    assert found.discount.factor(years(1)) == pytest.approx(1 / 1.1)


def test_every_number_of_it_has_a_reason() -> None:
    """Before each line with a number stands a comment that says why."""
    lines = TEXT[START:END].splitlines()
    stated = [place for place, line in enumerate(lines) if " = " in line and line[0] != "#"]

    assert len(stated) == len(attrs.fields(ValuePolicy))
    assert all(lines[place - 1].startswith("#") for place in stated)


def test_a_policy_without_the_table_tells_no_value() -> None:
    """Whoever does not state how far ahead to look gets no value, and that is another policy."""
    without = Policy.from_toml(TEXT[:START] + TEXT[END:])

    assert without.value is None
    assert without == attrs.evolve(Policy.default(), value=None)
    assert without.fingerprint != Policy.default().fingerprint


def test_what_is_left_out_of_the_table_has_a_default() -> None:
    """A table with the margin alone leaves nobody out for being worth little, or long gone."""
    found = Policy.from_toml(TEXT[:START] + "[value]\nmargin = 0.4\n\n" + TEXT[END:]).value

    assert found is not None
    assert found == ValuePolicy(margin=Decimal("0.4"))
    assert not found.is_sales
    assert (found.worth, found.gone_after_days) == (Decimal(0), 36_525)


def test_it_is_read_again_from_json() -> None:
    """What was written down says the same when it is read."""
    own = ValuePolicy(horizon=days(400), margin=Decimal("0.35"), worth=Decimal("12.5"))
    policy = attrs.evolve(Policy.default(), value=own)

    assert from_json(ValuePolicy, to_json(own)) == own
    assert from_json(Policy, to_json(policy)) == policy


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("amount = 52", "amount = 0", "value.horizon: must last a day to a hundred years"),
        ("amount = 52", "amount = 6000", "value.horizon: must last a day to a hundred years"),
        ("amount = 52", "amount = -1", "value.horizon.amount: must be at least 0"),
        ('unit = "week"', 'unit = "weak"', "unknown time unit 'weak'; did you mean 'week'?"),
        ("yearly_discount = 0.1", "yearly_discount = 10", "value.yearly_discount: must "),
        ("margin = 1", "margin = 0", "value.margin: must be above 0"),
        ("margin = 1", "margin = 40", "value.margin: must "),
        ("repeat_customers = 30", "repeat_customers = 0", "value.repeat_customers: must "),
        ("slipping_below = 0.5", "slipping_below = 50", "value.slipping_below: must "),
        ("gone_after_days = 365", "gone_after_days = 0", "value.gone_after_days: must "),
        ("worth = 70", "worth = -1", "value.worth: must be at least 0"),
        ("worth = 70", "wort = 70", "unknown field 'wort'; did you mean 'worth'?"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(old: str, new: str, fault: str) -> None:
    """Percentages in place of fractions, and limits in the wrong order, are told by name."""
    assert old in TEXT[START:END]

    with pytest.raises(FaultsError) as refused:
        Policy.from_toml(TEXT[:START] + TEXT[START:END].replace(old, new) + TEXT[END:])

    assert fault in str(refused.value)


def test_a_horizon_is_a_duration() -> None:
    """A number of nobody knows what is refused in Python too."""
    with pytest.raises(InvalidValueError, match="horizon must be "):
        ValuePolicy(horizon=52)  # type: ignore[arg-type]
