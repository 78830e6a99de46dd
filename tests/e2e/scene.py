"""What the app shows: a workspace with people, a workflow and cases, made through the public API."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
from playwright.sync_api import Page

PASSWORD = "correct horse battery"
_numbers = count(1)

LEAVE: dict[str, Any] = {
    "casework": 1,
    "key": "leave",
    "name": "Leave",
    "input": {"type": "object", "properties": {"days": {"type": "integer"}}},
    "tasks": [
        {
            "key": "ask",
            "name": "Ask for leave",
            "kind": "human",
            "roles": ["employee"],
            "prompt": "Say when, and how long.",
            "form": {
                "type": "object",
                "required": ["from", "kind"],
                "properties": {
                    "from": {"type": "string", "format": "date", "title": "First day"},
                    "kind": {"enum": ["holiday", "illness"], "title": "Kind"},
                    "days": {"type": "integer", "minimum": 1, "maximum": 30, "title": "Days"},
                    "note": {"type": "string", "title": "Note", "maxLength": 2000},
                    "paid": {"type": "boolean", "title": "Paid"},
                },
            },
            "next": [{"to": "decide", "when": "output.days > 2"}, {"to": "file"}],
        },
        {
            "key": "decide",
            "name": "Decide on leave",
            "kind": "human",
            "roles": ["lead"],
            "due": "2d",
            "form": {"type": "object", "required": ["granted"], "properties": {"granted": {"type": "boolean"}}},
            "next": [{"to": "file", "when": "output.granted"}, {"to": "ask"}],
        },
        {"key": "file", "name": "File it", "kind": "human", "roles": ["employee"]},
    ],
}


@dataclass(kw_only=True)
class Person:
    """Somebody with an account, and a client that acts as them."""

    name: str
    email: str
    client: httpx.Client
    account_id: int = 0
    member_id: int = 0

    def enter(self, page: Page, address: str) -> None:
        """Open the app with the session that they have, and wait until it is there."""
        session = {one.name: one.value for one in self.client.cookies.jar}
        page.context.add_cookies([{"name": name, "value": value, "url": address} for name, value in session.items()])
        page.goto(address)
        page.get_by_role("navigation", name="Main").wait_for()


@dataclass(kw_only=True)
class Scene:
    """A workspace and who is in it; `manager` made it."""

    address: str
    uuid: str
    manager: Person
    people: list[Person] = field(default_factory=list)
    workflow_id: int = 0
    cases: list[dict[str, Any]] = field(default_factory=list)

    @property
    def api(self) -> str:
        """The workspace surface."""
        return f"/api/v2/w/{self.uuid}"

    def at(self, path: str) -> str:
        """The address of a screen."""
        return f"{self.address}/w/{self.uuid}/{path}"

    def person(self, *actor_roles: str, role: str = "User", name: str = "") -> Person:
        """Somebody new in the workspace."""
        someone = stranger(self.address, name or f"Person {next(_numbers)}")
        body = {"email": someone.email, "name": someone.name, "role": role, "actorRoles": list(actor_roles)}
        made = _ok(self.manager.client.post(f"{self.api}/members", json=body))
        someone.member_id = made["id"]
        self.people.append(someone)
        return someone

    def start(self, title: str, **data: Any) -> dict[str, Any]:
        """A new case."""
        body = {"workflowId": self.workflow_id, "title": title, "input": data}
        made = _ok(self.manager.client.post(f"{self.api}/assignments", json=body))
        self.cases.append(made)
        return made

    def activity(self, case: dict[str, Any]) -> dict[str, Any]:
        """The newest activity of a case."""
        query = {"filter[work_unit_id]": case["id"], "sort": "-created_at"}
        found = _ok(self.manager.client.get("/api/v3/workflow/activities", params=query))
        return found["data"][0]


def stranger(address: str, name: str) -> Person:
    """Somebody with an account, in no workspace."""
    client = httpx.Client(base_url=address, trust_env=False, timeout=30)
    email = f"e2e{next(_numbers)}.{name.lower().replace(' ', '.')}@example.com"
    signed_up = _ok(client.post("/api/auth/sign-up/email", json={"email": email, "password": PASSWORD, "name": name}))
    return Person(name=name, email=email, client=client, account_id=signed_up["user"]["id"])


@contextmanager
def scene(address: str, *, workflow: dict[str, Any] | None = LEAVE) -> Iterator[Scene]:
    """A workspace with a manager who is an employee and a lead, and a workflow."""
    manager = stranger(address, f"Manager {next(_numbers)}")
    made = _ok(manager.client.post("/api/v2/w", json={"name": "Sample office"}))
    manager.client.headers["x-workspace"] = made["uuid"]
    manager.member_id = made["memberId"]
    found = Scene(address=address, uuid=made["uuid"], manager=manager)
    if workflow is not None:
        found.workflow_id = _ok(manager.client.post(f"{found.api}/workflows", json=workflow))["id"]
        roles = {"actorRoles": ["employee", "lead"], "isSupervisor": True}
        _ok(manager.client.put(f"{found.api}/members/{manager.member_id}", json=roles))
    try:
        yield found
    finally:
        for person in [manager, *found.people]:
            person.client.close()


def _ok(answer: httpx.Response) -> Any:
    assert answer.is_success, answer.text
    return answer.json()
