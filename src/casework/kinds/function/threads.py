"""Calls in threads: as many at once as are allowed, and none that a process would have to wait for at its end."""

import asyncio
import contextvars
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any


class Threads:
    """Runs calls that block, at most `limit` at once. A call whose caller was cancelled keeps its place to its end."""

    def __init__(self, limit: int) -> None:
        self._places = asyncio.Semaphore(limit)

    async def run(self, call: Callable[[], Any]) -> Any:
        """What the call returns, or raises."""
        await self._places.acquire()
        loop = asyncio.get_running_loop()
        answer = loop.create_future()

        def settle(result: Any, error: BaseException | None) -> None:
            self._places.release()
            if answer.done():
                return
            if error is None:
                answer.set_result(result)
            else:
                answer.set_exception(error)

        def run() -> None:
            result: Any = None
            failure: BaseException | None = None
            try:
                result = call()
            except StopIteration as error:  # no future can hold one
                failure = RuntimeError(f"StopIteration: {error}")
            except BaseException as error:  # noqa: BLE001 - whatever it raised is the answer
                failure = error
            with suppress(RuntimeError):  # the loop has ended before: nobody waits
                loop.call_soon_threadsafe(settle, result, failure)

        # A daemon: what hangs in a call must not keep a process from ending, which a pool's threads do.
        threading.Thread(target=contextvars.copy_context().run, args=(run,), name="function", daemon=True).start()
        return await answer
