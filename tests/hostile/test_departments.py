"""Departments that cannot do what they promise, reviewed and replanned all the same."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import attrs
import pytest

from crmcore import reports
from crmcore.calendar import zone
from crmcore.codec import load_organization, to_json
from crmcore.customers import Ownership, OwnershipId
from crmcore.errors import (
    CrmError,
    FaultsError,
    InvalidValueError,
    MixedCurrenciesError,
)
from crmcore.interop import PurchaseColumns, load_purchases
from crmcore.kernel import CustomerId, MemberId, Phrase
from crmcore.memory import MemoryStore
from crmcore.policies import Policy
from crmcore.receipts import PlanConflictError
from crmcore.reviews import (
    Review,
    apply_plan,
    holdings_at,
    review_department,
    undo_plan,
)
from crmcore.storage import Store, TableUnitOfWork, add_organization

Contents: TypeAlias = Callable[[Store], tuple[object, ...]]
Write: TypeAlias = Callable[[str | bytes], Path]
Told: TypeAlias = Callable[[str | bytes], list[str]]
Reviewed: TypeAlias = Callable[[str], Review]

AS_OF = date(1998, 7, 1)
NOON = datetime(1998, 7, 1, 16, tzinfo=UTC)
COLUMNS = PurchaseColumns(customer="who", at="day", amount="paid")
DEPARTMENT = """
zone = "America/New_York"

[department]
id = "care"
name = "Customer care"

[[teams]]
id = "service"
name = "Customer service"
lead = "wei"
looks_after_customers = true

[[roles]]
id = "clerk"
name = "Service clerk"
has_authority = true

[[members]]
id = "wei"
name = "Wei"
team = "service"
roles = ["clerk"]
weekly_hours = 37.5
skills = { negotiation = 4, mandarin = 5 }

[[members]]
id = "ana"
name = "Ana"
team = "service"
roles = ["clerk"]
weekly_hours = 20
skills = { negotiation = 3 }

[[responsibilities]]
id = "complaints"
name = "Answer complaints"
role = "clerk"
team = "service"
weekly_hours = 12
skills = { negotiation = 3 }
expected_outcome = "Customers stay."

