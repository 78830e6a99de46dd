"""The command line as its users have it: real processes, with an environment of their own."""

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
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


def casework(*arguments: object, stdin: str = "", **env: str) -> Result:
    """Run a command to its end."""
    with tempfile.TemporaryDirectory() as directory:
        for name, text in {"in": stdin, "out": "", "err": ""}.items():
            (Path(directory) / name).write_text(text)
        request = {
            "arguments": list(map(str, arguments)),
            "environment": environment(**env),
            "directory": directory,
        }
        code = _ask(json.dumps(request))
        out, err = ((Path(directory) / name).read_text() for name in ("out", "err"))
    return Result(code=code, out=out, err=err)


class Forking:
    """The process that commands are copies of."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.cli.forking"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )

    def ask(self, line: str) -> str:
        """Its answer to a line."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        readable, _, _ = select.select([self._process.stdout], [], [], SECONDS_MAX)
        assert readable, "The command does not end."
        return self._process.stdout.readline()

    def end(self) -> None:
        self._process.communicate()

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


def _ask(line: str) -> int:
    try:
        return int(_forking().ask(line))
    except BaseException:  # a test that is given up: the answer still to come is not the next one's
        _forking().kill()
        _forking.cache_clear()
        raise


@cache
def _forking() -> Forking:
    made = Forking()
    atexit.register(made.end)
    return made


@dataclass(slots=True, kw_only=True)
class Up:
    """`casework up`, ready."""

    process: subprocess.Popen[str]
    printed: str

    @property
    def url(self) -> str:
        """The address that it printed, alone or as JSON."""
        if self.printed.startswith("{"):
            return str(json.loads(self.printed)["url"])
        return self.printed.strip()

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def workers(self) -> list[psutil.Process]:
        """The processes that answer requests."""
        return [one for one in psutil.Process(self.process.pid).children() if _is_worker(one)]

    def worker_pids(self) -> set[int]:
        return {one.pid for one in self.workers()}

    def performers(self) -> list[psutil.Process]:
        """The processes that perform steps."""
        children = psutil.Process(self.process.pid).children()
        return [one for one in children if "casework.cli.worker" in _command(one)]

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to stop; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(SECONDS_MAX)


def _is_worker(process: psutil.Process) -> bool:
    return "--multiprocessing-fork" in _command(process)


def _command(process: psutil.Process) -> list[str]:
    with suppress(psutil.NoSuchProcess):  # one that has just died
        return process.cmdline()
    return []


@contextmanager
def up(*arguments: object, worker: bool = False, **env: str) -> Iterator[Up]:
    """A server, from its first answer on; stopped when the block ends, whatever became of it."""
    inside = "--worker" if worker else "--no-worker"
    process = subprocess.Popen(
        [*COMMAND, "up", "--port", "0", inside, *map(str, arguments)],
        env=environment(CASEWORK_LOG_LEVEL="warning", **env),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Up(process=process, printed=first_data(process))
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(SECONDS_MAX)
        assert process.stdout is not None
        process.stdout.close()


def first_data(process: subprocess.Popen[str]) -> str:
    """The first line, or the first JSON object, that a process prints; fails where it ends before."""
    assert process.stdout is not None
    readable, _, _ = select.select([process.stdout], [], [], SECONDS_MAX)
    printed = process.stdout.readline() if readable else ""
    assert printed, f"It printed nothing; its exit code is {process.poll()}."
    if printed == "{\n":
        printed += "".join(iter(process.stdout.readline, "}\n")) + "}"
    return printed


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
