"""`casework set-password`: for who forgot theirs, by whoever keeps the server."""

import asyncio
from typing import Annotated

import typer

from casework.cli import output
from casework.cli.exits import Wrong
from casework.cli.init import PASSWORD_MIN
from casework.cli.options import AsJson, Data, DatabaseUrl


def set_password(
    *,
    email: Annotated[str, typer.Argument(help="The person's e-mail address.")],
    password: Annotated[
        str,
        typer.Option(
            envvar="CASEWORK_PASSWORD",
            help="The new password: eight characters or more. Asked for where it is not given.",
            show_envvar=True,
            prompt=True,
            hide_input=True,
            confirmation_prompt=True,
        ),
    ],
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Give a person another password, and end every session that they have. Their API keys stay.

    Works beside a running server. There is no reset by mail: whoever can read the database may do this.
    """
    from casework.cli import local

    if len(password) < PASSWORD_MIN:
        raise Wrong(f"--password is too short: {PASSWORD_MIN} characters or more.")
    settings = local.settings_of(data=data, database_url=database_url)
    with local.current_database_url(settings) as url:
        ended = asyncio.run(_set(url, email, password))
    if as_json:
        output.print_json({"email": email, "sessions_ended": ended})
    else:
        output.say(f"{email} has the new password; {ended} of their sessions ended.")


async def _set(url: str, email: str, password: str) -> int:
    from casework.clock import SystemClock
    from casework.operations.accounts import set_password
    from casework.store.database import Database

    database = await Database.open(url, size=1)
    try:
        return await set_password(database, email=email, password=password, at=SystemClock().now())
    finally:
        await database.close()