[[assignments]]
responsibility = "complaints"
duty = "responsible"
member = "wei"
since = 1997-01-01
"""
AWAY = "leave = [{ start = 1998-06-01, end = 1999-01-01 }]"


def changed(*changes: tuple[str, str]) -> str:
    """Return the department with all of each text changed."""
    text = DEPARTMENT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def rows() -> Iterator[str]:
    """Yield purchases of twelve customers, each at its own pace."""
    yield "who,day,paid"
    for customer in range(12):
        for nth in range(1 + customer // 2):
            day = date(1998, 6, 20) - timedelta(days=nth * (10 + 5 * customer))
            yield f"c-{customer:02},{day},{20 + 7 * customer}.50"


@pytest.fixture
def shop(store: Store, write: Write) -> Store:
    """Return a store with purchases of twelve customers."""
    text = "\n".join(rows())
    load_purchases(
        store, write(text), columns=COLUMNS, zone=zone("America/New_York"), currency="USD"
    )
    return store


@pytest.fixture
def told(write: Write) -> Told:
    """Return a function that loads a department from bytes and returns what was wrong."""

    def told(data: str | bytes) -> list[str]:
        path = write(data)

        with pytest.raises(FaultsError) as caught:
            load_organization(path)

        message = str(caught.value).encode().decode()  # it can be printed anywhere
        assert message.startswith(f"{path} has {len(caught.value.faults)} fault")
        return [str(fault) for fault in caught.value.faults]

    return told


@pytest.fixture
def reviewed(shop: Store, write: Write, tmp_path: Path) -> Reviewed:
    """Return a function that adds a department, and reviews and reports it in every way."""

    def reviewed(text: str) -> Review:
        with shop.unit_of_work() as uow:
            add_organization(uow, load_organization(write(text)))
            uow.commit()
        review = review_department(shop, policy=Policy.default(), as_of=AS_OF)
        for language in ("en", "zh-CN"):
            assert review.summary(language=language)
            assert reports.to_markdown(review, language=language)
        reports.write_tables(review, tmp_path / "tables")
        assert to_json(review.plan)
        return review

    return reviewed


def kinds(review: Review) -> set[str]:
    """Return the kinds of the findings."""
    return {finding.kind for finding in review.findings}


def test_a_skill_that_nobody_has_is_found_and_what_needs_it_stays_uncovered(
    reviewed: Reviewed,
) -> None:
    """Each duty says how many are left after each rule, and which skill nobody has."""
    review = reviewed(
        changed(
            (
                "skills = { negotiation = 3 }\nexpected",
                "skills = { diplomacy = 7 }\nexpected",
            )
        )
    )

    assert kinds(review) >= {"missing_skill", "gap"}
    assert [thing.subject for thing in review.plan.duties.uncovered] == [
        f"responsibility:complaints:{duty}" for duty in ("accountable", "backup", "responsible")
    ]
    for thing in review.plan.duties.uncovered:
        assert "none with diplomacy at level" in str(thing)
    assert {need.skill for need in review.training} == {"diplomacy"}


def test_hours_that_do_not_suffice_are_found_with_how_many_are_wanting(reviewed: Reviewed) -> None:
    """The finding says wanted and available hours, the plan how many more would do."""
    review = reviewed(changed(("weekly_hours = 12", "weekly_hours = 168")))

    (short,) = (finding for finding in review.findings if finding.kind == "too_few_hours")
    assert short.title.en == "All duties want 226.8 h a week; the members have 57.5 h"
    assert "Find 169.3 h a week, or promise less" in str(short.suggestion)
    assert "h more for " in str(review.plan.duties.uncovered[0])


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            'role = "clerk"',
            'role = "clrk"',
            "responsibilities.complaints.role: unknown role 'clrk'; did you mean 'clerk'?",
        ),
        (
            'roles = ["clerk"]\nweekly_hours = 20',
            'roles = ["clark"]\nweekly_hours = 20',
            "members.ana.roles: unknown role 'clark'; did you mean 'clerk'?",
        ),
        ('lead = "wei"', 'lead = "wie"', "teams.service.lead: unknown member 'wie'; did you mean"),
        ('member = "wei"', 'member = "x"', "assignments.complaints/responsible/x.member: unknown"),
        ('duty = "resp', 'duty = "rsp', "assignments[0].duty: unknown duty 'rsponsible'; did you"),
        ("weekly_hours = 20", "weekly_hours = 200", "members[1].weekly_hours: must be between 0"),
        ("weekly_hours = 20", "weekly_hours = -1", "members[1].weekly_hours: must be between 0 "),
        ("weekly_hours = 20", "weekly_hours = 0.001", "members[1].weekly_hours: must be hours th"),
        ("mandarin = 5", "mandarin = 9", "members[0].skills.mandarin.level: must be between 1 an"),
        ("mandarin = 5", "negotiaton = 5.5", "members[0].skills.negotiaton.level: must be a whol"),
        ('id = "ana"', 'id = "wei"', "members.wei: the id comes 2 times; make it unique"),
        ('id = "ana"', 'id = " ana"', "members[1].id: must have no blanks at its ends (got ' ana"),
        ('id = "ana"', 'id = ""', "members[1].id: must not be empty (got '')"),
        ('name = "Ana"', 'name = "A\\u2028na"', "members[1].name: must hold no control character"),
        (
            'name = "Ana"',
            'name = "Ana"\nleave = [{ start = 1998-07-18, end = 1998-07-06 }]',
            "members[1].leave[0].end: must be after the start, 1998-07-18 (got ",
        ),
        ('name = "Ana"', 'nmae = "Ana"', "members[1].nmae: unknown field 'nmae'; did you mean 'n"),
        ("[[roles]]", "[[rolls]]", "rolls: unknown field 'rolls'; did you mean 'roles'?"),
        ('zone = "America/New_York"', "", "assignments[0].since: is a day; write zone = "),
    ],
)
def test_a_fault_names_its_path_and_what_would_be_right(
    told: Told, old: str, new: str, fault: str
) -> None:
    """The name that was probably meant, the bounds, or what to write."""
    assert any(found.startswith(fault) for found in told(changed((old, new))))


def test_whatever_is_wrong_with_a_department_comes_in_one_message(told: Told) -> None:
    """Names that lead nowhere are told beside each other, and beside unknown fields."""
    found = told(
        changed(
            ('role = "clerk"', 'role = "clrk"'),
            ('lead = "wei"', 'lead = "wie"'),
            ('member = "wei"', 'member = "woi"'),
            ("zone =", "zoen ="),
        )
    )

    assert [fault.partition(": ")[0] for fault in found] == [
        "zoen",
        "assignments[0].since",
        "teams.service.lead",
        "responsibilities.complaints.role",
        "assignments.complaints/responsible/woi.member",
    ]


NO_HOURS = [
    changed(("weekly_hours = 37.5", "weekly_hours = 0"), ("weekly_hours = 20", "weekly_hours = 0")),
    changed(
        ("weekly_hours = 37.5", f"weekly_hours = 37.5\n{AWAY}"),
        ("weekly_hours = 20", f"weekly_hours = 20\n{AWAY}"),
    ),
    changed(
        ("weekly_hours = 37.5", "weekly_hours = 37.5\nleft_on = 1998-06-30"),
        ("weekly_hours = 20", "weekly_hours = 20\nleft_on = 1998-06-30"),
    ),
    '[department]\nid = "care"\nname = "Customer care"\n',
]


@pytest.mark.parametrize("text", NO_HOURS, ids=["no hours", "on leave", "left", "empty"])
def test_a_department_without_anybody_is_told_so(
    shop: Store, write: Write, contents: Contents, text: str
) -> None:
    """Nobody can be planned with, and the message says for which days."""
    with shop.unit_of_work() as uow:
        add_organization(uow, load_organization(write(text)))
        uow.commit()
    before = contents(shop)

    with pytest.raises(
        FaultsError, match="members: nobody has any hours from 1998-07-01 to 1998-07-29"
    ):
        review_department(shop, policy=Policy.default(), as_of=AS_OF)

    assert contents(shop) == before


def test_a_department_that_looks_after_nobody_is_told_so(shop: Store, write: Write) -> None:
    """There are customers, and no team is there for them."""
    with shop.unit_of_work() as uow:
        text = changed(("looks_after_customers = true", ""))
        add_organization(uow, load_organization(write(text)))
        uow.commit()

    with pytest.raises(FaultsError, match="holders: nobody is named who could look after"):
        review_department(shop, policy=Policy.default(), as_of=AS_OF)


@pytest.mark.once
def test_ids_may_look_like_anything(reviewed: Reviewed, shop: Store, tmp_path: Path) -> None:
    """Colons, slashes, quotes, markup, emoji: they come out as they went in, everywhere."""
    wei, duty = "w|e:i/é 😀'", 'a:b|"c"/<d>'

    review = reviewed(
        changed(
            ('"wei"', f'"{wei}"'),
            ('"complaints"', f"'{duty}'"),
            ('"care"', '"<script>&"'),
            ('"Wei"', '"<script>alert(1)</script>"'),
        )
    )
    receipt = apply_plan(shop, review.plan, by="head", at=NOON)

    assert {member.id for member in review.organization.members} == {wei, "ana"}
    assert f"responsibility:{duty}:accountable" in {move.subject for move in review.plan.moves}
    assert "<script>" not in reports.to_markdown(review)
    assert "<script>alert" not in reports.to_html(review)
    assert {wei, "ana"} >= {member for _, member in holdings_at(shop, NOON).owners}
    assert len(receipt.changes) == len(review.plan.moves)
    for path in (tmp_path / "tables").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            assert len({len(row) for row in csv.reader(stream)}) == 1


def test_formulas_are_taken_in_and_come_out_disarmed(
    store: Store, write: Write, tmp_path: Path
) -> None:
    """A customer may be called ``=1+1``; no spreadsheet will reckon it."""
    text = 'who,day,paid\n=1+1,1998-06-01,5\n"@SUM(A1,A2)",1998-06-02,5\n-2,1998-06-02,5\n'
    load_purchases(store, write(text), columns=COLUMNS, zone=zone("UTC"), currency="USD")
    with store.unit_of_work() as uow:
        add_organization(uow, load_organization(write(DEPARTMENT)))
        uow.commit()

    review = review_department(store, policy=Policy.default(), as_of=AS_OF)
    paths = reports.write_tables(review, tmp_path / "tables")

    cells = set[str]()
    for path in paths:
        with path.open(encoding="utf-8", newline="") as stream:
            cells.update(cell for row in csv.reader(stream) for cell in row)
    assert {"'=1+1", "'@SUM(A1,A2)", "'-2"} <= cells
    assert not [cell for cell in cells if cell.startswith(("=", "@", "+"))]


def test_of_two_departments_one_must_be_named(
    reviewed: Reviewed, shop: Store, write: Write
) -> None:
    """Neither takes the other's customers, or its people."""
    reviewed(DEPARTMENT)
    names = ("care", "service", "clerk", "wei", "ana", "complaints")
    other = changed(*((f'"{name}"', f'"x-{name}"') for name in names))
    with shop.unit_of_work() as uow:
        add_organization(uow, load_organization(write(other)))
        uow.ownerships.add(
            Ownership(
                id=OwnershipId("own-c-11"),
                customer=CustomerId("c-11"),
                member=MemberId("x-wei"),
                since=datetime(1998, 1, 1, tzinfo=UTC),
            )
        )
        uow.commit()

    with pytest.raises(InvalidValueError, match="department must be named, because the store hol"):
        review_department(shop, policy=Policy.default(), as_of=AS_OF)
    with pytest.raises(CrmError, match="there is no department 'cares'"):
        review_department(shop, policy=Policy.default(), as_of=AS_OF, department="cares")
    care = review_department(shop, policy=Policy.default(), as_of=AS_OF, department="care")

    assert {member.id for member in care.organization.members} == {"ana", "wei"}
    assert "customer:c-11" not in {move.subject for move in care.plan.moves}


def test_two_owners_of_one_customer_are_told_with_both_names(
    reviewed: Reviewed, shop: Store
) -> None:
    """The review does not choose one of them."""
    reviewed(DEPARTMENT)
    with shop.unit_of_work() as uow:
        for member in ("wei", "ana"):
            uow.ownerships.add(
                Ownership(
                    id=OwnershipId(f"own-{member}"),
                    customer=CustomerId("c-11"),
                    member=MemberId(member),
                    since=datetime(1998, 1, 1, tzinfo=UTC),
                )
            )
        uow.commit()

    with pytest.raises(FaultsError, match="customer 'c-11': both 'ana' and 'wei' own it at 1998-"):
        review_department(shop, policy=Policy.default(), as_of=AS_OF)


def test_a_purchase_in_another_currency_is_told_with_both(
    reviewed: Reviewed, shop: Store, write: Write
) -> None:
    """No rate is made up."""
    reviewed(DEPARTMENT)
    text = "who,day,paid\nc-01,1998-06-01,5\n"
    load_purchases(shop, write(text), columns=COLUMNS, zone=zone("UTC"), currency="EUR")

    with pytest.raises(MixedCurrenciesError, match="cannot put EUR and USD together; convert one"):
        review_department(shop, policy=Policy.default(), as_of=AS_OF)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"as_of": date.min}, "must lie between 0001-01-02 and 9999-12-30"),
        ({"as_of": date.max}, "must lie between 0001-01-02 and 9999-12-30"),
        ({"as_of": NOON}, "as_of must be a day, not an instant"),
        ({"months": 0}, "months must be a whole number between 1 and 1200"),
        ({"months": 10**9}, "months must be a whole number between 1 and 1200"),
        ({"weeks": 10**9}, "weeks must be a whole number between 1 and 52"),
    ],
)
def test_absurd_questions_are_refused(
    shop: Store, write: Write, asked: dict[str, Any], message: str
) -> None:
    """In the library's words, and not when half of the work is done."""
    with shop.unit_of_work() as uow:
        add_organization(uow, load_organization(write(DEPARTMENT)))
        uow.commit()
    question: dict[str, Any] = {"policy": Policy.default(), "as_of": AS_OF} | asked

    with pytest.raises(InvalidValueError, match=message):
        review_department(shop, **question)


