"""The page about workers: its workflow is applied and its limits set as it stands, and hold."""

import re
import subprocess
import sys
from pathlib import Path

from tests.cli.command import environment

PAGE = (Path(__file__).parents[2] / "docs" / "workers.md").read_text()
SECONDS_MAX = 240


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_limits_of_the_page_are_kept(desk, tmp_path):
    (definition,) = blocks("yaml")
    (tmp_path / "notify.yaml").write_text(definition)
    env = environment(
        HOME=str(tmp_path),
        **desk.env,
        CASEWORK_DATABASE_URL=desk.database_url,
        WORKSPACE=desk.made["workspace_uuid"],
    )
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
    assert '{"concurrency":20,"rate":null}' in done.stdout
