"""The files of the web app, over HTTP."""

import re

import pytest


@pytest.mark.parametrize(
    "address", ["/", "/sign-in", "/sign-up", "/welcome", "/w/x", "/w/x/inbox/y", "/w/x/cases/7?a=b"]
)
async def test_every_address_of_the_app_answers_with_its_page(client, address):
    answer = await client.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-cache"
    assert '<div id="root">' in answer.text


async def test_the_page_is_not_sent_again_where_it_has_not_changed(client):
    first = await client.get("/")
    again = await client.get("/", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_its_files_come_from_here_compressed_and_stay_in_the_cache(client):
    page = (await client.get("/")).text
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert addresses
    for address in addresses:
        assert address.startswith("/assets/"), address
        answer = await client.get(address, headers={"accept-encoding": "gzip"})
        assert answer.status_code == 200
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        plain = await client.get(address, headers={"accept-encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert plain.content == answer.content


@pytest.mark.parametrize("name", ["nothing.js", "..%2findex.html", "%2e%2e%2findex.html", "index.html", ".stamp"])
async def test_nothing_else_is_served(client, name):
    assert (await client.get(f"/assets/{name}")).status_code in {400, 404}


async def test_unknown_addresses_stay_unknown(client):
    for address in ("/nowhere", "/api/nowhere", "/api/v2/w/nowhere/nothing"):
        assert (await client.get(address)).status_code in {400, 401, 404}


async def test_an_installation_without_the_app_says_how_to_get_it(client, monkeypatch, tmp_path):
    monkeypatch.setattr("casework.api.web._BUILT", tmp_path)
    answer = await client.get("/")
    assert answer.status_code == 200
    assert "hatch_build.py" in answer.text
