"""What happens, told while it happens: within this process at once, to the others over the database.

Everything that is told is a hint: the tables are the truth, and whoever hears looks there. A hint can be lost (a slow
reader, a connection that broke, a process that died between its commit and its word). Wherever that is noticed, the
reader is told to look again; whoever must not miss anything also looks by itself every so often.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain, repeat
from typing import Any, Final

import msgspec
import structlog

from casework.core.errors import Unavailable
from casework.store.line import PAYLOAD_BYTES_MAX, Line

Hint = dict[str, Any]
"""A JSON object; `type` says what it is about."""

LOOK_AGAIN: Final = "look_again"
"""The type of the hint that others were lost."""

HINTS_MAX: Final = 256
"""Hints that wait for one reader, some 50 kB: one that is further behind reads the tables faster than the hints."""

OUTBOX_MAX: Final = 4_096
"""Words that wait for the line, some seconds of the busiest process; while it is broken, more are not worth keeping."""

LINE_CHECK_SECONDS: Final = 15
"""How often a line with nothing to carry proves that it could."""

LINE_PAUSE_SECONDS: Final = 0.02
"""How long the line is left alone after it carried something: the first word goes at once, those of a busy engine go
fifty times a second, however many commits that are."""

RETRY_SECONDS: Final = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""How long a line that does not come back is left alone, try by try; then always the last."""

log = structlog.get_logger(__name__)


def run_topic(run_id: int) -> str:
    """Where a run's changes are told."""
    return f"run:{run_id}"


def chat_topic(chat_id: int) -> str:
    """Where it is told what is said in a chat, and what is being said."""
    return f"chat:{chat_id}"


def workspace_topic(workspace_id: int) -> str:
    """Where everything is told that changed in a workspace."""
    return f"workspace:{workspace_id}"


class Subscription:
    """The hints of some topics for one reader, oldest first; at most HINTS_MAX wait."""

    def __init__(self) -> None:
        self._hints: deque[Hint] = deque()
        self._arrived = asyncio.Event()

    def put(self, hint: Hint) -> None:
        """Hand a hint over; where too many wait, all of them are exchanged for one that says to look again."""
        if len(self._hints) >= HINTS_MAX:
            self.look_again()
            return
        self._hints.append(hint)
        self._arrived.set()

    def look_again(self) -> None:
        """Say that hints were lost; those that wait still tell nothing that looking would not."""
        self._hints.clear()
        self._hints.append({"type": LOOK_AGAIN})
        self._arrived.set()

    async def next(self, *, seconds: float) -> Hint | None:
        """The next hint; None where none comes within `seconds`."""
        if not self._hints:
            self._arrived.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):  # not wait_for, which may swallow that it was cancelled
                    await self._arrived.wait()
        return self._hints.popleft() if self._hints else None

    def drain(self) -> list[Hint]:
        """Every hint that waits now."""
        found = list(self._hints)
        self._hints.clear()
        return found


class _Word(msgspec.Struct, frozen=True, array_like=True):
    """A hint on its way between processes; without topics it is for everybody."""

    topics: tuple[str, ...]
    hint: Hint


_encoder: Final = msgspec.json.Encoder()
_decoder: Final = msgspec.json.Decoder(list[_Word])
_AGAIN: Final = _encoder.encode(_Word((), {"type": LOOK_AGAIN}))
_WORD_BYTES_MAX: Final = PAYLOAD_BYTES_MAX - len("[]")


