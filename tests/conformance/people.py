"""Signing in, each way that the contract has."""

from typing import Any

import httpx

from tests.conformance.client import Caller, Case, Workspace, done
from tests.conformance.scenes import Desk

PASSWORD = "correct horse battery"


def person(workspace: Workspace, **fields: Any) -> Caller:
    """A new member who has a password, and no credential yet."""
    return workspace.member(password=PASSWORD, **fields).anonymous()


def cookie_of(answer: httpx.Response) -> str:
    """The session's cookie as a client sends it back: its name and its value."""
    return answer.headers["set-cookie"].partition(";")[0]


def by_cookie(who: Caller) -> Caller:
    """Signed in as browsers do it."""
    answer = who.post("/api/auth/sign-in/email", {"email": who.email, "password": PASSWORD})
    done(answer)
    return with_headers(who, cookie=cookie_of(answer))


def by_token(who: Caller) -> Caller:
    """With a token for the password, from the OAuth2 form."""
    form = {"grant_type": "password", "username": who.email, "password": PASSWORD}
    return who.bearing(done(who.http.post("/token", data=form))["access_token"])


def with_headers(who: Caller, **headers: str) -> Caller:
    return Caller(
        http=who.http,
        headers=headers,
        email=who.email,
        account_id=who.account_id,
        account_uuid=who.account_uuid,
        member_id=who.member_id,
    )


def addresses(desk: Desk, case: Case) -> dict[str, str]:
    """An address of each surface that a Manager may read."""
    return {
        "workspace": f"{desk.path}/assignments",
        "stats": f"{desk.path}/workflows/{desk.workflow['id']}/task-assignment-stats",
        "chats": f"/api/chats/{case.made['chatUuid']}/workflow-runs",
        "analytics": f"/analytics/org/{desk.workspace.uuid}/flows/{desk.workflow['uuid']}",
        "activities": "/api/v3/workflow/activities",
    }


SURFACES = ("workspace", "stats", "chats", "analytics", "activities")
