"""How a tool is declared: what it asks of its caller, takes and answers, beside its handler.

    @reads("Read an activity", project("activities:read"))
    async def get_activity(call: Call, sent: ActivityArguments) -> ActivityDetail:

    @changes("Take an activity", project("activities:write"), shows=activity)
    async def assign_to_me(call: Call, sent: TakeArguments, claim: Claim | None) -> str:

The handler's name is the tool's, its docstring what the model reads, its types the schemas. What changes something
gives a reference, from which `shows` makes the answer: so that an idempotency key works as on every surface.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Any, Final, get_type_hints

import msgspec

from casework.api import once
from casework.api.once import Key
from casework.api.render import json_response, to_json
from casework.api.routes import HttpResponse
from casework.core.claim import Claim
from casework.core.permission import Grant, Policy
from casework.operations.services import Services

_REFERENCE: Final = "#/$defs/{name}"


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """What a tool works with; the grant was given by the tool's own policy."""

    services: Services
    grant: Grant


class Arguments(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sent to a tool."""


class Change(Arguments, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sent to a tool that changes something. idempotency_key: visible ASCII, as the header takes it."""

    idempotency_key: (
        Annotated[
            str,
            msgspec.Meta(
                min_length=1,
                max_length=255,
                pattern="^[!-~]+$",
                description="A text of your own: with the same one the change is made once, however often you ask.",
            ),
        ]
        | None
    ) = None


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What a tool answers; `text` says it in a sentence."""

    def text(self) -> str:
        """The gist, for a model that reads nothing else."""
        raise NotImplementedError


class Hints(msgspec.Struct, frozen=True, kw_only=True):
    """What a host may tell people before it lets a model use a tool."""

    reads_only: bool = False
    is_destructive: bool = False
    is_idempotent: bool = False


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """A tool. run: carries out what was sent, and gives the result as it goes over the wire."""

    name: str
    title: str
    description: str
    policy: Policy
    sent: type[Arguments]
    answer: type[Reply]
    hints: Hints
    run: Callable[[Call, Any], Awaitable[HttpResponse]]

    def shown(self) -> dict[str, Any]:
        """The tool as clients list it."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": schema(self.sent),
            "outputSchema": schema(self.answer),
            "annotations": {
                "title": self.title,
                "readOnlyHint": self.hints.reads_only,
                "destructiveHint": self.hints.is_destructive,
                "idempotentHint": self.hints.is_idempotent,
                "openWorldHint": False,
            },
        }


def reads(title: str, policy: Policy) -> Callable[[Callable[[Call, Any], Awaitable[Reply]]], Tool]:
    """Declare a tool that changes nothing."""

    def decorate(handler: Callable[[Call, Any], Awaitable[Reply]]) -> Tool:
        async def run(call: Call, sent: Any) -> HttpResponse:
            return _told(await handler(call, sent))

        hints = Hints(reads_only=True, is_idempotent=True)
        return _tool(handler, title, policy, hints, answer=get_type_hints(handler)["return"], run=run)

    return decorate


def changes(
    title: str,
    policy: Policy,
    *,
    shows: Callable[[Call, Any, Any], Awaitable[Reply]],
    is_destructive: bool = False,
    is_idempotent: bool = False,
) -> Callable[[Callable[[Call, Any, Claim | None], Awaitable[Any]]], Tool]:
    """Declare a tool that changes something.

    shows: the answer, from what was sent and the handler's reference. is_idempotent: a second time is refused, or
    changes nothing.
    """

    def decorate(handler: Callable[[Call, Any, Claim | None], Awaitable[Any]]) -> Tool:
        async def run(call: Call, sent: Any) -> HttpResponse:
            async def act(claim: Claim | None) -> Any:
                return await handler(call, sent, claim)

            async def show(reference: Any) -> HttpResponse:
                return _told(await shows(call, sent, reference))

            return await once.answer_under(call.services, _key(call, handler.__name__, sent), act, show)

        hints = Hints(is_destructive=is_destructive, is_idempotent=is_idempotent)
        return _tool(handler, title, policy, hints, answer=get_type_hints(shows)["return"], run=run)

    return decorate


def catalog(tools: Sequence[Tool]) -> Mapping[str, Tool]:
    """The tools by name. Called when the application is put together, so that it does not start with a wrong one.

    Raises:
        RuntimeError: naming every tool that does not say who may use it, or whose name another one has.

    """
    names = [tool.name for tool in tools]
    wrong = sorted(
        {tool.name for tool in tools if getattr(tool.policy, "who", None) != "member"}
        | {name for name in names if names.count(name) > 1}
    )
    if wrong:
        message = f"These tools declare no policy of a member, or are declared twice: {', '.join(wrong)}."
        raise RuntimeError(message)
    return {tool.name: tool for tool in tools}


def schema(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON Schema of a struct, an object at its root, with what it refers to beside it."""
    _, components = msgspec.json.schema_components([kind], ref_template=_REFERENCE)
    shown = {name: _terse(found) for name, found in components.items()}
    root = shown.pop(kind.__name__)
    return {**root, "$defs": shown} if shown else root


def _terse(found: dict[str, Any]) -> dict[str, Any]:
    """A struct's schema without what no model needs to read: the names of our types, and the breaks of our lines."""
    return {
        name: " ".join(value.split()) if name == "description" else value
        for name, value in found.items()
        if name != "title"
    }


def _tool(handler: Any, title: str, policy: Policy, hints: Hints, *, answer: type[Reply], run: Any) -> Tool:
    return Tool(
        name=handler.__name__,
        title=title,
        description=inspect.getdoc(handler) or "",
        policy=policy,
        sent=get_type_hints(handler)["sent"],
        answer=answer,
        hints=hints,
        run=run,
    )


def _key(call: Call, name: str, sent: Change) -> Key | None:
    """Keys are kept apart by tool, as the other surfaces keep them apart by method and path."""
    text = sent.idempotency_key
    if text is None:
        return None
    return once.named(call.grant, ("tool", name), text, [msgspec.json.encode(sent)])


def _told(reply: Reply) -> HttpResponse:
    """The result of a call. Clients that know no structured content find it as text."""
    content = [{"type": "text", "text": text} for text in (reply.text(), to_json(reply).decode())]
    return json_response({"content": content, "structuredContent": reply, "isError": False, "resultType": "complete"})
