"""Naive Bayes: from dated outcomes to weights of evidence, which are the points of rules.

For an outcome that happened or did not, and a factor with the case *c*, the weight of the
evidence is what the case does to the odds:

    w(c) = 10 log10(p(c | happened) / p(c | did not)), in decibans.

With *n* examples of known case among those in which it happened, *k* cases and the smoothing
*a*, p(c | happened) = (n(c) + a) / (n + a k), and likewise for the others. The prior is the
weight of the plain odds. Weights add where the factors are independent given the outcome,
which is the naive part; how far that is from the truth, a calibration shows.

Each weight is rounded half up to a thousandth of a deciban, once, when the model is fitted.
After that everything is exact: a score is the sum of its ledger, and the probability is read
off the score.

Sources:
    I. J. Good, "Weight of Evidence: A Brief Survey", Bayesian Statistics 2, 1985: the weight
    of evidence and its unit, the deciban.
    M. E. Maron, "Automatic Indexing: An Experimental Inquiry", Journal of the ACM 8(3), 1961:
    the product over factors that are taken to be independent.
    G. J. Lidstone, "Note on the General Case of the Bayes-Laplace Formula", Transactions of
    the Faculty of Actuaries 8, 1920: the smoothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cached_property
from typing import Final, TypeAlias

import attrs

from crmcore.checks import day, decimal, is_name
from crmcore.criteria import EVERYTHING
from crmcore.errors import InvalidValueError
from crmcore.kernel import round_half_up
from crmcore.scoring import EntryKind, Rule, RuleSet, Score

from ._calibration import percent
from ._factor import Factor

_Judge: TypeAlias = "Callable[[object], bool | None]"

_CONTEXT: Final = Context(prec=40, rounding=ROUND_HALF_UP)
# Odds beyond all numbers are infinite, or none.
_ENDLESS: Final = Context(prec=40, traps=[])
_DECIBANS: Final = 10
_QUANTUM: Final = Decimal("0.001")
_PRIOR: Final = "how often it happens"


def _is_day(_: object, attribute: attrs.Attribute[date], value: object) -> None:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise InvalidValueError(attribute.name, value, "be a date")


def _is_yes_or_no(_: object, attribute: attrs.Attribute[bool], value: object) -> None:
    if not isinstance(value, bool):
        raise InvalidValueError(attribute.name, value, "be True or False")


@attrs.frozen(kw_only=True)
class Example:
    """A customer as known on a day, and what came of it.

    Attributes:
        record: What was known when the day began, such as
            `crmcore.features.CustomerFeatures`; nothing that happened later.
        as_of: The day.
        happened: Whether the outcome came about.
        known_on: The day on which it was known whether it had, after *as_of*.

    .. versionadded:: 0.1.0
    """

    record: object
    as_of: date = attrs.field(validator=_is_day)
    happened: bool = attrs.field(validator=_is_yes_or_no)
    known_on: date = attrs.field(validator=_is_day)

    @known_on.validator
    def _is_later(self, attribute: attrs.Attribute[date], value: date) -> None:
        if value <= self.as_of:
            raise InvalidValueError(attribute.name, str(value), f"be after as_of, {self.as_of}")


@attrs.frozen(kw_only=True)
class CaseWeight:
    """What a case of a factor does to the odds of the outcome.

    Attributes:
        factor: The name of the factor.
        case: The label of the case.
        happened: How many examples of the case had the outcome.
        otherwise: How many had not.
        share_if_happened: The smoothed share of the case among examples with the outcome.
        share_otherwise: The smoothed share of the case among the others.
        points: The weight of the evidence, in decibans, to a thousandth.

    .. versionadded:: 0.1.0
    """

    factor: str
    case: str
    happened: int
    otherwise: int
    share_if_happened: Decimal
    share_otherwise: Decimal
    points: Decimal

    @property
    def name(self) -> str:
        """The name of the rule that gives its points."""
        return f"{self.factor}: {self.case}"

    @property
    def pull(self) -> Decimal:
        """Where it pulls the probability: above one half up, below it down; a fraction."""
        both = _CONTEXT.add(self.share_if_happened, self.share_otherwise)
        return _CONTEXT.divide(self.share_if_happened, both)


@attrs.frozen(kw_only=True)
class Prediction:
    """How probable an outcome is for a customer, and why.

    Attributes:
        probability: A fraction between 0 and 1.
        score: The weight of all evidence in decibans, with its ledger.
        factors: The weights that count, those that pull strongest first.

    .. versionadded:: 0.1.0
    """

    probability: Decimal
    score: Score
    factors: tuple[CaseWeight, ...]

    def __str__(self) -> str:
        """Return the probability and what pulls which way, a factor a line."""
        lines = [f"{percent(self.probability)} probable"]
        for weight in self.factors:
            way = "up" if weight.points > 0 else "down"
            lines.append(f"  {weight.name} pulls {way} ({round_half_up(weight.pull, 2)})")
        return "\n".join(lines)


@attrs.frozen(kw_only=True)
class NaiveBayes:
    """A score that was learned from dated outcomes.

    It is an ordinary rule set: `rules` can be scored on one record, on a data frame and in
    SQL, written to a file and read by people, and every score has its ledger.

    Attributes:
        name: What people call the outcome.
        version: Which edition of the model it is.
        as_of: The day at whose beginning it was fitted.
        factors: The factors.
        happened: How many examples had the outcome.
        otherwise: How many had not.
        not_yet_known: How many were left out, because their outcome was not yet known.
        smoothing: What was added to each count.
        weights: What each case of each factor does, in the order of the factors.

    .. versionadded:: 0.1.0
    """

    name: str = attrs.field(validator=is_name)
    version: str = attrs.field(validator=is_name)
    as_of: date
    factors: tuple[Factor, ...]
    happened: int
    otherwise: int
    not_yet_known: int
    smoothing: Decimal
    weights: tuple[CaseWeight, ...]

    @classmethod
    def fit(
        cls,
        examples: Iterable[Example],
        factors: Iterable[Factor],
        *,
        as_of: date,
        name: str,
        version: str = "1",
        smoothing: Decimal | int | str = "0.1",
    ) -> NaiveBayes:
        """Learn the weights from what came of earlier customers.

        Args:
            examples: Customers as once known, with what came of it; in any order.
            factors: What may tell something of it.
            as_of: The day at whose beginning the model is made; an outcome that became known
                on that day or later takes no part, and is counted.
            name: What people call the outcome.
            version: Which edition of the model it is.
            smoothing: What is added to each count, so that what was never seen is improbable
                and not impossible.

        Raises:
            InvalidValueError: If not both outcomes occur, there is no factor or two have one
                name, or the smoothing is not above 0.

        Complexity:
            Linear in examples times cases.
        """
        asked = _distinct(factors)
        added = decimal(smoothing, "smoothing")
        if added <= 0:
            raise InvalidValueError("smoothing", added, "be above 0")
        known, later = _split(examples, day(as_of))
        happened = sum(example.happened for example in known)
        if not 0 < happened < len(known):
            counts = f"{happened} of {len(known)}"
            rule = f"hold both outcomes, known before {as_of}"
            raise InvalidValueError("examples", counts, rule)
        return cls(
            name=name,
            version=version,
            as_of=as_of,
            factors=asked,
            happened=happened,
            otherwise=len(known) - happened,
            not_yet_known=later,
            smoothing=added,
            weights=tuple(weight for factor in asked for weight in _weights(factor, known, added)),
        )

    @property
    def rules(self) -> RuleSet:
        """The rule set whose score is the weight of all evidence, in decibans."""
        return self._rules

    @cached_property
    def _rules(self) -> RuleSet:
        prior = Rule(
            _PRIOR, when=EVERYTHING, points=_weight(Decimal(self.happened), self.otherwise)
        )
        cases = {
            f"{factor.name}: {label}": criterion
            for factor in self.factors
            for label, criterion in factor.cases
        }
        learned = [
            Rule(weight.name, when=cases[weight.name], points=weight.points)
            for weight in self.weights
        ]
        return RuleSet(self.name, [prior, *learned], version=self.version)

    def predict(self, record: object, *, as_of: date) -> Prediction:
        """Return how probable the outcome is for a customer, and why.

        What is unknown of the customer counts neither for it nor against it.

        Args:
            record: What is known of the customer.
            as_of: The day of judgement.
        """
        score = self.rules.score(record, as_of=as_of)
        given = {entry.rule for entry in score.ledger if entry.kind is EntryKind.GIVEN}
        counting = [weight for weight in self.weights if weight.name in given and weight.points]
        return Prediction(
            probability=self.probability(score.value),
            score=score,
            factors=tuple(sorted(counting, key=lambda w: (-abs(w.points), w.name))),
        )

    @staticmethod
    def probability(decibans: Decimal) -> Decimal:
        """Return the probability that the weight of all evidence amounts to.

        It is ``1 / (1 + 10 ** (-decibans / 10))``, to six digits after the point.

        Args:
            decibans: The value of a score of `rules`.

        Raises:
            InvalidValueError: If it is no exact number.
        """
        tenths = _CONTEXT.divide(decimal(decibans, "decibans"), -_DECIBANS)
        share = _CONTEXT.divide(1, _CONTEXT.add(_ENDLESS.power(Decimal(10), tenths), 1))
        return share.quantize(Decimal("0.000001"), rounding=ROUND_HALF_UP)


def _distinct(factors: Iterable[Factor]) -> tuple[Factor, ...]:
    asked = tuple(factors)
    names = [factor.name for factor in asked]
    if not asked:
        raise InvalidValueError("factors", [], "name at least one factor")
    for place, name in enumerate(names):
        if name in names[:place]:
            raise InvalidValueError("factors", name, "have names of their own")
    return asked


def _split(examples: Iterable[Example], as_of: date) -> tuple[list[Example], int]:
    known: list[Example] = []
    later = 0
    for example in examples:
        if example.known_on < as_of:
            known.append(example)
        else:
            later += 1
    return known, later


def _weights(factor: Factor, examples: list[Example], smoothing: Decimal) -> list[CaseWeight]:
    happened: Counter[str] = Counter()
    otherwise: Counter[str] = Counter()
    judges: dict[date, list[tuple[str, _Judge]]] = {}
    for example in examples:
        cases = judges.get(example.as_of)
        if cases is None:
            cases = judges[example.as_of] = [
                (label, criterion.compile(as_of=example.as_of)) for label, criterion in factor.cases
            ]
        held = next((label for label, judge in cases if judge(example.record)), None)
        if held is not None:
            (happened if example.happened else otherwise)[held] += 1
    return [
        _case_weight(factor, label, happened, otherwise, smoothing) for label, _ in factor.cases
    ]


def _case_weight(
    factor: Factor,
    label: str,
    happened: Counter[str],
    otherwise: Counter[str],
    smoothing: Decimal,
) -> CaseWeight:
    if_happened = _share(happened, label, smoothing, len(factor.cases))
    if_not = _share(otherwise, label, smoothing, len(factor.cases))
    return CaseWeight(
        factor=factor.name,
        case=label,
        happened=happened[label],
        otherwise=otherwise[label],
        share_if_happened=if_happened,
        share_otherwise=if_not,
        points=_weight(if_happened, if_not),
    )


def _share(counts: Counter[str], label: str, smoothing: Decimal, cases: int) -> Decimal:
    whole = _CONTEXT.fma(smoothing, cases, counts.total())
    return _CONTEXT.divide(_CONTEXT.add(Decimal(counts[label]), smoothing), whole)


def _weight(numerator: Decimal, denominator: Decimal | int) -> Decimal:
    """Return ten times the decimal logarithm of a quotient, to a thousandth."""
    decibans = _CONTEXT.multiply(_CONTEXT.log10(_CONTEXT.divide(numerator, denominator)), _DECIBANS)
    return decibans.quantize(_QUANTUM, rounding=ROUND_HALF_UP)
