"""Nobody gives, changes or takes more than they hold."""

from collections.abc import Iterable

from casework.core.errors import Denied, Invalid, Problem
from casework.core.permission import SCOPES, Grant, implied


def refuse_unknown(scopes: Iterable[str]) -> None:
    """Invalid where one of them is no scope; every one that is not is named."""
    problems = tuple(
        Problem(path=f"/scopes/{index}", message=f"{scope} is not a scope.")
        for index, scope in enumerate(scopes)
        if scope not in SCOPES
    )
    if problems:
        raise Invalid(" ".join(f"scopes: {problem.message}" for problem in problems), problems)


def refuse_beyond(grant: Grant, scopes: Iterable[str]) -> None:
    """Denied where the caller lacks one of the scopes, or one that they imply."""
    lacking = sorted(implied(frozenset(scopes)) - grant.principal.scopes)
    if lacking:
        raise Denied(f"This needs scopes that you do not hold yourself: {', '.join(lacking)}.")
