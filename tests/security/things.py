"""What ids name: things of every kind, made in either workspace for whoever shall own them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Literal
from uuid import UUID

import msgspec

from tests.security.cast import CANARY, Cast, Side, Who
from tests.security.snapshot import Snapshots
from tests.security.wire import Answer, Wire

Ids = dict[str, Any]
Kind = Literal["case", "chat", "member", "role", "key", "workflow", "secret", "webhook", "schedule", "hook", "incident"]
Status = Literal["ready", "assigned", "in_progress", "paused", "errored"]

EMAIL, PASSWORD = "eve@example.com", "correct horse battery"
"""Of somebody with an account, who signs in."""

ABSENT_ID = 999_999_937
ABSENT_UUID = "018d7c5e-1a00-7000-8000-00000000dead"

_numbers = count(1)


def fresh(prefix: str = "fresh") -> str:
    """A word that was not there before."""
    return f"{prefix}{next(_numbers)}"


@dataclass(slots=True, kw_only=True)
class World:
    """The application, the callers, the database, and a workflow in each workspace."""

    wire: Wire
    cast: Cast
    snapshots: Snapshots
    workflows: dict[Side, Ids]

    def head(self, side: Side) -> Who:
        """The Manager of a workspace."""
        return self.cast.manager if side == "ours" else self.cast.stranger

    def word(self, side: Side) -> str:
        """What the texts of a workspace hold."""
        return CANARY if side == "ours" else "plain"

    async def ask(self, side: Side, method: str, path: str, body: Any = None, status: int | None = None) -> Any:
        """What the Manager is answered, which must be a success; `path` begins in the workspace unless it is whole."""
        place = self.cast.places[side]
        whole = path if path.startswith("/api/") else f"{place.path}{path}"
        answer = await self.send(method, whole, self.head(side), body, workspace=str(place.uuid))
        assert answer.status == status or (status is None and answer.status < 300), (method, whole, answer)
        return answer.json if answer.body else None

    async def send(
        self,
        method: str,
        target: str,
        who: Who,
        body: Any = None,
        *,
        workspace: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """What somebody is answered; a body that is bytes is sent as a form."""
        headers = {**who.headers, **(headers or {})}
        if workspace is not None:
            headers["x-workspace"] = workspace
        if body is None:
            return await self.wire.send(method, target, headers)
        is_form = isinstance(body, bytes)
        headers["content-type"] = "application/x-www-form-urlencoded" if is_form else "application/json"
        return await self.wire.send(method, target, headers, body if is_form else msgspec.json.encode(body))

    async def make(self, kind: Kind, side: Side, owner: Who, status: Status = "ready") -> Ids:
        """A thing of that kind; what nobody owns ignores the owner. A case's first activity is in that status."""
        ids = await _MAKERS[kind](self, side, owner)
        if kind == "case" and status == "errored":
            await self.ask(side, "POST", f"/api/v3/workflow/activities/{ids['activity_id']}/error", {})
        elif kind == "case" and status != "ready":
            activity = f"/api/v3/workflow/activities/{ids['activity_id']}"
            body = {"account_id": owner.account_id, "start_working": status != "assigned"}
            await self.ask(side, "PATCH", f"{activity}/assign", body)
            if status == "paused":
                await self.ask(side, "PATCH", f"{activity}/pause", {})
        return ids

    async def lose(self, kind: Kind) -> Ids | None:
        """A thing of the first workspace that is deleted, archived, revoked or removed; None where there is no such."""
        if kind in {"case", "incident"}:
            return None
        ids = await self.make(kind, "ours", self.cast.bob)
        await self.ask("ours", "DELETE", f"/{kind}s/{ids[f'{kind}_id']}")
        return ids


def absent(ids: Ids) -> Ids:
    """Ids like those, which nothing bears."""
    return {name: "absent" if name == "key" else _absent(value) for name, value in ids.items()}


def _absent(value: Any) -> Any:
    if isinstance(value, int):
        return ABSENT_ID * 4096 + 1 if value > ABSENT_ID else ABSENT_ID
    return ABSENT_UUID if _is_uuid(value) else value


def _is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def of_member(who: Who) -> Ids:
    """The ids of a caller itself."""
    return {"member_id": who.member_id, "account_id": who.account_id, "userId": who.account_uuid}


async def _case(world: World, side: Side, owner: Who) -> Ids:
    word = world.word(side)
    body = {
        "workflowId": world.workflows[side]["workflow_id"],
        "memberId": owner.member_id,
        "title": f"{word} title",
        "input": {"subject": word},
    }
    made = await world.ask(side, "POST", "/assignments", body)
    first, second = made["tasks"][:2]
    return {
        "assignment_id": made["id"],
        "assignment_task_id": first["id"],
        "second_task_id": second["id"],
        "work_unit_id": made["id"],
        "run_id": made["uuid"],
        "runId": made["uuid"],
        "flow_id": world.workflows[side]["flow_id"],
        "chat_id": made["chatId"],
        "chatId": made["chatUuid"],
        "activity_id": first["uuid"],
        "account_id": owner.account_id,
    }


