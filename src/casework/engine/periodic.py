"""Something that is done again and again while a process runs."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

log = structlog.get_logger(__name__)


class Periodic:
    """Does something at once and then every so many seconds; what fails is tried again the next time.

    Where it answers with a number, that many seconds pass until the next time instead.
    """

    def __init__(self, name: str, act: Callable[[], Awaitable[float | None]], *, every_seconds: float) -> None:
        self._name = name
        self._act = act
        self._every_seconds = every_seconds
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin."""
        self._stopping.clear()
        self._task = asyncio.create_task(self._run(), name=self._name)

    async def stop(self) -> None:
        """End, after what is being done."""
        self._stopping.set()
        if self._task is not None:
            await self._task
            self._task = None

    async def _run(self) -> None:
        while not self._stopping.is_set():
            pause = None
            try:
                pause = await self._act()
            except Exception:  # whatever it was, the next round is not to be lost for it
                log.exception("periodic.failed", name=self._name)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._every_seconds if pause is None else pause)
