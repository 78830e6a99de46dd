"""The counts and the order of chats on a task, against what stands in the tables they are derived from."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from msgspec.structs import replace

from casework.core.days import Span, span
from casework.core.permission import MEMBER, Grant, Principal
from casework.store import stats
from casework.store.stats import ChatQuery
from tests.documents import chain, document, published

FIRST = datetime(2024, 2, 4, tzinfo=UTC)
ALL = ChatQuery(made=Span(), limit=500, offset=0)


@pytest.fixture
async def flow(client, place):
    return await published(client, place, document(tasks=chain("a", "b", "c")))


@pytest.fixture
def grant(place):
    return Grant(principal=Principal(kind="bearer"), workspace_id=place.id, policy=MEMBER)


@pytest.fixture
async def runs(place, services, flow):
    """Sixty open runs over five days, two thirds of them with a chat, half of these with a message."""
    task_ids = [task["id"] for task in flow["tasks"]]
    async with services.database.write() as connection:
        await connection.execute(
            """
            insert into chats (uuid, workspace_id, member_id, title, created_at, updated_at, last_message_at)
            select gen_random_uuid(), $1, $2, i::text, $3::timestamptz, $3::timestamptz,
                   case when i % 2 = 0 then $3::timestamptz + i % 7 * interval '1 hour' end
            from generate_series(1, 40) i
            """,
            place.id,
            place.manager.member_id,
            FIRST,
        )
        await connection.execute(
            """
            insert into runs (uuid, workspace_id, workflow_id, version_number, member_id, chat_id, state, revision,
                              current_task_id, run_type, ran_by_type, created_at, updated_at)
            select gen_random_uuid(), $1, $2, 1, $3, (select id from chats where title = i::text), 'pending', 1,
                   ($4::bigint[])[1 + i % 3], 'api', 'user', $5::timestamptz + i * interval '2 hours',
                   $5::timestamptz + i * interval '2 hours'
            from generate_series(1, 60) i
            """,
            place.id,
            flow["id"],
            place.manager.member_id,
            task_ids,
            FIRST,
        )
    return task_ids


async def chats_in_tables(connection, task_id):
    """The same list, from the tables themselves."""
    rows = await connection.fetch(
        """
        select r.id from runs r join chats c on c.id = r.chat_id
        where r.current_task_id = $1 and r.ended_at is null and c.deleted_at is null
        order by c.last_message_at desc nulls last, c.id, r.id
        """,
        task_id,
    )
    return [row["id"] for row in rows]


async def chats_listed(connection, grant, task_id):
    total = await stats.count_chats(connection, grant, task_id, Span())
    found = await stats.chats(connection, grant, task_id, ALL, total=total)
    assert len(found) == total
    return [chat.run_id for chat in found]


CHANGES = {
    "move": "update runs set current_task_id = $2 where id = $1 and ended_at is null",
    "end": "update runs set current_task_id = null, state = 'failed', ended_at = created_at where id = $1 and $2 > 0",
    "rest": "update runs set current_task_id = null where id = $1 and $2 > 0 and ended_at is null",
    "speak": "update chats set last_message_at = created_at + $2 * interval '1 hour'"
    " where id = (select chat_id from runs where id = $1)",
    "delete": "update chats set deleted_at = created_at where $2 > 0 and id = (select chat_id from runs where id = $1)",
    "remove": "delete from runs where id = $1 and $2 > 0",
}
WEIGHTS = (6, 1, 1, 6, 1, 1)


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens_the_lists_agree_with_the_tables(services, grant, runs, seed):
    random = Random(seed)
    async with services.database.read() as connection:
        for _ in range(60):
            (change,) = random.choices(list(CHANGES), WEIGHTS)
            await connection.execute(CHANGES[change], random.randint(1, 60), random.choice(runs))
        for task_id in runs:
            assert await chats_listed(connection, grant, task_id) == await chats_in_tables(connection, task_id)


async def test_many_runs_that_move_at_once_are_counted(services, grant, runs):
    async with services.database.write() as connection:
        await connection.execute("update runs set current_task_id = $1 where id % 2 = 0", runs[0])
        await connection.execute(
            "update runs set state = 'failed', current_task_id = null, ended_at = created_at + i"
            " from (values (interval '1 hour')) as later (i) where id % 5 = 0"
        )
        for task_id in runs:
            assert await chats_listed(connection, grant, task_id) == await chats_in_tables(connection, task_id)


async def test_a_move_and_a_message_at_the_same_moment_are_both_kept(services, grant, runs):
    """Each transaction waits for the other's row, and none overwrites what the other wrote."""
    spoken = FIRST + timedelta(days=9)

    async def move(run_id):
        async with services.database.write() as connection:
            await connection.execute("update runs set current_task_id = $2 where id = $1", run_id, runs[2])
            await asyncio.sleep(0)

    async def speak(run_id):
        async with services.database.write() as connection:
            await connection.execute(
                "update chats set last_message_at = $2 where id = (select chat_id from runs where id = $1)",
                run_id,
                spoken,
            )
            await asyncio.sleep(0)

    await asyncio.gather(*(act(run_id) for run_id in range(1, 31) for act in (move, speak)))
    async with services.database.read() as connection:
        total = await stats.count_chats(connection, grant, runs[2], Span())
        found = await stats.chats(connection, grant, runs[2], ALL, total=total)
    assert {chat.run_id for chat in found} >= set(range(1, 31))
    assert [chat.last_message_at == spoken for chat in found[:30]] == [True] * 30


