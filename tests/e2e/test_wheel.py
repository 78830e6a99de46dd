"""What is installed from a wheel serves the web app, where there is neither the repository nor Node."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.cli.command import environment

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "src" / "casework" / "web"
NODE = {"node", "nodejs", "npm", "npx"}
END_SECONDS_MAX = 60


@pytest.fixture(scope="module")
def without_node(tmp_path_factory):
    """An environment in which every command is found, but for Node's."""
    commands = tmp_path_factory.mktemp("commands")
    for directory in os.get_exec_path():
        for command in Path(directory).glob("*"):
            if command.name not in NODE and not (commands / command.name).is_symlink():
                (commands / command.name).symlink_to(command)
    env = environment(PATH=str(commands), HOME=str(tmp_path_factory.mktemp("home")))
    env.pop("PYTHONPATH", None)
    assert shutil.which("node", path=env["PATH"]) is None
    return env


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """A source distribution, unpacked."""
    place = tmp_path_factory.mktemp("sources")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", place], cwd=ROOT, check=True)
    (archive,) = place.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(place, filter="data")
    return place / archive.name.removesuffix(".tar.gz")


@pytest.fixture(scope="module")
def wheel(sources, without_node, tmp_path_factory):
    """A wheel of what was unpacked."""
    place = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", place]
    subprocess.run(command, cwd=sources, env=without_node, check=True)
    return next(place.glob("*.whl"))


@pytest.fixture
def installed(wheel, tmp_path):
    """A virtual environment with the wheel; only what casework depends on comes from the environment of the tests."""
    place = tmp_path / "installed"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    pip = [sys.executable, "-m", "pip", "--python", place / "bin" / "python", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", wheel], check=True)
    (packages,) = place.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return place


@contextmanager
def demo(installed, env, directory):
    """What `casework demo` prints, while it runs."""
    command = [installed / "bin" / "casework", "demo", "--json"]
    with subprocess.Popen(command, env=env, cwd=directory, stdout=subprocess.PIPE, text=True) as process:
        try:
            lines = takewhile(lambda line: line != "}\n", iter(process.stdout.readline, ""))
            yield json.loads("".join(lines) + "}")
        finally:
            process.terminate()
            process.wait(END_SECONDS_MAX)


def test_a_wheel_of_the_source_distribution_brings_the_whole_app_and_the_examples(sources, wheel):
    assert not (sources / "web").exists()
    with zipfile.ZipFile(wheel) as opened:
        names = set(opened.namelist())
    built = {f"casework/web/{path.relative_to(BUILT)}" for path in BUILT.rglob("*") if path.is_file()}
    assert "casework/web/index.html" in built
    assert {name for name in names if name.startswith("casework/web/")} == built
    examples = {f"casework/examples/{path.name}" for path in (ROOT / "examples").iterdir()}
    assert {name for name in names if name.startswith("casework/examples/")} == examples


@pytest.mark.slow
def test_what_is_installed_from_a_wheel_shows_the_app_without_node(page, installed, without_node, tmp_path):
    where = [installed / "bin" / "python", "-c", "import casework; print(casework.__file__)"]
    found = subprocess.run(where, env=without_node, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert Path(found.strip()).is_relative_to(installed)
    with demo(installed, without_node, tmp_path) as told:
        page.goto(told["url"])
        page.get_by_label("E-mail").fill(told["email"])
        page.get_by_label("Password").first.fill(told["password"])
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name="Sample:").first).to_be_visible()
        page.goto("about:blank")