@pytest.mark.once
@pytest.mark.parametrize("nth", range(4))
def test_what_a_listener_raises_passes_through_a_review(
    reviewed: Reviewed, shop: Store, contents: Contents, nth: int
) -> None:
    """Whichever step it is told of; the store is as it was, and can be reviewed again."""
    reviewed(DEPARTMENT)
    before = contents(shop)
    calls: list[Phrase] = []

    def break_down(_: int, __: int | None, what: Phrase) -> None:
        calls.append(what)
        if len(calls) > nth:
            raise ZeroDivisionError(what.en)

    with pytest.raises(ZeroDivisionError):
        review_department(shop, policy=Policy.default(), as_of=AS_OF, progress=break_down)

    assert contents(shop) == before
    assert review_department(shop, policy=Policy.default(), as_of=AS_OF).judgements


def test_a_plan_is_applied_whole_or_not_at_all(
    reviewed: Reviewed, shop: Store, contents: Contents
) -> None:
    """Where something was changed since, everything that was is told, and nothing is written."""
    plan = reviewed(DEPARTMENT).plan
    (first, second, *_) = plan.customers.moves
    with shop.unit_of_work() as uow:
        for move in (first, second):
            assert move.customer is not None
            uow.ownerships.add(
                Ownership(
                    id=OwnershipId(f"own-{move.customer}"),
                    customer=move.customer,
                    member=MemberId("ana"),
                    since=NOON - timedelta(hours=1),
                )
            )
        uow.members.save(attrs.evolve(uow.members.get("wei"), left_on=AS_OF))
        uow.commit()
    before = contents(shop)

    with pytest.raises(PlanConflictError) as caught:
        apply_plan(shop, plan, by="head", at=NOON)

    assert str(caught.value).startswith(f"{len(caught.value.conflicts)} things have changed mean")
    found = {str(conflict) for conflict in caught.value.conflicts}
    for move in (first, second):
        assert (
            f"customer '{move.customer}': the plan takes it from nobody, now it is held by 'ana'"
        ) in found
    assert any("member 'wei' left on 1998-07-01" in conflict for conflict in found)
    assert contents(shop) == before


