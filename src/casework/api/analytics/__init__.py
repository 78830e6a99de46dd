"""The analytics surface: `/analytics` and `/inference`, bare JSON in snake_case, refusals as `{detail}`."""

from litestar import Router

from casework.api.analytics import inference, metrics, runs

router = Router(
    "/",
    route_handlers=[
        Router("/analytics", route_handlers=[*runs.handlers, *metrics.handlers]),
        Router("/inference/v0", route_handlers=[*inference.handlers]),
    ],
)
