"""A registered function with the schemas that its type hints are: checks what goes in, makes JSON of what comes out."""

import inspect
from typing import Any, Final, get_type_hints

import msgspec
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, create_model
from pydantic.errors import PydanticUserError
from pydantic_core import PydanticSerializationError

from casework.core.definition import Json
from casework.functions import Context, Function, Registry

PROBLEMS_MAX: Final = 5
"""Of wrong arguments that one message tells."""


class Unfit(Exception):
    """Arguments or a result that the type hints do not allow."""


class Signature:
    """A function, by its name in definitions.

    Raises:
        TypeError: its type hints cannot be understood.

    """

    def __init__(self, name: str, function: Function) -> None:
        self.name: Final = name
        self.function: Final = function
        self.is_async: Final = inspect.iscoroutinefunction(function)
        try:
            hints = get_type_hints(function, include_extras=True)
            parameters = list(inspect.signature(function).parameters.values())
            self.takes_context: Final = bool(parameters) and hints.get(parameters[0].name) is Context
            self._parameters: Final = parameters[1:] if self.takes_context else parameters
            # Fields have names of our own, so that a parameter may have any: `schema` and `_x` are taken in a model.
            fields = {f"p{i}": _field(one, hints) for i, one in enumerate(self._parameters)}
            self._model: Final = create_model(name, __config__=ConfigDict(extra="forbid"), **fields)
            self._result: Final[TypeAdapter[Any]] = TypeAdapter(hints.get("return", Any))
            self.input: Final[Json] = self._model.model_json_schema()
            self.output: Final[Json] = self._result.json_schema(mode="serialization")
        except (NameError, PydanticUserError) as error:
            message, *_ = str(error).splitlines()
            raise TypeError(f"The type hints of {name} cannot be used: {message}") from error

    @property
    def description(self) -> str:
        """What its docstring says of it, in a line."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0]

    def arguments(self, given: Json) -> tuple[list[Any], dict[str, Any]]:
        """The positional and named arguments of the call; Unfit, with what is wrong, where the hints forbid them."""
        try:
            checked = self._model.model_validate_json(msgspec.json.encode(given))
        except ValidationError as error:
            problems = error.errors(include_url=False, include_context=False, include_input=False)
            told = [f"{'.'.join(map(str, one['loc'])) or 'arguments'}: {one['msg']}" for one in problems[:PROBLEMS_MAX]]
            raise Unfit("; ".join(told)) from None  # the cause holds what was given
        positional: list[Any] = []
        named: dict[str, Any] = {}
        for i, one in enumerate(self._parameters):
            value = getattr(checked, f"p{i}")
            if one.kind is inspect.Parameter.POSITIONAL_ONLY:
                positional.append(value)
            else:
                named[one.name] = value
        return positional, named

    def json(self, result: Any) -> Json:
        """What the function returned, as JSON; Unfit where it is not what its hint says, or no JSON."""
        try:
            return msgspec.json.decode(self._result.dump_json(self._result.validate_python(result)))
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            place = ".".join(map(str, first["loc"]))
            raise Unfit(f"{place}: {first['msg']}" if place else first["msg"]) from None
        except (PydanticSerializationError, ValueError) as error:
            raise Unfit(str(error)) from None


def signatures(registry: Registry) -> dict[str, Signature]:
    """The functions with their schemas, by name.

    Raises:
        TypeError: type hints cannot be understood, or a pure function would know of its call.

    """
    found = {name: Signature(name, registry[name]) for name in sorted(registry)}
    for name in sorted(registry.pure):
        if found[name].takes_context:
            raise TypeError(f"{name} takes a Context: what a pure function gives depends on its arguments alone.")
    return found


def _field(parameter: inspect.Parameter, hints: dict[str, Any]) -> Any:
    is_required = parameter.default is inspect.Parameter.empty
    default = ... if is_required else parameter.default
    return hints.get(parameter.name, Any), Field(default, alias=parameter.name)
