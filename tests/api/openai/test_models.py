"""Models: the workflows that a caller may use, and nothing of those that it may not."""

import pytest

from tests import people
from tests.documents import document, granted, published
from tests.security.things import ABSENT_UUID


@pytest.fixture
async def workflow(client, place):
    return await published(client, place)


async def test_the_models_are_the_workflows_that_the_caller_may_use(client, place, workflow):
    hidden = await published(client, place, document("hidden"))
    member = await place.member()
    await granted(client, place, workflow["id"], {"memberId": member.member_id, "level": "use"})
    answer = await client.get("/v1/models", headers=member.headers)
    assert answer.status_code == 200
    (model,) = answer.json()["data"]
    assert answer.json()["object"] == "list"
    assert (model["id"], model["object"], model["owned_by"]) == ("expenses", "model", "Support")
    assert isinstance(model["created"], int)
    everything = (await client.get("/v1/models", headers=place.manager.headers)).json()["data"]
    assert [one["id"] for one in everything] == [hidden["key"], "expenses"]
    for name in ("expenses", workflow["uuid"]):
        assert (await client.get(f"/v1/models/{name}", headers=member.headers)).json() == model


async def test_a_model_that_the_caller_may_not_use_is_refused(client, place, workflow):
    member = await place.member()
    answer = await client.get("/v1/models/expenses", headers=member.headers)
    assert answer.status_code == 403
    assert answer.json()["error"]["type"] == "permission_error"
    assert (await client.get("/v1/models", headers=member.headers)).json()["data"] == []


@pytest.mark.parametrize("method", ["models", "completions"])
async def test_another_workspaces_workflow_is_told_apart_from_none_by_nothing(
    client, place, services, workflow, method
):
    stranger = (await people.place(services, "Elsewhere")).manager

    async def ask(name):
        if method == "models":
            answer = await client.get(f"/v1/models/{name}", headers=stranger.headers)
        else:
            body = {"model": name, "messages": [{"role": "user", "content": "Hello."}]}
            answer = await client.post("/v1/chat/completions", json=body, headers=stranger.headers)
        headers = {name: text for name, text in answer.headers.items() if name != "x-request-id"}
        return answer.status_code, headers, answer.content

    foreign = [await ask("expenses"), await ask(workflow["uuid"])]
    absent = [await ask("expansive"), await ask(ABSENT_UUID)]
    assert foreign == absent
    assert foreign[0][0] == 404
    assert b"model_not_found" in foreign[0][2]


async def test_errors_have_the_shape_that_clients_know(client, place):
    unsigned = await client.get("/v1/models")
    assert unsigned.status_code == 401
    assert unsigned.headers["www-authenticate"].startswith("Bearer")
    assert unsigned.json()["error"] == {
        "message": "Sign in, or send an API key or a token.",
        "type": "authentication_error",
        "param": None,
        "code": "invalid_api_key",
    }
    nowhere = await client.get("/v1/engines", headers=place.manager.headers)
    assert (nowhere.status_code, nowhere.json()["error"]["message"]) == (404, "There is nothing at this address.")
