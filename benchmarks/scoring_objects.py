"""Scores of single customers: against a hand, and against other rule engines.

Run it with ``python benchmarks/scoring_objects.py``. Twenty mixed rules read seventeen fields of
made-up customers, the same ones each time; one value in five is missing, some as NaN. The rules
have decays of three kinds, a count, and caps of a rule and of two groups.

- By hand: a Python function as one writes it for these rules and these customers, with a guard
  wherever something may be missing. It knows the rules, so it reads what it needs when it
  needs it, and joins conditions.
- crmcore: the total, the total with masks, and the whole score with its ledger.
- Peers, each where it is installed: zen-engine, rule-engine, business-rules, the two packages
  called json_logic, and cel-python. The criteria are translated for them by a back end, with
  guards for what is missing. They get dictionaries, days as numbers, ready before the clock
  starts, and give twenty verdicts; the points are added in Python by what the hand uses. Each
  is asked in its best form: all rules in one expression where it can, else one after another.

Rounds are many, short and interleaved, so that a busy machine slows all of a group alike; the
tables show medians of the CPU time, and the hand is timed in every group. All totals must
agree, or there is no table.
"""

from __future__ import annotations

import gc
import importlib
import json
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

import attrs

from crmcore.calendar import months_after
from crmcore.criteria import F, as_of, unless
from crmcore.scoring import HalfLife, Linear, Rule, RuleSet, Step

CUSTOMERS = 3_000
ROUNDS = 101
ROUNDS_OF_LEDGERS = 5
ROUNDS_OF_PEERS = 5
AS_OF = date(2026, 9, 30)

Way: TypeAlias = "tuple[Callable[[Any], Any], Sequence[Any]]"


@attrs.frozen(kw_only=True)
class Customer:
    """What is known of a customer."""

    country: str | None
    industry: str | None
    tier: str | None
    email: str | None
    is_subscriber: bool | None
    tags: frozenset[str] | None
    employees: int | None
    visits_30d: int | None
    orders_12m: int | None
    days_since_last: int | None
    open_complaints: int | None
    revenue: float | None
    margin: float | None
    discount_share: float | None
    last_visit: date | None
    last_order: date | None
    joined: date | None


RULES = RuleSet(
    "value",
    [
        Rule("near", when=F.country.in_(["DE", "AT", "CH"]), points=15, group="fit"),
        Rule("energy", when=F.industry == "energy", points=20, group="fit"),
        Rule("abroad", when=~(F.country == "DE"), points=-5),
        Rule(
            "middle-sized",
            when=(F.employees >= 50) & (F.employees < 1000),
            points=10,
            group="fit",
        ),
        Rule("large", when=F.employees >= 1000, points=25, group="fit"),
        Rule("gold or silver", when=F.tier.in_(["gold", "silver"]), points=10),
        Rule("subscribed", when=F.is_subscriber.is_true(), points=5),
        Rule(
            "company mail",
            when=F.email.contains("@") & ~F.email.ends_with("gmail.com"),
            points=3,
        ),
        Rule("no mail", when=F.email.is_missing(), points=-2),
        Rule("key account", when=F.tags.has("key"), points=30),
        Rule(
            "visited us",
            when=F.visits_30d >= 1,
            points=25,
            decay=HalfLife(days=14, since=F.last_visit),
        ),
        Rule(
            "orders",
            when=F.orders_12m >= 1,
            points=5,
            times=F.orders_12m,
            cap=30,
            group="habit",
        ),
        Rule(
            "ordered lately",
            when=F.last_order > as_of - timedelta(days=90),
            points=20,
            decay=Linear(days=60, since=F.last_order),
            group="habit",
        ),
        Rule("idle", when=F.days_since_last > 365, points=-15),
        Rule("complained", when=F.open_complaints > 0, points=-20),
        Rule("spends much", when=F.revenue >= 50_000.0, points=40),
        Rule("profitable", when=(F.margin > 0.2) & (F.revenue > 1000.0), points="12.5"),
        Rule(
            "bargain hunter",
            when=(F.discount_share > 0.3) & unless(F.tier == "gold"),
            points="-7.5",
        ),
        Rule(
            "new",
            when=F.joined > as_of.shift(months=-6),
            points=8,
            decay=Step(since=F.joined, months={2: "0.75", 4: "0.25"}),
        ),
        Rule(
            "slipping",
            when=(F.visits_30d == 0) | ((F.orders_12m == 0) & (F.days_since_last > 180)),
            points=-10,
        ),
    ],
    group_caps={"fit": 50, "habit": 40},
)


