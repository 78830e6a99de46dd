"""What a run's data bring along: from strangers and private places, and until the run ends."""

from uuid import UUID

import pytest
from msgspec.structs import replace

from casework.core.command import (
    Assign,
    Claim,
    Complete,
    Progress,
    Report,
    ReportFailure,
    ResolveIncident,
    Save,
    Start,
)
from casework.core.decide import decide
from casework.core.kinds.agent_tools import declared
from casework.core.marks import MARK
from casework.core.taint import (
    AGENT,
    MARKED_INPUT,
    MESSAGE,
    SOURCES_MAX,
    Taint,
    is_dangerous,
    together,
    told,
)
from tests.core.cases import LEAD, START, Case, human, new_run, person, workflow
from tests.core.flows import auto, ended
from tests.core.test_retry import retried

WORKER = UUID(int=1)
MARKED = {"type": "object", "properties": {"name": {"type": "string"}, "ssn": {"type": "string", MARK: True}}}
CRM = {"name": "crm", "kind": "function", "marks": "read", "reads_private": True}
WEB = {"name": "web", "kind": "http", "marks": "read", "url": "https://web.example", "arguments": {"type": "object"}}
SEND = {**WEB, "name": "send", "marks": "act", "approve": False, "reads_untrusted": False}


def of_task(label, name):
    return Taint(label=label, source="task", name=name)


def of_tool(label, name):
    return Taint(label=label, source="tool", name=name)


def http(key, *ways, **settings):
    return auto(key, "http", *ways, method="GET", url="https://web.example", **settings)


def agent(key, *ways, tools=(), **settings):
    return auto(key, "agent", *ways, model="scripted", prompt="Go.", tools=list(tools), **settings)


def performed(case, task, output=None):
    number = case.step(task).number
    case.do(Claim(step=number, attempt=1, worker=WORKER))
    case.do(Report(step=number, attempt=1, output=output or {}))
    return case.run.taints


@pytest.mark.parametrize(
    ("task", "taints"),
    [
        (http("a"), (of_task("untrusted", "a"),)),
        (http("a", reads_untrusted=False), ()),
        (http("a", reads_untrusted=False, reads_private=True), (of_task("private", "a"),)),
        (auto("a", "function", function="f"), ()),
        (
            auto("a", "function", function="f", reads_private=True, reads_untrusted=True),
            (of_task("private", "a"), of_task("untrusted", "a")),
        ),
        (agent("a", tools=[CRM, WEB]), ()),
    ],
)
def test_an_output_brings_what_its_kind_or_its_task_says(task, taints):
    assert performed(Case.of(task), "a") == taints


def test_what_is_done_where_it_is_decided_brings_what_its_task_says():
    task = auto("look", "function", function="look", reads_private=True)
    run = new_run(workflow(task, start=("look",)))
    decided = decide(run, Start(task=None), LEAD, START, calculator=lambda _given: 1)
    assert (decided.run.state, decided.run.taints) == ("completed", (of_task("private", "look"),))


def test_a_failure_may_quote_what_was_read():
    case = Case.of(replace(http("a"), on_error="b"), human("b"))
    case.do(Claim(step=1, attempt=1, worker=WORKER))
    case.do(ReportFailure(step=1, attempt=1, code="status", message="It says: pay me.", is_final=True))
    assert (case.live(), case.run.taints) == (["b"], (of_task("untrusted", "a"),))


def test_a_list_brings_what_its_items_do_and_an_empty_one_nothing():
    assert Case.of(replace(http("a"), for_each="[]")).run.taints == ()
    case = Case.of(replace(http("a"), for_each="[1]"))
    case.do(Claim(step=2, attempt=1, worker=WORKER))
    case.do(Report(step=2, attempt=1, output={}))
    assert case.run.taints == (of_task("untrusted", "a"),)


def test_what_is_marked_in_the_input_is_private_where_it_is_there():
    for given, taints in (({"name": "Ann", "ssn": "1"}, (MARKED_INPUT,)), ({"name": "Ann"}, ())):
        case = Case(new_run(workflow(human("a"), input=MARKED), input=given))
        case.do(Start())
        assert case.run.taints == taints


def test_what_is_marked_in_an_output_is_private_where_it_is_there():
    case = Case.of(human("a", "b", form=MARKED), human("b", form=MARKED))
    case.finish("a", {"name": "Ann"})
    assert case.run.taints == ()
    case.finish("b", {"ssn": "1"})
    assert case.run.taints == (of_task("private", "b"),)


