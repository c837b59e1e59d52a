"""Catalogues of definitions: by name, and by the day on which they are in force."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Any, Final, cast

import attrs

from crmcore.checks import day
from crmcore.errors import InvalidValueError, UnknownNameError

from ._kpi import Kpi

_NUMBER: Final = re.compile(r"\d+")


def definitions(kpis: object) -> tuple[Kpi, ...]:
    """Return definitions in a row.

    Raises:
        InvalidValueError: If it is something else.
    """
    is_one = isinstance(kpis, str) or not isinstance(kpis, Iterable)
    row: tuple[Any, ...] = (kpis,) if is_one else tuple(cast("Iterable[Any]", kpis))
    for each in row:
        if not isinstance(each, Kpi):
            raise InvalidValueError("kpis", each, "be definitions of KPIs, such as kpi('sales')")
    return row


def _by_code(kpi: Kpi) -> tuple[object, ...]:
    number = _NUMBER.search(kpi.code)
    return (int(number[0]) if number else 10**9, kpi.code, kpi.id, kpi.since or date.min)


def in_order(kpis: Iterable[Kpi]) -> tuple[Kpi, ...]:
    """Return definitions by code, and of one KPI by the day from which on they are in force."""
    return tuple(sorted(kpis, key=_by_code))


def in_force(versions: Iterable[Kpi], on: date) -> Kpi | None:
    """Return which of the versions of a KPI is in force on a day, if one is."""
    found = None
    for each in in_order(versions):
        if each.since is None or each.since <= on:
            found = each
    return found


def by_id(kpis: Iterable[Kpi]) -> dict[str, tuple[Kpi, ...]]:
    """Return the versions of each KPI, by their days.

    Raises:
        InvalidValueError: If two definitions of a KPI are in force on the same day, have the
            same version, or have different codes, or if two KPIs have one name.
    """
    found: dict[str, list[Kpi]] = {}
    for each in in_order(kpis):
        found.setdefault(each.id, []).append(each)
    owners: dict[str, str] = {}
    for key, versions in found.items():
        for before, after in pairwise(versions):
            _tell_apart(before, after)
        for name in {key, *(each.code for each in versions)}:
            if owners.setdefault(name, key) != key:
                rule = f"be of one KPI only, not of {owners[name]} and {key}"
                raise InvalidValueError("code", name, rule)
    return {key: tuple(versions) for key, versions in found.items()}


def _tell_apart(before: Kpi, after: Kpi) -> None:
    if before.since == after.since:
        start = "the beginning" if after.since is None else str(after.since)
        rule = f"differ between two definitions of {after.id}, which both hold from {start} on"
        raise InvalidValueError("since", start, rule)
    if before.version == after.version:
        rule = f"differ between the definitions of {after.id} before and from {after.since} on"
        raise InvalidValueError("version", after.version, rule)


def _listed(kpis: Iterable[Kpi]) -> tuple[Kpi, ...]:
    return in_order(definitions(kpis))


@attrs.frozen
class Catalogue:
    """Definitions of KPIs, at most one of each KPI for every day.

    A definition is in force from its day *since* until the next one of the same KPI is.

    Attributes:
        kpis: The definitions, by code, and of one KPI by their days.

    .. versionadded:: 0.1.0
    """

    kpis: tuple[Kpi, ...] = attrs.field(converter=_listed)
    _versions: Mapping[str, tuple[Kpi, ...]] = attrs.field(init=False, eq=False, repr=False)

    @_versions.default
    def _by_name(self) -> Mapping[str, tuple[Kpi, ...]]:
        versions = by_id(self.kpis)
        codes = {each.code: held for held in versions.values() for each in held}
        return codes | versions

    def versions(self, name: str) -> tuple[Kpi, ...]:
        """Return all definitions of a KPI, by the day from which on they are in force.

        Args:
            name: Its id or its code.

        Raises:
            UnknownNameError: If there is no such KPI; the message suggests the nearest.
        """
        try:
            return self._versions[name]
        except (KeyError, TypeError):
            raise UnknownNameError("KPI", str(name), self._versions) from None

    def kpi(self, name: str, on: date | None = None) -> Kpi:
        """Return the definition of a KPI.

        Args:
            name: Its id or its code.
            on: The day on which it is to be in force; the latest one where it is None.

        Raises:
            UnknownNameError: If there is no such KPI; the message suggests the nearest.
            InvalidValueError: If no definition of it is in force on that day.
        """
        versions = self.versions(name)
        if on is None:
            return versions[-1]
        found = in_force(versions, day(on, "on"))
        if found is None:
            rule = f"be {versions[0].since} or later, when {versions[0].id} is first defined"
            raise InvalidValueError("on", str(on), rule)
        return found

    def with_own(self, kpis: Iterable[Kpi]) -> Catalogue:
        """Return the catalogue with definitions of one's own.

        One that begins on the same day as a definition of the same KPI stands in its place;
        one that begins on another day is a further version; any other stands beside.

        Args:
            kpis: The definitions.

        Raises:
            InvalidValueError: If two of them are in force on the same day.
        """
        own = definitions(kpis)
        by_id(own)
        replaced = {(each.id, each.since) for each in own}
        kept = (each for each in self.kpis if (each.id, each.since) not in replaced)
        return Catalogue((*kept, *own))

    def __iter__(self) -> Iterator[Kpi]:
        """Yield the definitions, by code."""
        return iter(self.kpis)

    def __len__(self) -> int:
        """Return how many definitions there are."""
        return len(self.kpis)

    def __repr__(self) -> str:
        """Return how much it holds."""
        return f"<Catalogue of {len(self.kpis)} definitions>"
