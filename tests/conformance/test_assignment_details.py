"""Section 2, assignments (S004): what conditions see, the current task in detail, messages, one task."""

from typing import Any

import pytest

from tests.conformance.client import ABSENT_ID, INSTANT, UUID, Case, done, refused
from tests.conformance.scenes import RUNS, SUPPORT, Desk
from tests.conformance.test_assignments import TASK

CONTEXT = {"member", "chat", "assignment", "task", "workflow", "input", "output", "tasks", "now", "is_business_hours"}

DETAIL = {"assignmentId", "workflow", "task", "assignmentTask", "member", "chat", "nextTasks"}

MESSAGE = {"id", "role", "content", "name", "toolCalls", "toolCallId", "createdAt"}


def context(case: Case) -> dict[str, Any]:
    return done(case.manager.get(f"{case.path}/cel-context"))


def detail(case: Case) -> dict[str, Any]:
    return done(case.manager.get(f"{case.path}/current-task-detail"))


# What conditions see


def test_cel_context_holds_what_the_runtime_gives_conditions(desk: Desk):
    assert context(desk.case()).keys() >= CONTEXT


def test_every_name_of_cel_context_may_stand_in_a_condition(desk: Desk):
    def validated(condition: str):
        way = {"to": "second", "when": condition}
        tasks = [{"key": "first", "kind": "human", "next": [way]}, {"key": "second", "kind": "human"}]
        return desk.manager.post(f"{desk.path}/workflows/validate", {"casework": 1, "key": "named", "tasks": tasks})

    for name in CONTEXT:
        done(validated(f"{name} == {name}"))
    refused(validated("spaceship == spaceship"), 400)


def test_cel_context_shows_member_form_data_and_data_as_empty_maps(desk: Desk):
    private = desk.workspace.member(data={"diagnosis": "secret"}, formData={"birthday": "secret"})
    desk.workspace.allow(desk.workflow, private)
    case = desk.case(private)

    for who in (private, desk.manager):
        answer = who.get(f"{case.path}/cel-context")
        member = done(answer)["member"]
        assert (member["data"], member["form_data"]) == ({}, {})
        assert "secret" not in answer.text


def test_the_runtime_still_sees_what_cel_context_leaves_out(desk: Desk):
    vip = desk.workspace.member(data={"level": "gold"}, formData={"age": 44})
    way = {"to": "lounge", "when": "member.data.level == 'gold' && member.form_data.age > 40"}
    tasks = [
        {"key": "desk", "kind": "human", "next": [way, {"to": "queue"}]},
        {"key": "lounge", "kind": "human"},
        {"key": "queue", "kind": "human"},
    ]
    workflow = desk.workspace.publish({"casework": 1, "key": "lounge", "tasks": tasks})
    desk.workspace.allow(workflow, vip)
    case = desk.case(vip, workflow=workflow)

    case.finish(vip)

    assert case.task("lounge")["isCurrent"]


def test_cel_context_is_of_this_instant(desk: Desk):
    case = desk.case(title="Printer", input={"subject": "Printer"}, priority=70)
    done(desk.ada.put(case.path, {"data": {"topic": "billing", "note": "saved"}}))
    saved = context(case)
    case.finish(desk.ada)
    moved = context(case)

    assert saved["input"] == moved["input"] == {"subject": "Printer"}
    assert saved["output"] == {"topic": "billing", "note": "saved"}, "what is saved on the current task"
    assert (saved["task"]["key"], moved["task"]["key"]) == ("classify", "review")
    assert moved["tasks"]["classify"]["output"] == {"topic": "billing", "note": "saved"}
    assert (saved["assignment"]["id"], saved["assignment"]["title"]) == (case.id, "Printer")
    assert (saved["assignment"]["status"], moved["assignment"]["status"]) == ("pending", "active")
    assert (saved["member"]["id"], saved["member"]["email"]) == (desk.ada.member_id, desk.ada.email)
    assert (saved["chat"]["id"], saved["chat"]["uuid"]) == (case.made["chatId"], case.made["chatUuid"])
    assert saved["workflow"]["id"] == desk.workflow["id"]
    assert INSTANT.fullmatch(saved["now"])
    assert saved["is_business_hours"] in (True, False)


