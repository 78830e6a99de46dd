"""A page of the documentation, run as it stands: its files written, its commands given to a shell."""

import re
import subprocess
import sys
from pathlib import Path

from tests.cli.command import environment
from tests.cli.conftest import Desk

SECONDS_MAX = 240


class Page:
    """The page of that name, by its blocks of code."""

    def __init__(self, name: str) -> None:
        self.text = (Path(__file__).parents[2] / "docs" / f"{name}.md").read_text()

    def blocks(self, language: str) -> list[str]:
        """The blocks in a language, in their order."""
        return re.findall(rf"```{language}\n(.*?)```", self.text, re.DOTALL)

    def write_named(self, directory: Path) -> list[Path]:
        """Write every YAML that begins with the comment of its file's name; their paths."""
        paths = []
        for text in self.blocks("yaml"):
            named = re.match(r"# (\S+)\n", text)
            assert named is not None, text
            paths.append(directory / named[1])
            paths[-1].write_text(text)
        return paths

    def run(self, desk: Desk, directory: Path, **env: str) -> str:
        """What its commands print, one after the other, as somebody who holds the desk's key gives them."""
        env = environment(HOME=str(directory), **desk.env, WORKSPACE=desk.made["workspace_uuid"], **env)
        env["PATH"] = f"{Path(sys.executable).parent}:{env['PATH']}"
        env["PYTHONPATH"] = ":".join(sys.path)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", "\n".join(self.blocks("sh"))],
            env=env,
            cwd=directory,
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout
