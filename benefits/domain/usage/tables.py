"""The table of a usage report as people have it: CSV in UTF-8 or UTF-16, any usual separator, or Graph's JSON.

Rows are read in blocks and counted by their distinct cells, so that a report on 200,000 people costs little more than
its parsing, and no row about a person is kept.
"""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from typing import Any, BinaryIO, NamedTuple

from ..json_input import ZIP, InputError, decode_text, read_json_documents
from ..preamble import is_preamble

MAX_BYTES = 80 * 1024 * 1024
MAX_JSON_BYTES = 8 * 1024 * 1024
BLOCK = 512  # rows: what fits a processor's cache
SEPARATORS = (",", ";", "\t")
UTF16 = "utf-16"
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: UTF16, codecs.BOM_UTF16_BE: UTF16}
JSON_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
OTHER_NAMES = {
    "exchange online": "exchange",
    "onedrive for business": "onedrive",
    "sharepoint online": "sharepoint",
    "viva engage": "yammer",
    "microsoft teams": "teams",
}
PARTED = {
    " in bytes": " (byte)",
    "one drive": "onedrive",
    "share point": "sharepoint",
    "power point": "powerpoint",
    "one note": "onenote",
}

Cells = tuple[str, ...]  # of one row, in the columns asked for
Tally = Counter[Cells]


class Spot(NamedTuple):
    """Where a cell stands."""

    line: int | None
    column: str

    def refuse(self, cause: str) -> InputError:
        return InputError(cause, f"column “{self.column}”", self.line)


class Table:
    """A header and its rows. ``columns``: names in lower case, without stray blanks, as they are called here."""

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = tuple(_name_column(name) for name in columns)
        self.rows = 0

    @cached_property
    def places(self) -> dict[str, int]:
        return {name: place for place, name in reversed(list(enumerate(self.columns)))}

    def tally(self, groups: Sequence[Cells]) -> list[Tally]:
        """For each group of columns: its distinct cells, each with how many rows have them. One pass.

        Raises:
            InputError: no rows, a column that stands twice, or a row that is longer or shorter than the header.
        """
        for name in {name for group in groups for name in group}:
            if self.columns.count(name) > 1:
                raise InputError(f"a column stands twice: “{name}”", line=1)
        places = [[self.places[name] for name in group] for group in groups]
        found: list[Tally] = [Counter() for _group in groups]
        self.rows = 0
        for block in self._blocks():
            self.rows += len(block[0])
            values = {place: {*block[place]} for wanted in places for place in wanted}
            for tally, wanted in zip(found, places, strict=True):
                _count(tally, [block[place] for place in wanted], [values[place] for place in wanted])
        if not self.rows:
            raise InputError("holds no row below its header")
        return found

    def spot(self, name: str, cell: str) -> Spot:
        """The first row with this cell in a column."""
        place = self.places[name]
        for line, row in self._lines():
            if place < len(row) and row[place] == cell:
                return Spot(line, name)
        return Spot(None, name)

    def _blocks(self) -> Iterator[list[Cells]]:
        """Rows in blocks, turned into columns."""
        raise NotImplementedError

    def _lines(self) -> Iterator[tuple[int | None, list[str]]]:
        """Rows one by one, each with the line on which it ends."""
        raise NotImplementedError


def _count(tally: Tally, columns: list[Cells], values: list[set[str]]) -> None:
    """Count the rows of a block, looking only at columns that vary: in most blocks some hold one value throughout."""
    varying = [place for place, known in enumerate(values) if len(known) > 1]
    cells = [next(iter(known)) for known in values]
    if not varying:
        tally[tuple(cells)] += len(columns[0])
        return
    for key, rows in Counter(zip(*[columns[place] for place in varying], strict=True)).items():
        for place, cell in zip(varying, key, strict=True):
            cells[place] = cell
        tally[tuple(cells)] += rows