def make_customers(count: int) -> list[Customer]:
    """Make customers up, the same ones each time."""
    chance = random.Random(20260930)

    def maybe(value: object) -> Any:  # noqa: ANN401 - of any field
        return None if chance.random() < 0.2 else value

    def ago(days: int) -> date:
        return AS_OF - timedelta(days=chance.randrange(days))

    return [
        Customer(
            country=maybe(chance.choice(["DE", "AT", "CH", "FR", "PL", "CN"])),
            industry=maybe(chance.choice(["energy", "retail", "steel", "food"])),
            tier=maybe(chance.choice(["gold", "silver", "bronze"])),
            email=maybe(chance.choice(["ada@firm.de", "bob@gmail.com", "li@firm.cn"])),
            is_subscriber=maybe(chance.random() < 0.4),
            tags=maybe(frozenset(chance.sample(["key", "vip", "late", "fair"], 2))),
            employees=maybe(int(chance.lognormvariate(5, 2))),
            visits_30d=maybe(chance.choice([0, 0, 1, 2, 3])),
            orders_12m=maybe(chance.choice([0, 0, 1, 2, 5, 9])),
            days_since_last=maybe(chance.randrange(700)),
            open_complaints=maybe(chance.choice([0, 0, 0, 0, 1])),
            revenue=maybe(chance.choice([chance.lognormvariate(9, 1.5)] * 9 + [float("nan")])),
            margin=maybe(chance.random() * 0.5),
            discount_share=maybe(chance.random() * 0.6),
            last_visit=maybe(ago(90)),
            last_order=maybe(ago(400)),
            joined=maybe(ago(900)),
        )
        for _ in range(count)
    ]


THOUSANDTH = Decimal("0.001")
NEAR = frozenset({"DE", "AT", "CH"})
FAVOURED = frozenset({"gold", "silver"})
ORDERED_AFTER = AS_OF - timedelta(days=90)
JOINED_AFTER, HALF_NEW, NEW = (months_after(AS_OF, -months) for months in (6, 4, 2))


def factors(decay: HalfLife | Linear, days: int) -> list[int]:
    """Return the thousandths that are left at each age."""
    ages = range(days + 1)
    return [int(1000 * decay.factor(AS_OF - timedelta(days=age), as_of=AS_OF)) for age in ages]


VISIT_FACTORS = factors(HalfLife(days=14), 56)
ORDER_FACTORS = factors(Linear(days=60), 60)


def visit_points(day: date) -> int:
    """Return the points of a visit, in thousandths."""
    age = (AS_OF - day).days
    return 25 * VISIT_FACTORS[min(max(age, 0), 56)]


def order_points(day: date) -> int:
    """Return the points of an order, in thousandths."""
    age = (AS_OF - day).days
    return 20 * ORDER_FACTORS[min(max(age, 0), 60)]


def newness_points(day: date) -> int:
    """Return the points of a new customer, in thousandths."""
    return 8_000 if day > NEW else 6_000 if day > HALF_NEW else 2_000


