"""The linter of pools: rules that never decide, limits that never bind, pools that overlap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Final

import attrs

from crmcore.criteria import Criterion, Schema, any_of, unless
from crmcore.customers import Customer
from crmcore.errors import Fault, FaultsError, InvalidValueError, UnknownNameError
from crmcore.improvement import Finding, Severity, in_order
from crmcore.kernel import Phrase
from crmcore.linting import can_be, implies
from crmcore.organization import Member
from crmcore.verdicts import Verdict

from ._facts import MEMBER_FIELDS, OWN_FIELDS
from ._kinds import each_is_a
from ._pool import Pool
from ._rules import RecycleRule

_DAYS: Final = {"DATE", "DATETIME"}
_ORDERED: Final = {"INT", "DECIMAL", "FLOAT", "TEXT", *_DAYS}


def _of(record: type, names: Sequence[str], more: Schema) -> Schema:
    own = {name: column for name, column in Schema.of(record).columns if name in names}
    return Schema(tuple(sorted((own | dict(more.columns)).items())))


def lint(
    pools: Iterable[Pool], *, schema: Schema, members: Schema | None = None
) -> tuple[Finding, ...]:
    """Return what is wrong with pools, the gravest first, with a customer who shows it.

    The kinds of findings are

    - ``empty_pool``: it can be for no customer;
    - ``nobody_may_claim``: no member can meet its condition;
    - ``dead_rule``: it applies to no customer of the pool who is not exempt;
    - ``shadowed_rule``: another rule always runs out first;
    - ``overlapping_pools``: a customer is in two pools;
    - ``never_recycled``: to some customers no rule applies;
    - ``warned_at_once``: the warning begins with the clock;
    - ``idle_limit``: another limit always binds first;
    - ``idle_interval``: the waiting time outlasts the interval for the last owner.

    Args:
        pools: The pools, each with a name of its own.
        schema: The facts of customers beside the customer's own fields.
        members: The facts of members beside the member's own fields.

    Raises:
        FaultsError: If two pools have one name, or criteria, days or priorities do not fit the
            facts; all that is wrong is told at once.
        InvalidValueError: If there are no pools to look at, or no schema.

    .. versionadded:: 0.1.0
    """
    given = each_is_a(Pool, pools, "pools", "list pools, also a single one")
    for field, columns in (("schema", schema), ("members", schema if members is None else members)):
        if not isinstance(columns, Schema):
            raise InvalidValueError(field, columns, "be a Schema, as Schema.of(tier=str)")
    known = sorted(given, key=lambda pool: pool.name)
    facts = _of(Customer, OWN_FIELDS, schema)
    skills = Schema.of(skills=frozenset[str])
    people = _of(Member, MEMBER_FIELDS, skills if members is None else _joined(skills, members))
    faults = tuple(_faults(known, facts, people))
    if faults:
        raise FaultsError("pools", faults)
    found: list[Finding] = []
    for pool in known:
        found += _Linter(pool=pool, facts=facts, people=people).findings()
    for one, other in combinations(known, 2):
        found += _overlap(one, other, facts)
    return in_order(found)


def _joined(one: Schema, other: Schema) -> Schema:
    return Schema(tuple(sorted((dict(one.columns) | dict(other.columns)).items())))


def _faults(pools: Sequence[Pool], facts: Schema, people: Schema) -> Iterator[Fault]:
    for one, other in combinations(pools, 2):
        if one.name == other.name:
            yield Fault(f"pool {one.name!r}", "comes more than once; give each its own name")
    for pool in pools:
        path = f"pool {pool.name!r}"
        criteria = [
            ("scope", pool.scope),
            ("limits.counting", pool.limits.counting),
            *((f"rules.{rule.name}.when", rule.when) for rule in pool.rules),
        ]
        if pool.exempt is not None:
            criteria.append(("exempt", pool.exempt))
        for name, criterion in criteria:
            yield from facts.faults(criterion, path=f"{path}.{name}")
        yield from people.faults(pool.who, path=f"{path}.who")
        for rule in pool.rules:
            if rule.since is not None:
                yield from _unfit(facts, rule.since, f"{path}.rules.{rule.name}.since", _DAYS)
        for name in pool.priority:
            yield from _unfit(facts, name.removeprefix("-"), f"{path}.priority", _ORDERED)


def _unfit(facts: Schema, name: str, path: str, kinds: set[str]) -> Iterator[Fault]:
    if name not in facts:
        yield Fault(path, str(UnknownNameError("fact", name, facts.names)))
    elif facts[name].kind.name not in kinds:
        wanted = "a day" if kinds is _DAYS else "what can be put in an order"
        yield Fault(path, f"{name} is {facts[name].kind.value}, and must be {wanted}")


@attrs.frozen(kw_only=True)
class _Linter:
    """One pool, and what is known of customers and members."""

    pool: Pool
    facts: Schema
    people: Schema

    def findings(self) -> Iterator[Finding]:
        """Find what is wrong with the pool by itself."""
        pool = self.pool
        if can_be(pool.scope, schema=self.facts).verdict is Verdict.FAILS:
            title = Phrase(f"{pool.name} is for nobody", f"没有客户属于{pool.name}")
            yield self._finding("empty_pool", Severity.CRITICAL, title)
            return
        if can_be(pool.who, schema=self.people).verdict is Verdict.FAILS:
            title = Phrase(
                f"nobody may claim from {pool.name}", f"没有成员可以领取{pool.name}的客户"
            )
            yield self._finding("nobody_may_claim", Severity.CRITICAL, title)
        yield from self._limits()
        dead = [rule for rule in pool.rules if self._is_dead(rule)]
        for rule in dead:
            yield self._dead(rule)
        for rule in pool.rules:
            if rule not in dead:
                yield from self._shadow(rule)
            if pool.warn_days >= rule.days:
                yield self._warned_at_once(rule)
        yield from self._never_recycled()

    def _finding(
        self,
        kind: str,
        severity: Severity,
        title: Phrase,
        evidence: Iterable[tuple[str, object]] = (),
        suggestion: Phrase | None = None,
    ) -> Finding:
        return Finding(
            kind=kind,
            severity=severity,
            subject=f"pool:{self.pool.name}",
            title=title,
            evidence=tuple((name, str(value)) for name, value in evidence),
            suggestion=suggestion,
        )

    def _limits(self) -> Iterator[Finding]:
        limits = self.pool.limits
        for small, large, inner, outer in (
            ("per_week", "per_day", limits.per_week, limits.per_day),
            ("owned", "held", limits.owned, limits.held),
        ):
            if inner is not None and outer is not None and inner <= outer:
                title = Phrase(
                    f"the limit {large} of {outer} never binds, as {small} allows {inner}",
                    f"上限{large}（{outer}）不起作用，因为{small}只允许{inner}",
                )
                yield self._finding("idle_limit", Severity.NOTE, title)
        waits, interval = self.pool.waiting_days, self.pool.previous_owner_days
        if 0 < interval <= waits and not self.pool.every_former_owner:
            title = Phrase(
                f"the interval of {interval} days for the last owner adds nothing to claims, as "
                f"everybody waits for {waits}",
                f"前负责人间隔{interval}天对领取不起作用，因为所有人都须等待{waits}天",
            )
            yield self._finding("idle_interval", Severity.NOTE, title)

    def _ruled(self, rule: RecycleRule) -> Criterion:
        """Return who is of the pool, under the rule, and surely not exempt."""
        ruled = self.pool.scope & rule.when
        return ruled if self.pool.exempt is None else ruled & ~self.pool.exempt

    def _is_dead(self, rule: RecycleRule) -> bool:
        return can_be(self._ruled(rule), schema=self.facts).verdict is Verdict.FAILS

    def _dead(self, rule: RecycleRule) -> Finding:
        title = Phrase(
            f"the rule {rule.name} takes nobody back: none of the customers of {self.pool.name} "
            "is under it and not exempt",
            f"规则{rule.name}不会回收任何客户：{self.pool.name}中没有适用且未豁免的客户",
        )
        return self._finding(
            "dead_rule",
            Severity.WARNING,
            title,
            suggestion=Phrase("widen its condition, or leave it out", "请放宽条件或删除该规则"),
        )

    def _shadow(self, rule: RecycleRule) -> Iterator[Finding]:
        place = self.pool.rules.index(rule)
        for other_place, other in enumerate(self.pool.rules):
            wins_ties = other_place < place or other.days < rule.days
            if other == rule or not (wins_ties and _runs_out_first(other, rule)):
                continue
            ruled = self._ruled(rule)
            if implies(ruled, other.when, schema=self.facts).verdict is not Verdict.HOLDS:
                continue
            title = Phrase(
                f"the rule {rule.name} never decides: {other.name} always runs out first",
                f"规则{rule.name}从不起决定作用：{other.name}总是先到期",
            )
            witness = can_be(ruled, schema=self.facts).witness or ()
            yield self._finding(
                "shadowed_rule", Severity.WARNING, title, [("with", other.name), *witness]
            )
            return

    def _warned_at_once(self, rule: RecycleRule) -> Finding:
        title = Phrase(
            f"the owner is warned {self.pool.warn_days} days before, and the rule {rule.name} "
            f"takes {rule.days}: the warning begins with the clock",
            f"提前{self.pool.warn_days}天提醒，而规则{rule.name}只有{rule.days}天："
            "一开始计时就提醒",
        )
        return self._finding("warned_at_once", Severity.NOTE, title)

    def _never_recycled(self) -> Iterator[Finding]:
        if not self.pool.rules:
            return
        ruled = any_of(*(rule.when for rule in self.pool.rules))
        found = can_be(self.pool.scope & unless(ruled), schema=self.facts)
        if found.verdict is Verdict.HOLDS:
            title = Phrase(
                f"to some customers of {self.pool.name} no rule applies: they never come back",
                f"{self.pool.name}中有客户不适用任何规则，永不回收",
            )
            yield self._finding("never_recycled", Severity.NOTE, title, found.witness or ())


def _runs_out_first(one: RecycleRule, other: RecycleRule) -> bool:
    """Say whether the clock of *one* runs out no later than that of *other*, whatever happens."""
    return (
        one.days <= other.days
        and one.since in {None, other.since}
        and set(one.resets) <= set(other.resets)
        and set(one.settled_by) <= set(other.settled_by)
        and (other.leave_pauses or not one.leave_pauses)
    )


def _overlap(one: Pool, other: Pool, facts: Schema) -> Iterator[Finding]:
    found = can_be(one.scope & other.scope, schema=facts)
    if found.verdict is Verdict.HOLDS:
        yield Finding(
            kind="overlapping_pools",
            severity=Severity.WARNING,
            subject=f"pool:{one.name}",
            title=Phrase(
                f"a customer can be in {one.name} and in {other.name}",
                f"同一客户可能同时属于{one.name}和{other.name}",
            ),
            evidence=(
                ("with", other.name),
                *((name, str(value)) for name, value in found.witness or ()),
            ),
            suggestion=Phrase(
                "let one of them leave out the other's", "请让其中一个排除另一个的客户"
            ),
        )
