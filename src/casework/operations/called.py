"""Workflows that a definition calls: only those that its author may use, for whoever runs it will use them too."""

from casework.core.definition import SUBWORKFLOW, Definition
from casework.core.errors import Invalid, Problem
from casework.core.permission import Grant, allows
from casework.store import workflows
from casework.store.database import Connection


async def check_called(connection: Connection, grant: Grant, definition: Definition) -> None:
    """Refuse a definition that calls what its author may not use; a workflow may call itself.

    Raises:
        Invalid: with every task that does.

    """
    wanted = {task.settings["workflow"] for task in definition.tasks if task.kind == SUBWORKFLOW} - {definition.key}
    usable = {definition.key}
    for key in sorted(wanted):
        found = await workflows.find_by_key(connection, grant, key)
        if found is not None and allows(found.access.level, "use"):
            usable.add(key)
    problems = tuple(
        Problem(
            path=f"/tasks/{place}/workflow",
            message=f"there is no workflow '{task.settings['workflow']}' that you may use",
            hint='publish it first, or have its permission "use" granted to you',
        )
        for place, task in enumerate(definition.tasks)
        if task.kind == SUBWORKFLOW and task.settings["workflow"] not in usable
    )
    if problems:
        raise Invalid(problems[0].message, problems)
