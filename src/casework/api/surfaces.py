"""Every surface that the application serves."""

from litestar import Router

from casework.api import activities, analytics, auth, chats, system, web, workspace


def routers() -> list[Router]:
    """The router of every surface."""
    return [module.router for module in (system, auth, workspace, chats, analytics, activities, web)]