@pytest.fixture(params=[(1000, 0), (0, 1000), (0, 5), (0, 1)])
def limits(request, monkeypatch):
    """What decides how a span's chats are found: sorted, by a short walk, by one that is too short."""
    monkeypatch.setattr(stats, "SORTED_MAX", request.param[0])
    monkeypatch.setattr(stats, "WALKED_MAX", request.param[1])


@pytest.mark.usefixtures("limits")
@pytest.mark.parametrize(("first", "last"), [(9, 71), (9, 25), (60, 79), (0, 200)])
async def test_a_span_is_listed_the_same_however_it_is_found(services, grant, runs, first, last):
    made = span(FIRST + timedelta(hours=first), FIRST + timedelta(hours=last))
    async with services.database.read() as connection:
        whole = [run_id for run_id in await chats_in_tables(connection, runs[0]) if first <= run_id * 2 <= last]
        total = await stats.count_chats(connection, grant, runs[0], made)
        assert total == len(whole) > 0
        for offset in range(total + 1):
            wanted = ChatQuery(made=made, limit=3, offset=offset)
            found = await stats.chats(connection, grant, runs[0], wanted, total=total)
            assert [chat.run_id for chat in found] == whole[offset : offset + 3]


async def test_folding_the_counts_changes_no_sum(services, grant, runs):
    days = [replace(ALL, made=span(FIRST + timedelta(days=day), None)).made for day in range(6)]

    async def sums(connection):
        return [await stats.count_chats(connection, grant, task_id, made) for made in days for task_id in runs]

    async with services.database.write() as connection:
        await connection.execute("update chat_counts set slot = slot + 1")
        await connection.execute("update runs set current_task_id = $1", runs[0])
        await connection.execute(
            "insert into task_counts select workspace_id, 1, task_id, day, slot, count from chat_counts"
        )
        before = await sums(connection)
        rows = await connection.fetchval("select count(*) from chat_counts")
        await stats.fold(connection, date(2024, 2, 7))
        assert await sums(connection) == before
        assert await connection.fetchval("select count(*) from chat_counts") < rows
        assert await connection.fetchval("select count(*) from chat_counts where count = 0 and day < '2024-02-07'") == 0
        assert await connection.fetchval("select max(slot) from task_counts where day < '2024-02-07'") == 0
