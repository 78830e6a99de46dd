"""What was done in a case, out of the events that tell of it.

An event tells of one *instance* of a task. Which one:

- An event with a `concept:instance` belongs to the open instance of its task with that very name.
- An event without one belongs to an open instance of its task that has none either: one of its own resource before one
  of nobody before one of somebody else; of these, one in the state the transition expects; of these, the oldest.
- Where there is no such instance, the event opens one. A `schedule` without `concept:instance` always does.

What the transitions of the XES standard do (READY, RUNNING and SUSPENDED are the states of an open instance):

====================================  ==================================================================
schedule, assign, reassign            the instance is there, and who is to do it; it is not started
start, resume                         RUNNING: a period of work begins, unless one is under way
suspend                               SUSPENDED: the period of work ends
complete                              ended `complete`
autoskip, manualskip                  ended `complete`, as the case goes on; but not started by it
withdraw, ate_abort                   ended `cancel`
pi_abort                              ended `cancel`, and with it everything that is open in the case
anything else                         `complete` where no instance is open, else it changes nothing
====================================  ==================================================================

- `created_at` is the instant of the schedule or assign that opened the instance. Where another event did, the instance
  was there since the last step of the case ended (the task's turn had come); if none had, since that event.
- `started_at` is the first start or resume; a completion that nothing preceded is a start and an end in one.
- So where only completions are logged, each event is a step, created at the completion before it, without periods.
- `periods` are the finished stretches of work, those of no length left out; `running_since` is when the present one
  began.
- `resource` is the last one named; that of a suspension, withdrawal or abort counts only where no other event names
  any, since such things are done to a step rather than in it.
- `attributes` are those of all its events, the later before the earlier.
- What is open when the events end is ended `open`, with no `ended_at`.

The steps come by `ended_at`, in the order of the file where that is equal, and the open ones last as they were opened.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal

import msgspec

from casework.eventlog.event import Attributes, Case, Event

Ended = Literal["complete", "cancel", "open"]
Period = tuple[datetime, datetime]

READY: Final = "ready"
RUNNING: Final = "running"
SUSPENDED: Final = "suspended"


class Performed(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a case: a task, who did it, and its instants by the rules of this module."""

    task: str
    resource: str | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    periods: tuple[Period, ...] = ()
    ended: Ended = "complete"
    attributes: Attributes = {}
    running_since: datetime | None = None


def performed(case: Case) -> tuple[Performed, ...]:
    """The steps of a case in the order in which they ended, then those still open."""
    ledger = _Ledger()
    for event in case.events:
        ledger.enter(event)
    return ledger.steps()


class _Instance:
    """A step under way."""

    def __init__(self, event: Event, created_at: datetime) -> None:
        self.task = event.task
        self.name = event.attributes.get(_NAME)
        self.resource: str | None = None
        self.created_at = created_at
        self.started_at: datetime | None = None
        self.running_since: datetime | None = None
        self._is_doer_named = False
        self._periods: list[Period] = []
        self._attributes: Attributes = {}

    @property
    def state(self) -> str:
        if self.running_since is not None:
            return RUNNING
        return READY if self.started_at is None else SUSPENDED

    def note(self, event: Event) -> None:
        """Keep what any event tells: its attributes, and its resource."""
        self._attributes.update(event.attributes)
        is_doer = event.lifecycle not in _DONE_TO_A_STEP
        if event.resource is not None and (is_doer or not self._is_doer_named):
            self.resource = event.resource
            self._is_doer_named = is_doer

    def run(self, at: datetime) -> None:
        if self.running_since is None:
            self.running_since = at
            self.started_at = self.started_at or at

    def pause(self, at: datetime) -> None:
        if self.running_since is not None and self.running_since < at:
            self._periods.append((self.running_since, at))
        self.running_since = None

    def step(self, ended: Ended, at: datetime | None) -> Performed:
        return Performed(
            task=self.task,
            resource=self.resource,
            created_at=self.created_at,
            started_at=self.started_at,
            ended_at=at,
            periods=tuple(self._periods),
            ended=ended,
            attributes=self._attributes,
            running_since=self.running_since,
        )