def by_hand(customer: Customer) -> Decimal:  # noqa: C901, PLR0912, PLR0915 - twenty rules are
    """Score a customer as somebody does who has to, once, and fast: a call of min takes time."""
    points = fit = habit = 0  # in thousandths
    country, tier, email = customer.country, customer.tier, customer.email
    if country in NEAR:
        fit += 15_000
    if customer.industry == "energy":
        fit += 20_000
    if country is not None and country != "DE":
        points -= 5_000
    employees = customer.employees
    if employees is not None:
        if employees >= 1000:
            fit += 25_000
        elif employees >= 50:
            fit += 10_000
    if tier in FAVOURED:
        points += 10_000
    if customer.is_subscriber:
        points += 5_000
    if email is None:
        points -= 2_000
    elif "@" in email and not email.endswith("gmail.com"):
        points += 3_000
    tags = customer.tags
    if tags is not None and "key" in tags:
        points += 30_000
    visits = customer.visits_30d
    if visits is not None and visits >= 1:
        last_visit = customer.last_visit
        if last_visit is not None:
            age = (AS_OF - last_visit).days
            points += 25 * VISIT_FACTORS[0 if age < 0 else age if age < 56 else 56]  # noqa: FURB136
    orders = customer.orders_12m
    if orders is not None and orders >= 1:
        habit += 5_000 * orders if orders < 6 else 30_000
    last_order = customer.last_order
    if last_order is not None and last_order > ORDERED_AFTER:
        age = (AS_OF - last_order).days
        habit += 20 * ORDER_FACTORS[0 if age < 0 else age if age < 60 else 60]  # noqa: FURB136
    idle = customer.days_since_last
    if idle is not None and idle > 365:
        points -= 15_000
    complaints = customer.open_complaints
    if complaints is not None and complaints > 0:
        points -= 20_000
    revenue = customer.revenue  # what is NaN is neither above nor below anything
    if revenue is not None and revenue >= 50_000:
        points += 40_000
    margin = customer.margin
    if margin is not None and margin > 0.2 and revenue is not None and revenue > 1000:
        points += 12_500
    discount = customer.discount_share
    if discount is not None and discount > 0.3 and tier != "gold":
        points -= 7_500
    joined = customer.joined
    if joined is not None and joined > JOINED_AFTER:
        points += 8_000 if joined > NEW else 6_000 if joined > HALF_NEW else 2_000
    if visits == 0 or (orders == 0 and idle is not None and idle > 180):
        points -= 10_000
    points += fit if fit < 50_000 else 50_000  # noqa: FURB136
    points += habit if habit < 40_000 else 40_000  # noqa: FURB136
    return points * THOUSANDTH


PLAIN_POINTS = [int(1000 * rule.points) for rule in RULES.rules]
FIT = (0, 1, 3, 4)
VISITED, ORDERS, LATELY, NEWNESS = 10, 11, 12, 18
OTHERS = sorted(set(range(20)) - {*FIT, VISITED, ORDERS, LATELY, NEWNESS})


def added(verdicts: Sequence[object], customer: Customer) -> Decimal:
    """Add the points of the rules that hold: what a peer leaves to its user."""
    points = sum([PLAIN_POINTS[at] for at in OTHERS if verdicts[at]])
    fit = sum([PLAIN_POINTS[at] for at in FIT if verdicts[at]])
    habit = 0
    if verdicts[VISITED] and customer.last_visit is not None:
        points += visit_points(customer.last_visit)
    if verdicts[ORDERS] and customer.orders_12m is not None:
        habit += min(5_000 * customer.orders_12m, 30_000)
    if verdicts[LATELY] and customer.last_order is not None:
        habit += order_points(customer.last_order)
    if verdicts[NEWNESS] and customer.joined is not None:
        points += newness_points(customer.joined)
    return Decimal(points + min(fit, 50_000) + min(habit, 40_000)).scaleb(-3)


def as_json(customer: Customer) -> dict[str, Any]:
    """Return the customer as JSON can say it: days as numbers, sets as lists, NaN as null."""

    def plain(value: object) -> object:
        if isinstance(value, date):
            return value.toordinal()
        if isinstance(value, frozenset):
            return sorted(value)
        return None if value != value else value  # noqa: PLR0124 - NaN

    return {field.name: plain(getattr(customer, field.name)) for field in attrs.fields(Customer)}


SYMBOLS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
OPPOSITES = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}

