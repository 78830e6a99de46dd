"""Members: listed, read, added, changed and removed; never more given than held, never nobody in charge."""

import asyncio

import pytest

from tests import people

FIELDS = {
    "id",
    "accountId",
    "accountUuid",
    "email",
    "name",
    "phone",
    "role",
    "actorRoles",
    "isSupervisor",
    "capacity",
    "available",
    "labels",
    "externalId",
    "data",
    "formData",
    "createdAt",
}


@pytest.fixture
def at(client, place):
    """Calls the members of `place`, as its Manager unless somebody else is named."""

    async def call(method, path="", *, who=place.manager, headers=None, **more):
        return await client.request(
            method, f"{place.path}/members{path}", headers=who.headers | (headers or {}), **more
        )

    return call


async def events(services, type_):
    async with services.database.read() as connection:
        rows = await connection.fetch("select * from events where type = $1 order by id", type_)
    return [(row["actor_kind"], row["actor_id"], row["data"]) for row in rows]


async def test_a_member_has_exactly_the_fields_that_are_promised(at, place):
    answer = await at("GET", f"/{place.manager.member_id}")
    assert set(answer.json()) == FIELDS
    assert answer.json()["createdAt"] == "2024-02-04T12:00:00.000Z"
    assert answer.headers["etag"] == '"1"'


async def test_members_are_listed_by_pages(at, place):
    for _ in range(4):
        await place.member()
    answer = (await at("GET", "?page=2&pageSize=2")).json()
    assert {name: answer[name] for name in ("total", "page", "pageSize")} == {"total": 5, "page": 2, "pageSize": 2}
    everybody = (await at("GET")).json()["items"]
    assert answer["items"] == everybody[2:4]
    assert (await at("GET", f"?page={10**30}")).json()["items"] == []


@pytest.mark.parametrize("query", ["page=0", "page=x", "pageSize=0", "pageSize=501", "page=1&page=2"])
async def test_a_bad_page_is_a_bad_parameter(at, query):
    answer = await at("GET", f"?{query}")
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(query.partition("=")[0])


async def test_a_list_takes_the_same_queries_however_long_it_is(at, place, queries):
    await at("GET")
    queries.clear()
    await at("GET")
    few = len(queries)
    for _ in range(5):
        await place.member()
    queries.clear()
    await at("GET")
    assert len(queries) == few == 3


async def test_everybody_reads_themselves_and_members_read_reads_all(at, place):
    user, other = await place.member(), await place.member()
    reader = await place.member(scopes=["members:read"])
    assert (await at("GET", f"/{user.member_id}", who=user)).status_code == 200
    assert (await at("GET", f"/{other.member_id}", who=user)).status_code == 403
    assert (await at("GET", "/999999", who=user)).status_code == 403
    assert (await at("GET", who=user)).status_code == 403
    assert (await at("GET", f"/{other.member_id}", who=reader)).status_code == 200
    assert (await at("GET", "/999999", who=reader)).status_code == 404
    assert (await at("GET", who=reader)).status_code == 200


async def test_a_member_of_another_workspace_is_not_here(at, place, services):
    elsewhere = await people.place(services, "Elsewhere")
    stranger = await elsewhere.member()
    for method, body in (("GET", None), ("PUT", {"name": "x"}), ("DELETE", None)):
        assert (await at(method, f"/{stranger.member_id}", json=body)).status_code == 404


async def test_somebody_new_gets_an_account_and_can_sign_in(at, client):
    body = {
        "email": "ada@example.com",
        "password": "correct horse battery",
        "name": "Ada",
        "phone": "+49 30 1234",
        "actorRoles": ["agent", "lead"],
        "isSupervisor": True,
        "labels": ["night"],
        "externalId": "hr-7",
        "data": {"team": {"floor": 3}},
        "formData": {"shirt": "M"},
    }
    made = await at("POST", json=body)
    assert made.status_code == 201
    shown = {name: value for name, value in made.json().items() if name in body}
    assert shown == {name: value for name, value in body.items() if name != "password"}
    assert made.json()["role"] == "User"
    signed_in = await client.post(
        "/api/auth/sign-in/email", json={"email": body["email"], "password": body["password"]}
    )
    assert signed_in.json()["user"]["id"] == made.json()["accountId"]


async def test_somebody_with_an_account_keeps_it(at, client, services):
    person = await people.person(services)
    made = await at("POST", json={"email": person.email.upper(), "password": "somebody else's"})
    assert made.json()["accountId"] == person.account_id
    assert made.json()["email"] == person.email
    stolen = {"email": person.email, "password": "somebody else's"}
    assert (await client.post("/api/auth/sign-in/email", json=stolen)).status_code == 401


async def test_a_member_is_not_added_twice(at, place):
    user = await place.member()
    assert (await at("POST", json={"email": user.email})).status_code == 409


