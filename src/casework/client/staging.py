"""Before a replay: its workflow is published, and its people are members; what is there already is used."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from casework.client.client import Client
from casework.client.script import Actor, Role, Stage
from casework.core.errors import Conflict
from casework.core.parse import document, parse

_PAGE_SIZE: Final = 500


async def staged(client: Client, definition: Mapping[str, Any], roles: Sequence[Role]) -> Stage:
    """The stage for that definition and these people.

    Raises:
        Conflict: there is a workflow with its key, and it is another one.

    """
    workflow = await _published(client, definition)
    return Stage(
        workflow_id=workflow["id"],
        version=workflow["version"],
        tasks={task["key"]: task["id"] for task in workflow["tasks"]},
        actors=await _actors(client, roles),
    )


async def _published(client: Client, definition: Mapping[str, Any]) -> dict[str, Any]:
    found = await client.workflows.find(definition["key"])
    if found is None:
        return await client.workflows.create(msgspec.json.encode(definition), media="json")
    kept = msgspec.json.decode(await client.workflows.definition(found["id"], media="json"))
    if document(parse(kept, media="value")) != document(parse(dict(definition), media="value")):
        raise Conflict(f"There is another workflow {definition['key']}: give this one a key by --workflow-key.")
    return found


async def _actors(client: Client, roles: Sequence[Role]) -> dict[str, Actor]:
    members = await _members(client)
    by_id = {member["externalId"]: member for member in members if member["externalId"] is not None}
    by_email = {member["email"].lower(): member for member in members}
    actors = {}
    for role in roles:
        known = by_id.get(role.external_id) or _by_email(role, by_email)
        member = await (_taken_on(client, role, by_email) if known is None else _trained(client, role, known))
        by_email[member["email"].lower()] = member
        actors[role.name] = Actor(account_id=member["accountId"], member_id=member["id"])
    return actors


def _by_email(role: Role, by_email: Mapping[str, dict[str, Any]]) -> dict[str, Any] | None:
    """Who has its e-mail, and is nobody else of the log."""
    found = by_email.get(role.email)
    return found if found is not None and found["externalId"] in (None, role.external_id) else None


async def _taken_on(client: Client, role: Role, by_email: Mapping[str, Any]) -> dict[str, Any]:
    return await client.members.create(
        role.spare_email if role.email in by_email else role.email,
        name=role.shown_name,
        externalId=role.external_id,
        actorRoles=list(role.actor_roles),
    )


async def _trained(client: Client, role: Role, member: dict[str, Any]) -> dict[str, Any]:
    """The member with the roles that it lacked."""
    held = set(member["actorRoles"])
    if held.issuperset(role.actor_roles):
        return member
    return await client.members.update(member["id"], actorRoles=sorted(held.union(role.actor_roles)))


async def _members(client: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    number = 1
    while True:
        page = await client.members.list(page=number, size=_PAGE_SIZE)
        found += page.items
        if len(page.items) < _PAGE_SIZE:
            return found
        number += 1
