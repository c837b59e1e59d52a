"""Fairness: what groups get, and which differences are more than chance."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from crmcore.errors import InvalidValueError
from crmcore.incentives import FairnessGroup, audit_fairness
from crmcore.kernel import Phrase, Reason, Undefined
from crmcore.privacy import ALL, groups_to_hide

HIDDEN = Undefined(Reason.SUPPRESSED)


def people(**groups: list[int]) -> tuple[dict[str, Decimal], dict[str, str]]:
    """What the members of each group get, and where each belongs."""
    amounts = {
        f"member:{name}-{i}": Decimal(amount)
        for name, got in groups.items()
        for i, amount in enumerate(got)
    }
    return amounts, {who: who.removeprefix("member:").split("-")[0] for who in amounts}


EAST = [100, 104, 96, 102, 98, 100]
WEST = [80, 84, 76, 82, 78, 80]


def test_a_clear_gap_is_found() -> None:
    """Twenty points between means of 100 and 80, with a spread of three, are no chance."""
    amounts, groups = people(east=EAST, west=WEST)

    audit = audit_fairness(amounts, groups, what=Phrase("points", "分数"))

    assert (audit.mean, audit.n) == (Decimal(90), 12)
    assert [group.mean for group in audit.groups] == [100, 80]
    found = audit.findings
    assert [str(finding) for finding in found] == [
        "warning · group:east · east gets 20 more than the others on average (points)",
        "warning · group:west · west gets 20 less than the others on average (points)",
    ]
    assert found[1].title.zh == "west平均比其他组少20（分数）"
    assert dict(found[0].evidence)["n"] == "6"


def test_the_interval_is_welchs() -> None:
    """The same interval as another library gives, at the confidence of two comparisons."""
    amounts, groups = people(east=EAST, west=[60, 100, 80, 130, 20, 75, 90])

    found = audit_fairness(amounts, groups).groups[0].interval

    peer = stats.ttest_ind(EAST, [60, 100, 80, 130, 20, 75, 90], equal_var=False)
    expected = peer.confidence_interval(1 - 0.05 / 2)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.level == pytest.approx(0.975)
    assert found.method == "Welch"


def test_what_chance_explains_is_no_finding() -> None:
    """Means that differ by less than their noise are not called unfair."""
    amounts, groups = people(east=EAST, west=[101, 95, 108, 99, 96, 103])

    assert audit_fairness(amounts, groups).findings == ()


def test_small_groups_are_hidden_with_whom_would_give_them_away() -> None:
    """Two people of the north are hidden, and so is the smallest other group."""
    amounts, groups = people(north=[10, 20], east=EAST, west=[*WEST, 81])

    audit = audit_fairness(amounts, groups)

    assert [group.group for group in audit.groups if group.is_hidden] == ["east", "north"]
    assert audit.groups[1] == FairnessGroup(
        group="north", n=HIDDEN, mean=HIDDEN, deviation=HIDDEN, difference=HIDDEN
    )
    assert audit.n == 15


def test_too_few_in_all_show_nothing() -> None:
    """Three people are no statistics."""
    audit = audit_fairness(*people(north=[10, 20, 30]))

    assert (audit.n, audit.mean, audit.findings) == (HIDDEN, HIDDEN, ())


def test_one_group_has_nobody_to_differ_from() -> None:
    """A single group has a mean and no difference."""
    group = audit_fairness(*people(east=EAST)).groups[0]

    assert (group.difference, group.interval) == (Undefined(Reason.TOO_FEW), None)
    assert group.deviation == pytest.approx(stats.tstd(EAST))


def test_single_people_have_no_spread() -> None:
    """Where a group of one may be shown, nothing tells how far it would vary."""
    audit = audit_fairness(*people(east=[100], west=WEST), minimum=1)

    assert audit.groups[0].deviation == Undefined(Reason.TOO_FEW)
    assert (audit.groups[0].interval, audit.findings) == (None, ())


def test_equal_pay_within_groups_is_told_exactly() -> None:
    """Where all of a group get the same, any difference is one."""
    audit = audit_fairness(*people(east=[100] * 5, west=[99] * 5))

    interval = audit.groups[0].interval
    assert interval is not None
    assert (interval.low, interval.high) == (1, 1)
    assert len(audit.findings) == 2


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 500)), min_size=1, max_size=25),
    st.data(),
)
def test_what_is_shown_is_exact_and_in_no_order(
    drawn: list[tuple[str, int]], data: st.DataObject
) -> None:
    """Means are those of the group, hidden is what privacy names, order says nothing."""
    amounts = {f"m-{i}": Decimal(amount) for i, (_, amount) in enumerate(drawn)}
    groups = {f"m-{i}": name for i, (name, _) in enumerate(drawn)}
    names = list(groups.values())

    audit = audit_fairness(amounts, groups)

    turned = dict(data.draw(st.permutations(list(amounts.items()))))
    assert audit_fairness(turned, groups) == audit
    hidden = groups_to_hide({(name,): names.count(name) for name in names})
    assert {group.group for group in audit.groups if group.is_hidden} == {
        name for (name,) in hidden if name is not ALL
    }
    for group in audit.groups:
        if not isinstance(group.mean, Undefined):
            got = [amounts[who] for who, name in groups.items() if name == group.group]
            assert abs(group.mean * len(got) - sum(got)) < Decimal("1e-20")


@pytest.mark.parametrize(
    ("amounts", "message"),
    [
        ({}, "amounts must hold at least one"),
        ({"member:wei": Decimal(3)}, r"groups must name the group of every subject \(got 'member"),
    ],
)
def test_what_cannot_be_compared_is_refused(amounts: dict[str, Any], message: str) -> None:
    """Everybody belongs to a group, and there is somebody."""
    with pytest.raises(InvalidValueError, match=message):
        audit_fairness(amounts, {})
