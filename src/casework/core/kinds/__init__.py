"""What each kind of task adds to the format: the fields of its own, and what they say when a step is reached.

A kind is a row of KINDS: a newcomer adds a module beside the others and a row here. What a worker does with a step is
the affair of `casework.kinds`; here is only what a definition can say, and what follows from it alone.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal

import msgspec

from casework.core.context import Context
from casework.core.definition import HUMAN, Json
from casework.core.kinds import agent, decision, function, http, set_values, subworkflow, wait
from casework.core.kinds.part import Compiled, Part
from casework.core.parse_field import Fields
from casework.core.syntax import CALL

Settings = dict[str, Json]


def _no_references(_settings: Settings) -> Iterator[tuple[tuple[str | int, ...], str]]:
    return iter(())


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """What a kind adds.

    fields: of its own, in a task. read: the settings as written; what is wrong is reported. parts: what of them is
    evaluated. evaluate: what follows from the settings and the compiled parts, in a context: of a kind that is done at
    once its output, of every other what the step is given. sees: names of the context that it looks at beside those
    that the parts name. brings: what of its outputs is to be minded, unless a task says otherwise (core.taint). refers:
    the tasks that the settings name, with the place of each.
    """

    fields: tuple[str, ...]
    read: Callable[[Fields], Settings]
    parts: Callable[[Settings], Iterator[Part]]
    evaluate: Callable[[Settings, Mapping[str, Compiled], Context], Json]
    sees: frozenset[str] = frozenset()
    brings: frozenset[Literal["private", "untrusted"]] = frozenset()
    refers: Callable[[Settings], Iterator[tuple[tuple[str | int, ...], str]]] = _no_references


def _no_settings(_fields: Fields) -> Settings:
    return {}


def _no_parts(_settings: Settings) -> Iterator[Part]:
    return iter(())


def _nothing(_settings: Settings, _compiled: Mapping[str, Compiled], _context: Context) -> Json:
    return {}


KINDS: Final[Mapping[str, Kind]] = {
    HUMAN: Kind(fields=(), read=_no_settings, parts=_no_parts, evaluate=_nothing),
    "agent": Kind(
        fields=agent.FIELDS, read=agent.read, parts=agent.parts, evaluate=agent.evaluate, refers=agent.references
    ),
    "decision": Kind(fields=decision.FIELDS, read=decision.read, parts=decision.parts, evaluate=decision.evaluate),
    "set": Kind(fields=set_values.FIELDS, read=set_values.read, parts=set_values.parts, evaluate=set_values.evaluate),
    "function": Kind(fields=function.FIELDS, read=function.read, parts=function.parts, evaluate=function.evaluate),
    "http": Kind(
        fields=http.FIELDS, read=http.read, parts=http.parts, evaluate=http.evaluate, brings=frozenset({"untrusted"})
    ),
    "wait": Kind(fields=wait.FIELDS, read=wait.read, parts=wait.parts, evaluate=wait.evaluate, sees=wait.SEES),
    "subworkflow": Kind(
        fields=subworkflow.FIELDS, read=subworkflow.read, parts=subworkflow.parts, evaluate=subworkflow.evaluate
    ),
}
"""The kinds that can be published, by name."""


class Program:
    """The settings of one task, compiled: what its steps are given, or what they give."""

    __slots__ = ("_compiled", "_kind", "_settings", "names", "task_keys")

    def __init__(self, kind: str, settings: Settings) -> None:
        self._kind: Final = KINDS[kind]
        self._settings: Final = settings
        self._compiled: Final = {part.name: part.compile() for part in self._kind.parts(settings)}
        # A call is known to whoever makes it, and is nothing that a context is built with.
        self.names: Final = self._kind.sees.union(*(one.names for one in self._compiled.values())) - {CALL}
        keys = (key for _, key in self._kind.refers(settings))
        self.task_keys: Final = frozenset(keys).union(*(one.task_keys for one in self._compiled.values()))

    def evaluate(self, context: Context) -> Json:
        """The output of a step that is done at once; of any other what it is given.

        Raises:
            EvaluationError: an expression has no value in this context.

        """
        return self._kind.evaluate(self._settings, self._compiled, context)


def compile_program(kind: str, settings: Settings) -> Program:
    """The program of a task that `parse` accepted."""
    return Program(kind, settings)


__all__: Final[list[Any]] = ["KINDS", "Kind", "Part", "Program", "Settings", "compile_program"]
