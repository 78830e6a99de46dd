"""What a batch will write, collected decision by decision."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Any, Final

import msgspec

from casework.core.actor import Actor
from casework.core.command import Command, Migrate, Restore
from casework.core.decide import Decision
from casework.core.definition import Json
from casework.core.event import Event
from casework.core.migration import kept
from casework.core.run import Run, current_step
from casework.core.step import Step
from casework.engine.brief import MADE, MOVES, row_of
from casework.engine.catalog import Edition
from casework.engine.speech import fact_of, message_of_step
from casework.store import changes, messages, queue, run_chats, run_migrations, signals, work_rows
from casework.store.changes import CallRow, EventRow, PeriodRow
from casework.store.database import Connection
from casework.store.messages import NewMessage, Said
from casework.store.queue import ErrandJob, StepJob
from casework.store.run_migrations import MigratedRun
from casework.store.runs import RunRow
from casework.store.signals import Taken
from casework.store.writes import Write, carry_out

_SAME: Final = ("title", "priority", "due_at", "error", "indicators", "cancel_reason", "undo", "ending", "retry_from")
"""What rarely changes of a run, and is called the same in its row."""


def _getter(names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    return attrgetter(*names)


_run_unmoved = _getter(["selected", "member_id", "number", *_SAME])
_row_unmoved = _getter(["selected_step", "member_id", "version_number", *_SAME])


class Held(msgspec.Struct, kw_only=True):
    """A run in the batch's hands: as it was loaded, and as the decisions so far left it.

    row: None for a run that this batch makes; fixed: what is written once, when it is made. stored: the steps that were
    loaded, with their ids, by number. is_limited: a limit holds for what workers perform of its workflow.
    """

    run: Run
    edition: Edition
    row: RunRow | None = None
    fixed: dict[str, Any] = msgspec.field(default_factory=dict)
    changed: dict[int, Step] = msgspec.field(default_factory=dict)
    stored: dict[int, tuple[int, Step]] = msgspec.field(default_factory=dict)
    is_limited: bool = False

    @property
    def is_changed(self) -> bool:
        """Whether a decision was accepted."""
        return self.row is None or self.run.revision != self.row.revision

    @property
    def chat_id(self) -> int | None:
        """The chat that the run belongs to."""
        found: int | None = self.fixed["chat_id"] if self.row is None else self.row.chat_id
        return found


class Ledger:
    """The rows of one commit."""

    def __init__(self) -> None:
        self._events: list[EventRow] = []
        self._opened: dict[tuple[int, int], PeriodRow] = {}
        self._passed: list[PeriodRow] = []
        self._closed: list[tuple[int, int, datetime]] = []
        self._jobs: list[StepJob | ErrandJob] = []
        self._taken: list[Taken] = []
        self._memories: dict[tuple[int, int, int], Json] = {}
        self._calls: list[CallRow] = []
        self._moved: dict[int, tuple[Held, set[int]]] = {}
        self._migrated: list[MigratedRun] = []
        self._restored: list[tuple[int, int, int]] = []
        self._speech: list[tuple[NewMessage, EventRow]] = []
        self.said: list[Said] = []
        """What was said in chats, once it is written."""

    def accept(self, held: Held, decision: Decision, actor: Actor) -> None:
        """Take a decision in: the run as it is afterwards, the facts, and what else follows."""
        after = decision.run
        before = {step.number: step for step in held.run.steps}
        for step in after.steps:
            old = before.get(step.number)
            if old is step:
                continue
            held.changed[step.number] = step
            self._note_period(held, old, step, after.updated_at)
        held.run = after
        self._note_automation(held, decision)
        for event in decision.events:
            self._events.append(_event_row(held, event, actor))
            speech = None if held.chat_id is None else message_of_step(after, held.chat_id, event)
            if speech is not None:
                fact = Event(type="chat.message", step=event.step, data=fact_of(speech))
                self._speech.append((speech, _event_row(held, fact, actor)))

    def move(self, held: Held, after: Run, command: Command, edition: Edition) -> None:
        """A run goes on by another version: what its open steps are called there, and what takes to undo it."""
        numbers = {step.number for step in held.run.live()}
        self._moved.setdefault(held.run.id, (held, set()))[1].update(numbers)
        if isinstance(command, Migrate):
            migrated = MigratedRun(
                workspace_id=edition.workspace_id,
                migration_id=command.migration,
                run_id=after.id,
                from_version=held.edition.number,
                revision=after.revision,
                kept=kept(held.run, after),
                moved_at=after.updated_at,
            )
            self._migrated.append(migrated)
        elif isinstance(command, Restore):
            self._restored.append((edition.workspace_id, command.migration, after.id))
        held.edition = edition

    def take(self, signal: int, held: Held, step: int) -> None:
        """An event was taken by a step."""
        self._taken.append(Taken(signal=signal, run_id=held.run.id, step=step))

    async def write(self, connection: Connection, batch: Sequence[Held], now: datetime) -> None:
        """Write everything, in one statement where nothing of it must come after something else."""
        held = [one for one in batch if one.is_changed]
        # Chats before runs, as everybody who writes in one has it: a chat's last message moves what its runs show.
        await messages.lock_chats(connection, [speech.chat_id for speech, _ in self._speech])
        work = [
            *work_rows.new_runs([_run_row(one) | one.fixed for one in held if one.row is None]),
            *work_rows.changed_runs([_changed_row(one, one.row) for one in held if one.row is not None]),
            *work_rows.changed_steps([row for one in held for row in _changed_steps(one)]),
        ]
        if self._moved:  # the same steps again
            await carry_out(connection, work)
            await carry_out(
                connection, work_rows.renamed_steps([row for one in self._moved.values() for row in _renamed(*one)])
            )
            work = []
        work += work_rows.new_steps(_new_steps(held)) + changes.closed_periods(self._closed)
        if self._speech or (
            self._closed and (self._passed or self._opened)
        ):  # what is said refers to runs, and whoever begins here has stopped elsewhere
            await carry_out(connection, work)
            work = []
            self.said = await messages.say(connection, [(event.workspace_id, new) for new, event in self._speech])
            kept = {one.message.uuid for one in self.said}
            self._events += [event for new, event in self._speech if new.uuid in kept]
        await carry_out(connection, [*work, *self._facts(held, now)])
        await queue.enqueue(connection, self._jobs)

    def _facts(self, held: Sequence[Held], now: datetime) -> list[Write]:
        """What is written beside runs and steps."""
        return [
            *changes.new_periods([*self._passed, *self._opened.values()]),
            *run_chats.new_owners([owner for one in held for owner in _new_owner(one)]),
            *changes.new_events(self._events),
            *changes.new_calls(self._calls),
            *changes.memories(self._memories),
            *changes.counts(_deltas(held)),
            *run_migrations.moves(self._migrated),
            *run_migrations.undone(self._restored, now),
            *signals.takings(self._taken, now),
        ]

    def _note_automation(self, held: Held, decision: Decision) -> None:
        """Calls to workers, what they leave for later attempts, and what they asked of models."""
        run_id, edition = decision.run.id, held.edition
        for job in decision.jobs:
            self._jobs.append(
                StepJob(
                    kind=job.kind,
                    workspace_id=edition.workspace_id,
                    workflow_id=edition.workflow_id,
                    task_id=edition.task_id(decision.run.step(job.step).task),
                    run_id=run_id,
                    step=job.step,
                    attempt=job.attempt,
                    priority=decision.run.step(job.step).priority,
                    revision=decision.run.step(job.step).revision,
                )
            )
        for errand in decision.errands:
            awaits = decision.run.step(errand.step).awaits if errand.what == "match" else None
            self._jobs.append(
                ErrandJob(
                    workspace_id=edition.workspace_id,
                    what=errand.what,
                    run_id=(decision.run.parent_run_id or 0) if errand.what == "tell" else run_id,
                    step=errand.step,
                    child=errand.child,
                    awaits=awaits,
                )
            )
        for number, memory in decision.memories.items():
            self._memories[edition.workspace_id, run_id, number] = memory
        for number, call in decision.calls:
            self._calls.append(
                CallRow(
                    workspace_id=edition.workspace_id,
                    workflow_id=edition.workflow_id,
                    run_id=run_id,
                    step_number=number,
                    provider=call.provider,
                    model_id=call.model_id,
                    input_tokens=call.input_tokens,
                    output_tokens=call.output_tokens,
                    cost=call.cost,
                    latency_ms=call.latency_ms,
                    created_at=call.at,
                )
            )

    def _note_period(self, held: Held, old: Step | None, new: Step, at: datetime) -> None:
        """A work period that this decision closed or opened, as the step's `open_since` tells."""
        since = None if old is None else old.open_since
        if since == new.open_since and (old is None or old.account_id == new.account_id):
            return
        place = (held.run.id, new.number)
        if old is not None and since is not None:
            opened = self._opened.pop(place, None)
            if opened is None:
                self._closed.append((*place, at))
            else:
                self._passed.append(msgspec.structs.replace(opened, ended_at=at))
        if new.open_since is not None and new.account_id is not None:
            self._opened[place] = PeriodRow(
                workspace_id=held.edition.workspace_id,
                run_id=held.run.id,
                step_number=new.number,
                account_id=new.account_id,
                started_at=new.open_since,
            )


