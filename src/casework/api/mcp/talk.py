"""Tools of chats: what is said about a case."""

from uuid import UUID

from casework.api.mcp import showing
from casework.api.mcp.arguments import MessageArguments, MessagesArguments
from casework.api.mcp.shapes import MessageReply, Messages
from casework.api.mcp.tools import Call, changes, reads
from casework.core.claim import Claim
from casework.core.permission import own_or
from casework.operations import messages
from casework.operations.messages import Wish


async def _said(call: Call, sent: MessageArguments, reference: str) -> MessageReply:
    found = await messages.find(call.services, call.grant, sent.chat_id, UUID(reference))
    return MessageReply(message=showing.message(found))


@reads("Read a chat", own_or("chats:read"))
async def list_messages(call: Call, sent: MessagesArguments) -> Messages:
    """Reads what was said in a chat, oldest first. A run's chat_id stands in get_run and get_activity."""
    found, total = await messages.page(call.services, call.grant, sent.chat_id, limit=sent.limit, offset=sent.offset)
    return Messages(
        chat_id=sent.chat_id,
        messages=[showing.message(one) for one in found],
        total=total,
        next_offset=sent.next_offset(total - sent.offset),
    )


@changes("Say something", own_or("chats:write"), shows=_said)
async def post_message(call: Call, sent: MessageArguments, claim: Claim | None) -> str:
    """Says something in a chat, in your name."""
    return await messages.send(call.services, call.grant, sent.chat_id, Wish(content=sent.content), claim)


tools = [list_messages, post_message]
