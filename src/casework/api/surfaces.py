"""Every surface that the application serves."""

from litestar import Router

from casework.api import activities, analytics, auth, chats, hooks, mcp, openai, system, web, workspace


def routers() -> list[Router]:
    """The router of every surface."""
    # The web app comes last: it answers for every address that is nobody else's.
    return [
        module.router for module in (system, auth, workspace, chats, analytics, activities, hooks, mcp, openai, web)
    ]
