"""`casework apply`, `validate`, `export`: workflows as files."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer

from casework.cli import output
from casework.cli.exits import REFUSED, WRONG
from casework.cli.options import URL_DEFAULT, AsJson, Key, Url
from casework.cli.session import talk
from casework.core.errors import Invalid, Problem

if TYPE_CHECKING:
    from casework.client import Client

Media = Literal["yaml", "json"]
Files = Annotated[list[Path], typer.Argument(help="Definitions, YAML or (by their suffix) JSON; - is standard input.")]


class Read(NamedTuple):
    """A file, and what is wrong with it as a definition."""

    name: str
    source: bytes
    media: Media
    problems: tuple[Problem, ...] = ()


def apply(files: Files, *, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """Publish workflows: make those that are new, a new version of those that changed; prints their ids.

    Nothing is sent where one of the files has a problem.
    """
    read = [_read(file) for file in files]
    if any(one.problems for one in read):
        for line in _lines(read):
            output.tell_error(line)
        raise typer.Exit(WRONG)

    async def act(client: "Client") -> list[dict[str, Any]]:
        return [await publish(client, one.source, one.media) for one in read]

    done = talk(url, key, act)
    if as_json:
        output.print_json({"workflows": done})
        return
    for workflow in done:
        output.print_line(
            f"{workflow['key']}: {workflow['change']}, version {workflow['version']}, workflow {workflow['id']}"
        )
        for task in workflow["tasks"]:
            output.print_line(f"  {task['key']}: task {task['id']}")


async def publish(client: "Client", source: bytes, media: Media) -> dict[str, Any]:
    """Make or change the workflow that the document defines; `change` in what is given says which was done."""
    from casework.core.parse import parse

    key = parse(source, media=media).key
    found = await client.workflows.find(key)
    if found is None:
        return {**await client.workflows.create(source, media=media), "change": "created"}
    published = await client.workflows.update(found["id"], source, media=media)
    return {**published, "change": "published" if published["version"] != found["version"] else "unchanged"}


def validate(files: Files, *, as_json: AsJson = False) -> None:
    """Check workflows without a server; prints every problem as `file:line: message (hint)`."""
    read = [_read(file) for file in files]
    if as_json:
        output.print_json({"valid": not any(one.problems for one in read), "problems": _listed(read)})
    else:
        for line in _lines(read):
            output.print_line(line)
    if any(one.problems for one in read):
        raise typer.Exit(WRONG)
    output.say(f"{len(read)} valid.")


def export(
    workflow: Annotated[str, typer.Argument(help="A workflow's key or id.")],
    *,
    url: Url = URL_DEFAULT,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Print a workflow's newest version as a document that can be applied again: YAML, or JSON."""

    async def act(client: "Client") -> str | None:
        found = await client.workflows.find(workflow)
        return await client.workflows.definition(found["id"], media="json" if as_json else "yaml") if found else None

    document = talk(url, key, act)
    if document is None:
        output.tell_error(f"There is no workflow {workflow}.", "`casework workflows list` shows those there are.")
        raise typer.Exit(REFUSED)
    output.print_text(document)


def read_file(file: Path) -> tuple[str, bytes, Media]:
    """The key of the workflow that a file defines, the file's text, and what it is.

    Raises:
        Invalid: with every problem of it.

    """
    from casework.core.parse import parse

    found = _read(file)
    if found.problems:
        raise Invalid(f"{found.name} is not a definition.", found.problems)
    return parse(found.source, media=found.media).key, found.source, found.media


def _read(file: Path) -> Read:
    from casework.core.parse import parse

    name = "standard input" if str(file) == "-" else str(file)
    media: Media = "json" if file.suffix == ".json" else "yaml"
    try:
        source = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        parse(source, media=media)
    except OSError as error:
        return Read(name, b"", media, (Problem(path="", message=f"it cannot be read: {error.strerror}"),))
    except Invalid as error:
        return Read(name, b"", media, error.problems)
    return Read(name, source, media)


def _lines(read: list[Read]) -> list[str]:
    return [output.problem_line(problem, one.name) for one in read for problem in one.problems]


def _listed(read: list[Read]) -> list[dict[str, Any]]:
    return [
        {"file": one.name, "line": p.line, "path": p.path, "message": p.message, "hint": p.hint}
        for one in read
        for p in one.problems
    ]
