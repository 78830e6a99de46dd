"""Who is shown what is sensitive: holders of `sensitive:read`, and whoever has an activity in hand, of that activity.

Rows hold the mask. Whoever answers with rows of runs or steps reads them within `reading`, and passes them through it:
it puts back what the caller may see, and notes in the audit log that it was shown. An operation that does not ask here
shows the mask.
"""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from functools import cache
from operator import attrgetter
from typing import Final, TypeVar

import msgspec
from msgspec.structs import replace

from casework.core.marks import MASK
from casework.core.permission import Grant
from casework.core.sensitive import RUN_FIELDS, STEP_FIELDS
from casework.core.step import HELD
from casework.operations.services import Services
from casework.store import audit, sensitive
from casework.store.database import Connection
from casework.store.sensitive import OF_RUN

SCOPE: Final = "sensitive:read"

SHOWN: Final = "sensitive.shown"
"""The event that says that somebody was shown something sensitive of a run."""

_Row = TypeVar("_Row", bound=msgspec.Struct)
_Place = tuple[int, int]

_encode: Final = msgspec.json.Encoder().encode
_MASK: Final = MASK.encode()


class Reader:
    """Reads for one answer. connection: all that it reads is of one instant."""

    def __init__(self, connection: Connection, grant: Grant) -> None:
        self.connection: Final = connection
        self.shown: Final[set[int]] = set()
        self._grant = grant

    @property
    def sees_all(self) -> bool:
        """Whether the caller sees what is sensitive of every run that it may read."""
        return self._grant.holds(SCOPE) and not self._grant.is_for_model

    async def runs(self, rows: Sequence[_Row]) -> list[_Row]:
        """Rows of runs (`id`) with what the caller may see of them."""
        wanted = [_place_of_run(row) for row in rows if self.sees_all and _is_masked(row, RUN_FIELDS)]
        return await self._opened(rows, wanted, _place_of_run)

    async def steps(self, rows: Sequence[_Row], place: Callable[[_Row], _Place] | None = None) -> list[_Row]:
        """Rows of steps with what the caller may see of them.

        place: the run's id and the step's number; the row's own `run_id` and `number` by default.
        """
        at = place or _place_of_step
        wanted = [at(row) for row in rows if (self.sees_all or self._has(row)) and _is_masked(row, STEP_FIELDS)]
        return await self._opened(rows, wanted, at)

    def _has(self, row: msgspec.Struct) -> bool:
        """Whether the step is in the caller's hands: nobody fills in a form blindfold."""
        if self._grant.is_for_model or getattr(row, "state", None) not in HELD:
            return False
        who = self._grant.principal
        if hasattr(row, "account_id"):
            return who.account_id is not None and row.account_id == who.account_id
        return self._grant.is_own(getattr(row, "member_id", None))

    async def _opened(
        self, rows: Sequence[_Row], wanted: Collection[_Place], place: Callable[[_Row], _Place]
    ) -> list[_Row]:
        if not wanted:
            return list(rows)
        values = await sensitive.of_steps(self.connection, self._grant, wanted)
        self.shown.update(run_id for run_id, _ in values)
        return [_with(row, values.get(place(row), {})) for row in rows]


@asynccontextmanager
async def reading(services: Services, grant: Grant) -> AsyncIterator[Reader]:
    """A snapshot to read an answer from; what it shows that is sensitive is noted before it is given."""
    async with services.database.snapshot() as connection:
        reader = Reader(connection, grant)
        yield reader
    if reader.shown:
        await _note(services, grant, reader.shown)


async def _note(services: Services, grant: Grant, run_ids: Collection[int]) -> None:
    """One event a reader, run and hour: an audit log that is flooded is read by nobody."""
    now, actor = services.clock.now(), grant.actor()
    async with services.database.write() as connection:
        fresh = await sensitive.note_reading(connection, grant, run_ids, f"{actor.kind}:{actor.id}", now)
        facts = [{"run_id": run_id} for run_id in fresh]
        await audit.record(connection, grant.workspace_id, actor, SHOWN, facts, now)


def _place_of_run(row: msgspec.Struct) -> _Place:
    return row.id, OF_RUN  # type: ignore[attr-defined]


def _place_of_step(row: msgspec.Struct) -> _Place:
    return row.run_id, row.number  # type: ignore[attr-defined]


def _is_masked(row: msgspec.Struct, fields: tuple[str, ...]) -> bool:
    """Whether the mask stands anywhere in it: where it does not, there is nothing to ask for."""
    return _MASK in _encode(_getter(type(row), fields)(row))


@cache
def _getter(kind: type[msgspec.Struct], fields: tuple[str, ...]) -> Callable[[msgspec.Struct], object]:
    return attrgetter(*(field for field in fields if field in kind.__struct_fields__))


def _with(row: _Row, values: dict[str, object]) -> _Row:
    return replace(row, **{name: value for name, value in values.items() if hasattr(row, name)})
