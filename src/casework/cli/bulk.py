"""`casework runs import`: a run for every line of a file, however long it is."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Self

import msgspec
import typer

from casework.cli import output
from casework.cli.bulk_rows import Row, Rows
from casework.cli.exits import Wrong
from casework.cli.history import bar, parsed
from casework.cli.options import URL_DEFAULT, AsJson, Key, Url
from casework.cli.session import talk
from casework.cli.workflows import of

if TYPE_CHECKING:
    from casework.cli.history import Bar
    from casework.client import Client

BATCH_BYTES_MAX: Final = 8 * 1024 * 1024
"""Of a request, whatever the number of its items: the server takes twice as much."""

Batch = list[tuple[Row, bytes]]


class Done(msgspec.Struct, kw_only=True):
    """What became of the lines so far."""

    created: int = 0
    existing: int = 0
    refused: int = 0


def import_(
    file: Annotated[Path, typer.Argument(help="A file of JSON lines (.jsonl) or CSV (.csv).", show_default=False)],
    *,
    workflow: Annotated[str, typer.Option(help="A workflow's key or id.")],
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="COLUMN=FIELD",
            help="Which column is the externalId, title, memberId, priority or dueAt, or input.NAME; may be given "
            "several times. Other columns go to the input under their own names.",
        ),
    ] = None,
    batch: Annotated[int, typer.Option(min=1, max=10_000, help="Lines a request.")] = 2_000,
    report: Annotated[
        Path | None, typer.Option(help="Where refused lines are told; by default FILE.refused.jsonl.")
    ] = None,
    url: Url = URL_DEFAULT,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Start a run for every line of a file.

    Each line is made once, by its external id, or where no column is mapped to that by what it says: an import that was
    interrupted is simply started again. Refused lines are told in the report, and the command ends with 1.
    """
    columns = parsed(mapping)
    told = report or file.with_name(f"{file.name}.refused.jsonl")

    async def act(client: "Client") -> Done:
        found = await of(client, workflow)
        types = await _types(client, found["id"])
        with bar() as shown, Report(told) as refused:
            return await _send(client, found["id"], _batches(Rows(file, columns, types), batch), refused, (shown, file))

    done = talk(url, key, act)
    if as_json:
        output.print_json({**msgspec.to_builtins(done), "report": str(told) if done.refused else None})
    else:
        output.print_line(f"{done.created:,} started, {done.existing:,} were there, {done.refused:,} refused.")
    if done.refused:
        raise Wrong(f"{done.refused:,} lines were refused: {told} says why.")


class Report:
    """The lines that were refused, written as they are found; where there are none, there is no file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: list[bytes] = []

    def __enter__(self) -> Self:
        with suppress(FileNotFoundError):  # that of an import before
            self._path.unlink()
        return self

    def __exit__(self, *_: object) -> None:
        self.flush()

    def add(self, row: Row, problems: Sequence[Any]) -> None:
        """Tell of a line."""
        item = row.item or {}
        self._lines.append(
            msgspec.json.encode({"line": row.line, "externalId": item.get("externalId"), "problems": problems})
        )

    def flush(self) -> None:
        """Write what was told."""
        if self._lines:
            with self._path.open("ab") as file:
                file.writelines(line + b"\n" for line in self._lines)
            self._lines = []


async def _types(client: "Client", workflow_id: int) -> dict[str, str]:
    """The types of the fields of a workflow's input, as far as they are told by one word."""
    definition = msgspec.json.decode(await client.workflows.definition(workflow_id, media="json"))
    properties = (definition.get("input") or {}).get("properties") or {}
    kinds = {name: field.get("type") for name, field in properties.items() if isinstance(field, dict)}
    return {name: kind for name, kind in kinds.items() if isinstance(kind, str)}


def _batches(rows: Rows, size: int) -> Iterator[Batch]:
    batch: Batch = []
    length = 0
    for row in rows:
        text = b"" if row.item is None else msgspec.json.encode(row.item)
        if batch and (len(batch) == size or length + len(text) > BATCH_BYTES_MAX):
            yield batch
            batch, length = [], 0
        batch.append((row, text))
        length += len(text) + 1
    if batch:
        yield batch


async def _send(
    client: "Client", workflow_id: int, batches: Iterator[Batch], report: Report, shown: "tuple[Bar, Path]"
) -> Done:
    """Send all batches; where that stops in between, say how far it came."""
    done = Done()
    view, path = shown
    total = path.stat().st_size if path.exists() else 0
    try:
        for batch in batches:
            await _send_one(client, workflow_id, batch, report, done)
            view.show("Starting", batch[-1][0].bytes_read, total)
    except Exception:
        if there := done.created + done.existing:
            output.say(f"It stopped when {there:,} lines were there; begun again, the import goes on after them.")
        raise
    return done


async def _send_one(client: "Client", workflow_id: int, batch: Batch, report: Report, done: Done) -> None:
    sent = [(row, text) for row, text in batch if row.problem is None]
    for row, _ in batch:
        if row.problem is not None:
            done.refused += 1
            report.add(row, [{"path": "", "message": row.problem}])
    if sent:
        answer = await client.runs.import_(workflow_id, b"\n".join(text for _, text in sent), mode="partial")
        done.created += answer["created"]
        done.existing += answer["existing"]
        done.refused += answer["refused"]
        for one in answer["results"]:
            if one["status"] == "refused":
                row = sent[one["line"] - 1][0]
                report.add(row, [{name: p[name] for name in ("path", "message")} for p in one["problems"]])
    report.flush()
