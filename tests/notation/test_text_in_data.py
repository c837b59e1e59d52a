"""Text where a criterion may stand in data: a rule file that people write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.criteria import Criterion, F, Schema, all_of, named, unless
from crmcore.errors import FaultsError
from crmcore.notation import Limits, from_data, from_text, read_toml, to_text

SCHEMA = Schema.of(spend=int | None, tier=str, churn_risk=float)
LEAVES = [F.spend > 100, F.tier == "gold", F.churn_risk < 0.5, F.spend.is_missing()]


@given(st.lists(st.sampled_from(LEAVES), min_size=1, max_size=4))
def test_text_says_what_it_says_alone(leaves: list[Criterion]) -> None:
    """Text in data is the criterion that the text alone is."""
    text = to_text(all_of(*leaves))

    assert from_data(text) == from_text(text) == all_of(*leaves)


def test_text_stands_wherever_a_criterion_may() -> None:
    """Text and data mix, in groups, complements and definitions."""
    rule = read_toml("""
        crm-criteria = 1
        where.big = "spend > 100"
        expr = { all = ['named("big")', { unless = 'tier == "gold"' }, "churn_risk < 0.5"] }
    """)

    read = from_data(rule, schema=SCHEMA)

    assert read == all_of(named("big", F.spend > 100), unless(F.tier == "gold"), F.churn_risk < 0.5)


def test_a_fault_has_its_path_and_its_place_in_the_text() -> None:
    """What is wrong in a text is shown with line and column, under the path of the text."""
    with pytest.raises(FaultsError) as refused:
        from_data({"all": ["spend > 1 and\n  spent > 3", "tier >"]}, schema=SCHEMA)

    assert str(refused.value).splitlines()[1:] == [
        "  all[0]: line 2, column 3: unknown field 'spent'; did you mean 'spend'?",
        "      spent > 3",
        "      ^",
        "  all[1]: line 1, column 7: expected a field or a value, found the end",
        "    tier >",
        "          ^",
    ]


def test_definitions_stand_beside_text() -> None:
    """A text inside data may use names, and not define them."""
    with pytest.raises(FaultsError, match="has its definitions beside it, under 'where'"):
        from_data({"all": ['named("big") where "big": spend > 100']})


def test_text_has_no_more_parts_than_data() -> None:
    """The limits hold for the whole, however much of it is text."""
    with pytest.raises(FaultsError, match="must have at most 3 parts in all"):
        from_data({"all": ["spend > 1", "spend > 2", "spend > 3"]}, limits=Limits(nodes=3))
