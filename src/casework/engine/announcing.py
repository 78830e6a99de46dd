"""What is told after a commit: which runs it changed, and in which chats something was said."""

from collections.abc import Sequence
from typing import Final

from casework.core.run import Run
from casework.engine.live import Hub, chat_topic, run_topic, workspace_topic

RUN_CHANGED: Final = "run.changed"
"""A run is not what it was; runId, workflowId, memberId and chatId say which."""

CHAT_CHANGED: Final = "chat.changed"
"""Something was said in a chat, or is said of it; chatId says in which, memberIds who is in it."""


def tell_run(hub: Hub, workspace_id: int, workflow_id: int, chat_id: int | None, run: Run) -> None:
    """Tell whoever watches a run, its chat or its workspace to look at it."""
    topics = [run_topic(run.id), workspace_topic(workspace_id)]
    if chat_id is not None:
        topics.append(chat_topic(chat_id))
    hint = {
        "type": RUN_CHANGED,
        "runId": run.id,
        "workflowId": workflow_id,
        "memberId": run.member_id,
        "chatId": chat_id,
    }
    hub.publish(topics, hint)


def tell_chat(hub: Hub, workspace_id: int, chat_id: int, member_ids: Sequence[int]) -> None:
    """Tell those who are in a chat, and those who read every chat, that it is another one than it was."""
    hint = {"type": CHAT_CHANGED, "chatId": chat_id, "memberIds": list(member_ids)}
    hub.publish((chat_topic(chat_id), workspace_topic(workspace_id)), hint)
