"""`casework activities`: steps for people, and what is done with them."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from casework.cli import output
from casework.cli.exits import Wrong
from casework.cli.listing import show_one, show_page
from casework.cli.options import URL_DEFAULT, AsJson, Key, Page, Size, Url
from casework.cli.output import Column
from casework.cli.session import given_map, talk

if TYPE_CHECKING:
    from casework.client import Client
    from casework.client import Page as Found

app = typer.Typer(no_args_is_help=True, help="Steps for people.")

Activity = Annotated[str, typer.Argument(help="An activity's id.")]
Account = Annotated[int, typer.Option("--account", min=1, help="An account's id.")]
Start = Annotated[bool, typer.Option("--start", help="Begin work at once.")]
Values = Annotated[str | None, typer.Option("--data", help="The values of its form: a JSON object, or @file.")]

_COLUMNS: Final = (
    Column("ID", "id"),
    Column("NAME", "name"),
    Column("STATUS", "status"),
    Column("ACCOUNT", "assigned_account_id"),
    Column("ROLES", "actor_roles"),
    Column("RUN", "work_unit_id"),
    Column("CREATED", "created_at"),
)


@app.command("list")
def list_(
    *,
    status: Annotated[
        str | None, typer.Option(help="Only these: pending, assigned, in-progress, paused, completed, ...")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Only those of this name.")] = None,
    run: Annotated[int | None, typer.Option(min=1, help="Only those of this run.")] = None,
    mine: Annotated[bool, typer.Option("--mine", help="Only those assigned to you.")] = False,
    takeable: Annotated[bool, typer.Option("--takeable", help="Only those that you could take now.")] = False,
    sort: Annotated[str, typer.Option(help="Columns, a minus before those that descend.")] = "id",
    page: Page = 1,
    size: Size = 50,
    url: Url = URL_DEFAULT,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """List activities, oldest first."""
    filters: dict[str, Any] = {"name": name, "work_unit_id": run}
    if status is not None:
        filters["status"] = [one.strip() for one in status.split(",")]

    async def act(client: "Client") -> "Found":
        if mine:
            filters["assigned_account_id"] = await _own_account(client)
        given = {field: value for field, value in filters.items() if value is not None}
        return await client.activities.list(page=page, size=size, sort=sort, filters=given, takeable=takeable)

    show_page(talk(url, key, act), _COLUMNS, as_json=as_json)


@app.command()
def get(activity: Activity, *, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """Show an activity."""
    _act(url, key, lambda client: client.activities.get(activity), as_json=as_json)


@app.command("next")
def next_(*, start: Start = False, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """Take the best activity that waits for you; prints nothing where none does (null with --json)."""
    found = talk(url, key, lambda client: client.activities.next(start_working=start))
    if found is not None:
        show_one(found, as_json=as_json)
        return
    if as_json:
        output.print_json(None)
    output.say("Nothing waits for you.")


@app.command()
def assign(
    activity: Activity,
    *,
    account: Annotated[int | None, typer.Option("--account", min=1, help="An account's id; by default yours.")] = None,
    start: Start = False,
    url: Url = URL_DEFAULT,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Give an activity to somebody, by default to yourself."""
    _act(
        url,
        key,
        lambda client: client.activities.assign(activity, account_id=account, start_working=start),
        as_json=as_json,
    )


@app.command()
def reassign(
    activity: Activity, *, account: Account, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False
) -> None:
    """Hand an activity over to somebody else."""
    _act(url, key, lambda client: client.activities.reassign(activity, account_id=account), as_json=as_json)


@app.command()
def unassign(activity: Activity, *, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """Put an activity back for anybody."""
    _act(url, key, lambda client: client.activities.unassign(activity), as_json=as_json)


@app.command()
def start(activity: Activity, *, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """Start or resume work on your activity; pauses what you were at."""
    _act(url, key, lambda client: client.activities.start(activity), as_json=as_json)


@app.command()
def pause(activity: Activity, *, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """Stop work on an activity for now."""
    _act(url, key, lambda client: client.activities.pause(activity), as_json=as_json)


@app.command()
def save(
    activity: Activity, *, data: Values = None, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False
) -> None:
    """Keep values without completing the activity."""
    values = given_map(data, "--data")
    _act(url, key, lambda client: client.activities.save(activity, values), as_json=as_json)


@app.command()
def complete(
    activity: Activity,
    *,
    data: Values = None,
    take: Annotated[bool, typer.Option("--take", help="Take it first, where nobody is on it.")] = False,
    url: Url = URL_DEFAULT,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Complete an activity with the values of its form; the run moves on."""
    values = given_map(data, "--data")
    _act(url, key, lambda client: client.activities.complete(activity, values, take=take), as_json=as_json)


@app.command()
def error(
    activity: Activity,
    *,
    comment: Annotated[str | None, typer.Option(help="What is wrong.")] = None,
    url: Url = URL_DEFAULT,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Say that an activity cannot be done."""
    _act(url, key, lambda client: client.activities.error(activity, comment=comment), as_json=as_json)


@app.command()
def cancel(activity: Activity, *, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """Cancel an activity."""
    _act(url, key, lambda client: client.activities.cancel(activity), as_json=as_json)


async def _own_account(client: "Client") -> int:
    user = (await client.session())["user"]
    if user is None:
        raise Wrong("This key acts as the workspace: nothing is assigned to it. Leave out --mine.")
    return int(user["id"])


def _act(url: str, key: str | None, act: Callable[["Client"], Awaitable[dict[str, Any]]], *, as_json: bool) -> None:
    show_one(talk(url, key, act), as_json=as_json)
