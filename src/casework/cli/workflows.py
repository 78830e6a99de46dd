"""`casework workflows`: what has been published."""

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from casework.cli import output
from casework.cli.listing import show_one, show_page
from casework.cli.options import URL_DEFAULT, AsJson, Key, Page, Size, Url
from casework.cli.output import Column
from casework.cli.session import talk
from casework.core.errors import NotFound

if TYPE_CHECKING:
    from casework.client import Client
    from casework.client import Page as Found

app = typer.Typer(no_args_is_help=True, help="Published workflows.")

Workflow = Annotated[str, typer.Argument(help="A workflow's key or id.")]

_COLUMNS: Final = (
    Column("ID", "id"),
    Column("KEY", "key"),
    Column("NAME", "name"),
    Column("VERSION", "version"),
    Column("UPDATED", "updatedAt"),
)
_MIGRATIONS: Final = (
    Column("ID", "id"),
    Column("WHEN", "createdAt"),
    Column("BY", "memberName"),
    Column("FROM", lambda row: [str(number) for number in row["fromVersions"]]),
    Column("TO", "version"),
    Column("MOVED", "moved"),
    Column("UNDONE", "undone"),
    Column("UNCHANGED", "unchanged"),
)
_TASKS: Final = (Column("ID", "id"), Column("KEY", "key"), Column("NAME", "name"), Column("KIND", "kind"))


@app.command("list")
def list_(*, page: Page = 1, size: Size = 50, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """List the workflows that are in use."""
    found = talk(url, key, lambda client: client.workflows.list(page=page, size=size))
    show_page(found, _COLUMNS, as_json=as_json)


@app.command()
def get(workflow: Workflow, *, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """Show a workflow with its tasks."""
    found = talk(url, key, lambda client: of(client, workflow))
    show_one(found, as_json=as_json, parts={"tasks": _TASKS})


@app.command()
def versions(workflow: Workflow, *, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """List the versions of a workflow, newest first."""

    async def act(client: "Client") -> "Found":
        return await client.workflows.versions((await of(client, workflow))["id"])

    show_page(talk(url, key, act), (Column("VERSION", _number), Column("CREATED", "createdAt")), as_json=as_json)


@app.command()
def migrations(
    workflow: Workflow,
    *,
    page: Page = 1,
    size: Size = 50,
    url: Url = URL_DEFAULT,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """List what moved runs of a workflow to other versions, newest first, and what could be undone."""

    async def act(client: "Client") -> "Found":
        return await client.migrations.list((await of(client, workflow))["id"], page=page, size=size)

    show_page(talk(url, key, act), _MIGRATIONS, as_json=as_json)


@app.command()
def archive(workflow: Workflow, *, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """Take a workflow out of use. Its open runs go on; its key may be used again."""

    async def act(client: "Client") -> dict[str, Any]:
        found = await of(client, workflow)
        await client.workflows.archive(found["id"])
        return found

    archived = talk(url, key, act)
    if as_json:
        output.print_json({"id": archived["id"], "key": archived["key"], "archived": True})
    else:
        output.print_line(f"{archived['key']}: archived")


async def of(client: "Client", name: str) -> dict[str, Any]:
    """The workflow of that key or id.

    Raises:
        NotFound: there is none.

    """
    found = await client.workflows.find(name)
    if found is None:
        raise NotFound(f"There is no workflow {name}; `casework workflows list` shows those there are.")
    return found


def _number(version: Any) -> Any:
    return version.get("number", version.get("version"))
