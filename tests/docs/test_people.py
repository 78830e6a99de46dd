"""The page about people's tasks, run as it stands: its files written and applied, its commands given to a shell."""

import re
import subprocess
import sys
from pathlib import Path

from tests.cli.command import environment, until
from tests.cli.test_worker import worker

PAGE = (Path(__file__).parents[2] / "docs" / "people.md").read_text()
SECONDS_MAX = 240


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_every_example_does_what_the_page_says(desk, tmp_path):
    for text in blocks("yaml"):
        path = tmp_path / re.match(r"# (\S+)\n", text)[1]
        path.write_text(text)
        assert desk("apply", path).code == 0
    env = environment(HOME=str(tmp_path), **desk.env, WORKSPACE=desk.made["workspace_uuid"])
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
    assert '"holidays":["2026-12-25","2026-12-26"]' in done.stdout
    (run,) = [one for one in desk.json("runs", "list")["items"] if one["title"] == "Waits"]

    def is_handed_out() -> bool:
        (found,) = desk.json("activities", "list", "--run", run["id"])["items"]
        return bool(found["status"] == "assigned")

    with worker(desk.database_url):
        until(is_handed_out)
