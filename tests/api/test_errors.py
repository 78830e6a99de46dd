"""Refusals: one status for each, and one shape for each surface."""

import httpx
import pytest
from litestar import Router
from litestar import get as bare_get

from casework.api.app import create_app
from tests.api.conftest import PREFIXES, RAISED

STATUSES = {
    "unauthenticated": 401,
    "denied": 403,
    "absent": 404,
    "conflict": 409,
    "stale": 412,
    "limited": 429,
    "unavailable": 503,
}


@pytest.mark.parametrize("surface", PREFIXES)
async def test_each_refusal_has_the_same_status_everywhere_and_the_shape_of_its_surface(wire, surface):
    for kind, status in STATUSES.items():
        answer = await wire.get(f"{PREFIXES[surface]}/raise/{kind}")
        assert answer.status_code == status
        assert message_of(surface, answer) == RAISED[kind].message


@pytest.mark.parametrize(
    ("surface", "status"),
    [("workspace", 400), ("chats", 400), ("analytics", 422), ("activities", 422), ("auth", 400), ("system", 400)],
)
async def test_wrong_input_has_the_status_that_its_surface_uses(wire, surface, status):
    answer = await wire.get(f"{PREFIXES[surface]}/raise/invalid")
    assert answer.status_code == status


async def test_the_workspace_surface_lists_several_problems(wire):
    answer = await wire.get("/api/v2/w/raise/invalid")
    assert answer.json() == {
        "detail": "amount: is required. name: is too long.",
        "problems": [
            {"path": "/data/amount", "message": "is required.", "line": None, "hint": None},
            {"path": "/data/name", "message": "is too long.", "line": None, "hint": None},
        ],
    }


async def test_the_activity_surface_gives_an_error_with_a_pointer_for_each_problem(wire):
    answer = await wire.get("/api/v3/workflow/raise/invalid")
    assert answer.headers["content-type"] == "application/vnd.api+json"
    assert answer.json()["errors"] == [
        {
            "status": "422",
            "title": "Unprocessable Entity",
            "detail": "is required.",
            "source": {"pointer": "/data/amount"},
        },
        {
            "status": "422",
            "title": "Unprocessable Entity",
            "detail": "is too long.",
            "source": {"pointer": "/data/name"},
        },
    ]


async def test_the_analytics_surface_says_where_in_the_request(wire):
    answer = await wire.get("/analytics/sized?page_size=0")
    assert answer.status_code == 422
    assert answer.json() == {
        "detail": [{"loc": ["query", "page_size"], "msg": "must be from 1 to 1000.", "type": "value_error"}]
    }
    answer = await wire.post("/analytics/echo", json={"parts": [{}, 1]})
    assert answer.json()["detail"][0]["loc"] == ["body", "parts", 1]


async def test_a_bad_parameter_is_named(wire):
    assert (await wire.get("/api/v2/w/sized?page_size=x")).json() == {"detail": "page_size: must be an integer."}
    error = (await wire.get("/api/v3/workflow/sized?page_size=x")).json()["errors"][0]
    assert error["source"] == {"parameter": "page_size"}


async def test_waiting_helps_where_it_is_said_how_long(wire):
    assert (await wire.get("/probe/raise/limited")).headers["retry-after"] == "7"
    assert (await wire.get("/probe/raise/unavailable")).headers["retry-after"] == "3"


async def test_a_missing_credential_is_asked_for(wire):
    assert (await wire.get("/probe/raise/unauthenticated")).headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("surface", PREFIXES)
async def test_what_breaks_tells_nothing_but_an_id_to_ask_with(wire, surface):
    answer = await wire.get(f"{PREFIXES[surface]}/raise/unexpected")
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] in message_of(surface, answer)
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("surface", PREFIXES)
async def test_unknown_addresses_and_methods_have_the_shape_of_their_surface(wire, surface):
    absent = await wire.get(f"{PREFIXES[surface]}/a/b/c/d/e")
    assert absent.status_code == 404
    assert message_of(surface, absent) == "There is nothing at this address."
    refused = await wire.delete(f"{PREFIXES[surface]}/echo")
    assert refused.status_code == 405
    assert "POST" in refused.headers["allow"]
    assert message_of(surface, refused) == "This address does not take that method."


def test_a_route_that_does_not_say_who_may_call_it_stops_the_start():
    @bare_get("/open-door/{thing:str}", sync_to_thread=False)
    def open_door() -> str:
        return ""

    with pytest.raises(RuntimeError, match=r"declare no policy: GET /open-door/{thing}"):
        create_app(lambda: None, routers=[Router("/", route_handlers=[open_door])])


def message_of(surface: str, answer: httpx.Response) -> str:
    """The text of a refusal, whose body must be exactly of the surface's shape."""
    body = answer.json()
    if surface == "chats":
        assert set(body) == {"error", "message"}
        return body["message"]
    if surface == "activities":
        assert answer.headers["content-type"] == "application/vnd.api+json"
        (error,) = body["errors"]
        assert error["status"] == str(answer.status_code)
        return error["detail"]
    assert set(body) == {"detail"}
    return body["detail"]
