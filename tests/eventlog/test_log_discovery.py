"""Workflows discovered from cases."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.eventlog import Case, Discovered, Event, LogProblem, discover
from casework.eventlog.keys import KEY_CHARACTERS_MAX, RESERVED, Keys, slug


def case(*tasks: str) -> Case:
    """A case of completions, each `task` or `task/resource`, a minute apart."""
    start = datetime(2024, 1, 1, tzinfo=UTC)
    told = [task.partition("/") for task in tasks]
    return Case(
        id="1",
        events=tuple(
            Event(task=task, resource=resource or None, at=start + timedelta(minutes=minute), line=minute + 2)
            for minute, (task, _, resource) in enumerate(told)
        ),
    )


def found(*cases: Case, conditional=False) -> Discovered:
    return discover(cases, key="flow", name="The flow", conditional=conditional)


def ways(discovered: Discovered) -> dict[str, list[str]]:
    return {task["key"]: [way["to"] for way in task["next"]] for task in discovered.definition["tasks"]}


def test_a_definition_without_conditions_is_this():
    assert found(case("Look at it", "Do it"), case("Look at it", "Do it", "Look at it")).definition == {
        "casework": 1,
        "key": "flow",
        "name": "The flow",
        "start": ["look_at_it"],
        "tasks": [
            {
                "key": "look_at_it",
                "name": "Look at it",
                "kind": "human",
                "roles": ["look_at_it"],
                "visits": 1000,
                "next": [{"to": "do_it"}, {"to": "end"}],
            },
            {
                "key": "do_it",
                "name": "Do it",
                "kind": "human",
                "roles": ["do_it"],
                "visits": 1000,
                "next": [{"to": "look_at_it"}, {"to": "end"}],
            },
        ],
    }


def test_a_definition_with_conditions_asks_for_the_way_by_a_form():
    (a, b) = found(case("A", "B"), conditional=True).definition["tasks"]
    assert a["next"] == [{"to": "b", "when": "output.next == 'b'"}]
    assert a["form"] == {"type": "object", "required": ["next"], "properties": {"next": {"enum": ["b"]}}}
    assert b["next"] == [{"to": "end", "when": "output.next == 'end'"}]
    assert b["form"]["properties"] == {"next": {"enum": ["end"]}}


def test_tasks_come_in_the_order_in_which_they_first_appear():
    discovered = found(case("C", "A"), case("B", "A"))
    assert list(discovered.tasks.items()) == [("C", "c"), ("A", "a"), ("B", "b")]
    assert list(ways(discovered)) == ["c", "a", "b"]


def test_the_most_frequent_way_comes_first_then_the_task_that_appeared_first_and_the_end_last():
    discovered = found(case("A", "B"), case("A", "C"), case("A", "C"), case("A", "D"), *[case("A")] * 5)
    assert ways(discovered)["a"] == ["c", "b", "d", "end"]


def test_a_task_that_never_ends_a_case_does_not_lead_to_the_end():
    assert ways(found(case("A", "B"), case("A", "A", "B"))) == {"a": ["b", "a"], "b": ["end"]}


def test_the_start_is_the_most_frequent_first_task_alone_whatever_appeared_first():
    assert found(case("A"), case("B"), case("B")).definition["start"] == ["b"]
    assert found(case("B"), case("A")).definition["start"] == ["b"]


def test_a_resource_holds_the_roles_of_the_tasks_it_performed_in_order():
    discovered = found(case("A/Ann", "B/Bob", "A/Bob", "A/Ann", "C"))
    assert discovered.roles == {"Ann": ("a",), "Bob": ("b", "a")}
    assert list(discovered.roles) == ["Ann", "Bob"]


def test_what_follows_what_goes_by_steps_and_not_by_events():
    at = datetime(2024, 1, 1, tzinfo=UTC)
    told = [("A", "start"), ("B", "start"), ("B", "complete"), ("A", "complete"), ("C", "schedule")]
    steps = [Event(task=task, lifecycle=how, at=at + timedelta(minutes=n)) for n, (task, how) in enumerate(told)]
    discovered = found(Case(id="1", events=tuple(steps)))
    assert discovered.definition["start"] == ["b"]
    assert ways(discovered) == {"a": ["c"], "b": ["a"], "c": ["end"]}


def test_a_case_still_open_does_not_end_with_the_step_before():
    at = datetime(2024, 1, 1, tzinfo=UTC)
    open_case = Case(id="1", events=(Event(task="A", at=at), Event(task="B", at=at, lifecycle="start")))
    assert ways(found(open_case, case("B", "C")))["b"] == ["c"]


def test_a_case_without_events_changes_nothing():
    assert found(Case(id="0"), case("A")) == found(case("A"))


def test_no_event_at_all_is_a_problem():
    with pytest.raises(LogProblem, match="no event"):
        found(Case(id="0"))


def test_cases_are_read_once_and_not_kept():
    assert discover(iter([case("A"), case("A", "B")]), key="k", name="n", conditional=False) == discover(
        [case("A"), case("A", "B")], key="k", name="n", conditional=False
    )


def test_more_tasks_than_a_workflow_may_have_are_a_problem_with_the_line_of_the_first_too_many():
    tasks = [f"Task {n}" for n in range(4_096)]
    assert len(found(case(*tasks[:-1])).tasks) == 4_095
    with pytest.raises(LogProblem, match="more than 4,095 tasks") as caught:
        found(case(*tasks))
    assert caught.value.line == 4_097


def test_more_transitions_than_a_workflow_may_have_are_a_problem(monkeypatch):
    monkeypatch.setattr("casework.eventlog.discovery.TRANSITIONS_MAX", 2)
    assert found(case("A", "B", "A", "B", "A"))
    with pytest.raises(LogProblem, match="more than 2 different transitions"):
        found(case("A", "B", "A", "A"))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Review", "review"),
        ("T09-1 Process or receive", "t09_1_process_or_receive"),
        ("  Prüfung (Straße)  ", "prufung_strasse"),
        ("O'Neill's déjà vu", "o_neill_s_deja_vu"),
        ("3rd check", "task_3rd_check"),
        ("完了", "task"),
        ("___", "task"),
        ("x" * 100, "x" * KEY_CHARACTERS_MAX),
    ],
)
def test_a_key_looks_like_its_name(name, key):
    assert slug(name) == key


def test_names_that_would_have_the_same_key_are_numbered():
    keys = Keys()
    assert [keys.give(name) for name in ("Review", "review 1", "review", "REVIEW!")] == [
        "review",
        "review_1",
        "review_2",
        "review_3",
    ]


def test_the_end_is_no_task_and_words_of_the_expression_language_are_no_keys():
    assert found(case("end", "Import")).tasks == {"end": "end_1", "Import": "import_1"}
    assert ways(found(case("End", "end"))) == {"end_1": ["end_2"], "end_2": ["end"]}


@given(st.lists(st.text(max_size=80), unique=True, max_size=40))
def test_whatever_the_names_keys_are_valid_unique_and_the_same_each_time(names):
    keys, again = Keys(), Keys()
    given_keys = [keys.give(name) for name in names]
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,59}", key) for key in given_keys)
    assert len(set(given_keys)) == len(names)
    assert not RESERVED & set(given_keys)
    assert given_keys == [again.give(name) for name in names]


@given(
    st.lists(st.lists(st.sampled_from("ABCDE"), max_size=8).map(lambda tasks: case(*tasks)), max_size=8), st.booleans()
)
def test_every_case_can_be_run_on_the_workflow_discovered_from_it(cases, conditional):
    if not any(each.events for each in cases):
        return
    discovered = found(*cases, conditional=conditional)
    assert json.dumps(discovered.definition) == json.dumps(found(*cases, conditional=conditional).definition)
    allowed = ways(discovered)
    assert set(allowed) | {"end"} >= {target for targets in allowed.values() for target in targets}
    for each in filter(lambda one: one.events, cases):
        keys = [discovered.tasks[event.task] for event in each.events]
        assert all(after in allowed[before] for before, after in zip(keys, [*keys[1:], "end"], strict=True))
    assert discovered.definition["start"][0] in allowed
