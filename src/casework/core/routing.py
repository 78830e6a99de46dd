"""Ways on: what is reached when a step has ended (SEMANTICS, Completion, Joins, Visits, for_each, Failure rule).

`advance` chooses ways; `arrive` reaches a task, through its join; `begin` makes a visit of it. What cannot go on falls
under the failure rule: to the task's `on_error`, else the run fails.
"""

from msgspec.structs import replace

from casework.core.condition import EvaluationError
from casework.core.context import Context
from casework.core.definition import END, ITEMS_MAX, Json, Task
from casework.core.draft import Draft
from casework.core.ending import cancel_step, fail_run
from casework.core.incidents import park_incident
from casework.core.joins import may_still_be_reached, park, take_in_the_rest
from casework.core.step import COMPLETED, FAILED, FOR_EACH, PARKED, QUEUED, SKIPPED, WAITING, Step
from casework.core.version import Way
from casework.core.visit import make, shell, shell_beneath


def advance(draft: Draft, step: Step) -> None:
    """Go on from a step that completed: to what its task's `next` says, or back to the step that fanned out to it."""
    if step.parent is not None:
        rejoin(draft, step)
        return
    step = draft.change(step, indicators=_indicators(draft, step))
    draft.record("step.completed", step)
    try:
        targets = _choose(draft, step)
    except _Unroutable as problem:
        fail(draft, step, problem.code, problem.message)
        return
    joins_last = sorted(targets, key=lambda key: draft.version.task(key).join != "each")
    for target in joins_last:
        arrive(draft, target, (step,))


def fail(draft: Draft, step: Step, code: str, message: str, *, output: Json = None) -> None:
    """The failure rule for a step that failed for good; `output` is what did not fit, where that is why."""
    error = {"code": code, "message": message, "task": step.task, "attempt": step.attempt}
    if _waits_for_a_decision(draft, step):
        park_incident(draft, step, error, output)
        return
    step = draft.end(step, FAILED, error=error) if step.ended_at is None else draft.retract(step, error)
    draft.record("step.failed", step, error=error)
    if step.parent is not None:
        rejoin(draft, step)
        return
    _to_error_route(draft, step.task, error, step)


def _waits_for_a_decision(draft: Draft, step: Step) -> bool:
    """Whether an incident takes the place of the failure: no error route, and no list that takes items as they come."""
    if draft.run.ending is not None:
        return True  # what cannot be undone is for people
    task = draft.version.task(step.task)
    is_item = step.parent is not None and draft.step(step.parent).kind == FOR_EACH
    if task.on_error is not None or (is_item and task.on_item_error != "fail") or step.ask is not None:
        return False
    return (task.on_failure or draft.version.definition.on_failure) == "incident"


def skip(draft: Draft, step: Step, reason: str, *, to: str | None = None) -> None:
    """Go on without the step: to `to`, else by its first way that is open without an output, by `otherwise`, or not.

    A way whose condition cannot be decided without an output is not open.
    """
    step = draft.end(step, SKIPPED, account_id=None, member_id=None)
    draft.record("step.skipped", step, reason=reason)
    if step.parent is not None:
        rejoin(draft, step)
        return
    target = to or _way_without_output(draft, step)
    if target is not None and target != END:
        arrive(draft, target, (step,))


def _way_without_output(draft: Draft, step: Step) -> str | None:
    context = draft.context(step, None)
    for way, condition in draft.version.ways(step.task):
        if condition is None or condition.decide(context).value:
            return way.to
    return draft.version.task(step.task).otherwise


def arrive(draft: Draft, key: str, sources: tuple[Step, ...], caught: Json = None) -> Step | None:
    """Reach a task from the steps that led there; the step that now stands for it, None where none does."""
    if not draft.run.is_open or draft.run.ending is not None:
        return None
    task = draft.version.task(key)
    absorbed_by = tuple(dict.fromkeys(name for source in sources for name in source.absorbed_by))
    if key in absorbed_by:
        draft.record("step.absorbed", sources[0], task=key)
        return None
    if _is_used_up(draft, key):
        message = f"The task {key} was visited {task.visits} times; its limit is `visits: {task.visits}`."
        _to_error_route(draft, key, {"code": "visits", "message": message, "task": key, "attempt": 0}, None)
        return None
    if task.join == "all":
        parked = park(draft, task, sources, absorbed_by)
        return parked if caught is None else draft.change(parked, caught=caught)
    bare = shell(draft, task, sources, absorbed_by)
    if task.join == "any":
        take_in_the_rest(draft, task)
    return begin(draft, replace(bare, caught=caught))


def fire_joins(draft: Draft) -> None:
    """Start the visits whose arrivals nothing else can join any more; if only parked steps are live, all of them."""
    while draft.run.is_open:
        parked = [step for step in draft.live() if step.state == PARKED]
        if not parked:
            return
        due = [step for step in parked if not may_still_be_reached(draft, step)]
        if not due:
            if any(step.holds_run_open and step.state != PARKED for step in draft.live()):
                return
            due = parked
        for step in due:
            if draft.step(step.number).state == PARKED:
                begin(draft, replace(step, is_last=True))


def begin(draft: Draft, bare: Step) -> Step | None:
    """Begin a visit of a task, or fan it out over its items. None where the failure rule took over."""
    task = draft.version.task(bare.task)
    draft.supersede(task.key, bare.number)
    if task.for_each is None:
        return make(draft, task, bare)
    parent = draft.add(replace(bare, kind=FOR_EACH, state=WAITING, created_at=draft.now))
    draft.record("step.created", parent, task=task.key, visit=parent.visit)
    return fan_out(draft, parent)