class Hub:
    """Where this process tells and hears; start it, stop it last. Everything in it belongs to one event loop."""

    def __init__(self, url: str) -> None:
        self.closing = asyncio.Event()
        """Set when the process is about to end: streams end then, so that nobody waits for them."""
        self._url = url
        self._readers: dict[str, set[Subscription]] = defaultdict(set)
        self._outbox: deque[bytes] = deque()
        self._announced: set[bytes] = set()
        self._wake = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to listen; Unavailable where the database does not answer."""
        line = await self._opened()
        self._keeping = asyncio.create_task(self._keep_up(line), name="live")

    async def stop(self) -> None:
        """End every stream, and stop listening; what others have not been told yet they are not told."""
        self.close()
        if self._keeping is not None:
            self._keeping.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeping
            self._keeping = None

    def close(self) -> None:
        """Say that the process is about to end: streams end, and whoever waits for a hint waits no longer."""
        self.closing.set()
        self._look_again()

    @contextmanager
    def subscribe(self, *topics: str) -> Iterator[Subscription]:
        """The hints of those topics from now on: subscribe first, then look, then wait."""
        subscription = Subscription()
        for topic in topics:
            self._readers[topic].add(subscription)
        try:
            yield subscription
        finally:
            for topic in topics:
                self._readers[topic].discard(subscription)
                if not self._readers[topic]:
                    del self._readers[topic]

    def publish(self, topics: Sequence[str], hint: Hint) -> None:
        """Tell everybody who reads one of these topics, here and in other processes, that something was committed.

        It returns at once and never fails. The same hint again, before the line has carried it, is not told twice.
        """
        self._deliver(topics, hint)
        word = _encoder.encode(_Word(tuple(topics), hint))
        if word not in self._announced:
            self._announced.add(word)
            self._post(word)

    def say(self, topic: str, event: Hint) -> None:
        """Pass on what is only worth hearing now: a piece of an answer, a tool that is called. It is kept nowhere.

        In order, as often as it is said. An event too large for the line tells other processes to look again.
        """
        self._deliver((topic,), event)
        word = _encoder.encode(_Word((topic,), event))
        self._post(word if len(word) <= _WORD_BYTES_MAX else _encoder.encode(_Word((topic,), {"type": LOOK_AGAIN})))

    def _deliver(self, topics: Sequence[str], hint: Hint) -> None:
        is_gap = hint["type"] == LOOK_AGAIN
        for reader in {reader for topic in topics for reader in self._readers.get(topic, ())}:
            if is_gap:
                reader.look_again()
            else:
                reader.put(hint)

    def _look_again(self) -> None:
        for reader in {reader for readers in self._readers.values() for reader in readers}:
            reader.look_again()

    # The line to other processes

    def _post(self, word: bytes) -> None:
        if len(self._outbox) >= OUTBOX_MAX:
            self._outbox.clear()
            self._announced.clear()
            word = _AGAIN
        self._outbox.append(word)
        self._wake.set()

    def _hear(self, payload: str) -> None:
        for word in _decoder.decode(payload):
            if word.topics:
                self._deliver(word.topics, word.hint)
            else:
                self._look_again()

    async def _keep_up(self, line: Line) -> None:
        """Carry what is told, over one line after another, until it is cancelled."""
        while True:
            try:
                await self._carry(line)
            except Unavailable as error:
                log.warning("live.line_lost", error=str(error))
            finally:
                line.cut()
            line = await self._reopened()
            self._look_again()
            self._post(_AGAIN)

    async def _carry(self, line: Line) -> None:
        """Until the line breaks: what waits when it is free goes together."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LINE_CHECK_SECONDS):
                    await self._wake.wait()
            self._wake.clear()
            words = list(self._outbox)
            self._outbox.clear()
            self._announced.clear()
            await line.tell(packed(words))
            await asyncio.sleep(LINE_PAUSE_SECONDS)

    async def _opened(self) -> Line:
        return await Line.open(self._url, hear=self._hear, lost=self._wake.set)

    async def _reopened(self) -> Line:
        for seconds in chain(RETRY_SECONDS, repeat(RETRY_SECONDS[-1])):
            try:
                return await self._opened()
            except Unavailable:
                await asyncio.sleep(seconds)
        raise AssertionError  # pragma: no cover - it never ends without a line


def packed(words: Sequence[bytes]) -> list[str]:
    """The words in as few payloads as hold them."""
    found: list[str] = []
    held: list[bytes] = []
    size = 2
    for word in words:
        if held and size + len(word) > PAYLOAD_BYTES_MAX:
            found.append(_payload(held))
            held, size = [], 2
        held.append(word)
        size += len(word) + 1
    return [*found, _payload(held)] if held else found


def _payload(words: Sequence[bytes]) -> str:
    return f"[{b','.join(words).decode()}]"
