"""Two published logs in full, compared with what a few lines of other code make of the same files."""

import gzip
import re
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from casework.eventlog import Case, check, discover, open_log, performed

SIZES = {"helpdesk": (4_580, 21_348), "receipt": (1_434, 8_577)}
VALUE = r'<\w+ key="{}" value="([^"]*)"'


class Told(NamedTuple):
    """An event as regular expressions see it."""

    at: datetime
    task: str
    resource: str
    group: str | None


@cache
def told_by_expressions(path: Path) -> list[tuple[str, list[Told]]]:
    text = gzip.decompress(path.read_bytes()).decode()
    cases = []
    for trace in re.findall(r"<trace>(.*?)</trace>", text, re.DOTALL):
        head = trace.split("<event>")[0]
        events = [told(event) for event in re.findall(r"<event>(.*?)</event>", trace, re.DOTALL)]
        cases.append((re.search(VALUE.format("concept:name"), head)[1], sorted(events, key=lambda event: event.at)))
    return cases


def told(event: str) -> Told:
    task, time, resource, group = (
        re.search(VALUE.format(key), event) for key in ("concept:name", "time:timestamp", "org:resource", "org:group")
    )
    return Told(datetime.fromisoformat(time[1]).astimezone(UTC), task[1], resource[1], group and group[1])


@cache
def all_cases(path: Path) -> list[Case]:
    with open_log(path) as cases:
        return list(cases)


def size(path: Path) -> tuple[int, int]:
    return SIZES[path.name.partition(".")[0]]


def test_a_real_log_has_its_published_number_of_cases_and_events(real_log):
    summary = check(real_log)
    assert (summary.cases, summary.events, summary.repeated_ids) == (*size(real_log), 0)


def test_every_sequence_instant_and_resource_of_a_real_log_is_as_the_file_has_it(real_log):
    expected = told_by_expressions(real_log)
    found = [
        (case.id, [Told(event.at, event.task, event.resource, event.group) for event in case.events])
        for case in all_cases(real_log)
    ]
    assert (len(found), sum(len(events) for _, events in found)) == size(real_log)
    assert found == expected


def test_every_line_of_a_real_log_is_where_its_event_begins(real_log):
    lines = gzip.decompress(real_log.read_bytes()).split(b"\n")
    found = sorted(event.line for case in all_cases(real_log) for event in case.events)
    assert found == [number for number, line in enumerate(lines, start=1) if b"<event>" in line]


def test_the_counts_of_a_real_log_are_those_of_its_steps(real_log):
    expected = [event for _, events in told_by_expressions(real_log) for event in events]
    found = [step for case in all_cases(real_log) for step in performed(case)]
    assert Counter(step.task for step in found) == Counter(event.task for event in expected)
    assert Counter(step.resource for step in found) == Counter(event.resource for event in expected)
    summary = check(real_log)
    assert (summary.tasks, summary.resources) == (
        len({event.task for event in expected}),
        len({event.resource for event in expected}),
    )
    assert (summary.first_at, summary.last_at) == (min(expected).at, max(expected).at)


def test_the_steps_of_a_real_log_of_completions_each_begin_where_the_one_before_ended(real_log):
    for case in all_cases(real_log):
        ends = [event.at for event in case.events]
        found = performed(case)
        assert [step.created_at for step in found] == [ends[0], *ends[:-1]]
        assert [(step.started_at, step.ended_at, step.periods) for step in found] == [(end, end, ()) for end in ends]


@pytest.mark.parametrize("conditional", [False, True])
def test_the_workflow_of_a_real_log_is_its_directly_follows_graph(real_log, conditional):
    expected = [[event.task for event in events] for _, events in told_by_expressions(real_log)]
    follows = Counter(pair for tasks in expected for pair in pairwise(tasks))
    lasts = {tasks[-1] for tasks in expected}
    discovered = discover(all_cases(real_log), key="real", name="Real", conditional=conditional)
    names = {key: name for name, key in discovered.tasks.items()}
    for task in discovered.definition["tasks"]:
        targets = [way["to"] for way in task["next"]]
        assert ("end" in targets) == (task["name"] in lasts)
        counts = [follows.pop((task["name"], names[target])) for target in targets if target != "end"]
        assert counts == sorted(counts, reverse=True)
        assert ["when" in way for way in task["next"]] == [conditional] * len(targets)
    assert not follows
    first = Counter(tasks[0] for tasks in expected).most_common(1)[0][0]
    assert discovered.definition["start"] == [discovered.tasks[first]]


def test_the_resources_of_a_real_log_hold_the_roles_of_what_they_did(real_log):
    expected = [event for _, events in told_by_expressions(real_log) for event in events]
    discovered = discover(all_cases(real_log), key="real", name="Real", conditional=True)
    assert {resource: set(roles) for resource, roles in discovered.roles.items()} == {
        resource: {discovered.tasks[event.task] for event in expected if event.resource == resource}
        for resource in {event.resource for event in expected}
    }
