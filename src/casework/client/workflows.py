"""Workflows: published definitions, by their id."""

from collections.abc import Mapping
from typing import Final, Literal

from casework.client.space import Space
from casework.client.transport import Json, Page, decoded

Media = Literal["yaml", "json"]

TYPES: Final[Mapping[Media, str]] = {"yaml": "application/yaml", "json": "application/json"}


class Workflows:
    """The workflows of the workspace."""

    def __init__(self, space: Space) -> None:
        self._space = space

    async def list(self, *, page: int = 1, size: int = 50) -> Page:
        """A page of the workflows that are not archived."""
        return await self._space.list("/workflows", page=page, pageSize=size)

    async def find(self, key: str) -> dict[str, Json] | None:
        """The workflow of that key (or decimal id); None where there is none."""
        number, size = 1, 500
        while True:
            page = await self.list(page=number, size=size)
            for workflow in page.items:
                if key in (workflow["key"], str(workflow["id"])):
                    return workflow
            if len(page.items) < size:
                return None
            number += 1

    async def get(self, workflow_id: int) -> dict[str, Json]:
        """One workflow."""
        found: dict[str, Json] = await self._space.get(f"/workflows/{workflow_id}")
        return found

    async def create(self, definition: bytes, *, media: Media) -> dict[str, Json]:
        """Create and publish what the document defines."""
        return await self._send("POST", "/workflows", definition, media)

    async def update(self, workflow_id: int, definition: bytes, *, media: Media) -> dict[str, Json]:
        """Publish a new version where the document differs from the newest one."""
        return await self._send("PUT", f"/workflows/{workflow_id}", definition, media)

    async def archive(self, workflow_id: int) -> None:
        """Take the workflow out of use; its runs go on."""
        await self._space.delete(f"/workflows/{workflow_id}")

    async def versions(self, workflow_id: int) -> Page:
        """Its published versions."""
        return await self._space.list(f"/workflows/{workflow_id}/versions")

    async def version(self, workflow_id: int, number: int) -> dict[str, Json]:
        """One published version."""
        found: dict[str, Json] = await self._space.get(f"/workflows/{workflow_id}/versions/{number}")
        return found

    async def definition(self, workflow_id: int, *, media: Media) -> str:
        """The newest version as a document."""
        path = await self._space.path(f"/workflows/{workflow_id}/definition")
        response = await self._space.transport.exchange("GET", path, headers={"accept": TYPES[media]})
        return response.text

    async def _send(self, method: str, tail: str, definition: bytes, media: Media) -> dict[str, Json]:
        response = await self._space.transport.exchange(
            method, await self._space.path(tail), content=definition, headers={"content-type": TYPES[media]}
        )
        found: dict[str, Json] = decoded(response)
        return found
