"""What is hidden of a run: what its version marks, and what was made of it where no schema says what."""

from uuid import UUID

import pytest
from msgspec.structs import replace

from casework.core.command import Claim, Complete, Fail, Progress, Report, ReportFailure, Save, Start, Suspend
from casework.core.errors import Invalid
from casework.core.event import Event
from casework.core.marks import MARK, MASK
from casework.core.syntax import paths
from casework.core.template import paths_of
from casework.core.version import compile_version
from casework.core.work import Ask
from tests.core.cases import Case, human, new_run, workflow
from tests.core.flows import auto, call, ended, made

SSN = "078-05-1120"
PERSON = {"type": "object", "properties": {"name": {"type": "string"}, "ssn": {"type": "string", MARK: True}}}
PLAIN = {"type": "object", "properties": {"name": {"type": "string"}, "ssn": {"type": "string"}}}
INPUT = {"name": "Ann", "ssn": SSN}
WORKER = UUID(int=3)


def case_of(*tasks, schema=PERSON, given=INPUT, **fields):
    case = Case(new_run(workflow(*tasks, input=schema, **fields), input=given))
    case.do(Start())
    return case


def shown(case):
    """The run as those see it who may not see what is sensitive: nothing of it tells the number."""
    run = case.run.version.sensitive.run(case.run)
    told = {name: getattr(run, name) for name in ("input", "output", "error", "indicators", "steps")}
    assert SSN not in repr(told)
    return run


def step(run, task):
    return next(one for one in run.steps if one.task == task)


def perform(case, task, output):
    number = case.step(task).number
    case.do(Claim(step=number, attempt=1, worker=WORKER))
    return case.do(Report(step=number, attempt=1, output=output))


def agent(key, *ways, prompt="{{ input.name }} {{ input.ssn }}", **fields):
    task = auto(key, "agent", *ways, model="scripted", **fields)
    return replace(task, settings={**task.settings, "prompt": prompt})


def http(key, *ways, **fields):
    return auto(key, "http", *ways, method="POST", url="https://x.example", body={"of": "{{ input.ssn }}"}, **fields)


# What the schemas mark


def test_a_version_that_marks_nothing_has_nothing_to_hide():
    assert compile_version(workflow(human("a"), input=PLAIN)).sensitive is None


def test_the_marked_fields_of_input_form_and_output_are_hidden_and_no_others():
    form = {"type": "object", "properties": {"note": {MARK: True}, "topic": {}}}
    case = case_of(human("a", "b", form=form), human("b", form={"type": "object"}))
    case.finish("a", {"note": SSN, "topic": "billing"})
    case.do(Save(step=case.step("b").number, data={"more": 1}))
    run = shown(case)
    assert run.input == {"name": "Ann", "ssn": MASK}
    assert step(run, "a").output == step(run, "a").data == {"note": MASK, "topic": "billing"}
    assert step(run, "b").data == {"more": 1}


def test_a_runs_output_is_hidden_as_that_of_the_step_that_gave_it():
    case = case_of(human("a", form=PERSON), schema=None, given={})
    case.finish("a", INPUT)
    assert shown(case).output == {"name": "Ann", "ssn": MASK}


def test_each_of_a_list_of_outputs_is_hidden_by_the_tasks_schema():
    case = case_of(
        human("a", for_each="[1, 2]", form=PERSON),
        schema={"type": "object"},
        given={},
    )
    for _ in range(2):
        case.finish("a", INPUT)
    parent = next(one for one in shown(case).steps if one.parent is None)
    assert parent.output == [{"name": "Ann", "ssn": MASK}] * 2


def test_what_is_known_of_a_task_that_the_version_does_not_have_is_hidden_whole():
    case = case_of(human("a", "b"), human("b"))
    case.finish("a", {"told": SSN})
    sensitive = compile_version(workflow(human("b"), input=PERSON)).sensitive
    assert sensitive.step(step(case.run, "a")).output == {"told": MASK}


# What is made of it


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"of": "{{ input.ssn }}", "n": 1}, {"of": MASK, "n": MASK}),
        ({"of": "=input.ssn.startsWith('0')"}, {"of": MASK}),
        ({"of": "=input"}, {"of": MASK}),
        ({"of": "=input['ssn']"}, {"of": MASK}),
        ({"of": "=tasks"}, {"of": ""}),
        ({"of": "=input.name"}, {"of": "Ann"}),
        ({"of": "{{ input.name }}"}, {"of": "Ann"}),
        ({"of": "=[1].map(input, input)"}, {"of": [1]}),
    ],
)
def test_an_output_that_no_schema_describes_is_hidden_whole_where_it_was_made_by_looking(values, expected):
    case = case_of(auto("a", "set", "b", values=values), human("b"))
    found = step(shown(case), "a").output
    assert found == expected if values["of"] != "=tasks" else found["of"] != MASK