def test_a_plan_is_applied_once(reviewed: Reviewed, shop: Store, contents: Contents) -> None:
    """The second time everything has changed; and what was undone once is not undone twice."""
    plan = reviewed(DEPARTMENT).plan
    start = holdings_at(shop, NOON)
    receipt = apply_plan(shop, plan, by="head", at=NOON)
    after = contents(shop)

    with pytest.raises(PlanConflictError, match="nothing was written; make a new plan"):
        apply_plan(shop, plan, by="head", at=NOON + timedelta(hours=1))
    assert contents(shop) == after

    later = NOON + timedelta(hours=2)
    undo_plan(shop, receipt, by="head", at=later, reason="trial over")
    undone = contents(shop)
    with pytest.raises(PlanConflictError, match="nothing was written; make a new plan"):
        undo_plan(shop, receipt, by="head", at=later + timedelta(hours=1), reason="again")

    assert contents(shop) == undone
    assert holdings_at(shop, later) == start


class Meddled(MemoryStore):
    """A store in which somebody else is faster, just before a unit of work commits."""

    def __init__(self) -> None:
        """Begin empty, with nobody else about."""
        super().__init__()
        self.meddle: Callable[[], None] | None = None

    def unit_of_work(self, *, readonly: bool = False, **others: Any) -> TableUnitOfWork:  # noqa: ANN401
        """Return a unit of work that commits when the other one has."""
        uow = super().unit_of_work(readonly=readonly, **others)
        if self.meddle is not None and not readonly:
            meddle, self.meddle, commit = self.meddle, None, uow.commit

            def commit_late() -> None:
                meddle()
                commit()

            uow.commit = commit_late  # type: ignore[method-assign]  # that is the meddling
        return uow


def test_a_unit_of_work_that_is_faster_wins(write: Write, contents: Contents) -> None:
    """What was read is not what is there: the undo is refused, and the other change stays."""
    store = Meddled()
    text = "\n".join(rows())
    load_purchases(
        store, write(text), columns=COLUMNS, zone=zone("America/New_York"), currency="USD"
    )
    with store.unit_of_work() as uow:
        add_organization(uow, load_organization(write(DEPARTMENT)))
        uow.commit()
    plan = review_department(store, policy=Policy.default(), as_of=AS_OF).plan
    receipt = apply_plan(store, plan, by="head", at=NOON)
    seen: list[tuple[object, ...]] = []

    def meddle() -> None:
        with store.unit_of_work() as uow:
            held = next(iter(uow.ownerships.stream()))
            uow.ownerships.save(attrs.evolve(held, until=NOON + timedelta(minutes=1)))
            uow.commit()
        seen.append(contents(store))

    store.meddle = meddle
    with pytest.raises(PlanConflictError, match="now it is held by nobody"):
        undo_plan(store, receipt, by="head", at=NOON + timedelta(hours=1), reason="trial over")

    assert seen == [contents(store)]
