"""The chat surface: `/api/chats`, answers under `data`, refusals as `{error, message}`."""

from litestar import Router

from casework.api.chats import following, reading, talking, writing

router = Router("/api", route_handlers=[*reading.handlers, *writing.handlers, *following.handlers, *talking.handlers])
