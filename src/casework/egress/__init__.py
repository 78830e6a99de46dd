"""Requests to addresses that users give: every address is checked, and what was checked is what is connected to.

    async with Caller(policy) as caller:
        answer = await caller.send(Message(method="POST", url=url, body=body))

Whatever else speaks HTTP on behalf of a workspace (the client of a model, say) takes `caller.transport()`.
"""
