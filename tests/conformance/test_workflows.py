"""Section 2, what makes it a product: workflows, their versions, definitions and grants."""

import json
from copy import deepcopy
from typing import Any

import pytest
import yaml

from tests.conformance.client import ABSENT_ID, INSTANT, UUID, Caller, done, refused
from tests.conformance.scenes import PLAIN, SUPPORT, Desk

WORKFLOW = {"id", "uuid", "key", "name", "description", "version", "tasks", "createdAt", "updatedAt"}

PROBLEM = {"path", "line", "message", "hint"}

IN_YAML = """\
casework: 1
key: written
name: Written by hand
tasks:
  - {key: first, name: The first, kind: human, next: [{to: second}]}
  - {key: second, kind: human}
"""


def path(desk: Desk, workflow: dict[str, Any], rest: str = "") -> str:
    return f"{desk.path}/workflows/{workflow['id']}{rest}"


def with_level(desk: Desk, workflow: dict[str, Any], level: str) -> Caller:
    who = desk.workspace.member()
    desk.workspace.allow(workflow, who, level=level)
    return who


# To make one


def test_post_creates_and_publishes_with_201(desk: Desk):
    answer = desk.manager.post(f"{desk.path}/workflows", {**SUPPORT, "key": "made", "description": "For tickets."})

    made = done(answer, 201)
    assert made.keys() == WORKFLOW
    assert UUID.fullmatch(made["uuid"])
    assert INSTANT.fullmatch(made["createdAt"])
    assert (made["key"], made["name"], made["description"], made["version"]) == (
        "made",
        "Support desk",
        "For tickets.",
        1,
    )
    assert [task.keys() for task in made["tasks"]] == [{"id", "key", "name", "kind"}] * 3
    assert [task["key"] for task in made["tasks"]] == ["classify", "resolve", "review"]
    assert done(desk.manager.get(path(desk, made))) == made


@pytest.mark.parametrize("media_type", ["application/yaml", "application/yaml; charset=utf-8"])
def test_a_definition_is_taken_as_yaml_under_application_yaml(fresh: Desk, media_type: str):
    headers = {"content-type": media_type}

    made = done(fresh.manager.send("POST", f"{fresh.path}/workflows", content=IN_YAML, headers=headers), 201)

    assert (made["key"], made["name"]) == ("written", "Written by hand")
    assert [(task["key"], task["name"], task["kind"]) for task in made["tasks"]] == [
        ("first", "The first", "human"),
        ("second", "second", "human"),
    ]


def test_a_key_that_is_taken_is_409(desk: Desk):
    refused(desk.manager.post(f"{desk.path}/workflows", {**PLAIN, "key": desk.workflow["key"]}), 409)


def test_to_make_one_needs_workflows_write(desk: Desk):
    refused(desk.ada.post(f"{desk.path}/workflows", PLAIN), 403)
    writer = desk.workspace.member(scopes=["workflows:write"])
    done(writer.post(f"{desk.path}/workflows", {**PLAIN, "key": "of_a_writer"}), 201)


# To change one


def test_put_publishes_a_new_version_when_it_changed(desk: Desk):
    workflow = desk.workspace.publish(PLAIN)
    same = {**PLAIN, "key": workflow["key"]}

    again = done(desk.manager.put(path(desk, workflow), same))
    changed = done(desk.manager.put(path(desk, workflow), {**same, "name": "Another name"}))

    assert again == workflow
    assert changed.keys() == WORKFLOW
    assert (changed["version"], changed["name"], changed["id"]) == (2, "Another name", workflow["id"])


def test_versions_are_listed_and_read(desk: Desk):
    workflow = desk.workspace.publish(PLAIN)
    done(desk.manager.put(path(desk, workflow), {**PLAIN, "key": workflow["key"], "name": "Another name"}))

    listed = done(desk.manager.get(path(desk, workflow, "/versions")))
    first = done(desk.manager.get(path(desk, workflow, "/versions/1")))

    assert {version["number"] for version in listed["items"]} == {1, 2}
    assert first["definition"]["name"] == "One thing"
    for absent in (3, 0, 10**30):
        refused(desk.manager.get(path(desk, workflow, f"/versions/{absent}")), 404)


