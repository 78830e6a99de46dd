"""Random workflows under random commands, legal and illegal: what must hold after each one (SEMANTICS)."""

import os
from datetime import timedelta
from typing import Final
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from casework.core import clocks
from casework.core.command import (
    Assign,
    CancelRun,
    CancelStep,
    Complete,
    Fail,
    Pause,
    Process,
    Reassign,
    Retry,
    Save,
    Select,
    Start,
    Unassign,
    Update,
)
from casework.core.decide import decide
from casework.core.decision import Decision, Refusal
from casework.core.event import RUN_EVENTS
from casework.core.run import OPEN, TERMINAL, current_step, open_state
from casework.core.step import ENDED, PARKED, WAITING
from tests.core.cases import LEAD, START, actor, human, new_run, person, way, workflow

EXAMPLES: Final = int(os.environ.get("CASEWORK_EXAMPLES", "100"))  # noqa: TID251 - of tests, not of ours
"""Runs that are tried; `make search` asks for many more."""

KEYS = ("a", "b", "c", "d", "e")
CONDITIONS = (None, "output.n > 1", "output.n == 0", "output.missing > 1", "tasks.a.output.n > 0", "has(error.code)")


@st.composite
def definitions(draw):
    """A workflow of up to five tasks with splits, joins, loops, fan-outs, error routes and exclusions."""
    keys = KEYS[: draw(st.integers(1, len(KEYS)))]
    target = st.sampled_from((*keys, "end"))
    optional = st.none() | target
    tasks = [
        human(
            key,
            *(way(to, when) for to, when in draw(st.lists(st.tuples(target, st.sampled_from(CONDITIONS)), max_size=3))),
            split=draw(st.sampled_from(("first", "all"))),
            join=draw(st.sampled_from(("each", "each", "all", "any"))),
            cancel_rest=draw(st.booleans()),
            otherwise=draw(optional),
            on_error=draw(optional),
            visits=draw(st.integers(1, 4)),
            exclude=draw(st.sampled_from(((), (), (keys[0],)))),
            roles=draw(st.sampled_from(((), (), ("r",)))),
            for_each=draw(st.sampled_from((None, None, None, "input.items"))),
            concurrency=draw(st.integers(1, 3)),
            on_item_error=draw(st.sampled_from(("fail", "skip", "collect"))),
        )
        for key in keys
    ]
    start = tuple(draw(st.lists(st.sampled_from(keys), min_size=1, max_size=2, unique=True)))
    return workflow(*tasks, start=start, output=draw(st.sampled_from((None, None, "tasks.a.output"))))


