"""What the expressions of a definition look at, as far as it is marked sensitive: told from the texts alone."""

from collections.abc import Mapping
from typing import Final

from casework.core.definition import HUMAN, Definition, Json, Task
from casework.core.kinds import KINDS
from casework.core.kinds.agent import is_shown_sensitive
from casework.core.marks import Marks, Path, is_marking
from casework.core.template import paths_of


class Derivation:
    """Which values of a version's runs are made by looking at a marked one.

    input, marks: what the schemas mark of the input, and of what a task's steps hold; None where they mark nothing.
    whole: the tasks whose output no schema describes, and that were given something marked.
    """

    def __init__(self, definition: Definition) -> None:
        self._tasks: Final = {task.key: task for task in definition.tasks}
        self.input: Final = _marks(definition.input)
        self.marks: Final = {task.key: _marks(task.form, task.output) for task in definition.tasks}
        self.whole: frozenset[str] = frozenset()
        undescribed = [task for task in definition.tasks if task.kind != HUMAN and task.output is None]
        while found := frozenset(task.key for task in undescribed if self.is_given_marked(task)) - self.whole:
            self.whole |= found  # and what looks at the output of these is next

    def is_given_marked(self, task: Task) -> bool:
        """Whether steps of the task are given something marked; an agent is only where its task says so."""
        if task.kind == "agent" and not is_shown_sensitive(task.settings):
            return False
        parts = (part for part in KINDS[task.kind].parts(task.settings) if part.form != "approval")
        return any(self._look(_written(part.form, part.source), task) for part in parts)

    def has_marked_item(self, task: Task) -> bool:
        """Whether the items that the task is done for, or what it undoes, hold something marked."""
        undone = (one.key for one in self._tasks.values() if one.compensate == task.key)
        return (task.for_each is not None and self.looks(task.for_each)) or any(self._gives(key, ()) for key in undone)

    def looking(self, sources: Mapping[str, str]) -> frozenset[str]:
        """The names of the expressions that look at something marked."""
        return frozenset(name for name, source in sources.items() if self.looks(source))

    def looks(self, source: str) -> bool:
        """Whether an expression looks at something marked."""
        return self._look(_written("condition", source), None)

    def _look(self, value: Json, task: Task | None) -> bool:
        return any(self._is_marked(path[0], path[1:], task) for path in paths_of(value))

    def _is_marked(self, name: str, path: Path, task: Task | None) -> bool:
        """Whether something marked stands there. `output` may be any task's; an error may quote what it is about."""
        if name == "input":
            return self.input is not None and self.input.reaches(path)
        if name == "tasks":
            named = [path[0]] if path else list(self._tasks)
            return path[1:2] in ((), ("output",)) and any(self._gives(key, path[2:]) for key in named)
        if name == "output":
            return any(self._gives(key, path) for key in self._tasks)
        if name == "item":
            return task is None or self.has_marked_item(task)
        return name == "error"

    def _gives(self, key: str, path: Path) -> bool:
        marks = self.marks.get(key)
        if marks is None:
            return key in self.whole
        return marks.reaches(() if self._tasks[key].for_each is not None else path)


def _marks(*schemas: Json) -> Marks | None:
    return Marks(schemas) if any(is_marking(schema) for schema in schemas) else None


def _written(form: str, source: Json) -> Json:
    """A condition as a template says it."""
    return f"={source}" if form == "condition" else source
