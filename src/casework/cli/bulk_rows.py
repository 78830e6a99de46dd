"""The items of a file that is to be imported: JSON lines, or CSV with a row of column names.

A line of JSON is an item as the API takes it. A row of CSV, and a line of JSON where columns are mapped, is flat: each
column goes to the field that it is mapped to, or to the input under its own name.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

from casework.cli.exits import Misused, Wrong

LINE_BYTES_MAX: Final = 1_048_576
"""A quote that is never closed would make one row of the rest of the file."""

FIELDS: Final = ("externalId", "title", "memberId", "priority", "dueAt")
"""What a column may be mapped to, beside `input.NAME` (or `input.NAME.NAME`)."""

_WHOLE: Final = frozenset({"memberId", "priority"})


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in a line, from 1, and how far into the file that is; `problem` where it is no item."""

    line: int
    bytes_read: int
    item: dict[str, Any] | None = None
    problem: str | None = None


class Rows:
    """Reads a file, a row at a time.

    mapping: fields by columns. types: JSON Schema's types of the input's fields, as which a CSV's texts are understood.

    Raises:
        Misused: the mapping names a field that there is not, or the file's name ends neither in .csv nor in .jsonl.

    """

    def __init__(self, path: Path, mapping: Mapping[str, str], types: Mapping[str, str]) -> None:
        self._is_csv = path.suffix.lower() == ".csv"
        if not self._is_csv and path.suffix.lower() not in (".jsonl", ".ndjson"):
            raise Misused(f"{path}: the name of the file must end in .csv, .jsonl or .ndjson.")
        for field in mapping.values():
            if field not in FIELDS and not field.startswith("input."):
                raise Misused(f"--map: there is no field {field}; write {', '.join(FIELDS)} or input.NAME.")
        self._path = path
        self._mapping = mapping
        self._types = types
        self._repeats: Counter[bytes] = Counter()

    def __iter__(self) -> Iterator[Row]:
        """Every row that is not blank.

        Raises:
            Wrong: the file cannot be read, or has no column of a name that is mapped.

        """
        try:
            with self._path.open("rb") as stream:
                yield from self._table(stream) if self._is_csv else self._lines(stream)
        except OSError as error:
            raise Wrong(f"{self._path} cannot be read: {error.strerror}.") from error

    def _lines(self, stream: BinaryIO) -> Iterator[Row]:
        for number, text in enumerate(iter(lambda: stream.readline(LINE_BYTES_MAX + 1), b""), 1):
            if not text.strip():
                continue
            if len(text) > LINE_BYTES_MAX:
                raise Wrong(f"{self._path}:{number}: the line is longer than 1 MiB.")
            try:
                value = msgspec.json.decode(text, type=dict[str, Any])
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                yield Row(line=number, bytes_read=stream.tell(), problem=f"It holds no JSON object: {error}.")
                continue
            item = self._flat(value) if self._mapping else value
            yield Row(line=number, bytes_read=stream.tell(), item=self._identified(item, text.strip()))

    def _table(self, stream: BinaryIO) -> Iterator[Row]:
        lines = (line.decode("utf-8-sig", "strict") for line in iter(lambda: stream.readline(LINE_BYTES_MAX), b""))
        reader = csv.reader(lines, strict=True)
        try:
            header = next(reader, [])
            if missing := [column for column in self._mapping if column not in header]:
                raise Wrong(f"{self._path} has no column {missing[0]!r}; it has {', '.join(header)}.")
            for row in reader:
                if not any(row):
                    continue
                line, done = reader.line_num, stream.tell()
                if len(row) != len(header):
                    problem = f"It has {len(row)} columns, and there are {len(header)} names."
                    yield Row(line=line, bytes_read=done, problem=problem)
                    continue
                filled = {name: text for name, text in zip(header, row, strict=True) if text != ""}
                item = self._identified(self._flat(filled), "\x1f".join(row).encode())
                yield Row(line=line, bytes_read=done, item=item)
        except (csv.Error, UnicodeDecodeError) as error:
            raise Wrong(f"{self._path}:{reader.line_num}: it is no CSV in UTF-8: {error}.") from error

    def _flat(self, row: Mapping[str, Any]) -> dict[str, Any]:
        item: dict[str, Any] = {"input": {}}
        for column, value in row.items():
            field = self._mapping.get(column, f"input.{column}")
            if field in FIELDS:
                item[field] = _whole(value) if field in _WHOLE else value
                continue
            *path, last = field.removeprefix("input.").split(".") if column in self._mapping else [column]
            place = item["input"]
            for name in path:
                place = place.setdefault(name, {})
            place[last] = _understood(value, self._types.get(last, "") if not path else "")
        return item

    def _identified(self, item: dict[str, Any], text: bytes) -> dict[str, Any]:
        """The item with an external id: its own, or one of what it says and how often that was said before."""
        if item.get("externalId") is not None:
            return item
        digest = sha256(text).hexdigest()[:32]
        self._repeats[bytes.fromhex(digest)] += 1
        number = self._repeats[bytes.fromhex(digest)]
        return {**item, "externalId": f"sha256:{digest}" + (f":{number}" if number > 1 else "")}


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() else value


def _understood(value: Any, kind: str) -> Any:
    """A text as the type that the workflow asks for; where it is none, as it stands: the server says what is wrong."""
    if not isinstance(value, str) or kind not in ("integer", "number", "boolean", "object", "array"):
        return value
    try:
        return msgspec.json.decode(value.strip().lower() if kind == "boolean" else value.strip())
    except msgspec.DecodeError:
        return value
