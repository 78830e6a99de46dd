"""The recipes of incidents."""

from typing import Final

from tests.security.recipes import Recipe, narrowing
from tests.security.recipes_workspace import W

INCIDENT: Final = [Recipe(kind="incident")]

RECIPES: Final = {
    f"GET {W}/incidents": [Recipe(), narrowing("workflow", {"workflowId": "workflow_id", "taskId": "task_id"})],
    f"GET {W}/incidents/{{incident_id}}": INCIDENT,
    f"POST {W}/incidents/{{incident_id}}/retry": INCIDENT,
    f"POST {W}/incidents/{{incident_id}}/resolve": INCIDENT,
    f"POST {W}/incidents/{{incident_id}}/skip": INCIDENT,
    f"POST {W}/incidents/{{incident_id}}/fail": INCIDENT,
}
"""What is asked of them."""
