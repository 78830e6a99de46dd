"""Section 1: scopes and what they imply, roles, API keys, the permission on a workflow, and other workspaces."""

import pytest

from tests.conformance.client import ABSENT_UUID, WORK, Caller, done, refused
from tests.conformance.conftest import Site
from tests.conformance.people import addresses
from tests.conformance.scenes import PLAIN, Desk

CATEGORIES = ("workspace", "members", "workflows", "assignments", "activities", "chats", "analytics", "keys")
LEVELS = ("read", "write", "admin")


def test_scopes_are_category_and_level_for_at_least_these_categories(desk: Desk):
    scopes = [f"{category}:{level}" for category in CATEGORIES for level in LEVELS]

    made = done(desk.manager.post(f"{desk.path}/roles", {"name": "Everything", "scopes": scopes}), 201)

    assert set(made["scopes"]) == set(scopes)


@pytest.mark.parametrize("scope", ["assignments", "assignments:use", "spaceships:read", ":read", "ASSIGNMENTS_READ"])
def test_what_is_no_scope_is_refused(desk: Desk, scope: str):
    assert "scopes" in refused(desk.manager.post(f"{desk.path}/roles", {"name": "X", "scopes": [scope]}), 400)


@pytest.mark.parametrize(("level", "status"), [("read", 403), ("write", 200), ("admin", 200)])
def test_read_is_below_write_below_admin_each_implying_the_lower(desk: Desk, level: str, status: int):
    case = desk.case()
    who = desk.workspace.member(scopes=[f"assignments:{level}"])

    assert who.get(case.path).status_code == 200
    assert who.put(case.path, {"title": level}).status_code == status


def test_default_roles_are_manager_with_every_scope_and_user_with_none(fresh: Desk):
    roles = {role["name"]: role for role in done(fresh.manager.get(f"{fresh.path}/roles"))["items"]}

    assert {"Manager", "User"} <= roles.keys()
    assert roles["User"]["scopes"] == []
    assert set(roles["Manager"]["scopes"]) >= {f"{category}:admin" for category in CATEGORIES}


def test_a_user_has_self_access_alone(desk: Desk):
    own, others = desk.case(), desk.case(desk.bob)

    assert desk.ada.get(own.path).status_code == 200
    refused(desk.ada.get(others.path), 403)
    for address in ("members", "roles"):
        refused(desk.ada.get(f"{desk.path}/{address}"), 403)
    refused(desk.ada.get(addresses(desk, own)["analytics"]), 403)


def test_workspaces_make_their_own_roles(desk: Desk):
    who = desk.workspace.member(scopes=["analytics:read"])

    assert who.get(addresses(desk, desk.case())["analytics"]).status_code == 200
    refused(who.get(f"{desk.path}/members"), 403)


# API keys


def test_a_key_is_shown_once(desk: Desk):
    made = desk.workspace.key(name="nightly import")

    assert made["key"].startswith("cw_")
    assert made["key"].startswith(made["prefix"])
    listed = desk.manager.get(f"{desk.path}/keys", pageSize=500)
    assert made["id"] in {key["id"] for key in done(listed)["items"]}
    assert made["key"] not in listed.text


def test_a_personal_key_acts_as_its_member(desk: Desk):
    case = desk.case()
    key = done(desk.ada.post(f"{desk.path}/keys", {"name": "mine"}), 201)["key"]

    taken = done(desk.ada.bearing(key).patch(f"{WORK}/activities/{case.task('classify')['uuid']}/assign", {}))

    assert taken["data"]["attributes"]["assigned_account_id"] == desk.ada.account_id


def test_a_workspace_owned_key_acts_as_the_workspace(desk: Desk):
    case = desk.case()
    key = desk.workspace.key(workspaceOwned=True, scopes=["assignments:read"])
    workspace = desk.manager.bearing(key["key"])

    assert workspace.get(case.path).status_code == 200
    refused(workspace.put(case.path, {"title": "No"}), 403)
    assert workspace.get("/api/v3/iam/accounts/me").status_code >= 400, "it is nobody's"


def test_a_key_has_at_most_the_scopes_given(desk: Desk):
    case = desk.case()
    narrow = desk.manager.bearing(desk.workspace.key(scopes=["assignments:read"])["key"])

    assert narrow.get(case.path).status_code == 200
    refused(narrow.put(case.path, {"title": "No"}), 403)
    refused(narrow.get(f"{desk.path}/members"), 403)
    refused(narrow.get(addresses(desk, case)["analytics"]), 403)


