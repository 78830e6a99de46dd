"""Calls of hooks: proved by the secret, counted, understood, and answered with the run that they start.

A call that bears an external id starts one run, however often it comes: the database holds it unique in the workflow.
"""

from contextlib import suppress
from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec

from casework.core.actor import Actor
from casework.core.errors import Conflict, Invalid, LimitExceeded, Unauthenticated, Unavailable
from casework.core.taint import Taint
from casework.engine.order import NewRun
from casework.entropy import new_uuid
from casework.operations.hook_input import EXTERNAL_ID_CHARACTERS_MAX, Call, understood
from casework.operations.hook_secrets import WEBHOOK_ID, Signed, opened, proves
from casework.operations.services import Services
from casework.operations.triggers import started, summary, wrong
from casework.store import hooks
from casework.store.hooks import Hook, HookCall

__all__ = ["Call", "Hook", "Signed", "Start", "TooManyCalls", "admit", "note", "start"]

ERROR_CHARACTERS_MAX: Final = 1000

_MINUTE: Final = timedelta(minutes=1)


class TooManyCalls(LimitExceeded):
    """A hook was called more often in a minute than it is set to; is_first: it is the first such call in it."""

    def __init__(self, message: str, *, retry_after: int, is_first: bool) -> None:
        super().__init__(message, retry_after=retry_after)
        self.is_first = is_first


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """The run of a call. is_new: this call started it."""

    run_id: int
    is_new: bool


async def admit(services: Services, uuid: UUID, call: Signed) -> Hook:
    """The hook at that address, for whoever proves that it knows its secret.

    Raises:
        Unauthenticated: it proves nothing; or there is no such hook, which is told from it by nothing.

    """
    async with services.database.read() as connection:
        hook = await hooks.called(connection, uuid)
        held = b"" if hook is None else await opened(services, connection, hook)
    if not proves(hook, held, call, services.clock.now()) or hook is None:
        raise Unauthenticated("There is no such hook, or this is not its secret.")
    return hook


async def start(services: Services, hook: Hook, call: Call) -> Start:
    """Start the run that a call asks for, or find the one that it started before.

    Raises:
        TooManyCalls: the hook was called too often in this minute.
        Invalid: the call cannot be understood, or its input does not fit the workflow.
        Conflict: the workflow is archived.

    """
    now = services.clock.now()
    async with services.database.write() as connection:
        number = await hooks.count_call(connection, hook.workspace_id, hook.id, now)
    if number > hook.calls_per_minute:
        wait = _MINUTE.seconds - now.second
        raise TooManyCalls(
            f"This hook takes {hook.calls_per_minute} calls a minute; wait for the next one.",
            retry_after=max(wait, 1),
            is_first=number == hook.calls_per_minute + 1,
        )
    value, external_id = understood(call, expressions=hook.input, external_id=hook.external_id, headers=hook.headers)
    external_id = external_id or _delivery(hook, call)
    before = await _before(services, hook, external_id)
    if before is not None:
        return before
    new = NewRun(
        uuid=new_uuid(now),
        workspace_id=hook.workspace_id,
        workflow_id=hook.workflow_id,
        actor=Actor(kind="system", name=hook.name),
        input=value,
        run_type="trigger",
        ran_by_type="system",
        ran_by_name=hook.name,
        taints=(Taint(label="untrusted", source="hook", name=hook.name),),
        external_id=external_id,
    )
    try:
        return Start(run_id=(await services.engine.create(new)).run.id, is_new=True)
    except Invalid as error:
        raise Invalid(summary(error.message, error.problems), error.problems) from error
    except Conflict:  # the same call came twice at the same moment; or the workflow is archived
        before = await _before(services, hook, external_id)
        if before is None:
            raise
        return before


async def note(
    services: Services, hook: Hook, *, status: int, run_id: int | None = None, error: str | None = None
) -> None:
    """Remember what a call was answered; a call is not refused because that fails."""
    call = HookCall(
        id=0,
        at=services.clock.now(),
        status=status,
        run_id=run_id,
        error=None if error is None else error[:ERROR_CHARACTERS_MAX],
    )
    with suppress(Unavailable):
        async with services.database.write() as connection:
            await hooks.note_call(connection, hook.workspace_id, hook.id, call)


def _delivery(hook: Hook, call: Call) -> str | None:
    """The id that Standard Webhooks gives every message, the same at each try to deliver it."""
    if hook.kind != "standard_webhooks":
        return None
    identifier = call.headers[WEBHOOK_ID]
    if len(identifier) > EXTERNAL_ID_CHARACTERS_MAX:
        raise wrong(WEBHOOK_ID, f"must not be longer than {EXTERNAL_ID_CHARACTERS_MAX} characters.")
    return identifier


async def _before(services: Services, hook: Hook, external_id: str | None) -> Start | None:
    if external_id is None:
        return None
    found = await started(services, hook.workspace_id, hook.workflow_id, [external_id])
    return Start(run_id=found[external_id], is_new=False) if found else None
