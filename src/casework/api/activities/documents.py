"""The documents of this surface, as the reference describes them."""

from typing import Any, Final, Literal

import msgspec
from msgspec import UNSET, UnsetType

from casework.api.render import Instant

Included = list[dict[str, Any]] | UnsetType
"""What things belong to, each once; where `included[]` asked for it."""

Status = Literal["pending", "assigned", "in-progress", "paused", "completed", "errored", "canceled", "skipped"]
WorkUnitStatus = Literal["draft", "in-progress", "complete", "errored", "canceled"]


class Meta(msgspec.Struct, frozen=True, kw_only=True):
    """How many things there are on all pages, where `count=true` asked for it."""

    count: int | UnsetType = UNSET


class Identifier(msgspec.Struct, frozen=True, kw_only=True):
    """The type and the id of a resource."""

    type: str
    id: str


class ToOne(msgspec.Struct, frozen=True, kw_only=True):
    """What something belongs to."""

    data: Identifier | None


class ActivityAsk(msgspec.Struct, frozen=True, kw_only=True):
    """What an agent asks a person.

    form: the schema that the answer must fit. detail: what it is about; of a call that is to be approved its `tool` and
    its exact `arguments`.
    """

    prompt: str
    form: Any
    detail: dict[str, Any]


class ActivityAttributes(msgspec.Struct, frozen=True, kw_only=True):
    """An activity; `fields[workflow/activities][]` chooses among these.

    due_at, ask: only where they are asked for so. ask: null for a task of the workflow, whose form is the version's.
    """

    id: str
    assigned_account_id: int | None
    name: str
    status: Status
    started_at: Instant | None
    completed_at: Instant | None
    try_resolve_at: Instant | None
    actor_roles: list[str]
    whitelisted_ids: list[int]
    blacklisted_ids: list[int]
    working_seconds: float
    live_seconds: float
    pipeline_seconds: float
    data: dict[str, Any]
    output: Any
    indicators: dict[str, Any]
    created_at: Instant
    due_at: Instant | msgspec.UnsetType | None = msgspec.UNSET
    ask: ActivityAsk | msgspec.UnsetType | None = msgspec.UNSET


class ActivityRelationships(msgspec.Struct, frozen=True, kw_only=True):
    """What an activity belongs to."""

    project: ToOne
    work_unit: ToOne
    node: ToOne


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """An activity as a resource."""

    type: Literal["workflow/activities"]
    id: str
    attributes: ActivityAttributes
    relationships: ActivityRelationships


class ActivityDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One activity."""

    data: Activity
    included: Included = UNSET


class MaybeActivityDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One activity, or none."""

    data: Activity | None
    included: Included = UNSET


class ActivityPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of activities."""

    data: list[Activity]
    meta: Meta
    included: Included = UNSET


class WorkUnitAttributes(msgspec.Struct, frozen=True, kw_only=True):
    """A work unit; `data` is what it was made with."""

    id: str
    uuid: str
    name: str
    status: WorkUnitStatus
    priority: int
    external_id: str | None
    version: int
    data: Any
    output: Any
    error: Any
    indicators: dict[str, Any]
    cancel_reason: str | None
    working_seconds: float
    live_seconds: float
    pipeline_seconds: float
    due_at: Instant | None
    created_at: Instant
    updated_at: Instant
    started_at: Instant | None
    completed_at: Instant | None


class WorkUnitRelationships(msgspec.Struct, frozen=True, kw_only=True):
    """What a work unit belongs to, and the node that is its current task while it is open."""

    project: ToOne
    node: ToOne


class WorkUnit(msgspec.Struct, frozen=True, kw_only=True):
    """A work unit as a resource."""

    type: Literal["workflow/work_units"]
    id: str
    attributes: WorkUnitAttributes
    relationships: WorkUnitRelationships


class WorkUnitDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One work unit."""

    data: WorkUnit
    included: Included = UNSET


class WorkUnitPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of work units."""

    data: list[WorkUnit]
    meta: Meta
    included: Included = UNSET


class GraphNode(msgspec.Struct, frozen=True, kw_only=True):
    """A node of a work unit's graph, by the last visit; `activity_id` where a person has reached it."""

    id: str
    key: str
    name: str
    kind: str
    status: Status
    visit: int | None
    activity_id: str | None


class GraphEdge(msgspec.Struct, frozen=True, kw_only=True):
    """A way from node to node, by their keys: the next in order, the other way, or the way for errors."""

    source: str
    target: str
    kind: Literal["next", "otherwise", "error"]
    when: str | None


class GraphAttributes(msgspec.Struct, frozen=True, kw_only=True):
    """The graph of a work unit's version, nodes in topological order."""

    version: int
    nodes: list[GraphNode]
    edges: list[GraphEdge]


class GraphRelationships(msgspec.Struct, frozen=True, kw_only=True):
    """What a graph belongs to."""

    project: ToOne
    work_unit: ToOne


class Graph(msgspec.Struct, frozen=True, kw_only=True):
    """A work unit's graph as a resource."""

    type: Literal["workflow/graphs"]
    id: str
    attributes: GraphAttributes
    relationships: GraphRelationships


class GraphDocument(msgspec.Struct, frozen=True, kw_only=True):
    """How far a work unit has come."""

    data: Graph


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """A resource of any type."""

    type: str
    id: str
    attributes: dict[str, Any]
    relationships: dict[str, ToOne]


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """One resource, or none."""

    data: Resource | None
    included: Included = UNSET


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page of resources."""

    data: list[Resource]
    meta: Meta


def _to(kind: str, identifier: str) -> ToOne:
    return ToOne(data=Identifier(type=f"workflow/{kind}", id=identifier))


ACTIVITY_EXAMPLE: Final = Activity(
    type="workflow/activities",
    id="018d7c5e-1a00-7000-8000-000000000001",
    attributes=ActivityAttributes(
        id="018d7c5e-1a00-7000-8000-000000000001",
        assigned_account_id=12,
        name="Review the classification",
        status="in-progress",
        started_at="2024-02-04T12:00:00.000Z",
        completed_at=None,
        try_resolve_at=None,
        actor_roles=["agent"],
        whitelisted_ids=[],
        blacklisted_ids=[],
        working_seconds=61.5,
        live_seconds=61.5,
        pipeline_seconds=3600,
        data={"topic": "billing"},
        output=None,
        indicators={},
        created_at="2024-02-04T11:01:01.500Z",
    ),
    relationships=ActivityRelationships(
        project=_to("projects", "1"), work_unit=_to("work_units", "7"), node=_to("nodes", "3")
    ),
)

WORK_UNIT_EXAMPLE: Final = WorkUnit(
    type="workflow/work_units",
    id="7",
    attributes=WorkUnitAttributes(
        id="7",
        uuid="018d7c5e-1a00-7000-8000-000000000007",
        name="Order 4711",
        status="in-progress",
        priority=50,
        external_id="4711",
        version=1,
        data={"subject": "My bill"},
        output=None,
        error=None,
        indicators={},
        cancel_reason=None,
        working_seconds=61.5,
        live_seconds=61.5,
        pipeline_seconds=3600,
        due_at=None,
        created_at="2024-02-04T11:00:00.000Z",
        updated_at="2024-02-04T12:00:00.000Z",
        started_at="2024-02-04T12:00:00.000Z",
        completed_at=None,
    ),
    relationships=WorkUnitRelationships(project=_to("projects", "1"), node=_to("nodes", "3")),
)
