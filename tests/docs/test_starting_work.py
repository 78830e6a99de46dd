"""The page about starting work, run as it stands: its files written, its commands given to a shell."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.cli.command import environment

PAGE = (Path(__file__).parents[2] / "docs" / "starting-work.md").read_text()
FILES = {"yaml": "orders.yaml", "jsonl": "orders.jsonl", "csv": "orders.csv"}
SECONDS_MAX = 240


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_every_example_does_what_the_page_says(desk, tmp_path):
    for language, name in FILES.items():
        (text,) = blocks(language)
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
    assert "30 8 * * MON-FRI\tEurope/Berlin" in done.stdout
    assert re.search(r'^\{"runId":\d+\}', done.stdout, re.MULTILINE)
    assert "2 started, 0 were there, 0 refused." in done.stdout
    assert "0 started, 0 were there, 2 refused." in done.stdout
    refused = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"line"')]
    assert [(one["line"], one["problems"][0]["path"]) for one in refused] == [(2, "/input/order"), (3, "/input/order")]
    runs = desk.json("runs", "list")["items"]
    assert {"order": "A-17", "event": "paid"} in [one["input"] for one in runs]
    assert {"order": "daily"} in [one["input"] for one in runs]
    assert {"Order B-1", "Orders"} <= {one["title"] for one in runs}
