"""Conversations and their answers, as clients of OpenAI's API know them; `casework` holds what they do not know."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from casework.core.chat import CONTENT_MAX
from casework.core.errors import Invalid, Problem
from casework.operations.completions import Prompt

MESSAGES_MAX: Final = 1000
SECONDS_MAX: Final = 300
"""How long an answer may be waited for: what stands between a client and us hangs up after some minutes at most."""

_PAIRS_MAX: Final = 16
"""Of metadata, as in OpenAI's API."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a message's content; only texts can be given to a workflow."""

    type: str
    text: str = ""


class ChatMessage(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was said."""

    role: Literal["developer", "system", "user", "assistant", "tool", "function"]
    content: Annotated[str, Meta(max_length=CONTENT_MAX)] | list[Part] | None = None


class StreamOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a stream is to tell beside the answer."""

    include_usage: bool | None = None


class Extension(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What OpenAI's API has no words for. wait_for_people: wait also while the run waits for a person."""

    title: Annotated[str, Meta(max_length=500)] = ""
    external_id: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    wait_for_people: bool = False


class ChatRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation that a workflow is to answer.

    model: the workflow's key or UUID. user: your own id of whoever talks. metadata: given to workflows whose input has
    it. timeout: how many seconds to wait. What else models take (temperature, tools, ...) means nothing here.
    """

    model: Annotated[str, Meta(min_length=1, max_length=63)]
    messages: Annotated[list[ChatMessage], Meta(min_length=1, max_length=MESSAGES_MAX)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    user: Annotated[str, Meta(max_length=200)] | None = None
    metadata: Annotated[dict[str, str], Meta(max_length=_PAIRS_MAX)] | None = None
    n: Literal[1] | None = None
    timeout: Annotated[float, Meta(gt=0, le=SECONDS_MAX)] | None = None
    casework: Extension = Extension()

    def prompt(self) -> Prompt:
        """What was said.

        Raises:
            Invalid: there is something else than text in it, or nothing of the user's.

        """
        texts = [_text(message, index) for index, message in enumerate(self.messages)]
        said = [text for message, text in zip(self.messages, texts, strict=True) if message.role == "user"]
        if not said:
            raise _wrong("/messages", "must hold a message of the user's.")
        messages: list[dict[str, Any]] = [
            {"role": message.role, "content": text} for message, text in zip(self.messages, texts, strict=True)
        ]
        return Prompt(messages=messages, message=said[-1], metadata=self.metadata)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a workflow answers."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """The one answer."""

    index: Literal[0] = 0
    message: Answer
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """Tokens that the run's models have read and written; none where it asked no model."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How the run stands. waits_for: people, where only they can move it; time, where the wait was too short."""

    run_id: int
    run_uuid: UUID
    state: str
    waits_for: Literal["people", "time"] | None


class ChatCompletion(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a conversation."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    casework: Standing


class Delta(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A piece of an answer."""

    role: Literal["assistant"] | None = None
    content: str | None = None


class ChunkChoice(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of the one answer."""

    index: Literal[0] = 0
    delta: Delta
    logprobs: None = None
    finish_reason: Literal["stop"] | None = None


class Chunk(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of a stream."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    choices: list[ChunkChoice]
    usage: Usage | None = None
    casework: Standing | None = None


def _text(message: ChatMessage, index: int) -> str:
    if message.content is None or isinstance(message.content, str):
        return message.content or ""
    for place, part in enumerate(message.content):
        if part.type != "text":
            raise _wrong(f"/messages/{index}/content/{place}", "only texts can be given to a workflow.")
    return "".join(part.text for part in message.content)


def _wrong(path: str, message: str) -> Invalid:
    return Invalid(f"{path[1:].replace('/', '.')}: {message}", (Problem(path=path, message=message),))
