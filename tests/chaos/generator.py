"""Workflows by chance, of every kind of task, whose end is known beforehand.

A workflow is a row of blocks. Each passes a number on, to which it adds something: the output of the run tells whether
all of them were done, and how often. What a block does outside it labels, so that the ledger can be held against it.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

LABEL = "{{ run.id }}/{{ task.key }}/{{ task.visit }}"
RETRY = {"attempts": 60, "backoff": "1s", "max": "2s"}
PERSONS = 3
"""What people add: the robots fill this in."""

ROLE = "robot"
"""What whoever does people's tasks acts as."""

NOBODY = "nobody"
"""A role that no one has."""

EVENT = "chaos.go"
CALLED = "chaos_called"
"""The workflow that others call."""

ITEMS = (5, 6, 7)
ROUNDS = 3


@dataclass(kw_only=True)
class Shape:
    """A workflow, and what will have become of each of its runs.

    done: completed steps by task. effects: labels, without the run's id. perhaps: tasks of which one or none is done.
    awaits: tasks that wait for an event about the run's id and their key. calls: tasks that call a workflow.
    """

    key: str
    ledger_url: str
    tasks: list[dict[str, Any]] = field(default_factory=list)
    number: str = "input.n"
    added: int = 0
    state: str = "completed"
    done: Counter[str] = field(default_factory=Counter)
    effects: set[str] = field(default_factory=set)
    perhaps: set[str] = field(default_factory=set)
    awaits: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    @property
    def definition(self) -> dict[str, Any]:
        """The document that is published."""
        output = f"{{'n': {self.number}}}"
        return {"casework": 1, "key": self.key, "start": [self.tasks[0]["key"]], "tasks": self.tasks, "output": output}

    def name(self, what: str) -> str:
        """A new task's key."""
        return f"{what}_{len(self.tasks)}"

    def add(self, task: dict[str, Any], *, times: int = 1, effects: tuple[str, ...] = ()) -> str:
        """Append a task; its key."""
        key: str = task["key"]
        self.tasks.append(task)
        self.done[key] += times
        self.effects |= {f"{key}/{effect}" for effect in effects}
        return key

    def passes(self, number: str, added: int) -> None:
        """The number that goes on from here."""
        self.number = number
        self.added += added


def _set(shape: Shape) -> tuple[str, str]:
    key = shape.add({"key": shape.name("set"), "kind": "set", "values": {"n": f"={shape.number} + 1"}})
    shape.passes(f"tasks.{key}.output.n", 1)
    return key, key


def _decision(shape: Shape) -> tuple[str, str]:
    rules = [{"when": f"{shape.number} < 0", "then": {"n": 0}}, {"then": {"n": f"={shape.number} + 2"}}]
    key = shape.add({"key": shape.name("decision"), "kind": "decision", "rules": rules})
    shape.passes(f"tasks.{key}.output.n", 2)
    return key, key


def _function(shape: Shape) -> tuple[str, str]:
    key = shape.add(_calling(shape.name("function"), f"={shape.number} + 1"), effects=("1",))
    shape.passes(f"tasks.{key}.output.n", 1)
    return key, key


def _pure(shape: Shape) -> tuple[str, str]:
    task = {"kind": "function", "function": "plus_two", "arguments": {"n": f"={shape.number}"}}
    key = shape.add({"key": shape.name("pure"), **task})
    shape.passes(f"tasks.{key}.output.n", 2)
    return key, key


def _calling(key: str, number: Any, label: str = LABEL, **fields: Any) -> dict[str, Any]:
    arguments = {"label": label, "n": number}
    return {"key": key, "kind": "function", "function": "effect", "arguments": arguments, "retry": RETRY, **fields}


def _http(shape: Shape) -> tuple[str, str]:
    body = {"label": LABEL, "n": f"={shape.number} + 1"}
    task = {"kind": "http", "method": "POST", "url": shape.ledger_url, "body": body, "retry": RETRY}
    key = shape.add({"key": shape.name("http"), **task}, effects=("1",))
    shape.passes(f"tasks.{key}.output.body.n", 1)
    return key, key


