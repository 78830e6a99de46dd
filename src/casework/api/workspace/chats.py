"""Chats of a workspace: whoever is in one may read it and write in it, others with chats:read and chats:write."""

from typing import Annotated, Any, Final
from uuid import UUID

import msgspec

from casework.api import once
from casework.api.bodies import Id, read
from casework.api.conditional import etag, expected_revision
from casework.api.identifiers import PathIdentifier
from casework.api.parameters import PAGE, PAGE_SIZE, Flag, QueryId
from casework.api.render import Instant, instant, json_response, no_content
from casework.api.routes import HttpRequest, HttpResponse, Operation, delete, get, post, put
from casework.api.workspace.listing import Page, asked
from casework.core.chat import PARTICIPANTS_MAX, SUMMARY_MAX, TITLE_MAX, WORD_MAX
from casework.core.claim import Claim
from casework.core.errors import Invalid, Problem
from casework.core.permission import Grant, own_or
from casework.operations import chat_runs, chats
from casework.operations.chats import Chat, ChatChange, ChatWish
from casework.operations.services import Services

CHAT_ID: Final = PathIdentifier(name="chat_id", description="The chat, by integer id or UUID.")
MINE: Final = Flag(name="mine", description="Only chats that the caller owns or takes part in.")
MEMBER_ID: Final = QueryId(name="memberId", description="Only chats that this member owns or takes part in.")

Title = Annotated[str, msgspec.Meta(max_length=TITLE_MAX)]
Summary = Annotated[str, msgspec.Meta(max_length=SUMMARY_MAX)]
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=WORD_MAX)]


class ChatResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A chat.

    summary: what somebody wrote, or else how it stands. member*: its owner. participants: members who take part beside
    the owner. assignmentId: the newest.
    """

    id: int
    uuid: UUID
    title: str
    summary: str
    channel: str
    chat_type: str
    member_id: int
    member_name: str
    participants: list[int]
    paused: bool
    needs_response: bool
    message_count: int
    last_message_at: Instant | None
    assignment_id: int | None
    created_at: Instant | None
    updated_at: Instant | None


class CreateChatRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A chat to be opened, for the caller unless memberId says otherwise; with workflowId, an assignment in it."""

    title: Title = ""
    summary: Summary = ""
    channel: Word = "web"
    chat_type: Word = "chat"
    member_id: Id | None = None
    workflow_id: Id | UUID | None = None
    input: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET


class UpdateChatRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """What is said of a chat from now on; what is absent stays as it is."""

    title: Title | None = None
    summary: Summary | None = None
    channel: Word | None = None
    chat_type: Word | None = None
    paused: bool | None = None
    needs_response: bool | None = None


class AddParticipantsRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Members who shall take part: one, or several."""

    member_id: Id | None = None
    member_ids: Annotated[list[Id], msgspec.Meta(max_length=PARTICIPANTS_MAX)] = []


EXAMPLE: Final = ChatResponse(
    id=12,
    uuid=UUID("550e8400-e29b-41d4-a716-446655440000"),
    title="Late order",
    summary="Support desk: Review. Triage: One moment, please.",
    channel="web",
    chat_type="chat",
    member_id=3,
    member_name="Ada",
    participants=[4],
    paused=False,
    needs_response=True,
    message_count=2,
    last_message_at="2024-02-04T12:00:00.000Z",
    assignment_id=77,
    created_at="2024-02-04T11:58:00.000Z",
    updated_at="2024-02-04T12:00:00.000Z",
)


def shown(chat: Chat) -> ChatResponse:
    """A chat on the wire."""
    return ChatResponse(
        id=chat.id,
        uuid=chat.uuid,
        title=chat.title,
        summary=chat.summary,
        channel=chat.channel,
        chat_type=chat.chat_type,
        member_id=chat.member_id,
        member_name=chat.member_name,
        participants=chat.participants,
        paused=chat.is_paused,
        needs_response=chat.needs_response,
        message_count=chat.message_count,
        last_message_at=instant(chat.last_message_at),
        assignment_id=chat.assignment_id,
        created_at=instant(chat.created_at),
        updated_at=instant(chat.updated_at),
    )


@get(
    "/chats",
    own_or("chats:read"),
    Operation(
        summary="List chats",
        query=[PAGE, PAGE_SIZE, MINE, MEMBER_ID],
        answer=Page[ChatResponse],
        answer_example=Page[Any](items=[EXAMPLE], total=1, page=1, page_size=50),
    ),
)
async def list_chats(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Newest first. Without chats:read, those that the caller is in; another member's are then refused."""
    part = asked(request)
    member_id = MEMBER_ID.read(request)
    if MINE.read(request) and member_id is None:
        member_id = grant.principal.member_id or 0
    found, total = await chats.page(services, grant, member_id, limit=part.size, offset=part.offset)
    return json_response(part.of([shown(chat) for chat in found], total))


