"""The README's tour, run as it stands: in a home of its own, against a server of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.command import environment

ROOT = Path(__file__).parents[2]
SECONDS_MAX = 240


def tour():
    """The lines that somebody copies and pastes."""
    section = (ROOT / "README.md").read_text().partition("## Five minutes")[2].partition("\n## ")[0]
    return "\n".join(re.findall(r"```sh\n(.*?)```", section, re.DOTALL))


@pytest.mark.slow
def test_the_tour_works_as_it_stands(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = environment(
        HOME=str(tmp_path), CASEWORK_PORT=str(port), CASEWORK_URL=f"http://127.0.0.1:{port}", XDG_DATA_HOME=""
    )
    env["PATH"] = f"{Path(sys.executable).parent}:{env['PATH']}"
    out, code = run(tour(), env, tmp_path)
    assert code == 0, out
    assert f"http://127.0.0.1:{port} is ready." in out
    assert "leave: created, version 1, workflow 1" in out
    assert "leave: unchanged, version 1, workflow 1" in out
    assert re.search(r"^status +completed$", out, re.MULTILINE)
    assert "Traceback" not in out
    assert (tmp_path / ".local" / "share" / "casework" / "postgres" / "PG_VERSION").exists()


def run(script, env, directory):
    """What a shell prints, and its exit code; nothing that it started stays behind."""
    shell = subprocess.Popen(
        ["bash", "-euo", "pipefail", "-c", script],
        env=env,
        cwd=directory,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    group = os.getpgid(shell.pid)
    timer = threading.Timer(SECONDS_MAX, os.killpg, [group, signal.SIGTERM])
    timer.start()
    try:
        out, _ = shell.communicate()
    finally:
        timer.cancel()
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGTERM)
    return out, shell.returncode
