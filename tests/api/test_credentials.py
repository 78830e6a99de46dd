"""Credentials: what proves somebody, and what does not, or not any more."""

import pytest

from casework.entropy import new_secret

ME = "/api/v3/iam/accounts/me"


@pytest.fixture
async def key(client, place):
    made = await client.post(f"{place.path}/keys", json={"name": "script"}, headers=place.manager.headers)
    return made.json()


def bearer(token):
    return {"authorization": f"Bearer {token}"}


async def test_nothing_proves_nobody(client):
    answer = await client.get(ME)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="casework"'


async def test_a_token_and_a_key_prove_the_same_person(client, place, key):
    by_token = await client.get(ME, headers=place.manager.headers)
    by_key = await client.get(ME, headers=bearer(key["key"]))
    assert by_token.json() == by_key.json()
    assert by_key.json()["data"]["id"] == str(place.manager.account_id)


async def test_forged_credentials_prove_nobody(client, place, key):
    token = place.manager.token
    text = key["key"]
    forged = [
        "",
        " ",
        "null",
        "undefined",
        "true",
        "0",
        "' or 1=1 --",
        "\\x00",
        "%00",
        "../../etc/passwd",
        new_secret(),
        token[:-1],
        token + "A",
        token.swapcase(),
        token[::-1],
        token + "\u00e9",
        f"{token} {token}",
        f"{token},{token}",
        text[:-1],
        text + "x",
        text.upper(),
        text.replace("cw_", ""),
        text.replace("cw_", "cw__"),
        key["prefix"],
        f"{key['prefix']}_",
        f"{key['prefix']}_{new_secret()}",
        f"cw_aaaaaaaaaaaaaaaa_{text.rpartition('_')[2]}",
        "cw_" + "a" * 500,
        "a" * 100_000,
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    ]
    for text in forged:
        answer = await client.get(ME, headers={"authorization": f"Bearer {text}".encode()})
        assert answer.status_code == 401, text


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Basic YWRhOmFkYQ==", "Token {0}", "{0}", "Bearer{0}", "Digest {0}", "bearer: {0}"]
)
async def test_another_scheme_is_not_a_bearer_even_around_a_good_token(client, place, header):
    headers = {"authorization": header.format(place.manager.token)}
    assert (await client.get(ME, headers=headers)).status_code == 401


async def test_the_scheme_may_be_written_in_any_case(client, place):
    headers = {"authorization": f"bearer  {place.manager.token}"}
    assert (await client.get(ME, headers=headers)).status_code == 200


async def test_a_bad_bearer_is_refused_even_beside_a_good_cookie(client):
    await sign_up(client)
    assert (await client.get(ME)).status_code == 200
    assert (await client.get(ME, headers=bearer("nonsense"))).status_code == 401


async def test_a_token_is_good_only_for_what_it_was_given_as(client, place):
    await sign_up(client)
    cookie = client.cookies["casework_session"]
    client.cookies.clear()
    assert (await client.get(ME, headers=bearer(cookie))).status_code == 401
    client.cookies.set("casework_session", place.manager.token)
    assert (await client.get(ME)).status_code == 401


async def test_a_key_that_is_revoked_ends_at_once_and_its_tokens_with_it(client, place, key):
    token = (await client.post("/api/v3/iam/auth/api/login", json={"key": key["key"]})).json()["meta"]["token"]
    for text in (key["key"], token):
        assert (await client.get(ME, headers=bearer(text))).status_code == 200
    await client.delete(f"{place.path}/keys/{key['id']}", headers=place.manager.headers)
    for text in (key["key"], token):
        assert (await client.get(ME, headers=bearer(text))).status_code == 401


async def test_a_key_expires(client, place, clock):
    body = {"name": "short", "expiresAt": "2024-02-04T12:30:00Z"}
    text = (await client.post(f"{place.path}/keys", json=body, headers=place.manager.headers)).json()["key"]
    assert (await client.get(ME, headers=bearer(text))).status_code == 200
    clock.advance(minutes=30)
    assert (await client.get(ME, headers=bearer(text))).status_code == 401


async def test_a_keys_token_lasts_an_hour(client, key, clock):
    answer = await client.post("/api/v3/iam/auth/api/login", json={"key": key["key"]})
    token = answer.json()["meta"]["token"]
    clock.advance(minutes=59)
    assert (await client.get(ME, headers=bearer(token))).status_code == 200
    clock.advance(minutes=1)
    assert (await client.get(ME, headers=bearer(token))).status_code == 401


async def test_a_keys_token_has_no_more_scopes_than_the_key(client, place):
    body = {"name": "narrow", "scopes": ["keys:read"]}
    text = (await client.post(f"{place.path}/keys", json=body, headers=place.manager.headers)).json()["key"]
    token = (await client.post("/api/v3/iam/auth/api/login", json={"key": text})).json()["meta"]["token"]
    for credential in (text, token):
        session = (await client.get("/api/auth/get-session", headers=bearer(credential))).json()
        assert session["workspace"]["scopes"] == ["keys:read"]
        assert (await client.get(f"{place.path}/members", headers=bearer(credential))).status_code == 403


async def test_a_key_that_acts_as_the_workspace_is_no_account(client, place):
    body = {"name": "robot", "workspaceOwned": True}
    text = (await client.post(f"{place.path}/keys", json=body, headers=place.manager.headers)).json()["key"]
    assert (await client.get(ME, headers=bearer(text))).status_code == 403
    assert (await client.get(f"{place.path}/members", headers=bearer(text))).status_code == 200
    login = (await client.post("/api/v3/iam/auth/api/login", json={"key": text})).json()
    assert login["data"]["type"] == "iam/keys"
    assert (await client.get(f"{place.path}/roles", headers=bearer(login["meta"]["token"]))).status_code == 200


@pytest.mark.parametrize("body", [{}, {"key": None}, {"key": 1}, {"key": "x", "more": 1}, [], "key"])
async def test_a_login_body_that_holds_no_key_is_wrong_input(client, body):
    assert (await client.post("/api/v3/iam/auth/api/login", json=body)).status_code == 400


async def test_only_a_key_gets_a_keys_token(client, place):
    for text in ("nonsense", "", place.manager.token, "cw_aaaaaaaa_" + "a" * 43):
        answer = await client.post("/api/v3/iam/auth/api/login", json={"key": text})
        assert answer.status_code == 401, text


async def test_a_key_of_another_workspace_is_a_stranger_here(client, place, key):
    made = await client.post("/api/v2/w", json={"name": "Second"}, headers=place.manager.headers)
    second = f"/api/v2/w/{made.json()['uuid']}"
    assert (await client.get(f"{second}/members", headers=place.manager.headers)).status_code == 200
    assert (await client.get(f"{second}/members", headers=bearer(key["key"]))).status_code == 403


async def test_the_last_use_of_a_key_is_noted_to_the_minute(client, place, key, clock):
    for minutes in (0, 0.5, 2):
        clock.advance(minutes=minutes)
        await client.get(ME, headers=bearer(key["key"]))
    (listed,) = (await client.get(f"{place.path}/keys", headers=place.manager.headers)).json()["items"]
    assert listed["usedAt"] == "2024-02-04T12:02:30.000Z"


async def sign_up(client):
    body = {"email": "ada@example.com", "password": "correct horse battery", "name": "Ada"}
    answer = await client.post("/api/auth/sign-up/email", json=body)
    assert answer.status_code == 200
    return answer
