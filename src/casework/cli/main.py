"""The `casework` command: every command by its name, and one way to end for all of them."""

import sys
from typing import Annotated

import typer

from casework import __version__
from casework.cli import (
    activities,
    backup,
    definitions,
    demo,
    doctor,
    events,
    exits,
    history,
    hooks,
    incidents,
    init,
    members,
    migrations,
    output,
    password,
    replay,
    runs,
    schedules,
    secrets,
    simulation,
    up,
    webhooks,
    worker,
    workflows,
)
from casework.core.errors import CaseworkError, Invalid, Problem

_ENDS = "Exit codes: " + "; ".join(f"{code} {meaning}" for code, meaning in exits.MEANINGS.items()) + "."

app = typer.Typer(
    name="casework",
    help="Durable workflows in which people, AI agents and automation share the work.",
    epilog=_ENDS,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command()(up.up)
app.command()(init.init)
app.command()(password.set_password)
app.command()(worker.worker)
app.command()(worker.workers)
app.command()(worker.functions)
app.command()(up.migrate)
app.command()(up.status)
app.command()(backup.backup)
app.command()(backup.restore)
app.command()(demo.demo)
app.command()(definitions.apply)
app.command()(definitions.validate)
app.command()(definitions.export)
app.command("import")(history.import_)
app.command()(replay.replay)
app.command("migrate-runs")(migrations.migrate_runs)
app.command()(simulation.simulate)
app.command()(doctor.doctor)
app.add_typer(workflows.app, name="workflows")
app.add_typer(runs.app, name="runs")
app.add_typer(activities.app, name="activities")
app.add_typer(incidents.app, name="incidents")
app.add_typer(members.app, name="members")
app.add_typer(secrets.app, name="secrets")
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(schedules.app, name="schedules")
app.add_typer(hooks.app, name="hooks")
app.add_typer(events.app, name="events")


def _version(wanted: bool) -> None:  # noqa: FBT001 - how typer calls it
    if wanted:
        output.print_line(__version__)
        raise typer.Exit


@app.callback()
def _options(
    *,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Durable workflows in which people, AI agents and automation share the work."""


def main() -> None:
    """Run the command line; ends the process with one of the codes in `exits`."""
    try:
        app(prog_name="casework")
    except Exception as error:  # whatever happens, the user gets a sentence and a code
        if "--debug" in sys.argv:
            raise
        _tell(error)
        sys.exit(exits.code_of(error))


def _tell(error: Exception) -> None:
    from casework.client import ClientError

    match error:
        case CaseworkError(message=message) | ClientError(message=message):
            output.tell_error(message)
        case _:
            output.tell_error(
                f"Casework broke: {type(error).__name__}: {error}",
                "This is a mistake of ours. `casework --debug ...` shows where it is.",
            )
    for problem in _problems(error):
        output.say(f"  {output.problem_line(problem)}")


def _problems(error: Exception) -> tuple[Problem, ...]:
    """What is beside the error's own sentence."""
    from casework.client import ApiError

    found = error.problems if isinstance(error, ApiError | Invalid) else ()
    return tuple(one for one in found if one.hint or one.message not in str(error))


if __name__ == "__main__":
    main()