# The current task in detail


def test_current_task_detail_has_exactly_these_fields(desk: Desk):
    shown = detail(desk.case())

    assert shown.keys() == DETAIL
    assert shown["workflow"] == {"id": desk.workflow["id"], "name": "Support desk"}
    assert shown["task"] == {
        "id": desk.task_id("classify"),
        "key": "classify",
        "name": "Classify the ticket",
        "kind": "human",
        "prompt": "What is it about?",
        "form": SUPPORT["tasks"][0]["form"],
    }
    assert shown["assignmentTask"].keys() == TASK
    assert shown["member"].keys() == {"id", "name", "email", "phone", "labels"}
    assert shown["chat"].keys() == {"id", "uuid", "title", "summary", "messageCount", "lastMessageAt"}
    assert all(way.keys() == {"taskId", "taskName", "condition", "allowed", "reason"} for way in shown["nextTasks"])


def test_current_task_detail_tells_whose_assignment_it_is_and_its_chat(desk: Desk):
    who = desk.workspace.member(name="Grace", phone="+49 30 1234", labels=["vip", "late"])
    desk.workspace.allow(desk.workflow, who)
    case = desk.case(who, title="Printer")
    done(who.post(f"{desk.path}/chats/{case.made['chatId']}/messages", {"content": "Hello"}), 201)

    shown = detail(case)

    assert shown["assignmentId"] == case.id
    assert shown["assignmentTask"] == case.task("classify")
    assert shown["member"] == {
        "id": who.member_id,
        "name": "Grace",
        "email": who.email,
        "phone": "+49 30 1234",
        "labels": ["vip", "late"],
    }
    assert (shown["chat"]["id"], shown["chat"]["uuid"]) == (case.made["chatId"], case.made["chatUuid"])
    assert shown["chat"]["messageCount"] == 1
    assert INSTANT.fullmatch(shown["chat"]["lastMessageAt"])


def test_current_task_detail_has_no_chat_where_there_is_none(desk: Desk):
    assert detail(desk.case(chat=False))["chat"] is None


@pytest.mark.parametrize("state", ["completed", "failed", "cancelled"])
def test_current_task_detail_is_404_when_there_is_no_current_task(desk: Desk, state: str):
    case = RUNS[state](desk)

    refused(desk.manager.get(f"{case.path}/current-task-detail"), 404)


RULES: dict[str, Any] = {
    "casework": 1,
    "key": "rules",
    "tasks": [
        {
            "key": "classify",
            "kind": "human",
            "next": [
                {"to": "resolve", "when": "output.confidence >= 0.9 && output.topic != 'billing'"},
                {"to": "review"},
            ],
        },
        {"key": "review", "name": "Review it", "kind": "human"},
        {"key": "resolve", "name": "Resolve it", "kind": "human"},
    ],
}


@pytest.mark.parametrize(
    ("data", "allowed", "deciding", "other"),
    [
        ({"confidence": 0.95, "topic": "fault"}, "yes", "", "is false"),
        ({"confidence": 0.5, "topic": "fault"}, "no", "output.confidence >= 0.9", "output.topic"),
        ({"confidence": 0.95, "topic": "billing"}, "no", "output.topic != 'billing'", "output.confidence"),
        ({}, "no", "output.confidence", "always"),
    ],
)
def test_allowed_is_what_the_condition_says_now_and_reason_which_part_of_it_decided(
    desk: Desk, data: dict[str, Any], allowed: str, deciding: str, other: str
):
    workflow = desk.workspace.publish(RULES)
    case = desk.case(desk.manager, workflow=workflow)
    done(desk.manager.put(case.path, {"data": data}))

    ways = {way["taskName"]: way for way in detail(case)["nextTasks"]}

    assert list(ways) == ["Resolve it", "Review it"]
    resolve, review = ways["Resolve it"], ways["Review it"]
    assert resolve["condition"] == "output.confidence >= 0.9 && output.topic != 'billing'"
    assert resolve["allowed"] is (allowed == "yes")
    assert deciding in resolve["reason"]
    if data:
        assert other not in resolve["reason"]
    assert (review["condition"], review["allowed"]) == (None, True)
    assert review["taskId"] == next(task["id"] for task in workflow["tasks"] if task["key"] == "review")


