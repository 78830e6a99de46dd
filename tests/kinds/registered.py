"""A project's functions, as its own code registers them."""

import casework


@casework.function
def add(a: int, b: int = 0) -> int:
    """Add two numbers."""
    return a + b


@casework.functions.register(name="tests:double")
def double(n: int) -> int:
    return 2 * n


def late() -> None:
    """Registers more, when it is called."""
    casework.functions.register(name="tests:late")(_late)


def _late() -> str:
    return "late"
