"""Section 2, assignments (S004): the list, making one, reading one."""

from itertools import pairwise
from typing import Any

import pytest

from tests.conformance.client import ABSENT_ID, UUID, Caller, Case, done, refused
from tests.conformance.conftest import Site
from tests.conformance.scenes import RUNS, SUPPORT, Desk, open_desk

ASSIGNMENT = {
    *("id", "uuid", "title", "workflowId", "workflowUuid", "workflowName", "workflowVersionNumber", "memberId"),
    *("memberName", "status", "currentTaskId", "currentTaskName", "currentAssignmentTaskId", "chatId", "chatUuid"),
    *("priority", "dueAt", "input", "output", "outcome", "tasks", "workingSeconds", "liveSeconds", "pipelineSeconds"),
    *("createdAt", "updatedAt", "startedAt", "completedAt", "cancelledAt", "cancelReason"),
}

TASK = {
    *("id", "uuid", "assignmentId", "taskId", "taskKey", "taskName", "kind", "status", "isCurrent", "visit"),
    *("assignedMemberId", "assignedMemberName", "data", "output", "error", "enteredAt", "startedAt", "exitedAt"),
}

MANY = 53
"""More than a page holds by default."""


@pytest.fixture(scope="module")
def crowd(site: Site) -> tuple[Desk, list[Case]]:
    """A workspace with so many assignments, oldest first, of three members and many priorities."""
    desk = open_desk(site.workspace())
    people = (desk.ada, desk.bob, desk.lead)
    return desk, [desk.case(people[n % 3], title=f"Case {n}", priority=n % 5 * 20) for n in range(MANY)]


def page(who: Caller, desk: Desk, **query: Any) -> dict[str, Any]:
    return done(who.get(f"{desk.path}/assignments", query))


# The list


def test_the_list_answers_items_total_page_and_pagesize(crowd):
    desk, cases = crowd

    first = page(desk.manager, desk)

    assert first.keys() == {"items", "total", "page", "pageSize"}
    assert (first["total"], first["page"], first["pageSize"], len(first["items"])) == (len(cases), 1, 50, 50)
    assert all(item.keys() == ASSIGNMENT for item in first["items"])


def test_pages_together_are_the_whole_list_and_overlap_nowhere(crowd):
    desk, cases = crowd

    pages = [page(desk.manager, desk, page=number, pageSize=20) for number in (1, 2, 3, 4)]

    assert [len(one["items"]) for one in pages] == [20, 20, 13, 0]
    assert {one["total"] for one in pages} == {len(cases)}
    ids = [item["id"] for one in pages for item in one["items"]]
    assert ids == sorted((case.id for case in cases), reverse=True)


def test_a_page_outside_the_data_is_an_empty_page(crowd):
    desk, cases = crowd

    for number in (4, 10**6, 10**12, 10**30):
        far = page(desk.manager, desk, page=number, pageSize=20)
        assert (far["items"], far["total"]) == ([], len(cases))


def test_pagesize_is_at_most_500(crowd):
    desk, cases = crowd

    assert len(page(desk.manager, desk, pageSize=500)["items"]) == len(cases)
    assert "pageSize" in refused(desk.manager.get(f"{desk.path}/assignments", pageSize=501), 400)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("page", value) for value in ("0", "-1", "x", "1.5", "", "1e3")),
        *(("pageSize", value) for value in ("0", "-1", "x", "501", "", str(10**30))),
        *(("sortBy", value) for value in ("title", "created_at", "", "memberId;drop table runs")),
        *(("sortOrder", value) for value in ("up", "", "ASCENDING")),
        *(("mine", value) for value in ("perhaps", "2")),
        *(("taskId", value) for value in ("classify", "1.5")),
        *(("memberId", value) for value in ("ada", "1;2")),
        *(("status", value) for value in ("paused", "PENDING", "pending,open", "pending;active")),
    ],
)
def test_a_bad_parameter_is_400_and_the_detail_names_it(desk: Desk, name: str, value: str):
    assert name in refused(desk.manager.get(f"{desk.path}/assignments", {name: value}), 400)


@pytest.mark.parametrize("order", ["desc", "asc"])
@pytest.mark.parametrize("by", ["createdAt", "updatedAt", "id", "priority"])
def test_sortby_and_sortorder_order_the_list(crowd, by: str, order: str):
    desk, _ = crowd

    values = [item[by] for item in page(desk.manager, desk, sortBy=by, sortOrder=order, pageSize=500)["items"]]

    assert values == sorted(values, reverse=order == "desc")


def test_the_list_is_by_default_by_createdat_descending(crowd):
    desk, _ = crowd

    default = page(desk.manager, desk)["items"]
    explicit = page(desk.manager, desk, sortBy="createdAt", sortOrder="desc")["items"]

    assert [item["id"] for item in default] == [item["id"] for item in explicit]


