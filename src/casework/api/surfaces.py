"""Every surface that the application serves."""

from importlib import import_module
from typing import Final

from litestar import Router

_SURFACES: Final = ("system", "auth", "workspace", "chats", "analytics", "activities")


def routers() -> list[Router]:
    """The router of every surface."""
    return [import_module(f"casework.api.{name}").router for name in _SURFACES]
