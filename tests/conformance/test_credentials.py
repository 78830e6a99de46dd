"""Section 1: three kinds of credentials, each accepted on every surface; what proves nobody is 401; revocation."""

import re
from collections.abc import Callable
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from tests import running
from tests.cli.command import until
from tests.conformance.client import Caller, Case, done, refused
from tests.conformance.conftest import Site, talking_to
from tests.conformance.people import (
    PASSWORD,
    SURFACES,
    addresses,
    by_cookie,
    by_token,
    cookie_of,
    person,
    with_headers,
)
from tests.conformance.scenes import Desk

KINDS: dict[str, Callable[[Desk, Caller], Caller]] = {
    "session cookie": lambda _, who: by_cookie(who),
    "API key": lambda desk, who: who.bearing(desk.workspace.key(memberId=who.member_id)["key"]),
    "token for a password": lambda _, who: by_token(who),
    "token for a key": lambda desk, who: who.bearing(
        token_of_key(who, desk.workspace.key(memberId=who.member_id)["key"])
    ),
}


def token_of_key(who: Caller, key: str) -> str:
    return done(who.post("/api/v3/iam/auth/api/login", {"key": key}))["meta"]["token"]


@pytest.fixture(scope="module")
def case(desk: Desk) -> Case:
    return desk.case()


@pytest.fixture(scope="module")
def manager(desk: Desk) -> Caller:
    """A Manager who has a password."""
    return person(desk.workspace, role="Manager")


@pytest.fixture(scope="module")
def signed_in(desk: Desk, manager: Caller) -> dict[str, Caller]:
    return {kind: sign_in(desk, manager) for kind, sign_in in KINDS.items()}


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_credential_is_accepted_on_each_surface(
    desk: Desk, case: Case, signed_in: dict[str, Caller], surface: str, kind: str
):
    assert signed_in[kind].get(addresses(desk, case)[surface]).status_code == 200


NOBODY = {
    "absent": {},
    "an unknown token": {"authorization": "Bearer nobody-has-this-token"},
    "an unknown key": {"authorization": "Bearer cw_k3v5tq2m4n7p6r8s_nobodyhasthiskey"},
    "an unknown cookie": {"cookie": "casework_session=nobody-has-this-session"},
    "another scheme": {"authorization": "Basic b3duZXI6cGFzc3dvcmQ="},
    "a scheme without a token": {"authorization": "Bearer"},
    "an endless token": {"authorization": f"Bearer {'x' * 4000}"},
}


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("nobody", NOBODY)
def test_a_credential_that_is_absent_or_unknown_gets_401_in_the_surfaces_own_shape(
    desk: Desk, case: Case, surface: str, nobody: str
):
    refused(with_headers(desk.ada, **NOBODY[nobody]).get(addresses(desk, case)[surface]), 401)


def test_an_expired_key_gets_401_on_every_surface(desk: Desk, case: Case):
    now = parsedate_to_datetime(desk.manager.get("/api/liveness").headers["date"])
    made = desk.workspace.key(expiresAt=(now + timedelta(seconds=2)).isoformat())
    late = desk.manager.bearing(made["key"])
    assert late.get(f"{desk.path}/assignments").status_code == 200
    until(lambda: late.get(f"{desk.path}/assignments").status_code == 401)

    for address in addresses(desk, case).values():
        refused(late.get(address), 401)


def test_a_key_that_would_be_expired_already_is_not_made(desk: Desk):
    body = {"name": "late", "expiresAt": "2020-01-01T00:00:00Z"}

    assert "expiresAt" in refused(desk.manager.post(f"{desk.path}/keys", body), 400)


def sign_out(_desk: Desk, who: Caller) -> None:
    done(who.post("/api/auth/sign-out"))


def revoke_keys(desk: Desk, who: Caller) -> None:
    keys = done(desk.manager.get(f"{desk.path}/keys", pageSize=500))["items"]
    for key in keys:
        if key["memberId"] == who.member_id:
            done(desk.manager.delete(f"{desk.path}/keys/{key['id']}"), 204)


REVOKE = {
    "session cookie": sign_out,
    "API key": revoke_keys,
    "token for a password": sign_out,
    "token for a key": revoke_keys,
}


@pytest.mark.parametrize("kind", REVOKE)
def test_revocation_acts_at_once_on_every_surface(desk: Desk, case: Case, kind: str):
    who = KINDS[kind](desk, person(desk.workspace, role="Manager"))
    assert who.get(f"{desk.path}/assignments").status_code == 200

    REVOKE[kind](desk, who)

    for address in addresses(desk, case).values():
        refused(who.get(address), 401)


