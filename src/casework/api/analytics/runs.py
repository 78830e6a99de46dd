"""The runs of a flow as rows, filtered and paged."""

from typing import Final
from uuid import UUID

from casework.api.analytics.shapes import RUNS_EXAMPLE, RunSummary, summary
from casework.api.analytics.words import STATES, meant
from casework.api.identifiers import identifier
from casework.api.parameters import Bound, Choices, Count, Parameter, Text
from casework.api.render import json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, get
from casework.core.errors import NotFound
from casework.core.permission import Grant, scope
from casework.operations import analytics
from casework.operations.services import Services

ORG_ID: Final = Parameter(name="org_id", where="path", description="The organization: a workspace's UUID.")
FLOW_ID: Final = Parameter(name="flow_id", where="path", description="The flow: a workflow's UUID or decimal id.")
PAGE: Final = Count(name="page", default=0, minimum=0, description="Which page, from 0.")
PAGE_SIZE: Final = Count(name="page_size", default=25, minimum=1, maximum=1000, description="How many on a page.")
START_DATE: Final = Bound(name="start_date", end=False, description="Made on or after this date or instant.")
END_DATE: Final = Bound(
    name="end_date", end=True, description="Made on or before this date or instant; a date holds its whole day (UTC)."
)
USER_ID: Final = Text(name="user_id", description="Exactly this end user.")
STATE: Final = Choices(
    name="state",
    choices=STATES,
    description="Comma-separated list of statuses to filter by. Accepted values: " + ", ".join(STATES),
)


@get(
    "/org/{org_id:str}/flows/{flow_id:str}",
    scope("analytics:read"),
    Operation(
        summary="List the runs of a flow",
        path=[ORG_ID, FLOW_ID],
        query=[PAGE, PAGE_SIZE, START_DATE, END_DATE, USER_ID, STATE],
        answer=list[RunSummary],
        answer_example=RUNS_EXAMPLE,
        refuses=[404],
    ),
)
async def list_runs(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Newest date first, ties by run_id."""
    page, size, states = PAGE.read(request), PAGE_SIZE.read(request), STATE.read(request)
    which = analytics.Filter(
        since=START_DATE.read(request),
        until=END_DATE.read(request),
        end_user=USER_ID.read(request),
        states=None if states is None else meant(states),
    )
    found = await analytics.runs(services, grant, flow_of(request), which, limit=size, offset=page * size)
    return json_response([summary(run) for run in found])


def flow_of(request: HttpRequest) -> int | UUID:
    """The id or UUID of the flow that the path names; NotFound for a text that no flow bears."""
    named = identifier(FLOW_ID.text(request) or "")
    if named is None:
        raise NotFound("There is no such flow in this organization.")
    return named


handlers: Final = (list_runs,)
