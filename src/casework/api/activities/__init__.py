"""The activity surface: `/api/v3/workflow`, JSON:API."""

from litestar import Router

from casework.api.activities import moves, projects, reading, tracker, work_units

router = Router(
    "/api/v3/workflow",
    route_handlers=[
        *reading.handlers,
        *moves.handlers,
        *work_units.handlers,
        *projects.handlers,
        *tracker.handlers,
    ],
)
