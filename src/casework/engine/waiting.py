"""Orders that wait for a commit, in turns: whoever brings thousands of them keeps nobody else waiting."""

from collections import deque
from typing import Final, TypeAlias

from casework.engine.order import BULK, NewRun, Order, Pending

WAITING_MAX: Final = 10_000
"""Orders that may wait: at some thousands a second nobody waits longer than a few seconds. Beyond it only those are let
in of whom fewer wait than their share, so that there are never more than twice as many."""

Lane: TypeAlias = tuple[int, bool]
"""Whose orders wait in a row: a workspace's, and apart from them those that it brings in bulk."""


class Waiting:
    """A row for each lane; the lanes take turns, and within a lane the first that came goes first."""

    def __init__(self) -> None:
        self._rows: dict[Lane, deque[Pending]] = {}
        self._turns: deque[Lane] = deque()
        self._count = 0

    def __len__(self) -> int:
        """How many wait."""
        return self._count

    def has_room(self, order: Order | NewRun) -> bool:
        """Whether one more may wait: there are not too many, or fewer of its lane than are its share."""
        if self._count < WAITING_MAX:
            return True
        row = self._rows.get(_lane(order), ())
        return len(row) < WAITING_MAX // (len(self._rows) + (not row))

    def add(self, one: Pending) -> None:
        """Put it at the end of its row."""
        lane = _lane(one.order)
        row = self._rows.get(lane)
        if row is None:
            row = self._rows[lane] = deque()
            self._turns.append(lane)
        row.append(one)
        self._count += 1

    def take(self, count: int) -> list[Pending]:
        """The next `count`, or all where fewer wait: one of each lane in turn, until there are enough."""
        taken: list[Pending] = []
        while self._turns and len(taken) < count:
            lane = self._turns.popleft()
            row = self._rows[lane]
            taken.append(row.popleft())
            if row:
                self._turns.append(lane)
            else:
                del self._rows[lane]
        self._count -= len(taken)
        return taken


def _lane(order: Order | NewRun) -> Lane:
    is_bulk = order.run_type == BULK if isinstance(order, NewRun) else order.edition is not None
    return order.workspace_id, is_bulk
