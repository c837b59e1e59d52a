"""The JSON Schema of the plain form, from the tables that the reader goes by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from crmcore.criteria import Schema

from ._forms import CONSTANTS, DATE, DATETIME, DAYS, DECIMAL, GROUPS, LEAVES, TERMS, Form, Shape
from ._limits import DEFAULT, Limits
from ._to_data import ENVELOPE, VERSION

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
Plain: TypeAlias = "dict[str, Any]"

_NAME: Final[Plain] = {"type": "string", "minLength": 1, "maxLength": 64}


def json_schema(*, schema: Schema | None = None, limits: Limits | None = None) -> Plain:
    """Return the JSON Schema of the plain form, which editors and other programs check by.

    What `from_data` takes is valid by it. It cannot say all that `from_data` checks: types,
    the size of the whole, and whether names are known.

    Its ``$defs`` can be referred to from the schema of a larger file: ``criterion`` is an
    expression, ``document`` one with definitions.

    Args:
        schema: The fields that there are; without it, any name may be one.
        limits: How much a criterion may ask for; as much as the language allows, unless stated.

    .. versionadded:: 0.1.0
    """
    limits = limits or DEFAULT
    names: Plain = _NAME if schema is None else {"enum": list(schema.names)}
    return {
        "$schema": _DIALECT,
        "title": "A criterion, as plain data",
        "anyOf": [_ref("document"), _ref("criterion")],
        "$defs": {
            "document": _DOCUMENT,
            "criterion": {
                "anyOf": [
                    _one_of({**GROUPS, **LEAVES}, limits, named=_ref("name"), call=_CALL),
                    {"type": "string", "minLength": 1},
                ]
            },
            "term": _one_of(TERMS, limits),
            "constant": {"anyOf": [_scalar(limits), _one_of(CONSTANTS, limits)]},
            "day": _one_of(DAYS, limits),
            "value": {"anyOf": [_ref("term"), _ref("constant"), _ref("day")]},
            "field": names,
            "name": _NAME,
            "text": {"type": "string", "minLength": 1, "maxLength": limits.text},
        },
    }


def _ref(name: str) -> Plain:
    return {"$ref": f"#/$defs/{name}"}


def _table(properties: Plain, **more: object) -> Plain:
    return {"type": "object", "properties": properties, "additionalProperties": False, **more}


def _list(of: Plain, **more: object) -> Plain:
    return {"type": "array", "items": of, **more}


def _written(pattern: str) -> Plain:
    return {"type": "string", "pattern": pattern}


def _scalar(limits: Limits) -> Plain:
    return {"type": ["number", "string", "boolean"], "maxLength": limits.text}


def _one_of(forms: Mapping[str, Form], limits: Limits, **more: Plain) -> Plain:
    """Return the schema of an object with one key, which is that of a form."""
    properties = {key: _form(form, limits) for key, form in forms.items()}
    return _table({**properties, **more}, minProperties=1, maxProperties=1)


def _form(form: Form, limits: Limits) -> Plain:
    shapes = [_shape(shape, limits) for shape in form.shapes]
    if len(shapes) == 1:
        return shapes[0]
    contains = {"contains": _ref("term")} if form.has_term else {}
    count = {"minItems": len(shapes), "maxItems": len(shapes)}
    return {"type": "array", "prefixItems": shapes, **count, **contains}


def _shape(shape: Shape, limits: Limits) -> Plain:
    counts = {"type": "integer"}
    shapes: dict[Shape, Plain] = {
        Shape.CRITERION: _ref("criterion"),
        Shape.CRITERIA: _list(_ref("criterion"), maxItems=limits.nodes),
        Shape.TERM: _ref("term"),
        Shape.FIELD: _table({"field": _ref("field")}, required=["field"]),
        Shape.VALUE: _ref("value"),
        Shape.DAY: _table({"param": {"const": "as_of"}}, required=["param"]),
        Shape.CONSTANTS: _list(_ref("constant"), minItems=1, maxItems=limits.values),
        Shape.TEXT: _ref("text"),
        Shape.NAME: _ref("field"),
        Shape.PARAMETER: {"const": "as_of"},
        Shape.SHIFT: _table({"months": counts, "days": counts}, minProperties=1),
        Shape.DECIMAL: _written(DECIMAL),
        Shape.DATE: _written(DATE),
        Shape.DATETIME: _written(DATETIME),
    }
    return shapes[shape]


# The name of a predicate, its arguments, and its version if the rule is held to one.
_CALL: Final[Plain] = {
    "type": "array",
    "prefixItems": [
        _ref("text"),
        {"type": "object", "additionalProperties": _ref("constant")},
        _ref("text"),
    ],
    "minItems": 2,
    "maxItems": 3,
}
_DOCUMENT: Final[Plain] = _table(
    {
        ENVELOPE: {"const": VERSION},
        "where": {
            "type": "object",
            "propertyNames": _ref("name"),
            "additionalProperties": _ref("criterion"),
        },
        "expr": _ref("criterion"),
    },
    required=[ENVELOPE, "expr"],
)
