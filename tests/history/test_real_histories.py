"""Whole published logs, brought in: everything is as a few lines of other code read it from the file."""

from collections import Counter

import pytest

from tests.history.logs import REAL, real_log, told

STEPS = """
    select r.external_id, s.name, m.external_id as person, s.created_at, s.started_at, s.ended_at, s.state,
           s.working_ms, s.visit, s.is_last, s.number, s.sources
    from steps s
    join runs r on r.workspace_id = s.workspace_id and r.id = s.run_id
    left join members m on m.workspace_id = s.workspace_id and m.id = s.member_id
    order by s.run_id, s.number
"""


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", REAL)
async def test_a_real_log_is_brought_in_as_it_is(name, bring_in, rows, complaints):
    path = real_log(name)
    wanted = told(path)
    done = await bring_in(path)
    assert (done.runs, done.steps, done.is_complete) == (len(wanted), sum(map(len, wanted.values())), True)

    found = {}
    for step in await rows(STEPS):
        found.setdefault(step["external_id"], []).append(step)
    sequences = {
        case: [(one["ended_at"], one["name"], one["person"]) for one in steps] for case, steps in found.items()
    }
    assert sequences == wanted
    steps = [step for case in found.values() for step in case]
    events = [event for case in wanted.values() for event in case]
    assert Counter(step["name"] for step in steps) == Counter(task for _, task, _ in events)
    assert Counter(step["person"] for step in steps) == Counter(person for _, _, person in events)
    assert {step["state"] for step in steps} == {"completed"}
    assert {step["working_ms"] for step in steps} == {0}
    assert all(step["started_at"] == step["ended_at"] for step in steps)
    assert_that_steps_follow_each_other(found)
    await assert_that_runs_last_as_their_cases(rows, wanted)
    assert await complaints() == {}

    again = await bring_in(path)
    assert (again.runs, again.is_complete) == (0, True)
    (count,) = await rows("select count(*) from runs")
    assert count["count"] == len(wanted)


def assert_that_steps_follow_each_other(found):
    for steps in found.values():
        before = [steps[0]["ended_at"], *(step["ended_at"] for step in steps[:-1])]
        assert [step["created_at"] for step in steps] == before
        assert [step["sources"] for step in steps] == [[], *([number] for number in range(1, len(steps)))]
        seen = Counter()
        for step in steps:
            seen[step["name"]] += 1
            assert step["visit"] == seen[step["name"]]
        assert all(step["is_last"] == (step["visit"] == seen[step["name"]]) for step in steps)


async def assert_that_runs_last_as_their_cases(rows, wanted):
    runs = await rows(
        "select external_id, title, created_at, started_at, ended_at, state, run_type, ran_by_type, r.revision, "
        "(select array_agg(e.type) from events e where e.run_id = r.id) as events from runs r"
    )
    durations = {run["external_id"]: run["ended_at"] - run["created_at"] for run in runs}
    assert durations == {case: events[-1][0] - events[0][0] for case, events in wanted.items()}
    assert {run["started_at"] == run["created_at"] for run in runs} == {True}
    assert {run["title"] == run["external_id"] for run in runs} == {True}
    kinds = {(run["state"], run["run_type"], run["ran_by_type"], *run["events"]) for run in runs}
    assert kinds == {("completed", "batch", "system", "run.imported")}
