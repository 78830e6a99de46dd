"""Workflows: made, published anew, read and archived."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from casework.core.claim import Claim
from casework.core.definition import Definition
from casework.core.errors import Invalid, NotFound, PreconditionFailed, Problem
from casework.core.permission import Grant, WorkflowLevel
from casework.entropy import new_uuid
from casework.operations import once
from casework.operations.called import check_called
from casework.operations.drafts import Source, as_yaml, checked, drafted, require_author
from casework.operations.services import Services
from casework.store import audit, grants, limits, tasks, versions, workflows
from casework.store.database import Connection
from casework.store.grants import WorkflowGrant
from casework.store.versions import Draft, Published, VersionRow
from casework.store.workflows import Filter, Headline, Workflow

__all__ = ["Filter", "Published", "Source", "VersionRow", "Workflow"]

_ABSENT: Final = "There is no such workflow here."


async def create(services: Services, grant: Grant, source: Source, claim: Claim | None) -> str:
    """Make a workflow and publish its first version; its maker may do everything with it. Gives its UUID, as text.

    Raises:
        Denied: without workflows:write.
        Invalid: with every problem of the definition.
        Conflict: another workflow has its key.

    """
    grant.require("workflows:write")
    new = await drafted(source)
    now = services.clock.now()
    uuid = new_uuid(now)
    async with services.database.write() as connection:
        await once.begin(connection, claim, now)
        await check_called(connection, grant, new.definition)
        workflow_id = await workflows.insert(connection, grant, uuid, _headline(new), at=now)
        await _keep(connection, grant, workflow_id, 1, new, at=now)
        member_id = grant.principal.member_id
        if member_id is not None:
            await grants.insert(connection, grant, workflow_id, [WorkflowGrant(level="admin", member_id=member_id)])
        fact = {"workflow_id": workflow_id, "key": new.definition.key}
        await note(connection, grant, "workflow.created", fact, now)
        await note(connection, grant, "workflow.published", fact | {"version": 1}, now)
        await once.finish(connection, claim, str(uuid))
    return str(uuid)


async def publish(
    services: Services,
    grant: Grant,
    workflow_id: int,
    source: Source,
    *,
    expected_version: int | None = None,
    claim: Claim | None = None,
) -> int:
    """Publish a new version, unless the newest says the same already. Gives the workflow's id.

    Raises:
        NotFound: there is no such workflow, or it is archived.
        Denied: without edit on it.
        Invalid: with every problem of the definition; its key is another one; it has too many tasks over its versions.
        PreconditionFailed: the newest version is not the expected one.

    """
    async with services.database.read() as connection:
        await usable(connection, grant, workflow_id, "edit")
    new = await drafted(source)
    now = services.clock.now()
    async with services.database.write() as connection:
        await once.begin(connection, claim, now)
        await workflows.lock(connection, grant, workflow_id)
        found = await usable(connection, grant, workflow_id, "edit")
        refuse_other(found.version_number, expected_version)
        _refuse_other_key(found.key, new.definition.key)
        await check_called(connection, grant, new.definition)
        if await versions.checksum(connection, grant, workflow_id, found.version_number) != new.checksum:
            number = found.version_number + 1
            await _keep(connection, grant, workflow_id, number, new, at=now)
            await workflows.publish(connection, grant, workflow_id, number, _headline(new), at=now)
            fact = {"workflow_id": workflow_id, "key": found.key, "version": number}
            await note(connection, grant, "workflow.published", fact, now)
        await once.finish(connection, claim, workflow_id)
    return workflow_id


async def archive(services: Services, grant: Grant, workflow_id: int, *, expected_version: int | None = None) -> None:
    """Take a workflow out of use: it takes no new runs, its open ones go on, its key is free.

    Raises:
        NotFound: there is no such workflow, or it is archived already.
        Denied: without admin on it.
        PreconditionFailed: the newest version is not the expected one.

    """
    now = services.clock.now()
    async with services.database.write() as connection:
        await workflows.lock(connection, grant, workflow_id)
        found = await usable(connection, grant, workflow_id, "admin")
        refuse_other(found.version_number, expected_version)
        await workflows.archive(connection, grant, workflow_id, at=now)
        await note(connection, grant, "workflow.archived", {"workflow_id": workflow_id, "key": found.key}, now)


async def validate(services: Services, grant: Grant, source: Source) -> Definition:
    """The definition that could be published.

    Raises:
        Denied: the caller may publish nothing here.
        Invalid: with every problem of the definition.

    """
    async with services.database.read() as connection:
        await require_author(connection, grant)
    definition = await checked(source)
    async with services.database.read() as connection:
        await check_called(connection, grant, definition)
    return definition


async def read(services: Services, grant: Grant, identifier: int | UUID) -> Workflow:
    """The workflow of that id or UUID.

    Raises:
        NotFound: there is no such workflow, or it is archived.
        Denied: without use on it, a place in its project, or workflows:read.

    """
    async with services.database.read() as connection:
        return await readable(connection, grant, identifier)


async def named(services: Services, grant: Grant, name: str) -> Workflow:
    """The workflow of that key or UUID; errors as `read`."""
    async with services.database.read() as connection:
        found = await workflows.find_named(connection, grant, name)
    if found is None or found.is_archived:
        raise NotFound(_ABSENT)
    found.access.require_read()
    return found


async def newest(services: Services, workflow: Workflow) -> Definition:
    """The newest version of a workflow that the caller was shown, as it was written."""
    key = (workflow.id, workflow.version_number)
    async with services.database.read() as connection:
        return (await services.engine.catalog.load(connection, [key]))[key].version.definition


async def page(
    services: Services, grant: Grant, wanted: Filter, *, limit: int, offset: int
) -> tuple[list[Workflow], int]:
    """The workflows that the caller may see, newest first: a page, and how many there are."""
    async with services.database.snapshot() as connection:
        return await workflows.page(connection, grant, wanted, limit=limit, offset=offset)


async def versions_page(
    services: Services, grant: Grant, workflow_id: int, *, limit: int, offset: int
) -> tuple[list[VersionRow], int]:
    """The versions of a workflow, newest first: a page, and how many there are; errors as `read`."""
    async with services.database.snapshot() as connection:
        found = await readable(connection, grant, workflow_id)
        newest = found.version_number
        return await versions.page(connection, grant, workflow_id, newest, limit=limit, offset=offset), newest


async def version(services: Services, grant: Grant, workflow_id: int, number: int | None) -> Published:
    """A version with its document, by default the newest; errors as `read`, and NotFound for no such version."""
    async with services.database.snapshot() as connection:
        found = await readable(connection, grant, workflow_id)
        kept = await versions.find(connection, grant, workflow_id, number or found.version_number)
    if kept is None:
        raise NotFound(f"The workflow has no version {number}.")
    return kept


async def yaml_of(published: Published) -> str:
    """The version's document as YAML that can be published again."""
    return await as_yaml(published.document)


