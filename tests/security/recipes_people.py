"""The recipes of what people's work needs: the calendar, availability, capacity."""

from typing import Final

from tests.security.recipes import Recipe

W: Final = "/api/v2/w/{workspace_uuid}"

RECIPES: Final = {
    f"GET {W}/calendar": [Recipe()],
    f"PUT {W}/calendar": [Recipe()],
    f"GET {W}/capacity": [Recipe()],
    f"PUT {W}/capacity": [Recipe()],
    f"PUT {W}/members/{{member_id}}/availability": [Recipe(kind="member", asks_first=True)],
}
