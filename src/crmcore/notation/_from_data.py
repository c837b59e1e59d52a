"""Reading criteria from plain data: what JSON and TOML give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import attrs

from crmcore.criteria import Criterion, Predicates, Schema
from crmcore.errors import Fault, FaultsError

from ._limits import DEFAULT, Limits
from ._reader import Reader
from ._refusal import TooLargeError, refused
from ._to_data import ENVELOPE, TWICE, VERSION, Split

_KEYS: Final = (ENVELOPE, "where", "expr")


def from_data(
    data: object,
    *,
    schema: Schema | None = None,
    named: Mapping[str, Criterion] | None = None,
    predicates: Predicates | None = None,
    limits: Limits | None = None,
    path: str = "",
) -> Criterion:
    """Return the criterion that plain data describes.

    Args:
        data: What `to_data` gives, or only the expression in it. Where a criterion may stand
            in it, text as `from_text` reads it may stand too.
        schema: The fields that it may read, which settle also whether a number is an integer,
            a decimal or a float; without it, types are not checked.
        named: Criteria that it may refer to by name, beside those that it defines itself.
        predicates: The plugin predicates that it may ask; none unless stated.
        limits: How much it may ask for; as much as the language allows, unless stated.
        path: Where the data stands in a larger input, to begin the path of each fault.

    Raises:
        FaultsError: With everything that is wrong with it, each with its path.

    Complexity:
        Linear in the data up to the limits; what lies beyond them is not looked at.

    .. versionadded:: 0.1.0
    """
    limits = limits or DEFAULT
    document = _Document.of(data, path, limits)
    reader = Reader(
        limits=limits,
        schema=schema,
        where=document.where,
        where_path=document.where_path,
        known={} if named is None else named,
        predicates=Predicates() if predicates is None else predicates,
        faults=list(document.faults),
    )
    try:
        criterion = reader.criterion(document.expression, document.path, 1)
    except TooLargeError as error:
        raise FaultsError("criterion", [*reader.faults, error.fault]) from None
    faults = reader.faults or [*reader.unused(), *_of_the_whole(criterion, limits, path)]
    if faults:
        raise FaultsError("criterion", faults)
    return criterion


def _of_the_whole(criterion: Criterion, limits: Limits, path: str) -> Iterator[Fault]:
    size = criterion.size
    # The short forms are written out in full by now, and so may be more than was read.
    if size.nodes > limits.nodes or size.depth > limits.depth:
        rule = f"have at most {limits.nodes} parts in all, nested at most {limits.depth} deep"
        yield Fault(path or "criterion", f"a criterion must {rule}, short forms written out")
    for name in Split.of(criterion).twice:
        yield Fault(path or "criterion", TWICE.format(name))


@attrs.frozen(kw_only=True)
class _Document:
    """What was handed in: an expression alone, or one with definitions.

    Attributes:
        expression: The expression.
        path: Where it stands.
        where: The definitions, by name.
        where_path: Where they stand.
        faults: What is wrong with the whole.
    """

    expression: object
    path: str
    where: Mapping[str, object]
    where_path: str
    faults: tuple[Fault, ...] = ()

    @classmethod
    def of(cls, data: object, path: str, limits: Limits) -> _Document:
        """Return the document that was handed in."""
        dot = f"{path}." if path else ""
        if not isinstance(data, Mapping) or ENVELOPE not in data:
            return cls(expression=data, path=path, where={}, where_path=f"{dot}where")
        place, faults = path or "criterion", []
        if type(data[ENVELOPE]) is not int or data[ENVELOPE] != VERSION:
            faults.append(refused(place, ENVELOPE, f"be {VERSION}", data[ENVELOPE]))
        if not set(_KEYS).issuperset(data) or "expr" not in data:
            rule = "have 'expr' beside it, perhaps 'where', and nothing else"
            faults.append(refused(place, ENVELOPE, rule, data))
        where = data.get("where", {})
        if not isinstance(where, Mapping) or len(where) > limits.nodes:
            rule = f"be a table of at most {limits.nodes} names, each with a criterion"
            faults.append(refused(f"{dot}where", "it", rule, where))
            where = {}
        return cls(
            expression=data.get("expr", {"all": []}),
            path=f"{dot}expr",
            where=where,
            where_path=f"{dot}where",
            faults=tuple(faults),
        )
