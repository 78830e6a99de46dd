"""A version: a definition with everything in it compiled, ready for the hot path."""

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from casework.core.condition import Condition, Expression, compile_condition, compile_expression
from casework.core.definition import Definition, Json, Task, Transition
from casework.core.errors import Problem
from casework.core.graph import Graph, compile_graph
from casework.core.kinds import Program, compile_program
from casework.core.schema import Schema, compile_schema
from casework.core.sensitive import sensitive_of

Way = tuple[Transition, Condition | None]
"""A transition and its compiled `when`; None where it is always true."""

Indicators = tuple[tuple[str, Expression], ...]
"""What an indicator is called and how it is computed, in order of definition."""

_T = TypeVar("_T")


class Version:
    """A definition compiled once. Every question is a look into a dict; KeyError for a task that there is not."""

    __slots__ = (
        "_for_each",
        "_indicators",
        "_input",
        "_people",
        "_programs",
        "_schemas",
        "_tasks",
        "_ways",
        "definition",
        "graph",
        "names",
        "needs_calendar",
        "output",
        "run_indicators",
        "sensitive",
        "tasks_read",
    )

    def __init__(self, definition: Definition) -> None:
        tasks = definition.tasks
        self.definition: Final = definition
        self.graph: Final[Graph] = compile_graph(definition)
        self.output: Final = _optional(compile_expression, definition.output)
        self.run_indicators: Final = _indicators(definition.indicators)
        self._tasks: Final = {task.key: task for task in tasks}
        self._ways: Final[dict[str, tuple[Way, ...]]] = {
            task.key: tuple((way, _optional(compile_condition, way.when)) for way in task.next) for task in tasks
        }
        self._for_each: Final = {task.key: _optional(compile_expression, task.for_each) for task in tasks}
        self._people: Final = {
            task.key: (_optional(compile_expression, task.allow), _optional(compile_expression, task.deny))
            for task in tasks
        }
        self._indicators: Final = {task.key: _indicators(task.indicators) for task in tasks}
        self._input: Final = _optional(compile_schema, definition.input)
        self._programs: Final = {task.key: compile_program(task.kind, task.settings) for task in tasks}
        self._schemas: Final[dict[str, tuple[Schema, ...]]] = {
            task.key: tuple(compile_schema(schema) for schema in (task.form, task.output) if schema is not None)
            for task in tasks
        }
        self.sensitive: Final = sensitive_of(definition)
        self.names: Final = self._names()
        self.tasks_read: Final = self._tasks_read()
        self.needs_calendar: Final = (
            definition.calendar is not None
            or any(task.calendar is not None for task in tasks)
            or "is_business_hours" in self.names
        )

    def __repr__(self) -> str:
        return f"Version({self.definition.key!r})"

    def task(self, key: str) -> Task:
        """The task of that key."""
        return self._tasks[key]

    def find(self, key: str) -> Task | None:
        """The task of that key; None where the version has none, for a run may have come from one that had it."""
        return self._tasks.get(key)

    def ways(self, key: str) -> tuple[Way, ...]:
        """The transitions from that task, in order of definition."""
        return self._ways[key]

    def program(self, key: str) -> Program:
        """What a step of that task is given, or gives at once."""
        return self._programs[key]

    def for_each(self, key: str) -> Expression | None:
        """What gives the items that the task is done for; None where it is done once."""
        return self._for_each[key]

    def people(self, key: str) -> tuple[Expression | None, Expression | None]:
        """What gives the accounts that may do the task, and those that may not; None where nothing is said."""
        return self._people[key]

    def indicators(self, key: str) -> Indicators:
        """What is computed when a step of that task completes."""
        return self._indicators[key]

    def input_problems(self, value: Json) -> tuple[Problem, ...]:
        """Everything that keeps a run from starting with this input."""
        return self._input.problems(value) if self._input else ()

    def form_problems(self, key: str, value: Json) -> tuple[Problem, ...]:
        """Everything that keeps a step of that task from completing with this output (`form` and `output` hold)."""
        return tuple(problem for schema in self._schemas[key] for problem in schema.problems(value))

    def _expressions(self) -> list[Condition | Expression]:
        """All that is evaluated, but what the kinds' own settings hold."""
        found: list[Condition | Expression | None] = [self.output, *self._for_each.values()]
        found += [condition for ways in self._ways.values() for _, condition in ways]
        found += [expression for people in self._people.values() for expression in people]
        for indicators in (self.run_indicators, *self._indicators.values()):
            found += [expression for _, expression in indicators]
        return [expression for expression in found if expression is not None]

    def _names(self) -> frozenset[str]:
        """What a context needs at most, over all expressions of the version."""
        names = [expression.names for expression in self._expressions()]
        return frozenset[str]().union(*names, *(program.names for program in self._programs.values()))

    def _tasks_read(self) -> frozenset[str]:
        """The tasks whose past steps matter to others: by an expression, or by `exclude`."""
        keys = [expression.task_keys for expression in self._expressions()]
        programs = (program.task_keys for program in self._programs.values())
        return frozenset[str]().union(*keys, *programs, *(task.exclude for task in self.definition.tasks))


def compile_version(definition: Definition) -> Version:
    """The version of a definition that `parse` accepted; the caller keeps it.

    Raises:
        ConditionError, SchemaProblem: the definition did not come from `parse`.
    """
    return Version(definition)


def _optional(compiled: Callable[[Json], _T], source: Json) -> _T | None:
    return None if source is None else compiled(source)


def _indicators(sources: Mapping[str, str]) -> Indicators:
    return tuple((name, compile_expression(source)) for name, source in sources.items())
