"""The recipes of the workspace surface."""

from typing import Any, Final

from casework.core.permission import Policy, own_or, scope
from casework.core.permission import workflow as level
from tests.security.recipes import Recipe, fields, narrowing, only
from tests.security.things import Ids, World, definition, fresh

W: Final = "/api/v2/w/{workspace_uuid}"

CASE: Final = [Recipe(kind="case")]
CHAT: Final = [Recipe(kind="chat")]
WORKFLOW: Final = [Recipe(kind="workflow")]
STANDS: Final = [Recipe(kind="workflow", gone=0)]
"""Of a workflow that is archived too: its runs go on."""
USERS: Final = frozenset({"self", "manager", "owner of another workspace"})
"""Those who may use the workflow that is named beside."""


def _somebody(example: Any, _ids: Ids, _world: World) -> Any:
    return {"email": f"{fresh()}@example.com", "name": example["name"]}


def _several(example: Any, ids: Ids, world: World) -> Any:
    return {"members": [_somebody(one, ids, world) for one in example["members"]]}


def _role(example: Any, _ids: Ids, _world: World) -> Any:
    return {**example, "name": fresh("role"), "scopes": []}


def _definition(example: Any, ids: Ids, _world: World) -> Any:
    return {**example, "key": fresh("flow")} if "key" not in ids else definition(ids["key"])


def _grants(example: Any, ids: Ids, world: World) -> Any:
    by_level = {one["level"]: one for one in example}
    return [
        {"level": by_level["use"]["level"], "memberId": ids["member_id"]},
        {"level": by_level["admin"]["level"], "memberId": world.cast.leveled["admin"].member_id},
    ]


ASSIGNMENTS: Final = {
    f"GET {W}/assignments": [
        Recipe(),
        Recipe(
            kind="member",
            query={"memberId": "member_id"},
            policy=own_or("assignments:read"),
            asks_first=True,
            missing=0,
            gone=0,
        ),
        narrowing("workflow", {"taskId": "task_id"}),
    ],
    f"POST {W}/assignments": [
        Recipe(kind="workflow", body=fields(workflowId="workflow_id"), gone=409),
        Recipe(
            kind="member",
            beside="workflow",
            body=fields(workflowId="workflow_id", memberId="member_id"),
            policy=Policy(workflow="use", own_or="assignments:write"),
            asks_first=True,
            missing=400,
            gone=400,
        ),
        Recipe(
            kind="workflow",
            beside="workflow",
            body=fields(workflowId="beside_workflow_id", taskId="task_id"),
            missing=400,
            gone=400,
            others=400,
            callers=USERS,
        ),
    ],
    f"GET {W}/assignments/{{assignment_id}}": CASE,
    f"PUT {W}/assignments/{{assignment_id}}": [
        Recipe(kind="case"),
        Recipe(
            kind="member",
            beside="case",
            body=fields(memberId="member_id"),
            asks_first=True,
            missing=400,
            gone=400,
        ),
    ],
    f"POST {W}/assignments/{{assignment_id}}/cancel": CASE,
    f"POST {W}/assignments/{{assignment_id}}/retry": [Recipe(kind="case", status="errored")],
    f"GET {W}/assignments/{{assignment_id}}/cel-context": CASE,
    f"GET {W}/assignments/{{assignment_id}}/current-task-detail": CASE,
    f"GET {W}/assignments/{{assignment_id}}/messages": CASE,
    f"GET {W}/assignments/{{assignment_id}}/steps": CASE,
    f"GET {W}/assignments/{{assignment_id}}/tasks/{{assignment_task_id}}": [
        Recipe(kind="case"),
        Recipe(kind="case", beside="case", path={"assignment_id": "beside_assignment_id"}, policy=Policy(), others=404),
    ],
    f"PUT {W}/assignments/{{assignment_id}}/tasks/{{assignment_task_id}}/select": [
        Recipe(kind="case", path={"assignment_task_id": "second_task_id"}),
    ],
}

