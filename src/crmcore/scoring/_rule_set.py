"""Rule sets: rules that together make one score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, Self

import attrs

from crmcore.checks import day, is_name
from crmcore.criteria import Criterion, Predicates, Schema
from crmcore.errors import Fault, FaultsError
from crmcore.linting import Lint, lint
from crmcore.notation import Limits
from crmcore.verdicts import Use

from ._data import RULES, Means, fingerprint_of, read_rules, set_data, set_faults
from ._ledger import GroupCaps, Terms, refuse_terms, to_floor, to_group_caps
from ._program import Masks
from ._rule import Rule, are_points, to_cap, tuple_of
from ._score import Score
from ._scorer import Scorer

_MOST_KEPT: Final = 64


def _to_tuple(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    return tuple_of(Rule, rules)


@attrs.frozen(cache_hash=True)
class RuleSet:
    """Rules that together make one score.

    All rules that hold give their points; the order of the rules is the order of the ledger
    and changes no number.

    Attributes:
        name: What people call it.
        rules: The rules, each of its own name.
        floor: The least that a score can be.
        cap: The most that a score can be.
        group_caps: By group, the most points that its rules give or take together.
        version: The version of the whole, kept with every score.

    .. versionadded:: 0.1.0
    """

    name: str = attrs.field(validator=is_name)
    rules: tuple[Rule, ...] = attrs.field(converter=_to_tuple)
    floor: Decimal | None = attrs.field(
        default=None, kw_only=True, converter=to_floor, validator=are_points
    )
    cap: Decimal | None = attrs.field(
        default=None, kw_only=True, converter=to_cap, validator=are_points
    )
    group_caps: GroupCaps = attrs.field(default=(), kw_only=True, converter=to_group_caps)
    version: str = attrs.field(default="1", kw_only=True, validator=is_name)

    def __attrs_post_init__(self) -> None:
        """Want distinct names, caps of groups that there are, and a floor below the cap."""
        refuse_terms(self._terms, self.rules)

    @property
    def _terms(self) -> Terms:
        return Terms(
            name=self.name,
            version=self.version,
            floor=self.floor,
            cap=self.cap,
            group_caps=self.group_caps,
        )

    def score(self, record: object, *, as_of: date) -> Score:
        """Return the score of a record, with its ledger.

        Args:
            record: An object with attributes, or a mapping.
            as_of: The day of judgement, from which ages count.
        """
        return _scorer(self, as_of)(record)

    def total(self, record: object, *, as_of: date) -> Decimal:
        """Return the points of a record, the value of its `Score`, without a ledger."""
        return _scorer(self, as_of).total(record)

    def masks(self, record: object, *, as_of: date) -> Masks:
        """Return the points of a record, and which rules gave them, without a ledger."""
        return _scorer(self, as_of).masks(record)

    def ledger(self, record: object, *, fired: int, unknown: int, as_of: date) -> Score:
        """Return the score of a record whose masks are known, without judging it again.

        Args:
            record: The record that the masks are of: an object with attributes, or a mapping,
                such as a row. Its counts, dates and values are read.
            fired: The rules that gave their points, as `Masks` has them.
            unknown: The rules of which nobody knows, as `Masks` has them.
            as_of: The day of judgement.

        Raises:
            InvalidValueError: If the masks cannot be those of the record.
        """
        return _scorer(self, as_of).ledger(record, fired=fired, unknown=unknown)

    def scorer(self, *, as_of: date, of: type | None = None) -> Scorer:
        """Return what scores one record after the other.

        Args:
            as_of: The day of judgement, from which ages count.
            of: The class of all records to come, which saves asking each what it is.

        Raises:
            InvalidValueError: If *as_of* is an instant, or no date.
        """
        return Scorer(
            name=self.name,
            version=self.version,
            rules=self.rules,
            floor=self.floor,
            cap=self.cap,
            group_caps=self.group_caps,
            as_of=day(as_of),
            of=of,
        )

    @property
    def fields(self) -> frozenset[str]:
        """The names of all fields that its rules read."""
        return frozenset().union(*(rule.fields for rule in self.rules))

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of its plain form with the rules by name; any change changes it."""
        return fingerprint_of(self.to_data())

    def faults(self, schema: Schema, *, path: str = "") -> tuple[Fault, ...]:
        """Return everything that is wrong with its rules over the fields of *schema*."""
        return tuple(set_faults(self.rules, RULES, schema, path))

    def check(self, schema: Schema, *, path: str = "") -> None:
        """Refuse rules that cannot run over the fields of *schema*.

        Raises:
            FaultsError: With everything that is wrong with them, each with its path.
        """
        faults = self.faults(schema, path=path)
        if faults:
            raise FaultsError(f"rule set {self.name}", faults)

    def lint(self, schema: Schema, *, as_of: date | None = None) -> tuple[Lint, ...]:
        """Return what may be wrong with its criteria, each with a customer who shows it.

        It tells of rules that never or always hold, of rules that hold for the same customers
        and so give their points twice, of rules that imply others, and of negations that leave
        out those of whom something is missing.

        Args:
            schema: The fields that the rules may read.
            as_of: The day of judgement; a sample day where it is left out.

        Raises:
            FaultsError: If a rule cannot run over these fields.
        """
        return lint(
            {rule.name: rule.when for rule in self.rules},
            schema=schema,
            mode="independent",
            use=Use.RULE,
            as_of=as_of,
        )

    @classmethod
    def from_data(
        cls,
        data: object,
        *,
        schema: Schema | None = None,
        named: Mapping[str, Criterion] | None = None,
        predicates: Predicates | None = None,
        limits: Limits | None = None,
        path: str = "",
    ) -> Self:
        """Return the rule set that plain data describes.

        Args:
            data: What `to_data` gives, with criteria as `crmcore.notation.to_data` has them,
                or only their expressions; at most 1,000 rules.
            schema: The fields that the rules may read; without it, types are not checked.
            named: Criteria that the rules may refer to by name.
            predicates: The plugin predicates that they may ask; none unless stated.
            limits: How much each criterion may ask for.
            path: Where the data stands in a larger input, to begin the path of each fault.

        Raises:
            FaultsError: With everything that is wrong with it, each with its path.
        """
        return read_rules(
            cls,
            RULES,
            data,
            means=Means(
                schema=schema,
                named=named or {},
                predicates=predicates or Predicates(),
                limits=limits or Limits(),
            ),
            path=path,
        )

    def to_data(self) -> dict[str, Any]:
        """Return the plain form: dictionaries, lists, text and integers."""
        return set_data(self, RULES)


@lru_cache(maxsize=_MOST_KEPT)
def _scorer(rule_set: RuleSet, as_of: date) -> Scorer:
    return rule_set.scorer(as_of=as_of)