@pytest.mark.parametrize("by", ["createdAt", "updatedAt", "id", "status", "priority"])
def test_ties_are_in_a_fixed_order_over_pages(crowd, by: str):
    desk, cases = crowd

    pages = [page(desk.manager, desk, sortBy=by, page=number, pageSize=10)["items"] for number in range(1, 7)]

    assert {item["id"] for one in pages for item in one} == {case.id for case in cases}
    assert [item["id"] for one in pages for item in one] == [
        item["id"] for item in page(desk.manager, desk, sortBy=by, pageSize=500)["items"]
    ]


def test_sortby_status_puts_equals_together(desk: Desk):
    for state in ("pending", "completed", "cancelled", "paused", "pending", "completed"):
        RUNS[state](desk)

    words = [item["status"] for item in page(desk.manager, desk, sortBy="status", pageSize=500)["items"]]

    assert len({*words}) == 1 + sum(one != other for one, other in pairwise(words))


def test_mine_is_only_the_callers_own(crowd):
    desk, cases = crowd
    reader = desk.workspace.member(scopes=["assignments:read"])

    mine = page(desk.ada, desk, mine="true", pageSize=500)

    assert {item["memberId"] for item in mine["items"]} == {desk.ada.member_id}
    assert mine["total"] == len(range(0, len(cases), 3))
    assert page(reader, desk, mine="true")["items"] == []


def test_memberid_is_only_that_members(crowd):
    desk, _ = crowd

    found = page(desk.manager, desk, memberId=desk.bob.member_id, pageSize=500)["items"]

    assert {item["memberId"] for item in found} == {desk.bob.member_id}
    assert page(desk.manager, desk, memberId=ABSENT_ID)["items"] == []


def test_taskid_is_only_those_whose_current_task_it_is(fresh: Desk):
    waiting, moved = fresh.case(), fresh.case()
    moved.finish(fresh.ada, {"topic": "fault"})

    def standing(key: str) -> list[int]:
        return [item["id"] for item in page(fresh.manager, fresh, taskId=fresh.task_id(key))["items"]]

    assert (standing("classify"), standing("resolve"), standing("review")) == ([waiting.id], [moved.id], [])


def test_status_is_a_comma_list(fresh: Desk):
    made = {state: RUNS[state](fresh) for state in ("pending", "completed", "failed", "cancelled")}

    found = page(fresh.manager, fresh, status="completed,failed")

    assert {item["id"] for item in found["items"]} == {made["completed"].id, made["failed"].id}
    assert found["total"] == 2


def test_filters_hold_together(fresh: Desk):
    own = fresh.case()
    fresh.case(fresh.bob)
    RUNS["cancelled"](fresh)

    query = {"memberId": fresh.ada.member_id, "status": "pending", "taskId": fresh.task_id("classify")}

    assert [item["id"] for item in page(fresh.manager, fresh, **query)["items"]] == [own.id]


# One assignment


@pytest.mark.parametrize("state", RUNS)
def test_an_assignment_has_exactly_these_fields_in_every_state(desk: Desk, state: str):
    shown = RUNS[state](desk).assignment()

    assert shown.keys() == ASSIGNMENT
    assert all(task.keys() == TASK for task in shown["tasks"])


def test_the_list_shows_an_assignment_as_it_is_read_alone(desk: Desk):
    case = RUNS["completed"](desk)

    listed = page(desk.manager, desk, memberId=desk.ada.member_id, pageSize=500)["items"]

    assert next(item for item in listed if item["id"] == case.id) == case.assignment()


def test_tasks_are_every_task_in_topological_order(desk: Desk):
    tasks = desk.case().assignment()["tasks"]

    assert [task["taskKey"] for task in tasks] == ["classify", "review", "resolve"]
    assert [task["isCurrent"] for task in tasks] == [True, False, False]


@pytest.mark.parametrize("state", ["completed", "failed", "cancelled"])
def test_outcome_is_how_it_ended_and_no_task_is_current(desk: Desk, state: str):
    shown = RUNS[state](desk).assignment()

    assert (shown["outcome"], shown["currentTaskId"], shown["currentAssignmentTaskId"]) == (state, None, None)
    assert not any(task["isCurrent"] for task in shown["tasks"])


def test_an_assignment_that_there_is_not_is_404(desk: Desk):
    for absent in (ABSENT_ID, 0, 10**30):
        refused(desk.manager.get(f"{desk.path}/assignments/{absent}"), 404)
    assert "assignment_id" in refused(desk.manager.get(f"{desk.path}/assignments/first"), 400)


# To make one


def test_to_make_one_answers_201_with_the_assignment(desk: Desk):
    answer = desk.ada.post(f"{desk.path}/assignments", {"workflowId": desk.workflow["id"]})

    made = done(answer, 201)
    assert made.keys() == ASSIGNMENT
    assert UUID.fullmatch(made["uuid"])
    assert (made["status"], made["workflowName"], made["workflowVersionNumber"]) == ("pending", "Support desk", 1)
    assert (made["currentTaskName"], made["input"], made["output"], made["outcome"]) == (
        "Classify the ticket",
        {},
        None,
        None,
    )