async def test_the_same_person_added_twice_at_once_is_one_member(at):
    answers = await asyncio.gather(*(at("POST", json={"email": "ada@example.com"}) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]


async def test_the_same_addition_with_one_key_is_answered_once(at):
    ask = {"json": {"email": "ada@example.com"}, "headers": {"idempotency-key": "k1"}}
    answers = await asyncio.gather(*(at("POST", **ask) for _ in range(5)))
    answers.append(await at("POST", **ask))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({}, "email"),
        ({"email": "nobody"}, "email"),
        ({"email": "a@b.c", "role": "Boss"}, "role"),
        ({"email": "a@b.c", "colour": "red"}, "colour"),
        ({"email": "a@b.c", "id": 1}, "id"),
        ({"email": "a@b.c", "role_id": 1}, "role_id"),
        ({"email": "a@b.c", "actorRoles": "agent"}, "actorRoles"),
        ({"email": "a@b.c", "actorRoles": [""]}, "actorRoles/0"),
        ({"email": "a@b.c", "labels": ["x"] * 51}, "labels"),
        ({"email": "a@b.c", "externalId": ""}, "externalId"),
        ({"email": "a@b.c", "data": []}, "data"),
        ({"email": "a@b.c", "data": {"x": "y" * 40_000}}, "data"),
        ({"email": "a@b.c", "name": None}, "name"),
        ({"email": "a@b.c", "password": "short"}, "password"),
    ],
)
async def test_what_cannot_be_a_member_is_refused_by_name(at, body, name):
    answer = await at("POST", json=body)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(f"{name}: ")


async def test_only_what_is_sent_is_changed(at, place):
    user = await place.member(actor_roles=["agent"])
    changed = await at("PUT", f"/{user.member_id}", json={"labels": ["day"], "phone": "1"})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert changed.json()["actorRoles"] == ["agent"]
    cleared = await at("PUT", f"/{user.member_id}", json={"phone": None})
    assert (cleared.json()["phone"], cleared.json()["labels"]) == (None, ["day"])
    assert (await at("PUT", f"/{user.member_id}", json={"email": "a@b.c"})).status_code == 400


async def test_a_change_meant_for_another_state_is_not_made(at, place):
    user = await place.member()
    path = f"/{user.member_id}"
    assert (await at("PUT", path, json={"name": "A"}, headers={"if-match": '"1"'})).status_code == 200
    assert (await at("PUT", path, json={"name": "B"}, headers={"if-match": '"1"'})).status_code == 412
    assert (await at("GET", path)).json()["name"] == "A"


async def test_an_external_id_is_one_members(at, place):
    first, second = await place.member(), await place.member()
    assert (await at("PUT", f"/{first.member_id}", json={"externalId": "7"})).status_code == 200
    assert (await at("PUT", f"/{second.member_id}", json={"externalId": "7"})).status_code == 409
    assert (await at("POST", json={"email": "a@b.c", "externalId": "7"})).status_code == 409
    await at("DELETE", f"/{first.member_id}")
    assert (await at("PUT", f"/{second.member_id}", json={"externalId": "7"})).status_code == 200


async def test_another_role_is_given_by_who_administers_members_and_holds_it(at, place):
    user = await place.member()
    writer = await place.member(scopes=["members:write"])
    admin = await place.member(scopes=["members:admin"])
    path = f"/{user.member_id}"
    assert (await at("PUT", path, json={"role": "Manager"}, who=user)).status_code == 403
    assert (await at("PUT", path, json={"role": "Manager"}, who=writer)).status_code == 403
    assert (await at("PUT", path, json={"role": "Manager"}, who=admin)).status_code == 403
    assert (await at("PUT", path, json={"role": "user", "name": "U"}, who=writer)).status_code == 200
    assert (await at("PUT", path, json={"role": "Boss"})).status_code == 400
    assert (await at("PUT", path, json={"role": "manager"})).json()["role"] == "Manager"
    assert (await at("PUT", path, json={"role": "User"}, who=admin)).status_code == 403


async def test_nobody_raises_themselves(at, place):
    writer = await place.member(scopes=["members:write"], actor_roles=["agent"])
    path = f"/{writer.member_id}"
    for body in ({"role": "Manager"}, {"isSupervisor": True}, {"actorRoles": ["agent", "lead"]}):
        assert (await at("PUT", path, json=body, who=writer)).status_code == 403
        assert (await at("POST", json={"email": "puppet@example.com", **body}, who=writer)).status_code == 403
    for body in ({"actorRoles": ["agent"]}, {"isSupervisor": False}, {"role": "User"}):
        added = await at("POST", json={"email": f"{len(str(body))}@example.com", **body}, who=writer)
        assert added.status_code == 201


