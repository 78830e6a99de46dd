"""Somebody who looks after a workspace: who is in it, what programs may do, what was done."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.scene import scene


@pytest.fixture
def desk(server):
    with scene(server) as found:
        yield found


@pytest.fixture
def inside(page, desk):
    desk.manager.enter(page, desk.address)

    def open_section(name):
        page.goto(desk.at(f"admin/{name}"))
        page.get_by_role("heading", level=2).first.wait_for()
        return page

    return open_section


def _members(desk):
    return {
        one["email"]: one for one in desk.manager.client.get(f"{desk.api}/members").raise_for_status().json()["items"]
    }


def test_a_member_is_added_changed_and_removed(inside, desk):
    page = inside("members")
    page.get_by_role("button", name="Add a member").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("E-mail").fill("sam@example.com")
    dialog.get_by_label("Name").fill("Sam Sample")
    dialog.get_by_label("Actor roles").fill("employee, lead")
    dialog.get_by_role("button", name="Add a member").click()
    expect(page.get_by_text("Sam Sample is saved.")).to_be_visible()
    assert _members(desk)["sam@example.com"]["actorRoles"] == ["employee", "lead"]
    page.get_by_role("button", name="Actions for Sam Sample").click()
    page.get_by_role("menuitem", name="Edit").click()
    dialog.get_by_role("switch", name="Supervisor").check()
    dialog.get_by_label("Labels").fill("night shift")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("cell", name="night shift")).to_be_visible()
    assert _members(desk)["sam@example.com"]["isSupervisor"]
    page.get_by_role("button", name="Actions for Sam Sample").click()
    page.get_by_role("menuitem", name="Remove").click()
    dialog.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Sam Sample is no longer a member.")).to_be_visible()
    assert "sam@example.com" not in _members(desk)


def test_members_are_imported_from_a_table_after_it_was_shown_how_it_is_understood(inside, desk):
    page = inside("members")
    page.get_by_role("button", name="Import members").click()
    table = 'email,name,actor roles\nada@example.com,"Lovelace, Ada",lead;employee\nbob@example.com,Bob,\n'
    page.get_by_label("Or paste the table").fill(table)
    expect(page.get_by_role("cell", name="Lovelace, Ada")).to_be_visible()
    page.get_by_role("button", name="Import 2 members").click()
    expect(page.get_by_text("Imported: 2 new, 0 were here already.")).to_be_visible()
    assert _members(desk)["ada@example.com"]["actorRoles"] == ["lead", "employee"]


def test_a_role_is_made_and_its_scopes_changed_in_the_matrix(inside, desk):
    page = inside("roles")
    page.get_by_role("button", name="Add a role").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name of the role").fill("Auditor")
    dialog.get_by_role("checkbox", name="Audit trail: Read").check()
    dialog.get_by_role("button", name="Add a role").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("checkbox", name="Chats: Write").check()
    expect(page.get_by_role("checkbox", name="Chats: Read")).to_be_checked()
    with page.expect_response(lambda answer: answer.request.method == "PUT" and "/roles/" in answer.url) as saved:
        page.get_by_role("button", name="Save", exact=True).click()
    assert saved.value.ok
    expect(page.get_by_text("Auditor is saved.").first).to_be_visible()
    roles = desk.manager.client.get(f"{desk.api}/roles").raise_for_status().json()["items"]
    auditor = next(one for one in roles if one["name"] == "Auditor")
    assert {"events:read", "chats:write"} <= set(auditor["scopes"])


def test_a_key_is_shown_once_works_and_is_revoked(inside, desk):
    page = inside("keys")
    page.get_by_role("button", name="Make a key").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Sample robot")
    dialog.get_by_text("Only some of it").click()
    dialog.get_by_role("checkbox", name="Members and roles: Read").check()
    dialog.get_by_role("button", name="Make a key").click()
    key = page.locator("[data-secret] code").inner_text()
    headers = {"authorization": f"Bearer {key}"}
    with httpx.Client(base_url=desk.address, headers=headers, trust_env=False) as robot:
        assert robot.get(f"{desk.api}/members").status_code == 200
        assert robot.get(f"{desk.api}/events").status_code == 403
        page.get_by_role("button", name="I have kept it").click()
        expect(page.get_by_text(key)).to_have_count(0)
        page.get_by_role("button", name="Actions for Sample robot").click()
        page.get_by_role("menuitem", name="Revoke the key").click()
        dialog.get_by_role("button", name="Revoke the key").click()
        expect(page.get_by_text("The key Sample robot is revoked.")).to_be_visible()
        assert robot.get(f"{desk.api}/members").status_code == 401


def test_a_secret_is_kept_and_its_value_never_comes_back(inside, desk):
    page = inside("secrets")
    page.get_by_role("button", name="Add a secret").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("crm_token")
    dialog.get_by_label("Value").first.fill("sample-value-4711")
    dialog.get_by_role("button", name="Add a secret").click()
    expect(page.get_by_role("cell", name="crm_token", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_role("cell", name="crm_token", exact=True)).to_be_visible()
    assert "sample-value-4711" not in page.content()
    page.get_by_role("button", name="Actions for crm_token").click()
    page.get_by_role("menuitem", name="Remove").click()
    dialog.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("heading", name="There are no secrets")).to_be_visible()


def test_a_webhook_is_made_tested_and_what_was_sent_is_shown_and_sent_again(inside, desk):
    page = inside("webhooks")
    page.get_by_role("button", name="Add a webhook").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Address").fill("https://hooks.example/sample")
    dialog.get_by_label("Name").fill("Sample hook")
    dialog.get_by_label("Events").fill("run.completed")
    dialog.get_by_role("button", name="Add a webhook").click()
    expect(page.locator("[data-secret] code")).to_contain_text("whsec_")
    page.get_by_role("button", name="I have kept it").click()
    page.get_by_role("link", name="Sample hook").click()
    expect(page.get_by_role("heading", name="Nothing was sent yet")).to_be_visible()
    page.get_by_role("button", name="Send a test").click()
    page.get_by_role("button", name=re.compile("Show: webhook.test")).click()
    expect(page.get_by_role("region", name="What was sent")).to_contain_text("webhook.test")
    with page.expect_response(lambda answer: answer.url.endswith("/replay") and answer.status == 202):
        page.get_by_role("button", name="Send it again").click()


def test_a_schedule_starts_a_case_now_and_a_hook_gets_an_address(inside, desk):
    page = inside("schedules")
    page.get_by_role("button", name="Add a schedule").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Workflow").click()
    page.get_by_role("option", name="Leave").click()
    dialog.get_by_label("Name").fill("Every morning")
    dialog.get_by_role("button", name="Add a schedule").click()
    page.get_by_role("button", name="Actions for Every morning").click()
    page.get_by_role("menuitem", name="Run it now").click()
    expect(page.get_by_text(re.compile(r"Case \d+ is started."))).to_be_visible()
    assert desk.manager.client.get(f"{desk.api}/assignments").json()["total"] == 1
    page = inside("hooks")
    page.get_by_role("button", name="Add a hook").click()
    dialog.get_by_role("combobox", name="Workflow").click()
    page.get_by_role("option", name="Leave").click()
    dialog.get_by_label("Name").fill("From the shop")
    dialog.get_by_role("button", name="Add a hook").click()
    secret = page.locator("[data-secret] code").inner_text()
    page.get_by_role("button", name="I have kept it").click()
    address = page.locator("td code").filter(has_text="hooks").inner_text()
    answer = httpx.post(address, json={"days": 1}, headers={"authorization": f"Bearer {secret}"}, trust_env=False)
    assert answer.status_code == 202
    page.get_by_role("button", name="Actions for From the shop").click()
    page.get_by_role("menuitem", name="Calls").click()
    expect(page.get_by_role("dialog").get_by_role("cell", name="202")).to_be_visible()


def test_a_role_is_granted_a_workflow(inside, desk):
    page = inside("grants")
    page.get_by_role("button", name="Grant", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Who").click()
    page.get_by_role("option", name="Everybody with the role User").click()
    dialog.get_by_role("button", name="Grant", exact=True).click()
    expect(page.get_by_text("The grants are saved.")).to_be_visible()
    grants = desk.manager.client.get(f"{desk.api}/workflows/{desk.workflow_id}/grants").json()
    assert {"role": "User", "level": "use"} in grants


def test_the_audit_trail_is_searched_by_the_address(inside, desk):
    case = desk.start("Sample: a day off")
    page = inside("audit")
    expect(page.get_by_role("cell", name="run.started")).to_be_visible()
    page.get_by_label("Types").fill("run.started")
    expect(page.get_by_role("cell", name="workflow.created")).to_have_count(0)
    page.get_by_role("textbox", name="Case").fill(str(case["id"]))
    page.wait_for_url(re.compile(rf"type=run.started.*assignmentId={case['id']}"))
    page.reload()
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_label("Types").fill("nothing.like.it")
    expect(page.get_by_role("heading", name="Nothing fits")).to_be_visible()
    page.get_by_role("button", name="Show everything").click()
    expect(page.get_by_role("cell", name="workflow.created")).to_be_visible()
