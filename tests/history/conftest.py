"""A workspace that histories are brought into, and a look at what is there then."""

from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from casework.operations import history
from casework.operations.doctor import examine
from casework.operations.history import Progress
from casework.operations.services import Services
from tests.people import Place


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a log of that name."""

    def written(content: bytes, name: str = "tickets.xes") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return written


@pytest.fixture
def bring_in(services: Services, place: Place) -> Callable[..., Any]:
    """Brings a log in; gives the last that is told of it."""

    async def brought(path: Path, **wish: Any) -> Progress:
        read = history.examine(path, **wish)
        async with aclosing(history.bring_in(services, place.id, read)) as steps:
            *_, last = [progress async for progress in steps]
        return last

    return brought


@pytest.fixture
def rows(services: Services) -> Callable[..., Any]:
    """Rows of the database, as dictionaries."""

    async def found(query: str, *values: Any) -> list[dict[str, Any]]:
        async with services.database.read() as connection:
            return [dict(row) for row in await connection.fetch(query, *values)]

    return found


@pytest.fixture
def complaints(database_url: str) -> Callable[..., Any]:
    """What the doctor finds."""

    async def found() -> dict[str, Any]:
        return {finding.check: finding.breaches async for finding in examine(database_url) if finding.breaches}

    return found
