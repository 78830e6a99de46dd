"""The page about changing live work, run as it stands: its files written, its commands given to a shell."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from casework.core.obstacles import OBSTACLES
from tests.cli.command import environment

PAGE = (Path(__file__).parents[2] / "docs" / "changing-live-work.md").read_text()
SECONDS_MAX = 240


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_every_example_does_what_the_page_says(desk, tmp_path):
    for text in blocks("yaml"):
        name = re.match(r"# (\S+)\n", text)[1]
        (tmp_path / name).write_text(text)
    env = environment(HOME=str(tmp_path), **desk.env)
    env["PATH"] = f"{Path(sys.executable).parent}:{env['PATH']}"
    env["PYTHONPATH"] = ":".join(sys.path)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(blocks("sh"))],
        env=env,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for line in "".join(blocks("text")).splitlines():
        assert line in done.stdout
    assert "1\treview\tpay\toutput.amount <= 1000\tcheck\toutput.amount > 300\t1" in done.stdout


@pytest.mark.parametrize("code", OBSTACLES)
def test_every_reason_is_told(code):
    assert re.search(rf"^\|.*`{code}`.*\|", PAGE, re.MULTILINE)
