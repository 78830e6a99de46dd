"""Performs the steps of agents: an attempt is set up here, and carried out as a `Conversation`."""

import httpx2
from pydantic_ai.exceptions import UserError

from casework.core.kinds.agent import SCRIPTED, Settings, settled
from casework.core.kinds.agent_tools import Tool, declared
from casework.core.work import Result, Tell, Work
from casework.kinds.agent import wire
from casework.kinds.agent.approvals import Bound
from casework.kinds.agent.calling import Caller, Safe
from casework.kinds.agent.conversation import Conversation
from casework.kinds.agent.failures import failure
from casework.kinds.agent.memory import Journal
from casework.kinds.agent.models import connected, identity
from casework.kinds.agent.parts import Parts, Speaker
from casework.kinds.agent.scripted import scripted
from casework.kinds.agent.toolbox import Toolbox


class AgentPerformer:
    """Performs the steps of kind `agent`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def perform(self, work: Work, tell: Tell) -> Result:
        """Carry out one attempt (core.work.Performer)."""
        safe = Safe(work, self._parts.secrets)
        journal = Journal(work.memory, tell)
        conversation = None
        async with wire.client(self._parts.transport) as http:
            try:
                speaker = await self._speaker(work, safe, http)
                conversation = Conversation(self._parts, work, journal, self._toolbox(work, journal, safe), speaker)
                return await conversation.carry_out()
            except Exception as error:
                last = None if conversation is None else conversation.last_answer
                failed = failure(error, last, safe.redacted)
                if failed is None:
                    raise
                return failed

    async def _speaker(self, work: Work, safe: Safe, http: httpx2.AsyncClient) -> Speaker:
        settings: Settings = settled(work.task.settings)
        if settings.model == SCRIPTED:
            model = scripted(work.data.get("rules", []))
        else:
            key = None if settings.secret is None else await safe.open(settings.secret)
            model = connected(settings.model, key, http)
        prices = await self._parts.prices(work.workspace_id)
        return Speaker(model=model, who=identity(settings.model), prices=prices)

    def _toolbox(self, work: Work, journal: Journal, safe: Safe) -> Toolbox:
        # Of secrets only what the definition itself names is opened: what data pretends to name is data.
        entries = work.task.settings.get("tools", [])
        caller = Caller(self._parts.transport, self._parts.functions, safe, entries)
        tools = [declared(entry) for entry in work.data.get("tools", [])]
        return Toolbox(work, {tool.name: self._bound(tool) for tool in tools}, caller, journal, self._parts)

    def _bound(self, tool: Tool) -> Bound:
        if tool.kind != "function":
            return Bound(description=tool.description, schema=tool.arguments, tool=tool)
        function = self._parts.functions.get(tool.function)
        if function is None:
            raise UserError(f"There is no function {tool.function} in this installation.")
        description = tool.description or function.description
        return Bound(description=description, schema=tool.arguments or function.schema, tool=tool)
