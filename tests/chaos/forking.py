"""Starts workers as copies of a process that has loaded all that they need: a start takes no time that matters.

Reads a request a line, answers with the process's id. Each is a process of its own, to be ended by a signal.
"""

import json
import os
import signal
import sys
from pathlib import Path

import casework.wiring
from casework.cli.main import main


def serve() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever ends is nobody's concern here
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            run(**request)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


def run(arguments: list[str], environment: dict[str, str], log: str) -> None:
    """Run a command to its end; what it says on standard error is added to the log."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()  # noqa: TID251
    os.environ.update(environment)  # noqa: TID251
    for number, (path, flags) in enumerate(
        [(os.devnull, os.O_RDONLY), (os.devnull, os.O_WRONLY), (log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)]
    ):
        os.dup2(os.open(Path(path), flags, 0o600), number)
    sys.argv = ["casework", *arguments]
    try:
        main()
    finally:
        os._exit(70)


if __name__ == "__main__":
    assert casework.wiring
    serve()
