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
from typing import TextIO, TypeAlias

import attrs

from crmcore.errors import Fault, nearest

Source: TypeAlias = str | PathLike[str]
_GZIP_MAGIC = b"\x1f\x8b"
_DELIMITERS = (",", ";", "\t", "|")


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

    def _read(
        self, stream: TextIO, wanted: tuple[str, ...]
    ) -> Iterator[tuple[int, Mapping[str, str]]]:
        reader = csv.reader(stream, delimiter=self.delimiter, strict=True)
        header: list[str] | None = None
        number = 0
        while True:
            number += 1
            try:
                fields = next(reader, None)
            except csv.Error as error:
                self._tell(f"row {number}", f"{error}; the rows behind it were not read")
                return
            if fields is None:
                break
            if header is None:
                header = [field.strip() for field in fields]
                if not self._has_columns(header, wanted):
                    return
            elif fields and self._is_well_formed(number, fields, header):
                stripped = (field.strip() for field in fields)
                yield number, dict(zip(header, stripped, strict=True))
        if header is None:
            names = ", ".join(wanted)
            self._tell("row 1", f"the file is empty; its first row must name the columns {names}")

    def _has_columns(self, header: list[str], wanted: tuple[str, ...]) -> bool:
        before = len(self.faults)
        for name in wanted:
            if name not in header:
                self._tell("row 1", self._no_column(name, header))
            elif header.count(name) > 1:
                self._tell("row 1", f"{header.count(name)} columns are called {name!r}; keep one")
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
        return f"{problem}; the file has {', '.join(header)}"

    def _is_well_formed(self, number: int, fields: list[str], header: list[str]) -> bool:
        if len(fields) != len(header):
            problem = f"{len(fields)} fields instead of {len(header)}; quote what holds a divider"
            self._tell(f"row {number}", problem)
            return False
        if "".join(fields).isprintable():
            return True
        before = len(self.faults)
        for name, field in zip(header, fields, strict=True):
            if "\0" in field:
                self._tell(f"row {number}, column {name}", "there is a NUL character; remove it")
            elif any("\ud800" <= character <= "\udfff" for character in field):
                problem = "there are bytes that are no UTF-8; save the file as UTF-8"
                self._tell(f"row {number}, column {name}", problem)
        return len(self.faults) == before

    def _tell(self, path: str, problem: str) -> None:
        self.faults.append(Fault(path, problem))


@contextmanager
def _opened(source: Source) -> Iterator[TextIO]:
    """Open a file as text; bytes that are no UTF-8 become lone surrogates, for the fault."""
    with Path(source).open("rb") as raw:
        packed = raw.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
        raw.seek(0)
        plain = GzipFile(fileobj=raw) if packed else raw
        with TextIOWrapper(
            plain, encoding="utf-8-sig", errors="surrogateescape", newline=""
        ) as text:
            yield text