def test_what_looks_at_something_made_of_it_is_hidden_too_and_what_a_schema_describes_is_hidden_by_that():
    case = case_of(
        auto("later", "set", "end_", values={"of": "=tasks.first.output.of"}),
        auto("first", "set", "later", values={"of": "=input.ssn"}),
        auto(
            "safe", "set", "later", values={"n": "=size(input.ssn)"}, output={"properties": {"n": {"type": "integer"}}}
        ),
        human("end_"),
        start=("first", "safe"),
    )
    run = shown(case)
    assert step(run, "later").output == {"of": MASK}
    assert step(run, "safe").output == {"n": len(SSN)}


def test_a_runs_output_and_indicators_are_hidden_where_they_look_at_something_marked():
    case = case_of(
        human("a", indicators={"long": "size(input.ssn) > 3", "named": "input.name == 'Ann'"}),
        output="{'of': input.ssn}",
        indicators={"first": "input.ssn + input.name", "n": "1"},
    )
    case.finish("a")
    run = shown(case)
    assert run.output == {"of": MASK}
    assert run.indicators == {"first": MASK, "n": 1}
    assert step(run, "a").indicators == {"long": MASK, "named": True}


def test_what_a_worker_is_given_gives_and_fails_with_is_hidden_where_it_was_given_something_marked():
    case = case_of(http("a", on_error="b"), human("b"))
    assert step(shown(case), "a").data["body"] == MASK
    number = case.step("a").number
    case.do(Claim(step=number, attempt=1, worker=WORKER))
    case.do(
        ReportFailure(step=number, attempt=1, code="http", message=f"400: {SSN}?", output={"no": SSN}, is_final=True)
    )
    run = shown(case)
    assert step(run, "a").error["message"] == step(run, "b").caught["message"] == MASK
    assert step(run, "a").error["code"] == "http"


def test_the_items_that_a_task_is_done_for_are_hidden_where_they_hold_something_marked():
    schema = {"type": "object", "properties": {"people": {"type": "array", "items": PERSON}}}
    case = case_of(human("a", for_each="input.people"), schema=schema, given={"people": [INPUT]})
    run = shown(case)
    assert [one.item for one in run.steps if one.parent is not None] == [{"name": MASK, "ssn": MASK}]


def test_what_looks_at_an_item_at_an_output_or_at_an_error_looks_at_what_may_be_marked():
    schema = {"type": "object", "properties": {"people": {"type": "array", "items": PERSON}}}
    case = case_of(
        auto("each", "set", "ask", values={"of": "=item.ssn"}, for_each="input.people"),
        human("ask", form=PERSON, on_error="after", indicators={"long": "size(output.ssn) > 3", "n": "output.name"}),
        auto("after", "set", "last", values={"of": "=error.message"}),
        human("last"),
        schema=schema,
        given={"people": [INPUT]},
    )
    assert [one.output for one in shown(case).steps if one.task == "each" and one.parent is not None] == [{"of": MASK}]
    case.take("ask")
    case.do(Fail(step=case.step("ask").number, comment="No."))
    run = shown(case)
    assert step(run, "after").output == {"of": MASK}
    again = case_of(human("ask", form=PERSON, indicators={"long": "size(output.ssn) > 3", "who": "output.name"}))
    again.finish("ask", INPUT)
    assert step(shown(again), "ask").indicators == {"long": MASK, "who": "Ann"}


def test_a_last_answer_that_did_not_fit_is_hidden_by_the_schema_that_it_did_not_fit():
    case = case_of(call("a", output=PERSON, on_failure="incident"))
    made(case, "a")
    ended(case, "a", output={"name": 1, "ssn": SSN})
    incident = step(shown(case), "a").incident
    assert (incident["code"], incident["output"]) == ("output", {"name": 1, "ssn": MASK})


def test_it_is_known_of_each_task_whether_a_schema_of_it_marks_something():
    sensitive = compile_version(workflow(human("a", "b", form=PERSON), human("b"))).sensitive
    assert [sensitive.marks(key) for key in ("a", "b", "gone")] == [True, False, False]


