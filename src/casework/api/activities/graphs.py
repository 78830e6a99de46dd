"""The graph of a work unit as a resource."""

from typing import cast

from casework.api.activities import words
from casework.api.activities.documents import (
    Graph,
    GraphAttributes,
    GraphEdge,
    GraphNode,
    GraphRelationships,
    Identifier,
    Status,
    ToOne,
)
from casework.core.step import PARKED
from casework.operations.progress import Node, Progress


def shown(progress: Progress) -> Graph:
    """The graph of a work unit, each node with its status."""
    row = progress.row
    return Graph(
        type="workflow/graphs",
        id=str(row.id),
        attributes=GraphAttributes(
            version=row.version_number,
            nodes=[_node(node) for node in progress.nodes],
            edges=[
                GraphEdge(source=edge.source, target=edge.target, kind=edge.kind, when=edge.when)
                for edge in progress.edges
            ],
        ),
        relationships=GraphRelationships(
            project=ToOne(data=Identifier(type="workflow/projects", id=str(row.workflow_id))),
            work_unit=ToOne(data=Identifier(type="workflow/work_units", id=str(row.id))),
        ),
    )


def _node(node: Node) -> GraphNode:
    is_activity = node.kind == "human" and node.uuid is not None and node.state != PARKED
    return GraphNode(
        id=str(node.task_id),
        key=node.key,
        name=node.name,
        kind=node.kind,
        status=cast("Status", words.node_status(node.state, node.kind)),
        visit=node.visit,
        activity_id=str(node.uuid) if is_activity else None,
    )
