"""Every change that the contract lets clients make: how it is asked for, ready to be sent once, again, or too late."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx

from tests.conformance.client import WORK, Caller, act, done
from tests.conformance.scenes import PLAIN, Desk

_numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A request that has everything it needs.

    other: another body that would be as good. read: where the thing that it changes is read, with its ETag; None where
    it makes something new.
    """

    who: Caller
    method: str
    path: str
    body: Any = None
    other: Any = None
    read: str | None = None

    def send(self, *, other: bool = False, **headers: str) -> httpx.Response:
        body = self.other if other else self.body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.who.send(self.method, self.path, json=body, headers=named)

    def tag(self) -> str:
        """The ETag of what it changes, as it is now."""
        assert self.read is not None
        answer = self.who.get(self.read)
        assert answer.status_code == 200, answer.text
        return answer.headers["etag"]


Make = Callable[[Desk], Change]


def _assignment(method: str, rest: str, body: Any, other: Any) -> Make:
    def make(desk: Desk) -> Change:
        case = desk.case()
        path = case.path + rest.format(task=case.task("review")["id"])
        return Change(who=desk.ada, method=method, path=path, body=body, other=other, read=case.path)

    return make


ACTIVITY: Mapping[str, tuple[list[tuple[str, Any]], Any, Any]] = {
    "assign": ([], {"start_working": False}, {"start_working": True}),
    "process": ([("assign", {})], {}, None),
    "pause": ([("assign", {"start_working": True})], {}, None),
    "save": ([("assign", {})], {"data": {"note": "one"}}, {"data": {"note": "two"}}),
    "complete": ([("assign", {})], {"data": {"topic": "fault"}}, {"data": {"topic": "billing"}}),
    "error": ([("assign", {})], {"data": {"comment": "one"}}, {"data": {"comment": "two"}}),
    "cancel": ([], {}, None),
    "unassign": ([("assign", {})], {}, None),
    "reassign": ([("assign", {})], {"account_id": 0}, None),
}
"""What comes before an action on an activity, its body, and another."""


def _activity(action: str) -> Make:
    before, body, other = ACTIVITY[action]

    def make(desk: Desk) -> Change:
        uuid = desk.case().task("classify")["uuid"]
        for earlier, sent in before:
            done(act(desk.ada, uuid, earlier, sent))
        return Change(
            who=desk.ada,
            method="POST" if action in ("cancel", "error") else "PATCH",
            path=f"{WORK}/activities/{uuid}" + ("" if action == "save" else f"/{action}"),
            body={"account_id": desk.bob.account_id} if action == "reassign" else body,
            other={"account_id": desk.lead.account_id} if action == "reassign" else other or {"id": uuid},
            read=f"{WORK}/activities/{uuid}",
        )

    return make


def _tracked(action: str) -> Make:
    def make(desk: Desk) -> Change:
        uuid = desk.case().task("classify")["uuid"]
        who = desk.workspace.member(actorRoles=["agent"])
        done(act(who, uuid, "assign", {"start_working": action != "start"}))
        if action == "resume":
            done(act(who, uuid, "pause"))
        body = {"activity_id": uuid} if action == "start" else {}
        other = {"activity_id": uuid.upper()} if action == "start" else None
        path = f"{WORK}/tracker/{action}"
        return Change(who=who, method="POST", path=path, body=body, other=other, read=f"{WORK}/activities/{uuid}")

    return make


def _work_unit(method: str, rest: str, body: Any, other: Any) -> Make:
    def make(desk: Desk) -> Change:
        path = f"{WORK}/work_units/{desk.case().id}"
        return Change(who=desk.ada, method=method, path=path + rest, body=body, other=other, read=path)

    return make


def _chat(method: str, rest: str, body: Any, other: Any = None) -> Make:
    def make(desk: Desk) -> Change:
        chat = done(desk.ada.post(f"{desk.path}/chats", {"title": "Late order"}), 201)
        path = f"{desk.path}/chats/{chat['id']}"
        sent = {"memberId": desk.bob.member_id} if rest == "/participants" else body
        more = {"memberId": desk.lead.member_id} if rest == "/participants" else other
        return Change(who=desk.ada, method=method, path=path + rest, body=sent, other=more, read=path)

    return make


def _s001_chat(method: str, rest: str, body: Any, other: Any = None) -> Make:
    def make(desk: Desk) -> Change:
        chat = done(desk.ada.post(f"{desk.path}/chats", {"title": "Late order"}), 201)
        sent = None if body is None else {**body, "workflowId": desk.workflow["uuid"]} if "start" in body else body
        if sent is not None:
            sent.pop("start", None)
        path = f"/api/chats/{chat['uuid']}{rest}"
        return Change(
            who=desk.ada, method=method, path=path, body=sent, other=other, read=f"{desk.path}/chats/{chat['id']}"
        )

    return make


