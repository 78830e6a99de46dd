"""Steps that end with an output which nobody can be asked to mend: it fits the task's schema, or the step failed."""

from casework.core.definition import Json
from casework.core.draft import Draft
from casework.core.routing import advance, fail
from casework.core.step import COMPLETED, Step


def finish(draft: Draft, step: Step, output: Json) -> None:
    """Complete the step, and go on; where the output does not fit, the failure rule."""
    misfit = misfit_of(draft, step, output)
    if misfit is None:
        advance(draft, draft.end(step, COMPLETED, output=output))
    else:
        fail(draft, step, "output", misfit, output=output)


def misfit_of(draft: Draft, step: Step, output: Json) -> str | None:
    """What keeps the step from completing with this output, as a sentence; None where nothing does."""
    problems = draft.version.form_problems(step.task, output)
    if not problems:
        return None
    message = "; ".join(f"{problem.path or '/'}: {problem.message}" for problem in problems[:5])
    return f"The output does not fit the task's schema: {message}"
