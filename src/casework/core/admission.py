"""Who may do a step by name: the accounts that `allow` and `deny` give when it is reached."""

from typing import Final

from casework.core.condition import EvaluationError, Expression
from casework.core.draft import Draft
from casework.core.routing import fail
from casework.core.step import Step
from casework.core.visit import ready

ACCOUNTS_MAX: Final = 1_000
"""That a list names: a larger group is a role."""


def admit(draft: Draft, step: Step) -> None:
    """Let a person's step wait for those who may do it; the failure rule where that cannot be said."""
    allow, deny = draft.version.people(step.task)
    try:
        allow_ids = accounts(draft, step, "allow", allow)
        deny_ids = accounts(draft, step, "deny", deny)
    except Unclear as problem:
        fail(draft, step, problem.field, str(problem))
        return
    ready(draft, draft.change(step, allow_ids=allow_ids, deny_ids=deny_ids))


class Unclear(Exception):
    """A list that says nothing usable, and why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def accounts(draft: Draft, step: Step, field: str, expression: Expression | None) -> tuple[int, ...]:
    """The accounts that one of the two lists names for the step; Unclear where that cannot be said."""
    if expression is None:
        return ()
    try:
        value = expression.value(draft.context(step, None))
    except EvaluationError as error:
        message = f"`{field}: {expression.source}` could not be evaluated: {error}"
        raise Unclear(field, message) from None
    if not isinstance(value, list) or len(value) > ACCOUNTS_MAX or any(type(item) is not int for item in value):
        raise Unclear(field, f"`{field}: {expression.source}` must be a list of at most {ACCOUNTS_MAX:,} account ids.")
    if not value and field == "allow":  # an empty list would let everybody do it
        raise Unclear(field, f"`{field}: {expression.source}` names nobody.")
    return tuple(sorted(set(value)))
