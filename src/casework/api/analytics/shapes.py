"""A run as a row of the analytics surface, and the figures of a workflow; snake_case."""

from typing import Any, Final
from uuid import UUID

import msgspec

from casework.api.analytics.words import IS_SUCCESSFUL, STATE, State
from casework.api.render import Instant, instant, to_json
from casework.operations.analytics import ReportedRun, RunRow, Usage

Id = UUID


class LlmUsage(msgspec.Struct, frozen=True, kw_only=True):
    """What a run asked of one model."""

    provider: str
    model_id: str
    input_tokens: int
    output_tokens: int
    tokens: int
    cost: float


class RunSummary(msgspec.Struct, frozen=True, kw_only=True):
    """Summary of a single workflow run. `latency` is in seconds, from start to end; null while the run is open."""

    run_id: Id
    conversation_id: str | None
    date: Instant | None
    is_flow_successful: bool | None
    state: State | None
    error: str | None
    latency: float | None
    total_tokens: int
    user_id: str | None
    inputs: str | None
    outputs: str | None
    llms: str | None
    feedback: str | None
    run_type: str | None
    ran_by_type: str | None
    ran_by_id: Id | None
    ran_by_display_name: str | None
    parent_run_id: Id | None
    parent_project_id: str | None
    parent_project_name: str | None
    llm_usage: list[LlmUsage]


RUNS_EXAMPLE: Final = [
    RunSummary(
        run_id=UUID("018d7c5e-1a00-7000-8000-000000000002"),
        conversation_id="550e8400-e29b-41d4-a716-446655440000",
        date="2024-02-04T12:00:00.000Z",
        is_flow_successful=True,
        state="COMPLETED",
        error=None,
        latency=90.0,
        total_tokens=318,
        user_id="customer-1041",
        inputs='{"subject":"Late order"}',
        outputs='{"topic":"other"}',
        llms="scripted:scripted",
        feedback=None,
        run_type="chat_assistant",
        ran_by_type="user",
        ran_by_id=UUID("018d7c5e-1a00-7000-8000-000000000004"),
        ran_by_display_name="ada@example.com",
        parent_run_id=None,
        parent_project_id=None,
        parent_project_name=None,
        llm_usage=[
            LlmUsage(provider="scripted", model_id="scripted", input_tokens=300, output_tokens=18, tokens=318, cost=0.0)
        ],
    )
]


def summary(reported: ReportedRun) -> RunSummary:
    """A run on the wire."""
    run, usage = reported.run, [_usage(one) for one in reported.usage]
    return RunSummary(
        run_id=run.uuid,
        conversation_id=_uuid(run.chat_uuid),
        date=instant(run.created_at),
        is_flow_successful=IS_SUCCESSFUL.get(run.state),
        state=STATE[run.state],
        error=_error(run.error),
        latency=_latency(run),
        total_tokens=sum(one.tokens for one in usage),
        user_id=run.end_user,
        inputs=_text(run.input or None),
        outputs=_text(run.output),
        llms=", ".join(f"{one.provider}:{one.model_id}" for one in usage) or None,
        feedback=run.feedback,
        run_type=run.run_type,
        ran_by_type=run.ran_by_type,
        ran_by_id=run.ran_by_id,
        ran_by_display_name=run.ran_by_name,
        parent_run_id=run.parent_uuid,
        parent_project_id=_uuid(run.parent_workflow_uuid),
        parent_project_name=run.parent_workflow_name,
        llm_usage=usage,
    )


def _usage(usage: Usage) -> LlmUsage:
    return LlmUsage(
        provider=usage.provider,
        model_id=usage.model_id,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        tokens=usage.input_tokens + usage.output_tokens,
        cost=float(usage.cost),
    )


def _uuid(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _text(value: Any) -> str | None:
    """Text as it is, anything else as JSON text, nothing as null."""
    if value is None or isinstance(value, str):
        return value
    return to_json(value).decode()


def _error(error: Any) -> str | None:
    """What an error says; one that says nothing readable is given whole."""
    if isinstance(error, dict) and isinstance(error.get("message"), str):
        message: str = error["message"]
        return message
    return _text(error)


def _latency(run: RunRow) -> float | None:
    """Seconds from start to end; a run that ended before it started took none."""
    if run.ended_at is None:
        return None
    return 0.0 if run.started_at is None else (run.ended_at - run.started_at).total_seconds()
