"""What a page and its tables say of the value of customers."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import pytest

from crmcore.customers import Customer, Ownership, OwnershipId
from crmcore.kernel import CustomerId, MemberId, round_half_up
from crmcore.memory import MemoryStore
from crmcore.policies import Policy, ValuePolicy
from crmcore.reports import to_html, to_markdown
from crmcore.reviews import CustomerValue, Review, review_department
from crmcore.storage import add_organization
from tests.reports.conftest import organization
from tests.value import cdnow

if TYPE_CHECKING:
    from tests.reports.conftest import CsvRows, ReadTables

SINCE = datetime(1997, 1, 1, tzinfo=UTC)
EVERY = 10  # so many customers of the sample there are for each one who takes part
POLICY = attrs.evolve(
    Policy.default(),
    value=ValuePolicy(margin=Decimal("0.4"), gone_after_days=300, worth=Decimal(10)),
)


def bought_from(policy: Policy) -> Review:
    """Return the review of a shop from which real customers bought."""
    names = sorted({one.customer for one in cdnow.purchases()})[::EVERY]
    store = MemoryStore()
    with store.unit_of_work() as uow:
        add_organization(uow, organization())
        uow.customers.add_all(
            Customer(id=name, name=str(name)) for name in [*names, CustomerId("prospect")]
        )
        uow.purchases.add_all(one for one in cdnow.purchases() if one.customer in set(names))
        uow.ownerships.add_all(
            Ownership(
                id=OwnershipId(f"o-{name}"), customer=name, member=MemberId("ben"), since=SINCE
            )
            for name in names[:100]
        )
        uow.commit()
    return review_department(store, policy=policy, as_of=date(1998, 7, 1), months=6)


@pytest.fixture(scope="module")
def valued() -> Review:
    """Return the review of 236 customers."""
    return bought_from(POLICY)


@pytest.fixture(scope="module")
def value(valued: Review) -> CustomerValue:
    """Return what they are worth."""
    assert isinstance(valued.value, CustomerValue)
    return valued.value


@pytest.fixture
def tables(valued: Review, tmp_path: Path, read_tables: ReadTables) -> dict[str, CsvRows]:
    """Return the tables of the review, by name."""
    return read_tables(valued, tmp_path)


def part(page: str) -> str:
    """Return the part of a page that is about value."""
    start = page.index('<section id="value">')
    return page[start : page.index("</section>", start)]


def shown(amount: Decimal | float) -> str:
    """Return an amount without its cents, as pages do."""
    return f"{round_half_up(Decimal(amount), 0):,}"


def test_a_value_is_the_product_of_its_row(valued: Review, tables: dict[str, CsvRows]) -> None:
    """The five numbers of each row give its value to the cent, and all values give the total."""
    rows = tables["values"]

    assert len(rows) == 236
    for row in rows:
        product = 1.0
        for name in ("alive", "purchases", "spend", "discount", "margin"):
            product *= float(row[name])
        assert product == pytest.approx(float(row["value"]), abs=0.0051)
        assert product / float(row["alive"]) == pytest.approx(
            float(row["value_if_alive"]), abs=0.0051
        )
    assert isinstance(valued.value, CustomerValue)
    assert sum(Decimal(row["value"]) for row in rows) == valued.value.total


def test_customers_have_what_was_predicted_of_them(tables: dict[str, CsvRows]) -> None:
    """The table of customers joins with that of values; who has not bought has empty cells."""
    values = {row["customer"]: row["value"] for row in tables["values"]}

    for row in tables["customers"]:
        assert row["lifetime_value"] == values.get(row["customer"], "")
        assert bool(row["alive"]) is bool(row["expected_purchases"]) is (row["customer"] in values)


def test_those_who_slip_away_have_a_table(valued: Review, tables: dict[str, CsvRows]) -> None:
    """All of them in their order, with owner and what they would be worth."""
    found = [(row["customer"], row["owner"], row["value_if_alive"]) for row in tables["slipping"]]

    assert found == [
        (one.customer, one.owner or "", str(one.value_if_alive)) for one in valued.slipping
    ]
    assert {owner for _, owner, _ in found} == {"ben", ""}


def test_tenths_add_up(valued: Review, tables: dict[str, CsvRows]) -> None:
    """Ten groups of as many customers, the most valuable first, with all value and spend."""
    rows = tables["tenths"]

    assert [row["tenth"] for row in rows] == [str(place) for place in range(1, 11)]
    assert {int(row["customers"]) for row in rows} == {23, 24}
    values = [Decimal(row["value"]) for row in rows]
    assert values == sorted(values, reverse=True)
    assert sum(values) == sum(Decimal(row["value"]) for row in tables["values"])
    assert sum(Decimal(row["spend"]) for row in rows) == sum(
        one.features.spend for one in valued.judgements
    )
    assert sum(float(row["share"]) for row in rows) == pytest.approx(1)


def test_the_models_have_their_parameters(value: CustomerValue, tables: dict[str, CsvRows]) -> None:
    """Each parameter of both models with its error and interval."""
    rows = tables["value_models"]

    assert [(row["model"], row["parameter"]) for row in rows] == [
        *(("MBG/NBD", name) for name in ("r", "alpha", "a", "b")),
        *(("Gamma-Gamma", name) for name in ("p", "q", "gamma")),
    ]
    estimates = [float(row["estimate"]) for row in rows]
    assert estimates == pytest.approx([*value.purchases.parameters, *value.spend.parameters])
    for row in rows:
        assert float(row["low"]) < float(row["estimate"]) < float(row["high"])


def test_the_curve_has_a_row_a_week(value: CustomerValue, tables: dict[str, CsvRows]) -> None:
    """The table of the curve holds what happened and what the model makes of it."""
    rows = tables["tracking"]

    assert [date.fromisoformat(row["day"]) for row in rows] == list(value.tracking.ends)
    assert [float(row["actual"]) for row in rows] == list(value.tracking.cumulative_actual)
    assert [float(row["expected"]) for row in rows] == pytest.approx(
        list(value.tracking.cumulative_expected)
    )


def test_the_page_says_what_they_are_worth(valued: Review, value: CustomerValue) -> None:
    """The total with its interval, what it means, and who slips away, in either language."""
    english, chinese = (part(to_html(valued, language=each)) for each in ("en", "zh-CN"))
    stake = shown(sum((one.value_if_alive or Decimal(0) for one in valued.slipping), Decimal(0)))

    for text in (english, chinese):
        assert shown(value.total) in text
        assert shown(value.interval.low) in text
        assert shown(value.interval.high) in text
        assert stake in text
        assert valued.slipping[0].customer in text
    assert f"to bring {shown(value.total)} USD of margin, discounted by 10 % a year" in english
    assert "what stays with the company: 40 % of what is paid" in english
    assert f"带来毛利{shown(value.total)} USD" in chinese
    assert "即付款额的40 %" in chinese
    assert "below 50 %, who bought last at most 300 days ago, and" in english
    assert "存活概率低于50 %、距上次购买不超过300天、" in chinese
    assert english.count("; owner ") == min(5, len(valued.slipping))


def test_both_pictures_are_drawn_and_described(valued: Review, value: CustomerValue) -> None:
    """The curve says how many there were and should be, the bars what the first tenth brings."""
    drawn = [
        ET.fromstring(svg)  # noqa: S314 - of our own making
        for svg in re.findall(r"<svg.*?</svg>", part(to_html(valued)), re.DOTALL)
    ]
    bought, expected = value.tracking.cumulative_actual[-1], value.tracking.cumulative_expected[-1]

    labels = [str(picture.get("aria-label")) for picture in drawn]

    assert labels[0] == (
        f"Repeat purchases, added up: {shown(bought)}, by the model {shown(expected)}"
    )
    assert re.fullmatch(
        r"Value by tenths of the customers: the first tenth brings \d\d %", labels[1]
    )
    assert len(labels) == 2


def test_markdown_has_the_same_part_without_pictures(valued: Review) -> None:
    """The text has the total and the table of those who slip away."""
    text = to_markdown(valued)

    assert "\n## What the customers are worth\n" in text
    assert f"\n| {valued.slipping[0].customer} |" in text
    assert "<svg" not in text


def test_sales_are_called_sales() -> None:
    """Without a margin the page says that value is no profit."""
    review = bought_from(attrs.evolve(POLICY, value=ValuePolicy()))

    english, chinese = (part(to_html(review, language=each)) for each in ("en", "zh-CN"))

    assert "That is sales and no profit: the policy states a margin of 1." in english
    assert "该数值为销售额而非利润" in chinese


def test_a_page_without_a_value_says_why(
    review: Review, tmp_path: Path, read_tables: ReadTables
) -> None:
    """Where too few have bought again, the part has the reason, and its tables no rows."""
    text = part(to_html(review))
    tables = read_tables(review, tmp_path)

    assert "It cannot be told: 8 customers have bought again, and 30 are needed." in text
    assert "无法估算：" in part(to_html(review, language="zh-CN"))
    for name in ("slipping", "values", "tenths", "tracking", "value_models"):
        assert tables[name] == []


def test_a_policy_that_tells_no_value_has_no_such_part(review: Review) -> None:
    """Nobody reads of what nobody wants to know."""
    silent = attrs.evolve(review, policy=attrs.evolve(review.policy, value=None))

    assert '<section id="value">' not in to_html(silent)


def test_nobody_who_slips_away_is_told_too(valued: Review) -> None:
    """A list without anybody is said to be empty."""
    assert POLICY.value is not None
    strict = attrs.evolve(POLICY.value, worth=Decimal(10**6))

    text = part(to_html(attrs.evolve(valued, policy=attrs.evolve(POLICY, value=strict))))

    assert "<p>Nobody, by the policy.</p>" in text


def test_where_nobody_is_seen_to_leave_no_silence_is_held_against_anybody(
    valued: Review, value: CustomerValue
) -> None:
    """The page says why it has no list: the purchases do not say that customers leave."""
    assert value.dropout is not None
    stays = attrs.evolve(value.dropout, log_likelihood=value.dropout.without.log_likelihood)

    found = attrs.evolve(valued, value=attrs.evolve(value, dropout=stays))

    assert found.slipping == ()
    for language, said in (
        ("en", "It cannot be told: the data do not say"),
        ("zh-CN", "无法判断："),
    ):
        assert said in part(to_html(found, language=language))


def test_one_customer_is_one(valued: Review, value: CustomerValue) -> None:
    """A single customer who has bought, or is still there, is no plural."""
    one = attrs.evolve(value, customers=1, alive=Decimal("0.8"))

    said = part(to_html(attrs.evolve(valued, value=one)))

    assert "Of the 1 customer who has bought, about 1 is still there." in said


def test_the_page_says_how_many_are_still_there(valued: Review) -> None:
    """Some who are called slipping away have not left; how many, on average, is told."""
    there = shown(sum((one.features.alive or Decimal(0) for one in valued.slipping), Decimal(0)))

    assert f"By the model about {there} of them are still there." in part(to_html(valued))
    assert f"模型估计其中约{there}位仍为客户。" in part(to_html(valued, language="zh-CN"))


def test_a_single_week_is_a_curve_too(valued: Review, value: CustomerValue) -> None:
    """Where all happened within a week, the curve has one point."""
    day = date(1998, 6, 30)
    week = value.purchases.tracking([[day.toordinal() - 2, day.toordinal()]], end=day)

    text = part(to_html(attrs.evolve(valued, value=attrs.evolve(value, tracking=week))))

    assert "Repeat purchases, added up: 1, by the model 0" in text


def test_cautions_stand_on_the_page(valued: Review, value: CustomerValue) -> None:
    """What to know before relying on the numbers stands below them."""
    warned = attrs.evolve(value, cautions=(value.independence.words,))

    text = part(to_html(attrs.evolve(valued, value=warned)))

    assert f"To know: {value.independence.words.en}." in text.replace("&#39;", "'")


def test_customers_who_are_worth_nothing_have_no_shares(
    valued: Review, tmp_path: Path, read_tables: ReadTables
) -> None:
    """A total of zero has no parts, on the page and in the table."""
    worthless = attrs.evolve(
        valued,
        judgements=tuple(
            attrs.evolve(
                one,
                features=attrs.evolve(
                    one.features,
                    spend=Decimal(0),
                    lifetime_value=None if one.value is None else Decimal(0),
                ),
            )
            for one in valued.judgements[:5]
        ),
    )

    rows = read_tables(worthless, tmp_path)["tenths"]

    assert [row["customers"] for row in rows] == ["1"] * 5
    assert {row["share"] for row in rows} == {""}
    assert "the first tenth brings 0 %" in part(to_html(worthless))
