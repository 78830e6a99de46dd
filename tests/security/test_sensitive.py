"""A canary in every marked field: it is in no answer for those who may not see it, and where it should be for others.

The routes are those of the running application, so that a new one is asked as well.
"""

from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec
import pytest

from casework.core.marks import MARK, MASK
from casework.core.permission import SCOPES
from casework.operations.services import Services
from casework.store import outbox
from tests.api.mcp.agent import Agent
from tests.clock import SettableClock
from tests.people import Caller, Place
from tests.security.declared import ROUTES, Route

pytestmark = pytest.mark.anyio

INPUT, SAVED, DONE = "canary-input-4711", "canary-saved-4711", "canary-done-4711"
CANARIES = (INPUT, SAVED, DONE)

SECRET = {"type": "string", MARK: True}
PERSON = {"type": "object", "properties": {"name": {"type": "string"}, "ssn": SECRET}}
NOTE = {"type": "object", "properties": {"note": SECRET, "topic": {"type": "string"}}}

DEFINITION: dict[str, Any] = {
    "casework": 1,
    "key": "intake",
    "input": PERSON,
    "start": ["first", "fetch", "ask", "wait", "broken"],
    "tasks": [
        {"key": "first", "kind": "human", "form": NOTE, "next": [{"to": "made"}]},
        {
            "key": "made",
            "kind": "set",
            "values": {"of": "{{ input.ssn }}", "say": "{{ tasks.first.output.note }}"},
            "indicators": {"of": "input.ssn"},
            "next": [{"to": "second", "when": "input.ssn.startsWith('canary')"}],
        },
        {"key": "second", "kind": "human", "form": NOTE, "for_each": "[input.ssn]"},
        {
            "key": "fetch",
            "kind": "http",
            "url": "https://x.example",
            "method": "POST",
            "body": {"of": "{{ input.ssn }}"},
        },
        {"key": "ask", "kind": "agent", "model": "scripted", "prompt": "{{ input.ssn }} {{ tasks.first.output }}"},
        {"key": "wait", "kind": "wait", "event": "paid"},
        {
            "key": "broken",
            "kind": "wait",
            "until": "=input.ssn",
            "on_failure": "incident",
        },
    ],
    "output": "{'of': input.ssn}",
}

STREAMS = ("/stream", "/live")
"""Ends of routes that never end: they tell what the tables hold, which are looked through as well."""

SHOWS = {
    "GET /analytics/org/{org_id}/flows/{flow_id}": {INPUT},
    "GET /inference/v0/run/{org_id}/{flow_id}/metadata": {INPUT},
    "GET /api/v2/w/{workspace_uuid}/assignments": {INPUT, DONE},
    "GET /api/v2/w/{workspace_uuid}/assignments/{assignment_id}": {INPUT, DONE},
    "GET /api/v2/w/{workspace_uuid}/assignments/{assignment_id}/cel-context": {INPUT, DONE},
    "GET /api/v2/w/{workspace_uuid}/assignments/{assignment_id}/steps": {INPUT, SAVED, DONE},
    "GET /api/v2/w/{workspace_uuid}/incidents": {INPUT},
    "GET /api/v3/workflow/activities": {SAVED, DONE},
    "GET /api/v3/workflow/activities/{activity_id}": {SAVED},
    "GET /api/v3/workflow/work_units": {INPUT},
    "GET /api/v3/workflow/work_units/{work_unit_id}": {INPUT},
}
"""Where each canary has to be for whoever may see it."""


@dataclass(kw_only=True)
class World:
    """A workspace with a case that holds the canaries. `ids` are what the placeholders of paths stand for."""

    client: httpx.AsyncClient
    services: Services
    place: Place
    nurse: Caller
    other: Caller
    run_id: int = 0
    ids: dict[str, Any] = field(default_factory=dict)

    async def ask(self, who: Caller, method: str, path: str, **sent: Any) -> Any:
        answer = await self.client.request(method, path, headers=who.headers, **sent)
        assert answer.status_code < 400, answer.text
        return answer.json() if answer.content else None

    async def activity(self, task: str) -> str:
        async with self.services.database.read() as connection:
            query = "select uuid from steps where run_id = $1 and task_key = $2 and kind = 'human' order by number desc"
            return str(await connection.fetchval(query, self.run_id, task))

    def target(self, route: Route) -> str:
        path = route.target(self.ids)
        return f"{path}?run_id={self.ids['run_uuid']}" if path.endswith("/metadata") else path

    async def told(self, who: Caller) -> dict[str, str]:
        """What every GET that ends tells somebody, as text."""
        asked = [one for one in ROUTES if one.method == "GET" and not one.path.endswith(STREAMS)]
        return {one.name: (await self.client.get(self.target(one), headers=who.headers)).text for one in asked}

    async def tables_with(self, text: str) -> set[str]:
        """The tables in which a text stands anywhere."""
        async with self.services.database.read() as connection:
            names = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
            found = set()
            for (name,) in names:
                query = f'select exists (select from "{name}" t where t::text like $1)'
                if await connection.fetchval(query, f"%{text}%"):
                    found.add(name)
        return found


