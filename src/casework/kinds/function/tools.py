"""Registered functions as others call them: by a name, with what they take and what they are for."""

from typing import Any, Final

import msgspec
from msgspec.structs import replace

from casework.core.definition import Json
from casework.core.work import Call, Done, Failed, Work
from casework.functions import Registry
from casework.kinds.function.performer import FunctionPerformer
from casework.kinds.function.signature import Signature, signatures


class NotDone(Exception):
    """A function asked to be called again, or failed: whether it has acted is not known."""


class Tool:
    """A function with its schema."""

    def __init__(self, signature: Signature, performer: FunctionPerformer) -> None:
        self.description: Final = signature.description
        self.schema: Final = signature.input
        self._name = signature.name
        self._performer = performer

    async def call(self, arguments: dict[str, Json], *, work: Work) -> Json:
        """What the function gives, or why it refused.

        Raises:
            NotDone: it may be called again, under the same key.

        """
        given = replace(work, data={"function": self._name, "arguments": arguments})
        result = await self._performer.perform(given, _untold)
        match result:
            case Done(output=output):
                return output
            case Failed(message=message, is_final=True):
                return {"error": message}
        raise NotDone(getattr(result, "message", "It waits."))


def tools(registry: Registry, performer: FunctionPerformer) -> dict[str, Tool]:
    """Every registered function, by name."""
    return {name: Tool(signature, performer) for name, signature in signatures(registry).items()}


async def _untold(
    _detail: dict[str, Any], _memory: Json | msgspec.UnsetType = msgspec.UNSET, _calls: tuple[Call, ...] = ()
) -> None:
    """What a function says of its progress is not the progress of whoever calls it."""
