"""A client of Casework, written from the contract: plain HTTP, and a name for each thing that its users do."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import httpx

WORK = "/api/v3/workflow"
JSON_API = "application/vnd.api+json"

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

ABSENT_UUID = "018d7c5e-1a00-7000-8000-00000000dead"
ABSENT_ID = 2**40
"""Nothing bears them."""

_numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody who calls, with what proves who it is."""

    http: httpx.Client
    headers: Mapping[str, str]
    email: str = ""
    account_id: int = 0
    account_uuid: str = ""
    member_id: int = 0

    def send(self, method: str, path: str, **request: Any) -> httpx.Response:
        headers = {**self.headers, **request.pop("headers", {})}
        return self.http.request(method, path, headers=headers, **request)

    def get(self, path: str, query: Mapping[str, Any] | None = None, **words: Any) -> httpx.Response:
        return self.send("GET", path, params={**(query or {}), **words} or None)

    def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return self.send("POST", path, json=body, headers=named(headers))

    def put(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return self.send("PUT", path, json=body, headers=named(headers))

    def patch(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return self.send("PATCH", path, json=body, headers=named(headers))

    def delete(self, path: str, **headers: str) -> httpx.Response:
        return self.send("DELETE", path, headers=named(headers))

    def bearing(self, token: str) -> "Caller":
        """The same person, with another credential."""
        return replace(self, headers={"authorization": f"Bearer {token}"})

    def anonymous(self) -> "Caller":
        """Nobody in particular."""
        return replace(self, headers={})


def named(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers by their names on the wire: `if_match` is If-Match."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A workspace, and the Manager who made it."""

    http: httpx.Client
    uuid: str
    manager: Caller

    @property
    def path(self) -> str:
        return f"/api/v2/w/{self.uuid}"

    def member(self, *, scopes: list[str] | None = None, **fields: Any) -> Caller:
        """Somebody new; with `scopes`, in a role of its own that has them."""
        if scopes is not None:
            fields["role"] = self.role(*scopes)
        email = fields.setdefault("email", f"person{next(_numbers)}@{self.uuid[-12:]}.example.com")
        made = done(self.manager.post(f"{self.path}/members", fields), 201)
        caller = Caller(
            http=self.http,
            headers={},
            email=email,
            account_id=made["accountId"],
            account_uuid=made["accountUuid"],
            member_id=made["id"],
        )
        return caller.bearing(self.key(memberId=made["id"])["key"])

    def role(self, *scopes: str) -> str:
        """The name of a new role with these scopes."""
        name = f"role {next(_numbers)}"
        done(self.manager.post(f"{self.path}/roles", {"name": name, "scopes": scopes}), 201)
        return name

    def key(self, **fields: Any) -> dict[str, Any]:
        """A new API key, by default the Manager's."""
        return done(self.manager.post(f"{self.path}/keys", {"name": "a key", **fields}), 201)

    def publish(self, definition: Mapping[str, Any], *, key: str = "") -> dict[str, Any]:
        """A new workflow of that definition, under a key of its own."""
        key = key or f"{definition['key']}_{next(_numbers)}"
        return done(self.manager.post(f"{self.path}/workflows", {**definition, "key": key}), 201)

    def grant(self, workflow: Mapping[str, Any], *grants: Mapping[str, Any]) -> None:
        """Add grants to those that a workflow has."""
        path = f"{self.path}/workflows/{workflow['id']}/grants"
        done(self.manager.put(path, [*done(self.manager.get(path)), *grants]))

    def allow(self, workflow: Mapping[str, Any], *callers: Caller, level: str = "use") -> None:
        """Give members a level on a workflow."""
        self.grant(workflow, *({"memberId": caller.member_id, "level": level} for caller in callers))


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What every surface says of one run."""

    chat_run: dict[str, Any]
    summary: dict[str, Any]
    assignment: dict[str, Any]
    work_unit: dict[str, Any]
    activities: list[dict[str, Any]]
    counts: dict[str, int]
    chats: dict[str, int]

    @property
    def words(self) -> tuple[str, str, bool | None, str, str]:
        """The run's status: S001, S002 (with is_flow_successful), S004, and the work unit's."""
        return (
            self.chat_run["status"],
            self.summary["state"],
            self.summary["is_flow_successful"],
            self.assignment["status"],
            self.work_unit["status"],
        )

    def step(self, key: str) -> tuple[str | None, str, str]:
        """A task's status: the activity's (None without one), the S001 step's, the S004 task's."""
        task = self.task(key)
        activity = next((one["status"] for one in self.activities if one["id"] == task["uuid"]), None)
        return activity, self.chat_step(key)["status"], task["status"]

    def task(self, key: str) -> dict[str, Any]:
        return next(task for task in self.assignment["tasks"] if task["taskKey"] == key)

    def chat_step(self, key: str) -> dict[str, Any]:
        return next(step for step in self.chat_run["steps"] if step["id"] == key)

    def activity(self, key: str) -> dict[str, Any]:
        uuid = self.task(key)["uuid"]
        return next(one for one in self.activities if one["id"] == uuid)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A run, and its workspace's Manager, who may read it everywhere."""

    workspace: Workspace
    workflow: dict[str, Any]
    made: dict[str, Any]

    @property
    def id(self) -> int:
        return self.made["id"]

    @property
    def path(self) -> str:
        return f"{self.workspace.path}/assignments/{self.id}"

    @property
    def manager(self) -> Caller:
        return self.workspace.manager

    def assignment(self) -> dict[str, Any]:
        return done(self.manager.get(self.path))

    def chat_run(self) -> dict[str, Any]:
        runs = done(self.manager.get(f"/api/chats/{self.made['chatUuid']}/workflow-runs"))["data"]["workflowRuns"]
        return next(run for run in runs if run["id"] == self.made["uuid"])

    def summary(self) -> dict[str, Any]:
        path = f"/analytics/org/{self.workspace.uuid}/flows/{self.made['workflowUuid']}"
        rows = done(self.manager.get(path, page_size=1000))
        return next(row for row in rows if row["run_id"] == self.made["uuid"])

    def work_unit(self) -> dict[str, Any]:
        return done(self.manager.get(f"{WORK}/work_units/{self.id}"))["data"]["attributes"]

    def activities(self) -> list[dict[str, Any]]:
        """Every activity that a person has reached, oldest first."""
        return [one["attributes"] for one in self.resources()]

    def resources(self) -> list[dict[str, Any]]:
        return done(self.manager.get(f"{WORK}/activities", {"filter[work_unit_id]": self.id}))["data"]

    def counts(self) -> dict[str, int]:
        """Open assignments by the key of their current task."""
        found = done(self.manager.get(f"{self.workflow_path}/task-assignment-stats"))
        return {task["key"]: found[str(task["id"])]["count"] for task in self.workflow["tasks"]}

    def chats(self) -> dict[str, int]:
        """Chats of open assignments by the key of their current task."""
        return {
            task["key"]: done(self.manager.get(f"{self.workflow_path}/tasks/{task['id']}/chats"))["total"]
            for task in self.workflow["tasks"]
        }

    @property
    def workflow_path(self) -> str:
        return f"{self.workspace.path}/workflows/{self.made['workflowId']}"

    def view(self) -> View:
        return View(
            chat_run=self.chat_run(),
            summary=self.summary(),
            assignment=self.assignment(),
            work_unit=self.work_unit(),
            activities=self.activities(),
            counts=self.counts(),
            chats=self.chats(),
        )

    def task(self, key: str) -> dict[str, Any]:
        return next(task for task in self.assignment()["tasks"] if task["taskKey"] == key)

    def move(self, who: Caller, action: str, body: Any = None, *, task: str = "", **headers: str) -> httpx.Response:
        """What an action answers, on the activity of a task, by default of the current one."""
        assignment = self.assignment()
        found = next(one for one in assignment["tasks"] if (one["taskKey"] == task if task else one["isCurrent"]))
        return act(who, found["uuid"], action, body, **headers)

    def moved(self, who: Caller, action: str, body: Any = None, *, task: str = "") -> dict[str, Any]:
        """The activity's attributes after an action that must be carried out."""
        return done(self.move(who, action, body, task=task))["data"]["attributes"]

    def start(self, who: Caller, *, task: str = "") -> dict[str, Any]:
        """Somebody takes the activity and begins."""
        return self.moved(who, "assign", {"start_working": True}, task=task)

    def finish(self, who: Caller, data: Mapping[str, Any] | None = None, *, task: str = "") -> dict[str, Any]:
        """Somebody takes the activity, works on it and completes it."""
        self.start(who, task=task)
        return self.moved(who, "complete", {"data": data or {}}, task=task)


def act(who: Caller, activity: str, action: str, body: Any = None, **headers: str) -> httpx.Response:
    """What an action on an activity answers; `save` is the one without a name in its address."""
    method = "POST" if action in ("cancel", "error") else "PATCH"
    path = f"{WORK}/activities/{activity}" + ("" if action == "save" else f"/{action}")
    return who.send(method, path, json={} if body is None else body, headers=named(headers))


def done(answer: httpx.Response, status: int = 200) -> Any:
    """What an answer holds that must have that status."""
    told = f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    assert answer.status_code == status, told
    return answer.json() if answer.content else None


TITLES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}


def refused(answer: httpx.Response, status: int) -> str:
    """Why something was refused, with that status and in exactly the shape of the surface that it was asked of."""
    body = done(answer, status)
    path = answer.request.url.path
    if path.startswith(("/api/chats", "/api/users")):
        assert set(body) == {"error", "message"}
        assert body["error"] == TITLES.get(status, body["error"])
        assert body["message"]
        return body["message"]
    if path.startswith(WORK):
        assert answer.headers["content-type"] == JSON_API
        assert set(body) == {"errors"}
        return " ".join(_told(error, status) for error in body["errors"])
    assert set(body) <= {"detail", "problems"}
    if status == 422 and path.startswith(("/analytics", "/inference")):
        assert set(body) == {"detail"}
        assert all(set(one) == {"loc", "msg", "type"} for one in body["detail"])
        return " ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in body["detail"])
    assert isinstance(body["detail"], str)
    assert body["detail"]
    return body["detail"]


def _told(error: Mapping[str, Any], status: int) -> str:
    assert {"status", "title", "detail"} <= set(error) <= {"status", "title", "detail", "source"}
    assert error["status"] == str(status)
    assert error["title"]
    assert error["detail"]
    source = error.get("source", {})
    return " ".join([*source.values(), error["detail"]])


def instants(value: Any, name: str = "") -> Iterator[str]:
    """Every instant in an answer: what stands under a name that ends in `at`, or `date`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from instants(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from instants(inner, name)
    elif isinstance(value, str) and (name in ("date", "now") or name.endswith(("_at", "At"))):
        yield value
