"""What a workflow is: the values that a definition document (`casework: 1`) is parsed into."""

from typing import Any, Final, Literal

import msgspec

Json = Any
"""A JSON value: its shape is the workflow's own, known at run time only."""

END: Final = "end"
"""The reserved target of a transition that ends its branch."""

TASKS_MAX: Final = 4095
"""Tasks of a workflow over all its versions: an assignment task's id is the run's id x 4096 + the task's ordinal."""

VISITS_DEFAULT: Final = 100
ITEMS_MAX: Final = 10_000
"""Items that one `for_each` may fan out to (SEMANTICS, for_each)."""

STARTER: Final = "run.started_by"
"""What `exclude` calls whoever started the run."""

HUMAN: Final = "human"
FUNCTION: Final = "function"
WAIT: Final = "wait"
SUBWORKFLOW: Final = "subworkflow"

KINDS: Final = (
    HUMAN,
    "agent",
    "http",
    FUNCTION,
    "decision",
    "set",
    WAIT,
    SUBWORKFLOW,
)
"""Every kind the format knows."""

BY_WORKERS: Final = frozenset({"agent", "http", FUNCTION})
"""Kinds whose steps a worker performs, attempt by attempt."""

AT_ONCE: Final = frozenset({"decision", "set"})
"""Kinds whose steps are pure, and are done in the decision that reaches them."""

Split = Literal["first", "all"]
Join = Literal["each", "all", "any"]
ItemError = Literal["fail", "skip", "collect"]
OnFailure = Literal["fail", "incident"]
Distribute = Literal["pull", "least_loaded", "round_robin", "sticky"]
Clock = Literal["business"]


class Transition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A way on from a task: to a task's key (or END) when the condition is true; without one, always."""

    to: str
    when: str | None = None


class Retry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How often a step is tried in all, and how long to wait between: `backoff` seconds, doubled up to `max`."""

    attempts: int = 1
    backoff: int = 1
    max: int = 60


class Limits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How many steps may be under way at once, and how many may begin in a stretch of time (`100/m`); None: any."""

    concurrency: int | None = None
    rate: str | None = None


class Overdue(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What follows when a person's step was not done when it was due.

    raise_priority: by so much. reassign_to_roles: it is taken from whoever has it, for others to do. then: the step is
    skipped, and the run goes on at that task.
    """

    remind: bool = False
    raise_priority: int = 0
    reassign_to_roles: tuple[str, ...] = ()
    then: str | None = None


class Task(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A node of a workflow.

    exclude: keys of tasks whose people may not do it, and STARTER.
    due: seconds from the moment a step of it became ready. reminders: seconds from when it is due, negative before.
    requeue_after: seconds without a sign of its assignee. calendar: the clock by which these three pass; None is the
    workflow's. allow, deny: who may do it, and who not, as lists of account ids in CEL. distribute: how steps come to
    people. timeout: seconds that one attempt may take, or that is waited at most; then on_timeout is the way on.
    limits: of its steps in all runs together. compensate: the task that undoes a completed step of this one. settings:
    what its kind alone knows (`core.kinds`).
    """

    key: str
    name: str
    kind: str
    description: str = ""
    prompt: str = ""
    roles: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    form: Json = None
    output: Json = None
    allow: str | None = None
    deny: str | None = None
    due: int | None = None
    on_overdue: Overdue = Overdue()
    reminders: tuple[int, ...] = ()
    calendar: Clock | None = None
    requeue_after: int | None = None
    distribute: Distribute = "pull"
    priority: int | None = None
    next: tuple[Transition, ...] = ()
    split: Split = "first"
    otherwise: str | None = None
    join: Join = "each"
    cancel_rest: bool = False
    visits: int = VISITS_DEFAULT
    for_each: str | None = None
    concurrency: int = ITEMS_MAX
    on_item_error: ItemError = "fail"
    on_error: str | None = None
    on_failure: OnFailure | None = None
    retry: Retry = Retry()
    timeout: int | None = None
    limits: Limits = Limits()
    on_timeout: str | None = None
    compensate: str | None = None
    indicators: dict[str, str] = {}
    settings: dict[str, Json] = {}


def task_named(name: str) -> str:
    """The key in an entry of `exclude`, which is written like `tasks.review` or `review`; STARTER is itself."""
    return name.removeprefix("tasks.") or name


class Definition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A whole workflow as its author wrote it, with every default filled in."""

    key: str
    name: str
    tasks: tuple[Task, ...]
    start: tuple[str, ...]
    description: str = ""
    input: Json = None
    output: str | None = None
    on_failure: OnFailure = "fail"
    calendar: Clock | None = None
    indicators: dict[str, str] = {}
    labels: tuple[str, ...] = ()
    budget: Json = None

    def task(self, key: str) -> Task:
        """The task of that key; KeyError where there is none."""
        for task in self.tasks:
            if task.key == key:
                return task
        raise KeyError(key)
