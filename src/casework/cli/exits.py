"""How a command ends: the exit codes, and which error ends in which."""

from typing import Final

from casework.core.errors import CaseworkError, Invalid, LimitExceeded, Unavailable

OK: Final = 0
"""Done."""

WRONG: Final = 1
"""The input, or what was checked, is wrong."""

USAGE: Final = 2
"""The command was not given as it must be."""

UNREACHABLE: Final = 3
"""The server or the database cannot be reached or started."""

REFUSED: Final = 4
"""The server refused: there is no such thing, it is in another state, or the key may not."""

BROKEN: Final = 70
"""Casework itself broke: a mistake of ours."""

INTERRUPTED: Final = 130
"""Ctrl-C, where a command does not end that way by itself."""

MEANINGS: Final = {
    OK: "done",
    WRONG: "the input, or what was checked, is wrong",
    USAGE: "the command was not given as it must be",
    UNREACHABLE: "the server or the database cannot be reached or started",
    REFUSED: "refused: no such thing, not in the state it is in, or not allowed",
    BROKEN: "Casework itself broke: a mistake of ours",
    INTERRUPTED: "interrupted with Ctrl-C",
}

_INPUT: Final = frozenset({400, 413, 415, 422})
_BUSY: Final = frozenset({429})
_SERVER: Final = 500


class Wrong(CaseworkError):
    """What the user gave, or what was checked, is wrong."""


class Misused(CaseworkError):
    """The command lacks something that only its user can give."""


class NotStarted(CaseworkError):
    """A part that the command needs could not be started."""


def code_of(error: Exception) -> int:
    """The exit code for an error; BROKEN for one that nobody expected."""
    from casework.client import ApiError, Unreachable

    match error:
        case ApiError(status=status):
            return _code_of_status(status)
        case Unreachable() | Unavailable() | LimitExceeded() | NotStarted():
            return UNREACHABLE
        case Misused():
            return USAGE
        case Wrong() | Invalid():
            return WRONG
        case CaseworkError():
            return REFUSED
    return BROKEN


def _code_of_status(status: int) -> int:
    if status in _INPUT:
        return WRONG
    if status >= _SERVER or status in _BUSY:
        return UNREACHABLE
    return REFUSED