@post(
    "/chats",
    own_or("chats:write"),
    Operation(
        summary="Open a chat",
        status=201,
        body=CreateChatRequest,
        body_example=CreateChatRequest(title="Late order", workflow_id=5, input={"subject": "Late order"}),
        answer=ChatResponse,
        answer_example=EXAMPLE,
        refuses=[404, 409],
    ),
)
async def create(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """With `workflowId` it is opened together with an assignment of that workflow, for the chat's owner."""
    body = await read(request, CreateChatRequest)
    wish = ChatWish(
        title=body.title,
        summary=body.summary,
        channel=body.channel,
        chat_type=body.chat_type,
        member_id=body.member_id,
    )
    run = _run(body)

    async def act(claim: Claim | None) -> Any:
        if run is None:
            return await chats.open_chat(services, grant, wish, claim)
        return await chat_runs.open_chat(services, grant, wish, run, claim)

    async def show(reference: Any) -> HttpResponse:
        if run is None:
            return await _answer(services, grant, UUID(reference), status=201)
        chat_id = await chat_runs.opened(services, grant, wish, reference["id"])
        return await _answer(services, grant, chat_id, status=201)

    return await once.answer(request, services, grant, act, show)


@get(
    "/chats/{chat_id:str}",
    own_or("chats:read"),
    Operation(summary="Read a chat", path=[CHAT_ID], answer=ChatResponse, answer_example=EXAMPLE, refuses=[404]),
)
async def read_one(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """By its integer id or its UUID."""
    return await _answer(services, grant, CHAT_ID.read(request))


@put(
    "/chats/{chat_id:str}",
    own_or("chats:write"),
    Operation(
        summary="Change a chat",
        path=[CHAT_ID],
        body=UpdateChatRequest,
        body_example=UpdateChatRequest(title="Order 1041 is late", paused=True),
        answer=ChatResponse,
        answer_example=EXAMPLE,
        refuses=[404, 412],
    ),
)
async def change(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Only what is sent is changed."""
    chat_id = CHAT_ID.read(request)
    body = await read(request, UpdateChatRequest)
    wish = ChatChange(
        title=body.title,
        summary=body.summary,
        channel=body.channel,
        chat_type=body.chat_type,
        is_paused=body.paused,
        needs_response=body.needs_response,
        expected_revision=expected_revision(request),
    )

    async def act(claim: Claim | None) -> str:
        return await chats.change(services, grant, chat_id, wish, claim)

    async def show(reference: str) -> HttpResponse:
        return await _answer(services, grant, UUID(reference))

    return await once.answer(request, services, grant, act, show)


@delete(
    "/chats/{chat_id:str}",
    own_or("chats:write"),
    Operation(summary="Delete a chat", status=204, path=[CHAT_ID], refuses=[404, 412]),
)
async def remove(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Its owner may. Nobody sees it any more; its assignments go on, and the records are kept."""
    await chats.delete(services, grant, CHAT_ID.read(request), expected_revision(request))
    return no_content()


@post(
    "/chats/{chat_id:str}/participants",
    own_or("chats:write"),
    Operation(
        summary="Let members take part",
        status=201,
        path=[CHAT_ID],
        body=AddParticipantsRequest,
        body_example=AddParticipantsRequest(member_ids=[4]),
        answer=ChatResponse,
        answer_example=EXAMPLE,
        refuses=[404, 409, 412],
    ),
)
async def add_participants(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """They read the chat and write in it as its owner does. Those who already take part stay as they are."""
    chat_id = CHAT_ID.read(request)
    body = await read(request, AddParticipantsRequest)
    wanted = [*body.member_ids, *([] if body.member_id is None else [body.member_id])]
    if not wanted:
        raise Invalid("memberIds: is required.", (Problem(path="/memberIds", message="is required."),))
    revision = expected_revision(request)

    async def act(claim: Claim | None) -> str:
        return await chats.add_participants(services, grant, chat_id, wanted, expected_revision=revision, claim=claim)

    async def show(reference: str) -> HttpResponse:
        return await _answer(services, grant, UUID(reference), status=201)

    return await once.answer(request, services, grant, act, show)


async def _answer(services: Services, grant: Grant, chat_id: int | UUID, *, status: int = 200) -> HttpResponse:
    chat = await chats.find(services, grant, chat_id)
    return json_response(shown(chat), status=status, headers={"etag": etag(chat.revision)})


def _run(body: CreateChatRequest) -> chat_runs.RunWish | None:
    if body.workflow_id is None:
        if body.input is not msgspec.UNSET:
            message = "is for an assignment; it needs workflowId."
            raise Invalid(f"input: {message}", (Problem(path="/input", message=message),))
        return None
    return chat_runs.RunWish(workflow=body.workflow_id, input={} if body.input is msgspec.UNSET else body.input)


handlers: Final = (list_chats, create, read_one, change, remove, add_participants)
