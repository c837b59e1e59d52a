"""Many purchase histories, in columns."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain, repeat
from typing import Any, Final, Self, cast, overload

import attrs

from crmcore.checks import is_a
from crmcore.durations import Duration, TimeUnit
from crmcore.errors import (
    Fault,
    FaultsError,
    InvalidValueError,
)
from crmcore.kernel import CustomerId

from ._columns import (
    Counts,
    Numbers,
    alike,
    are_ages,
    are_not_negative,
    are_plain_ids,
    are_spends,
    ascend,
    counts,
    joined,
    numbers,
    one_currency,
    optional_numbers,
    picked,
    same_length,
    weighed,
)
from ._history import PurchaseHistory, is_currency_or_none, is_day_or_none
from ._rows import Rows

_COLUMNS: Final = ("frequency", "last_purchase_age", "age", "mean_spend", "weight", "customers")
_NO_SPEND: Final = -1.0  # what can be a key, as NaN cannot


def _ids(ids: Iterable[str] | None) -> tuple[CustomerId, ...] | None:
    if ids is None:
        return None
    if isinstance(ids, str | bytes | bytearray) or not isinstance(ids, Iterable):
        raise InvalidValueError("customers", ids, "be a column of ids, one for each row")
    return cast("tuple[CustomerId, ...]", tuple(ids))


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Histories(Sequence[PurchaseHistory]):
    """Many purchase histories of one unit, one last day and one currency.

    They are kept in columns, and are a sequence of `PurchaseHistory` besides. `summarize` makes
    them from purchases, `of` from single histories, and `from_columns` from a table of one's
    own. They are sorted by customer; without customers they stay in the order of the table.
    What models return for many histories has their order.

    The columns are arrays, which numpy sees without a copy (``numpy.frombuffer``). Nobody
    changes them.

    Attributes:
        frequency: Repeat occasions of each.
        last_purchase_age: Ages at the last purchase, in *unit*.
        age: Ages at the end of the observation, in *unit*.
        unit: The unit of the ages.
        mean_spend: The mean spend of a repeat occasion of each, NaN where there is none; None
            where nothing is known of spend.
        weight: How often each counts; None where each counts once.
        customers: The customers, ascending; None in a table that tells no ids.
        as_of: The last day of the observation, which counts, if known.
        currency: The currency of the spend, if known.

    .. versionadded:: 0.1.0
    """

    frequency: Counts = attrs.field(converter=attrs.Converter(counts, takes_field=True))  # type: ignore[misc]
    last_purchase_age: Numbers = attrs.field(
        converter=attrs.Converter(numbers, takes_field=True)  # type: ignore[misc]
    )
    age: Numbers = attrs.field(converter=attrs.Converter(numbers, takes_field=True))  # type: ignore[misc]
    unit: TimeUnit = attrs.field(validator=is_a(TimeUnit))
    mean_spend: Numbers | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_numbers, takes_field=True),  # type: ignore[misc]
    )
    weight: Numbers | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_numbers, takes_field=True),  # type: ignore[misc]
    )
    customers: tuple[CustomerId, ...] | None = attrs.field(default=None, converter=_ids)
    as_of: date | None = attrs.field(default=None, validator=is_day_or_none)
    currency: str | None = attrs.field(default=None, validator=is_currency_or_none)

    def __attrs_post_init__(self) -> None:
        same_length(**{name: getattr(self, name) for name in _COLUMNS})
        if not self._looks_right():
            faults = tuple(self._faults())
            if faults:
                raise FaultsError("histories", faults)
        self._sort()

    @classmethod
    def from_columns(  # noqa: D417 - the other columns are the attributes
        cls,
        *,
        frequency: Iterable[int] | Iterable[float],
        last_purchase_age: Iterable[float],
        age: Iterable[float],
        unit: TimeUnit,
        mean_spend: Iterable[float | None] | None = None,
        weight: Iterable[float] | None = None,
        customers: Iterable[str] | None = None,
        as_of: date | None = None,
        currency: str | None = None,
    ) -> Self:
        """Return the histories of a table: lists, arrays, columns of numpy or of a data frame.

        Args:
            frequency: Whole numbers; floats will do where they have no fraction.
            mean_spend: Where a customer has no repeats, 0 says as little as NaN or None.

        Raises:
            FaultsError: With every row that cannot be, such as a last purchase beyond the age.
            InvalidValueError: If a column is no column of numbers or has another length, or if
                a customer is there twice.

        Complexity:
            ``O(n)`` time for *n* rows, ``O(n log n)`` if the customers are not in order.
        """
        x = counts(frequency, attrs.fields(cls).frequency)  # type: ignore[arg-type]  # it takes floats
        spend = optional_numbers(mean_spend, attrs.fields(cls).mean_spend)
        if spend is not None and len(spend) == len(x):
            pairs = zip(x, spend, strict=True)
            spend = array("d", [math.nan if not (n or each) else each for n, each in pairs])
        return cls(
            frequency=x,
            last_purchase_age=last_purchase_age,
            age=age,
            unit=unit,
            mean_spend=spend,
            weight=weight,
            customers=customers,
            as_of=as_of,
            currency=currency,
        )

    @classmethod
    def of(
        cls, histories: Iterable[PurchaseHistory], *, weights: Iterable[float] | None = None
    ) -> Self:
        """Return single histories as one value.

        Args:
            histories: The histories, all of one unit, last day and currency; at least one.
            weights: How often each counts, in their order; once unless stated.

        Raises:
            UnitMismatchError: If their ages have different units.
            MixedCurrenciesError: If their spend is in different currencies.
            InvalidValueError: If there is none, if they end on different days, if a customer is
                there twice, or if only some of them tell their customer.
        """
        held = tuple(histories) if isinstance(histories, Iterable) else ()
        if not held:
            rule = "hold at least one history, for its unit"
            raise InvalidValueError("histories", histories, rule)
        first = alike(held, PurchaseHistory)
        named = [each.customer for each in held if each.customer is not None]
        if named and len(named) < len(held):
            raise InvalidValueError("customer", None, "be told of all histories or of none")
        spends = [each.mean_spend for each in held]
        return cls(
            frequency=[each.frequency for each in held],
            last_purchase_age=[each.last_purchase_age for each in held],
            age=[each.age for each in held],
            unit=first.unit,
            mean_spend=spends if any(spend is not None for spend in spends) else None,
            weight=weights,
            customers=named or None,
            as_of=first.as_of,
            currency=one_currency((each.currency, each.mean_spend is not None) for each in held),
        )

    def __len__(self) -> int:
        """Return how many histories there are."""
        return len(self.frequency)

    @overload
    def __getitem__(self, place: int) -> PurchaseHistory: ...
    @overload
    def __getitem__(self, place: slice) -> Self: ...
    def __getitem__(self, place: int | slice) -> PurchaseHistory | Self:
        """Return one history, without its weight, or the histories of a slice."""
        if isinstance(place, slice):
            return self._picked(range(len(self))[place])
        spend = math.nan if self.mean_spend is None else self.mean_spend[place]
        return self._history(
            self.frequency[place],
            self.last_purchase_age[place],
            self.age[place],
            spend,
            None if self.customers is None else self.customers[place],
        )

    def __iter__(self) -> Iterator[PurchaseHistory]:
        """Yield each history, without its weight."""
        return map(
            self._history,
            self.frequency,
            self.last_purchase_age,
            self.age,
            repeat(math.nan) if self.mean_spend is None else self.mean_spend,
            repeat(None) if self.customers is None else self.customers,
        )

    def __eq__(self, other: object) -> bool:
        """Say whether both hold the same."""
        return self._parts() == other._parts() if isinstance(other, Histories) else NotImplemented

    def __hash__(self) -> int:
        """Return the same number for what holds the same."""
        return hash(self._parts())

    def __repr__(self) -> str:
        """Say what it holds, but not all of it."""
        number = "1 history" if len(self) == 1 else f"{len(self):,} histories"
        shown = [f"{number} in {self.unit}s"]
        shown += [f"up to {self.as_of}"] if self.as_of else []
        shown += [f"with spend in {self.currency or 'some currency'}"] if self.mean_spend else []
        return f"Histories({' '.join(shown)})"

    @property
    def total_weight(self) -> float:
        """How many customers they stand for."""
        if self.weight is None:
            return float(len(self))
        try:
            return math.fsum(self.weight)
        except OverflowError:
            raise InvalidValueError("weight", max(self.weight), "be finite in total") from None

    def in_unit(self, unit: TimeUnit) -> Self:
        """Return the same histories with their ages in another unit.

        Raises:
            InvalidValueError: If it is no unit of time.
        """
        if unit is self.unit:
            return self
        days, to = self.unit.days, Duration(1, unit).days
        return attrs.evolve(
            self,
            last_purchase_age=[age * days / to for age in self.last_purchase_age],
            age=[age * days / to for age in self.age],
            unit=unit,
        )

    def merge(self, *others: Histories) -> Self:
        """Return these histories and those of other customers as one value.

        Raises:
            UnitMismatchError: If their ages have different units.
            MixedCurrenciesError: If their spend is in different currencies.
            InvalidValueError: If they end on different days, if a customer is there twice, or
                if only some of them tell their customers.
        """
        parts: tuple[Histories, ...] = (self, *others)
        alike(parts, Histories)
        named = [part.customers for part in parts if part.customers is not None]
        if named and len(named) < len(parts):
            raise InvalidValueError("customers", None, "be told of all histories or of none")
        lengths = [len(part) for part in parts]
        return type(self)(
            frequency=array("q", chain(*(part.frequency for part in parts))),
            last_purchase_age=array("d", chain(*(part.last_purchase_age for part in parts))),
            age=array("d", chain(*(part.age for part in parts))),
            unit=self.unit,
            mean_spend=joined([part.mean_spend for part in parts], lengths, math.nan),
            weight=joined([part.weight for part in parts], lengths, 1.0),
            customers=chain(*named) if named else None,
            as_of=self.as_of,
            currency=one_currency((part.currency, part.mean_spend is not None) for part in parts),
        )

    def rows(self) -> Rows:
        """Return the different histories with their weights, sorted; what weighs 0 is left out.

        Complexity:
            ``O(n + d log d)`` time for *n* histories, of which *d* are different.
        """
        found = weighed(
            zip(self.frequency, self.last_purchase_age, self.age, strict=True), self.weight
        )
        keys = sorted(found)
        return Rows(
            x=array("q", [key[0] for key in keys]),
            t_x=array("d", [key[1] for key in keys]),
            age=array("d", [key[2] for key in keys]),
            weight=array("d", [found[key] for key in keys]),
        )

    def weighted(self) -> Self:
        """Return the different histories, spend included, each once with its weight.

        Customers are told no longer, and what weighs 0 is left out.
        """
        if self.mean_spend is None:
            spends: Iterable[float] = repeat(_NO_SPEND, len(self))
        else:
            spends = (_NO_SPEND if math.isnan(spend) else spend for spend in self.mean_spend)
        columns = zip(self.frequency, self.last_purchase_age, self.age, spends, strict=True)
        found = weighed(columns, self.weight)
        keys = sorted(found)
        return type(self)(
            frequency=array("q", [key[0] for key in keys]),
            last_purchase_age=array("d", [key[1] for key in keys]),
            age=array("d", [key[2] for key in keys]),
            unit=self.unit,
            mean_spend=None
            if self.mean_spend is None
            else array("d", [math.nan if key[3] == _NO_SPEND else key[3] for key in keys]),
            weight=array("d", [found[key] for key in keys]),
            as_of=self.as_of,
            currency=self.currency,
        )

    def _history(
        self, x: int, last: float, age: float, spend: float, customer: CustomerId | None
    ) -> PurchaseHistory:
        return PurchaseHistory(
            customer=customer,
            frequency=x,
            last_purchase_age=last,
            age=age,
            mean_spend=None if math.isnan(spend) else spend,
            unit=self.unit,
            as_of=self.as_of,
            currency=self.currency,
        )

    def _picked(self, places: Sequence[int]) -> Self:
        columns = {name: getattr(self, name) for name in _COLUMNS}
        chosen: dict[str, Any] = {
            name: None if column is None else picked(column, places)
            for name, column in columns.items()
        }
        return attrs.evolve(self, **chosen)

    def _parts(self) -> tuple[object, ...]:
        columns = (getattr(self, name) for name in _COLUMNS)
        held = (each.tobytes() if isinstance(each, array) else each for each in columns)
        return (*held, self.unit, self.as_of, self.currency)

    def _looks_right(self) -> bool:
        """Say whether every row is right, at one go; where not, `_faults` has the last word."""
        return (
            are_ages(self.frequency, self.last_purchase_age, self.age)
            and (self.weight is None or are_not_negative(self.weight))
            and (self.customers is None or are_plain_ids(self.customers))
            and (self.mean_spend is None or are_spends(self.mean_spend, self.frequency))
        )

    def _faults(self) -> Iterator[Fault]:
        for place in range(len(self)):
            who = f"row {place}"
            if self.customers is not None:
                who = f"{who}, customer {self.customers[place]!r}"
            try:
                self[place]
                if self.customers is not None and self.customers[place] is None:
                    rule = "be told of all rows or of none"
                    raise InvalidValueError("customers", None, rule)  # noqa: TRY301
                if self.weight is not None and not 0 <= self.weight[place] < math.inf:
                    rule = "be finite and at least 0"
                    raise InvalidValueError("weight", self.weight[place], rule)  # noqa: TRY301
            except InvalidValueError as error:
                yield Fault(who, str(error))

    def _sort(self) -> None:
        if self.customers is None or ascend(self.customers):
            return
        order = sorted(range(len(self)), key=self.customers.__getitem__)
        for name in _COLUMNS:
            column = getattr(self, name)
            if column is not None:
                object.__setattr__(self, name, picked(column, order))
        if not ascend(self.customers):
            [twice] = Counter(self.customers).most_common(1)
            raise InvalidValueError("customers", twice[0], "name each customer once")