@pytest.mark.parametrize("kind", ["API key", "token for a key"])
def test_the_keys_of_a_member_who_is_removed_end_at_once(desk: Desk, case: Case, kind: str):
    who = KINDS[kind](desk, person(desk.workspace, role="Manager"))

    done(desk.manager.delete(f"{desk.path}/members/{who.member_id}"), 204)

    for address in addresses(desk, case).values():
        refused(who.get(address), 401)


@pytest.mark.parametrize("kind", ["session cookie", "token for a password"])
def test_a_member_who_is_removed_is_a_stranger_at_once(desk: Desk, case: Case, kind: str):
    who = KINDS[kind](desk, person(desk.workspace, role="Manager"))

    done(desk.manager.delete(f"{desk.path}/members/{who.member_id}"), 204)

    for address in addresses(desk, case).values():
        refused(who.get(address), 403)


@pytest.mark.parametrize("kind", KINDS)
def test_a_scope_that_is_taken_away_is_gone_at_once(desk: Desk, case: Case, kind: str):
    role = done(desk.manager.post(f"{desk.path}/roles", {"name": f"R {kind}", "scopes": ["assignments:read"]}), 201)
    who = KINDS[kind](desk, person(desk.workspace, role=role["name"]))
    assert who.get(case.path).status_code == 200

    done(desk.manager.put(f"{desk.path}/roles/{role['id']}", {"scopes": []}))

    refused(who.get(case.path), 403)


# Signing in


def test_sign_up_makes_an_account_that_can_sign_in(desk: Desk):
    who = with_headers(desk.ada)
    email = f"newcomer@{desk.workspace.uuid}.example.com"
    done(who.post("/api/auth/sign-up/email", {"email": email, "password": PASSWORD, "name": "Newcomer"}))

    signed_in = who.post("/api/auth/sign-in/email", {"email": email, "password": PASSWORD})

    done(signed_in)
    assert with_headers(who, cookie=cookie_of(signed_in)).get("/api/auth/get-session").status_code == 200


def test_sign_in_sets_a_cookie_that_is_opaque_httponly_and_lax(manager: Caller):
    answer = manager.post("/api/auth/sign-in/email", {"email": manager.email, "password": PASSWORD})

    name, *attributes = re.split(r";\s*", answer.headers["set-cookie"])
    assert re.fullmatch(r"[^=]+=[A-Za-z0-9_-]{20,}", name), "random text, with nothing to read in it"
    assert {"httponly", "samesite=lax", "path=/"} <= {one.lower() for one in attributes}


@pytest.mark.parametrize("password", ["wrong horse battery", "", PASSWORD.upper()])
def test_a_wrong_password_is_401(manager: Caller, password: str):
    refused(manager.post("/api/auth/sign-in/email", {"email": manager.email, "password": password}), 401)
    form = {"grant_type": "password", "username": manager.email, "password": password}
    assert manager.http.post("/token", data=form).status_code == 401


def test_an_unknown_person_is_refused_in_the_same_words_as_a_wrong_password(manager: Caller):
    def tried(email: str) -> tuple[int, bytes]:
        answer = manager.post("/api/auth/sign-in/email", {"email": email, "password": "wrong horse battery"})
        return answer.status_code, answer.content

    assert tried("nobody@example.com") == tried(manager.email)


def test_get_session_answers_with_a_cookie_and_401_without(manager: Caller):
    session = done(by_cookie(manager).get("/api/auth/get-session"))

    assert manager.email in str(session)
    refused(manager.get("/api/auth/get-session"), 401)


def test_sign_out_ends_the_session_of_its_cookie_alone(desk: Desk, manager: Caller):
    one, other = by_cookie(manager), by_cookie(manager)

    done(one.post("/api/auth/sign-out"))

    refused(one.get(f"{desk.path}/assignments"), 401)
    assert other.get(f"{desk.path}/assignments").status_code == 200


def test_to_sign_out_everywhere_ends_every_session_of_the_account_and_no_key(desk: Desk):
    somebody = person(desk.workspace, role="Manager")  # others here are signed in for longer than one test
    one, other = by_cookie(somebody), by_cookie(somebody)

    assert done(one.post("/api/auth/sign-out-everywhere"))["ended"] == 2

    for ended in (one, other):
        refused(ended.get(f"{desk.path}/assignments"), 401)
    key = somebody.bearing(desk.workspace.key(memberId=somebody.member_id)["key"])
    assert key.get(f"{desk.path}/assignments").status_code == 200
    refused(key.post("/api/auth/sign-out-everywhere"), 403)
    assert by_cookie(somebody).get(f"{desk.path}/assignments").status_code == 200


