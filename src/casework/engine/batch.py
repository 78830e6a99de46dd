"""One commit: the orders that waited, decided over the runs that they name."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import msgspec

from casework.core.calendar import DEFAULT
from casework.core.claim import AlreadyClaimed, Claim
from casework.core.command import Assign, Command, Process, Report, Retry, Start, StepCommand, Take
from casework.core.decide import Decision, Refusal, decide, interrupt
from casework.core.definition import Json
from casework.core.errors import CaseworkError, Conflict, Invalid, NotFound, PreconditionFailed, Problem
from casework.core.run import Run
from casework.core.run_context import named
from casework.engine.announcing import tell_chat, tell_run
from casework.engine.catalog import Catalog, Edition
from casework.engine.crowd import Crowd, Person, bounded_person
from casework.engine.handover import Handover
from casework.engine.ledger import Held, Ledger
from casework.engine.live import Hub
from casework.engine.loading import as_run, new_run
from casework.engine.order import NewRun, Order, Outcome
from casework.store import calendars, context, definitions, idempotency, run_chats, runs, signals
from casework.store.database import Connection


class Pending(msgspec.Struct, kw_only=True):
    """An order that waits for its commit, and the future of whoever waits for the answer."""

    order: Order | NewRun
    answer: "asyncio.Future[Outcome]"
    run_id: int = 0
    result: Outcome | Exception | None = None


class Batch:
    """Carries out pending orders on a connection in a transaction; who calls it commits, then answers."""

    def __init__(self, connection: Connection, catalog: Catalog, now: datetime, handover: Handover) -> None:
        self._connection = connection
        self._catalog = catalog
        self._now = now
        self._handover = handover
        self._held: dict[int, Held] = {}
        self._busy: dict[tuple[int, int], int] = {}
        self._crowd = Crowd()
        self._ledger = Ledger()
        self._opened_chats: dict[int, int] = {}
        self._failed: dict[int, Run] = {}
        self._retries: dict[int, int] = {}
        self._free: set[int] = set()
        self._aims: dict[int, list[Edition]] = {}

    @property
    def stirs(self) -> bool:
        """Whether there is something to hand out now, or somebody to hand it to, that there was not before."""
        return self._crowd.stirs

    async def carry_out(self, waiting: Sequence[Pending]) -> None:
        """Decide every order in turn, and write what follows; each pending one then has its result."""
        await self._claim(waiting)
        await self._make([one for one in waiting if one.result is None and isinstance(one.order, NewRun)])
        await self._load([one for one in waiting if one.result is None and isinstance(one.order, Order)])
        await self._lock_signals([one.order.command for one in waiting if isinstance(one.order, Order)])
        for one in waiting:
            if one.result is None:
                self._carry_out_one(one)
        await self._ledger.write(self._connection, list(self._held.values()), self._now)
        await self._crowd.write(self._connection, self._now)
        refused = [one.order.claim.scope for one in waiting if one.order.claim and _is_refused(one)]
        await idempotency.release(self._connection, refused)
        kept = self._held.keys()
        await run_chats.drop_chats(
            self._connection, [chat_id for run_id, chat_id in self._opened_chats.items() if run_id not in kept]
        )

    def announce(self, hub: Hub) -> None:
        """Tell what was changed and what was said, once it is committed."""
        for held in self._held.values():
            if held.is_changed:
                tell_run(hub, held.edition.workspace_id, held.edition.workflow_id, held.chat_id, held.run)
        for said in self._ledger.said:
            tell_chat(hub, said.workspace_id, said.message.chat_id, said.member_ids)

    # Before deciding

    async def _claim(self, waiting: Sequence[Pending]) -> None:
        """Give new runs their ids, and record every claim before anything is done for it."""
        made = [one for one in waiting if isinstance(one.order, NewRun)]
        if made:
            for one, run_id in zip(made, await runs.new_ids(self._connection, len(made)), strict=True):
                one.run_id = run_id
        claims: dict[bytes, tuple[Claim, Json]] = {}
        for one in waiting:
            claim = one.order.claim
            if claim is None:
                continue
            if claim.scope in claims:
                one.result = AlreadyClaimed()
            else:
                claims[claim.scope] = (claim, _reference(one))
        free = await idempotency.claim_all(self._connection, list(claims.values()), self._now)
        for one in waiting:
            if one.order.claim is not None and one.order.claim.scope not in free:
                one.result = AlreadyClaimed()

    async def _make(self, waiting: Sequence[Pending]) -> None:
        """Hold a run for each order that makes one."""
        orders = {one.run_id: one.order for one in waiting if isinstance(one.order, NewRun)}
        if not orders:
            return
        newest = await definitions.newest(self._connection, list({order.workflow_id for order in orders.values()}))
        numbers = {
            run_id: order.version_number or newest[order.workflow_id].number
            for run_id, order in orders.items()
            if order.workflow_id in newest
        }
        editions = await self._catalog.load(
            self._connection, {(orders[run_id].workflow_id, number) for run_id, number in numbers.items()}
        )
        for one in waiting:
            order = orders[one.run_id]
            edition = editions.get((order.workflow_id, numbers.get(one.run_id, 0)))
            problem = _unusable(order, newest.get(order.workflow_id), edition)
            if problem is not None:
                one.result = problem
            elif edition is not None:
                held = new_run(one.run_id, order, edition, self._now)
                held.is_limited = newest[order.workflow_id].is_limited
                self._held[one.run_id] = held
        await self._open_chats({run_id: order for run_id, order in orders.items() if run_id in self._held})
        await self._add_context([run_id for run_id in orders if run_id in self._held])
        await self._load_retried([order for order in orders.values() if order.retry_of is not None])

    async def _load_retried(self, orders: Sequence[NewRun]) -> None:
        """The failed runs that others retry: not locked, because what has ended does not change any more."""
        for workspace_id in {order.workspace_id for order in orders}:
            wanted = [order.retry_of or 0 for order in orders if order.workspace_id == workspace_id]
            rows = await runs.read(self._connection, workspace_id, wanted)
            editions = await self._catalog.load(
                self._connection, {(row.workflow_id, row.version_number) for row in rows}
            )
            steps = await runs.steps_to_retry(self._connection, [row.id for row in rows])
            for row in rows:
                edition = editions[row.workflow_id, row.version_number]
                self._failed[row.id] = as_run(row, edition, steps[row.id])
            self._retries |= await runs.retries(self._connection, workspace_id, wanted)

    async def _open_chats(self, orders: dict[int, NewRun]) -> None:
        wanted = {run_id: order for run_id, order in orders.items() if order.opens_chat and order.member_id}
        rows = [
            (order.uuid, order.workspace_id, order.member_id or 0, order.title, self._now) for order in wanted.values()
        ]
        made = await run_chats.open_chats(self._connection, rows)
        for run_id, order in orders.items():
            self._held[run_id].fixed["chat_id"] = made.get(order.uuid, order.chat_id)
            if order.uuid in made:
                self._opened_chats[run_id] = made[order.uuid]

    async def _load(self, waiting: Sequence[Pending]) -> None:
        """Lock people, then runs, each in order of id; load what deciding needs."""
        wanted: set[int] = set()
        people: set[Person] = set()
        bounded: set[Person] = set()
        for one in waiting:
            if isinstance(one.order, Order):
                wanted.add(one.order.run_id)
                account_id = _begins_work(one.order)
                if account_id is not None:
                    people.add((one.order.workspace_id, account_id))
                who = bounded_person(one.order)
                if who is not None:
                    bounded.add(who)
        self._aims = _aims(waiting)
        if people or bounded:
            busy = await runs.lock_people(self._connection, sorted(people | bounded))
            self._busy = {person: run_id for person, run_id in busy.items() if person in people}
            wanted.update(self._busy.values())
            await self._crowd.load(self._connection, bounded)
        rows = await runs.lock(self._connection, list(wanted)) if wanted else []
        if not rows:
            return
        editions = await self._catalog.load(self._connection, {(row.workflow_id, row.version_number) for row in rows})
        steps = await runs.steps_of(self._connection, [row.id for row in rows if row.id not in self._aims])
        steps |= await runs.every_step_of(self._connection, [row.id for row in rows if row.id in self._aims])
        for row in rows:
            edition = editions[row.workflow_id, row.version_number]
            run = as_run(row, edition, [step for _, step in steps[row.id]])
            stored = {step.number: (step_id, step) for step_id, step in steps[row.id]}
            self._held[row.id] = Held(run=run, edition=edition, row=row, stored=stored, is_limited=row.is_limited)
        await self._add_context([row.id for row in rows])

    async def _lock_signals(self, commands: Sequence[Command]) -> None:
        """Lock the events that are to be taken; after the runs, as everybody does."""
        wanted = {command.signal for command in commands if isinstance(command, Take)}
        if wanted:
            self._free = await signals.lock(self._connection, list(wanted), self._now)

    async def _add_context(self, run_ids: Sequence[int]) -> None:
        """What expressions see beside the run, as far as its version names it."""
        by_names: dict[tuple[int, frozenset[str]], list[int]] = {}
        for run_id in run_ids:
            edition = self._held[run_id].edition
            names = named(edition.version.names.union(*(aim.version.names for aim in self._aims.get(run_id, ()))))
            if names:
                by_names.setdefault((edition.workspace_id, names), []).append(run_id)
        for (workspace_id, names), ids in by_names.items():
            places = {run_id: _place(self._held[run_id]) for run_id in ids}
            found = await context.load(self._connection, workspace_id, places, names)
            for run_id in ids:
                held = self._held[run_id]
                held.run = msgspec.structs.replace(held.run, context=found[run_id])
        await self._add_calendars([self._held[run_id] for run_id in run_ids])

    async def _add_calendars(self, held: Sequence[Held]) -> None:
        """Each workspace's business hours, as far as a version needs them."""
        wanted = [
            one
            for one in held
            if any(edition.version.needs_calendar for edition in (one.edition, *self._aims.get(one.run.id, ())))
        ]
        if not wanted:
            return
        found = await calendars.load(self._connection, {one.edition.workspace_id for one in wanted})
        for one in wanted:
            calendar = found.get(one.edition.workspace_id, DEFAULT)
            one.run = msgspec.structs.replace(one.run, calendar=calendar)

    # Deciding

    def _carry_out_one(self, one: Pending) -> None:
        self._decide(one)
        if isinstance(one.order, NewRun) and isinstance(one.result, Exception):
            self._held.pop(one.run_id, None)

    def _decide(self, one: Pending) -> None:
        order = one.order
        command = self._first(order) if isinstance(order, NewRun) else order.command
        held = self._held.get(one.run_id if isinstance(order, NewRun) else order.run_id)
        if held is None or not _is_place_of(order, held.edition):
            one.result = NotFound("There is no such run.")
            return
        one.result = _stale(held.run, order) or self._missed(command)
        if one.result is not None:
            return
        if isinstance(order, Order):
            command = _one_by_one(self._crowd.informed(order), held)
        worker, hands = (None, None) if held.is_limited or _goes_on(command) else self._handover.offer()
        decided = decide(held.run, command, order.actor, self._now, hands)
        if isinstance(decided, Refusal):
            one.result = decided.error
            return
        if decided.events:
            self._accept(held, decided, command, order)
        one.result = outcome = _outcome(held, decided)
        if worker is not None and decided.taken is not None:
            self._handover.give(worker, order.workspace_id, outcome)

    def _accept(self, held: Held, decided: Decision, command: Command, order: Order | NewRun) -> None:
        self._crowd.follow(order, held.run, decided.run)
        if isinstance(order, Order) and order.edition is not None:
            self._ledger.move(held, decided.run, command, order.edition)
        self._ledger.accept(held, decided, order.actor)
        self._take(held, command)
        self._note_retry(command, decided.run)
        self._interrupt(held, decided.interrupts, order)

    def _first(self, order: NewRun) -> Command:
        if order.retry_of is None:
            return Start(task=order.start_task)
        return Retry(failed=self._failed[order.retry_of])

    def _missed(self, command: Command) -> CaseworkError | None:
        if isinstance(command, Take) and command.signal not in self._free:
            return Conflict("The event was taken already, or its time is over.")
        if isinstance(command, Retry) and command.failed.id in self._retries:
            return Conflict(f"It was retried already, as run {self._retries[command.failed.id]}.")
        return None

    def _note_retry(self, command: Command, run: Run) -> None:
        if isinstance(command, Retry):
            self._retries[command.failed.id] = run.id

    def _take(self, held: Held, command: Command) -> None:
        if isinstance(command, Take):
            self._free.remove(command.signal)
            self._ledger.take(command.signal, held, command.step)

    def _interrupt(self, held: Held, account_id: int | None, order: Order | NewRun) -> None:
        """Whoever began here stops elsewhere: a person's hands are on one thing only."""
        if account_id is None:
            return
        person = (order.workspace_id, account_id)
        other = self._held.get(self._busy.get(person, 0))
        self._busy[person] = held.run.id
        if other is None or other.run.id == held.run.id:
            return
        decided = interrupt(other.run, account_id, order.actor, self._now)
        if decided.events:
            self._ledger.accept(other, decided, order.actor)


