"""The client: one object for a server and a key, with a part for every noun."""

from typing import Any, Self

from casework.client.activities import Activities
from casework.client.chats import Chats
from casework.client.errors import Unreachable
from casework.client.events import Events
from casework.client.hooks import Hooks
from casework.client.incidents import Incidents
from casework.client.keys import Keys
from casework.client.members import Members
from casework.client.migrations import Migrations
from casework.client.runs import Runs
from casework.client.schedules import Schedules
from casework.client.secrets import Secrets
from casework.client.space import SESSION, Space
from casework.client.transport import Json, Transport
from casework.client.webhooks import Webhooks
from casework.client.workflows import Workflows


class Client:
    """Casework at an address, with a key. Open it with `async with`; every call may raise ApiError or Unreachable.

    workspace: the uuid of one; by default that of the key.
    """

    def __init__(self, url: str, *, key: str | None = None, workspace: str | None = None, **transport: Any) -> None:
        self.transport = Transport(url, key=key, **transport)
        self.space = Space(self.transport, workspace)
        self.workflows = Workflows(self.space)
        self.runs = Runs(self.space)
        self.migrations = Migrations(self.space)
        self.members = Members(self.space)
        self.keys = Keys(self.space)
        self.secrets = Secrets(self.space)
        self.webhooks = Webhooks(self.space)
        self.schedules = Schedules(self.space)
        self.hooks = Hooks(self.space)
        self.incidents = Incidents(self.space)
        self.events = Events(self.space)
        self.activities = Activities(self.transport)
        self.chats = Chats(self.transport)

    async def __aenter__(self) -> Self:
        await self.transport.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.transport.__aexit__(*error)

    async def session(self) -> dict[str, Json]:
        """Who the key acts as: `user` (None for a key of the workspace's own) and `workspace`."""
        found: dict[str, Json] = await self.transport.get(SESSION)
        return found

    async def require_ready(self) -> None:
        """Nothing, where the server answers that it can serve; else Unreachable, or ApiError with its reason."""
        answer = await self.transport.get("/readyz")
        if not isinstance(answer, dict) or answer.get("status") != "ok":
            raise Unreachable(f"{self.transport.url} answers, but not like Casework.")