def test_the_oauth2_password_form_gives_an_opaque_token_for_an_hour(manager: Caller):
    form = {"grant_type": "password", "username": manager.email, "password": PASSWORD}
    given = done(manager.http.post("/token", data=form))

    assert given["token_type"].lower() == "bearer"
    assert given["expires_in"] == 3600
    assert re.fullmatch(r"[A-Za-z0-9_-]{20,}", given["access_token"])


def test_login_with_a_key_answers_data_and_meta_with_a_token(desk: Desk, manager: Caller):
    key = desk.workspace.key(memberId=manager.member_id)["key"]

    given = done(manager.post("/api/v3/iam/auth/api/login", {"key": key}))

    assert given.keys() == {"data", "meta"}
    assert given["meta"].keys() == {"token"}
    assert given["data"]["id"] == str(manager.account_id)


def test_login_with_what_is_no_key_is_401(manager: Caller):
    refused(manager.post("/api/v3/iam/auth/api/login", {"key": "cw_nobodyhasthis_key"}), 401)


@pytest.mark.parametrize("kind", KINDS)
def test_accounts_me_tells_who_calls(signed_in: dict[str, Caller], kind: str):
    me = done(signed_in[kind].get("/api/v3/iam/accounts/me"))["data"]

    assert me["id"] == str(signed_in[kind].account_id)
    refused(with_headers(signed_in[kind]).get("/api/v3/iam/accounts/me"), 401)


# The workspace of a surface that has none in its path


def test_a_surface_without_a_workspace_in_its_path_works_in_the_keys(site: Site, desk: Desk, case: Case):
    elsewhere = site.workspace("Elsewhere").manager

    assert elsewhere.account_id == desk.manager.account_id, "the same person, with a key of each workspace"
    assert desk.manager.get(addresses(desk, case)["chats"]).status_code == 200
    refused(elsewhere.get(addresses(desk, case)["chats"]), 404)
    named = elsewhere.send("GET", addresses(desk, case)["chats"], headers={"x-workspace": desk.workspace.uuid})
    refused(named, 404)
    assert done(elsewhere.get("/api/v3/workflow/activities"))["data"] == []


def test_with_a_cookie_x_workspace_says_where_else_it_is_the_last_used(site: Site, desk: Desk):
    desk.case()
    elsewhere = site.workspace("Elsewhere")
    who = by_cookie(person(desk.workspace, role="Manager"))
    done(elsewhere.manager.post(f"{elsewhere.path}/members", {"email": who.email, "role": "Manager"}), 201)

    def seen(**headers: str) -> bool:
        return done(who.send("GET", "/api/v3/workflow/activities", headers=headers))["data"] != []

    assert seen(**{"x-workspace": desk.workspace.uuid})
    assert seen(), "the one used last"
    assert not seen(**{"x-workspace": elsewhere.uuid})
    assert not seen(), "the one used last"


def test_without_a_header_it_is_the_accounts_only_workspace(desk: Desk):
    desk.case()

    assert done(by_cookie(person(desk.workspace, role="Manager")).get("/api/v3/workflow/activities"))["data"]


def test_x_workspace_of_a_workspace_one_is_no_member_of_is_403(site: Site, desk: Desk):
    who = by_cookie(person(desk.workspace, role="Manager"))

    refused(who.send("GET", "/api/v3/workflow/activities", headers={"x-workspace": site.workspace().uuid}), 403)


# What settings change


def test_over_https_the_cookie_has_the_host_prefix_and_the_password_form_can_be_switched_off(
    site: Site, manager: Caller
):
    with (
        running.server(site.database_url, secure_cookies="true", password_form="off") as address,
        talking_to(address) as strict,
    ):
        cookie = strict.post("/api/auth/sign-in/email", json={"email": manager.email, "password": PASSWORD})
        token = strict.post("/token", data={"username": manager.email, "password": PASSWORD})

    assert cookie.headers["set-cookie"].startswith("__Host-")
    assert "secure" in cookie.headers["set-cookie"].lower()
    assert 400 <= token.status_code < 500
    assert "access_token" not in token.text
