"""`casework worker`, `casework workers`, `casework functions`: who performs steps, and what they can call."""

import asyncio
import signal
import socket
import sys
import threading
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from casework.cli import output
from casework.cli.exits import Misused
from casework.cli.options import App, AsJson, Data, DatabaseUrl, apps_of
from casework.cli.output import Column

if TYPE_CHECKING:
    from collections.abc import Collection

    from casework.settings import Settings

_WORKERS: Final = (
    Column("NAME", "name"),
    Column("KINDS", "kinds"),
    Column("RUNNING", "running"),
    Column("AT MOST", "concurrency"),
    Column("SINCE", "started_at"),
    Column("UUID", "uuid"),
)

_FUNCTIONS: Final = (
    Column("NAME", "name"),
    Column("TAKES", "takes"),
    Column("GIVES", "gives"),
    Column("PURE", "pure"),
    Column("", "about"),
)


def worker(
    *,
    kinds: Annotated[str | None, typer.Option(help="Kinds of steps, apart by commas; by default all.")] = None,
    concurrency: Annotated[int | None, typer.Option(min=2, max=1000, help="Steps at once; by default 32.")] = None,
    app: App = None,
    lease_seconds: Annotated[
        float | None, typer.Option(min=1, max=3600, help="Others take over after so long a silence; by default 30.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="What it is called in lists; by default the host's name.")] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Perform steps until SIGTERM or Ctrl-C, which lets it finish what is under way for ten seconds.

    Any number of workers, on any number of machines, share the work of one database.
    """
    from casework.cli import local

    settings = local.settings_of(
        data=data,
        database_url=database_url,
        worker_concurrency=concurrency,
        lease_seconds=lease_seconds,
        app=apps_of(app),
    )
    wanted = _kinds(kinds)
    with local.database_url(settings) as url:
        running = local.with_key(settings).model_copy(update={"database_url": url})
        perform(running, name=name or socket.gethostname(), kinds=wanted)
    output.say("The worker has stopped.")


def perform(settings: "Settings", *, name: str, kinds: "Collection[str]", heeds_terminal: bool = True) -> None:
    """Perform steps until the process is told to end. heeds_terminal: Ctrl-C tells it too."""
    from casework import logs

    logs.configure(level=settings.log_level, form=settings.log_format)
    numbers = (signal.SIGTERM, signal.SIGINT) if heeds_terminal else (signal.SIGTERM,)
    if sys.platform == "win32":
        asyncio.run(_perform(settings, name, kinds, numbers))
    else:
        import uvloop

        uvloop.run(_perform(settings, name, kinds, numbers))


async def _perform(
    settings: "Settings", name: str, kinds: "Collection[str]", numbers: tuple[signal.Signals, ...]
) -> None:
    from casework.performing import working
    from casework.wiring import settle_heap

    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in numbers:
        loop.add_signal_handler(number, stopping.set)
    async with working(settings, name=name, kinds=kinds):
        settle_heap()
        output.say(f"The worker {name} performs {', '.join(sorted(kinds))}.")
        await stopping.wait()
        for number in numbers:  # whoever asks twice does not want to wait
            loop.remove_signal_handler(number)


def workers(*, data: Data = None, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """List the workers that live, how many steps each performs, and how many steps wait for a limit."""
    from casework.cli import local

    settings = local.settings_of(data=data, database_url=database_url)
    with local.current_database_url(settings) as url:
        found = asyncio.run(_living(url))
    if as_json:
        output.print_json(found)
        return
    output.print_rows(found["items"], _WORKERS)
    if found["limited"]:
        output.say(f"Waiting for a limit: {found['limited']}.")


async def _living(url: str) -> dict[str, Any]:
    import msgspec

    from casework.operations.health import living, waiting_for_limits
    from casework.store.database import Database

    database = await Database.open(url, size=1)
    try:
        found = [msgspec.to_builtins(one) for one in await living(database)]
        return {"items": found, "limited": await waiting_for_limits(database)}
    finally:
        await database.close()


def functions(*, app: App = None, as_json: AsJson = False) -> None:
    """List the functions that a worker started here would call, with the schemas that their type hints are."""
    from casework.cli.local import settings_of
    from casework.kinds.function.discovery import discover
    from casework.kinds.function.signature import signatures

    settings = settings_of(app=apps_of(app))
    registry = discover(settings.apps)
    found = signatures(registry).values()
    if as_json:
        shown = [
            {
                "name": one.name,
                "about": one.description,
                "pure": one.name in registry.pure,
                "input": one.input,
                "output": one.output,
            }
            for one in found
        ]
        output.print_json({"items": shown})
        return
    output.print_rows(
        [
            {
                "name": one.name,
                "takes": list(one.input.get("properties", {})),
                "gives": one.output.get("type", one.output.get("title", "any")),
                "pure": "yes" if one.name in registry.pure else "",
                "about": one.description,
            }
            for one in found
        ],
        _FUNCTIONS,
    )


def _kinds(text: str | None) -> tuple[str, ...]:
    """The kinds that are wanted; Misused where there is none of that name."""
    from casework.performing import PERFORMED

    if text is None:
        return PERFORMED
    wanted = tuple(sorted({one.strip() for one in text.split(",") if one.strip()}))
    unknown = [one for one in wanted if one not in PERFORMED]
    if unknown or not wanted:
        raise Misused(f"Workers perform {', '.join(PERFORMED)}; there is no {', '.join(unknown) or 'other kind'}.")
    return wanted


def _end_with_supervisor() -> None:
    """End when whoever started this process ends: it held the other end of standard input."""
    import os

    while os.read(sys.stdin.fileno(), 1):  # not by way of a buffer: its lock would be held when the process ends
        pass
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """The worker inside `casework up`: its settings come from the environment, its end from its supervisor."""
    from casework.cli.exits import code_of
    from casework.core.errors import CaseworkError
    from casework.settings import Settings

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process of the terminal: one of them decides
    threading.Thread(target=_end_with_supervisor, daemon=True, name="supervisor").start()
    from casework.performing import PERFORMED

    try:
        perform(Settings(), name=f"{socket.gethostname()} (inside)", kinds=PERFORMED, heeds_terminal=False)
    except CaseworkError as error:
        output.tell_error(error.message)
        sys.exit(code_of(error))


if __name__ == "__main__":
    main()
