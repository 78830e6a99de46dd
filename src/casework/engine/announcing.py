"""What a commit tells: which runs it changed."""

from collections.abc import Sequence
from typing import Final

from casework.engine.ledger import Held
from casework.engine.live import Hub, chat_topic, run_topic, workspace_topic

RUN_CHANGED: Final = "run.changed"
"""A run is not what it was; runId, workflowId, memberId and chatId say which."""

CHAT_CHANGED: Final = "chat.changed"
"""Something was said in a chat, or is said of it; chatId says in which, memberIds who is in it."""


def announce(hub: Hub, changed: Sequence[Held]) -> None:
    """Tell whoever watches one of these runs, its chat or its workspace to look at it."""
    for held in changed:
        run = held.run
        topics = [run_topic(run.id), workspace_topic(held.edition.workspace_id)]
        if held.chat_id is not None:
            topics.append(chat_topic(held.chat_id))
        hint = {
            "type": RUN_CHANGED,
            "runId": run.id,
            "workflowId": held.edition.workflow_id,
            "memberId": run.member_id,
            "chatId": held.chat_id,
        }
        hub.publish(topics, hint)
