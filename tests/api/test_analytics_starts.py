"""Who started runs, and when, in GET /analytics/org/{org_id}/flows/{flow_id}/metrics."""

from datetime import timedelta

import pytest

from casework.core.command import Fail
from casework.core.permission import MEMBER, Grant, Principal
from casework.store import starts
from casework.store.metrics import Span
from tests.api.desk import Desk, desk
from tests.api.test_analytics_due import measured


@pytest.fixture
async def at(client, services) -> Desk:
    return await desk(client, services)


async def made(at, who):
    """A run that somebody made."""
    return await at.start(ran_by_type="user", ran_by_id=who.account_uuid, ran_by_name=who.email)


async def made_with_key(at, who=None):
    """A run that was made with an API key: somebody's own, or the workspace's."""
    body = {"name": "Night shift"} | ({} if who else {"workspaceOwned": True, "scopes": ["analytics:read"]})
    answer = await at.call("POST", f"{at.place.path}/keys", who or at.place.manager, json=body)
    assert answer.status_code == 201, answer.text
    async with at.services.database.read() as connection:
        uuid = await connection.fetchval("select uuid from api_keys where id = $1", answer.json()["id"])
    kind = "personal_api_key" if who else "org_api_key"
    return await at.start(ran_by_type=kind, ran_by_id=uuid, ran_by_name="Night shift")


async def asked(at, run_ids, clock):
    """Each of the runs asks a model: the first for 10 tokens and 1, the second for 20 and 1, and so on."""
    async with at.services.database.write() as connection:
        for number, run_id in enumerate(run_ids, start=1):
            await connection.execute(
                """
                insert into model_calls (workspace_id, workflow_id, run_id, step_number, provider, model_id,
                                         input_tokens, output_tokens, cost, latency_ms, created_at)
                values ($1, $4, $2, 1, 'openai', 'small', $5, 1, 0.25, 5, $3)
                """,
                at.place.id,
                run_id,
                clock.now(),
                at.workflow_id,
                number * 10,
            )


async def test_people_are_told_with_what_their_own_keys_made(at, clock):
    busy = await at.place.member(scopes=["analytics:read"])
    runs = [await made(at, busy), await made_with_key(at, busy), await made(at, at.user)]
    await at.work(runs[0], 1, then=Fail)
    keyed, by_itself = await made_with_key(at), await at.start(ran_by_type="system", ran_by_id=None, ran_by_name=None)
    await asked(at, [*runs, keyed, by_itself], clock)
    one = {"completed": 0, "failed": 0, "cost": 0.25}
    found = (await measured(at))["people"]
    assert found[0] == {
        "type": "user",
        "id": str(busy.account_uuid),
        "name": found[0]["name"],
        "runs": 2,
        "completed": 0,
        "failed": 1,
        "tokens": 32,
        "cost": 0.5,
    }
    assert {(person["type"], person["name"], person["tokens"]) for person in found[1:]} >= {
        ("org_api_key", "Night shift", 41),
        ("system", None, 51),
    }
    assert all(person | one == person for person in found[1:])
    assert [person["id"] for person in found if person["type"] == "system"] == [None]
    assert len(found) == 4


async def test_teams_are_the_roles_of_whoever_made_the_runs(at, clock):
    both = await at.place.member(scopes=["analytics:read"], actor_roles=["clerk", "lead"])
    clerk = await at.place.member(actor_roles=["clerk"])
    runs = [await made(at, who) for who in (both, clerk, clerk, at.user)]
    await at.work(runs[1], 1, then=Fail)
    await asked(at, runs[:2], clock)
    clerks = {"role": "clerk", "runs": 3, "completed": 0, "failed": 1, "tokens": 32, "cost": 0.5}
    leads = {"role": "lead", "runs": 1, "completed": 0, "failed": 0, "tokens": 11, "cost": 0.25}
    assert (await measured(at))["teams"] == [clerks, leads]
    before = await measured(at, "from=2024-01-01&to=2024-01-31")
    assert (before["teams"], before["people"], before["hours"]) == ([], [], [])


async def test_what_a_person_made_with_a_key_counts_for_their_team(at):
    clerk = await at.place.member(actor_roles=["clerk"])
    await made(at, clerk)
    await made_with_key(at, clerk)
    assert [(team["role"], team["runs"]) for team in (await measured(at))["teams"]] == [("clerk", 2)]


@pytest.mark.parametrize(
    ("zone", "weekday", "hour"),
    [("", 7, 12), ("UTC", 7, 12), ("Asia/Kathmandu", 7, 17), ("Pacific/Auckland", 1, 1), ("America/New_York", 7, 7)],
)
async def test_hours_are_those_of_the_clocks_that_are_named(at, clock, zone, weekday, hour):
    await at.start()
    await at.start()
    clock.advance(hours=1)
    await at.start()
    found = (await measured(at, f"time_zone={zone}"))["hours"]
    assert found == [
        {"weekday": weekday, "hour": hour, "runs": 2},
        {"weekday": weekday, "hour": hour + 1, "runs": 1},
    ]


async def test_everybody_counts_however_many_runs_there_are_up_to_the_limit_of_people(at, clock):
    now = clock.now()
    people = starts.PEOPLE_MAX + 5
    async with at.services.database.write() as connection:
        await connection.execute(
            """
            insert into runs (uuid, workspace_id, workflow_id, version_number, state, revision, run_type, ran_by_type,
                              ran_by_id, ran_by_name, created_at, updated_at)
            select gen_random_uuid(), $1, $2, 1, 'running', 1, 'api', 'user', md5(least(n, $4)::text)::uuid,
                   'Person ' || least(n, $4), $3, $3
            from generate_series(1, $4 + 2000) n
            """,
            at.place.id,
            at.workflow_id,
            now,
            people,
        )
        principal = Principal(kind="cookie", workspace_id=at.place.id)
        grant = Grant(principal=principal, workspace_id=at.place.id, policy=MEMBER)
        span = Span(workflow_id=at.workflow_id, since=now - timedelta(days=1), until=now)
        found, teams = await starts.starters(connection, grant, span)
    assert (found[0].name, found[0].runs) == (f"Person {people}", 2001)
    assert (len(found), teams) == (starts.PEOPLE_MAX, [])
