"""`casework members`: the people of a workspace."""

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from casework.cli import output
from casework.cli.listing import show_one, show_page
from casework.cli.options import URL_DEFAULT, AsJson, Key, Page, Size, Url
from casework.cli.output import Column
from casework.cli.session import talk

if TYPE_CHECKING:
    from casework.client import Client

app = typer.Typer(no_args_is_help=True, help="People of the workspace.")

Member = Annotated[int, typer.Argument(min=1, help="A member's id.")]
Name = Annotated[str | None, typer.Option("--name", help="The person's name.")]
Role = Annotated[str | None, typer.Option("--role", help="What it may do: Manager, User, or a role of your own.")]
ActorRoles = Annotated[
    list[str] | None, typer.Option("--actor-role", help="A role that tasks name; may be given several times.")
]
Supervisor = Annotated[
    bool | None, typer.Option("--supervisor/--no-supervisor", help="Whether it supervises its projects.")
]
Capacity = Annotated[
    int | None, typer.Option("--capacity", min=0, max=1000, help="Activities that it may have at once.")
]
Available = Annotated[
    bool | None, typer.Option("--available/--not-available", help="Whether work is handed to it by itself.")
]

_COLUMNS: Final = (
    Column("ID", "id"),
    Column("ACCOUNT", "accountId"),
    Column("NAME", "name"),
    Column("E-MAIL", "email"),
    Column("ROLE", "role"),
    Column("ACTOR ROLES", "actorRoles"),
)


@app.command("list")
def list_(*, page: Page = 1, size: Size = 50, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """List the members."""
    found = talk(url, key, lambda client: client.members.list(page=page, size=size))
    show_page(found, _COLUMNS, as_json=as_json)


@app.command()
def get(member: Member, *, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """Show a member."""
    show_one(talk(url, key, lambda client: client.members.get(member)), as_json=as_json)


@app.command()
def add(
    email: Annotated[str, typer.Argument(help="The person's e-mail address.")],
    *,
    name: Name = None,
    password: Annotated[
        str | None, typer.Option(envvar="CASEWORK_PASSWORD", help="For an account that is new.", show_envvar=True)
    ] = None,
    role: Role = None,
    actor_role: ActorRoles = None,
    supervisor: Supervisor = None,
    url: Url = URL_DEFAULT,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Make somebody a member."""
    fields = {"password": password, **_fields(name, role, actor_role, supervisor=supervisor)}
    show_one(talk(url, key, lambda client: client.members.create(email, **fields)), as_json=as_json)


@app.command()
def update(
    member: Member,
    *,
    name: Name = None,
    role: Role = None,
    actor_role: ActorRoles = None,
    supervisor: Supervisor = None,
    capacity: Capacity = None,
    available: Available = None,
    url: Url = URL_DEFAULT,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Change what is given of a member; --actor-role replaces all of them."""
    given = {"capacity": capacity, "available": available}
    fields = {**_fields(name, role, actor_role, supervisor=supervisor), **given}
    show_one(talk(url, key, lambda client: client.members.update(member, **fields)), as_json=as_json)


@app.command()
def remove(member: Member, *, url: Url = URL_DEFAULT, key: Key = None, as_json: AsJson = False) -> None:
    """Take somebody out of the workspace; what it did stays."""
    talk(url, key, lambda client: client.members.remove(member))
    if as_json:
        output.print_json({"id": member, "removed": True})
    else:
        output.print_line(f"member {member}: removed")


@app.command("key")
def key_(
    member: Member,
    *,
    name: Annotated[str, typer.Option(help="What the key is for.")] = "casework",
    scope: Annotated[
        list[str] | None, typer.Option(help="A scope that it is held to; may be given several times.")
    ] = None,
    url: Url = URL_DEFAULT,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Make an API key for a member; it is shown this once."""

    async def act(client: "Client") -> dict[str, Any]:
        return await client.keys.create(name, memberId=member, scopes=scope)

    made = talk(url, key, act)
    if as_json:
        output.print_json(made)
    else:
        output.print_line(made["key"])


def _fields(
    name: str | None, role: str | None, actor_roles: list[str] | None, *, supervisor: bool | None
) -> dict[str, Any]:
    return {"name": name, "role": role, "actorRoles": actor_roles or None, "isSupervisor": supervisor}
