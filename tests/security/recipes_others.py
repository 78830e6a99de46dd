"""The recipes of the other surfaces, and of the system itself."""

from typing import Any, Final
from urllib.parse import urlencode

from casework.core.permission import Policy, own_or
from casework.core.permission import workflow as level
from tests.security import (
    recipes_flow,
    recipes_incidents,
    recipes_moving,
    recipes_outgoing,
    recipes_people,
    recipes_triggers,
    recipes_workspace,
)
from tests.security.recipes import Recipe, fields, narrowing, only
from tests.security.things import EMAIL, PASSWORD, Ids, World, fresh

V3: Final = "/api/v3/workflow"
INFERENCE: Final = "/inference/v0"
FLOW: Final = "/analytics/org/{org_id}/flows/{flow_id}"

CASE: Final = [Recipe(kind="case")]
TAKERS: Final = frozenset({"self", "manager", "owner of another workspace"})
"""Those to whose own cases it matters who else is named; others do not even belong to the project."""


def _sign_in(example: Any, _ids: Ids, _world: World) -> Any:
    return {**example, "email": EMAIL, "password": PASSWORD}


def _sign_up(example: Any, _ids: Ids, _world: World) -> Any:
    return {**example, "email": f"{fresh()}@example.com"}


def _form(example: Any, _ids: Ids, _world: World) -> bytes:
    return urlencode({**example, "username": EMAIL, "password": PASSWORD}).encode()


def _key(example: Any, _ids: Ids, world: World) -> Any:
    return {**example, "key": world.cast.their_key.headers["authorization"].removeprefix("Bearer ")}


def _to_another(example: Any, _ids: Ids, world: World) -> Any:
    return {**example, "account_id": world.cast.leveled["use"].account_id}


SYSTEM: Final = {
    "GET /livez": [Recipe()],
    "GET /readyz": [Recipe()],
    "GET /metrics": [Recipe()],
    "GET /openapi.json": [Recipe()],
    "GET /docs": [Recipe()],
    "GET /docs/{name}": [Recipe()],
    "GET /": [Recipe()],
    "GET /sign-in": [Recipe()],
    "GET /sign-up": [Recipe()],
    "GET /welcome": [Recipe()],
    "GET /w/{rest}": [Recipe()],
    "GET /assets/{name}": [Recipe(path={"name": "asset"})],
    "GET /api/liveness": [Recipe()],
    "POST /api/auth/sign-in/email": [Recipe(body=_sign_in)],
    "POST /api/auth/sign-up/email": [Recipe(body=_sign_up)],
    "POST /api/auth/sign-out": [Recipe()],
    "POST /api/auth/sign-out-everywhere": [Recipe(is_for_persons=True, ends_sessions=True)],
    "POST /token": [Recipe(body=_form)],
    "POST /api/v3/iam/auth/api/login": [Recipe(body=_key)],
    "GET /api/auth/get-session": [Recipe()],
    "GET /api/v3/iam/accounts/me": [Recipe()],
    "GET /api/v2/w": [Recipe()],
    "POST /api/v2/w": [Recipe(is_for_persons=True)],
}

CHATS: Final = {
    "GET /api/users/{userId}/chats": [Recipe(kind="member"), Recipe(kind="member", path={"userId": "account_id"})],
    "GET /api/chats/{chatId}/messages": [Recipe(kind="chat")],
    "GET /api/chats/{chatId}/workflow-runs": [Recipe(kind="chat"), Recipe(kind="case")],
    "POST /api/chats/{chatId}/messages": [
        Recipe(kind="chat", body=only(content="Hello.")),
        Recipe(kind="workflow", beside="chat", body=fields(workflowId="flow_id"), policy=level("use"), gone=409),
    ],
    "POST /api/chats/{chatId}/messages/stream": [
        Recipe(kind="chat", body=only(content="Hello.")),
        Recipe(kind="workflow", beside="chat", body=fields(workflowId="flow_id"), policy=level("use"), gone=409),
    ],
    "POST /api/chats/{chatId}/stop": [Recipe(kind="case")],
    "GET /api/chats/{chatId}/workflow-runs/{runId}/stream": [Recipe(kind="case")],
    "DELETE /api/chats/{chatId}": [Recipe(kind="chat")],
}

ANALYTICS: Final = {
    f"GET {FLOW}": [Recipe(kind="workflow", gone=0), Recipe(kind="workflow", gone=0, path={"flow_id": "workflow_id"})],
    f"GET {FLOW}/metrics": [Recipe(kind="workflow", gone=0)],
    f"POST {INFERENCE}/run/{{org_id}}/{{flow_id}}": [Recipe(kind="workflow", gone=409)],
    f"POST {INFERENCE}/stream/{{org_id}}/{{flow_id}}": [Recipe(kind="workflow", gone=409)],
    f"GET {INFERENCE}/run/{{org_id}}/{{flow_id}}/metadata": [Recipe(kind="case", query={"run_id": "run_id"})],
    f"POST {INFERENCE}/feedback/{{org_id}}/{{flow_id}}": [Recipe(kind="case", body=fields(run_id="run_id"))],
}

