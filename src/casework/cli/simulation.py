"""`casework simulate`: what an edit would have changed for the last runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from casework.cli import output
from casework.cli.definitions import read_file
from casework.cli.exits import WRONG, Misused
from casework.cli.options import URL_DEFAULT, AsJson, Key, Url
from casework.cli.output import Column
from casework.cli.session import talk
from casework.cli.workflows import of

if TYPE_CHECKING:
    from casework.client import Client


def _ways(tasks: list[str] | None) -> str:
    return "no such task" if tasks is None else ", ".join(tasks) or "end"


_DIFFERENCES: Final = (
    Column("RUNS", "runs"),
    Column("AFTER", "task"),
    Column("WENT TO", lambda row: _ways(row["was"])),
    Column("BECAUSE", "wasBecause"),
    Column("WOULD GO TO", lambda row: _ways(row["would"])),
    Column("BECAUSE", "wouldBecause"),
    Column("FOR EXAMPLE", lambda row: row["samples"][0]["assignmentId"]),
)
_FAILING: Final = (
    Column("RUNS", "runs"),
    Column("AFTER", "task"),
    Column("FAILS", "message"),
    Column("FOR EXAMPLE", lambda row: row["samples"][0]["assignmentId"]),
)


def simulate(
    file: Annotated[
        Path | None, typer.Argument(help="A definition, YAML or (by its suffix) JSON; - is standard input.")
    ] = None,
    *,
    workflow: Annotated[
        str | None, typer.Option(help="A workflow's key or id; by default that of the definition.")
    ] = None,
    version: Annotated[int | None, typer.Option(min=1, help="A published version, in the place of a file.")] = None,
    runs: Annotated[int, typer.Option(min=1, max=1_000, help="How many of the last runs.")] = 100,
    url: Url = URL_DEFAULT,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Try an edit on past runs: which would have gone elsewhere, and which conditions fail on real data.

    Nothing is published, changed or called. Ends with 1 where something fails on what is stored.
    """
    if (file is None) is (version is None) or (file is None and workflow is None):
        raise Misused("Give a file, or --version with --workflow.")
    name, source, media = ("", b"{}", "json") if file is None else read_file(file)

    async def act(client: "Client") -> dict[str, Any]:
        workflow_id = (await of(client, workflow or name))["id"]
        return await client.migrations.simulate(
            workflow_id, source, media="json" if media == "json" else "yaml", runs=runs, version=version
        )

    found = talk(url, key, act)
    if as_json:
        output.print_json(found)
    else:
        _tell(found)
    if found["failed"]:
        raise typer.Exit(WRONG)


def _tell(found: dict[str, Any]) -> None:
    output.print_line(
        f"{found['lookedAt']:,} runs, {found['steps']:,} completed steps: "
        f"{found['changed']:,} would have gone elsewhere, {found['failed']:,} would have failed."
    )
    if found["differences"]:
        output.print_rows(found["differences"], _DIFFERENCES)
    if found["failing"]:
        output.print_rows(found["failing"], _FAILING)