@pytest.fixture
async def world(client: httpx.AsyncClient, services: Services, place: Place) -> World:
    everything = sorted(scope for scope in SCOPES if not scope.startswith("sensitive:"))
    other = await place.member(scopes=everything, is_supervisor=True)
    nurse = await place.member()
    made = World(client=client, services=services, place=place, nurse=nurse, other=other)
    manager = place.manager
    await made.ask(manager, "POST", f"{place.path}/webhooks", json={"url": "https://example.com/"})
    flow = await made.ask(manager, "POST", f"{place.path}/workflows", json=DEFINITION)
    await made.ask(
        manager,
        "PUT",
        f"{place.path}/workflows/{flow['id']}/grants",
        json=[{"role": "User", "level": "use"}, {"memberId": other.member_id, "level": "admin"}],
    )
    case = {"workflowId": flow["id"], "input": {"name": "Ann", "ssn": INPUT}}
    run = await made.ask(manager, "POST", f"{place.path}/assignments", json=case)
    made.run_id = run["id"]
    first = await made.activity("first")
    await made.ask(nurse, "PATCH", f"/api/v3/workflow/activities/{first}/assign", json={"start_working": True})
    sent = {"data": {"note": DONE, "topic": "open-topic"}}
    await made.ask(nurse, "PATCH", f"/api/v3/workflow/activities/{first}/complete", json=sent)
    second = await made.activity("second")
    await made.ask(nurse, "PATCH", f"/api/v3/workflow/activities/{second}/assign", json={"start_working": True})
    await made.ask(nurse, "PATCH", f"/api/v3/workflow/activities/{second}", json={"data": {"note": SAVED}})
    async with services.database.write() as connection:
        await outbox.spread(connection, limit=1000, at=services.clock.now())
    made.ids = {
        **dict.fromkeys(("workspace_uuid", "org_id"), place.uuid),
        **dict.fromkeys(("flow_id", "workflow_id", "project_id"), flow["id"]),
        **dict.fromkeys(("assignment_id", "work_unit_id"), run["id"]),
        **dict.fromkeys(("chatId", "chat_id"), run["chatUuid"]),
        "assignment_task_id": run["tasks"][0]["id"],
        "task_id": flow["tasks"][0]["id"],
        "activity_id": second,
        "runId": run["uuid"],
        "run_uuid": run["uuid"],
        "userId": place.manager.account_uuid,
        "member_id": nurse.member_id,
        "model": "intake",
        "number": 1,
        **dict.fromkeys(("hook_id", "incident_id", "schedule_id", "webhook_id", "delivery_id"), 1),
        **dict.fromkeys(("name", "rest"), "x"),
    }
    return made


def shows(text: str) -> set[str]:
    return {canary for canary in CANARIES if canary in text}


async def test_nobody_without_the_scope_is_told_by_any_route(world: World):
    told = await world.told(world.other)
    assert {name: shows(text) for name, text in told.items() if shows(text)} == {}
    for name in SHOWS:  # they are shown the case itself
        assert MASK in told[name], (name, told[name])
    assert "open-topic" in told["GET /api/v2/w/{workspace_uuid}/assignments/{assignment_id}"]


async def test_whoever_holds_the_scope_is_told_where_it_belongs(world: World):
    told = await world.told(world.place.manager)
    assert {name: shows(told[name]) >= expected for name, expected in SHOWS.items()} == dict.fromkeys(SHOWS, True)


async def test_no_table_that_answers_webhooks_and_streams_are_made_of_holds_it(world: World):
    for canary in CANARIES:
        assert await world.tables_with(canary) == {"sensitive_values"}


