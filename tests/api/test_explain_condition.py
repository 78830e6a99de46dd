"""A condition that somebody is still writing is decided over a real case or given values, and says why."""

import pytest

from tests.documents import document, granted, published, task

FORM = {"type": "object", "properties": {"days": {"type": "integer"}}}
TASKS = [task("ask", form=FORM, next=[{"to": "decide"}]), task("decide")]


@pytest.fixture
def explain(client, place):
    """What is answered to a condition; the Manager's unless somebody else asks."""

    async def explained(expression, *, who=place.manager, status=200, **over):
        body = {"expression": expression, **over}
        answer = await client.post(f"{place.path}/conditions:explain", json=body, headers=who.headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    return explained


@pytest.fixture
async def case(client, place):
    """Five days were asked for; now somebody decides."""
    workflow = await published(client, place, document(tasks=TASKS))
    headers = place.manager.headers
    body = {"workflowId": workflow["id"], "input": {"country": "NO"}}
    made = (await client.post(f"{place.path}/assignments", json=body, headers=headers)).json()
    at = "/api/v3/workflow/activities"
    (found,) = (await client.get(at, params={"filter[work_unit_id]": made["id"]}, headers=headers)).json()["data"]
    for move, sent in (("assign", {"start_working": True}), ("complete", {"data": {"days": 5}})):
        done = await client.patch(f"{at}/{found['id']}/{move}", json=sent, headers=headers)
        assert done.status_code == 200, done.text
    return made


@pytest.mark.parametrize(
    ("expression", "value", "clause"),
    [
        ("output.days > 2 && input.country == 'SE'", False, ("input.country == 'SE'", 20)),
        ("output.days > 2 && input.country == 'NO'", True, ("output.days > 2 && input.country == 'NO'", 1)),
        ("output.days > 9 || input.country == 'NO'", True, ("input.country == 'NO'", 20)),
        (" output.days == 5", True, ("output.days == 5", 2)),
    ],
)
async def test_it_says_which_part_decided(explain, case, expression, value, clause):
    found = await explain(expression, assignmentId=case["id"], taskKey="ask")
    assert found["value"] is value
    assert (found["clause"]["text"], found["clause"]["column"]) == clause
    assert (found["error"], found["problems"]) == (None, [])


async def test_without_a_task_it_is_decided_on_the_one_where_the_case_is(explain, case):
    assert (await explain("task.key == 'decide'", assignmentId=case["id"]))["value"] is True
    assert (await explain("task.key == 'ask'", assignmentId=case["id"], taskKey="ask"))["value"] is True
    assert (await explain("tasks.ask.output.days == 5", assignmentId=case["id"]))["names"] == ["tasks"]


async def test_what_cannot_be_evaluated_is_false_and_says_so(explain, case):
    found = await explain("input.country == 'NO' && output.weeks > 1", assignmentId=case["id"], taskKey="ask")
    assert (found["value"], found["error"]) == (False, 'Key not found in map : "weeks"')
    assert found["clause"]["text"] == "output.weeks > 1"


@pytest.mark.parametrize(
    ("expression", "message", "column"),
    [
        ("output.days >", "Syntax error", 14),
        ("days > 2", "there is nothing called 'days' here", 1),
        ("'two'", "a condition must be true or false; this one gives string", None),
    ],
)
async def test_what_is_no_condition_yet_is_told_with_its_place(explain, expression, message, column):
    found = await explain(expression)
    assert (found["value"], found["clause"], found["names"]) == (None, None, [])
    (problem,) = found["problems"]
    assert problem["message"].startswith(message)
    assert problem["column"] == column


async def test_values_may_be_given_instead(explain):
    assert (await explain("output.days > 2", values={"output": {"days": 3}}))["value"] is True
    assert (await explain("output.days > 2"))["error"] is not None
    assert (await explain("now > timestamp('2020-01-01T00:00:00Z')", values={"now": "2024-01-01T00:00:00Z"}))["value"]


@pytest.mark.parametrize(
    ("over", "message"),
    [
        ({"values": {"outptu": {}}}, "There is nothing called outptu"),
        ({"taskKey": "ask"}, "It needs an assignment."),
        ({"assignmentId": 0}, "assignmentId"),
    ],
)
async def test_what_does_not_fit_together_is_refused(explain, over, message):
    assert message in (await explain("true", status=400, **over))["detail"]


async def test_a_task_that_was_not_reached_and_values_beside_a_case_are_refused(explain, case):
    far = await explain("true", status=400, assignmentId=case["id"], taskKey="later")
    assert far["detail"] == "The assignment has not reached this task."
    both = await explain("true", status=400, assignmentId=case["id"], values={"output": {}})
    assert "give one of them" in both["detail"]
    await explain("true", status=404, assignmentId=999999)


async def test_nobody_learns_by_it_what_a_member_keeps_private(client, place, explain, case):
    path = f"{place.path}/members/{place.manager.member_id}"
    await client.put(path, json={"data": {"salary": 5}}, headers=place.manager.headers)
    assert (await explain("has(member.data.salary)", assignmentId=case["id"]))["value"] is False


async def test_it_is_for_who_may_publish_over_what_they_may_read(client, place, explain, case):
    nobody = await place.member(scopes=["assignments:read"])
    await explain("true", who=nobody, status=403)
    await explain("true", who=nobody, status=403, assignmentId=case["id"])
    editor = await place.member()
    await granted(client, place, case["workflowId"], {"level": "edit", "memberId": editor.member_id})
    assert (await explain("true", who=editor))["value"] is True
    await explain("true", who=editor, status=403, assignmentId=case["id"])
