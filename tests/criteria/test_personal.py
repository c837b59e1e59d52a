"""Personal data: a criterion may ask for it, and neither explanations nor errors tell it."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from crmcore.criteria import Criterion, F, predicate
from crmcore.errors import InvalidValueError
from crmcore.privacy import masked, personal
from crmcore.verdicts import Verdict


@attrs.frozen
class Guest:
    """Somebody who stays for a night."""

    name: Any = attrs.field(default="Ada Canary", metadata=personal("name"), repr=masked)
    year: Any = attrs.field(default=1815, metadata=personal("text"), repr=masked)
    nights: int = 3


class Odd:
    """A value that nobody can compare, and that shows what it holds."""

    def __ne__(self, other: object) -> bool:
        """Refuse to be compared."""
        raise ValueError(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """Show what it holds."""
        return "Canary"


@predicate("inn.is_noble", version="1", reads=["name"])
def is_noble(guest: Any) -> bool:  # noqa: ANN401
    """Fail, and tell why in too many words."""
    raise LookupError(guest.name)


def said(error: BaseException | None) -> str:
    """Return all that an error holds, its causes among it."""
    if error is None:
        return ""
    parts = [str(error), repr(error), repr(vars(error))]
    return "\n".join([*parts, said(error.__cause__), said(error.__context__)])


@pytest.mark.parametrize(
    ("criterion", "summary"),
    [
        (F.name == "Ada Canary", "holds: name is as asked"),
        (F.name.in_(["Ada Canary", "Wei"]), "holds: name is as asked"),
        (F.name.starts_with("Bo"), "fails: name is not as asked"),
        (F.name.length() > 3, "holds: length of name is as asked"),
        (F.year < 1900, "holds: year is as asked"),
        (F.year + F.nights > 1900, "fails: year + nights is not as asked"),
        (F.nights < F.year, "holds: nights is as asked"),
        (~(F.name == "Bo"), "holds: name is not as asked"),
        (~F.name.is_missing(), "holds: name is present"),
        (is_noble(), "unknown: inn.is_noble failed: LookupError"),
    ],
    ids=repr,
)
def test_an_explanation_says_what_was_asked_and_not_what_was_found(
    criterion: Criterion, summary: str
) -> None:
    """Explanations are kept in ledgers, which nobody erases; so they tell nothing personal."""
    explanation = criterion.explain(Guest())

    assert explanation.summary.en == summary
    for shown in (str(explanation), repr(explanation), explanation.summary.zh):
        assert "Canary" not in shown
        assert "1815" not in shown


def test_what_is_not_personal_is_told_beside_it() -> None:
    """A criterion that asks for several fields hides the personal ones only."""
    explanation = ((F.name == "Bo") & (F.nights > 5)).explain(Guest())

    assert [leaf.sentence.en for leaf in explanation.leaves] == [
        "name is not as asked",
        "nights is 3, 5 or less",
    ]
    assert [flip.en for flip in (F.name == "Bo").explain(Guest()).flips] == [
        "would hold if name were as asked"
    ]


def test_what_is_missing_is_told() -> None:
    """That nobody knows a name is no secret, nor is what the criterion asks for."""
    explanation = (F.name == "Bo").explain(Guest(name=None))

    assert explanation.verdict is Verdict.UNKNOWN
    assert explanation.observed == (("name", None),)
    assert explanation.summary.en == "unknown: name is missing (asked is name Bo)"


@pytest.mark.parametrize(
    ("criterion", "guest"),
    [
        (F.name > 3, Guest()),
        (F.nights > F.name, Guest()),
        (F.name + 1 > 3, Guest()),
        (F.nights + F.name > 3, Guest()),
        (abs(F.name) > 3, Guest()),
        (F.year.starts_with("18"), Guest()),
        (F.year.has("vip"), Guest()),
        (F.name == "Ada", Guest(name=Odd())),
    ],
    ids=repr,
)
def test_an_error_tells_the_kind_and_not_the_value(criterion: Criterion, guest: Guest) -> None:
    """A criterion that does not fit the value says what is wrong, and withholds the value."""
    for ask in (criterion.evaluate, criterion.compile(of=Guest), criterion.explain):
        with pytest.raises(InvalidValueError) as caught:
            ask(guest)

        assert "Canary" not in said(caught.value)
        assert "1815" not in said(caught.value)
