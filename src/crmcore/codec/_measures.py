"""Measures as data: a table of one name, which tells the kind, and under it the fields.

``Ratio(Count(F.refund.is_false(), source="purchases"), Distinct("customer"))`` is written as::

    {
        "ratio": {
            "numerator": {"count": {"where": "refund is false", "source": "purchases"}},
            "denominator": {"distinct": {"field": "customer"}},
        }
    }

What has its default is left out. The numbers that a `crmcore.measures.Derived` is given may be
read from a table of names and numbers as well as from a list of pairs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import attrs

from crmcore import measures
from crmcore.errors import CrmError, Fault, UnknownNameError
from crmcore.measures import Measure

from ._collections import Reader
from ._faulty import Faulty, refused, under

ReaderOf: TypeAlias = Callable[[type[Any]], Reader]

_WORD: Final = re.compile(r"(?<!^)(?=[A-Z])")
_RULE: Final = 'be a measure as a table of its kind, such as {"count": {"source": "purchases"}}'


def _tag(cls: type[Any]) -> str:
    return _WORD.sub("_", cls.__name__).lower()


_KINDS: Final[dict[str, type[Any]]] = {
    _tag(cls): cls
    for cls in map(measures.__dict__.__getitem__, measures.__all__)
    if isinstance(cls, type) and issubclass(cls, Measure) and cls is not Measure
}


def read_measure(reader_of: ReaderOf, data: object) -> Measure:
    """Read a measure of whatever kind.

    Args:
        reader_of: Returns what reads the fields of a kind.
        data: The data.
    """
    if not isinstance(data, Mapping) or len(data) != 1:
        raise refused(data, _RULE)
    [(tag, fields)] = data.items()
    if tag not in _KINDS:
        problem = str(UnknownNameError("measure", str(tag), _KINDS))
        raise Faulty([Fault(str(tag), problem)])
    given = fields.get("given") if isinstance(fields, Mapping) else None
    if isinstance(given, Mapping):
        fields = {**fields, "given": [*map(list, given.items())]}
    try:
        found: Measure = reader_of(_KINDS[tag])(fields)
    except (Faulty, CrmError) as error:
        raise Faulty(under(str(tag), error)) from None
    return found


def write_measure(write: Callable[[Any], Any], measure: Measure) -> dict[str, Any]:
    """Return a measure as data.

    Args:
        write: Writes the value of a field.
        measure: The measure.
    """
    kind: Any = type(measure)
    fields = {
        str(field.alias): write(getattr(measure, field.name))
        for field in attrs.fields(kind)
        if field.init and getattr(measure, field.name) != field.default
    }
    return {_tag(kind): fields}
