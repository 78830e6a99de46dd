"""Workflows: published, listed, read and archived."""

from typing import Any
from uuid import UUID

import msgspec

from casework.api import once
from casework.api.conditional import etag, expected_revision
from casework.api.parameters import PAGE, PAGE_SIZE, PathId, Text
from casework.api.render import Instant, instant, json_response, no_content
from casework.api.routes import HttpRequest, HttpResponse, Operation, delete, get, post, put
from casework.api.workspace.definitions import EXAMPLE, MEDIA_TYPES, DefinitionDocument, source
from casework.api.workspace.listing import Page, asked
from casework.core.claim import Claim
from casework.core.definition import Definition
from casework.core.errors import Problem
from casework.core.permission import MEMBER, Grant, project, scope, workflow
from casework.operations import workflows
from casework.operations.services import Services
from casework.operations.workflows import Filter, Workflow

WORKFLOW_ID = PathId(name="workflow_id", description="The workflow.")

_KEY = Text(name="key", description="Only the workflow of that key.")
_NAME = Text(name="name", description="Only workflows with that text in their name, in upper or lower case.")


class TaskResponse(msgspec.Struct, frozen=True, kw_only=True):
    """A task of the newest version; its id stays the same over versions, by its key."""

    id: int
    key: str
    name: str
    kind: str


class WorkflowResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A workflow as its newest version has it."""

    id: int
    uuid: UUID
    key: str
    name: str
    description: str
    version: int
    tasks: list[TaskResponse]
    created_at: Instant | None
    updated_at: Instant | None


class DraftTask(msgspec.Struct, frozen=True, kw_only=True):
    """A task of a definition that could be published."""

    key: str
    name: str
    kind: str


class ValidationResponse(msgspec.Struct, frozen=True, kw_only=True):
    """A definition that could be published, as it was understood."""

    valid: bool
    problems: list[Problem]
    key: str
    name: str
    tasks: list[DraftTask]


WORKFLOW_EXAMPLE = WorkflowResponse(
    id=7,
    uuid=UUID("018d7c5e-1a00-7000-8000-000000000007"),
    key="expenses",
    name="Expenses",
    description="",
    version=2,
    tasks=[
        TaskResponse(id=21, key="review", name="Review the claim", kind="human"),
        TaskResponse(id=22, key="pay", name="Pay it", kind="human"),
    ],
    created_at="2024-02-04T12:00:00.000Z",
    updated_at="2024-02-05T08:30:00.000Z",
)

_VALIDATION_EXAMPLE = ValidationResponse(
    valid=True,
    problems=[],
    key="expenses",
    name="Expenses",
    tasks=[
        DraftTask(key="review", name="Review the claim", kind="human"),
        DraftTask(key="pay", name="Pay it", kind="human"),
    ],
)


@get(
    "/workflows",
    MEMBER,
    Operation(
        summary="List workflows",
        query=[PAGE, PAGE_SIZE, _KEY, _NAME],
        answer=Page[WorkflowResponse],
        answer_example={"items": [WORKFLOW_EXAMPLE], "total": 1, "page": 1, "pageSize": 50},
    ),
)
async def list_all(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Newest first: those of the caller's projects, or with workflows:read every one. Archived ones are not told."""
    page = asked(request)
    wanted = Filter(key=_KEY.read(request), name=_NAME.read(request))
    found, total = await workflows.page(services, grant, wanted, limit=page.size, offset=page.offset)
    return json_response(page.of([_shown(one) for one in found], total))


