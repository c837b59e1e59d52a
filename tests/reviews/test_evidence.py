"""Records that the store does not keep: handed in, they answer further KPIs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import attrs
import pytest

from crmcore.activities import InteractionId
from crmcore.calendar import Grain, Period, WorkCalendar, periods
from crmcore.criteria import F
from crmcore.customers import Customer
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.goals import Goal, GoalId, Mode
from crmcore.kernel import CustomerId, Money, Phrase, Undefined
from crmcore.kpis import Direction, Kpi, KpiGroup, KpiId, Unit, compute, kpi
from crmcore.market import Cost, CostKind, Figure
from crmcore.measures import Count, Stock
from crmcore.memory import MemoryStore
from crmcore.policies import MANAGEMENT_GOALS, GoalTemplate, Policy
from crmcore.reviews import Review, review_department
from crmcore.service import ServiceRequest
from crmcore.signals import Limits, Variation, chart
from crmcore.surveys import Audience, SurveyAnswer

if TYPE_CHECKING:
    from tests.reviews.conftest import Shop

AS_OF = date(2026, 9, 30)
BEGAN = datetime(2026, 9, 30, 4, tzinfo=UTC)  # midnight in New York
MONTHS = [(2025, month) for month in range(1, 13)] + [(2026, month) for month in range(1, 10)]


def answers() -> Iterator[SurveyAnswer]:
    """Yield four answers of each month, of which ever more are good."""
    for place, (year, month) in enumerate(MONTHS):
        for nth in range(4):
            yield SurveyAnswer(
                id=f"{year}-{month:02}-{nth}",
                survey="service",
                wave=f"{year}-{month:02}",
                item="overall",
                audience=Audience.CUSTOMER,
                respondent=f"c{nth}",
                at=datetime(year, month, 5 + nth, 9, tzinfo=UTC),
                low=1,
                high=5,
                score=5 if nth < 1 + place // 6 else 2,
            )


def requests() -> Iterator[ServiceRequest]:
    """Yield two requests of each month, one solved after a day and one after twenty."""
    for year, month in MONTHS:
        for nth, days in enumerate((1, 20)):
            opened = datetime(year, month, 3, 9, tzinfo=UTC)
            yield ServiceRequest(
                id=f"{year}-{month:02}-{nth}",
                customer=CustomerId("ada"),
                opened_at=opened,
                responded_at=opened + timedelta(hours=5),
                solved_at=opened + timedelta(days=days),
                solution_due_at=opened + timedelta(days=7),
                closed_at=opened + timedelta(days=30),
            )


def own(key: str, source: str) -> Kpi:
    """Return a definition that counts the records of a kind."""
    return Kpi(
        id=KpiId(key),
        code=key.upper(),
        name=Phrase(key, key),
        group=KpiGroup.TEAM,
        unit=Unit.COUNT,
        direction=Direction.HIGHER,
        measure=Count(source=source),
        numerator=Phrase(key, key),
        definition=Phrase(f"How many {source} there are.", f"{source}的数量。"),
        source="our own",
    )


def reviewed(shop: Shop, policy: Policy, **options: Any) -> Review:  # noqa: ANN401 what a review takes
    """Return the review of the shop with what was handed in."""
    return review_department(shop.into(MemoryStore()), policy=policy, as_of=AS_OF, **options)


def names(found: Review) -> list[str]:
    """Return the ids of the KPIs of a review."""
    return [one.kpi.id for one in found.kpis]


def test_what_every_review_shows_stays_the_same(shop: Shop, policy: Policy, review: Review) -> None:
    """Whoever hands in answers gets the same twelve KPIs, and others after them."""
    found = reviewed(shop, policy, evidence={"answers": answers()})

    assert found.kpis[: len(review.kpis)] == review.kpis
    assert found.credited == review.credited
    assert found.plan == review.plan
    assert set(names(found)) - set(names(review)) >= {"satisfaction_rate", "satisfaction_score"}
    assert len(found.charts) == len(found.kpis)


def test_the_numbers_are_those_of_the_engine(shop: Shop, policy: Policy) -> None:
    """A review computes what `compute` does of the same records and the same terms."""
    given: dict[str, list[object]] = {
        "answers": list(answers()),
        "requests": list(requests()),
    }
    calendars = {"service": WorkCalendar.always(ZoneInfo(policy.zone))}

    found = reviewed(
        shop, policy, evidence=given, parameters={"solution_days": 10}, calendars=calendars
    )

    extra = [one for one in found.kpis if not one.kpi.measure.sources <= {"purchases"}]
    assert len(extra) > 4
    stored = [one for one in shop.purchases if one.at < BEGAN]
    expected = compute(
        {"purchases": stored, **given},
        extra[0].periods,
        as_of=AS_OF,
        zone=policy.zone,
        currency=policy.currency,
        kpis=[one.kpi for one in extra],
        parameters={"active_days": policy.active_days, "solution_days": 10},
        calendars=calendars,
    )
    assert tuple(extra) == expected
    assert found.kpi("resolution_rate").stated == (("solution_days", 10),)


def test_the_order_of_what_is_handed_in_does_not_matter(shop: Shop, policy: Policy) -> None:
    """Streams, lists, and lists the other way round give the same review."""
    one = reviewed(shop, policy, evidence={"answers": answers(), "requests": requests()})
    back: dict[str, Iterable[object]] = {
        "requests": list(requests())[::-1],
        "answers": list(answers())[::-1],
    }

    assert reviewed(shop, policy, evidence=back) == one


def test_what_nobody_asked_about_is_left_out(shop: Shop, policy: Policy) -> None:
    """Answers about the whole tell nothing of deliveries, and no KPI stands there empty."""
    found = reviewed(shop, policy, evidence={"answers": answers()})

    assert "delivery_score" not in names(found)
    assert "complaint_rate" not in names(found)
    with pytest.raises(UnknownNameError):
        found.kpi("delivery_score")


def test_only_what_is_chosen_is_computed(shop: Shop, policy: Policy, review: Review) -> None:
    """Of the catalogue one may choose; what every review shows is there all the same."""
    found = reviewed(
        shop, policy, evidence={"answers": answers()}, catalogue=[kpi("satisfaction_rate")]
    )

    assert names(found) == [*names(review), "satisfaction_rate"]


def test_only_what_had_happened_counts(shop: Shop, policy: Policy) -> None:
    """What came on the day or later is not in, and what was solved later was open then."""
    now = list(requests())
    known = [
        attrs.evolve(
            one,
            solved_at=None if one.solved_at is None or one.solved_at >= BEGAN else one.solved_at,
            closed_at=None if one.closed_at is None or one.closed_at >= BEGAN else one.closed_at,
        )
        for one in now
    ]
    later = attrs.evolve(
        now[0], id="later", opened_at=BEGAN, responded_at=None, solved_at=None, closed_at=None,
        solution_due_at=None,
    )  # fmt: skip

    found = reviewed(shop, policy, evidence={"requests": [*now, later]})

    assert any(one.closed_at != other.closed_at for one, other in zip(now, known, strict=True))
    assert found == reviewed(shop, policy, evidence={"requests": known})


def test_an_answer_of_later_is_taken_back_whole(shop: Shop, policy: Policy) -> None:
    """Whoever is answered by a machine tomorrow has no answer today."""
    opened = datetime(2026, 8, 3, 9, tzinfo=UTC)
    waiting = ServiceRequest(id="r", customer=CustomerId("ada"), opened_at=opened)
    answered = attrs.evolve(waiting, responded_at=BEGAN, answered_automatically=True)

    found = reviewed(shop, policy, evidence={"requests": [answered]})

    assert found == reviewed(shop, policy, evidence={"requests": [waiting]})


def test_what_is_due_later_may_be_known(shop: Shop, policy: Policy) -> None:
    """By when something is promised is known before: who answers early is in time."""
    prompt = ServiceRequest(
        id="r",
        customer=CustomerId("ada"),
        opened_at=datetime(2026, 8, 3, 9, tzinfo=UTC),
        responded_at=datetime(2026, 8, 4, 9, tzinfo=UTC),
        response_due_at=BEGAN,
    )

    found = reviewed(shop, policy, evidence={"requests": [prompt]})

    value = found.kpi("response_in_target").at(Period.month(2026, 8))
    assert not isinstance(value, Undefined)
    assert (value.numerator, value.denominator) == (Decimal(1), Decimal(1))


def test_numbers_that_were_published_later_do_not_count(shop: Shop, policy: Policy) -> None:
    """The market of August is known when its size is published, not when August is over."""

    def market(published: date) -> Figure:
        return Figure(
            id="m",
            name="market_sales",
            start=date(2026, 8, 1),
            end=date(2026, 9, 1),
            number=Decimal(10_000),
            currency="USD",
            source="the association",
            published_on=published,
        )

    known = reviewed(shop, policy, evidence={"figures": [market(date(2026, 9, 29))]})
    unknown = reviewed(shop, policy, evidence={"figures": [market(AS_OF)]})

    assert str(known.kpi("market_share").latest).startswith("0.052 (520.00 of 10000")
    assert "market_share" not in names(unknown)


def test_limits_rest_on_the_first_answers(shop: Shop, policy: Policy) -> None:
    """Where answers are older than purchases, the charts begin with the answers."""
    found = reviewed(shop, policy, evidence={"answers": answers()}, months=1)

    row = tuple(periods(Grain.MONTH, date(2025, 1, 1), date(2026, 9, 1)))
    (series,) = compute(
        {"answers": answers()},
        row,
        as_of=AS_OF,
        zone=policy.zone,
        currency=policy.currency,
        kpis=["satisfaction_rate"],
    )
    whole = chart(series)
    assert isinstance(whole.limits, Limits)
    assert found.chart("satisfaction_rate").limits == whole.limits
    assert found.chart("satisfaction_rate").variation is Variation.IMPROVEMENT


def test_goals_may_name_what_is_handed_in(shop: Shop, policy: Policy) -> None:
    """A goal of the policy is set from the answers, and a given one followed by them."""
    template = GoalTemplate(
        id=GoalId("please"),
        name="Please more",
        kpi="satisfaction_rate",
        mode=Mode.POINTS,
        target=Decimal("0.05"),
    )
    given = Goal(
        id=GoalId("score"),
        name="A better score",
        kpi="satisfaction_score",
        baseline=Decimal(50),
        target=Decimal(90),
        period=Period(date(2026, 1, 1), date(2027, 1, 1)),
    )

    found = reviewed(
        shop,
        attrs.evolve(policy, goals=(template,)),
        evidence={"answers": answers()},
        goals=[given],
    )

    please, score = found.goals
    december = found.kpi("satisfaction_rate").at(Period.month(2025, 12))
    assert please.goal.baseline == getattr(december, "number", None)
    assert score.goal.target == Decimal(90)
    assert found.chart("satisfaction_score").target == (Decimal(90), None)
    assert any(line.startswith("  satisfaction ") for line in found.summary().splitlines())


def test_the_goals_of_managing_customers_wait_for_their_records(shop: Shop, policy: Policy) -> None:
    """Without evidence a finding says of each what is missing; what purchases tell is followed."""
    found = reviewed(shop, attrs.evolve(policy, goals=MANAGEMENT_GOALS))

    said = {
        each.subject: each.title.en.partition("because ")[2]
        for each in found.findings
        if each.kind == "goal_without_baseline"
    }
    assert said == {
        "goal:strategy": "no figures from outside were handed in",
        "goal:satisfaction": "no survey answers were handed in",
        "goal:contribution": "no costs were handed in",
        "goal:process": "no process cases were handed in",
    }
    assert [each.goal.id for each in found.goals] == ["retention"]


def test_a_goal_may_be_about_what_the_store_keeps(shop: Shop, policy: Policy) -> None:
    """How often customers are talked to follows from interactions in the store."""
    goal = Goal(
        id=GoalId("talk"),
        name="Talk more",
        kpi="contact_frequency",
        baseline=Decimal(0),
        target=Decimal(1),
        period=Period(date(2026, 1, 1), date(2027, 1, 1)),
    )
    talks = tuple(
        attrs.evolve(
            shop.interactions[0],
            id=InteractionId(f"i-{n}"),
            at=datetime(2026, 8, n + 1, 16, tzinfo=UTC),
        )
        for n in range(4)
    )

    found = reviewed(attrs.evolve(shop, interactions=talks), policy, goals=[goal])

    value = found.kpi("contact_frequency").values[-1]
    assert not isinstance(value, Undefined)
    assert (value.numerator, value.denominator) == (Decimal(4), Decimal(8))


def test_a_policy_may_bring_its_own_kpis(shop: Shop, policy: Policy) -> None:
    """They count what the store keeps: members, customers, purchases and interactions."""
    known = Customer(id=CustomerId("nora"), name="Nora", known_since=date(2026, 8, 9))
    gone = attrs.evolve(own("gone", "members"), measure=Stock("left_on", source="members"))
    mine = (
        own("acquaintances", "customers"),
        gone,
        own("talks", "interactions"),
        own("wishes", "feedback"),
    )

    found = reviewed(
        attrs.evolve(shop, customers=(*shop.customers, known)), attrs.evolve(policy, kpis=mine)
    )

    assert set(names(found)[-3:]) == {"acquaintances", "gone", "talks"}
    value = found.kpi("acquaintances").at(Period.month(2026, 8))
    assert not isinstance(value, Undefined)
    assert value.number == 1
    staff = found.kpi("gone").at(Period.month(2026, 8))
    assert not isinstance(staff, Undefined)
    assert staff.number == 0  # Dora leaves in September
    assert staff.missing == 3
    assert "wishes" not in names(found)


def test_a_definition_of_ones_own_stands_in_place_of_the_librarys(
    shop: Shop, policy: Policy
) -> None:
    """Whoever defines orders otherwise sees their own orders in the review."""
    large = attrs.evolve(
        kpi("orders"), measure=Count(F.quantity > 1, source="purchases"), version="ours"
    )

    found = reviewed(shop, attrs.evolve(policy, kpis=(large,)))
    chosen = reviewed(shop, policy, catalogue=[large])

    assert found.kpi("orders").kpi.version == "ours"
    assert found.kpi("orders").values[-1] == chosen.kpi("orders").values[-1]
    assert names(found) == names(reviewed(shop, policy))


def test_amounts_in_costs_are_in_the_currency_of_the_policy(shop: Shop, policy: Policy) -> None:
    """Costs make a contribution out of sales."""
    cost = Cost(
        id="c",
        kind=CostKind.GOODS,
        at=datetime(2026, 8, 2, tzinfo=UTC),
        amount=Money(120, "USD"),
    )

    found = reviewed(shop, policy, evidence={"costs": [cost]})

    value = found.kpi("contribution").at(Period.month(2026, 8))
    assert not isinstance(value, Undefined)
    assert value.number == Decimal(400)


def test_progress_tells_what_is_read(shop: Shop, policy: Policy) -> None:
    """Long evidence is counted aloud, every some thousand records and at its end."""
    told: list[str] = []
    many = [attrs.evolve(next(answers()), id=f"a-{n}") for n in range(5001)]

    reviewed(
        shop,
        policy,
        evidence={"answers": many},
        progress=lambda done, total, what: told.append(f"{what} {done} {total}"),
    )

    assert "reading survey answers 5000 None" in told
    assert "reading survey answers 5001 5001" in told


@pytest.mark.parametrize(
    ("options", "error", "problem"),
    [
        ({"evidence": {"answer": []}}, UnknownNameError, "did you mean 'answers'"),
        ({"evidence": {"purchases": []}}, InvalidValueError, "a kind that the store keeps"),
        (
            {"evidence": {"answers": list(requests())}},
            InvalidValueError,
            "hold records of the class SurveyAnswer under 'answers'",
        ),
        ({"parameters": {"active_days": 9}}, InvalidValueError, "leave active_days to the policy"),
        ({"parameters": {"solution_day": 9}}, UnknownNameError, "did you mean 'solution_days'"),
        (
            {"parameters": {"solution_days": 0}, "evidence": {"requests": []}},
            InvalidValueError,
            "solution_days must be",
        ),
    ],
)
def test_what_cannot_be_is_refused(
    shop: Shop,
    policy: Policy,
    options: dict[str, Any],
    error: type[Exception],
    problem: str,
) -> None:
    """Strange kinds of records, records of another class, and strange terms are told."""
    with pytest.raises(error, match=problem):
        reviewed(shop, policy, **options)
