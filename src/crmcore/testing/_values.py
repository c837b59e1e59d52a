"""Strategies for the values that records are made of, with the edges that cost others a bug."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

from hypothesis import strategies as st

from crmcore.calendar import Period
from crmcore.kernel import Money, minor_digits

# Ids whose order by code point is neither that of a dictionary nor that of UTF-16: capitals
# come before small letters, and what lies beyond the basic plane comes last.
_IDS: Final = ("B", "a", "a-1", "b", "é", "中", "\uff5e", "😀")
_CURRENCIES: Final = ("USD", "EUR", "CNY", "JPY", "KWD")
_REGIONS: Final = ("north", "south")
_LANGUAGES: Final = ("en", "zh")
_SKILLS: Final = ("mandarin", "negotiation", "谈判")

ids: Final = st.one_of(
    st.sampled_from(_IDS),
    st.text(
        st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=64
    ).filter(lambda text: text == text.strip()),
)
regions: Final = st.sampled_from(_REGIONS)
languages: Final = st.sampled_from(_LANGUAGES)
skills: Final = st.sampled_from(_SKILLS)

names: Final = st.one_of(
    st.sampled_from(("Northwind AG", "王伟", "O'Brien; DROP TABLE", '"%_\\')),
    st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=20).filter(
        lambda text: bool(text.strip())
    ),
)
texts: Final = st.one_of(names, st.just("first line\n\tsecond line"))

# What stands in personal fields alone, so that it can be looked for wherever it must not be.
_CANARY: Final = st.just("canary9f2c")
people: Final = st.one_of(names, names, _CANARY)
remarks: Final = st.one_of(texts, texts, _CANARY)

# A zone may be 14 hours away from UTC, and the instant must exist in both.
_DAY: Final = timedelta(days=1)
instants: Final = st.one_of(
    st.sampled_from(
        (
            datetime(1997, 1, 1, 5, tzinfo=UTC),
            datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
            datetime(1, 1, 2, tzinfo=UTC),
            datetime(9999, 12, 30, 23, 59, 59, 999_999, tzinfo=UTC),
        )
    ),
    st.datetimes(datetime.min + _DAY, datetime.max - _DAY).map(  # noqa: DTZ901 - it gets its zone
        lambda naive: naive.replace(tzinfo=UTC, fold=0)
    ),
)
days: Final = st.dates(date(1900, 1, 1), date(2100, 1, 1))


def _exact(digits: int, figures: int) -> st.SearchStrategy[Decimal]:
    """Exact numbers with *digits* behind the point, among them those that floats miss."""
    largest = 10**figures - 1
    return st.integers(0, largest).map(lambda whole: Decimal(f"{whole}e-{digits}"))


# More minor units than 64 bits hold.
_LARGE: Final = st.integers(10**18, 10**20).map(lambda whole: Decimal(f"{whole}.25"))


def amounts(*, refund: bool = False) -> st.SearchStrategy[Money]:
    """Return a strategy for amounts in several currencies, some finer than the minor unit.

    Args:
        refund: Whether the amounts are 0 or less instead of 0 or more.

    .. versionadded:: 0.1.0
    """

    def in_currency(currency: str) -> st.SearchStrategy[Money]:
        usual = _exact(minor_digits(currency), 6)
        number = st.one_of(usual, usual, _exact(0, 6), _exact(5, 12), _LARGE)
        return number.map(lambda amount: Money(-amount if refund else amount, currency))

    return st.sampled_from(_CURRENCIES).flatmap(in_currency)


@st.composite
def intervals(draw: st.DrawFn) -> tuple[datetime, datetime | None]:
    """Return a strategy for a beginning and an end that may not have come."""
    since, until = sorted(draw(st.lists(instants, min_size=2, max_size=2, unique=True)))
    return since, draw(st.sampled_from((None, until)))


@st.composite
def periods(draw: st.DrawFn) -> Period:
    """Return a strategy for periods of up to a year."""
    start = draw(days)
    return Period(start, start + timedelta(days=draw(st.integers(1, 366))))


def hours(least: int) -> st.SearchStrategy[Decimal]:
    """Return a strategy for hours of a week, in steps of three minutes."""
    return st.integers(least, 168 * 20).map(lambda steps: Decimal(steps * 5) / 100)
