"""Hooks: made, changed, listed and deleted by who may edit the workflow."""

import pytest

from tests.documents import granted, published


@pytest.fixture
async def workflow(client, place):
    return await published(client, place)


@pytest.fixture
def wish(workflow):
    return {"workflowId": workflow["id"], "name": "Shop"}


async def test_a_secret_is_shown_once(ask, wish):
    made = await ask("POST", "/hooks", wish, **{"idempotency-key": "once"})
    assert made.status_code == 201, made.text
    secret = made.json()["secret"]
    assert secret.startswith("cwh_")
    assert (await ask("POST", "/hooks", wish, **{"idempotency-key": "once"})).json() == made.json()
    read = await ask("GET", f"/hooks/{made.json()['id']}")
    assert read.json() == {name: value for name, value in made.json().items() if name != "secret"}
    for path in ("/hooks", f"/hooks/{made.json()['id']}/calls", "/events"):
        assert secret not in (await ask("GET", path)).text
    assert (await ask("GET", "/hooks")).json()["total"] == 1


async def test_the_database_holds_no_bearer_secret_and_no_answer_in_clear(ask, wish, services):
    secret = (await ask("POST", "/hooks", wish, **{"idempotency-key": "once"})).json()["secret"]
    async with services.database.read() as connection:
        for table in ("hooks", "idempotency_keys", "events"):
            rows = await connection.fetch(f"select row::text as text from {table} as row")
            assert rows
            assert all(secret not in row["text"] for row in rows)


async def test_only_what_is_sent_is_changed(ask, wish):
    made = await ask("POST", "/hooks", wish | {"input": {"a": "body.a"}, "headers": ["X-Event"]})
    path = f"/hooks/{made.json()['id']}"
    changed = await ask(
        "PUT", path, {"externalId": "body.id", "callsPerMinute": 5}, **{"if-match": made.headers["etag"]}
    )
    assert changed.json()["externalId"] == "body.id"
    assert (changed.json()["input"], changed.json()["headers"]) == ({"a": "body.a"}, ["x-event"])
    assert (await ask("PUT", path, {"name": "Other"}, **{"if-match": made.headers["etag"]})).status_code == 412


async def test_another_secret_ends_the_one_before(ask, wish, client):
    made = (await ask("POST", "/hooks", wish)).json()
    rotated = (await ask("POST", f"/hooks/{made['id']}/rotate-secret")).json()
    assert rotated["secret"] != made["secret"]
    for secret, status in ((made["secret"], 401), (rotated["secret"], 202)):
        headers = {"authorization": f"Bearer {secret}"}
        assert (await client.post(made["path"], json={}, headers=headers)).status_code == status


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"input": {"a": "body."}}, "input/a: "),
        ({"input": {"a": "input.x"}}, "input/a: there is nothing called 'input"),
        ({"externalId": "body.id +"}, "externalId: "),
        ({"headers": ["Authorization"]}, "headers/0: authorization carries secrets"),
        ({"headers": ["a b"]}, "headers"),
        ({"kind": "basic"}, "kind"),
        ({"callsPerMinute": 0}, "callsPerMinute"),
    ],
)
async def test_a_hook_that_could_understand_nothing_is_refused(ask, wish, fields, says):
    refused = await ask("POST", "/hooks", wish | fields)
    assert refused.status_code == 400
    assert says in refused.json()["detail"]


async def test_every_wrong_expression_is_told_at_once(ask, wish):
    refused = await ask("POST", "/hooks", wish | {"input": {"a": "x", "b": "y"}, "externalId": "z"})
    assert [one["path"] for one in refused.json()["problems"]] == ["/input/a", "/input/b", "/externalId"]


async def test_editors_of_a_workflow_have_its_hooks_and_nobody_else(ask, client, place, wish):
    made = (await ask("POST", "/hooks", wish)).json()
    editor, user = await place.member(), await place.member()
    levels = [{"memberId": editor.member_id, "level": "edit"}, {"memberId": user.member_id, "level": "use"}]
    await granted(client, place, wish["workflowId"], *levels)
    assert (await ask("GET", "/hooks", who=editor)).json()["total"] == 1
    assert (await ask("GET", f"/hooks/{made['id']}/calls", who=editor)).json()["items"] == []
    assert (await ask("GET", "/hooks", who=user)).status_code == 403
    assert (await ask("POST", f"/hooks/{made['id']}/rotate-secret", who=user)).status_code == 403
    assert (await ask("DELETE", f"/hooks/{made['id']}", who=user)).status_code == 403


async def test_a_deleted_hook_is_gone_with_its_calls(ask, wish, client):
    made = (await ask("POST", "/hooks", wish)).json()
    headers = {"authorization": f"Bearer {made['secret']}"}
    assert (await client.post(made["path"], json={}, headers=headers)).status_code == 202
    assert (await ask("DELETE", f"/hooks/{made['id']}")).status_code == 204
    assert (await ask("GET", f"/hooks/{made['id']}/calls")).status_code == 404
    assert (await client.post(made["path"], json={}, headers=headers)).status_code == 401
    assert (await ask("GET", "/assignments")).json()["total"] == 1
