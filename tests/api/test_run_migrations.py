"""Runs moved to another version: looked at first, then for good, then undone, and counted where they are."""

import pytest

from casework.operations import doctor
from tests.api.moving import asker, complete, rows
from tests.documents import document, published, task

FIRST = document(
    "claims",
    [task("review", next=[{"to": "pay"}]), task("pay", next=[{"to": "file"}]), task("file")],
)
SECOND = document(
    "claims",
    [task("review", next=[{"to": "settle"}]), task("settle", name="Settle it", roles=["payer"], due="4h")],
)


@pytest.fixture
def ask(client, place):
    """What somebody is answered; by default the Manager."""

    return asker(client, place)


@pytest.fixture
async def claims(client, place, ask):
    """The workflow with five runs, of which two are at review and three at pay, and then its second version."""
    workflow = await published(client, place, FIRST)
    runs = []
    for number in range(5):
        run = await ask("POST", "/assignments", {"workflowId": workflow["id"], "title": f"Claim {number}"}, status=201)
        if number > 1:
            await complete(place, run)
        runs.append(run["id"])
    second = await ask("PUT", f"/workflows/{workflow['id']}", SECOND)
    assert second["version"] == 2
    return workflow["id"], runs


async def counts(place):
    found = await rows(
        place,
        """select t.key, sum(c.count)::int from task_counts c join tasks t on t.id = c.task_id
           where c.workspace_id = $1 group by 1 having sum(c.count) <> 0""",
        place.id,
    )
    return dict(found)


async def test_a_check_says_who_could_move_and_why_others_could_not_and_changes_nothing(ask, place, claims):
    workflow_id, runs = claims
    before = await rows(place, "select id, revision, version_number from runs order by id")
    found = await ask("POST", f"/workflows/{workflow_id}/migrations/check", {"to": 2})
    assert (found["migrationId"], found["lookedAt"], found["moved"], found["stayed"], found["next"]) == (
        None,
        5,
        2,
        3,
        None,
    )
    (reason,) = found["reasons"]
    assert (reason["code"], reason["task"], reason["runs"]) == ("task", "pay", 3)
    assert [one["assignmentId"] for one in reason["samples"]] == runs[2:]
    assert "Version 2 has no task pay" in reason["samples"][0]["message"]
    mapped = await ask("POST", f"/workflows/{workflow_id}/migrations/check", {"to": 2, "tasks": {"pay": "settle"}})
    assert (mapped["moved"], mapped["stayed"], mapped["reasons"]) == (5, 0, [])
    assert await rows(place, "select id, revision, version_number from runs order by id") == before
    assert (await ask("GET", f"/workflows/{workflow_id}/migrations"))["total"] == 0


async def test_runs_move_with_their_steps_and_are_counted_where_they_are(ask, place, claims):
    workflow_id, runs = claims
    body = {"to": 2, "tasks": {"pay": "settle"}}
    done = await ask("POST", f"/workflows/{workflow_id}/migrations", body)
    assert (done["lookedAt"], done["moved"], done["reasons"], done["next"]) == (5, 5, [], None)
    assert await counts(place) == {"review": 2, "settle": 3}
    found = await rows(
        place,
        """select s.task_key, s.name, s.actor_roles, s.due_at - s.created_at from steps s
           where s.run_id = $1 and s.ended_at is null""",
        runs[4],
    )
    assert [(key, name, roles, span.total_seconds()) for key, name, roles, span in found] == [
        ("settle", "Settle it", ["payer"], 4 * 3600)
    ]
    run = await ask("GET", f"/assignments/{runs[4]}")
    assert run["currentTaskName"] == "Settle it"
    events = await ask("GET", f"/events?type=run.migrated&assignmentId={runs[4]}")
    (event,) = events["items"]
    assert event["data"]["to"] == 2
    assert event["actor"]["id"] == place.manager.member_id
    again = await ask("POST", f"/workflows/{workflow_id}/migrations", body | {"migrationId": done["migrationId"]})
    assert (again["lookedAt"], again["migrationId"]) == (0, done["migrationId"])
    (listed,) = (await ask("GET", f"/workflows/{workflow_id}/migrations"))["items"]
    assert (listed["id"], listed["version"], listed["tasks"]) == (done["migrationId"], 2, {"pay": "settle"})
    assert (listed["moved"], listed["undone"], listed["memberId"]) == (5, 0, place.manager.member_id)
    assert (listed["fromVersions"], listed["unchanged"]) == ([1], 5)


