"""Secrets: kept sealed, replaced and forgotten; shown to nobody, opened for automation alone."""

from base64 import b64encode

import msgspec
import pytest

from casework.core.automation import Automation
from casework.core.errors import Conflict, NotFound
from casework.keyring import Keyring, new_key_text
from casework.operations import secrets
from casework.operations.doctor import examine
from casework.operations.services import Services
from casework.settings import Settings
from casework.store.database import Database
from casework.wiring import assembled
from tests import people
from tests.people import Place
from tests.running import SECRET_KEY

VALUE = "zq7-correct-horse"


@pytest.fixture
def at(client, place):
    """Calls the secrets of `place`, as its Manager unless somebody else is named."""

    async def call(method, path="", *, who=place.manager, where=place, headers=None, **more):
        sent = who.headers | (headers or {})
        return await client.request(method, f"{where.path}/secrets{path}", headers=sent, **more)

    return call


def step(place: Place) -> Automation:
    return Automation(workspace_id=place.id, cause="a test")


async def rows(services: Services) -> str:
    """Every row of the whole database, as text; what is binary in base64 too, so that nothing hides."""
    async with services.database.read() as connection:
        tables = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
        found = [await connection.fetch(f'select * from "{one["tablename"]}"') for one in tables]
    return str([dict(row) for table in found for row in table])


async def test_a_secret_is_kept_and_never_shown_again(at, services, place):
    answers = [await at("POST", json={"name": "crm", "value": VALUE}, headers={"idempotency-key": "once"})]
    answers.append(await at("POST", json={"name": "crm", "value": VALUE}, headers={"idempotency-key": "once"}))
    made = answers[0].json()
    answers += [await at("GET"), await at("PUT", f"/{made['id']}", json={"value": VALUE + "2"})]

    assert [one.status_code for one in answers] == [201, 201, 200, 200]
    assert made.keys() == {"id", "name", "createdAt", "updatedAt", "lastUsedAt"}
    assert await secrets.open_secret(services, step(place), "crm") == VALUE + "2"
    shown = "".join(one.text for one in answers) + await rows(services)
    for form in (VALUE, b64encode(VALUE.encode()).decode()[:-4], VALUE.encode().hex()):
        assert form not in shown


async def test_what_happened_is_told_without_the_value(at, client, place):
    made = (await at("POST", json={"name": "crm", "value": VALUE})).json()
    await at("PUT", f"/{made['id']}", json={"value": "new"})
    await at("DELETE", f"/{made['id']}")

    events = (await client.get(f"{place.path}/events", headers=place.manager.headers)).json()["items"]

    assert [one["type"] for one in events[:3]] == ["secret.removed", "secret.changed", "secret.created"]
    assert {str(one["data"]) for one in events[:3]} == {str({"name": "crm", "secret_id": made["id"]})}


async def test_a_secret_is_opened_by_name_and_its_use_is_noted(at, services, place, clock):
    await at("POST", json={"name": "crm", "value": VALUE})
    assert (await at("GET")).json()["items"][0]["lastUsedAt"] is None
    clock.advance(hours=1)

    assert await secrets.open_secret(services, step(place), "crm") == VALUE

    assert (await at("GET")).json()["items"][0]["lastUsedAt"] == "2024-02-04T13:00:00.000Z"
    clock.advance(seconds=30)
    await secrets.open_secret(services, step(place), "crm")
    assert (await at("GET")).json()["items"][0]["lastUsedAt"] == "2024-02-04T13:00:00.000Z"
    clock.advance(seconds=30)
    await secrets.open_secret(services, step(place), "crm")
    assert (await at("GET")).json()["items"][0]["lastUsedAt"] == "2024-02-04T13:01:00.000Z"


async def test_a_secret_that_is_forgotten_or_anothers_is_not_opened(at, services, place):
    made = (await at("POST", json={"name": "crm", "value": VALUE})).json()
    elsewhere = await people.place(services, "Elsewhere")
    with pytest.raises(NotFound):
        await secrets.open_secret(services, step(elsewhere), "crm")
    assert (await at("DELETE", f"/{made['id']}")).status_code == 204
    with pytest.raises(NotFound):
        await secrets.open_secret(services, step(place), "crm")
    assert (await at("DELETE", f"/{made['id']}")).status_code == 404