def _place(held: Held) -> context.Place:
    return context.Place(
        member_id=held.run.member_id,
        chat_id=held.chat_id,
        workflow_id=held.edition.workflow_id,
        version_number=held.edition.number,
    )


def _unusable(order: NewRun, newest: definitions.Newest | None, edition: Edition | None) -> CaseworkError | None:
    """Why no run can be made of that workflow, version and task."""
    if newest is None or newest.workspace_id != order.workspace_id:
        return NotFound("There is no such workflow.")
    if newest.is_archived:
        return Conflict(f"The workflow {newest.name} is archived and takes no new cases.")
    if edition is None:
        message = f"The workflow {newest.name} has no version {order.version_number}; its newest is {newest.number}."
        return Invalid(message, (Problem(path="/workflowVersionNumber", message=message),))
    if order.start_task is not None and order.start_task not in {task.key for task in edition.version.definition.tasks}:
        message = f"Version {edition.number} of {newest.name} has no task {order.start_task}."
        return Invalid(message, (Problem(path="/taskId", message=message),))
    return None


def _stale(run: Run, order: Order | NewRun) -> CaseworkError | None:
    """PreconditionFailed where the caller has seen another revision of what the command is about."""
    if isinstance(order, NewRun) or order.expected_revision is None:
        return None
    revision = run.revision
    if isinstance(order.command, StepCommand):
        revision = next((step.revision for step in run.steps if step.number == order.command.step), 0)
    if revision == order.expected_revision:
        return None
    return PreconditionFailed("It was changed since you read it: read it again, then decide.")


