"""What every model of purchases can be asked about itself: whether it can be believed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, Protocol, TypeVar

import attrs

from crmcore.durations import DAY, Duration, TimeUnit
from crmcore.errors import DidNotConvergeError, InvalidValueError, NotIdentifiedError
from crmcore.histories import Histories, Holdout
from crmcore.likelihood import Fit

from ._dropout import DropoutCheck, dropout_check
from ._frequency_table import FrequencyTable, frequency_table
from ._holdout_report import HoldoutReport, holdout_report
from ._tracking import Tracking, tracking

_SURE: Final = 1 / 3  # of a logarithm: three standard errors away from nobody leaving


class Checkable(Protocol):
    """What the checks want of a model."""

    @property
    def NAME(self) -> str: ...  # noqa: N802 - as a model has it
    @property
    def PARAMETERS(self) -> tuple[str, ...]: ...  # noqa: N802
    @property
    def IS_DISCRETE(self) -> bool: ...  # noqa: N802
    @property
    def unit(self) -> TimeUnit: ...
    @property
    def fitted(self) -> Fit | None: ...

    def _own(self, histories: Histories) -> Histories: ...
    def _length(self, horizon: Duration) -> float: ...
    def _expected_new(self, t: float) -> float: ...
    def _probabilities_new(self, most: int, t: float) -> Sequence[float]: ...

    def expected_purchases(
        self, histories: Histories, *, horizon: Duration
    ) -> tuple[float, ...]: ...
    def log_likelihood(self, histories: Histories) -> float: ...


class _Fitted(Checkable, attrs.AttrsInstance, Protocol):
    """A model as attrs knows it."""


T = TypeVar("T", bound=_Fitted)


@attrs.frozen(kw_only=True)
class Checked:
    """The checks of a model."""

    def check(self: Checkable, holdout: Holdout) -> HoldoutReport:
        """Hold the model's predictions to what customers did after the calibration.

        Args:
            holdout: What they did, as `crmcore.histories.split` returns it.

        Raises:
            InvalidValueError: If there are no customers.
        """
        if not isinstance(holdout, Holdout):
            raise InvalidValueError("holdout", holdout, "be a Holdout, as split returns it")
        predicted = self.expected_purchases(holdout.histories, horizon=holdout.horizon)
        return holdout_report(self.NAME, holdout, predicted)

    def frequencies(self: Checkable, histories: Histories, *, most: int = 7) -> FrequencyTable:
        """Compare how often customers came back with how often the model says they do.

        Args:
            histories: What the customers did.
            most: Customers with so many repeat purchases or more are counted together.

        Raises:
            InvalidValueError: If there are no customers, or *most* is below 1.
        """
        free = 0 if self.fitted is None else len(self.PARAMETERS)
        own = self._own(histories)
        return frequency_table(self.NAME, own, self._probabilities_new, most=most, free=free)

    def tracking(
        self: Checkable,
        trails: Iterable[Iterable[int]],
        *,
        end: date,
        step: int = 7,
        calibration_end: date | None = None,
    ) -> Tracking:
        """Compare the repeat purchases of each week with what the model expects.

        The first purchases are taken as they were; what is expected are the repeats of those
        customers, from their first days on.

        Args:
            trails: For each customer the ordinals of the days with a purchase
                (``date.toordinal``), in any order. Days after *end* are left out.
            end: The last day.
            step: How many days a period has. Periods begin with the first purchase of all, and
                the last one is cut at *end*.
            calibration_end: The last day of what the model was fitted to, to hold it only to
                what came after.

        Raises:
            InvalidValueError: If nobody bought up to *end*, or *step* is below 1.

        Complexity:
            O(n) for n purchases, and O(d · p) for d days and p periods.
        """
        return tracking(
            self.NAME,
            trails,
            lambda age: self._expected_new(self._length(Duration(age, DAY))),
            end=end,
            step=step,
            calibration_end=calibration_end,
        )

    def dropout_check(self: Checkable, histories: Histories) -> DropoutCheck:
        """Say whether the data support that customers leave at all.

        Args:
            histories: What the model was fitted to.

        Raises:
            InvalidValueError: If the model was not fitted, or to another number of customers.
            NotIdentifiedError: If the histories do not tell the model in which nobody leaves.
            DidNotConvergeError: If the search for it ends too soon.
        """
        own = self._own(histories)
        if self.fitted is None or not math.isclose(self.fitted.n, own.total_weight):
            rule = "be those that the model was fitted to"
            raise InvalidValueError("histories", histories, rule)
        return dropout_check(self.NAME, self.log_likelihood(own), own, is_discrete=self.IS_DISCRETE)


def cautioned(model: T, histories: Histories) -> T:
    """Return a model that was just fitted, with a caution if the data do not support dropout.

    The smaller model is fitted only where there is reason to doubt: where how readily customers
    leave, which is the ratio of the last two parameters, is known to no better than a factor.
    """
    fit = model.fitted
    if fit is None or _error_of_leaving(fit) < _SURE:
        return model
    try:
        check = dropout_check(
            model.NAME, fit.log_likelihood, histories, is_discrete=model.IS_DISCRETE
        )
    except (NotIdentifiedError, DidNotConvergeError):
        return model
    if check.is_supported:
        return model
    told = attrs.evolve(fit, cautions=(*fit.cautions, check.words))
    return attrs.evolve(model, fitted=told)  # type: ignore[misc]  # it is one


def _error_of_leaving(fit: Fit) -> float:
    """Return the standard error of the logarithm of the ratio of the last two parameters."""
    (of_first, both), (_, of_second) = (row[-2:] for row in fit.covariance[-2:])
    return math.sqrt(max(0.0, of_first - 2 * both + of_second))
