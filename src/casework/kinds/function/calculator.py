"""Pure functions, called where a run is decided: a step is done in the commit that reaches it, as one of kind `set` is.

Nothing that goes wrong is told here. The step is left to a worker, which calls the function again, since that does no
harm, and reports what came of it under the rules of every other step.
"""

import threading
from collections.abc import Callable
from functools import partial
from math import inf
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any, Final

import msgspec
import structlog

from casework.core.definition import Json
from casework.core.work import Calculator
from casework.functions import Registry
from casework.kinds.function.signature import Signature

CALL_SECONDS: Final = 0.05
"""One call: every other change waits for it."""

COMMIT_SECONDS: Final = 0.1
"""All calls of one commit: it holds its runs' locks meanwhile. The steps that are left go to workers."""

REST_SECONDS: Final = 1.0
"""For which a function that took longer is left to workers: twice as long each time, until a call is in time."""

REST_SECONDS_MAX: Final = 3600.0
"""A call that never ends keeps a thread: one an hour does no harm."""

OUTPUT_MAX: Final = 256 * 1024
"""Bytes of an output, as JSON, as of a value that is rendered: a larger one is a worker's affair."""

log = structlog.get_logger(__name__)


class Calculators:
    """The pure functions of a process; called, it gives the calculator of one commit.

    Raises:
        TypeError: a function's type hints cannot be understood, or it asks for a Context.

    """

    def __init__(self, registry: Registry, seconds: Callable[[], float] = monotonic) -> None:
        self._functions: Final = {name: _Function(Signature(name, registry[name])) for name in sorted(registry.pure)}
        self._seconds = seconds
        self._aside = _Aside()

    def __call__(self) -> Calculator | None:
        """Of a commit that begins now; None where there is no pure function."""
        return partial(self._calculate, until=self._seconds() + COMMIT_SECONDS) if self._functions else None

    def _calculate(self, given: Json, *, until: float) -> Json | msgspec.UnsetType:
        function = self._functions.get(given["function"])
        now = self._seconds()
        left = min(CALL_SECONDS, until - now)
        if function is None or left <= 0 or function.rests_until > now:
            return msgspec.UNSET
        try:
            output = self._aside.call(partial(function.call, given.get("arguments", {})), left)
        except TimeoutError:
            if left == CALL_SECONDS:
                function.rest(now)
            return msgspec.UNSET
        function.rest_seconds = REST_SECONDS
        return output


class _Function:
    """A pure function, and for how long it is left to workers."""

    def __init__(self, signature: Signature) -> None:
        if signature.takes_context:
            raise TypeError(
                f"{signature.name} takes a Context: what a pure function gives depends on its arguments alone."
            )
        self._signature: Final = signature
        self.rest_seconds = REST_SECONDS
        self.rests_until = -inf

    def call(self, arguments: Json) -> Json | msgspec.UnsetType:
        """What it gives; UNSET where that is for a worker to keep, or to refuse."""
        signature = self._signature
        positional, named = signature.arguments(arguments)
        output = signature.json(signature.function(*positional, **named))
        encoded = msgspec.json.encode(output)
        return msgspec.UNSET if len(encoded) > OUTPUT_MAX or b"\\u0000" in encoded else output

    def rest(self, now: float) -> None:
        """It took too long."""
        log.warning("function.slow", function=self._signature.name, seconds=CALL_SECONDS, rests=self.rest_seconds)
        self.rests_until = now + self.rest_seconds
        self.rest_seconds = min(REST_SECONDS_MAX, 2 * self.rest_seconds)


class _Aside:
    """One thread beside, so that a call which never returns holds nobody up for longer than it may."""

    def __init__(self) -> None:
        self._calls: _Calls | None = None
        self._answers: _Answers = SimpleQueue()

    def call(self, call: Callable[[], Any], seconds: float) -> Any:
        """What it returns, UNSET where it raises; TimeoutError where it takes longer: then the thread is left to it."""
        if self._calls is None:
            self._calls, self._answers = SimpleQueue(), SimpleQueue()
            threading.Thread(target=_serve, args=(self._calls, self._answers), name="pure", daemon=True).start()
        self._calls.put(call)
        try:
            return self._answers.get(timeout=seconds)
        except Empty:
            self._calls.put(None)
            self._calls = None
            raise TimeoutError from None


def _serve(calls: "_Calls", answers: "_Answers") -> None:
    while (call := calls.get()) is not None:
        try:
            answers.put(call())
        except BaseException:  # noqa: BLE001 - whatever it raises, a worker calls it again and tells
            answers.put(msgspec.UNSET)


_Calls = SimpleQueue[Callable[[], Any] | None]
_Answers = SimpleQueue[Any]
