"""`casework runs`: cases on their way through a workflow."""

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from casework.cli import bulk
from casework.cli.listing import show_one, show_page
from casework.cli.options import URL_DEFAULT, AsJson, Key, Page, Size, Url
from casework.cli.output import Column
from casework.cli.session import given_map, talk
from casework.cli.workflows import of
from casework.core.errors import NotFound

if TYPE_CHECKING:
    from casework.client import Client

app = typer.Typer(no_args_is_help=True, help="Cases on their way through a workflow.")

Run = Annotated[int, typer.Argument(min=1, help="A run's id.")]

_COLUMNS: Final = (
    Column("ID", "id"),
    Column("TITLE", "title"),
    Column("WORKFLOW", "workflowName"),
    Column("STATUS", "status"),
    Column("TASK", "currentTaskName"),
    Column("MEMBER", "memberName"),
    Column("PRIORITY", "priority"),
    Column("CREATED", "createdAt"),
)

_TASKS: Final = (
    Column("ID", "id"),
    Column("KEY", "taskKey"),
    Column("NAME", "taskName"),
    Column("STATUS", "status"),
    Column("VISIT", "visit"),
    Column("MEMBER", "assignedMemberName"),
)
_PARTS: Final = {"tasks": _TASKS}


@app.command("list")
def list_(
    *,
    status: Annotated[
        str | None, typer.Option(help="Only these: pending, active, completed, failed, cancelled.")
    ] = None,
    member: Annotated[int | None, typer.Option(min=1, help="Only those of this member (its id).")] = None,
    mine: Annotated[bool, typer.Option("--mine", help="Only your own.")] = False,
    sort: Annotated[str, typer.Option(help="createdAt, updatedAt, id, status or priority.")] = "createdAt",
    order: Annotated[str, typer.Option(help="asc or desc.")] = "desc",
    page: Page = 1,
    size: Size = 50,
    url: Url = URL_DEFAULT,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """List runs, newest first."""
    filters = {"status": status, "memberId": member, "mine": mine or None, "sortBy": sort, "sortOrder": order}
    found = talk(url, key, lambda client: client.runs.list(page=page, size=size, **filters))
    show_page(found, _COLUMNS, as_json=as_json)


@app.command()
def get(run: Run, *, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """Show a run with its tasks."""
    found = talk(url, key, lambda client: client.runs.get(run))
    show_one(found, as_json=as_json, parts=_PARTS)


@app.command()
def create(
    workflow: Annotated[str, typer.Argument(help="A workflow's key or id.")],
    *,
    input_: Annotated[str | None, typer.Option("--input", help="The input: a JSON object, or @file.")] = None,
    title: Annotated[str | None, typer.Option(help="What people call it.")] = None,
    member: Annotated[int | None, typer.Option(min=1, help="Whose it is (a member's id); by default yours.")] = None,
    priority: Annotated[int | None, typer.Option(min=0, max=100, help="0 to 100; by default 50.")] = None,
    chat: Annotated[bool, typer.Option("--chat/--no-chat", help="Whether a chat is opened for it.")] = True,
    url: Url = URL_DEFAULT,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Start a run."""
    fields = {
        "input": given_map(input_, "--input"),
        "title": title,
        "memberId": member,
        "priority": priority,
        "chat": None if chat else False,
    }

    async def act(client: "Client") -> dict[str, Any]:
        return await client.runs.create((await of(client, workflow))["id"], **fields)

    show_one(talk(url, key, act), as_json=as_json, parts=_PARTS)


@app.command()
def cancel(
    run: Run,
    *,
    reason: Annotated[str | None, typer.Option(help="Why.")] = None,
    url: Url = URL_DEFAULT,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Cancel a run that is open, with everything in it."""
    cancelled = talk(url, key, lambda client: client.runs.cancel(run, reason=reason))
    show_one(cancelled, as_json=as_json, parts=_PARTS)


@app.command()
def retry(run: Run, *, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """Begin a run that failed again where it failed, as a new run."""
    show_one(talk(url, key, lambda client: client.runs.retry(run)), as_json=as_json, parts=_PARTS)


@app.command()
def select(
    run: Run,
    task: Annotated[str, typer.Argument(help="A task's key, or the assignment task's id.")],
    *,
    url: Url = URL_DEFAULT,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Make a task of a run its current one."""

    async def act(client: "Client") -> dict[str, Any]:
        return await client.runs.select(run, await _task_of(client, run, task))

    show_one(talk(url, key, act), as_json=as_json)


app.command("import")(bulk.import_)


async def _task_of(client: "Client", run: int, task: str) -> int:
    if task.isdecimal():
        return int(task)
    tasks = (await client.runs.get(run))["tasks"]
    for one in tasks:
        if one["taskKey"] == task:
            return int(one["id"])
    raise NotFound(f"Run {run} has no task {task}: there are {', '.join(one['taskKey'] for one in tasks)}.")
