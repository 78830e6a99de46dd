"""The composition root of workers: `wiring`, and who performs the steps of each kind."""

from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import httpx

from casework.core.automation import Automation
from casework.core.work import Performer, Work
from casework.engine.distributor import Distributor
from casework.engine.errands import Errands
from casework.engine.leases import recalling, takeover
from casework.engine.speech import CallsInChat, Place, Voice
from casework.engine.timers import Timers
from casework.engine.worker import WORKER, Terms, Worker
from casework.functions import Registry
from casework.kinds.agent.parts import Parts as AgentParts
from casework.kinds.agent.performer import AgentPerformer
from casework.kinds.agent.spending import Purse
from casework.kinds.function.calculator import Calculators
from casework.kinds.function.discovery import discover
from casework.kinds.function.performer import FunctionPerformer
from casework.kinds.function.tools import tools
from casework.kinds.http.performer import HttpPerformer
from casework.operations import secrets
from casework.operations.services import Services
from casework.settings import Settings
from casework.wiring import services

PERFORMED: Final = ("agent", "function", "http")
"""The kinds that workers of this build perform."""


def performers_of(
    parts: Services, registry: Registry, kinds: Collection[str], transport: httpx.AsyncBaseTransport
) -> dict[str, Performer]:
    """Who performs the steps of these kinds; `transport` is what models are called over."""

    async def open_secret(work: Work, name: str) -> str:
        automation = Automation(workspace_id=work.workspace_id, cause=f"step {work.step_uuid}")
        return await secrets.open_secret(parts, automation, name)

    def voice_of(work: Work) -> Voice:
        place = Place(
            workspace_id=work.workspace_id,
            chat_id=work.chat_id or 0,
            run_id=work.run_id,
            actor=WORKER,
            name=work.task.name,
        )
        return Voice(parts.database, parts.live, parts.clock, place)

    def say(work: Work, piece: str) -> None:
        voice_of(work).pass_on(work.step_uuid, piece)

    functions = FunctionPerformer(registry, threads=parts.settings.worker_concurrency)
    purse = Purse(parts.database, parts.clock)
    agents = AgentParts(
        clock=parts.clock,
        transport=transport,
        secrets=open_secret,
        functions=tools(registry, functions),
        prices=purse.prices,
        guard=purse.guard,
        say=say,
        chronicle=CallsInChat(voice_of),
    )
    performers: dict[str, Performer] = {
        "agent": AgentPerformer(agents),
        "http": HttpPerformer(parts.caller, open_secret, parts.clock),
        "function": functions,
    }
    return {kind: performer for kind, performer in performers.items() if kind in kinds}


@asynccontextmanager
async def working(settings: Settings, *, name: str, kinds: Collection[str] = PERFORMED) -> AsyncIterator[Worker]:
    """While the block lasts a worker performs steps of these kinds, and looks after all that goes on by itself.

    That is timers, errands, people's queues, and what dead workers left. At the end it finishes what is under way, for
    as long as it may, and gives back the rest.
    """
    registry = discover(settings.apps)
    terms = Terms(name=name, concurrency=settings.worker_concurrency, lease_seconds=settings.lease_seconds)
    async with services(settings) as parts, AsyncExitStack() as stack:
        parts.engine.calculate_by(Calculators(registry))
        transport = await stack.enter_async_context(parts.caller.transport())
        performers = performers_of(parts, registry, kinds, transport)
        worker = Worker(parts.database, parts.engine, parts.clock, performers, terms)
        for part in (
            Timers(parts.database, parts.engine),
            Errands(parts.database, parts.engine, parts.clock, lease_seconds=settings.lease_seconds),
            Distributor(parts.database, parts.engine),
            takeover(parts.database, parts.engine, lease_seconds=settings.lease_seconds),
            recalling(parts.database, parts.engine, lease_seconds=settings.lease_seconds),
            worker,
        ):
            await part.start()
            stack.push_async_callback(part.stop)
        yield worker
