"""The versions that runs pin, compiled once a process: a published version never changes."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Final

import msgspec

from casework.core.parse import parse
from casework.core.version import Version, compile_version
from casework.store import definitions
from casework.store.database import Connection

VERSIONS_MAX: Final = 512
"""Versions kept compiled: at some 100 kB each, 50 MB."""

Key = tuple[int, int]
"""A workflow's id and a version's number."""


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """A compiled version and the ids of its tasks."""

    workspace_id: int
    workflow_id: int
    number: int
    version: Version
    tasks: dict[str, tuple[int, int]]

    def task_id(self, key: str) -> int:
        """The id of the task of that key."""
        return self.tasks[key][0]


class Catalog:
    """Editions by workflow and number; loads what it does not have, forgets what was not used for longest."""

    def __init__(self) -> None:
        self._editions: OrderedDict[Key, Edition] = OrderedDict()

    async def load(self, connection: Connection, keys: Iterable[Key]) -> dict[Key, Edition]:
        """The editions of these keys, as many as there are."""
        wanted = set(keys)
        missing = [key for key in wanted if key not in self._editions]
        found = {key: self._editions[key] for key in wanted if key in self._editions}
        for published in await definitions.fetch(connection, missing) if missing else []:
            edition = Edition(
                workspace_id=published.workspace_id,
                workflow_id=published.workflow_id,
                number=published.number,
                version=compile_version(parse(published.document, media="value")),
                tasks=published.tasks,
            )
            found[published.workflow_id, published.number] = edition
        for key, edition in found.items():
            self._editions[key] = edition
            self._editions.move_to_end(key)
        while len(self._editions) > VERSIONS_MAX:
            self._editions.popitem(last=False)
        return found
