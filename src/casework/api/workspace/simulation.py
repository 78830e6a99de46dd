"""What an edit of a workflow would have changed for its last runs."""

from typing import Any

import msgspec

from casework.api.parameters import Count
from casework.api.render import json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, post
from casework.api.workspace.definitions import EXAMPLE, MEDIA_TYPES, DefinitionDocument, source
from casework.api.workspace.versions import NUMBER_MAX
from casework.api.workspace.workflows import WORKFLOW_ID
from casework.core.permission import Grant, workflow
from casework.operations import simulation
from casework.operations.services import Services
from casework.operations.simulation import RUNS_MAX

_RUNS = Count(name="runs", default=100, minimum=1, maximum=RUNS_MAX, description="How many of the last runs.")
_VERSION = Count(
    name="version",
    default=0,
    minimum=0,
    maximum=NUMBER_MAX,
    description="The number of a published version, in place of a body; 0 is the body.",
)


class PlaceResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A step of a run, by its number."""

    assignment_id: int
    step: int


class DifferenceResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Runs that would have gone elsewhere after a task: where to, and which condition decided, then and now.

    would: null where the edit has no such task; an empty list ends the branch.
    """

    task: str
    was: tuple[str, ...]
    was_because: str
    would: tuple[str, ...] | None
    would_because: str
    runs: int
    samples: list[PlaceResponse]


class FailingResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What could not be decided after a task, on what is stored of runs."""

    task: str
    message: str
    runs: int
    samples: list[PlaceResponse]


class SimulationResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How many runs and completed steps were looked at, and how many runs would have gone elsewhere, or failed."""

    looked_at: int
    steps: int
    changed: int
    failed: int
    differences: list[DifferenceResponse]
    failing: list[FailingResponse]


_EXAMPLE = SimulationResponse(
    looked_at=100,
    steps=180,
    changed=7,
    failed=1,
    differences=[
        DifferenceResponse(
            task="review",
            was=("pay",),
            was_because="output.ok",
            would=("check",),
            would_because="output.amount > 1000",
            runs=7,
            samples=[PlaceResponse(assignment_id=41, step=1)],
        )
    ],
    failing=[
        FailingResponse(
            task="review",
            message='`output.amount > 1000` could not be decided: Key not found in map : "amount"',
            runs=1,
            samples=[PlaceResponse(assignment_id=38, step=1)],
        )
    ],
)


@post(
    "/workflows/{workflow_id:str}/simulate",
    workflow("edit"),
    Operation(
        summary="Try an edit on past runs",
        path=[WORKFLOW_ID],
        query=[_RUNS, _VERSION],
        body=DefinitionDocument,
        body_example=EXAMPLE,
        body_media_types=MEDIA_TYPES,
        answer=SimulationResponse,
        answer_example=_EXAMPLE,
        refuses=[404],
        is_dry=True,
    ),
)
async def simulate(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Decides the completed steps of the last runs again, on what is stored of them; nothing is changed or called.

    Of each run the first turn that would have been another one is told. For whoever may publish a version.
    """
    workflow_id = WORKFLOW_ID.read(request)
    runs_max, number = _RUNS.read(request), _VERSION.read(request)
    edit = number or await source(request)
    found = await simulation.simulate(services, grant, workflow_id, edit, runs_max=runs_max)
    return json_response(
        SimulationResponse(
            looked_at=found.looked_at,
            steps=found.steps,
            changed=found.changed,
            failed=found.failed,
            differences=[DifferenceResponse(**_placed(one)) for one in found.differences],
            failing=[FailingResponse(**_placed(one)) for one in found.failing],
        )
    )


def _placed(group: msgspec.Struct) -> dict[str, Any]:
    fields = msgspec.structs.asdict(group)
    return fields | {"samples": [PlaceResponse(assignment_id=run, step=step) for run, step in fields["samples"]]}


handlers = (simulate,)
