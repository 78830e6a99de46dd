"""Chats: the facts about them, and the bounds that hold for everybody who writes in one."""

from typing import Final

import msgspec

from casework.core.definition import Json

CHAT_EVENTS: Final = {
    "chat.opened": "A chat was made; data.chat_id is its id.",
    "chat.updated": "Something else is said of it; data.fields names what.",
    "chat.joined": "Members take part; data.member_ids names them.",
    "chat.message": "Something was said; data.message is its uuid and data.role whose voice it is.",
    "chat.deleted": "It was taken away from everybody; its messages and runs are kept.",
}
"""Every fact about a chat, and what it means; data.chat_id names the chat."""

TITLE_MAX: Final = 300
SUMMARY_MAX: Final = 10_000
WORD_MAX: Final = 50
"""Characters of a chat's channel and type: words, not texts."""

CONTENT_MAX: Final = 100_000
"""Characters of a message, as the table bounds them."""

TOOL_CALLS_MAX: Final = 128
PARTICIPANTS_MAX: Final = 100
"""Members who take part in one chat beside its owner: they are shown with every chat of a list."""

ROLES: Final = ("system", "user", "assistant", "tool")
OPEN_ROLES: Final = frozenset({"user", "assistant"})
"""Voices that whoever is in a chat may use; the others instruct models, and need the right to write in any chat."""

TITLE_TAKEN_MAX: Final = 80
"""Characters of a title that is taken from a message: a line of a list."""

SUMMARY_TAKEN_MAX: Final = 240
"""Characters of a summary that is made of how a chat stands: three lines of a list."""

SAY: Final = "say"
"""The field of an output that is said in the run's chat."""


def title_of(content: str) -> str:
    """What a chat without a title is called from the first thing that a user says in it."""
    words = " ".join(content.split())
    return words if len(words) <= TITLE_TAKEN_MAX else f"{words[: TITLE_TAKEN_MAX - 1].rstrip()}…"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a chat stands: its newest run's workflow and current task, and what was answered last, by whom.

    What there is not is None.
    """

    workflow: str | None = None
    task: str | None = None
    speaker: str | None = None
    words: str | None = None


def summary_of(standing: Standing) -> str:
    """Where a chat without a summary of its own stands, in one or two sentences; "" where there is nothing to say.

    It is made of names and words that people chose, so it is in their language.
    """
    place = ": ".join(name for name in (standing.workflow, standing.task) if name)
    words = " ".join((standing.words or "").split())
    said = f"{standing.speaker}: {words}" if standing.speaker and words else words
    whole = " ".join(part for part in (place and f"{place}.", said) if part)
    return whole if len(whole) <= SUMMARY_TAKEN_MAX else f"{whole[: SUMMARY_TAKEN_MAX - 1].rstrip()}…"


def spoken(output: Json) -> str | None:
    """What a step says by its output: the output where it is text, else its field `say`; None where it says nothing.

    A text that is longer than a message is cut.
    """
    said = output.get(SAY) if isinstance(output, dict) else output
    if not isinstance(said, str) or not said.strip():
        return None
    return said if len(said) <= CONTENT_MAX else f"{said[: CONTENT_MAX - 1]}…"
