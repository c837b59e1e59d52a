"""Findings: judged facts that ask for something to be done."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValueError
from crmcore.improvement import Finding, Severity, in_order
from crmcore.kernel import Phrase

OVERLOAD = Finding(
    kind="overload",
    severity=Severity.WARNING,
    subject="member:wei",
    title=Phrase("Wei has 46 h of work in a week of 38 h", "伟每周38小时内有46小时的工作"),
    evidence=(("hours", "46"), ("capacity", "38")),
)

FINDINGS = st.builds(
    Finding,
    kind=st.sampled_from(["gap", "overload"]),
    severity=st.sampled_from(Severity),
    subject=st.sampled_from(["member:ada", "member:wei"]),
    title=st.builds(Phrase, st.sampled_from(["much", "more"]), st.just("多")),
    evidence=st.lists(st.tuples(st.just("hours"), st.sampled_from("12")), max_size=1).map(tuple),
)


@given(st.data(), st.lists(FINDINGS, max_size=12))
def test_order_of_finding_does_not_matter(data: st.DataObject, found: list[Finding]) -> None:
    """The same findings, in whatever order they came, are told in the same one; none is lost."""
    shuffled = data.draw(st.permutations(found))

    told = in_order(found)

    assert told == in_order(shuffled)
    assert sorted(map(str, told)) == sorted(map(str, found))


@given(st.lists(FINDINGS, max_size=12))
def test_the_gravest_comes_first(found: list[Finding]) -> None:
    """No note stands above a warning, and no warning above what is critical."""
    ranks = [list(Severity).index(finding.severity) for finding in in_order(found)]

    assert ranks == sorted(ranks)


def test_a_finding_reads_as_one_line() -> None:
    """Severity, subject and title make the line."""
    line = "warning · member:wei · Wei has 46 h of work in a week of 38 h"

    assert str(OVERLOAD) == line


@pytest.mark.parametrize(
    ("fields", "message"),
    [({"kind": ""}, "^kind must not be empty"), ({"subject": "a\nb"}, "^subject must hold no")],
)
def test_a_finding_has_a_kind_and_a_subject(fields: dict[str, Any], message: str) -> None:
    """What nobody could look up is refused."""
    with pytest.raises(InvalidValueError, match=message):
        attrs.evolve(OVERLOAD, **fields)
