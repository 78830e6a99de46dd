"""What people do with their steps: the moves of the table, and who may make them (SEMANTICS, People)."""

from collections.abc import Sequence
from typing import Protocol

from msgspec.structs import replace

from casework.core.actor import Assignee
from casework.core.command import Assign, Complete, Pause, Process, Reassign, Save, StepCommand, Unassign
from casework.core.definition import HUMAN, Json
from casework.core.draft import Draft
from casework.core.due import touch
from casework.core.errors import Conflict, Denied, Invalid, NotFound, Problem
from casework.core.moves import refusal
from casework.core.schema import compile_schema
from casework.core.step import ASSIGNED, IN_PROGRESS, READY, Step
from casework.core.taint import AGENT


def find(draft: Draft, command: StepCommand, action: str) -> Step:
    """The person's step that the command names, in a state that allows the action.

    Raises:
        NotFound: the run has no such activity.
        Conflict: the table refuses the action in the state that it is in.

    """
    try:
        step = draft.step(command.step)
    except KeyError:
        if 1 <= command.step <= draft.run.steps_count:  # an earlier visit: not loaded, because it can only have ended
            message = f"Cannot {action} an activity of an earlier visit: it has ended."
            raise Conflict(message) from None
        message = "There is no such activity."
        raise NotFound(message) from None
    if step.kind != HUMAN:
        message = f"Cannot {action} a step that no person does."
        raise Conflict(message)
    refused = refusal(step.state, action)
    if refused is not None:
        raise Conflict(refused)
    return step


def require_hands(draft: Draft, step: Step, action: str) -> None:
    """Denied unless the actor is the step's assignee or supervises."""
    if draft.actor.supervises or (step.account_id is not None and step.account_id == draft.actor.account_id):
        return
    message = f"Only its assignee or a supervisor may {action} this activity."
    raise Denied(message)


def require_person(draft: Draft, step: Step, command: Save | Complete) -> None:
    """Denied where a model would answer what an agent asks people; what it says of anything else is not trusted."""
    if not command.by_model:
        return
    if step.ask is not None:
        message = "What an agent asks a person is answered by one: not over MCP."
        raise Denied(message)
    draft.taint([AGENT])


def require_time(draft: Draft, step: Step) -> None:
    """Conflict where it is too late to answer an agent, which is told that nobody did."""
    if step.ask is not None and step.due_at is not None and step.due_at <= draft.now:
        message = "The time to answer this is over: the agent goes on without an answer."
        raise Conflict(message)


class Reserved(Protocol):
    """What is only for some people: a step, or a row of one."""

    @property
    def actor_roles(self) -> Sequence[str]:
        """One of which they hold; anybody where there are none."""

    @property
    def allow_ids(self) -> Sequence[int]:
        """The accounts that may alone; any where there are none."""

    @property
    def deny_ids(self) -> Sequence[int]:
        """The accounts that may not."""


def ineligible(step: Reserved, assignee: Assignee) -> str | None:
    """Why the person may not take the step; None where they may."""
    if not assignee.in_project:
        return f"{assignee.name} is not a member of the project."
    if assignee.account_id in step.deny_ids:
        return f"{assignee.name} is excluded from this activity."
    if step.allow_ids and assignee.account_id not in step.allow_ids:
        return f"{assignee.name} is not among those who may do this activity."
    if step.actor_roles and not assignee.actor_roles.intersection(step.actor_roles):
        return f"{assignee.name} holds none of the roles {', '.join(step.actor_roles)}."
    return None


def require_eligible(step: Step, assignee: Assignee) -> None:
    """Invalid, with the reason, unless the person may take the step."""
    why = ineligible(step, assignee)
    if why is not None:
        raise Invalid(why, (Problem(path="/account_id", message=why),))


def form_problems(draft: Draft, step: Step, output: Json) -> tuple[Problem, ...]:
    """Everything that keeps a person's step from completing with this output."""
    if step.ask is None:
        return draft.version.form_problems(step.task, output)
    form = step.ask["form"]
    return () if form is None else compile_schema(form).problems(output)


def assign(draft: Draft, command: Assign) -> None:
    """Give a step to a person; the same person again changes nothing."""
    step = find(draft, command, "assign")
    if step.state == ASSIGNED:
        if step.account_id == command.assignee.account_id:
            return
        message = "Cannot assign an activity that is assigned: somebody is on it; use reassign."
        raise Conflict(message)
    require_eligible(step, command.assignee)
    _require_room(command)
    given = _give(draft, step, command.assignee, command.distribute)
    if command.start_working:
        _begin_work(draft, given)


