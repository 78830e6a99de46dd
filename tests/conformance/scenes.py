"""Workflows to test with, and how a run is brought to each state that it can be in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.conformance.client import Caller, Case, Workspace, done

FORM: dict[str, Any] = {
    "type": "object",
    "required": ["topic"],
    "properties": {
        "topic": {"enum": ["billing", "fault"]},
        "amount": {"type": "integer"},
        "note": {"type": "string"},
    },
}

SUPPORT: dict[str, Any] = {
    "casework": 1,
    "key": "support",
    "name": "Support desk",
    "tasks": [
        {
            "key": "classify",
            "name": "Classify the ticket",
            "kind": "human",
            "roles": ["agent"],
            "prompt": "What is it about?",
            "form": FORM,
            "next": [{"to": "resolve", "when": "output.topic == 'fault'"}, {"to": "review"}],
        },
        # Defined before what leads to it, to tell topological order from the order of definition.
        {"key": "resolve", "name": "Resolve it", "kind": "human", "roles": ["agent"]},
        {"key": "review", "name": "Review it", "kind": "human", "roles": ["agent"], "next": [{"to": "resolve"}]},
    ],
}
"""classify, then review and resolve; a fault goes to resolve at once."""

PLAIN: dict[str, Any] = {
    "casework": 1,
    "key": "plain",
    "name": "One thing",
    "tasks": [{"key": "only", "name": "Do it", "kind": "human"}],
}
"""One task, for anybody who may use the workflow."""

PAIR: dict[str, Any] = {
    "casework": 1,
    "key": "pair",
    "name": "Two at once",
    "start": ["left", "right"],
    "tasks": [
        {"key": "left", "kind": "human", "next": [{"to": "merge"}]},
        {"key": "right", "kind": "human", "next": [{"to": "merge"}]},
        {"key": "merge", "kind": "human", "join": "all"},
    ],
}
"""Two tasks begin together; a third waits for both."""


RESCUE: dict[str, Any] = {
    "casework": 1,
    "key": "rescue",
    "name": "With a way for errors",
    "tasks": [
        {"key": "try", "kind": "human", "on_error": "repair", "next": [{"to": "end"}]},
        {"key": "repair", "kind": "human"},
    ],
}
"""What cannot be done leads to another task."""

EACH: dict[str, Any] = {
    "casework": 1,
    "key": "each",
    "name": "One by one",
    "tasks": [
        {"key": "ask", "kind": "human", "for_each": "input.people", "next": [{"to": "decide"}]},
        {"key": "decide", "kind": "human"},
    ],
}
"""A task is done once for each of several people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A workspace where people work on tickets.

    ada and bob hold the role of the tasks; lead does too, and supervises. outsider belongs to no project.
    """

    workspace: Workspace
    workflow: dict[str, Any]
    pair: dict[str, Any]
    ada: Caller
    bob: Caller
    lead: Caller
    outsider: Caller

    @property
    def manager(self) -> Caller:
        return self.workspace.manager

    @property
    def path(self) -> str:
        return self.workspace.path

    def case(self, who: Caller | None = None, **fields: Any) -> Case:
        """A new assignment, by default ada's own, of the support workflow."""
        workflow = fields.pop("workflow", self.workflow)
        body = {"workflowId": workflow["id"], **fields}
        made = done((who or self.ada).post(f"{self.path}/assignments", body), 201)
        return Case(workspace=self.workspace, workflow=workflow, made=made)

    def task_id(self, key: str) -> int:
        return next(task["id"] for task in self.workflow["tasks"] if task["key"] == key)


def open_desk(workspace: Workspace) -> Desk:
    workflow, pair = workspace.publish(SUPPORT), workspace.publish(PAIR)
    ada, bob = workspace.member(actorRoles=["agent"]), workspace.member(actorRoles=["agent"])
    lead = workspace.member(actorRoles=["agent"], isSupervisor=True)
    workspace.allow(workflow, ada, bob, lead)
    workspace.allow(pair, ada, bob, lead)
    return Desk(
        workspace=workspace,
        workflow=workflow,
        pair=pair,
        ada=ada,
        bob=bob,
        lead=lead,
        outsider=workspace.member(),
    )


def _running(desk: Desk) -> Case:
    case = desk.case()
    case.start(desk.ada)
    return case


def _paused(desk: Desk) -> Case:
    case = _running(desk)
    case.moved(desk.ada, "pause")
    return case


def _resumed(desk: Desk) -> Case:
    case = _paused(desk)
    case.moved(desk.ada, "process")
    return case


def _completed(desk: Desk) -> Case:
    case = _running(desk)
    case.moved(desk.ada, "complete", {"data": {"topic": "fault"}})
    case.finish(desk.ada)
    return case


def _failed(desk: Desk) -> Case:
    case = _running(desk)
    case.moved(desk.ada, "error", {"data": {"comment": "The address is missing."}})
    return case


def _cancelled(desk: Desk) -> Case:
    case = _running(desk)
    done(desk.ada.post(f"{case.path}/cancel", {"reason": "Asked for twice"}))
    return case


RUNS: dict[str, Callable[[Desk], Case]] = {
    "pending": Desk.case,
    "running": _running,
    "paused": _paused,
    "resumed": _resumed,
    "completed": _completed,
    "failed": _failed,
    "cancelled": _cancelled,
}
"""How a run comes to each state of the contract."""
