"""The workspace surface: `/api/v2/w/{workspace_uuid}`, JSON in camelCase."""

from litestar import Router

from casework.api.workspace import (
    assignment_details,
    assignments,
    calendar,
    capacity,
    chat_messages,
    chats,
    events,
    grants,
    hooks,
    incidents,
    keys,
    limits,
    live,
    members,
    own,
    roles,
    run_import,
    schedules,
    secrets,
    signals,
    spending,
    stats,
    versions,
    webhook_deliveries,
    webhooks,
    workflows,
)

_MODULES = (
    members,
    roles,
    keys,
    workflows,
    versions,
    grants,
    stats,
    assignments,
    assignment_details,
    chats,
    chat_messages,
    events,
    signals,
    secrets,
    webhooks,
    webhook_deliveries,
    schedules,
    hooks,
    run_import,
    incidents,
    live,
    spending,
    calendar,
    capacity,
    limits,
)

router = Router(
    "/api/v2/w",
    route_handlers=[
        *own.handlers,
        Router("/{workspace_uuid:str}", route_handlers=[handler for module in _MODULES for handler in module.handlers]),
    ],
)
