"""A history brought in: a log of finished cases as runs, with their people, in a workflow discovered from it.

`examine` reads the whole log and touches no database, so that a broken one changes nothing; `bring_in` writes it, batch
by batch. The runs of a batch and how far the import came are one transaction: an import that was killed goes on where
it was, and the same file again brings nothing.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeVar
from uuid import UUID

import msgspec

from casework.core.errors import Conflict, NotFound
from casework.core.parse import parse
from casework.core.permission import MEMBER, Grant, Principal, grant, implied
from casework.eventlog import Discovered, LogProblem, Summary, check, open_log
from casework.eventlog.keys import slug
from casework.operations import workflows
from casework.operations.batches import Batches
from casework.operations.discoveries import discover_workflow
from casework.operations.finished import Cast, finished
from casework.operations.resources import bring_in as bring_people_in
from casework.operations.resources import resources
from casework.operations.services import Services
from casework.operations.workflows import Filter, Source, Workflow
from casework.operations.workspaces import MANAGER_SCOPES, Workspace
from casework.store import definitions, finished_runs, history, statistics
from casework.store import workflows as kept_workflows
from casework.store.finished_runs import FinishedRun, Place
from casework.store.history import Import
from casework.store.versions import draft

NAME_CHARACTERS_MAX: Final = 200
_PIECE_BYTES: Final = 1_048_576

Tell = Callable[[str, int, int], None]
"""Told of what is being read: what for, and how many of how many bytes."""

_T = TypeVar("_T")


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """A sound log: what is in it, and the workflow that it shows.

    source_hash: tells its file, read so, from others. unmanned: keys of the tasks of which an event names nobody.
    """

    path: Path
    mapping: Mapping[str, str]
    key: str
    source_hash: bytes
    summary: Summary
    discovered: Discovered
    unmanned: frozenset[str]
    checksum: bytes


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far an import is, in the log's cases. runs, steps: what this call brought in so far."""

    workflow_id: int
    workflow_uuid: UUID
    version_number: int
    cases_done: int
    cases_total: int
    runs: int = 0
    steps: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether the whole log is there."""
        return self.cases_done >= self.cases_total


def examine(
    path: Path,
    *,
    mapping: Mapping[str, str] | None = None,
    key: str | None = None,
    name: str | None = None,
    tell: Tell | None = None,
) -> Examined:
    """Read the whole log twice: whether it is sound, and what workflow it shows.

    key, name: of the workflow; by default the file's name.

    Raises:
        LogProblem: the log is not sound, or has no event.
        Invalid: no workflow can be made of it, or the key is none.

    """
    stem = path.name.split(".")[0] or "log"
    key, name = key or slug(stem).replace("_", "-"), (name or stem)[:NAME_CHARACTERS_MAX]
    parse({"casework": 1, "key": key, "name": name, "tasks": [{"key": "any", "kind": "human"}]}, media="value")
    summary = check(path, mapping, progress=_told(tell, "Checking"))
    with open_log(path, mapping, progress=_told(tell, "Discovering")) as cases:
        discovered, unmanned = discover_workflow(cases, key=key, name=name)
    return Examined(
        path=path,
        mapping=mapping or {},
        key=key,
        source_hash=_hash_of(path, mapping or {}),
        summary=summary,
        discovered=discovered,
        unmanned=unmanned,
        checksum=draft(parse(discovered.definition, media="value")).checksum,
    )


async def find_workspace(services: Services, name: str) -> Workspace:
    """The workspace of that UUID or name.

    Raises:
        NotFound: there is none.
        Conflict: several have that name.

    """
    async with services.database.read() as connection:
        found = await history.workspaces_called(connection, name)
    if not found:
        raise NotFound(f"There is no workspace {name!r} here.")
    if len(found) > 1:
        uuids = ", ".join(str(one.uuid) for one in found)
        raise Conflict(f"Several workspaces are called {name!r}: name one by its UUID ({uuids}).")
    return found[0]


async def bring_in(services: Services, workspace_id: int, log: Examined) -> AsyncGenerator[Progress, None]:
    """Bring the log's cases in as runs, telling how far it is after each batch; the last one tells of all.

    Raises:
        Conflict: another import into that workflow is at work; the key is that of a workflow which was not brought in;
            or the workflow has a case of the log already, from elsewhere.
        LogProblem: the file is not what it was when it was examined.

    """
    permit = _permit(workspace_id)
    async with services.database.read() as keeper, history.alone(keeper, workspace_id, log.key) as is_alone:
        if not is_alone:
            raise Conflict(f"Another import into the workflow {log.key} is at work: wait for its end.")
        import_, progress = await _begun(services, permit, log)
        yield progress
        if import_.completed_at is not None:
            return
        cast = await _cast(services, permit, log, progress)
        with Batches(log.path, log.mapping, numbers_ids=log.summary.repeated_ids > 0) as batches:
            await beside(lambda: batches.skip(progress.cases_done))
            while batch := await beside(batches.take):
                done = [finished(case, external_id, cast) for external_id, case in batch if case.events]
                progress = await _write(services, permit, import_, progress, (len(batch), done))
                yield progress
        if not progress.is_complete:
            raise LogProblem("The log became shorter while it was brought in: start again with the whole file.")
        await statistics.refresh(keeper)


async def beside(work: Callable[[], _T]) -> _T:
    """Do something that reads a file in a thread; whoever is cancelled meanwhile ends when it does."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def _told(tell: Tell | None, what: str) -> Callable[[int, int], None] | None:
    return None if tell is None else lambda done, total: tell(what, done, total)


