"""The plain form of rules, and reading it with every fault at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, Final, Generic, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

import attrs

from crmcore.criteria import Criterion, Predicates, Schema
from crmcore.errors import CrmError, Fault, FaultsError, InvalidValueError, UnknownNameError
from crmcore.notation import Limits, from_data, to_data

from ._decay import Decay, HalfLife, Linear, Step
from ._event_rule import EventRule
from ._rule import Rule
from ._score import shown

_SetT = TypeVar("_SetT")
_RuleT = TypeVar("_RuleT", Rule, EventRule)
Named: TypeAlias = Mapping[str, Criterion]

_MOST_RULES: Final = 1000
# As many tables and lists as the criteria of a few thousand comparisons have.
_MOST_PARTS: Final = 20_000
# As many keys and values as these, and the lists of a few dozen long memberships, have.
_MOST_VALUES: Final = 50_000
_LONGEST_KEY: Final = 64
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


@attrs.frozen(kw_only=True)
class Shape(Generic[_RuleT]):
    """How a set of one kind of rules is written down.

    Attributes:
        set_keys: The keys of a set, in the order in which they are written.
        required: Those of them that must be there.
        rule_keys: The keys of a rule, in the order in which they are written.
        make: Makes a rule of its name and the values of the other keys.
        dates: Whether a decay names the field that it counts from.
        type_faults: Returns what is wrong with the types of the fields that a rule names.
    """

    set_keys: tuple[str, ...]
    required: tuple[str, ...]
    rule_keys: tuple[str, ...]
    make: Callable[..., _RuleT]
    dates: bool
    type_faults: Callable[[_RuleT, Schema, str], list[Fault]]


def _rule_type_faults(rule: Rule, schema: Schema, path: str) -> list[Fault]:
    since = None if rule.decay is None else rule.decay.since
    return [
        *of_type(schema, f"{path}.times", rule.times, ("an integer",)),
        *of_type(schema, f"{path}.decay.since", since, ("a date",)),
    ]


def _no_faults(_rule: EventRule, _schema: Schema, _path: str) -> list[Fault]:
    return []


RULES: Final = Shape(
    set_keys=("name", "version", "floor", "cap", "group_caps", "rules"),
    required=("name", "rules"),
    rule_keys=("name", "when", "points", "decay", "group", "times", "cap", "version"),
    make=Rule,
    dates=True,
    type_faults=_rule_type_faults,
)
EVENT_RULES: Final = Shape(
    set_keys=("name", "version", "at", "id", "zone", "floor", "cap", "group_caps", "rules"),
    required=("name", "at", "id", "rules"),
    rule_keys=(
        *("name", "when", "points", "at_most", "per_days", "within_days"),
        *("decay", "group", "cap", "version"),
    ),
    make=EventRule,
    dates=False,
    type_faults=_no_faults,
)


def of_type(schema: Schema, path: str, name: str | None, wanted: tuple[str, ...]) -> list[Fault]:
    """Return what is wrong with the type of a field, if one is named."""
    if name is None:
        return []
    if name not in schema:
        return [Fault(path, str(UnknownNameError("field", name, schema.names)))]
    found = schema[name].kind.value
    if found in wanted:
        return []
    return [Fault(path, f"{name} must be {' or '.join(wanted)}, not {found}")]


def set_faults(
    rules: Iterable[_RuleT], shape: Shape[_RuleT], schema: Schema, path: str
) -> list[Fault]:
    """Return what is wrong with rules over the fields of a schema."""
    found: list[Fault] = []
    for place, rule in enumerate(rules):
        where = under(path, f"rules[{place}]")
        found += schema.faults(rule.when, path=f"{where}.when")
        found += shape.type_faults(rule, schema, where)
    return found


def under(path: str, key: str) -> str:
    """Return the path of a part of what has a path, or has none because it is the whole."""
    return f"{path}.{key}" if path else key


def _criterion_data(criterion: Criterion) -> dict[str, Any]:
    data = to_data(criterion)
    # Only named parts need the document around the expression.
    return data if "where" in data else dict(data["expr"])


def _decay_data(decay: Decay) -> dict[str, Any]:
    since = {} if decay.since is None else {"since": decay.since}
    if isinstance(decay, Linear):
        return {"linear_days": decay.days, **since}
    if isinstance(decay, Step):
        unit, levels = ("days", decay.days) if decay.days else ("months", decay.months)
        return {f"after_{unit}": [[age, shown(share)] for age, share in levels], **since}
    continuous = {"continuous": True} if decay.continuous else {}
    return {"half_life_days": decay.days, **since, **continuous, "horizon_days": decay.horizon}


def _plain(value: object) -> object:
    """Return the plain form of one value of a rule or a set."""
    if isinstance(value, Criterion):
        return _criterion_data(value)
    if isinstance(value, HalfLife | Linear | Step):
        return _decay_data(value)
    if isinstance(value, Decimal):
        return shown(value)
    return value.key if isinstance(value, ZoneInfo) else value


def set_data(rule_set: object, shape: Shape[Any]) -> dict[str, Any]:
    """Return the plain form of a rule set: dictionaries, lists, text and integers."""
    data = {key: _plain(getattr(rule_set, key)) for key in shape.set_keys}
    data["group_caps"] = {group: shown(cap) for group, cap in getattr(rule_set, "group_caps", ())}
    data["rules"] = [
        {key: _plain(value) for key in shape.rule_keys if (value := getattr(rule, key)) is not None}
        for rule in getattr(rule_set, "rules", ())
    ]
    return {key: value for key, value in data.items() if value is not None and value != {}}


def fingerprint_of(data: dict[str, Any]) -> str:
    """Return the SHA-256 of the plain form of a rule set with the rules by name."""
    rules = sorted(data["rules"], key=lambda rule: str(rule["name"]))
    text = json.dumps({**data, "rules": rules}, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _is_large(data: object) -> bool:
    """Say whether data has too many parts, without looking at more of them than that."""
    parts = values = 0
    waiting = [data]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Mapping | list | tuple):
            parts += 1
            values += len(part)
            if parts > _MOST_PARTS or values > _MOST_VALUES:
                return True
            waiting += part.values() if isinstance(part, Mapping) else part
    return False


def _fault(path: str, found: object, rule: str) -> Fault:
    return Fault(path, str(InvalidValueError("it", found, rule)))


@attrs.frozen(kw_only=True)
class Means:
    """What criteria are read with.

    Attributes:
        schema: The fields that they may read; without it, types are not checked.
        named: Criteria that they may refer to by name.
        predicates: The plugin predicates that they may ask.
        limits: How much each of them may ask for.
    """

    schema: Schema | None
    named: Named
    predicates: Predicates
    limits: Limits


@attrs.define
class _Reading(Generic[_RuleT]):
    """One pass over the data; it goes on after a fault, to find the others too."""

    shape: Shape[_RuleT]
    means: Means
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
                called = str(key)[:_LONGEST_KEY]
                problem = str(UnknownNameError("key", called, known))
                self.faults.append(Fault(f"{path}.{called}", problem))
        for key in required:
            if key not in data:
                self.faults.append(Fault(path, f"{key} is missing"))
        return {key: value for key, value in data.items() if key in known}

    def rules(self, data: object, path: str) -> list[_RuleT]:
        """Return the rules of a list, as far as they can be read."""
        if not isinstance(data, list | tuple):
            self.faults.append(_fault(path, data, "be a list of rules"))
            return []
        if len(data) > _MOST_RULES:
            self.faults.append(Fault(path, f"it must have at most {_MOST_RULES:,} rules"))
            return []
        if _is_large(data):
            problem = f"it must have at most {_MOST_PARTS:,} tables and lists in all"
            problem += f", and {_MOST_VALUES:,} keys and values"
            self.faults.append(Fault(path, problem))
            return []
        read = [self._rule(rule, f"{path}[{place}]") for place, rule in enumerate(data)]
        return [rule for rule in read if rule is not None]

    def _rule(self, data: object, path: str) -> _RuleT | None:
        before = len(self.faults)
        table = self.table(data, path, self.shape.rule_keys, ["name", "when", "points"])
        if "when" in table:
            with self.at(f"{path}.when"):
                table["when"] = from_data(
                    table["when"],
                    schema=self.means.schema,
                    named=self.means.named,
                    predicates=self.means.predicates,
                    limits=self.means.limits,
                    path=f"{path}.when",
                )
        if "decay" in table:
            table["decay"] = self._decay(table["decay"], f"{path}.decay")
        if len(self.faults) == before:
            with self.at(path):
                rule = self.shape.make(table.pop("name"), **table)
                if self.means.schema is not None:
                    self.faults += self.shape.type_faults(rule, self.means.schema, path)
                return rule
        return None

    def _decay(self, data: object, path: str) -> Decay | None:
        before = len(self.faults)
        required = ["since"] if self.shape.dates else []
        known = [key for key in _DECAY_KEYS if self.shape.dates or key != "since"]
        table = self.table(data, path, known, required)
        if len(self.faults) == before:
            with self.at(path):
                return _decay(table)
        return None


def _decay(table: Mapping[str, Any]) -> Decay:
    kinds = [kind for kind in _DECAYS if kind in table]
    if len(kinds) != 1:
        raise InvalidValueError("decay", kinds, f"state one of {', '.join(_DECAYS)}")
    make, names = _DECAYS[kinds[0]]
    for key in table:
        if key not in names:
            raise UnknownNameError(f"key beside {kinds[0]}", key, names)
    return make(**{names[key]: value for key, value in table.items()})


def read_rules(
    make: Callable[..., _SetT],
    shape: Shape[_RuleT],
    data: object,
    *,
    means: Means,
    path: str,
) -> _SetT:
    """Return the rule set that plain data describes.

    Raises:
        FaultsError: With everything that is wrong with it.
    """
    reading = _Reading(shape, means)
    table = reading.table(data, path or "rule set", shape.set_keys, shape.required)
    caps = table.get("group_caps", {})
    if not isinstance(caps, Mapping):
        where = under(path, "group_caps")
        reading.faults.append(_fault(where, caps, "be a table of groups and caps"))
    elif len(caps) > _MOST_RULES:
        problem = f"it must have at most {_MOST_RULES:,} groups"
        reading.faults.append(Fault(under(path, "group_caps"), problem))
    read = reading.rules(table.get("rules", []), under(path, "rules"))
    if not reading.faults:
        with reading.at(path or "rule set"):
            return make(**{**table, "rules": read})
    raise FaultsError("rule set", reading.faults)
