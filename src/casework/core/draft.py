"""A decision in the making: the run as it will be, and the facts that led there."""

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from casework.core.actor import Actor
from casework.core.clocks import milliseconds
from casework.core.context import Context
from casework.core.definition import SUBWORKFLOW, Json
from casework.core.event import Event
from casework.core.run import Run, Undo
from casework.core.run_context import build_context
from casework.core.step import CANCELLED, COMPLETED, FAILED, FOR_EACH, IN_PROGRESS, PAUSED, SKIPPED, Step
from casework.core.taint import Taint, of_task, together
from casework.core.version import Version
from casework.core.work import Calculator, Call, Errand, Job


class Draft:
    """What deciding works on: values go in, changed values come out, nothing else is touched.

    jobs: calls to workers that follow. errands: what is to be done outside the run. memories: what the next attempt
    at a step will be told, by number. calls: models that were asked, with the step's number. pending: automatic
    steps that were reached and are not begun. calculator: knows what pure functions give; None where nobody does.
    """

    def __init__(self, run: Run, actor: Actor, now: datetime, calculator: Calculator | None = None) -> None:
        self.run = run
        self.version = run.version
        self.actor = actor
        self.now = now
        self.calculator = calculator
        self.revision = run.revision + 1
        self.events: list[Event] = []
        self.interrupts: int | None = None
        self.jobs: list[Job] = []
        self.errands: list[Errand] = []
        self.memories: dict[int, Json] = {}
        self.calls: list[tuple[int, Call]] = []
        self.pending: deque[int] = deque()
        self._steps = {step.number: step for step in run.steps}

    # The run

    def change_run(self, **fields: Any) -> None:
        """Set fields of the run."""
        self.run = replace(self.run, **fields)

    def record(self, event_type: str, step: Step | None = None, **data: Any) -> None:
        """State a fact."""
        self.events.append(Event(type=event_type, step=None if step is None else step.number, data=data))

    def settled(self) -> Run:
        """The run with its steps as they are now."""
        return replace(
            self.run,
            steps=tuple(self._steps.values()),
            revision=self.revision,
            updated_at=self.now,
        )

    def taint(self, taints: Iterable[Taint]) -> None:
        """The run's data bring this along from now on."""
        found = together(self.run.taints, taints)
        if found is not self.run.taints:
            self.change_run(taints=found)

    def begin_for(self, accounts: Iterable[int] = ()) -> None:
        """The run was started by these, and by the actor where that is a person."""
        own = () if self.actor.account_id is None else (self.actor.account_id,)
        self.change_run(started_by=tuple(dict.fromkeys((*self.run.started_by, *accounts, *own))))

    def move_to(self, version: Version, number: int) -> None:
        """Go on by another version."""
        self.version = version
        beside = self.run.context
        if "workflow" in beside:
            beside = {**beside, "workflow": {**beside["workflow"], "version": number}}
        self.change_run(version=version, number=number, context=beside)

    # Its steps

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, in order of number."""
        return tuple(self._steps.values())

    def live(self) -> list[Step]:
        """The steps that have not ended."""
        return [step for step in self._steps.values() if step.is_live]

    def step(self, number: int) -> Step:
        """The step of that number as it is now; KeyError where there is none."""
        return self._steps[number]

    def last_visit(self, task: str) -> Step | None:
        """The last visit of a task, children of a fan-out aside."""
        found = None
        for step in self._steps.values():
            if step.task == task and step.parent is None and step.is_last:
                found = step
        return found

    def add(self, step: Step) -> Step:
        """A new step; its number must be the next one."""
        new = replace(step, revision=self.revision)
        self._steps[new.number] = new
        self.run = replace(self.run, steps_count=max(self.run.steps_count, new.number))
        return new

    def change(self, step: Step, **fields: Any) -> Step:
        """The step with fields set."""
        changed = replace(self._steps[step.number], revision=self.revision, **fields)
        self._steps[step.number] = changed
        return changed

    def supersede(self, task: str, number: int) -> None:
        """Step `number` is its task's last visit now, no other.

        The children of a parent that still waits for them stay marked: whoever loads a run loads what is marked.
        """
        for other in self.steps:
            if other.task == task and other.is_last and other.number != number:
                parent = None if other.parent is None else self._steps[other.parent]
                if parent is None or not parent.is_live:
                    self.change(other, is_last=False)

    # Work periods

    def open_period(self, step: Step) -> Step:
        """Hands on the step: it is in progress from now."""
        first = step.started_at is None
        changed = self.change(step, state=IN_PROGRESS, open_since=self.now, started_at=step.started_at or self.now)
        self.begun(changed, self.now)
        self.record("step.started" if first else "step.resumed", changed, account_id=changed.account_id)
        return changed

    def close_period(self, step: Step, **fields: Any) -> Step:
        """Hands off: the open work period, if any, is added up; with other fields to set beside."""
        if step.open_since is None:
            return self.change(step, **fields)
        worked = milliseconds(step.open_since, self.now)
        self.change_run(working_ms=self.run.working_ms + worked)
        return self.change(step, open_since=None, working_ms=step.working_ms + worked, **fields)

    def pause(self, step: Step, cause: str | None = None) -> Step:
        """Stop the work on a step for now."""
        changed = self.close_period(step, state=PAUSED)
        if cause is None:
            self.record("step.paused", changed)
        else:
            self.record("step.paused", changed, cause=cause)
        return changed

    def end(self, step: Step, state: str, **fields: Any) -> Step:
        """The step's last change: it ended in that state."""
        if state == COMPLETED and step.parent is None:
            for other in self.steps:
                if other.is_output and other.task == step.task:
                    self.change(other, is_output=False)
            fields["is_output"] = True
        self._note_end(step, state, fields.get("output"))
        started_at = step.started_at or (self.now if state == COMPLETED else None)
        if started_at is not None:
            self.begun(step, started_at)
        if step.kind == FOR_EACH and not step.is_last:
            for child in self.steps:
                if child.parent == step.number:
                    self.change(child, is_last=False)
        step = self.close_attempt(step)
        return self.close_period(
            step, state=state, ended_at=self.now, started_at=started_at, try_resolve_at=None, **fields
        )

    def _note_end(self, step: Step, state: str, output: Json) -> None:
        """What the end of a step asks for: to be undone one day, its sub-run to be cancelled; and what it brings."""
        if state in (COMPLETED, FAILED):
            self.taint(self._brought(step, output))
        if state == COMPLETED and step.kind != FOR_EACH and step.ask is None:
            if self.version.task(step.task).compensate is not None:
                done = Undo(step=step.number, task=step.task, output=output)
                self.change_run(undo=(*self.run.undo, done))
        elif state in (CANCELLED, SKIPPED) and step.kind == SUBWORKFLOW and step.attempt:
            self.errands.append(Errand(what="cancel", step=step.number, child=step.child_uuid))

    def _brought(self, step: Step, output: Json) -> Iterator[Taint]:
        """What a step brings into the run by what it gave, or by what it says went wrong."""
        if step.attempt:
            yield from of_task(self.version.task(step.task))
        sensitive = self.version.sensitive
        if sensitive is not None and sensitive.step(replace(step, output=output)).output != output:
            yield Taint(label="private", source="task", name=step.task)

    # Attempts

    def open_attempt(self, step: Step, worker: UUID) -> Step:
        """A worker begins the next attempt."""
        first = step.started_at is None
        changed = self.change(
            step,
            state=IN_PROGRESS,
            attempt=step.attempt + 1,
            worker=worker,
            attempt_at=self.now,
            started_at=step.started_at or self.now,
        )
        self.begun(changed, self.now)
        self.record("step.started" if first else "step.resumed", changed, attempt=changed.attempt)
        return changed

    def close_attempt(self, step: Step, **fields: Any) -> Step:
        """The attempt, if one is open, is over: its time is added up; with other fields to set beside."""
        if step.attempt_at is None:
            return self.change(step, **fields) if fields else step
        took = milliseconds(step.attempt_at, self.now)
        self.change_run(machine_ms=self.run.machine_ms + took)
        return self.change(step, worker=None, attempt_at=None, machine_ms=step.machine_ms + took, **fields)

    def enqueue(self, step: Step) -> None:
        """Call a worker to the step's next attempt."""
        self.jobs.append(Job(kind=step.kind, step=step.number, attempt=step.attempt + 1))

    def begun(self, step: Step, at: datetime) -> None:
        """Work on a step began then: so did the run, and the step that fanned out to it, if nothing of them had."""
        if self.run.started_at is None:
            self.change_run(started_at=at)
        parent = None if step.parent is None else self._steps[step.parent]
        if parent is not None and parent.started_at is None:
            self.change(parent, started_at=at)

    def retract(self, step: Step, error: Json) -> Step:
        """A step that completed in this decision failed after all; its task's output is the one before again."""
        before = [other for other in self.steps if other.task == step.task and _is_output(other, step)]
        for other in before[-1:]:
            self.change(other, is_output=True)
        self.change_run(undo=tuple(done for done in self.run.undo if done.step != step.number))
        return self.change(step, state=FAILED, error=error, is_output=False)

    def reopened(self, step: Step) -> Step:
        """A step that completed in this decision has not ended after all; one that has not ended is as it was."""
        if step.ended_at is None:
            return step
        return self.change(self.retract(step, None), ended_at=None, output=None)

    # What conditions see

    def context(self, step: Step, output: Json) -> Context:
        """What an expression of the step's task may name."""
        return self._context(self.settled(), step, output)

    def given(self, step: Step) -> Json:
        """What the definition gives the step; of a kind that is done at once, its output.

        Raises:
            EvaluationError: an expression has no value.

        """
        run, sensitive = self.settled(), self.version.sensitive
        if sensitive is not None and sensitive.is_blind(step.task):
            run, step = sensitive.run(run), sensitive.step(step)
        return self.version.program(step.task).evaluate(self._context(run, step, None))

    def _context(self, run: Run, step: Step, output: Json) -> Context:
        return Context(
            build_context(
                run, output=output, now=self.now, beside=self.run.context, step=step, names=self.version.names
            )
        )


def _is_output(other: Step, than: Step) -> bool:
    return other.state == COMPLETED and other.parent is None and other.number != than.number