class _Ledger:
    """The instances of a case: those open, in the order they were opened, and those ended, in the order they ended."""

    def __init__(self) -> None:
        self._open: list[_Instance] = []
        self._done: list[Performed] = []
        self._ended_at: datetime | None = None

    def enter(self, event: Event) -> None:
        expected, act = _TRANSITIONS.get(event.lifecycle, _UNKNOWN)
        instance = self._find(event, expected)
        if instance is None:
            instance = self._begin(event)
            act = _complete if act is _nothing and event.lifecycle not in _ANNOUNCEMENTS else act
        instance.note(event)
        act(self, instance, event.at)

    def end(self, instance: _Instance, ended: Ended, at: datetime) -> None:
        instance.pause(at)
        self._open.remove(instance)
        self._done.append(instance.step(ended, at))
        self._ended_at = at

    def end_all(self, ended: Ended, at: datetime) -> None:
        for instance in tuple(self._open):
            self.end(instance, ended, at)

    def steps(self) -> tuple[Performed, ...]:
        return (*self._done, *(instance.step("open", None) for instance in self._open))

    def _find(self, event: Event, expected: tuple[str, ...]) -> _Instance | None:
        name = event.attributes.get(_NAME)
        same = [instance for instance in self._open if instance.task == event.task and instance.name == name]
        if name is not None:
            return next(iter(same), None)
        fit = [instance for instance in same if instance.state in expected]
        return min(fit, key=lambda one: (_strangeness(one, event), expected.index(one.state)), default=None)

    def _begin(self, event: Event) -> _Instance:
        created_at = event.at if event.lifecycle in _ANNOUNCEMENTS else self._ended_at or event.at
        instance = _Instance(event, created_at)
        self._open.append(instance)
        return instance


def _strangeness(instance: _Instance, event: Event) -> int:
    if event.resource is None or instance.resource == event.resource:
        return 0
    return 1 if instance.resource is None else 2


def _nothing(_ledger: _Ledger, _instance: _Instance, _at: datetime) -> None:
    """The event tells who and what, and moves nothing."""


def _run(_ledger: _Ledger, instance: _Instance, at: datetime) -> None:
    instance.run(at)


def _pause(_ledger: _Ledger, instance: _Instance, at: datetime) -> None:
    instance.pause(at)


def _complete(ledger: _Ledger, instance: _Instance, at: datetime) -> None:
    instance.started_at = instance.started_at or at
    ledger.end(instance, "complete", at)


def _skip(ledger: _Ledger, instance: _Instance, at: datetime) -> None:
    ledger.end(instance, "complete", at)


def _cancel(ledger: _Ledger, instance: _Instance, at: datetime) -> None:
    ledger.end(instance, "cancel", at)


def _cancel_all(ledger: _Ledger, _instance: _Instance, at: datetime) -> None:
    ledger.end_all("cancel", at)


_NAME: Final = "concept:instance"
_ANNOUNCEMENTS: Final = frozenset({"schedule", "assign", "reassign"})
_DONE_TO_A_STEP: Final = frozenset({"suspend", "withdraw", "ate_abort", "pi_abort"})

_Act = Callable[[_Ledger, _Instance, datetime], None]
_UNKNOWN: Final[tuple[tuple[str, ...], _Act]] = ((RUNNING, SUSPENDED, READY), _nothing)
# What each transition expects of the state of its instance, the likeliest first, and what it does to it.
_TRANSITIONS: Final[dict[str, tuple[tuple[str, ...], _Act]]] = {
    "schedule": ((), _nothing),
    "assign": ((READY,), _nothing),
    "reassign": ((READY, SUSPENDED, RUNNING), _nothing),
    "start": ((READY,), _run),
    "suspend": ((RUNNING,), _pause),
    "resume": ((SUSPENDED, READY), _run),
    "complete": ((RUNNING, SUSPENDED, READY), _complete),
    "autoskip": ((READY, SUSPENDED, RUNNING), _skip),
    "manualskip": ((READY, SUSPENDED, RUNNING), _skip),
    "withdraw": ((READY, SUSPENDED, RUNNING), _cancel),
    "ate_abort": ((RUNNING, SUSPENDED, READY), _cancel),
    "pi_abort": ((RUNNING, SUSPENDED, READY), _cancel_all),
}
