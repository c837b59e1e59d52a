"""Named parts as plain data: what a document defines, refers to, and must not do."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from crmcore.criteria import Criterion, F, Schema, named
from crmcore.errors import FaultsError, InvalidValueError
from crmcore.notation import Limits, from_data, to_data

A: dict[str, Any] = {"gt": [{"field": "a"}, 1]}
DACH = F.country.in_(["AT", "CH", "DE"])
DACH_DATA = {"in": [{"field": "country"}, ["AT", "CH", "DE"]]}


def document(expr: object, **where: object) -> dict[str, Any]:
    """Return a document with definitions."""
    return {"crm-criteria": 1, "where": where, "expr": expr}


def name(called: object) -> dict[str, object]:
    """Return a reference to a definition."""
    return {"named": called}


def faults(data: object, **options: Any) -> list[str]:  # noqa: ANN401 - whatever from_data takes
    """Return what is wrong with data."""
    with pytest.raises(FaultsError) as caught:
        from_data(data, **options)
    return [str(fault) for fault in caught.value.faults]


def test_a_document_defines_what_its_expression_refers_to() -> None:
    """Definitions stand beside the expression, may refer to each other, and are used twice."""
    data = document(
        {"any": [name("core"), {"not": name("dach")}]},
        dach=DACH_DATA,
        core={"all": [name("dach"), A]},
    )

    criterion = from_data(data)

    core = named("core", named("dach", DACH) & (F.a > 1))
    assert criterion == core | ~named("dach", DACH)
    assert to_data(criterion) == data
    assert list(to_data(criterion)["where"]) == ["core", "dach"]


def test_names_can_be_known_outside() -> None:
    """Whoever reads hands in what names stand for, and a definition may say the same again."""
    known = {"dach": DACH, "unused": F.a > 1}

    assert from_data(name("dach"), named=known) == named("dach", DACH)
    assert from_data(document(name("dach"), dach=DACH_DATA), named=known) == named("dach", DACH)
    assert from_data(document(name("dach")), named=known) == named("dach", DACH)


def test_a_part_that_never_was_named_is_written_without_definitions() -> None:
    """A document has definitions only where it needs them."""
    assert to_data(F.a > 1) == {"crm-criteria": 1, "expr": A}


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (document(name("dahc"), dach=A), "expr.named: unknown name 'dahc'; did you mean 'dach'?"),
        (name("dach"), "named: unknown name 'dach'; none is known"),
        (name(5), "named: it must be text that is not empty (got 5)"),
        (document(name("d h"), **{"d h": A}), "expr.named: name must be a plain name of at most"),
        (document(A, dach=A), "where.dach: is not used; refer to it by its name, or leave it out"),
        (document(A, a=name("b"), b=A), "where.a: is not used; refer to it by"),
        (
            {"crm-criteria": 1, "where": {5: A}, "expr": A},
            "where.5: is not used; refer to it by its name, or leave it out",
        ),
        (
            {"crm-criteria": 1, "where": [], "expr": A},
            "where: it must be a table of at most 256 names, each with a criterion (got a list",
        ),
        (
            {"crm-criteria": 1, "where": {str(i): A for i in range(300)}, "expr": A},
            "where: it must be a table of at most 256 names, each with a criterion (got a table of",
        ),
        (
            document(name("a"), a={"not": name("a")}),
            "where.a.not.named: names refer to each other in a circle: a → a",
        ),
        (
            document(name("x"), x=name("a"), a={"not": name("b")}, b={"any": [A, name("a")]}),
            "where.b.any[1].named: names refer to each other in a circle: a → b → a",
        ),
        (document(name("a"), a={"gtt": []}), "where.a: unknown operator 'gtt'; did you mean 'gt'?"),
    ],
)
def test_what_is_refused(data: object, problem: str) -> None:
    """Unknown, unused and circular names are told with their path."""
    assert faults(data)[0].startswith(problem)


def test_a_faulty_definition_is_told_once() -> None:
    """However often it is referred to."""
    data = document({"all": [name("a"), name("a")]}, a={"gtt": []})

    assert faults(data, path="rules[2].when") == [
        "rules[2].when.where.a: unknown operator 'gtt'; did you mean 'gt'?"
    ]


def test_definitions_are_checked_against_the_schema() -> None:
    """Also those from outside; constants take the kind of the field that they meet."""
    schema = Schema.of(spend=Decimal)
    data = document({"all": [name("big"), name("old")]}, big={"gt": [{"field": "spend"}, 0.5]})

    assert faults(data, schema=schema, named={"old": F.days > 5}) == [
        "expr.all[1].named: unknown field 'days'; known are spend"
    ]
    assert from_data(data, schema=schema, named={"old": F.spend > 1.5}) == (
        named("big", F.spend > Decimal("0.5")) & named("old", F.spend > Decimal("1.5"))
    )


def test_a_name_has_one_meaning() -> None:
    """Two definitions of one name are refused, wherever each of them stands."""
    known = {"a": F.a > 2, "b": named("a", F.a > 1), "c": named("a", F.a > 1.0)}
    told = ["criterion: give one meaning to each name; a has two"]

    assert faults({"all": [name("a"), name("b")]}, named=known) == told
    assert faults({"all": [name("b"), name("c")]}, named=known) == told
    assert faults(document({"all": [name("a"), name("b")]}, a={"not": A}), named=known) == told


def test_two_meanings_of_a_name_cannot_be_written() -> None:
    """The data would say something else than the criterion."""
    criterion = named("a", F.a > 1) & named("a", F.a > 2) & named("a", F.a > 3)

    with pytest.raises(InvalidValueError, match="give one meaning to each name; a has two"):
        to_data(criterion)


def _doubling(levels: int) -> dict[str, Any]:
    where = {f"n{i}": {"all": [name(f"n{i - 1}")] * 2} for i in range(1, levels)}
    return document(name(f"n{levels - 1}"), n0=A, **where)


def test_a_definition_counts_at_each_use() -> None:
    """A few definitions that use each other twice would else be millions of parts."""
    criterion = from_data(_doubling(6))

    assert criterion.size.nodes == 126
    assert from_data(_doubling(6), limits=Limits(nodes=126)) == criterion
    assert faults(_doubling(6), limits=Limits(nodes=125)) == [
        "where.n5.all[1].named: a criterion must have at most 125 parts in all"
    ]
    assert faults(_doubling(8))[0].endswith("a criterion must have at most 256 parts in all")


def test_a_definition_is_as_deep_as_where_it_is_used() -> None:
    """The same definition may be in order in one place and too deep in another."""
    deep = {"not": {"not": {"not": {"not": A}}}}
    data = document({"all": [name("deep"), {"not": {"not": name("deep")}}]}, deep=deep)

    assert from_data(data, limits=Limits(depth=9)).size.depth == 9
    assert faults(data, limits=Limits(depth=8)) == [
        "expr.all[1].not.not.named: a criterion must be nested at most 8 deep"
    ]


def test_what_is_known_outside_counts_too() -> None:
    """Its parts and its depth are added where the name stands."""
    known: dict[str, Criterion] = {"deep": ~~~~(F.a > 1)}

    assert from_data(name("deep"), named=known, limits=Limits(nodes=6, depth=6)).size.nodes == 6
    assert faults(name("deep"), named=known, limits=Limits(nodes=5)) == [
        "named: a criterion must have at most 5 parts in all"
    ]
    assert faults(name("deep"), named=known, limits=Limits(depth=5)) == [
        "named: a criterion must be nested at most 5 deep"
    ]


def test_the_fingerprint_covers_what_a_name_stands_for() -> None:
    """A rule is another one as soon as a definition changes, though its expression does not."""
    before, after = (from_data(document(name("a"), a={"gt": [{"field": "a"}, n]})) for n in (1, 2))

    assert to_data(before)["expr"] == to_data(after)["expr"]
    assert before.fingerprint != after.fingerprint
    assert from_data(json.loads(json.dumps(to_data(before)))).fingerprint == before.fingerprint
