"""Tables of text: the rows of a CSV file, with everything that is wrong with their form."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from gzip import BadGzipFile, GzipFile
from io import TextIOWrapper
from os import PathLike
from pathlib import Path
from typing import Final, TextIO, TypeAlias

import attrs

from crmcore.errors import Fault, FaultsError, nearest

Source: TypeAlias = str | PathLike[str]
_GZIP_MAGIC: Final = b"\x1f\x8b"
_DELIMITERS: Final = (",", ";", "\t", "|")
_SHOWN_COLUMNS: Final = 20
_SHOWN_CHARACTERS: Final = 40
# Not all that Python takes for a blank: the separators of units are control characters.
_BLANKS: Final = " \t\r\n\u00a0\u3000"

# What files begin with that are no CSV in UTF-8, whatever they are called.
_OTHER_KINDS: Final = {
    b"\xff\xfe": "its text is UTF-16; save it as CSV in UTF-8",
    b"\xfe\xff": "its text is UTF-16; save it as CSV in UTF-8",
    b"PK\x03\x04": "it is a workbook or an archive; save the sheet as CSV in UTF-8",
    b"\xd0\xcf\x11\xe0": "it is a workbook; save the sheet as CSV in UTF-8",
    _GZIP_MAGIC: "it is compressed twice; unpack it once",
}
# What the reader of the csv module says of fields, and what that is for people.
_FORMS: Final = {
    "unexpected end": "a quote is opened and never closed",
    "larger than": "a field never ends; perhaps a quote is opened and never closed",
    "expected after": "text follows a closing quote; write quotes within a field twice",
}


@attrs.define
class TextTable:
    """A CSV file with a header, read as a stream; what is wrong with it gathers in *faults*.

    Attributes:
        source: The file, which may be compressed with gzip.
        delimiter: What stands between two fields.
        faults: What was wrong with the rows that were read so far.
    """

    source: Source
    delimiter: str
    faults: list[Fault] = attrs.field(factory=list, init=False)

    def rows(self, wanted: Iterable[str]) -> Iterator[tuple[int, Mapping[str, str]]]:
        """Yield the number and the wanted fields of every row whose form is right.

        Rows count as a spreadsheet counts them: the header is row 1. Blanks at the ends of
        fields are taken off; empty rows are passed over.
        """
        try:
            with _opened(self.source) as stream:
                yield from self._read(stream, tuple(wanted))
        except (EOFError, BadGzipFile, zlib.error):
            self._tell("file", "the compressed data is damaged or cut off; fetch the file again")
        except OSError as error:
            self._tell("file", f"cannot be read: {(error.strerror or str(error)).lower()}")
            raise FaultsError(str(self.source), self.faults) from error

    def _read(
        self, stream: TextIO, wanted: tuple[str, ...]
    ) -> Iterator[tuple[int, Mapping[str, str]]]:
        header: list[str] | None = None
        for number, fields in self._filled(stream):
            if header is None:
                header = [field.strip(_BLANKS) for field in fields]
                if not self._is_text(number, fields) or not self._has_columns(
                    number, header, wanted
                ):
                    return
            elif self._is_well_formed(number, fields, header):
                stripped = (field.strip(_BLANKS) for field in fields)
                yield number, dict(zip(header, stripped, strict=True))
        if header is None and not self.faults:
            names = ", ".join(wanted)
            self._tell("row 1", f"the file is empty; its first row must name the columns {names}")

    def _filled(self, stream: TextIO) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows that have anything in them, with their numbers."""
        reader = csv.reader(stream, delimiter=self.delimiter, strict=True)
        number = 0
        while True:
            number += 1
            try:
                fields = next(reader, None)
            except csv.Error as error:
                forms = (form for sign, form in _FORMS.items() if sign in str(error))
                problem = next(forms, str(error))
                self._tell(f"row {number}", f"{problem}; the rows behind it were not read")
                return
            if fields is None:
                return
            if any(field.strip(_BLANKS) for field in fields):
                yield number, fields

    def _has_columns(self, number: int, header: list[str], wanted: tuple[str, ...]) -> bool:
        before = len(self.faults)
        for name in wanted:
            if name not in header:
                self._tell(f"row {number}", self._no_column(name, header))
            elif header.count(name) > 1:
                problem = f"{header.count(name)} columns are called {name!r}; keep one"
                self._tell(f"row {number}", problem)
        return len(self.faults) == before

    def _no_column(self, name: str, header: list[str]) -> str:
        problem = f"there is no column {name!r}"
        suggestion = nearest(name, header)
        if suggestion is not None and self.delimiter not in suggestion and len(header) > 1:
            return f"{problem}; did you mean {suggestion!r}?"
        if len(header) == 1:
            for other in _DELIMITERS:
                if other in header[0]:
                    return f"{problem}; the fields seem to be divided by {other!r}: say delimiter"
        return f"{problem}; the file has {_listed(header)}"

    def _is_well_formed(self, number: int, fields: list[str], header: list[str]) -> bool:
        if len(fields) != len(header):
            problem = f"{len(fields)} fields instead of {len(header)}; quote what holds a divider"
            self._tell(f"row {number}", problem)
            return False
        return self._is_text(number, fields, header)

    def _is_text(self, number: int, fields: list[str], header: Iterable[str] = ()) -> bool:
        """Say whether all fields are text, and tell of those that are not."""
        if "".join(fields).isprintable():
            return True
        before = len(self.faults)
        names = [f", column {name}" for name in header] or [""] * len(fields)
        for name, field in zip(names, fields, strict=True):
            if "\0" in field:
                self._tell(f"row {number}{name}", "there is a NUL character; remove it")
            elif any("\ud800" <= character <= "\udfff" for character in field):
                problem = "there are bytes that are no UTF-8; save the file as UTF-8"
                self._tell(f"row {number}{name}", problem)
        return len(self.faults) == before

    def _tell(self, path: str, problem: str) -> None:
        self.faults.append(Fault(path, problem))


def _listed(names: list[str]) -> str:
    """Return the first names, each on one line and cut where it is very long."""
    shown = ", ".join(map(_short, names[:_SHOWN_COLUMNS]))
    more = len(names) - _SHOWN_COLUMNS
    return f"{shown} and {more} more" if more > 0 else shown


def _short(name: str) -> str:
    text = name if name.isprintable() else ascii(name)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


@contextmanager
def _opened(source: Source) -> Iterator[TextIO]:
    """Open a file as text; bytes that are no UTF-8 become lone surrogates, for the fault.

    Raises:
        FaultsError: If it begins as something else than text in UTF-8 does.
    """
    with Path(source).open("rb") as raw:
        packed = raw.peek(len(_GZIP_MAGIC)).startswith(_GZIP_MAGIC)
        plain = GzipFile(fileobj=raw) if packed else raw
        beginning = plain.peek(max(map(len, _OTHER_KINDS)))
        for magic, problem in _OTHER_KINDS.items():
            if beginning.startswith(magic):
                raise FaultsError(str(source), [Fault("file", problem)])
        with TextIOWrapper(
            plain, encoding="utf-8-sig", errors="surrogateescape", newline=""
        ) as text:
            yield text
