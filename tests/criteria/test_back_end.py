"""Writing a back end of one's own."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import attrs
import pytest

from crmcore.criteria import BackEnd, Criterion, F, Predicate, as_of, named, predicate, unless

TODAY = date(2026, 9, 30)
_SIGNS = {
    "eq": "=",
    "ne": "<>",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "add": "+",
    "sub": "-",
    "mul": "*",
}


@attrs.define
class Sqlite:
    """Criteria as SQL text with bound values; sets are texts between bars."""

    values: list[Any] = attrs.field(factory=list)

    def _bind(self, value: Any) -> str:  # noqa: ANN401 - whatever SQLite takes
        self.values.append(value)
        return f"?{len(self.values)}"

    def field(self, name: str) -> str:
        """Return the column."""
        return name

    def literal(self, value: Any) -> str:  # noqa: ANN401 - whatever SQLite takes
        """Return a bound value."""
        return self._bind(value)

    def as_of(self, *, months: int, days: int) -> str:
        """Return the day as text."""
        assert months == 0
        return self._bind((TODAY + timedelta(days=days)).isoformat())

    def arithmetic(self, op: str, left: str, right: str) -> str:
        """Return the calculation; null goes through it, and a quotient is a float."""
        if op == "div":
            return f"(CAST({left} AS REAL) / NULLIF({right}, 0))"
        return f"({left} {_SIGNS[op]} {right})"

    def call(self, function: str, arguments: Sequence[str]) -> str:
        """Return the call; SQLite has three of the four, and days are counted by hand."""
        if function == "days_between":
            start, end = arguments
            return f"CAST(julianday({end}) - julianday({start}) AS INTEGER)"
        return f"{function}({', '.join(arguments)})"

    def compare(self, op: str, left: str, right: str) -> str:
        """Return the comparison."""
        return f"({left} {_SIGNS[op]} {right})"

    def is_in(self, field: str, values: tuple[Any, ...]) -> str:
        """Return the membership."""
        return f"({field} IN ({', '.join(map(self._bind, values))}))"

    def match(self, op: str, field: str, text: str) -> str:
        """Return the match, letter by letter."""
        bound = self._bind(text)
        found = {
            "starts": f"substr({field}, 1, {len(text)}) = {bound}",
            "ends": f"substr({field}, -{len(text)}) = {bound}",
            "contains": f"instr({field}, {bound}) > 0",
        }
        return f"({found[op]})"

    def has(self, field: str, text: str) -> str:
        """Return the membership in the set."""
        return self.match("contains", field, f"|{text}|")

    def is_missing(self, field: str) -> str:
        """Return the test for null."""
        return f"({field} IS NULL)"

    def all_of(self, parts: Sequence[str]) -> str:
        """Return the conjunction."""
        return f"({' AND '.join(parts) or 'TRUE'})"

    def any_of(self, parts: Sequence[str]) -> str:
        """Return the disjunction."""
        return f"({' OR '.join(parts) or 'FALSE'})"

    def negate(self, part: str) -> str:
        """Return the negation."""
        return f"(NOT {part})"

    def unless(self, part: str) -> str:
        """Return the total complement."""
        return f"({part} IS NOT TRUE)"

    def named(self, name: str, part: str) -> str:
        """Return the part, which is false where it is unknown."""
        assert name.isidentifier()
        return f"({part} IS TRUE)"

    def apply(
        self, predicate: Predicate, inputs: Sequence[str], arguments: Mapping[str, Any]
    ) -> str:
        """Refuse what is written in Python."""
        raise NotImplementedError(f"{predicate.name} of {inputs} with {arguments}")


@pytest.mark.parametrize(
    "criterion",
    [
        (F.days > 90) & F.tier.in_(["gold", "silver"]),
        ~(F.days > 90) | (F.tier != "gold"),
        unless(F.days <= 90) & F.tier.is_present(),
        F.tier.differs("gold"),
        F.tier.starts_with("go") | F.tier.ends_with("er"),
        F.tier.contains("l"),
        F.tags.has("vip"),
        F.joined < as_of.shift(days=-30),
        F.days.between(1, 100),
        ~F.days.in_([1, 91]),
        F.days / F.visits > 30,
        ~(F.days * 2 - F.visits >= 100),
        abs(F.visits - F.days).in_([1, 87]),
        (F.days / F.visits).is_missing(),
        F.days.otherwise(0) + 1 < F.visits,
        F.tier.otherwise("none").length() == 4,
        F.joined.days_until(as_of) >= 31,
        ~named("idle", (F.days > 1) & (F.visits == 0)) | F.tier.is_missing(),
    ],
)
def test_another_engine_gives_the_same_verdicts(criterion: Criterion) -> None:
    """A method for each part makes SQL of a criterion, and SQLite agrees on every record."""
    back_end = Sqlite()
    checked: BackEnd[str, str] = back_end
    rows = [
        {"days": days, "tier": tier, "tags": tags, "joined": joined, "visits": visits}
        for days in (None, 1, 90, 91)
        for visits in (None, 0, 3)
        for tier in (None, "gold", "silver", "base")
        for tags in ("", "|vip|", "|press|vip|")
        for joined in (None, "2026-08-30", "2026-08-31")
    ]

    with sqlite3.connect(":memory:") as database:
        database.execute(
            "CREATE TABLE t (days INTEGER, tier TEXT, tags TEXT, joined TEXT, visits INTEGER)"
        )
        database.executemany("INSERT INTO t VALUES (:days, :tier, :tags, :joined, :visits)", rows)
        query = f"SELECT {criterion.fold(checked)} FROM t ORDER BY rowid"  # noqa: S608 - bound
        found = [value for (value,) in database.execute(query, back_end.values)]
    database.close()

    for row, value in zip(rows, found, strict=True):
        joined = row["joined"]
        record = {
            **row,
            "tags": set(str(row["tags"]).split("|")) - {""},
            "joined": None if joined is None else date.fromisoformat(str(joined)),
        }
        truth = criterion.evaluate(record, as_of=TODAY).truth
        assert (None if value is None else bool(value)) is truth


def test_a_back_end_may_refuse_what_it_cannot_say() -> None:
    """A predicate in Python reaches the back end with its fields and arguments by name."""

    @predicate("acme.is_early", version="1.0", reads={"days": int})
    def is_early(customer: Any, *, least: int) -> bool:  # noqa: ANN401 - with the declared fields
        return bool(customer.days < least)

    criterion = is_early(least=5) & (F.tier == "gold")

    with pytest.raises(NotImplementedError, match=r"acme.is_early of \['days'\] with .*'least': 5"):
        criterion.fold(Sqlite())
    assert criterion.holds({"days": 3, "tier": "gold"})