# Choosing


class _Unroutable(Exception):
    """No way on: the failure rule's code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def _choose(draft: Draft, step: Step) -> list[str]:
    """The tasks to go on to; _Unroutable where the failure rule takes over."""
    task = draft.version.task(step.task)
    ways = draft.version.ways(step.task)
    if not ways:
        return []
    chosen = _open_ways(draft, step, task, ways)
    if not chosen and task.otherwise is not None:
        chosen = [task.otherwise]
    if not chosen:
        closed = "; ".join(f"`{condition.source}` is false" for _, condition in ways if condition is not None)
        code = "no_way_on"
        raise _Unroutable(code, f"There is no way on from {task.key}: {closed}.")
    return [target for target in dict.fromkeys(chosen) if target != END]


def _open_ways(draft: Draft, step: Step, task: Task, ways: tuple[Way, ...]) -> list[str]:
    """The targets of the first transition that is true, or of every one under `split: all`."""
    context: Context | None = None
    chosen: list[str] = []
    for transition, condition in ways:
        if condition is not None:
            context = draft.context(step, step.output) if context is None else context
            verdict = condition.decide(context)
            if verdict.error is not None:
                code = "condition"
                raise _Unroutable(code, f"The condition `{condition.source}` could not be decided: {verdict.error}")
            if not verdict.value:
                continue
        chosen.append(transition.to)
        if task.split == "first":
            break
    return chosen


def _indicators(draft: Draft, step: Step) -> dict[str, Json]:
    expressions = draft.version.indicators(step.task)
    if not expressions:
        return {}
    context = draft.context(step, step.output)
    found: dict[str, Json] = {}
    for name, expression in expressions:
        try:
            found[name] = expression.value(context)
        except EvaluationError:
            found[name] = None  # an indicator measures; it never stops work
    return found


# Failing


def _to_error_route(draft: Draft, key: str, error: dict[str, Json], failed: Step | None) -> None:
    """To the task's `on_error`; a route that is itself used up, or none, fails the run."""
    route = draft.version.task(key).on_error
    if route is None or route == END or _is_used_up(draft, route):
        if route != END:
            fail_run(draft, error, failed)
        return
    arrive(draft, route, () if failed is None else (failed,), caught=error)


def _is_used_up(draft: Draft, key: str) -> bool:
    last = draft.last_visit(key)
    return last is not None and last.visit >= draft.version.task(key).visits


# Fanning out


def fan_out(draft: Draft, parent: Step) -> Step | None:
    """One child an item, at most `concurrency` at once; the step itself waits for them. None where there is no list."""
    task = draft.version.task(parent.task)
    expression = draft.version.for_each(task.key)
    assert expression is not None  # noqa: S101 - a version is compiled whole
    try:
        items = expression.value(draft.context(parent, None))
    except EvaluationError as error:
        fail(draft, parent, "for_each", f"The list `{expression.source}` could not be evaluated: {error}")
        return None
    if not isinstance(items, list) or len(items) > ITEMS_MAX:
        fail(draft, parent, "for_each", f"`{expression.source}` must be a list of at most {ITEMS_MAX} items.")
        return None
    parent = draft.change(parent, data={"items": items})
    if not items:
        advance(draft, draft.end(parent, COMPLETED, output=[]))
        return parent
    for index in range(min(task.concurrency, len(items))):
        _child(draft, task, parent, index)
    return parent


def _child(draft: Draft, task: Task, parent: Step, index: int) -> None:
    make(draft, task, replace(shell_beneath(draft, parent), item_index=index, item=parent.data["items"][index]))


def rejoin(draft: Draft, child: Step) -> None:
    """A step beneath another one ended: the one above it goes on, with what it gave."""
    if child.state == COMPLETED:
        draft.record("step.completed", child)
    parent = draft.step(child.parent or 0)
    if parent.kind == FOR_EACH:
        _gather(draft, parent, child)
    else:
        _answer(draft, parent, child)


def _gather(draft: Draft, parent: Step, child: Step) -> None:
    """The next item gets its turn; after the last one the parent goes on with all outputs."""
    task = draft.version.task(parent.task)
    if child.state == FAILED and task.on_item_error == "fail":
        for step in draft.live():
            if step.parent == parent.number:
                cancel_step(draft, step)
        fail(draft, parent, "item", f"Item {child.item_index} failed: {child.error['message']}")
        return
    children = [step for step in draft.steps if step.parent == parent.number]
    if len(children) < len(parent.data["items"]):
        _child(draft, task, parent, len(children))
    elif not any(step.is_live for step in children):
        outputs = [_item_output(step, task) for step in sorted(children, key=lambda step: step.item_index or 0)]
        advance(draft, draft.end(parent, COMPLETED, output=outputs))


def _answer(draft: Draft, parent: Step, child: Step) -> None:
    """A person answered, or will not: with the last answer the next attempt begins."""
    answer = {"state": child.state, "output": child.output, "error": child.error, "account_id": child.account_id}
    answers = {**parent.data.get("answers", {}), child.ask["key"]: answer}
    parent = draft.change(parent, data={**parent.data, "answers": answers})
    draft.record("step.answered", parent, key=child.ask["key"], state=child.state)
    if not any(step.parent == parent.number for step in draft.live()):
        draft.enqueue(draft.change(parent, state=QUEUED))


def _item_output(step: Step, task: Task) -> Json:
    if step.state == FAILED and task.on_item_error == "collect":
        return step.error
    return step.output if step.state == COMPLETED else None