def _agent(shape: Shape) -> tuple[str, str]:
    arguments = {"type": "object", "required": ["label"], "properties": {"label": {"type": "string"}}}
    tool = {"name": "note", "kind": "http", "marks": "act", "approve": False, "method": "POST", "arguments": arguments}
    task = {
        "key": shape.name("agent"),
        "kind": "agent",
        "model": "scripted",
        "prompt": "Please write it down.",
        "tools": [{**tool, "url": shape.ledger_url, "description": "Writes a label down."}],
        "rules": [
            {"contains": "please", "calls": [{"tool": "note", "arguments": {"label": LABEL}}]},
            {"answer": {"n": f"={shape.number} + 1"}},
        ],
        "output": {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}},
        "retry": RETRY,
    }
    key = shape.add(task, effects=("1",))
    shape.passes(f"tasks.{key}.output.n", 1)
    return key, key


def _human(shape: Shape) -> tuple[str, str]:
    key = shape.add(_asking(shape.name("human")))
    shape.passes(f"({shape.number} + tasks.{key}.output.k)", PERSONS)
    return key, key


def _asking(key: str, **fields: Any) -> dict[str, Any]:
    form = {"type": "object", "required": ["k"], "properties": {"k": {"type": "integer"}}}
    return {"key": key, "kind": "human", "roles": [ROLE], "form": form, **fields}


def _for_each(shape: Shape) -> tuple[str, str]:
    fields = {"for_each": str(list(ITEMS)), "concurrency": 2}
    effects = tuple(f"1/{item}" for item in ITEMS)
    task = _calling(shape.name("each"), "=item", LABEL + "/{{ item }}", **fields)
    key = shape.add(task, times=1 + len(ITEMS), effects=effects)
    shape.passes(f"({shape.number} + size(tasks.{key}.output))", len(ITEMS))
    return key, key


def _people_for_each(shape: Shape) -> tuple[str, str]:
    key = shape.add(_asking(shape.name("human_each"), for_each=str(list(ITEMS))), times=1 + len(ITEMS))
    shape.passes(f"({shape.number} + tasks.{key}.output[2].k)", PERSONS)
    return key, key


def _join_all(shape: Shape) -> tuple[str, str]:
    fork: dict[str, Any] = {"key": shape.name("fork"), "kind": "set", "values": {"n": f"={shape.number}"}}
    shape.add(fork)
    joined = f"{fork['key']}_all"
    on = [{"to": joined}]
    branches = [
        shape.add(_calling(shape.name("branch_function"), 1, next=on), effects=("1",)),
        shape.add(_asking(shape.name("branch_human"), next=on)),
        shape.add({"key": shape.name("branch_set"), "kind": "set", "values": {"n": 1}, "next": on}),
    ]
    fork |= {"split": "all", "next": [{"to": branch} for branch in branches]}
    sums = (
        f"={shape.number} + tasks.{branches[0]}.output.n + tasks.{branches[1]}.output.k + tasks.{branches[2]}.output.n"
    )
    shape.add({"key": joined, "kind": "set", "join": "all", "values": {"n": sums}})
    shape.passes(f"tasks.{joined}.output.n", 2 + PERSONS)
    return fork["key"], joined


def _join_any(shape: Shape) -> tuple[str, str]:
    fork: dict[str, Any] = {"key": shape.name("race"), "kind": "set", "values": {"n": f"={shape.number}"}}
    shape.add(fork)
    joined = f"{fork['key']}_any"
    branches = [shape.name("first"), shape.name("other")]
    for branch in branches:
        shape.add(_calling(branch, 1, next=[{"to": joined}]), times=0)
    shape.perhaps |= set(branches)
    fork |= {"split": "all", "next": [{"to": branch} for branch in branches]}
    values = {"n": f"={shape.number} + 1"}
    shape.add({"key": joined, "kind": "set", "join": "any", "cancel_rest": True, "values": values})
    shape.passes(f"tasks.{joined}.output.n", 1)
    return fork["key"], joined


def _retried(shape: Shape) -> tuple[str, str]:
    arguments = {"n": f"={shape.number} + 1"}
    task = {"kind": "function", "function": "second_time", "arguments": arguments, "retry": RETRY}
    key = shape.add({"key": shape.name("retried"), **task})
    shape.passes(f"tasks.{key}.output", 1)
    return key, key


