"""Holds the database and the ledger against what the generator knows."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from tests.chaos.chaos import complaints, rows
from tests.chaos.generator import Shape
from tests.chaos.ledger import effects
from tests.chaos.world import Ledger

RUNS = "select id, state, output, error from runs where parent_run_id is null"
SUB_RUNS = """
    select r.id, r.state, s.run_id, s.task_key from runs r
    left join steps s on s.run_id = r.parent_run_id and s.number = r.parent_step where r.parent_run_id is not null
"""
DONE = "select run_id, task_key, count(*) as count from steps where state = 'completed' group by 1, 2"
FACTS = """
    select e.run_id, e.step_number, e.type, e.data, s.kind, s.task_key, s.attempt, s.output from events e
    join steps s on s.run_id = e.run_id and s.number = e.step_number order by e.run_id, e.revision, e.id
"""
OPENS = frozenset({"step.started", "step.resumed"})
CLOSES = frozenset({"step.completed", "step.failed", "step.lost", "step.retried", "step.cancelled"})
HEARD = frozenset({"step.completed", "step.progressed", "step.retried"})
"""What a worker says of an attempt: it must be under way."""

PERFORMED = frozenset({"agent", "function", "http"})
ONCE = ("step.created", "step.completed", "step.failed", "step.cancelled")


async def wrongs(database_url: str, ledger: Ledger, made: dict[int, tuple[Shape, int]]) -> list[str]:
    """What is not as it must be, one sentence each. made: the shape of each run and the number it began with."""
    found = [*await _ends(database_url, made), *await _counts(database_url, made), *await _facts(database_url)]
    found += await _sub_runs(database_url, made)
    found += await _effects(database_url, ledger, made)
    return found + [f"The doctor finds {check}: {rows}" for check, rows in (await complaints(database_url)).items()]


async def _ends(database_url: str, made: dict[int, tuple[Shape, int]]) -> list[str]:
    found = []
    stored = {row["id"]: row for row in await rows(database_url, RUNS)}
    if stored.keys() != made.keys():
        found.append(f"{len(made)} runs were made, and there are {len(stored)}.")
    for run_id, (shape, number) in made.items():
        run = stored[run_id]
        output = f'{{"n": {number + shape.added}}}' if shape.state == "completed" else None
        if (run["state"], run["output"]) != (shape.state, output):
            found.append(
                f"Run {run_id} of {shape.key} is {run['state']} with {run['output']}, not {shape.state} with {output}; "
                f"its error is {run['error']}."
            )
    return found


async def _counts(database_url: str, made: dict[int, tuple[Shape, int]]) -> list[str]:
    """Every task was done as often as it should have been, and none oftener."""
    done: dict[int, Counter[str]] = defaultdict(Counter)
    for row in await rows(database_url, DONE):
        done[row["run_id"]][row["task_key"]] = row["count"]
    found = []
    for run_id, (shape, _) in made.items():
        sure = Counter({task: times for task, times in done[run_id].items() if task not in shape.perhaps})
        if sure != shape.done:
            found.append(f"Run {run_id} of {shape.key} did {sure}, not {shape.done}.")
        if any(done[run_id][task] > 1 for task in shape.perhaps):
            found.append(f"Run {run_id} of {shape.key} did one of {shape.perhaps} twice.")
    return found


async def _sub_runs(database_url: str, made: dict[int, tuple[Shape, int]]) -> list[str]:
    """For every task that calls a workflow there is one run of it, and it was done."""
    stored = await rows(database_url, SUB_RUNS)
    there = Counter((row["run_id"], row["task_key"]) for row in stored)
    wanted = Counter((run_id, task) for run_id, (shape, _) in made.items() for task in shape.calls)
    found = [f"Sub-run {row['id']} is {row['state']}." for row in stored if row["state"] != "completed"]
    return found if there == wanted else [*found, f"There are other sub-runs: {there - wanted}, {wanted - there}."]


async def _facts(database_url: str) -> list[str]:
    """Every fact of a step happened once, and workers were heard of attempts alone that were under way."""
    found = []
    by_step: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for row in await rows(database_url, FACTS):
        by_step[row["run_id"], row["step_number"]].append(row)
    for step, facts in by_step.items():
        told = Counter(fact["type"] for fact in facts)
        found += [f"Step {step} has {told[fact]} times {fact}." for fact in ONCE if told[fact] > 1]
        is_at_once = facts[0]["task_key"].startswith("pure_") and facts[0]["attempt"] == 0
        if facts[0]["kind"] in PERFORMED and not is_at_once:
            found += [f"Step {step} {wrong}" for wrong in _late_words(facts)]
    return found


def _late_words(facts: list[Any]) -> Iterator[str]:
    """What was heard of an attempt that was over, or not the newest; `effect` says which attempt it is."""
    is_open, newest = False, 0
    for fact in facts:
        if fact["type"] in OPENS:
            newest = json.loads(fact["data"])["attempt"]
        if fact["type"] in HEARD and not is_open:
            yield f"heard {fact['type']} of an attempt that was over."
        is_open = (is_open or fact["type"] in OPENS) and fact["type"] not in CLOSES
        told = {"step.progressed": fact["data"], "step.completed": fact["output"]}.get(fact["type"]) or "null"
        said = json.loads(told)
        if isinstance(said, dict) and said.get("attempt", newest) != newest:
            yield f"heard {fact['type']} of attempt {said['attempt']} when the newest was {newest}."


async def _effects(database_url: str, ledger: Ledger, made: dict[int, tuple[Shape, int]]) -> list[str]:
    """Every effect was had, whoever had it again used the same key, and no key was used for two of them."""
    keys: dict[str, set[str]] = defaultdict(set)
    labels: dict[str, set[str]] = defaultdict(set)
    for effect in effects(ledger.path):
        keys[effect["label"]].add(effect["key"])
        labels[effect["key"]].add(effect["label"])
    found = [f"{label} was done with {len(used)} keys." for label, used in keys.items() if len(used) > 1]
    found += [f"The key {key} was used for {meant}." for key, meant in labels.items() if len(meant) > 1]
    wanted = {f"{run_id}/{label}" for run_id, (shape, _) in made.items() for label in shape.effects}
    perhaps = {f"{run_id}/{task}/1" for run_id, (shape, _) in made.items() for task in shape.perhaps}
    found += [f"{label} was never done outside." for label in sorted(wanted - keys.keys())]
    found += [f"{label} was done outside for no reason." for label in sorted(keys.keys() - wanted - perhaps)]
    return found