# Parts in the language of a peer: text for some, nested data for others.
Said: TypeAlias = Any
# What holds, and what fails; both are false where something is missing.
Pair: TypeAlias = "tuple[Said, Said]"


@attrs.frozen
class Translator:
    """The back end for languages that are text: each part becomes two guarded expressions."""

    both_word: str = "and"
    either_word: str = "or"
    not_word: str = "not"
    contains: str = "contains({field}, {text})"
    ends: str = "endsWith({field}, {text})"

    def field(self, name: str) -> Said:
        """Keep the name."""
        return name

    def literal(self, value: object) -> Said:
        """Keep the value."""
        return value

    def as_of(self, *, months: int, days: int) -> Said:
        """Return the day as a number."""
        return (months_after(AS_OF, months) + timedelta(days=days)).toordinal()

    def compare(self, op: str, field: Said, value: Said) -> Pair:
        """Guard both directions."""
        yes, no = SYMBOLS[op], OPPOSITES[SYMBOLS[op]]
        return tuple(
            self.both([self.known(field), self.comparison(each, field, value)])
            for each in (yes, no)
        )

    def is_in(self, field: Said, values: Sequence[object]) -> Pair:
        """Guard both directions."""
        return self.guarded(field, self.inside(field, values))

    def match(self, op: str, field: Said, text: str) -> Pair:
        """Guard both directions."""
        return self.guarded(field, self.matches(op, field, text))

    def has(self, field: Said, text: str) -> Pair:
        """Guard both directions."""
        return self.guarded(field, self.element(field, text))

    def guarded(self, field: Said, test: Said) -> Pair:
        """Guard a test and its opposite."""
        known = self.known(field)
        return self.both([known, test]), self.both([known, self.no(test)])

    def is_missing(self, field: Said) -> Pair:
        """Ask for nothing else."""
        return self.no(self.known(field)), self.known(field)

    def all_of(self, parts: Sequence[Pair]) -> Pair:
        """Join."""
        return self.both([yes for yes, _ in parts]), self.either([no for _, no in parts])

    def any_of(self, parts: Sequence[Pair]) -> Pair:
        """Join."""
        return self.either([yes for yes, _ in parts]), self.both([no for _, no in parts])

    def negate(self, part: Pair) -> Pair:
        """Swap."""
        return part[1], part[0]

    def unless(self, part: Pair) -> Pair:
        """Deny."""
        return self.no(part[0]), part[0]

    # From here on is what languages say each in their own way.

    def both(self, parts: Sequence[Said]) -> Said:
        """Say *and*."""
        return f"({f' {self.both_word} '.join(parts)})"

    def either(self, parts: Sequence[Said]) -> Said:
        """Say *or*."""
        return f"({f' {self.either_word} '.join(parts)})"

    def no(self, part: Said) -> Said:
        """Say *not*."""
        return f"{self.not_word}({part})"

    def known(self, field: Said) -> Said:
        """Say that there is a value."""
        return f"{field} != null"

    def comparison(self, symbol: str, field: Said, value: Said) -> Said:
        """Say a comparison."""
        return f"{field} {symbol} {json.dumps(value)}"

    def inside(self, field: Said, values: Sequence[object]) -> Said:
        """Say that a value is one of a list."""
        return f"{field} in {json.dumps(list(values))}"

    def element(self, field: Said, text: str) -> Said:
        """Say that a list has an element."""
        return f"{json.dumps(text)} in {field}"

    def matches(self, op: str, field: Said, text: str) -> Said:
        """Say that a text contains another, or ends with it."""
        form = self.contains if op == "contains" else self.ends
        return form.format(field=field, text=json.dumps(text))


class Cel(Translator):
    """The back end for CEL, which compares nothing with null; what is missing is left out."""

    def field(self, name: str) -> Said:
        """Read the customer."""
        return f"customer.{name}"

    def known(self, field: Said) -> Said:
        """Say that there is a value."""
        return f"has({field})"


