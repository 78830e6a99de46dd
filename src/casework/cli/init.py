"""`casework init`: the first person, workspace and key of a database."""

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

from casework.cli import output
from casework.cli.exits import Wrong
from casework.cli.options import AsJson, Data, DatabaseUrl

if TYPE_CHECKING:
    from casework.settings import Settings

Field = Literal["workspace_uuid", "workspace_id", "account_id", "account_uuid", "member_id", "api_key"]

PASSWORD_MIN: Final = 8
"""Characters of a password."""


def init(
    *,
    email: Annotated[str, typer.Option(help="The person's e-mail address.")],
    password: Annotated[
        str, typer.Option(envvar="CASEWORK_PASSWORD", help="Its password: eight characters or more.", show_envvar=True)
    ],
    workspace: Annotated[str, typer.Option(help="The name of the workspace.")],
    name: Annotated[str | None, typer.Option(help="The person's name; by default from the address.")] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
    field: Annotated[Field | None, typer.Option(help="Print this field alone, as text.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make an account, a workspace that it manages, and an API key; prints them as JSON.

    Works before `casework up` and beside it. The key is shown this once. Of what is there already, only the key is
    made anew.
    """
    from casework.cli.local import settings_of

    settings = settings_of(data=data, database_url=database_url)
    _refuse_unfit(email, password, workspace)
    made = make(settings, email=email, password=password, name=name, workspace=workspace)
    if as_json or field is None:
        output.print_json(made)
    else:
        output.print_line(str(made[field]))


def make(settings: "Settings", *, email: str, password: str, workspace: str, name: str | None = None) -> dict[str, Any]:
    """Make them in the database of these settings; gives what `casework init` prints."""
    import asyncio

    from casework.cli import local

    with local.database_url(settings) as url:
        asyncio.run(local.prepare(url))
        return asyncio.run(
            _make(
                settings.model_copy(update={"database_url": url}),
                email=email,
                password=password,
                name=name or email.partition("@")[0],
                workspace_name=workspace,
            )
        )


async def _make(settings: "Settings", **wish: str) -> dict[str, Any]:
    from casework import wiring
    from casework.operations.workspaces import initialise

    async with wiring.services(settings) as services:
        made = await initialise(services, **wish)
    return {
        "workspace_uuid": str(made.workspace.uuid),
        "workspace_id": made.workspace.id,
        "account_id": made.account.id,
        "account_uuid": str(made.account.uuid),
        "member_id": made.member_id,
        "api_key": made.api_key,
    }


def _refuse_unfit(email: str, password: str, workspace: str) -> None:
    if "@" not in email.strip("@") or email != email.strip():
        raise Wrong(f"--email {email!r} is not an e-mail address.")
    if len(password) < PASSWORD_MIN:
        raise Wrong(f"--password is too short: {PASSWORD_MIN} characters or more.")
    if not workspace.strip():
        raise Wrong("--workspace needs a name.")
