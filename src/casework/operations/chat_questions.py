"""What agents ask people in the runs of a chat: for whoever may read the chat, with whether they may answer."""

from uuid import UUID

import msgspec

from casework.core.actor import Assignee
from casework.core.people import ineligible
from casework.core.permission import Grant
from casework.core.step import HELD, READY
from casework.operations import chats
from casework.operations.projects import access_in
from casework.operations.sensitive import reading
from casework.operations.services import Services
from casework.store import chat_questions
from casework.store.chat_questions import QuestionRow
from casework.store.database import Connection
from casework.store.project_members import find_assignee

__all__ = ["Question", "QuestionRow", "page"]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A question. may_answer: whether the caller has it in hand, or may take it."""

    row: QuestionRow
    may_answer: bool


async def page(
    services: Services, grant: Grant, identifier: int | UUID, *, limit: int, offset: int
) -> tuple[list[Question], int]:
    """The questions of a chat's runs, newest first, and how many there are; errors as `chats.find`."""
    async with reading(services, grant) as reader:
        connection = reader.connection
        chat = await chats.seen(connection, grant, identifier, needs=chats.READ)
        rows, total = await chat_questions.page(connection, grant, chat.id, limit=limit, offset=offset)
        callers = {key: await _caller(connection, grant, key) for key in {row.workflow_id for row in rows}}
        rows = await reader.steps(rows)
    return [Question(row=row, may_answer=_may_answer(row, callers[row.workflow_id])) for row in rows], total


async def _caller(connection: Connection, grant: Grant, workflow_id: int) -> Assignee | None:
    """The caller as somebody who takes activities of the workflow; None for whoever does not see them."""
    account_id = grant.principal.account_id
    if account_id is None or await access_in(connection, grant, workflow_id) is None:
        return None
    return await find_assignee(connection, grant, workflow_id, account_id)


def _may_answer(row: QuestionRow, caller: Assignee | None) -> bool:
    if caller is None:
        return False
    if row.state in HELD:
        return row.account_id == caller.account_id
    return row.state == READY and ineligible(row, caller) is None
