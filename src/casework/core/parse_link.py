"""What a definition's parts say of one another: ways, references and expressions, checked when all tasks are known."""

from collections.abc import Callable
from typing import Any, Final

from casework.core.calendar import BUSINESS_SECONDS_MAX
from casework.core.condition import Condition, ConditionError, Expression, compile_condition, compile_expression
from casework.core.definition import END, STARTER, Definition, Task
from casework.core.graph import compile_graph
from casework.core.kinds import KINDS, Part
from casework.core.parse_report import Path, Report, quoted
from casework.core.template import Template, TemplateError

_OF_AN_ITEM: Final = ("item", "index")

_ONWARD: Final = ("next", "otherwise", "on_error", "on_timeout", "compensate", "for_each")
"""What leads on from a task, or makes several steps of one; a task that undoes another has none of it."""

Compiler = Callable[[Any], Condition | Expression | Template]


class Links:
    """The checks of one definition; `places` are the indexes of its tasks in the document."""

    def __init__(self, definition: Definition, places: tuple[int, ...], report: Report) -> None:
        self._definition = definition
        self._tasks: tuple[tuple[Path, Task], ...] = tuple(
            (("tasks", place), task) for place, task in zip(places, definition.tasks, strict=True)
        )
        self._keys = tuple(dict.fromkeys(task.key for task in definition.tasks if task.key))
        self._known = frozenset(self._keys)
        self._undoing = frozenset(task.compensate for task in definition.tasks if task.compensate)
        self._report = report
        self._is_whole = "" not in {task.key for task in definition.tasks}

    def check(self) -> None:
        """Report every way that leads nowhere, task that nothing leads to, and expression that does not compile."""
        self._check_keys()
        for i, key in enumerate(self._definition.start):
            self._check_target(key, ("start", i))
        for path, task in self._tasks:
            self._check_ways(task, path)
            self._check_excluded(task, path)
            self._check_business_time(task, path)
            self._check_task_expressions(task, path)
        for key in self._definition.indicators:
            self._check(self._definition.indicators[key], ("indicators", key), compile_expression)
        self._check(self._definition.output, ("output",), compile_expression)
        self._check_undoing()
        if self._is_whole:
            self._check_reachable()

    def _check_keys(self) -> None:
        seen: set[str] = set()
        for path, task in self._tasks:
            if task.key in seen and task.key:
                self._is_whole = False
                self._report.add((*path, "key"), f"the key '{task.key}' is taken by an earlier task")
            seen.add(task.key)

    def _check_ways(self, task: Task, path: Path) -> None:
        for i, way in enumerate(task.next):
            self._check_target(way.to, (*path, "next", i, "to"), END)
            is_always = way.when is None or way.when.strip() == "true"
            if is_always and task.split == "first" and i + 1 < len(task.next):
                self._report.add(
                    (*path, "next", i),
                    "this way is always taken, so those after it never are",
                    "give it a 'when', move it to the end, or take every match with 'split: all'",
                )
        for names, target in (
            (("otherwise",), task.otherwise),
            (("on_error",), task.on_error),
            (("on_timeout",), task.on_timeout),
            (("on_overdue", "then"), task.on_overdue.then),
        ):
            if target is not None:
                self._check_target(target, (*path, *names), END)
        if task.compensate is not None:
            self._check_target(task.compensate, (*path, "compensate"))

    def _check_excluded(self, task: Task, path: Path) -> None:
        for i, key in enumerate(task.exclude):
            self._check_target(key, (*path, "exclude", i), STARTER)
        if task.kind in KINDS:
            for place, key in KINDS[task.kind].refers(task.settings):
                self._check_target(key, (*path, *place), STARTER)

    def _check_business_time(self, task: Task, path: Path) -> None:
        """Report what is longer than a working year, which would be looked for day by day."""
        if "business" not in (task.calendar, self._definition.calendar):
            return
        for name, seconds in (("due", task.due), ("requeue_after", task.requeue_after)):
            if seconds is not None and seconds > BUSINESS_SECONDS_MAX:
                hint = "a day is 24 business hours: write 8h for a working day of eight"
                message = f"'{name}' is at most {BUSINESS_SECONDS_MAX // 3600:,}h of business time"
                self._report.add((*path, name), message, hint)

    def _check_undoing(self) -> None:
        """A task that undoes another is an end in itself."""
        for path, task in self._tasks:
            if task.key in self._undoing:
                for name in _ONWARD:
                    if getattr(task, name):
                        message = f"the task '{task.key}' undoes another one, and has no '{name}'"
                        self._report.add((*path, name), message, "leave it out")
                if task.on_overdue.then is not None:
                    message = f"the task '{task.key}' undoes another one, and leads nowhere"
                    self._report.add((*path, "on_overdue", "then"), message, "leave it out")

    def _check_target(self, key: str, path: Path, *also: str) -> None:
        """Report a key that is no task's; "" has been reported where it was read."""
        if key in self._known or key in also:
            return
        self._is_whole = False
        if key:
            self._report.add_unknown(path, f"there is no task {quoted(key)}", key, (*self._keys, *also))

    def _check_task_expressions(self, task: Task, path: Path) -> None:
        # The item of a task that undoes another is the output that it undoes.
        has_items = task.for_each is not None or task.key in self._undoing
        self._check(task.for_each, (*path, "for_each"), compile_expression)
        self._check(task.allow, (*path, "allow"), compile_expression, has_items=has_items)
        self._check(task.deny, (*path, "deny"), compile_expression, has_items=has_items)
        for i, way in enumerate(task.next):
            self._check(way.when, (*path, "next", i, "when"), compile_condition, has_items=has_items)
        for name, source in task.indicators.items():
            self._check(source, (*path, "indicators", name), compile_expression, has_items=has_items)
        if task.kind in KINDS:
            for part in KINDS[task.kind].parts(task.settings):
                self._check(part, (*path, *part.path), Part.compile, has_items=has_items)

    def _check(self, source: Any, path: Path, compiler: Compiler, *, has_items: bool = False) -> None:
        if source is None:
            return
        try:
            compiled = compiler(source)
        except ConditionError as error:
            where = f" (column {error.column})" if error.column else ""
            inner = error.path if isinstance(error, TemplateError) else ()
            self._report.add((*path, *inner), f"{error.message}{where}")
            return
        for name in _OF_AN_ITEM:
            if name in compiled.names and not has_items:
                self._report.add(path, f"there is no '{name}' here", "it is known in a task with 'for_each' only")
        for key in sorted(compiled.task_keys - self._known):
            self._report.add_unknown(path, f"there is no task {quoted(key)}", key, self._keys)

    def _check_reachable(self) -> None:
        reachable = compile_graph(self._definition).start_reachable
        for path, task in self._tasks:
            if task.key in self._undoing:
                if task.key in reachable:
                    message = f"the task '{task.key}' undoes another one, and nothing else may lead to it"
                    self._report.add(path, message)
            elif task.key not in reachable:
                self._report.add(
                    path,
                    f"nothing leads to the task '{task.key}'",
                    "name it in another task's 'next', or in 'start'",
                )
