from contextlib import asynccontextmanager

import pytest

from casework.core.command import CancelRun, Fail
from tests.people import person


async def ids(desk, who, **query):
    answer = await desk.get("", who, **query)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def test_a_page_tells_its_items_and_how_many_there_are(desk):
    made = [await desk.make(desk.ada) for _ in range(3)]
    page = (await desk.get("", desk.ada)).json()
    assert page.keys() == {"items", "total", "page", "pageSize"}
    assert (page["total"], page["page"], page["pageSize"]) == (3, 1, 50)
    assert page["items"][-1] == made[0]


async def test_the_newest_comes_first_unless_told_otherwise(desk, clock):
    made = []
    for _ in range(5):
        made.append((await desk.make(desk.ada))["id"])
        clock.advance(seconds=1)
    assert await ids(desk, desk.ada) == made[::-1]
    assert await ids(desk, desk.ada, sortOrder="asc") == made
    assert await ids(desk, desk.ada, page=2, pageSize=2) == made[::-1][2:4]
    assert await ids(desk, desk.ada, page=3, pageSize=2) == made[:1]
    assert await ids(desk, desk.ada, page=4, pageSize=2) == []
    assert await ids(desk, desk.ada, page=10**30, pageSize=500) == []
    assert await ids(desk, desk.ada, sortBy="id", sortOrder="asc") == made


async def test_pages_from_both_ends_fit_together(desk):
    made = [(await desk.make(desk.ada))["id"] for _ in range(7)]
    for size in (1, 2, 3, 7):
        for order, expected in (("asc", made), ("desc", made[::-1])):
            pages = range(1, 9)
            found = [await ids(desk, desk.ada, sortOrder=order, pageSize=size, page=page) for page in pages]
            assert [one for page in found for one in page] == expected


async def test_every_sort(desk, clock):
    low, high, mid = [await desk.make(desk.ada, priority=priority) for priority in (10, 90, 50)]
    clock.advance(seconds=1)
    await desk.do(high, CancelRun())
    clock.advance(seconds=1)
    await desk.take(low, 1, desk.bob, start=True)
    assert await ids(desk, desk.ada, sortBy="priority") == [high["id"], mid["id"], low["id"]]
    assert await ids(desk, desk.ada, sortBy="priority", sortOrder="asc") == [low["id"], mid["id"], high["id"]]
    assert await ids(desk, desk.ada, sortBy="updatedAt") == [low["id"], high["id"], mid["id"]]
    # active, cancelled, pending: by the alphabet
    assert await ids(desk, desk.ada, sortBy="status", sortOrder="asc") == [low["id"], high["id"], mid["id"]]
    assert await ids(desk, desk.manager, sortBy="status", sortOrder="desc") == [mid["id"], high["id"], low["id"]]


async def test_filters(desk):
    pending, cancelled, active, failed = [await desk.make(desk.ada) for _ in range(4)]
    await desk.do(cancelled, CancelRun())
    await desk.take(active, 1, desk.bob, start=True)
    await desk.take(failed, 1, desk.bob)
    await desk.do(failed, Fail(step=1))
    theirs = await desk.make(desk.bob)
    everything = [theirs, failed, active, cancelled, pending]
    for who in (desk.manager, desk.ada):
        visible = everything if who is desk.manager else everything[1:]
        assert await ids(desk, who) == [one["id"] for one in visible]
        assert await ids(desk, who, status="cancelled") == [cancelled["id"]]
        assert await ids(desk, who, status="failed , cancelled") == [failed["id"], cancelled["id"]]
        assert await ids(desk, who, status="failed,cancelled", sortBy="id", sortOrder="asc") == [
            cancelled["id"],
            failed["id"],
        ]
        assert await ids(desk, who, status="pending,active,completed,failed,cancelled") == [
            one["id"] for one in visible
        ]
        assert await ids(desk, who, status="completed") == []
        assert (await desk.get("", who, status="active,failed")).json()["total"] == 2
        task_id = pending["currentTaskId"]
        on_task = [one["id"] for one in visible if one in (theirs, active, pending)]
        assert await ids(desk, who, taskId=task_id) == on_task
        assert await ids(desk, who, taskId=task_id, status="active") == [active["id"]]
        assert await ids(desk, who, taskId=task_id, sortBy="priority", sortOrder="asc") == on_task[::-1]
    assert await ids(desk, desk.manager, memberId=desk.bob.member_id) == [theirs["id"]]
    assert await ids(desk, desk.manager, memberId=desk.ada.member_id, status="active", sortBy="status") == [
        active["id"]
    ]
    assert await ids(desk, desk.manager, mine="true") == []
    assert await ids(desk, desk.manager, mine="true", memberId=desk.bob.member_id) == []
    assert await ids(desk, desk.manager, memberId=999_999) == []
    assert await ids(desk, desk.manager, memberId=10**30) == []
    assert await ids(desk, desk.manager, taskId=-5) == []


async def test_without_the_scope_it_is_ones_own(desk):
    own, _ = await desk.make(desk.ada), await desk.make(desk.bob)
    assert await ids(desk, desk.ada) == [own["id"]]
    assert await ids(desk, desk.ada, mine="false") == [own["id"]]
    assert await ids(desk, desk.ada, memberId=desk.ada.member_id) == [own["id"]]
    refused = await desk.get("", desk.ada, memberId=desk.bob.member_id)
    assert refused.status_code == 403
    reader = await desk.place.member(scopes=["assignments:write"])
    assert len(await ids(desk, reader)) == 2
    assert await ids(desk, reader, mine="true") == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page", "0"),
        ("page", "-1"),
        ("page", "one"),
        ("pageSize", "0"),
        ("pageSize", "501"),
        ("pageSize", "1.5"),
        ("pageSize", "-3"),
        ("sortBy", "created_at"),
        ("sortBy", "title"),
        ("sortBy", "id;drop table runs"),
        ("sortBy", ""),
        ("sortOrder", "DESC"),
        ("sortOrder", "up"),
        ("mine", "yes"),
        ("taskId", "triage"),
        ("memberId", "me"),
        ("memberId", ""),
        ("status", "running"),
        ("status", "active,"),
        ("status", ""),
        ("status", "ACTIVE"),
    ],
)
async def test_what_is_wrong_is_named(desk, name, value):
    answer = await desk.get("", desk.ada, **{name: value})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(f"{name}: ")


async def test_a_stranger_is_refused_and_nobody_unauthenticated(desk, services):
    stranger = await person(services)
    assert (await desk.get("", stranger)).status_code == 403
    assert (await desk.client.get(desk.path)).status_code == 401


async def test_a_page_takes_the_same_queries_however_long_it_is(desk, services, monkeypatch):
    for _ in range(6):
        await desk.make(desk.ada)
    asked = []
    snapshot = type(services.database).snapshot

    @asynccontextmanager
    async def watched(database):
        async with snapshot(database) as connection:
            with connection.query_logger(lambda record: asked.append(record.query)):
                yield connection

    monkeypatch.setattr(type(services.database), "snapshot", watched)
    assert len(await ids(desk, desk.manager, pageSize=1)) == 1
    count = len(asked)
    assert len(await ids(desk, desk.manager, pageSize=6)) == 6
    assert len(asked) - count == count <= 4
