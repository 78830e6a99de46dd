"""Signing up, in and out with a password: cookies, tokens, throttling, and what a guesser learns."""

import asyncio
import time

import httpx
import pytest

from casework.settings import Settings
from tests import people

ADA = {"email": "ada@example.com", "password": "correct horse battery", "name": "Ada"}
SESSION = "/api/auth/get-session"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def ada(client):
    answer = await client.post("/api/auth/sign-up/email", json=ADA)
    client.cookies.clear()
    return answer.json()["user"]


async def sign_in(client, email="ada@example.com", password="correct horse battery", **more):
    return await client.post("/api/auth/sign-in/email", json={"email": email, "password": password}, **more)


async def get_token(client, **fields):
    return await client.post("/token", data={"username": ADA["email"], "password": ADA["password"], **fields})


async def test_signing_up_signs_in(client):
    answer = await client.post("/api/auth/sign-up/email", json=ADA)
    assert answer.status_code == 200
    assert answer.json()["user"]["email"] == "ada@example.com"
    session = (await client.get(SESSION)).json()
    assert session == {"user": answer.json()["user"], "session": {"kind": "cookie"}, "workspace": None}


async def test_an_email_is_one_however_it_is_capitalized(client, ada):
    again = await client.post("/api/auth/sign-up/email", json=ADA | {"email": "ADA@Example.com"})
    assert again.status_code == 409
    assert (await sign_in(client, email="Ada@EXAMPLE.com")).json()["user"]["id"] == ada["id"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("password", "seven77"),
        ("password", "x" * 257),
        ("email", "ada"),
        ("email", "a b@example.com"),
        ("email", "ada@example.com\n"),
        ("email", "ada@@example.com"),
        ("email", "a" * 251 + "@x.y"),
        ("name", ""),
        ("name", "x" * 201),
        ("name", None),
    ],
)
async def test_what_cannot_be_an_account_is_refused_by_name(client, field, value):
    answer = await client.post("/api/auth/sign-up/email", json=ADA | {field: value})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(f"{field}: ")


@pytest.mark.parametrize("password", ["eight888", "x" * 256, "pässwörd ⚙️", "  spaces  ", "\t\r\n'\";--\\"])
async def test_any_characters_make_a_password(client, password):
    await client.post("/api/auth/sign-up/email", json=ADA | {"password": password})
    client.cookies.clear()
    assert (await sign_in(client, password=password)).status_code == 200
    assert (await sign_in(client, password=password + "x")).status_code in {400, 401}


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client, ada):
    answer = await sign_in(client)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("casework_session=")
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert attributes == {"httponly", "path=/", "samesite=lax", "max-age=604800"}
    assert client.cookies["casework_session"] not in answer.text


async def test_every_sign_in_has_a_token_of_its_own_and_ends_the_one_before(client, ada):
    await sign_in(client)
    first = client.cookies["casework_session"]
    await sign_in(client)
    second = client.cookies["casework_session"]
    assert first != second
    assert (await client.get(SESSION)).status_code == 200
    client.cookies.clear()
    client.cookies.set("casework_session", first)
    assert (await client.get(SESSION)).status_code == 401


async def test_a_token_that_somebody_planted_is_not_taken_over(client, ada):
    client.cookies.set("casework_session", "planted")
    answer = await sign_in(client)
    assert "planted" not in answer.headers["set-cookie"]


async def test_signing_out_ends_the_session_and_takes_the_cookie(client, ada):
    await sign_in(client)
    token = client.cookies["casework_session"]
    answer = await client.post("/api/auth/sign-out")
    assert answer.json() == {"success": True}
    assert "Max-Age=0" in answer.headers["set-cookie"]
    client.cookies.clear()
    client.cookies.set("casework_session", token)
    assert (await client.get(SESSION)).status_code == 401
    assert (await client.post("/api/auth/sign-out")).status_code == 200


async def test_signing_out_everywhere_ends_every_session_of_the_account_alone(client, ada, place):
    await sign_in(client)
    tokens = [client.cookies["casework_session"]]
    client.cookies.clear()
    await sign_in(client)
    tokens.append(client.cookies["casework_session"])
    answer = await client.post("/api/auth/sign-out-everywhere")
    assert answer.json() == {"ended": 3}  # signing up opened one too
    assert "Max-Age=0" in answer.headers["set-cookie"]
    for token in tokens:
        client.cookies.clear()
        client.cookies.set("casework_session", token)
        assert (await client.get(SESSION)).status_code == 401
    client.cookies.clear()
    assert (await client.get(SESSION, headers=place.manager.headers)).status_code == 200


async def test_a_session_ends_when_it_is_not_used(client, ada, clock):
    await sign_in(client)
    for _ in range(3):
        clock.advance(hours=11)
        assert (await client.get(SESSION)).status_code == 200
    clock.advance(hours=12)
    assert (await client.get(SESSION)).status_code == 401


async def test_a_session_ends_after_a_week_however_much_it_is_used(client, ada, clock):
    await sign_in(client)
    for _ in range(15):
        clock.advance(hours=11)
        assert (await client.get(SESSION)).status_code == 200
    clock.advance(hours=3)
    assert (await client.get(SESSION)).status_code == 401


