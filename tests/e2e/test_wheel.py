"""What is installed from a wheel serves the web app, where there is neither the repository nor Node."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.cli.command import environment

ROOT = Path(__file__).parents[2]
NODE = {"node", "nodejs", "npm", "npx"}
END_SECONDS_MAX = 60


@pytest.fixture
def installed(tmp_path):
    """A virtual environment with the wheel; only what casework depends on comes from the environment of the tests."""
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path], cwd=ROOT, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    place = tmp_path / "installed"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    pip = [sys.executable, "-m", "pip", "--python", place / "bin" / "python", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", wheel], check=True)
    (packages,) = place.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return place


@pytest.fixture
def without_node(tmp_path, installed):
    """An environment in which every command is found, but for Node's."""
    commands = tmp_path / "commands"
    commands.mkdir()
    for directory in os.get_exec_path():
        for command in Path(directory).glob("*"):
            if command.name not in NODE and not (commands / command.name).is_symlink():
                (commands / command.name).symlink_to(command)
    env = environment(PATH=f"{installed / 'bin'}:{commands}", HOME=str(tmp_path))
    env.pop("PYTHONPATH", None)
    assert shutil.which("node", path=env["PATH"]) is None
    return env


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
