"""The recipes of what runs wait for."""

from typing import Any, Final

from tests.security.recipes import Recipe
from tests.security.things import Ids, World, fresh

W: Final = "/api/v2/w/{workspace_uuid}"


def _event(example: Any, _ids: Ids, _world: World) -> Any:
    return {**example, "correlation": fresh("order")}


RECIPES: Final = {f"POST {W}/events": [Recipe(body=_event)]}
