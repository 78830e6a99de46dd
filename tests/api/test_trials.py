"""A definition is tried before it is published: where a run would go, and why, without a trace of it."""

import json

import pytest

from tests.documents import document, task

FORM = {"type": "object", "required": ["days"], "properties": {"days": {"type": "integer"}}}
TASKS = [
    task("ask", form=FORM, next=[{"to": "decide", "when": "output.days > 2"}, {"to": "file"}]),
    task("decide", roles=["lead"], exclude=["ask"], next=[{"to": "file"}]),
    {"key": "file", "name": "File it", "kind": "set", "values": {"by": "=member.name"}},
]


@pytest.fixture
def tried(client, place):
    """What is answered to a definition and a script; the Manager's unless somebody else asks."""

    async def answered(*answers, who=place.manager, status=200, tasks=TASKS, **over):
        body = {"definition": json.dumps(document(tasks=tasks)), "answers": list(answers), **over}
        answer = await client.post(f"{place.path}/workflows:trial", json=body, headers=who.headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    return answered


async def test_it_stops_where_an_answer_is_needed_and_shows_the_form(tried):
    found = await tried()
    (waits,) = found["waiting"]
    assert (waits["task"], waits["kind"], waits["form"]) == ("ask", "human", FORM)
    assert (found["status"], found["refused"]) == ("pending", None)
    assert [(step["task"], step["status"], step["to"]) for step in found["steps"]] == [("ask", "current", None)]


async def test_the_route_is_told_with_the_conditions_that_decided(tried, place):
    found = await tried({"task": "ask", "output": {"days": 5}}, {"task": "decide"})
    assert [(step["task"], step["to"], step["because"]) for step in found["steps"]] == [
        ("ask", ["decide"], "output.days > 2"),
        ("decide", ["file"], "always"),
        ("file", [], "always"),
    ]
    assert (found["status"], found["waiting"]) == ("completed", [])
    assert found["steps"][2]["output"]["by"]


async def test_an_answer_that_does_not_fit_is_told_with_its_place(tried):
    found = await tried({"task": "ask", "output": {"days": "five"}})
    assert found["refused"]["answer"] == 0
    assert [one["path"] for one in found["refused"]["problems"]] == ["/data/days"]
    assert [waits["task"] for waits in found["waiting"]] == ["ask"]


async def test_a_condition_that_cannot_be_decided_is_told(tried):
    tasks = [task("ask", next=[{"to": "file", "when": "output.days > 2"}]), task("file")]
    found = await tried({"task": "ask", "output": {}}, tasks=tasks)
    (step,) = found["steps"]
    assert (found["status"], step["status"], step["to"]) == ("failed", "failed", None)
    assert "output.days > 2" in step["error"]["message"]


async def test_nothing_of_it_is_kept(tried, place, client):
    async with place.services.database.read() as connection:
        query = "select (select count(*) from runs), (select count(*) from steps), (select count(*) from events)"
        before = tuple(await connection.fetchrow(query))
    await tried({"task": "ask", "output": {"days": 5}}, {"task": "decide"})
    async with place.services.database.read() as connection:
        assert tuple(await connection.fetchrow(query)) == before


async def test_a_definition_that_could_not_be_published_is_refused_with_its_problems(tried):
    found = await tried(status=400, tasks=[task("ask", next=[{"to": "nowhere"}])])
    assert "nowhere" in found["problems"][0]["message"]


async def test_it_is_for_those_who_may_publish(tried, place, client):
    nobody = await place.member()
    assert "workflows:write" in (await tried(who=nobody, status=403))["detail"]
    author = await place.member(scopes=["workflows:write"])
    assert (await tried(who=author))["status"] == "pending"


async def test_a_script_has_an_end(tried):
    await tried(*[{"task": "ask"}] * 101, status=400)
