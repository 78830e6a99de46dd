"""Runs in bulk: a request of up to 10,000 items, as a JSON array or as JSON lines."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from litestar.exceptions import HTTPException
from msgspec import Meta

from casework.api import once
from casework.api.bodies import Id, decoded, raw, refuse_deep, utc
from casework.api.errors import Malformed
from casework.api.parameters import Choice
from casework.api.render import JSON, json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, post
from casework.api.workspace.assignment_bodies import DueAt, Priority, Title
from casework.api.workspace.workflows import WORKFLOW_ID
from casework.core.claim import Claim
from casework.core.errors import Invalid, Problem
from casework.core.permission import Grant, workflow
from casework.operations import bulk
from casework.operations.bulk import ITEMS_MAX, Item, Mode, Result, Status, Wanted, refused
from casework.operations.services import Services

BODY_BYTES_MAX: Final = 16 * 1024 * 1024
"""For 10,000 items of 1.6 kB each; what is larger is sent in several requests."""

JSON_LINES: Final = "application/x-ndjson"

MODE: Final = Choice(
    name="mode",
    choices=("all", "partial"),
    default="all",
    description="all: one wrong item, and nothing is made. partial: wrong items are left out, and told by line.",
)


class ImportItem(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A run to be made. externalId: an item that bears it is made once. memberId: whose, by default the caller's."""

    external_id: Annotated[str, Meta(min_length=1, max_length=200)]
    input: dict[str, Any] = msgspec.field(default_factory=dict)
    title: Title = ""
    member_id: Id | None = None
    priority: Priority | None = None
    due_at: DueAt | None = None


class ItemResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What became of an item: its line (or place, from 1), and its run, or everything that is wrong with it."""

    line: int
    external_id: str | None
    status: Status
    run_id: int | None
    problems: tuple[Problem, ...]


class ImportResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How many items were made, were there before, and were refused; and each of them in order of lines."""

    created: int
    existing: int
    refused: int
    results: list[ItemResponse]


_ITEMS: Final = [
    {"externalId": "order-1", "input": {"amount": 12}, "title": "Order 1"},
    {"externalId": "order-2", "input": {"amount": 7}, "priority": 80, "dueAt": "2024-02-05T12:00:00Z"},
]
_EXAMPLE: Final = ImportResponse(
    created=1,
    existing=1,
    refused=0,
    results=[
        ItemResponse(line=1, external_id="order-1", status="existing", run_id=41, problems=()),
        ItemResponse(line=2, external_id="order-2", status="created", run_id=42, problems=()),
    ],
)


@post(
    "/workflows/{workflow_id:str}/runs:import",
    workflow("use"),
    Operation(
        summary="Start runs in bulk",
        path=[WORKFLOW_ID],
        query=[MODE],
        body=list[ImportItem],
        body_example=_ITEMS,
        body_media_types=[JSON, JSON_LINES],
        body_bytes_max=BODY_BYTES_MAX,
        answer=ImportResponse,
        answer_example=_EXAMPLE,
        refuses=[404, 422, 429, 503],
    ),
)
async def bring_in(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Every item is checked before the first run is made.

    A request that was cut off may be sent again: what is there is found by its external id, and told as existing. No
    chats are opened.
    """
    workflow_id = WORKFLOW_ID.read(request)
    mode: Mode = "partial" if MODE.read(request) == "partial" else "all"
    items, wrong = await asyncio.to_thread(_read, await raw(request), is_lines=_is_lines(request))
    wanted = Wanted(items=items, refused=wrong, mode=mode)

    async def act(claim: Claim | None) -> list[dict[str, Any]]:
        return await bulk.bring_in(services, grant, workflow_id, wanted, claim)

    async def show(reference: list[dict[str, Any]]) -> HttpResponse:
        results = msgspec.convert(reference, list[Result])
        counts = Counter(one.status for one in results)
        shown = [ItemResponse(**msgspec.structs.asdict(one)) for one in results]
        return json_response(
            ImportResponse(
                created=counts["created"], existing=counts["existing"], refused=counts["refused"], results=shown
            )
        )

    return await once.answer(request, services, grant, act, show)


def _is_lines(request: HttpRequest) -> bool:
    media_type = request.content_type[0].lower()
    if media_type not in (JSON, JSON_LINES):
        raise HTTPException(status_code=415, detail=f"The body must be {JSON} or {JSON_LINES}.")
    return media_type == JSON_LINES


def _read(body: bytes, *, is_lines: bool) -> tuple[list[Item], list[Result]]:
    """The items, and the lines that hold none.

    Raises:
        Invalid: there are none, or too many.
        Malformed: the array is no JSON.

    """
    items: list[Item] = []
    wrong: list[Result] = []
    for line, text in _lines(body) if is_lines else _elements(body):
        if len(items) + len(wrong) == ITEMS_MAX:
            raise Invalid(f"One request takes {ITEMS_MAX:,} items; send the rest in others.")
        try:
            items.append(_item(line, text))
        except Invalid as error:
            wrong.append(refused(line, None, error.problems))
    if not items and not wrong:
        raise Invalid("There are no items in the body.")
    return items, wrong


def _lines(body: bytes) -> Iterator[tuple[int, bytes]]:
    return ((number, text) for number, text in enumerate(body.split(b"\n"), 1) if text.strip())


def _elements(body: bytes) -> Iterator[tuple[int, bytes]]:
    try:
        found: Sequence[msgspec.Raw] = msgspec.json.decode(body or b"[]", type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"The body is not a JSON array: {error}.") from None
    return ((place, bytes(one)) for place, one in enumerate(found, 1))


def _item(line: int, text: bytes) -> Item:
    refuse_deep(text)
    one = decoded(text, ImportItem)
    due_at: datetime | None = None if one.due_at is None else utc(one.due_at, "dueAt")
    return Item(line=line, **msgspec.structs.asdict(one) | {"due_at": due_at})


handlers = (bring_in,)
