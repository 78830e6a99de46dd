"""Taint: what the data of a run bring along, from where they came in to where an agent may act (decision 0017).

It is of the whole run and never goes away: who copies, sorts or retypes what a stranger wrote makes it no safer.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal

import msgspec

from casework.core.definition import Task
from casework.core.kinds import KINDS
from casework.core.kinds.agent_tools import Tool, declared

Label = Literal["private", "untrusted"]
"""private: not for everybody. untrusted: written by somebody outside, who may mean to give orders."""

LABELS: Final[tuple[Label, ...]] = ("private", "untrusted")

Source = Literal["input", "message", "hook", "agent", "task", "tool"]

SOURCES_MAX: Final = 10
"""Sources of a label that are remembered: one is enough to act on, and more are more than a person reads."""

_WORDS: Final[Mapping[Source, str]] = {
    "input": "its input",
    "message": "what was said in its chat",
    "hook": "the call of the hook {}",
    "agent": "an agent elsewhere",
    "task": "the task {}",
    "tool": "the tool {}",
}


class Taint(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """That something with this label came into a run. name: of the hook, task or tool that it came from."""

    label: Label
    source: Source
    name: str = ""


MESSAGE: Final = Taint(label="untrusted", source="message")
AGENT: Final = Taint(label="untrusted", source="agent")
MARKED_INPUT: Final = Taint(label="private", source="input")


def of_task(task: Task) -> Iterator[Taint]:
    """What the output of a worker's step of the task brings, or its error; an agent's tools say it one by one."""
    for label in LABELS:
        if task.settings.get(f"reads_{label}", label in KINDS[task.kind].brings):
            yield Taint(label=label, source="task", name=task.key)


def of_tool(tool: Tool) -> Iterator[Taint]:
    """What a tool gives brings."""
    if tool.reads_private:
        yield Taint(label="private", source="tool", name=tool.name)
    if tool.reads_untrusted:
        yield Taint(label="untrusted", source="tool", name=tool.name)


def of_call(settings: Mapping[str, Any], name: Any) -> Iterator[Taint]:
    """What the tool of that name, if these settings of an agent list it, brought when it was called."""
    for entry in settings.get("tools", ()):
        if entry["name"] == name:
            yield from of_tool(declared(entry))


def together(held: tuple[Taint, ...], more: Iterable[Taint]) -> tuple[Taint, ...]:
    """All of them, each once, in the order in which they came; the same tuple where nothing is new."""
    for taint in more:
        if taint not in held and sum(one.label == taint.label for one in held) < SOURCES_MAX:
            held = (*held, taint)
    return held


def is_dangerous(tool: Tool, held: Iterable[Taint]) -> bool:
    """Whether a call of the tool could carry what is private to the outside because a stranger wrote that it should.

    held: of whoever calls it; what the tool itself reads counts as well.
    """
    labels = {taint.label for taint in (*held, *of_tool(tool))}
    return tool.acts_externally and labels.issuperset(LABELS)


def told(tool: Tool, held: Iterable[Taint]) -> str:
    """Why a call is dangerous, for whoever is to look at it."""
    held = (*held, *of_tool(tool))
    strangers, private = (_named(held, label) for label in ("untrusted", "private"))
    return (
        f"This run has read from outside ({strangers}) and holds private data ({private}), and {tool.name} acts "
        "outside: look whether the call carries away what it should not."
    )


def _named(held: Iterable[Taint], label: Label) -> str:
    words = (_WORDS[taint.source].format(taint.name) for taint in held if taint.label == label)
    return ", ".join(dict.fromkeys(words))
