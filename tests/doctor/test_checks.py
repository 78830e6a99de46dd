"""Every check sees what it is for, and no other check sees it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import httpx
import pytest

from casework.api.app import create_app
from casework.operations.doctor import SCHEMA, SECRETS, examine
from casework.operations.services import Services
from casework.settings import Settings
from casework.store import doctor
from casework.store.database import prepare
from casework.wiring import assembled
from tests import people
from tests.clock import SettableClock
from tests.doctor.world import world

WITHOUT_TRIGGERS = "set local session_replication_role = replica;"
"""Neither triggers nor references are looked at: what a damaged disk or a careless hand may leave."""

OF = "(select id from runs where title = '{}')"
COMPLETED, CANCELLED, PENDING, PAUSED = (OF.format(t) for t in ("completed", "cancelled", "pending", "paused"))
AT_WORK = OF.format("at work again")

SCHEDULE = """
    insert into schedules (workspace_id, workflow_id, name, cron, time_zone, is_enabled, on_missed, next_at,
                           last_run_id, created_at, updated_at)
    select workspace_id, id, 'daily', '@daily', 'UTC', true, 'skip', now(), {last_run}, now(), now() from workflows
"""
HOOK = """
    insert into hooks (workspace_id, workflow_id, uuid, name, kind, secret, is_enabled, calls_per_minute, created_at,
                       updated_at)
    select workspace_id, id, gen_random_uuid(), 'shop', 'bearer', sha256('a'), true, 10, now(), now() from workflows
"""

BREAKS = {
    "run_state": f"update runs set state = 'paused' where id = {AT_WORK}",
    "run_start": f"update runs set started_at = started_at + interval '1 ms' where id = {COMPLETED}",
    "run_error": f"""update runs set error = '{{"message": "none"}}' where id = {COMPLETED}""",
    "ended_runs": f"update steps set state = 'ready', ended_at = null where run_id = {CANCELLED}",
    "open_runs": f"update steps set state = 'cancelled', ended_at = created_at where run_id = {PENDING}",
    "current_task": f"update runs set current_step = 7 where id = {PENDING}",
    "last_visit": f"update steps set is_last = true where run_id = {COMPLETED} and number = 1",
    "output_visit": f"update steps set is_output = true where run_id = {COMPLETED} and number = 1",
    "step_numbers": f"update runs set steps_count = steps_count + 1 where id = {COMPLETED}",
    "visits": f"update steps set visit = 5 where run_id = {COMPLETED} and number = 3",
    "tasks": f"update steps set task_key = 'check' where run_id = {PENDING}",
    "assignees": f"update steps set deny_ids = array[account_id] where run_id = {AT_WORK}",
    "revisions": f"{WITHOUT_TRIGGERS} delete from events where run_id = {COMPLETED} and revision = 2",
    "step_revisions": f"update steps set revision = 100 where run_id = {COMPLETED} and number = 3",
    "open_periods": f"update steps set open_since = open_since + interval '1 ms' where run_id = {AT_WORK}",
    "one_open_period": f"""
        drop index work_periods_open;
        update steps set state = 'in_progress', open_since = now() where run_id = {PAUSED};
        insert into work_periods (workspace_id, run_id, step_number, account_id, started_at)
        select workspace_id, run_id, number, account_id, open_since from steps where run_id = {PAUSED};
        update runs set state = 'resumed' where id = {PAUSED}
    """,
    "period_bounds": f"""
        update work_periods set started_at = started_at - interval '2 h', ended_at = ended_at - interval '2 h'
        where run_id = {COMPLETED} and step_number = 1
    """,
    "step_working": f"""
        update steps set working_ms = working_ms - 1 where run_id = {COMPLETED} and number = 1;
        update runs set working_ms = working_ms - 1 where id = {COMPLETED}
    """,
    "run_working": f"update runs set working_ms = working_ms + 1 where id = {COMPLETED}",
    "clocks": f"""
        do $$ declare name text; begin
            for name in select conname from pg_constraint where conrelid = 'steps'::regclass
                        and pg_get_constraintdef(oid) like '%started_at >= created_at%'
            loop execute 'alter table steps drop constraint ' || name; end loop;
        end $$;
        update steps set created_at = started_at + interval '1 ms' where run_id = {COMPLETED} and number = 1
    """,
    "task_counts": "update task_counts set count = count + 1",
    "run_counts": "update run_counts set count = count + 1 where state = 'completed'",
    "open_chats": f"delete from open_chats where run_id = {PENDING}",
    "chat_counts": "update chat_counts set count = count + 1",
    "chat_messages": "update chats set message_count = message_count + 1 where title = 'completed'",
    "idempotency": """
        insert into idempotency_keys (scope, request_hash, reference, created_at)
        values (sha256('a'), sha256('b'), '{"id": 999999}', now())
    """,
    "versions": "update workflows set version_number = 2",
    "performers": f"""
        insert into jobs (priority, entrypoint, dedupe_key, status)
        select 0, 'http', run_id || '/' || number || '/' || revision, 'queued' from steps where run_id = {PENDING};
        update steps set kind = 'http', state = 'in_progress', worker = gen_random_uuid(), account_id = null,
               member_id = null, attempt_at = now() - interval '1 h', started_at = created_at where run_id = {PENDING};
        update runs set state = 'running', started_at = created_at where id = {PENDING}
    """,
    "calls": f"""
        update steps set kind = 'http', state = 'queued', account_id = null, member_id = null where run_id = {PENDING}
    """,
    "imports": """
        insert into imports (workspace_id, workflow_id, source_hash, cases_total, created_at, completed_at)
        select workspace_id, id, 'a', 3, now(), now() from workflows
    """,
    "schedules": f"""
        {SCHEDULE.format(last_run=PENDING)}
    """,
    "scheduled_runs": f"""
        {SCHEDULE.format(last_run="null")};
        update runs set run_type = 'scheduled', external_id = (select 'schedule:' || id || ':2100-01-01T08:00:00Z'
                                                               from schedules)
        where id = {PENDING}
    """,
    "hook_calls": f"""
        {HOOK};
        insert into hook_calls (workspace_id, hook_id, at, status) select workspace_id, id, now(), 202 from hooks
    """,
    "hook_secrets": HOOK.replace("sha256('a')", "'in clear'"),
}


@pytest.fixture(scope="module")
async def url(server_database: str) -> str:
    """A database with a world in it."""
    clock = SettableClock()
    async with assembled(server_database, Settings(database_url=server_database), clock) as services:

        @asynccontextmanager
        async def lent() -> AsyncIterator[Services]:
            yield services

        app = create_app(lent)
        transport = httpx.ASGITransport(app=app)
        async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://casework.test") as client:
            await world(client, clock, await people.place(services))
    return server_database


@pytest.fixture
async def connection(url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection whose changes are undone."""
    connection = await asyncpg.connect(url)
    await prepare(connection)
    transaction = connection.transaction()
    await transaction.start()
    yield connection
    await transaction.rollback()
    await connection.close()


