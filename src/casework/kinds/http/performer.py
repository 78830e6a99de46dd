"""Performs steps of the kind `http`: one request an attempt, each with the step's idempotency key."""

from typing import Final

from casework.clock import Clock
from casework.core.errors import CaseworkError, Unavailable
from casework.core.work import Failed, Result, Tell, Work
from casework.egress.caller import Caller
from casework.egress.errors import EgressError, Malformed, TimedOut, Unreachable
from casework.kinds.http.answer import read
from casework.kinds.http.message import NotAForm, message_of
from casework.kinds.http.secrets import Foreign, OpenSecret, filled, names

_AGAIN: Final = (Unreachable, TimedOut, Malformed)
"""What another attempt may not meet again."""


class HttpPerformer:
    """Sends requests through the guarded client, with secrets that it forgets at once."""

    def __init__(self, caller: Caller, open_secret: OpenSecret, clock: Clock) -> None:
        self._caller = caller
        self._open_secret = open_secret
        self._clock = clock

    async def perform(self, work: Work, tell: Tell) -> Result:  # noqa: ARG002 - a request has no progress to tell
        """Send the request once; see `Performer.perform`."""
        try:
            wanted = names(work.task.settings, work.data)
            secrets = {name: await self._open_secret(work, name) for name in sorted(wanted)}
        except Foreign as error:
            return Failed(code="secret", message=str(error), is_final=True)
        except CaseworkError as error:
            return Failed(code="secret", message=error.message, is_final=not isinstance(error, Unavailable))
        try:
            answer = await self._caller.send(message_of(work, filled(work.data, secrets)))
        except NotAForm as error:
            return Failed(code="invalid", message=str(error), is_final=True)
        except EgressError as error:
            return Failed(code=error.code, message=error.message, is_final=not isinstance(error, _AGAIN))
        return read(answer, work.data.get("expect"), secrets, self._clock.now())
