"""What changes in a workspace, told while it changes (server-sent events)."""

from typing import Final

from casework.api.event_stream import MEDIA_TYPE, Event, Events, event_stream
from casework.api.routes import HttpRequest, HttpResponse, Operation, get
from casework.core.permission import MEMBER, Grant
from casework.operations import telling
from casework.operations.services import Services


@get(
    "/live",
    MEMBER,
    Operation(
        summary="Hear what changes in a workspace",
        answer=str,
        answer_example=(
            'event: run.changed\ndata: {"type":"run.changed","runId":77,"workflowId":5,"memberId":3,"chatId":12}\n\n'
        ),
        media_type=MEDIA_TYPE,
        refuses=[429],
    ),
)
async def hear(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Hints of everything that the caller may see: `run.changed`, `chat.changed`, and `look_again` after a gap.

    They say what changed, never to what. The first is `look_again`: what is read after it misses nothing.
    """
    audience = telling.Audience()
    await audience.refresh(services, grant)

    async def events() -> Events:
        hints = telling.hints(services, grant, audience)
        try:
            async for hint in hints:
                told = {name: value for name, value in hint.items() if name != "memberIds"}
                yield Event(name=hint["type"], data=told)
        finally:
            await hints.aclose()

    async def recheck(now: Grant) -> None:
        await audience.refresh(services, now)

    return event_stream(request, services, grant, events(), recheck=recheck)


handlers: Final = (hear,)
