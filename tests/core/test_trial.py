"""A run that is only tried ends its steps by answers that were thought up, by the rules of every other run."""

import pytest

from casework.core.definition import Task
from casework.core.errors import Conflict, Invalid
from casework.core.trial import Answer, play, waiting
from tests.core.cases import START, human, new_run, way, workflow

NUMBER = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}


def tried(*tasks, answers=(), given=None, **fields):
    run = new_run(workflow(*tasks, **fields), **({} if given is None else {"input": given}))
    return play(run, [Answer(**{"task": one[0], **one[1]}) for one in answers], START)


def machine(key, *ways, kind="http", **fields):
    settings = {"http": {"method": "GET", "url": "https://example.com/"}}.get(kind, {})
    ways = tuple(way(one) if isinstance(one, str) else one for one in ways)
    return Task(key=key, name=key, kind=kind, next=ways, settings=settings | fields.pop("settings", {}), **fields)


def at(found):
    return [step.task for step in waiting(found.run)]


def test_each_answer_ends_a_step_and_says_where_it_led_and_why():
    tasks = (human("ask", way("high", "output.n > 2"), "low", form=NUMBER), human("high", "low"), human("low"))
    begun = tried(*tasks)
    assert (at(begun), begun.turns, begun.run.state) == (["ask"], (), "pending")
    found = tried(*tasks, answers=[("ask", {"output": {"n": 3}}), ("high", {})])
    assert [(turn.task, turn.was.targets, turn.was.because) for turn in found.turns] == [
        ("ask", ("high",), "output.n > 2"),
        ("high", ("low",), "always"),
    ]
    done = tried(*tasks, answers=[("ask", {"output": {"n": 1}}), ("low", {})])
    assert (at(done), done.run.state) == ([], "completed")


def test_what_does_not_fit_is_refused_and_what_was_before_stands():
    tasks = (human("ask", "low", form=NUMBER), human("low", form=NUMBER))
    found = tried(*tasks, answers=[("ask", {"output": {"n": 1}}), ("low", {"output": {"n": "x"}}), ("low", {})])
    assert isinstance(found.refused, Invalid)
    assert [problem.path for problem in found.refused.problems] == ["/data/n"]
    assert (found.index, len(found.turns)) == (1, 1)
    absent = tried(*tasks, answers=[("low", {})])
    assert isinstance(absent.refused, Conflict)
    assert absent.index == 0


def test_input_that_does_not_fit_is_refused_before_anything_begins():
    found = tried(human("ask"), input=NUMBER, given={"n": "x"})
    assert isinstance(found.refused, Invalid)
    assert (found.index, found.run.steps) == (None, ())


def test_what_workers_do_is_answered_with_an_output_or_an_error():
    tasks = (machine("call", "good", on_error="bad"), human("good"), human("bad"))
    assert at(tried(*tasks, answers=[("call", {"output": {"status": 200}})])) == ["good"]
    assert at(tried(*tasks, answers=[("call", {"error": "It is down."})])) == ["bad"]


def test_four_eyes_and_roles_hold_nobody_up():
    tasks = (human("one", "two", roles=("agent",)), human("two", exclude=("one",), roles=("lead",)))
    found = tried(*tasks, answers=[("one", {}), ("two", {})])
    assert (found.refused, found.run.state) == (None, "completed")


def test_a_person_who_reports_an_error_takes_the_way_for_errors():
    tasks = (human("one", "two", on_error="three"), human("two"), human("three"))
    assert at(tried(*tasks, answers=[("one", {"error": "No."})])) == ["three"]
    assert tried(human("one"), answers=[("one", {"error": "No."})]).run.state == "failed"


@pytest.mark.parametrize("count", [1, 3])
def test_each_item_of_a_list_is_answered_by_itself(count):
    tasks = (human("each", "last", for_each="input.items"), human("last"))
    answers = [("each", {"output": {"n": n}}) for n in range(count)]
    found = tried(*tasks, answers=answers, given={"items": [1, 2, 3]})
    assert at(found) == (["each"] * (3 - count) or ["last"])


def test_a_case_of_another_workflow_is_answered_as_it_would_end():
    tasks = (machine("child", "good", kind="subworkflow", settings={"workflow": "other"}, on_error="bad"),)
    tasks += (human("good"), human("bad"))
    assert at(tried(*tasks, answers=[("child", {"output": {"n": 1}})])) == ["good"]
    assert at(tried(*tasks, answers=[("child", {"error": "It failed."})])) == ["bad"]


def test_one_that_goes_its_own_way_is_only_made():
    child = machine("child", "next", kind="subworkflow", settings={"workflow": "other", "detached": True})
    assert at(tried(child, human("next"), answers=[("child", {})])) == ["next"]


@pytest.mark.parametrize(
    ("settings", "answer", "led"),
    [
        ({"for": "2h"}, {}, "next"),
        ({"event": "order.paid", "correlation": "42"}, {"output": {"paid": True}}, "next"),
        ({"event": "order.paid", "correlation": "42"}, {"error": "It never came."}, "late"),
    ],
)
def test_what_waits_ends_when_its_time_has_come_or_its_event(settings, answer, led):
    fields = {"timeout": 60, "on_timeout": "late"} if "event" in settings else {}
    pause = machine("pause", "next", kind="wait", settings=settings, **fields)
    assert at(tried(pause, human("next"), human("late"), answers=[("pause", answer)])) == [led]


def test_an_event_without_a_timeout_is_waited_for_for_ever():
    pause = machine("pause", kind="wait", settings={"event": "order.paid", "correlation": "42"})
    found = tried(pause, answers=[("pause", {"error": "It never came."})])
    assert isinstance(found.refused, Conflict)
    assert "no `timeout`" in str(found.refused)
