"""Performs steps of the kind `function`: checks the arguments, calls the function, makes JSON of what it returns."""

import asyncio
import threading
from collections.abc import Mapping
from functools import partial
from typing import Any, Final
from uuid import UUID

import msgspec

from casework.core.work import Done, Failed, Result, Tell, Work
from casework.functions import Refuse, Registry, Retry
from casework.kinds.function.signature import Signature, Unfit, signatures
from casework.kinds.function.threads import Threads

RETRY_AFTER_MAX: Final = 7 * 24 * 3600.0
"""Seconds that a function can put the next attempt off: as long as `backoff` may be."""


class FunctionPerformer:
    """Calls registered functions; at most `threads` that are not async at once.

    Raises:
        TypeError: a function's type hints cannot be understood.

    """

    def __init__(self, registry: Registry, *, threads: int) -> None:
        self._registry = registry
        self._signatures: Final = signatures(registry)
        self._threads = Threads(threads)

    async def perform(self, work: Work, tell: Tell) -> Result:
        """Call the function once; see `Performer.perform`."""
        name = work.data["function"]
        signature = self._signatures.get(name)
        if signature is None:
            return Failed(code="unknown_function", message=self._unknown(name), is_final=True)
        try:
            positional, named = signature.arguments(work.data.get("arguments", {}))
        except Unfit as error:
            return Failed(code="arguments", message=f"{name} cannot be called: {error}", is_final=True)
        call = _Call(work, tell)
        if signature.takes_context:
            positional = [call, *positional]
        try:
            returned = await self._called(signature, call, positional, named)
        except Retry as error:
            after = min(max(0.0, error.after), RETRY_AFTER_MAX)
            return Failed(code="retry", message=error.message, retry_after=after)
        except Refuse as error:
            return Failed(code=error.code, message=error.message, is_final=True)
        try:
            return Done(output=signature.json(returned))
        except Unfit as error:
            return Failed(code="output", message=f"What {name} returned cannot be kept: {error}", is_final=True)

    async def _called(
        self, signature: Signature, call: "_Call", positional: list[Any], named: Mapping[str, Any]
    ) -> Any:
        try:
            if signature.is_async:
                return await signature.function(*positional, **named)
            return await self._threads.run(partial(signature.function, *positional, **named))
        finally:
            await call.end()

    def _unknown(self, name: str) -> str:
        near = ", ".join(self._registry.near(name))
        return f"No function called {name} is registered with this worker{f'; near: {near}' if near else ''}."


class _Call:
    """A `functions.Context`. Progress is committed one after the other; of what is said meanwhile the last counts."""

    def __init__(self, work: Work, tell: Tell) -> None:
        self._work = work
        self._tell = tell
        self._loop = asyncio.get_running_loop()
        self._over = threading.Event()
        self._said: dict[str, Any] | None = None
        self._telling: asyncio.Task[None] | None = None
        self._attempt = asyncio.current_task()

    @property
    def run_id(self) -> int:
        return self._work.run_id

    @property
    def step_uuid(self) -> UUID:
        return self._work.step_uuid

    @property
    def key(self) -> str:
        return self._work.key

    @property
    def attempt(self) -> int:
        return self._work.attempt

    @property
    def is_over(self) -> bool:
        return self._over.is_set()

    def progress(self, **detail: Any) -> None:
        if not self._over.is_set():
            self._loop.call_soon_threadsafe(self._say, detail)

    async def end(self) -> None:
        """Nothing is told any more but what was said before."""
        self._over.set()
        await asyncio.sleep(0)  # what another thread said just before its end is in the loop's hands by now
        if self._telling is not None:
            await self._telling

    def _say(self, detail: dict[str, Any]) -> None:
        self._said = detail
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._keep_telling(), name="progress")

    async def _keep_telling(self) -> None:
        try:
            while self._said is not None:
                said, self._said = self._said, None
                await self._tell(said, msgspec.UNSET, ())
        except asyncio.CancelledError:  # the attempt is not the newest any more
            if self._attempt is not None and not self._over.is_set():
                self._attempt.cancel()