async def test_a_form_with_a_password_gets_a_token_for_an_hour(client, ada, clock):
    answer = await get_token(client, grant_type="password", scope="", client_id="x", client_secret="y")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["token_type"], body["expires_in"]) == ("bearer", 3600)
    headers = {"authorization": f"Bearer {body['access_token']}"}
    assert (await client.get(SESSION, headers=headers)).json()["session"] == {"kind": "bearer"}
    clock.advance(minutes=60)
    assert (await client.get(SESSION, headers=headers)).status_code == 401


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"username=ada%40example.com&password=wrong", 401),
        (b"username=nobody&password=x", 401),
        (b"username=ada%40example.com", 400),
        (b"", 400),
        (b"grant_type=refresh_token&username=a&password=b", 400),
        (b"username=a&username=b&password=c", 400),
        (b"username=a%00&password=c", 400),
        (b"username=%ff&password=c", 400),
        (b"&".join(b"f%d=1" % number for number in range(100)), 400),
        (b"username=a&password=" + b"x" * 257, 400),
    ],
)
async def test_a_form_that_is_wrong_gets_none(client, ada, content, status):
    assert (await client.post("/token", content=content, headers=FORM)).status_code == status


async def test_the_form_is_not_json(client, ada):
    answer = await client.post("/token", json={"username": ADA["email"], "password": ADA["password"]})
    assert answer.status_code == 415


async def test_whether_an_account_exists_is_told_neither_by_text_nor_by_time(client, ada):
    told, took = set(), {}
    for email in ("ada@example.com", "nobody@example.com"):
        started = time.process_time()
        answer = await sign_in(client, email=email, password="wrong password")
        took[email] = time.process_time() - started
        told.add((answer.status_code, answer.content))
    assert told == {(401, b'{"detail":"The e-mail or the password is wrong."}')}
    assert took["nobody@example.com"] > took["ada@example.com"] / 3


async def test_a_disabled_account_looks_like_a_wrong_password(client, ada, services):
    async with services.database.write() as connection:
        await connection.execute("update accounts set disabled_at = now() where id = $1", ada["id"])
    answer = await sign_in(client)
    assert (answer.status_code, answer.json()["detail"]) == (401, "The e-mail or the password is wrong.")


async def test_an_account_without_a_password_cannot_be_signed_in_to(client, place):
    for password in ("", "anything at all"):
        assert (await sign_in(client, email=place.manager.email, password=password)).status_code == 401


async def test_after_ten_wrong_passwords_there_is_a_pause(client, ada, clock):
    for _ in range(10):
        assert (await sign_in(client, password="wrong password")).status_code == 401
        clock.advance(seconds=6)
    for answer in (await sign_in(client), await get_token(client)):
        assert answer.status_code == 429
        assert 0 < int(answer.headers["retry-after"]) <= 600
    clock.advance(seconds=int(answer.headers["retry-after"]))
    assert (await sign_in(client)).status_code == 200


async def test_guesses_that_come_all_at_once_are_counted_as_well(client, ada):
    answers = await asyncio.gather(*(sign_in(client, password=f"wrong password {n}") for n in range(15)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [401] * 10 + [429] * 5


async def test_the_right_password_clears_the_count(client, ada):
    for _ in range(3):
        for _ in range(9):
            await sign_in(client, password="wrong password")
        assert (await sign_in(client)).status_code == 200


async def test_whoever_is_attacked_can_sign_in_from_elsewhere(app, client, ada):
    for _ in range(11):
        await sign_in(client, password="wrong password")
    transport = httpx.ASGITransport(app=app, client=("198.51.100.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://casework.test") as elsewhere:
        assert (await sign_in(elsewhere)).status_code == 200
    assert (await sign_in(client)).status_code == 429


async def test_unknown_accounts_are_throttled_like_known_ones(client):
    statuses = [(await sign_in(client, email="nobody@example.com")).status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]


async def test_signing_in_is_recorded(client, services, ada):
    await sign_in(client)
    made = (await client.post("/api/v2/w", json={"name": "Support"})).json()
    await sign_in(client)
    async with services.database.read() as connection:
        (row,) = await connection.fetch("select * from events where type = 'account.signed_in'")
    assert (row["workspace_id"], row["actor_id"]) == (made["id"], made["memberId"])
    assert row["data"] == {"kind": "cookie"}


class TestOverHttps:
    """With secure cookies, as behind TLS."""

    @pytest.fixture
    def settings(self, database_url):
        return Settings(database_url=database_url, secure_cookies=True, pool_size=4)

    async def test_the_cookie_has_the_prefix_that_binds_it_to_the_host(self, client):
        answer = await client.post("/api/auth/sign-up/email", json=ADA)
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-casework_session=")
        assert "; Secure" in cookie
        assert "Domain" not in cookie
        assert "max-age=31536000" in answer.headers["strict-transport-security"]

    async def test_a_cookie_without_the_prefix_proves_nobody(self, client):
        answer = await client.post("/api/auth/sign-up/email", json=ADA)
        token = answer.headers["set-cookie"].partition("=")[2].partition(";")[0]
        good = {"cookie": f"__Host-casework_session={token}"}
        bare = {"cookie": f"casework_session={token}"}
        assert (await client.get(SESSION, headers=good)).status_code == 200
        assert (await client.get(SESSION, headers=bare)).status_code == 401


class TestClosed:
    """Where strangers make no accounts and passwords get no tokens."""

    @pytest.fixture
    def settings(self, database_url):
        return Settings(database_url=database_url, sign_up="closed", password_form="off", pool_size=4)

    async def test_strangers_make_no_accounts(self, client):
        assert (await client.post("/api/auth/sign-up/email", json=ADA)).status_code == 403

    async def test_passwords_get_no_tokens(self, client):
        assert (await get_token(client)).status_code == 404

    async def test_workspaces_are_not_made_by_everybody(self, client, services):
        nobody = await people.person(services)
        answer = await client.post("/api/v2/w", json={"name": "Mine"}, headers=nobody.headers)
        assert answer.status_code == 403
