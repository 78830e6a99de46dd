"""What may be asked of the engine, and what it answers."""

import asyncio
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from casework.core.actor import Actor
from casework.core.claim import Claim
from casework.core.command import Command
from casework.core.definition import Json
from casework.core.run import Run
from casework.core.taint import Taint
from casework.engine.catalog import Edition

BULK: Final = "batch"
"""The type of runs that are made by the thousand, which wait in a row of their own."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """A command on a run, and who gives it.

    expected_revision: of the step where `command` names one, else of the run; another one is refused. edition: what a
    command that moves the run to another version leads to.
    """

    workspace_id: int
    run_id: int
    command: Command
    actor: Actor
    expected_revision: int | None = None
    edition: Edition | None = None
    claim: Claim | None = None
    reference: Json = None


class NewRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run to be made and started in one commit.

    parent_run_id, parent_step: the step of another run that waits for this one. retry_of: the failed run of the same
    workflow and version that this one retries; its input is to be the same.
    version_number: None is the newest. start_task: start at that task alone. opens_chat: make a chat for it, owned by
    `member_id`. chat_id: link it to that chat. taints: what the input brings along. started_by: the accounts that
    started the run above it.
    """

    uuid: UUID
    workspace_id: int
    workflow_id: int
    actor: Actor
    version_number: int | None = None
    member_id: int | None = None
    start_task: str | None = None
    title: str = ""
    input: Json = msgspec.field(default_factory=dict)
    priority: int | None = None
    due_at: datetime | None = None
    opens_chat: bool = False
    chat_id: int | None = None
    run_type: str = "api"
    ran_by_type: str = "user"
    ran_by_id: UUID | None = None
    ran_by_name: str | None = None
    end_user: str | None = None
    external_id: str | None = None
    parent_run_id: int | None = None
    parent_step: int | None = None
    retry_of: int | None = None
    taints: tuple[Taint, ...] = ()
    started_by: tuple[int, ...] = ()
    claim: Claim | None = None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What was committed: the run as it is now.

    chat_id: the chat that the run belongs to. taken: the step that the worker who reported goes on with, or that was
    given to a worker at hand. is_limited: a limit holds for the run's workflow.
    """

    run: Run
    workflow_id: int
    chat_id: int | None = None
    taken: int | None = None
    is_limited: bool = False


class Pending(msgspec.Struct, kw_only=True):
    """An order that waits for its commit, and the future of whoever waits for the answer."""

    order: Order | NewRun
    answer: "asyncio.Future[Outcome]"
    run_id: int = 0
    result: Outcome | Exception | None = None
