"""Health, metrics and the reference."""

import re

import httpx
import pytest
from litestar.routes import HTTPRoute

from casework.api.routes import OPERATION


async def test_the_process_says_that_it_lives_and_can_serve(client):
    for path in ("/livez", "/readyz"):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_without_its_database_it_lives_and_cannot_serve(client, services):
    await services.database.close()
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert (await client.get("/livez")).status_code == 200


async def test_requests_are_counted_by_the_route_and_never_by_what_a_client_invents(client, place):
    await client.get(f"{place.path}/members/77", headers=place.manager.headers)
    await client.get("/nowhere/secret-name")
    await client.request("INVENT", "/livez")
    answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    route = "/api/v2/w/{workspace_uuid}/members/{member_id}"
    assert f'casework_http_requests_total{{method="GET",route="{route}",status="404"}} 1.0' in answer.text
    assert 'casework_http_requests_total{method="GET",route="(none)",status="404"} 1.0' in answer.text
    assert "casework_http_request_seconds_bucket" in answer.text
    for text in ("secret-name", "INVENT", str(place.uuid)):
        assert text not in answer.text


async def test_the_page_of_the_reference_loads_nothing_from_elsewhere(client):
    page = (await client.get("/docs")).text
    sources = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert sources
    for source in sources:
        assert source.startswith("/"), source
        assert (await client.get(source)).status_code == 200
    for part in [page, *[(await client.get(source)).text for source in sources if source.startswith("/docs")]]:
        assert "://" not in part
    assert "<style" not in page
    assert not re.search(r"<script(?! src)|\son\w+=|style=", page)


async def test_the_page_has_no_other_parts(client):
    for name in ("x.js", "..%2fapp.py", "reference.html%00"):
        assert (await client.get(f"/docs/{name}")).status_code in {400, 404}


async def test_the_reference_names_every_route(app, client):
    reference = (await client.get("/openapi.json")).json()
    assert reference["openapi"] == "3.1.0"
    declared = {
        (route.path_format, method.lower())
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods
        if OPERATION in handler.opt and not handler.opt[OPERATION].is_hidden
    }
    assert {(path, method) for path, item in reference["paths"].items() for method in item} == declared
    names = [operation["operationId"] for item in reference["paths"].values() for operation in item.values()]
    assert len(names) == len(set(names))


async def test_every_operation_says_what_it_is_and_who_may_call_it(client):
    reference = (await client.get("/openapi.json")).json()
    tags = {tag["name"] for tag in reference["tags"]}
    for path, item in reference["paths"].items():
        for method, operation in item.items():
            assert operation["summary"], (method, path)
            assert set(operation["tags"]) <= tags
            assert operation["x-policy"]["who"] in {"anyone", "account", "member"}
            assert {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "path"} == set(
                re.findall(r"{(\w+)}", path)
            )


async def test_every_reference_within_the_reference_leads_somewhere(client):
    answer = await client.get("/openapi.json")
    schemas = answer.json()["components"]["schemas"]
    for name in set(re.findall(r'"#/components/schemas/([^"]+)"', answer.text)):
        assert name in schemas


@pytest.mark.parametrize("scheme", ["cookie", "bearer", "password"])
async def test_the_reference_explains_the_credentials(client, scheme):
    schemes = (await client.get("/openapi.json")).json()["components"]["securitySchemes"]
    assert scheme in schemes
    assert schemes["password"]["flows"]["password"]["tokenUrl"] == "/token"


def test_a_real_server_answers(server):
    assert httpx.get(f"{server}/readyz").json() == {"status": "ok"}
    refused = httpx.post(f"{server}/api/auth/sign-in/email", content=b"x" * 2_000_000)
    assert refused.status_code in {413, 415}


def test_a_real_server_cuts_off_a_body_of_unannounced_length(server):
    chunks = (b" " * 65_536 for _ in range(40))
    headers = {"content-type": "application/json"}
    refused = httpx.post(f"{server}/api/auth/sign-in/email", content=chunks, headers=headers)
    assert refused.status_code == 413
    assert refused.json() == {"detail": "The body is larger than the 1 MiB taken here."}


@pytest.mark.parametrize("address", ["/livez?x=%00", "/livez?x=%ff", "/livez?%c3%28", "/docs/a%00b", "/docs/%ff"])
def test_a_real_server_refuses_addresses_that_are_no_text(server, address):
    assert httpx.get(f"{server}{address}").status_code in {400, 404}
