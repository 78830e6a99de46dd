"""`casework incidents`: steps that failed for good and wait for somebody to decide."""

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from casework.cli.listing import show_one, show_page
from casework.cli.options import URL_DEFAULT, AsJson, Key, Page, Size, Url
from casework.cli.output import Column
from casework.cli.session import given_map, talk

if TYPE_CHECKING:
    from casework.client import Client

app = typer.Typer(no_args_is_help=True, help="Steps that failed for good and wait for somebody to decide.")

Incident = Annotated[int, typer.Argument(min=1, help="An incident's id.")]

_COLUMNS: Final = (
    Column("ID", "id"),
    Column("RUN", "assignmentId"),
    Column("TITLE", "assignmentTitle"),
    Column("TASK", "taskName"),
    Column("CODE", "code"),
    Column("MESSAGE", "message"),
    Column("ATTEMPT", "attempt"),
)


@app.command("list")
def list_(
    *,
    workflow: Annotated[int | None, typer.Option(min=1, help="Only those of this workflow (its id).")] = None,
    code: Annotated[str | None, typer.Option(help="Only those whose error has this code.")] = None,
    page: Page = 1,
    size: Size = 50,
    url: Url = URL_DEFAULT,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """List the open incidents, newest first."""
    filters = {"workflowId": workflow, "code": code}
    found = talk(url, key, lambda client: client.incidents.list(page=page, size=size, **filters))
    show_page(found, _COLUMNS, as_json=as_json)


@app.command()
def get(incident: Incident, *, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """Show one, with what the step was given and the answer that did not fit."""
    show_one(talk(url, key, lambda client: client.incidents.get(incident)), as_json=as_json)


@app.command()
def retry(incident: Incident, *, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """Try the step again, with as many attempts as a new one."""
    show_one(talk(url, key, lambda client: client.incidents.retry(incident)), as_json=as_json)


@app.command()
def resolve(
    incident: Incident,
    *,
    output: Annotated[str, typer.Option("--output", help="The step's output: a JSON object, or @file.")],
    url: Url = URL_DEFAULT,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Go on with an output, which must fit the task's schema."""
    given = given_map(output, "--output")

    async def act(client: "Client") -> dict[str, Any]:
        return await client.incidents.resolve(incident, given)

    show_one(talk(url, key, act), as_json=as_json)


@app.command()
def skip(incident: Incident, *, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """Go on without the step."""
    show_one(talk(url, key, lambda client: client.incidents.skip(incident)), as_json=as_json)


@app.command()
def fail(incident: Incident, *, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """Let the run fail with the incident's error."""
    show_one(talk(url, key, lambda client: client.incidents.fail(incident)), as_json=as_json)
