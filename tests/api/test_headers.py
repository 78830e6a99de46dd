"""Headers that every answer has, whatever becomes of the request."""

import re

import pytest
from litestar.routes import HTTPRoute

REQUIRED = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
}
PUBLIC = {"/docs", "/docs/{name}", "/", "/sign-in", "/sign-up", "/welcome", "/w/{rest}", "/assets/{name}"}


async def test_every_route_and_every_refusal_is_dressed(app, client):
    addresses = {
        (method, re.sub(r"{[^}]*}", "1", route.path_format), route.path_format)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for method in route.methods
    }
    assert len(addresses) > 40
    for method, address, template in sorted(addresses | {("GET", "/nowhere", "/nowhere"), ("PUT", "/livez", "/livez")}):
        answer = await client.request(method, address)
        assert answer.status_code < 500, (method, address)
        for name, value in REQUIRED.items():
            assert answer.headers[name] == value, (method, address)
        assert re.fullmatch(r"[\w-]{22}", answer.headers["x-request-id"])
        if template not in PUBLIC:
            assert answer.headers["cache-control"] == "no-store", (method, address)


@pytest.mark.parametrize(
    ("given", "is_kept"),
    [("abc-123.x_Y", True), ("x" * 64, True), ("x" * 65, False), ("", False), ("a b", False), ("<script>", False)],
)
async def test_a_request_keeps_the_id_that_it_comes_with_where_that_is_plain(client, given, is_kept):
    answer = await client.get("/livez", headers={"x-request-id": given})
    assert (answer.headers["x-request-id"] == given) is is_kept


async def test_two_requests_have_two_ids(client):
    assert len({(await client.get("/livez")).headers["x-request-id"] for _ in range(20)}) == 20
