"""Handing over: a worker of the process that commits begins a step that was reached, without being called to it.

The step is given to it in the commit itself, as to a worker who reports and goes on: whoever dies then is found by its
lease. What no worker at hand has room for goes to the queue.
"""

from collections.abc import Sequence
from typing import Protocol

from casework.core.work import Hands
from casework.engine.order import Outcome


class AtHand(Protocol):
    """A worker in this process."""

    def offer(self) -> Hands | None:
        """What it can begin now; None where it has no room."""
        ...

    def expect(self) -> None:
        """Keep room for a step that is being given to it."""
        ...

    def begin(self, workspace_id: int, outcome: Outcome) -> None:
        """Begin what was `taken` for it, as it was to expect: it is committed as its own."""
        ...

    def dismiss(self) -> None:
        """What it was to expect does not come."""
        ...


class Handover:
    """What one commit gives to the workers at hand."""

    def __init__(self, workers: Sequence[AtHand] = ()) -> None:
        self._workers = workers
        self._given: list[tuple[AtHand, int, Outcome]] = []

    def offer(self) -> tuple[AtHand, Hands] | tuple[None, None]:
        """The first worker that has room, and what it can begin."""
        for worker in self._workers:
            hands = worker.offer()
            if hands is not None:
                return worker, hands
        return None, None

    def give(self, worker: AtHand, workspace_id: int, outcome: Outcome) -> None:
        """The decision took a step for it."""
        worker.expect()
        self._given.append((worker, workspace_id, outcome))

    def complete(self) -> None:
        """The commit stands: each begins what it was given."""
        for worker, workspace_id, outcome in self._given:
            worker.begin(workspace_id, outcome)

    def withdraw(self) -> None:
        """The commit failed, or nobody knows whether it did; then a renewal of the lease finds what stands of it."""
        for worker, _, _ in self._given:
            worker.dismiss()
