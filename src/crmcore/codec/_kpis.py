"""Definitions of KPIs from files that people write by hand."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from crmcore.criteria import Predicates
from crmcore.errors import CrmError, Fault, FaultsError, UnknownNameError
from crmcore.kpis import CATALOGUE, Catalogue, Kpi
from crmcore.notation import read_json

from ._from_data import from_data
from ._limits import FILES
from ._to_data import to_data
from ._toml import read_toml

_LIST: Final = "kpis"
_SOME: Final[Mapping[str, Any]] = {"count": {}}


def load_kpis(
    text: str | os.PathLike[str],
    *,
    among: Iterable[Kpi] = CATALOGUE,
    predicates: Predicates | None = None,
) -> tuple[Kpi, ...]:
    """Return the definitions of KPIs that a file describes, in TOML or in JSON.

    The file has a list ``kpis`` of tables with the fields of `crmcore.kpis.Kpi`; what has a
    default there may be left out. Wherever a measure may stand, ``{kpi = "sales"}`` stands for
    the measure of another definition of the file, or else of *among*::

        [[kpis]]
        id = "web_share"
        code = "W1"
        name = { en = "share of orders on the web", zh = "网上订单占比" }
        group = "sales"
        unit = "share"
        direction = "higher_better"
        numerator = { en = "orders on the web", zh = "网上订单数" }
        denominator = { en = "orders", zh = "订单数" }
        definition = { en = "Orders on the web by all orders.", zh = "网上订单数除以订单总数。" }
        source = "our own"

        [kpis.measure.ratio]
        proportion = true
        denominator = { kpi = "orders" }

        [kpis.measure.ratio.numerator.count]
        source = "purchases"
        where = 'refund is false and channel == "web"'

    Args:
        text: A path object that says where the file is, whose name ends in ``.json`` where it
            is no TOML; or, if it is a string, the text itself, in TOML.
        among: Further definitions that may be referred to.
        predicates: The plugin predicates that criteria in it may ask; none unless stated.

    Raises:
        FaultsError: With every fault, each under a path such as ``kpis[0].measure.ratio``; a
            definition that refers to itself is one.

    .. versionadded:: 0.1.0
    """
    data = _read(text)
    source = "definitions" if isinstance(text, str) else os.fspath(text)
    tables = data.get(_LIST)
    faults = [
        Fault(name, str(UnknownNameError("field", name, [_LIST]))) for name in data if name != _LIST
    ]
    if not isinstance(tables, list):
        faults.append(Fault(_LIST, "must be a list of tables, each a definition"))
        raise FaultsError(source, faults)
    resolve = _References(tables, Catalogue(among))
    found: list[Kpi] = []
    for place, table in enumerate(tables):
        path = f"{_LIST}[{place}]"
        whole, unknown = resolve.table(table, path)
        faults += unknown
        try:
            found.append(from_data(Kpi, whole, source=source, predicates=predicates))
        except FaultsError as error:
            faults += [attrs.evolve(each, path=_under(path, each.path)) for each in error.faults]
    if not faults:
        faults += _clashes(found)
    if faults:
        raise FaultsError(source, faults)
    return tuple(found)


def _read(text: str | os.PathLike[str]) -> dict[str, Any]:
    if not isinstance(text, str) and os.fspath(text).endswith(".json"):
        path = Path(text)
        data = read_json(path.read_bytes(), source=str(path), exact=True, limits=FILES)
        if not isinstance(data, dict):
            raise FaultsError(
                str(path), [Fault("the whole", "must be a table with a list of kpis")]
            )
        return data
    return read_toml(text)


def _under(path: str, inner: str) -> str:
    return path if inner == "the whole" else f"{path}.{inner}"


def _clashes(found: Iterable[Kpi]) -> list[Fault]:
    try:
        Catalogue(found)
    except CrmError as error:
        return [Fault(_LIST, str(error))]
    return []


class _References:
    """Puts the measures of definitions in the place of their names."""

    def __init__(self, tables: Iterable[object], catalogue: Catalogue) -> None:
        self._own = {
            str(table["id"]): table
            for table in tables
            if isinstance(table, Mapping) and "id" in table
        }
        self._catalogue = catalogue

    def table(self, table: object, path: str) -> tuple[object, list[Fault]]:
        """Return the data of a definition without names of others, and which are unknown.

        Where one is unknown, some measure stands for the whole, so that further faults show.
        """
        if not isinstance(table, Mapping) or "measure" not in table:
            return table, []
        trail = (str(table.get("id")),)
        try:
            measure = self._whole(table["measure"], f"{path}.measure", trail)
        except FaultsError as error:
            return {**table, "measure": _SOME}, [*error.faults]
        return {**table, "measure": measure}, []

    def _whole(self, data: Any, path: str, trail: tuple[str, ...]) -> Any:  # noqa: ANN401
        if isinstance(data, list):
            return [self._whole(each, f"{path}[{n}]", trail) for n, each in enumerate(data)]
        if not isinstance(data, Mapping):
            return data
        if data.keys() == {"kpi"}:
            return self._measure_of(data["kpi"], path, trail)
        return {
            name: each if name == "where" else self._whole(each, f"{path}.{name}", trail)
            for name, each in data.items()
        }

    def _measure_of(self, name: object, path: str, trail: tuple[str, ...]) -> Any:  # noqa: ANN401
        if name in trail:
            problem = f"refers to itself: {' -> '.join((*trail, str(name)))}"
            raise FaultsError("kpis", [Fault(path, problem)])
        if isinstance(name, str) and name in self._own:
            return self._whole(self._own[name].get("measure"), path, (*trail, name))
        try:
            return to_data(self._catalogue.kpi(str(name)).measure)
        except UnknownNameError:
            known = {*self._own, *(each.id for each in self._catalogue)}
            problem = str(UnknownNameError("KPI", str(name), known))
        raise FaultsError("kpis", [Fault(path, problem)])
