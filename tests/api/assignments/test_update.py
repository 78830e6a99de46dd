import pytest

from casework.core.command import CancelRun
from tests.api.assignments.conftest import task


async def put(desk, made, who, body, **options):
    return await desk.send("PUT", f"/{made['id']}", who, json=body, **options)


async def test_only_what_is_sent_is_changed(desk, clock):
    made = await desk.make(desk.ada, title="Printer", priority=10)
    clock.advance(seconds=5)
    answer = await put(desk, made, desk.ada, {"priority": 80, "dueAt": "2024-03-01T10:00:00.1234+02:00"})
    assert answer.status_code == 200
    changed = answer.json()
    assert (changed["title"], changed["priority"], changed["dueAt"]) == ("Printer", 80, "2024-03-01T08:00:00.123Z")
    assert changed["updatedAt"] == "2024-02-04T12:00:05.000Z"
    assert answer.headers["etag"] == '"2"'
    cleared = (await put(desk, made, desk.ada, {"title": "", "dueAt": None})).json()
    assert (cleared["title"], cleared["priority"], cleared["dueAt"]) == ("", 80, None)


async def test_data_is_merged_over_what_is_saved_on_the_current_task(desk):
    made = await desk.make(desk.ada)
    await put(desk, made, desk.ada, {"data": {"topic": "fault", "sure": False}})
    changed = (await put(desk, made, desk.ada, {"data": {"sure": True}})).json()
    assert task(changed, "triage")["data"] == {"topic": "fault", "sure": True}
    assert changed["status"] == "pending"


async def test_nothing_sent_changes_nothing(desk):
    made = await desk.make(desk.ada)
    answer = await put(desk, made, desk.ada, {})
    assert (answer.status_code, answer.json()) == (200, made)


async def test_a_change_meant_for_another_state_is_not_made(desk):
    made = await desk.make(desk.ada)
    first = await put(desk, made, desk.ada, {"title": "A"}, headers={"if-match": '"1"'})
    assert first.status_code == 200
    late = await put(desk, made, desk.ada, {"title": "B"}, headers={"if-match": '"1"'})
    assert late.status_code == 412
    assert (await desk.read(made["id"]))["title"] == "A"
    assert (await put(desk, made, desk.ada, {"title": "C"}, headers={"if-match": "*"})).status_code == 200


async def test_others_need_a_scope(desk):
    made = await desk.make(desk.ada)
    reader = await desk.place.member(scopes=["assignments:read"])
    writer = await desk.place.member(scopes=["assignments:write"])
    assert (await put(desk, made, desk.bob, {"title": "B"})).status_code == 403
    assert (await put(desk, made, reader, {"title": "B"})).status_code == 403
    assert (await put(desk, made, writer, {"title": "B"})).status_code == 200
    assert (await put(desk, {"id": 999_999}, desk.bob, {"title": "B"})).status_code == 404


async def test_handing_it_over_needs_a_scope(desk):
    made = await desk.make(desk.ada)
    refused = await put(desk, made, desk.ada, {"memberId": desk.bob.member_id})
    assert refused.status_code == 403
    assert (await put(desk, made, desk.ada, {"memberId": desk.ada.member_id})).status_code == 200
    moved = await put(desk, made, desk.manager, {"memberId": desk.bob.member_id})
    assert (moved.status_code, moved.json()["memberId"]) == (200, desk.bob.member_id)
    assert (await desk.get(f"/{made['id']}", desk.ada)).status_code == 403
    assert (await desk.get(f"/{made['id']}", desk.bob)).status_code == 200


async def test_one_that_ended_is_not_changed(desk):
    made = await desk.make(desk.ada)
    await desk.do(made, CancelRun())
    answer = await put(desk, made, desk.ada, {"title": "B"})
    assert answer.status_code == 409
    assert "cancelled" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"status": "completed"}, "status"),
        ({"title": 5}, "title"),
        ({"title": None}, "title"),
        ({"priority": "high"}, "priority"),
        ({"priority": 101}, "priority"),
        ({"dueAt": "tomorrow"}, "dueAt"),
        ({"dueAt": "2024-02-30T00:00:00Z"}, "dueAt"),
        ({"dueAt": "2024-03-01T10:00:00"}, "dueAt"),
        ({"dueAt": "0001-01-01T00:00:00+14:00"}, "dueAt"),
        ({"dueAt": "9999-12-31T23:59:59-14:00"}, "dueAt"),
        ({"memberId": 999_999}, "memberId"),
        ({"memberId": None}, "memberId"),
        ({"memberId": 2**63}, "memberId"),
        ({"data": []}, "data"),
        ({"data": {"a": "\0"}}, "data"),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_is_changed(desk, body, named):
    made = await desk.make(desk.ada)
    answer = await put(desk, made, desk.manager, {"title": "B"} | body)
    assert answer.status_code == 400, answer.text
    assert named in answer.json()["detail"]
    assert await desk.read(made["id"]) == made


async def test_the_same_key_changes_it_once(desk):
    made = await desk.make(desk.ada)
    first = await put(desk, made, desk.ada, {"title": "A"}, headers={"idempotency-key": "k"})
    await put(desk, made, desk.ada, {"title": "B"})
    again = await put(desk, made, desk.ada, {"title": "A"}, headers={"idempotency-key": "k"})
    assert again.content == first.content
    assert (await desk.read(made["id"]))["title"] == "B"
    other = await put(desk, made, desk.ada, {"title": "C"}, headers={"idempotency-key": "k"})
    assert other.status_code == 422
