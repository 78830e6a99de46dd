"""What a workspace tells whoever is in it: which of the things that they may see have changed.

Only that they have: whoever wants to know more asks for them, and is asked for the right to.
"""

import asyncio
from collections.abc import AsyncGenerator
from typing import Final

from casework.core.permission import Grant
from casework.engine import announcing
from casework.engine.announcing import CHAT_CHANGED, RUN_CHANGED
from casework.engine.live import LOOK_AGAIN, Hint, workspace_topic
from casework.operations.services import Services
from casework.store import access

__all__ = ["Audience", "Hint", "hints", "tell_chat"]

PAUSE_SECONDS: Final = 0.25
"""How long hints gather before they are told: a person notices no less, and a busy workspace is told of in rounds."""

PATIENCE_SECONDS: Final = 60
"""How long a wait is, before another."""

_RUNS: Final = frozenset({"assignments:read", "activities:read"})
"""Scopes that show every run."""


class Audience:
    """What a caller may be told of; `refresh` it, for rights change."""

    def __init__(self) -> None:
        self._member_id: int | None = None
        self._sees_runs = False
        self._sees_chats = False
        self._workflows: frozenset[int] = frozenset()

    async def refresh(self, services: Services, grant: Grant) -> None:
        """Go by what the caller may see now."""
        async with services.database.read() as connection:
            self._workflows = frozenset(await access.project_ids(connection, grant))
        self._member_id = grant.principal.member_id
        self._sees_runs = not _RUNS.isdisjoint(grant.principal.scopes)
        self._sees_chats = grant.holds("chats:read")

    def may_hear(self, hint: Hint) -> bool:
        """Whether a hint is about something that the caller may see."""
        if hint["type"] == RUN_CHANGED:
            return self._sees_runs or self._is_own(hint["memberId"]) or hint["workflowId"] in self._workflows
        if hint["type"] == CHAT_CHANGED:
            return self._sees_chats or any(self._is_own(member_id) for member_id in hint["memberIds"])
        return bool(hint["type"] == LOOK_AGAIN)

    def _is_own(self, member_id: int | None) -> bool:
        return member_id is not None and member_id == self._member_id


async def hints(services: Services, grant: Grant, audience: Audience) -> AsyncGenerator[Hint, None]:
    """Everything that the audience may hear of, from now on; first of all to look, for it was not listening yet."""
    with services.live.subscribe(workspace_topic(grant.workspace_id)) as changes:
        yield {"type": LOOK_AGAIN}
        while True:
            first = await changes.next(seconds=PATIENCE_SECONDS)
            if first is None:
                continue
            await asyncio.sleep(PAUSE_SECONDS)
            told: list[Hint] = []
            for hint in (first, *changes.drain()):
                if audience.may_hear(hint) and hint not in told:
                    told.append(hint)
            for hint in told:
                yield hint


def tell_chat(services: Services, grant: Grant, chat_id: int, member_ids: list[int]) -> None:
    """Tell those who are in a chat, and those who read every chat, that it is another one than it was."""
    announcing.tell_chat(services.live, grant.workspace_id, chat_id, member_ids)
