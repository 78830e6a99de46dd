"""What runs say in their chats.

What a step says by its output (`core.chat.spoken`) is kept in the commit that completes it, under the step's own UUID.
Whoever works on a step may say more on the way, and pass on pieces of what is still being thought of: a `Voice`.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec

from casework.clock import Clock
from casework.core.actor import Actor
from casework.core.chat import CONTENT_MAX, spoken
from casework.core.definition import Json
from casework.core.event import Event
from casework.core.ids import part_uuid
from casework.core.run import Run
from casework.core.step import COMPLETED
from casework.core.work import Work
from casework.engine.announcing import tell_chat
from casework.engine.live import Hub, chat_topic
from casework.entropy import new_uuid
from casework.store import audit, messages
from casework.store.database import Database
from casework.store.messages import Message, NewMessage, Role

CONTENT: Final = "content"
TOOL_CALL: Final = "tool_call"
TOOL_RESULT: Final = "tool_result"
"""The types of what is passed on, as the surfaces call them."""


def message_of_step(run: Run, chat_id: int, event: Event) -> NewMessage | None:
    """What a step that has just completed says in its run's chat; None where it says nothing.

    A person's step speaks even where a person has taken the chat over; an agent's or a program's is silent then.
    """
    if event.type != "step.completed" or event.step is None:
        return None
    step, sensitive = run.step(event.step), run.version.sensitive
    if sensitive is not None:  # a chat is read by whoever is in it
        step = sensitive.step(step)
    content = spoken(step.output)
    if content is None or step.state != COMPLETED:
        return None
    return NewMessage(
        uuid=step.uuid,
        chat_id=chat_id,
        role="assistant",
        content=content,
        created_at=run.updated_at,
        run_id=run.id,
        name=run.version.task(step.task).name,
        member_id=step.member_id,
        yields=step.kind != "human",
    )


def fact_of(message: NewMessage) -> dict[str, Any]:
    """What the event says of a message."""
    return {"chat_id": message.chat_id, "message": str(message.uuid), "role": message.role}


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody speaks, and as whom: `name` is shown with what is said."""

    workspace_id: int
    chat_id: int
    run_id: int
    actor: Actor
    name: str | None = None


class Voice:
    """A way to speak in a run's chat while a step of the run is being worked on."""

    def __init__(self, database: Database, hub: Hub, clock: Clock, place: Place) -> None:
        self._database = database
        self._hub = hub
        self._clock = clock
        self._place = place

    def pass_on(self, message_id: UUID, delta: str, *, restart: bool = False) -> None:
        """A piece of a message that is still being made; kept nowhere.

        message_id: under which the whole of it will be said, for what a step says by its output the step's own.
        restart: the pieces before it do not count.
        """
        piece = {"type": CONTENT, "messageId": str(message_id), "name": self._place.name, "delta": delta}
        self._pass({**piece, "restart": True} if restart else piece)

    def tool_called(self, call_id: str, name: str, arguments: Json) -> None:
        """That a tool is called; kept nowhere."""
        self._pass({"type": TOOL_CALL, "id": call_id, "name": name, "arguments": arguments})

    def tool_answered(self, call_id: str, content: str) -> None:
        """What a tool answered; kept nowhere."""
        self._pass({"type": TOOL_RESULT, "id": call_id, "content": content})

    async def say(
        self,
        content: str,
        *,
        message_id: UUID | None = None,
        role: Role = "assistant",
        tool_calls: Sequence[Json] | None = None,
        tool_call_id: str | None = None,
    ) -> Message | None:
        """Say something for good: the message, its event, the chat's count, and the hint, in a transaction of its own.

        None where it is not said now: the chat is gone, a person has taken it over, or it was said before under that
        `message_id`. An attempt that is made again gives each of its messages the id that it had, and repeats none.
        """
        at = self._clock.now()
        new = NewMessage(
            uuid=message_id or new_uuid(at),
            chat_id=self._place.chat_id,
            role=role,
            content=content,
            created_at=at,
            run_id=self._place.run_id,
            name=self._place.name,
            tool_calls=None if tool_calls is None else list(tool_calls),
            tool_call_id=tool_call_id,
            yields=True,
        )
        place = self._place
        async with self._database.write() as connection:
            await messages.lock_chats(connection, [place.chat_id])
            said = await messages.say(connection, [(place.workspace_id, new)])
            if said:
                fact = fact_of(new)
                await audit.record(connection, place.workspace_id, place.actor, "chat.message", [fact], at)
        for one in said:
            tell_chat(self._hub, place.workspace_id, place.chat_id, one.member_ids)
        return said[0].message if said else None

    def _pass(self, event: dict[str, Any]) -> None:
        self._hub.say(chat_topic(self._place.chat_id), {**event, "runId": self._place.run_id})


class CallsInChat:
    """Says in runs' chats which tools agents call, each call and each answer once (kinds.agent.parts.Chronicle)."""

    def __init__(self, voice_of: Callable[[Work], Voice]) -> None:
        self._voice_of = voice_of

    async def called(self, work: Work, call_id: str, tool: str, arguments: Json, words: str) -> None:
        """Keep the call, and take back the pieces of what was said with it: they were of this message."""
        voice = self._voice_of(work)
        function = {"name": tool, "arguments": _cut(msgspec.json.encode(arguments).decode())}
        said = await voice.say(
            _cut(words),
            message_id=part_uuid(work.step_uuid, f"{call_id} called"),
            tool_calls=[{"id": call_id, "type": "function", "function": function}],
        )
        if said is not None and words:
            voice.pass_on(work.step_uuid, "", restart=True)

    async def answered(self, work: Work, call_id: str, content: Json) -> None:
        """Keep what came of the call."""
        await self._voice_of(work).say(
            _cut(msgspec.json.encode(content).decode()),
            message_id=part_uuid(work.step_uuid, f"{call_id} answered"),
            role="tool",
            tool_call_id=call_id,
        )


def _cut(text: str) -> str:
    return text if len(text) <= CONTENT_MAX else f"{text[: CONTENT_MAX - 1]}…"
