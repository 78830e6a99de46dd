"""Every surface that the application serves."""

from importlib import import_module
from typing import Final

from litestar import Router

_SURFACES: Final = ("system", "auth", "workspace", "chats", "analytics", "activities")


def routers() -> list[Router]:
    """The router of every surface."""
    modules = [import_module(f"casework.api.{name}") for name in _SURFACES]
    return [module.router for module in modules if hasattr(module, "router")]