async def test_the_last_manager_stays(at, place):
    path = f"/{place.manager.member_id}"
    assert (await at("PUT", path, json={"role": "User"})).status_code == 409
    assert (await at("DELETE", path)).status_code == 409
    second = await place.member(role="Manager")
    assert (await at("PUT", path, json={"role": "User"})).status_code == 200
    assert (await at("DELETE", f"/{second.member_id}", who=second)).status_code == 409


async def test_two_managers_who_remove_each_other_at_once_leave_one(at, place):
    second = await place.member(role="Manager")
    answers = await asyncio.gather(
        at("DELETE", f"/{second.member_id}"), at("DELETE", f"/{place.manager.member_id}", who=second)
    )
    assert min(answer.status_code for answer in answers) == 204
    assert {answer.status_code for answer in answers} != {204}


async def test_a_manager_with_a_disabled_account_does_not_count(at, place, services):
    second = await place.member(role="Manager")
    async with services.database.write() as connection:
        await connection.execute("update accounts set disabled_at = now() where id = $1", second.account_id)
    assert (await at("DELETE", f"/{place.manager.member_id}")).status_code == 409


async def test_whoever_is_removed_comes_back_with_nothing_of_before(at, client, place):
    user = await place.member(role="Manager", actor_roles=["lead"], is_supervisor=True)
    key = (await client.post(f"{place.path}/keys", json={"name": "k"}, headers=user.headers)).json()
    assert (await at("DELETE", f"/{user.member_id}")).status_code == 204
    assert (await at("GET", f"/{user.member_id}")).status_code == 404
    again = (await at("POST", json={"email": user.email})).json()
    assert again["id"] == user.member_id
    assert (again["role"], again["actorRoles"], again["isSupervisor"]) == ("User", [], False)
    by_key = {"authorization": f"Bearer {key['key']}"}
    assert (await client.get(place.path + "/members", headers=by_key)).status_code == 401


async def test_removing_needs_members_admin(at, place):
    user = await place.member()
    writer = await place.member(scopes=["members:write"])
    admin = await place.member(scopes=["members:admin"])
    assert (await at("DELETE", f"/{user.member_id}", who=writer)).status_code == 403
    assert (await at("DELETE", f"/{place.manager.member_id}", who=admin)).status_code == 403
    assert (await at("DELETE", f"/{user.member_id}", who=admin)).status_code == 204


async def test_many_are_added_at_once_and_who_is_a_member_stays(at, place):
    user = await place.member()
    body = {"members": [{"email": f"p{n}@example.com", "labels": ["new"]} for n in range(20)] + [{"email": user.email}]}
    answer = (await at("POST", "/import", json=body)).json()
    assert (answer["created"], answer["existing"]) == (20, 1)
    assert {item["labels"][0] for item in answer["items"]} == {"new"}
    again = (await at("POST", "/import", json=body)).json()
    assert (again["created"], again["existing"], again["items"]) == (0, 21, [])


@pytest.mark.parametrize(
    ("members", "name"),
    [
        ([], "members"),
        ([{"email": "a@b.c"}, {"email": "A@B.c"}], "members/1/email"),
        ([{"email": "a@b.c"}, {"email": "x"}], "members/1/email"),
        ([{"email": "a@b.c", "data": {"x": "y" * 40_000}}], "members/0/data"),
        ([{"email": "a@b.c", "role": "Boss"}], "role"),
        ([{"email": f"a{n}@b.c", "password": "12345678"} for n in range(51)], "members"),
        ([{"email": f"a{n}@b.c"} for n in range(501)], "members"),
    ],
)
async def test_one_that_is_wrong_refuses_the_whole_import(at, members, name):
    answer = await at("POST", "/import", json={"members": members})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(f"{name}: ")
    assert (await at("GET")).json()["total"] == 1


async def test_an_import_takes_the_same_statements_however_long_it_is(at, queries):
    counts = []
    for size in (2, 1, 40):
        queries.clear()
        await at("POST", "/import", json={"members": [{"email": f"p{size}-{n}@example.com"} for n in range(size)]})
        counts.append(len(queries))
    assert counts[1] == counts[2]  # the first call also asks the database what its types are


async def test_every_change_is_on_record(at, place, services):
    made = (await at("POST", json={"email": "ada@example.com"})).json()
    await at("PUT", f"/{made['id']}", json={"role": "Manager", "labels": []})
    await at("DELETE", f"/{made['id']}")
    by = ("member", place.manager.member_id)
    account = made["accountId"]
    assert await events(services, "member.added") == [
        (*by, {"member_id": made["id"], "account_id": account, "role": "User"})
    ]
    assert await events(services, "member.changed") == [
        (*by, {"member_id": made["id"], "fields": ["labels"], "role": "Manager"})
    ]
    assert await events(services, "member.removed") == [(*by, {"member_id": made["id"], "account_id": account})]