class JsonLogic(Translator):
    """The back end for JsonLogic, whose expressions are data."""

    def both(self, parts: Sequence[Said]) -> Said:
        """Say *and*."""
        return {"and": list(parts)}

    def either(self, parts: Sequence[Said]) -> Said:
        """Say *or*."""
        return {"or": list(parts)}

    def no(self, part: Said) -> Said:
        """Say *not*."""
        return {"!": [part]}

    def known(self, field: Said) -> Said:
        """Say that there is a value."""
        return {"!==": [{"var": field}, None]}

    def comparison(self, symbol: str, field: Said, value: Said) -> Said:
        """Say a comparison."""
        return {symbol: [{"var": field}, value]}

    def inside(self, field: Said, values: Sequence[object]) -> Said:
        """Say that a value is one of a list."""
        return {"in": [{"var": field}, list(values)]}

    def element(self, field: Said, text: str) -> Said:
        """Say that a list has an element."""
        return {"in": [text, {"var": field}]}

    def matches(self, op: str, field: Said, text: str) -> Said:
        """Say that a text contains another, or ends with it."""
        if op == "contains":
            return {"in": [text, {"var": field}]}
        return {"==": [{"substr": [{"var": field}, -len(text)]}, text]}


OPERATORS = {
    "==": "equal_to",
    "<": "less_than",
    "<=": "less_than_or_equal_to",
    ">": "greater_than",
    ">=": "greater_than_or_equal_to",
}


class BusinessRules(Translator):
    """The back end for business-rules, whose conditions ask variables that are written in Python.

    Numbers, and equal texts, are compared by the engine; what it has no operator for is a
    variable that says yes or no.
    """

    def both(self, parts: Sequence[Said]) -> Said:
        """Say *and*."""
        return {"all": list(parts)}

    def either(self, parts: Sequence[Said]) -> Said:
        """Say *or*."""
        return {"any": list(parts)}

    def no(self, part: Said) -> Said:
        """Say *not*."""
        if "all" in part or "any" in part:
            turned = [self.no(each) for each in part.get("all", part.get("any"))]
            return {"any" if "all" in part else "all": turned}
        if part["operator"] in {"is_true", "is_false"}:
            turned_operator = "is_false" if part["operator"] == "is_true" else "is_true"
            return {**part, "operator": turned_operator}
        return self._asked("not_equal", part["name"], part["value"])

    def known(self, field: Said) -> Said:
        """Say that there is a value."""
        return self._asked("known", field, None)

    def comparison(self, symbol: str, field: Said, value: Said) -> Said:
        """Say a comparison."""
        if value is True:
            return self._asked("is", field, value)
        if symbol == "!=":
            return self._asked("not_equal", field, value)
        return {"name": field, "operator": OPERATORS[symbol], "value": value}

    def inside(self, field: Said, values: Sequence[object]) -> Said:
        """Say that a value is one of a list."""
        return self._asked("inside", field, tuple(values))

    def element(self, field: Said, text: str) -> Said:
        """Say that a list has an element."""
        return self._asked("element", field, text)

    def matches(self, op: str, field: Said, text: str) -> Said:
        """Say that a text contains another, or ends with it."""
        return self._asked(op, field, text)

    @staticmethod
    def _asked(what: str, field: Said, value: Said) -> Said:
        name = f"{field} {what} {value}"
        QUESTIONS[name] = (what, field, value)
        return {"name": name, "operator": "is_true", "value": True}


QUESTIONS: dict[str, tuple[str, str, Any]] = {}
ANSWERS: dict[str, Callable[[Any, Any], bool]] = {
    "known": lambda found, _: found is not None,
    "is": lambda found, value: found is value,
    "not_equal": lambda found, value: found is not None and found != value,
    "inside": lambda found, value: found in value,
    "element": lambda found, value: found is not None and value in found,
    "contains": lambda found, value: found is not None and value in found,
    "ends": lambda found, value: found is not None and found.endswith(value),
}


