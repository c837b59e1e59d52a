"""Forms: what SQLite and PostgreSQL say in different words.

Each form is one expression of SQLAlchemy with a text for each of the two databases. The text
stands in brackets of its own, unless it is a call, so that nothing around it is read into it.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final, Self

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType

from crmcore.errors import InvalidValueError

# What SQLAlchemy prints where no database is named is written as for PostgreSQL.
_DIALECTS: Final = {"sqlite": "sqlite", "postgresql": "postgresql", "default": "postgresql"}


class Form(FunctionElement[Any]):
    """An expression with a text for each database.

    Attributes:
        sqlite: The text for SQLite, with ``{a}``, ``{b}`` for the parts.
        postgresql: The text for PostgreSQL.
        rule: What would be right, where a database has no text.
    """

    sqlite: ClassVar[str] = ""
    postgresql: ClassVar[str] = ""
    rule: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        """Let SQLAlchemy keep what it has compiled: the class and the parts say it all."""
        super().__init_subclass__()
        cls.inherit_cache = True

    def __init__(self, *parts: sa.ColumnElement[Any], type_: Any = sa.Boolean) -> None:  # noqa: ANN401 - a type of SQLAlchemy, or its class
        """Make it of its parts.

        Args:
            parts: What the text calls ``{a}``, ``{b}``.
            type_: The type of its values.
        """
        super().__init__(*parts)
        self.type = sa.types.to_instance(type_)

    def self_group(self, against: OperatorType | None = None) -> Self:
        """Return itself, which stands in brackets already; ``= 1`` behind it would hide indexes."""
        del against
        return self


class Call(Form):
    """A form whose text is a call of a function, which needs no brackets around it."""


class _Parts:
    """The texts of a form's parts, in brackets where they are made of more than a word."""

    def __init__(self, form: Form, compiler: SQLCompiler, options: dict[str, Any]) -> None:
        self._parts = dict(zip("abc", form.clauses, strict=False))
        self._compiler = compiler
        self._options = options

    def __getitem__(self, name: str) -> str:
        part = self._parts[name]
        text = self._compiler.process(part, **self._options)
        return text if _is_closed(part) else f"({text})"


def _is_closed(part: sa.ColumnElement[Any]) -> bool:
    if isinstance(part, sa.TypeCoerce):
        return _is_closed(part.typed_expression)
    return isinstance(part, sa.ColumnClause | sa.BindParameter | Form)


