"""The functions of a project, for workers that are told of this module."""

import os
import signal
import time

import casework


@casework.function
def double(n: int) -> int:
    """Twice the number."""
    return 2 * n


@casework.function(pure=True)
def halve(n: int) -> float:
    """Half the number."""
    return n / 2


@casework.function
def asks_to_stop(n: int) -> int:
    """A number, given a moment after the worker was told to end."""
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(0.2)
    return n


@casework.function
def dies_once(context: casework.Context) -> int:
    """The attempt; the first one takes its whole process along."""
    if context.attempt == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return context.attempt
