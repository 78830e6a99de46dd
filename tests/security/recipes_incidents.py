"""The recipes of incidents."""

from typing import Final

from casework.core.permission import scope
from tests.security.recipes import Recipe
from tests.security.recipes_workspace import W

INCIDENT: Final = [Recipe(kind="incident")]

NARROWED: Final = Recipe(
    kind="workflow",
    query={"workflowId": "workflow_id", "taskId": "task_id"},
    policy=scope("activities:read"),
    missing=0,
    gone=0,
)
"""What names nothing here finds nothing, and that is all it tells."""

OF_A_CASE: Final = Recipe(
    kind="case", query={"assignmentId": "assignment_id"}, policy=scope("activities:read"), missing=0, gone=0
)
"""The same."""

RECIPES: Final = {
    f"GET {W}/incidents": [Recipe(), NARROWED, OF_A_CASE],
    f"GET {W}/incidents/{{incident_id}}": INCIDENT,
    f"POST {W}/incidents/{{incident_id}}/retry": INCIDENT,
    f"POST {W}/incidents/{{incident_id}}/resolve": INCIDENT,
    f"POST {W}/incidents/{{incident_id}}/skip": INCIDENT,
    f"POST {W}/incidents/{{incident_id}}/fail": INCIDENT,
}
"""What is asked of them."""
