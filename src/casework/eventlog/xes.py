"""Event logs in XES (IEEE 1849), read as a stream.

`markup` turns bytes into opening and closing tags; this module turns the tags into cases and keeps no more than the
case it is in. Attributes nested in attributes, lists and containers have no place among an event's scalars and are
passed over; extensions and classifiers say nothing that is needed here. An attribute without a value is null.
"""

from collections.abc import Generator
from enum import IntEnum, auto
from typing import BinaryIO, Final

from casework.eventlog.errors import LogProblem
from casework.eventlog.event import COMPLETE, EVENTS_IN_CASE_MAX, Attributes, Case, Event, in_order
from casework.eventlog.instant import instant
from casework.eventlog.markup import Markup
from casework.eventlog.value import KINDS, scalar, taken_text

# Of one event, one trace, one declaration of defaults, each in memory until it is whole; real ones have some tens.
ATTRIBUTES_MAX: Final = 1_000
# XES needs five levels, and one more for each attribute in an attribute; each open element takes memory.
DEPTH_MAX: Final = 256

# What writers of XES put where a default is demanded and they have none. Handing it on would invent a person named
# UNKNOWN and a deadline in 1970.
_FILLERS: Final = frozenset({"", "UNKNOWN", "EMPTY", "DEFAULT", "__INVALID__"})
_FILLER_DAYS: Final = ("1970-01-01", "1969-12-31")
# An event without a name or a time is broken, whatever the log declares.
_NEVER_DEFAULT: Final = frozenset({"concept:name", "time:timestamp"})


class _Place(IntEnum):
    OUTSIDE = auto()
    LOG = auto()
    DEFAULTS = auto()
    TRACE = auto()
    EVENT = auto()
    ATTRIBUTE = auto()
    STRAY = auto()
    ASIDE = auto()  # whatever is in here is passed over


_NESTING: Final = {
    (_Place.OUTSIDE, "log"): _Place.LOG,
    (_Place.LOG, "global"): _Place.DEFAULTS,
    (_Place.LOG, "trace"): _Place.TRACE,
    (_Place.LOG, "event"): _Place.STRAY,
    (_Place.TRACE, "event"): _Place.EVENT,
    **{(place, kind): _Place.ATTRIBUTE for place in (_Place.DEFAULTS, _Place.TRACE, _Place.EVENT) for kind in KINDS},
}


def read_xes(stream: BinaryIO) -> Generator[Case, None, None]:
    """The cases of a log, each as soon as its last line is read; memory does not grow with the log.

    Global defaults fill in what an event or a trace lacks, save its name and its time, and save mere fillers (UNKNOWN,
    EMPTY, 1970-01-01). A trace without a name is called `trace N` after its place in the file.

    Raises:
        LogProblem: at the first line that is not of a sound log.
    """
    log = _Log(stream)
    for _ in log.markup.read():
        yield from log.ready
        log.ready.clear()
    if log.events_count == 0:
        what = "event" if log.traces_count else "trace"
        raise LogProblem(f"The log has no {what}: export it again with its events.", log.markup.line)


class _Log:
    """Where in the log the reader is, what it has gathered of the case it is in, and the cases that are whole."""

    def __init__(self, stream: BinaryIO) -> None:
        self.markup = Markup(stream, opens=self._open, closes=self._close)
        self.ready: list[Case] = []
        self.traces_count = 0
        self.events_count = 0
        self._places = [_Place.OUTSIDE]
        self._defaults: dict[str, Attributes] = {"trace": {}, "event": {}}
        self._gathered: Attributes = {}  # of the innermost trace, event or declaration of defaults
        self._trace: Attributes = {}
        self._events: list[Event] = []
        self._event_line = 0
        self._time_line = 0

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        place = _NESTING.get((self._places[-1], name), _Place.ASIDE)
        match place:
            case _Place.ATTRIBUTE:
                self._gather(name, attributes)
            case _Place.EVENT:
                self._gathered = {}
                self._event_line = self.markup.line
            case _Place.TRACE:
                self._gathered = self._trace = {}
                self._events = []
            case _Place.DEFAULTS:
                scope = "trace" if attributes.get("scope") == "trace" else "event"
                self._gathered = self._defaults[scope]
            case _Place.STRAY:
                raise LogProblem("This event is in no trace: put it into the trace of its case.", self.markup.line)
            case _ if self._places[-1] is _Place.OUTSIDE and place is not _Place.LOG:
                wrong = f"The document is a <{name[:40]}>, not the <log> of XES"
                raise LogProblem(f"{wrong}: choose a log in XES or CSV.", self.markup.line)
        self._places.append(place)
        if len(self._places) > DEPTH_MAX:
            raise LogProblem(
                f"Elements are nested more than {DEPTH_MAX} deep: flatten the attributes.", self.markup.line
            )

    def _gather(self, kind: str, attributes: dict[str, str]) -> None:
        key, value = attributes.get("key"), attributes.get("value")
        if key is None:
            raise LogProblem(f"This <{kind}> has no key: give it one.", self.markup.line)
        if key == "time:timestamp":
            self._time_line = self.markup.line
        self._gathered[key] = None if value is None else scalar(kind, value)
        if len(self._gathered) > ATTRIBUTES_MAX:
            limit = f"More than {ATTRIBUTES_MAX:,} attributes in one place"
            raise LogProblem(f"{limit}: leave out what is not needed.", self.markup.line)

    def _close(self, _name: str) -> None:
        match self._places.pop():
            case _Place.EVENT:
                self._events.append(self._event())
                self._gathered = self._trace
                self._limit_case()
            case _Place.TRACE:
                self.ready.append(self._case())

    def _limit_case(self) -> None:
        if len(self._events) > EVENTS_IN_CASE_MAX:
            limit = f"The case has more than {EVENTS_IN_CASE_MAX:,} events"
            raise LogProblem(f"{limit}: is one trace one case? Split it.", self._event_line)

    def _event(self) -> Event:
        found = self._filled("event")
        task = taken_text(found, "concept:name")
        time = taken_text(found, "time:timestamp")
        if task is None:
            raise LogProblem("The event has no name: give it a concept:name.", self._event_line)
        if time is None:
            raise LogProblem("The event has no time: give it a time:timestamp.", self._event_line)
        try:
            at = instant(time)
        except ValueError as error:
            raise LogProblem(f"The event is out of time: {error}.", self._time_line) from error
        self.events_count += 1
        return Event(
            task=task,
            at=at,
            resource=taken_text(found, "org:resource"),
            group=taken_text(found, "org:group"),
            lifecycle=(taken_text(found, "lifecycle:transition") or COMPLETE).strip().lower(),
            attributes=found,
            line=self._event_line,
        )

    def _case(self) -> Case:
        self.traces_count += 1
        found = self._filled("trace")
        name = taken_text(found, "concept:name") or f"trace {self.traces_count}"
        return Case(id=name, attributes=found, events=in_order(self._events))

    def _filled(self, scope: str) -> Attributes:
        for key, value in self._defaults[scope].items():
            if key not in self._gathered and key not in _NEVER_DEFAULT and not _is_filler(value):
                self._gathered[key] = value
        return self._gathered


def _is_filler(value: object) -> bool:
    return isinstance(value, str) and (value.strip() in _FILLERS or value.startswith(_FILLER_DAYS))
