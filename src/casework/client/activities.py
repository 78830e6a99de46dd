"""Activities: steps for people, from the surface that serves inboxes."""

from collections.abc import Mapping, Sequence
from typing import Final

from casework.client.transport import Json, Page, Transport

_PATH: Final = "/api/v3/workflow/activities"


class Activities:
    """The activities that the key's account may see, by their uuid; each is a flat map of its attributes."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def list(
        self,
        *,
        page: int = 1,
        size: int = 50,
        sort: str = "id",
        filters: Mapping[str, Json] | None = None,
        takeable: bool = False,
    ) -> Page:
        """A page; `filters` by the API's names, such as `status` or `name`; takeable: only what the caller may take."""
        query = {"page[number]": page, "page[size]": size, "sort": sort, "count": "true"}
        if takeable:
            query["takeable"] = "true"
        for name, value in (filters or {}).items():
            query[f"filter[{name}][]" if _is_many(value) else f"filter[{name}]"] = value
        found = await self._transport.send("GET", _PATH, query=query)
        return Page(items=[flat(one) for one in found["data"]], total=found["meta"]["count"])

    async def get(self, activity_id: str) -> dict[str, Json]:
        """One activity."""
        return flat((await self._transport.get(f"{_PATH}/{activity_id}"))["data"])

    async def next(self, **wishes: Json) -> dict[str, Json] | None:
        """Take the best activity that waits for the key's account; None where none does."""
        found = await self._transport.post(f"{_PATH}/next", wishes)
        one = found and found.get("data")
        return flat(one) if one else None

    async def assign(
        self, activity_id: str, *, account_id: int | None = None, start_working: bool = False
    ) -> dict[str, Json]:
        """Give it to an account, by default to the caller, who may start at once."""
        body: dict[str, Json] = {"start_working": start_working}
        body |= {"self_assigning": True} if account_id is None else {"account_id": account_id}
        return await self._act("PATCH", activity_id, "/assign", body)

    async def reassign(self, activity_id: str, *, account_id: int) -> dict[str, Json]:
        """Hand it over to another account."""
        return await self._act("PATCH", activity_id, "/reassign", {"account_id": account_id})

    async def unassign(self, activity_id: str) -> dict[str, Json]:
        """Put it back for anybody."""
        return await self._act("PATCH", activity_id, "/unassign", {})

    async def start(self, activity_id: str) -> dict[str, Json]:
        """Start or resume work on it."""
        return await self._act("PATCH", activity_id, "/process", {})

    async def pause(self, activity_id: str) -> dict[str, Json]:
        """Stop work on it for now."""
        return await self._act("PATCH", activity_id, "/pause", {})

    async def save(self, activity_id: str, values: Mapping[str, Json]) -> dict[str, Json]:
        """Keep values without completing it."""
        return await self._act("PATCH", activity_id, "", {"data": values})

    async def complete(self, activity_id: str, values: Mapping[str, Json], *, take: bool = False) -> dict[str, Json]:
        """Complete it with the values of its form; the run moves on. take: where nobody is on it, take it first."""
        return await self._act("PATCH", activity_id, "/complete", {"data": values, "self_assigning": take})

    async def error(self, activity_id: str, *, comment: str | None = None) -> dict[str, Json]:
        """Say that it cannot be done."""
        return await self._act("POST", activity_id, "/error", {} if comment is None else {"data": {"comment": comment}})

    async def cancel(self, activity_id: str) -> dict[str, Json]:
        """Cancel it."""
        return await self._act("POST", activity_id, "/cancel", {})

    async def _act(self, method: str, activity_id: str, action: str, body: Json) -> dict[str, Json]:
        return flat((await self._transport.send(method, f"{_PATH}/{activity_id}{action}", body=body))["data"])


def flat(resource: Mapping[str, Json]) -> dict[str, Json]:
    """The attributes of a JSON:API resource, with the ids that it relates to as `project_id`, `work_unit_id`, ..."""
    related = {
        f"{name}_id": link["data"]["id"]
        for name, link in (resource.get("relationships") or {}).items()
        if link.get("data")
    }
    return {"id": resource["id"], **(resource.get("attributes") or {}), **related}


def _is_many(value: Json) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
