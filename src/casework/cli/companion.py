"""The worker beside a server: a process of its own, started anew where it dies, stopped after the server."""

import subprocess
import sys
import threading
from typing import Final, Self

from casework.cli import output
from casework.cli.serving import environment
from casework.settings import Settings

ANEW_SECONDS: Final = 1.0
"""Before a worker that died is started anew, doubled each time it dies young: one that cannot start is not hurried."""

ANEW_SECONDS_MAX: Final = 30.0
YOUNG_SECONDS: Final = 60.0

STOP_SECONDS: Final = 13.0
"""A worker is given ten seconds to finish what is under way; one that does not end then is killed."""


class Companion:
    """Runs `casework.cli.worker` while the block lasts. It ends with this process, however that ends."""

    def __init__(self, settings: Settings) -> None:
        self._environment = environment(settings)
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._supervise, daemon=True, name="companion")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._stopping.set()
            if self._process is not None:
                self._process.terminate()
        self._thread.join(STOP_SECONDS)
        if self._thread.is_alive() and self._process is not None:
            output.say("The worker does not stop; it is killed, and others take over its steps.")
            self._process.kill()
            self._thread.join()

    def _supervise(self) -> None:
        wait = ANEW_SECONDS
        while not self._stopping.is_set():
            lived = self._run()
            if self._stopping.is_set():
                return
            wait = ANEW_SECONDS if lived > YOUNG_SECONDS else min(2 * wait, ANEW_SECONDS_MAX)
            output.say(f"The worker died: starting it anew in {wait:g} seconds.")
            self._stopping.wait(wait)

    def _run(self) -> float:
        """Run a worker to its end; seconds that it lived."""
        import os
        import time

        began = time.monotonic()
        with self._lock:
            if self._stopping.is_set():
                return 0
            # Its standard input is a pipe that nobody writes to: it closes when this process ends, even by SIGKILL.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "casework.cli.worker"],
                stdin=subprocess.PIPE,
                env={**os.environ, **self._environment},  # noqa: TID251 - passed on, not read
            )
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        return time.monotonic() - began
