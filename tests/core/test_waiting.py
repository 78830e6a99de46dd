"""Steps that wait: for an instant, for an event, for a run of another workflow."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from casework.core.command import CancelRun, Look, ResolveIncident, Start, Take
from casework.core.errors import Conflict, NotFound
from casework.core.kinds.wait import CORRELATION_MAX
from casework.core.parse import document, parse
from casework.core.work import Errand
from tests.core.cases import START, Case, human, new_run, workflow
from tests.core.flows import auto, call, ended, look, made, refused, take, wait
from tests.core.sources import of_task

PAID = {"event": "order.paid", "correlation": "=input.order"}
NOT_FITTING = {"type": "object", "required": ["n"]}


def error(case):
    return case.run.error["code"], case.run.error["message"]


# Instants


@given(seconds=st.integers(1, 10 * 366 * 24 * 3600))
def test_a_wait_ends_at_its_instant_and_not_before(seconds):
    case = Case.of(wait("a", for_=f"{seconds}s"))
    assert case.run.state == "paused"
    due = case.step("a").try_resolve_at
    assert due == START + timedelta(seconds=seconds)
    case.now = due - timedelta(milliseconds=1)
    if case.now > case.run.updated_at:
        assert look(case, "a") == []
    case.now = due
    assert look(case, "a") == ["step.completed", "run.completed"]
    assert list(case.run.output) == ["at"]


def test_a_timer_fires_once():
    case = Case.of(wait("a", "b", for_="1m"), human("b"))
    step = case.step("a")
    look(case, "a")
    assert case.do(Look(step=step.number)) == []
    assert case.live() == ["b"]


@pytest.mark.parametrize("until", ["2026-03-02T11:00:00+02:00", "2026-03-01T00:00:00Z", "=input.at"])
def test_an_instant_that_has_passed_is_not_waited_for(until):
    case = Case.of(wait("a", until=until), input={"at": "2020-01-01T00:00:00Z"})
    assert case.events == ["run.started", "step.created", "step.waiting", "step.completed", "run.completed"]


def test_an_instant_may_be_computed():
    case = Case.of(wait("a", until="=now + duration('90m')"))
    assert case.step("a").try_resolve_at == START + timedelta(minutes=90)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"until": "soon"}, "'soon' is no instant"),
        ({"until": "=input"}, "is no instant"),
        ({"until": "2026-03-02T09:00:00"}, "does not say its time zone"),
        ({"until": "0001-01-01T00:00:00+10:00"}, "is beyond every calendar"),
        ({"for_": "=input.n"}, "is not a duration"),
        ({"for_": "={}"}, "is not a duration"),
        ({"event": "e", "correlation": "={}"}, "a correlation is text"),
        ({"event": "e", "correlation": "=true"}, "a correlation is text"),
        ({"event": "e", "correlation": "=input.long"}, "a correlation is text"),
    ],
)
def test_what_is_no_instant_length_or_correlation_is_the_failure_rule(settings, words):
    case = Case.of(wait("a", **settings), input={"n": "often", "long": "x" * (CORRELATION_MAX + 1)})
    assert error(case)[0] == "expression"
    assert words in error(case)[1]


# Events


def test_an_event_completes_the_wait_with_what_it_brings():
    case = Case.of(wait("a", "b", **PAID), human("b"), input={"order": 42})
    assert case.step("a").awaits == "order.paid 42"
    assert take(case, "a", {"sum": 7}) == ["step.signalled", "step.completed", "step.created"]
    assert case.step("a", live=False).output == {"sum": 7}
    assert case.live() == ["b"]


def test_a_wait_without_correlation_takes_an_event_without_one():
    case = Case.of(wait("a", event="order.paid"))
    take(case, "a", correlation="")
    assert case.run.state == "completed"


@pytest.mark.parametrize("other", [{"name": "order.lost"}, {"correlation": "43"}])
def test_another_event_is_refused(other):
    case = Case.of(wait("a", **PAID), input={"order": "42"})
    with pytest.raises(Conflict, match="does not wait for this event"):
        take(case, "a", **other)


def test_what_an_event_brings_must_fit_the_tasks_schema():
    case = Case.of(wait("a", output=NOT_FITTING, **PAID), input={"order": "42"})
    take(case, "a", {"m": 1})
    assert error(case) == ("output", "The output does not fit the task's schema: /n: 'n' is required")


def test_an_event_for_a_step_that_does_not_wait_is_refused():
    case = Case.of(human("a"), wait("b", **PAID), start=("a", "b"), on_failure="incident", input={"order": {}})
    event = {"signal": 1, "name": "order.paid", "correlation": "42", "payload": None}
    for step in (1, 2):  # a person's, and one with an incident
        with pytest.raises(Conflict, match="does not wait any more"):
            case.do(Take(step=step, **event))
    with pytest.raises(NotFound):
        case.do(Take(step=9, **event))


def test_a_wait_that_takes_too_long_fails_or_goes_the_way_of_its_timeout():
    case = Case.of(wait("a", timeout=60, **PAID), input={"order": "42"})
    look(case, "a")
    assert error(case) == ("timeout", "It waited longer than 1m.")
    case = Case.of(wait("a", "b", timeout=60, on_timeout="c", **PAID), human("b"), human("c"), input={"order": "42"})
    assert look(case, "a") == ["step.skipped", "step.created"]
    assert case.live() == ["c"]


def test_a_wait_that_is_tried_again_waits_anew():
    case = Case.of(wait("a", timeout=60, on_failure="incident", **PAID), input={"order": "42"})
    look(case, "a")
    case.do(ResolveIncident(step=1, how="retry"))
    assert case.step("a").try_resolve_at == case.run.updated_at + timedelta(seconds=60)
    take(case, "a", "paid")
    assert case.run.output == "paid"


def test_a_wait_for_an_event_asks_for_one_that_came_before():
    run = new_run(workflow(wait("a", **PAID)), input={"order": "42"})
    case = Case(run)
    assert case.decided(Start()).errands == (Errand(what="match", step=1),)


def test_each_item_of_a_list_waits_for_its_own_event():
    case = Case.of(wait("a", for_each="['x', 'y']", event="order.paid", correlation="=item"))
    assert sorted(step.awaits for step in case.run.live() if step.awaits) == ["order.paid x", "order.paid y"]
    take_of = {step.awaits[-1]: step.number for step in case.run.live() if step.awaits}
    for name in ("y", "x"):
        case.do(Take(step=take_of[name], signal=1, name="order.paid", correlation=name, payload=name.upper()))
    assert case.run.output == ["X", "Y"]


# Sub-runs


def test_a_sub_run_is_asked_for_and_its_output_is_the_steps():
    case = Case(new_run(workflow(call("a", "b", input={"n": "=input.n"}), human("b")), input={"n": 3}))
    (errand,) = case.decided(Start()).errands
    case.do(Start())
    step = case.step("a")
    assert errand == Errand(what="make", step=1, child=step.child_uuid)
    assert (step.state, step.data) == ("waiting", {"workflow": "child", "input": {"n": 3}})
    assert made(case, "a") == ["step.delegated"]
    assert made(case, "a") == []
    assert ended(case, "a", output={"m": 1}) == ["step.completed", "step.created"]
    assert case.step("a", live=False).output == {"m": 1}


@pytest.mark.parametrize(
    ("state", "fields", "why"),
    [
        ("failed", {"error": {"code": "x", "message": "Too bad."}}, "failed: Too bad."),
        ("cancelled", {"reason": "Not wanted."}, "cancelled: Not wanted."),
        ("cancelled", {}, "cancelled: no reason was given"),
    ],
)
def test_a_sub_run_that_fails_or_is_cancelled_fails_the_step(state, fields, why):
    case = Case.of(call("a"))
    ended(case, "a", state, **fields)
    assert error(case) == ("subworkflow", f"Run 77 of child {why}")


def test_a_sub_run_that_cannot_be_made_fails_the_step_and_the_next_try_makes_another():
    case = Case.of(call("a", on_failure="incident"))
    first = case.step("a").child_uuid
    refused(case, "a")
    case.do(ResolveIncident(step=1, how="retry"))
    assert case.step("a").child_uuid != first
    with pytest.raises(Conflict, match="waits for another run"):
        made(case, "a", child=first)


def test_nobody_waits_for_a_detached_sub_run():
    case = Case.of(call("a", detached=True))
    child = case.step("a").child_uuid
    made(case, "a")
    assert (case.run.state, case.run.output) == ("completed", {"runId": 77, "runUuid": str(child)})


def test_an_input_that_is_no_map_is_the_failure_rule():
    case = Case.of(call("a", input="=input.items"), input={"items": [1]})
    assert error(case)[0] == "expression"


def test_cancelling_goes_down():
    case = Case.of(call("a"), human("b"), start=("a", "b"))
    child = case.step("a").child_uuid
    assert case.decided(CancelRun()).errands == (Errand(what="cancel", step=1, child=child),)


def test_a_sub_run_that_takes_too_long_is_cancelled():
    case = Case.of(call("a", timeout=60, on_timeout="end"))
    child = case.step("a").child_uuid
    assert Errand(what="cancel", step=1, child=child) in case.decided(Look(step=1)).errands
    assert look(case, "a") == ["step.skipped", "run.completed"]


def test_a_run_that_ends_tells_the_step_above():
    run = new_run(workflow(auto("a", "set", values={"n": 1})), parent_run_id=3, parent_step=4)
    assert Case(run).decided(Start()).errands == (Errand(what="tell", step=4, child=run.uuid),)


def test_an_arrival_at_a_join_that_never_began_has_no_sub_run_to_cancel():
    case = Case.of(human("x", "a"), human("y", "a"), call("a", join="all"), start=("x", "y"))
    case.finish("x")
    assert case.decided(CancelRun()).errands == ()


@given(attempt=st.integers(0, 1000), other=st.integers(0, 1000))
def test_the_uuid_of_a_sub_run_is_its_steps_and_attempts_own(attempt, other):
    step = Case.of(call("a")).step("a")
    first, second = (replace(step, attempt=number).child_uuid for number in (attempt, other))
    assert (first == second) is (attempt == other)
    assert isinstance(first, UUID)


# How they are written


def settings_of(**fields):
    tasks = [{"key": "a", "next": [{"to": "b"}], **fields}, {"key": "b", "kind": "human"}]
    parsed = parse({"casework": 1, "key": "k", "tasks": tasks}, media="value")
    assert parse(document(parsed), media="value") == parsed
    return parsed.task("a").settings


@pytest.mark.parametrize(
    "fields",
    [
        {"for": "2h"},
        {"for": "=input.long"},
        {"until": "{{ input.day }}T09:00:00Z"},
        {"event": "order.paid"},
        {"event": "order.paid", "correlation": "=input.order"},
    ],
)
def test_what_a_wait_is_for_is_kept_as_it_was_written(fields):
    assert settings_of(kind="wait", **fields) == fields


@pytest.mark.parametrize("fields", [{}, {"version": 2}, {"input": {"n": "=input.n"}}, {"detached": True}])
def test_a_call_is_kept_as_it_was_written(fields):
    assert settings_of(kind="subworkflow", workflow="child", **fields) == {"workflow": "child", **fields}


def test_what_is_not_detached_says_nothing_of_it():
    assert settings_of(kind="subworkflow", workflow="child", detached=False) == {"workflow": "child"}


@pytest.mark.parametrize(
    ("fields", "path", "words"),
    [
        ({}, "", "a wait has exactly one of 'for', 'until' and 'event'"),
        ({"for": "2h", "until": "=now"}, "", "a wait has exactly one"),
        ({"for": "often"}, "/for", "is not a duration"),
        ({"for": "2h", "timeout": "1h"}, "/timeout", "'timeout' is for a wait for an event"),
        ({"until": "=now", "correlation": "x"}, "/correlation", "'correlation' is for a wait for an event"),
        ({"event": "order paid"}, "/event", "an event's name has"),
        ({"event": "order.paid", "on_timeout": "b"}, "/on_timeout", "'on_timeout' needs a 'timeout'"),
        ({"event": "e", "timeout": "1h", "on_timeout": "x"}, "/on_timeout", "there is no task 'x'"),
        ({"until": "=nothing.at"}, "/until", "there is nothing called 'nothing.at' here"),
    ],
)
def test_what_is_wrong_with_a_wait_is_told(fields, path, words):
    found = of_task(kind="wait", **fields)
    assert found[0] == path
    assert words in found[1]


@pytest.mark.parametrize(
    ("fields", "path", "words"),
    [
        ({}, "/workflow", "the task does not name its 'workflow'"),
        ({"workflow": "My Flow"}, "/workflow", "a workflow's key has"),
        ({"workflow": "w", "version": 0}, "/version", "must be a whole number"),
        ({"workflow": "w", "detached": True, "timeout": "1h"}, "/timeout", "nothing is waited for"),
        ({"workflow": "w", "on_timeout": "b"}, "/on_timeout", "'on_timeout' needs a 'timeout'"),
        ({"workflow": "w", "input": {"n": "=nothing"}}, "/input/n", "there is nothing called 'nothing' here"),
    ],
)
def test_what_is_wrong_with_a_call_is_told(fields, path, words):
    found = of_task(kind="subworkflow", **fields)
    assert found[0] == path
    assert words in found[1]
