"""GET /workflows."""

import pytest

from tests import people
from tests.documents import chain, document, granted, published, task


@pytest.fixture
def listed(client, place):
    async def get(by=None, **query):
        answer = await client.get(f"{place.path}/workflows", params=query, headers=(by or place.manager).headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return get


def keys(page):
    return [one["key"] for one in page["items"]]


async def test_newest_come_first_in_pages(client, place, listed):
    for key in ("a", "b", "c"):
        await published(client, place, document(key))
    page = await listed()
    assert (keys(page), page["total"], page["page"], page["pageSize"]) == (["c", "b", "a"], 3, 1, 50)
    assert keys(await listed(page=2, pageSize=2)) == ["a"]
    assert await listed(page=9, pageSize=2) == {"items": [], "total": 3, "page": 9, "pageSize": 2}


async def test_each_is_shown_as_it_is_read_alone(client, place, listed):
    await published(client, place, document("a", tasks=chain("z", "y", "x")))
    made = await published(client, place, document("b"))
    page = await listed()
    assert page["items"][0] == made
    assert [one["key"] for one in page["items"][1]["tasks"]] == ["z", "y", "x"]


async def test_they_can_be_found_by_key_and_by_name(client, place, listed):
    for key, name in (("a", "Büro 100%"), ("b", "Travel_x"), ("ab", "travel y")):
        await published(client, place, document(key, name=name))
    assert keys(await listed(key="a")) == ["a"]
    assert keys(await listed(name="TRAVEL")) == ["ab", "b"]
    assert keys(await listed(name="büro")) == ["a"]
    assert keys(await listed(name="0%")) == ["a"]
    assert keys(await listed(name="l_")) == ["b"]
    assert keys(await listed(key="a", name="travel")) == []


async def test_only_what_the_caller_may_see_is_listed(client, place, listed):
    await published(client, place, document("hidden"))
    by_member = await published(client, place, document("by-member"))
    by_role = await published(client, place, document("by-role"))
    await published(client, place, document("by-actor-role", tasks=[task("a", roles=["clerk"])]))
    await published(client, place, document("others", tasks=[task("a", roles=["lead"])]))
    caller = await place.member(actor_roles=["clerk", "driver"])
    await granted(client, place, by_member["id"], {"memberId": caller.member_id, "level": "use"})
    await granted(client, place, by_role["id"], {"role": "User", "level": "edit"})
    page = await listed(by=caller)
    assert (keys(page), page["total"]) == (["by-actor-role", "by-role", "by-member"], 3)
    reader = await place.member(scopes=["workflows:read"])
    assert (await listed(by=reader))["total"] == 5
    assert (await listed(by=await place.member(scopes=["assignments:admin"])))["total"] == 0


async def test_a_role_that_no_current_task_names_shows_nothing(client, place, listed):
    made = await published(client, place, document(tasks=[task("a", roles=["clerk"])]))
    caller = await place.member(actor_roles=["clerk"])
    assert (await listed(by=caller))["total"] == 1
    path = f"{place.path}/workflows/{made['id']}"
    await client.put(path, json=document(tasks=[task("b")]), headers=place.manager.headers)
    assert (await listed(by=caller))["total"] == 0


async def test_another_workspace_has_its_own(client, place, services, listed):
    await published(client, place)
    other = await people.place(services, "Other")
    await published(client, other)
    assert (await listed())["total"] == 1
    answer = await client.get(f"{other.path}/workflows", headers=place.manager.headers)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("query", "name"),
    [("page=0", "page"), ("page=x", "page"), ("pageSize=501", "pageSize"), ("name=" + "a" * 201, "name")],
)
async def test_a_bad_parameter_is_named(client, place, query, name):
    answer = await client.get(f"{place.path}/workflows?{query}", headers=place.manager.headers)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(f"{name}:")


async def test_it_takes_somebody(client, place):
    assert (await client.get(f"{place.path}/workflows")).status_code == 401