@pytest.mark.parametrize("data", [{}, {"topic": "fault"}, {"topic": "billing"}])
def test_select_does_what_allowed_says(desk: Desk, data: dict[str, Any]):
    case = desk.case()
    done(desk.ada.put(case.path, {"data": data}))

    way = next(way for way in detail(case)["nextTasks"] if way["taskName"] == "Resolve it")
    answer = desk.ada.put(f"{case.path}/tasks/{case.task('resolve')['id']}/select")

    assert answer.status_code == (200 if way["allowed"] else 409)


# Messages


def test_messages_are_a_bare_array_oldest_first(desk: Desk):
    case = desk.case()
    for content in ("one", "two", "three"):
        done(desk.ada.post(f"{desk.path}/chats/{case.made['chatId']}/messages", {"content": content}), 201)

    messages = done(desk.ada.get(f"{case.path}/messages"))

    assert [message["content"] for message in messages] == ["one", "two", "three"]
    assert all(message.keys() == MESSAGE for message in messages)
    assert {message["role"] for message in messages} == {"user"}
    assert all(UUID.fullmatch(message["id"]) and INSTANT.fullmatch(message["createdAt"]) for message in messages)


def test_messages_keep_role_name_and_tool_calls(desk: Desk):
    case = desk.case()
    call = {"id": "call_1", "type": "function", "function": {"name": "lookup", "arguments": "{}"}}
    sent = [
        {"role": "system", "content": "Be kind."},
        {"role": "assistant", "content": "", "toolCalls": [call]},
        {"role": "tool", "content": "42", "name": "lookup", "toolCallId": "call_1"},
    ]
    for message in sent:
        done(desk.manager.post(f"{desk.path}/chats/{case.made['chatId']}/messages", message), 201)

    shown = done(desk.manager.get(f"{case.path}/messages"))

    names = ("role", "content", "name", "toolCalls", "toolCallId")
    assert [{name: one[name] for name in names} for one in shown] == [
        {"name": None, "toolCalls": None, "toolCallId": None, **message} for message in sent
    ]


def test_messages_are_an_empty_array_without_a_chat(desk: Desk):
    assert done(desk.ada.get(f"{desk.case(chat=False).path}/messages")) == []
    assert done(desk.ada.get(f"{desk.case().path}/messages")) == []


# One task


def test_a_task_is_read_as_its_assignment_shows_it(desk: Desk):
    case = RUNS["completed"](desk)

    for task in case.assignment()["tasks"]:
        shown = done(desk.ada.get(f"{case.path}/tasks/{task['id']}"))
        assert shown.keys() == TASK
        assert shown == task


def test_a_task_shows_who_is_on_it_its_data_output_and_error(desk: Desk):
    case = desk.case()
    case.start(desk.ada)
    begun = case.task("classify")
    case.moved(desk.ada, "complete", {"data": {"topic": "billing"}})
    ended = case.task("classify")
    failed = RUNS["failed"](desk).task("classify")

    assert (begun["assignedMemberId"], begun["exitedAt"], begun["output"]) == (desk.ada.member_id, None, None)
    assert (ended["data"], ended["output"]) == ({"topic": "billing"}, {"topic": "billing"})
    assert ended["enteredAt"] <= ended["startedAt"] <= ended["exitedAt"]
    assert "The address is missing." in str(failed["error"])
    assert ended["error"] is None


def test_a_task_that_is_another_assignments_is_404(desk: Desk):
    case, other = desk.case(), desk.case()

    for wrong in (other.task("classify")["id"], case.id * 4096, case.id * 4096 + 4095, ABSENT_ID):
        refused(desk.ada.get(f"{case.path}/tasks/{wrong}"), 404)
    assert "assignment_task_id" in refused(desk.ada.get(f"{case.path}/tasks/x"), 400)