async def readable(connection: Connection, grant: Grant, identifier: int | UUID) -> Workflow:
    """The workflow, for whoever may see it; errors as `read`."""
    found = await _in_use(connection, grant, identifier)
    found.access.require_read()
    return found


async def usable(connection: Connection, grant: Grant, workflow_id: int, level: WorkflowLevel) -> Workflow:
    """The workflow, for whoever holds that level on it; Denied for others, NotFound where there is none in use."""
    found = await _in_use(connection, grant, workflow_id)
    found.access.require(level)
    return found


def refuse_other(revision: int, expected: int | None) -> None:
    """PreconditionFailed where a revision is expected that is not this one."""
    if expected not in (None, revision):
        raise PreconditionFailed("It changed since you read it: read it again, then decide.")


async def note(connection: Connection, grant: Grant, type_: str, fact: dict[str, Any], at: datetime) -> None:
    """Record a fact about a workflow, in the transaction of the change."""
    await audit.record(connection, grant.workspace_id, grant.actor(), type_, [fact], at)


async def _in_use(connection: Connection, grant: Grant, identifier: int | UUID) -> Workflow:
    found = await workflows.find(connection, grant, identifier)
    if found is None or found.is_archived:
        raise NotFound(_ABSENT)
    return found


async def _keep(
    connection: Connection, grant: Grant, workflow_id: int, number: int, new: Draft, *, at: datetime
) -> None:
    await versions.insert(connection, grant, workflow_id, number, new, at=at)
    await tasks.publish(connection, grant, workflow_id, new.definition.tasks)
    await limits.publish(connection, grant, workflow_id, new.definition.tasks)


def _headline(new: Draft) -> Headline:
    definition = new.definition
    return Headline(key=definition.key, name=definition.name, description=definition.description)


def _refuse_other_key(key: str, other: str) -> None:
    if key == other:
        return
    message = f'The workflow\'s key is "{key}", and stays so.'
    hint = f"Write key: {key}, or make another workflow of this definition."
    raise Invalid(message, (Problem(path="/key", message=message, hint=hint),))
