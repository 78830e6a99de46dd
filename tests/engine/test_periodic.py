"""Something is done at once, again and again, and not after it was stopped."""

import asyncio

from casework.core.errors import Unavailable
from casework.engine.periodic import Periodic


async def test_it_is_done_at_once_and_again_even_after_it_failed():
    done = []
    twice = asyncio.Event()

    async def act():
        done.append(1)
        if len(done) == 1:
            raise Unavailable("not now")
        twice.set()

    periodic = Periodic("test", act, every_seconds=0.001)
    await periodic.start()
    await asyncio.wait_for(twice.wait(), 10)
    await periodic.stop()
    count = len(done)
    assert count >= 2
    await periodic.stop()
    assert len(done) == count
