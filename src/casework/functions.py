"""Functions that workflows call: registered here by whoever writes them, performed by workers.

    import casework

    @casework.function
    def score(income: int, debts: list[int]) -> float: ...

This module imports nothing but the language, so that a project's own code can import it for nothing.
"""

import difflib
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Protocol, TypeVar, overload
from uuid import UUID

Function = Callable[..., Any]
_F = TypeVar("_F", bound=Function)

ENTRY_POINTS: Final = "casework.functions"
"""The group of entry points whose modules register functions when they are loaded."""

NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]{0,199}")
"""What a definition can name."""

NEAR_MAX: Final = 3
"""Names like one that is not there: more help nobody."""


class Retry(Exception):
    """Raised by a function: this attempt failed, and another one may do better, after so many seconds at least.

    It counts against the task's `retry` as every failure does.
    """

    def __init__(self, message: str = "The function asked to be called again.", *, after: float = 0) -> None:
        super().__init__(message)
        self.message = message
        self.after = after


class Refuse(Exception):
    """Raised by a function: the step fails for good. code, message: what `error` is in the definition's `on_error`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Context(Protocol):
    """What a function knows of its call, where its first parameter is annotated so.

    key: the same at every attempt at the step, for systems that take an idempotency key. attempt: 1, 2, ...
    """

    @property
    def run_id(self) -> int:
        """The run."""
        ...

    @property
    def step_uuid(self) -> UUID:
        """The step."""
        ...

    @property
    def key(self) -> str:
        """The idempotency key of what is done outside."""
        ...

    @property
    def attempt(self) -> int:
        """Which attempt this is."""
        ...

    @property
    def is_over(self) -> bool:
        """Whether nobody waits for the result any more: a function in a thread should look, for nothing ends it."""
        ...

    def progress(self, **detail: Any) -> None:
        """Say how far it is, from any thread. Does not wait: of what is said in quick succession the last is kept."""
        ...


class Registry(Mapping[str, Function]):
    """Functions by name. pure: the names of those that were registered as such."""

    def __init__(self) -> None:
        self._functions: dict[str, Function] = {}
        self.pure: set[str] = set()

    def __getitem__(self, name: str) -> Function:
        return self._functions[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._functions)

    def __len__(self) -> int:
        return len(self._functions)

    def add(self, function: Function, name: str | None = None, *, pure: bool = False) -> None:
        """Register a function under a name, by default its own; pure: it may be called wherever a run is decided.

        Raises:
            TypeError: it takes a number of arguments that only its call tells, or is pure and async.
            ValueError: another one has the name, or a definition could not write it.

        """
        name = function.__name__ if name is None else name
        if not NAME.fullmatch(name):
            raise ValueError(
                f"A function's name has letters, digits and . : _ - only, a letter first; {name!r} is none."
            )
        if self._functions.get(name, function) is not function:
            raise ValueError(f"Two functions are called {name}: give one of them another name.")
        open_ended = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        if any(one.kind in open_ended for one in inspect.signature(function).parameters.values()):
            raise TypeError(f"{name} takes *args or **kwargs: its parameters must be known, to be checked.")
        if pure and inspect.iscoroutinefunction(function):
            raise TypeError(f"{name} is async, so that it waits for something: a pure function does not.")
        self._functions[name] = function
        if pure:
            self.pure.add(name)

    def near(self, name: str) -> list[str]:
        """The names that somebody may have meant."""
        return difflib.get_close_matches(name, self._functions, n=NEAR_MAX)


registry: Final = Registry()
"""What this process has registered."""


@overload
def register(function: _F) -> _F: ...
@overload
def register(*, name: str | None = None, pure: bool = False) -> Callable[[_F], _F]: ...


def register(function: _F | None = None, *, name: str | None = None, pure: bool = False) -> _F | Callable[[_F], _F]:
    """Register a function, sync or async, for tasks of the kind `function`; stays callable as it was.

    Its type hints are the schema of its arguments and of the step's output. pure: what it gives depends on its
    arguments alone, it changes nothing, and takes a few milliseconds at most; then a step is done in the very commit
    that reaches it. Errors as `Registry.add`.
    """

    def decorate(decorated: _F) -> _F:
        registry.add(decorated, name, pure=pure)
        return decorated

    return decorate if function is None else decorate(function)
