"""Webhooks as they are made, read, changed and removed; what is sent stands in tests/webhooks."""

import pytest

from tests import people
from tests.documents import published, task

URL = "https://example.com/hook"


@pytest.fixture
def at(client, place):
    """Calls the webhooks of `place`, as its Manager unless somebody else is named."""

    async def call(method, path="", *, who=place.manager, headers=None, **more):
        sent = who.headers | (headers or {})
        return await client.request(method, f"{place.path}/webhooks{path}", headers=sent, **more)

    return call


async def test_a_secret_is_shown_once_and_kept_sealed(at, services):
    once = {"idempotency-key": "one"}
    answers = [await at("POST", json={"url": URL}, headers=once) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    made = answers[0].json()
    assert made["secret"].startswith("whsec_")
    assert made["events"] == ["*"]
    rotated = (await at("POST", f"/{made['id']}/rotate-secret")).json()
    assert rotated["secret"] not in ("", made["secret"])
    listed = (await at("GET")).json()
    assert listed["total"] == 1
    shown = str(listed) + (await at("GET", f"/{made['id']}")).text
    async with services.database.read() as connection:
        for table in ("webhooks", "events", "idempotency_keys", "data_keys"):
            shown += str([dict(row) for row in await connection.fetch(f"select * from {table}")])
    for secret in (made["secret"], rotated["secret"]):
        assert secret.removeprefix("whsec_") not in shown


@pytest.mark.parametrize(
    "url",
    [
        *("", "example.com", "ftp://example.com/", "http://127.0.0.1/", "http://[::1]:80/", "http://169.254.169.254/"),
        *(
            "http://0x7f.1/",
            "http://user:pass@example.com/",
            "https://example.com:25/",
            "http://10.0.0.1/",
            "http://a b/",
        ),
        *("https://example.com/" + "a" * 2000, "javascript:alert(1)", 5, None),
    ],
)
async def test_an_address_that_cannot_be_called_is_refused_at_once(at, url):
    assert (await at("POST", json={"url": url})).status_code == 400
    made = (await at("POST", json={"url": URL})).json()
    assert (await at("PUT", f"/{made['id']}", json={"url": url})).status_code == 400
    assert (await at("GET", f"/{made['id']}")).json()["url"] == URL


@pytest.mark.parametrize(
    "events", [[], ["run.nothing"], ["step.finished"], ["completed"], ["run.*"], ["*", "x"], [5], "*", ["a.b"] * 51]
)
async def test_a_type_that_is_never_recorded_is_refused(at, events):
    assert (await at("POST", json={"url": URL, "events": events})).status_code == 400


async def test_everything_wrong_is_told_at_once(at):
    answer = await at("POST", json={"url": "http://127.0.0.1/", "events": ["member.added", "nonsense"]})
    assert answer.status_code == 400
    assert "url:" in answer.text
    assert "events/1:" in answer.text


async def test_only_what_is_sent_is_changed(at, client, place):
    workflow = await published(client, place, {"casework": 1, "key": "a", "name": "A", "tasks": [task("a")]})
    made = (await at("POST", json={"url": URL, "name": "mine", "workflowId": workflow["id"]})).json()
    path = f"/{made['id']}"
    changed = (await at("PUT", path, json={"events": ["run.failed", "run.failed"]})).json()
    assert changed == {name: value for name, value in made.items() if name != "secret"} | {"events": ["run.failed"]}
    assert (await at("PUT", path, json={"workflowId": None})).json()["workflowId"] is None
    assert (await at("PUT", path, json={"workflowId": 10**9})).status_code == 400
    assert (await at("PUT", path, json={"secret": "x"})).status_code == 400


async def test_a_change_that_was_meant_for_another_state_is_not_made(at):
    made = await at("POST", json={"url": URL})
    path, tag = f"/{made.json()['id']}", made.headers["etag"]
    assert (await at("PUT", path, json={"name": "a"}, headers={"if-match": tag})).status_code == 200
    assert (await at("PUT", path, json={"name": "b"}, headers={"if-match": tag})).status_code == 412


async def test_what_happens_to_it_is_a_fact_without_its_address(at, client, place):
    made = (await at("POST", json={"url": URL + "/zq7token", "name": "mine"})).json()
    await at("PUT", f"/{made['id']}", json={"disabled": True})
    await at("POST", f"/{made['id']}/rotate-secret")
    assert (await at("DELETE", f"/{made['id']}")).status_code == 204
    assert (await at("GET", f"/{made['id']}")).status_code == 404
    answer = await client.get(f"{place.path}/events", headers=place.manager.headers)
    types = [one["type"] for one in answer.json()["items"][:4]]
    assert types == ["webhook.removed", "webhook.rotated", "webhook.changed", "webhook.created"]
    assert "zq7token" not in answer.text


async def test_deliveries_are_paged_and_filtered(at):
    made = (await at("POST", json={"url": URL})).json()
    path = f"/{made['id']}/deliveries"
    tests = [(await at("POST", f"/{made['id']}/test")).json()["id"] for _ in range(5)]
    read, cursor = [], {}
    while cursor is not None:
        page = (await at("GET", path, params={"pageSize": 2, **cursor})).json()
        read += [one["id"] for one in page["items"]]
        cursor = {"cursor": page["nextCursor"]} if page["nextCursor"] else None
    assert read == tests[::-1]
    assert (await at("GET", path, params={"status": "failed"})).json()["items"] == []
    assert len((await at("GET", path, params={"status": "pending"})).json()["items"]) == 5
    for wrong in ({"status": "lost"}, {"cursor": "x"}, {"pageSize": 0}):
        assert (await at("GET", path, params=wrong)).status_code == 400
    other = (await at("POST", json={"url": URL})).json()
    assert (await at("GET", f"/{other['id']}/deliveries/{tests[0]}")).status_code == 404
    assert (await at("POST", f"/{other['id']}/deliveries/{tests[0]}/replay")).status_code == 404


async def test_there_are_at_most_so_many(at, monkeypatch):
    monkeypatch.setattr("casework.operations.webhooks.WEBHOOKS_MAX", 2)
    answers = [(await at("POST", json={"url": URL})).status_code for _ in range(3)]
    assert answers == [201, 201, 429]


async def test_another_workspace_knows_nothing_of_it(at, client, services):
    made = (await at("POST", json={"url": URL})).json()
    elsewhere = await people.place(services, "Elsewhere")
    answer = await client.get(f"{elsewhere.path}/webhooks/{made['id']}", headers=elsewhere.manager.headers)
    assert answer.status_code == 404