def is_free(draft: Draft, command: StepCommand) -> bool:
    """Whether the command names a step that waits for somebody to take it."""
    return any(step.number == command.step and step.state == READY for step in draft.live())


def reassign(draft: Draft, command: Reassign) -> None:
    """Hand a step over to another person."""
    step = find(draft, command, "reassign")
    require_hands(draft, step, "reassign")
    require_eligible(step, command.assignee)
    if step.account_id != command.assignee.account_id:
        _require_room(command)
    _give(draft, step, command.assignee)


def unassign(draft: Draft, command: Unassign) -> None:
    """Put a step back for anybody."""
    step = find(draft, command, "unassign")
    require_hands(draft, step, "unassign")
    changed = draft.close_period(step, state=READY, account_id=None, member_id=None)
    draft.record("step.unassigned", changed, account_id=step.account_id)


def process(draft: Draft, command: Process) -> None:
    """Start or resume work: by the assignee alone."""
    step = find(draft, command, "process")
    if step.account_id != draft.actor.account_id:
        if not draft.actor.supervises:
            message = "Only its assignee may start or resume this activity."
            raise Denied(message)
        message = f"Cannot process an activity that is {step.state}: only its assignee may start or resume it."
        raise Conflict(message)
    _begin_work(draft, step)


def pause(draft: Draft, command: Pause) -> None:
    """Stop work for now."""
    step = find(draft, command, "pause")
    require_hands(draft, step, "pause")
    draft.pause(step)


def save(draft: Draft, command: Save) -> None:
    """Keep data without completing."""
    step = find(draft, command, "save")
    require_hands(draft, step, "save")
    require_person(draft, step, command)
    keep(draft, step, command.data)


def keep(draft: Draft, step: Step, data: dict[str, object]) -> None:
    """Merge data over what was saved on the step."""
    changed = touch(draft, draft.change(step, data=merged(draft, step, data)))
    draft.record("step.saved", changed, fields=sorted(data))


def merged(draft: Draft, step: Step, data: dict[str, object]) -> dict[str, object]:
    """What is saved on the step with the data over it; where the data only says the mask, what is saved stays.

    Raises:
        Invalid: the mask stands where nothing is saved.

    """
    sensitive = draft.version.sensitive
    problems: tuple[Problem, ...] = ()
    if sensitive is not None:
        data, problems = sensitive.restored(step, data)
    if problems:
        raise Invalid(
            "The data says that something is hidden where there is nothing.",
            tuple(replace(problem, path=f"/data{problem.path}") for problem in problems),
        )
    return {**step.data, **data}


def interrupt(draft: Draft, account_id: int, *, but: int | None = None) -> None:
    """Pause what that person works on in this run, except step `but`: hands can be on one thing only."""
    for step in draft.live():
        if step.state == IN_PROGRESS and step.account_id == account_id and step.number != but:
            draft.pause(step, cause="started another activity")


def _require_room(command: Assign | Reassign) -> None:
    """Conflict where the assignment is bounded and the person has as many as it may, or is not available for it."""
    who = command.assignee
    if not command.is_bounded:
        return
    if isinstance(command, Assign) and command.distribute is not None and not who.is_available:
        message = f"{who.name} is not available."
        raise Conflict(message)
    if who.room is not None and who.room <= 0:
        message = (
            f"{who.name} has as many activities as their capacity allows: one must be finished or given back first."
        )
        raise Conflict(message)


def _give(draft: Draft, step: Step, assignee: Assignee, distribute: str | None = None) -> Step:
    changed = draft.close_period(step, state=ASSIGNED, account_id=assignee.account_id, member_id=assignee.member_id)
    changed = touch(draft, changed)
    facts: dict[str, object] = {"account_id": assignee.account_id}
    if step.account_id is not None:
        facts["from"] = step.account_id
    if distribute is not None:
        facts["distribute"] = distribute
    draft.record("step.assigned", changed, **facts)
    return changed


def _begin_work(draft: Draft, step: Step) -> None:
    account_id = step.account_id
    if account_id is None:  # pragma: no cover - the table lets nobody start a step that has no assignee
        return
    interrupt(draft, account_id, but=step.number)
    touch(draft, draft.open_period(step))
    draft.interrupts = account_id
