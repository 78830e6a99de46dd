"""Section 2, what makes it a product: members, roles, keys, chats, webhooks, the audit trail."""

from typing import Any

import pytest

from tests.conformance.client import ABSENT_ID, ABSENT_UUID, INSTANT, UUID, done, refused
from tests.conformance.people import by_cookie, person
from tests.conformance.scenes import PLAIN, RUNS, Desk

MEMBER = {
    *("id", "accountId", "accountUuid", "email", "name", "phone", "role", "actorRoles", "isSupervisor", "labels"),
    *("externalId", "data", "formData", "createdAt"),
    *("capacity", "available"),  # ours: how many open steps work may bring, and whether it may bring any
}

KEY = {"id", "name", "prefix", "key", "scopes", "expiresAt"}

EVERYTHING: dict[str, Any] = {
    "name": "Grace",
    "phone": "+49 30 1234",
    "role": "Manager",
    "actorRoles": ["agent", "lead"],
    "isSupervisor": True,
    "labels": ["late"],
    "externalId": "crm-4711",
    "data": {"level": "gold"},
    "formData": {"age": 44},
}


# Members


def test_a_member_has_exactly_these_fields(desk: Desk):
    email = "grace@example.com"

    made = done(desk.manager.post(f"{desk.path}/members", {"email": email, **EVERYTHING}), 201)

    assert made.keys() == MEMBER
    assert {name: made[name] for name in EVERYTHING} == EVERYTHING
    assert made["email"] == email
    assert UUID.fullmatch(made["accountUuid"])
    assert INSTANT.fullmatch(made["createdAt"])
    assert done(desk.manager.get(f"{desk.path}/members/{made['id']}")) == made


def test_an_email_is_all_that_a_new_member_needs(desk: Desk):
    made = done(desk.manager.post(f"{desk.path}/members", {"email": "only@example.com"}), 201)

    assert (made["role"], made["actorRoles"], made["isSupervisor"], made["labels"]) == ("User", [], False, [])
    assert (made["phone"], made["externalId"], made["data"], made["formData"]) == (None, None, {}, {})


def test_a_password_is_for_an_account_that_is_new(desk: Desk):
    assert by_cookie(person(desk.workspace)).get(f"{desk.path}/assignments").status_code == 200


def test_a_member_is_changed_in_what_is_sent(desk: Desk):
    who = desk.workspace.member(name="Grace", labels=["late"])

    changed = done(desk.manager.put(f"{desk.path}/members/{who.member_id}", {"actorRoles": ["agent"], "phone": "+1"}))

    assert changed.keys() == MEMBER
    assert (changed["name"], changed["labels"], changed["actorRoles"], changed["phone"]) == (
        "Grace",
        ["late"],
        ["agent"],
        "+1",
    )


def test_members_are_listed_page_by_page(fresh: Desk):
    first, second = (done(fresh.manager.get(f"{fresh.path}/members", pageSize=3, page=number)) for number in (1, 2))

    assert [(one["total"], len(one["items"])) for one in (first, second)] == [(5, 3), (5, 2)]
    assert all(one.keys() == MEMBER for one in first["items"])


def test_a_member_reads_itself_and_others_with_members_read(desk: Desk):
    assert desk.ada.get(f"{desk.path}/members/{desk.ada.member_id}").status_code == 200
    refused(desk.ada.get(f"{desk.path}/members/{desk.bob.member_id}"), 403)
    reader = desk.workspace.member(scopes=["members:read"])
    assert reader.get(f"{desk.path}/members/{desk.bob.member_id}").status_code == 200
    refused(reader.put(f"{desk.path}/members/{desk.bob.member_id}", {"name": "Bob"}), 403)
    refused(reader.get(f"{desk.path}/members/{ABSENT_ID}"), 404)