def _aims(waiting: Sequence[Pending]) -> dict[int, list[Edition]]:
    """The versions that runs are to go on by."""
    found: dict[int, list[Edition]] = {}
    for one in waiting:
        if isinstance(one.order, Order) and one.order.edition is not None:
            found.setdefault(one.order.run_id, []).append(one.order.edition)
    return found


def _is_place_of(order: Order | NewRun, edition: Edition) -> bool:
    """Whether the run is of the order's workspace, and of the workflow whose version it is to go on by."""
    if edition.workspace_id != order.workspace_id:
        return False
    aim = order.edition if isinstance(order, Order) else None
    return aim is None or aim.workflow_id == edition.workflow_id


def _outcome(held: Held, decided: Decision) -> Outcome:
    return Outcome(
        run=decided.run,
        workflow_id=held.edition.workflow_id,
        chat_id=held.chat_id,
        taken=decided.taken,
        is_limited=held.is_limited,
    )


def _goes_on(command: Command) -> bool:
    """Whether who reports takes along what follows."""
    return isinstance(command, Report) and command.worker is not None


def _one_by_one(command: Command, held: Held) -> Command:
    """The command; where something is limited nobody goes on with what follows a report: it waits for its turn."""
    if isinstance(command, Report) and held.is_limited:
        return msgspec.structs.replace(command, worker=None)
    return command


def _begins_work(order: Order) -> int | None:
    """The account whose work period the command would open."""
    command: Command = order.command
    if isinstance(command, Process):
        return order.actor.account_id
    if isinstance(command, Assign) and command.start_working:
        return command.assignee.account_id
    return None


def _reference(one: Pending) -> Json:
    return {"id": one.run_id} if isinstance(one.order, NewRun) else one.order.reference


def _is_refused(one: Pending) -> bool:
    return isinstance(one.result, Exception) and not isinstance(one.result, AlreadyClaimed)
