"""filter[...]: every key that S003 prints, and values of wrong types."""

import json

import pytest

from casework.api.activities.filters import ACTIVITIES
from tests.api.activities.floor import problem

PRINTED = """id assigned_account_id name status started_at completed_at try_resolve_at actor_roles whitelisted_ids
blacklisted_ids working_seconds live_seconds pipeline_seconds project_id data output indicators created_at work_unit_id
name__in actor_roles__contains assigned_account_id__in status__in completed_at__gte completed_at__lte id__in"""
OURS = {"due_at", "due_at__gte", "due_at__lte"}
"""When an activity is due, spelled as it is of a work unit."""


def test_the_keys_are_those_that_are_printed_and_when_it_is_due():
    assert set(ACTIVITIES) == set(PRINTED.split()) | OURS


@pytest.fixture
async def four(floor):
    """Activities one, two, three and four: pending, in progress, completed, and what followed the third."""
    one = await floor.bring("pending")
    floor.clock.advance(seconds=10)
    two = await floor.activity(priority=70)
    await floor.done(two, "assign", start_working=True)
    await floor.done(two, "save", data={"amount": 5, "tags": ["a", "b"], "deep": {"x": [1, 2]}})
    floor.clock.advance(seconds=10)
    three = await floor.activity()
    await floor.done(three, "assign", floor.bob, start_working=True)
    floor.clock.advance(seconds=10)
    await floor.done(three, "complete", floor.bob, data={"topic": "fault", "amount": 7})
    (four,) = await floor.ids(**{"filter[name]": "Resolve"})
    return {"one": one, "two": two, "three": three, "four": four}


CASES = [
    ("filter[name]=Resolve", "four"),
    ("filter[name]=resolve", ""),
    ("filter[name][]=Resolve&filter[name][]=Review", "one two three four"),
    ("filter[name]=", ""),
    ("filter[name__in][]=Resolve", "four"),
    ("filter[name__in]=", ""),
    ("filter[name__in][]=", ""),
    ("filter[status]=pending", "one four"),
    ("filter[status]=in-progress", "two"),
    ("filter[status][]=in-progress&filter[status][]=completed", "two three"),
    ("filter[status][0]=in-progress&filter[status][1]=completed", "two three"),
    ("filter[status]=in-progress&filter[status]=completed", "two three"),
    ("filter%5Bstatus%5D%5B%5D=in-progress&filter%5Bstatus%5D%5B%5D=completed", "two three"),
    ("filter[status__in][]=assigned&filter[status__in][]=completed", "three"),
    ("filter[status__in][]=", ""),
    ("filter[assigned_account_id]=ADA", "two"),
    ("filter[assigned_account_id]=", "one four"),
    ("filter[assigned_account_id][]=ADA&filter[assigned_account_id][]=", "one two four"),
    ("filter[assigned_account_id][]=ADA&filter[assigned_account_id][]=BOB", "two three"),
    ("filter[assigned_account_id__in][]=BOB", "three"),
    ("filter[assigned_account_id__in]=", ""),
    ("filter[assigned_account_id]=999999999999999999999999", ""),
    ("filter[assigned_account_id]=-1", ""),
    ("filter[id]=TWO", "two"),
    ("filter[id__in][]=TWO&filter[id__in][]=THREE", "two three"),
    ("filter[id__in]=", ""),
    ("filter[id]=00000000-0000-0000-0000-000000000000", ""),
    ("filter[project_id]=PROJECT", "one two three four"),
    ("filter[project_id]=999", ""),
    ("filter[work_unit_id]=1", "one"),
    ("filter[work_unit_id][]=1&filter[work_unit_id][]=2", "one two"),
    ("filter[actor_roles__contains]=agent", "one two three four"),
    ("filter[actor_roles__contains][]=nobody&filter[actor_roles__contains][]=agent", "one two three four"),
    ("filter[actor_roles__contains]=nobody", ""),
    ("filter[actor_roles__contains][]=", ""),
    ("filter[actor_roles]=agent", "one two three four"),
    ('filter[actor_roles]=["agent"]', "one two three four"),
    ('filter[actor_roles]=["agent","lead"]', ""),
    ("filter[actor_roles]=", ""),
    ("filter[whitelisted_ids]=", "one two three four"),
    ("filter[blacklisted_ids]=7", ""),
    ("filter[started_at]=2024-02-04T12:00:10.000Z", "two"),
    ("filter[started_at]=2024-02-04T13:00:10%2B01:00", "two"),
    ("filter[started_at]=", "one four"),
    ("filter[completed_at]=", "one two four"),
    ("filter[completed_at]=2024-02-04T12:00:30Z", "three"),
    ("filter[completed_at__gte]=2024-02-04T12:00:30Z", "three"),
    ("filter[completed_at__gte]=2024-02-04T12:00:30.001Z", ""),
    ("filter[completed_at__lte]=2024-02-04T12:00:30Z", "three"),
    ("filter[completed_at__lte]=2024-02-04T12:00:29.999Z", ""),
    ("filter[completed_at__lte]=2024-02-04", "three"),
    ("filter[completed_at__gte]=2024-02-04&filter[completed_at__lte]=2024-02-04", "three"),
    ("filter[completed_at__lte]=2024-02-03", ""),
    ("filter[created_at]=2024-02-04T12:00:20Z", "three"),
    ("filter[working_seconds]=20", "two"),
    ("filter[working_seconds]=10.000", "three"),
    ("filter[working_seconds]=0", "one four"),
    ("filter[live_seconds]=20", "two"),
    ("filter[pipeline_seconds]=30", "one"),
    ("filter[pipeline_seconds][]=30&filter[pipeline_seconds][]=0.0", "one four"),
    ('filter[data]={"amount":5}', "two"),
    ('filter[data]={"deep":{"x":[2]}}', "two"),
    ('filter[data]={"tags":["b"]}', "two"),
    ('filter[data][]={"amount":5}&filter[data][]={"amount":7}', "two three"),
    ("filter[data]={}", "one two three four"),
    ("filter[data]=", ""),
    ('filter[output]={"topic":"fault"}', "three"),
    ("filter[output]=", "one two four"),
    ("filter[output]=null", "one two four"),
    ("filter[indicators]={}", "one two three four"),
    ("filter[status]=pending&filter[name]=Review", "one"),
    ("filter[status]=pending&filter[assigned_account_id]=ADA", ""),
]


