"""Answers over a million open assignments and a million activities: p50 and p95 of one request after another."""

import time

from benchmarks.asgi import get
from benchmarks.lists import application, spent
from benchmarks.place import Place, opened
from benchmarks.report import heading, percentile, row, say

RUNS = 1_000_000
TARGET_MS = 20
FILL_SECONDS_MAX = 3_600  # one statement, a million rows and their index entries


async def measure(url: str, *, short: bool) -> None:
    runs = 5_000 if short else RUNS
    heading(f"large: {runs:,} open assignments, one activity and one chat each; target p95 under {TARGET_MS} ms")
    async with opened(url, people=200) as place:
        begun = time.perf_counter()
        await _fill(place, runs)
        say(f"filled in {time.perf_counter() - begun:.0f} s")
        row("", "p50 ms", "p95 ms", "within target")
        async with application(place.services) as app:
            for name, (path, query) in (await _requests(place)).items():
                await _one(place, app, name, (path, query), 10 if short else 100)


async def _one(place: Place, app: object, name: str, where: tuple[str, str], times: int) -> None:
    taken = []
    for _ in range(times + 5):
        begun = time.perf_counter()
        status, body = await get(app, *where, place.headers)
        taken.append(spent(begun))
        if status != 200:
            raise RuntimeError(f"{name}: {status} {body[:500]!r}")
    measured = taken[5:]  # the first few plan and warm
    p95 = percentile(measured, 0.95)
    row(name, f"{percentile(measured, 0.5):.1f}", f"{p95:.1f}", "yes" if p95 < TARGET_MS else "NO")


async def _requests(place: Place) -> dict[str, tuple[str, str]]:
    async with place.services.database.read() as connection:
        task = await connection.fetchval("select id from tasks order by ordinal limit 1")
        mine, member = place.people[7].account_id, place.people[7].member_id
    workspace = f"/api/v2/w/{place.workspace_uuid}"
    flow = f"{workspace}/workflows/{place.workflow_id}"
    activities, inbox, page = "/api/v3/workflow/activities", "page[size]=100", "page_size=25"
    analytics = f"/analytics/org/{place.workspace_uuid}/flows/{place.workflow_uuid}"
    return {
        "stats": (f"{flow}/task-assignment-stats", ""),
        "stats, whole days": (f"{flow}/task-assignment-stats", "from_date=2026-01-05&to_date=2026-02-01"),
        "stats, part of a day": (f"{flow}/task-assignment-stats", "from_date=2026-01-05T06:00:00Z"),
        "task chats, first page": (f"{flow}/tasks/{task}/chats", "limit=100"),
        "task chats, from a date": (f"{flow}/tasks/{task}/chats", "limit=100&from_date=2026-01-20"),
        "inbox: mine, assigned": (activities, f"{inbox}&filter[status]=assigned&filter[assigned_account_id]={mine}"),
        "inbox: waiting, a role's": (activities, f"{inbox}&filter[status]=pending&filter[actor_roles__contains]=clerk"),
        "inbox: newest first": (activities, f"{inbox}&sort=-created_at"),
        "assignments, first page": (f"{workspace}/assignments", "pageSize=50"),
        "assignments on a task": (f"{workspace}/assignments", f"pageSize=50&taskId={task}"),
        "assignments of a member": (f"{workspace}/assignments", f"pageSize=50&memberId={member}"),
        "analytics, first page": (analytics, page),
        "analytics, by state and date": (analytics, f"{page}&state=PENDING&start_date=2026-01-05&end_date=2026-01-20"),
        "analytics, page 400": (analytics, f"{page}&page=400"),
    }


async def _fill(place: Place, runs: int) -> None:
    """Rows as the engine would leave them after `runs` creations and some assigning, made by PostgreSQL itself."""
    async with place.services.database.read() as connection:
        tasks = await connection.fetch("select id, key, name from tasks order by ordinal")
        accounts = [who.account_id for who in place.people]
        members = [who.member_id for who in place.people]
        common = (place.workspace_id, place.workflow_id, runs)
        for statement in _CHATS, _RUNS:
            await connection.execute(statement, *common, members, tasks[0]["id"], timeout=FILL_SECONDS_MAX)
        await connection.execute(
            _STEPS, *common, accounts, members, tasks[0]["id"], tasks[0]["key"], timeout=FILL_SECONDS_MAX
        )
        await connection.execute(_COUNTS, *common[:2], timeout=FILL_SECONDS_MAX)
        await connection.execute("vacuum analyze", timeout=FILL_SECONDS_MAX)


_AT = "timestamptz '2026-01-01' + (n % 86400) * interval '30 seconds' + (n / 86400) * interval '1 ms'"

_CHATS = f"""
insert into chats (uuid, workspace_id, member_id, title, message_count, last_message_at, created_at, updated_at)
select gen_random_uuid(), $1, ($4::bigint[])[1 + n % cardinality($4::bigint[])], 'Case ' || n, 3, {_AT}, {_AT}, {_AT}
from generate_series(1, $3::integer) n where $2::bigint > 0 and $5::bigint > 0
"""

_RUNS = """
insert into runs (uuid, workspace_id, workflow_id, version_number, member_id, chat_id, title, state, revision,
    steps_count, current_task_id, current_step, run_type, ran_by_type, input, created_at, updated_at)
select gen_random_uuid(), $1, $2, 1, c.member_id, c.id, c.title, 'pending', 1, 1, $5, 1, 'api', 'user',
    '{"subject": "A subject"}', c.created_at, c.created_at
from chats c where c.workspace_id = $1 and $3::integer > 0 and cardinality($4::bigint[]) > 0
"""

_STEPS = """
insert into steps (uuid, workspace_id, workflow_id, run_id, number, task_id, task_key, name, kind, visit, state,
    revision, account_id, member_id, actor_roles, priority, created_at)
select gen_random_uuid(), $1, $2, r.id, 1, $6, $7, 'Review', 'human', 1,
    case when r.id % 4 = 0 then 'assigned' else 'ready' end, 1,
    case when r.id % 4 = 0 then ($4::bigint[])[1 + (r.id / 4) % cardinality($4::bigint[])] end,
    case when r.id % 4 = 0 then ($5::bigint[])[1 + (r.id / 4) % cardinality($5::bigint[])] end,
    case when r.id % 10 = 1 then '{clerk}'::text[] else '{agent}'::text[] end, r.id % 100, r.created_at
from runs r where r.workspace_id = $1 and $3::integer > 0
"""

_COUNTS = """
insert into task_counts (workspace_id, workflow_id, task_id, day, slot, count)
select workspace_id, workflow_id, current_task_id, (created_at at time zone 'UTC')::date, 0, count(*)
from runs where workspace_id = $1 and workflow_id = $2 group by 1, 2, 3, 4
"""
