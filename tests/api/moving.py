"""Small words for asking about runs that move."""

from casework.core.actor import Actor, Assignee
from casework.core.command import Assign, Complete
from casework.engine.order import Order


def asker(client, place):
    """What somebody is answered; by default the Manager."""

    async def asked(method, path, body=None, *, who=None, status=200, **headers):
        answer = await client.request(
            method, f"{place.path}{path}", json=body, headers=(who or place.manager).headers | headers
        )
        assert answer.status_code == status, answer.text
        return answer.json()

    return asked


async def complete(place, run):
    """Finish the current task of a run, through the engine."""
    who = place.manager
    assignee = Assignee(
        account_id=who.account_id, member_id=who.member_id, name="M", actor_roles=frozenset(), in_project=True
    )
    boss = Actor(kind="member", id=who.member_id, account_id=who.account_id, member_id=who.member_id, supervises=True)
    for command in (Assign(step=1, assignee=assignee), Complete(step=1, data={"ok": True})):
        await place.services.engine.submit(Order(workspace_id=place.id, run_id=run["id"], command=command, actor=boss))


async def rows(place, query, *arguments):
    async with place.services.database.read() as connection:
        return [tuple(row) for row in await connection.fetch(query, *arguments)]
