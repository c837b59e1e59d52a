"""Rules written as text inside data: read into the plain form, and faults found in the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from crmcore.errors import Fault, FaultsError

from ._foreign import decoded
from ._limits import Limits
from ._parser import Parser
from ._part import Part
from ._refusal import RefusedError
from ._tokens import fault_at


def parsed(text: str, path: str, limits: Limits) -> Part:
    """Return the parts of a rule that stands as text in data.

    Raises:
        RefusedError: If it is no rule.
    """
    try:
        expression, where = Parser(decoded(text, "rule", limits), "rule", limits).document()
    except FaultsError as error:
        raise RefusedError(_inside(error.faults[0], path)) from None
    if where:
        problem = "text inside data has its definitions beside it, under 'where'"
        raise RefusedError(Fault(path or "criterion", problem))
    return expression


def placed(faults: Iterable[Fault], places: Mapping[str, int], text: str) -> Iterator[Fault]:
    """Yield faults of the plain form of a text with the lines and columns they stand in."""
    for fault in faults:
        path = fault.path
        while path and path not in places:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        yield fault_at(text, places.get(path, 0), fault.problem)


def within(faults: Iterable[Fault], part: Part, path: str, text: str) -> list[Fault]:
    """Return the faults of a rule that stands as text in data, each with path and place."""
    places = dict(part.places(path))
    return [_inside(fault, path) for fault in placed(faults, places, text)]


def _inside(fault: Fault, path: str) -> Fault:
    return Fault(path or "criterion", f"{fault.path}: {fault.problem}")
