"""Events put away on disk as they come, and taken out again case by case."""

import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, Final, Self

import msgspec

from casework.eventlog.errors import LogProblem
from casework.eventlog.event import EVENTS_IN_CASE_MAX, Attributes, Case, Event

# Events go to disk in lots: large enough that the statement costs little, small enough to be no memory to speak of.
_LOT: Final = 1_000

_SCHEMA: Final = """
pragma journal_mode = off;
pragma synchronous = off;
pragma temp_store = file;
create table cases (number integer primary key, id text not null unique, attributes blob not null);
create table events (number integer not null, at real not null, line integer not null, event blob not null);
"""
_PUT_CASE: Final = "insert or ignore into cases (id, attributes) values (?, ?)"
_PUT_EVENT: Final = "insert into events select number, ?, ?, ? from cases where id = ?"
_TAKE: Final = """
select number, id, attributes, event from events join cases using (number) order by number, at, line
"""


class Shelf:
    """A sorter of events by case that keeps them in a file, so that a million take no more memory than a thousand.

    The file is a private one of SQLite's in the folder for temporary files; it has no name, and is gone when the shelf
    is closed or the process dies.
    """

    def __init__(self) -> None:
        # A reader may be moved from thread to thread, but is never in two at once.
        self._file = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._file.executescript(_SCHEMA)
        self._cases: list[tuple[str, bytes]] = []
        self._events: list[tuple[float, int, bytes, str]] = []
        self._encode = msgspec.msgpack.Encoder().encode

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def put(self, case_id: str, attributes: Attributes, event: Event) -> None:
        """Put an event away; the attributes of a case are those that came with its first event."""
        self._cases.append((case_id, self._encode(attributes)))
        self._events.append((event.at.timestamp(), event.line, self._encode(event), case_id))
        if len(self._events) >= _LOT:
            self._write()

    def cases(self) -> Iterator[Case]:
        """The cases in the order in which they first came, each with its events by time."""
        self._write()
        decode_attributes = msgspec.msgpack.Decoder(Attributes).decode
        decode_event = msgspec.msgpack.Decoder(Event).decode
        with closing(self._rows()) as rows:
            for (_, case_id, attributes), own in groupby(rows, key=itemgetter(0, 1, 2)):
                events = tuple(decode_event(row[3]) for row in islice(own, EVENTS_IN_CASE_MAX + 1))
                if len(events) > EVENTS_IN_CASE_MAX:
                    limit = f"The case {case_id[:80]!r} has more than {EVENTS_IN_CASE_MAX:,} events"
                    raise LogProblem(f"{limit}: is the right column mapped to case? Split it.", events[-1].line)
                yield Case(id=case_id, attributes=decode_attributes(attributes), events=events)

    def _rows(self) -> Generator[Any, None, None]:
        try:
            yield from self._file.execute(_TAKE)
        except sqlite3.OperationalError as error:
            raise _no_room(error) from error

    def _write(self) -> None:
        try:
            self._file.execute("begin")
            self._file.executemany(_PUT_CASE, self._cases)
            self._file.executemany(_PUT_EVENT, self._events)
            self._file.execute("commit")
        except sqlite3.OperationalError as error:
            raise _no_room(error) from error
        self._cases.clear()
        self._events.clear()


def _no_room(error: sqlite3.OperationalError) -> LogProblem:
    return LogProblem(f"The log could not be sorted on disk ({error}): make room in the folder for temporary files.")
