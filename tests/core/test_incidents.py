"""Incidents: a step that failed for good waits for somebody to decide, where the definition says so."""

from uuid import UUID

import pytest

from casework.core.command import Claim, Complete, Fail, Report, ReportFailure, ResolveIncident
from casework.core.errors import Conflict, Denied, Invalid, NotFound
from tests.core.cases import LEAD, Case, actor, human, way
from tests.core.test_attempts import NUMBER, function, set_to

WORKER = UUID(int=1)


def parked(*tasks, **fields):
    """A case whose first step failed for good, and waits."""
    case = Case.of(*tasks, input={"n": 1}, on_failure="incident", **fields)
    case.do(Claim(step=1, attempt=1, worker=WORKER))
    case.do(ReportFailure(step=1, attempt=1, code="x", message="Broken.", is_final=True, output={"n": "bad"}))
    return case


def test_the_run_waits_with_the_error_and_the_last_answer():
    case = parked(function("a", "b"), human("b"))
    step = case.step("a")
    assert (case.run.state, step.state) == ("paused", "waiting")
    assert step.incident == {"code": "x", "message": "Broken.", "task": "a", "attempt": 1, "output": {"n": "bad"}}


def test_an_error_route_comes_first_and_a_task_may_say_otherwise():
    case = parked(function("a", on_error="b"), human("b"))
    assert case.live() == ["b"]
    case = parked(function("a", on_failure="fail"))
    assert case.run.state == "failed"


def test_it_is_tried_again_with_as_many_attempts_as_new():
    case = parked(function("a", "b"), human("b"))
    assert case.do(ResolveIncident(step=1, how="retry")) == ["incident.resolved"]
    step = case.step("a")
    assert (step.state, step.failures, step.incident) == ("queued", 0, None)
    case.do(Claim(step=1, attempt=2, worker=WORKER))
    case.do(Report(step=1, attempt=2, output={}))
    assert case.live() == ["b"]


def test_somebody_gives_the_output():
    case = parked(function("a", "b", output=NUMBER), human("b"))
    with pytest.raises(Invalid):
        case.do(ResolveIncident(step=1, how="output", output={"n": "x"}))
    case.do(ResolveIncident(step=1, how="output", output={"n": 5}))
    assert case.step("a", live=False).output == {"n": 5}
    assert case.live() == ["b"]


@pytest.mark.parametrize(
    ("task", "live"),
    [
        (function("a", way("b", "output.n > 1"), way("c")), ["c"]),
        (function("a", way("b", "output.n > 1"), otherwise="b"), ["b"]),
        (function("a", way("b", "output.n > 1"), way("c", "false")), []),
        (function("a", "end"), []),
    ],
)
def test_the_run_goes_on_without_it(task, live):
    used = {way.to for way in task.next} | {task.otherwise}
    others = [human(key) for key in ("b", "c") if key in used]
    case = parked(task, *others)
    case.do(ResolveIncident(step=1, how="skip"))
    assert case.live() == live
    assert case.states("a") == ["skipped"]


def test_somebody_lets_the_run_fail():
    case = parked(function("a"))
    case.do(ResolveIncident(step=1, how="fail"))
    assert case.run.state == "failed"
    assert case.run.error == {"code": "x", "message": "Broken.", "task": "a", "attempt": 1}


def test_who_may_decide_and_what_there_is_to_decide():
    case = parked(function("a", "b"), human("b"))
    with pytest.raises(Denied):
        case.do(ResolveIncident(step=1, how="skip"), actor(1))
    with pytest.raises(NotFound):
        case.do(ResolveIncident(step=9, how="skip"))
    case.do(ResolveIncident(step=1, how="skip"))
    with pytest.raises(Conflict, match="no open incident"):
        case.do(ResolveIncident(step=1, how="skip"))
    with pytest.raises(Conflict, match="no open incident"):
        case.do(ResolveIncident(step=2, how="skip"))


def test_a_persons_step_waits_as_well_and_keeps_what_was_saved():
    case = Case.of(human("a", "b"), human("b"), on_failure="incident")
    case.start("a")
    case.do(Fail(step=1, comment="I cannot."))
    assert (case.step("a").state, case.step("a").account_id) == ("waiting", None)
    case.do(ResolveIncident(step=1, how="retry"))
    assert case.step("a").state == "ready"
    assert case.run.working_ms == 60_000


def test_no_way_on_waits_with_the_step_that_has_none():
    case = Case.of(human("a", way("b", "output.n > 1")), human("b"), on_failure="incident")
    case.finish("a", {"n": 0})
    step = case.step("a")
    assert (step.state, step.output, step.is_output, step.ended_at) == ("waiting", None, False, None)
    assert step.incident["code"] == "no_way_on"
    case.do(ResolveIncident(step=1, how="output", output={"n": 2}))
    assert case.live() == ["b"]


def test_a_list_that_cannot_be_made_is_made_anew():
    case = Case.of(set_to("a", for_each="input.items"), input={}, on_failure="incident")
    assert case.step("a").incident["code"] == "for_each"
    assert case.do(ResolveIncident(step=1, how="retry")) == ["incident.resolved", "incident.opened"]
    case.do(ResolveIncident(step=1, how="output", output=[]))
    assert case.run.state == "completed"


def test_an_item_waits_where_the_list_would_fail():
    case = Case.of(function("a", for_each="[1]"), input={"n": 1}, on_failure="incident")
    case.do(Claim(step=2, attempt=1, worker=WORKER))
    case.do(ReportFailure(step=2, attempt=1, code="x", message="x"))
    assert case.run.step(2).incident["code"] == "x"
    case.do(ResolveIncident(step=2, how="skip"))
    assert (case.run.state, case.run.output) == ("completed", [None])
    assert LEAD.supervises
    assert Complete(step=1, data={}).step == 1
