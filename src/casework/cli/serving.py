"""The server's processes: started, watched, restarted where one dies, and ended in order.

One process supervises; Granian's workers, its children, answer requests. A worker ends with its supervisor, even where
that was killed, so that nothing is left that holds the port.
"""

import multiprocessing
import os
import signal
import ssl
import threading
from collections.abc import Callable
from functools import partial
from types import FrameType, TracebackType
from typing import Any, Final, Self

import httpx
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from casework.cli import output
from casework.cli.exits import NotStarted
from casework.settings import Settings

DRAIN_SECONDS: Final = 7
"""What a request under way is given when the server stops; a stream that has not ended then is cut."""

READY_SECONDS: Final = 120
"""A server that is not ready by then will not be."""

HEADERS_MILLISECONDS: Final = 10_000
"""A client that has not sent its headers by then is slow on purpose."""

_LOOK_SECONDS: Final = 0.05

_LOGGING: Final = {
    "handlers": {
        "console": {"formatter": "generic", "class": "logging.StreamHandler", "stream": "ext://sys.stderr"},
        "access": {"formatter": "access", "class": "logging.StreamHandler", "stream": "ext://sys.stderr"},
    },
}


class Stop:
    """SIGTERM and SIGINT, noted while the block lasts instead of ending the process in the middle of something."""

    def __init__(self) -> None:
        self.asked = False

    def __enter__(self) -> Self:
        self.listen()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def listen(self) -> None:
        """Note the signals (again, where somebody else took them)."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._note)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True


def serve(settings: Settings, url: str, stop: Stop, *, ready: Callable[[], None]) -> None:
    """Serve at `settings.host` and `settings.port` until it is stopped; calls `ready` once it answers at `url`.

    A worker that dies is replaced; where several die at once all of them are started anew.

    Raises:
        NotStarted: the workers end at once, or do not get ready.

    """
    multiprocessing.set_start_method("spawn", force=True)
    os.environ.update(environment(settings))  # noqa: TID251 - written, not read: the workers' settings come from it
    tell: Callable[[], None] | None = ready
    while not stop.asked:
        server = _server(settings)
        server.on_startup(partial(_heed_earlier, stop, server))
        watch = Readiness(url, ready=tell, give_up=server.signal_handler_interrupt)
        with watch:
            is_done = _serve_once(server)
        stop.listen()
        if watch.gave_up or not (is_done or watch.is_ready):
            raise NotStarted("The server's workers do not get ready; their log above says why.")
        if is_done:
            return
        output.say("All workers died at once: starting them anew.")
        tell = None


def environment(settings: Settings) -> dict[str, str]:
    """The settings as environment variables."""
    values = settings.model_dump(mode="json", exclude_none=True)
    return {
        f"CASEWORK_{name.upper()}": str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in values.items()
    }


def load() -> Any:
    """The application, in a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process of the terminal: one of them decides
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True, name="parent").start()
    from casework.wiring import application  # the supervisor has no use for it

    return application()


class Readiness:
    """Asks a server whether it is ready, from beside it, while the block lasts."""

    def __init__(self, url: str, *, ready: Callable[[], None] | None, give_up: Callable[[], Any]) -> None:
        self.is_ready = False
        self.gave_up = False
        self._url = url
        self._tell = ready
        self._give_up = give_up
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True, name="readiness")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        # No certificates are read: the address is this machine's own, and plain http.
        with httpx.Client(
            base_url=self._url, trust_env=False, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), timeout=5
        ) as client:
            for _ in range(int(READY_SECONDS / _LOOK_SECONDS)):
                if _answers(client):
                    self.is_ready = True
                    if self._tell is not None:
                        self._tell()
                    return
                if self._ended.wait(_LOOK_SECONDS):
                    return
        self.gave_up = True
        self._give_up()


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").is_success
    except httpx.TransportError:
        return False


def _server(settings: Settings) -> MPServer:
    return MPServer(
        "casework.wiring:application",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.workers,
        workers_kill_timeout=DRAIN_SECONDS,
        respawn_failed_workers=True,
        websockets=False,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_MILLISECONDS),
        log_level=LogLevels.warning,
        log_dictconfig=_LOGGING,
    )


def _heed_earlier(stop: Stop, server: Any) -> None:
    """Pass on a signal that came just before the server took them over."""
    if stop.asked:
        server.signal_handler_interrupt()


def _serve_once(server: MPServer) -> bool:
    """Serve; whether it ended because it was asked to."""
    try:
        server.serve(target_loader=load, wrap_loader=False)
    except SystemExit:
        return bool(server.interrupt_signal)
    return True


def _end_with(parent: Any) -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGKILL)
