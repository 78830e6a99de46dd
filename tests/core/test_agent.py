"""What a definition can say of an agent, and every reason why not."""

from decimal import Decimal

import pytest

from casework.core.condition import EvaluationError
from casework.core.definition import STARTER
from casework.core.derivation import Derivation
from casework.core.kinds.agent import Budget, settled
from casework.core.kinds.agent_tools import declared, names_for_approval
from casework.core.parse import document, parse
from casework.core.version import compile_version
from tests.core.sources import problems

HTTP = {
    "name": "pay",
    "kind": "http",
    "url": "https://bank.example/pay",
    "marks": "act",
    "arguments": {"type": "object"},
}
PAY = {**HTTP, "arguments": {"type": "object", "properties": {"amount": {"type": "integer"}}}}
LOOK = {"name": "look", "kind": "function", "marks": "read"}


def agent(**fields):
    task = {"key": "a", "kind": "agent", "model": "scripted", "prompt": "Do it.", **fields}
    return {"casework": 1, "key": "w", "tasks": [task]}


def wrong(**fields):
    """Every problem with these fields: where it is, and what it says."""
    return [(one.path.removeprefix("/tasks/0"), one.message) for one in problems(agent(**fields), "value")]


def given(context=None, **fields):
    return compile_version(parse(agent(**fields), media="value")).program("a").evaluate(context or {})