class RunMachine(RuleBasedStateMachine):
    """One run, and people who do things with it."""

    @initialize(definition=definitions(), items=st.lists(st.integers(), max_size=4))
    def begin(self, definition, items):
        self.run = new_run(definition, input={"items": items})
        self.now = START
        self.apply(Start(), LEAD)

    def apply(self, command, by):
        """Decide twice (the same both times), hold what changed against what was, then take it on."""
        before = self.run
        decided = decide(before, command, by, self.now)
        again = decide(before, command, by, self.now)
        assert type(decided) is type(again)
        if isinstance(decided, Refusal):
            assert str(decided.error)
            return
        assert isinstance(again, Decision)
        assert decided.run == again.run
        assert decided.events == again.events
        after = decided.run
        if not decided.events:
            assert after is before
            return
        assert before.state in OPEN
        assert after.revision == before.revision + 1
        assert {event.type for event in decided.events} <= set(RUN_EVENTS)
        for step in before.steps:
            if step.state in ENDED:
                assert _frozen(after.step(step.number)) == _frozen(step)
        assert self.run.steps_count <= after.steps_count
        self.run = after

    steps = st.integers(1, 12)
    people = st.integers(1, 3)

    @rule(step=steps, who=people, start=st.booleans(), role=st.booleans(), member=st.booleans())
    def assign(self, step, who, start, role, member):
        assignee = person(who, *(["r"] if role else []), in_project=member or role)
        self.apply(Assign(step=step, assignee=assignee, start_working=start), LEAD)

    @rule(step=steps, who=people)
    def reassign(self, step, who):
        self.apply(Reassign(step=step, assignee=person(who, "r")), LEAD)

    @rule(
        step=steps,
        who=people,
        command=st.sampled_from((Unassign, Process, Pause, CancelStep, Fail)),
        lead=st.booleans(),
    )
    def act(self, step, who, command, lead):
        self.apply(command(step=step), LEAD if lead else actor(who))

    @rule(step=steps, n=st.integers(0, 3))
    def complete(self, step, n):
        self.apply(Complete(step=step, data={"n": n}), LEAD)

    @rule(step=steps, n=st.integers(0, 3), who=people)
    def take_and_complete(self, step, n, who):
        self.apply(Complete(step=step, data={"n": n}, taker=person(who, "r")), actor(who))

    @rule(n=st.integers(0, 3), data=st.data())
    def finish_something(self, n, data):
        """Legal work, so that runs get somewhere."""
        open_steps = [s for s in self.run.steps if s.state in ("ready", "assigned", "in_progress", "paused")]
        if not open_steps:
            return
        step = data.draw(st.sampled_from(open_steps))
        for who in (1, 2, 3):
            self.apply(Assign(step=step.number, assignee=person(who, "r"), start_working=True), LEAD)
        self.apply(Complete(step=step.number, data={"n": n}), LEAD)

    @rule(step=steps, n=st.integers(0, 3))
    def save(self, step, n):
        self.apply(Save(step=step, data={"n": n}), LEAD)

    @rule(task=st.sampled_from(KEYS))
    def select(self, task):
        self.apply(Select(task=task), LEAD)

    @rule(priority=st.integers(0, 100))
    def update(self, priority):
        self.apply(Update(priority=priority, data={"n": priority}), LEAD)

    @precondition(lambda self: self.run.revision > 12)
    @rule()
    def cancel(self):
        self.apply(CancelRun(reason="enough"), LEAD)

    @rule()
    def reload(self):
        """Forget what a run that is loaded anew would not have: deciding must not miss it."""
        again = self.run.retry_from
        kept = tuple(
            one for one in self.run.steps if one.is_live or one.is_last or one.is_output or one.number in again
        )
        self.run = replace(self.run, steps=kept)

    @precondition(lambda self: self.run.state == "failed")
    @rule()
    def retry(self):
        """From here on it is about the new run, which loses nothing of what the failed one had."""
        failed, outputs = self.run, {step.task: step.output for step in self.run.steps if step.is_output}
        self.run = new_run(failed.version.definition, input=failed.input, uuid=UUID(int=8))
        self.apply(Retry(failed=failed), LEAD)
        if not self.run.revision:
            assert not failed.retry_from
            self.run = failed
            return
        kept = {step.task: step.output for step in self.run.steps if step.is_kept and step.is_output}
        assert kept == {task: output for task, output in outputs.items() if task in kept}
        again = {failed.step(number).task for number in failed.retry_from}
        assert outputs.keys() - kept.keys() <= again
        assert again <= {step.task for step in self.run.steps if not step.is_kept}

    @rule(seconds=st.integers(-30, 600))
    def time_passes(self, seconds):
        self.now += timedelta(seconds=seconds)

    @invariant()
    def the_run_is_open_exactly_while_something_holds_it(self):
        if not hasattr(self, "run") or self.run.revision == 0:
            return
        holding = [step for step in self.run.steps if step.holds_run_open]
        assert bool(holding) is self.run.is_open
        assert (self.run.ended_at is not None) is (self.run.state in TERMINAL)
        if self.run.is_open:
            assert self.run.state == open_state(self.run)
        else:
            assert not self.run.live()

    @invariant()
    def nothing_deadlocks(self):
        if hasattr(self, "run") and self.run.is_open and self.run.revision:
            assert any(step.state not in (PARKED, WAITING) for step in self.run.live())

    @invariant()
    def the_clocks_are_in_order(self):
        for step in getattr(self, "run", None).steps if hasattr(self, "run") else ():
            now = max(self.now, self.run.updated_at)
            working = clocks.working_ms(step.working_ms, step.open_since, now)
            live = clocks.live_ms(step.started_at, step.ended_at, now)
            pipeline = clocks.pipeline_ms(step.created_at, step.ended_at, now)
            assert 0 <= working <= live <= pipeline

    @invariant()
    def numbers_and_flags_are_right(self):
        if not hasattr(self, "run"):
            return
        steps = self.run.steps
        numbers = [step.number for step in steps]
        assert numbers == sorted(set(numbers))
        assert self.run.steps_count >= max(numbers, default=0)
        for key in {step.task for step in steps}:
            visits = [step for step in steps if step.task == key and step.parent is None and step.state != PARKED]
            last = [step for step in visits if step.is_last]
            begun = [step.visit for step in visits if step.state != "cancelled" or step.is_last]
            assert [step.visit for step in last] == ([max(begun)] if begun else [])
            completed = [step for step in visits if step.state == "completed"]
            children = (
                [step.item_index for step in steps if step.task == key and step.parent == last[0].number]
                if last
                else []
            )
            assert len(children) == len(set(children))
            outputs = [step for step in visits if step.is_output]
            assert len(outputs) == (1 if completed else 0)

    @invariant()
    def people_are_where_they_may_be(self):
        if not hasattr(self, "run"):
            return
        busy = [step.account_id for step in self.run.steps if step.open_since is not None]
        assert len(busy) == len(set(busy))
        for step in self.run.live():
            assert step.account_id is None or step.account_id not in step.deny_ids
            assert (step.account_id is not None) is (step.state in ("assigned", "in_progress", "paused"))
            assert (step.open_since is not None) is (step.state == "in_progress")

    @invariant()
    def there_is_a_current_task_exactly_while_something_is_live(self):
        if hasattr(self, "run") and self.run.revision:
            assert (current_step(self.run) is not None) is bool(self.run.live())


def _frozen(step):
    """What never changes again of a step that ended; only what marks it as its task's last visit may."""
    return (step.state, step.account_id, step.data, step.output, step.error, step.working_ms, step.ended_at)


RunMachine.TestCase.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=30,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow],
)
TestRunMachine = RunMachine.TestCase