async def complaints(connection: asyncpg.Connection) -> dict[str, list[dict[str, object]]]:
    found = {check.name: await doctor.breaches(connection, check, limit=20) for check in doctor.CHECKS}
    return {name: breaches for name, breaches in found.items() if breaches}


async def test_what_the_engine_leaves_is_sound(url):
    findings = [finding async for finding in examine(url)]
    assert [finding.check for finding in findings] == [SCHEMA, *(check.name for check in doctor.CHECKS), SECRETS]
    assert {finding.check: finding.breaches for finding in findings if not finding.is_clean} == {}


@pytest.mark.parametrize("name", [check.name for check in doctor.CHECKS])
async def test_a_breach_is_seen_by_its_check_alone(connection, name):
    await connection.execute(BREAKS[name])
    found = await complaints(connection)
    assert list(found) == [name], found
    assert len(found[name]) >= 1


async def test_what_is_told_is_bounded_and_names_the_place(connection, url):
    await connection.execute("update runs set steps_count = 9")
    check = next(check for check in doctor.CHECKS if check.name == "step_numbers")
    found = await doctor.breaches(connection, check, limit=2)
    assert [set(row) for row in found] == [{"run_id", "steps_count", "steps", "last_number"}] * 2
    everything = await doctor.breaches(connection, check, limit=20)
    assert found == everything[:2]
    assert [row["run_id"] for row in everything] == [
        row["id"] for row in await connection.fetch("select id from runs order by id")
    ]


async def test_an_older_schema_is_the_only_thing_told(database_url):
    connection = await asyncpg.connect(database_url)
    await connection.execute("update alembic_version set version_num = '0000'")
    await connection.close()
    (finding,) = [finding async for finding in examine(database_url)]
    assert (finding.check, finding.is_clean) == (SCHEMA, False)


async def test_a_database_without_a_schema_is_told_too(database_url):
    connection = await asyncpg.connect(database_url)
    await connection.execute("drop table alembic_version")
    await connection.close()
    (finding,) = [finding async for finding in examine(database_url)]
    assert not finding.is_clean
