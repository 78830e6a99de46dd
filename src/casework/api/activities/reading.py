"""Activities, read."""

from typing import Final

from casework.api.activities.documents import ACTIVITY_EXAMPLE, ActivityDocument, ActivityPage
from casework.api.activities.ids import ACTIVITY_ID
from casework.api.activities.listing import ACTIVITIES, Documented
from casework.api.activities.query import Query
from casework.api.activities.replies import page_reply, row_reply
from casework.api.activities.resources import ACTIVITY
from casework.api.render import JSON_API
from casework.api.routes import HttpRequest, HttpResponse, Operation, get
from casework.core.permission import Grant, project
from casework.operations import activities
from casework.operations.services import Services

TAKEABLE: Final = Documented(
    name="takeable",
    description="Only what nobody has and the caller may take: of its own projects, by its roles and the lists.",
    kind={"type": "boolean"},
)


@get(
    "/activities",
    project("activities:read"),
    Operation(
        summary="List activities",
        query=[*ACTIVITIES.parameters(), TAKEABLE],
        answer=ActivityPage,
        answer_example={"data": [ACTIVITY_EXAMPLE], "meta": {"count": 1}},
        media_type=JSON_API,
    ),
)
async def list_activities(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """The activities of the caller's projects; with `activities:read` those of every project. Oldest first."""
    asked = ACTIVITIES.read(request)
    is_takeable = Query(request).flag(TAKEABLE.name)
    page = await activities.list_activities(services, grant, asked.reading, is_takeable=is_takeable)
    return page_reply(ACTIVITY, page, asked)


@get(
    "/activities/{activity_id:str}",
    project("activities:read"),
    Operation(
        summary="Read an activity",
        path=[ACTIVITY_ID],
        query=ACTIVITIES.parameters_of_one(),
        answer=ActivityDocument,
        answer_example={"data": ACTIVITY_EXAMPLE},
        media_type=JSON_API,
        refuses=[404],
    ),
)
async def read_activity(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Its `ETag` can be sent back as `If-Match` with any change."""
    asked = ACTIVITIES.read_one(request)
    page = await activities.get_activity(services, grant, ACTIVITY_ID.read(request), related=asked.reading.related)
    return row_reply(ACTIVITY, page, asked, revision=page.rows[0].revision)


handlers = [list_activities, read_activity]
