"""`casework webhooks`: where a workspace has its facts told."""

from typing import Annotated, Final

import typer

from casework.cli import output
from casework.cli.listing import show_one, show_page
from casework.cli.options import URL_DEFAULT, AsJson, Key, Page, Size, Url
from casework.cli.output import Column
from casework.cli.session import talk

app = typer.Typer(no_args_is_help=True, help="Webhooks of the workspace.")

Webhook = Annotated[int, typer.Argument(min=1, help="A webhook's id.")]

_COLUMNS: Final = (
    Column("ID", "id"),
    Column("NAME", "name"),
    Column("ADDRESS", "url"),
    Column("EVENTS", "events"),
    Column("DISABLED", "disabledReason"),
    Column("FAILING SINCE", "failingSince"),
)
_DELIVERIES: Final = (
    Column("ID", "id"),
    Column("TYPE", "type"),
    Column("STATUS", "status"),
    Column("ATTEMPTS", "attempts"),
    Column("ANSWER", "responseStatus"),
    Column("ERROR", "error"),
    Column("NEXT", "nextAttemptAt"),
    Column("MADE", "createdAt"),
)


@app.command("list")
def list_(*, page: Page = 1, size: Size = 50, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """List the webhooks."""
    found = talk(url, key, lambda client: client.webhooks.list(page=page, size=size))
    show_page(found, _COLUMNS, as_json=as_json)


@app.command()
def add(
    address: Annotated[str, typer.Argument(help="Where messages are sent, https://...")],
    *,
    event: Annotated[
        list[str] | None, typer.Option(help="A type of fact; may be given several times. None: every one.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    workflow: Annotated[int | None, typer.Option(min=1, help="Only facts about this workflow's runs.")] = None,
    url: Url = URL_DEFAULT,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Make a webhook; its secret is shown this once."""
    fields = {"events": event or None, "name": name, "workflowId": workflow}
    show_one(talk(url, key, lambda client: client.webhooks.create(address, **fields)), as_json=as_json)


@app.command()
def enable(webhook: Webhook, *, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """Tell a disabled webhook what happens from now on, and send what waited."""
    show_one(talk(url, key, lambda client: client.webhooks.update(webhook, disabled=False)), as_json=as_json)


@app.command()
def disable(webhook: Webhook, *, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """Tell a webhook nothing until it is enabled."""
    show_one(talk(url, key, lambda client: client.webhooks.update(webhook, disabled=True)), as_json=as_json)


@app.command()
def remove(webhook: Webhook, *, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """Take a webhook away; what waits for it is not sent."""
    talk(url, key, lambda client: client.webhooks.remove(webhook))
    if as_json:
        output.print_json({"id": webhook, "removed": True})
    else:
        output.print_line(f"webhook {webhook}: removed")


@app.command("test")
def try_(webhook: Webhook, *, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """Send a webhook a message that tells of nothing; `deliveries` shows what became of it."""
    show_one(talk(url, key, lambda client: client.webhooks.test(webhook)), as_json=as_json)


@app.command()
def deliveries(
    webhook: Webhook,
    *,
    status: Annotated[str | None, typer.Option(help="Only those that are pending, delivered or failed.")] = None,
    size: Size = 50,
    url: Url = URL_DEFAULT,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """List the newest messages of a webhook, and what became of them."""
    found = talk(url, key, lambda client: client.webhooks.deliveries(webhook, status=status, size=size))
    show_page(found, _DELIVERIES, as_json=as_json)


@app.command()
def replay(
    webhook: Webhook,
    delivery: Annotated[int, typer.Argument(min=1, help="A delivery's id.")],
    *,
    url: Url = URL_DEFAULT,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Send a message again, under the same message id."""
    show_one(talk(url, key, lambda client: client.webhooks.replay(webhook, delivery)), as_json=as_json)
