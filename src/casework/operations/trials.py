"""Definitions that somebody is still drawing, tried: a run goes by one as far as thought-up answers lead."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from casework.core.definition import Json
from casework.core.permission import Grant
from casework.core.run import PENDING, Run
from casework.core.trial import ANSWERS_MAX, Answer, Trial, play, waiting
from casework.core.version import Version
from casework.entropy import new_uuid
from casework.operations.drafts import Source, beside, compiled, require_author
from casework.operations.services import Services
from casework.store import calendars, context
from casework.store.context import Place

__all__ = ["ANSWERS_MAX", "Answer", "Script", "Trial", "try_out", "waiting"]


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is given, and how its steps end, one after the other."""

    input: Json
    answers: Sequence[Answer]


async def try_out(services: Services, grant: Grant, source: Source, script: Script) -> Trial:
    """How far a run of the definition goes by the script, as the caller's own; nothing is kept, called or told.

    Raises:
        Denied: the caller may publish nothing here.
        Invalid: with every problem of the definition.

    """
    async with services.database.read() as connection:
        await require_author(connection, grant)
        calendar = (await calendars.find(connection, grant)).calendar
        place = Place(member_id=grant.principal.member_id, chat_id=None, workflow_id=0, version_number=0)
        own = (await context.load(connection, grant.workspace_id, {0: place}, {"member"}))[0]
    version = await compiled(source)
    now = services.clock.now()
    run = msgspec.structs.replace(
        _new_run(version, now, script.input),
        member_id=grant.principal.member_id,
        calendar=calendar,
        context={**own, "workflow": {"id": 0, "key": version.definition.key, "name": version.definition.name}},
    )
    return await beside(lambda: play(run, script.answers, now))


def _new_run(version: Version, now: datetime, given: Json) -> Run:
    return Run(
        id=0,
        uuid=new_uuid(now),
        version=version,
        state=PENDING,
        revision=0,
        created_at=now,
        updated_at=now,
        title=version.definition.name,
        input=given,
    )
