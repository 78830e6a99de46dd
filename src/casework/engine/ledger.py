"""What a batch will write, collected decision by decision."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from casework.core.actor import Actor
from casework.core.command import Command, Migrate, Restore
from casework.core.decision import Decision
from casework.core.definition import Json
from casework.core.event import Event
from casework.core.migration import kept
from casework.core.run import Run
from casework.core.step import Step
from casework.engine import rows
from casework.engine.catalog import Edition
from casework.engine.held import Held
from casework.engine.sealing import Sealing, masked_event
from casework.engine.speech import fact_of, message_of_step
from casework.store import changes, messages, queue, run_chats, run_migrations, signals, work_rows
from casework.store.changes import CallRow, EventRow, PeriodRow
from casework.store.database import Connection
from casework.store.messages import NewMessage, Said
from casework.store.queue import ErrandJob, StepJob
from casework.store.run_migrations import MigratedRun
from casework.store.signals import Taken
from casework.store.writes import Write, carry_out


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
        self._sealing = Sealing()
        self._renewed: dict[int, Held] = {}
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
            self._events.append(_event_row(held, masked_event(after, event), actor))
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
        if held.edition.version.sensitive is not None or edition.version.sensitive is not None:
            self._renewed[held.run.id] = held
        held.edition = edition

    def take(self, signal: int, held: Held, step: int) -> None:
        """An event was taken by a step."""
        self._taken.append(Taken(signal=signal, run_id=held.run.id, step=step))

    async def write(self, connection: Connection, batch: Sequence[Held], now: datetime) -> None:
        """Write everything, in one statement where nothing of it must come after something else."""
        held = [one for one in batch if one.is_changed]
        # Chats before runs, as everybody who writes in one has it: a chat's last message moves what its runs show.
        await messages.lock_chats(connection, [speech.chat_id for speech, _ in self._speech])
        sealing = self._sealing
        work = [
            *work_rows.new_runs(rows.made_rows([one for one in held if one.row is None], sealing)),
            *work_rows.changed_runs([rows.changed_row(one, one.row, sealing) for one in held if one.row is not None]),
            *work_rows.changed_steps([row for one in held for row in rows.changed_steps(one, sealing)]),
        ]
        if self._moved:  # the same steps again
            renamed = [row for one in self._moved.values() for row in rows.renamed_steps(*one)]
            await carry_out(connection, work)
            await carry_out(connection, work_rows.renamed_steps(renamed))
            work = [write for one in self._renewed.values() for write in sealing.renewed(one)]
        work += work_rows.new_steps(rows.new_steps(held, sealing)) + changes.closed_periods(self._closed)
        if self._is_in_two:
            await carry_out(connection, work)
            work = []
            self.said = await messages.say(connection, [(event.workspace_id, new) for new, event in self._speech])
            kept = {one.message.uuid for one in self.said}
            self._events += [event for new, event in self._speech if new.uuid in kept]
        await carry_out(connection, [*work, *self._facts(held, now)])
        await queue.enqueue(connection, self._jobs)

    @property
    def _is_in_two(self) -> bool:
        """Whether facts come after the rest: what is said refers to runs, and who begins here has stopped elsewhere."""
        return bool(self._speech or (self._closed and (self._passed or self._opened)))

    def _facts(self, held: Sequence[Held], now: datetime) -> list[Write]:
        """What is written beside runs and steps."""
        return [
            *changes.new_periods([*self._passed, *self._opened.values()]),
            *run_chats.new_owners([owner for one in held for owner in rows.new_owner(one)]),
            *changes.new_events(self._events),
            *changes.new_calls(self._calls),
            *changes.memories(self._memories),
            *changes.counts(rows.deltas(held)),
            *run_migrations.moves(self._migrated),
            *run_migrations.undone(self._restored, now),
            *signals.takings(self._taken, now),
            *self._sealing.kept(),
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
                    account_id=next(iter(decision.run.started_by), None),
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
