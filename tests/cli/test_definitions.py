"""Workflows as files: checked, published, printed."""

import json

import pytest

from tests.cli.command import casework
from tests.cli.conftest import EXAMPLES

SMALL = """\
casework: 1
key: {key}
name: Small
tasks:
  - {{key: look, kind: human, roles: [agent]}}
"""

WRONG = """\
casework: 1
key: wrong
tasks:
  - key: look
    kind: humna
    next: [{to: nowhere}]
"""


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_examples_are_valid(example):
    result = casework("validate", example)
    assert (result.code, result.out, result.err) == (0, "", "1 valid.\n")


def test_every_problem_is_told_with_its_line_and_what_to_do(write):
    file = write("wrong.yaml", WRONG)
    result = casework("validate", file)
    assert result.code == 1
    lines = result.out.splitlines()
    assert lines[0].startswith(f"{file}:5: ")
    assert "human" in lines[0]
    assert lines[1].startswith(f"{file}:6: ")
    assert len(lines) == 2


def test_problems_are_json_where_that_is_wanted(write):
    result = casework("validate", write("wrong.yaml", WRONG), "--json")
    assert result.code == 1
    assert result.json["valid"] is False
    assert [problem["line"] for problem in result.json["problems"]] == [5, 6]
    assert set(result.json["problems"][0]) == {"file", "line", "path", "message", "hint"}


def test_a_definition_may_come_from_standard_input():
    assert casework("validate", "-", stdin=SMALL.format(key="small")).code == 0


def test_a_file_that_is_not_there_is_a_problem_like_any_other(tmp_path):
    result = casework("validate", tmp_path / "none.yaml")
    assert result.code == 1
    assert "cannot be read" in result.out


def test_apply_makes_what_is_new_and_publishes_what_changed(desk, write):
    file = write("small.yaml", SMALL.format(key="applied"))
    (made,) = desk.json("apply", file)["workflows"]
    assert (made["change"], made["version"], [task["key"] for task in made["tasks"]]) == ("created", 1, ["look"])

    (same,) = desk.json("apply", file)["workflows"]
    assert (same["change"], same["version"], same["id"]) == ("unchanged", 1, made["id"])

    write("small.yaml", SMALL.format(key="applied") + "  - {key: act, kind: human}\nstart: [look, act]\n")
    (changed,) = desk.json("apply", file)["workflows"]
    assert (changed["change"], changed["version"], changed["id"]) == ("published", 2, made["id"])
    assert changed["tasks"][0]["id"] == made["tasks"][0]["id"]
    versions = desk.json("workflows", "versions", "applied")
    assert versions["total"] == 2


def test_apply_sends_nothing_where_one_file_is_wrong(desk, write):
    result = desk("apply", write("good.yaml", SMALL.format(key="unsent")), write("wrong.yaml", WRONG))
    assert (result.code, result.out) == (1, "")
    assert "wrong.yaml:5:" in result.err
    assert desk("workflows", "get", "unsent").code == 4


def test_what_is_exported_can_be_applied_again(desk, write):
    yaml = desk("export", "support_desk")
    assert (yaml.code, yaml.out.startswith("casework: 1\n")) == (0, True)
    (same,) = desk.json("apply", write("again.yaml", yaml.out))["workflows"]
    assert same["change"] == "unchanged"

    text = desk("export", "support_desk", "--json")
    assert json.loads(text.out)["key"] == "support_desk"
    (same,) = desk.json("apply", write("again.json", text.out))["workflows"]
    assert same["change"] == "unchanged"


def test_a_workflow_that_is_not_there_is_refused_with_what_to_do(desk):
    for arguments in (["export", "none"], ["workflows", "get", "none"], ["runs", "create", "none"]):
        result = desk(*arguments)
        assert (result.code, result.out) == (4, "")
        assert "casework workflows list" in result.err


def test_an_archived_workflow_is_out_of_use(desk, write):
    desk.json("apply", write("small.yaml", SMALL.format(key="archived")))
    assert desk.json("workflows", "archive", "archived")["archived"] is True
    assert desk("workflows", "get", "archived").code == 4
    assert "archived" not in [one["key"] for one in desk.json("workflows", "list")["items"]]