async def _chat(world: World, side: Side, owner: Who) -> Ids:
    word = world.word(side)
    made = await world.ask(side, "POST", "/chats", {"title": word, "summary": word, "memberId": owner.member_id})
    await world.ask(side, "POST", f"/chats/{made['id']}/messages", {"content": word})
    return {"chat_id": made["id"], "chatId": made["uuid"]}


async def _member(world: World, side: Side, _owner: Who) -> Ids:
    word = world.word(side)
    body = {"email": f"{fresh(word)}@example.com", "name": word, "labels": [word], "data": {"secret": word}}
    made = await world.ask(side, "POST", "/members", body)
    return {"member_id": made["id"], "account_id": made["accountId"], "userId": made["accountUuid"]}


async def _role(world: World, side: Side, _owner: Who) -> Ids:
    made = await world.ask(side, "POST", "/roles", {"name": fresh(world.word(side)), "scopes": []})
    return {"role_id": made["id"], "role": made["name"]}


async def _key(world: World, side: Side, owner: Who) -> Ids:
    body = {"name": world.word(side), "memberId": owner.member_id, "scopes": []}
    return {"key_id": (await world.ask(side, "POST", "/keys", body))["id"]}


async def _secret(world: World, side: Side, _owner: Who) -> Ids:
    body = {"name": fresh(world.word(side)), "value": world.word(side)}
    return {"secret_id": (await world.ask(side, "POST", "/secrets", body))["id"]}


async def _webhook(world: World, side: Side, _owner: Who) -> Ids:
    word = world.word(side)
    made = await world.ask(side, "POST", "/webhooks", {"url": f"https://{word}.example.com/{word}", "name": word})
    delivery = await world.ask(side, "POST", f"/webhooks/{made['id']}/test")
    return {"webhook_id": made["id"], "delivery_id": delivery["id"]}


async def _schedule(world: World, side: Side, _owner: Who) -> Ids:
    word = world.word(side)
    body = {
        "workflowId": world.workflows[side]["workflow_id"],
        "name": word,
        "cron": "@daily",
        "input": {"secret": word},
        "title": word,
    }
    return {"schedule_id": (await world.ask(side, "POST", "/schedules", body))["id"]}


async def _hook(world: World, side: Side, _owner: Who) -> Ids:
    word = world.word(side)
    body = {"workflowId": world.workflows[side]["workflow_id"], "name": word, "input": {"secret": f"'{word}'"}}
    made = await world.ask(side, "POST", "/hooks", body)
    return {"hook_id": made["id"], "hook_uuid": made["uuid"], "hook_secret": made["secret"]}


async def _incident(world: World, side: Side, _owner: Who) -> Ids:
    word = world.word(side)
    task = {"key": "fails", "name": word, "kind": "set", "values": {"a": "=input.nothing"}, "on_failure": "incident"}
    made = await world.ask(
        side, "POST", "/workflows", {"casework": 1, "key": fresh(word), "name": word, "tasks": [task]}
    )
    await world.ask(side, "POST", "/assignments", {"workflowId": made["id"], "title": word})
    (found,) = (await world.ask(side, "GET", f"/incidents?workflowId={made['id']}"))["items"]
    return {"incident_id": found["id"]}


async def _workflow(world: World, side: Side, _owner: Who) -> Ids:
    word = world.word(side)
    made = await world.ask(side, "POST", "/workflows", definition(fresh(word), word))
    if side == "ours":
        grants = [{"memberId": who.member_id, "level": level} for who, level in world.cast.granted]
        await world.ask(side, "PUT", f"/workflows/{made['id']}/grants", grants)
    moved = await world.ask(side, "POST", f"/workflows/{made['id']}/migrations", {"to": 1})
    return {
        "workflow_id": made["id"],
        "migration_id": moved["migrationId"],
        "project_id": made["id"],
        "flow_id": made["uuid"],
        "task_id": made["tasks"][0]["id"],
        "number": "1",
        "key": made["key"],
    }


_MAKERS: dict[Kind, Callable[[World, Side, Who], Awaitable[Ids]]] = {
    "case": _case,
    "chat": _chat,
    "member": _member,
    "role": _role,
    "key": _key,
    "workflow": _workflow,
    "secret": _secret,
    "webhook": _webhook,
    "schedule": _schedule,
    "hook": _hook,
    "incident": _incident,
}


def definition(key: str, word: str = "plain") -> dict[str, Any]:
    """A workflow of two tasks, the one after the other, with that word in every text."""
    return {
        "casework": 1,
        "key": key,
        "name": f"{word} workflow",
        "description": word,
        "tasks": [
            {"key": "review", "name": f"{word} review", "kind": "human", "prompt": word, "next": [{"to": "pay"}]},
            {"key": "pay", "name": f"{word} pay", "kind": "human"},
        ],
    }
