"""The command line as its users have it: real processes, with an environment of their own."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

COMMAND = [sys.executable, "-m", "casework.cli.main"]
SECONDS_MAX = 120
"""For anything that a command does: machines that run tests are busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)


def environment(**given: str) -> dict[str, str]:
    """This process's environment without settings of Casework, and with those given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CASEWORK_")}  # noqa: TID251
    return {**kept, "NO_COLOR": "1", **given}


def casework(*arguments: object, stdin: str | None = None, **env: str) -> Result:
    """Run a command to its end."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        env=environment(**env),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    return Result(code=done.returncode, out=done.stdout, err=done.stderr)


@dataclass(slots=True, kw_only=True)
class Up:
    """`casework up`, ready."""

    process: subprocess.Popen[str]
    url: str
    lines: list[str] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def workers(self) -> list[psutil.Process]:
        """The processes that answer requests."""
        children = psutil.Process(self.process.pid).children()
        return [one for one in children if "--multiprocessing-fork" in one.cmdline()]

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to stop; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(SECONDS_MAX)


@contextmanager
def up(*arguments: object, **env: str) -> Iterator[Up]:
    """A server, from its first answer on; stopped when the block ends, whatever became of it."""
    process = subprocess.Popen(
        [*COMMAND, "up", "--port", "0", *map(str, arguments)],
        env=environment(CASEWORK_LOG_LEVEL="warning", **env),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Up(process=process, url=first_line(process))
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(SECONDS_MAX)
        assert process.stdout is not None
        process.stdout.close()


def first_line(process: subprocess.Popen[str]) -> str:
    """The first line that a process prints; fails where it ends before."""
    assert process.stdout is not None
    readable, _, _ = select.select([process.stdout], [], [], SECONDS_MAX)
    line = process.stdout.readline().strip() if readable else ""
    assert line, f"It printed nothing; its exit code is {process.poll()}."
    return line


def until(holds: Any, *, seconds: float = SECONDS_MAX) -> Any:
    """What `holds()` gives, once that is true."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, "It did not come true in time."
        time.sleep(0.02)
    return found


def is_postgres_running(path: Path) -> bool:
    """Whether the embedded server of a data directory runs."""
    file = path / "postgres" / "postmaster.pid"
    return file.exists() and psutil.pid_exists(int(file.read_text().split()[0]))