def test_a_member_is_removed_with_204_and_is_gone(desk: Desk):
    who = desk.workspace.member()

    assert desk.manager.delete(f"{desk.path}/members/{who.member_id}").status_code == 204
    refused(desk.manager.get(f"{desk.path}/members/{who.member_id}"), 404)
    refused(desk.manager.delete(f"{desk.path}/members/{who.member_id}"), 404)


def test_an_import_makes_many_and_all_or_none(fresh: Desk):
    path = f"{fresh.path}/members/import"
    people = [{"email": f"import{n}@example.com", "actorRoles": ["agent"]} for n in range(20)]

    refused(fresh.manager.post(path, {"members": [*people, {"email": "nobody", "role": "King"}]}), 400)
    assert done(fresh.manager.get(f"{fresh.path}/members"))["total"] == 5
    done(fresh.manager.post(path, {"members": people}))

    assert done(fresh.manager.get(f"{fresh.path}/members"))["total"] == 25


def test_the_workflows_one_takes_activities_of_follow_from_actor_roles_and_grants(desk: Desk):
    case = desk.case()
    who = desk.workspace.member()
    refused(case.move(who, "assign"), 404)

    done(desk.manager.put(f"{desk.path}/members/{who.member_id}", {"actorRoles": ["agent"]}))

    assert case.moved(who, "assign")["assigned_account_id"] == who.account_id


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "nobody"},
        {"email": None},
        {"email": 7},
        {"role": "King"},
        {"role": None},
        {"actorRoles": "agent"},
        {"actorRoles": [7]},
        {"isSupervisor": "yes"},
        {"labels": {}},
        {"data": []},
        {"formData": "x"},
        {"password": "short"},
        {"colour": "red"},
        {"id": 7},
    ],
)
def test_a_bad_member_is_400_and_is_not_added(desk: Desk, body: dict[str, Any]):
    before = done(desk.manager.get(f"{desk.path}/members"))["total"]
    sent = {"email": "bad@example.com", **body} if body else {}

    refused(desk.manager.post(f"{desk.path}/members", sent), 400)

    assert done(desk.manager.get(f"{desk.path}/members"))["total"] == before


def test_the_same_email_twice_is_409(desk: Desk):
    refused(desk.manager.post(f"{desk.path}/members", {"email": desk.ada.email}), 409)
    refused(desk.manager.post(f"{desk.path}/members", {"email": desk.ada.email.upper()}), 409)


# Roles


def test_a_role_is_id_name_and_scopes(desk: Desk):
    made = done(
        desk.manager.post(f"{desk.path}/roles", {"name": "Lead", "scopes": ["chats:read", "analytics:read"]}), 201
    )

    assert made.keys() == {"id", "name", "scopes"}
    assert (made["name"], set(made["scopes"])) == ("Lead", {"chats:read", "analytics:read"})
    changed = done(desk.manager.put(f"{desk.path}/roles/{made['id']}", {"name": "Chief", "scopes": []}))
    assert changed == {"id": made["id"], "name": "Chief", "scopes": []}
    assert changed in done(desk.manager.get(f"{desk.path}/roles", pageSize=500))["items"]
    assert desk.manager.delete(f"{desk.path}/roles/{made['id']}").status_code == 204
    refused(desk.manager.delete(f"{desk.path}/roles/{made['id']}"), 404)


def test_a_role_that_somebody_has_and_the_default_ones_are_not_deleted(desk: Desk):
    roles = {role["name"]: role["id"] for role in done(desk.manager.get(f"{desk.path}/roles", pageSize=500))["items"]}
    name = desk.workspace.role("chats:read")
    desk.workspace.member(role=name)
    mine = next(
        role["id"]
        for role in done(desk.manager.get(f"{desk.path}/roles", pageSize=500))["items"]
        if role["name"] == name
    )

    for role_id in (roles["Manager"], roles["User"], mine):
        refused(desk.manager.delete(f"{desk.path}/roles/{role_id}"), 409)


# Keys


