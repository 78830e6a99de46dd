"""What the totals and the orders of lists of assignments rest on."""

import pytest

from casework.core.assignment import STATES, STATUS, STATUS_RANK
from casework.core.permission import MEMBER, Grant, Principal
from casework.store import assignments
from casework.store.assignments import Filter, Slice

STATES_IN_TURN = list(STATUS)


@pytest.fixture
async def connection(place, services):
    async with services.database.write() as connection:
        yield connection


@pytest.fixture
def grant(place):
    return Grant(principal=Principal(kind="bearer"), workspace_id=place.id, policy=MEMBER)


@pytest.fixture
async def runs(connection, place):
    """Forty runs in every state; ids against the order of creation."""
    await connection.execute(
        """
        insert into workflows (uuid, workspace_id, key, name, version_number, created_at, updated_at)
        values (gen_random_uuid(), $1, 'flow', 'Flow', 1, now(), now())
        """,
        place.id,
    )
    await connection.execute(
        """
        insert into workflow_versions (workspace_id, workflow_id, number, definition, checksum, created_at)
        select workspace_id, id, 1, '{}', '', now() from workflows
        """
    )
    await connection.execute(
        """
        insert into runs (uuid, workspace_id, workflow_id, version_number, member_id, state, revision, priority,
                          run_type, ran_by_type, created_at, updated_at, ended_at)
        select gen_random_uuid(), w.workspace_id, w.id, 1, $2, state, 1, i % 7, 'api', 'user',
               at, at + i % 3 * interval '1 hour', case when state in ('completed', 'failed', 'cancelled') then at end
        from workflows w, generate_series(1, 40) i,
             lateral (select ($1::text[])[1 + i % 7] as state,
                             timestamptz '2024-01-01' - i * interval '1 minute' as at) made
        """,
        STATES_IN_TURN,
        place.manager.member_id,
    )
    return [dict(row) for row in await connection.fetch("select * from runs")]


def expected(runs, wanted, part):
    """The same part, by Python."""
    keys = {
        "created_at": lambda run: (run["created_at"], run["id"]),
        "updated_at": lambda run: (run["updated_at"], run["id"]),
        "id": lambda run: run["id"],
        "status": lambda run: (STATUS_RANK[STATUS[run["state"]]], run["created_at"], run["id"]),
        "priority": lambda run: (run["priority"], run["id"]),
    }
    found = [run for run in runs if not wanted.statuses or STATUS[run["state"]] in wanted.statuses]
    found.sort(key=keys[part.sort_by], reverse=part.is_descending)
    return [run["id"] for run in found[part.offset : part.offset + part.limit]], len(found)


@pytest.mark.parametrize("few", [0, 20_000])
async def test_every_part_in_every_order_is_what_a_plain_sort_gives(connection, grant, place, runs, monkeypatch, few):
    monkeypatch.setattr(assignments, "FEW", few)
    for statuses in ((), ("active",), ("failed", "cancelled"), ("pending", "active", "completed")):
        for member_id in (None, place.manager.member_id):
            wanted = Filter(statuses=statuses, member_id=member_id)
            for sort_by in ("created_at", "updated_at", "id", "status", "priority"):
                for is_descending in (True, False):
                    for offset in (0, 3, 25, 39, 100):
                        part = Slice(sort_by=sort_by, is_descending=is_descending, limit=4, offset=offset)
                        rows, total = await assignments.page(connection, grant, wanted, part)
                        assert ([row.id for row in rows], total) == expected(runs, wanted, part), (wanted, part)


async def counted(connection):
    rows = await connection.fetch("select state, sum(count)::bigint as count from run_counts group by 1")
    return {row["state"]: row["count"] for row in rows if row["count"]}


async def real(connection):
    return {row["state"]: row["count"] for row in await connection.fetch("select state, count(*) from runs group by 1")}


async def test_the_counts_follow_every_change(connection, runs):
    assert await counted(connection) == await real(connection)
    await connection.execute("update runs set state = 'running' where state = 'pending'")
    assert await counted(connection) == await real(connection)
    await connection.execute("update runs set title = 'same state'")
    await connection.execute(
        "update runs set state = 'cancelled', ended_at = created_at where id % 3 = 0 and ended_at is null"
    )
    assert await counted(connection) == await real(connection)
    await connection.execute("delete from runs where id % 2 = 0")
    assert await counted(connection) == await real(connection)


async def test_the_index_sorts_by_the_same_ranks_as_the_rules(connection, runs):
    for state, status in STATUS.items():
        rank = await connection.fetchval(
            f"select distinct {assignments._RANK} from runs where state = $1",
            state,
        )
        assert rank == STATUS_RANK[status]
    definition = await connection.fetchval("select pg_get_indexdef('runs_status'::regclass)")
    for status, rank in STATUS_RANK.items():
        if status != "active":
            (state,) = STATES[status]
            assert f"WHEN '{state}'::text THEN {rank}" in definition


async def test_another_workspace_sees_nothing(connection, grant, runs):
    elsewhere = Grant(principal=grant.principal, workspace_id=grant.workspace_id + 1, policy=MEMBER)
    part = Slice(sort_by="created_at", is_descending=True, limit=5, offset=0)
    assert await assignments.page(connection, elsewhere, Filter(), part) == ([], 0)
    assert await assignments.rows(connection, elsewhere, [run["id"] for run in runs]) == []
