"""Where runs would have gone by other ways: each step that completed is decided again, on what was stored of it."""

from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec.structs import replace

from casework.core.actor import SYSTEM
from casework.core.context import Context
from casework.core.definition import END
from casework.core.draft import Draft
from casework.core.run import RUNNING, Run
from casework.core.step import COMPLETED, Step
from casework.core.version import Version

STEPS_MAX: Final = 1_000
"""Completed steps of one run that are decided again: one that went round more often repeats itself."""

ALWAYS: Final = "always"
OTHERWISE: Final = "otherwise"
NOWHERE: Final = "no way on"


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """The tasks that come next. because: the conditions' clauses that decided; error: why none could be decided."""

    targets: tuple[str, ...]
    because: str
    error: str | None = None


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """A completed step, and where it led by the run's own version and by the other; would: None without such a task."""

    step: int
    task: str
    was: Choice
    would: Choice | None

    @property
    def is_same(self) -> bool:
        """Whether both lead to the same tasks."""
        return self.would is not None and self.was.targets == self.would.targets


def turns(run: Run, version: Version) -> Iterator[Turn]:
    """Every completed step of a run that has all its steps, in the order in which they ended.

    Both versions are asked with the same values: what the steps before gave and the instant are those of then; what is
    said of the run, its member and its chat is what is known of them now.
    """
    ended = [step for step in run.steps if step.state == COMPLETED and step.parent is None]
    ended.sort(key=lambda step: (step.ended_at, step.number))
    past = _Past(run)
    for step in ended[:STEPS_MAX]:
        then = past.until(step)
        key = step.task
        would = None if version.find(key) is None else choose(version, key, _context(then, version, step))
        own = run.version
        if own.find(key) is None:
            continue  # it ended before the run moved to its version
        yield Turn(step=step.number, task=key, was=choose(own, key, _context(then, own, step)), would=would)


def choose(version: Version, key: str, context: Context) -> Choice:
    """Where a step of that task leads, by the rules of `core.routing`, and why."""
    task = version.task(key)
    targets: list[str] = []
    because: list[str] = []
    for transition, condition in version.ways(key):
        if condition is not None:
            verdict = condition.explain(context)
            if verdict.error is not None:
                why = f"`{condition.source}` could not be decided: {verdict.error}"
                return Choice(targets=_named(task.on_error), because=verdict.clause or condition.source, error=why)
            if not verdict.value:
                continue
            because.append(verdict.clause or condition.source)
        else:
            because.append(ALWAYS)
        targets.append(transition.to)
        if task.split == "first":
            break
    if targets or not version.ways(key):
        return Choice(targets=_named(*targets), because=" and ".join(dict.fromkeys(because)) or ALWAYS)
    if task.otherwise is not None:
        return Choice(targets=_named(task.otherwise), because=OTHERWISE)
    return Choice(targets=_named(task.on_error), because=NOWHERE, error="No condition is true, and there is no way on.")


def _named(*targets: str | None) -> tuple[str, ...]:
    return tuple(sorted({target for target in targets if target is not None and target != END}))


class _Past:
    """What of a run's steps was there at one instant after the other."""

    def __init__(self, run: Run) -> None:
        self._run = run
        own = (step for step in run.steps if step.parent is None)
        self._coming = sorted(own, key=lambda step: (step.created_at, step.number), reverse=True)
        self._reached: dict[str, Step] = {}
        self._outputs: dict[str, Step] = {}

    def until(self, step: Step) -> Run:
        """The run as it was when that step had completed; those before it must have been asked for."""
        at = step.ended_at or step.created_at
        while self._coming and self._coming[-1].created_at <= at:
            one = self._coming.pop()
            self._reached[one.task] = replace(one, is_output=False)
        self._outputs[step.task] = replace(step, is_output=True)
        both = {one.number: one for one in (*self._reached.values(), *self._outputs.values())}
        steps = tuple(one for _, one in sorted(both.items()))
        return replace(self._run, steps=steps, state=RUNNING, ended_at=None, updated_at=at)


def _context(run: Run, version: Version, step: Step) -> Context:
    return Draft(replace(run, version=version), SYSTEM, run.updated_at).context(step, step.output)
