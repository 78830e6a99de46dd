"""Runs moved to another version of their workflow, and back."""

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from casework.api import once
from casework.api.bodies import Id, read
from casework.api.parameters import PAGE, PAGE_SIZE, PathId
from casework.api.render import Instant, instant, json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, get, post
from casework.api.workspace.listing import Page, asked
from casework.api.workspace.workflows import WORKFLOW_ID
from casework.core.claim import Claim
from casework.core.definition import TASKS_MAX
from casework.core.permission import Grant, workflow
from casework.operations import migrations
from casework.operations.migrations import LIMIT_MAX, MigrationRow, Report, Sought, Stretch, Wanted
from casework.operations.services import Services

MIGRATION_ID = PathId(name="migration_id", description="The migration.")
LIMIT_DEFAULT: Final = 1_000
RUN_IDS_MAX: Final = 10_000
"""Runs that one request names: with ten digits each a tenth of a megabyte."""

VersionNumber = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Limit = Annotated[int, Meta(ge=1, le=LIMIT_MAX)]
After = Annotated[int, Meta(ge=0, le=2**63 - 1)]
TaskKey = Annotated[str, Meta(max_length=64)]


class Selection(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Which runs are to go on by version `to`: those of `runIds`, or the open ones (of version `from`).

    tasks: where an open step goes whose own task is not there, by key. after: the id of the run after which to go on;
    limit: how many runs to look at.
    """

    to: VersionNumber
    tasks: Annotated[dict[TaskKey, TaskKey], Meta(max_length=TASKS_MAX)] = {}
    from_: VersionNumber | None = msgspec.field(name="from", default=None)
    run_ids: Annotated[list[Id], Meta(min_length=1, max_length=RUN_IDS_MAX)] | None = None
    after: After = 0
    limit: Limit = LIMIT_DEFAULT


class Moving(Selection, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """As Selection. migrationId: the migration that the request goes on with; without one it begins another."""

    migration_id: Id | None = None


class Undoing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The runs of the migration after that one, at most so many."""

    after: After = 0
    limit: Limit = LIMIT_DEFAULT


class SampleResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A run, and why it stays; step: the number of the step that it is about, if any."""

    assignment_id: int
    step: int | None
    message: str


class ReasonResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Why runs stay: what is in the way, at which task, how many runs it keeps, and the first of them."""

    code: str
    task: str | None
    runs: int
    samples: list[SampleResponse]


class ReportResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What became of the runs. next: `after` of the next request; null where there are no more."""

    migration_id: int | None
    version: int
    looked_at: int
    moved: int
    stayed: int
    reasons: list[ReasonResponse]
    next: int | None


class MigrationResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A migration: who moved runs to which version.

    fromVersions: from which. moved: how many runs went and stayed there; undone: how many went back. unchanged: of
    those that moved, how many an undo would take back, because nothing has happened to them since.
    """

    id: int
    version: int
    from_versions: list[int]
    tasks: dict[str, str]
    moved: int
    undone: int
    unchanged: int
    member_id: int | None
    member_name: str | None
    created_at: Instant | None


_BODY: Final = {"to": 2, "from": 1, "tasks": {"review": "check"}, "limit": 1000}
_REASON: Final = ReasonResponse(
    code="task",
    task="appeal",
    runs=3,
    samples=[SampleResponse(assignment_id=41, step=2, message="Version 2 has no task appeal.")],
)
_REPORT: Final = ReportResponse(
    migration_id=5, version=2, looked_at=1000, moved=997, stayed=3, reasons=[_REASON], next=1041
)
_MIGRATION: Final = MigrationResponse(
    id=5,
    version=2,
    from_versions=[1],
    tasks={"review": "check"},
    moved=997,
    undone=0,
    unchanged=940,
    member_id=1,
    member_name="Ada",
    created_at="2024-02-05T08:30:00.000Z",
)


@post(
    "/workflows/{workflow_id:str}/migrations/check",
    workflow("edit"),
    Operation(
        summary="See which runs could move",
        path=[WORKFLOW_ID],
        body=Selection,
        body_example=_BODY,
        answer=ReportResponse,
        answer_example=msgspec.structs.replace(_REPORT, migration_id=None),
        refuses=[404],
        is_dry=True,
    ),
)
async def check(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Answers as moving them would, and changes nothing. For whoever may publish a version.

    One request looks at up to `limit` runs, in order of their ids; `next` is where another goes on.
    """
    workflow_id = WORKFLOW_ID.read(request)
    wanted = _wanted(await read(request, Selection))
    return json_response(_shown(await migrations.check(services, grant, workflow_id, wanted)))


@post(
    "/workflows/{workflow_id:str}/migrations",
    workflow("edit"),
    Operation(
        summary="Move runs to another version",
        path=[WORKFLOW_ID],
        body=Moving,
        body_example=_BODY,
        answer=ReportResponse,
        answer_example=_REPORT,
        refuses=[404, 422, 429, 503],
    ),
)
async def move(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Each run that can moves, with the event `run.migrated`; the others stay, and the answer says why.

    One request looks at up to `limit` runs; the next goes on with `after` and `migrationId`. A request that was cut off
    may be sent again: runs that have moved are not moved twice.
    """
    workflow_id = WORKFLOW_ID.read(request)
    asked_for = await read(request, Moving)
    wanted = _wanted(asked_for)

    async def act(claim: Claim | None) -> dict[str, Any]:
        return await migrations.move(services, grant, workflow_id, wanted, asked_for.migration_id, claim)

    return await once.answer(request, services, grant, act, _answered)


@get(
    "/workflows/{workflow_id:str}/migrations",
    workflow("edit"),
    Operation(
        summary="List migrations",
        path=[WORKFLOW_ID],
        query=[PAGE, PAGE_SIZE],
        answer=Page[MigrationResponse],
        answer_example={"items": [_MIGRATION], "total": 1, "page": 1, "pageSize": 50},
        refuses=[404],
    ),
)
async def list_all(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Newest first."""
    wanted = asked(request)
    workflow_id = WORKFLOW_ID.read(request)
    found, total = await migrations.page(services, grant, workflow_id, limit=wanted.size, offset=wanted.offset)
    return json_response(wanted.of([_told(one) for one in found], total))


@post(
    "/workflows/{workflow_id:str}/migrations/{migration_id:str}/undo",
    workflow("edit"),
    Operation(
        summary="Undo a migration",
        path=[WORKFLOW_ID, MIGRATION_ID],
        body=Undoing,
        body_example={"after": 0, "limit": 1000},
        answer=ReportResponse,
        answer_example=_REPORT,
        refuses=[404, 422, 429, 503],
    ),
)
async def undo(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Runs to which nothing has happened since go back to where they were; the others stay (`changed`)."""
    workflow_id, migration_id = WORKFLOW_ID.read(request), MIGRATION_ID.read(request)
    wish = await read(request, Undoing)
    stretch = Stretch(after=wish.after, limit=wish.limit)

    async def act(claim: Claim | None) -> dict[str, Any]:
        return await migrations.undo(services, grant, workflow_id, migration_id, stretch, claim)

    return await once.answer(request, services, grant, act, _answered)


def _wanted(asked_for: Selection) -> Wanted:
    run_ids = None if asked_for.run_ids is None else tuple(asked_for.run_ids)
    sought = Sought(after=asked_for.after, run_ids=run_ids, at=asked_for.from_)
    return Wanted(number=asked_for.to, tasks=asked_for.tasks, sought=sought, limit=asked_for.limit)


async def _answered(reference: dict[str, Any]) -> HttpResponse:
    return json_response(_shown(msgspec.convert(reference, Report)))


def _shown(report: Report) -> ReportResponse:
    return ReportResponse(
        migration_id=report.migration,
        version=report.version,
        looked_at=report.looked_at,
        moved=report.moved,
        stayed=report.stayed,
        reasons=[
            ReasonResponse(
                code=one.code,
                task=one.task,
                runs=one.runs,
                samples=[
                    SampleResponse(assignment_id=sample.run_id, step=sample.step, message=sample.message)
                    for sample in one.samples
                ],
            )
            for one in report.reasons
        ],
        next=report.next,
    )


def _told(row: MigrationRow) -> MigrationResponse:
    return MigrationResponse(
        id=row.id,
        version=row.version_number,
        from_versions=row.from_versions,
        tasks=row.tasks,
        moved=row.moved,
        undone=row.undone,
        unchanged=row.unchanged,
        member_id=row.member_id,
        member_name=row.member_name,
        created_at=instant(row.created_at),
    )


handlers: tuple[Any, ...] = (check, move, list_all, undo)
