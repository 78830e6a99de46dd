"""A log in a file, whatever it is written in."""

import codecs
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from casework.eventlog.errors import LogProblem
from casework.eventlog.event import Case
from casework.eventlog.stream import PIECE_BYTES, Progress, open_bytes
from casework.eventlog.table import read_csv
from casework.eventlog.xes import read_xes

# What files begin with that are packed in another way than gzip (zip, bzip2, xz, 7z, zstd), or in gzip twice.
_PACKED: Final = (b"PK\x03\x04", b"BZh91AY", b"\xfd7zXZ", b"7z\xbc\xaf", b"\x28\xb5\x2f\xfd", b"\x1f\x8b")
_EARLIEST: Final = datetime(1, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC)


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What a sound log holds.

    `tasks` and `resources` count distinct names; `repeated_ids` the cases whose id an earlier case had, which a table
    cannot have.
    """

    cases: int
    events: int
    tasks: int
    resources: int
    first_at: datetime
    last_at: datetime
    repeated_ids: int = 0


@contextmanager
def open_log(
    path: str | Path, mapping: Mapping[str, str] | None = None, *, progress: Progress | None = None
) -> Iterator[Iterator[Case]]:
    """The cases of a log in XES or CSV, plain or in gzip, told by its content; read once, while the `with` is open.

    `mapping` (column to field) is for tables; `progress(bytes_read, bytes_total)` is called as the file is read.

    Raises:
        LogProblem: where the log turns out not to be sound. Cases before that were given; use `check` to know at once.
    """
    with open_bytes(Path(path), progress) as stream:
        head = stream.peek(PIECE_BYTES)
        if not head:
            raise LogProblem("The file is empty: choose a log in XES or CSV.", 1)
        if head.startswith(_PACKED):
            raise LogProblem("The file is packed in a way that is not read: unpack it, or pack it with gzip, once.", 1)
        if head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<"):
            if mapping:
                raise LogProblem("A log in XES has no columns to map: leave the mapping out.")
            cases = read_xes(stream)
        else:
            cases = read_csv(stream, mapping)
        with closing(cases):
            yield cases


def check(path: str | Path, mapping: Mapping[str, str] | None = None, *, progress: Progress | None = None) -> Summary:
    """Read a whole log and say what is in it, so that a broken one is refused before anything is done with it.

    Raises:
        LogProblem: the log is not sound.
    """
    ids: set[str] = set()
    tasks: set[str] = set()
    resources: set[str] = set()
    cases = events = 0
    first_at, last_at = _LATEST, _EARLIEST
    with open_log(path, mapping, progress=progress) as log:
        for case in log:
            cases += 1
            ids.add(case.id)
            events += len(case.events)
            tasks.update(event.task for event in case.events)
            resources.update(event.resource for event in case.events if event.resource is not None)
            if case.events:
                first_at = min(first_at, case.events[0].at)
                last_at = max(last_at, case.events[-1].at)
    return Summary(
        cases=cases,
        events=events,
        tasks=len(tasks),
        resources=len(resources),
        first_at=first_at,
        last_at=last_at,
        repeated_ids=cases - len(ids),
    )
