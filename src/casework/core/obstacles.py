"""What keeps a run from going on by another version of its workflow, as far as the graphs say it."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from casework.core.definition import SUBWORKFLOW, WAIT, Task
from casework.core.draft import Draft
from casework.core.errors import Conflict
from casework.core.step import FOR_EACH, WAITING, Step
from casework.core.version import Version

OBSTACLES: Final = {
    "ending": "What was done in the run is being undone.",
    "task": "An open step's task is not in the version, and the map names none for it.",
    "kind": "The task there is done by others: its kind is another one, or only one of the two has a list of items.",
    "attempt": "A worker is at work on the step.",
    "join": "Branches come together differently there: arrivals would be lost, or a join begin too early.",
    "beneath": "The step stands above or beneath others, and would have to leave them behind.",
    "visit": "A later visit of the task has ended: its history would have a gap.",
    "waiting": "What the step waits for is nothing that the task there waits for.",
    "output": "The version looks back at a task whose past visits stay under its old key.",
    "undoing": "What was done could not be undone any more: the task there compensates nothing.",
    "input": "The run's input does not fit the version's schema.",
    "form": "What was saved on the step does not fit the form there.",
    "people": "Whoever has the step may not do it there, or it cannot be said who may.",
    "given": "What the step is given there cannot be evaluated.",
}
"""Every kind of obstacle, and what it means."""


class Obstacle(msgspec.Struct, frozen=True, kw_only=True):
    """A reason why a run stays where it is; code: one of OBSTACLES. step, task: where it is about a step."""

    code: str
    message: str
    step: int | None = None
    task: str | None = None


class Immovable(Conflict):
    """The run cannot go on by that version, for these reasons."""

    def __init__(self, obstacles: tuple[Obstacle, ...]) -> None:
        super().__init__(f"The run cannot move: {obstacles[0].message}")
        self.obstacles = obstacles


def at(step: Step, code: str, message: str) -> Obstacle:
    """An obstacle that is about a step."""
    return Obstacle(code=code, message=message, step=step.number, task=step.task)


def obstacles_of_run(draft: Draft, version: Version, tasks: Mapping[str, str]) -> Iterator[Obstacle]:
    """What is about the run as a whole."""
    if draft.run.ending is not None:
        yield Obstacle(code="ending", message="What was done in the run is being undone; it ends with that.")
    if version.definition.input != draft.version.definition.input:
        for problem in version.input_problems(draft.run.input):
            yield Obstacle(code="input", message=f"The input does not fit: {problem.path or '/'}: {problem.message}.")
    for done in draft.run.undo:
        there = version.find(tasks.get(done.task, done.task))
        if there is None or there.compensate is None:
            message = f"{done.task} was done and could not be undone there any more: nothing compensates it."
            yield Obstacle(code="undoing", message=message, step=done.step, task=done.task)
    for old, new in sorted(tasks.items()):
        past = any(step.task == old and not step.is_live for step in draft.steps)
        if past and old != new and new in version.tasks_read:
            message = f"The version looks back at {new}, and what this run did of it stays under {old}."
            yield Obstacle(code="output", message=message, task=old)


def obstacles_of_step(draft: Draft, step: Step, version: Version, there: Task) -> Iterator[Obstacle]:
    """What is about an open step that would be one of the task `there`, in the graph."""
    here = draft.version.task(step.task)
    if step.worker is not None:
        yield at(step, "attempt", f"A worker is at work on {step.task}, attempt {step.attempt}.")
    if step.parent is not None:
        return  # all else is said of the step above it
    if here.kind != there.kind:
        yield at(step, "kind", f"{step.task} is of the kind {here.kind}, and {there.key} of the kind {there.kind}.")
    elif (here.for_each is None) != (there.for_each is None):
        which = there.key if here.for_each is None else step.task
        yield at(step, "kind", f"Only {which} is done for each item of a list.")
    elif step.state == WAITING and step.incident is None:
        yield from _of_waiting(step, here, there)
    if here.key != there.key:
        if any(other.parent == step.number for other in draft.steps):
            yield at(step, "beneath", f"{step.task} has steps beneath it; it moves only to a task of the same key.")
        yield from _of_visits(draft, step)
    yield from _of_absorbing(step, version)


def obstacles_of_join(draft: Draft, step: Step, version: Version, tasks: Mapping[str, str]) -> Iterator[Obstacle]:
    """What is about arrivals that wait at a join, where every open step has a counterpart."""
    key = tasks.get(step.task, step.task)
    if version.task(key).join != "all":
        yield at(step, "join", f"Arrivals wait at {step.task}, and {key} waits for none: it is not `join: all`.")
        return
    for other in draft.live():
        if other.task == step.task:
            continue
        there = tasks.get(other.task, other.task)
        if there == key:
            yield at(step, "join", f"Arrivals wait at {step.task}, and {other.task} would be at {key} beside them.")
        elif step.task in draft.version.graph.reach[other.task] and key not in version.graph.reach[there]:
            yield at(step, "join", f"{step.task} waits for {other.task}, from where {key} is not reached any more.")


def _of_waiting(step: Step, here: Task, there: Task) -> Iterator[Obstacle]:
    if step.kind == WAIT:
        if ("event" in here.settings) != ("event" in there.settings):
            message = f"{step.task} and {there.key} do not wait for the same: an event, and an instant."
            yield at(step, "waiting", message)
    elif step.kind == SUBWORKFLOW:
        if here.settings["workflow"] != there.settings["workflow"]:
            message = f"A run of {here.settings['workflow']} is under way, and {there.key} calls another workflow."
            yield at(step, "waiting", message)
    elif step.kind != FOR_EACH and (here.settings, here.output) != (there.settings, there.output):
        message = f"{step.task} waits for people's answers to what {there.key} might not ask."
        yield at(step, "waiting", message)


def _of_visits(draft: Draft, step: Step) -> Iterator[Obstacle]:
    """A step that leaves a task takes its number of a visit along: those that stay must be numbered without a gap."""
    visits = {one.visit: one for one in draft.steps if one.task == step.task and one.parent is None}
    moved = {number for number, one in visits.items() if one.is_live}
    if moved != set(range(min(moved), max(visits) + 1)):
        yield at(step, "visit", f"{step.task} was visited again since, and that visit has ended.")


def _of_absorbing(step: Step, version: Version) -> Iterator[Obstacle]:
    for key in step.absorbed_by:
        there = version.find(key)
        if there is None or there.join != "any":
            yield at(step, "join", f"The branch of {step.task} is taken in by {key}, which is not `join: any` there.")