def _event_row(held: Held, event: Event, actor: Actor) -> EventRow:
    return EventRow(
        workspace_id=held.edition.workspace_id,
        type=event.type,
        run_id=held.run.id,
        step_number=event.step,
        revision=held.run.revision,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
        data=event.data,
        at=held.run.updated_at,
    )


def current_task_id(run: Run, edition: Edition) -> int | None:
    """The id of the task that an open run stands on; None where there is none."""
    step = current_step(run)
    return None if step is None else edition.task_id(step.task)


def _moved_row(held: Held) -> dict[str, Any]:
    """What is to be written of a run that moved (RUN_MOVED)."""
    run = held.run
    current = current_step(run)
    return {
        "id": run.id,
        "state": run.state,
        "revision": run.revision,
        "steps_count": run.steps_count,
        "current_task_id": None if current is None else held.edition.task_id(current.task),
        "current_step": None if current is None else current.number,
        "output": run.output,
        "working_ms": run.working_ms,
        "machine_ms": run.machine_ms,
        "updated_at": run.updated_at,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
    }


def _run_row(held: Held) -> dict[str, Any]:
    run = held.run
    return _moved_row(held) | {
        "workspace_id": held.edition.workspace_id,
        "version_number": run.number,
        "member_id": run.member_id,
        "title": run.title,
        "selected_step": run.selected,
        "priority": run.priority,
        "due_at": run.due_at,
        "error": run.error,
        "indicators": run.indicators,
        "cancel_reason": run.cancel_reason,
        "undo": run.undo,
        "ending": run.ending,
        "retry_from": run.retry_from,
    }


