"""Holding a plugin predicate to what it promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from random import Random
from typing import Any, Final

from crmcore.criteria import Predicate, Predicates, Schema
from crmcore.errors import InvalidValueError

from ._back_ends import Tally
from ._edges import DAYS_OF_JUDGEMENT, EDGES, draw_constant, random_rows
from ._trial import Judge, Trial

_ARGUMENTS: Final = 100
_MOST_OPEN: Final = 2
# A field of each kind, all of which may be missing, to try where only a name is declared.
_KINDS: Final = tuple(
    EDGES[name]
    for name in ("joined", "seen", "points", "spent", "ratio", "name", "is_vip", "topics")
)


def check_predicate(
    predicate: Predicate,
    *,
    schema: Schema | None = None,
    judges: Sequence[Judge] = (),
    rows: int = 100,
    seed: int = 0,
) -> Tally:
    """Check that a plugin predicate keeps its promises.

    It is asked about random records, with fields of the types that it declares and from the
    edges of each type, and with random arguments. It must be *total*: it never raises, and
    answers True, False or None, also where something is missing. It must be *deterministic*:
    asked again, and in another order, it answers the same. It must read nothing but what it
    declares. And each of its other forms must answer as the function does.

    Args:
        predicate: The predicate.
        schema: The types of its fields, where it declares only their names. Without it, one that
            declares up to two fields so must keep its promises for some type of each.
        judges: The back ends on which its forms run, as `check_back_end` takes them.
        rows: How many records to ask about, for each of a hundred choices of arguments.
        seed: All chance comes from it.

    Returns:
        The counts.

    Raises:
        AssertionError: If it breaks a promise; the message shows the record and the arguments.
        InvalidValueError: If the types of its fields are not declared, and too many to try.

    .. versionadded:: 0.1.0
    """
    arguments = _arguments(predicate, seed)
    problem = ""
    for typed in _schemas(predicate, schema):
        records = random_rows(seed, count=rows, schema=typed)
        found = _broken(predicate, records, arguments)
        if found is None:
            _hold(predicate, judges, records, arguments, typed)
            return _counted(predicate, records, arguments)
        problem = problem or found
    raise AssertionError(problem)


def _schemas(predicate: Predicate, schema: Schema | None) -> Iterator[Schema]:
    """Yield the schemas to try: one, unless fields are declared only by their names."""
    declared = {
        name: column if schema is None else schema[name] for name, column in predicate.reads
    }
    named = [name for name, column in declared.items() if column is None]
    if len(named) > _MOST_OPEN:
        rule = f"be given, because {predicate.name} declares no types for {', '.join(named)}"
        raise InvalidValueError("schema", None, rule)
    for kinds in product(_KINDS, repeat=len(named)):
        columns = declared | dict(zip(named, kinds, strict=True))
        known = ((name, column) for name, column in sorted(columns.items()) if column is not None)
        yield Schema(tuple(known))


def _arguments(predicate: Predicate, seed: int) -> list[dict[str, Any]]:
    random = Random(seed)  # noqa: S311 - chance that can be repeated
    return [
        {
            each.name: draw_constant(random, each.column.kind.name, each.column.words)
            for each in predicate.takes
        }
        for _ in range(_ARGUMENTS if predicate.takes else 1)
    ]


def _broken(
    predicate: Predicate, records: Sequence[Mapping[str, Any]], arguments: list[dict[str, Any]]
) -> str | None:
    """Return what is wrong with the predicate, if something is."""
    asked = list(product(range(len(arguments)), range(len(records))))
    truths = {}
    for given, place in asked:
        answer = predicate.answer(_values(predicate, records[place]), arguments[given])
        if answer.error:
            return _told(predicate, f"fails: {answer.error}", records[place], arguments[given])
        truths[given, place] = answer.truth
    for given, place in reversed(asked):
        answer = predicate.answer(_values(predicate, records[place]), arguments[given])
        if answer.truth is not truths[given, place]:
            said = f"answers {answer.truth}, and has answered {truths[given, place]} before"
            return _told(predicate, said, records[place], arguments[given])
    return None


def _values(predicate: Predicate, record: Mapping[str, Any]) -> list[Any]:
    values = (record[name] for name in predicate.fields)
    return [None if value != value else value for value in values]  # noqa: PLR0124 - NaN does


def _told(
    predicate: Predicate, said: str, record: Mapping[str, Any], arguments: Mapping[str, Any]
) -> str:
    read = {name: record[name] for name in predicate.fields}
    lines = [f"{predicate.name} {said}", f"  record:    {read!r}"]
    return "\n".join([*lines, f"  arguments: {arguments!r}"] if arguments else lines)


def _hold(
    predicate: Predicate,
    judges: Sequence[Judge],
    records: Sequence[Mapping[str, Any]],
    arguments: list[dict[str, Any]],
    schema: Schema,
) -> None:
    """Hold the other forms to the function.

    Raises:
        AssertionError: If one answers otherwise.
    """
    known = Predicates.of(predicate)
    asked = [known.asked(predicate.name, given) for given in arguments]
    for judge in judges:
        trial = Trial(judge, DAYS_OF_JUDGEMENT[0], schema)
        wrong = trial.wrong(asked, records)
        if wrong is not None:
            raise AssertionError(trial.told(trial.shrunk(wrong)))


def _counted(
    predicate: Predicate, records: Sequence[Mapping[str, Any]], arguments: list[dict[str, Any]]
) -> Tally:
    found = Counter(
        predicate.answer(_values(predicate, record), given).truth
        for given in arguments
        for record in records
    )
    return Tally(
        criteria=len(arguments),
        rows=len(records),
        holds=found[True],
        fails=found[False],
        unknown=found[None],
    )
