"""Definitions that tests publish, and the publishing."""

from typing import Any

import httpx

from tests.people import Caller, Place


def task(key: str, **more: Any) -> dict[str, Any]:
    """A task for a person."""
    return {"key": key, "name": key.title(), "kind": "human", **more}


def chain(*keys: str) -> list[dict[str, Any]]:
    """Tasks that are done one after the other."""
    following = [[{"to": key}] for key in keys[1:]]
    return [task(key, next=ways) for key, ways in zip(keys, following, strict=False)] + [task(keys[-1])]


def document(key: str = "expenses", tasks: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    """A definition; by default a claim is reviewed, then paid."""
    return {"casework": 1, "key": key, "name": key.title(), **more, "tasks": tasks or chain("review", "pay")}


async def published(
    client: httpx.AsyncClient, place: Place, body: dict[str, Any] | None = None, *, by: Caller | None = None
) -> dict[str, Any]:
    """A workflow, made by the Manager or by somebody else."""
    caller = by or place.manager
    answer = await client.post(f"{place.path}/workflows", json=body or document(), headers=caller.headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def granted(client: httpx.AsyncClient, place: Place, workflow_id: int, *grants: dict[str, Any]) -> None:
    """Set the workflow's grants."""
    path = f"{place.path}/workflows/{workflow_id}/grants"
    answer = await client.put(path, json=list(grants), headers=place.manager.headers)
    assert answer.status_code == 200, answer.text