def test_the_definition_is_yaml_or_json_by_accept_and_can_be_published_again(desk: Desk):
    workflow = desk.workspace.publish(SUPPORT)
    address = path(desk, workflow, "/definition")

    as_json = desk.manager.send("GET", address, headers={"accept": "application/json"})
    as_yaml = desk.manager.send("GET", address, headers={"accept": "application/yaml"})

    assert as_json.headers["content-type"].partition(";")[0] == "application/json"
    assert as_yaml.headers["content-type"].partition(";")[0] == "application/yaml"
    assert yaml.safe_load(as_yaml.text) == done(as_json)
    assert done(desk.manager.put(path(desk, workflow), done(as_json)))["version"] == 1
    sent = desk.manager.send(
        "PUT", path(desk, workflow), content=as_yaml.content, headers={"content-type": "application/yaml"}
    )
    assert done(sent)["version"] == 1


def test_delete_archives(desk: Desk):
    workflow = desk.workspace.publish(PLAIN)
    case = desk.case(desk.manager, workflow=workflow)

    answer = desk.manager.delete(path(desk, workflow))

    assert (answer.status_code, answer.content) == (204, b"")
    refused(desk.manager.get(path(desk, workflow)), 404)
    assert workflow["id"] not in {one["id"] for one in done(desk.manager.get(f"{desk.path}/workflows"))["items"]}
    assert desk.manager.post(f"{desk.path}/assignments", {"workflowId": workflow["id"]}).status_code in (404, 409)
    assert case.finish(desk.manager)["status"] == "completed", "what is open goes on"


def test_the_levels_to_read_change_and_archive(desk: Desk):
    workflow = desk.workspace.publish(PLAIN)
    use, edit, admin = (with_level(desk, workflow, level) for level in ("use", "edit", "admin"))
    changed = {**PLAIN, "key": workflow["key"], "name": "Another name"}

    refused(desk.outsider.get(path(desk, workflow)), 403)
    assert use.get(path(desk, workflow)).status_code == 200
    refused(use.put(path(desk, workflow), changed), 403)
    done(edit.put(path(desk, workflow), changed))
    refused(edit.delete(path(desk, workflow)), 403)
    done(admin.delete(path(desk, workflow)), 204)


# Problems


def broken(**changes: Any) -> dict[str, Any]:
    definition = deepcopy(PLAIN)
    definition["tasks"][0].update(changes)
    return definition


