"""What can go wrong with a request to somewhere else; `code` is what is kept and shown, the message is for people.

EgressError is the root of:
- Unsendable (invalid): it is no http(s) address that could be called, or no request that could be sent.
- Blocked (blocked): the address, or one that its name stands for, must not be called from here.
- Unreachable (unreachable): no such name, nobody answers there, or the connection broke.
- NotTrusted (tls): the other end does not prove who it is.
- TimedOut (timeout): it took too long, however much had come by then.
- TooLarge (too_large): the answer is longer than is taken.
- Malformed (malformed): what answers does not speak HTTP, or packs its answer in a way that is not known.
"""

from typing import ClassVar


class EgressError(Exception):
    """A request to somewhere else did not succeed."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Unsendable(EgressError):
    """It is no http(s) address that could be called, or no request that could be sent."""

    code = "invalid"


class Blocked(EgressError):
    """The address, or one that its name stands for, must not be called from here."""

    code = "blocked"


class Unreachable(EgressError):
    """There is no such name, nobody answers there, or the connection broke."""

    code = "unreachable"


class NotTrusted(EgressError):
    """The other end does not prove who it is."""

    code = "tls"


class TimedOut(EgressError):
    """It took too long, however much had come by then."""

    code = "timeout"


class TooLarge(EgressError):
    """The answer is longer than is taken."""

    code = "too_large"


class Malformed(EgressError):
    """What answers does not speak HTTP, or packs its answer in a way that is not known."""

    code = "malformed"
