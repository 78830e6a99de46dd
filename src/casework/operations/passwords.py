"""Passwords: hashed slowly on purpose, by a few threads, and never more at once than memory allows."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from casework.core.errors import Unavailable

T = TypeVar("T")

LENGTH_MIN: Final = 8
LENGTH_MAX: Final = 256

AT_ONCE_MAX: Final = 4
"""Hashes at work together: each takes 19 MiB and a processor."""

WAITING_MAX: Final = 200
"""Hashes that may wait for their turn: some ten seconds; more people than that are asked to come back."""

_hasher: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP's minimum for Argon2id
_threads: Final = ThreadPoolExecutor(AT_ONCE_MAX, thread_name_prefix="password")
_waiting: Final[set[asyncio.Future[Any]]] = set()


async def hash_password(password: str) -> str:
    """The hash under which a password is kept."""
    return await _run(_hasher.hash, password)


async def is_right(password: str, password_hash: str | None) -> bool:
    """Whether it is the password; takes as long where there is none to compare with."""
    if password_hash is None:
        await _run(lambda: _verify(_nobodys(), password))
        return False
    return await _run(_verify, password_hash, password)


@cache
def _nobodys() -> str:
    """Compared with where there is no account, so that the time of the answer does not tell."""
    return _hasher.hash("nobody has this password")


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (Argon2Error, InvalidHashError):
        return False


async def _run(function: Callable[..., T], *arguments: str) -> T:
    if len(_waiting) >= WAITING_MAX:
        raise Unavailable("Too many people sign in at this moment; try again in a few seconds.", retry_after=5)
    future = asyncio.get_running_loop().run_in_executor(_threads, function, *arguments)
    _waiting.add(future)
    future.add_done_callback(_waiting.discard)
    return await future
