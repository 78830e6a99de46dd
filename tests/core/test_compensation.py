"""A run that fails or is cancelled undoes what was done in it, the last first, and only then ends."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from casework.core.command import CancelRun, CancelStep, Complete, Fail, ResolveIncident, Select
from casework.core.errors import Conflict
from tests.core.cases import Case, human, way
from tests.core.flows import auto, noted
from tests.core.sources import problems


def undone(case):
    """What was undone, in order: the outputs that the tasks which undo were given."""
    return [step.item for step in sorted(case.run.steps, key=lambda step: step.number) if step.task.startswith("un")]


def trip(**fields):
    """Book, pay, and a last look; both bookings can be undone by people."""
    return Case.of(
        human("book", "pay", compensate="unbook"),
        human("pay", "look", compensate="unpay"),
        human("look"),
        human("unbook"),
        human("unpay"),
        **fields,
    )


def test_what_was_done_is_undone_the_last_first_and_then_the_run_has_failed():
    case = trip()
    case.finish("book", {"seat": 1})
    case.finish("pay", {"sum": 2})
    case.take("look")
    assert case.do(Fail(step=case.step("look").number, comment="No.")) == [
        "step.failed",
        "run.ending",
        "step.created",
        "step.undoing",
    ]
    assert (case.live(), case.run.state, case.run.error) == (["unpay"], "paused", None)
    assert case.step("unpay").item == {"sum": 2}
    assert case.finish("unpay") == ["step.completed", "step.created", "step.undoing"]
    assert case.step("unbook").item == {"seat": 1}
    assert case.finish("unbook") == ["step.completed", "run.failed"]
    assert (case.run.state, case.run.error["message"], case.run.ending, case.run.undo) == ("failed", "No.", None, ())


def test_cancelling_undoes_too_and_cancelling_again_does_not_interrupt_it():
    case = trip()
    case.finish("book", {"seat": 1})
    assert case.do(CancelRun(reason="Enough.")) == ["step.cancelled", "run.ending", "step.created", "step.undoing"]
    with pytest.raises(Conflict, match="is being undone"):
        case.do(CancelRun(reason="Now."))
    case.finish("unbook")
    assert (case.run.state, case.run.cancel_reason) == ("cancelled", "Enough.")


def test_a_run_that_completes_undoes_nothing():
    case = trip()
    for task in ("book", "pay", "look"):
        case.finish(task)
    assert (case.run.state, undone(case)) == ("completed", [])


def test_what_cannot_be_undone_is_an_incident_and_people_decide():
    case = trip()
    case.finish("book", {"seat": 1})
    case.finish("pay", {"sum": 2})
    case.do(CancelRun())
    case.take("unpay")
    step = case.step("unpay").number
    assert case.do(Fail(step=step, comment="The bank is shut.")) == ["incident.opened"]
    with pytest.raises(Conflict):
        case.do(CancelRun())
    case.do(ResolveIncident(step=step, how="retry"))
    assert case.step("unpay").state == "ready"
    case.take("unpay")
    case.do(Fail(step=step))
    assert case.do(ResolveIncident(step=step, how="fail")) == [
        "incident.resolved",
        "step.failed",
        "step.created",
        "step.undoing",
    ]
    case.take("unbook")
    case.do(Fail(step=case.step("unbook").number))
    case.do(ResolveIncident(step=case.step("unbook").number, how="skip"))
    assert case.run.state == "cancelled"


def test_taking_an_activity_that_undoes_out_of_the_run_goes_on_with_the_next():
    case = trip()
    case.finish("book")
    case.finish("pay")
    case.do(CancelRun())
    case.do(CancelStep(step=case.step("unpay").number))
    assert case.live() == ["unbook"]
    with pytest.raises(Conflict, match="No transition leads"):
        case.do(Select(task="look"))
    case.do(CancelStep(step=case.step("unbook").number))
    assert case.run.state == "cancelled"


def test_automatic_tasks_undo_in_the_same_decision():
    case = Case.of(auto("a", "set", "b", values={"n": 1}, compensate="una"), human("b"), noted("una"), start=("a",))
    case.do(CancelRun())
    assert (case.run.state, case.step("una", live=False).output) == ("cancelled", {"of": {"n": 1}})


def test_each_item_of_a_list_is_undone():
    case = Case.of(
        auto("a", "set", "b", values={"n": "=item"}, for_each="[1, 2]", compensate="una"), human("b"), noted("una")
    )
    case.do(CancelRun())
    assert undone(case) == [{"n": 2}, {"n": 1}]


def test_a_step_that_failed_after_all_is_not_undone():
    case = Case.of(
        auto("a", "set", way("b", "output.n > 1"), values={"n": 1}, compensate="una"), human("b"), noted("una")
    )
    assert (case.run.state, undone(case)) == ("failed", [])
    assert case.run.error["code"] == "no_way_on"


def test_an_output_of_the_run_that_has_no_value_undoes_what_was_done():
    case = Case.of(human("a", compensate="una"), human("una"), output="output.missing")
    assert case.finish("a", {"n": 1})[-3:] == ["run.ending", "step.created", "step.undoing"]
    assert case.run.state == "paused"
    case.finish("una")
    assert (case.run.state, case.run.error["code"]) == ("failed", "output")


def test_the_task_that_undoes_sees_why():
    case = Case.of(human("a", "b", compensate="una"), human("b"), auto("una", "set", values={"why": "=error.message"}))
    case.finish("a")
    case.take("b")
    case.do(Fail(step=case.step("b").number, comment="Broken."))
    assert case.step("una", live=False).output == {"why": "Broken."}


@settings(max_examples=60, deadline=None)
@given(data=st.data(), rounds=st.integers(0, 6), ends_by=st.sampled_from(("cancel", "fail")), reloads=st.booleans())
def test_all_completed_visits_are_undone_once_in_reverse_order(data, rounds, ends_by, reloads):
    """Two branches that go round and round, in any order, and a run that is loaded anew after every command."""
    again = (way("a", "output.again"), way("end"))
    case = Case.of(
        human("a", *again, compensate="una"),
        human("b", way("b", "output.again"), way("end"), compensate="unb"),
        human("last"),
        human("una"),
        human("unb"),
        start=("a", "b", "last"),
    )

    def reload():
        if reloads:
            kept = tuple(step for step in case.run.steps if step.is_live or step.is_last or step.is_output)
            case.run = replace(case.run, steps=kept)

    done = []
    for number in range(rounds):
        live = [key for key in ("a", "b") if key in case.live()]
        if not live:
            break
        output = {"n": number, "again": data.draw(st.booleans())}
        case.finish(data.draw(st.sampled_from(live)), output)
        done.append(output)
        reload()
    case.take("last")
    case.do(CancelRun() if ends_by == "cancel" else Fail(step=case.step("last").number))
    seen = []
    while case.run.is_open:
        reload()
        (step,) = case.run.live()
        seen.append(step.item)
        outcome = data.draw(st.sampled_from(("done", "incident", "cancelled")))
        case.take(step.task)
        if outcome == "incident":
            case.do(Fail(step=step.number))
            case.do(ResolveIncident(step=step.number, how=data.draw(st.sampled_from(("skip", "fail", "output")))))
        else:
            case.do(CancelStep(step=step.number) if outcome == "cancelled" else Complete(step=step.number, data={}))
    assert seen == done[::-1]
    assert case.run.state == ("cancelled" if ends_by == "cancel" else "failed")


@pytest.mark.parametrize(
    ("tasks", "expected"),
    [
        (
            [{"key": "a", "kind": "human", "compensate": "nobody"}],
            ("/tasks/0/compensate", "there is no task 'nobody'"),
        ),
        (
            [
                {"key": "a", "kind": "human", "compensate": "u", "next": [{"to": "u"}]},
                {"key": "u", "kind": "human"},
            ],
            ("/tasks/1", "the task 'u' undoes another one, and nothing else may lead to it"),
        ),
        (
            [
                {"key": "a", "kind": "human", "compensate": "u"},
                {"key": "u", "kind": "human", "next": [{"to": "end"}]},
            ],
            ("/tasks/1/next", "the task 'u' undoes another one, and has no 'next'"),
        ),
        (
            [
                {"key": "a", "kind": "human", "compensate": "u"},
                {"key": "u", "kind": "human", "due": "1h", "on_overdue": {"then": "end"}},
            ],
            ("/tasks/1/on_overdue/then", "the task 'u' undoes another one, and leads nowhere"),
        ),
        (
            [
                {"key": "a", "kind": "set", "values": {"x": "=item"}, "compensate": "u"},
                {"key": "u", "kind": "set", "values": {"x": "=item"}},
            ],
            ("/tasks/0/values/x", "there is no 'item' here"),
        ),
    ],
)
def test_what_undoes_a_task_is_checked(tasks, expected):
    found = problems({"casework": 1, "key": "k", "tasks": tasks}, "value")
    assert [(problem.path, problem.message) for problem in found] == [expected]
