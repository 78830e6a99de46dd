"""`casework workflows`: what has been published."""

from typing import Annotated, Any, Final

import typer

from casework.cli import output
from casework.cli.exits import Wrong
from casework.cli.options import URL_DEFAULT, AsJson, Key, Page, Size, Url
from casework.cli.output import Column
from casework.cli.session import talk
from casework.client import Client
from casework.client import Page as Found
from casework.core.errors import NotFound

app = typer.Typer(no_args_is_help=True, help="Published workflows.")

Workflow = Annotated[str, typer.Argument(help="A workflow's key or id.")]

_COLUMNS: Final = (
    Column("ID", "id"),
    Column("KEY", "key"),
    Column("NAME", "name"),
    Column("VERSION", "version"),
    Column("UPDATED", "updatedAt"),
)


@app.command("list")
def list_(*, page: Page = 1, size: Size = 50, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """List the workflows that are in use."""
    found = talk(url, key, lambda client: client.workflows.list(page=page, size=size))
    show_page(found, _COLUMNS, as_json=as_json)


@app.command()
def get(workflow: Workflow, *, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """Show a workflow with its tasks."""
    found = talk(url, key, lambda client: of(client, workflow))
    show_one(found, as_json=as_json)


@app.command()
def versions(workflow: Workflow, *, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """List the versions of a workflow, newest first."""

    async def act(client: Client) -> Found:
        return await client.workflows.versions((await of(client, workflow))["id"])

    show_page(talk(url, key, act), (Column("VERSION", _number), Column("CREATED", "createdAt")), as_json=as_json)


@app.command()
def archive(workflow: Workflow, *, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """Take a workflow out of use. Its open runs go on; its key may be used again."""

    async def act(client: Client) -> dict[str, Any]:
        found = await of(client, workflow)
        await client.workflows.archive(found["id"])
        return found

    archived = talk(url, key, act)
    if as_json:
        output.print_json({"id": archived["id"], "key": archived["key"], "archived": True})
    else:
        output.print_line(f"{archived['key']}: archived")


async def of(client: Client, name: str) -> dict[str, Any]:
    """The workflow of that key or id.

    Raises:
        NotFound: there is none.

    """
    found = await client.workflows.find(name)
    if found is None:
        raise NotFound(f"There is no workflow {name}; `casework workflows list` shows those there are.")
    return found


def show_page(found: Found, columns: tuple[Column, ...], *, as_json: bool) -> None:
    """Print a page of a list; people are told where there is more."""
    if as_json:
        output.print_json({"items": found.items, "total": found.total})
        return
    output.print_rows(found.items, columns)
    if found.total is not None and found.total > len(found.items):
        output.say(f"{len(found.items)} of {found.total}; --page and --size show others.")


def show_one(found: dict[str, Any], *, as_json: bool) -> None:
    """Print one thing."""
    if as_json:
        output.print_json(found)
    else:
        output.print_fields(found)


def number_of(text: str, what: str) -> int:
    """An id that was given as text."""
    if not text.isdecimal():
        raise Wrong(f"{text!r} is not the id of a {what}: that is a number.")
    return int(text)


def _number(version: Any) -> Any:
    return version.get("number", version.get("version"))
