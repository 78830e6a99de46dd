"""A new password for who forgot theirs."""

import httpx
import pytest

from tests.cli.command import casework
from tests.databases import named

EMAIL = "ada@example.org"


def sign_in(url: str, password: str) -> httpx.Response:
    return httpx.post(f"{url}/api/auth/sign-in/email", json={"email": EMAIL, "password": password})


@pytest.fixture
def set_password(desk):
    """Runs the command on the desk's database."""
    return lambda *arguments, **env: casework("set-password", "--database-url", desk.database_url, *arguments, **env)


def test_a_new_password_ends_every_session_and_no_key(desk, set_password):
    before = sign_in(desk.url, "correct horse")
    assert before.status_code == 200
    done = set_password(EMAIL.upper(), "--json", CASEWORK_PASSWORD="another horse")
    assert done.json == {"email": EMAIL.upper(), "sessions_ended": 1}
    assert httpx.get(f"{desk.url}/api/auth/get-session", cookies=before.cookies).status_code == 401
    assert sign_in(desk.url, "correct horse").status_code == 401
    assert sign_in(desk.url, "another horse").status_code == 200
    assert desk.json("members", "list")["items"]
    history = httpx.get(
        f"{desk.url}/api/v2/w/{desk.made['workspace_uuid']}/events",
        params={"type": "account.password_set"},
        headers={"authorization": f"Bearer {desk.made['api_key']}"},
    ).json()
    assert [one["actor"]["kind"] for one in history["items"]] == ["system"]


def test_what_cannot_be_set_changes_nothing(set_password):
    unknown = set_password("nobody@example.org", "--password", "another horse")
    assert (unknown.code, "no account" in unknown.err) == (4, True), unknown.err
    short = set_password(EMAIL, "--password", "short")
    assert (short.code, "8 characters" in short.err) == (1, True), short.err


@pytest.mark.parametrize("command", [("set-password", EMAIL, "--password", "another horse"), ("doctor",), ("workers",)])
def test_what_looks_into_a_database_makes_none_where_there_is_none(tmp_path, command):
    refused = casework(*command, "--data", tmp_path / "mistyped")
    assert (refused.code, "There is no database in" in refused.err) == (3, True), refused.err
    assert not (tmp_path / "mistyped").exists()


@pytest.mark.parametrize("command", [("set-password", EMAIL, "--password", "another horse"), ("workers",)])
def test_what_asks_a_database_with_another_schema_says_what_brings_it_up_to_date(database_server, command):
    refused = casework(*command, "--database-url", named(database_server, "postgres"))
    assert (refused.code, "`casework migrate`" in refused.err) == (3, True), refused.err
