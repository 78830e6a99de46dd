"""Small words for telling what happens to a run."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from casework.core.actor import Actor, Assignee
from casework.core.command import Assign, Command, Complete, Process, Start
from casework.core.decide import decide
from casework.core.decision import Decision, Refusal
from casework.core.definition import Definition, Task, Transition
from casework.core.run import Run
from casework.core.step import Step
from casework.core.version import compile_version

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LEAD = Actor(kind="member", id=99, name="Lead", account_id=990, member_id=99, supervises=True)


def person(number, *roles, in_project=True):
    return Assignee(
        account_id=number * 10, member_id=number, name=f"P{number}", actor_roles=frozenset(roles), in_project=in_project
    )


def actor(number, *, supervises=False):
    return Actor(
        kind="member", id=number, name=f"P{number}", account_id=number * 10, member_id=number, supervises=supervises
    )


def way(to, when=None):
    return Transition(to=to, when=when)


def human(key, *ways, **fields):
    ways = tuple(way(one) if isinstance(one, str) else one for one in ways)
    return Task(key=key, name=key.capitalize(), kind="human", next=ways, **fields)


def workflow(*tasks, start=None, **fields):
    return Definition(key="flow", name="Flow", tasks=tasks, start=start or (tasks[0].key,), **fields)


def new_run(definition, **fields):
    values = {
        "state": "pending",
        "revision": 0,
        "created_at": START,
        "updated_at": START,
        "member_id": 1,
        "uuid": UUID(int=7),
    }
    return Run(id=7, version=compile_version(definition), **(values | fields))


@dataclass
class Case:
    """A run that is told what to do, one minute after another."""

    run: Run
    now: datetime = START

    @classmethod
    def of(cls, *tasks, start=None, task=None, **fields):
        run_fields = {name: fields.pop(name) for name in ("input", "member_id", "context") if name in fields}
        case = cls(new_run(workflow(*tasks, start=start, **fields), **run_fields))
        case.events = case.do(Start(task=task), LEAD)
        return case

    def do(self, command: Command, by: Actor = LEAD):
        """Carry a command out; the types of its events."""
        decided = decide(self.run, command, by, self.now)
        if isinstance(decided, Refusal):
            raise decided.error
        self.run = decided.run
        self.now += timedelta(minutes=1)
        return [event.type for event in decided.events]

    def decided(self, command: Command, by: Actor = LEAD) -> Decision:
        decided = decide(self.run, command, by, self.now)
        assert isinstance(decided, Decision), decided
        return decided

    def step(self, task, *, live=True) -> Step:
        """The newest step of a task."""
        return max((s for s in self.run.steps if s.task == task and (s.is_live or not live)), key=lambda s: s.number)

    def states(self, task):
        return [step.state for step in self.run.steps if step.task == task]

    def live(self):
        return sorted(step.task for step in self.run.steps if step.is_live)

    def take(self, task, who=1, *roles):
        self.do(Assign(step=self.step(task).number, assignee=person(who, *roles)))

    def start(self, task, who=1):
        self.take(task, who)
        self.do(Process(step=self.step(task).number), actor(who))

    def finish(self, task, data=None, who=1):
        """Assign where nobody is on it, and complete."""
        step = self.step(task)
        if step.state == "ready":
            self.take(task, who)
        return self.do(Complete(step=step.number, data=data or {}), LEAD)
