"""The analytics surface: `/analytics`, bare JSON in snake_case, refusals as `{detail}`."""

from litestar import Router

from casework.api.analytics import metrics, runs

router = Router("/analytics", route_handlers=[*runs.handlers, *metrics.handlers])
