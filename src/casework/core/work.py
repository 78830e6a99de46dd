"""What workers are told, and what they answer: values that the engine, the kinds and `decide` share."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, Protocol
from uuid import UUID

import msgspec

from casework.core.definition import Json, Task
from casework.core.taint import Taint


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A call to a worker: look at step `step`, attempt `attempt`. One that comes late finds the attempt closed."""

    kind: str
    step: int
    attempt: int


class Hands(msgspec.Struct, frozen=True, kw_only=True):
    """A worker that can begin one more step of these kinds at once, without a call."""

    worker: UUID
    kinds: frozenset[str]


class Calculator(Protocol):
    """Knows the functions that are pure, and says at once what they give."""

    def __call__(self, given: Json) -> Json | msgspec.UnsetType:
        """What a step of kind `function` that is given this gives; UNSET where a worker must be called to it."""
        ...


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    """What a step asks to be done outside its run, once its decision is committed; doing it again changes nothing.

    match: find the event that it waits for. make, cancel: the sub-run of that UUID. tell: step `step` of the run above,
    that this one ended.
    """

    what: Literal["match", "make", "cancel", "tell"]
    step: int
    child: UUID | None = None


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One request to a model, and what it cost, in the currency of the workspace's prices."""

    provider: str
    model_id: str
    input_tokens: int
    output_tokens: int
    cost: Decimal
    latency_ms: int
    at: datetime


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """Something a worker asks a person: an activity of its own, beneath the step that asks.

    key: the worker's own name for it, unique within the step. form: the schema of the answer. data: what the form is
    filled with. detail: what it is about (a tool and its exact arguments), shown with it. exclude: whoever completed
    one of these tasks may not answer, nor who started the run (STARTER). until: when it is too late for an answer.
    """

    key: str
    name: str
    prompt: str = ""
    form: Json = None
    roles: tuple[str, ...] = ()
    data: dict[str, Json] = {}
    detail: dict[str, Json] = {}
    exclude: tuple[str, ...] = ()
    until: datetime | None = None


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt at a step: all that who performs it is told.

    data: what the definition gives the step, with the `answers` of people to what an earlier attempt asked. memory:
    what an earlier attempt left for this one. key: the same for every attempt, for systems that take an idempotency
    key. seconds: how long the attempt may take; None is as long as it likes. budget: what the whole run may spend.
    part: which of several things that the step does outside this is; "" where it does one. taints: what the run's data
    bring along. started_by: the accounts that started it. context: what conditions on an agent's calls see beside them.
    """

    workspace_id: int
    workflow_id: int
    run_id: int
    run_uuid: UUID
    step: int
    step_uuid: UUID
    task: Task
    attempt: int
    data: dict[str, Json]
    memory: Json = None
    seconds: int | None = None
    chat_id: int | None = None
    member_id: int | None = None
    budget: Json = None
    part: str = ""
    taints: tuple[Taint, ...] = ()
    started_by: tuple[int, ...] = ()
    context: Mapping[str, Any] = msgspec.field(default_factory=dict)

    @property
    def key(self) -> str:
        """The idempotency key of what is done outside for this step, or for the part of it that this is."""
        return f"{self.step_uuid}:{self.part}" if self.part else str(self.step_uuid)


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """The attempt succeeded."""

    output: Json
    calls: tuple[Call, ...] = ()


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """The attempt failed. is_final: another one would fail as well. retry_after: seconds to wait at least."""

    code: str
    message: str
    is_final: bool = False
    retry_after: float = 0
    output: Json = None
    calls: tuple[Call, ...] = ()


class Suspended(msgspec.Struct, frozen=True, kw_only=True):
    """The attempt cannot go on before people have answered."""

    asks: tuple[Ask, ...]
    memory: Json = None
    calls: tuple[Call, ...] = ()


Result = Done | Failed | Suspended

Tell = Callable[[dict[str, Any], Json | msgspec.UnsetType, tuple[Call, ...]], Awaitable[None]]
"""Commits progress: its detail, what the next attempt will be told (UNSET: as before), and the models asked since."""


class Performer(Protocol):
    """Performs the steps of one kind."""

    async def perform(self, work: Work, tell: Tell) -> Result:
        """Carry out one attempt.

        Whatever it raises fails the attempt, which may be tried again. It is cancelled when its time is over, when the
        step was taken from it, and when the worker stops; what it does outside bears `work.key`.
        """
        ...