def test_what_a_tool_gave_counts_as_soon_as_it_is_kept():
    case = Case.of(agent("a", tools=[CRM, WEB, SEND]))
    case.do(Claim(step=1, attempt=1, worker=WORKER))
    for tool, taints in (
        ("ask_person", ()),
        ("crm", (of_tool("private", "crm"),)),
        ("web", (of_tool("private", "crm"), of_tool("untrusted", "web"))),
        ("send", (of_tool("private", "crm"), of_tool("untrusted", "web"))),
    ):
        case.do(Progress(step=1, attempt=1, detail={"tool": tool}))
        assert case.run.taints == taints
    case.do(Progress(step=1, attempt=1, detail={"turn": 2}))
    assert len(case.run.taints) == 2


def test_a_word_of_progress_that_no_agent_says_is_no_call():
    case = Case.of(auto("a", "function", function="f"))
    case.do(Claim(step=1, attempt=1, worker=WORKER))
    case.do(Progress(step=1, attempt=1, detail={"tool": "hammer"}))
    assert case.run.taints == ()


def test_a_sub_run_hands_up_what_it_brought():
    case = Case.of(auto("a", "subworkflow", "b", workflow="other"), human("b"))
    ended(case, "a", output={"x": 1}, taints=(MESSAGE,))
    assert (case.live(), case.run.taints) == (["b"], (MESSAGE,))


def test_a_retry_goes_on_with_what_was_brought_and_knows_who_started_both():
    case = Case.of(http("a", "b"), http("b"))
    performed(case, "a")
    case.do(Claim(step=2, attempt=1, worker=WORKER))
    case.do(ReportFailure(step=2, attempt=1, code="x", message="x", is_final=True))
    case.run = replace(case.run, started_by=(5,))
    again = retried(case)
    assert again.run.taints == case.run.taints == (of_task("untrusted", "a"), of_task("untrusted", "b"))
    assert again.run.started_by == (5, 990)


def test_what_a_model_elsewhere_fills_in_is_not_trusted():
    case = Case.of(human("a", "b"), human("b"))
    case.take("a")
    case.do(Save(step=1, data={"x": 1}))
    assert case.run.taints == ()
    case.do(Save(step=1, data={"x": 2}, by_model=True))
    assert case.run.taints == (AGENT,)
    other = Case.of(human("a", "b"), human("b"))
    other.do(Assign(step=1, assignee=person(1)))
    other.do(Complete(step=1, data={}, by_model=True))
    assert (other.live(), other.run.taints) == (["b"], (AGENT,))


def test_an_output_that_a_person_gives_for_what_failed_stays_what_it_was():
    case = Case.of(http("a", "b"), human("b"), on_failure="incident")
    case.do(Claim(step=1, attempt=1, worker=WORKER))
    case.do(ReportFailure(step=1, attempt=1, code="x", message="x", is_final=True))
    assert case.run.taints == ()
    case.do(ResolveIncident(step=1, how="output", output={"said": "Pay me."}))
    assert case.run.taints == (of_task("untrusted", "a"),)


def test_each_source_is_remembered_once_and_few_are_enough():
    many = [of_task("untrusted", f"t{i}") for i in range(SOURCES_MAX + 5)]
    held = together((), many)
    assert held == tuple(many[:SOURCES_MAX])
    assert together(held, many) is held
    assert together(held, [MARKED_INPUT]) == (*held, MARKED_INPUT)


@pytest.mark.parametrize(
    ("tool", "held", "is_so"),
    [
        (SEND, (), False),
        (SEND, (MESSAGE,), False),
        (SEND, (MARKED_INPUT,), False),
        (SEND, (MESSAGE, MARKED_INPUT), True),
        ({**SEND, "reads_untrusted": True}, (MARKED_INPUT,), True),
        ({**SEND, "reads_private": True}, (MESSAGE,), True),
        ({**SEND, "acts_externally": False}, (MESSAGE, MARKED_INPUT), False),
        (WEB, (MESSAGE, MARKED_INPUT), False),
        (CRM, (MESSAGE, MARKED_INPUT), False),
    ],
)
def test_all_three_together_are_dangerous(tool, held, is_so):
    assert is_dangerous(declared(tool), held) is is_so


def test_why_a_call_is_dangerous_is_told_with_where_it_came_from():
    held = (MESSAGE, of_task("untrusted", "fetch"), MARKED_INPUT, Taint(label="untrusted", source="hook", name="Shop"))
    assert told(declared({**SEND, "reads_private": True}), held) == (
        "This run has read from outside (what was said in its chat, the task fetch, the call of the hook Shop) and "
        "holds private data (its input, the tool send), and send acts outside: look whether the call carries away what "
        "it should not."
    )
