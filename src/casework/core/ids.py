"""Identifiers: pure functions of what they identify."""

from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID, uuid5

TASKS_PER_RUN: Final = 4096
"""An assignment task's id is its run's id times this, plus the task's ordinal (1.., stable across versions)."""

INTEGER_MAX: Final = 2**63 - 1
"""The largest id that the database can hold."""

ASSIGNMENT_TASK_RUN_MAX: Final = INTEGER_MAX // TASKS_PER_RUN


def assignment_task_id(run_id: int, ordinal: int) -> int:
    """The id under which a task of a run is shown, reached or not (CONTRACT section 0)."""
    return run_id * TASKS_PER_RUN + ordinal


def split_assignment_task_id(identifier: int) -> tuple[int, int]:
    """The run's id and the task's ordinal that an assignment task's id is made of."""
    return divmod(identifier, TASKS_PER_RUN)


def ordered_uuid(at: datetime, entropy: bytes) -> UUID:
    """A version 7 UUID (RFC 9562): the instant in milliseconds, then ten bytes of `entropy`."""
    milliseconds = int(at.timestamp() * 1000)
    value = bytearray(milliseconds.to_bytes(6, "big") + entropy[:10])
    value[6] = (value[6] & 0x0F) | 0x70
    value[8] = (value[8] & 0x3F) | 0x80
    return UUID(bytes=bytes(value))


def child_uuid(step: UUID, attempt: int, at: datetime) -> UUID:
    """The UUID of the run that an attempt at a step makes: asked for again it is the same, so that there is one."""
    return ordered_uuid(at, sha256(step.bytes + attempt.to_bytes(4, "big")).digest())


def step_uuid(run: UUID, number: int, at: datetime) -> UUID:
    """The UUID of a run's step: the same run, number and instant give the same one, so that deciding stays pure."""
    return ordered_uuid(at, sha256(run.bytes + number.to_bytes(4, "big")).digest())


def part_uuid(step: UUID, part: str) -> UUID:
    """The UUID of something that is made for a step, by what the step calls it: made again it is the same."""
    return uuid5(step, part)
