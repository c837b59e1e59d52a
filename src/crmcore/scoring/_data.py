"""The plain form of rules, and reading it with every fault at once."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import attrs

from crmcore.criteria import Schema
from crmcore.errors import CrmError, Fault, FaultsError, InvalidValueError, UnknownNameError
from crmcore.notation import from_data, to_data

from ._decay import Decay, HalfLife, Linear, Step
from ._rule import Rule
from ._score import shown

RuleSetT = TypeVar("RuleSetT")

_SET_KEYS: Final = ("name", "version", "floor", "cap", "group_caps", "rules")
_RULE_KEYS: Final = ("name", "when", "points", "decay", "group", "times", "cap", "version")
_SINCE: Final = {"since": "since"}
# What a decay is called in plain data, and which argument each of its keys is.
_DECAYS: Final[dict[str, tuple[Callable[..., Decay], dict[str, str]]]] = {
    "half_life_days": (
        HalfLife,
        {
            "half_life_days": "days",
            "horizon_days": "horizon",
            "continuous": "continuous",
            **_SINCE,
        },
    ),
    "linear_days": (Linear, {"linear_days": "days", **_SINCE}),
    "after_days": (Step, {"after_days": "days", **_SINCE}),
    "after_months": (Step, {"after_months": "months", **_SINCE}),
}
_DECAY_KEYS: Final = sorted({key for _, names in _DECAYS.values() for key in names})


def _decay_data(decay: Decay) -> dict[str, Any]:
    if isinstance(decay, Linear):
        return {"linear_days": decay.days, "since": decay.since}
    if isinstance(decay, Step):
        unit, levels = ("days", decay.days) if decay.days else ("months", decay.months)
        pairs = [[age, shown(share)] for age, share in levels]
        return {f"after_{unit}": pairs, "since": decay.since}
    data: dict[str, Any] = {"half_life_days": decay.days, "since": decay.since}
    if decay.continuous:
        data["continuous"] = True
    return {**data, "horizon_days": decay.horizon}


def rule_data(rule: Rule) -> dict[str, Any]:
    """Return the plain form of a rule."""
    data: dict[str, Any] = {
        "name": rule.name,
        "when": to_data(rule.when)["expr"],
        "points": shown(rule.points),
        "decay": None if rule.decay is None else _decay_data(rule.decay),
        "group": rule.group,
        "times": rule.times,
        "cap": None if rule.cap is None else shown(rule.cap),
        "version": rule.version,
    }
    return {key: value for key, value in data.items() if value is not None}


def type_faults(rule: Rule, schema: Schema, path: str) -> list[Fault]:
    """Return what is wrong with the types of the fields that count and that date a rule."""
    since = None if rule.decay is None else rule.decay.since
    return [
        *_of_type(schema, f"{path}.times", rule.times, "an integer"),
        *_of_type(schema, f"{path}.decay.since", since, "a date"),
    ]


def _of_type(schema: Schema, path: str, name: str | None, wanted: str) -> list[Fault]:
    if name is None:
        return []
    if name not in schema:
        return [Fault(path, str(UnknownNameError("field", name, schema.names)))]
    found = schema[name].kind.value
    return [] if found == wanted else [Fault(path, f"{name} must be {wanted}, not {found}")]


def _fault(path: str, found: object, rule: str) -> Fault:
    return Fault(path, str(InvalidValueError("it", reprlib.repr(found), rule)))


@attrs.define
class _Reading:
    """One pass over the data; it goes on after a fault, to find the others too."""

    faults: list[Fault] = attrs.field(factory=list)

    @contextmanager
    def at(self, path: str) -> Iterator[None]:
        """Keep what is wrong with the part of the data at a path."""
        try:
            yield
        except FaultsError as error:
            self.faults += error.faults
        except CrmError as error:
            self.faults.append(Fault(path, str(error)))

    def table(
        self, data: object, path: str, known: Iterable[str], required: Iterable[str]
    ) -> dict[str, Any]:
        """Return the known keys of a table; unknown and missing ones are faults."""
        if not isinstance(data, Mapping):
            self.faults.append(_fault(path, data, "be a table"))
            return {}
        for key in data:
            if key not in known:
                problem = str(UnknownNameError("key", str(key), known))
                self.faults.append(Fault(f"{path}.{key}", problem))
        for key in required:
            if key not in data:
                self.faults.append(Fault(path, f"{key} is missing"))
        return {key: value for key, value in data.items() if key in known}

    def decay(self, data: object, path: str) -> Decay | None:
        """Return the decay that a table describes."""
        table = self.table(data, path, _DECAY_KEYS, ["since"])
        if "since" not in table:
            return None
        with self.at(path):
            return _decay(table)
        return None

    def rule(self, data: object, path: str, schema: Schema | None) -> Rule | None:
        """Return the rule that a table describes."""
        before = len(self.faults)
        table = self.table(data, path, _RULE_KEYS, ["name", "when", "points"])
        if "when" in table:
            with self.at(f"{path}.when"):
                table["when"] = from_data(table["when"], schema=schema, path=f"{path}.when")
        if "decay" in table:
            table["decay"] = self.decay(table["decay"], f"{path}.decay")
        if len(self.faults) == before:
            with self.at(path):
                rule = Rule(table.pop("name"), **table)
                if schema is not None:
                    self.faults += type_faults(rule, schema, path)
                return rule
        return None


def _decay(table: Mapping[str, Any]) -> Decay:
    kinds = [kind for kind in _DECAYS if kind in table]
    if len(kinds) != 1:
        raise InvalidValueError("decay", kinds, f"state one of {', '.join(_DECAYS)}")
    make, names = _DECAYS[kinds[0]]
    for key in table:
        if key not in names:
            raise UnknownNameError(f"key beside {kinds[0]}", key, names)
    decay: Decay = make(**{names[key]: value for key, value in table.items()})
    return decay


def read_rule_set(
    make: Callable[..., RuleSetT], data: object, *, schema: Schema | None, path: str
) -> RuleSetT:
    """Return the rule set that plain data describes.

    Raises:
        FaultsError: With everything that is wrong with it.
    """
    reading = _Reading()
    prefix = f"{path}." if path else ""
    table = reading.table(data, path or "rule set", _SET_KEYS, ["name", "rules"])
    caps = table.get("group_caps", {})
    if not isinstance(caps, Mapping):
        reading.faults.append(_fault(f"{prefix}group_caps", caps, "be a table of groups and caps"))
    rules = table.get("rules", [])
    if not isinstance(rules, list | tuple):
        reading.faults.append(_fault(f"{prefix}rules", rules, "be a list of rules"))
        rules = []
    read = [
        reading.rule(rule, f"{prefix}rules[{place}]", schema) for place, rule in enumerate(rules)
    ]
    if not reading.faults:
        with reading.at(path or "rule set"):
            return make(**{**table, "rules": read})
    raise FaultsError("rule set", reading.faults)