async def test_a_row_that_is_moved_does_not_open(at, services, place, database_url):
    elsewhere = await people.place(services, "Elsewhere")
    await at("POST", json={"name": "crm", "value": VALUE})
    await at("POST", json={"name": "erp", "value": "other"}, who=elsewhere.manager, where=elsewhere)
    keyring = services.keyring
    assert await closed(database_url, keyring) == []
    for change in (
        f"update secrets set workspace_id = {elsewhere.id} where name = 'crm'",
        f"update secrets set workspace_id = {place.id}, name = 'stolen' where name = 'crm'",
    ):
        async with services.database.write() as connection:
            await connection.execute(change)
        (found,) = await closed(database_url, keyring)
        assert found.keys() == {"workspace_id", "secret_id", "why"}
    with pytest.raises(Conflict, match="does not open"):
        await secrets.open_secret(services, step(place), "stolen")


async def test_the_servers_key_is_changed_under_way_and_nothing_is_lost(at, services, place, database_url):
    for name in ("a", "b"):
        await at("POST", json={"name": name, "value": VALUE + name})
    new = new_key_text()
    both, alone = Keyring.parse(f"{new},{SECRET_KEY}"), Keyring.parse(new)
    assert len(await closed(database_url, alone)) == 2
    assert len(await closed(database_url, None)) == 2
    database = await Database.open(database_url, size=1)
    try:
        now = services.clock.now()
        with pytest.raises(Conflict, match="does not open"):
            await secrets.rewrap(database, alone, at=now)
        assert await secrets.rewrap(database, both, at=now) == 1
        assert await secrets.rewrap(database, both, at=now) == 0
    finally:
        await database.close()
    assert await closed(database_url, alone) == []
    assert len(await closed(database_url, services.keyring)) == 2
    with pytest.raises(Conflict, match="CASEWORK_SECRET_KEY"):
        await secrets.open_secret(services, step(place), "a")


async def test_without_a_key_a_secret_is_refused_with_what_to_set(database_url, clock):
    async with assembled(database_url, Settings(database_url=database_url, pool_size=2), clock) as services:
        place = await people.place(services)
        async with services.database.write() as connection:
            await connection.execute(
                """
                insert into secrets (workspace_id, name, sealed, created_at, updated_at)
                values ($1, 'crm', '', now(), now())
                """,
                place.id,
            )
        with pytest.raises(Conflict, match="CASEWORK_SECRET_KEY"):
            await secrets.open_secret(services, step(place), "crm")


async def test_without_a_key_a_secret_is_not_taken(at, monkeypatch, app, client, services):
    keyless = msgspec.structs.replace(services, keyring=None)
    monkeypatch.setattr(app.state, "services", keyless)
    answer = await at("POST", json={"name": "a", "value": VALUE})
    assert answer.status_code == 409
    assert "CASEWORK_SECRET_KEY" in answer.text


@pytest.mark.parametrize("name", ["", "1a", "a b", "ä", "a" * 101, "a\n", None])
async def test_a_name_is_one_that_a_definition_can_write(at, name):
    assert (await at("POST", json={"name": name, "value": "x"})).status_code == 400


@pytest.mark.parametrize("value", ["", "x" * 16385, 5, None, "a\0b"])
async def test_a_value_is_a_text_of_bounded_length(at, value):
    answer = await at("POST", json={"name": "a", "value": value})
    assert answer.status_code == 400
    assert "xxx" not in answer.text


async def test_a_name_is_taken_once(at):
    assert (await at("POST", json={"name": "a", "value": "x"})).status_code == 201
    assert (await at("POST", json={"name": "a", "value": "y"})).status_code == 409
    assert (await at("GET")).json()["total"] == 1


async def test_who_reads_the_list_does_not_write_it(at, place):
    reader, writer = await place.member(scopes=["secrets:read"]), await place.member(scopes=["secrets:write"])
    nobody = await place.member(scopes=["workspace:read", "keys:admin"])
    body = {"name": "a", "value": "x"}
    assert [(await at("GET", who=who)).status_code for who in (reader, writer, nobody)] == [200, 200, 403]
    assert [(await at("POST", who=who, json=body)).status_code for who in (nobody, reader, writer)] == [403, 403, 201]


async def closed(database_url, keyring):
    """What the doctor finds of secrets."""
    found = {one.check: one.breaches async for one in examine(database_url, keyring=keyring)}
    return found["secrets"]
