"""Runs commands in copies of a process that has loaded the command line already.

Each is a process of its own, with its own environment, input, output and exit code, and starts ten times quicker than
one that has to load everything first. Reads a request a line, answers with the exit code.
"""

import json
import os
import sys
from pathlib import Path

import casework.client
import casework.core.parse
from casework.cli.main import main


def serve():
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            os._exit(run(**request))
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def run(arguments, environment, directory):
    """The exit code of a command whose input and output are files in that directory."""
    os.environ.clear()  # noqa: TID251
    os.environ.update(environment)  # noqa: TID251
    for number, (name, flags) in enumerate({"in": os.O_RDONLY, "out": os.O_WRONLY, "err": os.O_WRONLY}.items()):
        os.dup2(os.open(Path(directory) / name, flags), number)
    sys.argv = ["casework", *arguments]
    code = 70
    try:
        main()
        code = 0
    except SystemExit as end:
        code = end.code or 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return code


if __name__ == "__main__":
    assert casework.client
    assert casework.core.parse
    serve()
