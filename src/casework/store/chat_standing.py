"""How chats stand, looked up with the chats that are read: nothing is kept of it, so nobody has to keep it up."""

from collections.abc import Mapping
from typing import Any, Final

from casework.core.chat import Standing, summary_of

NEWEST_RUN: Final = """
left join runs newest on newest.workspace_id = c.workspace_id and newest.id = (
    select max(r.id) from runs r where r.workspace_id = c.workspace_id and r.chat_id = c.id
)
"""
"""The newest run of a chat `c`, as `newest`."""

# A task's name, not its step's: what an agent asks is called as the agent chose, and is for whoever is asked. Of a
# message four times as much is read as is shown: there may be much space between its words.
STANDING: Final = """
left join lateral (
    select w.name as at_workflow, t.name as at_task
    from workflows w
    left join tasks t on t.workspace_id = newest.workspace_id and t.id = newest.current_task_id
    where c.summary = '' and w.workspace_id = newest.workspace_id and w.id = newest.workflow_id
) place on true
left join lateral (
    select m.name as speaker, left(m.content, 960) as words
    from messages m
    where c.summary = '' and m.workspace_id = c.workspace_id and m.chat_id = c.id
      and m.role = 'assistant' and m.content <> ''
    order by m.id desc limit 1
) answer on true
"""
"""How a chat `c` stands whose newest run is `newest`; nothing is looked up for one that has a summary of its own."""

COLUMNS: Final = "c.summary, place.at_workflow, place.at_task, answer.speaker, answer.words"
"""The summary of a chat, or what one is made of; `summarized` takes them."""


def summarized(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with its summary, in the place of COLUMNS."""
    found = dict(row)
    names = ("at_workflow", "at_task", "speaker", "words")
    workflow, task, speaker, words = (found.pop(name) for name in names)
    standing = Standing(workflow=workflow, task=task, speaker=speaker, words=words)
    return found | {"summary": found["summary"] or summary_of(standing)}
