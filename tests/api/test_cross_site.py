"""Cross-site requests: what another site makes a browser send changes nothing."""

import pytest

SIGN_IN = "/api/auth/sign-in/email"
ADA = {"email": "ada@example.com", "password": "correct horse battery", "name": "Ada"}
FOREIGN = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "origin": "http://casework.test"},
    {"sec-fetch-site": ""},
    {"origin": "http://evil.test"},
    {"origin": "null"},
    {"origin": "http://casework.test.evil.test"},
    {"origin": "http://casework.test:8080"},
    {"origin": ""},
]
OWN = [
    {},
    {"sec-fetch-site": "same-origin"},
    {"sec-fetch-site": "none"},
    {"sec-fetch-site": "same-origin", "origin": "https://proxy.test"},
    {"origin": "http://casework.test"},
    {"origin": "https://CASEWORK.test"},
]


@pytest.fixture
async def signed_in(client):
    await client.post("/api/auth/sign-up/email", json=ADA)
    return client


@pytest.mark.parametrize("headers", FOREIGN)
async def test_a_cookie_does_not_work_from_another_site(signed_in, headers):
    answer = await signed_in.post("/api/v2/w", json={"name": "W"}, headers=headers)
    assert answer.status_code == 403
    assert (await signed_in.get("/api/v2/w")).json()["total"] == 0


@pytest.mark.parametrize("headers", OWN)
async def test_a_cookie_works_from_here(signed_in, headers):
    assert (await signed_in.post("/api/v2/w", json={"name": "W"}, headers=headers)).status_code == 201


@pytest.mark.parametrize("headers", FOREIGN)
async def test_another_site_cannot_sign_anybody_in_or_out(signed_in, headers):
    assert (await signed_in.post(SIGN_IN, json=ADA, headers=headers)).status_code == 403
    assert (await signed_in.post("/api/auth/sign-out", headers=headers)).status_code == 403
    assert (await signed_in.get("/api/auth/get-session")).status_code == 200


async def test_reading_is_no_matter_because_the_other_site_does_not_get_the_answer(signed_in):
    answer = await signed_in.get("/api/auth/get-session", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers


async def test_a_token_is_never_sent_by_a_browser_itself_and_works_from_anywhere(client, place):
    headers = place.manager.headers | {"origin": "http://evil.test", "sec-fetch-site": "cross-site"}
    assert (await client.post(f"{place.path}/roles", json={"name": "L"}, headers=headers)).status_code == 201
