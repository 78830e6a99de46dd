"""The recipes of moving runs to other versions, and of trying edits."""

from typing import Any, Final

from tests.security.recipes import Recipe, only
from tests.security.things import Ids, World

W: Final = "/api/v2/w/{workspace_uuid}"


def _to_first(_example: Any, _ids: Ids, _world: World) -> Any:
    return {"to": 1}


OWN: Final = [Recipe(kind="workflow", body=_to_first)]

RECIPES: Final = {
    f"POST {W}/workflows/{{workflow_id}}/migrations/check": OWN,
    f"POST {W}/workflows/{{workflow_id}}/migrations": OWN,
    f"GET {W}/workflows/{{workflow_id}}/migrations": [Recipe(kind="workflow")],
    f"POST {W}/workflows/{{workflow_id}}/migrations/{{migration_id}}/undo": [
        Recipe(kind="workflow", body=only(limit=1))
    ],
    f"POST {W}/workflows/{{workflow_id}}/simulate": [Recipe(kind="workflow")],
    f"POST {W}/workflows:trial": [Recipe()],
}