@compiles(Form)
def _written(form: Form, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - as SQLAlchemy hands them on
    dialect = compiler.dialect.name
    if dialect not in _DIALECTS:
        raise InvalidValueError("dialect", dialect, "be sqlite or postgresql")
    text: str = getattr(form, _DIALECTS[dialect])
    if not text:
        raise InvalidValueError("columns", compiler.process(form.clauses, **options), form.rule)
    written = text.format_map(_Parts(form, compiler, options))
    return written if isinstance(form, Call) or text == "{a}" else f"({written})"


class Not(Form):
    """The opposite of a condition; unknown where it is unknown."""

    sqlite = postgresql = "NOT {a}"


class Holds(Form):
    """True where a condition is true, and else false."""

    sqlite = postgresql = "{a} IS TRUE"


class HoldsNot(Form):
    """False where a condition is true, and else true."""

    sqlite = postgresql = "{a} IS NOT TRUE"


class MayHold(Form):
    """False where a condition is false, and else true."""

    sqlite = postgresql = "{a} IS NOT FALSE"


class Told(Form):
    """The word for the verdict of a condition."""

    sqlite = postgresql = (
        "CASE {a} WHEN TRUE THEN 'holds' WHEN FALSE THEN 'fails' ELSE 'unknown' END"
    )


class Stored(Form):
    """A column as it stands, without the operators that a type of the user's own may bring."""

    sqlite = postgresql = "{a}"


class Known(Call):
    """A number that is missing where it is NaN; SQLite keeps no NaN."""

    sqlite = "{a}"
    postgresql = "NULLIF({a}, 'NaN')"


class KnownSingle(Known):
    """A float of 32 bits, which is one only on SQLite by name."""

    postgresql = ""
    rule = "be of the type DOUBLE PRECISION: the decimal digits of 32 bits differ by who reads them"


class KnownNumeric(Known):
    """A decimal that only PostgreSQL keeps exactly."""

    sqlite = ""
    rule = "be of the type crmcore.sql.FixedDecimal: SQLite keeps NUMERIC as a float"


class Timestamp(Form):
    """An instant that only PostgreSQL keeps in one way."""

    postgresql = "{a}"
    rule = "be of the type crmcore.sql.Instant: SQLite keeps DATETIME as whatever text comes"


class Word(Call):
    """A word of an enumeration as text; the ENUM of PostgreSQL is a type of its own."""

    sqlite = "{a}"
    postgresql = "CAST({a} AS TEXT)"


class Wide(Call):
    """A whole number of 64 bits."""

    sqlite = "{a}"
    postgresql = "CAST({a} AS BIGINT)"


class DayOfText(Form):
    """A day that a store keeps as text, as ISO 8601 writes it."""

    sqlite = "{a}"
    postgresql = "CAST({a} AS DATE)"


class TruthOfNumber(Form):
    """What is true or not, and a store keeps as 1 or 0."""

    sqlite = "{a}"
    postgresql = "{a} <> 0"


class SetOfJson(Form):
    """A set of texts that a store keeps as a list in JSON."""

    sqlite = "{a}"
    postgresql = (
        "CASE WHEN {a} IS NOT NULL "
        "THEN ARRAY(SELECT JSONB_ARRAY_ELEMENTS_TEXT(CAST({a} AS JSONB))) END"
    )


class Finer(Form):
    """A decimal with more digits behind the point; *b* is the power of ten."""

    sqlite = "{a} * {b}"
    postgresql = "{a}"


class Double(Call):
    """A number as a float."""

    sqlite = "CAST({a} AS REAL)"
    postgresql = "CAST({a} AS DOUBLE PRECISION)"


class DoubleOfDecimal(Form):
    """A decimal as a float, rounded once; *b* is the power of ten of its scale."""

    sqlite = "CAST({a} AS REAL) / {b}"
    postgresql = Double.postgresql


class Sum(Form):
    """The sum of two numbers."""

    sqlite = postgresql = "{a} + {b}"


class Difference(Form):
    """The difference of two numbers."""

    sqlite = postgresql = "{a} - {b}"


class Product(Form):
    """The product of two numbers."""

    sqlite = postgresql = "{a} * {b}"


class Quotient(Form):
    """The quotient of two floats; missing where the second is zero."""

    sqlite = postgresql = "{a} / NULLIF({b}, 0)"


class FirstKnown(Call):
    """The first of two values that is not missing."""

    sqlite = postgresql = "COALESCE({a}, {b})"


class Size(Call):
    """The absolute value of a number."""

    sqlite = postgresql = "ABS({a})"


class Length(Call):
    """The number of code points of a text."""

    sqlite = "LENGTH({a})"
    postgresql = "CAST(CHAR_LENGTH({a}) AS BIGINT)"


class DaysBetween(Call):
    """The days from the first date to the second."""

    sqlite = "CAST(JULIANDAY({b}) - JULIANDAY({a}) AS INTEGER)"
    postgresql = "CAST({b} - {a} AS BIGINT)"


class Same(Form):
    """Whether two texts are the same, letter by letter, whatever the collation takes for equal."""

    sqlite = "{a} COLLATE BINARY = {b}"
    postgresql = 'CAST({a} AS TEXT) COLLATE "C" = {b}'


class SameAsKey(Same):
    """The same for a column and a constant.

    An index of PostgreSQL serves one collation, most often the one of the column. What is the
    same letter by letter is equal in every collation, so the first condition, for which there
    may be an index, takes nothing away from the second.
    """

    postgresql = '{a} = {b} AND CAST({a} AS TEXT) COLLATE "C" = {b}'


class Different(Form):
    """Whether two texts differ in a letter."""

    sqlite = "{a} COLLATE BINARY <> {b}"
    postgresql = 'CAST({a} AS TEXT) COLLATE "C" <> {b}'


class Among(Form):
    """Whether a text is one of a list, letter by letter."""

    sqlite = "{a} COLLATE BINARY IN {b}"
    postgresql = 'CAST({a} AS TEXT) COLLATE "C" IN {b}'


class AmongAsKey(Among):
    """The same for a column, so that its index serves."""

    postgresql = '{a} IN {b} AND CAST({a} AS TEXT) COLLATE "C" IN {b}'


class Starts(Form):
    """Whether a text starts with another."""

    sqlite = "SUBSTR({a}, 1, LENGTH({b})) = {b}"
    postgresql = 'STARTS_WITH({a} COLLATE "C", {b})'


class Ends(Form):
    """Whether a text ends with another."""

    sqlite = "SUBSTR({a}, -LENGTH({b})) = {b}"
    postgresql = 'RIGHT({a}, CHAR_LENGTH({b})) COLLATE "C" = {b}'


class Contains(Form):
    """Whether a text contains another."""

    sqlite = "INSTR({a}, {b}) > 0"
    postgresql = 'STRPOS({a} COLLATE "C", {b}) > 0'


class Has(Form):
    """Whether a set of texts has an element; only a missing set leaves it unknown."""

    # The set gets a name of its own: JSON_EACH has columns called id, key, type and value.
    sqlite = (
        "CASE WHEN {a} IS NOT NULL THEN EXISTS ("
        "SELECT 1 FROM (SELECT {a} AS crm_set) AS crm_row, JSON_EACH(crm_row.crm_set) AS crm_one "
        "WHERE crm_one.value = {b}) END"
    )
    postgresql = '{a} @> ARRAY[CAST({b} AS TEXT)] AND {a} COLLATE "C" @> ARRAY[CAST({b} AS TEXT)]'
