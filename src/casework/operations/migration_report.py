"""What became of runs that were to move, counted, with the first of each kind."""

from collections.abc import Sequence
from typing import Final

import msgspec

from casework.core.obstacles import Obstacle

SAMPLES_MAX: Final = 10
"""Runs that are named of one reason."""

REASONS_MAX: Final = 200
"""Reasons that are told of one request, the most frequent ones."""


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """A run that stays where it is, and why, in words. step: where it is about one."""

    run_id: int
    message: str
    step: int | None = None


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why runs stay: an obstacle's code and task, how many runs it keeps, and the first of them."""

    code: str
    task: str | None
    runs: int
    samples: list[Sample]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the runs that were looked at.

    moved: those that moved, or could. next: the run after which to go on; None: there are no more.
    """

    migration: int | None
    version: int
    looked_at: int
    moved: int
    stayed: int
    reasons: list[Reason]
    next: int | None


class Tally:
    """Counts what became of runs."""

    def __init__(self) -> None:
        self._moved = 0
        self._stayed: set[int] = set()
        self._runs: dict[tuple[str, str | None], int] = {}
        self._samples: dict[tuple[str, str | None], list[Sample]] = {}

    def move(self) -> None:
        """A run moves."""
        self._moved += 1

    def stay(self, run_id: int, obstacles: Sequence[Obstacle]) -> None:
        """A run stays for these reasons; each counts once, however many steps it is about."""
        self._stayed.add(run_id)
        first = {(one.code, one.task): one for one in reversed(obstacles)}
        for key, one in first.items():
            self._runs[key] = self._runs.get(key, 0) + 1
            samples = self._samples.setdefault(key, [])
            if len(samples) < SAMPLES_MAX:
                samples.append(Sample(run_id=run_id, message=one.message, step=one.step))

    def report(self, migration: int | None, version: int, following: int | None) -> Report:
        """All of it, the most frequent reasons first."""
        most = sorted(self._runs.items(), key=lambda item: (-item[1], item[0][0], item[0][1] or ""))[:REASONS_MAX]
        return Report(
            migration=migration,
            version=version,
            looked_at=self._moved + len(self._stayed),
            moved=self._moved,
            stayed=len(self._stayed),
            reasons=[Reason(code=key[0], task=key[1], runs=count, samples=self._samples[key]) for key, count in most],
            next=following,
        )
