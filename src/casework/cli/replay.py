"""`casework replay`: a log as live work, over HTTP."""

import asyncio
from collections.abc import Generator, Iterator
from contextlib import AsyncExitStack, closing
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
import typer

from casework.cli import output
from casework.cli.exits import WRONG, Misused
from casework.cli.history import Bar, Log, Mapping, bar, examined, parsed
from casework.cli.options import URL_DEFAULT, AsJson, Key, Url

if TYPE_CHECKING:
    from casework.client.replay import Replay
    from casework.client.script import Script, Stage
    from casework.operations.history import Examined

DIFFERENCES_SHOWN: Final = 50


def replay(
    log: Log,
    *,
    cases: Annotated[int | None, typer.Option(min=1, help="Only the first so many; by default all.")] = None,
    concurrency: Annotated[int, typer.Option(min=1, max=256, help="Cases at once.")] = 8,
    workflow_key: Annotated[
        str | None, typer.Option("--workflow-key", help="The workflow's key; by default from the file's name.")
    ] = None,
    mapping: Mapping = None,
    label: Annotated[str, typer.Option(help="Another label plays the same log once more.")] = "",
    wait_for_server: Annotated[
        float, typer.Option("--wait-for-server", min=0, help="Seconds to ask again for while the server is away.")
    ] = 30,
    url: Url = URL_DEFAULT,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Play a log as live work: each case is made, given out, worked on and completed by the people of the log.

    Ends by reading everything back and comparing it with the log; exit code 1 where something differs. One that was
    interrupted goes on where it was when it is started again (for a day; then it begins anew).
    """
    if not key:
        raise Misused("There is no API key: give --key, or set CASEWORK_KEY. `casework init` makes the first one.")
    with bar() as shown:
        read = examined(log, shown, mapping=parsed(mapping), key=workflow_key, name=None)
        wish = Wish(url=url, key=key, cases=cases, concurrency=concurrency, label=label, wait_seconds=wait_for_server)
        told = asyncio.run(_play(wish, read, shown))
    if as_json:
        output.print_json(told)
    else:
        _print(told)
    if told["differences"]:
        raise typer.Exit(WRONG)


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a replay is asked for."""

    url: str
    key: str
    cases: int | None
    concurrency: int
    label: str
    wait_seconds: float


async def _play(wish: Wish, read: "Examined", shown: Bar) -> dict[str, Any]:
    from casework.cli.scripts import roles_of, scripts_of
    from casework.client.readback import compare
    from casework.client.replay import Replay, connected
    from casework.client.staging import staged

    def scripts() -> Generator["Script", None, None]:
        return scripts_of(read.path, read.mapping, read.discovered.tasks, cases=wish.cases)

    connect = partial(connected, wish.url, wait_seconds=wish.wait_seconds)
    async with AsyncExitStack() as stack:
        # A connection each: a pool shared by many looks through all of them for every request.
        clients = [await stack.enter_async_context(connect(wish.key)) for _ in range(wish.concurrency)]
        client = clients[0]
        await client.require_ready()
        stage = await staged(client, read.discovered.definition, roles_of(read))
        replay = Replay(client, stage, name=f"{wish.label} {read.source_hash.hex()}", connect=connect)
        total = min(wish.cases or read.summary.cases, read.summary.cases)
        with closing(scripts()) as playing:
            await replay.play(_counted(playing, shown, total), clients)
        told = _told(replay, stage)
        with closing(scripts()) as played:
            differences = await compare(client, stage, played, replay.runs)
    troubles = [f"case {number}: {text}" for number, text in sorted(replay.troubles.items())]
    return {**told, "differences": [*troubles, *differences]}


def _counted(scripts: Iterator["Script"], shown: Bar, total: int) -> Iterator["Script"]:
    for script in scripts:
        yield script
        shown.show("Playing", script.number, total)


def _told(replay: "Replay", stage: "Stage") -> dict[str, Any]:
    seconds, cases = replay.meter.seconds, len(replay.runs) - len(replay.troubles)
    return {
        "workflow": {"id": stage.workflow_id, "version": stage.version},
        "cases": cases,
        "seconds": round(seconds, 3),
        "lifecycles_per_second": round(cases / seconds, 1),
        "requests": replay.meter.requests,
        "requests_per_second": round(replay.meter.requests / seconds, 1),
        "latency_ms": msgspec.to_builtins(replay.meter.latency()),
    }


def _print(told: dict[str, Any]) -> None:
    latency = told["latency_ms"]
    output.print_fields(
        {
            "cases": f"{told['cases']:,} in {told['seconds']:.1f} s, {told['lifecycles_per_second']:,} a second",
            "requests": f"{told['requests']:,}, {told['requests_per_second']:,} a second",
            "latency": f"p50 {latency['p50']:.1f} ms, p95 {latency['p95']:.1f} ms, p99 {latency['p99']:.1f} ms",
            "workflow": f"{told['workflow']['id']}, version {told['workflow']['version']}",
        }
    )
    differences = told["differences"]
    for line in differences[:DIFFERENCES_SHOWN]:
        output.print_line(output.shown_value(line))
    if differences:
        output.tell_error(f"{len(differences):,} differences from the log.")
    else:
        output.say("Every case is as the log has it.")
