"""What is sent to tools, with a word on each argument for the model that fills it in."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from msgspec import Meta, field

from casework.api.bodies import Id
from casework.api.mcp.shapes import ActivityState, RunState
from casework.api.mcp.tools import Arguments, Change
from casework.core.chat import CONTENT_MAX

PAGE_MAX: Final = 50
"""On a page: what a model can look through, each with its names."""

OFFSET_MAX: Final = 10_000
"""Whoever looks that far should ask more narrowly."""

Limit = Annotated[int, Meta(ge=1, le=PAGE_MAX, description="How many at most.")]
Offset = Annotated[int, Meta(ge=0, le=OFFSET_MAX, description="How many to pass over: next_offset of the last page.")]
WorkflowName = Annotated[str, Meta(min_length=1, max_length=63, description="A workflow, by its key or UUID.")]
ActivityId = Annotated[UUID, Meta(description="The activity's id.")]
RunId = Annotated[Id, Meta(description="The run's id, a number.")]
ChatId = Annotated[Id, Meta(description="The chat's id, a number.")]
Data = Annotated[dict[str, Any], Meta(description="Fields of the activity's form; merged over what was saved before.")]
Comment = Annotated[str, Meta(max_length=4000, description="Why it cannot be done, for the people who will read it.")]
Reason = Annotated[str, Meta(max_length=1000, description="Why.")]
Words = Annotated[str, Meta(min_length=1, max_length=200)]
StartWorking = Annotated[bool, Meta(description="Also start: what you work on until now is paused.")]


class Page(Arguments, frozen=True, kw_only=True):
    """Which part of a list."""

    limit: Limit = 20
    offset: Offset = 0

    def next_offset(self, count: int) -> int | None:
        """Where the next page begins, given how many there are from this one's beginning on; None after the last."""
        return self.offset + self.limit if count > self.limit else None


class ActivitiesArguments(Page, frozen=True, kw_only=True):
    """Which activities. mine: only those that you have. takeable: only those that nobody has and you could take.

    state: by default every one that has not ended.
    """

    mine: bool = False
    takeable: bool = False
    state: list[ActivityState] | None = None
    workflow: WorkflowName | None = None
    run_id: RunId | None = None


class ActivityArguments(Arguments, frozen=True, kw_only=True):
    """Which activity."""

    activity_id: ActivityId


class ActivityChange(Change, frozen=True, kw_only=True):
    """Which activity."""

    activity_id: ActivityId


class TakeArguments(ActivityChange, frozen=True, kw_only=True):
    """Which activity, and whether to start at once."""

    start_working: StartWorking = False


class NextArguments(Change, frozen=True, kw_only=True):
    """Of which workflow, by default any of yours, and whether to start at once."""

    workflow: WorkflowName | None = None
    start_working: StartWorking = False


class DataArguments(ActivityChange, frozen=True, kw_only=True):
    """Which activity, and its data."""

    data: Data


class CompleteArguments(DataArguments, frozen=True, kw_only=True):
    """Which activity, its data, and whether you take it first where nobody is on it."""

    take: bool = False


class ErrorArguments(ActivityChange, frozen=True, kw_only=True):
    """Which activity, and why it cannot be done."""

    comment: Comment


class WorkflowsArguments(Page, frozen=True, kw_only=True):
    """Which workflows. name: only those with that text in their name."""

    name: Words | None = None


class WorkflowArguments(Arguments, frozen=True, kw_only=True):
    """Which workflow."""

    workflow: WorkflowName


class StartArguments(Change, frozen=True, kw_only=True):
    """What to start, with what.

    external_id: your own id of the case, of which a workflow takes each once. chat: open a chat for it.
    """

    workflow: WorkflowName
    input: Annotated[dict[str, Any], Meta(description="As the workflow's input schema asks.")] = field(
        default_factory=dict
    )
    title: Annotated[str, Meta(max_length=500)] = ""
    priority: Annotated[int, Meta(ge=0, le=100)] | None = None
    due_at: Annotated[datetime, Meta(tz=True)] | None = None
    external_id: Words | None = None
    chat: bool = True


class RunArguments(Arguments, frozen=True, kw_only=True):
    """Which run."""

    run_id: RunId


class CancelArguments(Change, frozen=True, kw_only=True):
    """Which run, and why."""

    run_id: RunId
    reason: Reason | None = None


class SearchArguments(Page, frozen=True, kw_only=True):
    """Which runs. title: only those with that text in their title. state: any of these; by default all."""

    title: Words | None = None
    external_id: Words | None = None
    state: list[RunState] | None = None
    workflow: WorkflowName | None = None


class MessagesArguments(Page, frozen=True, kw_only=True):
    """Of which chat."""

    chat_id: ChatId


class MessageArguments(Change, frozen=True, kw_only=True):
    """In which chat, and what to say."""

    chat_id: ChatId
    content: Annotated[str, Meta(min_length=1, max_length=CONTENT_MAX)]
