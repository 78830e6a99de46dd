"""Workflows in the database: ordinals, keys, members of the project, what a caller sees."""

import pytest

from casework.core.definition import TASKS_MAX, Task
from casework.core.errors import Invalid
from casework.core.permission import MEMBER, Grant, Principal, implied
from casework.store import access, tasks, versions, workflows
from tests.documents import chain, document, granted, published, task


def grant_of(place, caller=None, *, scopes=(), kind="bearer", actor_roles=()):
    principal = Principal(
        kind=kind,
        workspace_id=place.id,
        member_id=caller.member_id if caller else None,
        scopes=implied(frozenset(scopes)),
        actor_roles=frozenset(actor_roles),
    )
    return Grant(principal=principal, workspace_id=place.id, policy=MEMBER)


@pytest.fixture
async def flow(client, place):
    return await published(client, place)


async def ordinals(connection):
    rows = await connection.fetch("select key, ordinal, is_current from tasks order by ordinal")
    return [(row["key"], row["ordinal"], row["is_current"]) for row in rows]


async def test_a_task_keeps_its_ordinal_and_a_new_one_gets_the_next(client, place, services, flow):
    path = f"{place.path}/workflows/{flow['id']}"
    for keys in (("new", "review"), ("pay", "newer")):
        answer = await client.put(path, json=document(tasks=chain(*keys)), headers=place.manager.headers)
        assert answer.status_code == 200
    async with services.database.read() as connection:
        assert await ordinals(connection) == [
            ("review", 1, False),
            ("pay", 2, True),
            ("new", 3, False),
            ("newer", 4, True),
        ]


async def test_a_workflow_has_at_most_so_many_tasks_over_its_versions(place, services, flow):
    def some(count):
        return [Task(key=f"t{number}", name="T", kind="human") for number in range(count)]

    async with services.database.write() as connection:
        await tasks.publish(connection, grant_of(place), flow["id"], some(TASKS_MAX - 2))
        with pytest.raises(Invalid, match="4,095 different tasks") as refused:
            await tasks.publish(connection, grant_of(place), flow["id"], some(TASKS_MAX - 1))
        assert refused.value.problems[0].path == f"/tasks/{TASKS_MAX - 2}/key"
        await tasks.publish(connection, grant_of(place), flow["id"], [Task(key="pay", name="Pay", kind="human")])


async def test_a_workflow_is_found_by_id_uuid_and_key_in_its_workspace_alone(place, services, flow):
    grant = grant_of(place)
    elsewhere = Grant(principal=Principal(kind="bearer"), workspace_id=place.id + 1, policy=MEMBER)
    async with services.database.write() as connection:
        found = await workflows.find(connection, grant, flow["id"])
        assert found is not None
        assert await workflows.find(connection, grant, found.uuid) == found
        assert await workflows.find_by_key(connection, grant, "expenses") == found
        assert await workflows.find(connection, elsewhere, flow["id"]) is None
        assert await workflows.find(connection, elsewhere, found.uuid) is None
        assert await workflows.find_by_key(connection, elsewhere, "expenses") is None
        await workflows.archive(connection, grant, flow["id"], at=found.created_at)
        assert await workflows.find_by_key(connection, grant, "expenses") is None
        archived = await workflows.find(connection, grant, flow["id"])
        assert archived is not None
        assert archived.is_archived


async def test_a_definition_comes_back_as_it_was_published(place, services, flow):
    async with services.database.read() as connection:
        found = await versions.definition(connection, place.id, flow["id"], 1)
        assert found is not None
        assert versions.draft(found).document == document()
        assert versions.draft(found).checksum == await versions.checksum(connection, grant_of(place), flow["id"], 1)
        assert await versions.definition(connection, place.id, flow["id"], 2) is None
        assert await versions.definition(connection, place.id + 1, flow["id"], 1) is None


async def test_who_belongs_to_a_project_and_how(client, place, services):
    flow = await published(client, place, document(tasks=[task("a", roles=["clerk"])]))
    clerk = await place.member(actor_roles=["clerk", "driver"], is_supervisor=True)
    user = await place.member()
    stranger = await place.member(actor_roles=["driver"])
    await granted(
        client, place, flow["id"], {"memberId": user.member_id, "level": "use"}, {"role": "Manager", "level": "use"}
    )
    async with services.database.read() as connection:

        async def member(caller):
            found = await access.membership(connection, place.id, flow["id"], caller.account_id)
            return found and (found.member_id, found.level, found.is_supervisor, found.actor_roles)

        assert await member(clerk) == (clerk.member_id, None, True, {"clerk", "driver"})
        assert await member(user) == (user.member_id, "use", False, frozenset())
        assert await member(place.manager) == (place.manager.member_id, "admin", False, frozenset())
        assert await member(stranger) is None
        assert await access.membership(connection, place.id, 999, user.account_id) is None


async def test_what_a_caller_sees_and_what_it_belongs_to(client, place, services):
    granted_one = await published(client, place, document("granted"))
    by_role = await published(client, place, document("by-role", tasks=[task("a", roles=["clerk"])]))
    hidden = await published(client, place, document("hidden"))
    caller = await place.member()
    await granted(client, place, granted_one["id"], {"memberId": caller.member_id, "level": "use"})
    own = [granted_one["id"], by_role["id"]]
    everything = [*own, hidden["id"]]
    async with services.database.read() as connection:

        async def ids(grant):
            return (
                await access.visible_workflow_ids(connection, grant),
                await access.project_ids(connection, grant),
            )

        assert await ids(grant_of(place, caller, actor_roles=["clerk"])) == (own, own)
        reader = grant_of(place, caller, actor_roles=["clerk"], scopes=["workflows:read"])
        assert await ids(reader) == (everything, own)
        assert await ids(grant_of(place, scopes=["assignments:read"], kind="workspace_key")) == (everything, everything)
        assert await ids(grant_of(place, scopes=["chats:admin"], kind="workspace_key")) == ([], [])


async def test_a_list_takes_two_queries_however_long_it_is(client, place, services):
    for number in range(5):
        await published(client, place, document(f"flow-{number}"))
    grant = grant_of(place, scopes=["workflows:read"])
    async with services.database.read() as connection:
        seen = []
        connection.add_query_logger(lambda record: seen.append(record.query) if "workflows" in record.query else None)
        found, total = await workflows.page(connection, grant, workflows.Filter(), limit=50, offset=0)
    assert (len(found), total, len(seen)) == (5, 5, 2)
