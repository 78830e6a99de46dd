"""The page about definitions: its example runs as the page says, and its tables name all that there is."""

import re
from pathlib import Path

import yaml

from casework.core import parse, parse_task
from casework.core.condition import compile_expression
from casework.core.definition import ITEMS_MAX, TASKS_MAX, VISITS_DEFAULT
from casework.core.run_context import run_map, task_map
from casework.core.syntax import NAMES
from tests.core.cases import LEAD, Case, Start, new_run

PAGE = (Path(__file__).parents[2] / "docs" / "definitions.md").read_text()
(EXAMPLE,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def named_in(heading: str) -> list[str]:
    """The names in the first column of the tables of a section."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]


def begun(**given):
    definition = parse.parse(EXAMPLE, media="yaml")
    case = Case(new_run(definition, input={"amount": 40, "items": ["lamp", "chair"]} | given))
    case.do(Start(), LEAD)
    return case


def checked(case, **output):
    case.take("check", 1, "agent")
    case.finish("check", output)


def inspected(case):
    for _ in case.run.input["items"]:
        case.finish("inspect")


def test_the_decision_waits_for_the_check_however_often_and_for_every_item():
    case = begun()
    checked(case, is_valid=False, note="ask again")
    checked(case, is_valid=True)
    assert case.states("decide") == ["parked"]
    inspected(case)
    assert case.live() == ["pay"]
    case.finish("pay")
    assert (case.run.state, case.run.output) == ("completed", {"refunded": True})
    assert case.run.indicators == {"first_time_right": False}


def test_much_money_is_approved_by_somebody_else():
    case = begun(amount=100.5)
    checked(case, is_valid=True)
    inspected(case)
    assert case.step("approve").deny_ids == (10,)


def test_what_is_not_valid_is_rejected():
    case = begun(items=[])
    checked(case, is_valid=False)
    assert case.step("reject", live=False).output == {"answer": "We are sorry, 40 is not refunded."}
    assert case.run.output == {"refunded": False}


def test_every_field_is_named_where_it_belongs():
    assert sorted(named_in("A workflow")) == sorted(parse.FIELDS)
    fields = [*parse_task.FIELDS, *parse_task.OF_PEOPLE, *parse_task.OF_WORKERS]
    assert sorted(named_in("A task")) == sorted(fields)


def test_every_name_that_an_expression_sees_is_named():
    assert sorted(named_in("Conditions and expressions")) == sorted(NAMES)
    case = begun()
    for told in (run_map(case.run), task_map(case.run, case.run.steps[0])):
        assert ", ".join(told) in PAGE


def test_limits_and_numbers_are_those_of_the_program():
    assert f"1 to {TASKS_MAX:,} of them" in PAGE
    assert f"a list of up to {ITEMS_MAX:,} items" in PAGE
    assert f"{VISITS_DEFAULT}, if nothing is said; at most {parse_task.VISITS_MAX:,}" in PAGE
    assert f"up to {parse_task.ENTRIES_MAX} of" in PAGE
    assert compile_expression("double(input.amount) * 1.5").value({"input": {"amount": 3}}) == 4.5
    assert yaml.safe_load(EXAMPLE)["casework"] == parse.FORMAT
