"""`casework secrets`: what a workspace's automation needs to know and nobody needs to see."""

import sys
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from casework.cli import output
from casework.cli.exits import Misused, Wrong
from casework.cli.listing import show_one, show_page
from casework.cli.options import URL_DEFAULT, AsJson, Data, DatabaseUrl, Key, Page, Size, Url
from casework.cli.output import Column
from casework.cli.session import talk

if TYPE_CHECKING:
    from casework.client import Client
    from casework.keyring import Keyring
    from casework.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Secrets of the workspace.")

Name = Annotated[str, typer.Argument(help="A secret's name.")]

_COLUMNS: Final = (
    Column("ID", "id"),
    Column("NAME", "name"),
    Column("CHANGED", "updatedAt"),
    Column("LAST USED", "lastUsedAt"),
)


@app.command("list")
def list_(*, page: Page = 1, size: Size = 50, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """List the secrets; their values are shown to nobody."""
    found = talk(url, key, lambda client: client.secrets.list(page=page, size=size))
    show_page(found, _COLUMNS, as_json=as_json)


@app.command("set")
def set_(name: Name, *, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """Keep what comes on standard input, without the newline at its end, under a name: a new one, or in its place."""
    if sys.stdin.isatty():
        raise Misused("The value is read from standard input: casework secrets set NAME < file.")
    value = sys.stdin.read().removesuffix("\n")

    async def act(client: "Client") -> dict[str, Any]:
        there = await client.secrets.find(name)
        if there is None:
            return await client.secrets.create(name, value)
        return await client.secrets.change(there["id"], value)

    show_one(talk(url, key, act), as_json=as_json)


@app.command()
def delete(name: Name, *, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """Forget a secret for good."""

    async def act(client: "Client") -> None:
        there = await client.secrets.find(name)
        if there is None:
            raise Wrong(f"There is no secret called {name}.")
        await client.secrets.remove(there["id"])

    talk(url, key, act)
    if as_json:
        output.print_json({"name": name, "removed": True})
    else:
        output.print_line(f"secret {name}: removed")


@app.command("key")
def key_() -> None:
    """Print a new key for CASEWORK_SECRET_KEY, which secrets are kept with."""
    from casework.keyring import new_key_text

    output.print_line(new_key_text())


@app.command()
def rotate(*, data: Data = None, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """Make the first key of CASEWORK_SECRET_KEY the only one that is needed. May run beside servers that have it too.

    Only the workspaces' own keys are wrapped anew, so this takes no longer where there are many secrets.
    """
    import asyncio

    from casework.cli import local
    from casework.operations import vault
    from casework.wiring import keyring_of

    settings = local.settings_of(data=data, database_url=database_url)
    keyring = vault.require(keyring_of(settings))
    with local.current_database_url(settings) as url:
        done = asyncio.run(_rotate(url, settings, keyring))
    if as_json:
        output.print_json({"rotated": done})
    else:
        output.print_line(f"{done} wrapped anew; the first key is the only one that is needed now.")


async def _rotate(url: str, settings: "Settings", keyring: "Keyring") -> int:
    from casework.clock import SystemClock
    from casework.operations import secrets
    from casework.store.database import Database

    database = await Database.open(url, size=settings.pool_size)
    try:
        return await secrets.rewrap(database, keyring, at=SystemClock().now())
    finally:
        await database.close()
