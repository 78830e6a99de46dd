"""`casework events`: what happened elsewhere, for runs that wait for it."""

from typing import Annotated

import typer

from casework.cli.listing import show_one
from casework.cli.options import URL_DEFAULT, AsJson, Key, Url
from casework.cli.session import given_json, talk

app = typer.Typer(no_args_is_help=True, help="Events that runs wait for.")


@app.callback()
def _group() -> None:
    """Keep `send` a command of its own name."""


@app.command()
def send(
    name: Annotated[str, typer.Argument(help="What happened, such as order.paid.")],
    correlation: Annotated[str, typer.Argument(help="What it is about, such as the order's number.")] = "",
    *,
    payload: Annotated[str | None, typer.Option(help="What it brings: a JSON value, or @file.")] = None,
    keep_seconds: Annotated[int | None, typer.Option(min=1, help="How long it waits to be taken.")] = None,
    url: Url = URL_DEFAULT,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Send an event to the run that waits for it, now or later."""
    value = given_json(payload, "--payload")
    show_one(
        talk(url, key, lambda client: client.events.send(name, correlation, value, keep_seconds=keep_seconds)),
        as_json=as_json,
    )