def test_a_key_has_by_default_all_scopes_of_its_member(desk: Desk):
    key = desk.workspace.key()

    assert desk.manager.bearing(key["key"]).get(f"{desk.path}/members").status_code == 200


def test_a_key_has_never_more_scopes_than_its_member(desk: Desk):
    case = desk.case(desk.bob)
    key = desk.workspace.key(memberId=desk.ada.member_id, scopes=["assignments:read"])

    refused(desk.ada.bearing(key["key"]).get(case.path), 403)


def test_a_key_gives_never_more_than_its_maker_holds(desk: Desk):
    maker = desk.workspace.member(scopes=["keys:admin"])
    path = f"{desk.path}/keys"

    refused(maker.post(path, {"name": "x", "workspaceOwned": True, "scopes": ["assignments:read"]}), 403)
    managers = done(maker.post(path, {"name": "x", "memberId": desk.manager.member_id}), 201)
    refused(desk.manager.bearing(managers["key"]).get(f"{desk.path}/members"), 403)


def test_a_key_of_another_member_needs_keys_admin(desk: Desk):
    body = {"name": "x", "memberId": desk.bob.member_id}

    refused(desk.ada.post(f"{desk.path}/keys", body), 403)
    refused(desk.workspace.member(scopes=["keys:write"]).post(f"{desk.path}/keys", body), 403)
    refused(desk.ada.post(f"{desk.path}/keys", {"name": "x", "workspaceOwned": True}), 403)
    desk.workspace.key(memberId=desk.bob.member_id)


def test_a_key_of_another_member_is_revoked_with_keys_admin_alone(desk: Desk):
    key = desk.workspace.key(memberId=desk.bob.member_id)

    refused(desk.ada.delete(f"{desk.path}/keys/{key['id']}"), 403)
    done(desk.bob.delete(f"{desk.path}/keys/{key['id']}"), 204)


# The permission on a workflow


@pytest.fixture(scope="module")
def workflow(desk: Desk) -> dict:
    return desk.workspace.publish(PLAIN)


def with_level(desk: Desk, workflow: dict, level: str) -> Caller:
    who = desk.workspace.member()
    desk.workspace.allow(workflow, who, level=level)
    return who


NEEDS = {"use": ("GET", "/task-assignment-stats"), "edit": ("PUT", ""), "admin": ("GET", "/grants")}


@pytest.mark.parametrize("held", NEEDS)
@pytest.mark.parametrize("needed", NEEDS)
def test_use_is_below_edit_below_admin_each_implying_the_lower(desk: Desk, workflow: dict, held: str, needed: str):
    who = with_level(desk, workflow, held)
    method, path = NEEDS[needed]
    body = {**PLAIN, "key": workflow["key"]} if method == "PUT" else None

    answer = who.send(method, f"{desk.path}/workflows/{workflow['id']}{path}", json=body)

    levels = list(NEEDS)
    assert answer.status_code == (200 if levels.index(held) >= levels.index(needed) else 403), answer.text


def test_a_level_is_granted_to_a_role_too(desk: Desk, workflow: dict):
    role = desk.workspace.role()
    who = desk.workspace.member(role=role)
    stats = f"{desk.path}/workflows/{workflow['id']}/task-assignment-stats"
    refused(who.get(stats), 403)

    desk.workspace.grant(workflow, {"role": role, "level": "use"})

    assert who.get(stats).status_code == 200


def test_managers_hold_admin_on_all(desk: Desk):
    other = desk.workspace.member(role="Manager")

    assert other.get(f"{desk.path}/workflows/{desk.workflow['id']}/grants").status_code == 200


def test_the_second_axis_needs_no_scope_and_scopes_do_not_replace_it(desk: Desk, workflow: dict):
    body = {"workflowId": workflow["id"]}
    scoped = desk.workspace.member(scopes=["assignments:admin", "workflows:read", "activities:admin"])

    refused(scoped.post(f"{desk.path}/assignments", body), 403)
    done(with_level(desk, workflow, "use").post(f"{desk.path}/assignments", body), 201)


def test_a_level_that_is_taken_away_is_gone_at_once(desk: Desk):
    workflow = desk.workspace.publish(PLAIN)
    who = with_level(desk, workflow, "use")
    done(who.post(f"{desk.path}/assignments", {"workflowId": workflow["id"]}), 201)

    done(desk.manager.put(f"{desk.path}/workflows/{workflow['id']}/grants", []))

    refused(who.post(f"{desk.path}/assignments", {"workflowId": workflow["id"]}), 403)


# Other workspaces