BROKEN: dict[str, Any] = {
    "no task": {"casework": 1, "key": "broken", "tasks": []},
    "another format": {**PLAIN, "casework": 2},
    "no key": {"casework": 1, "tasks": PLAIN["tasks"]},
    "an unknown kind": broken(kind="magic"),
    "an unknown target": broken(next=[{"to": "nowhere"}]),
    "an unknown field": broken(colour="red"),
    "a condition that is no expression": broken(next=[{"to": "end", "when": "output.topic =="}]),
    "a form that is no schema": broken(form={"type": "sometimes"}),
    "a list": [],
    "a text": "workflow",
    "nothing": None,
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_definition_with_problems_is_400_with_each_path_line_message_and_hint(desk: Desk, name: str):
    for method, address in (
        ("POST", f"{desk.path}/workflows"),
        ("POST", f"{desk.path}/workflows/validate"),
        ("PUT", path(desk, desk.workflow)),
    ):
        answer = desk.manager.send(method, address, json=BROKEN[name])

        refused(answer, 400)
        problems = answer.json()["problems"]
        assert problems
        assert all(problem.keys() == PROBLEM for problem in problems)
        assert all(problem["message"] for problem in problems)
    assert done(desk.manager.get(path(desk, desk.workflow)))["version"] == 1


def test_every_problem_is_told_at_once(desk: Desk):
    tasks = [
        {"key": "first", "kind": "magic", "next": [{"to": "nowhere"}]},
        {"key": "first", "kind": "human", "form": {"type": "sometimes"}},
    ]
    answer = desk.manager.post(f"{desk.path}/workflows/validate", {"casework": 1, "key": "broken", "tasks": tasks})

    refused(answer, 400)
    paths = {problem["path"] for problem in answer.json()["problems"]}
    assert {"/tasks/0/kind", "/tasks/0/next/0/to"} <= paths
    assert any(one.startswith("/tasks/1/form") for one in paths)


def test_a_problem_in_yaml_tells_its_line(desk: Desk):
    text = IN_YAML.replace("to: second", "to: nowhere")
    headers = {"content-type": "application/yaml"}

    answer = desk.manager.send("POST", f"{desk.path}/workflows/validate", content=text, headers=headers)

    refused(answer, 400)
    assert 5 in {problem["line"] for problem in answer.json()["problems"]}


@pytest.mark.parametrize(
    "text", ["{", "a: [", "\t- x", "", "\0", "a: &a [*a]", "!!python/object:os.system x", "- " * 5000]
)
def test_what_is_no_yaml_is_400(desk: Desk, text: str):
    headers = {"content-type": "application/yaml"}

    refused(desk.manager.send("POST", f"{desk.path}/workflows", content=text, headers=headers), 400)


def test_validate_answers_as_publishing_would_and_changes_nothing(desk: Desk):
    before = done(desk.manager.get(f"{desk.path}/workflows"))["total"]

    assert done(desk.manager.post(f"{desk.path}/workflows/validate", PLAIN))["valid"] is True

    assert done(desk.manager.get(f"{desk.path}/workflows"))["total"] == before


# Grants


def test_grants_are_role_by_name_or_member_id_with_a_level(desk: Desk):
    workflow = desk.workspace.publish(PLAIN)
    role = desk.workspace.role()
    wanted = [{"role": role, "level": "use"}, {"memberId": desk.ada.member_id, "level": "edit"}]

    answered = done(desk.manager.put(path(desk, workflow, "/grants"), wanted))
    read = done(desk.manager.get(path(desk, workflow, "/grants")))

    def key(grant: dict[str, Any]) -> str:
        return json.dumps(grant, sort_keys=True)

    assert sorted(answered, key=key) == sorted(read, key=key) == sorted(wanted, key=key)


@pytest.mark.parametrize(
    "grants",
    [
        [{"level": "use"}],
        [{"role": "Nobody", "level": "use"}],
        [{"memberId": ABSENT_ID, "level": "use"}],
        [{"role": "User", "level": "own"}],
        [{"role": "User", "level": "use"}, {"role": "User", "level": "edit"}],
        [{"role": "User", "memberId": 1, "level": "use"}],
        [{"role": "User", "level": "use", "colour": "red"}],
        {"role": "User"},
        [7],
    ],
)
def test_grants_that_cannot_be_given_are_400_and_none_is(desk: Desk, grants: Any):
    address = path(desk, desk.workflow, "/grants")
    before = done(desk.manager.get(address))

    refused(desk.manager.put(address, grants), 400)

    assert done(desk.manager.get(address)) == before


def test_a_workflow_that_there_is_not_is_404_everywhere(desk: Desk):
    absent = {"id": ABSENT_ID}

    for rest in ("", "/versions", "/versions/1", "/definition", "/grants"):
        refused(desk.manager.get(path(desk, absent, rest)), 404)
    refused(desk.manager.put(path(desk, absent), PLAIN), 404)
    refused(desk.manager.put(path(desk, absent, "/grants"), []), 404)
    refused(desk.manager.delete(path(desk, absent)), 404)
