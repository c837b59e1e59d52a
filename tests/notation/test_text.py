"""Criteria as text: what it means, how it is printed, and how mistakes are told."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from crmcore.criteria import (
    EVERYTHING,
    Criterion,
    F,
    Schema,
    any_of,
    as_of,
    named,
    unless,
)
from crmcore.errors import FaultsError, InvalidValueError
from crmcore.notation import Limits, from_text, to_text

DACH = F.country.in_(["AT", "CH", "DE"])


def refusal(text: str, **options: Any) -> str:  # noqa: ANN401 - whatever from_text takes
    """Return the message with which a text is refused."""
    with pytest.raises(FaultsError) as caught:
        from_text(text, **options)
    return str(caught.value)


def problems(text: str, **options: Any) -> list[str]:  # noqa: ANN401 - as above
    """Return the place and the first line of each fault of a text."""
    with pytest.raises(FaultsError) as caught:
        from_text(text, **options)
    return [str(fault).partition("\n")[0] for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("text", "criterion"),
    [
        ("visits > 3", F.visits > 3),
        ("visits >= 3", F.visits >= 3),
        ("visits < -3", F.visits < -3),
        ("visits <= limit", F.visits <= F.limit),
        ('tier == "gold"', F.tier == "gold"),
        ('tier != "gold"', F.tier != "gold"),
        ('tier differs from "gold"', F.tier.differs("gold")),
        ('tier in ("gold", "silver")', F.tier.in_(["gold", "silver"])),
        ('tier not in ("gold")', ~F.tier.in_(["gold"])),
        ("visits in (-1, 2)", F.visits.in_([-1, 2])),
        ("is_vip is true", F.is_vip.is_true()),
        ("is_vip is false", F.is_vip.is_false()),
        ("is_vip != true", F.is_vip != True),  # noqa: E712 - a criterion is meant
        ("email is missing", F.email.is_missing()),
        ("email is present", F.email.is_present()),
        ('email starts with "ada"', F.email.starts_with("ada")),
        ('email ends with "@x.de"', F.email.ends_with("@x.de")),
        ('email contains "@"', F.email.contains("@")),
        ('tags has "vip"', F.tags.has("vip")),
        ("spend > 12.5", F.spend > Decimal("12.5")),
        ("spend > -12.5", F.spend > Decimal("-12.5")),
        ("spend > 5.0", F.spend > Decimal(5)),
        ("ratio > 0.5e0", F.ratio > 0.5),
        ("ratio > -1e-07", F.ratio > -0.0000001),
        ("joined > 2026-09-30", F.joined > date(2026, 9, 30)),
        ("seen > 2026-09-30T12:00:00Z", F.seen > datetime(2026, 9, 30, 12, tzinfo=UTC)),
        (
            "seen > 2026-09-30T12:00:00.000001Z",
            F.seen > datetime(2026, 9, 30, 12, 0, 0, 1, tzinfo=UTC),
        ),
        ("joined == as_of", F.joined == as_of),
        ("joined < as_of - 90 days", F.joined < as_of.shift(days=-90)),
        ("joined < as_of - 1 month", F.joined < as_of.shift(months=-1)),
        ("joined < as_of + 3 months - 1 day", F.joined < as_of.shift(months=3, days=-1)),
        ("visits + calls > 5", F.visits + F.calls > 5),
        ("visits - (calls - mails) > 5", F.visits - (F.calls - F.mails) > 5),
        ("visits - calls - mails > 5", F.visits - F.calls - F.mails > 5),
        ("(visits + 1) * 2 > 5", (F.visits + 1) * 2 > 5),
        ("visits + 1 * calls > 5", F.visits + 1 * F.calls > 5),
        ("spend / (visits / calls) > 5", F.spend / (F.visits / F.calls) > 5),
        ("abs(visits - calls) > 5", abs(F.visits - F.calls) > 5),
        ("length(name) > 5", F.name.length() > 5),
        ('coalesce(tier, "none") == "none"', F.tier.otherwise("none") == "none"),
        ("days_between(joined, as_of) > 5", F.joined.days_until(as_of) > 5),
        ("days_between(as_of, due) > 5", F.due.days_since(as_of) > 5),
        ("not visits > 3", ~(F.visits > 3)),
        ("unless visits > 3", unless(F.visits > 3)),
        ("not unless not visits > 3", ~unless(~(F.visits > 3))),
        ("a > 1 and b > 2 and c > 3", (F.a > 1) & (F.b > 2) & (F.c > 3)),
        ("a > 1 or b > 2 and c > 3", (F.a > 1) | (F.b > 2) & (F.c > 3)),
        ("(a > 1 or b > 2) and c > 3", ((F.a > 1) | (F.b > 2)) & (F.c > 3)),
        ("not (a > 1 or b > 2)", ~((F.a > 1) | (F.b > 2))),
        ("not a > 1 or b > 2", ~(F.a > 1) | (F.b > 2)),
        ("everything", EVERYTHING),
        ("nothing", any_of()),
        ("not nothing", ~any_of()),
        ('客户 == "重要"', F["客户"] == "重要"),
        ("`where` > 1", F["where"] > 1),
        ("a == present and b == missing", (F.a == F.present) & (F.b == F.missing)),
        ("a == `true`", F.a == F["true"]),
        (
            "missing is missing and has has `x`".replace("`x`", '"x"'),
            F.missing.is_missing() & F.has.has("x"),
        ),
        (r'name == "a\"b\\c\n\r\t\u{200b}"', F.name == 'a"b\\c\n\r\t\u200b'),
        (
            'named("dach") and visits > 3\nwhere "dach": country in ("AT", "CH", "DE")',
            named("dach", DACH) & (F.visits > 3),
        ),
    ],
)
def test_what_a_text_means(text: str, criterion: Criterion) -> None:
    """Each form is read, and printed as it stands."""
    assert from_text(text) == criterion
    assert to_text(criterion) == text


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("3 < visits", "visits > 3"),
        ("((visits) > (3))", "visits > 3"),
        ("(a > 1 and b > 2) and c > 3", "a > 1 and b > 2 and c > 3"),
        ("a > 1 and (b > 2 and c > 3)", "a > 1 and b > 2 and c > 3"),
        ("(a > 1) or (b > 2 and c > 3)", "a > 1 or b > 2 and c > 3"),
        ("(a * b) + c > 1", "a * b + c > 1"),
        ("-a > 1", "0 - a > 1"),
        ("a > --1", "a > 1"),
        ("a > -(-1.5)", "a > 1.5"),
        ('not (tier in ("gold"))', 'tier not in ("gold")'),
        ("not (email is missing)", "email is present"),
        ('unless tier == "gold"', 'tier differs from "gold"'),
        ("is_vip == true", "is_vip is true"),
        ('tier in ("silver", "gold", "gold")', 'tier in ("gold", "silver")'),
        ("a > 1.50", "a > 1.5"),
        ("a > 007", "a > 7"),
        ("a > 1E2", "a > 100.0e0"),
        ("a > 1e30", "a > 1e+30"),
        ("a > 0.0000001", "a > 0.0000001"),
        ("at > 2026-09-30T14:00:00+02:00", "at > 2026-09-30T12:00:00Z"),
        ("a > as_of - 0 days", "a > as_of"),
        ("a > as_of + 1 days + 1 days", "a > as_of + 2 days"),
        ("a > as_of + 1 day - 3 months", "a > as_of - 3 months + 1 day"),
        ("`spend` > 1", "spend > 1"),
        ("a > 1  # a comment\n\n  # another one\n and\tb > 2", "a > 1 and b > 2"),
        (
            'named("b")where"a":x>1where"b":named("a")',
            'named("b")\nwhere "a": x > 1\nwhere "b": named("a")',
        ),
    ],
)
def test_one_criterion_has_one_text(text: str, printed: str) -> None:
    """However it was written, it is printed in one way, without brackets that say nothing."""
    criterion = from_text(text)

    assert to_text(criterion) == printed
    assert from_text(printed) == criterion


def test_text_may_come_as_bytes() -> None:
    """UTF-8 is read, with and without a byte order mark."""
    assert from_text('名 == "客"'.encode()) == (F["名"] == "客")
    assert from_text(b"\xef\xbb\xbfa > 1") == (F.a > 1)


def test_numbers_take_the_kind_of_the_field() -> None:
    """With a schema nobody has to know how a float is written."""
    schema = Schema.of(ratio=float, spend=Decimal)

    assert from_text("ratio > 0.5 and spend > 1.5e0", schema=schema) == (
        (F.ratio > 0.5) & (F.spend > Decimal("1.5"))
    )


def test_a_mistake_is_shown_in_its_line() -> None:
    """The message has the line, the column, the line itself and a caret below the place."""
    text = 'a > 1 and\n  客户 == "重要" und b > 2'

    assert refusal(text, source="rule 7") == (
        "rule 7 has 1 fault:\n"
        "  line 2, column 14: unknown word 'und'; did you mean 'and'?\n"
        '      客户 == "重要" und b > 2\n'
        "                     ^"
    )


def test_a_long_line_is_shown_in_part() -> None:
    """A caret is of no use at the end of a line that no screen can show."""
    message = refusal("a > 1 and " * 20 + "b >> 2" + " and a > 1" * 20)

    _, place, line, caret = message.split("\n")
    assert place == "  line 1, column 204: expected a field or a value, found '>'"
    assert line[caret.index("^")] == ">"
    assert line.strip().startswith("…")
    assert line.endswith("…")
    assert len(line) < 90


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "column 1: expected a field or a value, found the end"),
        ("a > 1 and", "column 10: expected a field or a value, found the end"),
        ("a > 1 and or b > 1", "column 11: expected a field or a value, found 'or'"),
        ("a", "column 1: a field, or a calculation, is no criterion yet; compare it, as in"),
        ("a and b > 1", "column 1: a field, or a calculation, is no criterion yet"),
        ("b > 1 and a", "column 11: a field, or a calculation, is no criterion yet"),
        ("5", "column 1: a constant is no criterion yet"),
        ("as_of", "column 1: a day is no criterion yet"),
        ("a 5", "column 1: a field, or a calculation, is no criterion yet"),
        ("a > 1 b > 2", "column 7: unknown word 'b'; known are and, contains, differs, ends"),
        ("a > 1 5", "column 7: expected and, or, or the end, found '5'"),
        ("a > 1)", "column 6: expected and, or, or the end, found ')'"),
        ("(a > 1", "column 7: expected ), found the end"),
        ("a = 1", "column 3: cannot read '='; write == to compare"),
        ("a > 1 = 1", "column 7: cannot read '='; write == to compare"),
        ("1 < a < 5", "column 7: comparisons do not chain; write a > 1 and a < 5"),
        ("a between 1 and 5", "column 3: cannot read 'between'; its ends are read differently"),
        ('a matches ".*"', "column 3: cannot read 'matches'; there are no patterns"),
        ('a > 1 and b like "x"', "column 13: cannot read 'like'; there are no patterns"),
        ("a > (b > 1)", "column 5: expected a value, found a criterion, which has none"),
        ("(a > 1) + 1 > 2", "column 1: expected a value, found a criterion"),
        ("(a > 1) > 2", "column 9: expected and, or, or the end, found '>'"),
        ("not a", "column 5: a field, or a calculation, is no criterion yet"),
        ("a is", "column 5: expected missing, present, true or false, found the end"),
        ("a is not missing", "column 6: cannot read 'not'; write is present, is false, or not"),
        ("a is null", "column 6: cannot read 'null'; write is missing"),
        ("a not 5", "column 7: expected in, found '5'"),
        ("a in 5", "column 6: expected (, found '5'"),
        ("a in ()", "column 7: expected a field or a value, found ')'"),
        ("a in (1 2)", "column 9: expected ), found '2'"),
        ("a in (1, b)", "column 10: expected a constant; fields are compared with =="),
        ("a in (-b)", "column 7: expected a constant; fields are compared with =="),
        ('a in (1, "x', "column 10: cannot read '\"'; this text does not end on its line"),
        ("a differs 5", "column 11: expected from, found '5'"),
        ('a starts "x"', "column 10: expected with, found '\"x\"'"),
        ("a contains 5", "column 12: expected text in double quotes, such as \"gold\", found '5'"),
        ("5 is missing", "column 1: expected a field, or a calculation with one, beside is"),
        ("as_of in (1)", "column 1: expected a field, or a calculation with one, beside in"),
        ('length(a) has "x"', "column 1: expected a field beside has"),
        ("abs(5) > a", "column 5: expected a field, or a calculation with one, beside abs"),
        ("length() > 1", "column 8: expected a field or a value, found ')'"),
        ("coalesce(a) > 1", "column 11: expected ,, found ')'"),
        ("days_between(a, b, c) > 1", "column 18: expected ), found ','"),
        ("lengths(a) > 1", "column 1: unknown function 'lengths'; did you mean 'length'?"),
        ("lower(a) == 1", "column 1: unknown function 'lower'; engines change letters"),
        ("named(dach)", 'column 7: expected a name in double quotes, such as named("dach")'),
        ("1 > 2", "column 1: it must have a field on one side (got [1, 2])"),
        ("1 + 2 > a", "column 1: it must have a field on one side (got [1, 2])"),
        ('a + "x" > 1', "column 1: + must take numbers (got 'x')"),
        ("a > as_of - 3", "column 14: expected days or months, found the end"),
        ("a > as_of - b", "column 13: expected a number of days or months, as in as_of - 90 days"),
        ("a > as_of * 2", "column 5: it must have a field on one side"),
        ("a > as_of - 9999999 days", "column 5: days must be between"),
        ("a > -as_of", "column 6: expected a number after -"),
        ('a > -"x"', "column 6: expected a number after -"),
        ("a > 2026-02-30", "column 5: it must be a date such as 2026-09-30"),
        ("a > 2026-09-30T12:00", "column 5: it must be a datetime such as"),
        ("a > 2026-09-30T12:00:00", "column 1: value must carry a time zone"),
        ("a > 1e999", "column 5: a number must be no larger than a float can be"),
        ("a > " + "9" * 70, "column 5: a number must have at most 18 digits"),
        ("a > " + "9" * 20, "column 5: a number must have at most 18 digits"),
        ("a > 9007199254740993", "column 1: value must be between -(2^53 - 1)"),
        ("a > 0.1234567890123456789", "column 5: it must be a decimal number as text, of at"),
        (r'a == "\q"', r"column 6: \q stands for nothing; write \\ \" \n \r \t or \u{…}"),
        (r'a == "\u{110000}"', r"column 6: \u{110000} stands for nothing"),
        (r'a contains "\x"', r"column 12: \x stands for nothing"),
        ("a == 'x'", 'column 6: cannot read "\'"; text stands in straight double quotes'),
        ("a == “x”", "column 6: cannot read '“'; text stands in straight double quotes"),
        ("a > 1 && b > 2", "column 7: cannot read '&&'; write and"),
        ("a > 1 & b > 2", "column 7: cannot read '&'; write and"),
        ("a <> 1", "column 3: cannot read '<>'; write !="),
        ("a ** 2 > 1", "column 3: cannot read '**'; write a product: a * a"),
        ("a // 2 > 1", "column 3: cannot read '//'; engines round whole quotients"),
        ("a ≥ 1", "column 3: cannot read '≥'; write >="),
        ("a > 1 ; b", "column 7: cannot read ';'; it is no part of the language"),
        ("`a > 1", "column 1: cannot read '`'; this name does not end on its line"),
        ("`a b` > 1", "column 1: field must be a plain name"),
        ("class > 1", "column 1: field must be a plain name"),
        ("__class__ > 1", "column 1: field must be a plain name"),
        ("where > 1", "column 1: expected a field or a value, found 'where'"),
        ("a > 1 where dach: b > 1", "column 13: expected the name of the definition in double"),
        ('named("x") where "x" b > 1', "column 22: expected :, found 'b'"),
        ('named("x") where "x": 5', "column 23: a constant is no criterion yet"),
        (
            'named("x") where "x": a > 1 where "x": a > 2',
            "column 35: 'x' is defined twice; keep one definition",
        ),
        ('a > 1 where "x": b > 1', "column 18: is not used; refer to it by its name, or leave"),
        ('named("dahc") where "dach": b > 1', "column 1: unknown name 'dahc'; did you mean 'd"),
        (
            'named("a") where "a": named("b") where "b": not named("a")',
            "column 49: names refer to each other in a circle: a → b → a",
        ),
    ],
)
def test_what_is_refused_and_where(text: str, problem: str) -> None:
    """Each mistake is told with its place, what was found and what would be right."""
    found = problems(text)[0]

    assert found.startswith(f"line 1, {problem}")


def test_all_that_is_wrong_with_the_meaning_is_told_together() -> None:
    """Fields and types are checked in the whole text, each fault in its place."""
    schema = Schema.of(visits=int, tier=str)
    text = 'visitss > 3 and\ntier > "gold" or 5 < named\nor abs(visits + tierr) > 1'

    assert problems(text, schema=schema) == [
        "line 1, column 1: unknown field 'visitss'; did you mean 'visits'?",
        "line 2, column 1: tier (text) has no order; compare it for equality or membership",
        "line 2, column 22: unknown field 'named'; known are tier, visits",
        "line 3, column 17: unknown field 'tierr'; did you mean 'tier'?",
    ]


def test_a_fault_of_the_whole_stands_at_its_beginning() -> None:
    """What no part of the text is to blame for is shown at the first one."""
    other = {"x": named("y", F.a > 1)}

    assert problems('named("x") and named("y") where "y": a > 2', named=other) == [
        "line 1, column 1: give one meaning to each name; y has two"
    ]


def test_a_rule_may_refer_to_names_that_are_known_outside() -> None:
    """Whoever reads the rule hands in what the names stand for."""
    found = from_text('not named("dach")', named={"dach": DACH})

    assert found == ~named("dach", DACH)


def test_two_meanings_of_a_name_cannot_be_written() -> None:
    """The text would say something else than the criterion."""
    criterion = named("big", F.a > 1) & named("big", F.a > 1.0) & named("big", F.a > 2)

    with pytest.raises(InvalidValueError, match="give one meaning to each name; big has two"):
        to_text(criterion)


@pytest.mark.parametrize(
    ("text", "limits", "problem"),
    [
        ("(" * 65 + "a > 1", Limits(), "column 65: is nested deeper than 64"),
        ("(" * 3 + "a > 1", Limits(nesting=3), "column 4: is nested deeper than 3"),
        ("not " * 17 + "a > 1", Limits(), "column 65: a criterion must be nested at most 16"),
        (
            "a > 1 and a > 2",
            Limits(nodes=2),
            "column 11: a criterion must have at most 2",
        ),
        ("a > 1 and " * 600 + "a > 1", Limits(), "a criterion must have at most 256 parts"),
        ("a in (1, 2, 3)", Limits(values=2), "column 13: a membership must list at most 2 values"),
        ('a == "gold"', Limits(text=3), "column 6: a text must have at most 3 characters"),
        ("a > 1234", Limits(digits=3), "column 5: a number must have at most 3 digits"),
        ("a > 1 and b > 2", Limits(bytes=10), "the whole: is larger than 10 bytes; split it"),
        ('a == "客户"', Limits(bytes=10), "the whole: is larger than 10 bytes; split it"),
    ],
)
def test_a_rule_may_ask_for_so_much(text: str, limits: Limits, problem: str) -> None:
    """The limits are arguments, and hold for text as for data."""
    assert problem in problems(text, limits=limits)[0]
