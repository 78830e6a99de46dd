"""Every route of the application as it is declared, found by walking the application itself."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Litestar
from litestar.routes import HTTPRoute

from casework.api.app import create_app
from casework.api.errors import Surface, surface_of
from casework.api.routes import OPERATION, POLICY, Operation
from casework.core.permission import Policy

_PLACEHOLDER = re.compile(r"{(\w+)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A method of a path, with everything that is declared of it."""

    method: str
    path: str
    policy: Policy
    operation: Operation

    @property
    def name(self) -> str:
        """Method and path: what recipes are found by."""
        return f"{self.method} {self.path}"

    @property
    def surface(self) -> Surface:
        """The surface that the route belongs to."""
        return surface_of(self.path)

    @property
    def placeholders(self) -> list[str]:
        """What stands in braces in the path."""
        return _PLACEHOLDER.findall(self.path)

    @property
    def is_addressed(self) -> bool:
        """Whether the path itself names the workspace; else a header may."""
        return not {"workspace_uuid", "org_id"}.isdisjoint(self.placeholders)

    @property
    def changes(self) -> bool:
        """Whether it is there to change something."""
        return self.method != "GET"

    @property
    def body_example(self) -> Any:
        """The declared example of what is sent, as JSON values of the caller's own."""
        return msgspec.json.decode(msgspec.json.encode(self.operation.body_example))

    def target(self, ids: Mapping[str, Any]) -> str:
        """The path with those ids in it."""
        return self.path.format_map({name: str(value) for name, value in ids.items()})


def routes(app: Litestar) -> list[Route]:
    """Every route of an application but the framework's own answers to OPTIONS."""
    return sorted(
        (
            Route(
                method=method,
                path=route.path_format,
                policy=handler.opt[POLICY],
                operation=handler.opt[OPERATION],
            )
            for route in app.routes
            if isinstance(route, HTTPRoute)
            for handler in route.route_handlers
            for method in handler.http_methods
            if method != "OPTIONS"
        ),
        key=lambda route: route.name,
    )


def _unstarted() -> Litestar:
    @asynccontextmanager
    async def nothing() -> AsyncIterator[Any]:
        yield None

    return create_app(nothing)


APP = _unstarted()
"""The application, never started: its declarations alone."""

ROUTES = routes(APP)