def test_a_new_key_has_these_fields(desk: Desk):
    expires = "2999-01-01T00:00:00.000Z"

    made = done(
        desk.manager.post(f"{desk.path}/keys", {"name": "k", "scopes": ["chats:read"], "expiresAt": expires}), 201
    )

    assert made.keys() >= KEY
    assert (made["name"], made["scopes"], made["expiresAt"]) == ("k", ["chats:read"], expires)
    assert isinstance(made["id"], int)


def test_keys_are_listed_ones_own_and_with_keys_read_everybodys(desk: Desk):
    own = done(desk.ada.post(f"{desk.path}/keys", {"name": "mine"}), 201)

    listed = done(desk.ada.get(f"{desk.path}/keys", pageSize=500))["items"]
    everybodys = done(desk.workspace.member(scopes=["keys:read"]).get(f"{desk.path}/keys", pageSize=500))["items"]

    assert own["id"] in {key["id"] for key in listed}
    assert len(everybodys) > len(listed)
    assert all("key" not in key for key in everybodys)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": 7},
        {"name": "k", "scopes": "chats:read"},
        {"name": "k", "scopes": ["spaceships:read"]},
        {"name": "k", "expiresAt": "tomorrow"},
        {"name": "k", "memberId": "ada"},
        {"name": "k", "memberId": ABSENT_ID},
        {"name": "k", "colour": "red"},
    ],
)
def test_a_bad_key_is_400_and_is_not_made(desk: Desk, body: dict[str, Any]):
    before = done(desk.manager.get(f"{desk.path}/keys"))["total"]

    refused(desk.manager.post(f"{desk.path}/keys", body), 400)

    assert done(desk.manager.get(f"{desk.path}/keys"))["total"] == before


# Chats


def test_a_chat_is_read_by_id_or_uuid_and_changed(desk: Desk):
    made = done(desk.ada.post(f"{desk.path}/chats", {"title": "Late order"}), 201)

    assert done(desk.ada.get(f"{desk.path}/chats/{made['id']}")) == done(
        desk.ada.get(f"{desk.path}/chats/{made['uuid']}")
    )
    assert done(desk.ada.put(f"{desk.path}/chats/{made['id']}", {"title": "Later"}))["title"] == "Later"
    assert made["id"] in {chat["id"] for chat in done(desk.ada.get(f"{desk.path}/chats", pageSize=500))["items"]}
    refused(desk.bob.get(f"{desk.path}/chats/{made['id']}"), 403)
    refused(desk.bob.put(f"{desk.path}/chats/{made['uuid']}", {"title": "Mine"}), 403)
    for absent in (ABSENT_ID, ABSENT_UUID, 0):
        refused(desk.ada.get(f"{desk.path}/chats/{absent}"), 404)


def test_an_assignments_chat_belongs_to_the_assignments_member(desk: Desk):
    made = done(
        desk.manager.post(
            f"{desk.path}/assignments", {"workflowId": desk.workflow["id"], "memberId": desk.ada.member_id}
        ),
        201,
    )

    chat = done(desk.ada.get(f"{desk.path}/chats/{made['chatId']}"))

    assert (chat["memberId"], chat["assignmentId"]) == (desk.ada.member_id, made["id"])


def test_the_chat_goes_with_the_assignment_that_is_handed_over(desk: Desk):
    case = desk.case()
    done(desk.manager.put(case.path, {"memberId": desk.bob.member_id}))

    assert done(desk.bob.get(f"{desk.path}/chats/{case.made['chatId']}"))["memberId"] == desk.bob.member_id
    assert desk.bob.get(f"/api/chats/{case.made['chatUuid']}/workflow-runs").status_code == 200
    refused(desk.ada.get(f"/api/chats/{case.made['chatUuid']}/workflow-runs"), 403)


