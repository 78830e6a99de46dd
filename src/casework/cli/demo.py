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

    Everything is in a temporary directory and goes away with Ctrl-C. It is printed as soon as a case waits; the history
    of the others grows while somebody looks.
    """
    from casework.cli import serving
    from casework.cli.up import run
    from casework.settings import Settings

    with tempfile.TemporaryDirectory(prefix="casework-demo-") as directory, serving.Stop() as stop:
        settings = Settings(
            database_url=None,
            data=Path(directory),
            port=port,
            log_level="warning",
            sign_up="open",
            secure_cookies=False,
        )
        show = Demo(as_json=as_json, ends=check)
        output.say("Starting Casework ...")
        run(settings, stop, ready=show.ready)
        show.end()


class Demo:
    """What the demo shows: made over HTTP, as anybody would, in a thread beside the server."""

    def __init__(self, *, as_json: bool, ends: bool) -> None:
        self._as_json = as_json
        self._ends = ends
        self._password = new_secret()[:_PASSWORD_CHARACTERS]
        self._is_shown = False
        self._failure: Exception | None = None
        self._checks: dict[str, bool] = {}

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

        from casework.client import Unreachable

        try:
            asyncio.run(self._loaded(url))
        except Exception as error:  # noqa: BLE001 - told by the main thread, when the server has stopped
            is_stopped = self._is_shown and isinstance(error, Unreachable)  # somebody has seen enough
            self._failure = None if is_stopped else error
        if self._ends or self._failure is not None:
            os.kill(os.getpid(), signal.SIGTERM)

    async def _loaded(self, url: str) -> None:
        from casework.cli import sample
        from casework.client import Client

        place = await self._entered(url)
        async with Client(url, key=place["api_key"]) as client:
            history, waiting = await sample.begin(client, output.say)
            told = {"url": url, **place, "run_id": waiting.run_id, "activity_id": waiting.activity_id}
            if not self._ends:
                self._print(told)
            await history.load(output.say)
            if self._ends:
                self._checks = await checks(client, waiting, self._password)
                self._print({**told, "checks": self._checks} if self._as_json else told)

    async def _entered(self, url: str) -> dict[str, Any]:
        """Make the person, the workspace and a key."""
        from casework.client import Client

        async with Client(url) as browser:
            account = {"email": EMAIL, "password": self._password, "name": "You"}
            await browser.transport.post("/api/auth/sign-up/email", account)
            workspace = await browser.transport.post("/api/v2/w", {"name": WORKSPACE})
            key = await browser.keys.create("casework demo")
        return {
            "email": EMAIL,
            "password": self._password,
            "api_key": key["key"],
            "workspace_uuid": workspace["uuid"],
        }

    def _print(self, told: dict[str, Any]) -> None:
        if self._as_json:
            output.print_json(told)
        else:
            output.print_fields(told)
            for name, holds in self._checks.items():
                output.print_line(f"{'ok' if holds else 'FAILED'}: {name}")
        if not self._ends:
            output.say(_NEXT.format(**told))
        self._is_shown = True


_NEXT: Final = """
The sample data is made up. A case waits for you; Ctrl-C ends the demo and throws everything away. Elsewhere, try:

  export CASEWORK_URL={url} CASEWORK_KEY={api_key}
  casework runs list --mine
  casework activities complete {activity_id} --data '{{"topic": "fault", "severity": "low"}}'

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
