"""The predicates that rules may name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Final

import attrs

from crmcore.errors import Fault, FaultsError, InvalidValueError, UnknownNameError

from ._asking import asking
from ._criterion import Criterion
from ._predicate import Predicate

GROUP: Final = "crmcore.predicates"


@attrs.frozen
class Predicates:
    """The plugin predicates that rules written as data or text may name.

    Nothing is registered by itself: an application hands over the predicates that it trusts, or
    names those that it takes from installed distributions.

    Attributes:
        known: The predicates, sorted by name.
        broken: What is wrong with the installed ones that could not be loaded, by name.

    .. versionadded:: 0.1.0
    """

    known: tuple[Predicate, ...] = ()
    broken: tuple[Fault, ...] = attrs.field(default=(), kw_only=True)

    @classmethod
    def of(cls, *predicates: Predicate) -> Predicates:
        """Return the registry of these predicates; what comes twice counts once.

        Raises:
            FaultsError: If two different ones have the same name.
        """
        return cls(_distinct(predicates))

    @classmethod
    def installed(cls, *, allow: Collection[str]) -> Predicates:
        """Return those that installed distributions offer and the application allows.

        A distribution offers a predicate as an entry point of the group ``crmcore.predicates``
        that has the predicate's name. No code of it is loaded unless the name is allowed. One
        that cannot be loaded does not keep the others from it: asking for it raises, with what
        is wrong.

        Args:
            allow: The names, each in full or as ``acme.*`` for all of one maker.

        Raises:
            UnknownNameError: If nobody offers a name that is allowed.
            FaultsError: If two distributions offer the same name.
        """
        if isinstance(allow, str):
            raise InvalidValueError("allow", allow, "be a collection of names, not one text")
        offered = _offered()
        found: list[Predicate] = []
        broken: list[Fault] = []
        for name in _allowed(allow, offered):
            loaded = _loaded(offered[name])
            if isinstance(loaded, Predicate):
                found.append(loaded)
            else:
                broken.append(loaded)
        return cls(_distinct(found), broken=tuple(broken))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the predicates, sorted."""
        return tuple(each.name for each in self.known)

    def asked(
        self, name: str, arguments: Mapping[str, object], *, version: str | None = None
    ) -> Criterion:
        """Return the criterion that asks a predicate, for those who read rules.

        Args:
            name: The predicate's name.
            arguments: The arguments, by name.
            version: The version that the rule was written for, if it says one.

        Raises:
            UnknownNameError: If there is no such predicate, or it takes no such argument.
            InvalidValueError: If there is another version, or an argument is missing or wrong.
            FaultsError: If the predicate could not be loaded.
        """
        predicate = self[name]
        if version is not None and version != predicate.version:
            rule = f"be the one that is installed, {predicate.version}"
            raise InvalidValueError(f"version of {name}", version, rule)
        return asking(predicate, arguments)

    def __getitem__(self, name: str) -> Predicate:
        """Return the predicate of this name.

        Raises:
            UnknownNameError: If there is none; the message suggests the nearest.
            FaultsError: If it could not be loaded.
        """
        for predicate in self.known:
            if predicate.name == name:
                return predicate
        faults = [fault for fault in self.broken if fault.path == name]
        if faults:
            raise FaultsError("predicates", faults)
        raise UnknownNameError("predicate", name, self.names)

    def __contains__(self, name: object) -> bool:
        """Say whether there is a predicate of this name."""
        return name in self.names

    def __iter__(self) -> Iterator[Predicate]:
        """Yield the predicates, sorted by name."""
        return iter(self.known)

    def __len__(self) -> int:
        """Return how many predicates there are."""
        return len(self.known)


def _distinct(predicates: Iterable[Predicate]) -> tuple[Predicate, ...]:
    by_name: dict[str, Predicate] = {}
    faults: list[Fault] = []
    for each in predicates:
        other = by_name.setdefault(each.name, each)
        if other != each:
            problem = f"is there twice: {_origin(other)} and {_origin(each)}"
            faults.append(Fault(each.name, problem))
    if faults:
        raise FaultsError("predicates", faults)
    return tuple(by_name[name] for name in sorted(by_name))


def _origin(predicate: Predicate) -> str:
    return f"{predicate.version} of {predicate.function.__module__}"


def _offered() -> dict[str, EntryPoint]:
    """Return the entry points of the group by name.

    Raises:
        FaultsError: If two distributions offer the same name.
    """
    offered: dict[str, EntryPoint] = {}
    faults: list[Fault] = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        other = offered.setdefault(point.name, point)
        if other is not point and _distribution(other) != _distribution(point):
            problem = f"is offered by {_distribution(other)} and by {_distribution(point)}"
            faults.append(Fault(point.name, problem))
    if faults:
        raise FaultsError("predicates", faults)
    return offered


def _distribution(point: EntryPoint) -> str:
    found = point.dist
    return "an unknown distribution" if found is None else f"{found.name} {found.version}"


def _allowed(allow: Collection[str], offered: Mapping[str, EntryPoint]) -> list[str]:
    allowed: set[str] = set()
    for name in allow:
        maker = name.removesuffix("*") if name.endswith(".*") else None
        found = [each for each in offered if each == name or (maker and each.startswith(maker))]
        if not found:
            raise UnknownNameError("predicate", name, offered)
        allowed.update(found)
    return sorted(allowed)


def _loaded(point: EntryPoint) -> Predicate | Fault:
    """Return the predicate of an entry point, or what is wrong with it."""
    source = f"{point.value} of {_distribution(point)}"
    try:
        loaded = point.load()
    except Exception as error:  # noqa: BLE001 - the code of others may raise anything
        return Fault(point.name, f"{source} cannot be loaded: {type(error).__name__}: {error}")
    if not isinstance(loaded, Predicate):
        return Fault(point.name, f"{source} is no predicate but {type(loaded).__name__}")
    if loaded.name != point.name:
        return Fault(point.name, f"{source} is the predicate {loaded.name}")
    return loaded
