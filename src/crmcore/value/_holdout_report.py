"""How a model's predictions turned out, in numbers that a manager can read.

A prediction is held to what happened afterwards, and to what one would have said without a
model: that customers go on at their own rate, or that all are alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import Final, TypeAlias

import attrs

from crmcore.durations import Duration
from crmcore.errors import InvalidValueError
from crmcore.histories import Holdout
from crmcore.kernel import Phrase

_AS_BEFORE: Final = Phrase("each as often as before", "各自按以往频率")
_ALL_ALIKE: Final = Phrase("everybody alike", "所有客户相同")
_EXACT: Final = 0.005  # a total that is off by less is right, as far as whole percents tell


@attrs.frozen(kw_only=True)
class HoldoutLine:
    """How predictions for some customers turned out.

    Attributes:
        label: Who the customers are, or what the predictions go by.
        customers: How many customers there are.
        actual: How many purchases they made.
        predicted: How many were predicted.
        mae: By how many purchases a prediction for one customer is off, on average.
        rmse: The root of the mean of its squares, in which large misses count for more.

    .. versionadded:: 0.1.0
    """

    label: Phrase
    customers: float
    actual: float
    predicted: float
    mae: float
    rmse: float

    @property
    def bias(self) -> float:
        """How many purchases too many were predicted for a customer, on average."""
        return (self.predicted - self.actual) / self.customers

    @property
    def relative_error(self) -> float | None:
        """Which share of the purchases too many were predicted; None where there were none."""
        return self.predicted / self.actual - 1 if self.actual else None

    @property
    def words(self) -> Phrase:
        """How the total turned out."""
        error = self.relative_error
        predicted, actual = f"{self.predicted:,.0f}", f"{self.actual:,.0f}"
        if error is None:
            en, zh = "though nobody bought", "而实际无人购买"
        elif abs(error) < _EXACT:
            en, zh = "which is right within half a percent", "误差不足0.5%"
        else:
            share = f"{abs(error):.0%}".replace("%", " %")
            en = f"{share} too {'many' if error > 0 else 'few'}"
            zh = f"{'高估' if error > 0 else '低估'}{abs(error):.0%}"
        return Phrase(
            f"{predicted} purchases predicted, {actual} made: {en}",
            f"预测{predicted}次购买，实际{actual}次：{zh}",
        )


@attrs.frozen(kw_only=True)
class HoldoutReport:
    """How a model's predictions turned out for the customers of a calibration.

    Attributes:
        model: The model.
        horizon: How long the holdout was.
        total: All customers together.
        buckets: The customers by how often they had bought again before.
        baselines: What predictions without a model come to: each customer goes on as often as
            before; everybody buys as often as all did on average.
        correlation: That of the predictions and the purchases over customers; None where one
            of the two is the same for all.
        newcomers: How many customers came in the holdout. No history could predict them, and
            they are in none of the numbers above.
        newcomer_purchases: How many purchases they made, the first included.

    .. versionadded:: 0.1.0
    """

    model: str
    horizon: Duration
    total: HoldoutLine
    buckets: tuple[HoldoutLine, ...]
    baselines: tuple[HoldoutLine, ...]
    correlation: float | None
    newcomers: int
    newcomer_purchases: int

    @property
    def best_baseline(self) -> HoldoutLine:
        """The prediction without a model that is least off for a customer."""
        return min(self.baselines, key=lambda line: line.mae)

    @property
    def skill(self) -> float | None:
        """By which share it is less off for a customer than the best prediction without a model.

        It is negative where the model is worse, and None where that prediction is right.
        """
        best = self.best_baseline.mae
        return 1 - self.total.mae / best if best else None

    @property
    def words(self) -> tuple[Phrase, ...]:
        """What it says, a sentence each."""
        total, horizon = self.total.words, self.horizon.words
        found = [
            Phrase(
                f"{self.model}, {horizon.en}: {total.en}.",
                f"{self.model}，{horizon.zh}：{total.zh}。",
            ),
            self._compared(),
        ]
        if self.newcomers:
            who, bought = f"{self.newcomers:,}", f"{self.newcomer_purchases:,}"
            one = "1 customer" if self.newcomers == 1 else f"{who} customers"
            times = "1 purchase" if self.newcomer_purchases == 1 else f"{bought} purchases"
            found.append(
                Phrase(
                    f"{one} came only then, with {times}; no history could predict them.",
                    f"另有{who}位客户此时才首次购买，共{bought}次；没有历史可供预测。",
                )
            )
        return tuple(found)

    def _compared(self) -> Phrase:
        best, mae = self.best_baseline, f"{self.total.mae:.2f}"
        skill = self.skill
        if skill is None or skill < 0:
            en, zh = "the model does worse", "模型的误差更大"
        else:
            en = f"the model is {skill:.0%} closer".replace("%", " %")
            zh = f"模型的误差小{skill:.0%}"
        return Phrase(
            f"For one customer it is off by {mae} purchases on average; without a model "
            f"({best.label.en}) one is off by {best.mae:.2f}: {en}.",
            f"对单个客户平均偏差{mae}次；不用模型（{best.label.zh}）平均偏差{best.mae:.2f}次：{zh}。",
        )

    def __str__(self) -> str:
        """Return the sentences, and a table of all lines."""
        head = (
            f"{'':<26} {'customers':>9} {'actual':>8} {'predicted':>9} "
            f"{'bias':>7} {'MAE':>6} {'RMSE':>6}"
        )
        rows = [
            f"{line.label.en:<26} {line.customers:>9,.6g} {line.actual:>8,.6g} "
            f"{line.predicted:>9,.1f} {line.bias:>+7.3f} {line.mae:>6.3f} {line.rmse:>6.3f}"
            for line in (self.total, *self.buckets, *self.baselines)
        ]
        return "\n".join([*(phrase.en for phrase in self.words), "", head, *rows])


_Row: TypeAlias = tuple[float, int, int, float]  # weight, repeats before, purchases, prediction


def holdout_report(
    model: str, holdout: Holdout, predicted: Sequence[float], *, most: int = 7
) -> HoldoutReport:
    """Hold predictions to what happened.

    Args:
        model: The name of the model.
        holdout: What happened, and the histories before it.
        predicted: How many purchases were predicted of each customer.
        most: Customers with so many repeat purchases or more are one bucket.

    Raises:
        InvalidValueError: If there are no customers.

    Complexity:
        O(n) for n customers.
    """
    if not holdout.histories.total_weight:
        raise InvalidValueError("holdout", holdout, "have at least one customer")
    rows = _rows(holdout, predicted)
    return HoldoutReport(
        model=model,
        horizon=holdout.horizon,
        total=_line(Phrase("all customers", "全部客户"), rows),
        buckets=tuple(_buckets(rows, most)),
        baselines=(
            _line(_AS_BEFORE, _rows(holdout, _as_before(holdout))),
            _line(_ALL_ALIKE, _rows(holdout, _all_alike(holdout))),
        ),
        correlation=_correlation(rows),
        newcomers=holdout.newcomers,
        newcomer_purchases=holdout.newcomer_purchases,
    )


def _rows(holdout: Holdout, predicted: Iterable[float]) -> list[_Row]:
    histories = holdout.histories
    weights = repeat(1.0) if histories.weight is None else histories.weight
    rows = zip(weights, histories.frequency, holdout.frequency, predicted, strict=False)
    return [row for row in rows if row[0]]


def _as_before(holdout: Holdout) -> list[float]:
    """Return what each customer buys who goes on at the rate of the repeats before."""
    histories = holdout.histories
    horizon = holdout.horizon.in_unit(histories.unit)
    rows = zip(histories.frequency, histories.age, strict=True)
    return [horizon * x / age if age else 0.0 for x, age in rows]


def _all_alike(holdout: Holdout) -> Iterator[float]:
    """Return what each customer buys if all go on at the rate of all repeats before."""
    rows = holdout.histories.rows()
    repeats = math.fsum(weight * x for x, _, _, weight in rows)
    seen = math.fsum(weight * age for _, _, age, weight in rows)
    horizon = holdout.horizon.in_unit(holdout.histories.unit)
    return repeat(horizon * repeats / seen if seen else 0.0)


def _buckets(rows: Iterable[_Row], most: int) -> Iterator[HoldoutLine]:
    """Yield how the predictions turned out by the number of repeats before."""
    found: dict[int, list[_Row]] = {}
    for row in rows:
        found.setdefault(min(row[1], most), []).append(row)
    for x in sorted(found):
        more_en, more_zh = (" or more", "及以上") if x == most else ("", "")
        plural = "" if x == 1 and most > 1 else "s"
        label = Phrase(f"{x}{more_en} repeat{plural} before", f"此前重复购买{x}次{more_zh}")
        yield _line(label, found[x])


def _line(label: Phrase, rows: Sequence[_Row]) -> HoldoutLine:
    customers = math.fsum(weight for weight, *_ in rows)
    misses = [(weight, abs(told - made)) for weight, _, made, told in rows]
    squares = math.fsum(weight * miss * miss for weight, miss in misses)
    return HoldoutLine(
        label=label,
        customers=customers,
        actual=math.fsum(weight * made for weight, _, made, _ in rows),
        predicted=math.fsum(weight * told for weight, _, _, told in rows),
        mae=math.fsum(weight * miss for weight, miss in misses) / customers,
        rmse=math.sqrt(squares / customers),
    )


def _correlation(rows: Sequence[_Row]) -> float | None:
    total = math.fsum(weight for weight, *_ in rows)
    made = math.fsum(weight * y for weight, _, y, _ in rows) / total
    told = math.fsum(weight * p for weight, _, _, p in rows) / total
    of_made = math.fsum(weight * (y - made) ** 2 for weight, _, y, _ in rows)
    of_told = math.fsum(weight * (p - told) ** 2 for weight, _, _, p in rows)
    both = math.fsum(weight * (y - made) * (p - told) for weight, _, y, p in rows)
    return both / math.sqrt(of_made * of_told) if of_made * of_told else None