def _hash_of(path: Path, mapping: Mapping[str, str]) -> bytes:
    """What tells a file, read by that mapping, from others."""
    found = sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            found.update(piece)
    if mapping:
        found = sha256(found.digest() + msgspec.json.encode(sorted(mapping.items())))
    return found.digest()


def _permit(workspace_id: int) -> Grant:
    """Who has the database itself may do everything in its workspaces."""
    scopes = implied(frozenset(MANAGER_SCOPES))
    who = Principal(kind="workspace_key", workspace_id=workspace_id, key_name="casework import", scopes=scopes)
    return grant(who, MEMBER)


async def _begun(services: Services, permit: Grant, log: Examined) -> tuple[Import, Progress]:
    """The import of the log, and how far it is; published and noted where it is new."""
    workflow = await _workflow(services, permit, log.key)
    import_ = None if workflow is None else await _import(services, permit, workflow, log)
    if workflow is None or import_ is None or import_.completed_at is None:
        workflow, version = await _published(services, permit, workflow, log)
    else:
        version = workflow.version_number
    if import_ is None:
        await _refuse_taken(services, permit, workflow, log)
        now = services.clock.now()
        async with services.database.write() as connection:
            import_ = await history.begin(
                connection, permit.workspace_id, workflow.id, log.source_hash, cases_total=log.summary.cases, at=now
            )
    return import_, Progress(
        workflow_id=workflow.id,
        workflow_uuid=workflow.uuid,
        version_number=version,
        cases_done=import_.cases_done,
        cases_total=import_.cases_total,
    )


async def _workflow(services: Services, permit: Grant, key: str) -> Workflow | None:
    async with services.database.read() as connection:
        found, _ = await kept_workflows.page(connection, permit, Filter(key=key), limit=1, offset=0)
    return found[0] if found else None


async def _import(services: Services, permit: Grant, workflow: Workflow, log: Examined) -> Import | None:
    async with services.database.read() as connection:
        return await history.find(connection, permit.workspace_id, workflow.id, log.source_hash)


async def _published(
    services: Services, permit: Grant, workflow: Workflow | None, log: Examined
) -> tuple[Workflow, int]:
    """The workflow, and the number of its version that the log shows; made or published anew where it is not there."""
    source = Source(text=msgspec.json.encode(log.discovered.definition), media="json")
    if workflow is None:
        uuid = await workflows.create(services, permit, source, None)
        return await workflows.read(services, permit, UUID(uuid)), 1
    async with services.database.read() as connection:
        version = await history.version_of(connection, permit.workspace_id, workflow.id, log.checksum)
        was_imported = await history.has_imports(connection, permit.workspace_id, workflow.id)
    if version is not None:
        return workflow, version
    if not was_imported:
        raise Conflict(f"The key {log.key} is that of a workflow which is in use: give the history another, by --key.")
    await workflows.publish(services, permit, workflow.id, source)
    published = await workflows.read(services, permit, workflow.id)
    return published, published.version_number


async def _refuse_taken(services: Services, permit: Grant, workflow: Workflow, log: Examined) -> None:
    """Conflict where the workflow has a run with the id of one of the log's cases, before anything is written."""
    async with services.database.read() as connection:
        if not await history.has_runs(connection, permit.workspace_id, workflow.id):
            return
        with Batches(log.path, log.mapping, numbers_ids=log.summary.repeated_ids > 0) as batches:
            while batch := await beside(batches.take):
                ids = [external_id for external_id, _ in batch]
                taken = await history.taken_external_id(connection, permit.workspace_id, workflow.id, ids)
                if taken is not None:
                    raise Conflict(
                        f"The workflow {log.key} has a case {taken!r} already, from elsewhere; nothing was brought in. "
                        "Leave such cases out of the file, or give the history another key, by --key."
                    )


async def _cast(services: Services, permit: Grant, log: Examined, progress: Progress) -> Cast:
    people = await bring_people_in(services, permit, resources(log.discovered.roles, log.key))
    async with services.database.read() as connection:
        (version,) = await definitions.fetch(connection, [(progress.workflow_id, progress.version_number)])
    tasks = {name: (key, version.tasks[key][0]) for name, key in log.discovered.tasks.items()}
    return Cast(workflow_uuid=progress.workflow_uuid, tasks=tasks, people=people)


async def _write(
    services: Services, permit: Grant, import_: Import, progress: Progress, batch: tuple[int, Sequence[FinishedRun]]
) -> Progress:
    """Bring in the runs of so many cases, and note that these are done, in one transaction."""
    now = services.clock.now()
    cases, runs = batch
    done = progress.cases_done + cases
    place = Place(
        workspace_id=permit.workspace_id,
        workflow_id=progress.workflow_id,
        version_number=progress.version_number,
        import_id=import_.id,
    )
    async with services.database.write() as connection:
        await history.advance(connection, import_.id, done_before=progress.cases_done, done=done, at=now)
        await finished_runs.insert(connection, place, runs, at=now)
    return msgspec.structs.replace(
        progress,
        cases_done=done,
        runs=progress.runs + len(runs),
        steps=progress.steps + sum(len(run.steps) for run in runs),
    )
