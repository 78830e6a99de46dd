"""Logs that tell when work began, was interrupted and ended: the clocks are those of the log."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

from tests.history.logs import xes

BEGINNINGS, ENDS = ("start", "resume"), ("suspend", "complete")


def at(minute, second=0):
    return (datetime(2024, 2, 4, 9, tzinfo=UTC) + timedelta(minutes=minute, seconds=second)).isoformat()


INTERRUPTED = [
    ("Ask", at(0), None, "schedule"),
    ("Ask", at(3), "Ada", "start"),
    ("Ask", at(5), "Ada", "suspend"),
    ("Ask", at(9, 30), "Ada", "resume"),
    ("Ask", at(11), "Ada", "complete"),
    ("Answer", at(12), "Bob", "start"),
    ("Check", at(13), "Ada", "start"),
    ("Answer", at(20), "Bob", "complete"),
    ("Check", at(21), "Ada", "complete"),
]
ABANDONED = [
    ("Ask", at(30), "Bob", "start"),
    ("Ask", at(31), "Bob", "complete"),
    ("Answer", at(31), None, "schedule"),
    ("Check", at(32), "Ada", "start"),
    ("Answer", at(40), None, "withdraw"),
    ("Note", at(41), "Bob", "complete"),
]
UNMANNED = [("Scan", at(50), None, "start"), ("Scan", at(52), None, "complete"), ("Ask", at(53), "Bob", "complete")]
LOG = [("interrupted", INTERRUPTED), ("abandoned", ABANDONED), ("unmanned", UNMANNED)]


def worked(events):
    """Milliseconds between each beginning of a task and what ended it; what nothing ends, ends with the case."""
    begun, sums = {}, defaultdict(int)
    for task, instant, _, transition in [*events, *((task, events[-1][1], None, "complete") for task, *_ in events)]:
        moment = datetime.fromisoformat(instant)
        if transition in BEGINNINGS:
            begun[task] = moment
        elif transition in ENDS and task in begun:
            sums[task] += int((moment - begun.pop(task)) / timedelta(milliseconds=1))
    return {task: sums[task] for task, *_ in events}


async def test_working_time_is_what_the_log_says(write, bring_in, rows, complaints):
    await bring_in(write(xes(LOG)))
    found = defaultdict(dict)
    for step in await rows(
        "select r.title, s.name, s.working_ms, s.machine_ms from steps s join runs r on r.id = s.run_id"
    ):
        found[step["title"]][step["name"]] = step["working_ms"] + step["machine_ms"]
    assert found == {title: worked(events) for title, events in LOG}
    runs = {run["title"]: run for run in await rows("select title, working_ms, machine_ms from runs")}
    assert runs["interrupted"]["working_ms"] == sum(worked(INTERRUPTED).values())
    assert (runs["unmanned"]["working_ms"], runs["unmanned"]["machine_ms"]) == (0, 120_000)
    periods = await rows(
        "select p.started_at, p.ended_at from work_periods p join runs r on r.id = p.run_id "
        "where r.title = 'interrupted' and step_number = 1 order by p.started_at"
    )
    instants = [(one["started_at"].isoformat(), one["ended_at"].isoformat()) for one in periods]
    assert instants == [(at(3), at(5)), (at(9, 30), at(11))]
    assert await complaints() == {}


async def test_steps_have_the_instants_people_and_ends_of_the_log(write, bring_in, rows):
    await bring_in(write(xes(LOG)))
    steps = await rows(
        "select s.name, s.number, s.created_at, s.started_at, s.ended_at, s.state, s.sources, s.is_output, "
        "m.external_id as person from steps s join runs r on r.id = s.run_id "
        "left join members m on m.id = s.member_id where r.title = 'abandoned' order by s.number"
    )
    names = ("number", "name", "person", "state", "sources", "is_output")
    assert [tuple(step[name] for name in names) for step in steps] == [
        (1, "Ask", "Bob", "completed", [], True),
        (2, "Answer", None, "cancelled", [1], False),
        (3, "Check", "Ada", "completed", [1], True),  # open when the log ends: finished with its case
        (4, "Note", "Bob", "completed", [2], True),
    ]
    times = [
        tuple(step[name] and step[name].isoformat() for name in ("created_at", "started_at", "ended_at"))
        for step in steps
    ]
    assert times == [
        (at(30), at(30), at(31)),
        (at(31), None, at(40)),
        (at(31), at(32), at(41)),
        (at(40), at(41), at(41)),
    ]
    (run,) = await rows("select state, created_at, started_at, ended_at from runs where title = 'abandoned'")
    assert [value if isinstance(value, str) else value.isoformat() for value in run.values()] == [
        "completed",
        at(30),
        at(30),
        at(41),
    ]


async def test_a_case_of_nothing_but_withdrawn_work_ends_with_it(write, bring_in, rows, complaints):
    await bring_in(write(xes([("dropped", [("Ask", at(0), "Ada", "schedule"), ("Ask", at(1), "Ada", "withdraw")])])))
    (run,) = await rows(
        "select r.state, r.output, r.started_at, s.state as step from runs r join steps s on s.run_id = r.id"
    )
    assert run == {"state": "completed", "output": None, "started_at": None, "step": "cancelled"}
    assert await complaints() == {}