@pytest.mark.parametrize(
    ("fields", "where", "words"),
    [
        ({"model": None}, "/model", "does not name its 'model'"),
        ({"model": "gpt"}, "/model", "'gpt' is no model"),
        ({"model": "openai:"}, "/model", "is no model"),
        ({"model": "http://host/v1"}, "/model", "is no model"),
        ({"model": "file:///x#y"}, "/model", "is no model"),
        ({"model": "openai:gpt-4.1"}, "/secret", "the model's provider wants a key"),
        ({"secret": "a b"}, "/secret", "the name of a secret"),
        ({"prompt": None}, "/prompt", "the task has no 'prompt'"),
        ({"prompt": "{{ 1 + 1 }}"}, "/prompt", "must hold a path"),
        ({"prompt": "=1 +"}, "/prompt", "Syntax error"),
        ({"system": "Be {{ input.x }}"}, "/system", "'system' holds no data"),
        ({"system": "=input.x"}, "/system", "'system' holds no data"),
        ({"turns": 0}, "/turns", "from 1 to 200"),
        ({"corrections": 11}, "/corrections", "from 0 to 10"),
        ({"approvals": []}, "/approvals", "must be a map"),
        ({"approvals": {"role": ["x"]}}, "/approvals/role", "there is no field 'role' here"),
        ({"ask_person": {"roles": "x"}}, "/ask_person/roles", "must be a list"),
        ({"budget": 5}, "/budget", "must be a map"),
        ({"budget": {"tokens": 0}}, "/budget/tokens", "from 1 to"),
        ({"budget": {"cost": 0}}, "/budget/cost", "must be a number above 0"),
        ({"budget": {"cost": True}}, "/budget/cost", "must be a number above 0"),
        ({"budget": {"cost": "1"}}, "/budget/cost", "must be a number above 0"),
        ({"budget": {"on_exceeded": "stop"}}, "/budget/on_exceeded", "one of fail, person"),
        ({"rules": [{}]}, "/rules/0", "either an 'answer' or 'calls'"),
        ({"rules": [{"answer": 1, "calls": []}]}, "/rules/0", "either an 'answer' or 'calls'"),
        ({"rules": [{"calls": [{"tool": "x"}]}]}, "/rules/0/calls/0/tool", "the task has no tool 'x'"),
        (
            {"rules": [{"calls": [{"tool": "ask_person"}]}]},
            "/rules/0/calls/0/tool",
            "the task has no tool 'ask_person'",
        ),
        ({"rules": [{"answer": "=1 +"}]}, "/rules/0/answer", "Syntax error"),
        ({"model": "http://h/v1#m", "rules": [{"answer": 1}]}, "/rules", "only the scripted model goes by rules"),
        ({"output": {"type": "string"}}, "/output", "an agent's output is an object"),
        ({"roles": ["x"]}, "/roles", "there is no field 'roles' here"),
        ({"tools": []}, "/tools", "a list of 1 to 64 maps"),
        ({"tools": [LOOK, LOOK]}, "/tools/1/name", "the tool 'look' is listed twice"),
        ({"tools": [{**LOOK, "name": "ask_person"}]}, "/tools/0/name", "a tool's 'name'"),
        ({"tools": [{**LOOK, "name": 5}]}, "/tools/0/name", "must be text"),
        ({"tools": [{**LOOK, "kind": "shell"}]}, "/tools/0/kind", "one of function, http, mcp"),
        ({"tools": [{**LOOK, "kind": []}]}, "/tools/0/kind", "one of function, http, mcp"),
        ({"tools": [{**LOOK, "url": "x"}]}, "/tools/0/url", "a tool of kind function has no 'url'"),
        ({"tools": [{**LOOK, "address": "x"}]}, "/tools/0/address", "there is no field 'address' here"),
        ({"tools": [{**LOOK, "marks": "write"}]}, "/tools/0/marks", "whether it reads or acts"),
        ({"tools": [{**LOOK, "acts_externally": True}]}, "/tools/0/acts_externally", "a tool that acts is marked so"),
        ({"tools": [{**LOOK, "approve": "yes"}]}, "/tools/0/approve", "must be true or false"),
        ({"tools": [{**HTTP, "approve": "=call.arguments.to >"}]}, "/tools/0/approve", "Syntax error"),
        ({"tools": [{**HTTP, "approve": "=amount > 1"}]}, "/tools/0/approve", "there is nothing called 'amount' here"),
        (
            {"tools": [{**HTTP, "approve": "='yes'"}]},
            "/tools/0/approve",
            "must be true or false; this one gives string",
        ),
        ({"tools": [{**HTTP, "approve": "=item.x"}]}, "/tools/0/approve", "there is no 'item' here"),
        ({"tools": [{**HTTP, "approve": "=tasks.b.visit > 1"}]}, "/tools/0/approve", "there is no task 'b'"),
        ({"tools": [{**HTTP, "approve": "=call.args.x"}]}, "/tools/0/approve", "a call has 'tool' and 'arguments'"),
        ({"tools": [{**PAY, "approve": "=call.arguments.amont > 1"}]}, "/tools/0/approve", "no argument 'amont'"),
        ({"prompt": "{{ call.tool }}"}, "/prompt", "there is nothing called 'call' here"),
        ({"approvals": {"within": "soon"}}, "/approvals/within", "is not a duration"),
        ({"approvals": {"exclude": "a"}}, "/approvals/exclude", "must be a list"),
        ({"approvals": {"exclude": [5]}}, "/approvals/exclude/0", "must be text"),
        ({"approvals": {"exclude": ["tasks.b"]}}, "/approvals/exclude/0", "there is no task 'b'"),
        ({"ask_person": {"exclude": ["a"]}}, "/ask_person/exclude", "there is no field 'exclude' here"),
        ({"tools": [{**LOOK, "arguments": {"type": "array"}}]}, "/tools/0/arguments", "a tool takes an object"),
        ({"tools": [{**HTTP, "arguments": None}]}, "/tools/0/arguments", "does not say what 'arguments'"),
        ({"tools": [{**HTTP, "url": None}]}, "/tools/0/url", "begins with https:// or http:// and a host"),
        ({"tools": [{**HTTP, "url": "https://{host}/"}]}, "/tools/0/url", "begins with https://"),
        ({"tools": [{**HTTP, "url": "https://{{ input.host }}/"}]}, "/tools/0/url", "begins with https://"),
        ({"tools": [{**HTTP, "url": "https://h/{{ 1 + 1 }}"}]}, "/tools/0/url", "must hold a path"),
        ({"tools": [{**HTTP, "headers": {"a": 1}}]}, "/tools/0/headers/a", "a header's value must be text"),
        ({"tools": [{**HTTP, "method": "HEAD"}]}, "/tools/0/method", "one of GET, POST"),
    ],
)
def test_what_is_wrong_with_an_agent_is_told(fields, where, words):
    found = wrong(**fields)
    assert any(path == where and words in message for path, message in found), found


def test_every_problem_of_an_agent_is_told_at_once():
    fields = {"model": "x", "prompt": "", "turns": 0, "tools": [5, {"name": "A"}], "rules": "x", "budget": {"x": 1}}
    assert {path for path, _ in wrong(**fields)} == {
        "/model",
        "/prompt",
        "/turns",
        "/tools/0",
        "/tools/1/name",
        "/tools/1/kind",
        "/rules",
        "/budget/x",
    }


def test_tools_that_read_secrets_and_strangers_may_not_act_unseen():
    private = {**LOOK, "reads_private": True}
    stranger = {**HTTP, "name": "web", "marks": "read"}
    unseen = {**HTTP, "approve": False}
    for approve in (False, "=call.tool == 'other'"):
        ((path, message),) = wrong(tools=[private, stranger, {**HTTP, "approve": approve}])
        assert path == "/tools/2/approve"
        assert "must be approved" in message
    for fewer in ([private, {**unseen, "reads_untrusted": False}], [stranger, unseen], [private, stranger, HTTP]):
        parse(agent(tools=fewer), media="value")


