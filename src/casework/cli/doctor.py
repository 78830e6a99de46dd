"""`casework doctor`: whether everything in a database fits together."""

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final

import typer

from casework.cli import output
from casework.cli.exits import WRONG
from casework.cli.options import AsJson, Data, DatabaseUrl
from casework.cli.output import Column

if TYPE_CHECKING:
    from casework.operations.doctor import Finding
    from casework.settings import Settings

_COLUMNS: Final = (Column("CHECK", "check"), Column("FOUND", "found"), Column("PROMISE", "promise"))


def doctor(*, data: Data = None, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """Examine a whole database; exit code 1 where something does not fit. Changes nothing, and may run beside a server.

    Every check is a rule; what breaks it is told with its ids.
    """
    from casework.cli import local

    settings = local.settings_of(data=data, database_url=database_url)
    with local.existing_database_url(settings) as url:
        findings = asyncio.run(_examine(url, settings))
    is_clean = all(one.is_clean for one in findings)
    if as_json:
        output.print_json({"clean": is_clean, "checks": [_told(one) for one in findings]})
    else:
        _print(findings)
    if not is_clean:
        raise typer.Exit(WRONG)


async def _examine(url: str, settings: "Settings") -> list["Finding"]:
    from casework.operations.doctor import examine
    from casework.wiring import keyring_of

    async with aclosing(examine(url, keyring=keyring_of(settings, is_new=False))) as findings:
        return [one async for one in findings]


def _print(findings: list["Finding"]) -> None:
    output.print_rows([{**_told(one), "found": _count(one)} for one in findings], _COLUMNS)
    for one in findings:
        for breach in one.breaches:
            output.print_line(output.shown_value(f"{one.check}: " + ", ".join(_pairs(breach))))
    broken = sum(not one.is_clean for one in findings)
    output.say("Everything fits." if not broken else f"{broken} of {len(findings)} checks found something.")


def _count(one: "Finding") -> str:
    return f"more than {len(one.breaches)}" if one.is_cut else str(len(one.breaches) or "-")


def _pairs(breach: dict[str, Any]) -> list[str]:
    return [f"{name} {output.shown_value(value)}" for name, value in breach.items() if value is not None]


def _told(one: "Finding") -> dict[str, Any]:
    return {"check": one.check, "promise": one.promise, "breaches": one.breaches, "more": one.is_cut}
