"""Activities as they are read, over rows of every kind."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from casework.core import clocks
from casework.core.permission import MEMBER, Grant, Principal, grant
from casework.core.selection import Condition, Order, Selection
from casework.operations.services import Services
from casework.store import activities
from casework.store.activities import Among
from casework.store.activity_filters import COLUMNS, STATUS
from casework.store.database import Connection
from tests import documents
from tests.people import Place

NOW = datetime(2024, 2, 4, 12, tzinfo=UTC)
STATES = ("ready", "assigned", "in_progress", "paused", "queued", "waiting", "parked")
ENDED = ("completed", "failed", "cancelled", "skipped")
ALL = Selection(limit=1000)


class Rows:
    """Steps, put straight into the table."""

    def __init__(self, connection: Connection, place: Place, workflow: dict[str, Any], run_id: int) -> None:
        self.connection = connection
        self.place = place
        self.workflow = workflow
        self.run_id = run_id
        self.number = 100

    async def add(self, state: str, *, kind: str = "human", **more: Any) -> int:
        self.number += 1
        values: dict[str, Any] = {
            "workspace_id": self.place.id,
            "workflow_id": self.workflow["id"],
            "run_id": self.run_id,
            "number": self.number,
            "task_id": self.workflow["tasks"][0]["id"],
            "task_key": "review",
            "name": "Review",
            "kind": kind,
            "visit": self.number,
            "is_last": False,
            "state": state,
            "revision": 1,
            "created_at": NOW,
        }
        if state in ("assigned", "in_progress", "paused"):
            values |= {"account_id": self.place.manager.account_id, "member_id": self.place.manager.member_id}
        if state == "in_progress" and kind == "human":
            values |= {"open_since": NOW}
        if state in ENDED:
            values |= {"ended_at": NOW}
        values |= more
        names = ", ".join(["uuid", *values])
        places = ", ".join(["gen_random_uuid()", *(f"${i}" for i in range(1, len(values) + 1))])
        statement = f"insert into steps ({names}) values ({places}) returning id"
        return await self.connection.fetchval(statement, *values.values())


@pytest.fixture
async def rows(client, services: Services, place: Place) -> AsyncIterator[Rows]:
    workflow = await documents.published(client, place)
    body = {"project_id": workflow["id"]}
    answer = await client.post("/api/v3/workflow/work_units", json=body, headers=place.manager.headers)
    async with services.database.write() as connection:
        await connection.execute("delete from steps")
        yield Rows(connection, place, workflow, int(answer.json()["data"]["id"]))


@pytest.fixture
def granted(place: Place) -> Grant:
    manager = place.manager
    return grant(
        Principal(
            kind="cookie",
            workspace_id=place.id,
            account_id=manager.account_id,
            member_id=manager.member_id,
            actor_roles=frozenset({"agent"}),
        ),
        MEMBER,
    )


async def test_what_waits_at_a_join_and_what_machines_do_is_no_activity(rows, granted):
    shown = [await rows.add(state) for state in (*STATES, *ENDED) if state != "parked"]
    await rows.add("parked")
    for state in ("queued", "in_progress", "completed"):
        await rows.add(state, kind="agent")
    found = await activities.list_activities(rows.connection, granted, ALL, among=Among(), now=NOW)
    assert [row.id for row in found] == shown
    assert await activities.count_activities(rows.connection, granted, ALL, among=Among(), now=NOW) == len(shown)


async def test_everything_that_waits_for_its_turn_has_the_status_of_what_is_ready(rows, granted):
    waiting = [await rows.add(state) for state in ("ready", "queued", "waiting")]
    await rows.add("assigned")
    ready = Selection(limit=9, conditions=(Condition(column="status", values=("ready",)),))
    found = await activities.list_activities(rows.connection, granted, ready, among=Among(), now=NOW)
    assert [row.id for row in found] == waiting


async def test_another_workspace_sees_nothing(rows, granted, services):
    await rows.add("ready")
    other = grant(Principal(kind="cookie", workspace_id=granted.workspace_id + 1), MEMBER)
    assert await activities.list_activities(rows.connection, other, ALL, among=Among(), now=NOW) == []
    (row,) = await activities.list_activities(rows.connection, granted, ALL, among=Among(), now=NOW)
    assert await activities.get_activity(rows.connection, other, row.uuid, now=NOW) is None
    assert await activities.get_activity(rows.connection, granted, row.uuid, now=NOW) == row
    ids = [rows.workflow["id"] + 1]
    assert await activities.list_activities(rows.connection, granted, ALL, among=Among(workflow_ids=ids), now=NOW) == []
    assert await activities.list_activities(rows.connection, granted, ALL, among=Among(workflow_ids=[]), now=NOW) == []


async def test_the_clocks_are_those_of_the_core(rows, granted):
    chance = Random(7)
    made = {}
    for _ in range(200):
        created, started, ended, opened = (
            NOW + timedelta(microseconds=chance.randrange(-(10**10), 10**10)) for _ in range(4)
        )
        started = max(created, started)
        state = chance.choice(["in_progress", "completed", "paused", "assigned", "ready"])
        more: dict[str, Any] = {"created_at": created, "working_ms": chance.randrange(10**6)}
        if state in ("in_progress", "completed", "paused"):
            more["started_at"] = started
        if state == "in_progress":
            more["open_since"] = opened
        if state == "completed":
            more["ended_at"] = max(ended, started)
        made[await rows.add(state, **more)] = more
    found = await activities.list_activities(rows.connection, granted, ALL, among=Among(), now=NOW)
    assert len(found) == len(made)
    for row in found:
        more = made[row.id]
        ended = more.get("ended_at")
        assert row.working_ms == clocks.working_ms(more["working_ms"], more.get("open_since"), NOW)
        assert row.live_ms == clocks.live_ms(more.get("started_at"), ended, NOW)
        assert row.pipeline_ms == clocks.pipeline_ms(more["created_at"], ended, NOW)


async def test_every_column_compares_and_sorts(rows, granted):
    for state in STATES:
        await rows.add(state)
    for name, column in COLUMNS.items():
        order = (Order(column=name, is_descending=True), Order(column="id"))
        conditions = (Condition(column=name, values=(None,)),)
        if column.type not in ("text[]", "bigint[]", "jsonb"):
            selection = Selection(limit=5, order=order)
            found = await activities.list_activities(rows.connection, granted, selection, among=Among(), now=NOW)
            assert len(found) == 5
        selection = Selection(limit=50, conditions=conditions)
        found = await activities.list_activities(rows.connection, granted, selection, among=Among(), now=NOW)
        assert len(found) == await activities.count_activities(
            rows.connection, granted, selection, among=Among(), now=NOW
        )


async def test_a_word_that_a_column_does_not_have_never_becomes_sql(rows, granted):
    selection = Selection(limit=5, conditions=(Condition(column="status", values=("x' or 'a' = 'a",)),))
    with pytest.raises(ValueError, match="not enough values"):
        await activities.list_activities(rows.connection, granted, selection, among=Among(), now=NOW)


async def test_the_best_candidate_comes_first(rows, granted):
    hour = timedelta(hours=1)
    best = [
        await rows.add("ready", priority=90),
        await rows.add("ready", actor_roles=["agent"], due_at=NOW + hour),
        await rows.add("ready", actor_roles=["a", "agent"], due_at=NOW + 2 * hour),
        await rows.add("ready", allow_ids=[granted.principal.account_id]),
        await rows.add("ready", actor_roles=["agent"]),
        await rows.add("ready", priority=10, due_at=NOW),
    ]
    for more in (
        {"actor_roles": ["other"], "priority": 100},
        {"allow_ids": [granted.principal.account_id + 1]},
        {"deny_ids": [granted.principal.account_id]},
        {"allow_ids": [granted.principal.account_id], "deny_ids": [granted.principal.account_id]},
        {"is_left": True},
        {"kind": "agent"},
    ):
        await rows.add("ready", **more)
    for state in ("assigned", "queued", "waiting", "parked"):
        await rows.add(state)
    ids = [rows.workflow["id"]]

    async def candidates(limit):
        found = await activities.list_candidates(rows.connection, granted, workflow_ids=ids, limit=limit)
        uuids = [candidate.uuid for candidate in found]
        records = await rows.connection.fetch("select id, uuid from steps")
        return [{record["uuid"]: record["id"] for record in records}[uuid] for uuid in uuids]

    assert await candidates(50) == best
    assert await candidates(2) == best[:2]
    ids = []
    assert await candidates(50) == []


async def test_the_inbox_the_queue_and_what_is_late_have_indexes_that_fit(rows, granted):
    """The expression of a status is written in the schema too; were they to differ, no index would serve."""
    await rows.connection.execute("set local enable_seqscan = off")
    await rows.connection.execute("set local enable_sort = off")
    base = "explain select s.id from steps s where s.workspace_id = 1 and s.kind = 'human' and s.state <> 'parked'"
    for clause, index in (
        (f"{STATUS} = 'ready'", "steps_status"),
        (f"{STATUS} = 'assigned' and s.account_id = 3", "steps_assignee"),
        (f"{STATUS} = 'ready' and s.workflow_id = 3", "steps_project"),
    ):
        plan = await rows.connection.fetch(f"{base} and {clause} order by s.id")
        assert index in "\n".join(row[0] for row in plan)
    late = f"{STATUS} in ('ready', 'assigned', 'in_progress', 'paused') and s.due_at <= now()"
    plan = await rows.connection.fetch(f"{base} and {late} order by s.due_at asc nulls last, s.id")
    assert "steps_due" in "\n".join(row[0] for row in plan)
