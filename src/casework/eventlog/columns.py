"""Which column of a table is which field of an event."""

import csv
import re
from collections.abc import Mapping, Sequence
from typing import Final, Self

import msgspec

from casework.eventlog.errors import LogProblem
from casework.eventlog.event import COMPLETE, Attributes, Event
from casework.eventlog.instant import instant

# The widest published logs have some hundred columns; each is looked at in every row.
COLUMNS_MAX: Final = 1_000

# The names each field goes by, the surest first; case, and spaces, hyphens or underscores, make no difference.
NAMES: Final[dict[str, tuple[str, ...]]] = {
    "case": ("case:concept:name", "case id", "caseid", "case", "case key", "case number", "trace id", "trace"),
    "task": ("concept:name", "activity", "activity name", "task", "task name", "event name", "event"),
    "time": ("time:timestamp", "timestamp", "complete timestamp", "completed at", "end time", "time", "date"),
    "resource": ("org:resource", "resource", "user", "performer", "originator", "employee"),
    "group": ("org:group", "group", "team"),
    "lifecycle": ("lifecycle:transition", "lifecycle", "transition"),
}
_REQUIRED: Final = ("case", "task", "time")
_CASE_PREFIX: Final = "case:"
_DELIMITERS: Final = ",;\t"


class Columns(msgspec.Struct, frozen=True, kw_only=True):
    """Where a row holds what. Columns named `case:...` are attributes of the case, all others of the event."""

    width: int
    fields: dict[str, int]
    case_attributes: tuple[tuple[int, str], ...]
    event_attributes: tuple[tuple[int, str], ...]

    @classmethod
    def of(cls, header: Sequence[str], *, mapping: Mapping[str, str], line: int) -> Self:
        """Find the fields by the mapping (column to field) and, for those it does not name, by their usual names.

        Raises:
            LogProblem: a field that every event needs has no column, or header and mapping do not fit.
        """
        names = [name.strip() for name in header]
        _check_header(names, line)
        _check_mapping(names, mapping, line)
        fields = {field: names.index(column) for column, field in mapping.items()}
        fields = _usual_places(names, taken=set(fields.values())) | fields
        _check_required(fields, names, line)
        rest = [(place, name) for place, name in enumerate(names) if place not in fields.values() and name]
        return cls(
            width=len(names),
            fields=fields,
            case_attributes=tuple((p, n.removeprefix(_CASE_PREFIX)) for p, n in rest if n.startswith(_CASE_PREFIX)),
            event_attributes=tuple((p, n) for p, n in rest if not n.startswith(_CASE_PREFIX)),
        )

    def case_of(self, row: Sequence[str], line: int) -> tuple[str, Attributes]:
        """The id of the row's case and the attributes the row gives it."""
        return self._demand(row, "case", line), _values(row, self.case_attributes)

    def event_of(self, row: Sequence[str], line: int) -> Event:
        """The event a row tells of.

        Raises:
            LogProblem: the row lacks the name or the time, or the time is none.
        """
        task, time = self._demand(row, "task", line), self._demand(row, "time", line)
        try:
            at = instant(time)
        except ValueError as error:
            raise LogProblem(f"The event is out of time: {error}.", line) from error
        return Event(
            task=task,
            at=at,
            resource=self._field(row, "resource"),
            group=self._field(row, "group"),
            lifecycle=(self._field(row, "lifecycle") or COMPLETE).strip().lower(),
            attributes=_values(row, self.event_attributes),
            line=line,
        )

    def _demand(self, row: Sequence[str], field: str, line: int) -> str:
        value = self._field(row, field)
        if value is None:
            raise LogProblem(f"The row has no {field}: fill it in or leave the row out.", line)
        return value

    def _field(self, row: Sequence[str], field: str) -> str | None:
        place = self.fields.get(field)
        return row[place] if place is not None and row[place].strip() else None


def delimiter_of(header: str) -> str:
    """The one of comma, semicolon and tab that makes the most columns of the header; the comma where none makes any."""
    return max(_DELIMITERS, key=lambda mark: len(next(csv.reader([header], delimiter=mark), [])))


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", name).lower()


def _usual_places(names: list[str], *, taken: set[int]) -> dict[str, int]:
    """The columns that go by a usual name of a field, but for those taken by the mapping."""
    places = {_plain(name): place for place, name in enumerate(names) if place not in taken}
    found = {field: next((places[name] for name in usual if name in places), None) for field, usual in NAMES.items()}
    return {field: place for field, place in found.items() if place is not None}


def _values(row: Sequence[str], columns: tuple[tuple[int, str], ...]) -> Attributes:
    return {name: row[place] for place, name in columns if row[place]}


def _check_header(names: list[str], line: int) -> None:
    if len(names) > COLUMNS_MAX:
        raise LogProblem(f"The table has more than {COLUMNS_MAX:,} columns: leave out what is not needed.", line)
    repeated = next((name for place, name in enumerate(names) if name and name in names[:place]), None)
    if repeated is not None:
        raise LogProblem(f"Two columns are called {repeated[:80]!r}: rename one.", line)


def _check_mapping(names: list[str], mapping: Mapping[str, str], line: int) -> None:
    for column, field in mapping.items():
        if field not in NAMES:
            raise LogProblem(f"There is no field {field!r} to map a column to: choose among {', '.join(NAMES)}.")
        if column not in names:
            raise LogProblem(f"There is no column {column!r} to map: choose among {_listed(names)}.", line)
        if sum(field == other for other in mapping.values()) > 1:
            raise LogProblem(f"More than one column is mapped to {field!r}: choose one.")


def _check_required(fields: dict[str, int], names: list[str], line: int) -> None:
    for field in _REQUIRED:
        if field not in fields:
            lack = f"No column is known to hold the {field}"
            raise LogProblem(f"{lack}: map one of {_listed(names)} to it, as COLUMN={field}.", line)


def _listed(names: list[str]) -> str:
    shown = [repr(name[:40]) for name in names[:12] if name]
    return ", ".join([*shown, "..."] if len(names) > len(shown) else shown)
