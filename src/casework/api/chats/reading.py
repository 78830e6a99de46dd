"""Reading chats: whose there are, what was said in one, and the workflow runs that belong to it."""

from typing import Final

from casework.api import messages as wire
from casework.api.chats.shapes import (
    CHATS_EXAMPLE,
    MESSAGES_EXAMPLE,
    RUNS_EXAMPLE,
    Chats,
    Data,
    Liveness,
    Messages,
    WorkflowRuns,
    shown_chat,
    shown_run,
)
from casework.api.identifiers import PathIdentifier
from casework.api.parameters import Count, PathUuid
from casework.api.render import json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, get
from casework.core.permission import ANYONE, Grant, own_or
from casework.operations import chat_runs, chats, messages
from casework.operations.services import Services

CHAT_ID: Final = PathUuid(name="chatId", description="The chat's UUID.")
USER_ID: Final = PathIdentifier(name="userId", description="The user's account, by UUID or integer id.")
LIMIT: Final = Count(name="limit", default=25, minimum=1, maximum=100, description="How many at most.")
MESSAGES_LIMIT: Final = Count(name="limit", default=100, minimum=1, maximum=500, description="How many at most.")
OFFSET: Final = Count(name="offset", default=0, minimum=0, description="How many to skip.")


@get("/liveness", ANYONE, Operation(summary="Whether the process lives", answer=Data[Liveness]))
async def liveness() -> HttpResponse:
    """Answers as long as the process does; it asks nothing of the database."""
    return json_response(Data(data=Liveness(status="ok")))


@get(
    "/chats/{chatId:str}/workflow-runs",
    own_or("chats:read"),
    Operation(
        summary="List the workflow runs of a chat",
        path=[CHAT_ID],
        answer=Data[WorkflowRuns],
        answer_example=RUNS_EXAMPLE,
        refuses=[404],
    ),
)
async def workflow_runs(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """By start, those not started last; of each, every task in topological order, as its last visit stands."""
    found = await chat_runs.list_runs(services, grant, CHAT_ID.read(request))
    return json_response(Data(data=WorkflowRuns(workflow_runs=[shown_run(run) for run in found])))


@get(
    "/chats/{chatId:str}/messages",
    own_or("chats:read"),
    Operation(
        summary="List the messages of a chat",
        path=[CHAT_ID],
        query=[MESSAGES_LIMIT, OFFSET],
        answer=Data[Messages],
        answer_example=MESSAGES_EXAMPLE,
        refuses=[404],
    ),
)
async def list_messages(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Oldest first."""
    limit, offset = MESSAGES_LIMIT.read(request), OFFSET.read(request)
    found, total = await messages.page(services, grant, CHAT_ID.read(request), limit=limit, offset=offset)
    shown = [wire.shown(message) for message in found]
    return json_response(Data(data=Messages(messages=shown, total=total, limit=limit, offset=offset)))


@get(
    "/users/{userId:str}/chats",
    own_or("chats:read"),
    Operation(
        summary="List a user's chats",
        path=[USER_ID],
        query=[LIMIT, OFFSET],
        answer=Data[Chats],
        answer_example=CHATS_EXAMPLE,
        refuses=[404],
    ),
)
async def list_chats(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Those that the user owns or takes part in, in this workspace; newest first."""
    limit, offset = LIMIT.read(request), OFFSET.read(request)
    found, total = await chats.page_of_account(services, grant, USER_ID.read(request), limit=limit, offset=offset)
    shown = [shown_chat(chat) for chat in found]
    return json_response(Data(data=Chats(chats=shown, total=total, limit=limit, offset=offset)))


handlers: Final = (liveness, workflow_runs, list_messages, list_chats)
