"""The audit trail of a workspace: facts, newest first, a page at a time."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from casework.api.identifiers import identifier
from casework.api.literals import parse_integer, parse_uuid
from casework.api.parameters import (
    PAGE_SIZE,
    Bound,
    Connection,
    Parameter,
    QueryId,
    Text,
)
from casework.api.render import Instant, instant, json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, get
from casework.core.errors import NotFound
from casework.core.ids import INTEGER_MAX
from casework.core.permission import Grant, own_or
from casework.operations import events
from casework.operations.events import EventRow
from casework.operations.services import Services

TYPES_MAX: Final = 50
"""Types in one list: there are hardly more."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PLACE: Final = re.compile(r"(-?[0-9]{1,18})\.([0-9]{1,19})\Z")


class Cursor(Parameter, frozen=True, kw_only=True):
    """Where a page goes on: what the page before it gave as nextCursor."""

    def read(self, connection: Connection) -> tuple[datetime, int] | None:
        """The instant and id of the fact below which the page begins, or None for the first page."""
        text = self.text(connection)
        if text is None:
            return None
        try:
            plain = urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)).decode("ascii")
            found = _PLACE.match(plain)
            if found is not None:
                return EPOCH + timedelta(microseconds=int(found[1])), min(int(found[2]), INTEGER_MAX)
        except (Error, ValueError, OverflowError):
            pass
        raise self.bad("is not one that was given here.")


def cursor_of(at: datetime, event_id: int) -> str:
    """The opaque text that stands for the place after that fact."""
    microseconds = (at - EPOCH) // timedelta(microseconds=1)
    return urlsafe_b64encode(f"{microseconds}.{event_id}".encode()).decode("ascii").rstrip("=")


TYPE: Final = Text(
    name="type", description="A comma list of types, such as run.started,step.completed.", length_max=2000
)
RUN_ID: Final = Text(name="runId", description="Only facts about this run, by UUID or integer id.")
ASSIGNMENT_ID: Final = QueryId(name="assignmentId", description="Only facts about this assignment.")
MEMBER_ID: Final = QueryId(name="memberId", description="Only what this member did.")
FROM: Final = Bound(name="from", end=False, description="Not before this date or instant.")
TO: Final = Bound(name="to", end=True, description="Not after this date or instant; a date holds its whole day.")
CURSOR: Final = Cursor(name="cursor", description="The nextCursor of the page before.")


class ActorResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Who did it: a member, a key that acts as the workspace, or the system itself."""

    kind: str
    id: int | None
    name: str | None


class EventResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A fact. step: the number of the step in the run that it is about. revision: the run's, from then on."""

    id: int
    type: str
    at: Instant | None
    assignment_id: int | None
    run_id: UUID | None
    step: int | None
    task_key: str | None
    revision: int | None
    actor: ActorResponse
    cause: str | None
    data: dict[str, Any]


class EventsResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Facts, newest first; nextCursor is null on the last page."""

    items: list[EventResponse]
    next_cursor: str | None


EXAMPLE: Final = EventsResponse(
    items=[
        EventResponse(
            id=4711,
            type="step.completed",
            at="2024-02-04T12:00:00.000Z",
            assignment_id=77,
            run_id=UUID("018d7c5e-1a00-7000-8000-000000000002"),
            step=2,
            task_key="review",
            revision=6,
            actor=ActorResponse(kind="member", id=3, name="Ada"),
            cause=None,
            data={},
        )
    ],
    next_cursor=cursor_of(datetime(2024, 2, 4, 12, tzinfo=UTC), 4711),
)


@get(
    "/events",
    own_or("events:read"),
    Operation(
        summary="Read the audit trail",
        query=[TYPE, RUN_ID, ASSIGNMENT_ID, MEMBER_ID, FROM, TO, CURSOR, PAGE_SIZE],
        answer=EventsResponse,
        answer_example=EXAMPLE,
        refuses=[404],
    ),
)
async def list_events(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Needs events:read; a member reads the facts of its own assignment, by assignmentId or runId, without it."""
    which = events.Filter(
        types=_types(request),
        member_id=MEMBER_ID.read(request),
        since=FROM.read(request),
        until=TO.read(request),
        below=CURSOR.read(request),
    )
    limit = PAGE_SIZE.read(request)
    found, below = await events.page(services, grant, which, run=_run(request), limit=limit)
    cursor = None if below is None else cursor_of(*below)
    return json_response(EventsResponse(items=[shown(event) for event in found], next_cursor=cursor))


def shown(event: EventRow) -> EventResponse:
    """A fact on the wire."""
    return EventResponse(
        id=event.id,
        type=event.type,
        at=instant(event.at),
        assignment_id=event.run_id,
        run_id=event.run_uuid,
        step=event.step_number,
        task_key=event.task_key,
        revision=event.revision,
        actor=ActorResponse(kind=event.actor_kind, id=event.actor_id, name=event.actor_name),
        cause=event.cause,
        data=event.data,
    )


def _types(request: HttpRequest) -> tuple[str, ...] | None:
    text = TYPE.read(request)
    if text is None:
        return None
    types = tuple(dict.fromkeys(word.strip() for word in text.split(",")))
    if len(types) > TYPES_MAX or "" in types:
        raise TYPE.bad(f"must be a comma list of at most {TYPES_MAX} types.")
    return types


def _run(request: HttpRequest) -> int | UUID | None:
    """The run that is asked for, under either name; a run is an assignment."""
    assignment_id, text = ASSIGNMENT_ID.read(request), RUN_ID.read(request)
    if assignment_id is not None and text is not None:
        raise RUN_ID.bad("stands beside assignmentId; give one of them.")
    if assignment_id is not None:
        text = str(assignment_id)
    if text is None:
        return None
    if parse_uuid(text) is None and parse_integer(text) is None:
        raise RUN_ID.bad("must be a UUID or an integer.")
    found = identifier(text)
    if found is None:
        raise NotFound("There is no such assignment.")
    return found


handlers: Final = (list_events,)