ACTIVITIES: Final = {
    f"GET {V3}/activities": [
        Recipe(query={"included[]": "project,work_unit,node", "count": "true"}),
        narrowing("case", {"filter[id]": "activity_id", "included": "project,work_unit,node"}),
        narrowing("case", {"filter[id__in][]": "activity_id"}),
        narrowing("case", {"filter[work_unit_id]": "work_unit_id", "count": "true"}),
        narrowing("workflow", {"filter[project_id]": "project_id"}),
        narrowing("member", {"filter[assigned_account_id]": "account_id"}),
    ],
    f"GET {V3}/activities/{{activity_id}}": [
        Recipe(kind="case", query={"included[]": "project,work_unit,node"}),
    ],
    f"PATCH {V3}/activities/{{activity_id}}": [Recipe(kind="case", status="in_progress")],
    f"PATCH {V3}/activities/{{activity_id}}/assign": [
        Recipe(kind="case", body=fields(account_id="account_id")),
        Recipe(
            kind="member",
            beside="case",
            body=fields(account_id="account_id"),
            policy=own_or("activities:write"),
            asks_first=True,
            missing=422,
            gone=422,
            others=422,
            callers=TAKERS,
        ),
    ],
    f"POST {V3}/activities/{{activity_id}}/cancel": [Recipe(kind="case", status="assigned")],
    f"PATCH {V3}/activities/{{activity_id}}/complete": [Recipe(kind="case", status="in_progress")],
    f"POST {V3}/activities/{{activity_id}}/error": [Recipe(kind="case", status="in_progress")],
    f"PATCH {V3}/activities/{{activity_id}}/pause": [Recipe(kind="case", status="in_progress")],
    # Nobody sets another to work: whoever supervises is told that, too.
    f"PATCH {V3}/activities/{{activity_id}}/process": [Recipe(kind="case", status="assigned", others=409)],
    f"PATCH {V3}/activities/{{activity_id}}/reassign": [
        Recipe(kind="case", status="assigned", body=_to_another),
        Recipe(
            kind="member",
            beside="case",
            status="assigned",
            body=fields(account_id="account_id"),
            policy=Policy(),
            missing=422,
            gone=422,
            others=422,
            callers=TAKERS,
        ),
    ],
    f"PATCH {V3}/activities/{{activity_id}}/unassign": [Recipe(kind="case", status="assigned")],
    f"POST {V3}/activities/next": [
        Recipe(body=only(), impersonal=403),
        Recipe(kind="workflow", body=fields(project_id="project_id"), gone=0, is_for_all=True, impersonal=403),
    ],
}

PROJECTS: Final = {
    f"GET {V3}/projects": [
        Recipe(query={"count": "true"}),
        narrowing("workflow", {"filter[id]": "project_id"}),
        narrowing("workflow", {"filter[key]": "key"}),
    ],
    f"GET {V3}/projects/{{project_id}}": [Recipe(kind="workflow", gone=0)],
    f"GET {V3}/project/members": [
        Recipe(query={"count": "true"}),
        narrowing("workflow", {"filter[project_id]": "project_id"}),
        narrowing("member", {"filter[account_id]": "account_id"}),
    ],
    f"GET {V3}/work_units": [
        Recipe(query={"included": "project,node"}),
        narrowing("case", {"filter[id]": "work_unit_id", "included": "project,node"}),
        narrowing("workflow", {"filter[project_id__in][]": "project_id"}),
    ],
    f"POST {V3}/work_units": [Recipe(kind="workflow", body=fields(project_id="project_id"), gone=409)],
    f"GET {V3}/work_units/{{work_unit_id}}": [Recipe(kind="case", query={"included": "project,node"})],
    f"PATCH {V3}/work_units/{{work_unit_id}}": CASE,
    f"POST {V3}/work_units/{{work_unit_id}}/cancel": CASE,
    f"GET {V3}/work_units/{{work_unit_id}}/workflow": CASE,
}

TRACKER: Final = {
    f"GET {V3}/work_periods": [
        Recipe(query={"count": "true"}),
        narrowing("member", {"filter[account_id]": "account_id"}),
        narrowing("case", {"filter[activity_id]": "activity_id"}, "in_progress"),
        narrowing("case", {"filter[work_unit_id]": "work_unit_id"}, "in_progress"),
    ],
    f"GET {V3}/tracker/last": [Recipe()],
    f"POST {V3}/tracker/start": [
        Recipe(kind="case", status="assigned", body=fields(activity_id="activity_id"), others=409),
    ],
    f"POST {V3}/tracker/pause": [Recipe(kind="case", status="in_progress", states=frozenset({"own"}))],
    f"POST {V3}/tracker/resume": [Recipe(kind="case", status="paused", states=frozenset({"own"}))],
}

ENDS: Final = {
    "POST /mcp": [Recipe()],
    "GET /v1/models": [Recipe()],
    "GET /v1/models/{model}": [
        Recipe(kind="workflow", path={"model": "key"}),
        Recipe(kind="workflow", path={"model": "flow_id"}),
    ],
    "POST /v1/chat/completions": [
        Recipe(kind="workflow", body=fields(model="key")),
        Recipe(kind="workflow", body=fields(model="flow_id")),
    ],
}

RECIPES: Final = (
    recipes_workspace.RECIPES
    | recipes_triggers.RECIPES
    | recipes_incidents.RECIPES
    | recipes_flow.RECIPES
    | recipes_moving.RECIPES
    | recipes_people.RECIPES
    | recipes_outgoing.RECIPES
    | SYSTEM
    | CHATS
    | ANALYTICS
    | ACTIVITIES
    | PROJECTS
    | TRACKER
    | ENDS
)
