"""`casework demo`: everything at once, in a directory that is thrown away, with sample data that says it is."""

import os
import signal
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from casework.cli import output
from casework.cli.exits import WRONG
from casework.cli.options import AsJson
from casework.entropy import new_secret

if TYPE_CHECKING:
    from casework.cli.sample import Waiting
    from casework.client import Client
    from casework.settings import Settings

EMAIL: Final = "you@sample.example"
WORKSPACE: Final = "Sample workspace"
_PASSWORD_CHARACTERS: Final = 12


def demo(
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0: a free one.")] = 0,
    check: Annotated[
        bool, typer.Option("--check", help="See over HTTP that everything is there, and end; 0 where it is.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Start Casework with example workflows and made-up cases; prints where, and how to sign in.

    Everything is in a temporary directory and goes away with Ctrl-C.
    """
    from casework.cli import serving
    from casework.cli.up import run
    from casework.settings import Settings

    with tempfile.TemporaryDirectory(prefix="casework-demo-") as directory, serving.Stop() as stop:
        settings = Settings(database_url=None, data=Path(directory), port=port, log_level="warning")
        show = Demo(as_json=as_json, ends=check)
        output.say("Starting Casework ...")
        run(settings, stop, prepare=show.prepare, ready=show.ready)
        show.end()


class Demo:
    """What the demo shows: made beside the server, in a thread of its own."""

    def __init__(self, *, as_json: bool, ends: bool) -> None:
        self._as_json = as_json
        self._ends = ends
        self._password = new_secret()[:_PASSWORD_CHARACTERS]
        self._made: dict[str, Any] = {}
        self._failure: Exception | None = None
        self._checks: dict[str, bool] = {}

    def prepare(self, settings: "Settings") -> None:
        """Make the person and the workspace."""
        from casework.cli.init import make

        self._made = make(settings, email=EMAIL, password=self._password, workspace=WORKSPACE, name="You")

    def ready(self, _settings: "Settings", url: str) -> None:
        """Load the sample, while the server serves."""
        threading.Thread(target=self._show, args=(url,), daemon=True, name="sample").start()

    def end(self) -> None:
        """The exit code, once the server has stopped."""
        if self._failure is not None:
            raise self._failure
        if self._ends and not (self._checks and all(self._checks.values())):
            raise typer.Exit(WRONG)

    def _show(self, url: str) -> None:
        import asyncio

        try:
            asyncio.run(self._loaded(url))
        except Exception as error:  # noqa: BLE001 - told by the main thread, when the server has stopped
            self._failure = error
        if self._ends or self._failure is not None:
            os.kill(os.getpid(), signal.SIGTERM)

    async def _loaded(self, url: str) -> None:
        from casework.cli import sample
        from casework.client import Client

        async with Client(url, key=self._made["api_key"]) as client:
            waiting = await sample.load(client, output.say)
            if self._ends:
                self._checks = await checks(client, waiting, self._password)
        self._print(url, waiting)

    def _print(self, url: str, waiting: "Waiting") -> None:
        told = {
            "url": url,
            "email": EMAIL,
            "password": self._password,
            "api_key": self._made["api_key"],
            "workspace_uuid": self._made["workspace_uuid"],
            "run_id": waiting.run_id,
            "activity_id": waiting.activity_id,
        }
        if self._as_json:
            output.print_json({**told, "checks": self._checks} if self._ends else told)
        else:
            output.print_fields(told)
            for name, holds in self._checks.items():
                output.print_line(f"{'ok' if holds else 'FAILED'}: {name}")
        if not self._ends:
            output.say(_NEXT.format(url=url, **self._made, activity=waiting.activity_id))


_NEXT: Final = """
The sample data is made up. A case waits for you; Ctrl-C ends the demo and throws everything away. Elsewhere, try:

  export CASEWORK_URL={url} CASEWORK_KEY={api_key}
  casework runs list --mine
  casework activities complete {activity} --data '{{"topic": "fault", "severity": "low"}}'

{url}/docs describes the API."""


async def checks(client: "Client", waiting: "Waiting", password: str) -> dict[str, bool]:
    """Whether what the demo promises is so, as anybody would see it over HTTP."""
    session = await client.session()
    mine = await client.runs.list(mine=True, status="pending,active")
    assigned = await client.activities.list(
        filters={"assigned_account_id": session["user"]["id"], "status": "assigned"}
    )
    everything = await client.runs.list(size=500)
    return {
        "the case waits in your list of assignments": any(one["id"] == waiting.run_id for one in mine.items),
        "its task waits in your list of activities": any(one["id"] == waiting.activity_id for one in assigned.items),
        "every sample case says that it is one": all(one["title"].startswith("Sample:") for one in everything.items),
        "an agent classified tickets": any(_was_classified(one) for one in everything.items),
        "cases are in every state": {one["status"] for one in everything.items} >= _STATES,
        "you can sign in with the password": await _may_sign_in(client.transport.url, password),
    }


_STATES: Final = frozenset({"pending", "active", "completed", "failed", "cancelled"})


def _was_classified(run: dict[str, Any]) -> bool:
    return any(task["kind"] == "agent" and task["status"] == "completed" for task in run["tasks"])


async def _may_sign_in(url: str, password: str) -> bool:
    import httpx

    async with httpx.AsyncClient(base_url=url, trust_env=False) as browser:
        signed_in = await browser.post("/api/auth/sign-in/email", json={"email": EMAIL, "password": password})
        session = await browser.get("/api/auth/get-session")
    return signed_in.is_success and session.is_success and session.json()["workspace"]["name"] == WORKSPACE
