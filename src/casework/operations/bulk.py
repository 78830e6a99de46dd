"""Runs in bulk: thousands of items at once, each made once by its external id, in the engine's large commits."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal

import msgspec

from casework.core.claim import Claim
from casework.core.errors import CaseworkError, Conflict, Invalid, LimitExceeded, Problem, Unavailable
from casework.core.permission import Grant
from casework.engine.catalog import Edition
from casework.engine.order import BULK, NewRun, Outcome
from casework.entropy import new_uuid
from casework.operations import once
from casework.operations.origin import ran_by
from casework.operations.services import Services
from casework.operations.triggers import WRITE, newest, started, summary
from casework.store import grants
from casework.store.database import Connection

ITEMS_MAX: Final = 10_000
"""Items of one request: some seconds of the engine's work, and an answer of a megabyte."""

WAITING_ITEMS_MAX: Final = 2_000
"""Items that wait for the engine at once: eight commits' worth, so that others' orders are not refused for them."""

PROBLEMS_MAX: Final = 100
"""Problems that are told of one request, or of one item."""

Mode = Literal["all", "partial"]
Status = Literal["created", "existing", "refused"]


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A run that is asked for, and the line (or place, from 1) that it stands in. member_id: None is the caller's."""

    line: int
    external_id: str
    input: dict[str, Any]
    title: str = ""
    member_id: int | None = None
    priority: int | None = None
    due_at: datetime | None = None


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an item. run_id: of the run that was made now, or was there; problems: why there is none."""

    line: int
    external_id: str | None
    status: Status
    run_id: int | None = None
    problems: tuple[Problem, ...] = ()


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A request: the items that could be read, and those that could not. mode: whether one bad item spoils all."""

    items: Sequence[Item]
    refused: Sequence[Result]
    mode: Mode


async def bring_in(
    services: Services, grant: Grant, workflow_id: int, wanted: Wanted, claim: Claim | None
) -> list[dict[str, Any]]:
    """Make the runs that are not there yet; gives every item's Result in order of lines, as JSON values.

    All items are checked before the first run is made. Then runs are made in batches: where the server stops in
    between, the same request makes the rest, for it finds those that are there by their external ids.

    Raises:
        NotFound: there is no such workflow, or it is archived.
        Denied: without use on it; for another member without assignments:write.
        Invalid: with mode "all", an item is wrong; every problem, up to PROBLEMS_MAX, with its line.
        LimitExceeded, Unavailable: the server is too busy, or stops; the request may be sent again.

    """
    async with services.database.read() as connection:
        edition = await newest(services, connection, grant, workflow_id)
        known_members = await _known_members(connection, grant, wanted.items)
    ids = [item.external_id for item in wanted.items]
    existing = await started(services, grant.workspace_id, workflow_id, ids)
    found = await asyncio.to_thread(_checked, wanted.items, edition, existing.keys(), known_members)
    refused = {one.line: one for one in (*wanted.refused, *found)}
    if refused and wanted.mode == "all":
        raise _refusal(refused)
    made = await _make(
        services, grant, workflow_id, [item for item in wanted.items if item.line not in refused], existing
    )
    results = [one for _, one in sorted((refused | made).items())]
    reference: list[dict[str, Any]] = msgspec.to_builtins(results)
    if claim is not None:
        now = services.clock.now()
        async with services.database.write() as connection:
            await once.begin(connection, claim, now)
            await once.finish(connection, claim, reference)
    return reference


async def _known_members(connection: Connection, grant: Grant, items: Sequence[Item]) -> set[int]:
    asked = {item.member_id for item in items if item.member_id is not None}
    if any(not grant.is_own(member_id) for member_id in asked):
        grant.require(WRITE)
    return await grants.known_members(connection, grant, sorted(asked)) if asked else set()