class CsvTable(Table):
    """A CSV file, read from its beginning for each question."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._encoding = _find_encoding(file)
        self._skipped, self._separator = 0, SEPARATORS[0]
        with _plain_errors():
            super().__init__(self._read_header())

    def _read_header(self) -> list[str]:
        """The first line with text, after the line by which Excel is told the separator."""
        text = self._text()
        line = text.readline()
        while line and is_preamble(line):
            self._skipped, line = self._skipped + 1, text.readline()
        cells = {mark: next(csv.reader([line], delimiter=mark), []) for mark in SEPARATORS}
        self._separator = max(SEPARATORS, key=lambda mark: len(cells[mark]))
        return next(self._reader(), [])

    def _text(self) -> io.TextIOWrapper:
        self._file.seek(0)
        file = LeftOpen(self._file, refuses_nul=self._encoding != UTF16)
        return io.TextIOWrapper(file, encoding=self._encoding, newline="")

    def _reader(self) -> Any:
        text = self._text()
        for _line in range(self._skipped):
            text.readline()
        return csv.reader(text, delimiter=self._separator)

    def _blocks(self) -> Iterator[list[Cells]]:
        with _plain_errors():
            reader = self._reader()
            next(reader, None)
            while block := list(islice(reader, BLOCK)):
                columns = self._turn([row for row in block if row] if [] in block else block)
                if columns:
                    yield columns

    def _turn(self, rows: list[list[str]]) -> list[Cells]:
        """Rows as columns; what is blank throughout is no row."""
        columns = list(zip(*rows, strict=True)) if {*map(len, rows)} == {len(self.columns)} else []
        if not columns or "" in columns[0]:
            rows = [row for row in rows if any(cell.strip() for cell in row)]
            for row in rows:
                if len(row) != len(self.columns):
                    line = next((line for line, cells in self._lines() if cells == row), None)
                    raise InputError(f"has {len(row)} cells; the header has {len(self.columns)}", line=line)
            columns = list(zip(*rows, strict=True))
        return columns

    def _lines(self) -> Iterator[tuple[int | None, list[str]]]:
        reader = self._reader()
        next(reader, None)
        for row in reader:
            yield self._skipped + reader.line_num, row


def _find_encoding(file: BinaryIO) -> str:
    file.seek(0)
    start = file.read(4)
    return next((name for mark, name in MARKS.items() if start.startswith(mark)), "utf-8")


@contextmanager
def _plain_errors() -> Iterator[None]:
    """What the decoder and the CSV reader refuse, in words."""
    try:
        yield
    except UnicodeDecodeError:
        raise InputError("not UTF-8 text, nor UTF-16 with its mark: download it again") from None
    except csv.Error as error:
        raise InputError(f"not CSV: {error}") from None


class JsonTable(Table):
    """Graph's answer with ``$format=application/json``: objects whose keys are the columns in camel case."""

    def __init__(self, rows: list[dict[str, str]]) -> None:
        super().__init__(list(dict.fromkeys(key for row in rows for key in row)))
        self._rows = [[row.get(name, "") for name in self.columns] for row in rows]

    def _blocks(self) -> Iterator[list[Cells]]:
        if self._rows:
            yield list(zip(*self._rows, strict=True))

    def _lines(self) -> Iterator[tuple[int | None, list[str]]]:
        for row in self._rows:
            yield None, row


class LeftOpen(io.BufferedIOBase):
    """A file that stays open when the text around it is done."""

    name = ""

    def __init__(self, file: BinaryIO, *, refuses_nul: bool) -> None:
        self._file, self._refuses_nul = file, refuses_nul

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        """Raises InputError for a NUL, which a CSV reader would take for a letter."""
        block = self._file.read(-1 if size is None else size)
        if self._refuses_nul and b"\0" in block:
            raise InputError("holds a NUL character")
        return block

    read1 = read


def open_table(source: bytes | BinaryIO) -> Table:
    """The table of a report of at most 80 MB; of JSON, 8 MB.

    Raises:
        InputError: too large, no text, no CSV, or JSON that is no list of rows.
    """
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    size = file.seek(0, io.SEEK_END)
    if size > MAX_BYTES:
        raise InputError(f"the file has {size:,} bytes; the maximum is {MAX_BYTES:,}")
    file.seek(0)
    if file.read(len(ZIP)) == ZIP:
        raise InputError("this is an Excel workbook or another archive: download the report as CSV")
    if not begins_with_json(file):
        return CsvTable(file)
    file.seek(0)
    text = decode_text(file.read(MAX_JSON_BYTES + 1), MAX_JSON_BYTES)
    return JsonTable([row for document in read_json_documents(text) for row in _json_rows(document)])


def read_start(file: BinaryIO, size: int) -> str:
    """The text in the first bytes of a file."""
    encoding = _find_encoding(file)
    file.seek(0)
    return file.read(size).decode(encoding, "ignore").lstrip("\ufeff \t\r\n")


def begins_with_json(file: BinaryIO) -> bool:
    """Does a file begin as JSON does?"""
    return read_start(file, 64)[:1] in ("{", "[")


def _json_rows(data: Any) -> Iterator[dict[str, str]]:
    """The objects of a report; of one with a list of objects inside, one row for each of those."""
    if isinstance(data, dict) and data.get("@odata.nextLink"):
        raise InputError("the report continues on another page (@odata.nextLink): download it as CSV, which is whole")
    rows = data.get("value", [data]) if isinstance(data, dict) else data
    for row in rows if isinstance(rows, list) else ():
        if not isinstance(row, dict):
            raise InputError("not a report: its rows must be objects")
        flat = {key: value for key, value in row.items() if not isinstance(value, (list, dict))}
        parts = [part for value in row.values() if isinstance(value, list) for part in value if isinstance(part, dict)]
        for part in parts or [{}]:
            yield {_column_of_key(key): _cell(value) for key, value in (flat | part).items() if key[:1] != "@"}


def _column_of_key(key: str) -> str:
    """``hasExchangeLicense`` as the column of the CSV: ``has exchange license``."""
    name = _name_column(" ".join(JSON_WORDS.findall(key)))
    for parted, whole in PARTED.items():
        name = name.replace(parted, whole)
    return name


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


def _name_column(cell: str) -> str:
    """A header in lower case, without stray blanks, under the name that is used here."""
    name = " ".join(cell.split()).casefold()
    for other, known in OTHER_NAMES.items():
        name = name.replace(other, known)
    return name