def said_in(translator: Translator) -> list[Said]:
    """Return in the language of a peer when each rule holds."""
    back_end: Any = translator  # it says only what these rules need
    return [rule.when.fold(back_end)[0] for rule in RULES.rules]


Peer: TypeAlias = "Callable[[dict[str, Any]], Sequence[object]]"


def zen_engine() -> Peer:
    """Ask for all rules in one expression."""
    zen = importlib.import_module("zen")
    expression = zen.compile_expression(f"[{', '.join(said_in(Translator()))}]")
    peer: Peer = expression.evaluate
    return peer


def rule_engine() -> Peer:
    """Ask for all rules in one expression."""
    engine = importlib.import_module("rule_engine")
    words = Translator(contains="{text} in {field}", ends="{field}.ends_with({text})")
    peer: Peer = engine.Rule(f"[{', '.join(said_in(words))}]").evaluate
    return peer


def cel_python() -> Peer:
    """Ask for all rules in one expression; the record is one of CEL's already."""
    celpy = importlib.import_module("celpy")
    words = Cel("&&", "||", "!", "{field}.contains({text})", "{field}.endsWith({text})")
    environment = celpy.Environment()
    source = f"[{', '.join(said_in(words))}]"
    peer: Peer = environment.program(environment.compile(source)).evaluate
    return peer


def business_rules() -> Peer:
    """Ask for one rule after another."""
    engine = importlib.import_module("business_rules.engine")
    variables = importlib.import_module("business_rules.variables")
    conditions = said_in(BusinessRules())

    class Variables(variables.BaseVariables):  # type: ignore[misc, name-defined]
        def __init__(self, record: dict[str, Any]) -> None:
            self.record = record

    def answer(what: str, field: str, value: object) -> Callable[[Any], bool]:
        test = ANSWERS[what]
        return lambda self: test(self.record[field], value)

    for name, question in QUESTIONS.items():
        setattr(Variables, name, variables.boolean_rule_variable(answer(*question)))
    for field in attrs.fields(Customer):
        kind = "string" if "str" in str(field.type) else "numeric"
        wrap = getattr(variables, f"{kind}_rule_variable")
        setattr(Variables, field.name, wrap(lambda self, name=field.name: self.record[name]))

    def ask(record: dict[str, Any]) -> Sequence[object]:
        known = Variables(record)
        return [engine.check_conditions_recursively(each, known) for each in conditions]

    return ask


def panzi_json_logic() -> Peer:
    """Ask for one rule after another."""
    apply = importlib.import_module("json_logic.apply").apply
    rules = said_in(JsonLogic())
    return lambda record: [apply(rule, record) for rule in rules]


def json_logic_qubit() -> Peer:
    """Ask for one rule after another."""
    apply = importlib.import_module("json_logic").jsonLogic
    rules = said_in(JsonLogic())
    return lambda record: [apply(rule, record) for rule in rules]


# How many customers each of them is asked about, so that none keeps the others waiting.
PEERS: dict[str, tuple[Callable[[], Peer], int]] = {
    "zen-engine, one expression": (zen_engine, 2000),
    "business-rules": (business_rules, 300),
    "panzi-json-logic": (panzi_json_logic, 300),
    "json-logic-qubit": (json_logic_qubit, 300),
    "rule-engine, one expression": (rule_engine, 200),
    "cel-python, one expression": (cel_python, 15),
}


def records_for(name: str, customers: Sequence[Customer]) -> list[Any]:
    """Return customers as a peer wants them."""
    records = list(map(as_json, customers))
    if name.startswith("cel"):
        celpy = importlib.import_module("celpy")
        given = [{key: value for key, value in r.items() if value is not None} for r in records]
        return [{"customer": celpy.json_to_cel(record)} for record in given]
    return records


@contextmanager
def no_collection() -> Iterator[None]:
    """Keep the collector of garbage from running, which would hit one way and not the other."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def measured(ways: dict[str, Way], rounds: int) -> dict[str, float]:
    """Return the median of the microseconds a record that each way takes."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    with no_collection():
        for _ in range(rounds):
            for name, (way, records) in ways.items():
                begin = time.process_time()
                for record in records:
                    way(record)
                times[name].append((time.process_time() - begin) / len(records) * 1e6)
    return {name: statistics.median(taken) for name, taken in times.items()}


