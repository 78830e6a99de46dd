"""One commit: the orders that waited, decided over the runs that they name."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from casework.core.claim import AlreadyClaimed, Claim
from casework.core.command import Command, Report, Retry, Start, StepCommand, Take
from casework.core.decide import decide, interrupt
from casework.core.decision import Decision, Refusal
from casework.core.definition import Json
from casework.core.errors import CaseworkError, Conflict, NotFound, PreconditionFailed
from casework.core.run import Run
from casework.core.work import Calculator
from casework.engine.announcing import tell_chat, tell_run
from casework.engine.catalog import Catalog, Edition
from casework.engine.crowd import Crowd
from casework.engine.handover import Handover
from casework.engine.held import Held
from casework.engine.holdings import Holdings
from casework.engine.ledger import Ledger
from casework.engine.live import Hub
from casework.engine.order import NewRun, Order, Outcome, Pending
from casework.store import idempotency, run_chats, runs, signals
from casework.store.database import Connection


class Batch:
    """Carries out pending orders on a connection in a transaction; who calls it commits, then answers."""

    def __init__(
        self,
        connection: Connection,
        catalog: Catalog,
        now: datetime,
        handover: Handover,
        calculator: Calculator | None = None,
    ) -> None:
        self._connection = connection
        self._now = now
        self._handover = handover
        self._calculator = calculator
        self._holdings = Holdings(connection, catalog, now)
        self._crowd = Crowd()
        self._ledger = Ledger()
        self._free: set[int] = set()

    @property
    def stirs(self) -> bool:
        """Whether there is something to hand out now, or somebody to hand it to, that there was not before."""
        return self._crowd.stirs

    async def carry_out(self, waiting: Sequence[Pending]) -> None:
        """Decide every order in turn, and write what follows; each pending one then has its result."""
        await self._claim(waiting)
        await self._holdings.make([one for one in waiting if one.result is None and isinstance(one.order, NewRun)])
        orders = [one.order for one in waiting if one.result is None and isinstance(one.order, Order)]
        await self._holdings.load(orders)
        await self._crowd.load(self._connection, self._holdings.bounded)
        await self._lock_signals([one.order.command for one in waiting if isinstance(one.order, Order)])
        for one in waiting:
            if one.result is None:
                self._carry_out_one(one)
        await self._ledger.write(self._connection, list(self._holdings.runs.values()), self._now)
        await self._crowd.write(self._connection, self._now)
        refused = [one.order.claim.scope for one in waiting if one.order.claim and _is_refused(one)]
        await idempotency.release(self._connection, refused)
        await run_chats.drop_chats(self._connection, self._holdings.idle_chats())

    def announce(self, hub: Hub) -> None:
        """Tell what was changed and what was said, once it is committed."""
        for held in self._holdings.runs.values():
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

    async def _lock_signals(self, commands: Sequence[Command]) -> None:
        """Lock the events that are to be taken; after the runs, as everybody does."""
        wanted = {command.signal for command in commands if isinstance(command, Take)}
        if wanted:
            self._free = await signals.lock(self._connection, list(wanted), self._now)

    # Deciding

    def _carry_out_one(self, one: Pending) -> None:
        self._decide(one)
        if isinstance(one.order, NewRun) and isinstance(one.result, Exception):
            self._holdings.runs.pop(one.run_id, None)

    def _decide(self, one: Pending) -> None:
        order = one.order
        command = self._first(order) if isinstance(order, NewRun) else order.command
        held = self._holdings.runs.get(one.run_id if isinstance(order, NewRun) else order.run_id)
        if held is None or not _is_place_of(order, held.edition):
            one.result = NotFound("There is no such run.")
            return
        one.result = _stale(held.run, order) or self._missed(command)
        if one.result is not None:
            return
        if isinstance(order, Order):
            command = _one_by_one(self._crowd.informed(order), held)
        worker, hands = (None, None) if held.is_limited or _goes_on(command) else self._handover.offer()
        calculator = None if held.is_limited else self._calculator
        decided = decide(held.run, command, order.actor, self._now, hands, calculator)
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
        return Retry(failed=self._holdings.failed[order.retry_of])

    def _missed(self, command: Command) -> CaseworkError | None:
        if isinstance(command, Take) and command.signal not in self._free:
            return Conflict("The event was taken already, or its time is over.")
        if isinstance(command, Retry) and command.failed.id in self._holdings.retries:
            return Conflict(f"It was retried already, as run {self._holdings.retries[command.failed.id]}.")
        return None

    def _note_retry(self, command: Command, run: Run) -> None:
        if isinstance(command, Retry):
            self._holdings.retries[command.failed.id] = run.id

    def _take(self, held: Held, command: Command) -> None:
        if isinstance(command, Take):
            self._free.remove(command.signal)
            self._ledger.take(command.signal, held, command.step)

    def _interrupt(self, held: Held, account_id: int | None, order: Order | NewRun) -> None:
        """Whoever began here stops elsewhere: a person's hands are on one thing only."""
        if account_id is None:
            return
        person = (order.workspace_id, account_id)
        other = self._holdings.runs.get(self._holdings.busy.get(person, 0))
        self._holdings.busy[person] = held.run.id
        if other is None or other.run.id == held.run.id:
            return
        decided = interrupt(other.run, account_id, order.actor, self._now)
        if decided.events:
            self._ledger.accept(other, decided, order.actor)


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


def _reference(one: Pending) -> Json:
    return {"id": one.run_id} if isinstance(one.order, NewRun) else one.order.reference


def _is_refused(one: Pending) -> bool:
    return isinstance(one.result, Exception) and not isinstance(one.result, AlreadyClaimed)
