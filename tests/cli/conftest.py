"""A desk that the tests of commands share: a server over a database of its own, a Manager and a key."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import Result, casework, up

EXAMPLES = Path(__file__).parents[2] / "examples"
TICKET = '{"subject": "Printer", "body": "It prints in green.", "customer": "Ada"}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A running server, and how its Manager calls it."""

    url: str
    database_url: str
    made: dict[str, Any]

    @property
    def env(self) -> dict[str, str]:
        return {"CASEWORK_URL": self.url, "CASEWORK_KEY": self.made["api_key"]}

    def __call__(self, *arguments: object, **given: str) -> Result:
        """A command of the Manager's."""
        return casework(*arguments, **{**self.env, **given})

    def json(self, *arguments: object) -> Any:
        """What a command prints with --json, once it went well."""
        result = self(*arguments, "--json")
        assert (result.code, result.err) == (0, ""), result.err
        return result.json

    def ticket(self, title: str) -> dict[str, Any]:
        """A new run of the support desk."""
        return self.json("runs", "create", "support_desk", "--title", title, "--input", TICKET)

    def activity(self, run: dict[str, Any]) -> dict[str, Any]:
        """The open activity of a run."""
        (found,) = self.json("activities", "list", "--run", run["id"], "--status", "pending,assigned,paused")["items"]
        return found


def initialise(*arguments: object) -> Result:
    return casework(
        "init", "--email", "ada@example.org", "--password", "correct horse", "--workspace", "Desk", *arguments
    )


@pytest.fixture(scope="module")
def desk(server_database: str) -> Iterator[Desk]:
    """The support desk is published; its Manager is also an agent."""
    made = initialise("--database-url", server_database)
    assert made.code == 0, made.err
    with up("--database-url", server_database) as running:
        desk = Desk(url=running.url, database_url=server_database, made=made.json)
        applied = desk("apply", EXAMPLES / "support-desk.yaml")
        assert applied.code == 0, applied.err
        updated = desk("members", "update", desk.made["member_id"], "--actor-role", "agent", "--actor-role", "lead")
        assert updated.code == 0, updated.err
        yield desk


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Writes a file of that name and text."""

    def written(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text)
        return path

    return written
