"""The steps of an assignment, one by one: what each was given and gave, how often it was tried, what it cost."""

from typing import Final, Literal
from uuid import UUID

import msgspec

from casework.api.parameters import PAGE, PAGE_SIZE
from casework.api.render import Instant, instant, json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, get
from casework.api.workspace.assignments import ASSIGNMENT_ID, READ
from casework.api.workspace.listing import asked
from casework.core.assignment import STATUS, TASK_STATUS, Status, TaskStatus
from casework.core.definition import Json
from casework.core.permission import Grant
from casework.operations import run_steps
from casework.operations.run_steps import Relative, StepUsage, StepView, Wait
from casework.operations.services import Services


class RelatedAssignmentResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An assignment that another was made for, or that was made for another."""

    id: int
    title: str
    workflow_name: str
    status: Status


class StepUsageResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a model was asked in a step, in so many calls."""

    provider: str
    model_id: str
    calls: int
    input_tokens: int
    output_tokens: int
    cost: float


class WaitResponse(msgspec.Struct, frozen=True, kw_only=True):
    """A limit that keeps a step from its turn: so many of those allowed are used.

    of: whose limit it is. limit: `concurrency` counts steps that are under way; `rate` counts the starts of the last
    second, minute, hour or day: `seconds`, which is null with a concurrency.
    """

    of: Literal["task", "workspace"]
    limit: Literal["concurrency", "rate"]
    used: int
    allowed: int
    seconds: int | None


class StepResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A visit of a task.

    number: in the assignment, in order of creation; events name it as `step`. itemIndex: of a `for_each`, which item.
    attempts: how often a worker began it. waitsFor: the limits because of which no worker may take it now. usage: null
    without analytics:read. made: the assignment of another workflow that was made for it; null where the caller may not
    read that.
    """

    id: int
    uuid: UUID
    number: int
    task_id: int
    task_key: str
    task_name: str
    kind: str
    visit: int
    item_index: int | None
    status: TaskStatus
    attempts: int
    waits_for: list[WaitResponse]
    member_id: int | None
    member_name: str | None
    data: Json
    output: Json
    error: Json
    usage: list[StepUsageResponse] | None
    made: RelatedAssignmentResponse | None
    entered_at: Instant | None
    started_at: Instant | None
    exited_at: Instant | None


class StepsResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A page of steps. madeFor: the assignment that this one was made for; null where the caller may not read that."""

    made_for: RelatedAssignmentResponse | None
    items: list[StepResponse]
    total: int
    page: int
    page_size: int


EXAMPLE: Final = StepsResponse(
    made_for=RelatedAssignmentResponse(id=41, title="Printer is on fire", workflow_name="Support", status="active"),
    items=[
        StepResponse(
            id=312,
            uuid=UUID("018d7c5e-1a00-7000-8000-000000000004"),
            number=1,
            task_id=3,
            task_key="classify",
            task_name="Classify the ticket",
            kind="agent",
            visit=1,
            item_index=None,
            status="completed",
            attempts=2,
            waits_for=[],
            member_id=None,
            member_name=None,
            data={"prompt": "Classify: Printer"},
            output={"topic": "fault", "confidence": 0.93},
            error=None,
            usage=[
                StepUsageResponse(
                    provider="openai",
                    model_id="gpt-4.1-mini",
                    calls=2,
                    input_tokens=410,
                    output_tokens=28,
                    cost=0.0002088,
                )
            ],
            made=None,
            entered_at="2024-02-01T07:30:00.000Z",
            started_at="2024-02-01T07:30:00.120Z",
            exited_at="2024-02-01T07:30:02.900Z",
        )
    ],
    total=1,
    page=1,
    page_size=50,
)


@get(
    "/assignments/{assignment_id:str}/steps",
    READ,
    Operation(
        summary="List the steps of an assignment",
        path=[ASSIGNMENT_ID],
        query=[PAGE, PAGE_SIZE],
        answer=StepsResponse,
        answer_example=EXAMPLE,
        refuses=[404],
    ),
)
async def list_steps(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Every visit of every task, in the order in which they were reached; `tasks` of an assignment have the last."""
    page = asked(request)
    found = await run_steps.page(services, grant, ASSIGNMENT_ID.read(request), limit=page.size, offset=page.offset)
    return json_response(
        StepsResponse(
            made_for=_related(found.above),
            items=[_shown(one) for one in found.items],
            total=found.total,
            page=page.page,
            page_size=page.size,
        )
    )


def _shown(step: StepView) -> StepResponse:
    row = step.row
    return StepResponse(
        id=row.id,
        uuid=row.uuid,
        number=row.number,
        task_id=row.task_id,
        task_key=row.task_key,
        task_name=row.task_name,
        kind=row.kind,
        visit=row.visit,
        item_index=row.item_index,
        status=TASK_STATUS[row.state],
        attempts=row.attempt,
        waits_for=[_wait(one) for one in step.waits],
        member_id=row.member_id,
        member_name=row.member_name,
        data=row.data,
        output=row.output,
        error=row.error,
        usage=None if step.usage is None else [_spent(one) for one in step.usage],
        made=_related(step.beneath),
        entered_at=instant(row.created_at),
        started_at=instant(row.started_at),
        exited_at=instant(row.ended_at),
    )


def _wait(one: Wait) -> WaitResponse:
    return WaitResponse(
        of="task" if one.is_of_task else "workspace",
        limit="rate" if one.kind == "rate" else "concurrency",
        used=one.used,
        allowed=one.allowed,
        seconds=one.seconds,
    )


def _spent(one: StepUsage) -> StepUsageResponse:
    return StepUsageResponse(
        provider=one.provider,
        model_id=one.model_id,
        calls=one.calls,
        input_tokens=one.input_tokens,
        output_tokens=one.output_tokens,
        cost=float(one.cost),
    )


def _related(run: Relative | None) -> RelatedAssignmentResponse | None:
    if run is None:
        return None
    return RelatedAssignmentResponse(
        id=run.id, title=run.title, workflow_name=run.workflow_name, status=STATUS[run.state]
    )


handlers: Final = (list_steps,)