def test_a_chat_with_workflow_id_creates_the_assignment_too(desk: Desk):
    for workflow in (desk.workflow["id"], desk.workflow["uuid"]):
        chat = done(desk.ada.post(f"{desk.path}/chats", {"title": "Late", "workflowId": workflow}), 201)
        assignment = done(desk.ada.get(f"{desk.path}/assignments/{chat['assignmentId']}"))
        assert (assignment["chatId"], assignment["workflowId"]) == (chat["id"], desk.workflow["id"])
    refused(desk.outsider.post(f"{desk.path}/chats", {"workflowId": desk.workflow["id"]}), 403)


def test_a_participant_may_read_the_chat_and_write_in_it(desk: Desk):
    chat = done(desk.ada.post(f"{desk.path}/chats", {}), 201)
    path = f"{desk.path}/chats/{chat['id']}"

    done(desk.ada.post(f"{path}/participants", {"memberId": desk.bob.member_id}), 201)

    done(desk.bob.post(f"{path}/messages", {"content": "I am here."}), 201)
    assert [one["content"] for one in done(desk.bob.get(f"{path}/messages"))["items"]] == ["I am here."]
    assert desk.bob.get(f"/api/chats/{chat['uuid']}/messages").status_code == 200
    refused(desk.bob.delete(path), 403)


def test_a_deleted_chat_is_404(desk: Desk):
    case = desk.case()
    path = f"{desk.path}/chats/{case.made['chatId']}"

    assert desk.ada.delete(path).status_code == 204

    for address in (path, f"{path}/messages", f"{desk.path}/chats/{case.made['chatUuid']}"):
        refused(desk.ada.get(address), 404)
    assert case.finish(desk.ada, {"topic": "fault"})["status"] == "completed", "its assignment goes on"


# Webhooks and events


def test_webhooks_are_made_and_listed(desk: Desk):
    made = done(desk.manager.post(f"{desk.path}/webhooks", {"url": "https://example.com/hook"}), 201)

    assert made["id"] in {one["id"] for one in done(desk.manager.get(f"{desk.path}/webhooks"))["items"]}


def test_the_audit_trail_tells_what_happened_newest_first(desk: Desk):
    case = RUNS["completed"](desk)

    items = done(desk.manager.get(f"{desk.path}/events", assignmentId=case.id))["items"]

    types = [event["type"] for event in items]
    assert types[0] == "run.completed"
    assert {"run.started", "step.created", "step.assigned", "step.started", "step.completed"} <= set(types)
    assert [event["id"] for event in items] == sorted((event["id"] for event in items), reverse=True)
    assert all(INSTANT.fullmatch(event["at"]) for event in items)


def test_the_audit_trail_is_filtered_and_paged_by_cursor(desk: Desk):
    case = RUNS["completed"](desk)
    whole = [event["id"] for event in done(desk.manager.get(f"{desk.path}/events", assignmentId=case.id))["items"]]

    read: list[int] = []
    cursor: dict[str, str] = {}
    while True:
        page = done(desk.manager.get(f"{desk.path}/events", {"assignmentId": case.id, "pageSize": 3, **cursor}))
        read += [event["id"] for event in page["items"]]
        if page["nextCursor"] is None:
            break
        cursor = {"cursor": page["nextCursor"]}

    assert read == whole
    only = done(desk.manager.get(f"{desk.path}/events", assignmentId=case.id, type="run.completed"))["items"]
    assert [event["type"] for event in only] == ["run.completed"]
    refused(desk.manager.get(f"{desk.path}/events", cursor="nowhere"), 400)
    refused(desk.ada.get(f"{desk.path}/events"), 403)


def test_a_refused_command_leaves_no_trace_in_the_trail(desk: Desk):
    case = desk.case(workflow=desk.workspace.publish(PLAIN), who=desk.manager)
    before = done(desk.manager.get(f"{desk.path}/events", assignmentId=case.id))

    refused(case.move(desk.manager, "complete", {"data": {}}), 409)
    refused(case.move(desk.manager, "pause"), 409)

    assert done(desk.manager.get(f"{desk.path}/events", assignmentId=case.id)) == before
