"""A case of a log as a run that has ended: pure translation, instants and people as the log tells them."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

import msgspec

from casework.core.clocks import milliseconds
from casework.core.ids import ordered_uuid, step_uuid
from casework.core.step import CANCELLED, COMPLETED
from casework.eventlog import Case, Performed, performed
from casework.store.finished_runs import FinishedRun, FinishedStep, Period

EXTERNAL_ID_CHARACTERS_MAX: Final = 200
"""What the database keeps of a case's id or a resource's name."""

TITLE_CHARACTERS_MAX: Final = 500

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Hands(msgspec.Struct, frozen=True, kw_only=True):
    """The member that a resource of the log is."""

    account_id: int
    member_id: int


class Cast(msgspec.Struct, frozen=True, kw_only=True):
    """What the names in a log stand for here: tasks (key and id by name), and people by resource."""

    workflow_uuid: UUID
    tasks: Mapping[str, tuple[str, int]]
    people: Mapping[str, Hands]


def fitting(name: str) -> str:
    """The name, or where it is too long to be kept its beginning and a mark that tells it from others."""
    if len(name) <= EXTERNAL_ID_CHARACTERS_MAX:
        return name
    mark = sha256(name.encode()).hexdigest()[:12]
    return f"{name[: EXTERNAL_ID_CHARACTERS_MAX - len(mark) - 1]}~{mark}"


def finished(case: Case, external_id: str, cast: Cast) -> FinishedRun:
    """The run that the case was; it must have an event. Steps that the log leaves open ended when the case did."""
    created_at, ended_at = case.events[0].at, case.events[-1].at
    done = performed(case)
    whose = cast.workflow_uuid.bytes + external_id.encode()
    uuid = ordered_uuid(max(created_at, _EPOCH), sha256(whose).digest())
    steps = [_step(one, uuid, done, cast, ended_at) for one in _visits(done)]
    completed = [number for number, one in enumerate(done) if one.ended != "cancel"]
    return FinishedRun(
        uuid=uuid,
        external_id=external_id,
        title=case.id[:TITLE_CHARACTERS_MAX],
        input=case.attributes,
        output=done[completed[-1]].attributes if completed else None,
        working_ms=sum(step.working_ms for step in steps),
        machine_ms=sum(step.machine_ms for step in steps),
        created_at=created_at,
        started_at=min((step.started_at for step in steps if step.started_at is not None), default=None),
        ended_at=ended_at,
        steps=steps,
    )


class _Visit(msgspec.Struct, frozen=True, kw_only=True):
    """A step's place among the others: `place` in the order of ends, `number` in that of creation."""

    place: int
    number: int
    visit: int
    is_last: bool
    is_output: bool
    sources: tuple[int, ...]


def _visits(done: Sequence[Performed]) -> list[_Visit]:
    order = sorted(range(len(done)), key=lambda place: (done[place].created_at, place))
    numbers = {place: number for number, place in enumerate(order, 1)}
    outputs = {one.task: place for place, one in enumerate(done) if one.ended != "cancel"}
    lasts = {done[place].task: place for place in order}
    ends = [one.ended_at for one in done if one.ended_at is not None]
    counts: dict[str, int] = {}
    found = []
    for place in order:
        task = done[place].task
        counts[task] = counts.get(task, 0) + 1
        source = bisect_right(ends, done[place].created_at, hi=min(place, len(ends))) - 1
        found.append(
            _Visit(
                place=place,
                number=numbers[place],
                visit=counts[task],
                is_last=lasts[task] == place,
                is_output=outputs.get(task) == place,
                sources=(numbers[source],) if source >= 0 else (),
            )
        )
    return found


def _step(visit: _Visit, run: UUID, done: Sequence[Performed], cast: Cast, case_ended_at: datetime) -> FinishedStep:
    one = done[visit.place]
    key, task_id = cast.tasks[one.task]
    hands = None if one.resource is None else cast.people[one.resource]
    ended_at = one.ended_at or case_ended_at
    periods = _periods(one, ended_at)
    worked = sum(milliseconds(*period) for period in periods)
    return FinishedStep(
        number=visit.number,
        uuid=step_uuid(run, visit.number, max(one.created_at, _EPOCH)),
        task_id=task_id,
        task_key=key,
        name=one.task,
        visit=visit.visit,
        is_last=visit.is_last,
        is_output=visit.is_output,
        state=CANCELLED if one.ended == "cancel" else COMPLETED,
        account_id=None if hands is None else hands.account_id,
        member_id=None if hands is None else hands.member_id,
        data=one.attributes,
        sources=visit.sources,
        working_ms=0 if hands is None else worked,
        machine_ms=worked if hands is None else 0,
        created_at=one.created_at,
        started_at=(one.started_at or ended_at) if one.ended == "open" else one.started_at,
        ended_at=ended_at,
        periods=periods,
    )


def _periods(one: Performed, ended_at: datetime) -> Sequence[Period]:
    """The stretches of work; one that is under way when the log ends, ends with the case."""
    if one.running_since is None or one.running_since >= ended_at:
        return one.periods
    return (*one.periods, (one.running_since, ended_at))
