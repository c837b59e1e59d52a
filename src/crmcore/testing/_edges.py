"""The values at which engines part ways, and a schema of fields that take them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final, TypeAlias
from typing import Literal as OneOf
from unicodedata import normalize

from crmcore.criteria import Schema

Row: TypeAlias = "dict[str, Any]"

_LARGEST: Final = 2**53 - 1
_MISSING: Final = 0.3
_ON_THE_EDGE: Final = 0.8
_SELDOM: Final = 0.3
_HUGE: Final = 1e280
_SECOND: Final = 1_000_000

# Days of judgement: an ordinary end of a month, the day that only leap years have, and the day
# from which the month before is shorter.
DAYS_OF_JUDGEMENT: Final = (date(2026, 9, 30), date(2024, 2, 29), date(2026, 3, 31))

EDGES: Final = Schema.of(
    orders=int,
    visits=int | None,
    points=int | None,
    spent=Decimal | None,
    owed=Decimal,
    ratio=float | None,
    weight=float,
    name=str | None,
    city=str | None,
    code=str,
    tier=OneOf["gold", "silver", "base"] | None,
    is_vip=bool | None,
    is_open=bool,
    joined=date | None,
    due=date,
    seen=datetime | None,
    changed=datetime,
    tags=frozenset[str],
    topics=frozenset[str] | None,
)

_INTEGERS: Final = (
    *(0, 0, 1, 1, -1, 2, 3, 5, 7, -7, 10, 30, 90, 100, 1000),
    *(127, 128, -128, 255, 32_767, -32_768, 2**31 - 1, -(2**31), 2**31, 2**32),
    *(_LARGEST, -_LARGEST, _LARGEST - 1),
)
_DECIMALS: Final = tuple(
    Decimal(text)
    for text in (
        *("0.00", "0.00", "0.01", "-0.01", "0.10", "0.20", "0.30", "0.50", "1.00", "-1.00"),
        *("1.10", "1.50", "2.00", "2.50", "7.00", "19.99", "29.99", "99.99", "100.00"),
        *("1000.00", "-1000.00", "9007199254740.99", "-90071992547409.91"),
        # The nearest float is the same for some of these.
        *("90071992547409.91", "90071992547409.90", "90071992547409.89", "90071992547409.88"),
    )
)
# Finer than the scale of the fields: no field equals them, and yet each lies somewhere.
_FINER: Final = (Decimal("0.005"), Decimal("1.4999"), Decimal("19.995"), Decimal("-0.0001"))
_FLOATS: Final = (
    *(0.0, -0.0, 0.1, 0.2, 0.1 + 0.2, 0.3, 0.5, -0.5, 1.0, -1.0, 1.5, 2.0, 2.5, 7.0, 100.0),
    *(5e-324, -5e-324, 2.2250738585072014e-308, 1e-300, 1e16, 2.0**53, -(2.0**53)),
    *(1e100, -1e100, _HUGE, -_HUGE),
)
_TEXTS: Final = (
    *("", "a", "A", "b", "ab", "AB", "abc", "ba", "a b", " a", "a ", "a\nb", "\t"),
    *("%", "_", "a%b", "a_b", "a*b", "a?b", "a.b", "[ab]", "\\", "a\\", "\\%", "a\\b"),
    *("'", '"', "O'Brien", '"a"', "a''b", "a;b", "--a", "{a}", "$1", ":a", "a:b", "?", "%s"),
    *("null", "None", "NaN", "true", "0", "00", "1", "1.0", "2026-09-30"),
    *("straße", "strasse", "STRASSE", "STRAẞE", "İ", "i", "I", "ı", "i\u0307", "ß", "ſ", "s"),
    *("é", "e\u0301", "e", "Å", "A\u030a", "\u212b", "ﬁ", "fi", "Ω", "\u2126"),
    *(
        "😀",
        "a😀b",
        "👩\u200d👩\u200d👧",
        "🇩🇪",
        "\u200b",
        "a\u200bb",
        "a\u00a0b",
        "\ufeff",
        "\U0010fffd",
    ),
    *("客户", "客", "户", "王伟", "ｱ", "ア", "ab" * 60),
)
_ELEMENTS: Final = (
    *("a", "A", "b", "ab", "a,b", '"', '"a"', "'", "\\", "[", "]", "%", "_", "", "null"),
    *("é", "e\u0301", "straße", "STRASSE", "😀", "客户", " a"),
)
# What some engine takes for the same text.
_VARIATIONS: Final[tuple[Callable[[str], str], ...]] = (
    str.swapcase,
    str.strip,
    lambda text: f"{text} ",
    lambda text: f"{text[:1]}\u200b{text[1:]}",
    lambda text: normalize("NFC", text),
    lambda text: normalize("NFD", text),
    lambda text: text.replace("a", "_"),
    lambda text: f"{text[:1]}%",
)
_DATES: Final = (
    *(date(1, 1, 1), date(9999, 12, 31), date(1582, 10, 4), date(1582, 10, 15)),
    *(date(1899, 12, 31), date(1900, 2, 28), date(1969, 12, 31), date(1970, 1, 1)),
    *(date(1999, 12, 31), date(2000, 2, 29), date(2023, 2, 28), date(2024, 3, 1)),
    *(
        day + timedelta(days=days)
        for day in DAYS_OF_JUDGEMENT
        for days in (-365, -90, -31, -30, -29, -7, -2, -1, 0, 1, 2, 30)
    ),
)
_NOON: Final = datetime(2026, 9, 30, 12, tzinfo=UTC)
_INSTANTS: Final = (
    datetime(1, 1, 2, tzinfo=UTC),
    datetime(9999, 12, 30, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 30, tzinfo=UTC),  # an hour that the clocks of Europe skip
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),  # an hour that they show twice
    *(
        day + timedelta(microseconds=microseconds)
        for day in (_NOON, _NOON.replace(hour=0), _NOON.replace(hour=23, minute=59))
        for microseconds in (-_SECOND, -1000, -1, 0, 1, 999, 1000, 499_999, 500_000, _SECOND)
    ),
)
_FLAGS: Final = (True, False)
_POOLS: Final[dict[str, tuple[Any, ...]]] = {
    "INT": _INTEGERS,
    "DECIMAL": _DECIMALS,
    "FLOAT": _FLOATS,
    "TEXT": _TEXTS,
    "BOOL": _FLAGS,
    "DATE": _DATES,
    "DATETIME": _INSTANTS,
}


def draw(random: Random, kind: str, words: tuple[str, ...] = ()) -> Any:  # noqa: ANN401 - of the kind
    """Return a value of a kind, most often one from the edge."""
    if kind == "TEXTS":
        return frozenset(random.choice(_ELEMENTS) for _ in range(random.randrange(4)))
    if words:
        return random.choice(words)
    if kind in {"TEXT", "BOOL"} or random.random() < _ON_THE_EDGE:
        return random.choice(_POOLS[kind])
    return _ordinary(random, kind)


def _ordinary(random: Random, kind: str) -> Any:  # noqa: ANN401 - of the kind
    if kind == "INT":
        return random.randint(-20, 120)
    if kind == "DECIMAL":
        return Decimal(random.randint(-2_000, 20_000)).scaleb(-2)
    if kind == "FLOAT":
        return random.randint(-3_000, 9_000) / 1024
    if kind == "DATE":
        return date(2026, 1, 1) + timedelta(days=random.randint(-900, 365))
    return _NOON + timedelta(seconds=random.randint(-90_000, 90_000))


def draw_constant(random: Random, kind: str, words: tuple[str, ...] = ()) -> Any:  # noqa: ANN401
    """Return a constant to compare a field of this kind with."""
    if kind == "DECIMAL" and random.random() < _SELDOM:
        return random.choice((*_FINER, draw(random, "INT")))
    value = draw(random, kind, words)
    if kind == "TEXT" and not words and random.random() < _SELDOM:
        return random.choice(_VARIATIONS)(value)
    return value


def draw_text(random: Random) -> str:
    """Return a text that is not empty."""
    text: str = draw_constant(random, "TEXT") or "a"
    if random.random() < 1 / 2:
        return text
    start = random.randrange(len(text))
    return text[start : start + random.choice((1, 1, 2, 3))]


def draw_element(random: Random) -> str:
    """Return an element that a set of texts may have; it is not empty."""
    return random.choice(_ELEMENTS) or "a"


def draw_row(random: Random, schema: Schema) -> Row:
    """Return a record with a value, or nothing, for each field."""
    row: Row = {}
    for name, column in schema.columns:
        kind = column.kind.name
        row[name] = draw(random, kind, column.words)
        if column.nullable and random.random() < _MISSING:
            # NaN is the other way to say that a number is missing.
            is_nan = kind == "FLOAT" and random.random() < 1 / 2
            row[name] = float("nan") if is_nan else None
    return row