def show(found: dict[str, float]) -> None:
    """Print how each way did beside the hand."""
    hand = found["by hand"]
    for name, taken in found.items():
        print(f"  {name:30} {taken:10.2f} us {taken / hand:9.2f} x the hand")


def check(customers: Sequence[Customer]) -> None:
    """Refuse to measure what does not agree."""
    scorer = RULES.scorer(as_of=AS_OF, of=Customer)
    for customer in customers:
        masks = scorer.masks(customer)
        score = scorer(customer)
        ledger = RULES.ledger(customer, fired=masks.fired, unknown=masks.unknown, as_of=AS_OF)
        totals = {by_hand(customer), scorer.total(customer), masks.total, score.value}
        if len(totals) > 1 or (ledger.value, ledger.low, ledger.high) != (
            score.value,
            score.low,
            score.high,
        ):
            message = f"the totals of {customer} differ: {totals}"
            raise AssertionError(message)


def compare_with_peer(name: str, customers: Sequence[Customer]) -> None:
    """Print how a peer does beside the hand and crmcore, if it is installed."""
    make, count = PEERS[name]
    some = customers[:count]
    try:
        ask = make()
        records = list(zip(records_for(name, some), some, strict=True))
    except ImportError:
        print(f"\n{name} is not installed")
        return

    def peer(pair: tuple[dict[str, Any], Customer]) -> Decimal:
        record, customer = pair
        return added(ask(record), customer)

    if [peer(pair) for pair in records] != [by_hand(customer) for customer in some]:
        message = f"{name} gives other totals"
        raise AssertionError(message)
    scorer = RULES.scorer(as_of=AS_OF, of=Customer)
    scorer.total(some[0])
    ways: dict[str, Way] = {
        "by hand": (by_hand, some),
        "crmcore, total": (scorer.total, some),
        name: (peer, records),
    }
    found = measured(ways, ROUNDS_OF_PEERS)
    print(f"\n{name}, {count:,} customers: {found[name] / found['crmcore, total']:.1f} x crmcore")
    show(found)


def compiling() -> dict[str, float]:
    """Return the milliseconds that compiling 200 rules takes, up to the first answer."""
    many = RuleSet(
        "many",
        [
            attrs.evolve(rule, name=f"{rule.name} {copy}")
            for copy in range(10)
            for rule in RULES.rules
        ],
        group_caps=RULES.group_caps,
    )
    customer = make_customers(1)[0]

    def first(kind: str) -> float:
        begin = time.perf_counter()
        getattr(many.scorer(as_of=AS_OF, of=Customer), kind)(customer)
        return (time.perf_counter() - begin) * 1e3

    return {kind: statistics.median(first(kind) for _ in range(9)) for kind in ("total", "masks")}


def main() -> None:
    """Check, measure and print."""
    customers = make_customers(CUSTOMERS)
    check(customers)
    scorer = RULES.scorer(as_of=AS_OF, of=Customer)
    print(f"20 rules, 17 fields, {CUSTOMERS:,} customers")
    ways: dict[str, Way] = {
        "by hand": (by_hand, customers),
        "crmcore, total": (scorer.total, customers),
        "crmcore, total and masks": (scorer.masks, customers),
    }
    show(measured(ways, ROUNDS))
    print("\nthe whole score, with its ledger")
    with_ledger: dict[str, Way] = {
        "by hand": (by_hand, customers),
        "crmcore, score": (scorer, customers),
    }
    show(measured(with_ledger, ROUNDS_OF_LEDGERS))
    print("\ncompiling 200 rules")
    for kind, taken in compiling().items():
        print(f"  {kind:30} {taken:10.1f} ms")
    for name in PEERS:
        compare_with_peer(name, customers)


if __name__ == "__main__":
    main()
