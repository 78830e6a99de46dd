"""One thing in a task's settings that is evaluated."""

from collections.abc import Callable, Mapping
from typing import Final, Literal, cast

import msgspec

from casework.core.condition import Condition, compile_approval, compile_condition
from casework.core.context import Context
from casework.core.definition import Json
from casework.core.template import Template, compile_template

Compiled = Condition | Template


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A condition, on an agent's call where it is an approval, or a template; `path` leads to it from the task."""

    path: tuple[str | int, ...]
    form: Literal["condition", "template", "approval"]
    source: Json

    @property
    def name(self) -> str:
        """The path as a text, unique in a task."""
        return "/".join(str(part) for part in self.path)

    def compile(self) -> Compiled:
        """The condition or template.

        Raises:
            ConditionError, TemplateError: it does not compile.

        """
        return _COMPILERS[self.form](self.source)


_COMPILERS: Final[Mapping[str, Callable[[Json], Compiled]]] = {
    "condition": compile_condition,
    "template": compile_template,
    "approval": compile_approval,
}


def rendered(compiled: Mapping[str, Compiled], name: str, context: Context) -> Json:
    """The value of the template of that name; EvaluationError where it has none."""
    return cast("Template", compiled[name]).render(context)