async def test_undone_runs_are_as_before_but_those_to_which_something_has_happened(ask, place, claims):
    workflow_id, runs = claims
    columns = "task_key, name, visit, state, actor_roles, due_at, is_last, is_output, data"
    query = f"select run_id, number, {columns} from steps order by run_id, number"
    before = await rows(place, query)
    done = await ask("POST", f"/workflows/{workflow_id}/migrations", {"to": 2, "tasks": {"pay": "settle"}})
    await complete(place, {"id": runs[0]})
    (listed,) = (await ask("GET", f"/workflows/{workflow_id}/migrations"))["items"]
    assert (listed["moved"], listed["unchanged"]) == (5, 4)
    path = f"/workflows/{workflow_id}/migrations/{done['migrationId']}/undo"
    some = await ask("POST", path, {"limit": 2})
    assert (some["moved"], some["stayed"], some["next"]) == (1, 1, runs[1])
    assert [(one["code"], one["samples"][0]["assignmentId"]) for one in some["reasons"]] == [("changed", runs[0])]
    rest = await ask("POST", path, {"limit": 10, "after": some["next"]})
    assert (rest["moved"], rest["next"]) == (3, None)
    assert [row for row in await rows(place, query) if row[0] != runs[0]] == [
        row for row in before if row[0] != runs[0]
    ]
    assert dict(await rows(place, "select id, version_number from runs")) == {runs[0]: 2} | dict.fromkeys(runs[1:], 1)
    (listed,) = (await ask("GET", f"/workflows/{workflow_id}/migrations"))["items"]
    assert (listed["fromVersions"], listed["moved"], listed["undone"], listed["unchanged"]) == ([1], 1, 4, 0)
    assert await counts(place) == {"review": 1, "pay": 3, "settle": 1}
    back = await ask(
        "POST", f"/workflows/{workflow_id}/migrations", {"to": 1, "tasks": {"settle": "pay"}, "runIds": [runs[0]]}
    )
    assert back["moved"] == 1


async def test_the_database_is_sound_after_moving_there_and_back(ask, place, claims, database_url):
    workflow_id, _ = claims
    done = await ask("POST", f"/workflows/{workflow_id}/migrations", {"to": 2, "tasks": {"pay": "settle"}})
    for _ in range(2):
        broken = [one async for one in doctor.examine(database_url) if not one.is_clean and one.check != "secrets"]
        assert broken == []
        await ask("POST", f"/workflows/{workflow_id}/migrations/{done['migrationId']}/undo")


async def test_large_sets_are_moved_a_request_after_the_other_and_named_runs_are_told_one_by_one(ask, claims):
    workflow_id, runs = claims
    body = {"to": 2, "tasks": {"pay": "settle"}, "limit": 2}
    first = await ask("POST", f"/workflows/{workflow_id}/migrations", body)
    assert (first["moved"], first["next"]) == (2, runs[1])
    named = body | {"runIds": [runs[0], runs[3], runs[4] + 1000], "limit": 3}
    second = await ask("POST", f"/workflows/{workflow_id}/migrations", named)
    assert second["moved"] == 1
    assert sorted((one["code"], one["runs"]) for one in second["reasons"]) == [("absent", 1), ("there", 1)]
    assert (await ask("POST", f"/workflows/{workflow_id}/migrations/check", body | {"from": 2}))["lookedAt"] == 0
    assert (await ask("POST", f"/workflows/{workflow_id}/migrations/check", {"to": 1, "from": 2}))["lookedAt"] == 3


async def test_the_same_request_under_the_same_key_moves_once(ask, claims):
    workflow_id, _ = claims
    path, key = f"/workflows/{workflow_id}/migrations", {"idempotency-key": "k1"}
    first, second = await ask("POST", path, {"to": 2}, **key), await ask("POST", path, {"to": 2}, **key)
    assert first == second
    assert (await ask("GET", f"/workflows/{workflow_id}/migrations"))["total"] == 1


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"to": 3}, "has no version 3"),
        ({"to": 2, "tasks": {"pay": "nowhere"}}, "has no task nowhere"),
        ({"to": 2, "tasks": {"nothing": "settle"}}, "has a task nothing"),
        ({"to": 2, "runIds": []}, "runIds"),
        ({"to": 2, "limit": 10_001}, "limit"),
        ({}, "to"),
    ],
)
async def test_what_is_wrong_with_a_request_is_told(ask, claims, body, where):
    workflow_id, _ = claims
    for path in ("migrations", "migrations/check"):
        assert where in str(await ask("POST", f"/workflows/{workflow_id}/{path}", body, status=400))


async def test_a_migration_goes_on_as_it_began(ask, claims):
    workflow_id, _ = claims
    done = await ask("POST", f"/workflows/{workflow_id}/migrations", {"to": 2})
    other = {"to": 2, "tasks": {"pay": "settle"}, "migrationId": done["migrationId"]}
    assert "own map" in str(await ask("POST", f"/workflows/{workflow_id}/migrations", other, status=400))
    absent = {"to": 2, "migrationId": done["migrationId"] + 1}
    await ask("POST", f"/workflows/{workflow_id}/migrations", absent, status=404)
    await ask("POST", f"/workflows/{workflow_id}/migrations/{done['migrationId'] + 1}/undo", status=404)


async def test_only_who_may_publish_moves_runs(ask, place, claims):
    workflow_id, _ = claims
    nobody = await place.member()
    for method, path in (("POST", "migrations/check"), ("POST", "migrations"), ("GET", "migrations")):
        body = {"to": 2} if method == "POST" else None
        await ask(method, f"/workflows/{workflow_id}/{path}", body, who=nobody, status=403)
