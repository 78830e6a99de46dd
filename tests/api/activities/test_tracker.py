from tests.api.activities.floor import problem


async def tracker(floor, action, who=None, **body):
    return await floor.call("POST", f"/tracker/{action}", who, json=body)


async def test_before_the_first_there_is_nothing(floor):
    assert await floor.get("/tracker/last") == {"data": None, "included": []}
    for action in ("pause", "resume"):
        answer = await tracker(floor, action)
        assert answer.status_code == 409
        problem(answer)


async def test_start_pause_resume(floor):
    uuid = await floor.bring("assigned")
    started = await tracker(floor, "start", activity_id=uuid)
    assert started.status_code == 200
    document = started.json()
    assert document == await floor.get("/tracker/last")
    assert document["data"]["type"] == "workflow/work_periods"
    assert document["data"]["relationships"]["activity"] == {"data": {"type": "workflow/activities", "id": uuid}}
    (activity,) = document["included"]
    assert (activity["id"], activity["attributes"]["status"]) == (uuid, "in-progress")
    floor.clock.advance(seconds=7)
    paused = (await tracker(floor, "pause")).json()
    assert paused["data"]["attributes"]["working_seconds"] == 7
    assert paused["data"]["attributes"]["ended_at"] == "2024-02-04T12:00:07.000Z"
    assert (await tracker(floor, "pause")).status_code == 409
    floor.clock.advance(seconds=7)
    resumed = (await tracker(floor, "resume")).json()
    assert resumed["data"]["id"] != document["data"]["id"]
    assert resumed["included"][0]["attributes"]["status"] == "in-progress"
    assert (await tracker(floor, "resume")).status_code == 409
    assert (await floor.read(uuid))["working_seconds"] == 7


async def test_it_starts_what_is_the_callers_alone(floor):
    uuid = await floor.bring("assigned")
    assert (await tracker(floor, "start", floor.bob, activity_id=uuid)).status_code == 403
    assert (await tracker(floor, "start", floor.stranger, activity_id=uuid)).status_code == 404
    waiting = await floor.bring("pending")
    refused = await tracker(floor, "start", activity_id=waiting)
    assert (refused.status_code, "that is pending: " in problem(refused)["detail"]) == (409, True)
    for body, pointer in (({}, "/activity_id"), ({"activity_id": "x"}, "/activity_id"), ({"a": 1}, None)):
        answer = await tracker(floor, "start", **body)
        assert answer.status_code == 422
        assert pointer is None or problem(answer)["source"] == {"pointer": pointer}
    assert (await tracker(floor, "pause", activity_id=uuid)).status_code == 422


async def test_the_same_key_starts_once(floor):
    uuid = await floor.bring("assigned")
    request = {"json": {"activity_id": uuid}, "headers": {"idempotency-key": "k"}}
    first = await floor.call("POST", "/tracker/start", **request)
    floor.clock.advance(seconds=1)
    again = await floor.call("POST", "/tracker/start", **request)
    assert (again.status_code, again.content) == (200, first.content)


async def test_ones_own_work_periods(floor):
    await floor.bring("in-progress")
    floor.clock.advance(seconds=5)
    second = await floor.bring("in-progress")
    floor.clock.advance(seconds=5)
    uuid = await floor.activity()
    await floor.done(uuid, "assign", floor.bob, start_working=True)

    async def count(who=None, **query):
        return len((await floor.get("/work_periods", who, **query))["data"])

    assert await count() == 2
    assert await count(floor.bob) == 1
    assert await count(floor.lead) == 0
    assert await count(floor.manager) == 3
    for key, value, expected in (
        ("account_id", floor.ada.account_id, 2),
        ("account_id", floor.bob.account_id, 0),
        ("activity_id", second, 1),
        ("ended_at", "", 1),
        ("started_at__gte", "2024-02-04T12:00:05Z", 1),
        ("started_at__lte", "2024-02-04T12:00:04.999Z", 1),
        ("started_at__lte", "2024-02-04", 2),
        ("started_at__gte", "2024-02-05", 0),
    ):
        assert await count(**{f"filter[{key}]": value}) == expected, key
    assert await count(floor.manager, **{"filter[account_id]": floor.bob.account_id}) == 1
    page = await floor.get("/work_periods", sort="-started_at", count="true", **{"page[size]": 1})
    assert page["meta"] == {"count": 2}
    assert page["data"][0]["attributes"] == {
        "id": page["data"][0]["id"],
        "account_id": floor.ada.account_id,
        "started_at": "2024-02-04T12:00:05.000Z",
        "ended_at": None,
        "working_seconds": 5,
    }
    for key, value in (("account_id", "x"), ("activity_id", "1"), ("started_at__gte", "")):
        answer = await floor.call("GET", "/work_periods", params={f"filter[{key}]": value})
        assert answer.status_code == 422
        assert problem(answer)["source"] == {"parameter": f"filter[{key}]"}
