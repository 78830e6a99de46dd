"""The published versions of a workflow."""

from typing import Any

import msgspec

from casework.api.conditional import etag
from casework.api.parameters import PAGE, PAGE_SIZE, Count, PathId
from casework.api.render import Instant, instant, json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, get
from casework.api.workspace.definitions import EXAMPLE, YAML, DefinitionDocument, wants_yaml
from casework.api.workspace.listing import Page, asked
from casework.api.workspace.workflows import WORKFLOW_ID
from casework.core.errors import NotFound
from casework.core.permission import Grant, project
from casework.operations import workflows
from casework.operations.services import Services
from casework.operations.workflows import VersionRow

NUMBER_MAX = 2**31 - 1
"""The largest number that the database can hold."""

NUMBER = PathId(name="number", description="The version's number, from 1.")
_VERSION = Count(name="version", default=0, minimum=0, description="The version's number; 0 is the newest.")


class VersionResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A version, and the member who published it."""

    number: int
    member_id: int | None
    member_name: str | None
    created_at: Instant | None


class PublishedResponse(VersionResponse, frozen=True, kw_only=True, rename="camel"):
    """A version with its definition, in the format `casework: 1`."""

    definition: dict[str, Any]


_EXAMPLE = VersionResponse(number=2, member_id=1, member_name="Ada", created_at="2024-02-05T08:30:00.000Z")


@get(
    "/workflows/{workflow_id:str}/versions",
    project("workflows:read"),
    Operation(
        summary="List versions",
        path=[WORKFLOW_ID],
        query=[PAGE, PAGE_SIZE],
        answer=Page[VersionResponse],
        answer_example={"items": [_EXAMPLE], "total": 1, "page": 1, "pageSize": 50},
        refuses=[404],
    ),
)
async def list_all(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Newest first."""
    page = asked(request)
    workflow_id = WORKFLOW_ID.read(request)
    found, total = await workflows.versions_page(services, grant, workflow_id, limit=page.size, offset=page.offset)
    return json_response(page.of([VersionResponse(**_told(one)) for one in found], total))


@get(
    "/workflows/{workflow_id:str}/versions/{number:str}",
    project("workflows:read"),
    Operation(
        summary="Read a version",
        path=[WORKFLOW_ID, NUMBER],
        answer=PublishedResponse,
        answer_example={**msgspec.to_builtins(_EXAMPLE), "definition": EXAMPLE},
        refuses=[404],
    ),
)
async def read(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """With its definition, every default left out."""
    workflow_id = WORKFLOW_ID.read(request)
    found = await workflows.version(services, grant, workflow_id, _known(NUMBER.read(request)))
    return json_response(
        PublishedResponse(**_told(found), definition=found.document), headers={"etag": etag(found.number)}
    )


@get(
    "/workflows/{workflow_id:str}/definition",
    project("workflows:read"),
    Operation(
        summary="Read a definition",
        path=[WORKFLOW_ID],
        query=[_VERSION],
        answer=DefinitionDocument,
        answer_example=EXAMPLE,
        refuses=[404],
    ),
)
async def definition(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """As JSON, or as YAML with `Accept: application/yaml`; ready to be changed and published again.

    The ETag, sent as If-Match with the change, makes sure that nobody published in between.
    """
    workflow_id = WORKFLOW_ID.read(request)
    number = _VERSION.read(request)
    found = await workflows.version(services, grant, workflow_id, _known(number) if number else None)
    headers = {"etag": etag(found.number), "vary": "accept"}
    if not wants_yaml(request):
        return json_response(found.document, headers=headers)
    text = await workflows.yaml_of(found)
    return HttpResponse(text.encode(), headers=headers, media_type=YAML)


def _known(number: int) -> int:
    if number > NUMBER_MAX:
        raise NotFound(f"The workflow has no version {number}.")
    return number


def _told(found: VersionRow) -> dict[str, Any]:
    return {
        "number": found.number,
        "member_id": found.member_id,
        "member_name": found.member_name,
        "created_at": instant(found.created_at),
    }


handlers: tuple[Any, ...] = (list_all, read, definition)
