"""The cases of a log, some at a time, each with an id that no other case of the log has."""

from collections.abc import Mapping
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Final, Self

from casework.eventlog import Case, open_log
from casework.operations.finished import fitting

CASES_MAX: Final = 500
"""Cases of a batch: few enough that a batch is lost without regret, many enough that commits cost nothing."""

EVENTS_MAX: Final = 20_000
"""Events after which a batch is full however few its cases: what is in memory at once."""


class Batches:
    """Reads a log while the block lasts.

    numbers_ids: whether ids are repeated in the log; then the second case of an id X gets the id `X (2)`, and so on.
    """

    def __init__(self, path: Path, mapping: Mapping[str, str], *, numbers_ids: bool) -> None:
        self._path = path
        self._mapping = mapping
        self._stack = ExitStack()
        self._ids = _Ids() if numbers_ids else None

    def __enter__(self) -> Self:
        self._cases = self._stack.enter_context(open_log(self._path, self._mapping))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def skip(self, count: int) -> None:
        """Pass over that many cases."""
        for case in islice(self._cases, count):
            self._id_of(case)

    def take(self) -> list[tuple[str, Case]]:
        """The next cases with their ids; none at the end of the log."""
        batch: list[tuple[str, Case]] = []
        events = 0
        for case in self._cases:
            batch.append((self._id_of(case), case))
            events += len(case.events)
            if len(batch) >= CASES_MAX or events >= EVENTS_MAX:
                break
        return batch

    def _id_of(self, case: Case) -> str:
        return fitting(case.id if self._ids is None else self._ids.give(case.id))


class _Ids:
    """Gives each case an id of its own, the same ones for the same cases in the same order."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._counts: dict[str, int] = {}

    def give(self, case_id: str) -> str:
        number = self._counts.get(case_id, 0) + 1
        found = case_id if number == 1 else f"{case_id} ({number})"
        while found in self._taken:
            number += 1
            found = f"{case_id} ({number})"
        self._counts[case_id] = number
        self._taken.add(found)
        return found
