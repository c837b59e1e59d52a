"""What measures are told beside the records: numbers, calendars, functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

import attrs

from crmcore.calendar import WorkCalendar
from crmcore.errors import InvalidValueError, UnknownNameError, nearest

from ._cohorts import Duration
from ._derived import Derived
from ._functions import FUNCTIONS
from ._measure import Measure


@attrs.frozen(kw_only=True)
class Settings:
    """What a tally was handed beside the measures.

    Attributes:
        parameters: The numbers that the measures leave open, by name.
        calendars: The work calendars, by name.
        functions: The functions besides those of the room, by name.
    """

    parameters: Mapping[str, int | Decimal] = attrs.field(factory=dict)
    calendars: Mapping[str, Any] = attrs.field(factory=dict)
    functions: Mapping[str, Callable[..., Any]] = attrs.field(factory=dict)

    def days(self, days: int | str) -> int:
        """Return a number of days, which a name may stand for."""
        return int(self.parameters[days]) if isinstance(days, str) else days

    def number(self, value: Decimal | str) -> Decimal:
        """Return a number, which a name may stand for."""
        return Decimal(self.parameters[value]) if isinstance(value, str) else value


def _all_parts(measure: Measure) -> Iterable[Measure]:
    yield measure
    for part in measure.parts:
        yield from _all_parts(part)


def _check_kinds(settings: Settings) -> None:
    """Want functions of names of their own, and calendars."""
    for name, function in settings.functions.items():
        if name in FUNCTIONS:
            raise InvalidValueError("functions", name, "be of other names than those of the room")
        if not callable(function):
            raise InvalidValueError(f"functions[{name!r}]", function, "be a function")
    for name, calendar in settings.calendars.items():
        if not isinstance(calendar, WorkCalendar):
            raise InvalidValueError(f"calendars[{name!r}]", calendar, "be a WorkCalendar")


def check_settings(measures: Mapping[str, Measure], settings: Settings) -> None:
    """Want everything that the measures name to be there."""
    _check_kinds(settings)
    known_functions = {*FUNCTIONS, *settings.functions}
    for measure in (part for each in measures.values() for part in _all_parts(each)):
        if isinstance(measure, Derived) and measure.function not in known_functions:
            raise UnknownNameError("function", measure.function, known_functions)
        if isinstance(measure, Duration) and measure.calendar is not None:
            _known("calendar", measure.calendar, settings.calendars)
        days = getattr(measure, "days", None)
        for parameter in measure.parameters:
            value = _known("parameter", parameter, settings.parameters)
            if parameter == days and (type(value) is not int or value < 1):
                rule = "be a whole number of days, 1 or more"
                raise InvalidValueError(f"parameters[{parameter!r}]", value, rule)
            if type(value) is not int and not (isinstance(value, Decimal) and value.is_finite()):
                rule = "be a whole number or a decimal, and finite"
                raise InvalidValueError(f"parameters[{parameter!r}]", value, rule)


def _known(kind: str, name: str, given: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever is given
    """Return what was given by a name.

    Raises:
        UnknownNameError: If something was given by a name much like it.
        InvalidValueError: If nothing was.
    """
    if name in given:
        return given[name]
    if nearest(name, given) is not None:
        raise UnknownNameError(kind, name, given)
    raise InvalidValueError(f"{kind}s", sorted(given), f"hold {name!r}, which the measures name")