def test_the_facts_about_a_step_do_not_tell_what_its_row_hides():
    case = case_of(http("a"))
    sensitive, at = case.run.version.sensitive, case.step("a")
    failed = Event(type="step.failed", step=1, data={"error": {"code": "x", "message": SSN, "task": "a"}})
    assert SSN not in repr(sensitive.event(failed, at))
    assert SSN not in repr(sensitive.event(Event(type="run.failed", data=failed.data), None))
    assert SSN not in repr(sensitive.event(Event(type="step.progressed", step=1, data={"of": SSN}), at))
    plain = Event(type="step.assigned", step=1, data={"account_id": 1})
    assert sensitive.event(plain, at) is plain


# Agents


def test_an_agent_is_told_nothing_sensitive():
    case = case_of(agent("a", prompt="{{ input.name }}: {{ input.ssn }} {{ tasks.b.output }}"), human("b"))
    assert case.step("a").data == {"prompt": f"Ann: {MASK} "}


def test_an_agent_whose_task_allows_it_is_told_and_what_it_says_and_asks_is_hidden_then():
    case = case_of(agent("a", sensitive="allow"))
    assert case.step("a").data == {"prompt": f"Ann {SSN}"}
    number = case.step("a").number
    case.do(Claim(step=number, attempt=1, worker=WORKER))
    ask = Ask(key="k", name="Approve", prompt=SSN, data={"arguments": {"of": SSN}}, detail={"arguments": SSN})
    case.do(Progress(step=number, attempt=1, detail={"tool": SSN}))
    case.do(Suspend(step=number, attempt=1, asks=(ask,)))
    asked = next(one for one in shown(case).steps if one.ask is not None)
    assert (asked.data, asked.ask["name"]) == ({"arguments": MASK}, "Approve")


def test_the_answer_of_an_agent_is_hidden_by_its_schema():
    case = case_of(agent("a", output=PERSON))
    perform(case, "a", INPUT)
    assert step(shown(case), "a").output == {"name": "Ann", "ssn": MASK}


# Handing it back


def test_the_mask_that_comes_back_keeps_what_is_saved():
    case = case_of(human("a", form=PERSON))
    case.take("a")
    number = case.step("a").number
    case.do(Save(step=number, data={"ssn": SSN}))
    case.do(Save(step=number, data={"ssn": MASK, "name": MASK}))
    assert case.step("a").data == {"ssn": SSN, "name": MASK}  # who writes the mask where nothing is marked, means it
    case.do(Complete(step=number, data={"ssn": MASK}))
    assert case.run.output["ssn"] == SSN


def test_the_mask_is_no_value_of_its_own():
    case = case_of(human("a", form=PERSON))
    case.take("a")
    for command in (Save, Complete):
        with pytest.raises(Invalid) as caught:
            case.do(command(step=case.step("a").number, data={"ssn": MASK}))
        assert [problem.path for problem in caught.value.problems] == ["/data/ssn"]
    with pytest.raises(Invalid) as caught:
        case_of(human("a"), given={"ssn": MASK})
    assert [problem.path for problem in caught.value.problems] == ["/input/ssn"]


# Sub-runs


def test_a_sub_runs_output_is_hidden_by_the_schema_of_the_task_that_takes_it():
    case = case_of(call("a", output=PERSON, input={"of": "{{ input.ssn }}"}))
    made(case, "a")
    assert step(shown(case), "a").data["input"] == {"of": MASK}
    ended(case, "a", output=INPUT)
    assert step(shown(case), "a").output == {"name": "Ann", "ssn": MASK}


# Paths


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("input.a.b == 1", {("input", "a", "b")}),
        ("input.a.startsWith('x')", {("input", "a")}),
        ("input['a'].b", {("input",)}),
        ("input.list.exists(i, i.a == output.b)", {("input", "list"), ("output", "b")}),
        ("[1].map(input, input.a)", set()),
        ("tasks.x.output.y + tasks['x'].output.z", {("tasks", "x", "output", "y"), ("tasks",)}),
        ("has(input.a) && input.`b-c` == ''", {("input", "a"), ("input", "b-c")}),
        ("'input.a'", set()),
    ],
)
def test_the_paths_of_an_expression_are_never_longer_than_what_it_looks_at(source, expected):
    assert paths(source) == expected


def test_the_paths_of_a_template_are_those_of_all_its_texts():
    value = {"a": ["=input.x", "to {{ tasks.b.output.c }} {{ secrets.key }}"], "b": 1, "c": "plain"}
    assert paths_of(value) == {("input", "x"), ("tasks", "b", "output", "c")}