def _changed_row(held: Held, row: RunRow) -> dict[str, Any]:
    """What is to be written of a stored run: what moves, where nothing else is another than it was."""
    return _moved_row(held) if _run_unmoved(held.run) == _row_unmoved(row) else _run_row(held)


def _changed_steps(held: Held) -> list[dict[str, Any]]:
    """The rows of stored steps that changed, each as far as it must be written."""
    rows = []
    for number, step in sorted(held.changed.items()):
        if number in held.stored:
            step_id, before = held.stored[number]
            brief = next((one for one in MOVES if one.covers(step, before)), None)
            row = row_of(step, brief)
            row["id"] = step_id
            rows.append(row)
    return rows


def _renamed(held: Held, numbers: set[int]) -> list[dict[str, Any]]:
    """What steps of a run that moved to another version are called there."""
    rows = []
    for number in sorted(numbers & held.stored.keys()):
        step = held.run.step(number)
        rows.append(
            {
                "id": held.stored[number][0],
                "task_id": held.edition.task_id(step.task),
                "task_key": step.task,
                "name": held.edition.version.task(step.task).name if step.ask is None else step.ask["name"],
                "visit": step.visit,
            }
        )
    return rows


def _new_steps(batch: Sequence[Held]) -> list[dict[str, Any]]:
    """The rows of new steps, all of the same columns: a briefer kind's, where none has more to say."""
    made = [
        (held, step) for held in batch for number, step in sorted(held.changed.items()) if number not in held.stored
    ]
    brief = next((one for one in MADE if all(one.suffices(step) for _, step in made)), None)
    rows = []
    for held, step in made:
        edition = held.edition
        row = row_of(step, brief)
        row["workspace_id"] = edition.workspace_id
        row["workflow_id"] = edition.workflow_id
        row["run_id"] = held.run.id
        row["task_id"] = edition.task_id(step.task)
        row["task_key"] = step.task
        row["name"] = edition.version.task(step.task).name if step.ask is None else step.ask["name"]
        rows.append(row)
    return rows


def _new_owner(held: Held) -> list[tuple[int, int, datetime]]:
    """The chat of an assignment that was handed over, and its new owner."""
    row, member_id = held.row, held.run.member_id
    if row is None or row.chat_id is None or member_id is None or member_id == row.member_id:
        return []
    return [(row.chat_id, member_id, held.run.updated_at)]


def _deltas(batch: Sequence[Held]) -> dict[tuple[int, int, int, date], int]:
    """By how much the counts of open runs on each task change."""
    deltas: dict[tuple[int, int, int, date], int] = defaultdict(int)
    for held in batch:
        before = None if held.row is None else held.row.current_task_id
        after = current_task_id(held.run, held.edition)
        if before == after:
            continue
        place = (held.edition.workspace_id, held.edition.workflow_id)
        day = held.run.created_at.astimezone(UTC).date()
        if before is not None:
            deltas[*place, before, day] -= 1
        if after is not None:
            deltas[*place, after, day] += 1
    return deltas
