"""The recipes of schedules, hooks and bulk starts."""

from typing import Any, Final

from casework.core.permission import Policy
from tests.security.recipes import Recipe, fields
from tests.security.things import Ids, World, fresh

W: Final = "/api/v2/w/{workspace_uuid}"

SCHEDULE: Final = [Recipe(kind="schedule")]
HOOK: Final = [Recipe(kind="hook")]


def _items(example: Any, _ids: Ids, _world: World) -> Any:
    return [{**one, "externalId": fresh("order")} for one in example]


def _items_of(_example: Any, ids: Ids, _world: World) -> Any:
    return [{"externalId": fresh("order"), "memberId": ids["member_id"]}]


SCHEDULES: Final = {
    f"GET {W}/schedules": [Recipe()],
    f"POST {W}/schedules": [
        Recipe(kind="workflow", body=fields(workflowId="workflow_id")),
        Recipe(
            kind="member",
            beside="workflow",
            body=fields(workflowId="workflow_id", memberId="member_id"),
            policy=Policy(workflow="edit", own_or="assignments:write"),
            asks_first=True,
            missing=400,
            gone=400,
        ),
    ],
    f"GET {W}/schedules/{{schedule_id}}": SCHEDULE,
    f"PUT {W}/schedules/{{schedule_id}}": SCHEDULE,
    f"DELETE {W}/schedules/{{schedule_id}}": SCHEDULE,
    f"POST {W}/schedules/{{schedule_id}}/run-now": SCHEDULE,
}

HOOKS: Final = {
    f"GET {W}/hooks": [Recipe()],
    f"POST {W}/hooks": [Recipe(kind="workflow", body=fields(workflowId="workflow_id"))],
    f"GET {W}/hooks/{{hook_id}}": HOOK,
    f"PUT {W}/hooks/{{hook_id}}": HOOK,
    f"DELETE {W}/hooks/{{hook_id}}": HOOK,
    f"POST {W}/hooks/{{hook_id}}/rotate-secret": HOOK,
    f"GET {W}/hooks/{{hook_id}}/calls": HOOK,
    "POST /hooks/{hook_uuid}": [Recipe(kind="hook", headers={"authorization": "Bearer {hook_secret}"})],
}

BULK: Final = {
    f"POST {W}/workflows/{{workflow_id}}/runs:import": [
        Recipe(kind="workflow", body=_items),
        Recipe(
            kind="member",
            beside="workflow",
            body=_items_of,
            policy=Policy(workflow="use", own_or="assignments:write"),
            asks_first=True,
            missing=400,
            gone=400,
        ),
    ],
}

RECIPES: Final = SCHEDULES | HOOKS | BULK
