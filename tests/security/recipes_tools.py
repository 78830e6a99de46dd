"""How to ask each tool: what the ids in its arguments name, and what is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.security.recipes import Recipe
from tests.security.things import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRecipe:
    """A way to ask a tool.

    ids: the arguments that name things, by the names that the ids go by. rest: the other arguments. surface: whose
    rules it goes by; the activity surface does not tell of a project that it does not show.
    """

    asks: Recipe
    ids: Mapping[str, str] = field(default_factory=dict)
    rest: Mapping[str, Any] = field(default_factory=dict)
    surface: str = "activities"


def _activity(status: Status, *, others: int = 0, **rest: Any) -> list[ToolRecipe]:
    recipe = Recipe(kind="case", status=status, others=others)
    return [ToolRecipe(asks=recipe, ids={"activity_id": "activity_id"}, rest=rest)]


def _project(**recipe: Any) -> list[ToolRecipe]:
    """A project by UUID, which finds one that is archived as well, and by key, which does not."""
    return [
        ToolRecipe(asks=Recipe(kind="workflow", gone=0, **recipe), ids={"workflow": "flow_id"}),
        ToolRecipe(asks=Recipe(kind="workflow", **recipe), ids={"workflow": "key"}),
    ]


def _workflow() -> list[ToolRecipe]:
    """A workflow that is in use, by UUID and by key."""
    return [
        ToolRecipe(asks=Recipe(kind="workflow"), ids={"workflow": name}, surface="workspace")
        for name in ("flow_id", "key")
    ]


TAKERS: Final = frozenset(
    {
        "self",
        "manager",
        "without the right",
        "read-only key",
        "key of the workspace",
        "removed member",
        "owner of another workspace",
        "key of another workspace",
    }
)
"""Not those who hold activities:write alone: they see everything, and belong to no project to take something there."""

RECIPES: Final[dict[str, list[ToolRecipe]]] = {
    "list_activities": [ToolRecipe(asks=Recipe()), *_project()],
    "get_activity": _activity("ready"),
    "take_next": [ToolRecipe(asks=Recipe(impersonal=403)), *_project(is_for_all=True, impersonal=403)],
    "assign_to_me": [
        ToolRecipe(
            asks=Recipe(kind="case", is_for_all=True, impersonal=403, callers=TAKERS),
            ids={"activity_id": "activity_id"},
        )
    ],
    "start": _activity("paused", others=409),
    "pause": _activity("in_progress"),
    "save": _activity("in_progress", data={"note": "Waiting."}),
    "complete": _activity("in_progress", data={"topic": "billing"}),
    "report_error": _activity("in_progress", comment="It cannot be done."),
    "release": _activity("assigned"),
    "list_workflows": [ToolRecipe(asks=Recipe(), surface="workspace")],
    "get_workflow": _workflow(),
    "start_run": _workflow(),
    "get_run": [ToolRecipe(asks=Recipe(kind="case"), ids={"run_id": "work_unit_id"})],
    "cancel_run": [ToolRecipe(asks=Recipe(kind="case"), ids={"run_id": "work_unit_id"})],
    "search_runs": [ToolRecipe(asks=Recipe()), *_project()],
    "list_messages": [ToolRecipe(asks=Recipe(kind="chat"), ids={"chat_id": "chat_id"}, surface="chats")],
    "post_message": [
        ToolRecipe(asks=Recipe(kind="chat"), ids={"chat_id": "chat_id"}, rest={"content": "Hi."}, surface="chats")
    ],
}
