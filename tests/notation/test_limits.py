"""Limits: how much a rule may ask for."""

from __future__ import annotations

from typing import Any

import pytest

from crmcore.criteria import F
from crmcore.errors import FaultsError, InvalidValueError
from crmcore.notation import Limits, from_data, to_data

A: dict[str, Any] = {"gt": [{"field": "a"}, 1]}


@pytest.mark.parametrize(
    ("limit", "most", "reason"),
    [
        ("bytes", 2**24, "a larger text takes more memory than a rule is worth"),
        ("nesting", 64, "parsers recurse"),
        ("digits", 30, "longer numbers are exact in no engine"),
        ("nodes", 256, "query planners take minutes"),
        ("depth", 16, "databases refuse conditions that are nested deeper"),
        ("values", 1000, "databases refuse longer lists"),
        ("text", 256, "no field of a record is compared with more"),
    ],
)
def test_a_limit_can_only_be_tighter_than_the_language(limit: str, most: int, reason: str) -> None:
    """What is more than every engine takes is refused with the reason."""
    assert getattr(Limits(**{limit: most}), limit) == most
    for value in (most + 1, 0, -1, 1.5, True, "1"):
        with pytest.raises(
            InvalidValueError, match=f"{limit} must be .* from 1 to {most}: .*{reason}"
        ):
            Limits(**{limit: value})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "limits", "fault"),
    [
        ({"all": [A, A]}, Limits(nodes=2), "all[1]: a criterion must have at most 2 parts in all"),
        ({"all": [A] * 300}, Limits(), "all[255]: a criterion must have at most 256 parts in all"),
        (
            {"gt": [{"add": [{"field": "a"}, {"abs": {"field": "b"}}]}, 1]},
            Limits(nodes=2),
            "gt[0].add[1].abs: a criterion must have at most 2 parts in all",
        ),
        (
            {"not": {"not": A}},
            Limits(depth=2),
            "not.not: a criterion must be nested at most 2 deep",
        ),
        (
            {"gt": [{"abs": {"abs": {"field": "a"}}}, 1]},
            Limits(depth=2),
            "gt[0].abs.abs: a criterion must be nested at most 2 deep",
        ),
        (
            {"in": [{"field": "a"}, [1, 2, 3]]},
            Limits(values=2),
            "in[1]: it must be a list of at most 2 values (got a list of 3)",
        ),
        (
            {"eq": [{"field": "a"}, "gold"]},
            Limits(text=3),
            "eq[1]: a text must have at most 3 characters (got 'gold')",
        ),
        (
            {"gt": [{"field": "a"}, -1234]},
            Limits(digits=3),
            "gt[1]: a number must have at most 3 digits (got -1234)",
        ),
        (
            {"gt": [{"field": "a"}, 1000]},
            Limits(digits=3),
            "gt[1]: a number must have at most 3 digits (got 1000)",
        ),
        (
            {"gt": [{"field": "a"}, {"decimal": "12.34"}]},
            Limits(digits=3),
            "gt[1].decimal: it must be a decimal number as text, of at most 3 digits (got '12.34')",
        ),
        (
            {"all": [{"between": [{"field": "a"}, 1, 2]}] * 2},
            Limits(nodes=4),
            (
                "criterion: a criterion must have at most 4 parts in all, nested at most 16 deep, "
                "short forms written out"
            ),
        ),
        (
            {"differs": [{"field": "a"}, 1]},
            Limits(depth=1),
            (
                "criterion: a criterion must have at most 256 parts in all, nested at most 1 deep, "
                "short forms written out"
            ),
        ),
    ],
)
def test_what_asks_for_more_is_refused(data: object, limits: Limits, fault: str) -> None:
    """The fault says where there is too much, and how much there may be."""
    with pytest.raises(FaultsError) as caught:
        from_data(data, limits=limits)

    assert [str(found) for found in caught.value.faults] == [fault]


def test_the_limit_itself_is_within_it() -> None:
    """As much as a limit says may be asked for."""
    criterion = ~(F.a + abs(F.b) > 123) & F.tier.in_(["gold", "base"])
    limits = Limits(nodes=6, depth=5, values=2, text=4, digits=3)

    assert from_data(to_data(criterion), limits=limits) == criterion


def test_reading_stops_where_there_is_too_much() -> None:
    """Objects that share their parts are small in memory and endless to walk through."""
    data: dict[str, Any] = A
    for _ in range(15):
        data = {"all": [data, data]}

    with pytest.raises(FaultsError) as caught:
        from_data(data)

    assert len(caught.value.faults) == 1
    assert caught.value.faults[0].problem == "a criterion must have at most 256 parts in all"
