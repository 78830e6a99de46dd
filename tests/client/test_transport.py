import httpx
import pytest

from casework.client import ApiError, Client, Unreachable
from casework.client.transport import PAUSE_SECONDS_MAX, TRIES_MAX, Transport


class Server:
    """Answers requests in order of a script, and remembers them. An exception in it is raised."""

    def __init__(self, *script):
        self.script = list(script)
        self.requests = []
        self.pauses = []

    def answer(self, request):
        self.requests.append(request)
        step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(step, Exception):
            raise step
        return step

    def transport(self, **given):
        return Transport(
            "http://casework.test", key="cw_k", pause=self.pause, transport=httpx.MockTransport(self.answer), **given
        )

    async def pause(self, seconds):
        self.pauses.append(seconds)

    def keys(self):
        return [request.headers.get("idempotency-key") for request in self.requests]


OK = httpx.Response(200, json={"fine": True})


async def test_a_request_carries_the_key_and_leaves_out_what_is_none():
    server = Server(OK)
    async with server.transport() as transport:
        assert await transport.get("/a", page=2, mine=True, status=None) == {"fine": True}
    (request,) = server.requests
    assert request.headers["authorization"] == "Bearer cw_k"
    assert str(request.url) == "http://casework.test/a?page=2&mine=true"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
async def test_a_change_is_tried_again_under_the_same_idempotency_key(method):
    server = Server(httpx.ReadError("cut"), httpx.Response(503), OK)
    async with server.transport() as transport:
        assert await transport.send(method, "/a", body={"x": 1}) == {"fine": True}
    keys = server.keys()
    assert len(keys) == 3
    assert len(set(keys)) == 1
    assert keys[0]


async def test_two_changes_have_two_idempotency_keys():
    server = Server(OK)
    async with server.transport() as transport:
        await transport.post("/a", {})
        await transport.post("/a", {})
    assert len(set(server.keys())) == 2


async def test_a_delete_whose_answer_was_lost_is_not_tried_again():
    server = Server(httpx.ReadError("cut"), OK)
    async with server.transport() as transport:
        with pytest.raises(Unreachable):
            await transport.delete("/a")
    assert len(server.requests) == 1


async def test_a_delete_that_never_left_is_tried_again():
    server = Server(httpx.ConnectError("refused"), httpx.Response(204))
    async with server.transport() as transport:
        assert await transport.delete("/a") is None


async def test_the_pause_is_as_long_as_the_server_asks_within_reason():
    server = Server(
        httpx.Response(429, headers={"retry-after": "3"}), httpx.Response(503, headers={"retry-after": "9999"}), OK
    )
    async with server.transport() as transport:
        await transport.get("/a")
    assert server.pauses == [3, PAUSE_SECONDS_MAX]


async def test_a_server_that_stays_away_is_unreachable():
    server = Server(httpx.ConnectError("refused"))
    async with server.transport() as transport:
        with pytest.raises(Unreachable, match=r"Nothing answers at http://casework\.test"):
            await transport.get("/a")
    assert len(server.requests) == TRIES_MAX
    assert server.pauses == sorted(server.pauses)


async def test_a_server_that_stays_busy_is_an_error_with_its_status():
    server = Server(httpx.Response(503, json={"detail": "The database does not answer now."}))
    async with server.transport() as transport:
        with pytest.raises(ApiError, match="does not answer now") as caught:
            await transport.get("/a")
    assert caught.value.status == 503


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 412, 413, 422, 500])
async def test_a_refusal_is_not_tried_again(status):
    server = Server(httpx.Response(status, json={"detail": "No."}))
    async with server.transport() as transport:
        with pytest.raises(ApiError):
            await transport.post("/a", {})
    assert len(server.requests) == 1


@pytest.mark.parametrize("answer", [httpx.Response(200, text="<html>"), httpx.Response(301, headers={"location": "/"})])
async def test_what_does_not_answer_like_casework_is_unreachable(answer):
    server = Server(answer)
    async with server.transport() as transport:
        with pytest.raises(Unreachable):
            await transport.get("/a")


@pytest.mark.parametrize("url", ["127.0.0.1:8080", "ftp://127.0.0.1", "http://[", "nonsense"])
async def test_an_address_that_is_none_is_unreachable(url):
    with pytest.raises(Unreachable):
        async with Transport(url) as transport:
            await transport.get("/a")


async def test_the_workspace_is_asked_for_once():
    session = httpx.Response(200, json={"user": None, "session": {}, "workspace": {"uuid": "w1"}})
    server = Server(session, httpx.Response(200, json={"items": [], "total": 0}))
    client = Client("http://casework.test", key="cw_k", transport=httpx.MockTransport(server.answer))
    async with client:
        await client.members.list()
        await client.workflows.list()
    assert [request.url.path for request in server.requests] == [
        "/api/auth/get-session",
        "/api/v2/w/w1/members",
        "/api/v2/w/w1/workflows",
    ]


async def test_an_activity_is_a_flat_map_with_the_ids_it_relates_to():
    resource = {
        "type": "workflow/activities",
        "id": "a-1",
        "attributes": {"id": "a-1", "name": "Review", "status": "pending"},
        "relationships": {"project": {"data": {"type": "workflow/projects", "id": "3"}}},
    }
    server = Server(httpx.Response(200, json={"data": [resource], "meta": {"count": 1}}))
    async with Client("http://casework.test", key="cw_k", transport=httpx.MockTransport(server.answer)) as client:
        page = await client.activities.list(filters={"status": ["pending", "assigned"], "name": "Review"})
    assert page.items == [{"id": "a-1", "name": "Review", "status": "pending", "project_id": "3"}]
    assert page.total == 1
    assert server.requests[0].url.params.get_list("filter[status][]") == ["pending", "assigned"]
    assert server.requests[0].url.params["filter[name]"] == "Review"
