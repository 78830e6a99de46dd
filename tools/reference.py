"""Writes docs/cli.md, docs/settings.md and openapi.json from the code they describe: `make docs`."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import typer

from casework.api.app import create_app
from casework.cli import exits
from casework.cli.main import app
from casework.operations.services import Services
from casework.settings import Settings

ROOT = Path(__file__).parents[1]

_CLI = """\
# The command line

Data goes to standard output, everything else to standard error; `--json` gives JSON for programs, and a list is lines
of tabs where no terminal looks on. `NO_COLOR` is respected. Commands that act on a server take `--url` and `--key`, or
`CASEWORK_URL` and `CASEWORK_KEY`.

| exit code | meaning |
| --- | --- |
"""

_SETTINGS = """\
# Settings

A server reads them from its environment; `casework up` gives the first few as options too, and those win.

| variable | default | meaning |
| --- | --- | --- |
"""


def cli() -> str:
    """The reference of every command."""
    codes = "".join(f"| {code} | {meaning} |\n" for code, meaning in exits.MEANINGS.items())
    return _CLI + codes + "".join(_commands(typer.main.get_command(app), "casework"))


def settings() -> str:
    """The reference of every setting."""
    return _SETTINGS + "".join(
        f"| `CASEWORK_{name.upper()}` | {_default(field)} | {field.description} |\n"
        for name, field in Settings.model_fields.items()
    )


def _commands(group: Any, name: str) -> Iterator[str]:
    for command in group.commands.values():
        path = f"{name} {command.name}"
        if hasattr(command, "commands"):
            yield from _commands(command, path)
        else:
            yield _command(command, path)


def _command(command: Any, path: str) -> str:
    shown = [one for one in command.params if not getattr(one, "hidden", False) and one.name != "help"]
    arguments = [one for one in shown if one.param_type_name == "argument"]
    options = [one for one in shown if one.param_type_name == "option"]
    usage = " ".join([path, *(_placeholder(one) for one in arguments), *(["[OPTIONS]"] if options else [])])
    rows = [(f"`{_placeholder(one)}`", one.help or "") for one in arguments]
    rows += [(_names(one), _described(one)) for one in options]
    table = "".join(f"| {left} | {right} |\n" for left, right in rows)
    described = "\n".join(line.strip() for line in (command.help or "").strip().splitlines())
    return f"\n## {path}\n\n`{usage}`\n\n{described}\n" + (f"\n| | |\n| --- | --- |\n{table}" if rows else "")


def _placeholder(argument: Any) -> str:
    name = argument.name.upper()
    return f"{name}..." if argument.nargs == -1 else name


def _names(option: Any) -> str:
    return ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))


def _described(option: Any) -> str:
    text = str(option.help or "")
    if option.required:
        text += " Required."
    elif option.default not in (None, False, True, [], ()):
        text += f" Default: `{option.default}`."
    return text + (f" `{option.envvar}`." if option.envvar else "")


def _default(field: Any) -> str:
    if field.default_factory is not None:
        return "the user's data directory"
    return "none" if field.default is None else f"`{str(field.default).lower()}`"


def openapi() -> str:
    """The OpenAPI document that a server gives at /openapi.json, in lines."""

    @asynccontextmanager
    async def nothing() -> AsyncIterator[Services]:
        message = "The reference is made without a database."
        raise RuntimeError(message)
        yield

    return msgspec.json.format(create_app(nothing).state.openapi, indent=2).decode() + "\n"


PAGES = {"docs/cli.md": cli, "docs/settings.md": settings, "openapi.json": openapi}

if __name__ == "__main__":
    for page, made in PAGES.items():
        (ROOT / page).write_text(made())