def _workflow(method: str, rest: str) -> Make:
    def make(desk: Desk) -> Change:
        workflow = desk.workspace.publish(PLAIN)
        path = f"{desk.path}/workflows/{workflow['id']}{rest}"
        body: Any = {**PLAIN, "key": workflow["key"], "name": "One"}
        other: Any = {**body, "name": "Two"}
        if rest == "/grants":
            body, other = ([{"memberId": who.member_id, "level": "use"}] for who in (desk.ada, desk.bob))
        if method == "DELETE":
            body = other = None
        return Change(who=desk.manager, method=method, path=path, body=body, other=other, read=path)

    return make


def _member(method: str) -> Make:
    def make(desk: Desk) -> Change:
        path = f"{desk.path}/members/{desk.workspace.member().member_id}"
        body, other = (None, None) if method == "DELETE" else ({"name": "One"}, {"name": "Two"})
        return Change(who=desk.manager, method=method, path=path, body=body, other=other, read=path)

    return make


def _role(method: str) -> Make:
    def make(desk: Desk) -> Change:
        name = desk.workspace.role("chats:read")
        roles = done(desk.manager.get(f"{desk.path}/roles", pageSize=500))["items"]
        path = f"{desk.path}/roles/{next(role['id'] for role in roles if role['name'] == name)}"
        body, other = (None, None) if method == "DELETE" else ({"scopes": []}, {"scopes": ["keys:read"]})
        return Change(who=desk.manager, method=method, path=path, body=body, other=other)

    return make


def _new(rest: str, fields: Callable[[Desk, int], Any]) -> Make:
    def make(desk: Desk) -> Change:
        body, other = (fields(desk, next(_numbers)) for _ in range(2))
        path = rest if rest.startswith("/api") else f"{desk.path}/{rest}"
        return Change(who=desk.manager, method="POST", path=path, body=body, other=other)

    return make


def _next(desk: Desk) -> Change:
    workflow = desk.workspace.publish(PLAIN)
    for _ in range(3):
        desk.case(desk.manager, workflow=workflow)
    body = {"project_id": workflow["id"]}
    return Change(
        who=desk.manager,
        method="POST",
        path=f"{WORK}/activities/next",
        body=body,
        other={**body, "start_working": True},
    )


MAKES: dict[str, Make] = {
    "make an assignment": _new("assignments", lambda desk, n: {"workflowId": desk.workflow["id"], "title": f"{n}"}),
    "make a work unit": _new(
        f"{WORK}/work_units", lambda desk, n: {"project_id": desk.workflow["id"], "name": f"Order {n}"}
    ),
    "make a workflow": _new("workflows", lambda _, n: {**PLAIN, "key": f"once_{n}"}),
    "make a member": _new("members", lambda _, n: {"email": f"once{n}@example.com"}),
    "import members": _new("members/import", lambda _, n: {"members": [{"email": f"bulk{n}@example.com"}]}),
    "make a role": _new("roles", lambda _, n: {"name": f"Once {n}", "scopes": ["chats:read"]}),
    "make a key": _new("keys", lambda _, n: {"name": f"once {n}"}),
    "make a chat": _new("chats", lambda _, n: {"title": f"Chat {n}"}),
    "make a chat with an assignment": _new(
        "chats", lambda desk, n: {"title": f"Chat {n}", "workflowId": desk.workflow["id"]}
    ),
    "say something": _chat("POST", "/messages", {"content": "one"}, {"content": "two"}),
    "say something (S001)": _s001_chat("POST", "/messages", {"content": "one"}, {"content": "two"}),
    "start a run from a chat": _s001_chat("POST", "/messages", {"content": "Go", "start": True}, {"content": "two"}),
    "take the next activity": _next,
}
"""What makes something new: by its name, the change made ready."""

CHANGES: dict[str, Make] = {
    "change an assignment": _assignment("PUT", "", {"title": "One"}, {"title": "Two"}),
    "cancel an assignment": _assignment("POST", "/cancel", {"reason": "one"}, {"reason": "two"}),
    "select a task": _assignment("PUT", "/tasks/{task}/select", None, {}),
    **{f"{action} an activity": _activity(action) for action in ACTIVITY},
    **{f"{action} by the tracker": _tracked(action) for action in ("start", "pause", "resume")},
    "change a work unit": _work_unit("PATCH", "", {"name": "One"}, {"name": "Two"}),
    "cancel a work unit": _work_unit("POST", "/cancel", {"reason": "one"}, {"reason": "two"}),
    "publish a version": _workflow("PUT", ""),
    "set grants": _workflow("PUT", "/grants"),
    "change a member": _member("PUT"),
    "change a role": _role("PUT"),
    "change a chat": _chat("PUT", "", {"title": "One"}, {"title": "Two"}),
    "add a participant": _chat("POST", "/participants", None),
}
"""What changes something that there is."""

REMOVALS: dict[str, Make] = {
    "archive a workflow": _workflow("DELETE", ""),
    "delete a chat": _chat("DELETE", "", None),
    "delete a chat (S001)": _s001_chat("DELETE", "", None),
    "remove a member": _member("DELETE"),
    "delete a role": _role("DELETE"),
}
"""What takes something away."""
