"""The proof that work goes on on behalf of a workspace without anybody who asks: a step, a delivery."""

import msgspec


class Automation(msgspec.Struct, frozen=True, kw_only=True):
    """Made by whoever carries out what the workspace itself set up, from a row that it holds; never from a request.

    workspace_id: of that row. cause: what it is for, as a log may say it (`step 12`); no secret.
    """

    workspace_id: int
    cause: str