def test_a_workspace_the_caller_is_not_a_member_of_is_403_the_same_whether_it_exists_or_not(site: Site, desk: Desk):
    elsewhere = site.workspace("Elsewhere")
    stranger = elsewhere.member(role="Manager")

    existing = stranger.get(f"{desk.path}/assignments")
    absent = stranger.get(f"/api/v2/w/{ABSENT_UUID}/assignments")

    refused(existing, 403)
    refused(absent, 403)
    assert existing.content == absent.content


def test_nothing_of_another_workspace_is_found(site: Site, desk: Desk):
    case = desk.case()
    elsewhere = site.workspace("Elsewhere")
    stranger = elsewhere.manager
    uuid = case.task("classify")["uuid"]

    for address in (
        f"{elsewhere.path}/assignments/{case.id}",
        f"{elsewhere.path}/assignments/{case.id}/messages",
        f"{elsewhere.path}/assignments/{case.id}/cel-context",
        f"{elsewhere.path}/assignments/{case.id}/tasks/{case.task('classify')['id']}",
        f"{elsewhere.path}/workflows/{desk.workflow['id']}",
        f"{elsewhere.path}/workflows/{desk.workflow['id']}/task-assignment-stats",
        f"{elsewhere.path}/workflows/{desk.workflow['id']}/tasks/{desk.task_id('classify')}/chats",
        f"{elsewhere.path}/members/{desk.ada.member_id}",
        f"{elsewhere.path}/chats/{case.made['chatId']}",
        f"/api/chats/{case.made['chatUuid']}/workflow-runs",
        f"/analytics/org/{elsewhere.uuid}/flows/{desk.workflow['uuid']}",
        f"{WORK}/activities/{uuid}",
        f"{WORK}/work_units/{case.id}",
        f"{WORK}/projects/{desk.workflow['id']}",
    ):
        refused(stranger.get(address), 404)


def test_nothing_of_another_workspace_is_changed(site: Site, desk: Desk):
    case = desk.case()
    before = case.view()
    elsewhere = site.workspace("Elsewhere")
    stranger = elsewhere.manager
    uuid = case.task("classify")["uuid"]

    refused(stranger.put(f"{elsewhere.path}/assignments/{case.id}", {"title": "Mine"}), 404)
    refused(stranger.post(f"{elsewhere.path}/assignments/{case.id}/cancel"), 404)
    refused(stranger.post(f"{elsewhere.path}/assignments", {"workflowId": desk.workflow["id"]}), 404)
    refused(stranger.patch(f"{WORK}/activities/{uuid}/assign", {}), 404)
    refused(stranger.patch(f"{WORK}/activities/{uuid}", {"data": {}}), 404)
    refused(stranger.post(f"{WORK}/work_units/{case.id}/cancel"), 404)
    refused(stranger.delete(f"/api/chats/{case.made['chatUuid']}"), 404)

    after = case.view()
    assert (after.words, after.assignment["title"]) == (before.words, before.assignment["title"])
    assert after.assignment["updatedAt"] == before.assignment["updatedAt"]


def test_members_of_another_workspace_are_nobody_here(site: Site, desk: Desk):
    stranger = site.workspace("Elsewhere").member()
    case = desk.case()
    grants = f"{desk.path}/workflows/{desk.workflow['id']}/grants"

    assignment = {"workflowId": desk.workflow["id"], "memberId": stranger.member_id}
    refused(desk.manager.post(f"{desk.path}/assignments", assignment), 400)
    refused(desk.manager.put(case.path, {"memberId": stranger.member_id}), 400)
    refused(desk.manager.put(grants, [{"memberId": stranger.member_id, "level": "use"}]), 400)
    refused(desk.manager.post(f"{desk.path}/keys", {"name": "x", "memberId": stranger.member_id}), 400)
    chat = f"{desk.path}/chats/{case.made['chatId']}/participants"
    refused(desk.manager.post(chat, {"memberId": stranger.member_id}), 400)
    refused(case.move(desk.manager, "assign", {"account_id": stranger.account_id}), 422)


def test_lists_hold_nothing_of_another_workspace(site: Site, desk: Desk):
    desk.case()
    elsewhere = site.workspace("Elsewhere")

    assert done(elsewhere.manager.get(f"{elsewhere.path}/assignments"))["total"] == 0
    assert done(elsewhere.manager.get(f"{elsewhere.path}/workflows"))["total"] == 0
    assert done(elsewhere.manager.get(f"{elsewhere.path}/members"))["total"] == 1
    for collection in ("activities", "work_units", "projects", "work_periods"):
        assert done(elsewhere.manager.get(f"{WORK}/{collection}"))["data"] == []