def test_whatever_a_tool_does_not_say_is_taken_for_the_worse():
    pay, look = declared({**HTTP, "description": None}), declared(LOOK)
    assert (pay.approve, pay.reads_untrusted, pay.acts_externally, pay.reads_private) == (True, True, True, False)
    assert (look.approve, look.reads_untrusted, look.acts_externally) == (False, False, False)
    assert (look.function, pay.method, pay.description) == ("look", "GET", "")


def test_settings_have_their_defaults():
    task = parse(agent(budget={"cost": 0.5}, ask_person={"roles": ["x"]}), media="value").task("a")
    settings = settled(task.settings)
    assert settings.budget == Budget(cost=Decimal("0.5"))
    assert (settings.turns, settings.corrections, settings.approvals.roles) == (20, 2, ())
    assert settings.ask_person is not None
    assert settings.ask_person.roles == ("x",)


def test_a_step_is_given_its_prompt_and_what_of_rules_and_tools_is_evaluated():
    url = "https://h/{{ input.id }}/{order}"
    rules = [
        {"contains": "x", "calls": [{"tool": "pay", "arguments": {"n": "=input.n"}}]},
        {"answer": "{{ input.id }}"},
    ]
    header = {"authorization": "Bearer {{ secrets.key }}"}
    tools = [{**HTTP, "url": url, "headers": header}, LOOK]
    assert given({"input": {"id": "7", "n": 2}}, prompt="Look at {{ input.id }}", rules=rules, tools=tools) == {
        "prompt": "Look at 7",
        "rules": [{"contains": "x", "calls": [{"tool": "pay", "arguments": {"n": 2}}]}, {"answer": "7"}],
        "tools": [{**HTTP, "url": "https://h/7/{order}", "headers": header}, LOOK],
    }
    assert given() == {"prompt": "Do it."}
    with pytest.raises(EvaluationError):
        given({"input": {}}, prompt="=input.n")


def test_a_run_may_have_a_budget_too():
    whole = agent() | {"budget": {"tokens": 5, "cost": 0.5}}
    assert document(parse(whole, media="value"))["budget"] == {"tokens": 5, "cost": 0.5}
    found = problems(agent() | {"budget": {"tokens": 0, "seconds": 5}}, "value")
    assert [one.path for one in found] == ["/budget/seconds", "/budget/tokens"]


def test_an_agent_is_written_as_it_was_read():
    source = agent(tools=[HTTP], rules=[{"answer": {"a": 1}}], budget={"tokens": 5}, retry={"attempts": 3})
    (written,) = document(parse(source, media="value"))["tasks"]
    assert written == source["tasks"][0]


def test_a_condition_on_a_call_is_read_but_not_given_to_the_step():
    opened = {"type": "object", "properties": {"a": {}}, "patternProperties": {"^x": {}}}
    tools = [
        {**PAY, "approve": "=call.arguments.amount > input.limit && call.tool == 'pay'"},
        {**PAY, "name": "give", "approve": "=size(call.arguments) > 1", "arguments": opened},
        {**PAY, "name": "lend", "approve": "=call.arguments.x > run.priority", "arguments": opened},
        {**PAY, "name": "keep", "approve": True},
    ]
    version = compile_version(parse(agent(tools=tools), media="value"))
    assert version.names == {"input", "run"}
    assert version.program("a").evaluate({})["tools"] == tools
    assert names_for_approval(version.task("a").settings) == {"input", "run"}
    assert names_for_approval({}) == frozenset()


def test_who_approves_and_in_what_time():
    approvals = {"roles": ["lead"], "within": "4h", "exclude": ["run.started_by", "tasks.a"]}
    version = compile_version(parse(agent(approvals=approvals, ask_person={"within": "PT15M"}), media="value"))
    settings = settled(version.task("a").settings)
    assert (settings.approvals.seconds, settings.approvals.excluded) == (4 * 3600, (STARTER, "a"))
    assert settings.ask_person is not None
    assert (settings.ask_person.seconds, settings.ask_person.excluded) == (900, ())
    assert version.tasks_read == {"a"}
    assert document(version.definition)["tasks"][0]["approvals"] == approvals


def test_what_a_condition_on_a_call_looks_at_is_not_told_to_the_agent():
    schema = {"type": "object", "properties": {"ssn": {"type": "string", "x-sensitive": True}}}
    tools = [{**HTTP, "approve": "=input.ssn == call.arguments.ssn"}]
    definition = parse({**agent(tools=tools, sensitive="allow"), "input": schema}, media="value")
    assert not Derivation(definition).is_given_marked(definition.task("a"))
