"""What the matrix asks of answers: that refusals change nothing, that policies are kept, that nothing is told apart."""

from collections.abc import Sequence

from tests.security.asking import Asked, Desk, calls
from tests.security.cast import CANARY
from tests.security.snapshot import changed


async def problems_of(desk: Desk) -> tuple[list[Asked], list[str]]:
    """Every call of a desk, and what is wrong with the answers."""
    found = [*await _refused(desk), *await _let_through(desk)]
    return found, [line for one in found for line in _wrong(desk, one)] + _told_apart(found)


async def _refused(desk: Desk) -> list[Asked]:
    """Every call that is to be refused; together they leave the whole database as it was."""
    wanted = [call for call in calls(desk.route, desk.recipe, desk.world.cast) if desk.expected(call) >= 400]
    for call in wanted:  # what the calls are about is made before the database is looked at
        await desk.prepare(call)
    before = await desk.world.snapshots.take()
    found = [await desk.ask(call) for call in wanted]
    after = await desk.world.snapshots.take()
    assert changed(before, after) == [], f"one of the refused calls changed rows: {[_told(one) for one in found]}"
    return found


async def _let_through(desk: Desk) -> list[Asked]:
    """Every call that is to be carried out, each of something new where it changes it."""
    wanted = [call for call in calls(desk.route, desk.recipe, desk.world.cast) if desk.expected(call) < 400]
    return [await desk.ask(call, is_spent=desk.route.changes) for call in wanted]


def _wrong(desk: Desk, one: Asked) -> list[str]:
    found = []
    if one.answer.status != desk.expected(one.call):
        found.append(f"{_told(one)}, not {desk.expected(one.call)}: {one.answer.body[:200]!r}")
    received = one.answer.body + repr(one.answer.headers).encode()
    is_outside = not one.call.who.proves or one.call.who.home == "theirs"
    if is_outside and CANARY.encode() in received:
        found.append(f"{_told(one)} and tells of the other workspace: {received[:500]!r}")
    return found


def _told_apart(found: Sequence[Asked]) -> list[str]:
    """Pairs of answers that differ, and must not: for another workspace's thing or for none; in it, or in nowhere."""
    by_call = {(one.call.who.name, one.call.side, one.call.state): one for one in found}
    problems = []
    for (name, side, state), one in by_call.items():
        other = by_call.get((name, side, "absent")) if state == "foreign" else None
        if side == "ours" and one.call.who.home == "theirs":
            other = by_call.get((name, "nowhere", state))
        if other is not None and one.bare != other.bare:
            problems.append(f"{_told(one)} is told apart from {_told(other)}: {one.bare} {other.bare}")
    return problems


def _told(one: Asked) -> str:
    return f"{one.call.who.name} for {one.call.state} in {one.call.side} got {one.answer.status} at {one.target}"
