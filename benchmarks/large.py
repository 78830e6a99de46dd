"""Answers over a million open assignments and a million activities: p50 and p95 of one request after another."""

import time

from benchmarks.asgi import get
from benchmarks.filling import fill
from benchmarks.lists import application, spent
from benchmarks.place import Place, opened
from benchmarks.report import heading, percentile, row, say

RUNS = 1_000_000
TARGET_MS = 20
FIRST_TASK = "select id from tasks order by ordinal limit 1"


async def measure(url: str, *, short: bool) -> None:
    runs = 5_000 if short else RUNS
    heading(f"large: {runs:,} open assignments, one activity and one chat each; target p95 under {TARGET_MS} ms")
    async with opened(url, people=200) as place:
        begun = time.perf_counter()
        async with place.services.database.read() as connection:
            task = await connection.fetchval(FIRST_TASK)
            await fill(connection, place.workflow_id, [task], place.people, runs)
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
        task = await connection.fetchval(FIRST_TASK)
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
