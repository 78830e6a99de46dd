"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, Final

import typer

URL_DEFAULT: Final = "http://127.0.0.1:8080"

Url = Annotated[str, typer.Option("--url", envvar="CASEWORK_URL", help="The server's address.", show_default=True)]
Key = Annotated[
    str | None,
    typer.Option("--key", envvar="CASEWORK_KEY", help="Your API key; `casework init` makes the first."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Page = Annotated[int, typer.Option("--page", min=1, help="Which page of the list.")]
Size = Annotated[int, typer.Option("--size", min=1, max=500, help="Entries a page.")]

Data = Annotated[
    Path | None,
    typer.Option("--data", help="The directory of the embedded database; by default that of CASEWORK_DATA."),
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option("--database-url", help="A PostgreSQL server, 15 or newer, in the place of the embedded one."),
]
App = Annotated[
    list[str] | None,
    typer.Option("--app", help="A module whose functions workers call: module or module:attribute; may be repeated."),
]


def apps_of(given: list[str] | None) -> str | None:
    """The setting that says the same; None where nothing was given."""
    return ",".join(given) if given else None
