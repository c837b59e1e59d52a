"""The values at which engines part ways, and a schema of fields that take them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from math import inf, nextafter
from random import Random
from typing import Any, Final, TypeAlias
from typing import Literal as OneOf
from unicodedata import is_normalized, normalize

from dateutil.relativedelta import relativedelta

from crmcore.criteria import Column, Schema

Row: TypeAlias = "dict[str, Any]"

_LARGEST: Final = 2**53 - 1
_DAYS: Final = (0, 0, -1, 1, -7, -30, -90, -365, 30)
_MONTHS: Final = (0, 0, 0, -1, 1, -3, -12, -13)
_MISSING: Final = 0.3
_ON_THE_EDGE: Final = 0.8
_SELDOM: Final = 0.3
_FIRST: Final = 1
_LAST: Final = 9999
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
    rate=Decimal | None,
).bounded(
    # Narrow enough for what is calculated from them to stay within 64 bits.
    orders=(-1_000, 1_000),
    visits=(0, 10_000),
    rate=(Decimal("-1.0000"), Decimal("1.0000")),
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
        *("90071992547409.87", "90071992547409.86", "-90071992547409.90", "-90071992547409.89"),
    )
)
# Finer than the scale of most fields, which therefore never equal them.
_FINER: Final = (Decimal("0.005"), Decimal("1.4999"), Decimal("19.995"), Decimal("-0.0001"))
_FLOATS: Final = (
    *(0.0, -0.0, 0.1, 0.2, 0.1 + 0.2, 0.3, 0.5, -0.5, 1.0, -1.0, 1.5, 2.0, 2.5, 7.0, 100.0),
    *(5e-324, -5e-324, 2.2250738585072014e-308, 1e-300, 1e16, 2.0**53, -(2.0**53)),
    *(1e100, -1e100, _HUGE, -_HUGE),
)
_TEXTS: Final = (
    *("", "", "", "", "a", "A", "b", "ab", "AB", "abc", "ba", "a b", " a", "a ", "a\nb", "\t"),
    *("%", "_", "a%b", "a_b", "a*b", "a?b", "a.b", "[ab]", "\\", "a\\", "\\%", "a\\b"),
    *("'", '"', "O'Brien", '"a"', "a''b", "a;b", "--a", "{a}", "$1", ":a", "a:b", "?", "%s"),
    *("null", "None", "NaN", "true", "0", "00", "1", "1.0", "2026-09-30"),
    *("straße", "strasse", "STRASSE", "STRAẞE", "İ", "i", "I", "ı", "i\u0307", "ß", "ſ", "s"),
    *("é", "e\u0301", "e", "Größe", "café", "Å", "A\u030a", "\u212b", "ﬁ", "fi", "Ω", "\u2126"),
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
_DATES: Final = (
    *(date(1, 1, 1), date(1, 1, 1), date(99, 12, 31), date(9999, 12, 31), date(9999, 12, 31)),
    *(date(1582, 10, 4), date(1582, 10, 4), date(1582, 10, 15), date(1000, 2, 28)),
    *(date(1899, 12, 31), date(1900, 2, 28), date(1969, 12, 31), date(1970, 1, 1)),
    *(date(1999, 12, 31), date(2000, 2, 29), date(2023, 2, 28), date(2024, 3, 1)),
    *(day + timedelta(days=days) for day in DAYS_OF_JUDGEMENT for days in (-30, -29, -1, 0, 1)),
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
_ORDINARY: Final[dict[str, Callable[[Random], Any]]] = {
    "INT": lambda random: random.randint(-20, 120),
    "DECIMAL": lambda random: Decimal(random.randint(-2_000, 20_000)).scaleb(-2),
    "FLOAT": lambda random: random.randint(-3_000, 9_000) / 1024,
    "TEXT": lambda random: draw_near(random, "TEXT", random.choice(_TEXTS)),
    "DATE": lambda random: (
        shifted(random.choice(DAYS_OF_JUDGEMENT), **draw_shift(random))
        + timedelta(days=random.choice((0, 0, random.randint(-900, 365))))
    ),
    "DATETIME": lambda random: _NOON + timedelta(seconds=random.randint(-90_000, 90_000)),
}
# What lies beside a value, or is the same to those who fold, pad, round or cut.
_NEAR: Final[dict[str, tuple[Callable[[Any], Any], ...]]] = {
    "INT": (lambda number: number + 1, lambda number: number - 1, lambda number: -number),
    "DECIMAL": (
        lambda number: number + Decimal("0.01"),
        lambda number: number - Decimal("0.01"),
        lambda number: number + Decimal("0.005"),
        lambda number: number - Decimal("0.0001"),
    ),
    "FLOAT": (
        lambda number: nextafter(number, inf),
        lambda number: nextafter(number, -inf),
        lambda number: round(number, 2),
    ),
    "TEXT": (
        str.swapcase,
        lambda text: text.strip() if text != text.strip() else f"{text} ",
        lambda text: f"{text}😀",
        lambda text: f"{text[:1]}\u200b{text[1:]}",
        lambda text: normalize("NFD" if is_normalized("NFC", text) else "NFC", text),
        lambda text: text.replace("a", "_") if "a" in text else f"{text[:1]}%",
    ),
    "DATE": (lambda day: day + timedelta(1), lambda day: day - timedelta(1)),
    "DATETIME": (
        lambda instant: instant + timedelta(microseconds=1),
        lambda instant: instant - timedelta(microseconds=1),
        lambda instant: instant.replace(microsecond=0),
    ),
}
_POOLS: Final[dict[str, tuple[Any, ...]]] = {
    "INT": _INTEGERS,
    "DECIMAL": _DECIMALS,
    "FLOAT": _FLOATS,
    "TEXT": _TEXTS,
    "BOOL": (True, False),
    "DATE": _DATES,
    "DATETIME": _INSTANTS,
}


def draw_shift(random: Random) -> dict[str, int]:
    """Return by how many months and days a day is moved."""
    return {"months": random.choice(_MONTHS), "days": random.choice(_DAYS)}


def shifted(day: date, *, months: int, days: int) -> date:
    """Return a day moved by months first, and by days then."""
    return day + relativedelta(months=months) + timedelta(days=days)


@lru_cache
def _pool(column: Column) -> tuple[Any, ...]:
    """Return the values from the edge that a field may take."""
    kind, low, high = column.kind.name, column.low, column.high
    if column.words:
        return column.words
    if low is None or high is None:
        return _POOLS[kind]
    values: tuple[Any, ...] = (low, high, *_POOLS[kind])
    if column.scale is not None:
        unit = Decimal(1).scaleb(-column.scale)
        values = tuple(
            value.quantize(unit) for value in map(Decimal, (*values, *_FINER)) if value % unit == 0
        )
    return tuple(value for value in values if low <= value <= high)


def draw(random: Random, column: Column) -> Any:  # noqa: ANN401 - of the column's kind
    """Return a value that a field may take, most often one from the edge."""
    kind = column.kind.name
    if kind == "TEXTS":
        return frozenset(random.choice(_ELEMENTS) for _ in range(random.randrange(4)))
    if kind == "OTHER":
        return ()
    if kind in _ORDINARY and random.random() > _ON_THE_EDGE:
        value = _ORDINARY[kind](random)
        if column.low is None or column.high is None or column.low <= value <= column.high:
            return value
    return random.choice(_pool(column))


def draw_constant(random: Random, kind: str, words: tuple[str, ...] = ()) -> Any:  # noqa: ANN401
    """Return a constant to compare a field of this kind with."""
    if words:
        return random.choice(words)
    if kind in _ORDINARY and random.random() > _ON_THE_EDGE:
        return _ORDINARY[kind](random)
    value = random.choice(_POOLS[kind])
    return draw_near(random, kind, value) if random.random() < _SELDOM else value


def draw_near(random: Random, kind: str, value: Any) -> Any:  # noqa: ANN401 - of the kind
    """Return a constant that some engine may take for the same as a value, or not far from it."""
    if kind in {"DATE", "DATETIME"} and not _FIRST < value.year < _LAST:
        return value
    if kind == "INT" and abs(value) >= _LARGEST:
        return value
    return random.choice(_NEAR[kind])(value) if kind in _NEAR else value


def draw_part(random: Random, text: str) -> str:
    """Return a part of a text, or all of it; it is not empty."""
    if not text:
        return "a"
    if random.random() < 1 / 2:
        return text
    start = random.randrange(len(text))
    return text[start : start + random.choice((1, 1, 2, 3))]


def draw_element(random: Random) -> str:
    """Return an element that a set of texts may have; it is not empty."""
    return random.choice(_ELEMENTS) or "a"


def _row(random: Random, schema: Schema) -> Row:
    """Return a record with a value, or nothing, for each field."""
    return {
        name: _nothing(random, column)
        if column.nullable and random.random() < _MISSING
        else draw(random, column)
        for name, column in schema.columns
    }


def _nothing(random: Random, column: Column) -> float | None:
    """Return None, or NaN, which is the other way to say that a number is missing."""
    is_float = column.kind.name == "FLOAT"
    return float("nan") if is_float and random.random() < 1 / 2 else None


def random_rows(seed: int, *, count: int, schema: Schema = EDGES) -> tuple[dict[str, Any], ...]:
    """Return random records with a key for each field, the same ones for the same seed.

    Most values are from the edge, where engines part ways; a field that may be missing is so in
    three rows of ten, and a float is then None or NaN.

    Args:
        seed: Any integer; all chance comes from it.
        count: How many.
        schema: The fields that they have.

    .. versionadded:: 0.1.0
    """
    random = Random(seed)  # noqa: S311 - chance that can be repeated
    return tuple(_row(random, schema) for _ in range(count))
