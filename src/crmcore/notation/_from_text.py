"""Reading criteria from text that people write."""

from __future__ import annotations

from collections.abc import Mapping

from crmcore.criteria import Criterion, Predicates, Schema
from crmcore.errors import FaultsError

from ._foreign import decoded
from ._from_data import from_data
from ._limits import DEFAULT, Limits
from ._parser import Parser
from ._to_data import ENVELOPE, VERSION
from ._written import placed


def from_text(
    text: str | bytes,
    *,
    schema: Schema | None = None,
    named: Mapping[str, Criterion] | None = None,
    predicates: Predicates | None = None,
    limits: Limits | None = None,
    source: str = "rule",
) -> Criterion:
    """Return the criterion that a text says: ``spend > 100 and tier in ("gold", "silver")``.

    Args:
        text: The text, or its bytes in UTF-8.
        schema: The fields that it may read, which settle also whether a number is an integer,
            a decimal or a float; without it, types are not checked.
        named: Criteria that it may refer to by name, beside those that it defines itself.
        predicates: The plugin predicates that it may ask; none unless stated.
        limits: How much it may ask for; as much as the language allows, unless stated.
        source: How to call the text in a message.

    Raises:
        FaultsError: With the line and the column of what is wrong, and the line itself.

    Complexity:
        Linear in the text up to the limits; what lies beyond them is not looked at.

    .. versionadded:: 0.1.0
    """
    limits = limits or DEFAULT
    content = decoded(text, source, limits)
    expression, where = Parser(content, source, limits).document()
    definitions = {"where": {name: part.data for name, part in where.items()}} if where else {}
    document = {ENVELOPE: VERSION, **definitions, "expr": expression.data}
    try:
        return from_data(document, schema=schema, named=named, predicates=predicates, limits=limits)
    except FaultsError as error:
        places = dict(expression.places("expr"))
        for name, part in where.items():
            places.update(part.places(f"where.{name}"))
        raise FaultsError(source, placed(error.faults, places, content)) from None
