"""The recipes of secrets."""

from typing import Any, Final

from tests.security.recipes import Recipe
from tests.security.recipes_workspace import W
from tests.security.things import Ids, World, fresh


def _secret(example: Any, _ids: Ids, _world: World) -> Any:
    return {**example, "name": fresh("secret")}


SECRETS: Final = {
    f"GET {W}/secrets": [Recipe()],
    f"POST {W}/secrets": [Recipe(body=_secret)],
    f"PUT {W}/secrets/{{secret_id}}": [Recipe(kind="secret")],
    f"DELETE {W}/secrets/{{secret_id}}": [Recipe(kind="secret")],
}

RECIPES: Final = SECRETS
