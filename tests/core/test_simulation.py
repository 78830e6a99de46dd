"""Where runs would have gone by other ways: decided again on what was stored of each step, as it was then."""

import pytest
from msgspec.structs import replace

from casework.core.simulation import STEPS_MAX, Choice, turns
from casework.core.version import compile_version
from tests.core.cases import Case, human, way, workflow

LOOP = (human("a", "b"), human("b", way("a", "output.again"), "c"), human("c"))


def tried(case, *tasks, **fields):
    return list(turns(case.run, compile_version(workflow(*tasks, **fields))))


def went(case, *tasks, **fields):
    """Of each turn: its task, where it went, and where it would have gone by these tasks and why."""
    return [
        (one.task, one.was.targets, None if one.would is None else (one.would.targets, one.would.because))
        for one in tried(case, *tasks, **fields)
    ]


def test_the_same_version_leads_to_the_same_tasks():
    case = Case.of(*LOOP)
    for task, data in (("a", {}), ("b", {"again": True}), ("a", {}), ("b", {"again": False}), ("c", {})):
        case.finish(task, data)
    found = tried(case, *LOOP)
    assert [(one.step, one.task, one.was.targets) for one in found] == [
        (1, "a", ("b",)),
        (2, "b", ("a",)),
        (3, "a", ("b",)),
        (4, "b", ("c",)),
        (5, "c", ()),
    ]
    assert all(one.is_same for one in found)


def test_an_edit_is_decided_with_what_was_known_then():
    case = Case.of(*LOOP)
    for task, data in (("a", {"n": 1}), ("b", {"again": True}), ("a", {"n": 2}), ("b", {"again": False})):
        case.finish(task, data)
    edit = (
        human("a", "b"),
        human("b", way("c", "tasks.a.output.n == 1 && task.visit == 1"), "d"),
        human("c"),
        human("d"),
    )
    assert went(case, *edit) == [
        ("a", ("b",), (("b",), "always")),
        ("b", ("a",), (("c",), "tasks.a.output.n == 1 && task.visit == 1")),
        ("a", ("b",), (("b",), "always")),
        ("b", ("c",), (("d",), "always")),
    ]


def test_what_was_reached_and_not_done_has_no_output_yet():
    case = Case.of(human("a", "b", "c", split="all"), human("b"), human("c"))
    case.finish("a")
    case.finish("b")
    case.finish("c")
    ways = (way("d", "has(tasks.c.output) && tasks.c.output != null"), way("e", "has(tasks.c)"))
    edit = (human("a", "b", "c", split="all"), human("b", *ways), human("c"), human("d"), human("e"))
    assert went(case, *edit)[1] == ("b", (), (("e",), "has(tasks.c)"))


@pytest.mark.parametrize(
    ("task", "choice"),
    [
        (human("a", "b", "end", split="all"), Choice(targets=("b",), because="always")),
        (
            human("a", way("b", "output.n > 1"), way("c", "output.n > 0"), way("b", "output.n > 5"), split="all"),
            Choice(targets=("b", "c"), because="output.n > 1 and output.n > 0"),
        ),
        (human("a", way("b", "output.n > 5"), otherwise="c"), Choice(targets=("c",), because="otherwise")),
        (
            human("a", way("b", "output.n > 5"), on_error="c"),
            Choice(targets=("c",), because="no way on", error="No condition is true, and there is no way on."),
        ),
        (
            human("a", way("b", "output.missing > 5")),
            Choice(
                targets=(),
                because="output.missing > 5",
                error='`output.missing > 5` could not be decided: Key not found in map : "missing"',
            ),
        ),
    ],
)
def test_ways_are_chosen_by_the_rules_that_route(task, choice):
    case = Case.of(human("a", "b"), human("b"))
    case.finish("a", {"n": 2})
    (turn,) = tried(case, task, human("b"), human("c"))
    assert turn.would == choice


def test_what_routes_agrees_with_what_happened():
    case = Case.of(human("a", way("b", "output.n > 1"), "c", split="all"), human("b"), human("c", on_error="end"))
    case.finish("a", {"n": 2})
    (turn,) = tried(case, human("a"))
    assert sorted(step.task for step in case.run.live()) == list(turn.was.targets)
    assert turn.would.targets == ()


def test_a_task_that_the_edit_has_not_is_told():
    case = Case.of(human("a"))
    case.finish("a")
    (turn,) = tried(case, human("b"))
    assert (turn.would, turn.is_same) == (None, False)


def test_a_task_that_the_runs_own_version_has_not_any_more_is_passed_over():
    case = Case.of(human("a", "b"), human("b"))
    case.finish("a")
    case.run = replace(case.run, version=compile_version(workflow(human("b"))))
    assert tried(case, human("a"), human("b")) == []


def test_a_run_that_went_round_without_end_is_looked_at_up_to_a_bound():
    case = Case.of(human("a"))
    case.finish("a")
    (step,) = case.run.steps
    many = tuple(replace(step, number=number) for number in range(1, STEPS_MAX + 3))
    case.run = replace(case.run, steps=many)
    assert len(tried(case, human("a"))) == STEPS_MAX
