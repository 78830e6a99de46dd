"""`casework hooks`: addresses that other systems call to start runs."""

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from casework.cli import output
from casework.cli.exits import Misused
from casework.cli.listing import show_one, show_page
from casework.cli.options import URL_DEFAULT, AsJson, Key, Page, Size, Url
from casework.cli.output import Column
from casework.cli.session import talk
from casework.cli.workflows import of

if TYPE_CHECKING:
    from casework.client import Client

app = typer.Typer(no_args_is_help=True, help="Addresses that other systems call to start runs.")

Hook = Annotated[int, typer.Argument(min=1, help="A hook's id.")]

_COLUMNS: Final = (
    Column("ID", "id"),
    Column("NAME", "name"),
    Column("WORKFLOW", "workflowName"),
    Column("KIND", "kind"),
    Column("PATH", "path"),
    Column("ENABLED", "enabled"),
)
_CALLS: Final = (
    Column("ID", "id"),
    Column("AT", "at"),
    Column("STATUS", "status"),
    Column("RUN", "runId"),
    Column("ERROR", "error"),
)


@app.command("list")
def list_(*, page: Page = 1, size: Size = 50, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """List the hooks, newest first."""
    found = talk(url, key, lambda client: client.hooks.list(page=page, size=size))
    show_page(found, _COLUMNS, as_json=as_json)


@app.command()
def add(
    workflow: Annotated[str, typer.Argument(help="A workflow's key or id.")],
    *,
    name: Annotated[str | None, typer.Option(help="What people call it; by default the workflow's name.")] = None,
    kind: Annotated[str, typer.Option(help="bearer, hmac_sha256 or standard_webhooks.")] = "bearer",
    field: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=EXPRESSION",
            help="A field of the input, as an expression over body, headers and query; may be given several times. "
            "By default the body is the input.",
        ),
    ] = None,
    header: Annotated[
        list[str] | None, typer.Option(help="A header that expressions see; may be given several times.")
    ] = None,
    external_id: Annotated[
        str | None, typer.Option(help="An expression; calls for which it is the same start one run.")
    ] = None,
    url: Url = URL_DEFAULT,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Make a hook; its secret is shown this once."""
    fields = {"kind": kind, "input": _expressions(field or []), "headers": header or [], "externalId": external_id}

    async def act(client: "Client") -> dict[str, Any]:
        found = await of(client, workflow)
        return await client.hooks.create(found["id"], name or found["name"], **fields)

    show_one(talk(url, key, act), as_json=as_json)


@app.command()
def calls(
    hook: Hook,
    *,
    page: Page = 1,
    size: Size = 50,
    url: Url = URL_DEFAULT,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """List the last calls of a hook, newest first."""
    found = talk(url, key, lambda client: client.hooks.calls(hook, page=page, size=size))
    show_page(found, _CALLS, as_json=as_json)


@app.command()
def remove(hook: Hook, *, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """Delete a hook; its runs go on."""
    talk(url, key, lambda client: client.hooks.remove(hook))
    if as_json:
        output.print_json({"id": hook, "removed": True})
    else:
        output.print_line(f"hook {hook}: removed")


def _expressions(fields: list[str]) -> dict[str, str]:
    found = {}
    for text in fields:
        name, equals, expression = text.partition("=")
        if not equals or not name or not expression:
            raise Misused(f"--field {text!r} is not NAME=EXPRESSION, such as --field order=body.id.")
        found[name] = expression
    return found
