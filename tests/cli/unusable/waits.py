"""A pure function that waits for something."""

import casework


@casework.function(pure=True)
async def waits() -> int:
    return 1
