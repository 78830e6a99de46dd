"""What a command prints: data on standard output, for people or for programs, and messages on standard error."""

import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TextIO

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from casework.core.errors import Problem

Json = Any
"""A JSON value."""

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
"""What could move a terminal's cursor, or break a line of a table: it comes from other people's data."""


class Column(NamedTuple):
    """A column of a list: its title, and the field (or function) that fills it."""

    title: str
    value: str | Callable[[Mapping[str, Json]], Json]


def print_json(value: Json) -> None:
    """Print a value as JSON, for programs."""
    _write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def print_line(text: str) -> None:
    """Print a line of data."""
    _write(text + "\n")


def print_text(text: str) -> None:
    """Print a text as it is."""
    _write(text if text.endswith("\n") else text + "\n")


def print_rows(rows: Iterable[Mapping[str, Json]], columns: Sequence[Column]) -> None:
    """Print a list: a table where people look on, else lines whose fields are separated by tabs."""
    cells = [[_cell(row, column) for column in columns] for row in rows]
    if not sys.stdout.isatty():
        lines = [[column.title for column in columns], *cells]
        _write("".join("\t".join(line) + "\n" for line in lines))
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column.title, overflow="fold")
    for line in cells:
        table.add_row(*(Text(cell) for cell in line))
    _quietly(lambda: Console(file=sys.stdout).print(table))


def print_fields(fields: Mapping[str, Json]) -> None:
    """Print one thing: a line for each of its fields that has a value."""
    shown = {name: shown_value(value) for name, value in fields.items() if value not in (None, "", [], {})}
    width = max((len(name) for name in shown), default=0)
    _write("".join(f"{name:<{width}}  {value}\n" for name, value in shown.items()))


def shown_value(value: Json) -> str:
    """A value on one line: text as it is, anything else as JSON, without control characters."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return _CONTROL.sub(" ", text)


def say(text: str) -> None:
    """Tell the person something that is not data."""
    _to_stderr(text)


def tell_error(message: str, hint: str | None = None) -> None:
    """Say what went wrong and, where it is known, what to do."""
    _to_stderr(f"error: {message}", style="bold red")
    if hint:
        _to_stderr(f"  {hint}")


def problem_line(problem: Problem, file: str | None = None) -> str:
    """A problem as `file:line: message (hint)`, or with its place in the value where there is no file."""
    place = (file or problem.path.lstrip("/")) + (f":{problem.line}" if problem.line is not None else "")
    hint = f" ({problem.hint})" if problem.hint else ""
    return shown_value((f"{place}: " if place else "") + problem.message + hint)


def _cell(row: Mapping[str, Json], column: Column) -> str:
    value = row.get(column.value) if isinstance(column.value, str) else column.value(row)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        value = ", ".join(value)
    return shown_value(value)


def _write(text: str) -> None:
    def write() -> None:
        sys.stdout.write(text)
        sys.stdout.flush()

    _quietly(write)


def _quietly(write: Callable[[], None]) -> None:
    """Write; a reader that has seen enough (`| head`) ends the command without a word."""
    try:
        write()
    except BrokenPipeError:
        _abandon(sys.stdout)
        raise typer.Exit(0) from None


def _to_stderr(text: str, style: str | None = None) -> None:
    try:
        Console(stderr=True, highlight=False, soft_wrap=True).print(Text(text, style=style or ""))
    except BrokenPipeError:
        _abandon(sys.stderr)


def _abandon(stream: TextIO) -> None:
    """Send what is still written to a closed pipe nowhere, so that the interpreter does not complain at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
