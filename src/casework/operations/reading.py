"""What a list of the activity surface asks for, and what it gives."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, Generic, Literal, TypeVar

import msgspec

from casework.core.permission import Grant
from casework.core.selection import Selection
from casework.operations.sensitive import Reader
from casework.store import projects, work_units
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


async def load_related(reader: Reader, grant: Grant, kinds: frozenset[Kind], keys: Keys, *, now: datetime) -> Related:
    """What the rows belong to: one query a kind, however many rows."""
    found: dict[str, Any] = {}
    connection = reader.connection
    if "project" in kinds and (workflow_ids := sorted(set(keys.workflow_ids))):
        found["projects"] = await projects.get_projects(connection, grant, workflow_ids, now=now)
    if "work_unit" in kinds and (run_ids := sorted(set(keys.run_ids))):
        found["work_units"] = await reader.runs(await work_units.get_work_units(connection, grant, run_ids, now=now))
    if "node" in kinds and (task_ids := sorted({key for key in keys.task_ids if key is not None})):
        found["nodes"] = await projects.list_nodes(connection, grant, task_ids)
    return Related(**found)