@pytest.mark.parametrize("count", [False, True], ids=["rows", "count"])
async def test_each_finds_what_it_says(floor, four, count):
    words = {"ADA": floor.ada.account_id, "BOB": floor.bob.account_id, "PROJECT": floor.project["id"]}
    words |= {"TWO": four["two"], "THREE": four["three"]}
    wrong = []
    for case, expected in CASES:
        query = case
        for word, value in words.items():
            query = query.replace(f"={word}", f"={value}")
        answer = await floor.call("GET", f"/activities?{query}{'&count=true' if count else ''}")
        assert answer.status_code == 200, (case, answer.text)
        found = [one["id"] for one in answer.json()["data"]]
        if count:
            assert answer.json()["meta"] == {"count": len(found)}, case
        if found != [four[name] for name in expected.split()]:
            wrong.append((case, [name for name, uuid in four.items() if uuid in found]))
    assert wrong == []


WRONG = {
    "id": ["x", "1", "2024-02-04", "00000000-0000-0000-0000-00000000000"],
    "id__in": ["x"],
    "assigned_account_id": ["ada", "1.5", "1e3", "null", "0x10", "true", " "],
    "assigned_account_id__in": ["ada"],
    "project_id": ["support"],
    "work_unit_id": ["x"],
    "status": ["done", "PENDING", "in_progress", "ready", " "],
    "status__in": ["done", "pending,assigned"],
    "started_at": ["yesterday", "2024-13-01", "2024-02-30T00:00:00Z", "0000-00-00", "1", "2024-02-04T25:00:00Z"],
    "completed_at": ["x"],
    "completed_at__gte": ["x", ""],
    "completed_at__lte": ["x", "", "0001-01-01T00:00:00+14:00"],
    "try_resolve_at": ["x"],
    "due_at": ["x"],
    "due_at__gte": ["x", ""],
    "due_at__lte": ["x", ""],
    "created_at": ["x"],
    "working_seconds": ["x", "NaN", "Infinity", "1e400", "1e5", "--1", "9" * 400],
    "live_seconds": ["x"],
    "pipeline_seconds": ["x"],
    "whitelisted_ids": ["x", '["x"]', "[1.5]", "[[1]]", "[null]", "[", "[true]"],
    "blacklisted_ids": ["x"],
    "actor_roles": ["[", '[["a"]]', "[1e999]"],
    "data": ["x", "{", "{'a': 1}", "NaN", '{"a":1e999}', '"\\ud800"', '{"a":"\\u0000"}', "[" * 100 + "]" * 100],
    "output": ["x"],
    "indicators": ["{a: 1}"],
}


async def test_values_of_wrong_types_are_refused_by_name(floor):
    for key, values in WRONG.items():
        for value in values:
            for name in (f"filter[{key}]", f"filter[{key}][]"):
                answer = await floor.call("GET", "/activities", params={name: value})
                assert answer.status_code == 422, (name, value, answer.text)
                assert problem(answer)["source"] == {"parameter": f"filter[{key}]"}


async def test_more_brackets_than_a_key_has_are_refused(floor):
    for name in ("filter[data][amount]", "filter[status][a][]", "page[number][x]"):
        answer = await floor.call("GET", "/activities", params={name: "1"})
        assert answer.status_code == 422
        assert problem(answer)["source"]["parameter"] in ("filter[data]", "filter[status]", "page[number]")


async def test_hostile_queries_are_answered(floor):
    await floor.activity()
    for query, status in (
        ("filter[name]=%00", 422),
        ("filter[name]=%ff", 422),
        ("filter[data]=%7B%22a%22%3A%22%00%22%7D", 422),
        ("filter[name]='; drop table steps; --", 200),
        ("filter[name]=" + "x" * 5000, 200),
        ("filter[actor_roles__contains]={agent}", 200),
        ("sort=" + ",".join(["-created_at"] * 500), 200),
        ("&".join(f"filter[id__in][]=018d7c5e-1a00-7000-8000-{n:012d}" for n in range(1000)), 200),
        ("&".join("filter[name][]=x" for n in range(2001)), 422),
        ("filter[data]=" + json.dumps({"a": "\U0001f600" * 100}), 200),
        ("filter[assigned_account_id]=" + "1" * 3000, 200),
        ("filter[created_at]=9999-12-31T23:59:59.999999999Z", 200),
    ):
        answer = await floor.call("GET", f"/activities?{query}")
        assert answer.status_code == status, (query[:60], answer.text)
        assert answer.headers["content-type"] == "application/vnd.api+json"
    assert len(await floor.ids()) == 1
