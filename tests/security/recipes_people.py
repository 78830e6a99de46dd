"""The recipes of what work needs in a workspace: the calendar, availability, capacity, limits."""

from typing import Final

from tests.security.recipes import Recipe

W: Final = "/api/v2/w/{workspace_uuid}"


def _any_number(_example: object, _ids: object, _world: object) -> object:
    """No capacity: the cases after it give the same people work."""
    return {"capacity": None}


RECIPES: Final = {
    f"GET {W}/calendar": [Recipe()],
    f"PUT {W}/calendar": [Recipe()],
    f"GET {W}/capacity": [Recipe()],
    f"PUT {W}/capacity": [Recipe(body=_any_number)],
    f"GET {W}/limits": [Recipe()],
    f"PUT {W}/limits": [Recipe()],
    f"PUT {W}/members/{{member_id}}/availability": [Recipe(kind="member", asks_first=True)],
}
