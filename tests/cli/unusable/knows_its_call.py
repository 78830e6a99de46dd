"""A pure function that wants to know of its call."""

import casework


@casework.function(pure=True)
def attempt(context: casework.Context) -> int:
    return context.attempt
