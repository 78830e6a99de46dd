"""What of a version's runs is sensitive: the fields that its schemas mark, and what expressions make of them.

A value that a schema describes is hidden by that schema, field by field. One that no schema describes, and that an
expression made by looking at something marked, is hidden whole: nobody can tell what of it came from there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec.structs import replace

from casework.core.definition import HUMAN, SUBWORKFLOW, Definition, Json, Task
from casework.core.derivation import Derivation
from casework.core.kinds.agent import is_shown_sensitive
from casework.core.marks import MASK, Marks, is_marking
from casework.core.step import COMPLETED, FOR_EACH, Step

if TYPE_CHECKING:  # a run has a version, which has one of these
    from casework.core.errors import Problem
    from casework.core.event import Event
    from casework.core.run import Run

RUN_FIELDS: Final = ("input", "output", "error", "indicators")
STEP_FIELDS: Final = ("data", "output", "error", "caught", "incident", "item", "ask", "indicators")
"""The fields of a run and of a step that can hold something sensitive."""


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What is hidden of a task's steps: fields that are marked, and what is hidden whole.

    errors: what went wrong may quote what was looked at. indicators: the names of those that look at something marked.
    """

    marks: Marks | None = None
    given: bool = False
    output: bool = False
    item: bool = False
    errors: bool = False
    indicators: frozenset[str] = frozenset()


_NOTHING: Final = _Kept()
_GONE: Final = _Kept(given=True, output=True, item=True, errors=True)
"""Of a task that the version does not have, and whose schemas nobody can ask any more."""


class Sensitive:
    """Hides what is sensitive of the runs of a version; made only for a version that marks something."""

    def __init__(self, definition: Definition) -> None:
        made = Derivation(definition)
        self._input: Final = made.input
        self._kept: Final = {task.key: _kept(task, made) for task in definition.tasks}
        self._blind: Final = frozenset(
            task.key for task in definition.tasks if task.kind == "agent" and not is_shown_sensitive(task.settings)
        )
        self._is_computed: Final = definition.output is not None
        self._hides_output: Final = definition.output is not None and made.looks(definition.output)
        self._indicators: Final = made.looking(definition.indicators)

    # Hiding

    def run(self, run: Run) -> Run:
        """The run as those see it who may not see what is sensitive."""
        return replace(
            run,
            input=run.input if self._input is None else self._input.masked(run.input),
            output=self._run_output(run),
            error=self._error(run.error, _NOTHING),
            indicators=_without(run.indicators, self._indicators),
            steps=tuple(self.step(step) for step in run.steps),
        )

    def step(self, step: Step) -> Step:
        """The step, masked."""
        kept = self._kept.get(step.task, _GONE)
        if step.ask is not None:
            return _asked(step) if kept.given else step
        if kept == _NOTHING and step.caught is None:
            return step
        return replace(
            step,
            data=self._data(step, kept),
            output=hidden(step.output) if kept.output else _by_schema(step.output, kept, step),
            error=self._error(step.error, kept),
            caught=self._error(step.caught, kept),
            incident=self._error(step.incident, kept),
            item=hidden(step.item) if kept.item else step.item,
            indicators=_without(step.indicators, kept.indicators),
        )

    def event(self, event: Event, step: Step | None) -> Event:
        """A fact about a run, or about that step of it, masked."""
        kept = _NOTHING if step is None else self._kept.get(step.task, _GONE)
        if event.type == "step.progressed" and kept.given:
            return replace(event, data=hidden(event.data))
        if "error" not in event.data:
            return event
        return replace(event, data={**event.data, "error": self._error(event.data["error"], kept)})

    def is_blind(self, key: str) -> bool:
        """Whether steps of that task are given what they are given with everything sensitive hidden."""
        return key in self._blind

    def marks(self, key: str) -> bool:
        """Whether a schema of that task marks something."""
        return self._kept.get(key, _NOTHING).marks is not None

    # Taking back

    def input_problems(self, value: Json) -> tuple[Problem, ...]:
        """Where a new input holds the mask in place of a value."""
        return () if self._input is None else self._input.restored(value, {})[1]

    def restored(self, step: Step, value: dict[str, Any]) -> tuple[dict[str, Any], tuple[Problem, ...]]:
        """What a person hands in for a step, with what is saved where it says the mask; and where nothing is."""
        marks = self._kept.get(step.task, _GONE).marks
        return (value, ()) if marks is None or step.ask is not None else marks.restored(value, step.data)

    def _data(self, step: Step, kept: _Kept) -> Json:
        """Of a person's step what is saved; of any other what it is given, or the items that it is done for."""
        if step.kind == HUMAN:
            return _by_schema(step.data, kept, step)
        if not (kept.item if step.kind == FOR_EACH else kept.given):
            return step.data
        if step.kind == SUBWORKFLOW:  # which run was made is no secret
            return {**step.data, "input": hidden(step.data.get("input"))}
        return hidden(step.data)

    def _run_output(self, run: Run) -> Json:
        """By the expression that made it, else as the output of the step that it was taken from."""
        if self._is_computed or run.output is None:
            return hidden(run.output) if self._hides_output else run.output
        last = [step for step in run.steps if step.state == COMPLETED and step.output == run.output]
        return self.step(last[-1]).output if last else hidden(run.output)

    def _error(self, error: Json, kept: _Kept) -> Json:
        """An error without what it may quote: its message, and the output that did not fit."""
        if not isinstance(error, dict):
            return error
        kept = self._kept.get(error.get("task", ""), kept)
        shown = dict(error)
        if kept.errors and "message" in error:
            shown["message"] = MASK
        if "output" in error:
            is_whole = kept.output or kept.errors
            shown["output"] = hidden(error["output"]) if is_whole else _masked(error["output"], kept)
        return shown


def sensitive_of(definition: Definition) -> Sensitive | None:
    """What is sensitive of a version's runs; None where the version marks nothing, as most do."""
    schemas = [definition.input, *(schema for task in definition.tasks for schema in (task.form, task.output))]
    return Sensitive(definition) if any(is_marking(schema) for schema in schemas) else None


def hidden(value: Json) -> Json:
    """The value with nothing of it shown but the names of its fields at the top, which are the definition's."""
    if value is None:
        return None
    return dict.fromkeys(value, MASK) if isinstance(value, dict) else MASK


def _kept(task: Task, made: Derivation) -> _Kept:
    is_given = made.is_given_marked(task)
    others = (task.for_each, task.allow, task.deny, *(way.when for way in task.next))
    return _Kept(
        marks=made.marks[task.key],
        given=is_given,
        output=task.key in made.whole,
        item=made.has_marked_item(task),
        errors=is_given or any(made.looks(source) for source in others if source is not None),
        indicators=made.looking(task.indicators),
    )


def _asked(step: Step) -> Step:
    """What a worker asks a person: it can tell what it was told."""
    ask = {**step.ask, "prompt": MASK, "detail": hidden(step.ask["detail"])}
    return replace(step, ask=ask, data=hidden(step.data), output=hidden(step.output))


def _by_schema(value: Json, kept: _Kept, step: Step) -> Json:
    if step.kind == FOR_EACH and isinstance(value, list):
        return [_masked(item, kept) for item in value]
    return _masked(value, kept)


def _masked(value: Json, kept: _Kept) -> Json:
    return value if kept.marks is None else kept.marks.masked(value)


def _without(values: Json, names: frozenset[str]) -> Json:
    if not names or not isinstance(values, dict):
        return values
    return {name: MASK if name in names else value for name, value in values.items()}
