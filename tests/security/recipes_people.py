"""The recipes of what people's work needs: the calendar, availability, capacity."""

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
    f"PUT {W}/members/{{member_id}}/availability": [Recipe(kind="member", asks_first=True)],
}
