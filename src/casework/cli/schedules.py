"""`casework schedules`: runs that start by themselves at the times of a timetable."""

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from casework.cli import output
from casework.cli.listing import show_one, show_page
from casework.cli.options import URL_DEFAULT, AsJson, Key, Page, Size, Url
from casework.cli.output import Column
from casework.cli.session import given_map, talk
from casework.cli.workflows import of

if TYPE_CHECKING:
    from casework.client import Client

app = typer.Typer(no_args_is_help=True, help="Runs that start at the times of a timetable.")

Schedule = Annotated[int, typer.Argument(min=1, help="A schedule's id.")]

_COLUMNS: Final = (
    Column("ID", "id"),
    Column("NAME", "name"),
    Column("WORKFLOW", "workflowName"),
    Column("CRON", "cron"),
    Column("TIME ZONE", "timeZone"),
    Column("NEXT", "nextAt"),
    Column("LAST", "lastAt"),
    Column("ERROR", "lastError"),
)


@app.command("list")
def list_(*, page: Page = 1, size: Size = 50, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """List the schedules, newest first."""
    found = talk(url, key, lambda client: client.schedules.list(page=page, size=size))
    show_page(found, _COLUMNS, as_json=as_json)


@app.command()
def add(
    workflow: Annotated[str, typer.Argument(help="A workflow's key or id.")],
    cron: Annotated[
        str, typer.Argument(help="Minute, hour, day of the month, month, day of the week; or @hourly, @daily, ...")
    ],
    *,
    name: Annotated[str | None, typer.Option(help="What people call it; by default the workflow's name.")] = None,
    time_zone: Annotated[str, typer.Option(help="Whose time it is, such as Europe/Berlin.")] = "UTC",
    input_: Annotated[str | None, typer.Option("--input", help="The input: a JSON object, or @file.")] = None,
    title: Annotated[str | None, typer.Option(help="What its runs are called.")] = None,
    member: Annotated[int | None, typer.Option(min=1, help="Whose its runs are (a member's id).")] = None,
    on_missed: Annotated[str, typer.Option(help="Times that passed while no server ran: skip, or once.")] = "skip",
    url: Url = URL_DEFAULT,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Make a schedule."""
    fields = {
        "timeZone": time_zone,
        "input": given_map(input_, "--input"),
        "title": title,
        "memberId": member,
        "onMissed": on_missed,
    }

    async def act(client: "Client") -> dict[str, Any]:
        found = await of(client, workflow)
        return await client.schedules.create(found["id"], name or found["name"], cron, **fields)

    show_one(talk(url, key, act), as_json=as_json)


@app.command()
def run(schedule: Schedule, *, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """Start a run of a schedule at once; its times stay as they are."""
    show_one(talk(url, key, lambda client: client.schedules.run(schedule)), as_json=as_json)


@app.command()
def remove(schedule: Schedule, *, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """Delete a schedule; its runs go on."""
    talk(url, key, lambda client: client.schedules.remove(schedule))
    if as_json:
        output.print_json({"id": schedule, "removed": True})
    else:
        output.print_line(f"schedule {schedule}: removed")
