"""What holds of every plan, whatever goes into it, against all distributions of small books."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, product
from random import Random
from typing import TypeVar

import attrs
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crmcore.allocation import Budget
from crmcore.criteria import F
from crmcore.errors import FaultsError
from crmcore.kernel import CustomerId, MemberId, TeamId
from crmcore.organization import Interest, Member, SkillLevel
from crmcore.plans import Plan
from crmcore.reassignment import (
    Apart,
    AssignmentWeights,
    Bundle,
    Capacity,
    CustomerNeed,
    Eligibility,
    Lock,
    Pin,
    assign_customers,
)

DAY = date(2026, 9, 30)
EXACT = AssignmentWeights(tolerance=Decimal(0), dead_band=0)
OPEN = attrs.evolve(EXACT, idle=0)
NEVER = Fraction(10**12)
MEMBERS = (MemberId("eva"), MemberId("lin"), MemberId("wei"))
CUSTOMERS = tuple(f"c-{at}" for at in range(5))

# Each example makes plans; the first test looks at as many as the profile says, the others less.
FEWER = settings(max_examples=settings().max_examples // 4)

Part = TypeVar("Part")
Held = Mapping[str, str | None]


@attrs.frozen
class Case:
    """What goes into a plan."""

    book: tuple[CustomerNeed, ...]
    holders: tuple[Capacity, ...]
    pins: tuple[Pin | Lock, ...] = ()
    rules: tuple[Apart | Bundle, ...] = ()

    def plan(self, weights: AssignmentWeights = EXACT, budget: Budget | None = None) -> Plan:
        """Plan it."""
        return assign_customers(
            self.book,
            self.holders,
            as_of=DAY,
            weights=weights,
            pins=self.pins,
            rules=self.rules,
            budget=budget or Budget(nodes=400),
        )

    def after(self, found: Plan) -> dict[str, MemberId | None]:
        """Return who holds whom after a plan."""
        held = found.simulate({f"customer:{need.customer}": need.owner for need in self.book})
        return {key.removeprefix("customer:"): who for key, who in held.items()}

    def carried_out(self, found: Plan) -> Case:
        """Return the case in which a plan has been carried out."""
        after = self.after(found)
        return attrs.evolve(
            self, book=tuple(attrs.evolve(n, owner=after[n.customer]) for n in self.book)
        )


levels = st.integers(1, 5)


@st.composite
def holders(draw: st.DrawFn) -> tuple[Capacity, ...]:
    """Draw three members with a skill, a wish, languages and some hours."""
    return tuple(
        Capacity(
            member=Member(
                id=key,
                name=key,
                team=TeamId("t"),
                weekly_hours=Decimal(40),
                skills=[SkillLevel("law", draw(levels))],
                interests=[Interest("law", draw(st.integers(-2, 2)))],
                languages=draw(st.sampled_from([["en"], ["zh"], ["en", "zh"]])),
            ),
            hours=Decimal(draw(st.integers(1, 9))),
        )
        for key in MEMBERS
    )


@st.composite
def needs(draw: st.DrawFn, key: str) -> CustomerNeed:
    """Draw a customer with an owner, who may break a rule or be gone."""
    return CustomerNeed(
        customer=CustomerId(key),
        hours=Decimal(draw(st.integers(0, 4))),
        importance=draw(st.integers(1, 3)),
        value=Decimal(draw(st.integers(0, 3))),
        skills=[SkillLevel("law", draw(st.integers(1, 3)))] if draw(st.booleans()) else [],
        language=draw(st.sampled_from([None, None, "en", "zh"])),
        owner=draw(st.sampled_from([None, MemberId("ann"), *MEMBERS])),
        since=draw(st.sampled_from([None, date(2024, 3, 1), date(2010, 3, 1)])),
    )


@st.composite
def cases(draw: st.DrawFn, *, with_rules: bool = True) -> Case:
    """Draw a book of up to five customers with its wishes."""
    keys = CUSTOMERS[: draw(st.integers(1, len(CUSTOMERS)))]
    book = tuple(draw(needs(key)) for key in keys)
    people = draw(holders())
    rules: list[Apart | Bundle] = []
    locks: list[Lock] = []
    if with_rules and len(keys) > 2:
        pair = draw(st.permutations(keys))[:2]
        kind = draw(st.sampled_from([Apart, Bundle, None]))
        rules = [] if kind is None else [kind([CustomerId(key) for key in pair])]
        held = [n.customer for n in book if n.owner in MEMBERS and n.customer not in pair]
        locks = [Lock(customer=key) for key in held[: draw(st.integers(0, 1))]]
    return Case(book, people, tuple(locks), tuple(rules))


class Oracle:
    """What a distribution costs, counted far from the code, in points."""

    def __init__(self, case: Case, weights: AssignmentWeights) -> None:
        """Note what is asked of each distribution."""
        self.case = case
        self.weights = weights
        self.members = {c.member.id: c.member for c in case.holders}
        self.hours = {c.member.id: int(c.hours * 60) for c in case.holders}
        self.locked = {pin.customer for pin in case.pins}
        values = sorted(need.value for need in case.book)
        self.median = values[(len(values) - 1) // 2]

    def may(self, need: CustomerNeed, who: str) -> bool:
        """Say whether somebody keeps all rules for a customer."""
        member = self.members[MemberId(who)]
        speaks = need.language is None or need.language in member.languages
        return speaks and all(member.level_of(s.skill) >= s.level for s in need.skills)

    def single(self, need: CustomerNeed, who: str | None) -> Fraction:
        """Return what it costs that somebody holds a customer, hours aside."""
        weights = self.weights
        open_ = Fraction(600 * need.importance)
        if need.customer in self.locked and who != need.owner:
            return NEVER
        if who is None:
            return open_ + self.change(need, who)
        if not self.may(need, who):
            return open_ * 3 / 4 if who == need.owner else NEVER
        member = self.members[MemberId(who)]
        fits = [min(70 + 10 * (member.level_of(s.skill) - s.level), 100) for s in need.skills]
        wishes = sum(member.interest_in(s.skill) for s in need.skills)
        points = 100 - (fits[0] if fits else 100) - weights.interest * wishes
        return need.importance * points + self.change(need, who)

    def change(self, need: CustomerNeed, who: str | None) -> Fraction:
        """Return what it costs that a customer leaves an owner who may stay.

        Where nobody keeps the rules, the owner may stay as well.
        """
        able = [key for key in self.members if self.may(need, key)]
        if need.owner not in self.members or who == need.owner or (able and need.owner not in able):
            return Fraction(0)
        weights, since = self.weights, {None: 0, date(2024, 3, 1): 2, date(2010, 3, 1): 5}
        points = weights.change + weights.yearly_change * since[need.since]
        points += weights.valuable_change if need.value > self.median else 0
        return Fraction(need.importance * points)

    def curve(self, who: str, load: int) -> Fraction:
        """Return what a load costs a member."""
        full, weights = self.hours[MemberId(who)], self.weights
        low, tight, limit = full * 80 // 100, full * 95 // 100, full * 110 // 100
        bound = sum(
            int(n.hours * 60)
            for n in self.case.book
            if n.owner == who and n.customer in self.locked
        )
        if load > max(limit, bound):
            return NEVER
        return (
            Fraction(weights.idle, 15) * max(low - load, 0)
            + Fraction(weights.tight, 15) * max(min(load, full) - tight, 0)
            + Fraction(weights.over, 15) * max(load - full, 0)
        )

    def cost(self, held: Held) -> Fraction:
        """Return what a distribution costs; NEVER or more where it breaks a rule."""
        total = sum((self.single(n, held[n.customer]) for n in self.case.book), Fraction(0))
        for who in self.members:
            load = sum(int(n.hours * 60) for n in self.case.book if held[n.customer] == who)
            total += self.curve(who, load)
        for rule in self.case.rules:
            for one, other in combinations(rule.customers, 2):
                same = held[one] == held[other]
                is_clash = same and held[one] is not None if isinstance(rule, Apart) else not same
                total += NEVER if is_clash else 0
        return total

    def distributions(self) -> Iterator[dict[str, str | None]]:
        """Yield every distribution."""
        keys = [need.customer for need in self.case.book]
        for who in product([None, *self.members], repeat=len(keys)):
            yield dict(zip(keys, who, strict=True))

    def best(self) -> Fraction:
        """Return what the best distribution costs."""
        return min(map(self.cost, self.distributions()))


@given(cases(), st.sampled_from([0, 400]))
def test_the_certificate_never_lies(case: Case, nodes: int) -> None:
    """The bound is at most the best distribution, which is at most the plan; the plan is true."""
    oracle = Oracle(case, EXACT)

    found = case.plan(budget=Budget(nodes=nodes))

    value, bound = (Fraction(n, 1000) for n in (found.certificate.value, found.certificate.bound))
    assert oracle.cost(case.after(found)) == value
    assert bound <= oracle.best() <= value
    assert sum(points for _, points in found.points) * 1000 == found.certificate.value


@FEWER
@given(cases(), st.randoms(use_true_random=False))
def test_order_changes_nothing(case: Case, chance: Random) -> None:
    """Customers, members, pins and rules in another order give the same plan."""

    def mixed(parts: tuple[Part, ...]) -> tuple[Part, ...]:
        return tuple(chance.sample(parts, len(parts)))

    other = Case(mixed(case.book), mixed(case.holders), mixed(case.pins), mixed(case.rules))

    assert case.plan() == other.plan()


@FEWER
@given(cases())
def test_names_do_not_change_what_is_best(case: Case) -> None:
    """Under other names, in another order, the optimal value is the same."""
    people = (*MEMBERS, MemberId("ann"))
    names = dict(zip(people, map(MemberId, ("zoe", "abe", "kim", "bob")), strict=True))
    keys = {key: CustomerId(f"k-{9 - at}") for at, key in enumerate(CUSTOMERS)}

    def renamed(rule: Apart | Bundle) -> Apart | Bundle:
        return type(rule)([keys[key] for key in rule.customers])

    other = Case(
        tuple(
            attrs.evolve(n, customer=keys[n.customer], owner=n.owner and names[n.owner])
            for n in case.book
        ),
        tuple(
            attrs.evolve(c, member=attrs.evolve(c.member, id=names[c.member.id]))
            for c in case.holders
        ),
        tuple(Lock(customer=keys[str(pin.customer)]) for pin in case.pins),
        tuple(map(renamed, case.rules)),
    )

    one, two = case.plan().certificate, other.plan().certificate
    assert one.bound <= two.value
    assert two.bound <= one.value
    assert one.value == two.value or not (one.is_optimal and two.is_optimal)


@FEWER
@given(cases(), st.data())
def test_pins_and_locks_are_kept(case: Case, data: st.DataObject) -> None:
    """Whoever is pinned goes there, whoever is locked stays, or the pins are refused."""
    free = [n.customer for n in case.book if n.customer not in {p.customer for p in case.pins}]
    chosen = data.draw(st.lists(st.sampled_from(free), unique=True)) if free else []
    pins = [Pin(customer=key, member=data.draw(st.sampled_from(MEMBERS))) for key in chosen]
    pinned = attrs.evolve(case, pins=(*case.pins, *pins))
    after: dict[str, MemberId | None] = {}

    with suppress(FaultsError):
        after = pinned.after(pinned.plan())
    assume(after)

    assert {pin.customer: pin.member for pin in pins}.items() <= after.items()
    owners = {n.customer: n.owner for n in case.book}
    assert all(after[pin.customer] == owners[pin.customer] for pin in case.pins if pin.customer)


@FEWER
@given(cases())
def test_rules_between_customers_are_kept(case: Case) -> None:
    """Customers apart have different holders, those of a bundle the same or none."""
    after = case.after(case.plan())

    for rule in case.rules:
        held = [after[key] for key in rule.customers]
        if isinstance(rule, Bundle):
            assert len(set(held)) == 1
        else:
            assert held[0] != held[1] or held[0] is None


@FEWER
@given(
    cases(with_rules=False),
    st.lists(st.sampled_from(["gold", "silver", None]), min_size=5, max_size=5),
    st.lists(st.sampled_from([2, 3, None]), min_size=3, max_size=3),
)
def test_nobody_holds_what_a_rule_does_not_surely_permit(
    case: Case, tiers: list[str | None], seniority: list[int | None]
) -> None:
    """Whoever holds a customer who may be gold is surely senior, or it is told as a breach."""
    book = [
        attrs.evolve(n, facts={"tier": tier}) for n, tier in zip(case.book, tiers, strict=False)
    ]
    people = [
        attrs.evolve(c, facts={"seniority": years})
        for c, years in zip(case.holders, seniority, strict=True)
    ]
    rule = Eligibility(where=F.tier == "gold", only=F.seniority >= 3)

    found = assign_customers(book, people, as_of=DAY, rules=[rule])

    told = {gap.customer for gap in found.uncovered}
    may = {c.member.id for c, years in zip(people, seniority, strict=True) if years == 3}
    after = case.after(found)
    for customer, tier in zip(book, tiers, strict=False):
        who = after[customer.customer]
        assert tier == "silver" or who is None or who in may or customer.customer in told


@FEWER
@given(cases())
def test_a_plan_and_its_inverse_are_nothing(case: Case) -> None:
    """Carried out and taken back, a plan leaves everything as it was."""
    found = case.plan()
    today = {f"customer:{need.customer}": need.owner for need in case.book}

    after = found.simulate(today)
    back = attrs.evolve(found, moves=found.inverse()).simulate(after)

    assert back == today


@FEWER
@given(cases(), st.sampled_from(MEMBERS), st.integers(1, 5))
def test_more_hours_never_hurt_without_the_band_for_idle_hours(
    case: Case, who: str, more: int
) -> None:
    """Where nobody minds idle hours, hours for somebody never make the best plan worse."""
    larger = attrs.evolve(
        case,
        holders=tuple(
            attrs.evolve(c, hours=c.hours + more) if c.member.id == who else c for c in case.holders
        ),
    )

    before, after = case.plan(OPEN).certificate, larger.plan(OPEN).certificate

    assert after.bound <= before.value
    assert after.value <= before.value or not after.is_optimal


@FEWER
@given(cases(with_rules=False))
def test_without_continuity_a_plan_is_as_good_as_a_fresh_one(case: Case) -> None:
    """Where changes cost nothing, today's owners do not matter for what is best."""
    free = attrs.evolve(OPEN, change=0, valuable_change=0, yearly_change=0)
    oracle = Oracle(case, free)
    assume(all(n.owner in (None, "ann") or oracle.may(n, str(n.owner)) for n in case.book))
    fresh = attrs.evolve(case, book=tuple(attrs.evolve(n, owner=None) for n in case.book))

    held, anew = case.plan(free).certificate, fresh.plan(free).certificate

    assert held.bound <= anew.value
    assert held.value == anew.value or not (held.is_optimal and anew.is_optimal)


@FEWER
@given(cases())
def test_a_plan_that_is_carried_out_moves_nobody_again(case: Case) -> None:
    """Planned again from its own outcome, with everybody covered, nothing moves."""
    first = case.plan()
    assume(first.certificate.is_optimal and not first.uncovered)

    assert case.carried_out(first).plan().moves == ()


@FEWER
@given(cases(with_rules=False))
def test_the_lowest_peak_is_no_higher_and_covers_no_less(case: Case) -> None:
    """Whatever the peak costs in points, it costs nothing that is covered."""
    fair = attrs.evolve(OPEN, lowest_peak=True)

    usual, found = case.plan(OPEN), case.plan(fair)

    def uncovered(plan: Plan) -> Decimal:
        return sum((gap.cost for gap in plan.uncovered), Decimal(0))

    assert Fraction(str(found.after.highest)) <= Fraction(str(usual.after.highest))
    assert uncovered(found) <= uncovered(usual)