async def test_whoever_has_the_activity_in_hand_sees_its_form_and_nothing_else(world: World):
    told = await world.told(world.nurse)
    assert shows(told["GET /api/v3/workflow/activities/{activity_id}"]) == {SAVED}
    assert {canary for text in told.values() for canary in shows(text)} == {SAVED}
    activity = world.ids["activity_id"]
    await world.ask(world.nurse, "PATCH", f"/api/v3/workflow/activities/{activity}/unassign", json={})
    told = await world.told(world.nurse)
    assert {canary for text in told.values() for canary in shows(text)} == set()


@pytest.mark.parametrize("tool", ["get_activity", "list_activities", "get_run", "search_runs"])
async def test_what_goes_to_a_model_is_masked_whoever_asks(world: World, tool: str):
    arguments = {"get_activity": {"activity_id": world.ids["activity_id"]}, "get_run": {"run_id": world.run_id}}
    for who in (world.place.manager, world.nurse):
        told = await Agent(client=world.client, who=who).call(tool, **arguments.get(tool, {}))
        assert shows(str(told)) == set()
    if tool in arguments:
        assert MASK in str(told)


async def test_the_mask_that_is_sent_back_keeps_the_value(world: World):
    path = f"/api/v3/workflow/activities/{world.ids['activity_id']}"
    seen = (await world.ask(world.other, "GET", path))["data"]["attributes"]["data"]
    assert seen == {"note": MASK}
    await world.ask(world.nurse, "PATCH", path, json={"data": {**seen, "topic": "more"}})
    kept = (await world.ask(world.nurse, "GET", path))["data"]["attributes"]["data"]
    assert kept == {"note": SAVED, "topic": "more"}


async def test_a_filter_does_not_find_by_what_is_hidden(world: World):
    for canary in (DONE, SAVED):
        wanted = msgspec.json.encode({"note": canary}).decode()
        for name in ("data", "output"):
            query = {f"filter[{name}]": wanted}
            found = await world.client.get("/api/v3/workflow/activities", headers=world.other.headers, params=query)
            assert found.json()["data"] == []


async def test_reading_is_noted_once_a_person_run_and_hour(world: World, clock: SettableClock):
    manager, path = world.place.manager, f"{world.place.path}/assignments/{world.run_id}"

    async def noted() -> int:
        """How often it was noted that the manager was shown the case."""
        found = (await world.ask(world.other, "GET", f"{world.place.path}/events?pageSize=500"))["items"]
        facts = [one for one in found if one["type"] == "sensitive.shown" and one["actor"]["id"] == manager.member_id]
        assert all(one["data"] == {"run_id": world.run_id} for one in facts)
        return len(facts)

    before = await noted()
    clock.advance(hours=1)
    for _ in range(2):
        answer = await world.client.get(path, headers=manager.headers)
        assert answer.headers["cache-control"] == "no-store"
    assert await noted() == before + 1
    await world.ask(world.other, "GET", path)
    clock.advance(hours=1)
    await world.ask(manager, "GET", path)
    assert await noted() == before + 2


async def test_a_version_that_marks_nothing_shows_what_was_hidden_and_back_again_hides_it(world: World):
    unmarked = msgspec.json.decode(msgspec.json.encode(DEFINITION).replace(b',"x-sensitive":true', b""))
    assert MARK not in str(unmarked)
    flow, manager = f"{world.place.path}/workflows/{world.ids['flow_id']}", world.place.manager
    case = f"{world.place.path}/assignments/{world.run_id}"
    await world.ask(manager, "PUT", flow, json=unmarked)
    moved = await world.ask(manager, "POST", f"{flow}/migrations", json={"to": 2})
    assert moved["moved"] == 1, moved
    assert shows(str(await world.ask(world.other, "GET", case))) == {INPUT, DONE}
    assert "sensitive_values" not in await world.tables_with(INPUT)
    await world.ask(manager, "POST", f"{flow}/migrations/{moved['migrationId']}/undo", json={})
    assert shows(str(await world.ask(world.other, "GET", case))) == set()
    assert shows(str(await world.ask(manager, "GET", case))) == {INPUT, DONE}
    activity = f"/api/v3/workflow/activities/{world.ids['activity_id']}"
    assert shows(str(await world.ask(world.nurse, "GET", activity))) == {SAVED}
