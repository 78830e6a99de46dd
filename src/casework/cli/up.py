"""`casework up`, `casework migrate`, `casework status`: the server and its database."""

import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Annotated, Final

import typer

from casework.cli import output
from casework.cli.options import URL_DEFAULT, App, AsJson, Data, DatabaseUrl, Url, apps_of

if TYPE_CHECKING:
    from casework.cli.serving import Stop
    from casework.settings import Settings

_LOOK_SECONDS: Final = 0.2


def up(
    *,
    data: Data = None,
    database_url: DatabaseUrl = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on; by default 127.0.0.1.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The port; by default 8080; 0: a free one.")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="Processes that serve requests.")] = None,
    app: App = None,
    worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Perform steps too, in a process beside.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Serve, and perform steps. Prints the address when requests are answered; Ctrl-C or SIGTERM ends it in order.

    Without --database-url the embedded PostgreSQL is started first, and stopped last if nobody else uses it. The
    schema is brought up to date.
    """
    from casework.cli import local, serving

    settings = local.settings_of(
        data=data, database_url=database_url, host=host, port=port, workers=workers, app=apps_of(app)
    )

    def ready(running: "Settings", url: str) -> None:
        with suppress(typer.Exit):  # nobody reads the address: the server serves all the same
            _print_address(running, settings, url, as_json=as_json)
        output.say(f"Casework answers at {url}; Ctrl-C stops it.")

    with serving.Stop() as stop:
        run(settings, stop, ready=ready, with_worker=worker)
    output.say("Casework has stopped.")


def run(
    settings: "Settings",
    stop: "Stop",
    *,
    ready: Callable[["Settings", str], None],
    with_worker: bool = True,
) -> None:
    """Serve with these settings until it is stopped.

    ready: called, beside the server, with the settings as they are in force (host, port, database) and the address
    once requests are answered. with_worker: perform steps too.
    """
    import asyncio

    from casework.cli import companion, local, port, serving

    with port.reserved(settings.host, settings.port) as (host, number), local.database_url(settings) as database:
        told = local.with_key(settings)
        running = told.model_copy(update={"host": host, "port": number, "database_url": database})
        asyncio.run(local.prepare(database))
        url = port.url_of(host, number)
        with companion.Companion(running) if with_worker else nullcontext():
            serving.serve(running, url, stop, ready=lambda: ready(running, url))


def migrate(*, data: Data = None, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """Bring the database up to the newest schema; does nothing where it already is."""
    import asyncio

    from casework.cli import local

    settings = local.settings_of(data=data, database_url=database_url)
    with local.database_url(settings) as url:
        is_changed = asyncio.run(local.prepare(url))
    if as_json:
        output.print_json({"changed": is_changed})
    else:
        output.print_line("The schema is up to date now." if is_changed else "The schema was up to date.")


def status(
    *,
    url: Url = URL_DEFAULT,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for it to get ready.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Say whether a server answers and can serve; exit code 3 where it does not."""
    import asyncio

    asyncio.run(_until_ready(url, wait))
    if as_json:
        output.print_json({"url": url, "ready": True})
    else:
        output.print_line(f"{url} is ready.")


async def _until_ready(url: str, wait: float) -> None:
    import asyncio

    from casework.client import ApiError, Client, Unreachable

    until = time.monotonic() + wait
    async with Client(url, tries=1) as client:
        while True:
            try:
                await client.require_ready()
            except (ApiError, Unreachable):
                if time.monotonic() >= until:
                    raise
            else:
                return
            await asyncio.sleep(_LOOK_SECONDS)


def _print_address(running: "Settings", given: "Settings", url: str, *, as_json: bool) -> None:
    if as_json:
        directory = None if given.database_url is not None else str(given.data)
        output.print_json({"url": url, "port": running.port, "data": directory})
    else:
        output.print_line(url)