def _on_error(shape: Shape) -> tuple[str, str]:
    failing = shape.name("failing")
    caught = f"{failing}_caught"
    # What led here is reached by the error alone; the way that is never taken keeps it one row.
    task = {"kind": "function", "function": "refuse", "on_error": caught, "next": [{"to": caught}]}
    shape.add({"key": failing, **task}, times=0)
    shape.add({"key": caught, "kind": "set", "values": {"n": f"={shape.number} + 1"}})
    shape.passes(f"tasks.{caught}.output.n", 1)
    return failing, caught


def _loop(shape: Shape) -> tuple[str, str]:
    key = shape.name("loop")
    visits = tuple(str(visit) for visit in range(1, ROUNDS + 1))
    task = _calling(key, "=task.visit", next=[{"to": key, "when": f"task.visit < {ROUNDS}"}])
    shape.add(task, times=ROUNDS, effects=visits)
    shape.passes(f"({shape.number} + tasks.{key}.output.n)", ROUNDS)
    return key, key


def _instant(shape: Shape) -> tuple[str, str]:
    key = shape.add({"key": shape.name("instant"), "kind": "wait", "for": "1s"})
    shape.passes(f"({shape.number} + (tasks.{key}.output.at == '' ? 0 : 1))", 1)
    return key, key


def _event(shape: Shape) -> tuple[str, str]:
    correlation = "{{ run.id }}/{{ task.key }}"
    key = shape.add({"key": shape.name("event"), "kind": "wait", "event": EVENT, "correlation": correlation})
    shape.awaits.append(key)
    shape.passes(f"({shape.number} + tasks.{key}.output.k)", PERSONS)
    return key, key


def _subworkflow(shape: Shape) -> tuple[str, str]:
    given = {"label": LABEL, "n": f"={shape.number} + 1"}
    key = shape.name("sub")
    shape.add({"key": key, "kind": "subworkflow", "workflow": CALLED, "input": given}, effects=("1",))
    shape.calls.append(key)
    shape.passes(f"tasks.{key}.output.n", 1)
    return key, key


def called() -> dict[str, Any]:
    """The workflow that others call: has an effect under the label that it is given, and gives the number back."""
    task = _calling("called", "=input.n", "=input.label")
    return {"casework": 1, "key": CALLED, "tasks": [task], "output": "{'n': tasks.called.output.n}"}


BLOCKS: tuple[Callable[[Shape], tuple[str, str]], ...] = (
    *(_set, _decision, _pure, _function, _http, _agent, _human, _for_each, _people_for_each),
    *(_join_all, _join_any, _retried, _on_error, _loop, _instant, _event, _subworkflow),
)
"""Each appends its tasks and gives the first and the last one."""

BLOCKS_A_SHAPE = 5
ENDS = {"completed": 8, "failed": 1, "cancelled": 1}


def shapes(count: int, chance: random.Random, ledger_url: str) -> list[Shape]:
    """So many workflows; together they have every block, and every end from ten on."""
    deck: list[Callable[[Shape], tuple[str, str]]] = []
    ends = [end for end, times in ENDS.items() for _ in range(times)]
    made = []
    for number in range(count):
        while len(deck) < BLOCKS_A_SHAPE:
            deck = [*chance.sample(BLOCKS, len(BLOCKS)), *deck]
        blocks = [deck.pop() for _ in range(BLOCKS_A_SHAPE)]
        shape = Shape(key=f"chaos_{number}", ledger_url=ledger_url)
        made.append(_joined(shape, blocks, ends[-(number % len(ends)) - 1]))
    return made


def _joined(shape: Shape, blocks: list[Callable[[Shape], tuple[str, str]]], end: str) -> Shape:
    by_key: dict[str, dict[str, Any]] = {}
    last = None
    for block in blocks:
        first, following = block(shape)
        by_key |= {task["key"]: task for task in shape.tasks}
        if last is not None:
            by_key[last].setdefault("next", []).append({"to": first})
        last = following
    shape.state = end
    if last is not None:
        by_key[last].setdefault("next", []).append({"to": "end" if end == "completed" else "closing"})
    if end != "completed":
        shape.add({"key": "closing", **_CLOSING[end]}, times=0)
    return shape


_CLOSING: dict[str, dict[str, Any]] = {
    "failed": {"kind": "function", "function": "refuse"},
    "cancelled": {"kind": "human", "roles": [NOBODY]},
}