CHATS: Final = {
    f"GET {W}/chats": [
        Recipe(),
        Recipe(
            kind="member",
            query={"memberId": "member_id"},
            policy=own_or("chats:read"),
            asks_first=True,
            missing=0,
            gone=0,
        ),
    ],
    f"POST {W}/chats": [
        Recipe(body=only(title="A chat"), impersonal=400),
        Recipe(
            kind="member",
            body=lambda _example, ids, _world: {"title": "A chat", "memberId": ids["member_id"]},
            asks_first=True,
            missing=400,
            gone=400,
        ),
        Recipe(kind="workflow", body=fields(workflowId="workflow_id"), policy=level("use"), gone=409, impersonal=400),
        Recipe(kind="workflow", body=fields(workflowId="flow_id"), policy=level("use"), gone=409, impersonal=400),
    ],
    f"GET {W}/chats/{{chat_id}}": [Recipe(kind="chat"), Recipe(kind="chat", path={"chat_id": "chatId"})],
    f"PUT {W}/chats/{{chat_id}}": CHAT,
    f"DELETE {W}/chats/{{chat_id}}": CHAT,
    f"GET {W}/chats/{{chat_id}}/messages": CHAT,
    f"POST {W}/chats/{{chat_id}}/messages": CHAT,
    f"GET {W}/chats/{{chat_id}}/questions": CHAT,
    f"POST {W}/chats/{{chat_id}}/participants": [
        Recipe(kind="chat", body=lambda _example, _ids, world: {"memberIds": [world.cast.bystander.member_id]}),
        Recipe(
            kind="member",
            beside="chat",
            body=lambda _example, ids, _world: {"memberIds": [ids["member_id"]]},
            policy=Policy(),
            missing=400,
            gone=400,
        ),
    ],
}

PEOPLE: Final = {
    f"GET {W}/members": [Recipe()],
    f"POST {W}/members": [Recipe(body=_somebody)],
    f"POST {W}/members/import": [Recipe(body=_several)],
    f"GET {W}/members/{{member_id}}": [Recipe(kind="member", asks_first=True)],
    f"PUT {W}/members/{{member_id}}": [Recipe(kind="member", body=only(labels=["night shift"]))],
    f"DELETE {W}/members/{{member_id}}": [Recipe(kind="member", states=frozenset({"others", "foreign", "absent"}))],
    f"GET {W}/roles": [Recipe()],
    f"POST {W}/roles": [Recipe(body=_role)],
    f"PUT {W}/roles/{{role_id}}": [Recipe(kind="role", body=_role)],
    f"DELETE {W}/roles/{{role_id}}": [Recipe(kind="role")],
    f"GET {W}/keys": [Recipe()],
    f"POST {W}/keys": [
        Recipe(body=only(name="mine", scopes=[]), impersonal=400),
        Recipe(body=only(name="the workspace's", workspaceOwned=True, scopes=[]), policy=scope("keys:admin")),
        Recipe(
            kind="member",
            body=lambda _example, ids, _world: {"name": "one's", "memberId": ids["member_id"], "scopes": []},
            asks_first=True,
            missing=400,
            gone=400,
        ),
    ],
    f"DELETE {W}/keys/{{key_id}}": [Recipe(kind="key", asks_first=True)],
    f"GET {W}/live": [Recipe()],
    f"GET {W}/events": [
        Recipe(policy=scope("events:read")),
        Recipe(kind="case", query={"assignmentId": "assignment_id"}),
        Recipe(kind="case", query={"runId": "run_id"}),
        Recipe(kind="member", query={"memberId": "member_id"}, policy=scope("events:read"), missing=0, gone=0),
    ],
}

WORKFLOWS: Final = {
    f"GET {W}/workflows": [Recipe(), narrowing("workflow", {"key": "key"})],
    f"POST {W}/workflows": [Recipe(body=_definition)],
    f"POST {W}/workflows/validate": [Recipe()],
    f"POST {W}/conditions:explain": [
        Recipe(),
        Recipe(
            kind="case",
            body=lambda _example, ids, _world: {"expression": "run.id > 0", "assignmentId": ids["assignment_id"]},
            policy=Policy(workflow="edit", own_or="assignments:read"),
        ),
    ],
    f"GET {W}/workflows/{{workflow_id}}": WORKFLOW,
    f"PUT {W}/workflows/{{workflow_id}}": [Recipe(kind="workflow", body=_definition)],
    f"DELETE {W}/workflows/{{workflow_id}}": WORKFLOW,
    f"GET {W}/workflows/{{workflow_id}}/grants": WORKFLOW,
    f"PUT {W}/workflows/{{workflow_id}}/grants": [
        Recipe(kind="workflow", body=lambda _example, _ids, _world: []),
        Recipe(kind="member", beside="workflow", body=_grants, asks_first=True, missing=400, gone=400),
    ],
    f"GET {W}/workflows/{{workflow_id}}/definition": WORKFLOW,
    f"GET {W}/workflows/{{workflow_id}}/versions": WORKFLOW,
    f"GET {W}/workflows/{{workflow_id}}/versions/{{number}}": WORKFLOW,
    f"GET {W}/workflows/{{workflow_id}}/task-assignment-stats": STANDS,
    f"GET {W}/workflows/{{workflow_id}}/tasks/{{task_id}}/chats": [
        Recipe(kind="workflow", gone=0),
        Recipe(
            kind="workflow",
            beside="workflow",
            path={"workflow_id": "beside_workflow_id"},
            others=404,
            callers=USERS,
        ),
    ],
}

RECIPES: Final = ASSIGNMENTS | CHATS | PEOPLE | WORKFLOWS
