"""What a batch holds: its runs, locked or new, with all that deciding over them needs."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from casework.core.calendar import DEFAULT
from casework.core.command import Assign, Command, Process
from casework.core.errors import CaseworkError, Conflict, Invalid, NotFound, Problem
from casework.core.run import Run
from casework.core.run_context import named
from casework.engine.catalog import Catalog, Edition
from casework.engine.crowd import Person, bounded_person
from casework.engine.held import Held
from casework.engine.loading import as_run, new_run
from casework.engine.order import NewRun, Order, Pending
from casework.engine.sealing import open_run, open_step, opened
from casework.store import calendars, context, definitions, run_chats, runs
from casework.store.database import Connection


class Holdings:
    """The runs that a batch decides over.

    runs: by id. failed: those that others retry. retries: by failed run, the run that retried it before. busy: by
    person who is to begin here, the run on which their hands are. bounded: people who may be given so much and no more;
    their locks are held.
    """

    def __init__(self, connection: Connection, catalog: Catalog, now: datetime) -> None:
        self._connection = connection
        self._catalog = catalog
        self._now = now
        self._aims: dict[int, list[Edition]] = {}
        self.busy: dict[Person, int] = {}
        self.bounded: set[Person] = set()
        self.runs: dict[int, Held] = {}
        self.failed: dict[int, Run] = {}
        self.retries: dict[int, int] = {}
        self._opened_chats: dict[int, int] = {}

    async def make(self, waiting: Sequence[Pending]) -> None:
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
                self.runs[one.run_id] = held
        await self._open_chats({run_id: order for run_id, order in orders.items() if run_id in self.runs})
        await self._add_context([run_id for run_id in orders if run_id in self.runs])
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
            values = await opened(self._connection, rows, editions)
            for row in rows:
                edition = editions[row.workflow_id, row.version_number]
                own = [open_step(row.id, step, values) for step in steps[row.id]]
                self.failed[row.id] = as_run(open_run(row, values), edition, own)
            self.retries |= await runs.retries(self._connection, workspace_id, wanted)

    async def _open_chats(self, orders: dict[int, NewRun]) -> None:
        wanted = {run_id: order for run_id, order in orders.items() if order.opens_chat and order.member_id}
        rows = [
            (order.uuid, order.workspace_id, order.member_id or 0, order.title, self._now) for order in wanted.values()
        ]
        made = await run_chats.open_chats(self._connection, rows)
        for run_id, order in orders.items():
            self.runs[run_id].fixed["chat_id"] = made.get(order.uuid, order.chat_id)
            if order.uuid in made:
                self._opened_chats[run_id] = made[order.uuid]

    async def load(self, orders: Sequence[Order]) -> None:
        """Lock people, then runs, each in order of id; load what deciding needs."""
        wanted = {order.run_id for order in orders}
        self._aims = _aims(orders)
        self.bounded = {who for who in map(bounded_person, orders) if who is not None}
        people = {(order.workspace_id, who) for order in orders if (who := _begins_work(order)) is not None}
        if people or self.bounded:
            busy = await runs.lock_people(self._connection, sorted(people | self.bounded))
            self.busy = {person: run_id for person, run_id in busy.items() if person in people}
            wanted.update(self.busy.values())
        rows = await runs.lock(self._connection, list(wanted)) if wanted else []
        if not rows:
            return
        editions = await self._catalog.load(self._connection, {(row.workflow_id, row.version_number) for row in rows})
        steps = await runs.steps_of(self._connection, [row.id for row in rows if row.id not in self._aims])
        steps |= await runs.every_step_of(self._connection, [row.id for row in rows if row.id in self._aims])
        values = await opened(self._connection, rows, editions)
        for row in [open_run(row, values) for row in rows]:
            edition = editions[row.workflow_id, row.version_number]
            own = [(step_id, open_step(row.id, step, values)) for step_id, step in steps[row.id]]
            run = as_run(row, edition, [step for _, step in own])
            stored = {step.number: (step_id, step) for step_id, step in own}
            self.runs[row.id] = Held(run=run, edition=edition, row=row, stored=stored, is_limited=row.is_limited)
        await self._add_context([row.id for row in rows])

    def idle_chats(self) -> list[int]:
        """Chats that were made for runs that were refused."""
        return [chat_id for run_id, chat_id in self._opened_chats.items() if run_id not in self.runs]

    async def _add_context(self, run_ids: Sequence[int]) -> None:
        """What expressions see beside the run, as far as its version names it."""
        by_names: dict[tuple[int, frozenset[str]], list[int]] = {}
        for run_id in run_ids:
            edition = self.runs[run_id].edition
            names = named(edition.version.names.union(*(aim.version.names for aim in self._aims.get(run_id, ()))))
            if names:
                by_names.setdefault((edition.workspace_id, names), []).append(run_id)
        for (workspace_id, names), ids in by_names.items():
            places = {run_id: _place(self.runs[run_id]) for run_id in ids}
            found = await context.load(self._connection, workspace_id, places, names)
            for run_id in ids:
                held = self.runs[run_id]
                held.run = msgspec.structs.replace(held.run, context=found[run_id])
        await self._add_calendars([self.runs[run_id] for run_id in run_ids])

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


def _aims(orders: Sequence[Order]) -> dict[int, list[Edition]]:
    """The versions that runs are to go on by."""
    found: dict[int, list[Edition]] = {}
    for order in orders:
        if order.edition is not None:
            found.setdefault(order.run_id, []).append(order.edition)
    return found


def _begins_work(order: Order) -> int | None:
    """The account whose work period the command would open."""
    command: Command = order.command
    if isinstance(command, Process):
        return order.actor.account_id
    if isinstance(command, Assign) and command.start_working:
        return command.assignee.account_id
    return None
