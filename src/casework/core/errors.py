"""What can go wrong, as nouns that know nothing of HTTP.

CaseworkError is the root of:
- Unauthenticated: who are you?
- Denied: you may not.
- NotFound: there is no such thing, or not for you.
- Conflict: not in the state it is in.
- PreconditionFailed: it changed since you read it.
- Invalid: the input is wrong; carries every problem at once.
- LimitExceeded: too much, or too often.
- Unavailable: not now; try again.
"""

import msgspec


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong with an input, and where.

    `path` is a JSON pointer from the input's root ("" is the root itself). `line` (from 1) is set where the input was
    text. `hint` says what to do.
    """

    path: str
    message: str
    line: int | None = None
    hint: str | None = None


class CaseworkError(Exception):
    """Something Casework refuses; its text is for the person who asked."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Unauthenticated(CaseworkError):
    """No valid credential came with the request."""


class Denied(CaseworkError):
    """The caller is known and may not do this."""


class NotFound(CaseworkError):
    """There is no such thing, or the caller may not know of it."""


class Conflict(CaseworkError):
    """The thing is not in a state that allows this."""


class PreconditionFailed(CaseworkError):
    """The thing changed since the caller read it."""


class Invalid(CaseworkError):
    """The input is wrong: every problem at once, nothing was changed."""

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems or (Problem(path="", message=message),)


class LimitExceeded(CaseworkError):
    """Too much at once, or too often; `retry_after` is in seconds where waiting helps."""

    def __init__(self, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(CaseworkError):
    """A part that is needed does not answer now; `retry_after` is in seconds."""

    def __init__(self, message: str, *, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after
