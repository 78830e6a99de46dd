"""How far a work unit has come: the graph of its version, with the last visit of each task."""

from collections.abc import Iterator, Mapping
from typing import Literal
from uuid import UUID

import msgspec

from casework.core.definition import END, Definition
from casework.core.permission import Grant
from casework.engine.catalog import Edition
from casework.operations.services import Services
from casework.operations.work_units import find_work_unit
from casework.store import work_units
from casework.store.work_units import VisitRow, WorkUnitRow

__all__ = ["Edge", "Node", "Progress", "WorkUnitRow", "get_progress"]

EdgeKind = Literal["next", "otherwise", "error"]


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A task of the version, by its last visit; state, visit and uuid are None where it was not reached."""

    task_id: int
    key: str
    name: str
    kind: str
    state: str | None = None
    visit: int | None = None
    uuid: UUID | None = None


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """A way from task to task, by their keys."""

    source: str
    target: str
    kind: EdgeKind
    when: str | None = None


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """A work unit with its graph: nodes in topological order, edges in order of definition."""

    row: WorkUnitRow
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


async def get_progress(services: Services, grant: Grant, run_id: int) -> Progress:
    """How far a work unit has come.

    Raises:
        NotFound: there is none, or the caller may not see it.

    """
    async with services.database.snapshot() as connection:
        row = await find_work_unit(connection, grant, run_id, services.clock.now())
        key = (row.workflow_id, row.version_number)
        edition = (await services.engine.catalog.load(connection, [key]))[key]
        visits = await work_units.list_visits(connection, grant, run_id)
    return Progress(row=row, nodes=tuple(_nodes(edition, visits)), edges=tuple(_edges(edition.version.definition)))


def _nodes(edition: Edition, visits: Mapping[str, VisitRow]) -> Iterator[Node]:
    for key in edition.version.graph.order:
        task = edition.version.task(key)
        node = Node(task_id=edition.task_id(key), key=key, name=task.name, kind=task.kind)
        last = visits.get(key)
        if last is None:
            yield node
        else:
            yield msgspec.structs.replace(node, state=last.state, visit=last.visit, uuid=last.uuid)


def _edges(definition: Definition) -> Iterator[Edge]:
    """The ways between tasks; one that ends its branch leads to none."""
    for task in definition.tasks:
        for way in task.next:
            if way.to != END:
                yield Edge(source=task.key, target=way.to, kind="next", when=way.when)
        if task.otherwise not in (None, END):
            yield Edge(source=task.key, target=str(task.otherwise), kind="otherwise")
        if task.on_error not in (None, END):
            yield Edge(source=task.key, target=str(task.on_error), kind="error")
