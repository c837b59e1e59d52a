"""A company of six teams, made up: every kind of records that the catalogue of KPIs counts.

It is the same one each time. At its full size there are 1,000,000 purchases, 500,000 interactions
and 200,000 service requests of two years, and of the other kinds as many as go with them: a
complaint for every fifty purchases, a cost of goods for every tenth one, and so on. A few
customers buy much, and many buy little. Some records lack what they need not have, and some
cases are open still.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final, TypeAlias

from measures import BEGIN, CUSTOMERS, MINUTES, MONTHS, TEAMS

from crmcore.activities import Channel, Direction, Interaction, InteractionId, Purchase, PurchaseId
from crmcore.kernel import CustomerId, MemberId, Money
from crmcore.market import CampaignContact, Cost, CostKind, Figure, Lead, MarketSale
from crmcore.service import Complaint, Feedback, Outcome, Pause, ServiceRequest
from crmcore.surveys import Audience, Invitation, InvitationKind, SurveyAnswer
from crmcore.work import (
    Aspect,
    ChangeRequest,
    Decision,
    Delivery,
    FieldCheck,
    Inspection,
    KnowledgeAct,
    KnowledgeUse,
    Meeting,
    ProcessCase,
    Reading,
    Task,
    TaskKind,
    Training,
    WorkLog,
)

Records: TypeAlias = Mapping[str, Sequence[Any]]

CURRENCY: Final = "EUR"
MEMBERS: Final = 120

TEAM_OF: Final[dict[str, str]] = {
    f"{letter}-{number:06}": TEAMS[number % len(TEAMS)]
    for letter, count in {"c": CUSTOMERS, "m": MEMBERS, "x": CUSTOMERS}.items()
    for number in range(count)
}
"""The team of each customer, each member, and everything else that has a number."""

OWNER: Final[Mapping[str, str]] = {
    "answers": "respondent",
    "campaign_contacts": "customer",
    "change_requests": "id",
    "complaints": "customer",
    "costs": "customer",
    "decisions": "id",
    "deliveries": "sender",
    "feedback": "customer",
    "field_checks": "record",
    "figures": "source",
    "inspections": "subject",
    "interactions": "customer",
    "invitations": "customer",
    "knowledge_uses": "member",
    "leads": "id",
    "market_sales": "market",
    "meetings": "id",
    "outcomes": "customer",
    "process_cases": "id",
    "purchases": "customer",
    "readings": "reader",
    "requests": "customer",
    "tasks": "member",
    "trainings": "member",
    "work_logs": "member",
}
"""The field of each kind of records that tells the team."""

COUNTS: Final[Mapping[str, int]] = {
    "answers": 150_000,
    "campaign_contacts": 50_000,
    "change_requests": 2_000,
    "complaints": 20_000,
    "costs": 100_000,
    "decisions": 5_000,
    "deliveries": 20_000,
    "feedback": 40_000,
    "field_checks": 40_000,
    "inspections": 20_000,
    "interactions": 500_000,
    "invitations": 50_000,
    "knowledge_uses": 20_000,
    "leads": 50_000,
    "market_sales": 50_000,
    "meetings": 5_000,
    "outcomes": 20_000,
    "process_cases": 50_000,
    "purchases": 1_000_000,
    "readings": 10_000,
    "requests": 200_000,
    "tasks": 50_000,
    "trainings": 5_000,
    "work_logs": 60_000,
}
"""How many records there are of each kind, at full size; figures come by the month."""

ITEMS: Final = (
    *("overall", "expectations", "ideal", "recommendation"),
    *("product_quality", "service_quality", "delivery", "communication"),
    *("performance", "reliability", "ease_of_use", "response_speed"),
    *("communication_clear", "communication_friendly", "communication_reachable"),
    *("complaint_handling", "complaint_speed", "complaint_result", "complaint_manner"),
)
OF_MEMBERS: Final = ("cooperation", "allocation", "team_spirit")
OF_THE_MARKET: Final = ("aided_awareness", "unaided_awareness")
CHANNELS: Final = ("shop", "web", "phone")


def _team_of_customer(record: Any) -> str:  # noqa: ANN401 - of many kinds
    return TEAM_OF[record.customer]


def reading(source: str) -> Callable[[Any], str]:
    """Return the function that tells the team of a record of a kind."""
    if OWNER[source] == "customer":
        return _team_of_customer
    owner = attrgetter(OWNER[source])
    return lambda record: TEAM_OF[owner(record)]


class Company:
    """Makes the records of each kind."""

    def __init__(self, part: float) -> None:
        """Begin the same way each time.

        Args:
            part: Its share of the full size.
        """
        self.chance = random.Random(20261122)
        self.part = part
        self.customers = [CustomerId(name) for name in TEAM_OF if name[0] == "c"]
        self.members = [MemberId(name) for name in TEAM_OF if name[0] == "m"]
        self.some = max(100, int(part * len(self.customers)))
        self.prices = [Money(Decimal(cents) / 100, CURRENCY) for cents in range(100, 10_000)]

    def make(self) -> Records:
        """Return all of them."""
        found = {source: list(self._of(source)) for source in COUNTS}
        return {**found, "figures": list(self.figures())}

    def _of(self, source: str) -> Iterator[Any]:
        make: Callable[[str], Any] = getattr(self, source)
        for number in range(max(60, int(self.part * COUNTS[source]))):
            yield make(f"x-{number % CUSTOMERS:06}" if OWNER[source] == "id" else f"{number:07}")

    # What happens to be

    def who(self) -> CustomerId:
        """Return a customer, mostly one of a few."""
        return self.customers[int(self.some * self.chance.random() ** 1.5)]

    def member(self) -> MemberId:
        """Return a member."""
        return self.chance.choice(self.members)

    def when(self) -> datetime:
        """Return an instant of the two years."""
        return BEGIN + timedelta(minutes=self.chance.randrange(MINUTES))

    def later(self, at: datetime, hours: int) -> datetime:
        """Return an instant within some hours after another one."""
        return at + timedelta(minutes=self.chance.randrange(60 * hours))

    def maybe(self, at: datetime, hours: int, share: float = 0.9) -> datetime | None:
        """Return such an instant, or none."""
        return self.later(at, hours) if self.chance.random() < share else None

    def often(self, share: float = 0.9) -> bool:
        """Say yes, mostly."""
        return self.chance.random() < share

    # Customers

    def purchases(self, number: str) -> Purchase:
        """Make one purchase of thirty a refund."""
        price, is_refund = self.chance.choice(self.prices), self.often(1 / 30)
        return Purchase(
            id=PurchaseId(number),
            customer=self.who(),
            at=self.when(),
            amount=-price if is_refund else price,
            refund=is_refund,
        )

    def interactions(self, number: str) -> Interaction:
        """Make an interaction."""
        return Interaction(
            id=InteractionId(number),
            customer=self.who(),
            at=self.when(),
            channel=self.chance.choice(tuple(Channel)),
            direction=self.chance.choice(tuple(Direction)),
            minutes=self.chance.randrange(60),
        )

    def requests(self, number: str) -> ServiceRequest:
        """Make a request, which may have waited, come up again or been withdrawn."""
        at = self.when()
        responded = self.maybe(at, 24, 0.95)
        solved = None if responded is None else self.maybe(responded, 200)
        reopened = None if solved is None else self.maybe(solved, 500, 0.05)
        settled = reopened or solved
        return ServiceRequest(
            id=number,
            customer=self.who(),
            opened_at=at,
            responded_at=responded,
            answered_automatically=responded is not None and self.often(0.1),
            response_due_at=at + timedelta(hours=8),
            solved_at=solved,
            solution_due_at=at + timedelta(days=5),
            reopened_at=reopened,
            closed_at=self.maybe(at, 100, 0.3) if settled is None else self.maybe(settled, 100),
            pauses=(Pause(at, at + timedelta(hours=3)),) if self.often(0.2) else (),
            contacts=self.chance.choice((1, 1, 2, 3, None)),
            resolvable_at_first=self.often(0.8),
            article="a-1" if self.often(0.5) else None,
            minutes=self.chance.randrange(5, 90),
        )

    def complaints(self, number: str) -> Complaint:
        """Make a complaint, some of the same matter."""
        at = self.when()
        return Complaint(
            id=number,
            matter=f"{self.chance.randrange(10**6)}",
            customer=self.who(),
            received_at=at,
            due_at=at + timedelta(days=10),
            answered_at=self.maybe(at, 100),
            closed_at=self.maybe(at, 400),
            pauses=(Pause(at, at + timedelta(hours=9)),) if self.often(0.2) else (),
        )

    def feedback(self, number: str) -> Feedback:
        """Make feedback."""
        at, is_actionable = self.when(), self.often(0.4)
        return Feedback(
            id=number,
            customer=self.who(),
            received_at=at,
            answered_at=self.maybe(at, 100),
            is_actionable=is_actionable,
            verified_at=self.maybe(at, 900, 0.6) if is_actionable else None,
        )

    def outcomes(self, number: str) -> Outcome:
        """Make an outcome."""
        at = self.when()
        met = self.maybe(at - timedelta(days=5), 150)
        return Outcome(id=number, customer=self.who(), due_at=at, met_at=met)

    def invitations(self, number: str) -> Invitation:
        """Make an invitation."""
        at, kind = self.when(), self.chance.choice(tuple(InvitationKind))
        return Invitation(
            id=number,
            kind=kind,
            name=f"{kind} of {at.year}",
            customer=self.who(),
            at=at,
            took_part_at=self.maybe(at, 200, 0.3),
        )

    def answers(self, number: str) -> SurveyAnswer:
        """Make an answer; of ten two are of members, and one is of the market."""
        draw, at = self.chance.random(), self.when()
        low, high = self.chance.choice(((1, 5), (1, 10)))
        audience, respondent = Audience.CUSTOMER, str(self.who())
        items: tuple[str, ...] = ITEMS
        if draw < 0.2:
            audience, respondent, items = Audience.MEMBER, str(self.member()), OF_MEMBERS
        elif draw < 0.3:
            respondent = f"x-{self.chance.randrange(CUSTOMERS):06}"
            audience, items, low, high = Audience.MARKET, OF_THE_MARKET, 0, 1
        item = self.chance.choice(items)
        if item == "recommendation":
            low, high = 0, 10
        return SurveyAnswer(
            id=number,
            survey=str(audience),
            wave=f"{at.year}",
            item=item,
            audience=audience,
            respondent=respondent,
            at=at,
            low=low,
            high=high,
            score=self.chance.randint(low, high) if self.often(0.95) else None,
        )

    # The market

    def leads(self, number: str) -> Lead:
        """Make a lead."""
        at = self.when()
        return Lead(
            id=number,
            campaign="spring" if self.often(0.4) else None,
            created_at=at,
            converted_at=self.maybe(at, 3_000, 0.3),
        )

    def campaign_contacts(self, number: str) -> CampaignContact:
        """Make a contact of a campaign, one of five to compare with."""
        at = self.when()
        return CampaignContact(
            id=number,
            campaign="spring",
            customer=self.who(),
            at=at,
            is_control=self.often(0.2),
            responded_at=self.maybe(at, 1_000, 0.2),
            margin=self.chance.choice(self.prices) if self.often() else None,
        )

    def costs(self, number: str) -> Cost:
        """Make a cost; the half of them are of goods."""
        kind = self.chance.choice((*CostKind, *[CostKind.GOODS] * 4))
        return Cost(
            id=number,
            kind=kind,
            at=self.when(),
            amount=self.chance.choice(self.prices),
            customer=self.who(),
            campaign="spring" if kind is CostKind.NEW_MARKETING else None,
        )

    def market_sales(self, number: str) -> MarketSale:
        """Make a sale in one of sixty markets, entered one after the other."""
        market = self.chance.randrange(60)
        return MarketSale(
            id=number,
            market=f"x-{market:06}",
            at=self.when(),
            amount=self.chance.choice(self.prices),
            market_entered_on=date(1994 + market % 3, 1 + market % 12, 1),
        )

    def figures(self) -> Iterator[Figure]:
        """Make for each month and team a target, the market, five rivals and three projects."""
        names = {
            "sales_target": (None,),
            "market_sales": (None,),
            "peer_index": ("rival 1", "rival 2", "rival 3", "rival 4", "rival 5"),
            "project_attainment": ("project 1", "project 2", "project 3"),
        }
        for month in MONTHS:
            for at, team in enumerate(TEAMS):
                for name, subjects in names.items():
                    is_money = name in {"sales_target", "market_sales"}
                    for subject in subjects:
                        yield Figure(
                            id=f"{month} {team} {name} {subject}",
                            name=name,
                            subject=subject and f"{subject} of {team}",
                            start=month.start,
                            end=month.end,
                            number=Decimal(self.chance.randrange(500_000 if is_money else 100)),
                            currency=CURRENCY if is_money else None,
                            source=f"x-{at:06}",
                            published_on=month.end,
                        )

    # Work

    def tasks(self, number: str) -> Task:
        """Make a task."""
        at = self.when()
        due = at + timedelta(days=14)
        return Task(
            id=number,
            kind=self.chance.choice(tuple(TaskKind)),
            member=self.member(),
            opened_at=at,
            first_due_at=due - timedelta(days=3) if self.often(0.2) else None,
            due_at=due,
            done_at=self.maybe(at, 400),
        )

    def deliveries(self, number: str) -> Delivery:
        """Make a delivery."""
        at = self.when()
        received = self.maybe(at, 100)
        return Delivery(
            id=number,
            sender=self.member(),
            recipient="sales",
            sent_at=at,
            due_at=at + timedelta(days=3),
            received_at=received,
            handled_at=None if received is None else self.maybe(received, 100),
            corrected=self.often(0.1),
        )

    def inspections(self, number: str) -> Inspection:
        """Make an inspection."""
        return Inspection(
            id=number,
            subject=f"x-{self.chance.randrange(CUSTOMERS):06}",
            step=self.chance.choice(("milestone", "draft", "test")),
            at=self.when(),
            accepted=self.often(0.8),
            attempt=self.chance.choice((1, 1, 1, 2)),
        )

    def change_requests(self, number: str) -> ChangeRequest:
        """Make a change."""
        at = self.when()
        return ChangeRequest(
            id=number,
            approved_at=at,
            due_at=at + timedelta(days=30),
            effective_at=self.maybe(at, 1_000),
        )

    def field_checks(self, number: str) -> FieldCheck:
        """Make a check of a field."""
        return FieldCheck(
            id=number,
            record=self.who(),
            field=self.chance.choice(("name", "email", "phone")),
            at=self.when(),
            aspect=self.chance.choice(tuple(Aspect)),
            passed=self.often(),
            weight=Decimal(self.chance.choice((1, 2, 3))),
        )

    def readings(self, number: str) -> Reading:
        """Make a reading of a report."""
        at = self.when()
        return Reading(
            id=number,
            report=f"{at.year}-{at.month}-{self.chance.randrange(4)}",
            reader=self.member(),
            criterion=self.chance.choice(("clear", "adopted")),
            at=at,
            score=self.chance.randint(1, 5),
        )

    def decisions(self, number: str) -> Decision:
        """Make a decision."""
        return Decision(id=number, at=self.when(), cites_evidence=self.often(0.6))

    def meetings(self, number: str) -> Meeting:
        """Make a meeting."""
        return Meeting(
            id=number,
            at=self.when(),
            minutes=self.chance.choice((30, 60, 90)),
            decisions=self.chance.randrange(4),
            actions=self.chance.randrange(8),
        )

    def trainings(self, number: str) -> Training:
        """Make a training."""
        at = self.when()
        attended = self.maybe(at, 500)
        return Training(
            id=number,
            member=self.member(),
            course="complaints",
            assigned_at=at,
            due_at=at + timedelta(days=30),
            attended_at=attended,
            passed_at=None if attended is None else self.maybe(attended, 200),
            left_at=self.maybe(at, 800, 0.03),
        )

    def knowledge_uses(self, number: str) -> KnowledgeUse:
        """Make a use of knowledge."""
        return KnowledgeUse(
            id=number,
            member=self.member(),
            article=f"{self.chance.randrange(500)}",
            kind=self.chance.choice(tuple(KnowledgeAct)),
            at=self.when(),
        )

    def work_logs(self, number: str) -> WorkLog:
        """Make an entry of hours."""
        return WorkLog(
            id=number,
            member=self.member(),
            at=self.when(),
            minutes=self.chance.randrange(15, 480),
            units=Decimal(self.chance.randrange(20)),
        )

    def process_cases(self, number: str) -> ProcessCase:
        """Make a case of a process."""
        at = self.when()
        return ProcessCase(
            id=number,
            process="complaint",
            variant=self.chance.choice(CHANNELS),
            started_at=at,
            ended_at=self.maybe(at, 300),
            processing_minutes=self.chance.randrange(5, 300),
            rate=Money("40", CURRENCY),
            direct_cost=Money("2.50", CURRENCY),
            is_reworked=self.often(0.1),
            deviations=self.chance.choice((0, 0, 1, 2)),
            steps=5,
            standard_steps=5,
        )