@post(
    "/workflows",
    scope("workflows:write"),
    Operation(
        summary="Make a workflow",
        status=201,
        body=DefinitionDocument,
        body_example=EXAMPLE,
        body_media_types=MEDIA_TYPES,
        answer=WorkflowResponse,
        answer_example=WORKFLOW_EXAMPLE,
        refuses=[409, 422],
    ),
)
async def create(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Its first version is published; its maker may do everything with it. All problems are told at once."""
    text = await source(request)

    async def act(claim: Claim | None) -> str:
        return await workflows.create(services, grant, text, claim)

    async def show(uuid: str) -> HttpResponse:
        return _answer(await workflows.read(services, grant, UUID(uuid)), status=201)

    return await once.answer(request, services, grant, act, show)


@post(
    "/workflows/validate",
    workflow("edit"),
    Operation(
        summary="Check a definition",
        body=DefinitionDocument,
        body_example=EXAMPLE,
        body_media_types=MEDIA_TYPES,
        answer=ValidationResponse,
        answer_example=_VALIDATION_EXAMPLE,
        is_dry=True,
    ),
)
async def validate(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Answers as publishing it would, 400 with every problem included, and changes nothing.

    It is for whoever may publish: with workflows:write, or "edit" on any workflow.
    """
    return json_response(_understood(await workflows.validate(services, grant, await source(request))))


@get(
    "/workflows/{workflow_id:str}",
    project("workflows:read"),
    Operation(
        summary="Read a workflow",
        path=[WORKFLOW_ID],
        answer=WorkflowResponse,
        answer_example=WORKFLOW_EXAMPLE,
        refuses=[404],
    ),
)
async def read(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """For whoever may use it or belongs to its project, and with workflows:read. The ETag is that of its version."""
    return _answer(await workflows.read(services, grant, WORKFLOW_ID.read(request)))


@put(
    "/workflows/{workflow_id:str}",
    workflow("edit"),
    Operation(
        summary="Publish a version",
        path=[WORKFLOW_ID],
        body=DefinitionDocument,
        body_example=EXAMPLE,
        body_media_types=MEDIA_TYPES,
        answer=WorkflowResponse,
        answer_example=WORKFLOW_EXAMPLE,
        refuses=[404, 412, 422],
    ),
)
async def publish(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """A definition that says the same as the newest version makes no new one.

    Open runs keep their version. Tasks keep their ids by their keys; the workflow's own key stays.
    """
    workflow_id = WORKFLOW_ID.read(request)
    version = expected_revision(request)
    text = await source(request)

    async def act(claim: Claim | None) -> int:
        return await workflows.publish(services, grant, workflow_id, text, expected_version=version, claim=claim)

    async def show(published: int) -> HttpResponse:
        return _answer(await workflows.read(services, grant, published))

    return await once.answer(request, services, grant, act, show)


@delete(
    "/workflows/{workflow_id:str}",
    workflow("admin"),
    Operation(summary="Archive a workflow", path=[WORKFLOW_ID], status=204, refuses=[404, 412]),
)
async def archive(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """It takes no new runs, and is not found any more; its open runs go on, its statistics stay, its key is free."""
    version = expected_revision(request)
    await workflows.archive(services, grant, WORKFLOW_ID.read(request), expected_version=version)
    return no_content()


def _shown(found: Workflow) -> WorkflowResponse:
    return WorkflowResponse(
        id=found.id,
        uuid=found.uuid,
        key=found.key,
        name=found.name,
        description=found.description,
        version=found.version_number,
        tasks=[TaskResponse(id=task.id, key=task.key, name=task.name, kind=task.kind) for task in found.tasks],
        created_at=instant(found.created_at),
        updated_at=instant(found.updated_at),
    )


def _answer(found: Workflow, *, status: int = 200) -> HttpResponse:
    return json_response(_shown(found), status=status, headers={"etag": etag(found.version_number)})


def _understood(definition: Definition) -> ValidationResponse:
    return ValidationResponse(
        valid=True,
        problems=[],
        key=definition.key,
        name=definition.name,
        tasks=[DraftTask(key=task.key, name=task.name, kind=task.kind) for task in definition.tasks],
    )


handlers: tuple[Any, ...] = (list_all, create, validate, read, publish, archive)
