"""The people of a batch: what they have and may have, so that no bounded assignment gives anybody too much."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from casework.core.command import Assign, Command, Reassign
from casework.core.definition import HUMAN
from casework.core.run import Run
from casework.core.step import HELD, READY, Step
from casework.engine.order import NewRun, Order
from casework.store import capacity
from casework.store.capacity import Room
from casework.store.database import Connection

Person = tuple[int, int]
"""A workspace's id and an account's."""

_TICK: Final = timedelta(microseconds=1)


class Crowd:
    """Those whose capacity the orders of a batch depend on, locked; and what its decisions change of it."""

    def __init__(self) -> None:
        self.stirs = False
        self._rooms: dict[Person, Room] = {}
        self._handed: list[Person] = []

    async def load(self, connection: Connection, people: Collection[Person]) -> None:
        """What these have and may have; whoever calls holds their locks."""
        if people:
            self._rooms = await capacity.rooms(connection, sorted(people))

    def informed(self, order: Order) -> Command:
        """The order's command; a bounded one with how much room there is as things stand now."""
        command = order.command
        person = bounded_person(order)
        if person is None or not isinstance(command, Assign | Reassign):
            return command
        room = self._rooms.get(person)
        left, is_available = (0, False) if room is None else (room.left, room.is_available)
        return replace(command, assignee=replace(command.assignee, room=left, is_available=is_available))

    def follow(self, order: Order | NewRun, before: Run, after: Run) -> None:
        """Take in a decision: who has a step now, and who had."""
        old = {step.number: step for step in before.steps}
        for step in after.steps:
            was = old.get(step.number)
            if was is step:
                continue
            had, has = _holder(was), _holder(step)
            if had != has:
                self._shift(order.workspace_id, had, -1)
                self._shift(order.workspace_id, has, 1)
            self.stirs = self.stirs or (had is not None and had != has)
            self.stirs = self.stirs or (step.state == READY and step.distribute is not None)
        command = order.command if isinstance(order, Order) else None
        if isinstance(command, Assign) and command.distribute is not None:
            self._handed.append((order.workspace_id, command.assignee.account_id))

    async def write(self, connection: Connection, now: datetime) -> None:
        """Keep whose turn it was, the last one latest."""
        await capacity.note_handed(connection, [(*person, now + i * _TICK) for i, person in enumerate(self._handed)])

    def _shift(self, workspace_id: int, account_id: int | None, by: int) -> None:
        room = None if account_id is None else self._rooms.get((workspace_id, account_id))
        if room is not None:
            self._rooms[workspace_id, room.account_id] = replace(room, held=room.held + by)


def bounded_person(order: Order) -> Person | None:
    """Whose capacity the order depends on; None where on nobody's."""
    command = order.command
    if isinstance(command, Assign | Reassign) and command.is_bounded:
        return (order.workspace_id, command.assignee.account_id)
    return None


def _holder(step: Step | None) -> int | None:
    if step is None or step.kind != HUMAN or step.state not in HELD:
        return None
    return step.account_id
