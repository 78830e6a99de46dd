"""Rows as JSON:API resources: one table of attributes and one of relationships a type."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final, Generic, TypeVar

import msgspec

from casework.api.activities import words
from casework.api.render import instant, seconds
from casework.operations.activities import ActivityRow
from casework.operations.projects import ProjectMemberRow, ProjectRow
from casework.operations.reading import NodeRow, Related
from casework.operations.work_periods import WorkPeriodRow
from casework.operations.work_units import WorkUnitRow

Row = TypeVar("Row")
Fields = Mapping[str, Collection[str]]
"""The attributes that are wanted, by type; all of those that are not named."""


class Resource(msgspec.Struct, Generic[Row], frozen=True, kw_only=True):
    """A type of resource: how a row of it is identified, described and related.

    relationships: by name, the type and the id of what a row belongs to; None where it belongs to nothing.
    more: attributes that are shown only where they are asked for by name.
    """

    type: str
    identify: Callable[[Row], str]
    attributes: Mapping[str, Callable[[Row], Any]]
    relationships: Mapping[str, tuple[str, Callable[[Row], Any]]] = {}
    more: Mapping[str, Callable[[Row], Any]] = {}

    def render(self, row: Row, fields: Fields) -> dict[str, Any]:
        """The row as a resource object."""
        wanted = fields.get(self.type, self.attributes)
        attributes = {**self.attributes, **self.more}
        return {
            "type": self.type,
            "id": self.identify(row),
            "attributes": {name: read(row) for name, read in attributes.items() if name in wanted},
            "relationships": {name: _to_one(type_, read(row)) for name, (type_, read) in self.relationships.items()},
        }


def included(related: Related, fields: Fields) -> list[dict[str, Any]]:
    """What rows belong to, each once: projects, then work units, then nodes."""
    return [
        *_rendered(PROJECT, related.projects, fields),
        *_rendered(WORK_UNIT, related.work_units, fields),
        *_rendered(NODE, related.nodes, fields),
    ]


def _rendered(resource: Resource[Row], rows: Sequence[Row], fields: Fields) -> Iterable[dict[str, Any]]:
    return (resource.render(row, fields) for row in rows)


def _to_one(type_: str, identifier: Any) -> dict[str, Any]:
    return {"data": None if identifier is None else {"type": type_, "id": str(identifier)}}


def _asked(ask: Any) -> dict[str, Any] | None:
    return None if ask is None else {name: ask[name] for name in ("prompt", "form", "detail")}


_PROJECT: Final = "workflow/projects"
_WORK_UNIT: Final = "workflow/work_units"
_NODE: Final = "workflow/nodes"
_ACTIVITY: Final = "workflow/activities"

ACTIVITY: Final = Resource[ActivityRow](
    type=_ACTIVITY,
    identify=lambda row: str(row.uuid),
    attributes={
        "id": lambda row: str(row.uuid),
        "assigned_account_id": lambda row: row.account_id,
        "name": lambda row: row.name,
        "status": lambda row: words.ACTIVITY[row.state],
        "started_at": lambda row: instant(row.started_at),
        "completed_at": lambda row: instant(row.ended_at),
        "try_resolve_at": lambda row: instant(row.try_resolve_at),
        "actor_roles": lambda row: row.actor_roles,
        "whitelisted_ids": lambda row: row.allow_ids,
        "blacklisted_ids": lambda row: row.deny_ids,
        "working_seconds": lambda row: seconds(row.working_ms),
        "live_seconds": lambda row: seconds(row.live_ms),
        "pipeline_seconds": lambda row: seconds(row.pipeline_ms),
        "data": lambda row: row.data,
        "output": lambda row: row.output,
        "indicators": lambda row: row.indicators,
        "created_at": lambda row: instant(row.created_at),
    },
    relationships={
        "project": (_PROJECT, lambda row: row.workflow_id),
        "work_unit": (_WORK_UNIT, lambda row: row.run_id),
        "node": (_NODE, lambda row: row.task_id),
    },
    more={"due_at": lambda row: instant(row.due_at), "ask": lambda row: _asked(row.ask)},
)
"""An activity with the attributes that S003 lists, and when it is due and what is asked there, which S003 does not know
of."""

WORK_UNIT: Final = Resource[WorkUnitRow](
    type=_WORK_UNIT,
    identify=lambda row: str(row.id),
    attributes={
        "id": lambda row: str(row.id),
        "uuid": lambda row: str(row.uuid),
        "name": lambda row: row.title,
        "status": lambda row: words.WORK_UNIT[row.state],
        "priority": lambda row: row.priority,
        "external_id": lambda row: row.external_id,
        "version": lambda row: row.version_number,
        "data": lambda row: row.input,
        "output": lambda row: row.output,
        "error": lambda row: row.error,
        "indicators": lambda row: row.indicators or {},
        "cancel_reason": lambda row: row.cancel_reason,
        "working_seconds": lambda row: seconds(row.working_ms),
        "live_seconds": lambda row: seconds(row.live_ms),
        "pipeline_seconds": lambda row: seconds(row.pipeline_ms),
        "due_at": lambda row: instant(row.due_at),
        "created_at": lambda row: instant(row.created_at),
        "updated_at": lambda row: instant(row.updated_at),
        "started_at": lambda row: instant(row.started_at),
        "completed_at": lambda row: instant(row.ended_at),
    },
    relationships={
        "project": (_PROJECT, lambda row: row.workflow_id),
        "node": (_NODE, lambda row: row.current_task_id),
    },
)
"""A work unit; `data` is what it was made with, `node` the current task while it is open."""

PROJECT: Final = Resource[ProjectRow](
    type=_PROJECT,
    identify=lambda row: str(row.id),
    attributes={
        "id": lambda row: str(row.id),
        "uuid": lambda row: str(row.uuid),
        "key": lambda row: row.key,
        "name": lambda row: row.name,
        "description": lambda row: row.description,
        "version": lambda row: row.version_number,
        "created_at": lambda row: instant(row.created_at),
        "updated_at": lambda row: instant(row.updated_at),
        "archived_at": lambda row: instant(row.archived_at),
    },
)

NODE: Final = Resource[NodeRow](
    type=_NODE,
    identify=lambda row: str(row.id),
    attributes={
        "id": lambda row: str(row.id),
        "key": lambda row: row.key,
        "name": lambda row: row.name,
        "kind": lambda row: row.kind,
        "actor_roles": lambda row: row.roles,
        "is_current": lambda row: row.is_current,
    },
    relationships={"project": (_PROJECT, lambda row: row.workflow_id)},
)

PROJECT_MEMBER: Final = Resource[ProjectMemberRow](
    type="workflow/project_members",
    identify=lambda row: f"{row.workflow_id}:{row.member_id}",
    attributes={
        "id": lambda row: f"{row.workflow_id}:{row.member_id}",
        "account_id": lambda row: row.account_id,
        "member_id": lambda row: row.member_id,
        "name": lambda row: row.name,
        "actor_roles": lambda row: row.actor_roles,
        "is_supervisor": lambda row: row.is_supervisor,
        "level": lambda row: row.level,
    },
    relationships={"project": (_PROJECT, lambda row: row.workflow_id)},
)

WORK_PERIOD: Final = Resource[WorkPeriodRow](
    type="workflow/work_periods",
    identify=lambda row: str(row.id),
    attributes={
        "id": lambda row: str(row.id),
        "account_id": lambda row: row.account_id,
        "started_at": lambda row: instant(row.started_at),
        "ended_at": lambda row: instant(row.ended_at),
        "working_seconds": lambda row: seconds(row.working_ms),
    },
    relationships={
        "activity": (_ACTIVITY, lambda row: row.activity_uuid),
        "work_unit": (_WORK_UNIT, lambda row: row.run_id),
        "project": (_PROJECT, lambda row: row.workflow_id),
    },
)

ATTRIBUTES: Final[Mapping[str, Collection[str]]] = {
    resource.type: (*resource.attributes, *resource.more)
    for resource in (ACTIVITY, WORK_UNIT, PROJECT, NODE, PROJECT_MEMBER, WORK_PERIOD)
}
"""What `fields[...]` may name."""