def _checked(items: Sequence[Item], edition: Edition, existing: Any, known_members: set[int]) -> list[Result]:
    """What is wrong with items of which there is no run yet."""
    found: list[Result] = []
    lines: dict[str, int] = {}
    for item in items:
        first = lines.setdefault(item.external_id, item.line)
        problems: list[Problem] = []
        if first != item.line:
            problems.append(Problem(path="/externalId", message=f"stands in line {first} already."))
        elif item.external_id not in existing:
            if item.member_id is not None and item.member_id not in known_members:
                problems.append(Problem(path="/memberId", message="there is no such member."))
            problems += (
                msgspec.structs.replace(one, path=f"/input{one.path}")
                for one in edition.version.input_problems(item.input)
            )
        if problems:
            found.append(refused(item.line, item.external_id, problems))
    return found


def refused(line: int, external_id: str | None, problems: Sequence[Problem]) -> Result:
    """An item that is not made, and everything that is wrong with it."""
    told = tuple(msgspec.structs.replace(one, line=line) for one in problems[:PROBLEMS_MAX])
    return Result(line=line, external_id=external_id, status="refused", problems=told)


def _refusal(found: dict[int, Result]) -> Invalid:
    problems = tuple(problem for _, one in sorted(found.items()) for problem in one.problems)[:PROBLEMS_MAX]
    lines = f"{len(found):,} lines are" if len(found) > 1 else "One line is"
    first = problems[0]
    return Invalid(
        f"{lines} wrong, and nothing was made; line {first.line}: {summary('', (first,)) or first.message}", problems
    )


async def _make(
    services: Services, grant: Grant, workflow_id: int, items: Sequence[Item], existing: dict[str, int]
) -> dict[int, Result]:
    """The results of items that are right, by line."""
    results: dict[int, Result] = {}
    new = []
    for item in items:
        if item.external_id in existing:
            results[item.line] = _there(item, existing[item.external_id])
        else:
            new.append(item)
    for begin in range(0, len(new), WAITING_ITEMS_MAX):
        batch = new[begin : begin + WAITING_ITEMS_MAX]
        orders = [services.engine.create(_order(services, grant, workflow_id, item)) for item in batch]
        answers = await asyncio.gather(*orders, return_exceptions=True)
        results |= await _settled(services, grant, workflow_id, batch, answers)
    return results


async def _settled(
    services: Services,
    grant: Grant,
    workflow_id: int,
    batch: Sequence[Item],
    answers: Sequence[Outcome | BaseException],
) -> dict[int, Result]:
    results: dict[int, Result] = {}
    raced: list[tuple[Item, Conflict]] = []
    for item, answer in zip(batch, answers, strict=True):
        match answer:
            case Outcome(run=run):
                results[item.line] = Result(
                    line=item.line, external_id=item.external_id, status="created", run_id=run.id
                )
            case Conflict():
                raced.append((item, answer))
            case Unavailable() | LimitExceeded():
                raise answer
            case CaseworkError():
                problems = (
                    answer.problems if isinstance(answer, Invalid) else (Problem(path="", message=answer.message),)
                )
                results[item.line] = refused(item.line, item.external_id, problems)
            case _:
                raise answer
    if raced:  # another request made it meanwhile; or the workflow was archived
        there = await started(services, grant.workspace_id, workflow_id, [item.external_id for item, _ in raced])
        for item, error in raced:
            results[item.line] = (
                _there(item, there[item.external_id])
                if item.external_id in there
                else refused(item.line, item.external_id, [Problem(path="", message=error.message)])
            )
    return results


def _there(item: Item, run_id: int) -> Result:
    return Result(line=item.line, external_id=item.external_id, status="existing", run_id=run_id)


def _order(services: Services, grant: Grant, workflow_id: int, item: Item) -> NewRun:
    return NewRun(
        uuid=new_uuid(services.clock.now()),
        workspace_id=grant.workspace_id,
        workflow_id=workflow_id,
        actor=grant.actor(),
        member_id=item.member_id or grant.principal.member_id,
        title=item.title,
        input=item.input,
        priority=item.priority,
        due_at=item.due_at,
        run_type=BULK,
        **ran_by(grant.principal),
        external_id=item.external_id,
    )