def test_memberid_defaults_to_the_caller(desk: Desk):
    assert desk.case(desk.bob).made["memberId"] == desk.bob.member_id


def test_anothers_memberid_also_needs_assignments_write(desk: Desk):
    body = {"workflowId": desk.workflow["id"], "memberId": desk.bob.member_id}

    refused(desk.ada.post(f"{desk.path}/assignments", body), 403)
    made = done(desk.manager.post(f"{desk.path}/assignments", body), 201)

    assert made["memberId"] == desk.bob.member_id
    own = {**body, "memberId": desk.ada.member_id}
    done(desk.ada.post(f"{desk.path}/assignments", own), 201)


def test_to_make_one_needs_use_of_the_workflow(desk: Desk):
    refused(desk.outsider.post(f"{desk.path}/assignments", {"workflowId": desk.workflow["id"]}), 403)


def test_a_chat_is_opened_for_it_unless_chat_is_false(desk: Desk):
    opened, without = desk.case(), desk.case(chat=False)

    assert opened.made["chatId"] > 0
    assert UUID.fullmatch(opened.made["chatUuid"])
    assert (without.made["chatId"], without.made["chatUuid"]) == (None, None)
    chat = done(desk.ada.get(f"{desk.path}/chats/{opened.made['chatId']}"))
    assert (chat["memberId"], chat["assignmentId"]) == (desk.ada.member_id, opened.id)


def test_title_input_and_priority_are_kept_as_sent(desk: Desk):
    value = {"subject": "Ärger \U0001f525", "lines": [1, 2.5, None, {"deep": True}], "": "empty name"}

    made = desk.case(title="Printer is on fire", input=value, priority=90).made

    assert (made["title"], made["input"], made["priority"]) == ("Printer is on fire", value, 90)


def test_taskid_is_where_it_starts(desk: Desk):
    made = desk.case(taskId=desk.task_id("resolve")).made

    assert made["currentTaskId"] == desk.task_id("resolve")
    assert {task["taskKey"]: task["status"] for task in made["tasks"]} == {
        "classify": "pending",
        "review": "pending",
        "resolve": "current",
    }


def test_workflowversionnumber_is_the_version_it_goes_by(desk: Desk):
    workflow = desk.workspace.publish(SUPPORT)
    changed = {**SUPPORT, "key": workflow["key"], "name": "Support desk II"}
    done(desk.manager.put(f"{desk.path}/workflows/{workflow['id']}", changed))

    newest = desk.case(desk.manager, workflow=workflow).made
    pinned = desk.case(desk.manager, workflow=workflow, workflowVersionNumber=1).made

    assert (newest["workflowVersionNumber"], pinned["workflowVersionNumber"]) == (2, 1)


def test_input_that_does_not_fit_the_workflows_schema_makes_nothing(desk: Desk):
    schema = {"type": "object", "required": ["subject"], "properties": {"subject": {"type": "string"}}}
    workflow = desk.workspace.publish({**SUPPORT, "input": schema})
    body = {"workflowId": workflow["id"], "input": {"subject": 7}}

    assert "subject" in refused(desk.manager.post(f"{desk.path}/assignments", body), 400)

    assert page(desk.manager, desk, taskId=workflow["tasks"][0]["id"])["total"] == 0


@pytest.mark.parametrize(
    ("status", "name", "body"),
    [
        (400, "workflowId", {}),
        (400, "workflowId", {"workflowId": "support"}),
        (400, "workflowId", {"workflowId": None}),
        (400, "memberId", {"memberId": "ada"}),
        (400, "memberId", {"memberId": ABSENT_ID}),
        (400, "taskId", {"taskId": ABSENT_ID}),
        (400, "taskId", {"taskId": [1]}),
        (400, "workflowVersionNumber", {"workflowVersionNumber": 99}),
        (400, "workflowVersionNumber", {"workflowVersionNumber": 0}),
        (400, "title", {"title": 7}),
        (400, "input", {"input": "text"}),
        (400, "input", {"input": [1]}),
        (400, "priority", {"priority": "high"}),
        (400, "priority", {"priority": 1.5}),
        (400, "chat", {"chat": "no"}),
        (400, "colour", {"colour": "red"}),
        (404, "", {"workflowId": ABSENT_ID}),
    ],
)
def test_a_bad_request_to_make_one_is_refused_and_makes_nothing(crowd, status: int, name: str, body: dict[str, Any]):
    desk, _ = crowd
    before = page(desk.manager, desk)["total"]
    sent = {"workflowId": desk.workflow["id"], **body} if body else {}

    assert name in refused(desk.manager.post(f"{desk.path}/assignments", sent), status)

    assert page(desk.manager, desk)["total"] == before
