"""Chats: what is said about a case."""

from casework.client.transport import Json, Transport


class Chats:
    """The chats that the key's account may see, by their uuid."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def say(self, chat_uuid: str, content: str) -> dict[str, Json]:
        """Write a message."""
        said: dict[str, Json] = (await self._transport.post(f"/api/chats/{chat_uuid}/messages", {"content": content}))[
            "data"
        ]
        return said

    async def runs(self, chat_uuid: str) -> list[dict[str, Json]]:
        """The runs of a chat, with their steps."""
        found: list[dict[str, Json]] = (await self._transport.get(f"/api/chats/{chat_uuid}/workflow-runs"))["data"][
            "workflowRuns"
        ]
        return found
