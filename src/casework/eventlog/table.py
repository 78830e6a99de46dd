"""Event logs in CSV: a row is an event, and the rows of a case may be scattered through the file."""

import csv
from collections.abc import Generator, Iterator, Mapping
from itertools import chain
from typing import BinaryIO, Final

from casework.eventlog.columns import Columns, delimiter_of
from casework.eventlog.errors import LogProblem
from casework.eventlog.event import Case
from casework.eventlog.shelf import Shelf

# A row is in memory whole, however many lines it has: a quote never closed would make one row of the rest of the file.
ROW_BYTES_MAX: Final = 1_048_576
# One value: a long letter. Less than the csv module's own limit, which is the whole process's and so is left alone.
FIELD_CHARACTERS_MAX: Final = 65_536

_BYTE_ORDER_MARK: Final = "\ufeff"


def read_csv(stream: BinaryIO, mapping: Mapping[str, str] | None = None) -> Generator[Case, None, None]:
    """The cases of a table in the order in which they first appear; memory does not grow with the table.

    The first row names the columns. `mapping` says which column is which field (case, task, time, resource, group,
    lifecycle); what it leaves out is found by its usual names. Comma, semicolon or tab is told from the first row.
    Blank rows are passed over, empty values left out.

    Raises:
        LogProblem: at the first row that is not of a sound log, and then before any case is given.
    """
    lines = _Lines(stream)
    rows = _rows(lines)
    line, header = next(rows, (1, None))
    if header is None:
        raise LogProblem("The table is empty: export it again with a row of column names.", line)
    columns = Columns.of(header, mapping=mapping or {}, line=line)
    with Shelf() as shelf:
        line = 0
        for line, row in rows:
            _check_row(row, columns.width, line)
            case_id, attributes = columns.case_of(row, line)
            shelf.put(case_id, attributes, columns.event_of(row, line))
        if line == 0:
            raise LogProblem("The table has no event, only column names: export it again with its rows.", lines.count)
        yield from shelf.cases()


class _Lines:
    """The lines of the file as text, with the bytes of those that make up the present row."""

    def __init__(self, stream: BinaryIO) -> None:
        self.count = 0
        self.row_bytes = 0
        self._stream = stream

    def __iter__(self) -> Iterator[str]:
        while line := self._stream.readline(ROW_BYTES_MAX + 1):
            self.count += 1
            self.row_bytes += len(line)
            if self.row_bytes > ROW_BYTES_MAX:
                limit = f"The row is longer than {ROW_BYTES_MAX:,} bytes"
                raise LogProblem(f"{limit}: close its quotes or shorten it.", self.count)
            yield self._text(line)

    def _text(self, line: bytes) -> str:
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as error:
            problem = "There are bytes here that are not UTF-8: convert the file to UTF-8."
            raise LogProblem(problem, self.count) from error
        if "\0" in text:
            raise LogProblem("There is a zero byte here, so this is no text: choose a log in XES or CSV.", self.count)
        return text.removeprefix(_BYTE_ORDER_MARK) if self.count == 1 else text


def _rows(lines: _Lines) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, each with the line on which it begins."""
    texts = iter(lines)
    first = next(texts, "")
    while first and not first.strip():
        first = next(texts, "")
    reader = csv.reader(chain([first], texts), delimiter=delimiter_of(first), strict=True)
    line = lines.count
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise LogProblem(f"The row is malformed ({error}): correct its quotes or shorten it.", line) from error
        if row is None:
            return
        if any(value.strip() for value in row):
            yield line, row
        line = lines.count + 1
        lines.row_bytes = 0


def _check_row(row: list[str], width: int, line: int) -> None:
    if len(row) != width:
        counts = f"The row has {len(row)} values and the header {width} columns"
        raise LogProblem(f"{counts}: correct its delimiters and quotes.", line)
    if any(len(value) > FIELD_CHARACTERS_MAX for value in row):
        limit = f"A value is longer than {FIELD_CHARACTERS_MAX:,} characters"
        raise LogProblem(f"{limit}: shorten it or leave its column out.", line)
