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
from casework.kinds.function.signature import Signature, signatures

PROVEN_AFTER: Final = 100
"""Calls in time, beside, after which a function is called in place: that costs a third, and no change of threads."""

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
        TypeError: as `signatures`.

    """

    def __init__(self, registry: Registry, seconds: Callable[[], float] = monotonic) -> None:
        self._functions: Final = {
            name: _Function(signature) for name, signature in signatures(registry).items() if name in registry.pure
        }
        self._seconds = seconds
        self._aside = _Aside()

    def __call__(self) -> Calculator | None:
        """Of a commit that begins now; None where there is no pure function."""
        return partial(self._calculate, until=self._seconds() + COMMIT_SECONDS) if self._functions else None

    def _calculate(self, given: Json, *, until: float) -> Json | msgspec.UnsetType:
        function = self._functions.get(given["function"])
        now = self._seconds()
        if function is None or now >= until or now < function.rests_until:
            return msgspec.UNSET
        call = partial(function.call, given.get("arguments", {}))
        try:
            output = call() if function.is_proven else self._aside.call(call, CALL_SECONDS)
        except TimeoutError:
            function.note(CALL_SECONDS, now)
            return msgspec.UNSET
        function.note(self._seconds() - now, now)
        return output


class _Function:
    """A pure function, whether it has proven itself, and until when it is left to workers."""

    def __init__(self, signature: Signature) -> None:
        self._signature: Final = signature
        self._in_time = 0
        self._rest = REST_SECONDS
        self.rests_until = -inf

    @property
    def is_proven(self) -> bool:
        """Whether so many calls in a row were in time."""
        return self._in_time >= PROVEN_AFTER

    def call(self, arguments: Json) -> Json | msgspec.UnsetType:
        """What it gives; UNSET where that is for a worker to keep, or to tell what is wrong."""
        signature = self._signature
        try:
            positional, named = signature.arguments(arguments)
            output = signature.json(signature.function(*positional, **named))
            encoded = msgspec.json.encode(output)
        except (Exception, SystemExit):  # noqa: BLE001 - a worker calls it again, and tells
            return msgspec.UNSET
        return msgspec.UNSET if len(encoded) > OUTPUT_MAX or b"\\u0000" in encoded else output

    def note(self, took: float, began: float) -> None:
        """Take in how long a call took, in seconds, and when it began."""
        if took < CALL_SECONDS:
            self._in_time += 1
            self._rest = REST_SECONDS
            return
        log.warning("function.slow", function=self._signature.name, seconds=took, rests=self._rest)
        self._in_time = 0
        self.rests_until = began + took + self._rest
        self._rest = min(REST_SECONDS_MAX, 2 * self._rest)


class _Aside:
    """One thread beside, so that a call which never returns holds nobody up for longer than it may."""

    def __init__(self) -> None:
        self._calls: _Calls | None = None
        self._answers: _Answers = SimpleQueue()

    def call(self, call: Callable[[], Any], seconds: float) -> Any:
        """What it returns; TimeoutError where that takes longer: then the thread is left to it."""
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
        answers.put(call())


_Calls = SimpleQueue[Callable[[], Any] | None]
_Answers = SimpleQueue[Any]
