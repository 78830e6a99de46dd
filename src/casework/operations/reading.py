"""What a list of the activity surface asks for, and what it gives."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, Generic, Literal, TypeVar

import msgspec

from casework.core.permission import Grant
from casework.core.selection import Condition, Selection
from casework.store import projects, work_units
from casework.store.database import Connection
from casework.store.projects import NodeRow, ProjectRow
from casework.store.work_units import WorkUnitRow

__all__ = [
    "KINDS",
    "Keys",
    "Kind",
    "NodeRow",
    "Page",
    "ProjectRow",
    "Reading",
    "Related",
    "WorkUnitRow",
    "load_related",
]

Kind = Literal["project", "work_unit", "node"]
KINDS: Final[tuple[Kind, ...]] = ("project", "work_unit", "node")

Row = TypeVar("Row")


class Related(msgspec.Struct, frozen=True, kw_only=True):
    """What rows belong to, each once; of the kinds that were asked for."""

    projects: Sequence[ProjectRow] = ()
    work_units: Sequence[WorkUnitRow] = ()
    nodes: Sequence[NodeRow] = ()


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A selection, whether to count all that it could page through, and which related things to bring along."""

    selection: Selection
    is_counted: bool = False
    related: frozenset[Kind] = frozenset()


class Page(msgspec.Struct, Generic[Row], frozen=True, kw_only=True):
    """The rows of a page at an instant; `count` is of all pages, where it was asked for."""

    rows: Sequence[Row]
    count: int | None = None
    related: Related = Related()


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """The ids of what rows belong to."""

    workflow_ids: Iterable[int] = ()
    run_ids: Iterable[int] = ()
    task_ids: Iterable[int | None] = ()


async def load_related(
    connection: Connection, grant: Grant, kinds: frozenset[Kind], keys: Keys, *, now: datetime
) -> Related:
    """What the rows belong to: one query a kind, however many rows."""
    found = Related()
    if "project" in kinds and (selection := _these(keys.workflow_ids)):
        rows = await projects.list_projects(connection, grant, selection, workflow_ids=None, now=now)
        found = msgspec.structs.replace(found, projects=rows)
    if "work_unit" in kinds and (selection := _these(keys.run_ids)):
        units = await work_units.list_work_units(connection, grant, selection, workflow_ids=None, now=now)
        found = msgspec.structs.replace(found, work_units=units)
    if "node" in kinds and (task_ids := sorted({key for key in keys.task_ids if key is not None})):
        found = msgspec.structs.replace(found, nodes=await projects.list_nodes(connection, grant, task_ids))
    return found


def _these(ids: Iterable[int]) -> Selection | None:
    wanted = tuple(sorted(set(ids)))
    return Selection(limit=len(wanted), conditions=(Condition(column="id", values=wanted),)) if wanted else None
