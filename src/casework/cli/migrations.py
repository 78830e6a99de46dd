"""`casework migrate-runs`: open runs go on by another version of their workflow, and back."""

from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from casework.cli import output
from casework.cli.exits import OK, WRONG, Misused
from casework.cli.history import bar
from casework.cli.options import URL_DEFAULT, AsJson, Key, Url
from casework.cli.output import Column
from casework.cli.session import talk
from casework.cli.workflows import Workflow, of

if TYPE_CHECKING:
    from casework.client import Client

SAMPLES_MAX: Final = 10
"""Runs that are named of one reason, over all requests."""

Report = dict[str, Any]


def _example(reason: Mapping[str, Any]) -> str:
    sample = reason["samples"][0]
    return f"{sample['assignmentId']}: {sample['message']}"


_COLUMNS: Final = (
    Column("RUNS", "runs"),
    Column("REASON", "code"),
    Column("TASK", "task"),
    Column("FOR EXAMPLE", _example),
)


def migrate_runs(
    workflow: Workflow,
    *,
    to: Annotated[int | None, typer.Option(min=1, help="The version that runs are to go on by.")] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="OLD=NEW",
            help="At which task open steps of OLD go on, where the version has none of that key; may be repeated.",
        ),
    ] = None,
    from_: Annotated[int | None, typer.Option("--from", min=1, help="Only runs that go by this version.")] = None,
    run: Annotated[list[int] | None, typer.Option(min=1, help="Only this run; may be repeated.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say which runs could move, and move none.")] = False,
    undo: Annotated[int | None, typer.Option(min=1, help="Take back this migration, by its id.")] = None,
    batch: Annotated[int, typer.Option(min=1, max=10_000, help="Runs a request.")] = 1_000,
    url: Url = URL_DEFAULT,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Move open runs to another version of their workflow, or back with --undo.

    Runs that cannot move stay where they are, and the command says why and ends with 1. One that was interrupted is
    simply started again. Undone are runs to which nothing has happened since.
    """
    if (to is None) is (undo is None):
        raise Misused("Give either --to with a version, or --undo with a migration's id.")
    if undo is not None and any((mapping, from_, run, dry_run)):
        raise Misused("--undo takes back a whole migration: --map, --from, --run and --dry-run say nothing to it.")
    fields = {"tasks": _tasks(mapping), "from": from_, "runIds": run or None, "limit": batch}
    given = {name: value for name, value in fields.items() if value}

    async def act(client: "Client") -> Report:
        workflow_id = (await of(client, workflow))["id"]
        if undo is not None:
            return await _whole(client.migrations.undo(workflow_id, undo, limit=batch), "Taking back")
        if dry_run:
            return await _whole(client.migrations.check(workflow_id, to or 0, **given), "Looking at")
        return await _whole(client.migrations.move(workflow_id, to or 0, **given), "Moving")

    report = talk(url, key, act)
    if as_json:
        output.print_json(report)
    else:
        _tell(report, dry_run=dry_run, is_undone=undo is not None)
    raise typer.Exit(WRONG if report["stayed"] else OK)


def _tasks(mapping: list[str] | None) -> dict[str, str]:
    """What `--map` says; Misused where it is not OLD=NEW."""
    found = {}
    for text in mapping or []:
        old, equals, new = text.partition("=")
        if not (old and equals and new):
            raise Misused(f"--map {text!r} is not OLD=NEW, such as --map review=check.")
        found[old] = new
    return found


async def _whole(reports: AsyncIterator[Report], what: str) -> Report:
    """The reports of all requests as one."""
    whole: Report = {"migrationId": None, "version": 0, "lookedAt": 0, "moved": 0, "stayed": 0}
    reasons: dict[tuple[str, str | None], Report] = {}
    with bar() as shown:
        async for report in reports:
            whole |= {name: whole[name] + report[name] for name in ("lookedAt", "moved", "stayed")}
            whole |= {name: report[name] for name in ("migrationId", "version")}
            for reason in report["reasons"]:
                kept = reasons.setdefault((reason["code"], reason["task"]), {**reason, "runs": 0, "samples": []})
                kept["runs"] += reason["runs"]
                kept["samples"] += reason["samples"][: SAMPLES_MAX - len(kept["samples"])]
            shown.show(what, whole["lookedAt"], None)
    return whole | {"reasons": sorted(reasons.values(), key=lambda reason: -reason["runs"])}


def _tell(report: Report, *, dry_run: bool, is_undone: bool) -> None:
    moved, stayed = report["moved"], report["stayed"]
    if is_undone:
        output.print_line(f"Migration {report['migrationId']}: {moved:,} runs went back, {stayed:,} stay.")
    elif dry_run:
        output.print_line(f"{moved:,} runs can move to version {report['version']}, {stayed:,} cannot.")
    else:
        output.print_line(
            f"Migration {report['migrationId']}: {moved:,} runs moved to version {report['version']}, {stayed:,} stay."
        )
    if report["reasons"]:
        output.print_rows(report["reasons"], _COLUMNS)
